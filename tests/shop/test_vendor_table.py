"""A maker's table of running costs, added with its units.

LITUO-35 gives electricity 23, glass 0.5, labour 38 and gas 47 yuan/h, powder 330, 402 and 587
yuan/m2 for layers of 0.4, 0.6 and 1.0 mm laid at 1.2, 1 and 0.7 m2/h, and adds them as they stand
to 438.5, 510.5 and 695.5.
"""

from __future__ import annotations

import pytest

from reclad.errors import UnitError
from reclad.shop.money import Amount, amount
from reclad.shop.sheet import Sheet

HOURLY = {"electricity": 23.0, "glass": 0.5, "labour": 38.0, "gas": 47.0}
LAYERS = [(330.0, 1.2, 438.5, 420.0), (402.0, 1.0, 510.5, 510.5), (587.0, 0.7, 695.5, 742.0)]


def lines(powder: float, rate: float, hourly_per_area: bool) -> dict[str, Amount]:
    pace = amount(rate, "m^2/h")
    hours = {name: amount(price, "yuan/h") for name, price in HOURLY.items()}
    if hourly_per_area:
        hours = {name: price / pace for name, price in hours.items()}
    return {**hours, "powder": amount(powder, "yuan/m^2")}


@pytest.mark.parametrize(("powder", "rate", "wrong", "right"), LAYERS)
def test_hours_over_area_rate_give_the_cost_of_a_square_metre(
    powder: float, rate: float, wrong: float, right: float
) -> None:
    sheet = Sheet(lines(powder, rate, hourly_per_area=True))
    assert sheet.total.to("yuan/m^2") == pytest.approx(right, abs=0.5)
    assert sheet.total.to("yuan/m^2") == pytest.approx(powder + 108.5 / rate, rel=1e-12)


@pytest.mark.parametrize(("powder", "rate", "wrong", "right"), LAYERS)
def test_the_sum_of_the_maker_cannot_be_made(
    powder: float, rate: float, wrong: float, right: float
) -> None:
    assert sum(HOURLY.values()) + powder == pytest.approx(wrong)
    with pytest.raises(UnitError, match=r"CNY/h and CNY/m\^2"):
        Sheet(lines(powder, rate, hourly_per_area=False))


def test_the_iron_powder_of_the_maker_is_its_mass_times_its_price() -> None:
    """0.7 mm of 7.85 g/cm3 at 90 % kept is 6.1 kg/m2; the table rounds to 6.3 kg and 441 yuan."""
    mass = amount(7850.0, "kg/m^3") * amount(0.7e-3, "m") / 0.9
    assert mass.to("kg/m^2") == pytest.approx(6.106, abs=1e-3)
    assert (amount(6.3, "kg/m^2") * amount(70.0, "yuan/kg")).to("CNY/m^2") == pytest.approx(441.0)
