"""The search only ever finds better, keeps every rule, and repeats itself for a seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_shops import bench, one_task, small_shop

from reclad.schedule._decode_kernels import decode
from reclad.schedule._resume_kernels import adopt, decode_on
from reclad.schedule.check import check_schedule
from reclad.schedule.cp import value_of
from reclad.schedule.dispatch import RULES, dispatch, nothing_kept, order_groups
from reclad.schedule.encode import encode
from reclad.schedule.problem import Problem, Promise, Schedule
from reclad.schedule.search import Budget, search


def searched(problem: Problem, steps: int, seed: int = 0) -> Schedule:
    coded = encode(problem)
    plan, _ = search(
        coded, [order_groups(coded, rule) for rule in RULES], Budget(steps=steps), seed=seed
    )
    assert plan is not None
    return plan


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), orders=st.integers(1, 10))
def test_a_searched_plan_passes_the_check_and_is_no_later_than_any_rule(
    seed: int, orders: int
) -> None:
    problem = small_shop(seed, orders)
    plan = searched(problem, 200, seed)
    assert check_schedule(problem, plan) == ()
    assert value_of(problem, plan) <= min(value_of(problem, dispatch(problem, r)) for r in RULES)


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = small_shop(5, 10)
    assert searched(problem, 400, 3) == searched(problem, 400, 3)


@pytest.mark.slow
def test_the_search_finds_what_the_best_rule_does_not() -> None:
    few, many = 0.0, 0.0
    for seed in range(4):
        problem = small_shop(seed, 10)
        few += min(dispatch(problem, rule).tardiness(problem) for rule in RULES)
        many += searched(problem, 1500).tardiness(problem)
    assert many < 0.97 * few


def test_the_order_no_rule_finds_is_found() -> None:
    """Two of three orders can be in time, and only if the long one, due first, goes last."""
    problem = bench(
        one_task("long", minutes=300),
        one_task("a", minutes=100),
        one_task("b", minutes=100),
        promises=(Promise("long", 90), Promise("a", 110), Promise("b", 210)),
    )
    assert dispatch(problem).tardiness(problem) == 210 + 290 + 290
    assert searched(problem, 100).tardiness(problem) == 410


def test_what_has_to_stay_stays_where_it_can() -> None:
    problem = bench(*(one_task(name) for name in "abc"))
    coded = encode(problem)
    old = coded.places(dispatch(problem))
    old[:, 0] += 500
    old[:, 1] += 500
    stays = old[:, 0] > 0
    plan, _ = search(coded, [order_groups(coded, "EDD")], Budget(steps=50), keep=(old, stays))
    assert plan is not None
    assert sorted(one.start for one in plan.placed) == [500, 600, 700]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), states=st.integers(1, 30))
def test_placing_on_from_a_kept_state_gives_what_placing_from_nothing_gives(
    seed: int, states: int
) -> None:
    coded = encode(small_shop(seed, 6))
    fresh, going, kept = coded.room(), coded.room(), coded.states(states)
    draw, order = np.random.default_rng(seed), order_groups(coded, "EDD")
    free = nothing_kept(coded)
    for _ in range(40):
        changed = order.copy()
        one, two = draw.integers(0, order.size, 2)
        changed[one], changed[two] = order[two], order[one]
        values = decode(coded.shop, fresh, changed, *free, np.inf)
        late, ends, first = decode_on(coded.shop, going, kept, changed, *free, np.inf)
        assert (late, ends) == values
        assert (fresh.place == going.place).all()
        if draw.random() < 0.4:
            order = changed
            adopt(going, kept, first)


def test_a_placing_above_the_limit_is_given_up() -> None:
    problem = small_shop(3, 6)
    coded = encode(problem)
    late = dispatch(problem).tardiness(problem)
    order, free = order_groups(coded, "EDD"), nothing_kept(coded)
    assert late > 0.0
    assert np.isinf(decode(coded.shop, coded.room(), order, *free, late - 1.0)[0])
    assert decode(coded.shop, coded.room(), order, *free, late)[0] == late
