"""How long a bed of graphite cleans the wash water, and on which day to change it."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from reclad.errors import ShopError
from reclad.units import format_number, format_quantity


def _expect(good: bool, what: str, value: float, rule: str) -> None:
    if not (good and math.isfinite(value)):
        raise ShopError(f"{what} {format_number(value)} {rule}")


@dataclass(frozen=True)
class Linear:
    """Uptake in proportion: q = k c (kg/kg), with c in kg/m3 and k in m3/kg."""

    k: float

    def __post_init__(self) -> None:
        _expect(self.k > 0, "linear uptake", self.k, "is not positive; give m3/kg above 0")

    def uptake(self, concentration: float) -> float:
        """What a kilogram of sorbent holds (kg) in equilibrium with water of c (kg/m3)."""
        return self.k * concentration


@dataclass(frozen=True)
class Langmuir:
    """Uptake that fills up: q = q_max b c / (1 + b c); q_max in kg/kg, b in m3/kg."""

    q_max: float
    b: float

    def __post_init__(self) -> None:
        _expect(self.q_max > 0, "largest uptake", self.q_max, "is not positive; give kg/kg above 0")
        _expect(self.b > 0, "Langmuir constant", self.b, "is not positive; give m3/kg above 0")

    def uptake(self, concentration: float) -> float:
        """What a kilogram of sorbent holds (kg) in equilibrium with water of c (kg/m3)."""
        return self.q_max * self.b * concentration / (1 + self.b * concentration)


@dataclass(frozen=True)
class Freundlich:
    """Uptake by a power: q = k c^exponent (kg/kg), c in kg/m3; exponent above 0, at most 1.

    An exponent above 1 spreads the front out, so that no sharp breakthrough exists: refused.
    """

    k: float
    exponent: float

    def __post_init__(self) -> None:
        _expect(self.k > 0, "Freundlich constant", self.k, "is not positive; give one above 0")
        _expect(
            0 < self.exponent <= 1,
            "Freundlich exponent",
            self.exponent,
            "is outside 0 to 1, where the front stays sharp; fit another isotherm",
        )

    def uptake(self, concentration: float) -> float:
        """What a kilogram of sorbent holds (kg) in equilibrium with water of c (kg/m3)."""
        return float(self.k * concentration**self.exponent)


Isotherm = Linear | Langmuir | Freundlich


@dataclass(frozen=True)
class Bed:
    """A packed bed: volume (m3), share of it that is water, sorbent per bed volume (kg/m3)."""

    volume: float
    porosity: float
    bulk_density: float

    def __post_init__(self) -> None:
        _expect(self.volume > 0, "bed volume (m3)", self.volume, "is not positive; give a size")
        good = 0 < self.porosity < 1
        _expect(good, "bed porosity", self.porosity, "is outside 0 to 1; give the share of water")
        good = self.bulk_density > 0
        _expect(good, "bulk density (kg/m3)", self.bulk_density, "is not positive; weigh the bed")


def bed_capacity(bed: Bed, isotherm: Isotherm, concentration: float) -> float:
    """Water (m3) a fresh bed cleans before the front reaches its outlet.

    concentration   of what is sorbed, in the water to be cleaned, kg/m3

    Local equilibrium and plug flow: the front is sharp where the isotherm is straight or bends
    down, and the mass balance over it gives volume x (porosity + bulk density x q / c). For
    q = k c this is (porosity + bulk density x k) x volume. No dispersion and no slow uptake, so
    it is the most a bed can do; see `breakthrough_volume`.
    Checked in tests/shop/test_sorbent.py against a bed marched in time.
    """
    _expect(concentration > 0, "concentration (kg/m3)", concentration, "is not positive")
    held = bed.bulk_density * isotherm.uptake(concentration) / concentration
    return bed.volume * (bed.porosity + held)


def bed_life(bed: Bed, isotherm: Isotherm, concentration: float, flow: float) -> float:
    """Time (s) of steady flow (m3/s) until the front reaches the outlet; see `bed_capacity`."""
    _expect(flow > 0, "flow (m3/s)", flow, "is not positive; give the pump's flow")
    return bed_capacity(bed, isotherm, concentration) / flow


def outlet_share(bed: Bed, isotherm: Linear, transfer: float, flow: float, time: float) -> float:
    """Outlet over inlet concentration (0 to 1) of a bed with slow uptake, at a time (s).

    transfer   linear-driving-force coefficient in dq/dt = transfer x (k c - q), 1/s

    The exact solution for a clean bed, constant inlet, no dispersion and a linear isotherm
    (Anzelius): 1 - exp(-T) integral_0^X exp(-s) I0(2 sqrt(T s)) ds with
    X = transfer x bulk density x k x volume / flow, T = transfer x (time - porosity x volume /
    flow). It is the upper tail of a noncentral chi-square distribution of two degrees of freedom.
    Groups as in the Klinkenberg approximation (klinkenberg1954). Checked in
    tests/shop/test_sorbent.py against a bed marched in time and against that approximation.
    """
    from scipy.stats import ncx2

    _expect(transfer > 0, "transfer (1/s)", transfer, "is not positive; fit it to a breakthrough")
    _expect(flow > 0, "flow (m3/s)", flow, "is not positive; give the pump's flow")
    since = time - bed.porosity * bed.volume / flow
    if since < 0:
        return 0.0
    reach = transfer * bed.bulk_density * isotherm.k * bed.volume / flow
    return float(ncx2.sf(2 * reach, 2, 2 * transfer * since))


def breakthrough_time(
    bed: Bed, isotherm: Linear, transfer: float, flow: float, allowed_share: float
) -> float:
    """Time (s) until the outlet carries `allowed_share` (0 to 1) of the inlet; see `outlet_share`.

    Raises ShopError where the bed leaks more than that from the start.
    Checked in tests/shop/test_sorbent.py.
    """
    from scipy.optimize import brentq

    good = 0 < allowed_share < 1
    _expect(good, "allowed share", allowed_share, "is outside 0 to 1; give the limit over inlet")
    first = bed.porosity * bed.volume / flow if flow > 0 else 0.0
    if outlet_share(bed, isotherm, transfer, flow, first) >= allowed_share:
        raise ShopError(
            f"the bed lets more than {format_quantity(allowed_share, '%')} through from the start; "
            "take a larger bed, less flow or a finer sorbent"
        )
    last = bed_life(bed, isotherm, 1.0, flow) + 1 / transfer
    while outlet_share(bed, isotherm, transfer, flow, last) < allowed_share:
        last *= 2
    return float(
        brentq(
            lambda t: outlet_share(bed, isotherm, transfer, flow, t) - allowed_share,
            *(first, last),
            rtol=1e-12,
        )
    )


def change_date(
    capacity: float, treated: float, water_per_day: float, today: datetime.date
) -> datetime.date:
    """The last day on which the bed still cleans all water; before `today` when it is overdue.

    capacity        water the fresh bed cleans, m3
    treated         water it has cleaned by the end of today, m3
    water_per_day   mean over the calendar days, m3 a day

    Raises ShopError where no water flows: then no date exists.
    Checked in tests/shop/test_sorbent.py.
    """
    _expect(capacity > 0, "capacity (m3)", capacity, "is not positive; give the bed's water")
    _expect(treated >= 0, "treated water (m3)", treated, "is negative; read the meter again")
    good = water_per_day > 0
    _expect(good, "water per day (m3)", water_per_day, "is not positive, so no change is due")
    days = math.floor((capacity - treated) / water_per_day * (1 + 1e-12))
    try:
        return today + datetime.timedelta(days=days)
    except OverflowError as error:
        raise ShopError(
            f"the bed lasts {days} days, beyond any calendar; change it by age instead"
        ) from error
