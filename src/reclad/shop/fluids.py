"""What goes in must come out: powder, electricity and light, gas, wash water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.units import format_number

if TYPE_CHECKING:
    from reclad.shop.money import Values

_SLACK = 1e-9  # relative; a balance that misses by more has lost something


def _expect_share(value: Values, what: str, least: float = 0.0) -> None:
    array = np.asarray(value)
    wrong = ~((array >= least) & (array <= 1) & ((array > 0) | (least == 0)))
    if np.any(wrong):
        shown = format_number(float(array[wrong].flat[0]))
        raise ShopError(f"{what} {shown} is no share; give a number of 0 to 1")


def _expect_positive(value: Values, what: str) -> None:
    array = np.asarray(value)
    wrong = ~((array >= 0) & np.isfinite(array))
    if np.any(wrong):
        shown = format_number(float(array[wrong].flat[0]))
        raise ShopError(f"{what} {shown} is negative or no number; give 0 or more")


@dataclass(frozen=True)
class PowderBalance:
    """Powder of one job (kg, floats or (draws,)): fed = kept + collected + escaped."""

    fed: Values
    kept: Values
    collected: Values
    escaped: Values

    @property
    def lost(self) -> Values:
        """Powder that is not in the part (kg): swept up or gone."""
        return self.collected + self.escaped


def balance_powder(fed: Values, kept: Values, collected_share: Values) -> PowderBalance:
    """Where the powder went (kg).

    fed               by the feeder, kg
    kept              in the clad, kg; fed x catchment
    collected_share   of the lost powder, swept up or filtered (0 to 1); the rest escapes to the
                      wash water and the air

    Raises ShopError where more is kept than fed. Checked in tests/shop/test_fluids.py.
    """
    _expect_positive(fed, "powder fed (kg)")
    _expect_positive(kept, "powder kept (kg)")
    _expect_share(collected_share, "collected share")
    lost = np.asarray(fed) - np.asarray(kept)
    if np.any(lost < -_SLACK * np.asarray(fed)):
        raise ShopError(
            f"{format_number(float(-np.min(lost)))} kg more powder is kept than fed; correct the "
            "feed rate, the bead or the density"
        )
    lost = np.maximum(lost, 0.0)
    return PowderBalance(fed, kept, lost * collected_share, lost * (1 - collected_share))


@dataclass(frozen=True)
class EnergyBalance:
    """Energy of one job (J, floats or (draws,)), from the wall to where it ends.

    electricity   drawn by laser, chiller, auxiliaries, furnace and machine tools
    light         out of the laser = absorbed + reflected
    laser_heat    electricity of the laser that became no light; the chiller removes it
    to_chiller    laser_heat + electricity of the chiller, given off outside
    to_room       auxiliaries, furnace and machine tools, and the reflected light
    """

    electricity: Values
    laser: Values
    light: Values
    absorbed: Values
    reflected: Values
    laser_heat: Values
    to_chiller: Values
    to_room: Values

    @property
    def residual(self) -> Values:
        """What comes out minus what goes in, relative: zero to rounding."""
        out = self.absorbed + self.to_chiller + self.to_room
        return (out - self.electricity) / np.maximum(self.electricity, 1e-300)


def balance_energy(
    light: Values, absorbed_share: Values, wall_plug: Values, chiller: Values, other: Values
) -> EnergyBalance:
    """Where the electricity of a job goes (J).

    light            laser light at the work, J; losses in fibre and head count as wall plug
    absorbed_share   of the light that part and powder take up (0 to 1)
    wall_plug        light / electricity of the laser, without the chiller (0 to 1)
    chiller, other   electricity of the chiller; of auxiliaries, furnace and machine tools, J

    Standby electricity of the laser belongs into `other`. Checked in tests/shop/test_fluids.py.
    """
    for value, what in ((light, "light (J)"), (chiller, "chiller (J)"), (other, "other (J)")):
        _expect_positive(value, what)
    _expect_share(absorbed_share, "absorbed share")
    _expect_share(wall_plug, "wall-plug efficiency", least=1e-6)
    laser = light / wall_plug
    absorbed = light * absorbed_share
    reflected = light * (1 - absorbed_share)
    laser_heat = laser - light
    return EnergyBalance(
        electricity=laser + chiller + other,
        laser=laser,
        light=light,
        absorbed=absorbed,
        reflected=reflected,
        laser_heat=laser_heat,
        to_chiller=laser_heat + chiller,
        to_room=other + reflected,
    )


def gas_volume(shield_flow: Values, carrier_flow: Values, time: Values) -> Values:
    """Gas a job uses (m3, at the conditions of the flow meter): flows (m3/s) x time (s)."""
    for value, what in (
        (shield_flow, "shield gas flow (m3/s)"),
        (carrier_flow, "carrier gas flow (m3/s)"),
        (time, "gas time (s)"),
    ):
        _expect_positive(value, what)
    return (shield_flow + carrier_flow) * time


@dataclass(frozen=True)
class WashLoad:
    """Wash water of one job: volume (m3), what it carries (kg), and its concentration (kg/m3)."""

    volume: Values
    mass: Values

    @property
    def concentration(self) -> Values:
        """What a cubic metre of the wash water carries (kg/m3)."""
        return self.mass / self.volume


def load_wash(volume: Values, oil: Values, powder: Values, washed_share: Values) -> WashLoad:
    """What washing a part puts into the water.

    volume          of wash water, m3
    oil             oil and coolant on the part, kg
    powder          that escaped collection, kg
    washed_share    of that powder which ends in the water (0 to 1)

    Checked in tests/shop/test_fluids.py.
    """
    _expect_positive(oil, "oil on the part (kg)")
    _expect_positive(powder, "escaped powder (kg)")
    _expect_share(washed_share, "washed share")
    if not np.all(np.asarray(volume) > 0):
        raise ShopError("wash water must have a volume; give more than 0 m3 or leave washing out")
    return WashLoad(volume, oil + powder * washed_share)
