"""Temperature over time at points that a moving source passes: plain arrays, SI.

The source runs on an insulated surface, in steady travel; a point that lies `across` beside its
track and `depth` below its surface sees it come by at time 0. Columns of `source`, one row per
draw: HEAT W, TRAVEL m/s, RADIUS m (1/e2), CONDUCT W/m/K, CAPACITY J/m3/K, WALL m (0 = thick).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.process._pool_kernels import _wall_factor, look_up

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "9a39f173b4393cbe"

HEAT, TRAVEL, RADIUS, CONDUCT, CAPACITY, WALL = range(6)

_STRETCH = 0.3  # beam radii: below it the nodes of the integral are even, above they are stretched
_FEWEST = 96
_FRONT = 4.0 / math.pi**1.5


@njit(cache=True, nogil=True)
def _nodes(pe: float, behind: float) -> tuple[float, int]:
    """Upper end in xi and count of the trapezoids that carry the integral to `behind` beam radii.

    In xi = asinh(u / 0.3) the integrand is even and dies out at both ends, where trapezoids gain
    digits exponentially; far behind it is a hump in ln u of width sqrt(1 / (2 pe behind)).
    """
    u_max = (11.0 + math.sqrt(121.0 + 4.0 * pe * behind)) / (2.0 * pe)
    xi_max = math.asinh(u_max / _STRETCH)
    hump = math.sqrt(0.5 / (pe * behind))
    count = math.ceil(xi_max / min(0.04, 0.8 * hump))
    return xi_max, max(count, _FEWEST)


@njit(cache=True, nogil=True)
def trace_pass(
    source: np.ndarray,
    beam: np.ndarray,
    depth: np.ndarray,
    across: float,
    times: np.ndarray,
    out: np.ndarray,
) -> None:
    """Rise (K) at depth (D, P) m and `across` m from the track at times (D, T) s: fills out
    (D, P, T).

    The integral of `reclad.process._pool_kernels.temperature_rise` (Eagar & Tsai 1983, images of
    the wall), by one set of nodes for all points: what depends on depth alone and what depends on
    time alone are worked out once each. beam (kernels, 4) as there.
    """
    points, steps = depth.shape[1], times.shape[1]
    total = np.empty(points)
    for d in range(source.shape[0]):
        radius, travel = source[d, RADIUS], source[d, TRAVEL]
        pe = travel * radius * source[d, CAPACITY] / source[d, CONDUCT]
        g = radius / source[d, WALL] if source[d, WALL] > 0.0 else 0.0
        xi_max, count = _nodes(pe, max(0.0, travel * times[d].max() / radius) + 1.0)
        step = xi_max / count
        s, share, wall = np.empty(count), np.empty(count), np.empty((count, points))
        for n in range(count):
            u = _STRETCH * math.sinh(step * n)
            s[n] = max(u * u, 1e-30)
            share[n] = _STRETCH * step * math.cosh(step * n) * (0.5 if n == 0 else 1.0)
            for p in range(points):
                wall[n, p] = _wall_factor(s[n], depth[d, p] / radius, g)[0]
        scale = _FRONT * source[d, HEAT] / (source[d, CONDUCT] * radius)
        for i in range(steps):
            x = -travel * times[d, i] / radius
            total[:] = 0.0
            for n in range(count):
                planar = 0.0
                for j in range(beam.shape[0]):
                    wide = 8.0 * s[n] + beam[j, 3] * beam[j, 3]
                    dx = x - beam[j, 1] + pe * s[n]
                    dy = across / radius - beam[j, 2]
                    power = 2.0 * (dx * dx + dy * dy) / wide
                    if power < 60.0:
                        planar += beam[j, 0] / wide * math.exp(-power)
                if planar > 0.0:
                    for p in range(points):
                        total[p] += share[n] * planar * wall[n, p]
            for p in range(points):
                out[d, p, i] = scale * total[p]


@njit(cache=True, nogil=True)
def find_peaks(rise: np.ndarray, peak: np.ndarray) -> None:
    """Highest rise (K) of rise (D, P, T): fills peak (D, P), by a parabola through the highest
    sample and its neighbours."""
    for d in range(rise.shape[0]):
        for p in range(rise.shape[1]):
            curve = rise[d, p]
            i = int(np.argmax(curve))
            peak[d, p] = curve[i]
            if 0 < i < curve.size - 1:
                slope = 0.5 * (curve[i + 1] - curve[i - 1])
                bend = curve[i + 1] - 2.0 * curve[i] + curve[i - 1]
                if bend < 0.0:
                    peak[d, p] = curve[i] - 0.5 * slope * slope / bend


@njit(cache=True, nogil=True)
def _last_fall(curve: np.ndarray, level: float) -> float:
    """Place between samples where the curve last falls through the level; ln of the rise is
    straight between samples, as it is in time stretched by asinh. NaN where it does not."""
    for i in range(curve.size - 2, -1, -1):
        if curve[i] >= level > curve[i + 1]:
            over, under = math.log(curve[i]), math.log(max(curve[i + 1], 1e-300))
            return i + (over - math.log(level)) / (over - under)
    return math.nan


@njit(cache=True, nogil=True)
def cooling_times(
    rise: np.ndarray,
    clock: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    out: np.ndarray,
) -> None:
    """Time (s) that rise (D, P, T) takes to fall from high (D,) to low (D,) K: fills out (D, P).

    Counted from the peak where that lies under `high`; NaN where it lies under `low`.
    clock (D, 3): time of sample i is clock[0] sinh(clock[1] + clock[2] i)
    """
    for d in range(rise.shape[0]):
        scale, first, step = clock[d]
        for p in range(rise.shape[1]):
            start = _last_fall(rise[d, p], high[d])
            end = _last_fall(rise[d, p], low[d])
            if math.isnan(start):
                start = float(np.argmax(rise[d, p]))
            began = scale * math.sinh(first + step * start)
            out[d, p] = scale * math.sinh(first + step * end) - began


@njit(cache=True, nogil=True)
def isotherms(
    source: np.ndarray,
    beam: np.ndarray,
    axes: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
    rise: np.ndarray,
    out: np.ndarray,
) -> None:
    """Greatest depth and half width (m) of the isotherms rise (D, L) K: fills out (D, L, 2).

    Tables and beam as in `reclad.process._pool_kernels.look_up`; 0 where nothing gets that hot, the
    wall's thickness where the isotherm goes through.
    """
    pool = np.empty(5)
    for d in range(source.shape[0]):
        radius, k = source[d, RADIUS], source[d, CONDUCT]
        pe = source[d, TRAVEL] * radius * source[d, CAPACITY] / k
        g = radius / source[d, WALL] if source[d, WALL] > 0.0 else 0.0
        for i in range(rise.shape[1]):
            n = source[d, HEAT] / (k * radius * rise[d, i])
            look_up(n, pe, g, axes, hot, shape, beam, True, pool)
            out[d, i, 0] = radius * pool[4]
            out[d, i, 1] = radius * pool[0]
