"""A plan in numbers for other programs: every quantity with its unit and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.program import program_suffix
from reclad.units import to_unit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from reclad.plan import Plan
    from reclad.process import Choice

_BEAD = (
    ("width", "mm"),
    ("height", "mm"),
    ("depth", "mm"),
    ("area", "mm^2"),
    ("dilution", "%"),
    ("catchment", "%"),
    ("toe_angle", "deg"),
    ("pool_length", "mm"),
    ("heat", "W"),
)


def program_name(plan: Plan) -> str:
    """The file of a plan's program: the one word "refused" keeps it from being loaded."""
    stem = "program" if plan.accepted else "refused"
    return stem + program_suffix(plan.job.cell)


def quantity(draws: ArrayLike, unit: str) -> dict[str, float | str]:
    """The 5 %, 50 % and 95 % points of `draws` (SI) in `unit` ("" is a bare number); value is the
    50 % point. One number is its own interval."""
    low, mid, high = (
        to_unit(float(q), unit) if unit else float(q)
        for q in np.quantile(np.asarray(draws, dtype=np.float64), (0.05, 0.5, 0.95))
    )
    return {"value": mid, "unit": unit, "p05": low, "p50": mid, "p95": high}


def summarise_bead(bead: Any, column: int) -> dict[str, dict[str, float | str]]:
    """One candidate's bead, quantity by quantity."""
    return {name: quantity(getattr(bead, name)[:, column], unit) for name, unit in _BEAD}


def summarise(plan: Plan) -> dict[str, Any]:
    """Everything a person or a program needs to know of a plan, as plain JSON values.

    Set values carry a closed interval (p05 = p95); chances are 0 to 1. Clock-free: the same plan
    gives the same summary.
    """
    time = plan.program.total_time
    mass = "kg" if plan.program.powder_mass >= 1.0 else "g"
    catchment = plan.choice.bead.catchment[:, 0]
    return {
        "job": plan.job.name,
        "shape": plan.job.part.shape,
        "status": "preliminary" if plan.preliminary else "ready",
        "learned": None
        if plan.learned is None
        else {
            "trials": plan.learned.origin.trials,
            "beads": plan.learned.posterior.rows,
            "restricted": plan.learned.origin.restricted,
            "lacks": [*plan.lacks],
        },
        "chance": round(plan.chance, 4),
        "chance_middle": round(plan.choice.chance, 4),
        "asked": plan.job.limits.probability,
        "binding": plan.binding,
        "chances": {name: round(chance, 4) for name, chance in plan.chances.items()},
        "measurements": {gain.measurement: round(gain.chance, 4) for gain in plan.gains},
        "procedure": _procedure(plan, plan.choice),
        "expected": summarise_bead(plan.choice.bead, 0)
        | {
            "thickness": quantity(plan.choice.clad.mean, "mm"),
            "lowest_valley": quantity(plan.choice.clad.valley, "mm"),
            "thickness_needed": quantity(plan.deposit.thickness_max, "mm"),
            "interpass_start": quantity(plan.history.interpass[:, 0], "degC"),
            "interpass_middle": quantity(np.median(plan.history.interpass, axis=1), "degC"),
            "interpass_highest": quantity(plan.history.interpass.max(axis=1), "degC"),
            "interpass_highest_constant_power": quantity(
                plan.constant.interpass.max(axis=1), "degC"
            ),
        },
        "free_choice": None
        if plan.free is None
        else {
            "chance": round(plan.free.chance, 4),
            "procedure": _procedure(plan, plan.free),
            "laser_time": quantity(plan.case.beam_on_time(plan.free.procedure), "h"),
        },
        "repair": {
            "turns": plan.history.power.size,
            "form": plan.toolpath.form,
            "time": quantity(time, "h"),
            "laser_time": quantity(plan.program.lit_time, "h"),
            "powder_fed": quantity(plan.program.powder_mass, mass),
            "powder_kept": quantity(
                catchment * plan.choice.procedure.feed_rate * plan.program.lit_time, mass
            ),
            "power_first_turn": quantity(plan.history.power[0], "W"),
            "power_last_turn": quantity(plan.history.power[-1], "W"),
            "wear_deepest": quantity(plan.wear.worst_depth, "mm"),
            "missing_volume": quantity(plan.wear.missing_volume, "cm^3"),
        },
        "program": {
            "file": program_name(plan),
            "states": len(plan.program),
            "power_steps": int(plan.toolpath.lit.sum()),
            "accepted": plan.accepted,
            "findings": [
                f"{'note: ' if finding.note else ''}{finding}"
                for finding in (*plan.verdict.findings, *plan.refereed.findings)
            ],
            "referee": {
                "available": plan.refereed.available,
                "accepted": plan.refereed.accepted,
                "said": plan.refereed.message,
            },
        },
    }


def _procedure(plan: Plan, choice: Choice) -> dict[str, Any]:
    p = choice.procedure
    return {
        "power": quantity(p.power, "W"),
        "travel_speed": quantity(p.travel_speed, "mm/s"),
        "feed_rate": quantity(p.feed_rate, "g/min"),
        "feeder_speed": quantity(plan.job.cell.feeder.rpm_for(p.feed_rate), "rpm"),
        "pitch": quantity(p.pitch, "mm"),
        "layers": p.layers,
        "stand_off": quantity(p.stand_off, "mm"),
        "spot": quantity(2.0 * plan.case.beam.radius, "mm"),
        "interpass": quantity(p.interpass, "degC"),
        "gas_flow": quantity(plan.job.cell.gas.flow, "L/min"),
    }
