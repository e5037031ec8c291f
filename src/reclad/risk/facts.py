"""What a welding engineer asks of a clad: carbon equivalents, phases, what the clad is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.risk.clad_chemistry import iron_class, layer_chemistry, mass_dilution
from reclad.risk.hardness import MAYNIER, YURIOKA, range_breaks
from reclad.risk.said import Said
from reclad.risk.transformation import martensite_start, phase_shares, retained_austenite
from reclad.risk.weldability import carbon_equivalent, cracking_equivalent, cracking_parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.process import Bead
    from reclad.risk.zone import HardZone

    Floats = NDArray[np.float64]

_OVERLAY, _CLASSES = "IN625", ("FE5", "FE10", "none")


@dataclass(frozen=True, eq=False)
class SteelFacts:
    """Of a parent that hardens: equivalents in mass %, shares (draws,) where the zone under the
    last bead is hottest, before tempering, and the time (draws,) s from 800 to 500 degC there.

    carbon_equivalent, cracking_equivalent, cracking_parameter   CE (IIW), CET, Pcm
    martensite, austenite   the latter left untransformed at room temperature
    """

    carbon_equivalent: float
    cracking_equivalent: float
    cracking_parameter: float
    cooling_time: Floats
    martensite: Floats
    austenite: Floats


@dataclass(frozen=True, eq=False)
class CladFacts:
    """Of a clad that is no iron alloy: iron (draws,) mass share in its last layer; of alloy 625
    also the share of draws in each class of overlays, "FE5", "FE10", "none"."""

    iron: Floats
    classes: dict[str, float]


def steel_facts(job: Job, zone: HardZone) -> SteelFacts:
    """The facts of a parent whose zone was reckoned. Checked: tests/risk/test_facts.py."""
    alloy = job.parent.composition
    chemistry = dict(alloy.mass_share) if alloy is not None else {}
    time = np.where(np.isnan(zone.cooling_time[:, 0]), 1.0, zone.cooling_time[:, 0])
    start = martensite_start(chemistry)
    martensite = np.asarray(phase_shares(chemistry, time).martensite)
    return SteelFacts(
        carbon_equivalent=float(carbon_equivalent(chemistry)),
        cracking_equivalent=float(cracking_equivalent(chemistry)),
        cracking_parameter=float(cracking_parameter(chemistry)),
        cooling_time=time,
        martensite=martensite,
        austenite=martensite * float(retained_austenite(start)),
    )


def hardness_ranges(job: Job, zone: HardZone) -> list[Said]:
    """Where either hardness model is used outside the range it was fitted in."""
    alloy = job.parent.composition
    chemistry = dict(alloy.mass_share) if alloy is not None else {}
    times = zone.cooling_time[np.isfinite(zone.cooling_time)]
    if not times.size:
        return []
    return [
        Said("hardness model used outside its range: {which}", {"which": words})
        for limits in (MAYNIER, YURIOKA)
        for words in range_breaks(limits, chemistry, times)
    ]


def clad_facts(job: Job, bead: Bead, layers: int) -> CladFacts | None:
    """The iron that the parent brings into a clad, every layer diluted as the first; None where the
    clad is an iron alloy itself or either composition is not known. Checked:
    tests/risk/test_facts.py."""
    fed, below = job.clad.composition, job.parent.composition
    if fed is None or below is None or fed.base == "Fe":
        return None
    by_mass = mass_dilution(bead.dilution[:, 0], job.parent.density.value, job.clad.density.value)
    each = np.repeat(by_mass[:, None], layers, axis=1)
    made = layer_chemistry({"Fe": fed.share("Fe")}, {"Fe": below.share("Fe")}, each)
    iron = made["Fe"][:, -1]
    if job.clad.name != _OVERLAY:
        return CladFacts(iron, {})
    named = iron_class(iron)
    return CladFacts(iron, {name: float((named == name).mean()) for name in _CLASSES})
