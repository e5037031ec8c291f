"""Amounts know what they count: like adds to like, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import UnitError
from reclad.shop.money import amount, from_si, parse_amount

UNITS = ["CNY/h", "CNY/m^2", "CNY/kg", "CNY/kWh", "CNY/m^3", "CNY/m", "CNY", "EUR/h"]
UNITS += ["kgCO2e", "kgCO2e/kWh", "h", "m^2/h", "kg", "kWh", "kW"]


def test_yuan_per_hour_never_adds_to_yuan_per_square_metre() -> None:
    with pytest.raises(UnitError, match=r"CNY/h and CNY/m\^2"):
        amount(23.0, "yuan/h") + amount(330.0, "yuan/m^2")


@pytest.mark.parametrize("one", UNITS)
def test_an_amount_adds_to_its_own_unit_and_to_no_other(one: str) -> None:
    double = amount(2.0, one) + amount(2.0, one)
    assert double.to(one) == pytest.approx(4.0, rel=1e-14)
    for other in UNITS:
        if other != one:
            with pytest.raises(UnitError) as refused:
                amount(1.0, one) + amount(1.0, other)
            assert one in str(refused.value)
            assert other in str(refused.value)
            with pytest.raises(UnitError):
                amount(1.0, one) - amount(1.0, other)


def test_a_bare_number_has_no_unit_to_add() -> None:
    with pytest.raises(UnitError, match="give its unit"):
        amount(1.0, "CNY") + 1.0
    with pytest.raises(TypeError):
        np.ones(2) + amount(1.0, "CNY")


def test_currencies_are_never_converted() -> None:
    with pytest.raises(UnitError, match="CNY/h and EUR/h"):
        amount(1.0, "CNY/h") + amount(1.0, "EUR/h")
    with pytest.raises(UnitError, match="none is converted"):
        amount(1.0, "CNY") / amount(1.0, "EUR")
    with pytest.raises(UnitError, match="CNY and kgCO2e"):
        amount(1.0, "CNY") + amount(1.0, "kgCO2e")


@pytest.mark.parametrize(
    ("price", "quantity", "cost"),
    [
        ("120 yuan/h", from_si(1800.0, "h"), 60.0),
        ("350 元/kg", from_si(0.2, "kg"), 70.0),
        ("0.8 CNY/kWh", from_si(3.6e6, "kWh"), 0.8),
        ("20 CNY/m^3", from_si(0.5, "m^3"), 10.0),
        ("2 CNY/mm^2", from_si(1e-4, "m^2"), 200.0),
        ("1.5 CNY/m", amount(3.0, "m"), 4.5),
        ("0.02 CNY/L", amount(1.0, "m^3"), 20.0),
    ],
)
def test_a_price_times_its_quantity_is_a_sum_of_money(price: str, quantity, cost: float) -> None:
    assert (parse_amount(price) * quantity).to("CNY") == pytest.approx(cost, rel=1e-12)


def test_a_price_times_another_quantity_is_no_money() -> None:
    wrong = parse_amount("120 CNY/h") * from_si(2.0, "kg")
    with pytest.raises(UnitError):
        wrong + amount(1.0, "CNY")


def test_power_times_time_is_energy() -> None:
    energy = amount(2.0, "kW") * amount(3.0, "h")
    assert energy.to("kWh") == pytest.approx(6.0)
    assert energy.dimension.text == "kWh"


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_shown_as_it_is_read(unit: str) -> None:
    assert amount(1.0, unit).dimension.text == unit


@pytest.mark.parametrize(
    "text", ["120", "", "yuan/h", "120 pounds/h", "1e999 CNY", "120 CNY/furlong"]
)
def test_a_price_without_a_known_unit_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse_amount(text)


def test_a_temperature_is_no_part_of_an_amount() -> None:
    with pytest.raises(UnitError, match="unknown unit"):
        amount(1.0, "CNY/degC")


def test_dividing_by_nothing_is_refused() -> None:
    with pytest.raises(UnitError, match="divided by zero"):
        amount(1.0, "CNY") / amount(np.array([1.0, 0.0]), "m^2")


@given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e3))
def test_an_array_and_its_elements_cost_the_same(price: float, hours: float) -> None:
    both = np.array([hours, 2 * hours]) * amount(price, "CNY/h") * amount(1.0, "h")
    assert both.to("CNY") == pytest.approx([price * hours, 2 * price * hours], rel=1e-12)


def test_the_band_holds_nine_tenths_of_the_draws() -> None:
    drawn = amount(np.arange(1001.0), "CNY")
    assert drawn.band() == pytest.approx((50.0, 950.0))
    assert drawn.expected == pytest.approx(500.0)
