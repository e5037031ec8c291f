"""How much a job's part warps: bow, loss of length and of bore, over draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.process.metal import enthalpy_between
from reclad.risk import distortion
from reclad.risk.shell import neck_in
from reclad.risk.tendon import ElasticMetal, plastic_area, spread_factors, tendon_force

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material
    from reclad.part import Deposit, Part
    from reclad.process import Bead, Procedure

    Floats = NDArray[np.float64]

# Steel, cold: Young's modulus Pa, Poisson's ratio, expansion 1/K, yield strength Pa. Assumed; the
# yield strength only caps the pull, and the spread of the pull covers the rest.
MODULUS, POISSON, EXPANSION, YIELD = 210e9, 0.29, 12e-6, 700e6

_COLD, _WARM = 293.15, 773.15  # K over which the heat of a bead spreads where it makes metal yield


@dataclass(frozen=True, eq=False)
class Warping:
    """What becomes of the part's shape, each field (draws,) m; nan where it does not apply.

    bow         of the axis of a round part held at its ends, or of a free plate along the clad
    shortening  loss of length of a round part
    bore        how far a pipe's radius shrinks at most
    """

    bow: Floats
    shortening: Floats
    bore: Floats


def warps(parent: Material) -> bool:
    """Whether the parent is a steel, whose cold stiffness is taken as known."""
    return parent.composition is not None and parent.composition.base == "Fe"


def warp_part(
    part: Part, deposit: Deposit, procedure: Procedure, parent: Material, bead: Bead, *, seed: int
) -> Warping:
    """Warping by one helix or one raster per layer; `warps(parent)` must hold.

    bead  (draws, 1) SI, of mid-repair
    A part free to move; layers after the first lie in metal that has yielded already and are not
    counted again (assumed). Source and range: `reclad.risk.distortion`,
    within a factor 1.5 for seven parts of ten (assumed). Checked: tests/risk/test_warping.py.
    """
    draws = bead.heat.shape[0]
    warm = enthalpy_between(parent, _COLD, _WARM) / (_WARM - _COLD)
    metal = ElasticMetal.of(
        modulus=np.full(draws, MODULUS), poisson=POISSON, expansion=EXPANSION,
        yield_strength=YIELD, heat_capacity=parent.density.value * warm,
    )  # fmt: skip
    line = bead.heat[:, 0] / procedure.travel_speed
    section = plastic_area(line, metal, pitch=procedure.pitch, wall=part.across)
    force = tendon_force(line, metal, section, spread_factors(draws, seed))
    shape = _warp_plate if part.flat else _warp_round
    return shape(part, deposit, procedure, metal, force)


def _warp_plate(
    part: Part, deposit: Deposit, procedure: Procedure, metal: ElasticMetal, force: Floats
) -> Warping:
    layer = max(deposit.thickness_mean, 1e-6)
    misfit = distortion.misfit_strain(force, procedure.pitch, layer, metal)
    curvature = distortion.plate_curvature(misfit, layer, part.across, metal, metal)
    nowhere = np.full(force.size, np.nan)
    return Warping(distortion.bow(curvature, deposit.length), nowhere, nowhere)


def _warp_round(
    part: Part, deposit: Deposit, procedure: Procedure, metal: ElasticMetal, force: Floats
) -> Warping:
    radius = float(deposit.worn_radius.mean())
    wall = radius
    if part.shape == "pipe":
        # A pipe's wall is told at its finished diameter.
        finished = float(deposit.target_radius.mean()) - deposit.allowance
        wall = part.across - (finished - radius)
    area, inertia = distortion.round_section(radius, radius - wall)
    turns = deposit.length / procedure.pitch
    kinks = distortion.helix_kinks(
        force, turns, start=0.0, radius=radius, modulus=metal.modulus, inertia=inertia
    )
    moved = distortion.bow_of_kinks(kinks, [deposit.start, deposit.end], part.length)
    pull = distortion.axial_pull(force, procedure.pitch, radius)
    short = distortion.shortening(pull, deposit.length, metal.modulus, area)
    bore = np.full(force.size, np.nan)
    middle = radius - 0.5 * wall
    if part.shape == "pipe" and wall <= 0.3 * middle:
        places = np.linspace(deposit.start, deposit.end, 9)
        lies = deposit.start + procedure.pitch * (np.arange(int(np.ceil(turns))) + 0.5)
        bore = neck_in(
            force, lies, places, radius=middle, wall=wall,
            modulus=metal.modulus, poisson=metal.poisson,
        ).max(axis=1)  # fmt: skip
    return Warping(np.hypot(moved[:, 0], moved[:, 1]), short, bore)
