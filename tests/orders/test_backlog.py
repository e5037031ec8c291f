"""The orders as the scheduler asks for them."""

from __future__ import annotations

import datetime

import pytest
from order_books import DUE, NOW, enter

from reclad.errors import ShopError
from reclad.orders import Book, read_problem, read_shop
from reclad.schedule.problem import Link, Mode, Placed

MINUTE = datetime.timedelta(minutes=1)


def problem(book: Book, shop, now: datetime.datetime = NOW, days: int = 30):
    return read_problem(book.orders(), shop, now, days)


def test_steps_become_tasks_with_machines_skills_and_links(book: Book, shop) -> None:
    enter(book)
    found = problem(book, shop)
    receive, clad, papers = found.tasks
    assert receive.modes == (Mode(None, 30),)
    assert clad.modes == (Mode("cladder 1", 70), Mode("cladder 2", 70))
    assert (clad.skill, clad.family, clad.order) == ("clad IN625", "IN625", "a")
    assert papers.skill == "certificate"
    assert found.links == (Link("a.1", "a.2"), Link("a.2", "a.3"))


def test_an_order_is_due_by_the_end_of_its_day_in_the_shop(book: Book, shop) -> None:
    enter(book, "a", weight=3.0)
    enter(book, "b", rush=True)
    first, second = problem(book, shop).promises
    midnight = datetime.datetime(2026, 12, 20, 16, 0, tzinfo=datetime.UTC)  # in Shanghai
    assert datetime.date(2026, 12, 20) == DUE
    assert first.due == (midnight - NOW) // MINUTE
    assert (first.weight, second.weight) == (3.0, 10.0)


def test_resources_are_machines_furnace_and_people_with_their_hours(book: Book, shop) -> None:
    found = problem(book, shop).resource
    assert found["furnace"].kind == "furnace"
    assert found["furnace"].places == 2
    assert found["furnace"].open == ((0, 30 * 1440 - 540),)
    assert found["cladder 1"].changeover == 45
    assert (found["cladder 1"].family, found["cladder 2"].family) == ("IN625", "")
    assert found["operator 2"].kind == "person"
    assert found["operator 2"].open[0] == (0, 540)
    assert "clad 316L" in found["operator 2"].skills


def test_what_is_done_is_left_out_and_what_follows_waits_for_its_end(book: Book, shop) -> None:
    enter(book)
    book.finish("a.1", NOW + 20 * MINUTE)
    found = problem(book, shop)
    assert [task.name for task in found.tasks] == ["a.2", "a.3"]
    assert found.tasks[0].earliest == 20
    assert problem(book, shop, NOW + 60 * MINUTE).tasks[0].earliest == 0
    for name in ("a.2", "a.3"):
        book.finish(name, NOW)
    over = problem(book, shop)
    assert over.tasks == over.promises == over.links == ()


def test_what_runs_stays_where_it_is(book: Book, shop) -> None:
    enter(book)
    book.finish("a.1", NOW)
    book.start("a.2", NOW, "cladder 2", "operator 2")
    found = problem(book, shop, NOW + 10 * MINUTE).task["a.2"]
    assert found.fixed == Placed("a.2", -10, 60, "cladder 2", "operator 2")
    late = problem(book, shop, NOW + 100 * MINUTE).task["a.2"].fixed
    assert late is not None
    assert (late.start, late.end) == (-100, 0)


def test_whoever_runs_it_if_nobody_wrote_it_down_is_one_that_may(book: Book, shop) -> None:
    enter(book)
    book.finish("a.1", NOW)
    book.start("a.2", NOW, "no such machine", "operator 3")  # who may not clad
    fixed = problem(book, shop).task["a.2"].fixed
    assert fixed is not None
    assert (fixed.machine, fixed.person) == ("cladder 1", "operator 1")


def test_a_step_on_hold_and_what_follows_is_not_promised(book: Book, shop) -> None:
    enter(book)
    enter(book, "b")
    book.hold("a.2", "customer looks", NOW)
    found = problem(book, shop)
    assert [task.name for task in found.tasks] == ["a.1", "b.1", "b.2", "b.3"]
    assert [one.order for one in found.promises] == ["b"]
    book.release("a.2", NOW)
    assert len(problem(book, shop).tasks) == 6


def test_a_machine_that_is_gone_is_named(book: Book, shop_text, tmp_path) -> None:
    enter(book)
    (tmp_path / "shop.toml").write_text(
        shop_text.replace('cell = "x-axial-4kw"', 'cell = "other"'), "utf-8"
    )
    with pytest.raises(
        ShopError, match=r"a\.2, clad: the shop has no cladder x-axial-4kw any more"
    ):
        problem(book, read_shop(tmp_path))


def test_a_hot_part_may_wait_only_so_long() -> None:
    from pathlib import Path

    from reclad.orders import NewOrder, Route, Step, open_book

    steps = (
        Step("preheat", 60, 0.0, 0.0, "furnace", family="preheat 200 degC"),
        Step("clad", 60, 0.0, 0.0, "cladder", "x-axial-4kw", "IN625", "clad IN625", 90, 0, 30),
    )
    book = open_book(url="sqlite://")
    book.add(Route("repair", Path("/jobs/hot"), steps, "turn", ""), NewOrder(DUE), NOW)
    from importlib.resources import files

    shop = read_shop(str(files("reclad") / "data" / "shops" / "desert-shop.toml"))
    found = problem(book, shop)
    assert found.links == (Link("hot.1", "hot.2", 0, 30),)
    assert found.task["hot.1"].skill == ""
    assert found.task["hot.2"].share == 90
    book.store.close()
