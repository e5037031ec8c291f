"""Moving heat source and melt pool: plain arrays, dimensionless.

Lengths in units of the 1/e2 beam radius w, temperature rise as theta = (T - T0) k w / q,
Peclet number pe = v w / a, wall as its reciprocal thickness g = w / H (0 = half-space).
The beam travels towards +x. Everything is float64 and scalar unless a shape is given.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_NODES, _WEIGHTS = (
    0.5 * (1.0 + a) if i == 0 else 0.5 * a
    for i, a in enumerate(np.polynomial.legendre.leggauss(96))
)
_C = 4.0 / math.pi**1.5
_WALL_BEND = 0.2  # g / (g + 0.2) runs evenly through what a wall does to the maximum
_SHARE_BEND = 1.0  # the same for the wall against the pool, far beyond melting through
_MARGIN = 0.7  # in beam radii: keeps the wall axis finite where the pool vanishes


@njit(cache=True)
def _wall_factor(s: float, z: float, g: float) -> tuple[float, float]:
    """Image sum over an adiabatic wall relative to the half-space prefactor, and its z slope.

    Method of images for the thin wall, sum_n exp(-(z - 2n/g)^2 / 4s); its Poisson dual where
    the heat has crossed the wall many times, so that nine terms always suffice.
    """
    if g <= 0.0:
        value = math.exp(-z * z / (4.0 * s))
        return value, -z / (2.0 * s) * value
    if s * g * g < 0.5:
        value, slope = 0.0, 0.0
        # The nearest image left out lies at 2/g - z, then at 4/g - z.
        reach = (
            0 if (2.0 / g - z) ** 2 > 160.0 * s else (1 if (4.0 / g - z) ** 2 > 160.0 * s else 4)
        )
        for n in range(-reach, reach + 1):
            away = z - 2.0 * n / g
            term = math.exp(-away * away / (4.0 * s))
            value += term
            slope -= away / (2.0 * s) * term
        return value, slope
    value, slope = 0.5, 0.0
    for m in range(1, 5):
        k = math.pi * m * g
        term = math.exp(-k * k * s)
        value += term * math.cos(k * z)
        slope -= term * k * math.sin(k * z)
    scale = math.sqrt(4.0 * math.pi * s) * g
    return value * scale, slope * scale


@njit(cache=True)
def temperature_rise(
    x: float, y: float, z: float, pe: float, g: float, beam: np.ndarray
) -> tuple[float, float, float, float]:
    """theta (-) at (x, y, z) and its slopes along x, y, z: steady moving mixture of Gaussians.

    Eagar & Tsai 1983, generalised to a mixture and a wall; with s = a t / w^2 = u^2,

        theta = 4/pi^1.5 * sum_i c_i int_0^inf exp(-2((x - x_i + pe u^2)^2 + (y - y_i)^2)
                / (8 u^2 + w_i^2)) / (8 u^2 + w_i^2) * wall(u^2, z) du

    beam  (kernels, 4): share c_i, x_i, y_i, w_i in units of w
    """
    behind = max(0.0, -x) + 1.0
    u_max = (11.0 + math.sqrt(121.0 + 4.0 * pe * behind)) / (2.0 * pe)
    scale = 0.3
    xi_max = math.asinh(u_max / scale)
    t, tx, ty, tz = 0.0, 0.0, 0.0, 0.0
    for i in range(_NODES.size):
        e = math.exp(xi_max * _NODES[i])
        u = 0.5 * scale * (e - 1.0 / e)
        s = u * u
        planar, planar_x, planar_y = 0.0, 0.0, 0.0
        for j in range(beam.shape[0]):
            d = 8.0 * s + beam[j, 3] * beam[j, 3]
            dx, dy = x - beam[j, 1] + pe * s, y - beam[j, 2]
            term = beam[j, 0] / d * math.exp(-2.0 * (dx * dx + dy * dy) / d)
            planar += term
            planar_x -= 4.0 * dx / d * term
            planar_y -= 4.0 * dy / d * term
        if planar > 1e-300:
            wall, wall_z = _wall_factor(s, z, g)
            weight = _WEIGHTS[i] * (e + 1.0 / e)
            t += weight * planar * wall
            tx += weight * planar_x * wall
            ty += weight * planar_y * wall
            tz += weight * planar * wall_z
    c = _C * xi_max * 0.5 * scale
    return c * t, c * tx, c * ty, c * tz


@njit(cache=True)
def hottest_point(pe: float, g: float, beam: np.ndarray) -> tuple[float, float]:
    """x (-) and theta (-) of the surface maximum on the centre line (bisection on the slope)."""
    a, b = -2.0, 0.5
    for _ in range(36):
        x = 0.5 * (a + b)
        if temperature_rise(x, 0.0, 0.0, pe, g, beam)[1] > 0.0:
            a = x
        else:
            b = x
    x = 0.5 * (a + b)
    return x, temperature_rise(x, 0.0, 0.0, pe, g, beam)[0]


@njit(cache=True)
def _reach(
    x: float,
    axis: int,
    start: float,
    limit: float,
    level: float,
    pe: float,
    g: float,
    beam: np.ndarray,
) -> tuple[float, float]:
    """Distance (-) from (x, 0, 0) to the isotherm along +x, -x, y or z (axis 0..3), and the slope
    of theta along x there. Newton kept inside a bracket; `limit` where the isotherm lies beyond."""
    sx = 1.0 if axis == 0 else (-1.0 if axis == 1 else 0.0)
    sy = 1.0 if axis == 2 else 0.0
    sz = 1.0 if axis == 3 else 0.0
    low, high, r = 0.0, math.inf, min(start, limit)
    slope_x = 0.0
    for _ in range(200):
        t, tx, ty, tz = temperature_rise(x + sx * r, sy * r, sz * r, pe, g, beam)
        slope_x = tx
        f = t - level
        if f > 0.0:
            if r >= limit:
                return limit, slope_x
            low = r
        else:
            high = r
        slope = sx * tx + sy * ty + sz * tz
        step = -f / slope if slope < 0.0 else math.inf
        following = r + step
        if not low < following < high:
            following = min(2.0 * r, limit) if high == math.inf else 0.5 * (low + high)
        elif high == math.inf:
            following = min(following, 4.0 * r, limit)
        if abs(following - r) <= 1e-10 * r + 1e-14:
            return following, slope_x
        r = following
    return r, slope_x


@njit(cache=True)
def _farthest(
    axis: int,
    back: float,
    front: float,
    start: float,
    limit: float,
    level: float,
    pe: float,
    g: float,
    beam: np.ndarray,
) -> tuple[float, float]:
    """Greatest reach (-) of the isotherm along y or z, and its x.

    A fast, strong pool widens under the beam and again in its tail, so the highest of a coarse
    scan is refined to where theta has no slope along x on the isotherm.
    """
    stations = 12
    best_r, best = 0.0, 1
    r = start
    for i in range(1, stations):
        share = 0.5 * (1.0 - math.cos(math.pi * i / stations))
        r, _ = _reach(back + share * (front - back), axis, r, limit, level, pe, g, beam)
        if r > best_r:
            best_r, best = r, i
    a = back + 0.5 * (1.0 - math.cos(math.pi * (best - 1) / stations)) * (front - back)
    b = back + 0.5 * (1.0 - math.cos(math.pi * (best + 1) / stations)) * (front - back)
    x, r = back + 0.5 * (1.0 - math.cos(math.pi * best / stations)) * (front - back), best_r
    fa, fb, side = 0.0, 0.0, 0
    for _ in range(60):
        r, slope = _reach(x, axis, r, limit, level, pe, g, beam)
        if (
            r >= limit
            or abs(slope) * (front - back) < 1e-8 * level
            or b - a < 1e-8 * (front - back)
        ):
            break
        if slope > 0.0:
            a, fa = x, slope
            fb *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            b, fb = x, slope
            fa *= 0.5 if side == -1 else 1.0
            side = -1
        x = (a * fb - b * fa) / (fb - fa) if fa > 0.0 and fb < 0.0 else 0.5 * (a + b)
    return r, x


@njit(cache=True)
def pool_shape(n: float, pe: float, g: float, beam: np.ndarray, out: np.ndarray) -> None:
    """Melt pool of strength n = q / (k w (T_m - T0)): fills out (5,), all in units of w:
    half width, x of the widest point, x of the front, x of the back, depth. Zero where nothing
    melts; depth = wall where it melts through."""
    x_hot, hottest = hottest_point(pe, g, beam)
    level = 1.0 / n if n > 0.0 else math.inf
    out[:] = 0.0
    out[1:4] = x_hot
    if hottest <= level:
        return
    start = 0.7 * math.sqrt(math.log(hottest / level))
    ahead, _ = _reach(x_hot, 0, start, 1e6, level, pe, g, beam)
    behind, _ = _reach(x_hot, 1, start, 1e6, level, pe, g, beam)
    front, back = x_hot + ahead, x_hot - behind
    half, x_wide = _farthest(2, back, front, start, 1e6, level, pe, g, beam)
    wall = 1.0 / g if g > 0.0 else 1e6
    depth, _ = _farthest(3, back, front, start * start, wall, level, pe, g, beam)
    out[0], out[1], out[2], out[3], out[4] = half, x_wide, front, back, depth


@njit(cache=True)
def _depth_measure(pool: np.ndarray, level: float, pe: float, g: float, beam: np.ndarray) -> float:
    """The depth in a form that runs smoothly through the wall: D for a thick part.

    Across an insulated wall theta is nearly a cosine, so sin(pi D g / 2) is nearly linear in the
    level; once the far side melts the same line goes on with what the far side exceeds it by.
    """
    if g <= 0.0:
        return float(pool[4])
    if pool[4] * g < 1.0:
        return math.sin(0.5 * math.pi * pool[4] * g) / (0.5 * math.pi * g)
    back, front = pool[3], pool[2]
    for _ in range(50):
        x = 0.5 * (back + front)
        if temperature_rise(x, 0.0, 1.0 / g, pe, g, beam)[1] > 0.0:
            back = x
        else:
            front = x
    near = temperature_rise(back, 0.0, 0.0, pe, g, beam)[0]
    far = temperature_rise(back, 0.0, 1.0 / g, pe, g, beam)[0]
    step = max(near - far, 1e-6 * near)
    return math.sqrt(1.0 + max(far - level, 0.0) / step) / (0.5 * math.pi * g)


@njit(cache=True, nogil=True)
def fill_table(
    pe: np.ndarray,
    u: np.ndarray,
    share: np.ndarray,
    bent: np.ndarray,
    beam: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
) -> None:
    """Tabulate the pool over pe (P,), u = sqrt(ln(n theta_max)) (U,) and the wall as
    bent share of g (D0 + margin) (S,), D0 being the half-space depth at (pe, u): in these axes the
    surface stays smooth until the pool nears the far side.

    hot    (P, G, 2)       x and ln(theta) of the surface maximum over pe and bent g (G,)
    shape  (P, U, S, 5)    ln(half width/u), ln(depth measure/u^2), ln(ahead/u), ln(behind/u) and
                           the widest point as a share of `behind`: finite down to u -> 0
    """
    out = np.empty(5)
    for i in range(pe.size):
        for k in range(bent.size):
            wall = bent[k] * _WALL_BEND / (1.0 - bent[k])
            x_hot, hottest = hottest_point(pe[i], wall, beam)
            hot[i, k, 0], hot[i, k, 1] = x_hot, math.log(hottest)
        for j in range(u.size):
            deep = 0.0
            for k in range(share.size):
                wall = share[k] * _SHARE_BEND / (1.0 - share[k]) / (deep + _MARGIN)
                x_hot, hottest = hottest_point(pe[i], wall, beam)
                level = hottest * math.exp(-u[j] * u[j])
                pool_shape(1.0 / level, pe[i], wall, beam, out)
                if k == 0:
                    deep = out[4]
                measure = _depth_measure(out, level, pe[i], wall, beam)
                behind = x_hot - out[3]
                shape[i, j, k, 0] = math.log(out[0] / u[j])
                shape[i, j, k, 1] = math.log(measure / (u[j] * u[j]))
                shape[i, j, k, 2] = math.log((out[2] - x_hot) / u[j])
                shape[i, j, k, 3] = math.log(behind / u[j])
                shape[i, j, k, 4] = (x_hot - out[1]) / behind


@njit(cache=True)
def _cubic(position: float, size: int, weights: np.ndarray) -> int:
    """First node and the four Lagrange weights of a cubic through equidistant nodes 0..size-1."""
    first = min(max(int(position) - 1, 0), size - 4)
    t = position - first
    weights[0] = -(t - 1.0) * (t - 2.0) * (t - 3.0) / 6.0
    weights[1] = t * (t - 2.0) * (t - 3.0) / 2.0
    weights[2] = -t * (t - 1.0) * (t - 3.0) / 2.0
    weights[3] = t * (t - 1.0) * (t - 2.0) / 6.0
    return first


@njit(cache=True)
def look_up(
    n: float,
    pe: float,
    g: float,
    axes: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
    beam: np.ndarray,
    exact: bool,
    out: np.ndarray,
) -> None:
    """As `pool_shape`, from the table; the exact integral where the table ends.

    exact  also ask the integral where the wall is nearly through and the depth races; without it
           the depth may be 5 % of the wall off there, which no sound clad comes near
    axes   (4, 3): first value, spacing and count of ln(pe), u, share and g / (g + 0.2)
    """
    out[:] = 0.0
    if n <= 0.0:
        return
    wa, wb, wc = np.empty(4), np.empty(4), np.empty(4)
    a = (math.log(pe) - axes[0, 0]) / axes[0, 1]
    c = g / (g + _WALL_BEND) / axes[3, 1]
    if a < 0.0 or a > axes[0, 2] - 1.0 or c > axes[3, 2] - 1.0:
        pool_shape(n, pe, g, beam, out)
        return
    ia = _cubic(a, int(axes[0, 2]), wa)
    ic = _cubic(c, int(axes[3, 2]), wc)
    x_hot, log_hot = 0.0, 0.0
    for p in range(4):
        for r in range(4):
            w = wa[p] * wc[r]
            x_hot += w * hot[ia + p, ic + r, 0]
            log_hot += w * hot[ia + p, ic + r, 1]
    excess = math.log(n) + log_hot
    out[1:4] = x_hot
    if excess <= 0.0:
        return
    u = math.sqrt(excess)
    b = max((u - axes[1, 0]) / axes[1, 1], 0.0)
    if b > axes[1, 2] - 1.0:
        pool_shape(n, pe, g, beam, out)
        return
    ib = _cubic(b, int(axes[1, 2]), wb)
    wc[:] = 0.0
    ic = 0
    wc[0] = 1.0
    layers = 1
    if g > 0.0:
        deep = 0.0
        for p in range(4):
            for q in range(4):
                deep += wa[p] * wb[q] * shape[ia + p, ib + q, 0, 1]
        thin = g * (u * u * math.exp(deep) + _MARGIN)
        c = thin / (thin + _SHARE_BEND) / axes[2, 1]
        if c > axes[2, 2] - 1.0:
            pool_shape(n, pe, g, beam, out)
            return
        ic = _cubic(c, int(axes[2, 2]), wc)
        layers = 4
    v0, v1, v2, v3, v4 = 0.0, 0.0, 0.0, 0.0, 0.0
    for p in range(4):
        for q in range(4):
            for r in range(layers):
                w = wa[p] * wb[q] * wc[r]
                node = shape[ia + p, ib + q, ic + r]
                v0 += w * node[0]
                v1 += w * node[1]
                v2 += w * node[2]
                v3 += w * node[3]
                v4 += w * node[4]
    jump = max(
        abs(shape[ia + 1, ib + 2, ic, 4] - shape[ia + 1, ib + 1, ic, 4]),
        abs(shape[ia + 2, ib + 2, ic, 4] - shape[ia + 2, ib + 1, ic, 4]),
    )
    if pe > 15.0 and jump > 0.1:
        # The widest place moves from under the beam into the tail: a kink no cubic can follow.
        pool_shape(n, pe, g, beam, out)
        return
    behind = u * math.exp(v3)
    out[0] = u * math.exp(v0)
    out[1] = x_hot - v4 * behind
    out[2] = x_hot + u * math.exp(v2)
    out[3] = x_hot - behind
    out[4] = u * u * math.exp(v1)
    if g > 0.0:
        sine = 0.5 * math.pi * g * out[4]
        if exact and (0.6 if pe < 0.3 else 0.8) < sine < 1.06:
            pool_shape(n, pe, g, beam, out)
        else:
            out[4] = math.asin(min(sine, 1.0)) / (0.5 * math.pi * g)
