"""What a planned repair uses: hours, powder, gas, light, furnace, lathe and wash water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.part import measure
from reclad.part.wear import read_profile
from reclad.shop.fluids import gas_volume
from reclad.shop.use import JobUse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.shop.draws import PriceDraws
    from reclad.shop.money import Values
    from reclad.shop.planned import PlannedJob

    Rows = NDArray[np.int64]

GAS = "Ar"  # where no carrier gas is stated: the machine file names no gas


@dataclass(frozen=True)
class Hours:
    """Times the shop states (s); None: reckoned, or as the price file has it."""

    setup: float | None = None
    machining: float | None = None
    inspection: float | None = None
    furnace: float | None = None


def use_of(
    planned: PlannedJob, prices: PriceDraws, given: Hours, rows: Rows, coupons: float = 0.0
) -> JobUse:
    """What the repair uses, draw by draw.

    rows      (draws,) which draw of the process model goes with each draw of the prices
    coupons   laid before

    Cell, beam, light, powder and gas are those of the program; the furnace warms the whole part to
    the preheat, and again to a post-heat and holds it there.
    Checked in tests/shop/test_quote_numbers.py.
    """
    job, program = planned.job, planned.program
    carrier = job.cell.feeder.carrier
    gas_on = float(program.duration[program.gas].sum())
    kept = planned.kept_share[rows] * program.powder_mass
    return JobUse(
        alloy=job.clad.name,
        gas=GAS if carrier is None else carrier.gas,
        laser_time=program.total_time,
        beam_time=program.lit_time,
        setup_time=_either(given.setup, prices["work setup_time"].value),
        machining_time=_either(
            given.machining, chips_of(planned, kept) / prices["work removal_rate"].value
        ),
        furnace_time=_either(given.furnace, furnace_time(job, prices)),
        inspection_time=_either(given.inspection, prices["work inspection_time"].value),
        powder_fed=program.powder_mass,
        light=program.energy,
        absorbed_share=planned.absorbed_share[rows],
        gas_volume=gas_volume(job.cell.gas.flow, 0.0, gas_on),
        water=prices["work wash_water"].value,
        coupons=coupons,
    )


def _either(given: float | None, reckoned: Values) -> Values:
    return reckoned if given is None else given


def chips_of(planned: PlannedJob, kept: Values) -> Values:
    """Metal to machine off (kg): what is laid beyond the worn volume, at least the allowance that
    the job asks. `kept` is the powder in the clad, kg."""
    density = planned.job.clad.density.value
    asked = density * planned.laid.deposit.volume
    worn = density * measure(planned.job.part).missing_volume
    return np.maximum(kept, asked) - worn


def furnace_time(job: Job, prices: PriceDraws) -> Values:
    """Furnace time (s): heat to warm the part / (power x share that reaches it), slow cooling, and
    the hold of a post-heat. No time where nothing is warmer than the shop."""
    power = prices["power furnace"].value * prices["work furnace_share"].value
    taken = _warming(job, job.preheat) / power
    if job.treatment.slow_cooling is not None:
        taken = taken + job.treatment.slow_cooling_time
    if job.treatment.post_heat is not None:
        hold = job.treatment.post_heat_time
        taken = taken + _warming(job, job.treatment.post_heat) / power + hold
    return taken


def _warming(job: Job, target: float) -> float:
    """Heat (J) that takes the whole part from the shop's temperature to `target` (K)."""
    heat = job.parent.specific_heat
    span = np.linspace(job.ambient, target, 50)
    return part_mass(job) * float(np.trapezoid(np.interp(span, heat.at, heat.value), span))


def part_mass(job: Job) -> float:
    """Mass of the worn part (kg), from its shape and the mean of its caliper rows; shoulders, bores
    of a shaft and what is not in the job file are left out."""
    part, density = job.part, job.parent.density.value
    radius = float(read_profile(part)[1].mean())
    if part.flat:
        section = radius * (part.width or 0.0)
    elif part.shape == "pipe":
        section = np.pi * (2.0 * radius - part.across) * part.across
    else:
        section = np.pi * radius**2
    return float(section * part.length * density)
