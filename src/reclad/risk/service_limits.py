"""The hardness limits of a service: which bind the zone beside the beads, which the clad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import RiskError
from reclad.risk.facts import hardness_of
from reclad.risk.said import Said
from reclad.risk.zone import hardens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.job import Hardness, HardnessLimit, Job

_HRC_END = 70  # assumed: what the scale is used up to


@dataclass(frozen=True)
class Held:
    """Limits as one number: HV, and how they are written."""

    highest: float
    shown: str


@dataclass(frozen=True)
class CladLimit:
    """A clad against the limits of its service: the chance (0 to 1) that it is harder; None where
    its hardness is not known."""

    held: Held
    chance: float | None


def hold(limits: Sequence[HardnessLimit]) -> Held | None:
    """The strictest of the limits; None where there are none. RiskError as in `in_vickers`.

    A service that says both is judged in HV: scales are converted only where there is no choice.
    """
    highest = [one.highest for one in limits]
    judged = [one for one in highest if one.scale != "HRC"] or highest
    if not judged:
        return None
    return Held(min(in_vickers(one) for one in judged), ", ".join(str(one) for one in judged))


def hold_clad(job: Job, notes: list[Said]) -> CladLimit | None:
    """The clad against the limits that its service sets on clad or weld metal, its hardness as laid
    and not diluted; None where no limit binds it. What is not judged goes to `notes`.

    Checked: tests/risk/test_service_limits.py.
    """
    asked = job.serving.limits_of("clad")
    binding = [one for one in asked if not one.steel or hardens(job.clad)]
    held = hold(binding)
    names = {"alloy": job.clad.name, "service": job.serving.name}
    if held is None:
        if asked:
            notes.append(
                Said(
                    "hardness limits of service {service} are for carbon and low-alloy steel: the "
                    "clad of {alloy} is not held against them",
                    names,
                )
            )
        return None
    known = hardness_of(job.clad)
    if known is None:
        notes.append(
            Said(
                "hardness of the clad of {alloy} is not known: not held against {limits} of "
                "service {service}",
                names | {"limits": held.shown},
            )
        )
        return CladLimit(held, None)
    return CladLimit(held, known.share_over(held.highest))


def in_vickers(hardness: Hardness) -> float:
    """A hardness limit as HV; Rockwell by HRC = 193 log10 HV - 21.41 (log10 HV)^2 - 316 (key
    HRC-HV), which depends on the metal: a limit in HRC is best checked in HRC. RiskError past the
    end of that scale."""
    if hardness.scale != "HRC":
        return float(hardness.number)
    if hardness.number > _HRC_END:
        raise RiskError(
            f"a limit of {hardness}: Rockwell C ends at {_HRC_END} HRC; correct the service, or "
            "give the limit in HV"
        )
    root = 193.0**2 - 4.0 * 21.41 * (316.0 + hardness.number)
    return float(10.0 ** ((193.0 - np.sqrt(root)) / (2.0 * 21.41)))
