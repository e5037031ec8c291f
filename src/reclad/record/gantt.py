"""A schedule as one page: what runs where and when, and what becomes of every order."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from reclad.record._gantt_figure import draw_gantt
from reclad.record.words import say, side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

    from reclad.schedule.problem import Problem, Schedule


@dataclass(frozen=True)
class OrderRow:
    """One order on the page: when it is due, done as planned, and sure (None: not reckoned)."""

    order: str
    due: datetime.datetime
    done: datetime.datetime
    sure: datetime.datetime | None

    @property
    def late(self) -> bool:
        return self.done > self.due

    @property
    def day(self) -> datetime.date:
        """The day it is due: its last minute is still that day's."""
        return (self.due - datetime.timedelta(minutes=1)).date()


def render_gantt(
    problem: Problem,
    schedule: Schedule,
    start: datetime.datetime,
    *,
    sure: Mapping[str, int] | None = None,
    confidence: float = 0.9,
    found: str = "",
) -> str:
    """The page, offline and self-contained, in both languages.

    start   of minute 0; sure: order -> minutes by which it is done with the chance `confidence`
    found   how the schedule was found, in words
    Checked: tests/record/test_gantt.py.
    """
    done = schedule.finish(problem)

    def at(minute: int) -> datetime.datetime:
        return start + datetime.timedelta(minutes=minute)

    rows = [
        OrderRow(
            one.order, at(one.due), at(done[one.order]),
            at(sure[one.order]) if sure and one.order in sure else None,
        )
        for one in sorted(problem.promises, key=lambda one: (one.due, one.order))
    ]  # fmt: skip
    return _page().render(
        figure=draw_gantt(problem, schedule, start),
        rows=rows,
        late=sum(row.late for row in rows),
        tardiness=schedule.tardiness(problem) / 60.0,
        confidence=f"{confidence:.0%}",
        start=start,
        end=at(schedule.makespan),
        found=found,
    )


@cache
def _page() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda words, **values: side_by_side(say(words, **values)),
        when=lambda moment: f"{moment:%Y-%m-%d %H:%M}",
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "gantt.html.j2").read_text(encoding="utf-8"))
