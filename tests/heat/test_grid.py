"""Bodies in cells: volumes, faces, and conductances that keep what they should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import j1
from tests.heat.bodies import AMBIENT, A, plain_metal, row_of, volumes

from reclad.errors import ProcessError
from reclad.heat import _cell_kernels as kernels
from reclad.heat.enthalpy import enthalpy_at, temperatures
from reclad.heat.grid import Mesh, mesh_flat, mesh_round

METAL = plain_metal()


def conduct(mesh: Mesh, start: np.ndarray, dt: float, steps: int) -> np.ndarray:
    """Field (slices, width) K after so many steps, nothing lost, from `start` K."""
    h = enthalpy_at(METAL, start)
    theta = np.zeros((h.shape[0] + 4, mesh.width))
    drain, skin = np.zeros_like(h), mesh.fresh_skin()
    for _ in range(steps):
        kernels.conduct(mesh.cells, skin, METAL, h, theta, drain, False, dt)
    return temperatures(METAL, h)


def relax(mesh: Mesh, start: np.ndarray, seconds: float) -> np.ndarray:
    """The same after `seconds`."""
    steps = int(np.ceil(seconds / mesh.longest_step(A)))
    return conduct(mesh, start, seconds / steps, steps)


def places(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Axial m, radius m and angle rad of every cell of a round body, each (slices, width)."""
    shape = (mesh.cells.top.size, mesh.width)
    axial, radius, angle = (np.zeros(shape) for _ in range(3))
    axial += 0.5 * (mesh.grid.axial[1:] + mesh.grid.axial[:-1])[:, None]
    for r, n in enumerate(mesh.cells.around):
        row_of(mesh, radius, r)[:] = 0.5 * (mesh.rows[r] + mesh.rows[r + 1])
        row_of(mesh, angle, r)[:] = (np.arange(n) + 0.5) * 2.0 * np.pi / n
    return axial, radius, angle


@st.composite
def round_bodies(draw: st.DrawFn) -> tuple[Mesh, float]:
    """A stepped pipe or shaft, and its volume (m3)."""
    slices = draw(st.integers(1, 6))
    axial = np.cumsum([0.0, *draw(st.lists(st.floats(2e-3, 9e-3), min_size=slices,
                                           max_size=slices))])  # fmt: skip
    outer = draw(st.floats(10e-3, 60e-3))
    bore = draw(st.sampled_from([0.0, 0.5, 0.8])) * outer
    count = draw(st.integers(2, 6))
    rows = np.linspace(bore, outer, count + 1)
    lowest = rows[-2] + 0.2 * (rows[-1] - rows[-2])
    radius = np.array(draw(st.lists(st.floats(lowest, outer), min_size=slices, max_size=slices)))
    around = draw(st.sampled_from([9, 16, 24, 48]))
    volume = float(np.sum(np.pi * (radius**2 - bore**2) * np.diff(axial)))
    return mesh_round(axial, radius, bore, rows, around), volume


@given(round_bodies())
@settings(deadline=None)
def test_the_cells_of_a_round_body_hold_its_volume(body: tuple[Mesh, float]) -> None:
    mesh, volume = body
    held = volumes(mesh)
    assert held.sum() == pytest.approx(volume, rel=1e-12)
    assert np.count_nonzero(held) == mesh.count


@given(st.lists(st.floats(7e-3, 12e-3), min_size=2, max_size=5), st.integers(2, 6))
@settings(deadline=None)
def test_the_cells_of_a_plate_hold_its_volume(heights: list[float], around: int) -> None:
    axial = np.linspace(0.0, 8e-3, len(heights) + 1)
    mesh = mesh_flat(axial, np.array(heights), np.linspace(0.0, 12e-3, 6), 3e-3, around)
    held = volumes(mesh)
    assert held.sum() == pytest.approx(np.mean(heights) * 8e-3 * 3e-3 * around, rel=1e-12)
    assert np.count_nonzero(held) == mesh.count
    assert mesh.flat


@given(round_bodies(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=40)
def test_conduction_moves_heat_and_makes_none(body: tuple[Mesh, float], seed: int) -> None:
    mesh, _ = body
    start = np.random.default_rng(seed).uniform(400.0, 1400.0, (mesh.cells.top.size, mesh.width))
    after = conduct(mesh, start, mesh.longest_step(A), 20)
    held = volumes(mesh)
    before = np.sum(held * (start - AMBIENT))
    assert np.sum(held * (after - AMBIENT)) == pytest.approx(before, rel=1e-11)
    # And no cell becomes hotter or colder than any was, but for a trace where rows merge.
    inside = held > 0.0
    trace = 1e-6 if np.ptp(mesh.cells.around) == 0 else 50.0
    assert after[inside].max() <= start[inside].max() + trace
    assert after[inside].min() >= start[inside].min() - trace


def test_a_field_straight_along_the_axis_is_steady_on_uneven_slices() -> None:
    axial = np.array([0.0, 2e-3, 5e-3, 6e-3, 11e-3, 13e-3, 20e-3])
    mesh = mesh_round(axial, np.full(6, 30e-3), 20e-3, np.linspace(20e-3, 30e-3, 4), 16)
    along, _, _ = places(mesh)
    start = 400.0 + 2e4 * along
    after = conduct(mesh, start, 0.5 * mesh.longest_step(A), 1)
    inner = volumes(mesh) > 0.0
    inner[[0, -1]] = False
    assert after[inner] == pytest.approx(start[inner], abs=1e-7)
    assert np.abs(after[0] - start[0]).max() > 1.0


def off_axis_decay(count: int, around: int) -> tuple[float, np.ndarray]:
    """Share left of a field like J1(1.84 r / R) cos(angle) over what theory says, and the cells
    of each row."""
    radius, wave = 30e-3, 1.8411837813  # first zero of J1'
    rows = np.linspace(0.0, radius, count + 1)
    mesh = mesh_round(np.array([0.0, 5e-3]), np.full(1, radius), 0.0, rows, around)
    _, r, angle = places(mesh)
    mode = j1(wave * r / radius) * np.cos(angle)
    after = relax(mesh, 800.0 + 200.0 * mode, 20.0) - 800.0
    weight = volumes(mesh) * mode
    left = float(np.sum(weight * after) / np.sum(weight * mode) / 200.0)
    return left / np.exp(-(wave**2) * A * 20.0 / radius**2), mesh.cells.around


def test_heat_crosses_the_axis_of_a_shaft_as_bessel_says() -> None:
    # Where rows merge, cells meet off their middles: between first and second order.
    merged, alike = [], []
    for count in (6, 12, 24, 48):
        share, cells = off_axis_decay(count, 8 * count)
        merged.append(abs(share - 1.0))
        assert cells[0] <= cells[-1] // 8
    for count in (5, 10):
        alike.append(abs(off_axis_decay(count, 8 * count + 1)[0] - 1.0))
    assert merged[0] < 0.006
    assert np.log2(merged[0] / merged[3]) / 3.0 > 1.4
    assert np.all(np.diff(merged) < 0.0)
    assert max(alike) < 0.0005


def test_rows_merged_towards_the_axis_lose_little_and_save_most_of_the_steps() -> None:
    merged, cells = off_axis_decay(12, 96)
    alone, same = off_axis_decay(12, 97)  # odd: nothing to halve
    assert np.all(same == 97)
    assert cells[0] <= 6
    assert abs(merged - alone) < 0.004
    axial, radius, rows = np.linspace(0.0, 0.05, 11), np.full(10, 30e-3), np.linspace(0, 30e-3, 7)
    long = mesh_round(axial, radius, 0.0, rows, 48).longest_step(A)
    short = mesh_round(axial, radius, 0.0, rows, 39).longest_step(A)
    assert long > 10.0 * short
    assert long > 0.4 * (5e-3) ** 2 / (6.0 * A)


AXIAL = np.linspace(0.0, 0.02, 5)
PIPE = mesh_round(AXIAL, np.full(4, 30e-3), 20e-3, np.linspace(20e-3, 30e-3, 3), 36)
SHAFT = mesh_round(AXIAL, np.full(4, 20e-3), 0.0, np.linspace(0.0, 20e-3, 5), 32)
PLATE = mesh_flat(AXIAL, np.full(4, 10e-3), np.linspace(0.0, 10e-3, 4), 4e-3, 6)


@pytest.mark.parametrize("mesh", [PIPE, SHAFT, PLATE], ids=["pipe", "shaft", "plate"])
def test_the_longest_step_is_the_longest_that_stays_bounded(mesh: Mesh) -> None:
    start = np.random.default_rng(3).uniform(900.0, 1100.0, (4, mesh.width))
    inside = volumes(mesh) > 0.0
    longest = mesh.longest_step(A)
    calm = conduct(mesh, start, longest, 400)[inside]
    assert np.ptp(calm) < 200.0
    wild = conduct(mesh, start, 2.2 * longest, 400)[inside]
    assert np.ptp(wild) > 2000.0


def test_ends_and_shoulders_are_bare() -> None:
    rows = np.linspace(10e-3, 20e-3, 6)
    radius = np.array([16e-3, 16e-3, 20e-3, 14e-3])
    mesh = mesh_round(np.linspace(0.0, 0.02, 5), radius, 10e-3, rows, 12)
    bare = (mesh.cells.bare * mesh.cells.around).sum(axis=1)

    def ring(inner: float, outer: float) -> float:
        return np.pi * (outer**2 - inner**2)

    wanted = [
        ring(10e-3, 16e-3),
        0.0,
        ring(16e-3, 20e-3) + ring(14e-3, 20e-3),
        ring(10e-3, 14e-3),
    ]
    assert bare == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_the_bore_is_a_pipes_inner_face_and_a_plates_underside() -> None:
    inside = PIPE.cells.bore * PIPE.cells.around[0]
    assert inside.sum() == pytest.approx(2.0 * np.pi * 20e-3 * 0.02)
    assert (PLATE.cells.bore * 6).sum() == pytest.approx(0.02 * 0.024)
    assert SHAFT.cells.bore.sum() == 0.0


def test_a_sector_of_a_pipe_is_its_share_of_the_whole() -> None:
    rows, axial = np.linspace(20e-3, 30e-3, 4), np.linspace(0.0, 0.02, 5)
    sector = mesh_round(axial, np.full(4, 30e-3), 20e-3, rows, 8, closed=np.pi / 3.0)
    whole = mesh_round(axial, np.full(4, 30e-3), 20e-3, rows, 48)
    assert volumes(sector).sum() == pytest.approx(volumes(whole).sum() / 6.0)
    # Its sides are insulated: what is hot at one does not come out at the other.
    start = np.full((4, sector.width), 400.0)
    for r in range(3):
        row_of(sector, start, r)[:, 0] = 1000.0
    after = conduct(sector, start, sector.longest_step(A), 1)
    assert row_of(sector, after, 0)[:, 1].min() > 401.0
    assert row_of(sector, after, 0)[:, -1].max() == pytest.approx(400.0)


def test_a_surface_below_the_first_row_is_refused() -> None:
    with pytest.raises(ProcessError, match="lies below its first row of cells"):
        mesh_round(np.linspace(0, 0.01, 3), np.array([30e-3, 10e-3]), 20e-3,
                   np.linspace(20e-3, 30e-3, 4), 16)  # fmt: skip
