"""The bed behind the washing place: its isotherms go through the tested point, its date is the
water it cleans over the water of a day."""

from __future__ import annotations

import datetime
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reclad.errors import ShopError
from reclad.shop import Asked, BedAsked, quote_job, read_planned, read_prices, tell_leavings
from reclad.shop.money import amount
from reclad.shop.wash_bed import ISOTHERMS, MOST_DAYS, _isotherm, last_bed
from short_pipe import planned_folder

DAY = datetime.date(2026, 11, 27)
LITRE_A_DAY = 1e-3 / 86400.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any) -> Path:
    return planned_folder(tmp_path_factory.mktemp("washed"), short_job_text, short_plan)


@pytest.fixture(scope="module")
def planned(folder: Path) -> Any:
    return read_planned(folder)


@pytest.fixture(scope="module")
def quote(planned: Any) -> Any:
    return quote_job(planned, read_prices("desert-shop"), Asked(), DAY)


@pytest.fixture(scope="module")
def sure(folder: Path, planned: Any, shipped: Path) -> Any:
    """A quote whose prices and whose bed are known exactly."""
    return quote_job(planned, exact_prices(folder, shipped), Asked(), DAY)


def exact_prices(folder: Path, shipped: Path, *changes: tuple[str, str]) -> Any:
    text = (shipped / "prices" / "desert-shop.toml").read_text("utf-8")
    text = re.sub(r'(?m)^spread = ".*"', 'spread = "0 %"', text)
    text = text.replace('name = "desert-shop"', 'name = "exact"', 1)
    text = text.replace('aliases = ["desert shop"]', "", 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "prices").mkdir(exist_ok=True)
    (folder / "prices" / "exact.toml").write_text(text, "utf-8")
    return read_prices("exact", folder)


@pytest.mark.parametrize("kind", ISOTHERMS)
def test_every_isotherm_goes_through_the_tested_point(kind: str) -> None:
    one = _isotherm(kind, 1.3, 0.4, 0.6, 0.7)
    assert one.uptake(0.4) == pytest.approx(1.3)


def test_a_langmuir_bed_fills_up_and_a_freundlich_bed_bends() -> None:
    assert _isotherm("langmuir", 1.3, 0.4, 0.6, 0.7).uptake(1e9) == pytest.approx(1.3 / 0.6)
    assert _isotherm("freundlich", 1.3, 0.4, 0.6, 0.7).uptake(4.0) == pytest.approx(1.3 * 10**0.7)


@pytest.mark.parametrize("kind", ISOTHERMS)
def test_a_bed_known_exactly_is_the_hand_calculation(sure: Any, kind: str) -> None:
    """50 g in 50 L is the tested point: 30 kg/m3 hold 1 kg/kg, so 50 L clean 0.05 (0.9 + 30) m3."""
    life = last_bed(sure, BedAsked(isotherm=kind))
    assert life.oil == pytest.approx(np.full_like(life.oil, 1.0))
    assert life.capacity == pytest.approx(np.full_like(life.oil, 0.05 * (0.9 + 30.0)))
    assert life.repairs == pytest.approx(life.capacity / 0.05)
    days = math.floor(0.05 * 30.9 / 0.05)
    assert life.early == life.middle == life.late == DAY + datetime.timedelta(days=days)


def test_size_flow_and_water_so_far_move_the_date(sure: Any) -> None:
    asked = BedAsked(volume=0.02, flow=10 * LITRE_A_DAY, treated=0.118)
    life = last_bed(sure, asked)
    assert life.capacity[0] == pytest.approx(0.02 * 30.9)
    assert life.middle == DAY + datetime.timedelta(days=50)
    spent = last_bed(sure, BedAsked(volume=0.02, flow=10 * LITRE_A_DAY, treated=1.0))
    assert spent.middle < DAY


def test_the_ends_of_the_band_are_nine_in_ten_draws(quote: Any) -> None:
    life = last_bed(quote, BedAsked())
    assert life.early < life.middle < life.late
    days = np.floor(life.capacity / life.per_day)
    early, late = ((day - DAY).days for day in (life.early, life.late))
    assert np.mean((days >= early) & (days <= late)) == pytest.approx(0.9, abs=0.03)


def test_oilier_water_fills_the_bed_sooner(folder: Path, planned: Any, shipped: Path) -> None:
    prices = exact_prices(folder, shipped, ('value = "50 g"', 'value = "500 g"'))
    oily = last_bed(quote_job(planned, prices, Asked(), DAY), BedAsked())
    held = _isotherm("langmuir", 1.0, 1.0, 0.5, 0.5).uptake(10.0)
    assert oily.capacity[0] == pytest.approx(0.05 * (0.9 + 30 * held / 10.0))


def test_a_bed_that_outlasts_a_century_is_cut_off_there(quote: Any) -> None:
    life = last_bed(quote, BedAsked(flow=1e-4 * LITRE_A_DAY))
    assert life.late == DAY + datetime.timedelta(days=MOST_DAYS)


def test_without_wash_water_there_is_no_bed(folder: Path, planned: Any, shipped: Path) -> None:
    prices = exact_prices(
        folder, shipped, ('[work.wash_water]\nvalue = "50 L"', '[work.wash_water]\nvalue = "0 L"')
    )
    dry = quote_job(planned, prices, Asked(), DAY)
    assert last_bed(dry, BedAsked()) is None
    told = tell_leavings(dry, BedAsked())
    assert told["bed"] is None
    assert "wash_water" not in told


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (BedAsked(volume=0.0), r"bed volume \(m3\) 0 is not positive"),
        (BedAsked(flow=-1e-6), r"wash water of -86.4 L a day fills no bed"),
        (BedAsked(treated=-1.0), r"treated water \(m3\) -1 is negative"),
        (BedAsked(isotherm="langmiur"), r"langmiur.* is no isotherm; .*langmuir"),
    ],
)
def test_a_bed_that_is_none_is_refused(quote: Any, asked: BedAsked, says: str) -> None:
    with pytest.raises(ShopError, match=says):
        last_bed(quote, asked)


def test_water_without_oil_fills_no_bed(folder: Path, planned: Any, shipped: Path) -> None:
    prices = exact_prices(folder, shipped, ('value = "50 g"', 'value = "0 g"'))
    with pytest.raises(ShopError, match="carries no oil, so no bed fills"):
        last_bed(quote_job(planned, prices, Asked(), DAY), BedAsked())


def test_what_is_told_balances(sure: Any) -> None:
    told = tell_leavings(sure, BedAsked())
    value = {name: one["value"] for name, one in told.items() if isinstance(one, dict)
             and "unit" in one}  # fmt: skip
    assert value["wash_oil"] == pytest.approx(50.0)
    assert value["wash_oil"] + value["wash_powder"] == pytest.approx(value["wash_load"])
    screen = sure.fluids.powder
    assert screen.lost == pytest.approx(screen.fed - screen.kept)
    assert value["powder_lost"] == pytest.approx(value["powder_fed"] - value["powder_kept"])
    assert told["bed"]["assumed"]


def test_repairs_by_price_are_the_new_part_over_the_price(planned: Any) -> None:
    new, price = amount(30_500.0, "CNY"), amount(3_000.0, "CNY")
    dear = quote_job(planned, read_prices("desert-shop"), Asked(price, new), DAY)
    told = tell_leavings(dear, BedAsked())
    assert told["repairs_per_new_part_by_price"]["value"] == 10.0
