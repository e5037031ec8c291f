"""The part's cells as hexahedra in space, for programs that show fields in three dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import RecladError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat.history import Field

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_WIDEST = math.pi / 12  # rad: a flat face across more would cut visibly into a round part
# Corners of a hexahedron as VTK counts them, each (axial, angle, radius): lower face, upper face.
_CORNERS = np.array(
    [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
)
# On a plate "angle" runs along X and "axial" along Y: turned the other way round.
_MIRRORED = [0, 3, 2, 1, 4, 7, 6, 5]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Hexahedra: points (points, 3) m as x, y, z; corners (cells, 8) point numbers; origin (cells,)
    which cell of the field's raveled (axial, rows, around) each belongs to."""

    points: Floats
    corners: Ints
    origin: Ints


def build_mesh(field: Field) -> Mesh:
    """The cells of a field that ever hold metal, their shared corners once.

    A round part lies along x, its angle 0 on top (z); cells wider than 15 degrees are cut into
    narrower hexahedra of one temperature. A plate lies in x (along the tracks), y (across), z (up).
    The outermost cell of each slice reaches the field's `surface`. Raises RecladError when no cell
    holds metal or the surface lies below the cell that should reach it.
    """
    metal: NDArray[np.bool_] = np.any(np.isfinite(field.temperature), axis=0)
    rows = np.where(metal.any(axis=2), np.arange(metal.shape[1]), -1)
    outermost = rows.max(axis=1)
    _expect_metal(field, outermost)
    angles, pieces = _cut(field)
    i, row, k = (
        np.asarray(n, dtype=np.int64) for n in np.nonzero(np.repeat(metal, pieces, axis=2))
    )
    origin = np.ravel_multi_index((i, row, k // pieces), metal.shape)
    # Equal radii are one level, so that slices of one surface share their points.
    every = np.concatenate((field.radius_edges, field.surface))
    levels, level_of = np.unique(every, return_inverse=True)
    along = i[:, None] + _CORNERS[:, 0]
    round_ = k[:, None] + _CORNERS[:, 1]
    upper = np.where(row == outermost[i], field.radius_edges.size + i, row + 1)
    level = level_of[np.where(_CORNERS[:, 2] == 1, upper[:, None], row[:, None])]
    if field.form == "round":
        if _closed(field):
            round_ = round_ % (angles.size - 1)
        round_ = np.where(levels[level] == 0.0, 0, round_)  # on the axis every angle is one point
    key = (along * angles.size + round_) * levels.size + level
    kept, corners = np.unique(key, return_inverse=True)
    place = np.unravel_index(kept, (field.axial_edges.size, angles.size, levels.size))
    corners = corners.reshape(key.shape).astype(np.int64)
    flat = field.form == "flat"
    points = _in_space(field.axial_edges[place[0]], angles[place[1]], levels[place[2]], flat)
    return Mesh(points, corners[:, _MIRRORED] if flat else corners, origin.astype(np.int64))


def _in_space(axial: Floats, angle: Floats, radius: Floats, flat: bool) -> Floats:
    if flat:
        return np.stack((angle, axial, radius), axis=1)
    return np.stack((axial, radius * np.sin(angle), radius * np.cos(angle)), axis=1)


def _closed(field: Field) -> bool:
    """Whether the cells go once round."""
    return math.isclose(field.angle_edges[-1] - field.angle_edges[0], 2 * math.pi, rel_tol=1e-9)


def _cut(field: Field) -> tuple[Floats, int]:
    """Edges round the part fine enough to look round, and how many pieces a cell was cut into."""
    edges = field.angle_edges
    if field.form == "flat":
        return edges, 1
    pieces = max(1, math.ceil(float(np.diff(edges).max()) / _WIDEST - 1e-9))
    return np.interp(
        np.arange((edges.size - 1) * pieces + 1) / pieces, np.arange(edges.size), edges
    ), pieces


def _expect_metal(field: Field, outermost: NDArray[np.int64]) -> None:
    slices = np.flatnonzero(outermost >= 0)
    if not slices.size:
        raise RecladError(
            "the thermal history's field holds no metal - a part has cells with a temperature - "
            "simulate the repair again"
        )
    under = slices[field.surface[slices] <= field.radius_edges[outermost[slices]]]
    if under.size:
        i = int(under[0])
        raise RecladError(
            f"slice {i} of the thermal history has its surface at {field.surface[i]:g} m, under "
            f"its outermost cell from {field.radius_edges[outermost[i]]:g} m - the outermost cell "
            "reaches the surface - mark the cells above it as no metal (nan)"
        )
