"""The moving source and its pool, against what others have derived."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reclad.process import _pool_kernels as kernels
from reclad.process.beam import Beam
from reclad.process.pool import load_pool_table

POINT = np.array([[1.0, 0.0, 0.0, 1.0]])


def rise(x: float, y: float, z: float, pe: float, g: float = 0.0, beam=POINT) -> float:
    return kernels.temperature_rise(x, y, z, pe, g, beam)[0]


@pytest.mark.parametrize(
    ("x", "y", "z"), [(-1.0, 0.0, 0.0), (-0.6, 0.8, 0.0), (0.0, 0.0, 1.0), (0.3, 0.5, 0.4)]
)
def test_far_from_a_small_beam_the_rise_is_rosenthals(x: float, y: float, z: float) -> None:
    # T = q / (2 pi k r) exp(-v (r + x) / 2a); in beam radii, r = 400 and v r / a = 2.
    far, pe = 400.0, 2.0 / 400.0
    r = float(np.sqrt(x * x + y * y + z * z))
    expected = np.exp(-pe * far * (r + x) / 2.0) / (2.0 * np.pi * r * far)
    assert rise(x * far, y * far, z * far, pe) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("pe", [0.05, 0.5, 2.0, 12.0])
@pytest.mark.parametrize("point", [(0.0, 0.0, 0.0), (-2.0, 0.7, 0.0), (0.4, 0.0, 0.5), (-6, 0, 2)])
def test_rise_equals_eagar_and_tsais_integral(pe: float, point: tuple[float, float, float]) -> None:
    # Eagar & Tsai 1983 in their own variables: Gaussian of standard deviation sigma,
    # T = q / (pi rho c sqrt(4 pi a)) int t^-1/2 / (2 a t + sigma^2) exp(...) dt, full space x 2.
    from scipy.integrate import quad

    sigma, a, k = 0.5, 1.0, 1.0
    v = pe * a
    x, y, z = point

    def integrand(t: float) -> float:
        d = 2.0 * a * t + sigma**2
        return t**-0.5 / d * np.exp(-((x + v * t) ** 2 + y**2) / (2.0 * d) - z**2 / (4.0 * a * t))

    edges = [0, 1e-4, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4, 1e6]
    total = sum(
        quad(integrand, lo, hi, epsrel=1e-10, limit=200)[0] for lo, hi in itertools.pairwise(edges)
    )
    expected = (1.0 / k) * a * total / (np.pi * np.sqrt(4.0 * np.pi * a))
    assert rise(x, y, z, pe) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("g", [0.05, 0.3, 1.0])
def test_no_heat_leaves_an_insulated_wall(g: float) -> None:
    for point in ((0.0, 0.0), (-1.5, 0.4)):
        across = kernels.temperature_rise(point[0], point[1], 1.0 / g, 1.0, g, POINT)[3]
        inside = kernels.temperature_rise(point[0], point[1], 0.4, 1.0, 0.0, POINT)[3]
        assert abs(across) < 1e-9 * abs(inside)


def test_a_thin_wall_tends_to_the_line_source_of_a_plate() -> None:
    # Rosenthal 2-D: T = q / (2 pi k H) exp(-v x / 2a) K0(v r / 2a), far from the beam.
    from scipy.special import k0

    pe, g, r = 0.02, 0.5, 60.0
    expected = g / (2.0 * np.pi) * np.exp(pe * r / 2.0) * k0(pe * r / 2.0)
    assert rise(-r, 0.0, 0.0, pe, g) == pytest.approx(expected, rel=2e-3)


def test_the_two_forms_of_the_image_sum_agree_where_they_meet() -> None:
    for z in (0.0, 0.7, 2.0):
        g = 0.5
        edge = 0.5 / g**2
        below = kernels._wall_factor(edge * (1 - 1e-12), z, g)
        above = kernels._wall_factor(edge * (1 + 1e-12), z, g)
        assert below == pytest.approx(above, rel=1e-7, abs=1e-9)


def test_slopes_are_those_of_the_rise() -> None:
    point, step = np.array([-0.8, 0.45, 0.3]), 1e-6
    slopes = kernels.temperature_rise(*point, 1.7, 0.2, POINT)[1:]
    for axis in range(3):
        up, down = point.copy(), point.copy()
        up[axis] += step
        down[axis] -= step
        numeric = (rise(*up, 1.7, 0.2) - rise(*down, 1.7, 0.2)) / (2 * step)
        assert slopes[axis] == pytest.approx(numeric, rel=1e-5)


@pytest.mark.parametrize(("n", "pe", "g"), [(6.0, 0.5, 0.0), (12.0, 1.9, 0.1), (60.0, 8.0, 0.2)])
def test_every_edge_of_the_pool_lies_on_the_melting_isotherm(n: float, pe: float, g: float) -> None:
    pool = np.zeros(5)
    kernels.pool_shape(n, pe, g, POINT, pool)
    half, x_wide, front, back, depth = pool
    level = 1.0 / n
    assert rise(front, 0, 0, pe, g) == pytest.approx(level, rel=1e-6)
    assert rise(back, 0, 0, pe, g) == pytest.approx(level, rel=1e-6)
    assert rise(x_wide, half, 0, pe, g) == pytest.approx(level, rel=1e-6)
    xs = np.linspace(back, front, 400)
    assert max(rise(x, half * 1.002, 0, pe, g) for x in xs) < level
    assert max(rise(x, 0, depth * 1.002, pe, g) for x in xs) < level
    assert max(rise(x, 0, depth * 0.998, pe, g) for x in xs) > level


def test_nothing_melts_below_the_melting_strength() -> None:
    pool = np.ones(5)
    kernels.pool_shape(2.0, 1.0, 0.0, POINT, pool)
    assert pool[0] == 0.0
    assert pool[4] == 0.0


@pytest.mark.slow
def test_the_table_gives_the_pool_of_the_integral_everywhere() -> None:
    # Width, length and depth within 1 % or 5 um at a 1.5 mm beam, from below the melting threshold
    # to sixty times above it, in walls from endless to two beam radii, molten through included.
    table = load_pool_table("gaussian")
    rng = np.random.default_rng(11)
    exact, fast = np.zeros(5), np.zeros(5)
    for _ in range(2500):
        pe = float(np.exp(rng.uniform(np.log(0.05), np.log(30.0))))
        g = float(rng.choice([0.0, rng.uniform(0.0, 0.5)]))
        hottest = kernels.hottest_point(pe, g, POINT)[1]
        n = float(np.exp(rng.uniform(np.log(0.9), np.log(60.0))) / hottest)
        kernels.pool_shape(n, pe, g, POINT, exact)
        kernels.look_up(n, pe, g, table.axes, table.hot, table.shape, table.kernels, True, fast)
        for of in (
            lambda pool: 2 * pool[0],
            lambda pool: pool[2] - pool[3],
            lambda pool: pool[4],
        ):
            slack = max(0.01 * of(exact), 5e-6 / 1.5e-3)
            assert abs(of(fast) - of(exact)) <= slack, (n, pe, g)


def test_a_top_hat_of_gaussians_has_the_power_and_spread_of_a_disc() -> None:
    kernels_of_disc = Beam(1.0, "top-hat").kernels
    share, x, y, w = kernels_of_disc.T
    assert share.sum() == pytest.approx(1.0)
    assert np.sum(share * (x**2 + y**2 + w**2 / 2)) == pytest.approx(0.5)
    # Inside 0.9 of the edge the packed Gaussians stay near the disc's 1/pi.
    for radius in (0.0, 0.3, 0.6):
        flux = np.sum(share * 2 / (np.pi * w**2) * np.exp(-2 * ((radius - x) ** 2 + y**2) / w**2))
        assert flux == pytest.approx(1 / np.pi, rel=0.25)
