"""Isotherms in fields made up so that their sizes are known: right to second order in the cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.heat.bodies import row_of

from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.pool_shape import PoolShape, isotherm_depths, measure_pool, surface_line

MELTING, PEAK = 1700.0, 2600.0
WIDTH, DEPTH, FRONT, REAR = 3.0e-3, 1.2e-3, 1.5e-3, 3.5e-3
SPEED = 10e-3


def block(cell: float) -> Mesh:
    """12 mm across, 3 mm deep, 16 mm along."""
    axial = np.linspace(-6e-3, 6e-3, round(12e-3 / cell) + 1)
    rows = np.linspace(0.0, 3e-3, round(3e-3 / cell) + 1)
    return mesh_flat(axial, np.full(axial.size - 1, 3e-3), rows, cell, round(16e-3 / cell))


def ring(cell: float) -> Mesh:
    """The same as the rim of a pipe of 60 mm; 16 mm of it."""
    axial = np.linspace(-6e-3, 6e-3, round(12e-3 / cell) + 1)
    rows = np.linspace(27e-3, 30e-3, round(3e-3 / cell) + 1)
    around = 8 * round(16e-3 / cell / 8)
    return mesh_round(axial, np.full(axial.size - 1, 30e-3), 27e-3, rows, around, 16e-3 / 30e-3)


def bowl(mesh: Mesh, place: float = 8e-3, side: float = 0.0) -> np.ndarray:
    """Field (slices, width) K: a paraboloid, melting WIDTH wide, DEPTH deep, FRONT ahead and REAR
    behind of `place` m along the surface, `side` m across."""
    rim = np.sqrt((PEAK - MELTING) / PEAK)
    y = (0.5 * (mesh.grid.axial[1:] + mesh.grid.axial[:-1]) - side) / (0.5 * WIDTH) * rim
    step = mesh.skin.around[0] * (1.0 if mesh.flat else 30e-3)
    x = (np.arange(mesh.cells.around[-1]) + 0.5) * step - place
    x = x / np.where(x > 0.0, FRONT, REAR) * rim
    field = np.full((y.size, mesh.width), 300.0)
    surface = float(mesh.rows[-1])
    for r, n in enumerate(mesh.cells.around):
        z = (surface - 0.5 * (mesh.rows[r] + mesh.rows[r + 1])) / DEPTH * rim
        # Rows with fewer cells lie far below the pool.
        along = x[:: x.size // n]
        row_of(mesh, field, r)[:] = PEAK * (1.0 - y[:, None] ** 2 - along**2 - z**2)
    return field


@pytest.mark.parametrize("make", [block, ring])
@given(place=st.floats(7.5e-3, 8.5e-3), side=st.floats(-0.5e-3, 0.5e-3))
@settings(deadline=None, max_examples=20)
def test_a_paraboloids_pool_is_found_wherever_it_lies_between_cells(
    make, place: float, side: float
) -> None:
    cell = 0.25e-3
    mesh = make(cell)
    pool = measure_pool(mesh, bowl(mesh, place, side), MELTING, side, SPEED)
    # A straight line between neighbours is off by at most h^2 / 8 times curvature over slope,
    # 1 / (half) on a parabola's flank: a bound for each flank, and as much for the crest.
    assert pool.width == pytest.approx(WIDTH, abs=2.0 * cell**2 / (4.0 * 0.5 * WIDTH))
    assert pool.depth == pytest.approx(DEPTH, abs=2.0 * cell**2 / (8.0 * DEPTH))
    assert pool.length == pytest.approx(FRONT + REAR, abs=cell**2 / (2.0 * FRONT))
    assert pool.hottest == pytest.approx(PEAK, rel=3e-3)


@pytest.mark.parametrize("make", [block, ring])
def test_errors_fall_with_the_square_of_the_cell(make) -> None:
    worst = []
    for cell in (0.5e-3, 0.25e-3, 0.125e-3):
        mesh = make(cell)
        errors = []
        for place in 8e-3 + cell * np.array([0.0, 0.2, 0.45, 0.7]):
            pool = measure_pool(mesh, bowl(mesh, float(place), 0.3 * cell), MELTING, 0.0, SPEED)
            errors.append([pool.width - WIDTH, pool.depth - DEPTH, pool.length - FRONT - REAR])
        worst.append(np.abs(errors).mean(axis=0))
    total = np.log2(worst[0] / worst[2]) / 2.0
    assert np.all(total > 1.8)


def test_the_tails_gradient_is_read_where_the_pool_freezes() -> None:
    slopes = 2.0 * (PEAK - MELTING) / np.array([REAR, FRONT])
    for cell, within in ((0.25e-3, 0.1), (0.125e-3, 0.05)):
        mesh = block(cell)
        ahead = measure_pool(mesh, bowl(mesh), MELTING, 0.0, SPEED)
        back = measure_pool(mesh, bowl(mesh), MELTING, 0.0, SPEED, forwards=-1)
        assert ahead.gradient == pytest.approx(slopes[0], rel=within)
        assert back.gradient == pytest.approx(slopes[1], rel=2.0 * within)
        assert ahead.cooling == pytest.approx(SPEED * ahead.gradient)


@pytest.mark.parametrize("make", [block, ring])
def test_where_nothing_melts_there_is_no_pool(make) -> None:
    mesh = make(0.5e-3)
    pool = measure_pool(mesh, bowl(mesh), PEAK + 50.0, 0.0, SPEED)
    assert (pool.width, pool.depth, pool.length, pool.gradient, pool.cooling) == (0,) * 5
    assert pool.hottest == pytest.approx(PEAK, rel=0.01)


def test_a_pool_through_the_wall_is_as_deep_as_the_wall_is_seen() -> None:
    mesh = block(0.25e-3)
    pool = measure_pool(mesh, bowl(mesh) + 20_000.0, MELTING, 0.0, SPEED) if False else None
    assert pool is None
    hot = np.full_like(bowl(mesh), 2000.0)
    assert isotherm_depths(mesh, hot, [MELTING])[0] == pytest.approx(3e-3 - 0.125e-3)


@pytest.mark.parametrize("make", [block, ring])
def test_every_isotherm_is_as_deep_as_the_paraboloid_says(make) -> None:
    cell = 0.125e-3
    mesh = make(cell)
    levels = [1700.0, 1100.0, float("nan"), 5000.0]
    found = isotherm_depths(mesh, bowl(mesh), levels)
    exact = DEPTH * np.sqrt((PEAK - np.array([1700.0, 1100.0])) / (PEAK - MELTING))
    assert found[:2] == pytest.approx(exact, abs=2.0 * cell**2 / (8.0 * DEPTH))
    assert np.isnan(found[2])
    assert found[3] == 0.0


def test_the_line_on_the_surface_is_the_fields_there() -> None:
    mesh = block(0.25e-3)
    line = surface_line(mesh, bowl(mesh, side=0.125e-3), 0.125e-3)
    x = (np.arange(line.size) + 0.5) * 0.25e-3 - 8e-3
    rim = (PEAK - MELTING) / PEAK
    exact = PEAK * (1.0 - rim * (x / np.where(x > 0.0, FRONT, REAR)) ** 2)
    # Three rows carry a parabola to the surface without loss.
    assert line == pytest.approx(exact, rel=1e-12)


def test_only_the_surface_as_high_as_the_track_counts() -> None:
    # A hotter shoulder beside the track is not the pool.
    axial = np.linspace(-6e-3, 6e-3, 49)
    rows = np.linspace(0.0, 4e-3, 17)
    high = axial[1:] > 3e-3
    stepped = mesh_flat(axial, np.where(high, 4e-3, 3e-3), rows, 0.25e-3, 64)
    plain = block(0.25e-3)
    field = np.full((48, stepped.width), 300.0)
    for r in range(12):
        row_of(stepped, field, r)[:] = row_of(plain, bowl(plain), r)
    field[high] = 2900.0
    pool = measure_pool(stepped, field, MELTING, 0.0, SPEED)
    assert pool == measure_pool(plain, bowl(plain), MELTING, 0.0, SPEED)


def test_the_mean_of_shapes_is_entry_by_entry() -> None:
    one = PoolShape(1e-3, 2e-4, 2e-3, 4e5, 4e3, 2000.0)
    two = PoolShape(3e-3, 4e-4, 4e-3, 2e5, 2e3, 2200.0)
    assert vars(PoolShape.mean([one, two])) == pytest.approx(
        {"width": 2e-3, "depth": 3e-4, "length": 3e-3, "gradient": 3e5, "cooling": 3e3,
         "hottest": 2100.0}
    )  # fmt: skip
