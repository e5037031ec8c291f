"""What one repair uses: hours, powder, light, gas, water."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.shop.fluids import EnergyBalance, balance_energy
from reclad.units import format_number

if TYPE_CHECKING:
    from reclad.shop.draws import PriceDraws
    from reclad.shop.money import Values


@dataclass(frozen=True)
class JobUse:
    """What one repair uses, each a float or (draws,); SI. Nothing may be negative.

    alloy, gas        names as in the price file
    laser_time        the cladding cell is taken by the job, s
    beam_time         the beam is on, s
    setup_time, machining_time, furnace_time, inspection_time    s
    powder_fed        by the feeder, kg
    light             laser light at the work, J
    absorbed_share    of that light, 0 to 1
    gas_volume        m3 at 20 degC and 1 bar
    water             wash water, m3
    coupons           laid, cut and measured before, number
    """

    alloy: str
    gas: str
    laser_time: Values
    beam_time: Values
    setup_time: Values
    machining_time: Values
    furnace_time: Values
    inspection_time: Values
    powder_fed: Values
    light: Values
    absorbed_share: Values
    gas_volume: Values
    water: Values
    coupons: Values = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if field.name in ("alloy", "gas"):
                continue
            array = np.asarray(getattr(self, field.name))
            if not np.all((array >= 0) & np.isfinite(array)):
                shown = format_number(float(np.min(array)))
                raise ShopError(
                    f"{field.name.replace('_', ' ')} of the job has {shown}, negative or no "
                    "number; give 0 or more"
                )
        if np.any(np.asarray(self.beam_time) > np.asarray(self.laser_time) * (1 + 1e-9)):
            raise ShopError(
                "the beam is on longer than the cell is taken; correct beam time or laser time"
            )


def spend_energy(use: JobUse, prices: PriceDraws) -> EnergyBalance:
    """Electricity of one repair and where it goes (J): laser, chiller, furnace, machine tools.

    Chiller and auxiliaries are counted as drawing their stated power as long as the cell is
    taken. Checked in tests/shop/test_cost.py.
    """
    watts = {
        k: prices[f"power {k}"].value for k in ("chiller", "auxiliary", "furnace", "machining")
    }
    other = (
        watts["auxiliary"] * use.laser_time
        + watts["furnace"] * use.furnace_time
        + watts["machining"] * use.machining_time
    )
    return balance_energy(
        use.light,
        use.absorbed_share,
        prices["power wall_plug"].value,
        watts["chiller"] * use.laser_time,
        other,
    )
