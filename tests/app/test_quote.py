"""`reclad quote`: what a planned repair costs and asks, and how it refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def read_once(
    tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any
) -> Any:
    from reclad.shop import read_planned
    from short_pipe import planned_folder

    where = tmp_path_factory.mktemp("read")
    return read_planned(planned_folder(where, short_job_text, short_plan))


@pytest.fixture
def job(short_planned: Path, read_once: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A planned job whose damages are weighed already."""
    monkeypatch.setattr("reclad.shop.planned.read_planned", lambda *_: read_once)
    return short_planned


@pytest.mark.slow
def test_a_plan_is_quoted_and_the_files_are_named(reclad: Callable, short_planned: Path) -> None:
    ran = reclad("quote", short_planned)
    assert ran.code == 0
    assert ran.out.startswith("short: coupon first\n")
    for words in ("the least that keeps the margin", "expected rework", "nothing is earned from",
                  "by its mass; give --new-part", "reclad assess"):  # fmt: skip
        assert words in ran.out
    table = [line for line in ran.out.splitlines() if str(short_planned) not in line]
    assert max(len(line) for line in table) <= 100
    made = sorted(p.name for p in (short_planned / "quote").iterdir())
    assert made == ["costs.csv", "quote.html", "quote.json"]
    for name in made:
        assert name in ran.out


def test_json_holds_the_same_as_the_file(reclad: Callable, job: Path) -> None:
    told = reclad("quote", job, "--json").json
    assert told == json.loads((job / "quote" / "quote.json").read_text("utf-8"))
    assert told["currency"] == "CNY"
    assert not told["price"]["asked_by_shop"]
    assert told["chance_of_loss"]["p05"] < told["chance_of_loss"]["value"]
    lines = [one["expected"] for name, one in told["costs"].items() if name != "total"]
    assert sum(lines) == pytest.approx(told["costs"]["total"]["expected"])


@pytest.mark.parametrize("spelled", ["9000 CNY", "9000 yuan", "9000元", "9e3 RMB"])
def test_what_the_shop_states_is_taken(reclad: Callable, job: Path, spelled: str) -> None:
    told = reclad(
        "quote", job, "--price", spelled, "--setup", "90 min", "--machining", "2 h",
        "--inspection", "0.5 h", "--furnace-time", "3 h", "--json",
    ).json  # fmt: skip
    assert told["price"] == {"amount": 9000.0, "asked_by_shop": True}
    use = told["use"]
    hours = [
        use[f"{name}_time"]["value"] for name in ("setup", "machining", "inspection", "furnace")
    ]
    assert hours == pytest.approx([1.5, 2.0, 0.5, 3.0])
    assert use["setup_time"]["unit"] == "h"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ("--price", "5000"),
            '--price: "5000" is no amount with a unit; write for example "120 CNY"',
        ),
        (("--price", "-5000 CNY"), "price -5000 CNY is not above 0"),
        (("--price", "5000 EUR"), "price in EUR where the price file counts in CNY"),
        (("--price", "5000 CNY/h"), "price in CNY/h where"),
        (("--price", "5000 bananas"), '--price: "bananas": unknown unit "bananas" of an amount'),
        (("--new-part", "0 CNY"), "new part 0 CNY is not above 0"),
        (("--setup", "1"), "--setup: "),
        (("--setup", "-1 h"), "--setup: -1 h is negative; give 0 h or more"),
        (("--furnace-time", "3 kg"), "--furnace-time: "),
        (("--prices", "deserted-shop"), "desert-shop"),
    ],
)
def test_a_wrong_option_is_refused_and_nothing_written(
    reclad: Callable, job: Path, options: tuple[str, ...], says: str
) -> None:
    ran = reclad("quote", job, *options)
    assert ran.code == 1
    assert says in ran.refusal
    assert not (job / "quote").exists()


def test_without_a_plan_the_way_out_is_named(reclad: Callable, short_folder: Path) -> None:
    ran = reclad("quote", short_folder)
    assert ran.code == 1
    assert f"holds no plan yet; run `reclad plan {short_folder}`" in ran.refusal


def test_a_folder_that_is_no_job_is_refused(reclad: Callable) -> None:
    assert reclad("quote", "nowhere").code == 1


def test_prices_of_the_job_folder_come_first(reclad: Callable, job: Path, shipped: Path) -> None:
    (job / "prices").mkdir()
    text = (shipped / "prices" / "desert-shop.toml").read_text("utf-8")
    text = text.replace("CNY", "EUR").replace('name = "desert-shop"', 'name = "our-own"')
    text = text.replace('aliases = ["desert shop"]', "")
    (job / "prices" / "our-own.toml").write_text(text, "utf-8")
    told = reclad("quote", job, "--prices", "our-own", "--price", "900 euro", "--json").json
    assert told["currency"] == "EUR"
    assert "900 EUR" in (job / "quote" / "quote.html").read_text("utf-8")
    assert "in CNY where the price file counts in EUR" in reclad(
        "quote", job, "--prices", "our-own", "--price", "900 yuan", "--replace"
    ).refusal  # fmt: skip


def test_both_prices_stand_on_the_screen_and_one_on_the_page(reclad: Callable, job: Path) -> None:
    ran = reclad("quote", job)
    numbers = json.loads((job / "quote" / "quote.json").read_text("utf-8"))
    today, later = numbers["price"]["amount"], numbers["coupon"]["shown"]["price"]["amount"]
    assert later < today
    assert f"price     {today:,.0f} CNY" in ran.out
    assert f"after it  {later:,.0f} CNY, on the customer's page" in ran.out
    chance = f"{100 * numbers['coupon']['chance']:.2g} %"
    assert f"draws keep every limit: it shows the beads as planned with {chance}" in ran.out
    page = (job / "quote" / "quote.html").read_text("utf-8")
    assert f"{later:,.0f} CNY" in page
    assert f"{today:,.0f} CNY" not in page


def test_trials_under_an_agreement_are_marked_on_the_screen(
    reclad: Callable, job: Path, read_once: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reclad.shop.planned import Restriction

    assert "RESTRICTED" not in reclad("quote", job).out
    marked = replace(read_once, restricted=Restriction("lab.csv", "this pipe alone"))
    monkeypatch.setattr("reclad.shop.planned.read_planned", lambda *_: marked)
    assert "RESTRICTED by the agreement on the trials lab.csv" in reclad("quote", job).out


def test_few_good_draws_are_told_and_give_one_price(
    reclad: Callable, job: Path, read_once: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reclad.shop.planned import Coupon

    few = replace(read_once, coupon=Coupon(15, 256, None))
    monkeypatch.setattr("reclad.shop.planned.read_planned", lambda *_: few)
    ran = reclad("quote", job)
    assert "coupon    only 15 of 256 draws keep every limit: no price after it" in ran.out
    assert "after it  " not in ran.out
    assert reclad("quote", job, "--json").json["coupon"]["shown"] is None


@pytest.mark.slow
def test_a_shops_own_sound_repairs_lower_the_price(
    reclad: Callable, short_planned: Path, tmp_path: Path
) -> None:
    from reclad.shop.outcomes import add_outcome

    own = tmp_path / "own.jsonl"
    foretold = {"cold_cracking": 0.03, "lack_of_fusion": 0.08}
    for number in range(60):
        add_outcome(own, f"sound-{number}", "2026-11-01", foretold, ())
    before = reclad("quote", short_planned, "--json").json
    ran = reclad("quote", short_planned, "--outcomes", own, "--json")
    after = ran.json
    assert "60 repairs of the shop are known" in ran.err
    assert after["chance_of_loss"]["value"] < before["chance_of_loss"]["value"]
    assert after["price"]["amount"] < before["price"]["amount"]
    assert after["belief"] < 0.9 < before["belief"]
    then = [told["coupon"]["shown"]["chance_of_loss"]["value"] for told in (after, before)]
    assert then[0] < then[1]


def test_outcomes_that_cannot_be_read_are_refused(
    reclad: Callable, job: Path, tmp_path: Path
) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text("sound\n", "utf-8")
    assert "own.jsonl line 1: no outcome" in reclad("quote", job, "--outcomes", file).refusal
    assert not (job / "quote").exists()


def test_a_price_below_the_cost_says_so(reclad: Callable, job: Path) -> None:
    out = reclad("quote", job, "--price", "1 CNY").out
    assert "no chance is low enough, the price leaves nothing" in out


def test_a_page_changed_by_hand_is_refused_until_given_up(reclad: Callable, job: Path) -> None:
    assert reclad("quote", job).code == 0
    (job / "quote" / "quote.html").write_text("mine", "utf-8")
    assert "run this again with --replace" in reclad("quote", job, "--price", "9000 CNY").refusal
    assert (job / "quote" / "quote.html").read_text("utf-8") == "mine"
    assert reclad("quote", job, "--price", "9000 CNY", "--replace").code == 0


def test_a_quote_does_not_keep_a_job_from_being_planned_again(
    reclad: Callable, job: Path, short_plan: Any
) -> None:
    from short_pipe import save_short_plan

    assert reclad("quote", job).code == 0
    shutil.rmtree(job / "plan")
    save_short_plan(job, short_plan)
    assert reclad("quote", job).code == 0


def test_the_help_is_narrow(reclad: Callable) -> None:
    ran = reclad("quote", "--help")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert "--furnace-time" in ran.out
