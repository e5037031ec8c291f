"""Plans by a rule can be worked, and each task is as early as it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_shops import bench, one_task, small_shop

from reclad.errors import ScheduleError
from reclad.schedule.check import check_schedule
from reclad.schedule.dispatch import RULES, dispatch, earliest_due_date
from reclad.schedule.grouping import group_tasks
from reclad.schedule.problem import Link, Placed, Problem, Promise, Resource

SHARED = {"machine": None, "skill": "clad", "share": 50}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), orders=st.integers(1, 12), rule=st.sampled_from(sorted(RULES)))
def test_the_plan_of_every_rule_passes_the_check(seed: int, orders: int, rule: str) -> None:
    problem = small_shop(seed, orders)
    assert check_schedule(problem, dispatch(problem, rule)) == ()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), held=st.integers(1, 15))
def test_what_is_fixed_stays_and_the_rest_is_placed_around_it(seed: int, held: int) -> None:
    problem = small_shop(seed, 5)
    plan = earliest_due_date(problem)
    first = sorted(plan.placed, key=lambda one: one.start)[:held]
    frozen = {one.task: one for one in first}
    tasks = tuple(replace(task, fixed=frozen.get(task.name)) for task in problem.tasks)
    again = replace(problem, tasks=tasks)
    assert check_schedule(again, earliest_due_date(again)) == ()


def test_a_gap_before_a_task_of_a_more_urgent_order_is_used() -> None:
    problem = bench(
        one_task("late", earliest=300),
        one_task("soon", minutes=250),
        promises=(Promise("late", 400), Promise("soon", 900)),
    )
    at = earliest_due_date(problem).at
    assert (at["late"].start, at["soon"].start) == (300, 0)


def test_a_gap_too_short_for_the_changeover_is_not_used() -> None:
    problem = bench(
        one_task("late", earliest=300, family="x"),
        one_task("soon", minutes=291, family="y"),
        promises=(Promise("late", 400), Promise("soon", 900)),
    )
    assert earliest_due_date(problem).at["soon"].start == 410


def test_two_parts_of_one_family_share_the_furnace_and_a_third_waits() -> None:
    tasks = [one_task(name, "F", family="hot") for name in "abc"]
    at = earliest_due_date(bench(*tasks)).at
    assert sorted(one.start for one in at.values()) == [0, 0, 100]


def test_parts_of_two_families_never_share_the_furnace() -> None:
    tasks = [one_task(name, "F", family=name) for name in "ab"]
    at = earliest_due_date(bench(*tasks)).at
    assert sorted(one.start for one in at.values()) == [0, 100]


def test_one_person_watches_two_tasks_at_half_a_share_each() -> None:
    at = earliest_due_date(bench(*(one_task(name, **SHARED) for name in "abc"))).at
    assert sorted(one.start for one in at.values()) == [0, 0, 100]


def test_the_preheat_waits_until_the_cladder_is_free() -> None:
    """Else the part would be cold: the furnace is free at once, the machine only at 500 min."""
    problem = bench(
        replace(one_task("busy"), fixed=Placed("busy", 0, 500, "M")),
        one_task("heat", "F", 90),
        one_task("clad"),
        links=(Link("heat", "clad", 5, 20),),
    )
    at = earliest_due_date(problem).at
    assert at["clad"].start == 500
    assert at["heat"].end == 480


def test_a_successor_of_what_is_in_the_furnace_now_goes_before_more_urgent_orders() -> None:
    problem = bench(
        replace(one_task("heat", "F"), fixed=Placed("heat", 0, 100, "F")),
        one_task("clad"),
        one_task("urgent", minutes=150),
        links=(Link("heat", "clad", 0, 20),),
        promises=(Promise("urgent", 150), Promise("clad", 999)),
    )
    plan = earliest_due_date(problem)
    assert plan.at["clad"].start == 100
    assert check_schedule(problem, plan) == ()


def test_of_two_people_the_one_with_fewer_skills_is_sent() -> None:
    hours = ((0, 1000),)
    people = (
        Resource("Ada", "person", hours, skills=frozenset({"clad", "look"})),
        Resource("Ben", "person", hours, skills=frozenset({"clad"})),
    )
    plan = earliest_due_date(bench(one_task("a", None, skill="clad"), resources=people))
    assert plan.at["a"].person == "Ben"


def test_tasks_that_wait_for_each_other_through_a_third_are_one_group() -> None:
    """a -> c at once, but b must come between a and c."""
    tasks = [one_task(name, None) for name in "abc"]
    links = (Link("a", "c", 0, 300), Link("a", "b"), Link("b", "c"))
    problem = bench(*tasks, links=links)
    assert [group.tasks for group in group_tasks(problem)] == [("a", "b", "c")]
    assert check_schedule(problem, earliest_due_date(problem)) == ()


def test_hours_that_end_too_soon_are_told_with_the_way_out() -> None:
    problem = bench(*(one_task(f"{n}") for n in range(11)))
    with pytest.raises(ScheduleError, match="open more days"):
        dispatch(problem)


def test_nothing_to_do_is_an_empty_plan() -> None:
    assert earliest_due_date(Problem((), (), (), ())).placed == ()


def test_weight_goes_first_where_all_are_late() -> None:
    problem = bench(
        one_task("light"), one_task("heavy"),
        promises=(Promise("light", 0, 1.0), Promise("heavy", 0, 3.0)),
    )  # fmt: skip
    assert dispatch(problem, "weight").at["heavy"].start == 0
    assert dispatch(problem, "FIFO").at["light"].start == 0
