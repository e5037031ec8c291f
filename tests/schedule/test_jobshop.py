"""A plan of a job shop is checked by the shop alone; bounds and first plans hold."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.schedule.jobshop_draws import best_by_trying, draw_shop

from reclad.schedule.jobshop import JobShop, Step, check_plan, least_makespan, makespan_of
from reclad.schedule.jobshop_dispatch import dispatch

SHOP = JobShop(2, (({1: 3, 2: 5}, {2: 2}), ({1: 4},)))
GOOD = (Step(1, 1, 1, 0, 3), Step(1, 2, 2, 3, 5), Step(2, 1, 1, 3, 7))


def test_a_plan_that_can_be_worked_has_nothing_wrong() -> None:
    assert check_plan(SHOP, GOOD) == ()
    assert makespan_of(GOOD) == 7


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (GOOD[:2], "job 2 operation 1 is not planned"),
        ((*GOOD, GOOD[0]), "job 1 operation 1 is planned twice"),
        ((*GOOD, Step(3, 1, 1, 9, 10)), "job 3 operation 1 is not in the shop"),
        ((*GOOD[:2], Step(2, 1, 2, 5, 9)), "job 2 operation 1 is on machine 2, which cannot do it"),
        ((*GOOD[:2], replace(GOOD[2], end=6)), "lasts 3 on machine 1, where it takes 4"),
        ((*GOOD[:2], Step(2, 1, 1, 2, 6)), "operation 1 overlap on machine 1"),
        ((*GOOD[:2], Step(2, 1, 1, -4, 0)), "job 2 operation 1 starts before 0"),
        ((GOOD[0], Step(1, 2, 2, 2, 4), GOOD[2]), "starts at 2, before 3 when the operation"),
    ],
)
def test_every_way_to_break_a_plan_is_found(plan: tuple[Step, ...], words: str) -> None:
    wrong = check_plan(SHOP, plan)
    assert len(wrong) == 1
    assert words in wrong[0]


def test_a_plan_that_shares_a_machine_is_found_however_the_two_lie() -> None:
    shop = JobShop(1, (({1: 9},), ({1: 2},), ({1: 2},)))
    for start in range(12):
        plan = [Step(1, 1, 1, 0, 9), Step(2, 1, 1, start, start + 2), Step(3, 1, 1, 20, 22)]
        assert bool(check_plan(shop, plan)) == (start < 9)


def test_the_bound_is_reckoned_by_hand() -> None:
    # Machine 1 alone: 3 + 4, then 2 on; job 1 may go elsewhere, so only 4 is confined to it.
    assert least_makespan(SHOP) == 5
    # Two hours in front of machine 2, 5 + 6 on it, one behind.
    behind = JobShop(2, (({1: 2}, {2: 5}, {1: 4}), ({1: 3}, {2: 6}, {1: 1})))
    assert least_makespan(behind) == 14


@pytest.mark.parametrize("seed", range(12))
def test_bound_and_first_plan_stand_on_either_side_of_the_best(seed: int) -> None:
    shop = draw_shop(Random(seed), jobs=3, operations=2, machines=3)
    plan = dispatch(shop)
    assert check_plan(shop, plan) == ()
    assert least_makespan(shop) <= best_by_trying(shop) <= makespan_of(plan)


@pytest.mark.parametrize("seed", range(5))
def test_drawn_first_plans_hold_and_differ(seed: int) -> None:
    shop = draw_shop(Random(seed), jobs=8, operations=6, machines=4)
    plans = [dispatch(shop, Random(n)) for n in range(6)]
    assert all(check_plan(shop, plan) == () for plan in plans)
    assert len({tuple(plan) for plan in plans}) > 1


def test_the_first_plan_takes_what_ends_first() -> None:
    shop = JobShop(2, (({1: 5, 2: 4}, {1: 1}), ({2: 6, 1: 7},)))
    assert dispatch(shop) == [Step(1, 1, 2, 0, 4), Step(1, 2, 1, 4, 5), Step(2, 1, 2, 4, 10)]


def test_the_first_plan_prefers_the_job_with_more_work_behind() -> None:
    shop = JobShop(2, (({1: 3},), ({1: 4}, {2: 5})))
    assert makespan_of(dispatch(shop)) == 9


def test_what_waits_for_a_taken_machine_is_weighed_again() -> None:
    shop = JobShop(2, (({1: 2},), ({1: 3},), ({2: 4},)))
    assert [step.job for step in dispatch(shop)] == [1, 3, 2]
