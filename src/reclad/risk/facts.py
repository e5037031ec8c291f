"""What a welding engineer asks of a clad: carbon equivalents, phases, what the clad is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.process.metal import carbon_equivalent
from reclad.risk.clad_chemistry import (
    carbide_fed,
    drawn_carbide,
    iron_class,
    layer_chemistry,
    mass_dilution,
)
from reclad.risk.hardness import MAYNIER, YURIOKA, range_breaks
from reclad.risk.said import Said
from reclad.risk.transformation import martensite_start, phase_shares, retained_austenite
from reclad.risk.weldability import cracking_equivalent, cracking_parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job, Material
    from reclad.process import Bead
    from reclad.risk.zone import HardZone

    Floats = NDArray[np.float64]

_OVERLAY, _CLASSES = "IN625", ("FE5", "FE10", "none")
_COMPOSITE = "WC60-NiCrBSi40"
_EVERY_NINE_OF_TEN = 1.6448536269514722  # standard deviations


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


@dataclass(frozen=True)
class CladHardness:
    """Of a clad as laid, not diluted by the parent: HV at 5 %, 50 % and 95 %, and the source."""

    low: float
    middle: float
    high: float
    source: str

    def share_over(self, highest: float) -> float:
        """Chance (0 to 1) of being harder than `highest` HV, as normal as the material file has
        it."""
        spread = (self.high - self.middle) / _EVERY_NINE_OF_TEN
        if not spread > 0.0:
            return float(self.middle > highest)
        return 0.5 * math.erfc((highest - self.middle) / (spread * math.sqrt(2.0)))


@dataclass(frozen=True, eq=False)
class CladFacts:
    """Of a clad, each None where it is not known or does not apply.

    hardness   as the material file has it, undiluted
    iron       (draws,) mass share in the last layer of a clad that is no iron alloy
    classes    of alloy 625: share of draws in each class of overlays, "FE5", "FE10", "none"
    carbide    (draws, layers) mass share of tungsten carbide still whole in a composite clad
    """

    hardness: CladHardness | None
    iron: Floats | None
    classes: dict[str, float]
    carbide: Floats | None


def steel_facts(job: Job, zone: HardZone) -> SteelFacts:
    """The facts of a parent whose zone was reckoned. Checked: tests/risk/test_facts.py."""
    alloy = job.parent.composition
    chemistry = dict(alloy.mass_share) if alloy is not None else {}
    time = np.where(np.isnan(zone.cooling_time[:, 0]), 1.0, zone.cooling_time[:, 0])
    start = martensite_start(chemistry)
    equivalent = carbon_equivalent(job.parent)
    martensite = np.asarray(phase_shares(chemistry, time).martensite)
    return SteelFacts(
        carbon_equivalent=float("nan") if equivalent is None else equivalent,
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


def clad_facts(job: Job, bead: Bead, layers: int) -> CladFacts:
    """What is told of a clad, every layer diluted as the first. The carbide of a composite is
    reckoned with an assumed superheat of the pool. Checked: tests/risk/test_facts.py."""
    by_mass = mass_dilution(bead.dilution[:, 0], job.parent.density.value, job.clad.density.value)
    each = np.repeat(by_mass[:, None], layers, axis=1)
    iron = _iron(job, each)
    classes: dict[str, float] = {}
    if iron is not None and job.clad.name == _OVERLAY:
        named = iron_class(iron)
        classes = {name: float((named == name).mean()) for name in _CLASSES}
    return CladFacts(hardness_of(job.clad), iron, classes, _carbide(job.clad, each))


def hardness_of(clad: Material) -> CladHardness | None:
    """Of a clad as laid, from its material file; None where that has none."""
    known = clad.hardness
    if known is None:
        return None
    middle = float(known.value)
    half = min(_EVERY_NINE_OF_TEN * known.spread, 1.0) * middle
    return CladHardness(middle - half, middle, middle + half, known.source)


def _iron(job: Job, dilution: Floats) -> Floats | None:
    fed, below = job.clad.composition, job.parent.composition
    if fed is None or below is None or fed.base == "Fe":
        return None
    made = layer_chemistry({"Fe": fed.share("Fe")}, {"Fe": below.share("Fe")}, dilution)
    return made["Fe"][:, -1]


def _carbide(clad: Material, dilution: Floats) -> Floats | None:
    if clad.name != _COMPOSITE or clad.composition is None:
        return None
    return drawn_carbide(carbide_fed(clad.composition.share("W")), dilution).whole
