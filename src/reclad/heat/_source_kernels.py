"""Moving Gaussian sources in closed form: plain arrays, SI.

A Gaussian of heat in a solid stays a Gaussian: released at c with variances s (m2) along x, y, z,
after a time tau it has the variances s + 2 a tau. A source on a path is the integral of such
puffs over their age,

    T(x, t) - T0 = 1/(rho c) int_0^t P(t') g_x g_y g_z dt',
    g = exp(-(x - c)^2 / (2 (s + 2 a tau))) / sqrt(2 pi (s + 2 a tau)),    tau = t - t'

and an adiabatic face mirrors each puff (Carslaw & Jaeger, 10.3 and 14.2; Eagar & Tsai 1983). The
quadrature turns the integral into a sum over nodes, which is separable: on a grid it is one
product of two matrices.

A node is a row of 7: weight (K m3), c_x, c_y, c_z (m), variances v_x, v_y, v_z (m2) at its age.
`faces` (3, 2): where the body ends along x, y, z (m), infinite where it does not.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

MOST_NODES = 24
_ABSCISSAE = np.zeros((MOST_NODES + 1, MOST_NODES))
_WEIGHTS = np.zeros((MOST_NODES + 1, MOST_NODES))
for _n in range(1, MOST_NODES + 1):
    _ABSCISSAE[_n, :_n], _WEIGHTS[_n, :_n] = np.polynomial.legendre.leggauss(_n)
_LONGEST = 4.0  # half a panel in beam widths: beyond, two panels take fewer nodes than one


@njit(cache=True)
def count_for(half: float, size: float, tolerance: float, growth: float) -> int:
    """Gauss-Legendre nodes that a panel needs: half its length in widths of the puffs, `size` K of
    its integrand times half its length, the error (K) it may make.

    Error of n nodes <= 64/15 M rho^-2n / (1 - rho^-2) for an integrand below M on the Bernstein
    ellipse rho = e^eta (Trefethen, Approximation theory, 19.3); a Gaussian passing by has
    M = exp(half^2 sinh(eta)^2 / 2). The ellipse keeps clear of age zero, where the puff would be a
    point.
    """
    centre = (growth + 1.0) / (growth - 1.0)
    widest = 0.85 * math.log(centre + math.sqrt(centre * centre - 1.0))
    for n in range(1, MOST_NODES):
        eta = widest
        if half > 0.0:
            eta = min(widest, 0.5 * math.asinh(4.0 * n / (half * half)))
        bulge = half * math.sinh(eta)
        error = 64.0 / 15.0 * math.exp(0.5 * bulge * bulge - 2.0 * n * eta)
        if size * error / (1.0 - math.exp(-2.0 * eta)) < tolerance:
            return n
    return MOST_NODES


@njit(cache=True)
def place_nodes(
    begin: np.ndarray,
    finish: np.ndarray,
    origin: np.ndarray,
    velocity: np.ndarray,
    power: np.ndarray,
    time: float,
    diffusivity: float,
    capacity: float,
    spot: np.ndarray,
    tolerance: float,
    growth: float,
    order: int,
) -> np.ndarray:
    """The nodes (nodes, 7) of the path as seen at `time` (s).

    begin, finish (S,) s, origin (S, 3) m, velocity (S, 3) m/s and absorbed power (S,) W of the
    segments; diffusivity m2/s, capacity rho c J/m3/K; spot (3,) m2 variances of the beam;
    tolerance K a panel may miss; growth of the puff's width over a panel; order of every panel, 0
    lets `count_for` choose.

    Panels end where a segment does, so that neither corner nor power step lies inside one, and run
    in u = sqrt(s + 2 a tau), the width of the puffs, where a source at constant speed is smooth.
    """
    smallest = min(spot[0], spot[1], spot[2])
    room = 64
    nodes = np.empty((room, 7))
    count = 0
    scale = 1.0 / (capacity * (2.0 * math.pi) ** 1.5)
    for i in range(begin.size - 1, -1, -1):
        if power[i] == 0.0 or begin[i] >= time:
            continue
        young, old = max(time - finish[i], 0.0), time - begin[i]
        speed = math.sqrt((velocity[i] ** 2).sum())
        low = math.sqrt(smallest + 2.0 * diffusivity * young)
        last = math.sqrt(smallest + 2.0 * diffusivity * old)
        while low < last:
            high = last if last < low * growth * 1.05 else low * growth
            stretch = speed / diffusivity * 0.5 * (high - low)
            if stretch > _LONGEST:
                high = low + (high - low) * _LONGEST / stretch
                if last - high < 0.05 * (high - low):
                    high = last
                stretch = speed / diffusivity * 0.5 * (high - low)
            half = 0.5 * (high - low)
            n = order
            if n == 0:
                size = (
                    2.0 * scale * power[i] * half / (diffusivity * _slimmest(low, spot, smallest))
                )
                n = count_for(stretch, size, tolerance, high / low)
            while count + n > room:
                room *= 2
                grown = np.empty((room, 7))
                grown[:count] = nodes[:count]
                nodes = grown
            for j in range(n):
                u = low + half * (1.0 + _ABSCISSAE[n, j])
                age = (u * u - smallest) / (2.0 * diffusivity)
                nodes[count, 0] = power[i] / capacity * _WEIGHTS[n, j] * half * u / diffusivity
                for k in range(3):
                    nodes[count, 1 + k] = origin[i, k] + velocity[i, k] * (old - age)
                    nodes[count, 4 + k] = spot[k] + 2.0 * diffusivity * age
                count += 1
            low = high
    return nodes[:count]


@njit(cache=True)
def _slimmest(low: float, spot: np.ndarray, smallest: float) -> float:
    """sqrt(v_x v_y v_z) / u (m2) of the puff whose width u is `low`."""
    grown = low * low - smallest
    product = (spot[0] + grown) * (spot[1] + grown) * (spot[2] + grown)
    return math.sqrt(product) / low


@njit(cache=True)
def spread_along(
    x: float, c: float, v: float, low: float, high: float
) -> tuple[float, float, float]:
    """g (1/m), its slope (1/m2) and curvature (1/m3) at x along one axis, faces mirrored.

    Between two faces: images as long as the puff is narrow, else their Poisson dual, a cosine
    series whose terms die away.
    """
    if math.isinf(low) and math.isinf(high):
        return _bell(x - c, v)
    if math.isinf(low):
        direct, mirrored = _bell(x - c, v), _bell(x - 2.0 * high + c, v)
        return direct[0] + mirrored[0], direct[1] + mirrored[1], direct[2] + mirrored[2]
    wide = high - low
    g, slope, bend = 0.0, 0.0, 0.0
    if v < 0.2 * wide * wide:
        for n in range(-3, 4):
            for image in (c, 2.0 * high - c):
                value = _bell(x - image - 2.0 * n * wide, v)
                g += value[0]
                slope += value[1]
                bend += value[2]
        return g, slope, bend
    g = 1.0 / wide
    for m in range(1, 8):
        k = math.pi * m / wide
        share = 2.0 / wide * math.exp(-0.5 * k * k * v) * math.cos(k * (c - low))
        g += share * math.cos(k * (x - low))
        slope -= share * k * math.sin(k * (x - low))
        bend -= share * k * k * math.cos(k * (x - low))
    return g, slope, bend


@njit(cache=True)
def _bell(away: float, v: float) -> tuple[float, float, float]:
    g = math.exp(-0.5 * away * away / v) / math.sqrt(2.0 * math.pi * v)
    return g, -away / v * g, (away * away / v - 1.0) / v * g


@njit(cache=True)
def fill_axis(
    at: np.ndarray, nodes: np.ndarray, axis: int, faces: np.ndarray, out: np.ndarray
) -> None:
    """out (nodes, N): g (1/m) of every node at the coordinates `at` (N,) of an axis (0, 1, 2)."""
    low, high = faces[axis, 0], faces[axis, 1]
    free = math.isinf(low) and math.isinf(high)
    for m in range(nodes.shape[0]):
        c, v = nodes[m, 1 + axis], nodes[m, 4 + axis]
        if free:
            scale, rate = 1.0 / math.sqrt(2.0 * math.pi * v), -0.5 / v
            for i in range(at.size):
                out[m, i] = scale * math.exp(rate * (at[i] - c) ** 2)
        else:
            for i in range(at.size):
                out[m, i] = spread_along(at[i], c, v, low, high)[0]


@njit(cache=True)
def sum_points(points: np.ndarray, nodes: np.ndarray, faces: np.ndarray, rise: np.ndarray) -> None:
    """rise (N,) K at scattered points (N, 3) m: the plain sum over the nodes."""
    for p in range(points.shape[0]):
        total = 0.0
        for m in range(nodes.shape[0]):
            term = nodes[m, 0]
            for k in range(3):
                term *= spread_along(
                    points[p, k], nodes[m, 1 + k], nodes[m, 4 + k], faces[k, 0], faces[k, 1]
                )[0]
            total += term
        rise[p] = total


@njit(cache=True)
def look_closely(point: np.ndarray, nodes: np.ndarray, faces: np.ndarray, out: np.ndarray) -> None:
    """out (10,): rise K, its slopes x, y, z (K/m), its curvatures xx, yy, zz, xy, xz, yz (K/m2)."""
    out[:] = 0.0
    g = np.empty((3, 3))
    for m in range(nodes.shape[0]):
        for k in range(3):
            g[k, 0], g[k, 1], g[k, 2] = spread_along(
                point[k], nodes[m, 1 + k], nodes[m, 4 + k], faces[k, 0], faces[k, 1]
            )
        w = nodes[m, 0]
        out[0] += w * g[0, 0] * g[1, 0] * g[2, 0]
        out[1] += w * g[0, 1] * g[1, 0] * g[2, 0]
        out[2] += w * g[0, 0] * g[1, 1] * g[2, 0]
        out[3] += w * g[0, 0] * g[1, 0] * g[2, 1]
        out[4] += w * g[0, 2] * g[1, 0] * g[2, 0]
        out[5] += w * g[0, 0] * g[1, 2] * g[2, 0]
        out[6] += w * g[0, 0] * g[1, 0] * g[2, 2]
        out[7] += w * g[0, 1] * g[1, 1] * g[2, 0]
        out[8] += w * g[0, 1] * g[1, 0] * g[2, 1]
        out[9] += w * g[0, 0] * g[1, 1] * g[2, 1]
