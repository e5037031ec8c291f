"""The page of a schedule: every task a bar, late orders marked, both languages, nothing loaded."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from importlib import resources
from xml.etree import ElementTree

import pytest

from reclad.record._gantt_figure import draw_gantt
from reclad.record.gantt import render_gantt
from reclad.record.words import read_catalogue
from reclad.schedule.problem import (
    Link,
    Mode,
    Placed,
    Problem,
    Promise,
    Resource,
    Schedule,
    Task,
)

START = datetime.datetime(2026, 11, 30, 6, 0, tzinfo=datetime.UTC)
SHIFT = ((120, 720), (1560, 2160))  # 08:00 to 18:00, two days
HELD = Placed("B clad", 350, 500, "cladder", "Ana")


@pytest.fixture
def problem() -> Problem:
    return Problem(
        (
            Resource("cladder", "machine", SHIFT, changeover=45, family="IN625"),
            Resource("furnace <2>", "furnace", ((0, 9000),), places=2),
            Resource("Ana", "person", SHIFT, skills=frozenset({"clad"})),
        ),
        (
            Task("A warm", "A", "preheat", (Mode("furnace <2>", 60),), family="250"),
            Task("A clad", "A", "clad", (Mode("cladder", 120),), "clad", family="IN625"),
            Task("B warm", "B", "preheat", (Mode("furnace <2>", 60),), family="250"),
            Task("B clad", "B", "clad", (Mode("cladder", 150),), "clad", family="316L",
                 fixed=HELD),
        ),
        (Link("A warm", "A clad", most=120), Link("B warm", "B clad")),
        (Promise("A", 300), Promise("B", 400)),
    )  # fmt: skip


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(
        (
            Placed("A warm", 60, 120, "furnace <2>"),
            Placed("B warm", 60, 120, "furnace <2>"),
            Placed("A clad", 180, 300, "cladder", "Ana"),
            HELD,
        )
    )


def test_every_task_is_a_bar_where_it_is_done_and_by_whom(problem, schedule) -> None:
    figure = draw_gantt(problem, schedule, START)
    root = ElementTree.fromstring(figure)
    titles = [one.text for one in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 6  # two cladder, two furnace, two of Ana
    assert "A · clad · 11-30 09:00 – 11-30 11:00 · cladder · Ana" in titles
    # Two parts in the furnace at once are two rows of it.
    assert figure.count(">furnace &lt;2&gt;<") == 2


def test_a_bar_is_as_long_as_its_task_and_begins_where_it_should(problem, schedule) -> None:
    figure = draw_gantt(problem, schedule, START)
    bars = re.findall(r'<rect class="bar[^"]*" x="([\d.]+)"[^>]*? width="([\d.]+)"', figure)
    x = {(float(a), float(b)) for a, b in bars}
    scale = 14.0 / 60.0
    assert (round(150 + (180 + 360) * scale, 1), round(120 * scale, 1)) in x


def test_late_held_and_changed_over_are_seen(problem, schedule) -> None:
    figure = draw_gantt(problem, schedule, START)
    assert figure.count('"bar late"') == 3  # B: warm, clad, Ana
    assert figure.count('"held"') == 2
    assert figure.count('"turn"') == 1  # from IN625 to 316L
    kept = replace(schedule, placed=(*schedule.placed[:-1], replace(HELD, start=150, end=300)))
    assert '"bar late"' not in draw_gantt(problem, kept, START)


def test_the_page_tells_each_order_and_loads_nothing(problem, schedule) -> None:
    page = render_gantt(problem, schedule, START, sure={"A": 420, "B": 700})
    rows = re.findall(r"<tr><td>(\w)</td><td>([^<]*)</td><td( class=\"late\")?>([^<]*)</td>", page)
    assert rows == [
        ("A", "2026-11-30", "", "2026-11-30 11:00"),
        ("B", "2026-11-30", ' class="late"', "2026-11-30 14:20"),
    ]
    assert "1 / 2" in page
    assert not re.search(r'(src|href)="|https?://(?!www\.w3\.org)|@import|url\(', page)
    assert page == render_gantt(problem, schedule, START, sure={"A": 420, "B": 700})


def test_an_order_due_at_midnight_is_due_the_day_before(problem, schedule) -> None:
    midnight = replace(problem, promises=(Promise("A", 1080), Promise("B", 1080)))
    assert "<td>2026-11-30</td>" in render_gantt(midnight, schedule, START)


def test_every_text_of_the_page_has_chinese() -> None:
    room = resources.files("reclad.record") / "templates"
    used = set(re.findall(r'\bt\("([^"]+)"', (room / "gantt.html.j2").read_text("utf-8")))
    assert len(used) > 8
    assert used - read_catalogue().keys() == set()
