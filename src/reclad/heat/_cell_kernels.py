"""Conservative enthalpy conduction on `[axial][row][around]` cells: plain arrays, SI.

    dH/dt = div(grad theta),   theta(H) = integral of k dT        (Kirchhoff 1894; Voller 1987)

H J/m3 is counted from shop temperature, so metal added at shop temperature brings none. Round and
flat bodies differ in their conductances only: `around` runs round the part or along a track,
`row` outwards or upwards, `axial` along the axis or across the tracks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

FAST = {"contract", "nsz", "reassoc"}


class Cells(NamedTuple):
    """Cells at rest. first, around (rows,): where a row's cells lie in a slice and how many it has;
    each row has one ghost before and one after. closed: 1 a whole turn, 0 insulated ends.
    top (slices,): outermost row. Per slice and row: inverse m-3 of the cell volume; face area over
    distance, m: beside (to the next cell around), outward (per cell of the finer row), along
    (slices + 1, to the slice before). bare (slices, rows) m2 of a cell's faces open to the air at
    the ends and shoulders; bore (slices,) m2 of an innermost cell's inner face."""

    first: np.ndarray
    around: np.ndarray
    closed: int
    top: np.ndarray
    inverse: np.ndarray
    beside: np.ndarray
    outward: np.ndarray
    along: np.ndarray
    bare: np.ndarray
    bore: np.ndarray


class Skin(NamedTuple):
    """The outermost cells, which grow as metal is laid; (slices, cells + 2) with ghosts. thick m;
    the rest as in Cells, `inward` to the row below; `along` (slices + 2, cells + 2, last 0) with
    `fixed` (slices + 1,) 1 where a shoulder fixes it. inner (slices,) m radius (flat: 0), below
    (slices,) m thickness of the row beneath (0: none), pitch_around (slices,) rad or m, pitch_axial
    and gap_axial (slices,), (slices + 1,) m: size and centre distance. flat: 1 or 0."""

    thick: np.ndarray
    inverse: np.ndarray
    beside: np.ndarray
    inward: np.ndarray
    along: np.ndarray
    fixed: np.ndarray
    inner: np.ndarray
    below: np.ndarray
    around: np.ndarray
    axial: np.ndarray
    gap: np.ndarray
    flat: int


class Metal(NamedTuple):
    """Curves of a metal over enthalpy, tabulated from `low` J/m3 in steps of 1 / `fine`:
    temperature K, conductivity W/m/K, and theta W/m as base + rise x, x counting steps from low."""

    low: float
    fine: float
    temperature: np.ndarray
    conductivity: np.ndarray
    base: np.ndarray
    rise: np.ndarray


class Air(NamedTuple):
    """What takes heat away. film W/m2/K and emissivity of outer and bare faces, ambient K; faces
    hotter than `glow` K lose as at glow; the gas
    jet adds `jet` W/m2/K within `reach` m of the nozzle; bore_film (slices,) W/m2/K to a medium
    that enters at bore_inlet K and whose flow carries bore_flow W/K (0: stays as it is).
    clasp (slices,) which contact holds a slice (-1 none), clasp_film, clasp_capacity J/K and
    clasp_loss W/K of each contact."""

    film: float
    emissivity: float
    ambient: float
    glow: float
    jet: float
    reach: float
    bore_film: np.ndarray
    bore_inlet: float
    bore_flow: float
    clasp: np.ndarray
    clasp_film: np.ndarray
    clasp_capacity: np.ndarray
    clasp_loss: np.ndarray


class Drive(NamedTuple):
    """What the head does. Nodes (nodes,): time s, axial m, turned rad (flat: m along). Blocks
    (nodes - 1,): lit 0 or 1, power W (read where law_power is empty), clad m3/s of metal laid.
    share of the power absorbed; law over interpass K; spot (k, 4): share, along m, across m,
    sigma m; ahead m and radius (nodes,) m to look for interpass. gate (blocks,) 1 where the head
    stands still, beam off, when interpass is over `above` K, until it is down to `below` K."""

    time: np.ndarray
    axial: np.ndarray
    turned: np.ndarray
    lit: np.ndarray
    power: np.ndarray
    clad: np.ndarray
    share: float
    law_interpass: np.ndarray
    law_power: np.ndarray
    spot: np.ndarray
    ahead: float
    radius: np.ndarray
    gate: np.ndarray
    above: float
    below: float


class Grid(NamedTuple):
    """Where cells are: axial edges (slices + 1,) m; around edges start at 0 with `step` (rad or m)
    in the skin of every slice (slices,)."""

    axial: np.ndarray
    step: np.ndarray


@njit(cache=True, fastmath=FAST)
def kirchhoff(
    low: float, fine: float, base: np.ndarray, rise: np.ndarray, enthalpy: np.ndarray,
    theta: np.ndarray, place: np.uint64,
) -> None:  # fmt: skip
    """theta (from `place`) W/m of enthalpy (n,) J/m3, straight between the table's steps."""
    last = base.size - 2.0
    for i in range(np.uint64(enthalpy.size)):
        x = (enthalpy[i] - low) * fine
        k = np.uint64(min(max(x, 0.0), last))
        theta[place + i] = base[k] + x * rise[k]


@njit(cache=True, fastmath=FAST, inline="always")
def read(table: np.ndarray, low: float, fine: float, h: float) -> float:
    """A table over enthalpy (from `low` J/m3 in steps of 1 / `fine`) at h, straight between."""
    x = (h - low) * fine
    k = np.int32(min(max(x, 0.0), table.size - 2.0))
    return float(table[k] + (x - k) * (table[k + 1] - table[k]))


@njit(cache=True)
def temperature_of(metal: Metal, h: float) -> float:
    """T (K) of enthalpy h (J/m3)."""
    return read(metal.temperature, metal.low, metal.fine, h)


@njit(cache=True, fastmath=FAST)
def _ghosts(
    first: np.ndarray, around: np.ndarray, closed: int, theta: np.ndarray, place: int
) -> None:
    """Close each row of the slice that begins at `place` on itself, or insulate its ends."""
    for r in range(first.size):
        a, n = place + first[r], around[r]
        if closed == 1:
            theta[a - 1], theta[a + n] = theta[a + n - 1], theta[a]
        else:
            theta[a - 1], theta[a + n] = theta[a], theta[a + n - 1]


@njit(cache=True, fastmath=FAST)
def _update_row(
    h: np.ndarray, p: np.uint64, theta: np.ndarray, q: np.uint64, width: np.uint64,
    d: np.uint64, o: np.uint64, cells: int, finer: float, inverse: float, beside: float,
    inward: float, outward: float, low: float, high: float,
) -> None:  # fmt: skip
    """One row at rest: h from place p, theta from q; theta of the rows below and above from d and
    o (above: sum over `finer` 1 or 2 cells), of the slices beside it `width` before and after.
    Conductances m; `inverse` holds dt. Places are unsigned, or the loop would not vectorise."""
    one = np.uint64(1)
    for j in range(np.uint64(cells)):
        i = q + j
        c = theta[i]
        h[p + j] += inverse * (
            beside * (theta[i - one] + theta[i + one] - 2.0 * c)
            + inward * (theta[d + j] - c)
            + outward * (theta[o + j] - finer * c)
            + low * (theta[i - width] - c)
            + high * (theta[i + width] - c)
        )


@njit(cache=True, fastmath=FAST)
def _update_skin(
    h: np.ndarray, p: np.uint64, theta: np.ndarray, q: np.uint64, width: np.uint64,
    d: np.uint64, cells: int, s: np.uint64, inverse: np.ndarray, beside: np.ndarray,
    inward: np.ndarray, along: np.ndarray, low: np.uint64, high: np.uint64, dt: float,
) -> None:  # fmt: skip
    """The outermost row of a slice, as _update_row; conductances by cell, ghost first, from place
    s; those towards the slices beside it from low and high."""
    one = np.uint64(1)
    for j in range(np.uint64(cells)):
        i = q + j
        k = s + j + one
        c = theta[i]
        h[p + j] += (dt * inverse[k]) * (
            beside[k] * (theta[i + one] - c)
            + beside[k - one] * (theta[i - one] - c)
            + inward[k] * (theta[d + j] - c)
            + along[low + j + one] * (theta[i - width] - c)
            + along[high + j + one] * (theta[i + width] - c)
        )


@njit(cache=True, fastmath=FAST)
def _update_below(
    h: np.ndarray, p: np.uint64, theta: np.ndarray, q: np.uint64, o: np.uint64, cells: int,
    finer: int, inward: np.ndarray, s: np.uint64, inverse: float,
) -> None:  # fmt: skip
    """What the row beneath the skin (h from p, theta from q) gets from it (theta from o, its
    conductances from s, ghost first); `inverse` holds dt."""
    one = np.uint64(1)
    if finer == 1:
        for j in range(np.uint64(cells)):
            h[p + j] += inverse * inward[s + j + one] * (theta[o + j] - theta[q + j])
    else:
        for j in range(np.uint64(cells)):
            c = 0.75 * theta[q + j]
            k = s + j + j + one
            i = o + j + j
            h[p + j] += inverse * (
                inward[k] * (theta[i] - c - 0.25 * theta[q + j - one])
                + inward[k + one] * (theta[i + one] - c - 0.25 * theta[q + j + one])
            )


@njit(cache=True, fastmath=FAST)
def _drain(h: np.ndarray, drain: np.ndarray, p: np.uint64, cells: int, inverse: float) -> None:
    """Take what a row at rest loses, W; `inverse` holds dt."""
    for j in range(np.uint64(cells)):
        h[p + j] -= inverse * drain[p + j]


@njit(cache=True, fastmath=FAST)
def _drain_skin(
    h: np.ndarray,
    drain: np.ndarray,
    p: np.uint64,
    cells: int,
    inverse: np.ndarray,
    s: np.uint64,
    dt: float,
) -> None:
    """Take what the outermost row of a slice loses, W."""
    one = np.uint64(1)
    for j in range(np.uint64(cells)):
        h[p + j] -= (dt * inverse[s + j + one]) * drain[p + j]


@njit(cache=True, fastmath=FAST)
def conduct(
    cells: Cells, skin: Skin, metal: Metal, slabs: np.ndarray, theta: np.ndarray,
    drains: np.ndarray, inside: bool, dt: float,
) -> None:  # fmt: skip
    """One explicit step of conduction and losses.

    slabs (slices, width) J/m3; theta (slices + 4, width) W/m: a slice of zeros before and after the
    body, two of scratch; drains (slices, width) W lost; inside: whether the bore loses anything.
    Flat arrays and places instead of views: taking a view costs as much as ten cells.
    """
    first, around, tops = cells.first, cells.around, cells.top
    inverses, besides, outwards, alongs = cells.inverse, cells.beside, cells.outward, cells.along
    bare = cells.bare
    slices, width = slabs.shape
    stride = skin.inverse.shape[1]
    h, th, drain = slabs.reshape(-1), theta.reshape(-1), drains.reshape(-1)
    skin_inverse, skin_beside = skin.inverse.reshape(-1), skin.beside.reshape(-1)
    skin_inward, skin_along = skin.inward.reshape(-1), skin.along.reshape(-1)
    doubled, summed = (slices + 2) * width, (slices + 3) * width
    nothing = (slices + 1) * stride
    kirchhoff(metal.low, metal.fine, metal.base, metal.rise, h, th, np.uint64(width))
    for z in range(slices):
        _ghosts(first, around, cells.closed, th, (z + 1) * width)
    for z in range(slices):
        top = tops[z]
        here = (z + 1) * width
        s = np.uint64(z * stride)
        for r in range(top + 1):
            n = around[r]
            p, q = np.uint64(z * width + first[r]), np.uint64(here + first[r])
            d, inward = q, 0.0
            if r > 0:
                d = np.uint64(here + first[r - 1])
                inward = outwards[z, r - 1]
                if around[r - 1] != n:
                    # A wider cell is met where the finer one lies: a quarter of it off its middle.
                    for i in range(n // 2):
                        b = here + first[r - 1] + i
                        th[doubled + 2 * i] = 0.75 * th[b] + 0.25 * th[b - 1]
                        th[doubled + 2 * i + 1] = 0.75 * th[b] + 0.25 * th[b + 1]
                    d = np.uint64(doubled)
            if r == top:
                # Towards a lower neighbour a shoulder's outermost row is bare.
                low = z * stride if z == 0 or tops[z - 1] >= top else nothing
                high = (z + 1) * stride if z == slices - 1 or tops[z + 1] >= top else nothing
                _update_skin(
                    h, p, th, q, np.uint64(width), d, n, s, skin_inverse, skin_beside, skin_inward,
                    skin_along, np.uint64(low), np.uint64(high), dt,
                )  # fmt: skip
                _drain_skin(h, drain, p, n, skin_inverse, s, dt)
                continue
            inverse = dt * inverses[z, r]
            o, outward = q, 0.0
            finer = around[r + 1] // n
            if r + 1 == top:
                o = np.uint64(here + first[r + 1])
                _update_below(h, p, th, q, o, n, finer, skin_inward, s, inverse)
                finer = 1
            else:
                outward = outwards[z, r]
                o = np.uint64(here + first[r + 1])
                if finer == 2:
                    for i in range(n):
                        b = here + first[r + 1] + 2 * i
                        c = here + first[r] + i
                        bent = 0.5 * th[c] - 0.25 * (th[c - 1] + th[c + 1])
                        th[summed + i] = th[b] + th[b + 1] + bent
                    o = np.uint64(summed)
            _update_row(
                h, p, th, q, np.uint64(width), d, o, n, float(finer), inverse, besides[z, r],
                inward, outward, alongs[z, r], alongs[z + 1, r],
            )  # fmt: skip
            if bare[z, r] > 0.0 or (inside and r == 0):
                _drain(h, drain, p, n, inverse)


@njit(cache=True)
def shape_skin(skin: Skin, z: int, i: int, closed: int, n: int) -> None:
    """Volume and conductances of one skin cell (1-based, within ghosts) after it grew."""
    t = skin.thick[z, i]
    step, width, inner = skin.around[z], skin.axial[z], skin.inner[z]
    if skin.flat == 1:
        area, arc = step * width, step
        skin.inverse[z, i] = 1.0 / (area * t)
        if skin.below[z] > 0.0:
            skin.inward[z, i] = area / (0.5 * (t + skin.below[z]))
    else:
        middle = inner + 0.5 * t
        arc = step * middle
        skin.inverse[z, i] = 1.0 / (arc * width * t)
        if skin.below[z] > 0.0:
            skin.inward[z, i] = step * width * inner / (0.5 * (t + skin.below[z]))
    for j in (i - 1, i):
        a, b = j, j + 1
        if a == 0:
            if closed == 0:
                continue
            a = n
        if b == n + 1:
            if closed == 0:
                continue
            b = 1
        ta, tb = skin.thick[z, a], skin.thick[z, b]
        mean = 2.0 * ta * tb / (ta + tb)
        distance = step if skin.flat == 1 else step * (inner + 0.5 * mean)
        value = mean * width / distance
        skin.beside[z, a] = value
        if closed == 1 and a == n:
            skin.beside[z, 0] = value
    for face in (z, z + 1):
        if face == 0 or face == skin.fixed.size - 1 or skin.fixed[face] == 1:
            continue
        ta, tb = skin.thick[face - 1, i], skin.thick[face, i]
        mean = 2.0 * ta * tb / (ta + tb)
        length = step if skin.flat == 1 else step * (inner + 0.5 * mean)
        skin.along[face, i] = mean * length / skin.gap[face]


@njit(cache=True)
def total_heat(cells: Cells, skin: Skin, h: np.ndarray) -> float:
    """Heat J in the body over shop temperature."""
    total = 0.0
    for z in range(h.shape[0]):
        for r in range(cells.top[z] + 1):
            a, n = cells.first[r], cells.around[r]
            part = 0.0
            for i in range(n):
                if r == cells.top[z]:
                    part += h[z, a + i] / skin.inverse[z, i + 1]
                else:
                    part += h[z, a + i]
            total += part if r == cells.top[z] else part / cells.inverse[z, r]
    return total


@njit(cache=True)
def shape_all(cells: Cells, skin: Skin) -> None:
    """Shape every skin cell at its thickness."""
    for z in range(cells.top.size):
        n = cells.around[cells.top[z]]
        for i in range(1, n + 1):
            shape_skin(skin, z, i, cells.closed, n)


@njit(cache=True)
def slice_at(edges: np.ndarray, axial: float) -> int:
    """The slice that `axial` m lies in; the end slices reach beyond."""
    z = int(np.searchsorted(edges, axial)) - 1
    return min(max(z, 0), edges.size - 2)
