"""The independent check finds every breach that is planted, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_shops import bench, one_task, plan, small_shop

from reclad.schedule.check import check_schedule
from reclad.schedule.dispatch import earliest_due_date
from reclad.schedule.problem import Link, Placed, Problem, Resource, Schedule

A, B = one_task("a"), one_task("b")
HOT, WARM = one_task("a", "F", family="hot"), one_task("b", "F", family="warm")
HALF = {"machine": None, "skill": "clad", "share": 60}

BREACHES = {
    "a task left out": (bench(A, B), plan(("a", 0, 100, "M")), "b: not in the plan"),
    "a stranger": (bench(A), plan(("a", 0, 100, "M"), ("z", 0, 1)), "z: in the plan but not"),
    "a task twice": (bench(A), plan(("a", 0, 100, "M"), ("a", 200, 300, "M")), "2 times"),
    "a wrong length": (bench(A), plan(("a", 0, 90, "M")), "takes 90 min on M"),
    "a machine it has no mode for": (bench(A), plan(("a", 0, 100, "F")), "none of its modes"),
    "an early start": (
        bench(one_task("a", earliest=50)),
        plan(("a", 49, 149, "M")),
        "earliest 50 min",
    ),
    "a start before now": (bench(one_task("a", None)), plan(("a", -5, 95)), "earliest 0 min"),
    "closed hours of a machine": (bench(A), plan(("a", 950, 1050, "M")), "one open time of M"),
    "closed hours of a person": (
        bench(one_task("a", None, skill="clad")),
        plan(("a", 950, 1050, None, "Ada")),
        "one open time of Ada",
    ),
    "two at once": (bench(A, B), plan(("a", 0, 100, "M"), ("b", 99, 199, "M")), "at once"),
    "a changeover cut short": (
        bench(one_task("a", family="x"), one_task("b", family="y")),
        plan(("a", 0, 100, "M"), ("b", 109, 209, "M")),
        "10 min of changeover",
    ),
    "a present family forgotten": (
        bench(
            one_task("a", family="x"),
            resources=(Resource("M", "machine", ((0, 999),), changeover=10, family="y"),),
        ),
        plan(("a", 9, 109, "M")),
        "changeover from y",
    ),
    "two families in a furnace": (
        bench(HOT, WARM),
        plan(("a", 0, 100, "F"), ("b", 0, 100, "F")),
        "one family, start and end",
    ),
    "a furnace opened half way": (
        bench(HOT, replace(WARM, family="hot")),
        plan(("a", 0, 100, "F"), ("b", 10, 110, "F")),
        "one family, start and end",
    ),
    "a full furnace": (
        bench(*(replace(HOT, name=n, order=n) for n in "abc")),
        plan(*((n, 0, 100, "F") for n in "abc")),
        "3 in F at 0 min, places 2",
    ),
    "nobody there": (bench(one_task("a", None, skill="clad")), plan(("a", 0, 100)), "nobody"),
    "somebody too many": (bench(A), plan(("a", 0, 100, "M", "Ada")), "nobody has to"),
    "a skill missing": (
        bench(one_task("a", None, skill="clad")),
        plan(("a", 0, 100, None, "Ben")),
        "Ben lacks the skill clad",
    ),
    "a person torn apart": (
        bench(one_task("a", **HALF), one_task("b", **HALF)),
        plan(("a", 0, 100, None, "Ada"), ("b", 99, 199, None, "Ada")),
        "120 % of Ada at 99 min",
    ),
    "a wait too short": (
        bench(A, B, links=(Link("a", "b", 20),)),
        plan(("a", 0, 100, "M"), ("b", 119, 219, "M")),
        "least 20 min",
    ),
    "a wait too long": (
        bench(A, B, links=(Link("a", "b", 0, 20),)),
        plan(("a", 0, 100, "M"), ("b", 121, 221, "M")),
        "most 20 min",
    ),
    "a fixed task moved": (
        bench(replace(A, fixed=Placed("a", 0, 100, "M"))),
        plan(("a", 1, 101, "M")),
        "a: fixed at",
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_check_finds(name: str) -> None:
    problem, schedule, said = BREACHES[name]
    faults = check_schedule(problem, schedule)
    assert [fault for fault in faults if said in fault]
    assert len(faults) == 1


SOUND = {
    "changeover kept": (
        bench(one_task("a", family="x"), one_task("b", family="y")),
        plan(("a", 0, 100, "M"), ("b", 110, 210, "M")),
    ),
    "no changeover in a family": (bench(A, B), plan(("a", 0, 100, "M"), ("b", 100, 200, "M"))),
    "a batch": (
        bench(HOT, replace(WARM, family="hot")),
        plan(("a", 0, 100, "F"), ("b", 0, 100, "F")),
    ),
    "a person shared": (
        bench(one_task("a", **{**HALF, "share": 50}), one_task("b", **{**HALF, "share": 50})),
        plan(("a", 0, 100, None, "Ada"), ("b", 50, 150, None, "Ada")),
    ),
    "a wait at its limit": (
        bench(A, B, links=(Link("a", "b", 20, 20),)),
        plan(("a", 0, 100, "M"), ("b", 120, 220, "M")),
    ),
    "a fixed task that began before now and runs into closed hours": (
        bench(replace(A, fixed=Placed("a", -50, 1200, "M"))),
        plan(("a", -50, 1200, "M")),
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_the_check_lets_pass(name: str) -> None:
    assert check_schedule(*SOUND[name]) == ()


def test_a_shifted_task_of_a_full_plan_is_found_in_most_places() -> None:
    problem = small_shop(3, orders=8)
    sound = earliest_due_date(problem)
    found = sum(bool(check_schedule(problem, moved)) for moved in _shifted(problem, sound))
    assert found > 0.8 * len(problem.tasks)


def _shifted(problem: Problem, schedule: Schedule) -> list[Schedule]:
    """The plan with one task 61 min earlier, for each task: mostly somebody or something is busy,
    or what comes before is not done."""
    rows = schedule.placed
    return [
        Schedule((*rows[:n], replace(one, start=one.start - 61, end=one.end - 61), *rows[n + 1 :]))
        for n, one in enumerate(rows)
    ]


def test_a_person_torn_apart_all_day_is_told_a_few_times_only() -> None:
    tasks = [one_task(f"{n}", None, 10, skill="clad") for n in range(30)]
    rows = [(f"{n}", 5 * n, 5 * n + 10, None, "Ada") for n in range(30)]
    faults = check_schedule(bench(*tasks), plan(*rows))
    assert len(faults) == 6
    assert faults[-1] == "Ada: 24 more such minutes"
