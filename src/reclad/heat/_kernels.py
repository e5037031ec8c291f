"""Heat of earlier turns where the head arrives: plain arrays, SI."""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True)
def turn_history(
    axial: np.ndarray,
    arrival: np.ndarray,
    duration: np.ndarray,
    power: np.ndarray,
    power_at: np.ndarray,
    power_nodes: np.ndarray,
    held: float,
    absorbed: np.ndarray,
    capacity: np.ndarray,
    diffusivity: np.ndarray,
    loss: np.ndarray,
    start_rise: float,
    length: float,
    ambient: float,
    rise: np.ndarray,
) -> None:
    """Wall temperature rise (K) the head meets at each turn, and the power that follows it.

    A turn is a ring of heat released at once in a thin wall that loses heat at rate m (1/s):

        dT = Q / (C sqrt(4 pi a dt)) exp(-dx^2 / (4 a dt) - m dt),   C = rho c A_s  [J/m/K]

    summed over the turns before, with one mirror image at each end of the part. Its limit for
    quick turns is the moving fin, q / (2 k A_s beta); the sum keeps the discreteness of turns,
    worth -zeta(1/2) dT of one turn.

    axial (N,) m, arrival (N,) s and duration (N,) s of the turns; power (N,) W is read when
    `held` is 0 and filled from power_at (K,) over power_nodes (K,) K when `held` is 1, at the
    median temperature over the draws; absorbed (D,) share of the power the part keeps;
    capacity (D,), diffusivity (D,) m2/s, loss (D,) 1/s; start_rise K of the preheated part;
    length m of the part; fills rise (D, N).
    """
    count, draws = axial.size, absorbed.size
    column = np.empty(draws)
    for n in range(count):
        for d in range(draws):
            rise[d, n] = start_rise * math.exp(-loss[d] * arrival[n])
        for i in range(n):
            # The released heat sits where the turn was laid, half a turn's time before it ends.
            dt = arrival[n] - arrival[i]
            dx = axial[n] - axial[i]
            near = axial[n] + axial[i]
            far = 2.0 * length - near
            heat = power[i] * duration[i]
            for d in range(draws):
                spread = 4.0 * diffusivity[d] * dt
                cold = -loss[d] * dt
                if dx * dx > 40.0 * spread:
                    continue
                total = math.exp(cold - dx * dx / spread)
                if near * near < 40.0 * spread:
                    total += math.exp(cold - near * near / spread)
                if far * far < 40.0 * spread:
                    total += math.exp(cold - far * far / spread)
                rise[d, n] += (
                    absorbed[d] * heat / (capacity[d] * math.sqrt(math.pi * spread)) * total
                )
        if held > 0.0:
            for d in range(draws):
                column[d] = rise[d, n]
            power[n] = np.interp(ambient + np.median(column), power_nodes, power_at)
