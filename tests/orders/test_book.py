"""The order book: steps get ready one after the other, hold points hold, nothing is lost."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_books import DUE, NOW, enter, plain_route

from reclad.errors import RecladError, ShopError
from reclad.orders import Book, NewOrder, open_book
from reclad.schedule.problem import Placed, Schedule

HOUR = datetime.timedelta(hours=1)


def states(order) -> list[str]:
    return [one.state for one in order.operations]


def test_an_order_comes_back_as_it_was_entered(book: Book) -> None:
    route = plain_route(Path("/jobs/a"))
    made = book.add(route, NewOrder(DUE, "a", "Oil Field 3", 2.5, True), NOW)
    assert made == book.order("a") == book.orders()[0]
    assert (made.customer, made.due, made.weight, made.rush) == ("Oil Field 3", DUE, 2.5, True)
    assert (made.received, made.powder, made.powder_mass) == (NOW, "IN625", 0.25)
    assert (made.job_sha256, made.plan_sha256) == (route.job_sha256, route.plan_sha256)
    for step, told in zip(route.steps, made.operations, strict=True):
        assert all(getattr(told, key) == getattr(step, key) for key in step.__dataclass_fields__)


def test_the_number_is_the_name_of_the_job_if_none_is_given(book: Book) -> None:
    assert book.add(plain_route(Path("/jobs/pipe-0412")), NewOrder(DUE), NOW).number == "pipe-0412"


def test_a_number_or_a_job_is_not_entered_twice(book: Book) -> None:
    enter(book)
    with pytest.raises(ShopError, match='order "a" exists already; give another --number'):
        enter(book)
    with pytest.raises(ShopError, match='is order "a" already, which is not done'):
        book.add(plain_route(Path("/jobs/a")), NewOrder(DUE, "b"), NOW)
    for place in (1, 2, 3):
        book.finish(f"a.{place}", NOW)
    assert book.add(plain_route(Path("/jobs/a")), NewOrder(DUE, "b"), NOW).number == "b"


def test_steps_get_ready_one_after_the_other(book: Book) -> None:
    assert states(enter(book)) == ["ready", "waiting", "waiting"]
    assert states(book.start("a.1", NOW)) == ["running", "waiting", "waiting"]
    assert states(book.finish("a.1", NOW + HOUR)) == ["done", "ready", "waiting"]
    done = book.order("a").operations[0]
    assert (done.started, done.ended) == (NOW, NOW + HOUR)
    with pytest.raises(ShopError, match=r"a\.3 cannot start: it is waiting for a\.2, clad"):
        book.start("a.3", NOW)
    with pytest.raises(ShopError, match=r"a\.1 cannot start: it is done"):
        book.start("a.1", NOW)
    book.finish("a.2", NOW)
    assert book.order("a").state == "begun"
    assert book.finish("a.3", NOW).state == "done"


def test_who_ran_it_on_what_is_kept(book: Book) -> None:
    enter(book)
    book.start("a.1", NOW, "bench", "operator 1")
    done = book.finish("a.1", NOW + HOUR).operations[0]
    assert (done.machine, done.person) == ("bench", "operator 1")


def test_a_hold_point_holds_until_every_reason_is_released(book: Book) -> None:
    enter(book)
    assert states(book.hold("a.2", "customer looks first", NOW)) == ["ready", "on hold", "waiting"]
    book.hold("a.2", "powder is late", NOW)
    assert states(book.finish("a.1", NOW)) == ["done", "on hold", "waiting"]
    with pytest.raises(ShopError, match=r'on hold \("customer looks first"\); release it first'):
        book.start("a.2", NOW)
    released = book.release("a.2", NOW + HOUR)
    assert states(released) == ["done", "ready", "waiting"]
    assert [one.released for one in released.operations[1].holds] == [NOW + HOUR] * 2
    with pytest.raises(ShopError, match=r"a\.2 is not on hold"):
        book.release("a.2", NOW)
    with pytest.raises(ShopError, match=r"a\.1 cannot be held: it is done"):
        book.hold("a.1", "too late", NOW)
    with pytest.raises(ShopError, match="needs a reason"):
        book.hold("a.2", " ", NOW)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a", "is no operation; write order and place"),
        ("a.x", "is no operation"),
        ("a.9", 'order "a" has no step 9; it has 1 to 3'),
        ("b.1", 'no order "b"; known: a'),
        ("a.1\n", "is no operation"),
    ],
)
def test_a_step_that_is_none_is_named(book: Book, name: str, says: str) -> None:
    enter(book)
    with pytest.raises(ShopError, match=says) as refused:
        book.start(name, NOW)
    assert str(refused.value).isprintable()


def test_an_empty_book_says_so(book: Book) -> None:
    with pytest.raises(ShopError, match="the order book is empty"):
        book.order("a")
    assert book.orders() == []


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf"), 1e7])
def test_a_weight_is_positive_and_finite(weight: float) -> None:
    with pytest.raises(ShopError, match="lies outside 0 to 1000000"):
        NewOrder(DUE, weight=weight)


def test_powder_is_taken_from_the_lot_that_was_used(book: Book) -> None:
    enter(book)
    book.add_powder("IN625", "L77", 0.3, NOW)
    assert book.add_powder("IN625", "L77", 0.1, NOW).mass_left == pytest.approx(0.4)
    book.finish("a.1", NOW)
    with pytest.raises(ShopError, match='no lot "L78" of IN625'):
        book.finish("a.2", NOW, "L78")
    assert states(book.order("a"))[1] == "ready"  # the refusal changed nothing
    book.finish("a.2", NOW, "L77")
    assert [one.mass_left for one in book.powder()] == [pytest.approx(0.15)]
    with pytest.raises(ShopError, match=r"a\.3 is certificate and takes no powder"):
        book.finish("a.3", NOW, "L77")
    enter(book, "b")
    book.finish("b.1", NOW)
    with pytest.raises(ShopError, match=r"holds 0\.15 kg, the plan feeds 0\.25 kg"):
        book.finish("b.2", NOW, "L77")
    assert states(book.order("b")) == ["done", "ready", "waiting"]


def test_a_change_keeps_the_steps(book: Book) -> None:
    before = enter(book)
    later = datetime.date(2027, 1, 5)
    after = book.change(NewOrder(later, "a", "Mine 2", 3.0, True))
    assert after == replace(
        before, due=later, customer="Mine 2", weight=3.0, rush=True, operations=after.operations
    )
    assert after.operations == before.operations


def test_two_openings_of_one_file_see_the_same_orders(book: Book, shop_file: Path) -> None:
    enter(book)
    other = open_book(shop_file)
    other.finish("a.1", NOW)
    assert states(book.order("a"))[0] == "done"
    other.store.close()


ACTS = st.lists(
    st.tuples(st.sampled_from(("start", "finish", "hold", "release")), st.integers(1, 3)),
    max_size=25,
)


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(acts=ACTS)
def test_whatever_is_tried_steps_go_in_order_and_only_done_ones_have_an_end(
    book: Book, acts
) -> None:
    number = f"o{len(book.orders())}"
    enter(book, number)
    for act, place in acts:
        name = f"{number}.{place}"
        before = book.order(number)
        more = ("look",) if act == "hold" else ()
        try:
            after = getattr(book, act)(name, *more, NOW)
        except RecladError:
            after = before
            assert book.order(number) == before
        order = states(after)
        begun = [state in ("running", "done") for state in order]
        assert begun == sorted(begun, reverse=True)
        assert order.count("running") <= 1
        assert all((one.ended is not None) == (one.state == "done") for one in after.operations)
        for one in after.operations:
            held = any(hold.released is None for hold in one.holds)
            assert held == (one.state == "on hold")


def test_a_schedule_is_kept_and_the_one_before_forgotten(book: Book) -> None:
    enter(book)
    enter(book, "b")
    book.finish("a.1", NOW)
    first = Schedule((Placed("a.2", 10, 80, "cladder 1", "operator 1"), Placed("b.1", 0, 30)))
    assert book.keep_schedule(first, NOW) == 2
    clad = book.order("a").operations[1]
    assert (clad.planned_start, clad.planned_end) == (NOW + HOUR / 6, NOW + 80 * HOUR / 60)
    assert (clad.planned_machine, clad.planned_person) == ("cladder 1", "operator 1")
    started = book.start("a.2", NOW).operations[1]
    assert (started.machine, started.person) == ("cladder 1", "operator 1")
    book.keep_schedule(Schedule(()), NOW)
    assert book.order("b").operations[0].planned_start is None
    assert book.order("a").operations[1].planned_start == NOW + HOUR / 6  # it runs


def test_a_schedule_of_other_orders_is_refused_whole(book: Book) -> None:
    enter(book)
    book.finish("a.1", NOW)
    for name in ("x.1", "a.1"):
        with pytest.raises(ShopError, match="is no step to plan"):
            book.keep_schedule(Schedule((Placed("a.2", 0, 70), Placed(name, 0, 30))), NOW)
    assert book.order("a").operations[1].planned_start is None


def test_an_order_takes_the_times_of_its_new_plan_until_it_has_begun(book: Book) -> None:
    enter(book)
    book.hold("a.2", "customer looks first", NOW)
    again = replace(plain_route(Path("/jobs/a"), (30, 95, 20)), plan_sha256="2" * 64)
    after = book.replan("a", again)
    assert [one.minutes for one in after.operations] == [30, 95, 20]
    assert states(after) == ["ready", "on hold", "waiting"]
    assert after.plan_sha256 == "2" * 64
    assert book.order("a") == after
    book.finish("a.1", NOW)
    with pytest.raises(ShopError, match=r"a\.1, receive, has begun"):
        book.replan("a", again)
