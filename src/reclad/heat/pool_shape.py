"""The shape of a melt pool in a field of temperatures, by isotherms between cells."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reclad.heat.grid import Mesh

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PoolShape:
    """width, depth, length m of the melting isotherm; gradient K/m at the surface tail, where
    the front freezes at travel speed, and cooling K/s there; hottest K (of conduction alone: no
    vapour, no flow). All 0 where nothing melts."""

    width: float
    depth: float
    length: float
    gradient: float
    cooling: float
    hottest: float

    @classmethod
    def mean(cls, shapes: Sequence[PoolShape]) -> Self:
        """The average of shapes taken close to one another."""
        return cls(*(float(np.mean([getattr(s, f.name) for s in shapes])) for f in fields(cls)))


def measure_pool(
    mesh: Mesh,
    field: NDArray[np.floating],
    melting: float,
    axial: float,
    travel_speed: float,
    forwards: int = 1,
) -> PoolShape:
    """The pool on the surface nearest `axial` m in field (slices, width) K.

    Temperatures at the surface come from the three rows below it, isotherms from straight lines
    between cells. forwards: 1 where the beam moves towards growing cells, -1 against.
    """
    z = int(np.clip(np.searchsorted(mesh.grid.axial, axial) - 1, 0, mesh.cells.top.size - 1))
    top = int(mesh.cells.top[z])
    level = mesh.cells.top == top
    low, high = z, z
    while low > 0 and level[low - 1]:
        low -= 1
    while high < level.size - 1 and level[high + 1]:
        high += 1
    part = slice(low, high + 1)
    block, below = _rows(mesh, field, part, top)
    arc = float(mesh.skin.around[z]) * (
        1.0 if mesh.flat else float(mesh.skin.inner[z] + mesh.skin.thick[z, 1])
    )
    surface = _at_surface(block)
    edges = mesh.grid.axial[low : high + 2]
    centre = 0.5 * (edges[1:] + edges[:-1])
    ridge = _crest(surface)
    peak = int(ridge.argmax())
    if surface.max() <= melting:
        return PoolShape(0.0, 0.0, 0.0, 0.0, 0.0, float(ridge[peak]))
    front, rear = _crossings(ridge, melting, peak)
    widths = np.zeros((ridge.size, 1))
    for i in np.flatnonzero(surface.max(axis=0) > melting):
        widths[i] = _extent(centre, surface[:, i], melting)
    deepest = _deepest(surface, block)
    depth = _first_below(np.concatenate(([0.0], below)), deepest, melting)
    tail = rear if forwards > 0 else front
    gradient = abs(_slope(ridge, tail)) / arc
    return PoolShape(
        width=float(_crest(widths)[0]),
        depth=depth,
        length=(front - rear) * arc,
        gradient=gradient,
        cooling=travel_speed * gradient,
        hottest=float(ridge[peak]),
    )


def isotherm_depths(mesh: Mesh, hottest: NDArray[np.floating], levels: Sequence[float]) -> Floats:
    """How deep (m) under the highest surface each of `levels` (K, nan allowed) reaches in hottest
    (slices, width) K, the highest temperature each cell has seen; nan where the level is nan."""
    top = int(mesh.cells.top[0])
    block, below = _rows(mesh, hottest, mesh.cells.top == top, top)
    deepest = _deepest(_at_surface(block), block)
    down = np.concatenate(([0.0], below))
    return np.array([np.nan if np.isnan(t) else _first_below(down, deepest, t) for t in levels])


def surface_line(mesh: Mesh, field: NDArray[np.floating], axial: float) -> Floats:
    """Temperature (cells,) K at the surface along the slice nearest `axial` m."""
    z = int(np.clip(np.searchsorted(mesh.grid.axial, axial) - 1, 0, mesh.cells.top.size - 1))
    block, _ = _rows(mesh, field, slice(z, z + 1), int(mesh.cells.top[z]))
    return np.asarray(_at_surface(block)[0])


def _rows(
    mesh: Mesh, field: NDArray[np.floating], part: slice | NDArray[np.bool_], top: int
) -> tuple[Floats, Floats]:
    """Rows from the surface down, (rows, slices, cells), and how deep (rows,) m their centres lie;
    as many rows as have the surface's cell count."""
    cells, n = mesh.cells, int(mesh.cells.around[top])
    taken = [r for r in range(top, -1, -1) if cells.around[r] == n]
    block = np.stack([field[part, cells.first[r] : cells.first[r] + n] for r in taken])
    middle = 0.5 * (mesh.rows[1:] + mesh.rows[:-1])
    return block.astype(np.float64), mesh.rows[top + 1] - middle[taken]


def _at_surface(block: Floats) -> Floats:
    """The parabola through three even rows, at the surface."""
    return np.asarray((15.0 * block[0] - 10.0 * block[1] + 3.0 * block[2]) / 8.0)


def _deepest(surface: Floats, block: Floats) -> Floats:
    """Hottest of the surface and of each row below it, (1 + rows,)."""
    return np.array([_crest(_crest(row)[:, None])[0] for row in (surface, *block)])


def _crest(values: Floats) -> Floats:
    """Largest of values (n, m) over the first axis, (m,): the top of the parabola through the
    largest and its neighbours, so that it does not matter where between cells the crest lies."""
    n, m = values.shape
    top = values.argmax(axis=0)
    column = np.arange(m)
    inside = (top > 0) & (top < n - 1)
    b = values[top, column]
    a, c = values[np.maximum(top - 1, 0), column], values[np.minimum(top + 1, n - 1), column]
    bent = a - 2.0 * b + c
    return np.asarray(
        b
        - np.where(inside & (bent < 0.0), (a - c) ** 2 / np.where(bent < 0.0, 8.0 * bent, 1.0), 0.0)
    )


def _crossings(ridge: Floats, level: float, peak: int) -> tuple[float, float]:
    """Where (cells, fractions of one) the ridge falls through level ahead of and behind its peak;
    the ridge may run round."""
    n = ridge.size
    place = np.arange(-1.0, 3.0)
    ahead = next(k for k in range(1, n) if ridge[(peak + k) % n] <= level)
    behind = next(k for k in range(1, n) if ridge[(peak - k) % n] <= level)
    forth = ridge[(peak + ahead - 1 + place.astype(int)) % n]
    back = ridge[(peak - behind + 1 - place.astype(int)) % n]
    front = peak + ahead - 1 + _cross(place, forth, 1, level)
    return front, peak - behind + 1 - _cross(place, back, 1, level)


def _extent(place: Floats, value: Floats, level: float) -> float:
    """Distance between the outermost crossings of level; to the last place where it is never
    crossed."""
    over = np.flatnonzero(value > level)
    i, j = int(over[0]), int(over[-1])
    left = _cross(-place[::-1], value[::-1], value.size - 1 - i, level) if i > 0 else -place[0]
    right = _cross(place, value, j, level) if j < value.size - 1 else place[-1]
    return float(left + right)


def _first_below(depth: Floats, value: Floats, level: float) -> float:
    """Depth at which value, from the surface down, first falls through level."""
    under = np.flatnonzero(value <= level)
    if under.size == 0:
        return float(depth[-1])
    i = int(under[0])
    return _cross(depth, value, i - 1, level) if i else 0.0


def _cross(x: Floats, y: Floats, i: int, level: float) -> float:
    """Where, between x[i] and x[i + 1], y falls through level on the monotone cubic through its
    neighbours (Fritsch, Carlson 1980): straight lines would wobble with the cells."""
    h, fall = float(x[i + 1] - x[i]), float(y[i + 1] - y[i])
    start = _tangent(x, y, i) * h if i > 0 else fall
    end = _tangent(x, y, i + 1) * h if i + 2 < x.size else fall
    low, high = 0.0, 1.0
    for _ in range(40):
        t = 0.5 * (low + high)
        value = (
            float(y[i])
            + start * t * (1.0 - t) ** 2
            + fall * t * t * (3.0 - 2.0 * t)
            - end * t * t * (1.0 - t)
        )
        low, high = (t, high) if value > level else (low, t)
    return float(x[i]) + 0.5 * (low + high) * h


def _tangent(x: Floats, y: Floats, i: int) -> float:
    """Slope of the monotone cubic at x[i]: the weighted harmonic mean of those beside it."""
    h0, h1 = float(x[i] - x[i - 1]), float(x[i + 1] - x[i])
    d0, d1 = float(y[i] - y[i - 1]) / h0, float(y[i + 1] - y[i]) / h1
    if d0 * d1 <= 0.0:
        return 0.0
    w0, w1 = 2.0 * h1 + h0, h1 + 2.0 * h0
    return (w0 + w1) / (w0 / d0 + w1 / d1)


def _slope(ridge: Floats, place: float) -> float:
    """Change of the ridge per cell at a place: straight between the middles of two spans, so that
    it does not jump from cell to cell."""
    n = ridge.size
    i = int(np.floor(place - 0.5))
    near, far = (float(ridge[(k + 1) % n] - ridge[k % n]) for k in (i, i + 1))
    share = place - 0.5 - i
    return near * (1.0 - share) + far * share
