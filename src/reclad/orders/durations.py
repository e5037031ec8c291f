"""How long each step of a repair takes: from its program, its price file and the shop."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.job import Treatment
from reclad.part.wear import read_profile
from reclad.shop.draws import expected_prices
from reclad.shop.job_use import Hours, furnace_time, part_mass, use_of
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.job import Job
    from reclad.orders.routing import Finish
    from reclad.orders.shop_file import Shop
    from reclad.shop import PlannedJob
    from reclad.shop.draws import PriceDraws
    from reclad.shop.prices import Prices


@dataclass(frozen=True)
class Duration:
    """Expected time (s) and its relative spread, one standard deviation."""

    seconds: float
    spread: float


def reckon(planned: PlannedJob, shop: Shop, listed: Prices, finish: Finish) -> dict[str, Duration]:
    """Time of every step that the repair has, by process; steps that take none are left out.

    listed   the shop's price file: set-up, inspection, removal rate and furnace are what the quote
             takes, with the spread they have there
    finish   how the clad is brought to size
    The program's own time has no spread: nobody has compared it with runs yet.
    Checked in tests/orders/test_routing.py.
    """
    prices, work, told, grinding = expected_prices(listed), listed.work, shop.steps, shop.grinding
    use = use_of(planned, prices, Hours(), np.arange(planned.kept_share.size))
    chips = np.asarray(use.machining_time) * work.removal_rate.value
    uneven = float(chips.std() / chips.mean()) if chips.mean() > 0 else 0.0
    turned, ground = split_chips(planned, shop, float(chips.mean()), finish)
    preheat, slow, post = furnace_times(planned.job, prices)
    warming = math.hypot(work.furnace_share.spread, listed.power.furnace.spread)
    clad = work.setup_time.value + float(np.mean(use.laser_time))
    grind = grinding.setup.value + ground / grinding.removal_rate.value if ground else 0.0
    times = {
        "receive": Duration(told.receive.time.value, told.receive.time.spread),
        "strip": Duration(told.strip.time.value, told.strip.time.spread),
        "preheat": Duration(preheat, warming),
        "clad": Duration(clad, work.setup_time.spread * work.setup_time.value / clad),
        "slow_cool": Duration(slow, 0.0),
        "post_heat": Duration(post, warming),
        "cool": Duration(cooling_time(planned, shop), shop.cooling.film.spread),
        "turn": Duration(
            turned / work.removal_rate.value, math.hypot(uneven, work.removal_rate.spread)
        ),
        "grind": Duration(grind, math.hypot(uneven, grinding.removal_rate.spread)),
        "inspect": Duration(work.inspection_time.value, work.inspection_time.spread),
        "certificate": Duration(told.certificate.time.value, told.certificate.time.spread),
    }
    return {name: one for name, one in times.items() if one.seconds > 0}


def furnace_times(job: Job, prices: PriceDraws) -> tuple[float, float, float]:
    """Time (s) of preheat, slow cooling and post-heat in the furnace, as the quote reckons them."""
    bare = job.model_copy(update={"treatment": Treatment()})
    preheat = float(np.mean(furnace_time(bare, prices)))
    slow = 0.0 if job.treatment.slow_cooling is None else job.treatment.slow_cooling_time
    whole = float(np.mean(furnace_time(job, prices)))
    return preheat, slow, whole - preheat - slow


def split_chips(
    planned: PlannedJob, shop: Shop, chips: float, finish: Finish
) -> tuple[float, float]:
    """Metal (kg) to turn and to grind off, of `chips` in all."""
    if finish == "turn":
        return chips, 0.0
    if finish == "grind":
        return 0.0, chips
    deposit = planned.laid.deposit
    # The ring that turning leaves, over the whole clad.
    around = (
        2.0 * math.pi * float(deposit.target_radius.mean())
        if deposit.side is None
        else deposit.side[1] - deposit.side[0]
    )
    left = planned.job.clad.density.value * around * deposit.length * shop.grinding.allowance.value
    ground = min(left, chips)
    return chips - ground, ground


def cooling_time(planned: PlannedJob, shop: Shop) -> float:
    """Time (s) until the part can be handled, in still air and on no machine.

    t = m c / (h A) ln((T0 - Ta) / (T1 - Ta)): one temperature for the whole part, which holds while
    h x volume / area / conductivity stays below 0.1 (thermofluidcalc.com, lumped system analysis).
    T0 is what the part ended cladding at, or 100 degC out of slow cooling, or its post-heat; none
    where it is colder than it must be. ShopError where the shop itself is warmer.
    """
    job = planned.job
    ambient, handled = job.ambient, shop.cooling.handled_at.value
    hot = _hot_from(planned)
    if hot <= handled:
        return 0.0
    if handled <= ambient:
        raise ShopError(
            f"{shop.name} [cooling] handled_at: {format_quantity(handled, 'degC')} is never "
            f"reached in a shop of {format_quantity(ambient, 'degC')} (job.toml); raise it"
        )
    heat = job.parent.specific_heat
    span = np.linspace(handled, hot, 20)
    specific = float(np.interp(span, heat.at, heat.value).mean())
    rate = shop.cooling.film.value * outer_area(job) / (part_mass(job) * specific)
    return math.log((hot - ambient) / (handled - ambient)) / rate


def _hot_from(planned: PlannedJob) -> float:
    treatment = planned.job.treatment
    if treatment.post_heat is not None:
        return treatment.post_heat
    if treatment.slow_cooling is not None:
        return 373.15  # where slow cooling ends, by its declaration
    return float(np.median(planned.laid.history.interpass[:, -1]))


def outer_area(job: Job) -> float:
    """Surface (m2) of the part that air cools: a pipe inside and outside, a plate all round; ends
    of a pipe left out."""
    part, size = job.part, float(read_profile(job.part)[1].mean())
    if part.flat:
        width = part.width or 0.0
        return 2.0 * (width * part.length + size * (width + part.length))
    if part.shape == "pipe":
        return 2.0 * math.pi * (2.0 * size - part.across) * part.length
    return 2.0 * math.pi * size * (part.length + size)
