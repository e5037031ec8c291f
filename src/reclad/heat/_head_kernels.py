"""What the head brings: heat and metal to the cells under the beam; plain arrays, SI."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.heat._cell_kernels import (
    Cells,
    Drive,
    Grid,
    Metal,
    Skin,
    shape_skin,
    slice_at,
    temperature_of,
)

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "43e3b77bf3399502"

_SQRT2 = math.sqrt(2.0)


@njit(cache=True)
def _spread(edge0: float, edge1: float, centre: float, sigma: float) -> float:
    return 0.5 * (
        math.erf((edge1 - centre) / (_SQRT2 * sigma))
        - math.erf((edge0 - centre) / (_SQRT2 * sigma))
    )


@njit(cache=True)
def spread_heat(
    cells: Cells, skin: Skin, grid: Grid, spot: np.ndarray, axial: float, turned: float,
    weight: np.ndarray, reach: np.ndarray,
) -> None:  # fmt: skip
    """Share of the beam on each skin cell near the head: fills weight (za, ia) from slice
    reach[0], cell reach[1] (may be negative or past the row: taken round) over reach[2] slices and
    reach[3] cells; the shares add up to 1. A beam finer than the cells is spread over about one."""
    z0 = slice_at(grid.axial, axial)
    width = grid.axial[z0 + 1] - grid.axial[z0]
    n = cells.around[cells.top[z0]]
    step = grid.step[z0]
    radius = 1.0 if skin.flat == 1 else skin.inner[z0] + skin.thick[z0, 1]
    arc = step * radius
    far_z, far_a = 0.0, 0.0
    for k in range(spot.shape[0]):
        sigma = spot[k, 3]
        far_z = max(far_z, abs(spot[k, 2]) + 4.0 * math.hypot(sigma, 0.45 * width))
        far_a = max(far_a, abs(spot[k, 1]) + 4.0 * math.hypot(sigma, 0.45 * arc))
    z1, z2 = slice_at(grid.axial, axial - far_z), slice_at(grid.axial, axial + far_z)
    i1 = math.floor((turned * radius - far_a) / arc)
    i2 = math.floor((turned * radius + far_a) / arc)
    if cells.closed == 0:
        i1, i2 = max(i1, 0), min(i2, n - 1)
    elif i2 - i1 >= n:
        i2 = i1 + n - 1
    # Only slices as high as the one under the head see the beam.
    while cells.top[z1] != cells.top[z0]:
        z1 += 1
    while cells.top[z2] != cells.top[z0]:
        z2 -= 1
    if z2 - z1 >= weight.shape[0] or i2 - i1 >= weight.shape[1]:
        z1, z2 = max(z1, z0 - weight.shape[0] // 2 + 1), min(z2, z0 + weight.shape[0] // 2 - 1)
        middle = (i1 + i2) // 2
        i1 = max(i1, middle - weight.shape[1] // 2 + 1)
        i2 = min(i2, middle + weight.shape[1] // 2 - 1)
    reach[0], reach[1], reach[2], reach[3] = z1, i1, z2 - z1 + 1, i2 - i1 + 1
    total = 0.0
    weight[: reach[2], : reach[3]] = 0.0
    across, along = np.empty(reach[2]), np.empty(reach[3])
    for k in range(spot.shape[0]):
        sa = math.hypot(spot[k, 3], 0.45 * arc)
        for z in range(z1, z2 + 1):
            sz = math.hypot(spot[k, 3], 0.45 * (grid.axial[z + 1] - grid.axial[z]))
            across[z - z1] = spot[k, 0] * _spread(
                grid.axial[z], grid.axial[z + 1], axial + spot[k, 2], sz
            )
        for i in range(i1, i2 + 1):
            along[i - i1] = _spread(i * arc, (i + 1) * arc, turned * radius + spot[k, 1], sa)
        for z in range(reach[2]):
            for i in range(reach[3]):
                w = across[z] * along[i]
                weight[z, i] += w
                total += w
    for z in range(reach[2]):
        for i in range(reach[3]):
            weight[z, i] /= total


@njit(cache=True)
def surface_temperature(
    cells: Cells, metal: Metal, grid: Grid, h: np.ndarray, axial: float, turned: float
) -> float:
    """T (K) of the outermost cells at a place, straight between their centres."""
    z = slice_at(grid.axial, axial)
    centre = 0.5 * (grid.axial[z] + grid.axial[z + 1])
    other = z + 1 if axial > centre else z - 1
    if other < 0 or other >= cells.top.size or cells.top[other] != cells.top[z]:
        other = z
    share = 0.0
    if other != z:
        there = 0.5 * (grid.axial[other] + grid.axial[other + 1])
        share = (axial - centre) / (there - centre)
    a, n = cells.first[cells.top[z]], cells.around[cells.top[z]]
    x = turned / grid.step[z] - 0.5
    i = math.floor(x)
    f = x - i
    j = i + 1
    if cells.closed == 1:
        i, j = i % n, j % n
    else:
        i, j = min(max(i, 0), n - 1), min(max(j, 0), n - 1)
    here = (1.0 - f) * temperature_of(metal, h[z, a + i])
    here += f * temperature_of(metal, h[z, a + j])
    there = (1.0 - f) * temperature_of(metal, h[other, a + i])
    there += f * temperature_of(metal, h[other, a + j])
    return float((1.0 - share) * here + share * there)


@njit(cache=True)
def lay(
    cells: Cells, skin: Skin, h: np.ndarray, weight: np.ndarray, reach: np.ndarray, heat: float,
    volume: float,
) -> None:  # fmt: skip
    """Bring `heat` J and `volume` m3 of metal at shop temperature into the cells under the head."""
    for dz in range(reach[2]):
        z = reach[0] + dz
        a, n = cells.first[cells.top[z]], cells.around[cells.top[z]]
        for di in range(reach[3]):
            i = (reach[1] + di) % n if cells.closed == 1 else reach[1] + di
            w = weight[dz, di]
            energy = h[z, a + i] / skin.inverse[z, i + 1] + w * heat
            if volume > 0.0:
                area = skin.around[z] * skin.axial[z]
                if skin.flat == 0:
                    area *= skin.inner[z] + skin.thick[z, i + 1]
                skin.thick[z, i + 1] += w * volume / area
                if i == 0:
                    skin.thick[z, n + 1] = skin.thick[z, 1]
                if i == n - 1:
                    skin.thick[z, 0] = skin.thick[z, n]
                shape_skin(skin, z, i + 1, cells.closed, n)
            h[z, a + i] = energy * skin.inverse[z, i + 1]


@njit(cache=True)
def look_ahead(
    cells: Cells, metal: Metal, grid: Grid, drive: Drive, h: np.ndarray, b: int
) -> float:
    """Surface temperature (K) `ahead` m along the block's direction from its start: what the beam
    meets once it is there."""
    da = drive.axial[b + 1] - drive.axial[b]
    dt = (drive.turned[b + 1] - drive.turned[b]) * drive.radius[b]
    length = max(math.hypot(da, dt), 1e-12)
    return surface_temperature(
        cells, metal, grid, h,
        drive.axial[b] + drive.ahead * da / length,
        drive.turned[b] + drive.ahead * dt / (length * drive.radius[b]),
    )  # fmt: skip
