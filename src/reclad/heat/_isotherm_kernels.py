"""Where an isotherm of moving sources ends, far below any grid: plain arrays, SI.

A coarse grid about the beam finds which part of the surface is hot and joined to the beam; from
its outermost point in each direction d the isotherm is followed to where it turns back: where the
rise equals the level and has no slope across d (Newton on the exact sums).

nodes (M, 7) and faces (3, 2) are those of `_source_kernels`; the surface is z = faces[2, 1].
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.heat._source_kernels import fill_axis, look_closely

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "c7f97fd723138700"

_MOST = 160  # grid points along a side; a larger pool is seen on a coarser grid
_GROWTHS = 60


@njit(cache=True)
def pool_extents(
    nodes: np.ndarray,
    faces: np.ndarray,
    beam: np.ndarray,
    ahead: np.ndarray,
    level: float,
    step: float,
    reach: float,
    out: np.ndarray,
) -> None:
    """Melt pool under the beam: fills out (5,) with width, length, depth (m), the highest rise (K)
    of the surface near the beam, and 1 where no end of the pool was found (else 0).

    beam (2,) m and ahead (2,) unit vector of travel; level K of the isotherm; step m of the coarse
    grid; reach m: the search looks this far about the beam, then on for as long as the pool does.
    Pools apart from the one nearest the beam are not counted.
    """
    out[:] = 0.0
    if nodes.shape[0] == 0:
        return
    window = np.empty((2, 2))
    for k in range(2):
        window[k, 0] = max(beam[k] - reach, faces[k, 0])
        window[k, 1] = min(beam[k] + reach, faces[k, 1])
    for growth in range(_GROWTHS + 1):
        widest = max(window[0, 1] - window[0, 0], window[1, 1] - window[1, 0])
        step = max(step, widest / _MOST)
        x, y = _ruler(window[0], step), _ruler(window[1], step)
        rise, gx, gy = _surface(nodes, faces, x, y)
        hot = _joined(rise > level, x, y, beam)
        if not _widen(window, faces, hot):
            break
        if growth == _GROWTHS:
            out[4] = 1.0
            return
    summit = _summit(nodes, faces, x, y, rise, step)
    out[3] = summit[3]
    if summit[3] <= level:
        return
    ends = np.empty(4)
    for side in range(4):
        sign = 1.0 if side % 2 == 0 else -1.0
        dx, dy = (ahead[0], ahead[1]) if side < 2 else (-ahead[1], ahead[0])
        start = _outermost(nodes, faces, x, y, hot, sign * dx, sign * dy, summit, level, step)
        ends[side] = _end(nodes, faces, start, sign * dx, sign * dy, level, step)
    out[0] = ends[2] + ends[3]
    out[1] = ends[0] + ends[1]
    out[2] = _depth(nodes, faces, x, y, hot, gx, gy, summit, level, 0.5 * step)


@njit(cache=True)
def _ruler(ends: np.ndarray, step: float) -> np.ndarray:
    count = max(math.ceil((ends[1] - ends[0]) / step), 2) + 1
    return np.linspace(ends[0], ends[1], count)


@njit(cache=True)
def _surface(
    nodes: np.ndarray, faces: np.ndarray, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rise (x, y) K of the surface, and what each node gives along x (M, x) and y (M, y)."""
    gx, gy = np.empty((nodes.shape[0], x.size)), np.empty((nodes.shape[0], y.size))
    gz = np.empty((nodes.shape[0], 1))
    fill_axis(x, nodes, 0, faces, gx)
    fill_axis(y, nodes, 1, faces, gy)
    fill_axis(faces[2, 1:], nodes, 2, faces, gz)
    rise = np.zeros((x.size, y.size))
    for m in range(nodes.shape[0]):
        for i in range(x.size):
            share = nodes[m, 0] * gz[m, 0] * gx[m, i]
            for j in range(y.size):
                rise[i, j] += share * gy[m, j]
    return rise, gx, gy


@njit(cache=True)
def _joined(hot: np.ndarray, x: np.ndarray, y: np.ndarray, beam: np.ndarray) -> np.ndarray:
    """Of the hot points (x, y) those joined to the one nearest the beam, corner neighbours too."""
    best, first_i, first_j = math.inf, -1, -1
    for i in range(x.size):
        for j in range(y.size):
            away = (x[i] - beam[0]) ** 2 + (y[j] - beam[1]) ** 2
            if hot[i, j] and away < best:
                best, first_i, first_j = away, i, j
    found = np.zeros(hot.shape, np.bool_)
    if first_i < 0:
        return found
    stack = np.empty((hot.size, 2), np.int64)
    stack[0, 0], stack[0, 1] = first_i, first_j
    found[first_i, first_j] = True
    height = 1
    while height > 0:
        height -= 1
        here_i, here_j = stack[height, 0], stack[height, 1]
        for i in range(max(here_i - 1, 0), min(here_i + 2, x.size)):
            for j in range(max(here_j - 1, 0), min(here_j + 2, y.size)):
                if hot[i, j] and not found[i, j]:
                    found[i, j] = True
                    stack[height, 0], stack[height, 1] = i, j
                    height += 1
    return found


@njit(cache=True)
def _widen(window: np.ndarray, faces: np.ndarray, hot: np.ndarray) -> bool:
    """Move the sides of the window (2, 2) that the pool touches; False where it touches none."""
    touched = np.zeros((2, 2), np.bool_)
    touched[0, 0], touched[0, 1] = hot[0].any(), hot[-1].any()
    touched[1, 0], touched[1, 1] = hot[:, 0].any(), hot[:, -1].any()
    moved = False
    for k in range(2):
        span = window[k, 1] - window[k, 0]
        if touched[k, 0] and window[k, 0] > faces[k, 0]:
            window[k, 0] = max(window[k, 0] - 0.5 * span, faces[k, 0])
            moved = True
        if touched[k, 1] and window[k, 1] < faces[k, 1]:
            window[k, 1] = min(window[k, 1] + 0.5 * span, faces[k, 1])
            moved = True
    return moved


@njit(cache=True)
def _summit(
    nodes: np.ndarray,
    faces: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    rise: np.ndarray,
    step: float,
) -> np.ndarray:
    """x, y, z (m) and rise (K) of the hottest point of the surface: the grid's, then Newton."""
    at = rise.argmax()
    best = np.array([x[at // y.size], y[at % y.size], faces[2, 1], rise.max()])
    point, seen = best[:3].copy(), np.empty(10)
    for _ in range(8):
        look_closely(point, nodes, faces, seen)
        if seen[0] > best[3]:
            best[:3], best[3] = point, seen[0]
        det = seen[4] * seen[5] - seen[7] * seen[7]
        if not (det > 0.0 and seen[4] < 0.0):
            break
        move_x = -(seen[5] * seen[1] - seen[7] * seen[2]) / det
        move_y = -(seen[4] * seen[2] - seen[7] * seen[1]) / det
        if max(abs(move_x), abs(move_y)) > step:
            break
        point[0] = min(max(point[0] + move_x, faces[0, 0]), faces[0, 1])
        point[1] = min(max(point[1] + move_y, faces[1, 0]), faces[1, 1])
    return best


@njit(cache=True)
def _outermost(
    nodes: np.ndarray,
    faces: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    hot: np.ndarray,
    dx: float,
    dy: float,
    summit: np.ndarray,
    level: float,
    step: float,
) -> np.ndarray:
    """The hot point (3,) m whose ray along (dx, dy) leaves the pool farthest out, as its rise and
    slope foretell; the summit where the grid has no hot point."""
    point, here, seen = summit[:3].copy(), summit[:3].copy(), np.empty(10)
    edge = -math.inf
    for i in range(x.size):
        for j in range(y.size):
            if hot[i, j]:
                edge = max(edge, dx * x[i] + dy * y[j])
    best = -math.inf
    for i in range(x.size):
        for j in range(y.size):
            if hot[i, j] and dx * x[i] + dy * y[j] > edge - 1.1 * step:
                here[0], here[1] = x[i], y[j]
                look_closely(here, nodes, faces, seen)
                slope = dx * seen[1] + dy * seen[2]
                left = min((seen[0] - level) / -slope, 2.0 * step) if slope < 0.0 else 2.0 * step
                if dx * x[i] + dy * y[j] + left > best:
                    best = dx * x[i] + dy * y[j] + left
                    point[:] = here
    return point


@njit(cache=True)
def _end(
    nodes: np.ndarray,
    faces: np.ndarray,
    start: np.ndarray,
    dx: float,
    dy: float,
    level: float,
    step: float,
) -> float:
    """How far along (dx, dy) the isotherm reaches (m, from the origin of the coordinates), found
    from a hot point `start` near there."""
    along = np.array([dx, dy, 0.0])
    limit = math.inf
    for k in range(2):
        if along[k] != 0.0:
            wall = faces[k, 1] if along[k] > 0.0 else faces[k, 0]
            limit = min(limit, (wall - start[k]) / along[k])
    r, point, seen = _crossing(nodes, faces, start, along, level, step, limit)
    crossed = dx * point[0] + dy * point[1]
    if r >= limit:
        return float(crossed)
    for _ in range(20):
        look_closely(point, nodes, faces, seen)
        slope, across = dx * seen[1] + dy * seen[2], dx * seen[2] - dy * seen[1]
        bend = dx * dx * seen[5] + dy * dy * seen[4] - 2.0 * dx * dy * seen[7]
        twist = dx * dy * (seen[5] - seen[4]) + (dx * dx - dy * dy) * seen[7]
        det = slope * bend - across * twist
        if not (slope < 0.0 and bend < 0.0 and det > 0.0):
            break
        miss = seen[0] - level
        out, aside = (across * across - bend * miss) / det, (twist * miss - slope * across) / det
        shorter = min(1.0, step / max(abs(out), abs(aside), 1e-300))
        point[0] += shorter * (dx * out - dy * aside)
        point[1] += shorter * (dy * out + dx * aside)
        if abs(out) + abs(aside) < 1e-6 * step:
            return float(max(crossed, dx * point[0] + dy * point[1]))
    return float(crossed)


@njit(cache=True)
def _crossing(
    nodes: np.ndarray,
    faces: np.ndarray,
    start: np.ndarray,
    along: np.ndarray,
    level: float,
    step: float,
    limit: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Distance (m), point (3,) and what is seen there (10,) of the isotherm on the ray `along` from
    a hot `start`; the wall at `limit` where the metal is hot up to there."""
    seen, point = np.empty(10), start.copy()
    low, high = 0.0, min(step, limit)
    while True:
        point[:] = start + high * along
        look_closely(point, nodes, faces, seen)
        if seen[0] <= level:
            break
        if high >= limit:
            return limit, point, seen
        low, high = high, min(2.0 * high, limit)
    r = high
    for _ in range(60):
        slope = along[0] * seen[1] + along[1] * seen[2] + along[2] * seen[3]
        r = r - (seen[0] - level) / slope if slope < 0.0 else 0.5 * (low + high)
        if not low < r < high:
            r = 0.5 * (low + high)
        point[:] = start + r * along
        look_closely(point, nodes, faces, seen)
        if seen[0] > level:
            low = r
        else:
            high = r
        if abs(seen[0] - level) < 1e-7 * level or high - low < 1e-9 * step:
            break
    return r, point, seen


@njit(cache=True)
def _depth(
    nodes: np.ndarray,
    faces: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    hot: np.ndarray,
    gx: np.ndarray,
    gy: np.ndarray,
    summit: np.ndarray,
    level: float,
    step: float,
) -> float:
    """Greatest depth (m) of the isotherm; the thickness where it melts through."""
    top, bottom = faces[2, 1], faces[2, 0]
    columns = np.argwhere(hot)
    start, kept = summit[:3].copy(), columns.shape[0]
    layer, gz, z = np.empty(1), np.empty((nodes.shape[0], 1)), top
    while kept > 0 and z > bottom:
        z = max(z - step, bottom)
        layer[0] = z
        fill_axis(layer, nodes, 2, faces, gz)
        left, best = 0, level
        for n in range(kept):
            i, j = columns[n]
            rise = 0.0
            for m in range(nodes.shape[0]):
                rise += nodes[m, 0] * gz[m, 0] * gx[m, i] * gy[m, j]
            if rise > level:
                columns[left, 0], columns[left, 1] = i, j
                left += 1
                if rise > best:
                    best = rise
                    start[0], start[1], start[2] = x[i], y[j], z
        kept = left
    down = np.array([0.0, 0.0, -1.0])
    limit = start[2] - bottom
    if limit <= 0.0:
        return float(top - bottom)
    r, point, seen = _crossing(nodes, faces, start, down, level, step, limit)
    crossed = top - point[2]
    if r >= limit:
        return float(top - bottom)
    jacobian, miss = np.empty((3, 3)), np.empty(3)
    for _ in range(12):
        look_closely(point, nodes, faces, seen)
        jacobian[0] = seen[1:4]
        jacobian[1, 0], jacobian[1, 1], jacobian[1, 2] = seen[4], seen[7], seen[8]
        jacobian[2, 0], jacobian[2, 1], jacobian[2, 2] = seen[7], seen[5], seen[9]
        if not (seen[4] < 0.0 and seen[4] * seen[5] > seen[7] ** 2 and seen[3] > 0.0):
            break
        miss[0], miss[1], miss[2] = level - seen[0], -seen[1], -seen[2]
        move = np.linalg.solve(jacobian, miss)
        point += move
        if ((point - start) ** 2).sum() > 36.0 * step * step:
            break
        if np.abs(move).sum() < 1e-6 * step:
            return float(max(crossed, top - point[2]))
    return float(crossed)
