"""Something went wrong: which cause explains it best, what to change, what to measure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from reclad.errors import ProcessError
from reclad.process import ProcessParameters, predict
from reclad.process.limits import all_kept, judge, stack
from reclad.process.metal import carbon_equivalent
from reclad.units import format_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.process import Bead, Case, ModelParameters, Procedure

Symptom = Literal["cracked", "pores", "no-bond", "too-thin", "too-hot"]
SYMPTOMS: tuple[Symptom, ...] = get_args(Symptom)
_HARD_ALLOYS = ("NiCrBSi", "Ni60", "WC", "Stellite", "431")
_HARDENING = 0.45  # % carbon equivalent above which welding practice asks for preheat
_WARM = 473.15  # K


@dataclass(frozen=True)
class Cause:
    """A cause, its chance among all that are known (0 to 1), the evidence, and what to do."""

    name: str
    chance: float
    evidence: str
    change: str
    measure: str


@dataclass(frozen=True)
class _Fault:
    """A fault of the cell: relative odds, what it acts on, between which sizes."""

    name: str
    odds: float
    acts_on: str
    sizes: tuple[float, float]
    change: str
    measure: str


@dataclass(frozen=True)
class _Rule:
    """A cause the model cannot compute: relative odds, and when they rise or fall."""

    symptom: str
    name: str
    when: str
    odds: float
    change: str
    measure: str


@cache
def _troubles() -> tuple[tuple[_Fault, ...], tuple[_Rule, ...]]:
    text = files("reclad").joinpath("data", "troubles.toml").read_text(encoding="utf-8")
    told: dict[str, Any] = tomllib.loads(text)
    faults = tuple(_Fault(**{**row, "sizes": tuple(row["sizes"])}) for row in told["fault"])
    return faults, tuple(_Rule(**row) for row in told["rule"])


def diagnose(
    job: Job, case: Case, procedure: Procedure, draws: ModelParameters, symptom: str
) -> list[Cause]:
    """Likely causes of a symptom, likeliest first, their chances adding up to one.

    Every fault is put into the process model over all draws: a cause is as likely as it is common
    and as often as it brings the symptom about. Causes outside the model (dirt, moisture, hard
    metal) are weighed by rules. The odds stand in data/troubles.toml and are assumed.
    symptom   one of SYMPTOMS; ProcessError otherwise
    """
    if symptom not in SYMPTOMS:
        raise ProcessError(f"{symptom!r} is no symptom; choose one of {', '.join(SYMPTOMS)}")
    faults, rules = _troubles()
    weighed: list[tuple[float, Cause]] = []
    for fault in faults if symptom != "cracked" else ():
        share = _shows(job, case, procedure, draws, fault, symptom)
        evidence = f"would bring it about in {share:.0%} of what is possible for this alloy pair"
        cause = Cause(fault.name, 0.0, evidence, fault.change, fault.measure)
        weighed.append((fault.odds * share, cause))
    for rule in rules:
        if rule.symptom == symptom:
            factor, evidence = _weigh(rule.when, job)
            cause = Cause(rule.name, 0.0, evidence, rule.change, rule.measure)
            weighed.append((rule.odds * factor, cause))
    total = sum(weight for weight, _ in weighed) or 1.0
    causes = [replace(cause, chance=weight / total) for weight, cause in weighed if weight > 0.0]
    return sorted(causes, key=lambda cause: -cause.chance)


def _weigh(when: str, job: Job) -> tuple[float, str]:
    """How much a rule's odds rise or fall for this job, and why."""
    preheat = format_quantity(job.preheat, "degC")
    if when == "hardening":
        equivalent = carbon_equivalent(job.parent)
        if equivalent is None:
            return 1.0, f"{job.parent.name}: hardening tendency unknown; preheat {preheat}"
        hardens = equivalent > _HARDENING and job.preheat < _WARM
        return (3.0 if hardens else 0.3), (
            f"carbon equivalent {equivalent:.2f} %, preheat {preheat}; steels above "
            f"{_HARDENING:.2f} % turn to martensite in the heated zone"
        )
    if when == "hard-alloy":
        hard = any(mark in job.clad.name for mark in _HARD_ALLOYS)
        return (2.5 if hard else 0.1), f"clad {job.clad.name}, preheat {preheat}"
    return 1.0, "cannot be seen from the settings"


def _shows(
    job: Job, case: Case, procedure: Procedure, draws: ModelParameters, fault: _Fault, symptom: str
) -> float:
    """Share of draws that show the symptom under a fault."""
    size = np.linspace(*fault.sizes, len(draws))[np.random.default_rng(7).permutation(len(draws))]
    settings = {
        name: np.full(len(draws), getattr(procedure, name))
        for name in ("power", "feed_rate", "stand_off", "interpass")
    }
    if fault.acts_on == "stream_radius":
        draws = replace(draws, stream_radius=draws.stream_radius * size)
    elif fault.acts_on == "interpass":
        settings["interpass"] = np.maximum(settings["interpass"] + size, job.ambient)
    else:
        settings[fault.acts_on] = settings[fault.acts_on] * size
    bead = predict(
        ProcessParameters.of(travel_speed=procedure.travel_speed, **settings),
        case.beam,
        case.substrate,
        job.feedstock,
        job.clad,
        draws,
        paired=True,
    )
    return float(_symptom(symptom, bead, case, procedure, job).mean())


def _symptom(
    symptom: str, bead: Bead, case: Case, procedure: Procedure, job: Job
) -> NDArray[np.bool_]:
    """Which draws (draws, 1) show the symptom."""
    clad = stack(bead, procedure.pitch, procedure.layers, case.target.radius)
    kept = judge(bead, clad, procedure.pitch, case.target, job.limits)
    broken = {
        "no-bond": ("dilution_min", "seam"),
        "too-thin": ("thickness",),
        "pores": ("conduction", "seam"),
        "too-hot": ("dilution_max",),
    }[symptom]
    return ~all_kept({name: kept[name] for name in broken})
