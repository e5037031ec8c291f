"""How hard the heat-affected zone of a clad is, under the beads and at the clad's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import RiskError
from reclad.process.metal import melting_point, transformation_points
from reclad.risk.cycles import (
    MovingSource,
    Passes,
    below_fusion,
    isotherm_depths,
    join_cycles,
    passes_around,
    tempering_cycles,
    thermal_cycles,
)
from reclad.risk.hardness import HardnessScores, haz_hardness
from reclad.risk.tempering import add_cooling, add_hold, cycle_parameter, tempered_hardness
from reclad.risk.transformation import martensite_start
from reclad.units import format_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material, Treatment

    Floats = NDArray[np.float64]

# Places between the fusion line (0) and Ac1 (1), closer at the line, where grains are coarse.
PLACES = np.array([0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])


@dataclass(frozen=True, eq=False)
class HardZone:
    """Hardness of the heat-affected zone, HV as a load of 5 to 10 kg would read, per draw at PLACES
    between fusion line and Ac1 (draws, places); nan where no austenite formed.

    quenched       HV as cooled, before any tempering
    cooled         HV when the part is first cold: tempered by slow cooling, not by later beads
    tempered       HV after the beads laid later, slow cooling and the furnace
    cooling_time   s from 800 to 500 degC
    thickness      (draws,) m from the fusion line to Ac1
    """

    quenched: Floats
    cooled: Floats
    tempered: Floats
    cooling_time: Floats
    thickness: Floats

    @property
    def hardest(self) -> Floats:
        """(draws,) HV of the hardest place after tempering, 0 where none formed."""
        return np.asarray(np.nan_to_num(self.tempered, nan=0.0).max(axis=1))


def hardens(parent: Material) -> bool:
    """Whether the parent is a low-alloy steel whose heat-affected zone can be reckoned."""
    return bool(np.isfinite(transformation_points(parent).ac1))


def zone_hardness(
    parent: Material,
    source: MovingSource,
    pitch: float,
    *,
    lifts: Floats,
    last_bead: bool,
    treatment: Treatment,
    ambient: float,
    seed: int,
) -> HardZone:
    """The zone under a bead of a clad, which `source` laid; `hardens(parent)` must hold.

    pitch      m between beads
    lifts      (layers,) m of each layer's surface over the first one's
    last_bead  whether nothing is laid beside it afterwards: the end of the clad
    treatment  slow cooling and furnace afterwards
    ambient    K of the shop, where slow cooling ends
    seed       of the scores by which hardness models err
    Each place is hardened by the last bead that made it austenite again and tempered by those after
    it, unless the part is so warm between passes that it is still austenite then. What the part's
    own warmth tempers over hours in air is left out: harder than it will be. The fusion line is
    that of the bare source; powder lifts and shades it, and the zone with it. RiskError for a
    furnace at Ac1 or hotter. Source: models of `haz_hardness`, `cycle_parameter`. Checked:
    tests/risk/test_zone.py.
    """
    points = transformation_points(parent)
    furnace, slow = treatment.post_heat, treatment.slow_cooling
    for key, held in (("post_heat", furnace), ("slow_cooling", slow)):
        if held is not None and held >= points.ac1:
            raise RiskError(
                f"{key} {format_quantity(held, 'degC', 3)} is not under the "
                f"{format_quantity(points.ac1, 'degC', 3)} at which {parent.name} begins to turn "
                "to austenite and could harden again; lower it"
            )
    alloy = parent.composition
    chemistry = dict(alloy.mass_share) if alloy is not None else {}
    line, deep = isotherm_depths(source, [melting_point(parent), points.ac1]).T
    thickness = np.maximum(deep - line, 1e-6)
    below = below_fusion(source, PLACES * thickness[:, None], melting_point(parent))
    if source.wall is not None:
        below = np.minimum(below, source.wall)
    passes = _before_and_after(passes_around(source, pitch, lifts), last_bead=last_bead)
    cycles = thermal_cycles(source, below, passes, points.ac1)
    rng = np.random.default_rng([seed, 6])
    model, scatter, softening = rng.standard_normal((3, len(source), 1))
    time = np.where(np.isnan(cycles.t85), 1.0, cycles.t85)
    drawn = haz_hardness(chemistry, time, HardnessScores(model, scatter)).drawn
    quenched = np.where(np.isnan(cycles.t85), np.nan, drawn)
    parameter = np.full(below.shape, -np.inf)
    if (cycles.last < passes.across.size - 1).any():
        joined = join_cycles(tempering_cycles(source, below, passes, cycles))
        kelvin = np.minimum(joined.temperature, points.ac1)
        parameter = cycle_parameter(kelvin, joined.time[:, None, :])
    warm = source.interpass[:, None] >= martensite_start(chemistry)
    parameter = np.where(warm, -np.inf, parameter)
    untouched = np.full(below.shape, -np.inf)
    if slow is not None:
        parameter, untouched = (
            add_cooling(
                so_far, slow, treatment.slow_cooling_time,
                ambient=ambient, below=martensite_start(chemistry),
            )
            for so_far in (parameter, untouched)
        )  # fmt: skip
    if furnace is not None:
        parameter = add_hold(parameter, furnace, treatment.post_heat_time)
    cooled, tempered = (
        tempered_hardness(chemistry, quenched, so_far, softening)
        for so_far in (untouched, parameter)
    )
    return HardZone(quenched, cooled, tempered, cycles.t85, thickness)


def _before_and_after(passes: Passes, *, last_bead: bool) -> Passes:
    """All passes; for the last bead those up to it, layer by layer."""
    if not last_bead:
        return passes
    until = passes.across <= 0.0
    return Passes(passes.across[until], passes.lift[until])
