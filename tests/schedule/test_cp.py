"""CP-SAT keeps every rule of the check, proves small problems, and never makes a plan worse."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_shops import bench, one_task, small_shop

from reclad.schedule import cp
from reclad.schedule.check import check_schedule
from reclad.schedule.cp import improve, pick_piece, value_of
from reclad.schedule.dispatch import dispatch, earliest_due_date, place_in_order
from reclad.schedule.encode import encode
from reclad.schedule.problem import Link, Promise

pytest.importorskip("ortools", reason="the extra `schedule` is not installed")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), orders=st.integers(1, 8))
def test_an_improved_plan_passes_the_check_and_is_no_worse(seed: int, orders: int) -> None:
    problem = small_shop(seed, orders)
    start = dispatch(problem, "FIFO")
    better = improve(problem, start, steps=2, seed=seed)
    assert check_schedule(problem, better.schedule) == ()
    assert value_of(problem, better.schedule) <= value_of(problem, start)
    if better.bound is not None:
        assert better.bound <= better.schedule.tardiness(problem) + 1e-6


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_pieces_pass_the_check_and_are_no_worse(seed: int) -> None:
    """More tasks than are freed at once: the rest is held and must not be disturbed."""
    problem = small_shop(seed, 18)
    assert len(problem.tasks) > cp.WHOLE_PROBLEM
    start = earliest_due_date(problem)
    better = improve(problem, start, steps=2, seed=seed)
    assert better.tried == 2
    assert better.bound is None
    assert check_schedule(problem, better.schedule) == ()
    assert value_of(problem, better.schedule) <= value_of(problem, start)


def test_a_proved_bound_is_the_best_of_all_orders() -> None:
    """One machine: every plan that idles nowhere is an order of its tasks."""
    minutes, due = (50, 120, 80, 200, 30), (60, 150, 140, 300, 20)
    problem = bench(
        *(one_task(f"{n}", minutes=m) for n, m in enumerate(minutes)),
        promises=tuple(Promise(f"{n}", d, 1.0 + n) for n, d in enumerate(due)),
    )
    coded = encode(problem)
    plans = [
        place_in_order(coded, np.array(order, dtype=np.int64))
        for order in itertools.permutations(range(5))
    ]
    best = min(plan.tardiness(problem) for plan in plans if plan)
    found = improve(problem, earliest_due_date(problem), steps=1)
    assert found.schedule.tardiness(problem) == pytest.approx(best)
    assert found.bound == pytest.approx(best)


def test_a_batch_that_waits_for_its_second_part_is_found() -> None:
    """Placed as soon as it can, the first part would keep the furnace from both."""
    problem = bench(
        one_task("a", "F", family="hot"),
        one_task("b", "F", family="hot", earliest=10),
        promises=(Promise("a", 110), Promise("b", 110)),
    )
    start = earliest_due_date(problem)
    assert start.tardiness(problem) == 90
    found = improve(problem, start, steps=1).schedule
    assert found.tardiness(problem) == 0
    assert found.at["a"].start == found.at["b"].start == 10


def test_without_the_solver_the_plan_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cp, "find_spec", lambda _: None)
    problem = small_shop(1)
    start = earliest_due_date(problem)
    assert improve(problem, start, steps=1).schedule is start


def test_a_piece_holds_a_late_order_and_no_fixed_task() -> None:
    problem = bench(
        *(one_task(name) for name in "abc"),
        links=(Link("a", "b"),),
        promises=(Promise("b", 0),),
    )
    plan = earliest_due_date(problem)
    pieces = [pick_piece(problem, plan, random.Random(n)) for n in range(10)]
    assert all(piece <= set("abc") for piece in pieces)
    assert sum("b" in piece for piece in pieces) >= 5
