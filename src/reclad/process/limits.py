"""The limits a clad must keep, judged draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.process.overlap import layer_thickness, level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Limits
    from reclad.process.bead import Bead

# Judgement of this project, printed with the assumed numbers of every report.
OVERLAP_MAX = 0.5
KEYHOLE_MAX = 6.0
# No track of hofmann2026 or chen2020 under 4.0 is deeper than half its width; half the alarm leaves
# room for spots known loosely.
CONDUCTION_MAX = 0.5 * KEYHOLE_MAX
SEAM_DEPTH_MIN = 0.02e-3
WALL_SHARE_MAX = 0.5


@dataclass(frozen=True)
class Target:
    """The metal wanted: radial thickness needed at the deepest and shallowest place (m), the
    radius it is laid on and the wall under it (m)."""

    thickness_max: float
    thickness_min: float
    radius: float
    wall: float


@dataclass(frozen=True, eq=False)
class Clad:
    """Layers of beads side by side, each field (draws, candidates), m: mean, valley and crest of
    the finished clad over the worn surface."""

    mean: NDArray[np.float64]
    valley: NDArray[np.float64]
    crest: NDArray[np.float64]


def stack(bead: Bead, pitch: NDArray[np.float64] | float, layers: int, radius: float) -> Clad:
    """The clad made of `layers` layers of `bead` at `pitch` (m) on a cylinder of `radius` (m)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(bead.width > 0.0, pitch / bead.width, np.inf)
    mean = layer_thickness(bead.area, pitch, radius)
    share, valley, crest = level(np.minimum(ratio, 1e6))
    low, high = valley / share * mean, crest / share * mean
    return Clad(layers * mean, (layers - 1) * mean + low, (layers - 1) * mean + high)


def judge(
    bead: Bead, clad: Clad, pitch: NDArray[np.float64] | float, target: Target, limits: Limits
) -> dict[str, NDArray[np.bool_]]:
    """Which limit each draw and candidate keeps, (draws, candidates) per limit.

    thickness   the lowest valley still reaches finished size plus allowance at the deepest wear
    excess      no more metal than machining will take where the wear is least
    dilution_min, dilution_max   bond and alloy
    toe_angle   flank no steeper than the next track can fuse
    seam        metal fused at least 0.02 mm deep midway between tracks
    overlap     at most 50 %, where the layer model is known to hold
    conduction  no keyhole
    wall        at most half the wall molten
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(bead.width > 0.0, pitch / bead.width, np.inf)
    between = bead.depth * np.sqrt(np.maximum(1.0 - ratio**2, 0.0))
    return {
        "thickness": clad.valley >= target.thickness_max,
        "excess": clad.mean <= target.thickness_min + limits.excess_thickness_max,
        "dilution_min": bead.dilution >= limits.dilution_min,
        "dilution_max": bead.dilution <= limits.dilution_max,
        "toe_angle": bead.toe_angle <= limits.toe_angle_max,
        "seam": between >= SEAM_DEPTH_MIN,
        "overlap": ratio >= 1.0 - OVERLAP_MAX,
        "conduction": bead.keyhole_index <= KEYHOLE_MAX,
        "wall": bead.depth <= WALL_SHARE_MAX * target.wall,
    }


def all_kept(kept: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Draws and candidates that keep every limit, (draws, candidates)."""
    return np.asarray(np.logical_and.reduce(list(kept.values())))
