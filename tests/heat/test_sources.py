"""Beams on a path in closed form: against adaptive quadrature, against older closed forms, and
their laws."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import k0
from tests.peers.thesis.case import read_axes, read_source

from reclad.errors import ProcessError
from reclad.heat import _source_kernels as kernels
from reclad.heat.sources import BeamPath, Block, GaussianBeam, MovingSource, Quadrature

STEEL = Block(30.0, 680.0, 7700.0, 298.0)
BEAM = GaussianBeam.of(0.4, 3e-3, 1e-3)
POINT = GaussianBeam(1.0, 4e-6, 4e-6, 4e-6)


def line(seconds: float = 3.0, speed: float = 0.01, power: float = 2000.0, angle: float = 0.0
         ) -> BeamPath:  # fmt: skip
    end = seconds * speed * np.array([math.cos(angle), math.sin(angle), 0.0])
    return BeamPath(np.array([0.0, seconds]), np.array([np.zeros(3), end]), np.array([power, 0.0]))


def adaptive(source: MovingSource, point: np.ndarray, time: float) -> float:
    """Temperature (K) by adaptive quadrature over u = sqrt(age), each segment for itself."""
    path, block = source.path, source.block
    spot = np.array([source.beam.deviation_x, source.beam.deviation_y, source.beam.deviation_z])
    total = 0.0
    for i in np.flatnonzero(path.power[:-1]):
        if path.time[i] >= time:
            continue

        def puff(u: float, i: int = i) -> float:
            where = path.place[i] + path.velocity[i] * (time - u * u - path.time[i])
            v = spot**2 + 2.0 * block.diffusivity * u * u
            spread = math.exp(-((point - where) ** 2 / (2.0 * v)).sum())
            return 4.0 * u * spread / math.sqrt((2.0 * math.pi) ** 3 * v.prod())

        ends = np.sqrt([max(time - path.time[i + 1], 0.0), time - path.time[i]])
        breaks = np.linspace(*ends, 7)
        parts = [quad(puff, a, b, epsabs=1.0, epsrel=1e-10)[0] for a, b in pairwise(breaks)]
        total += source.beam.absorbed * path.power[i] * sum(parts)
    return block.ambient + total / block.capacity


@pytest.mark.slow
def test_a_thousand_points_of_the_peer_case_are_those_of_adaptive_quadrature() -> None:
    source, rng = read_source(), np.random.default_rng(11)
    low, high = np.array([[axis[0], axis[-1]] for axis in read_axes()]).T
    worst = hottest = 0.0
    for case in range(1200):
        time = rng.uniform(0.5, 45.0)
        point = rng.uniform(low, high)
        if case >= 1000:  # and 200 close to the beam, where it is hottest
            point = source.path.place_at(time) + 1e-3 * rng.normal(size=3)
            point[2] = -abs(point[2])
        exact = adaptive(source, point, time)
        worst = max(worst, abs(source.at_points(point[None], time)[0] - exact))
        hottest = max(hottest, exact)
    assert hottest > 3500.0
    assert worst <= 0.01


@pytest.mark.parametrize("tolerance", [10.0, 1.0, 0.1])
def test_the_error_follows_the_tolerance(tolerance: float) -> None:
    source, rng = read_source(), np.random.default_rng(5)
    rough = replace(source, quadrature=Quadrature(tolerance))
    fine = replace(source, quadrature=Quadrature(1e-7))
    points = rng.uniform([0.0, 12e-3, -1e-3], [40e-3, 20e-3, 0.0], (2000, 3))
    error = np.abs(rough.at_points(points, 43.0) - fine.at_points(points, 43.0)).max()
    assert tolerance / 100.0 < error < tolerance
    assert len(rough.nodes(43.0)) < len(source.nodes(43.0)) < 100


def test_two_nodes_a_panel_converge_with_the_fourth_power_of_its_length() -> None:
    dwell = BeamPath(np.array([0.0, 4.0]), np.zeros((2, 3)), np.array([500.0, 0.0]))
    source = MovingSource(dwell, BEAM, STEEL)
    point = np.array([[1e-3, 0.5e-3, -0.5e-3]])
    exact = replace(source, quadrature=Quadrature(1e-9, 1.5)).at_points(point, 4.0)[0]
    whole = math.sqrt(1.0 + 8.0 * STEEL.diffusivity / BEAM.deviation_z**2)
    errors = []
    for panels in (8, 16, 32):
        rule = Quadrature(growth=whole ** (1.0 / panels), order=2)
        found = replace(source, quadrature=rule)
        assert len(found.nodes(4.0)) == 2 * panels
        errors.append(abs(found.at_points(point, 4.0)[0] - exact))
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    assert order == pytest.approx(4.0, abs=0.3)


def test_far_behind_a_point_source_the_rise_is_rosenthals() -> None:
    # Rosenthal 1946: on the line behind a point source T - T0 = q / (2 pi k distance), whatever the
    # speed.
    source = MovingSource(line(20.0, 0.01, 100.0), POINT, STEEL)
    for behind in (0.5e-3, 2e-3, 8e-3):
        point = np.array([[0.2 - behind, 0.0, 0.0]])
        rise = source.at_points(point, 20.0)[0] - 298.0
        assert rise == pytest.approx(100.0 / (2.0 * math.pi * 30.0 * behind), rel=1e-3)


def test_a_thick_plate_is_endless() -> None:
    source = MovingSource(line(), BEAM, STEEL)
    thick = replace(source, block=replace(STEEL, thickness=0.1))
    grid = (np.linspace(0.0, 0.04, 9), np.linspace(-0.01, 0.01, 5), np.linspace(-0.01, 0.0, 4))
    assert thick.on_grid(*grid, 3.0) == pytest.approx(source.on_grid(*grid, 3.0), abs=1e-8)


def test_a_thin_plate_is_rosenthals_sheet() -> None:
    # Rosenthal 1946, thin sheet: q / (2 pi k H) exp(-v x / 2a) K0(v r / 2a), x ahead of the source.
    sheet, speed = replace(STEEL, thickness=0.5e-3), 0.01
    source = MovingSource(line(60.0, speed, 50.0), POINT, sheet)
    for x, y in ((-5e-3, 0.0), (-8e-3, 4e-3), (-3e-3, -6e-3)):
        r, twice = math.hypot(x, y), 2.0 * STEEL.diffusivity
        wanted = 50.0 / (2.0 * math.pi * 30.0 * 0.5e-3) * math.exp(-speed * x / twice)
        wanted *= k0(speed * r / twice)
        points = np.array([[0.6 + x, y, 0.0], [0.6 + x, y, -0.5e-3]])
        assert source.at_points(points, 60.0) - 298.0 == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize(
    "block",
    [
        STEEL,
        replace(STEEL, thickness=6e-3),
        replace(STEEL, thickness=6e-3, length=0.05, width=0.04),
    ],
)
@pytest.mark.parametrize("depth", [0.0, -2e-3])
def test_the_heat_in_the_metal_is_the_heat_absorbed(block: Block, depth: float) -> None:
    place = np.array([[0.01, 0.02, depth], [0.04, 0.02, depth], [0.04, 0.02, depth]])
    path = BeamPath(np.array([0.0, 3.0, 5.0]), place, np.array([2000.0, 900.0, 0.0]))
    source = MovingSource(path, BEAM, block)
    nodes, weights = np.polynomial.legendre.leggauss(100)
    axes, shares = [], []
    for low, high, far in zip(*block.faces.T, (0.07, 0.07, 0.06), strict=True):
        a = low if math.isfinite(low) else min(0.02, high) - far
        b = high if math.isfinite(high) else 0.02 + far
        axes.append(0.5 * (a + b) + 0.5 * (b - a) * nodes)
        shares.append(0.5 * (b - a) * weights)
    rise = source.on_grid(*axes, 6.0) - 298.0
    heat = block.capacity * np.einsum("ijk,i,j,k", rise, *shares)
    assert heat == pytest.approx(0.4 * (2000.0 * 3.0 + 900.0 * 2.0), rel=1e-5)


def test_images_and_their_cosine_series_are_one_function() -> None:
    for x in (0.0, 0.3, 1.0):
        for c in (0.1, 0.95):
            below = kernels.spread_along(x, c, 0.2 * (1 - 1e-13), 0.0, 1.0)
            above = kernels.spread_along(x, c, 0.2, 0.0, 1.0)
            assert below == pytest.approx(above, rel=1e-9, abs=1e-9)


def test_slopes_and_curvatures_are_those_of_the_rise() -> None:
    block = replace(STEEL, thickness=2e-3, length=0.04, width=0.02)
    place = np.array([[0.01, 0.01, 0.0], [0.03, 0.012, 0.0]])
    path = BeamPath(np.array([0.0, 2.0]), place, np.array([2000.0, 0.0]))
    source = MovingSource(path, BEAM, block)
    point, h, seen, near = np.array([0.028, 0.011, -0.5e-3]), 1e-5, np.empty(10), np.empty(10)
    kernels.look_closely(point, source.nodes(2.0), block.faces, seen)
    places = {(0, 0): 4, (1, 1): 5, (2, 2): 6, (0, 1): 7, (0, 2): 8, (1, 2): 9}
    for axis in range(3):
        slopes = []
        for sign in (1.0, -1.0):
            there = point + sign * h * np.eye(3)[axis]
            kernels.look_closely(there, source.nodes(2.0), block.faces, near)
            slopes.append(near[:4].copy())
        found = (slopes[0] - slopes[1]) / (2.0 * h)
        assert found[0] == pytest.approx(seen[1 + axis], rel=1e-4)
        for other in range(3):
            key = (min(axis, other), max(axis, other))
            assert found[1 + other] == pytest.approx(seen[places[key]], rel=1e-3)


def test_a_grid_and_scattered_points_agree_to_rounding() -> None:
    block = replace(STEEL, thickness=3e-3, width=0.02)
    path = BeamPath(np.array([0.0, 2.0]), np.array([[0.0, 0.01, 0.0], [0.02, 0.01, 0.0]]),
                    np.array([2000.0, 0.0]))  # fmt: skip
    source = MovingSource(path, GaussianBeam.of(0.4, 3e-3, 1e-3, across=2e-3), block)
    axes = (np.linspace(0, 0.02, 5), np.linspace(0, 0.02, 4), np.linspace(-3e-3, 0, 3))
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    assert source.on_grid(*axes, 2.0).ravel() == pytest.approx(source.at_points(points, 2.0))


def test_before_the_beam_is_on_all_is_ambient() -> None:
    source = MovingSource(line(), BEAM, STEEL)
    assert source.at_points(np.zeros((1, 3)), 0.0)[0] == 298.0
    pool = source.pool(0.0, 1723.0)
    assert (pool.width, pool.length, pool.depth, pool.peak) == (0.0, 0.0, 0.0, 298.0)


@pytest.mark.parametrize("angle", [0.0, 0.7, math.pi / 4, 2.5, -math.pi / 2])
def test_a_pool_does_not_feel_which_way_the_grid_lies(angle: float) -> None:
    straight = MovingSource(line(), BEAM, STEEL).pool(3.0, 1723.0)
    turned = MovingSource(line(angle=angle), BEAM, STEEL).pool(3.0, 1723.0)
    for name in ("width", "length", "depth", "peak"):
        assert getattr(turned, name) == pytest.approx(getattr(straight, name), rel=1e-6)


@pytest.mark.parametrize("speed", [2e-3, 10e-3, 60e-3])
@pytest.mark.parametrize("across", [2e-3, 5e-3])
def test_a_pool_is_the_one_a_fine_grid_shows(speed: float, across: float) -> None:
    beam = GaussianBeam.of(0.4, 3e-3, 1e-3, across=across)
    power = 1500.0 * math.sqrt(speed / 2e-3)
    source = MovingSource(line(2.0, speed, power), beam, STEEL)
    pool = source.pool(2.0, 1723.0)
    step = 0.05e-3
    x = 2.0 * speed + np.arange(-pool.length - 1e-3, 4e-3, step)
    y = np.arange(-pool.width, pool.width + step, step)
    hot = source.on_grid(x, y, np.arange(-80, 1) * step / 2, 2.0) > 1723.0
    assert pool.length == pytest.approx(np.ptp(x[hot.any((1, 2))]), abs=2 * step)
    assert pool.width == pytest.approx(np.ptp(y[hot.any((0, 2))]), abs=2 * step)
    assert pool.depth == pytest.approx(np.ptp(np.flatnonzero(hot.any((0, 1)))) * step / 2, abs=step)


def test_a_pool_smaller_than_the_search_grid_is_still_found() -> None:
    source = MovingSource(line(), BEAM, STEEL)
    peak = source.pool(3.0, 1723.0).peak
    pool = source.pool(3.0, peak - 0.01)
    assert 0.0 < pool.width < 0.02e-3
    assert 0.0 < pool.depth < pool.width
    assert source.pool(3.0, peak + 0.01).width == 0.0


def test_a_pool_ends_at_the_sides_and_the_underside_of_the_plate() -> None:
    block = replace(STEEL, thickness=1e-3, length=0.05, width=4e-3)
    path = BeamPath(np.array([0.0, 3.0]), np.array([[0.01, 2e-3, 0.0], [0.04, 2e-3, 0.0]]),
                    np.array([2000.0, 0.0]))  # fmt: skip
    pool = MovingSource(path, BEAM, block).pool(3.0, 1723.0)
    assert pool.depth == pytest.approx(1e-3, rel=1e-12)
    assert pool.width == pytest.approx(4e-3, rel=1e-12)
    assert pool.length > 4e-3


def test_metal_molten_without_end_is_refused() -> None:
    block = replace(STEEL, ambient=1800.0)
    with pytest.raises(ProcessError, match="has no end: everything is molten"):
        MovingSource(line(), BEAM, block).pool(3.0, 1723.0)


def test_a_pool_left_behind_by_a_jump_is_not_the_beams() -> None:
    place = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.01, 0.0, 0.0], [0.01, 0.0, 0.0]])
    path = BeamPath(np.array([0.0, 1.0, 1.001, 1.101]), place, np.array([2000.0, 0.0, 2000.0, 0.0]))
    both = MovingSource(path, BEAM, STEEL)
    alone = replace(both, path=BeamPath(path.time, place, np.array([0.0, 0.0, 2000.0, 0.0])))
    assert both.at_points(np.zeros((1, 3)), 1.101)[0] > 1800.0
    assert both.pool(1.101, 1723.0).length == pytest.approx(
        alone.pool(1.101, 1723.0).length, rel=0.05
    )


def test_a_dwell_keeps_the_heading_of_the_move_before_it() -> None:
    place = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.01, 0.0]])
    path = BeamPath(np.array([0.0, 1.0, 2.0, 3.0]), place, np.zeros(4))
    for time in (0.5, 1.5, 2.5):
        assert path.heading_at(time) == pytest.approx([0.0, 1.0])
    still = BeamPath(np.array([0.0, 1.0]), np.zeros((2, 3)), np.zeros(2))
    assert still.heading_at(0.5).tolist() == [1.0, 0.0]
