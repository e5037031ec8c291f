"""CO2e adds up by line, and repair against new flips where it was planted to flip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ShopError, UnitError
from reclad.shop.draws import draw_prices, expected_prices
from reclad.shop.footprint import compare_with_new, count_repairs, footprint_job
from reclad.shop.money import amount
from reclad.shop.prices import read_prices
from reclad.shop.use import JobUse

CRACK = JobUse(
    alloy="IN625",
    gas="Ar",
    laser_time=600.0,
    beam_time=600.0,
    setup_time=0.0,
    machining_time=0.0,
    furnace_time=0.0,
    inspection_time=0.0,
    powder_fed=0.25,
    light=2000.0 * 600.0,
    absorbed_share=0.4,
    gas_volume=0.2,
    water=0.01,
)


def kilograms(number: float):
    return amount(number, "kgCO2e")


def test_every_line_is_its_factor_times_its_quantity() -> None:
    """By hand: kWh = (2/0.33 + 5 + 6) / 6 = 2.8434."""
    sheet = footprint_job(CRACK, expected_prices(read_prices("desert-shop")))
    kwh = (2 / 0.33 + 11) / 6
    hand = {"electricity": 0.5366 * kwh, "powder": 5.0, "gas": 0.288, "wash water": 0.01}
    assert sheet.lines.keys() == hand.keys()
    for name, kg in hand.items():
        assert sheet.lines[name].to("kgCO2e") == pytest.approx(kg, rel=1e-9), name
    assert sheet.total.to("kgCO2e") == pytest.approx(sum(hand.values()), rel=1e-12)


def test_gas_factors_are_those_of_the_study_at_the_shops_conditions() -> None:
    """zhang2024: 1550 and 91 kg per 1000 normal cubic metres (0 degC); flows are at 20 degC."""
    stated = expected_prices(read_prices("desert-shop"))
    for gas, normal in (("Ar", 1.55), ("N2", 0.091)):
        factor = stated[f"footprint gas {gas}"].to("kgCO2e/m^3")
        assert factor == pytest.approx(normal * 273.15 / 293.15, rel=5e-3)


def test_carbon_never_adds_to_money() -> None:
    with pytest.raises(UnitError, match="kgCO2e and CNY"):
        kilograms(1.0) + amount(1.0, "CNY")


def test_repair_stops_being_better_after_the_planted_sixteen_cracks() -> None:
    """Planted as in liu2016: sixteen cracks are still repaired, seventeen are not."""
    new, fixed, each = kilograms(100.0), kilograms(18.0), kilograms(5.0)
    assert int(count_repairs(new, fixed, each)) == 16
    assert compare_with_new(fixed + each * 16, new).chance == 1.0
    assert compare_with_new(fixed + each * 17, new).chance == 0.0


@given(st.integers(0, 200), st.floats(0.01, 50), st.floats(0, 500))
def test_a_limit_that_falls_on_a_whole_crack_keeps_it(n: int, each: float, fixed: float) -> None:
    new = kilograms(fixed + (n + 1e-9) * each)
    assert int(count_repairs(new, kilograms(fixed), kilograms(each))) == n
    less = kilograms(fixed + (n - 1e-3) * each)
    assert int(count_repairs(less, kilograms(fixed), kilograms(each))) == n - 1


def test_a_repair_job_that_alone_takes_more_than_a_new_part_is_never_better() -> None:
    assert int(count_repairs(kilograms(1.0), kilograms(50.0), kilograms(1.0))) == -1


def test_the_flip_moves_with_the_draws_of_the_factors() -> None:
    prices = draw_prices(read_prices("desert-shop"), 2000, np.random.default_rng(6))
    each = footprint_job(CRACK, prices).total
    limit = count_repairs(prices["footprint new_part"] * amount(25.0, "kg"), each * 2.0, each)
    assert limit.shape == (2000,)
    new = prices["footprint new_part"].value * 25.0
    at, beyond = (each.value * (2.0 + limit + k) for k in (0, 1))
    possible = limit >= 0
    assert np.all(at[possible] <= new[possible] * (1 + 1e-9))
    assert np.all(beyond > new)
    assert limit.std() > 0


def test_a_new_part_that_lasts_twice_as_long_counts_half() -> None:
    twice = compare_with_new(kilograms(30.0), kilograms(100.0), lives=2.0)
    assert twice.ratio == pytest.approx(0.6)
    assert twice.saving.to("kgCO2e") == pytest.approx(20.0)


def test_a_repair_of_a_tenth_of_a_new_part_saves_the_rest() -> None:
    new = expected_prices(read_prices("desert-shop"))["new_part"] * amount(500.0, "kg")
    against = compare_with_new(amount(3_000.0, "CNY"), new)
    assert against.ratio == pytest.approx(0.1)
    assert against.saving.to("CNY") == pytest.approx(27_000.0)


def test_the_chance_counts_the_draws_in_which_repair_takes_less() -> None:
    repair = amount(np.array([1.0, 2.0, 3.0, 4.0]), "CNY")
    assert compare_with_new(repair, amount(2.5, "CNY")).chance == pytest.approx(0.5)


def test_unlike_or_empty_comparisons_are_refused() -> None:
    with pytest.raises(UnitError):
        compare_with_new(kilograms(1.0), amount(1.0, "CNY"))
    with pytest.raises(ShopError, match="takes nothing"):
        compare_with_new(kilograms(1.0), kilograms(0.0))
    with pytest.raises(ShopError, match="no life"):
        compare_with_new(kilograms(1.0), kilograms(1.0), lives=0.0)
    with pytest.raises(ShopError, match="sets no limit"):
        count_repairs(kilograms(1.0), kilograms(0.0), kilograms(0.0))


def test_more_powder_or_gas_never_lowers_the_footprint() -> None:
    prices = expected_prices(read_prices("desert-shop"))
    base = footprint_job(CRACK, prices).total.expected
    for name in ("powder_fed", "gas_volume", "light", "water", "furnace_time", "machining_time"):
        more = replace(CRACK, **{name: getattr(CRACK, name) + 0.1})
        assert footprint_job(more, prices).total.expected > base, name
