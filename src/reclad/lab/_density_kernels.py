"""How far measured logarithms lie from those of a model with offset, slope and effects."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# rows of `per_quantity` (columns of the unknowns, -1 where there is none)
OFFSET_AT, SLOPE_AT, SCATTER_AT = range(3)
# rows of `widths`
OFFSET_SD, SLOPE_SD, SCATTER, SCATTER_SD = range(4)


@njit(cache=True)
def standardise(
    points: np.ndarray,
    modelled: np.ndarray,
    measured: np.ndarray,
    known: np.ndarray,
    away: np.ndarray,
    quantity: np.ndarray,
    per_quantity: np.ndarray,
    widths: np.ndarray,
    spread_at: np.ndarray,
    effect_at: np.ndarray,
    effect: np.ndarray,
    off: np.ndarray,
    log_sd: np.ndarray,
) -> None:
    """Residuals `off` (points, values) in standard deviations, and the logarithms of these.

        y = f + a_q + b_q x + sum_k s_k e_kq + scatter,   sd^2 = sigma_q^2 + known^2

    points (N, unknowns), each standard normal before the trials; modelled f (N, M) and measured y
    (M,) logarithms; known (M,) sd that the sections explain; away x (M,); quantity (M,) column of
    per_quantity (3, Q) and widths (4, Q); spread_at (K,) and effect_at (K, M) columns of the
    unknowns of K factors; effect (2,) median and log sd of a factor's spread s_k, in units of the
    offset's.
    """
    count = per_quantity.shape[1]
    offset, slope, variance = np.empty(count), np.empty(count), np.empty(count)
    spread = np.empty(spread_at.size)
    for n in range(points.shape[0]):
        u = points[n]
        for q in range(count):
            offset[q] = u[per_quantity[OFFSET_AT, q]] * widths[OFFSET_SD, q]
            at = per_quantity[SLOPE_AT, q]
            slope[q] = u[at] * widths[SLOPE_SD, q] if at >= 0 else 0.0
            log = widths[SCATTER_SD, q] * u[per_quantity[SCATTER_AT, q]]
            variance[q] = (widths[SCATTER, q] * math.exp(log)) ** 2
        for k in range(spread.size):
            spread[k] = effect[0] * math.exp(effect[1] * u[spread_at[k]])
        for m in range(measured.size):
            q = quantity[m]
            gap = measured[m] - modelled[n, m] - offset[q] - slope[q] * away[m]
            for k in range(spread.size):
                gap -= spread[k] * widths[OFFSET_SD, q] * u[effect_at[k, m]]
            both = variance[q] + known[m] * known[m]
            off[n, m] = gap / math.sqrt(both)
            log_sd[n, m] = 0.5 * math.log(both)


@njit(cache=True)
def log_density(
    points: np.ndarray, off: np.ndarray, log_sd: np.ndarray, freedom: float, out: np.ndarray
) -> None:
    """Log density (N,) of points: standard normal before, Student's t with `freedom` after."""
    for n in range(points.shape[0]):
        total = 0.0
        for i in range(points.shape[1]):
            total -= 0.5 * points[n, i] * points[n, i]
        for m in range(off.shape[1]):
            square = off[n, m] * off[n, m] / freedom
            total -= log_sd[n, m] + 0.5 * (freedom + 1.0) * math.log1p(square)
        out[n] = total


@njit(cache=True)
def density_slopes(
    points: np.ndarray,
    off: np.ndarray,
    log_sd: np.ndarray,
    freedom: float,
    away: np.ndarray,
    quantity: np.ndarray,
    per_quantity: np.ndarray,
    widths: np.ndarray,
    spread_at: np.ndarray,
    effect_at: np.ndarray,
    effect: np.ndarray,
    slopes: np.ndarray,
    pull: np.ndarray,
) -> None:
    """Slopes (points, unknowns) of the log density over all unknowns as far as they do not act
    through the model, and `pull` (points, values), those over what the model gives.

    Arguments as in `standardise`, whose results off and log_sd are.
    """
    for n in range(points.shape[0]):
        u = points[n]
        for i in range(u.size):
            slopes[n, i] = -u[i]
        for m in range(quantity.size):
            q = quantity[m]
            r = off[n, m]
            bent = (freedom + 1.0) * r / (freedom + r * r)
            g = bent * math.exp(-log_sd[n, m])
            pull[n, m] = g
            slopes[n, per_quantity[OFFSET_AT, q]] += g * widths[OFFSET_SD, q]
            at = per_quantity[SLOPE_AT, q]
            if at >= 0:
                slopes[n, at] += g * widths[SLOPE_SD, q] * away[m]
            at = per_quantity[SCATTER_AT, q]
            log = math.log(widths[SCATTER, q]) + widths[SCATTER_SD, q] * u[at]
            share = math.exp(2.0 * (log - log_sd[n, m]))
            slopes[n, at] += (bent * r - 1.0) * share * widths[SCATTER_SD, q]
            for k in range(spread_at.size):
                spread = effect[0] * math.exp(effect[1] * u[spread_at[k]])
                moved = g * spread * widths[OFFSET_SD, q]
                slopes[n, effect_at[k, m]] += moved
                slopes[n, spread_at[k]] += moved * effect[1] * u[effect_at[k, m]]


@njit(cache=True)
def powers(
    points: np.ndarray,
    middle: np.ndarray,
    width: np.ndarray,
    parent: np.ndarray,
    times: np.ndarray,
    out: np.ndarray,
) -> None:
    """Products of powers (points, terms) of t = (u - middle) / width: the first is 1, term k is
    term parent[k] times t[times[k]]."""
    for n in range(points.shape[0]):
        out[n, 0] = 1.0
        for k in range(1, parent.size):
            i = times[k]
            out[n, k] = out[n, parent[k]] * ((points[n, i] - middle[i]) / width[i])


@njit(cache=True)
def add_power_slopes(
    points: np.ndarray,
    middle: np.ndarray,
    width: np.ndarray,
    parent: np.ndarray,
    times: np.ndarray,
    terms: np.ndarray,
    pull: np.ndarray,
    out: np.ndarray,
) -> None:
    """Adds to out (points, unknowns or more) the slopes over the unknowns of sum(pull * terms),
    terms (points, terms) as `powers` gives them; backwards from the last, which spoils pull
    (points, terms)."""
    for n in range(points.shape[0]):
        for k in range(parent.size - 1, 0, -1):
            i, before = times[k], parent[k]
            out[n, i] += pull[n, k] * terms[n, before] / width[i]
            pull[n, before] += pull[n, k] * ((points[n, i] - middle[i]) / width[i])
