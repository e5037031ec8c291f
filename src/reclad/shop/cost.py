"""What a repair costs the shop, line by line, and what it has to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.shop.damage import DamageCost, expect_damage, terms_of
from reclad.shop.money import Amount, from_si
from reclad.shop.sheet import Sheet
from reclad.shop.use import spend_energy
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.shop.damage import Damage, Terms
    from reclad.shop.draws import PriceDraws
    from reclad.shop.use import JobUse

_YEAR = 365 * 86400.0  # s


@dataclass(frozen=True)
class JobCost:
    """The cost of one repair, draw by draw.

    direct     lines that exist because of the job
    sheet      direct lines, overhead, and the shop's part of expected damage: adds to the cost
    damage     expected damage by mode and bearer; None where no damage was given
    undamaged  direct cost and overhead: what the job costs when nothing goes wrong
    """

    direct: Sheet
    sheet: Sheet
    damage: DamageCost | None
    undamaged: Amount


def laser_hour(prices: PriceDraws) -> Amount:
    """What an hour of the laser cell costs as capital: price / (years x hours x utilisation).

    A year counts 365 days. Interest and resale are left out.
    Checked in tests/shop/test_cost.py against 5 M yuan over 5 years of 2,000 h = 500 yuan/h.
    """
    years = prices["laser life"].value / _YEAR
    hours = prices["laser hours_per_year"] * prices["laser utilisation"] * years
    return prices["laser price"] / hours


def cost_job(
    use: JobUse,
    prices: PriceDraws,
    damages: tuple[Damage, ...] = (),
    terms: Terms | None = None,
) -> JobCost:
    """What one repair costs the shop, in the currency of the prices, as draws.

    use       what the repair uses; floats or (draws,) as the prices are
    damages   chance and cost of each damage; left out, the cost holds none
    terms     who bears damage; None takes the terms of the price file

    Every line is a price times a quantity of the matching unit; a mismatch raises UnitError.
    Checked in tests/shop/test_cost.py against a hand calculation and the closed-form mean.
    """
    direct = Sheet(_direct_lines(use, prices))
    overhead = direct.total * prices["overhead"]
    lines = {**direct.lines, "overhead": overhead}
    damage = expect_damage(damages, terms or terms_of(prices)) if damages else None
    if damage is not None:
        lines["expected damage"] = damage.shop.total
    return JobCost(direct, Sheet(lines), damage, direct.total + overhead)


def _direct_lines(use: JobUse, prices: PriceDraws) -> dict[str, Amount]:
    cell = from_si(use.laser_time, "h")
    energy = spend_energy(use, prices)
    return {
        "laser cell": laser_hour(prices) * cell,
        "labour": prices["labour"] * prices["attended"] * cell,
        "set-up": prices["setup"] * from_si(use.setup_time, "h"),
        "powder": prices[f"powder {use.alloy}"] * from_si(use.powder_fed, "kg"),
        "gas": prices[f"gas {use.gas}"] * from_si(use.gas_volume, "m^3"),
        "electricity": prices["electricity"] * from_si(energy.electricity, "kWh"),
        "protective glass": prices["lens"] * from_si(use.beam_time, "h"),
        "machining": prices["machining"] * from_si(use.machining_time, "h"),
        "furnace": prices["furnace"] * from_si(use.furnace_time, "h"),
        "inspection": prices["inspection"] * from_si(use.inspection_time, "h"),
        "coupon": prices["coupon"] * use.coupons,
        "wash water": prices["water"] * from_si(use.water, "m^3"),
    }


def ask_price(cost: JobCost, margin_share: float) -> Amount:
    """The price that leaves `margin_share` of itself on average, damage borne by the shop paid.

    One number, from expected values: cost / (1 - margin share).
    Checked in tests/shop/test_cost.py.
    """
    if not 0 <= margin_share < 1:
        raise ShopError(
            f"margin {format_quantity(margin_share, '%')} of the price cannot be; give 0 to 95 %"
        )
    total = cost.sheet.total
    return Amount(total.expected / (1 - margin_share), total.dimension)


def margin_of(price: Amount, cost: JobCost) -> Amount:
    """What a price leaves on average when nothing is damaged; negative where it does not pay."""
    left = price - cost.undamaged
    return Amount(float(np.mean(left.value)), left.dimension)
