"""What takes heat from the cells' faces: plain arrays, SI.

q = h (T_s - T_a) + eps sigma (T_s^4 - T_a^4),   T_s half a cell above the cell's own T
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.heat._cell_kernels import (
    FAST,
    Air,
    Cells,
    Grid,
    Metal,
    Skin,
    read,
    slice_at,
    temperature_of,
)

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "43e3b77bf3399502"

_SIGMA = 5.670374419e-8  # W/m2/K4, CODATA 2018
# places in the ledger
ABSORBED, CONVECTION, RADIATION, JET, BORE, CONTACTS, LEDGER = 0, 1, 2, 3, 4, 5, 6


@njit(cache=True, fastmath=FAST)
def _look_up(
    h: np.ndarray, a: np.uint64, cells: int, metal_t: np.ndarray, metal_k: np.ndarray, low: float,
    fine: float, t: np.ndarray, k: np.ndarray,
) -> None:  # fmt: skip
    """Temperature t and conductivity k (cells,) of a row of enthalpies from place a."""
    one = np.uint64(1)
    last = metal_t.size - 2.0
    for j in range(np.uint64(cells)):
        x = (h[a + j] - low) * fine
        n = np.uint64(min(max(x, 0.0), last))
        t[j] = metal_t[n] + (x - n) * (metal_t[n + one] - metal_t[n])
        k[j] = metal_k[n]


@njit(cache=True, fastmath=FAST)
def _outer_loss(
    a: np.uint64, cells: int, t: np.ndarray, k: np.ndarray, thick: np.ndarray, inner: float,
    patch: float, round_: float, film: float, eps: float, ambient: float, glow: float,
    clasp_film: float, clasp_at: float, drain: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Heat W that a slice's outermost cells give to the air, by radiation and to what clasps them:
    to drain from place a, summed in out (3,). The surface lies half a cell above where T is known:
    one Newton step leads there; t comes in as the cells' and is left as the surface's."""
    one = np.uint64(1)
    ambient4 = ambient**4
    for j in range(np.uint64(cells)):
        c = min(t[j], glow)
        c2 = c * c
        half = thick[one + j]
        steep = film + clasp_film + 4.0 * eps * c2 * c
        flux = film * (c - ambient) + clasp_film * (c - clasp_at) + eps * (c2 * c2 - ambient4)
        t[j] = min(c - flux * half / (2.0 * k[j] + steep * half), glow)
    convected = 0.0
    radiated = 0.0
    clasped = 0.0
    for j in range(np.uint64(cells)):
        s = t[j]
        s2 = s * s
        area = patch * (inner + round_ * thick[one + j])
        qc = area * film * (s - ambient)
        qr = area * eps * (s2 * s2 - ambient4)
        qk = area * clasp_film * (s - clasp_at)
        drain[a + j] = qc + qr + qk
        convected += qc
        radiated += qr
        clasped += qk
    out[0] += convected
    out[1] += radiated
    out[2] += clasped


@njit(cache=True, fastmath=FAST)
def _bare_loss(
    a: int, cells: int, t: np.ndarray, area: float, film: float, eps: float, ambient: float,
    drain: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """The same, added, for a row's faces at ends and shoulders."""
    ambient4 = ambient**4
    for j in range(cells):
        t2 = t[j] * t[j]
        qc = area * film * (t[j] - ambient)
        qr = area * eps * (t2 * t2 - ambient4)
        drain[a + j] += qc + qr
        out[0] += qc
        out[1] += qr


@njit(cache=True, fastmath=FAST)
def _bore_loss(
    metal: Metal, air: Air, cells: Cells, h: np.ndarray, half: float, t: np.ndarray,
    k: np.ndarray, drain: np.ndarray,
) -> float:  # fmt: skip
    """Heat W that the bore's wall gives to the medium inside, which warms as it flows along."""
    medium = air.bore_inlet
    total = 0.0
    a, n = cells.first[0], cells.around[0]
    for z in range(cells.bore.size):
        film = air.bore_film[z]
        if film <= 0.0:
            continue
        _look_up(
            h[z],
            np.uint64(a),
            n,
            metal.temperature,
            metal.conductivity,
            metal.low,
            metal.fine,
            t,
            k,
        )
        passed = 0.0
        for j in range(n):
            q = cells.bore[z] * film * (t[j] - medium) / (1.0 + film * half / k[j])
            drain[z, a + j] += q
            passed += q
        total += passed
        if air.bore_flow > 0.0:
            medium += passed / air.bore_flow
    return total


@njit(cache=True)
def lose(
    cells: Cells, skin: Skin, metal: Metal, air: Air, h: np.ndarray, clasps: np.ndarray, dt: float,
    half_bore: float, drain: np.ndarray, ledger: np.ndarray,
) -> None:  # fmt: skip
    """Every loss but the jet's, W to drain (slices, width), as it will hold for dt s: to the ledger
    (6,) J and to what clasps the part, clasps (contacts,) K."""
    out = np.zeros(3)
    eps = air.emissivity * _SIGMA
    t = np.empty(skin.thick.shape[1])
    k = np.empty(skin.thick.shape[1])
    drain[:] = 0.0
    for z in range(h.shape[0]):
        top = cells.top[z]
        a, n = np.uint64(cells.first[top]), cells.around[top]
        held, film, at = air.clasp[z], 0.0, air.ambient
        if held >= 0:
            film, at = air.clasp_film[held], clasps[held]
        out[2] = 0.0
        _look_up(h[z], a, n, metal.temperature, metal.conductivity, metal.low, metal.fine, t, k)
        # Round: the patch widens with the radius; flat: it does not.
        patch, inner, round_ = skin.around[z] * skin.axial[z], 1.0, 0.0
        if skin.flat == 0:
            inner, round_ = skin.inner[z], 1.0
        _outer_loss(
            a, n, t, k, skin.thick[z], inner, patch, round_, air.film, eps, air.ambient, air.glow,
            film, at, drain[z], out,
        )  # fmt: skip
        if held >= 0:
            ledger[CONTACTS] += dt * out[2]
            clasps[held] += dt * out[2] / air.clasp_capacity[held]
        for r in range(top + 1):
            if cells.bare[z, r] > 0.0:
                b, m = cells.first[r], cells.around[r]
                _look_up(
                    h[z], np.uint64(b), m, metal.temperature, metal.conductivity, metal.low,
                    metal.fine, t, k,
                )  # fmt: skip
                _bare_loss(b, m, t, cells.bare[z, r], air.film, eps, air.ambient, drain[z], out)
    ledger[CONVECTION] += dt * out[0]
    ledger[RADIATION] += dt * out[1]
    ledger[BORE] += dt * _bore_loss(metal, air, cells, h, half_bore, t, k, drain)
    for c in range(clasps.size):
        clasps[c] -= dt * air.clasp_loss[c] * (clasps[c] - air.ambient) / air.clasp_capacity[c]


@njit(cache=True)
def blow(
    cells: Cells, skin: Skin, metal: Metal, air: Air, grid: Grid, h: np.ndarray, axial: float,
    turned: float, dt: float,
) -> float:  # fmt: skip
    """Heat J taken by the gas jet: film falling as exp(-2 (d / reach)^2) from the nozzle's axis."""
    z1, z2 = (
        slice_at(grid.axial, axial - 1.5 * air.reach),
        slice_at(grid.axial, axial + 1.5 * air.reach),
    )
    total = 0.0
    for z in range(z1, z2 + 1):
        a, n = cells.first[cells.top[z]], cells.around[cells.top[z]]
        radius = 1.0 if skin.flat == 1 else skin.inner[z] + skin.thick[z, 1]
        arc = grid.step[z] * radius
        i1 = math.floor((turned * radius - 1.5 * air.reach) / arc)
        i2 = math.floor((turned * radius + 1.5 * air.reach) / arc)
        if cells.closed == 0:
            i1, i2 = max(i1, 0), min(i2, n - 1)
        elif i2 - i1 >= n:
            i2 = i1 + n - 1
        dz = 0.5 * (grid.axial[z] + grid.axial[z + 1]) - axial
        for i in range(i1, i2 + 1):
            j = i
            if cells.closed == 1:
                j = i % n
            elif i < 0 or i >= n:
                continue
            da = (i + 0.5) * arc - turned * radius
            film = air.jet * math.exp(-2.0 * (dz * dz + da * da) / (air.reach * air.reach))
            t = temperature_of(metal, h[z, a + j])
            area = arc * (grid.axial[z + 1] - grid.axial[z])
            half = (
                0.5
                * skin.thick[z, j + 1]
                / read(metal.conductivity, metal.low, metal.fine, h[z, a + j])
            )
            q = dt * area * film * (t - air.ambient) / (1.0 + film * half)
            h[z, a + j] -= q * skin.inverse[z, j + 1]
            total += q
    return total
