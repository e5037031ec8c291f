"""`reclad fluids`: what a repair uses and leaves, on one screen, and how it refuses."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def read_one(tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any) -> Any:
    from reclad.shop import read_planned
    from short_pipe import planned_folder

    where = tmp_path_factory.mktemp("read")
    return read_planned(planned_folder(where, short_job_text, short_plan))


@pytest.fixture
def job(short_planned: Path, read_one: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A planned job whose damages are weighed already."""
    monkeypatch.setattr("reclad.shop.planned.read_planned", lambda *_: read_one)
    return short_planned


def test_one_screen_tells_what_a_repair_leaves(reclad: Callable, job: Path) -> None:
    before = sorted(job.rglob("*"))
    ran = reclad("fluids", job)
    assert ran.code == 0
    for words in ("powder fed", "of it collected", "of it escaped", "gas  ", "electricity", "CO2e",
                  "wash water", "oil in it", "graphite bed", "change it by 20", "by CO2e",
                  "by price", "as of one such repair a day; give --flow"):  # fmt: skip
        assert words in ran.out
    lines = ran.out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert not any(line.endswith(" ") for line in lines)
    assert sorted(job.rglob("*")) == before


def test_json_holds_every_number_of_the_screen(reclad: Callable, job: Path) -> None:
    told = reclad("fluids", job, "--json").json
    assert told["kind"] == "reclad fluids"
    for name in ("powder_lost", "powder_collected", "gas", "electricity", "CO2e", "wash_water",
                 "wash_oil", "wash_powder", "repairs_per_new_part_by_CO2e",
                 "repairs_per_new_part_by_price"):  # fmt: skip
        assert told[name].keys() == {"value", "unit", "p05", "p50", "p95"}
    dates = told["bed"]["change_by"]
    days = [datetime.date.fromisoformat(dates[key]) for key in ("earliest", "middle", "latest")]
    assert days == sorted(days)


def test_the_bed_of_the_shop_replaces_that_of_the_file(reclad: Callable, job: Path) -> None:
    file = reclad("fluids", job, "--json").json["bed"]
    own = reclad("fluids", job, "--bed", "100 L", "--flow", "100 L/d", "--treated", "1 m^3",
                 "--isotherm", "Freundlich", "--json").json["bed"]  # fmt: skip
    assert own["volume"]["value"] == pytest.approx(2 * file["volume"]["value"])
    assert own["water_per_day"]["value"] == pytest.approx(100.0)
    assert (own["flow_stated"], file["flow_stated"]) == (True, False)
    assert own["treated"]["value"] == pytest.approx(1.0)
    assert (own["isotherm"], file["isotherm"]) == ("freundlich", "langmuir")


def test_a_dearer_new_part_is_worth_more_repairs(reclad: Callable, job: Path) -> None:
    counts = [
        reclad("fluids", job, "--new-part", price, "--json").json[
            "repairs_per_new_part_by_price"
        ]["value"]
        for price in ("9000 CNY", "900000 CNY")
    ]  # fmt: skip
    assert counts[0] < counts[1]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--bed", "50"), '--bed: "50" has no unit'),
        (("--bed", "0 L"), "bed volume (m3) 0 is not positive"),
        (("--bed", "50 kg"), "--bed: "),
        (("--flow", "0 L/d"), "wash water of 0 L a day fills no bed"),
        (("--flow", "100 L"), "--flow: "),
        (("--treated", "-1 m^3"), "treated water (m3) -1 is negative"),
        (("--isotherm", "bet"), '"bet" is no isotherm'),
        (("--new-part", "9000"), "--new-part: "),
        (("--prices", "deserted-shop"), "desert-shop"),
    ],
)
def test_a_wrong_option_is_refused(
    reclad: Callable, job: Path, options: tuple[str, ...], says: str
) -> None:
    ran = reclad("fluids", job, *options)
    assert ran.code == 1
    assert says in ran.refusal


def test_without_a_plan_the_way_out_is_named(reclad: Callable, short_folder: Path) -> None:
    ran = reclad("fluids", short_folder)
    assert ran.code == 1
    assert f"holds no plan yet; run `reclad plan {short_folder}`" in ran.refusal


def test_the_help_is_narrow(reclad: Callable) -> None:
    ran = reclad("fluids", "--help")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    assert "--isotherm" in ran.out
