"""Heat of earlier turns where the head arrives: plain arrays, SI."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_LATE = 0.05  # of the square of the length over diffusivity: from there heat is told in waves


@njit(cache=True, nogil=True)
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
    rates: np.ndarray,
    weight: float,
    rise: np.ndarray,
) -> None:
    """Wall temperature rise (K) the head meets at each turn, and the power that follows it.

    A turn is a ring of heat released at once in a thin wall that loses heat at rate m (1/s):

        dT = Q / (C sqrt(4 pi a dt)) exp(-dx^2 / (4 a dt) - m dt) (1 + w sum_j exp(-a r_j dt))

    with C = rho c A_s [J/m/K]; the last factor is the surface over the mean of the section, of a
    slab (w 2, r_j = (j pi / wall)^2) or a solid cylinder (w 1, r_j = (zeros of J1 / R)^2),
    Carslaw & Jaeger; all this
    summed over the turns before and their mirror images in both ends of the part (two
    reflections each way), or, once the heat has spread over the part and reaches through it, over
    the six longest standing waves between the ends: the same to 1e-7. Its limit for
    quick turns is the moving fin, q / (2 k A_s beta); the sum keeps the discreteness of turns,
    worth -zeta(1/2) dT of one turn.

    axial (N,) m, arrival (N,) s and duration (N,) s of the turns; power (N,) W is read when
    `held` is 0 and filled from power_at (K,) over power_nodes (K,) K when `held` is 1, at the
    median temperature over the draws; absorbed (D,) share of the power the part keeps;
    capacity (D,), diffusivity (D,) m2/s, loss (D,) 1/s; start_rise K of the preheated part;
    rates (M,) 1/m2 and weight as above; length m of the part; fills rise (D, N).
    """
    count, draws = axial.size, absorbed.size
    column, squares = np.empty(draws), np.empty(6)
    factor, narrow = np.empty(draws), np.empty(draws)
    for d in range(draws):
        factor[d] = absorbed[d] / (capacity[d] * math.sqrt(4.0 * math.pi * diffusivity[d]))
        narrow[d] = 1.0 / (4.0 * diffusivity[d])
    least, most = diffusivity.min(), diffusivity.max()
    waves = np.empty((6, count))
    for k in range(6):
        for n in range(count):
            waves[k, n] = math.cos((k + 1) * math.pi * axial[n] / length)
    for n in range(count):
        for d in range(draws):
            rise[d, n] = start_rise * math.exp(-loss[d] * arrival[n])
        for i in range(n):
            dt = arrival[n] - arrival[i]
            if least * dt > _LATE * length * length:
                for k in range(6):
                    squares[k] = 2.0 * waves[k, n] * waves[k, i]
                heat = power[i] * duration[i] / length
                for d in range(draws):
                    one = math.exp(-diffusivity[d] * dt * (math.pi / length) ** 2)
                    four = one * one * one * one
                    nine = four * four * one
                    sixteen = four * four * four * four
                    total = 1.0 + squares[0] * one + squares[1] * four + squares[2] * nine
                    total += squares[3] * sixteen + squares[4] * sixteen * nine
                    total += squares[5] * nine * nine * nine * nine
                    total *= math.exp(-loss[d] * dt)
                    rise[d, n] += absorbed[d] / capacity[d] * heat * total
                continue
            near = 0
            for m in range(-1, 2):
                for place in (axial[n] - axial[i], axial[n] + axial[i]):
                    square = (place + 2.0 * m * length) ** 2
                    if square < 100.0 * most * dt:
                        squares[near] = square
                        near += 1
            deep = 0
            while deep < rates.size and least * rates[deep] * dt < 30.0:
                deep += 1
            heat = power[i] * duration[i] / math.sqrt(dt)
            for d in range(draws):
                total = 0.0
                for j in range(near):
                    total += math.exp(-squares[j] * narrow[d] / dt - loss[d] * dt)
                inward = 1.0
                for j in range(deep):
                    inward += weight * math.exp(-diffusivity[d] * rates[j] * dt)
                rise[d, n] += factor[d] * heat * inward * total
        if held > 0.0:
            for d in range(draws):
                column[d] = rise[d, n]
            power[n] = np.interp(ambient + np.median(column), power_nodes, power_at)
