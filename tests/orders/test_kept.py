"""The plan an order book holds, in the scheduler's minutes."""

from __future__ import annotations

import datetime

from order_books import NOW, enter

from reclad.orders import Book, read_problem
from reclad.orders.kept import freeze, kept_plan
from reclad.schedule.problem import Placed, Schedule

PLAN = Schedule(
    (
        Placed("a.1", 0, 30, None, "operator 1"),
        Placed("a.2", 60, 130, "cladder 1", "operator 2"),
        Placed("a.3", 200, 220, None, "operator 1"),
    )
)


def test_the_plan_comes_back_as_it_was_kept(book: Book, shop) -> None:
    enter(book)
    problem = read_problem(book.orders(), shop, NOW, 30)
    assert kept_plan(problem, book.orders(), NOW) is None
    book.keep_schedule(PLAN, NOW)
    assert kept_plan(problem, book.orders(), NOW) == PLAN


def test_half_an_hour_later_it_lies_half_an_hour_earlier(book: Book, shop) -> None:
    enter(book)
    book.keep_schedule(PLAN, NOW)
    later = NOW + datetime.timedelta(minutes=30)
    problem = read_problem(book.orders(), shop, later, 30)
    kept = kept_plan(problem, book.orders(), later)
    # What should have begun by now and has not is planned again.
    assert [one.task for one in kept.placed] == ["a.2", "a.3"]
    assert (kept.at["a.2"].start, kept.at["a.2"].end) == (30, 100)


def test_what_begins_in_the_frozen_hours_stays_where_it_is(book: Book, shop) -> None:
    enter(book)
    book.keep_schedule(PLAN, NOW)
    problem = read_problem(book.orders(), shop, NOW, 30)
    held = freeze(problem, PLAN, 61)
    assert held.task["a.2"].fixed == PLAN.at["a.2"]
    assert held.task["a.3"].fixed is None
    assert freeze(problem, PLAN, 60).task["a.2"].fixed is None
