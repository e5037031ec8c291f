"""When the graphite bed of the washing place is due, from what one repair puts into the water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.job.names import fold
from reclad.shop.sorbent import Bed, Freundlich, Langmuir, Linear, bed_capacity, change_date
from reclad.units import format_number, nearest, show

if TYPE_CHECKING:
    import datetime

    from numpy.typing import NDArray

    from reclad.shop.draws import PriceDraws
    from reclad.shop.quote import Quote
    from reclad.shop.sorbent import Isotherm

    Floats = NDArray[np.float64]

DAY = 86400.0  # s
MOST_DAYS = 36_500.0  # a bed that lasts longer is changed by age
ISOTHERMS = ("langmuir", "freundlich", "linear")


@dataclass(frozen=True)
class BedAsked:
    """What the shop states of its bed (SI); None: from the price file, or as said.

    volume     of the bed, m3
    flow       wash water through it, mean over the calendar days, m3/s; None: that of one such
               repair a day
    treated    water it has cleaned so far, m3
    isotherm   "langmuir", "freundlich" or "linear"
    """

    volume: float | None = None
    flow: float | None = None
    treated: float = 0.0
    isotherm: str = ""


@dataclass(frozen=True, eq=False)
class BedLife:
    """How long a bed lasts (SI, draws where uncertain).

    isotherm     its name;  oil  in the water (draws,), kg/m3;  capacity  water (draws,), m3
    repairs      such repairs that a fresh bed cleans (draws,)
    per_day      water, m3;  stated  by the shop;  treated  so far, m3
    early, middle, late   last days on which it still cleans: nine in ten draws lie between; the
                 middle is the median
    """

    isotherm: str
    oil: Floats
    capacity: Floats
    repairs: Floats
    per_day: float
    stated: bool
    treated: float
    early: datetime.date
    middle: datetime.date
    late: datetime.date


def last_bed(quote: Quote, asked: BedAsked) -> BedLife | None:
    """How long the bed cleans the wash water of repairs like this one, counted from the day of the
    quote; None where no water is used.

    The bed takes up the oil; powder is settled or filtered out ahead of it. Capacity is that of
    local equilibrium and plug flow (`bed_capacity`), the most a bed can do. A bed that outlasts a
    hundred years is cut off there. ShopError for a bed or a flow that is no such thing.
    Checked in tests/shop/test_wash_bed.py.
    """
    on_part = np.asarray(quote.prices["work oil"].value)
    water = np.broadcast_to(np.asarray(quote.use.water, dtype=np.float64), on_part.shape)
    if not np.all(water > 0):
        return None
    kind = _kind(asked.isotherm or quote.stated.bed.isotherm)
    oil = on_part / water
    if not np.all(oil > 0):
        raise ShopError(
            "the wash water carries no oil, so no bed fills; write work.oil above 0 g in the prices"
        )
    if asked.flow is not None and not asked.flow > 0:
        raise ShopError(
            f"wash water of {format_number(1000 * DAY * asked.flow)} L a day fills no bed; give a "
            "flow above 0"
        )
    capacity = _capacities(quote.prices, kind, asked.volume, oil)
    per_day = float(np.mean(water)) if asked.flow is None else asked.flow * DAY
    longest = asked.treated + MOST_DAYS * per_day
    ends = np.minimum(np.quantile(capacity, (0.05, 0.5, 0.95)), longest)
    early, middle, late = (change_date(float(q), asked.treated, per_day, quote.day) for q in ends)
    return BedLife(
        isotherm=kind,
        oil=oil,
        capacity=capacity,
        repairs=capacity / water,
        per_day=per_day,
        stated=asked.flow is not None,
        treated=asked.treated,
        early=early,
        middle=middle,
        late=late,
    )


def _kind(name: str) -> str:
    found = fold(name)
    if found not in ISOTHERMS:
        raise ShopError(f"{show(name)} is no isotherm; {nearest(found, [*ISOTHERMS])}")
    return found


def _capacities(prices: PriceDraws, kind: str, volume: float | None, oil: Floats) -> Floats:
    """Water (m3, draws) that the fresh bed cleans."""
    names = ("volume", "porosity", "bulk_density", "uptake", "tested_at", "filled", "exponent")
    table = np.column_stack([prices[f"bed {name}"].value for name in names])
    if volume is not None:
        table[:, 0] = volume
    return np.array(
        [
            bed_capacity(Bed(*map(float, row[:3])), _isotherm(kind, *map(float, row[3:])), float(c))
            for row, c in zip(table, oil, strict=True)
        ]
    )


def _isotherm(kind: str, uptake: float, at: float, filled: float, exponent: float) -> Isotherm:
    """The isotherm of that kind that holds `uptake` (kg/kg) at the concentration `at` (kg/m3)."""
    if kind == "linear":
        return Linear(uptake / at)
    if kind == "freundlich":
        return Freundlich(uptake / at**exponent, exponent)
    return Langmuir(uptake / filled, filled / (1 - filled) / at)
