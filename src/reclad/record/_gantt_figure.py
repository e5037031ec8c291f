"""A schedule as bars over the days: one row a machine, furnace place or person."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from reclad.record._svg import line, looks_of, rect, svg, text

if TYPE_CHECKING:
    from reclad.schedule.problem import Placed, Problem, Resource, Schedule, Task

_LEFT, _TOP, _ROW, _BAR = 150.0, 44.0, 30.0, 22.0  # px
_HOUR, _WIDEST = 14.0, 9000.0  # px an hour, and of the whole figure at most
_DAY = 1440
_TITLE = 46.0  # px that a bar needs for its order's name
_COLOURS = (
    "#0b6075", "#b4531f", "#5b7f2b", "#6d4a94", "#a07812", "#2f6fb0", "#9c3b5c", "#3f7d6b",
    "#7a5a3c", "#56606b",
)  # fmt: skip
_STYLE = looks_of(
    "gantt",
    {
        ".shut": "fill:#eef1f3",
        ".row": "fill:#fff",
        ".bar": "stroke:#fff;stroke-width:1",
        ".late": "stroke:#c00;stroke-width:2",
        ".held": "fill:#1d2733",
        ".on": "fill:#fff;font-size:11px",
        ".turn": "fill:#c3cbd1",
    },
)


@dataclass(frozen=True)
class _Days:
    """Where minutes lie: `start` of minute 0, whole days from its midnight, px a minute."""

    start: datetime.datetime
    days: int
    scale: float

    @classmethod
    def over(cls, start: datetime.datetime, end: int) -> _Days:
        days = -(-(end + start.hour * 60 + start.minute) // _DAY)
        return cls(start, days, min(_HOUR / 60.0, _WIDEST / (days * _DAY)))

    @property
    def first(self) -> int:
        return -(self.start.hour * 60 + self.start.minute)

    @property
    def last(self) -> int:
        return self.first + self.days * _DAY

    def x(self, minute: float) -> float:
        return _LEFT + (minute - self.first) * self.scale

    def told(self, minute: int) -> str:
        return f"{self.start + datetime.timedelta(minutes=minute):%m-%d %H:%M}"


def draw_gantt(problem: Problem, schedule: Schedule, start: datetime.datetime) -> str:
    """The bars as one inline <svg>: grey hours are closed, light bars are changeovers, a red edge
    is an order that will be late, a dark edge a task that is fixed. start: of minute 0."""
    days = _Days.over(start, max(schedule.makespan, 1))
    lanes = [lane for resource in problem.resources for lane in _lanes(resource, schedule)]
    width, height = days.x(days.last) + 20.0, _TOP + _ROW * len(lanes) + 10.0
    done = schedule.finish(problem)
    late = {one.order for one in problem.promises if done[one.order] > one.due}
    orders = dict.fromkeys(task.order for task in problem.tasks)
    colours = {order: _COLOURS[i % len(_COLOURS)] for i, order in enumerate(orders)}
    parts = [_STYLE, rect(0, 0, width, height, "paper")]
    for number, (resource, _) in enumerate(lanes):
        top = _TOP + number * _ROW
        parts += _closed(resource, days, top)
        parts.append(line(0, top + _ROW, width, top + _ROW, "grid"))
    parts += _calendar(days, height)
    for number, (resource, placed) in enumerate(lanes):
        top = _TOP + number * _ROW
        parts.append(text(0, top + 19, resource.name, "name"))
        parts += _changeovers(problem, resource, placed, days, top)
        for one in placed:
            task = problem.task[one.task]
            parts += _bar(one, task, days, top, colours[task.order], late=task.order in late)
    return svg(width, height, *parts, style="gantt")


def _lanes(resource: Resource, schedule: Schedule) -> list[tuple[Resource, list[Placed]]]:
    """What lies on a resource, in as many rows as it does at once."""
    mine = sorted(
        (one for one in schedule.placed if resource.name in (one.machine, one.person)),
        key=lambda one: (one.start, one.task),
    )
    rows: list[list[Placed]] = [[]]
    for one in mine:
        row = next((row for row in rows if not row or row[-1].end <= one.start), None)
        if row is None:
            rows.append([one])
        else:
            row.append(one)
    return [(resource, row) for row in rows]


def _closed(resource: Resource, days: _Days, top: float) -> list[str]:
    parts, at = [], days.first
    for begin, end in (*resource.open, (days.last, days.last)):
        stop = min(begin, days.last)
        if stop > at:
            parts.append(rect(days.x(at), top, days.x(stop) - days.x(at), _ROW, "shut"))
        at = max(at, end)
    return parts


def _calendar(days: _Days, height: float) -> list[str]:
    parts = []
    for day in range(days.days):
        midnight = days.first + day * _DAY
        date = days.start + datetime.timedelta(minutes=midnight)
        parts.append(line(days.x(midnight), 20, days.x(midnight), height - 10, "rule"))
        parts.append(text(days.x(midnight) + 5, 16, f"{date:%Y-%m-%d}", "name"))
        for hour in (6, 12, 18):
            at = days.x(midnight + 60 * hour)
            parts.append(text(at, 36, f"{hour}:00", "tick", "middle"))
    return parts


def _changeovers(
    problem: Problem, resource: Resource, placed: list[Placed], days: _Days, top: float
) -> list[str]:
    parts, family = [], resource.family
    for one in placed:
        wanted = problem.task[one.task].family
        if resource.changeover and wanted and one.machine == resource.name:
            if family and wanted != family:
                left = days.x(one.start - resource.changeover)
                parts.append(rect(left, top + 9, days.x(one.start) - left, _ROW - 18, "turn"))
            family = wanted
    return parts


def _bar(one: Placed, task: Task, days: _Days, top: float, colour: str, *, late: bool) -> list[str]:
    left = days.x(one.start)
    wide = max(days.x(one.end) - left, 1.5)
    told = f"{task.order} · {task.process} · {days.told(one.start)} – {days.told(one.end)}"
    who = " · ".join(name for name in (told, one.machine, one.person) if name)
    parts = [f"<g><title>{escape(who)}</title>"]
    parts.append(rect(left, top + 4, wide, _BAR, "bar late" if late else "bar", colour))
    if task.fixed is not None:
        parts.append(rect(left, top + 4, 3, _BAR, "held"))
    if wide >= _TITLE:
        parts.append(text(left + 6, top + 19, task.order[: int(wide / 7)], "on"))
    return [*parts, "</g>"]
