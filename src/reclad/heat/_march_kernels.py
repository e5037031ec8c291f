"""The whole repair in one loop: the head along its path over the part's cells."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.heat._cell_kernels import Air, Cells, Drive, Grid, Metal, Skin, conduct, temperature_of
from reclad.heat._head_kernels import lay, look_ahead, spread_heat
from reclad.heat._loss_kernels import ABSORBED, JET, blow, lose

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "1480a99073257478"


@njit(cache=True, nogil=True)
def march(
    cells: Cells,
    skin: Skin,
    metal: Metal,
    air: Air,
    grid: Grid,
    drive: Drive,
    h: np.ndarray,
    theta: np.ndarray,
    drain: np.ndarray,
    inside: bool,
    clasps: np.ndarray,
    half_bore: float,
    dt: float,
    first: int,
    last: int,
    seldom: int,
    every: int,
    probes: np.ndarray,
    seen: np.ndarray,
    hottest_bore: np.ndarray,
    shots: np.ndarray,
    field: np.ndarray,
    interpass: np.ndarray,
    power: np.ndarray,
    ledger: np.ndarray,
    at: np.ndarray,
    delay: np.ndarray,
    waits: np.ndarray,
) -> None:
    """Steps `first` to `last` of dt s from time 0; everything is left so that it can go on.

    Losses (drain (slices, width) W) are found anew every `seldom` steps; inside: whether bore or
    bare faces have any.
    h (slices, width) J/m3 and theta (slices + 4, width); clasps (contacts,) K.
    Every `every` steps: probes (points, 3) slice, row, cell into seen (looks, points) K and the
    hottest inner cell into hottest_bore (looks,) K. shots (shots,) steps at which the whole field
    goes to field (shots, slices, width) K. interpass (blocks,) K and power (blocks,) W are filled
    as blocks are lit; ledger (6,) J; at (1,) the block the head is in;
    delay (1,) s it has stood still in all, waits (blocks,) s before each block.
    """
    weight = np.empty((96, 96))
    reach = np.zeros(4, dtype=np.int64)
    blocks = drive.lit.size
    follow = drive.law_power.size > 0
    shot = 0
    while shot < shots.size and shots[shot] < first:
        shot += 1
    for step in range(first, last):
        while shot < shots.size and shots[shot] == step:
            for z in range(h.shape[0]):
                for i in range(h.shape[1]):
                    field[shot, z, i] = temperature_of(metal, h[z, i])
            shot += 1
        if step % every == 0 and step // every < seen.shape[0]:
            look = step // every
            for p in range(probes.shape[0]):
                z, r, i = probes[p, 0], probes[p, 1], probes[p, 2]
                seen[look, p] = temperature_of(metal, h[z, cells.first[r] + i])
            top = h[0, cells.first[0]]
            for z in range(h.shape[0]):
                for i in range(cells.first[0], cells.first[0] + cells.around[0]):
                    top = max(top, h[z, i])
            hottest_bore[look] = temperature_of(metal, top)
        if step % seldom == 0:
            lose(cells, skin, metal, air, h, clasps, seldom * dt, half_bore, drain, ledger)
        conduct(cells, skin, metal, h, theta, drain, inside, dt)
        # The head's own clock stands still while it waits.
        h0, h1 = step * dt - delay[0], (step + 1) * dt - delay[0]
        b = at[0]
        while b < blocks and drive.time[b + 1] <= h0:
            b += 1
        at[0] = b
        while b < blocks and drive.time[b] < h1:
            begin, end = max(h0, drive.time[b]), min(h1, drive.time[b + 1])
            if drive.lit[b] == 1 and end > begin:
                whole = drive.time[b + 1] - drive.time[b]
                share = (0.5 * (begin + end) - drive.time[b]) / whole
                axial = drive.axial[b] + share * (drive.axial[b + 1] - drive.axial[b])
                turned = drive.turned[b] + share * (drive.turned[b + 1] - drive.turned[b])
                if math.isnan(interpass[b]):
                    met = look_ahead(cells, metal, grid, drive, h, b)
                    if drive.gate[b] == 1:
                        limit = drive.below if waits[b] > 0.0 else drive.above
                        if met > limit:
                            delay[0] += h1 - begin
                            waits[b] += h1 - begin
                            break
                    interpass[b] = met
                    if follow:
                        power[b] = np.interp(met, drive.law_interpass, drive.law_power)
                    else:
                        power[b] = drive.power[b]
                heat = drive.share * power[b] * (end - begin)
                spread_heat(cells, skin, grid, drive.spot, axial, turned, weight, reach)
                lay(cells, skin, h, weight, reach, heat, drive.clad[b] * (end - begin))
                ledger[ABSORBED] += heat
                if air.jet > 0.0:
                    ledger[JET] += blow(
                        cells, skin, metal, air, grid, h, axial, turned, end - begin
                    )
            b += 1
