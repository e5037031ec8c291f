"""Metal laid on the way: its volume, where it lies, and the heat it does not bring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heat.bodies import (
    AMBIENT,
    CAPACITY,
    SPOT,
    helix,
    plain_metal,
    row_of,
    volumes,
    without_bare_faces,
)

from reclad.heat.enthalpy import temperatures
from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.solution import solve
from reclad.heat.surroundings import Surroundings

METAL = plain_metal()
AXIAL = np.linspace(0.0, 40e-3, 21)
PIPE = mesh_round(AXIAL, np.full(20, 30e-3), 20e-3, np.linspace(20e-3, 30e-3, 4), 72)
SHAFT = mesh_round(AXIAL, np.full(20, 20e-3), 0.0, np.linspace(0.0, 20e-3, 7), 48)
PLATE = mesh_flat(AXIAL, np.full(20, 9e-3), np.linspace(0.0, 9e-3, 4), 3e-3, 20)
RATE = 4e-8  # m3/s
LAID = RATE * 12.0


def track(mesh: Mesh, **changed):
    """Twelve seconds: turns on a round body, a track along a plate."""
    turned = (10e-3, 50e-3) if mesh.flat else (0.4, 0.4 + 4.0 * np.pi)
    radius = 1.0 if mesh.flat else float(mesh.rows[-1])
    walk = helix(12.0, (12e-3, 24e-3), turned, radius=radius, power=600.0, clad=RATE)
    return replace(walk, **changed)


@pytest.mark.parametrize("mesh", [PIPE, SHAFT, PLATE], ids=["pipe", "shaft", "plate"])
def test_the_part_grows_by_the_metal_laid(mesh: Mesh) -> None:
    done = solve(mesh, METAL, Surroundings(AMBIENT), track(mesh), AMBIENT)
    grown = volumes(mesh, done.thick).sum() - volumes(mesh).sum()
    # Round: laid at the surface's circumference, half a layer under its middle.
    assert grown == pytest.approx(LAID, rel=0.0 if mesh.flat else 0.02, abs=1e-15)
    assert np.all(done.thick >= mesh.skin.thick[:, 1:-1] - 1e-15)


@pytest.mark.parametrize("mesh", [PIPE, PLATE], ids=["pipe", "plate"])
def test_metal_lies_where_the_head_went(mesh: Mesh) -> None:
    done = solve(mesh, METAL, Surroundings(AMBIENT), track(mesh), AMBIENT)
    layer = done.thick - mesh.skin.thick[:, 1:-1]
    middle = 0.5 * (AXIAL[1:] + AXIAL[:-1])
    assert layer[(middle < 6e-3) | (middle > 30e-3)].max() == 0.0
    centre = np.average(middle, weights=layer.sum(axis=1))
    assert centre == pytest.approx(18e-3, abs=0.3e-3)
    if mesh.flat:
        along = (np.arange(20) + 0.5) * 3e-3
        assert np.average(along, weights=layer.sum(axis=0)) == pytest.approx(30e-3, abs=0.5e-3)


def test_turns_side_by_side_lie_as_thick_as_the_layer_wanted() -> None:
    # Pitch x layer x speed, as a repair's walk has it; slices of a pitch.
    pitch, layer, speed, turns = 2e-3, 0.8e-3, 20e-3, 12
    seconds = turns * 2.0 * np.pi * 30e-3 / speed
    walk = helix(seconds, (8e-3, 8e-3 + turns * pitch), (0.0, turns * 2.0 * np.pi), radius=30e-3,
                 power=300.0, clad=pitch * layer * speed, blocks=200)  # fmt: skip
    done = solve(PIPE, METAL, Surroundings(AMBIENT), walk, AMBIENT)
    grown = (done.thick - PIPE.skin.thick[:, 1:-1])[7:13]
    assert grown == pytest.approx(layer, rel=0.06)
    assert grown.mean() == pytest.approx(layer, rel=0.03)


@pytest.mark.parametrize("mesh", [PIPE, SHAFT, PLATE], ids=["pipe", "shaft", "plate"])
def test_new_metal_brings_no_heat(mesh: Mesh) -> None:
    # All the heat in the body, old and new, is what the beam gave.
    done = solve(mesh, METAL, Surroundings(AMBIENT), track(mesh), AMBIENT)
    warm = temperatures(METAL, done.enthalpy) - AMBIENT
    held = np.sum(CAPACITY * volumes(mesh, done.thick) * warm)
    assert held == pytest.approx(0.4 * 600.0 * 12.0, rel=1e-5)
    assert done.ledger.gap < 1e-9


def test_cold_metal_on_a_hot_part_cools_it_as_mixing_does() -> None:
    rows = np.linspace(0.0, 9e-3, 4)
    one = without_bare_faces(mesh_flat(np.array([0.0, 4e-3]), np.full(1, 9e-3), rows, 4e-3, 2))
    walk = helix(4.0, (2e-3, 2e-3), (4e-3, 4e-3), power=0.0, clad=1e-8)
    done = solve(one, plain_metal(k=3000.0), Surroundings(AMBIENT), walk, 700.0)
    old, new = volumes(one).sum(), 4e-8
    mixed = AMBIENT + (700.0 - AMBIENT) * old / (old + new)
    found = temperatures(METAL, done.enthalpy)[volumes(one) > 0.0]
    assert found == pytest.approx(mixed, abs=0.5)
    assert mixed < 660.0


def test_a_thicker_skin_takes_more_heat_to_warm() -> None:
    walk = track(PLATE)
    grown = solve(PLATE, METAL, Surroundings(AMBIENT), walk, AMBIENT)
    bare = solve(PLATE, METAL, Surroundings(AMBIENT), replace(walk, clad=0.0 * walk.clad), AMBIENT)
    hottest = [row_of(PLATE, temperatures(METAL, s.enthalpy), 2).max() for s in (grown, bare)]
    assert hottest[0] < hottest[1] - 5.0
    assert grown.ledger.absorbed == pytest.approx(bare.ledger.absorbed, rel=1e-12)


def test_a_march_leaves_the_mesh_as_it_was() -> None:
    before = PIPE.skin.thick.copy()
    first = solve(PIPE, METAL, Surroundings(AMBIENT), track(PIPE), AMBIENT)
    second = solve(PIPE, METAL, Surroundings(AMBIENT), track(PIPE), AMBIENT)
    assert np.array_equal(PIPE.skin.thick, before)
    assert np.array_equal(first.enthalpy, second.enthalpy)


def test_growth_over_the_closing_of_the_cells_is_growth_anywhere() -> None:
    # The same track turned by whole cells: cell by cell the same metal and heat, but for the
    # radius that a spot's width becomes an angle at, taken at one cell of the slice.
    step = 2.0 * np.pi / 72
    walk = track(PIPE)
    usual = solve(PIPE, METAL, Surroundings(AMBIENT), walk, AMBIENT)
    turned = solve(
        PIPE, METAL, Surroundings(AMBIENT), replace(walk, turned=walk.turned + 65 * step), AMBIENT
    )
    assert turned.thick == pytest.approx(np.roll(usual.thick, 65, axis=1), rel=2e-4)
    top = [row_of(PIPE, temperatures(METAL, s.enthalpy), 2) for s in (usual, turned)]
    assert top[1] == pytest.approx(np.roll(top[0], 65, axis=1), abs=0.2)


def test_beside_a_shoulder_nothing_is_laid_on_it() -> None:
    radius = np.where(np.arange(20) < 8, 32e-3, 28e-3)
    rows = np.linspace(20e-3, 32e-3, 7)
    stepped = mesh_round(AXIAL, radius, 20e-3, rows, 72)
    walk = helix(6.0, (17e-3, 17e-3), (0.0, 2.0), radius=28e-3, power=500.0, clad=RATE,
                 spot=SPOT * np.array([1, 1, 1, 2.0]))  # fmt: skip
    done = solve(stepped, METAL, Surroundings(AMBIENT, film=20.0), walk, AMBIENT)
    layer = done.thick - stepped.skin.thick[:, 1:-1]
    assert layer[:8].max() == 0.0
    assert layer[8].max() > 0.0
    assert done.ledger.gap < 1e-9
