"""What a job uses and leaves: powder, gas, electricity, wash load; and when new does less harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.shop.fluids import (
    EnergyBalance,
    PowderBalance,
    WashLoad,
    balance_powder,
    load_wash,
)
from reclad.shop.footprint import count_repairs
from reclad.shop.sheet import Sheet
from reclad.shop.use import spend_energy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.shop.draws import PriceDraws
    from reclad.shop.money import Amount, Values
    from reclad.shop.use import JobUse


@dataclass(frozen=True)
class FluidScreen:
    """Where powder, energy and dirt of one job go (SI, draws); `wash` None without wash water.

    repairs   most repairs of this size on one part that take no more CO2e than a new part
    """

    powder: PowderBalance
    energy: EnergyBalance
    gas: Values
    wash: WashLoad | None
    repairs: NDArray[np.int64]


def screen_fluids(
    use: JobUse, kept: Values, prices: PriceDraws, footprint: Sheet, new: Amount
) -> FluidScreen:
    """What one job uses and leaves, balanced.

    kept        powder in the clad, kg
    footprint   CO2e of the job by line; its wash water is taken once, the rest per repair
    new         CO2e of a new part

    Checked in tests/shop/test_quote_numbers.py: what goes in comes out.
    """
    powder = balance_powder(use.powder_fed, kept, prices["work collected_share"].value)
    washed = np.all(np.asarray(use.water) > 0)
    share = prices["work washed_share"].value
    once = footprint.lines["wash water"]
    each = Sheet({name: one for name, one in footprint.lines.items() if name != "wash water"})
    return FluidScreen(
        powder=powder,
        energy=spend_energy(use, prices),
        gas=use.gas_volume,
        wash=load_wash(use.water, prices["work oil"].value, powder.escaped, share)
        if washed
        else None,
        repairs=count_repairs(new, once, each.total),
    )
