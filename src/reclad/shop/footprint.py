"""CO2e of a repair, and when a new part would do less harm or cost less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.shop.money import from_si
from reclad.shop.sheet import Sheet
from reclad.shop.use import spend_energy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.shop.draws import PriceDraws
    from reclad.shop.money import Amount, Values
    from reclad.shop.use import JobUse


def footprint_job(use: JobUse, prices: PriceDraws) -> Sheet:
    """CO2e of one repair by line (kg, draws): electricity, powder fed, gas, wash water.

    Transport, the machines themselves and tools are left out.
    Checked in tests/shop/test_footprint.py.
    """
    energy = spend_energy(use, prices)
    return Sheet(
        {
            "electricity": prices["footprint electricity"] * from_si(energy.electricity, "kWh"),
            "powder": prices[f"footprint powder {use.alloy}"] * from_si(use.powder_fed, "kg"),
            "gas": prices[f"footprint gas {use.gas}"] * from_si(use.gas_volume, "m^3"),
            "wash water": prices["footprint water"] * from_si(use.water, "m^3"),
        }
    )


@dataclass(frozen=True)
class Comparison:
    """Repair against new, in yuan or in CO2e.

    saving   new - repair, draw by draw
    ratio    repair / new, draw by draw
    chance   share of the draws in which the repair takes less
    """

    saving: Amount
    ratio: Values
    chance: float


def compare_with_new(repair: Amount, new: Amount, lives: Values = 1.0) -> Comparison:
    """How a repair compares with a new part that lasts `lives` times as long as the repair.

    Raises UnitError where they do not count the same, ShopError where the new part takes nothing.
    Checked in tests/shop/test_footprint.py.
    """
    if not np.all(np.asarray(lives) > 0):
        raise ShopError("a new part that lasts no life cannot be compared; give lives above 0")
    per_life = new / lives
    saving = per_life - repair
    if not np.all(np.asarray(per_life.value) > 0):
        raise ShopError("the new part takes nothing; give its price or mass")
    return Comparison(saving, (repair / per_life).value, float(np.mean(saving.value >= 0)))


def count_repairs(new: Amount, fixed: Amount, each: Amount) -> NDArray[np.int64]:
    """The most damages on one part for which repair is still no worse than a new part, by draw.

    new     takes a new part
    fixed   takes the repair job whatever is repaired (strip, inspect, transport)
    each    takes each damage repaired, e.g. each crack

    The largest n with fixed + n x each <= new; -1 where even no damage is too much. From n + 1 on
    the new part is better, as liu2016 found for cracks in cylinder heads.
    Checked in tests/shop/test_footprint.py on planted numbers.
    """
    if not np.all(np.asarray(each.value) > 0):
        raise ShopError("a damage whose repair takes nothing sets no limit; give a value above 0")
    left = (new - fixed) / each
    most = np.floor(np.asarray(left.value) * (1 + 1e-12) + 1e-12)
    return np.asarray(np.maximum(most, -1), dtype=np.int64)
