"""The whole way: never later than orders by due date nor than the plan begun from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_shops import BOTH, bench, one_task, plan, shifts, small_shop

from reclad.errors import ScheduleError
from reclad.schedule import cp
from reclad.schedule.check import check_schedule
from reclad.schedule.dispatch import earliest_due_date
from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource
from reclad.schedule.solve import make_schedule


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), orders=st.integers(1, 8))
def test_a_plan_is_sound_and_never_later_than_orders_by_due_date(seed: int, orders: int) -> None:
    problem = small_shop(seed, orders)
    solved = make_schedule(problem, steps=100, seed=seed)
    assert check_schedule(problem, solved.schedule) == ()
    assert solved.tardiness == solved.schedule.tardiness(problem)
    assert solved.tardiness <= earliest_due_date(problem).tardiness(problem)
    assert solved.tardiness <= min(solved.by_rule.values())
    assert solved.bound is None or solved.bound <= solved.tardiness + 1e-6


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(["machine", "person", "furnace", "hours"]))
def test_a_resource_more_never_makes_a_plan_later_that_begins_from_the_old_one(
    seed: int, kind: str
) -> None:
    problem = small_shop(seed, 6)
    before = make_schedule(problem, steps=50, seed=seed)
    larger = enlarge(problem, kind)
    after = make_schedule(larger, steps=5, seed=seed, start=before.schedule)
    assert check_schedule(larger, after.schedule) == ()
    assert after.tardiness <= before.tardiness


def enlarge(problem: Problem, kind: str) -> Problem:
    """One cladder, one person, one furnace, or longer hours more."""
    tasks, resources = problem.tasks, problem.resources
    if kind == "hours":
        longer = [replace(r, open=shifts(BOTH)) if r.name in ("L", "Ada") else r for r in resources]
        return replace(problem, resources=tuple(longer))
    if kind == "person":
        new = Resource("Eva", "person", shifts(BOTH), skills=frozenset({"clad", "turn", "look"}))
    elif kind == "furnace":
        new = Resource("F2", "furnace", ((0, 40 * 1440),), places=2)
        tasks = tuple(
            replace(t, modes=(*t.modes, Mode("F2", 90))) if t.process == "preheat" else t
            for t in tasks
        )
    else:
        new = Resource("C3", "machine", shifts(BOTH), changeover=45)
        tasks = tuple(
            replace(t, modes=(*t.modes, Mode("C3", 120))) if t.process == "clad" else t
            for t in tasks
        )
    return replace(problem, resources=(*resources, new), tasks=tasks)


@pytest.mark.slow
def test_steps_and_seed_give_the_same_plan_whatever_the_clock() -> None:
    problem = small_shop(4, 16)
    one, two = (make_schedule(problem, steps=200, seed=9) for _ in range(2))
    assert one == two


def test_without_the_solver_rules_and_search_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cp, "find_spec", lambda _: None)
    problem = small_shop(2, 5)
    solved = make_schedule(problem, steps=50)
    assert solved.solved is None
    assert check_schedule(problem, solved.schedule) == ()


def test_a_start_that_can_no_longer_be_worked_is_left_aside() -> None:
    problem = bench(one_task("a"), one_task("b"))
    gone = replace(earliest_due_date(problem), placed=(Placed("a", 0, 1, "M"),))
    assert check_schedule(problem, make_schedule(problem, steps=5, start=gone).schedule) == ()


def test_the_share_done_rises_to_one() -> None:
    said: list[float] = []
    make_schedule(small_shop(1, 3), steps=20, say=said.append)
    assert said == sorted(said)
    assert said[-1] <= 1.0


def test_a_part_in_the_furnace_that_nobody_can_clad_in_time_is_refused() -> None:
    problem = bench(
        replace(one_task("heat", "F"), fixed=Placed("heat", 0, 100, "F")),
        replace(one_task("busy"), fixed=Placed("busy", 0, 500, "M")),
        one_task("clad"),
        links=(Link("heat", "clad", 0, 20),),
    )
    with pytest.raises(ScheduleError, match="free a fixed task"):
        make_schedule(problem, steps=5)


def test_nothing_to_do_is_done() -> None:
    assert make_schedule(Problem((), (), (), ()), steps=5).tardiness == 0.0


def test_all_fixed_is_left_as_it_is() -> None:
    held = Placed("a", -20, 400, "M")
    problem = bench(replace(one_task("a"), fixed=held), promises=(Promise("a", 300, 2.0),))
    solved = make_schedule(problem, steps=5)
    assert solved.schedule.placed == (held,)
    assert solved.tardiness == 200.0


def test_a_start_no_rule_would_make_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower machine for the first task saves the changeover before the second."""
    monkeypatch.setattr(cp, "find_spec", lambda _: None)
    hours = ((0, 1000),)
    first = replace(one_task("a", family="x"), modes=(Mode("M", 50), Mode("N", 51)))
    problem = bench(
        first,
        one_task("b", minutes=30, family="y"),
        links=(Link("a", "b"),),
        promises=(Promise("b", 81),),
        resources=(
            Resource("M", "machine", hours, changeover=100),
            Resource("N", "machine", hours),
        ),
    )
    start = plan(("a", 0, 51, "N"), ("b", 51, 81, "M"))
    assert make_schedule(problem, steps=20).tardiness == 99
    assert make_schedule(problem, steps=20, start=start).schedule == start
