"""`reclad schedule` and `reclad capacity`, on the order book of a shop."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.orders.order_books import plain_route

from reclad.app import schedule as commands
from reclad.orders import NewOrder, new_shop, open_book

# A Friday morning in the shop, whatever the day is on which this runs.
NOW = datetime.datetime(2026, 11, 27, 1, 0, tzinfo=datetime.UTC)
SHORT = ("--time-limit", "0.5")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reclad: Callable[..., Any]) -> Path:
    """A shop folder with three orders, the present one."""
    monkeypatch.setattr(commands, "_minute", lambda: NOW)
    path = new_shop("ours", tmp_path)
    book = open_book(path)
    for number, day in (("a", 28), ("b", 30), ("c", 29)):
        due = datetime.date(2026, 11, day)
        book.add(plain_route(Path(f"/jobs/{number}"), (30, 200, 20)), NewOrder(due, number), NOW)
    book.store.close()
    monkeypatch.chdir(path.parent)
    return path.parent


@pytest.mark.slow
def test_a_plan_is_kept_shown_and_promised(shop: Path, reclad: Callable[..., Any]) -> None:
    told = json.loads(reclad("schedule", *SHORT, "--json").out)
    assert {one["order"] for one in told["orders"]} == {"a", "b", "c"}
    assert [one["due"] for one in told["orders"]] == ["2026-11-28", "2026-11-29", "2026-11-30"]
    for one in told["orders"]:
        assert one["planned"] <= one["sure"]
        assert one["planned"].endswith("+08:00")  # the shop's own clock
    clad = [one for one in told["plan"] if one["process"] == "clad"]
    assert {one["machine"] for one in clad} <= {"cladder 1", "cladder 2"}
    assert all(one["person"] for one in clad)
    page = (shop / "schedule.html").read_text("utf-8")
    assert page.count("<title>") > 9
    book = open_book(shop / "shop.toml")
    planned = [step.planned_start for order in book.orders() for step in order.operations]
    book.store.close()
    assert None not in planned


@pytest.mark.slow
def test_a_second_plan_moves_nothing_that_need_not_move(shop: Path, reclad) -> None:
    first = json.loads(reclad("schedule", *SHORT, "--json").out)
    assert first["moved"] is None
    again = json.loads(reclad("schedule", *SHORT, "--json").out)
    assert again["moved"] == []
    assert again["plan"] == first["plan"]


@pytest.mark.slow
def test_a_dry_run_keeps_nothing(shop: Path, reclad) -> None:
    said = reclad("schedule", *SHORT, "--dry-run").out
    assert "3 orders" in said
    assert not (shop / "schedule.html").exists()
    book = open_book(shop / "shop.toml")
    planned = [step.planned_start for order in book.orders() for step in order.operations]
    book.store.close()
    assert set(planned) == {None}


@pytest.mark.slow
def test_what_is_frozen_stays(shop: Path, reclad, monkeypatch: pytest.MonkeyPatch) -> None:
    first = json.loads(reclad("schedule", *SHORT, "--json").out)
    book = open_book(shop / "shop.toml")
    due = datetime.date(2026, 11, 27)
    rush = NewOrder(due, "rush", rush=True)
    book.add(plain_route(Path("/jobs/rush"), (30, 200, 20)), rush, NOW)
    book.store.close()
    held = json.loads(reclad("schedule", *SHORT, "--freeze", 4, "--json").out)
    soon = (
        (NOW + datetime.timedelta(hours=4))
        .astimezone(datetime.timezone(datetime.timedelta(hours=8)))
        .isoformat(timespec="minutes")
    )
    before = {one["task"]: one for one in first["plan"] if one["start"] < soon}
    after = {one["task"]: one for one in held["plan"]}
    assert before
    assert all(after[name] == one for name, one in before.items())


@pytest.mark.slow
def test_the_advisor_ranks_every_way(shop: Path, reclad) -> None:
    ranked = json.loads(
        reclad("capacity", "--backlogs", 2, "--steps", 20, "--load", 6, "--json").out
    )
    assert len(ranked) >= 6
    saved = [one["saved_h"]["value"] for one in ranked]
    assert saved == sorted(saved, reverse=True)
    assert saved[0] > 0.0 <= saved[-1]


def test_a_shop_without_orders_is_told_so(tmp_path: Path, reclad, monkeypatch) -> None:
    new_shop("empty", tmp_path)
    monkeypatch.chdir(tmp_path / "empty")
    refused = reclad("schedule", *SHORT)
    assert refused.code == 1
    assert "enter one with `reclad order add JOB`" in refused.err


@pytest.mark.slow
def test_a_rush_order_gets_two_dates_and_says_who_waits(shop: Path, reclad) -> None:
    told = json.loads(reclad("accept", "c", "--steps", 20, "--json").out)
    assert told["order"] == "c"
    for one in (told["in_gaps"], told["together"]):
        assert one["planned"] <= one["sure"]
        assert {kept["order"] for kept in one["kept"]} == {"a", "b"}
    assert told["in_gaps"]["others_later_h"] == pytest.approx(0.0)
    assert told["in_gaps"]["later"] == []
    refused = reclad("accept", "d")
    assert refused.code == 1
    assert 'no open order "d"' in refused.err
    book = open_book(shop / "shop.toml")
    assert {step.planned_start for order in book.orders() for step in order.operations} == {None}
    book.start("c.1", NOW)
    book.store.close()
    assert "has begun" in reclad("accept", "c").err


@pytest.mark.slow
def test_an_hour_is_worth_nothing_where_nothing_is_late(shop: Path, reclad) -> None:
    told = json.loads(reclad("worth", "cladder 1", "--steps", 20, "--json").out)
    assert len(told) == 10
    assert all(one["saved_h"] >= 0.0 for one in told)
    assert "2026-11-27 18:00" in {one["after"] for one in told}
    assert "no machine that is ever open" in reclad("worth", "crane").err
