"""Fields of a solve on cells, read between the cells, and the melt pool in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.interpolate import CubicSpline

from reclad.heat.sources import MeltPool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat.grid import Mesh

    Floats = NDArray[np.float64]

_PAD = 8  # cells carried over where a row closes on itself
_FINER = 4.0  # points a cell in the window that pools are measured in
_LEVELS = 8.0  # levels a cell that the depth is looked for in
_MOST = 600  # points along a side of the window


@dataclass(frozen=True, eq=False)
class Seen:
    """One field (slices, width) K of a mesh, at the x, y, z of a heat case.

    x0 m: x of a flat mesh's first cell edge; cell m: its fine cells; surface m: height of the
    surface in the mesh's rows (radius of a round body).
    """

    mesh: Mesh
    field: NDArray[np.float32]
    x0: float
    surface: float
    cell: float

    def columns(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Heights (rows + 1,) m, rising to 0 at the surface, and temperatures (rows + 1, n) K under
        the places x, y (n,) m: cubic splines within a row of cells, the surface drawn out from the
        three uppermost rows."""
        mesh, cells = self.mesh, self.mesh.cells
        edges = mesh.grid.axial
        middle = 0.5 * (edges[1:] + edges[:-1])
        across, round_it = (y, x - self.x0) if mesh.flat else (x, y / self.surface)
        at_slice = np.interp(across, middle, np.arange(middle.size))
        found = np.empty((cells.first.size + 1, x.size))
        turn = mesh.grid.step[0] * cells.around[-1]
        for r, (first, count) in enumerate(zip(cells.first, cells.around, strict=True)):
            row = self.field[:, first : first + count].astype(np.float64)
            place = round_it / (turn / count) - 0.5
            if cells.closed:
                pad = min(_PAD, int(count))
                row = np.concatenate((row[:, -pad:], row, row[:, :pad]), axis=1)
                place = np.mod(place + 0.5, count) - 0.5 + pad
            found[r] = ndimage.map_coordinates(row, [at_slice, place], order=3, mode="nearest")
        found[-1] = (15.0 * found[-2] - 10.0 * found[-3] + 3.0 * found[-4]) / 8.0
        heights = np.append(0.5 * (mesh.rows[1:] + mesh.rows[:-1]) - self.surface, 0.0)
        return heights, found

    def at_points(self, points: Floats) -> Floats:
        """Temperature (points,) K at points (points, 3) m."""
        out = np.empty(len(points))
        for z in np.unique(points[:, 2]):
            chosen = points[:, 2] == z
            heights, found = self.columns(points[chosen, 0], points[chosen, 1])
            out[chosen] = CubicSpline(heights, found)(max(z, heights[0]))
        return out

    def on_grid(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """Temperature (x, y, z) K on a grid of coordinates (m)."""
        there = np.meshgrid(x, y, indexing="ij")
        heights, found = self.columns(there[0].ravel(), there[1].ravel())
        values = CubicSpline(heights, found)(np.maximum(z, heights[0]))
        return np.asarray(values.T.reshape(x.size, y.size, z.size))

    def pool(
        self, time: float, beam: Floats, ahead: Floats, melting: float, reach: float
    ) -> MeltPool:
        """The melt pool joined to the place nearest the `beam` (2,) m: extents of the interpolated
        isotherm along and across `ahead` (2,), and its depth; the search starts `reach` m about the
        beam and goes on as far as the pool does."""
        x, y, surface, hot = self._window(beam, melting, reach)
        peak = float(surface.max())
        if not hot.any():
            return MeltPool(time, 0.0, 0.0, 0.0, peak)
        px, py = _crossings(x, y, surface, hot, melting)
        length, width = (
            float(np.ptp(px * u + py * v)) for u, v in ((ahead[0], ahead[1]), (-ahead[1], ahead[0]))
        )
        i, j = np.nonzero(hot)
        heights, found = self.columns(x[i], y[j])
        fine = np.linspace(heights[0], 0.0, math.ceil(-heights[0] / self.cell * _LEVELS) + 1)
        hottest = CubicSpline(heights, found)(fine).max(axis=1)
        solid = np.flatnonzero(hottest <= melting)
        depth = self.surface - float(self.mesh.rows[0])  # molten through, unless a level is solid
        if solid.size and solid[-1] + 1 < fine.size:
            last = int(solid[-1])
            share = (hottest[last + 1] - melting) / (hottest[last + 1] - hottest[last])
            depth = -float(fine[last + 1] - share * (fine[last + 1] - fine[last]))
        return MeltPool(time, width, length, depth, peak)

    def _window(
        self, beam: Floats, melting: float, reach: float
    ) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Coordinates, surface temperature and pool of a window as wide as the pool asks."""
        (low_x, high_x), (low_y, high_y) = self._faces()
        while True:
            step = max(self.cell / _FINER, 2.0 * reach / _MOST)
            span = np.arange(-math.ceil(reach / step), math.ceil(reach / step) + 1) * step
            x, y = beam[0] + span, beam[1] + span
            x, y = x[(x >= low_x) & (x <= high_x)], y[(y >= low_y) & (y <= high_y)]
            there = np.meshgrid(x, y, indexing="ij")
            surface = self.columns(there[0].ravel(), there[1].ravel())[1][-1]
            surface = surface.reshape(x.size, y.size)
            away = np.hypot(there[0] - beam[0], there[1] - beam[1])
            hot = _joined(surface > melting, away)
            if not (hot[[0, -1]].any() or hot[:, [0, -1]].any()) or reach > high_x - low_x:
                return x, y, surface, hot
            reach *= 1.5

    def _faces(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where the surface ends along x and y (m)."""
        edges, grid = self.mesh.grid.axial, self.mesh.grid
        around = float(grid.step[0] * self.mesh.cells.around[-1])
        slices = (float(edges[0]), float(edges[-1]))
        if self.mesh.flat:
            return (self.x0, self.x0 + around), slices
        return slices, (-math.inf, math.inf)


def _joined(hot: NDArray[np.bool_], away: Floats) -> NDArray[np.bool_]:
    """Of the hot points those joined to the one least `away` from the beam."""
    if not hot.any():
        return hot
    labels, _ = ndimage.label(hot, structure=np.ones((3, 3)))
    nearest = np.argmin(np.where(hot, away, np.inf))
    return np.asarray(labels == labels.flat[nearest])


def _crossings(
    x: Floats, y: Floats, surface: Floats, hot: NDArray[np.bool_], melting: float
) -> tuple[Floats, Floats]:
    """Where the isotherm crosses the lines of the window (n,) m, its hot ends included."""
    px, py = [], []
    for axis in (0, 1):
        inside = hot if axis == 0 else hot.T
        field, at, other = (surface, x, y) if axis == 0 else (surface.T, y, x)
        for sign in (1, -1):
            inner, outer = (slice(None, -1), slice(1, None))[::sign]
            i, j = np.nonzero(inside[inner] & ~inside[outer])
            i0, i1 = (i, i + 1) if sign == 1 else (i + 1, i)
            share = (field[i0, j] - melting) / (field[i0, j] - field[i1, j])
            crossed = at[i0] + np.clip(share, 0.0, 1.0) * (at[i1] - at[i0])
            px.append(crossed if axis == 0 else other[j])
            py.append(other[j] if axis == 0 else crossed)
    i, j = np.nonzero(hot)
    return np.concatenate([*px, x[i]]), np.concatenate([*py, y[j]])
