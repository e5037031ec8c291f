"""After a delay or a breakdown: what began stays, the rest moves as little as it must."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_shops import bench, one_task, plan, small_shop

from reclad.errors import ScheduleError
from reclad.schedule.check import check_schedule
from reclad.schedule.dispatch import earliest_due_date
from reclad.schedule.moves import list_moves
from reclad.schedule.problem import Placed, Problem, Promise
from reclad.schedule.replan import freeze, replan
from reclad.schedule.solve import make_schedule


def broken(problem: Problem, name: str, since: int, until: int) -> Problem:
    """The problem with one machine down."""
    resources = tuple(
        replace(r, open=tuple(w for w in r.open if not since <= w[0] < until))
        if r.name == name
        else r
        for r in problem.resources
    )
    return replace(problem, resources=resources)


@pytest.mark.slow
def test_nothing_moves_when_nothing_happened() -> None:
    problem = small_shop(2, 8)
    before = make_schedule(problem, steps=300).schedule
    again = replan(problem, before, now=1500, steps=100)
    assert again.moves == ()
    assert again.tardiness == before.tardiness(problem)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_after_a_breakdown_the_plan_is_sound_and_little_later_than_the_best(seed: int) -> None:
    problem = small_shop(seed, 8)
    before = make_schedule(problem, steps=300).schedule
    down = broken(problem, "C2", 1500, 4000)
    again = replan(down, before, now=1500, steps=200, seed=seed)
    assert check_schedule(again.problem, again.schedule) == ()
    assert again.tardiness <= again.allowed
    assert again.allowed <= max(1.05 * again.best.tardiness, again.best.tardiness + 60.0)
    assert len(again.moves) <= len(list_moves(before, again.best.schedule, now=1500))
    began = [one for one in before.placed if one.start < 1500]
    assert began
    assert all(again.schedule.at[one.task] == one for one in began)
    assert all(one.start >= 1500 for one in again.schedule.placed if one not in began)


@pytest.mark.slow
def test_a_new_order_goes_into_a_gap_and_moves_nothing() -> None:
    tasks = [one_task(name) for name in "abc"]
    promises = tuple(Promise(name, 900) for name in "abc")
    before = plan(("a", 0, 100, "M"), ("b", 250, 350, "M"), ("c", 350, 450, "M"))
    rush = bench(*tasks, one_task("rush"), promises=(*promises, Promise("rush", 300)))
    again = replan(rush, before, now=50, steps=100)
    assert again.moves == ()
    assert again.schedule.at["rush"].start in range(100, 151)


@pytest.mark.slow
def test_of_two_plans_equally_late_the_one_that_moves_less_is_taken() -> None:
    """Any order of the three is in time; the old one stays."""
    tasks = [one_task(name) for name in "abc"]
    promises = tuple(Promise(name, 900) for name in "abc")
    before = plan(("c", 100, 200, "M"), ("b", 300, 400, "M"), ("a", 600, 700, "M"))
    again = replan(bench(*tasks, promises=promises), before, now=10, steps=100)
    assert again.moves == ()


def test_what_began_is_fixed_and_the_rest_begins_now_or_later() -> None:
    problem = small_shop(1, 4)
    before = earliest_due_date(problem)
    begun = freeze(problem, before, 1000)
    for task in begun.tasks:
        old = before.at[task.name]
        assert task.fixed == (old if old.start < 1000 else None)
        assert task.fixed or task.earliest >= 1000


def test_what_the_problem_fixes_goes_before_the_old_plan() -> None:
    longer = Placed("a", 0, 160, "M")
    problem = bench(replace(one_task("a"), fixed=longer), one_task("b"))
    before = plan(("a", 0, 100, "M"), ("b", 100, 200, "M"))
    again = replan(problem, before, now=50, steps=20)
    assert again.schedule.at["a"] == longer
    assert again.schedule.at["b"].start == 160
    assert [(move.task, move.change) for move in again.moves] == [("b", "start")]


def test_a_tolerance_below_nothing_is_refused() -> None:
    with pytest.raises(ScheduleError, match=r"tolerance -0\.1"):
        replan(bench(), plan(), tolerance=-0.1)


def test_moves_name_the_first_thing_that_changed() -> None:
    before = plan(
        ("m", 0, 10, "M"), ("p", 0, 10, None, "Ada"), ("s", 20, 30, "M"), ("far", 9000, 9010, "M"),
        ("same", 40, 50, "M"),
    )  # fmt: skip
    after = plan(
        ("m", 0, 10, "N"), ("p", 5, 15, None, "Ben"), ("s", 21, 31, "M"), ("far", 9500, 9510, "M"),
        ("same", 40, 50, "M"), ("new", 60, 70, "M"),
    )  # fmt: skip
    found = {move.task: move.change for move in list_moves(before, after)}
    assert found == {"m": "machine", "p": "person", "s": "start"}


def test_one_task_brought_to_the_front_is_one_move_of_order() -> None:
    days = [5000 + 100 * n for n in range(5)]
    before = plan(*((f"{n}", day, day + 100, "M") for n, day in enumerate(days)))
    turned = ["4", "0", "1", "2", "3"]
    after = plan(*((n, day, day + 100, "M") for n, day in zip(turned, days, strict=True)))
    assert [(m.task, m.change) for m in list_moves(before, after)] == [("4", "order")]


def test_a_batch_in_another_order_of_names_is_no_move() -> None:
    before = plan(("a", 0, 10, "F"), ("b", 0, 10, "F"))
    after = plan(("b", 0, 10, "F"), ("a", 0, 10, "F"))
    assert list_moves(before, after) == ()
