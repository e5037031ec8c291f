"""Powder stream, catchment and the coupled pool-powder-bead fixed point: plain arrays, SI."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from reclad.process._pool_kernels import look_up

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "9a39f173b4393cbe"

_GAUSS, _GAUSS_W = np.polynomial.legendre.leggauss(10)
_T = 0.5 * (1.0 + _GAUSS)
_TW = 0.5 * _GAUSS_W
_SIN, _COS = np.sin(0.5 * np.pi * _T), np.cos(0.5 * np.pi * _T)

# columns of `settings`
POWER, SPEED, FEED, STAND_OFF, INTERPASS, AMBIENT = range(6)
# columns of `metal`, one row per candidate (they depend on the interpass temperature)
K, CP, RHO, T_MELT, RHO_CLAD, DH_CLAD, CP_GRAIN, RADIUS_GRAIN, WALL, LATENT = range(10)
# columns of `params`, one row per draw
(
    ABSORB,
    ABSORB_GRAIN,
    SPEED_GRAIN,
    STREAM,
    FOCUS,
    DIVERGE,
    STICK,
    SINK,
    OFFSET,
    CONVECT,
    BEAD_POOL,
    MELT_SHAPE,
    K_SCALE,
    CP_SCALE,
    SPOT_SCALE,
) = range(15)
# columns of the result
(
    WIDTH,
    HEIGHT,
    DEPTH,
    AREA,
    MELTED,
    DILUTION,
    CATCH,
    TOE,
    LENGTH,
    ABSORBED,
    THROUGH,
    T_GRAIN,
    KEYHOLE,
    LEFT,
    FLOOR,
) = range(15)
RESULTS = 15


@njit(cache=True)
def transmission(
    feed: float,
    grain_speed: float,
    grain_rho: float,
    grain_radius: float,
    stand_off: float,
    stream: float,
    focus: float,
    diverge: float,
    spot: float,
    rings: np.ndarray,
) -> float:
    """Share (0..1) of the beam that passes the powder stream and reaches the surface.

    Beer-Lambert with shadow area Q = 1, tau = int 3 c / (4 rho_p r_p) ds, in the merged coaxial
    stream c = 2 m / (pi R^2 v_p) exp(-2 r^2 / R^2), R^2 = R_f^2 + phi^2 (z - z_f)^2, averaged over
    rings of equal beam power.
    """
    if feed <= 0.0:
        return 1.0
    total = 0.0
    for i in range(rings.size):
        r2 = (rings[i] * spot) ** 2
        tau = 0.0
        for j in range(_T.size):
            wide = stream * stream + (diverge * (_T[j] * stand_off - focus)) ** 2
            tau += _TW[j] * math.exp(-2.0 * r2 / wide) / wide
        tau *= stand_off * 3.0 * feed / (2.0 * math.pi * grain_rho * grain_radius * grain_speed)
        total += math.exp(-tau)
    return total / rings.size


@njit(cache=True)
def caught_share(pool: np.ndarray, spot: float, stream: float) -> float:
    """Share (0..1) of a Gaussian powder stream (1/e2 radius `stream`, m) that lands in the pool.

    The pool's outline is two half ellipses meeting at its widest point; the integral across it is
    an error function, along it a quadrature in the ellipse's angle.
    """
    half = pool[0] * spot
    if half <= 0.0:
        return 0.0
    total = 0.0
    for side in range(2):
        reach = (pool[2] - pool[1] if side == 0 else pool[1] - pool[3]) * spot
        sign = 1.0 if side == 0 else -1.0
        for i in range(_T.size):
            x = (pool[1] * spot + sign * reach * _SIN[i]) / stream
            across = math.erf(math.sqrt(2.0) * half * _COS[i] / stream)
            total += _TW[i] * reach * _COS[i] * across * math.exp(-2.0 * x * x)
    return min(total * math.sqrt(0.5 * math.pi) / stream, 1.0)


@njit(cache=True)
def _pool(
    q: float,
    speed: float,
    k: float,
    a: float,
    rise: float,
    spot: float,
    wall: float,
    convect: float,
    axes: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
    beam: np.ndarray,
    exact: bool,
    out: np.ndarray,
) -> None:
    """Pool of absorbed power q (W) in units of the spot radius.

    Convection multiplies the sideways conductivity by f. The anisotropic half-space maps exactly
    onto the isotropic one by z -> z sqrt(f), so q -> q sqrt(f), k -> f k, a -> f a, H -> H sqrt(f).
    """
    root = math.sqrt(convect)
    g = spot / (wall * root) if wall > 0.0 else 0.0
    look_up(
        q / (root * k * spot * rise),
        speed * spot / (convect * a),
        g,
        axes,
        hot,
        shape,
        beam,
        exact,
        out,
    )
    out[4] /= root


@njit(cache=True)
def _solve_one(
    s: np.ndarray,
    m: np.ndarray,
    p: np.ndarray,
    stated: float,
    rings: np.ndarray,
    axes: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
    beam: np.ndarray,
    exact: bool,
    pool: np.ndarray,
    out: np.ndarray,
) -> None:
    """One bead. Fixed point in the catchment eta, in the spirit of Picasso 1994 and Huang 2019:

        q_s = A P T                       q_p = eta min(A_p P (1 - T), m dH_grain)
        q_m = q_s + q_p - chi eta m dH    (w, l) from q_s + q_p;  d = d(q_m) - zeta h, not below 0
        (w, l) -> eta;  A_c = eta m / (rho_c v);  h = 3 A_c / (2 w_b),  w_b = f_w w

    eta is bracketed by 0 and the sticking share, so false position always closes it.
    """
    out[:] = 0.0
    spot = stated * p[SPOT_SCALE]
    rise = m[T_MELT] - s[INTERPASS]
    k = m[K] * p[K_SCALE]
    cp = m[CP] * p[CP_SCALE]
    a = k / (m[RHO] * cp)
    stream = math.sqrt(p[STREAM] ** 2 + (p[DIVERGE] * (s[STAND_OFF] - p[FOCUS])) ** 2)
    through = transmission(
        s[FEED],
        p[SPEED_GRAIN],
        m[RHO_CLAD],
        m[RADIUS_GRAIN],
        s[STAND_OFF],
        p[STREAM],
        p[FOCUS],
        p[DIVERGE],
        spot,
        rings,
    )
    surface = p[ABSORB] * s[POWER] * through
    offered = p[ABSORB_GRAIN] * s[POWER] * (1.0 - through)
    carried = min(offered, s[FEED] * m[DH_CLAD])
    low, high, eta = 0.0, p[STICK], p[STICK] * 0.7
    f_low, f_high, side, gap = math.nan, math.nan, 0, 0.0
    for step in range(120):
        _pool(
            surface + eta * carried,
            s[SPEED],
            k,
            a,
            rise,
            spot,
            m[WALL],
            p[CONVECT],
            axes,
            hot,
            shape,
            beam,
            exact,
            pool,
        )
        if s[FEED] <= 0.0:
            eta, gap = 0.0, 0.0
            break
        gap = p[STICK] * caught_share(pool, spot, stream) - eta
        if abs(gap) < 1e-10:
            break
        if gap > 0.0:
            low, f_low = eta, gap
            f_high *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            high, f_high = eta, gap
            f_low *= 0.5 if side == -1 else 1.0
            side = -1
        secant = (low * f_high - high * f_low) / (f_high - f_low)
        eta = secant if low < secant < high else eta + gap
        # A weak pool can starve: plain iteration would crawl past the vanished root.
        if not low < eta < high or (step > 8 and step % 2):
            eta = 0.5 * (low + high)
        if high - low < 1e-13:
            break
    width = 2.0 * pool[0] * spot
    length = (pool[2] - pool[3]) * spot
    depth = pool[4] * spot
    wide, height, area = width, 0.0, 0.0
    floor = depth
    if s[FEED] > 0.0:
        wide = p[BEAD_POOL] * width
        area = eta * s[FEED] / (m[RHO_CLAD] * s[SPEED])
        height = 1.5 * area / wide if wide > 0.0 else 0.0
        left = surface + eta * (carried - p[SINK] * s[FEED] * m[DH_CLAD])
        _pool(
            left,
            s[SPEED],
            k,
            a,
            rise,
            spot,
            m[WALL],
            p[CONVECT],
            axes,
            hot,
            shape,
            beam,
            exact,
            pool,
        )
        floor = pool[4] * spot - p[OFFSET] * height
        depth = max(0.0, floor)
    melted = p[MELT_SHAPE] * width * depth
    out[WIDTH], out[HEIGHT], out[DEPTH], out[AREA], out[MELTED] = wide, height, depth, area, melted
    out[DILUTION] = melted / (melted + area) if melted + area > 0.0 else 0.0
    out[CATCH] = eta
    out[TOE] = math.atan2(4.0 * height, wide) if wide > 0.0 else 0.0
    out[LENGTH] = length
    out[ABSORBED] = surface + eta * carried
    out[THROUGH] = through
    gained = carried / s[FEED] if s[FEED] > 0.0 else 0.0
    out[T_GRAIN] = s[AMBIENT] + gained / m[CP_GRAIN]
    enthalpy = m[RHO] * (cp * rise + m[LATENT])
    out[KEYHOLE] = p[ABSORB] * s[POWER] / (math.pi * enthalpy * math.sqrt(a * s[SPEED] * spot**3))
    out[LEFT], out[FLOOR] = gap, floor


@njit(cache=True, nogil=True)
def solve_beads(
    settings: np.ndarray,
    metal: np.ndarray,
    params: np.ndarray,
    spot: float,
    rings: np.ndarray,
    axes: np.ndarray,
    hot: np.ndarray,
    shape: np.ndarray,
    beam: np.ndarray,
    paired: bool,
    exact: bool,
    out: np.ndarray,
) -> None:
    """Beads of all draws (D, 17) x candidates (C, 6), metal (C, 10), stated spot radius m: fills
    out (D, C, RESULTS), columns as named above. `paired`: candidate i belongs to draw i alone,
    C = D, and out is (D, 1, RESULTS). `exact` as in `look_up`."""
    pool = np.empty(5)
    for i in range(params.shape[0]):
        for j in range(out.shape[1]):
            c = i if paired else j
            _solve_one(
                settings[c],
                metal[c],
                params[i],
                spot,
                rings,
                axes,
                hot,
                shape,
                beam,
                exact,
                pool,
                out[i, j],
            )
