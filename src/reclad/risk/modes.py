"""The kinds of damage of one repair, each with the chance that model and rates give it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.process import evaluate
from reclad.risk.cycles import WARMEST, MovingSource
from reclad.risk.facts import CladFacts, SteelFacts, clad_facts, hardness_ranges, steel_facts
from reclad.risk.said import Said
from reclad.risk.service_limits import CladLimit, hold, hold_clad
from reclad.risk.warping import Warping, warp_part, warps
from reclad.risk.weldability import preheat_needed
from reclad.risk.zone import HardZone, hardens, zone_hardness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat import InterpassHistory
    from reclad.job import DamageMode, Job
    from reclad.part import Deposit
    from reclad.process import Bead, Case, ModelParameters, Procedure

    Floats = NDArray[np.float64]

HYDROGEN = 2.0  # ml per 100 g of deposit, assumed: dry powder in argon
_SOFT = 350.0  # HV of the reference case of cold cracking
_LEAST_DRAWS = 0.5  # of a draw: a chance that no draw shows is not nought


@dataclass(frozen=True, eq=False)
class Laid:
    """A procedure along a repair, to be judged; SI.

    draws      of the process model;  history  interpass and power turn by turn
    kept       limit -> (draws,) which draws keep it along the whole repair
    stops      of the beam inside the finished zone
    qualified  whether trials stand behind the procedure
    """

    job: Job
    case: Case
    deposit: Deposit
    procedure: Procedure
    draws: ModelParameters
    history: InterpassHistory
    kept: dict[str, NDArray[np.bool_]]
    stops: int
    qualified: bool
    seed: int


@dataclass(frozen=True, eq=False)
class Figure:
    """What a chance rests on: values (draws,) SI or HV, and the limit they are held against."""

    name: str
    values: Floats
    limit: float | None


@dataclass(frozen=True, eq=False)
class ModeChance:
    """One kind of damage with its chance per repair (0 to 1), before the shop's outcomes.

    mode   as declared, with how many damaged parts are lost
    why    what the chance comes from, in a few words
    """

    mode: DamageMode
    chance: float
    figure: Figure | None
    why: Said


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the modes are judged by.

    first, last   zone under the first bead, beads beside it laid later, and under the last bead;
                  None where the parent does not harden as steel
    warping       None for other metals than steel
    steel, clad   what is told of either beside the chances; None where it does not apply
    clad_limit    the clad against the service; None where no limit binds it
    notes         what could not be judged, and models used outside their range
    """

    modes: tuple[ModeChance, ...]
    first: HardZone | None
    last: HardZone | None
    warping: Warping | None
    steel: SteelFacts | None
    clad: CladFacts | None
    clad_limit: CladLimit | None
    notes: tuple[Said, ...]


def weigh_modes(laid: Laid) -> Evidence:
    """Every kind of damage that the job's list names, with its chance.

    The zone is reckoned at the coldest and at the last turn, warping at the last. Checked:
    tests/risk/test_assess.py.
    """
    job, turns = laid.job, laid.history.interpass.shape[1]
    first, last = None, None
    notes: list[Said] = []
    bead, source, lifts = _at_turn(laid, turns - 1)
    if hardens(job.parent):
        _, cold, under = _at_turn(laid, 0)
        first = _zone(laid, cold, under, last_bead=False)
        last = _zone(laid, source, lifts, last_bead=True)
    elif job.serving.limits_of("parent"):
        notes.append(
            Said(
                "hardness of {parent} is not reckoned: no low-alloy steel",
                {"parent": job.parent.name},
            )
        )
    warping = None
    if warps(job.parent):
        warping = warp_part(
            job.part, laid.deposit, laid.procedure, job.parent, bead, seed=laid.seed
        )
    found = [
        *_hard_zone(laid, first, last),
        *_cold_cracking(laid, last, source, notes),
        *_alloy_cracking(laid, notes),
        *_limits_broken(laid),
        *_distortion(laid, warping),
        *_stop_craters(laid),
    ]
    steel = None
    if last is not None:
        steel = steel_facts(job, last)
        notes += hardness_ranges(job, last)
    clad = clad_facts(job, bead, laid.procedure.layers)
    clad_limit = hold_clad(job, notes)
    return Evidence(tuple(found), first, last, warping, steel, clad, clad_limit, tuple(notes))


def _at_turn(laid: Laid, turn: int) -> tuple[Bead, MovingSource, Floats]:
    """Bead, heat source and each layer's surface over the first one's (layers,) m, at one turn."""
    interpass = laid.history.interpass[:, turn]
    here = replace(laid.procedure, power=float(laid.history.power[turn]))
    bead, clad, _ = evaluate(laid.job, laid.case, here, laid.draws, interpass=interpass)
    source = MovingSource.of_bead(
        bead, laid.case.beam, laid.case.substrate, laid.draws,
        travel_speed=here.travel_speed, interpass=np.minimum(interpass, WARMEST),
    )  # fmt: skip
    layers = laid.procedure.layers
    return bead, source, np.asarray(float(np.median(clad.mean)) / layers * np.arange(layers))


def _zone(laid: Laid, source: MovingSource, lifts: Floats, *, last_bead: bool) -> HardZone:
    return zone_hardness(
        laid.job.parent, source, laid.procedure.pitch, lifts=lifts, last_bead=last_bead,
        treatment=laid.job.treatment, ambient=laid.job.ambient, seed=laid.seed,
    )  # fmt: skip


def _hard_zone(laid: Laid, first: HardZone | None, last: HardZone | None) -> list[ModeChance]:
    mode = laid.job.hazards.mode("hard_zone")
    held = hold(laid.job.serving.limits_of("parent"))
    if mode is None or first is None or last is None or held is None:
        return []
    hardest = np.maximum(first.hardest, last.hardest)
    why = Said(
        "hardest place of the zone against {limits} of service {service}",
        {"limits": held.shown, "service": laid.job.serving.name},
    )
    chance = _share(hardest > held.highest)
    return [ModeChance(mode, chance, Figure("hardness", hardest, held.highest), why)]


def _cold_cracking(
    laid: Laid, last: HardZone | None, source: MovingSource, notes: list[Said]
) -> list[ModeChance]:
    mode = laid.job.hazards.mode("cold_cracking")
    alloy = laid.job.parent.composition
    if mode is None or mode.chance is None or last is None or alloy is None:
        return []
    wanted = preheat_needed(
        dict(alloy.mass_share), laid.job.part.across, HYDROGEN, source.heat / source.travel_speed
    )
    notes.extend(
        Said("preheat formula used outside its range: {which}", {"which": words})
        for words in wanted.broken
    )
    coldest = laid.history.interpass[:, 0]
    short = np.maximum(wanted.preheat - coldest, 0.0)
    as_cooled = np.nan_to_num(last.cooled, nan=0.0).max(axis=1)  # a furnace comes too late
    odds = _log_odds(mode.chance) + np.log1p(mode.per_hardness) * (as_cooled - _SOFT) / 100.0
    odds = odds + np.log1p(mode.per_shortfall) * short / 100.0
    chance = float(np.mean(1.0 / (1.0 + np.exp(-odds))))
    why = Said(
        "as cooled, and preheated {short} K less than EN 1011-2 would ask",
        {"short": f"{np.median(short):.0f}"},
    )
    return [ModeChance(mode, chance, Figure("preheat_short", short, 0.0), why)]


def _alloy_cracking(laid: Laid, notes: list[Said]) -> list[ModeChance]:
    hazards, clad = laid.job.hazards, laid.job.clad.name
    told = hazards.alloy(clad)
    if told is None:
        notes.append(
            Said(
                "no cracking rates of {alloy} in damages {name}: add a row for it",
                {"alloy": clad, "name": hazards.name},
            )
        )
        return []
    found = []
    hot, hard = hazards.mode("hot_cracking"), hazards.mode("hard_phase_cracking")
    if hot is not None:
        why = Said("rate of {alloy}", {"alloy": clad})
        found.append(ModeChance(hot, told.hot_cracking, None, why))
    if hard is not None and told.hard_phase_cracking > 0.0:
        coldest = laid.history.interpass[:, 0]
        short = np.maximum((told.preheat or 0.0) - coldest, 0.0)
        odds = _log_odds(told.hard_phase_cracking) + np.log1p(hard.per_shortfall) * short / 100.0
        said = {"alloy": clad, "short": f"{np.median(short):.0f}", "parent": laid.job.parent.name}
        why = Said("rate of {alloy}, preheated {short} K less than advised", said)
        if hazards.ductile(laid.job.parent.name):
            odds = odds + np.log(hard.per_buffer)
            why = Said("rate of {alloy} over {parent}, preheated {short} K less than advised", said)
        chance = float(np.mean(1.0 / (1.0 + np.exp(-odds))))
        found.append(ModeChance(hard, chance, Figure("preheat_short", short, 0.0), why))
    return found


# Kind of damage -> limits of the process model that stand for it.
_BROKEN = {
    "lack_of_fusion": ("seam", "dilution_min", "toe_angle"),
    "over_dilution": ("dilution_max",),
    "too_little_metal": ("thickness",),
}


def _limits_broken(laid: Laid) -> list[ModeChance]:
    found = []
    for name, limits in _BROKEN.items():
        mode = laid.job.hazards.mode(name)
        if mode is not None:
            kept = np.logical_and.reduce([laid.kept[limit] for limit in limits])
            why = Said(
                "share of the process model's draws that fail: {limits}",
                {"limits": ", ".join(limits)},
            )
            found.append(ModeChance(mode, _share(~kept), None, why))
    return found


def _distortion(laid: Laid, warping: Warping | None) -> list[ModeChance]:
    mode = laid.job.hazards.mode("distortion")
    if mode is None or warping is None:
        return []
    asked = laid.job.tolerances
    broken, figure = np.zeros(len(laid.draws), dtype=np.bool_), None
    for name in ("bow", "shortening", "bore"):
        limit, values = getattr(asked, name), getattr(warping, name)
        if limit is not None and np.isfinite(values).all():
            over = values > limit
            if figure is None or over.sum() > broken.sum():
                figure = Figure(name, values, limit)
            broken = broken | over
    if figure is None:
        return []
    why = Said("{figure} against its tolerance", {"figure": figure.name})
    return [ModeChance(mode, _share(broken), figure, why)]


def _stop_craters(laid: Laid) -> list[ModeChance]:
    mode = laid.job.hazards.mode("stop_crater")
    if mode is None or mode.chance is None or laid.stops == 0:
        return []
    chance = 1.0 - (1.0 - mode.chance) ** laid.stops
    why = Said("{count} stops inside the zone", {"count": str(laid.stops)})
    return [ModeChance(mode, chance, None, why)]


def _log_odds(chance: float) -> float:
    """Of a declared chance; 0 and 1 stand for as near as makes no difference."""
    inside = min(max(chance, 1e-9), 1.0 - 1e-9)
    return float(np.log(inside / (1.0 - inside)))


def _share(broken: NDArray[np.bool_]) -> float:
    """Share of draws, at least and at most half a draw from the ends."""
    least = _LEAST_DRAWS / broken.size
    return float(np.clip(broken.mean(), least, 1.0 - least))
