"""The march: against closed forms with its order, its steps, and what it says on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from scipy.special import erfc, j0, j1, jn_zeros
from tests.heat.bodies import (
    AMBIENT,
    CAPACITY,
    SPOT,
    A,
    K,
    helix,
    plain_metal,
    row_of,
    stand,
    volumes,
    without_bare_faces,
)

from reclad.errors import ProcessError
from reclad.heat import _cell_kernels as kernels
from reclad.heat import fin_rise, solution, tube
from reclad.heat.enthalpy import enthalpy_at, enthalpy_of, temperatures
from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.solution import solve
from reclad.heat.sources import BeamPath, Block, GaussianBeam, MovingSource
from reclad.heat.surroundings import Surroundings
from reclad.job import read_material

METAL = plain_metal()
GAUSS = np.polynomial.legendre.leggauss(6)


def orders(errors: list[float]) -> np.ndarray:
    """Order of convergence between grids, each twice as fine as the one before."""
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


def quenched_shaft(radius: float, film: float, hot: float, seconds: float, edges: np.ndarray
                   ) -> np.ndarray:  # fmt: skip
    """Mean temperature (K) of the rings between `edges` (m) of a cylinder quenched from `hot` in
    AMBIENT: the Bessel series of Carslaw & Jaeger 1959, 7.7."""
    biot = film * radius / K
    zeros = np.concatenate(([0.0], jn_zeros(1, 80)))
    roots = np.array([
        brentq(lambda x: x * j1(x) - biot * j0(x), zeros[i] + 1e-9, zeros[i + 1] - 1e-9)
        for i in range(80)
    ])  # fmt: skip
    share = 2.0 * j1(roots) / roots / (j0(roots) ** 2 + j1(roots) ** 2)
    share *= np.exp(-(roots**2) * A * seconds / radius**2)
    moment = edges[:, None] * radius * j1(roots * edges[:, None] / radius) / roots
    mean = (share * np.diff(moment, axis=0)).sum(axis=1) * 2.0 / np.diff(edges**2)
    return np.asarray(AMBIENT + (hot - AMBIENT) * mean)


def test_a_shaft_quenched_in_a_film_is_the_bessel_series(monkeypatch: pytest.MonkeyPatch) -> None:
    # Losses reckoned at every step: how seldom they otherwise are changes with the grid.
    monkeypatch.setattr(solution, "_SELDOM", 1)
    errors = []
    for count in (6, 12, 24):
        rows = np.linspace(0.0, 30e-3, count + 1)
        shaft = mesh_round(np.array([0.0, 10e-3]), np.full(1, 30e-3), 0.0, rows, 64)
        mesh = without_bare_faces(shaft)
        done = solve(mesh, METAL, Surroundings(AMBIENT, film=2000.0), stand(20.0), 800.0)
        found = temperatures(METAL, done.enthalpy)
        means = np.array([row_of(mesh, found, r).mean() for r in range(count)])
        exact = quenched_shaft(30e-3, 2000.0, 800.0, 20.0, rows)
        assert np.ptp(row_of(mesh, found, count - 1)) < 1e-6
        errors.append(np.sqrt(np.average((means - exact) ** 2, weights=np.diff(rows**2))))
    assert np.all(orders(errors) > 1.8)
    assert errors[-1] < 0.1


def slab(depth: float, rows: np.ndarray) -> Mesh:
    """A column of cells that loses heat at its top only."""
    return without_bare_faces(mesh_flat(np.array([0.0, 10e-3]), np.full(1, depth), rows, 1e-2, 2))


def test_a_half_space_losing_heat_through_a_film_is_the_erfc_solution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Carslaw & Jaeger 1959, 2.7. 60 mm are endless for 8 s.
    monkeypatch.setattr(solution, "_SELDOM", 1)
    depth, film, hot, seconds = 60e-3, 2000.0, 800.0, 8.0
    errors = []
    for count in (40, 80, 160):
        rows = np.linspace(0.0, depth, count + 1)
        mesh = without_bare_faces(
            mesh_flat(np.array([0.0, 10e-3]), np.full(1, depth), rows, 1e-2, 2)
        )
        done = solve(mesh, METAL, Surroundings(AMBIENT, film=film), stand(seconds), hot)
        found = temperatures(METAL, done.enthalpy)[0, mesh.cells.first]
        middle = depth - 0.5 * (rows[1:] + rows[:-1])
        x = middle[:, None] + 0.5 * depth / count * GAUSS[0]
        late, ratio = np.sqrt(A * seconds), film / K
        fall = erfc(x / 2.0 / late)
        fall -= np.exp(ratio * x + ratio**2 * late**2) * erfc(x / 2.0 / late + ratio * late)
        exact = hot + (AMBIENT - hot) * (fall @ GAUSS[1]) / 2.0
        errors.append(np.sqrt(np.mean((found - exact) ** 2)))
    assert np.all(orders(errors) > 1.8)
    assert errors[-1] < 0.05


@pytest.mark.parametrize(("film", "emissivity"), [(25.0, 0.7), (400.0, 0.0)])
def test_reckoning_losses_seldom_changes_little(
    film: float, emissivity: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = slab(20e-3, np.linspace(0.0, 20e-3, 9))
    air = Surroundings(AMBIENT, film=film, emissivity=emissivity)
    seldom = solve(mesh, METAL, air, stand(60.0), 800.0)
    monkeypatch.setattr(solution, "_SELDOM", 1)
    always = solve(mesh, METAL, air, stand(60.0), 800.0)
    assert seldom.ledger.stored == pytest.approx(always.ledger.stored, rel=5e-3)
    assert seldom.ledger.stored != always.ledger.stored


def radiating_slab(
    count: int, depth: float, emissivity: float, hot: float, seconds: float
) -> np.ndarray:
    """Temperatures (count,) K of an even slab that radiates from one face, by an implicit method of
    high order and the face's own balance."""
    dx, sigma = depth / count, 5.670374419e-8

    def rate(_: float, t: np.ndarray) -> np.ndarray:
        # The face lies half a cell above: conduction to it and radiation from it balance.
        face = brentq(
            lambda s: 2.0 * K / dx * (t[-1] - s) - emissivity * sigma * (s**4 - AMBIENT**4),
            AMBIENT, t[-1] + 1.0,
        )  # fmt: skip
        out = np.zeros_like(t)
        flux = K / dx * np.diff(t)
        out[:-1] += flux
        out[1:] -= flux
        out[-1] -= 2.0 * K / dx * (t[-1] - face)
        return out / (CAPACITY * dx)

    start = np.full(count, hot)
    how = {"lband": 1, "uband": 1, "rtol": 1e-8, "atol": 1e-6}
    return solve_ivp(rate, (0.0, seconds), start, "LSODA", **how).y[:, -1]


def test_a_radiating_slab_is_a_finely_resolved_one() -> None:
    depth, hot, seconds = 30e-3, 1200.0, 60.0
    fine = radiating_slab(240, depth, 0.8, hot, seconds)
    assert fine[-1] < fine[0] - 30.0
    errors = []
    for count in (15, 30, 60):
        rows = np.linspace(0.0, depth, count + 1)
        mesh = without_bare_faces(
            mesh_flat(np.array([0.0, 10e-3]), np.full(1, depth), rows, 1e-2, 2)
        )
        done = solve(mesh, METAL, Surroundings(AMBIENT, emissivity=0.8), stand(seconds), hot)
        found = temperatures(METAL, done.enthalpy)[0, mesh.cells.first]
        errors.append(np.sqrt(np.mean((found - fine.reshape(count, -1).mean(axis=1)) ** 2)))
    assert np.all(orders(errors) > 1.8)
    assert errors[-1] < 0.02


def moving_errors(cell: float) -> tuple[float, float]:
    """Root mean square and largest error (K) of a track on a block, 5 mm from the beam and
    further, against the closed form with the same beam."""
    seconds, speed, sigma = 4.0, 8e-3, 3e-3
    length, width, depth = 0.096, 0.048, 0.024
    axial = np.linspace(-width / 2, width / 2, round(width / cell) + 1)
    rows = np.linspace(0.0, depth, round(depth / cell) + 1)
    mesh = mesh_flat(axial, np.full(axial.size - 1, depth), rows, cell, round(length / cell))
    walk = helix(seconds, (0.0, 0.0), (0.03, 0.03 + speed * seconds),
                 spot=np.array([[1.0, 0.0, 0.0, sigma]]), power=1500.0)  # fmt: skip
    done = solve(mesh, METAL, Surroundings(AMBIENT), walk, AMBIENT)
    found = temperatures(METAL, done.enthalpy)
    path = BeamPath(walk.time[[0, -1]], np.array([[0.03, 0.0, 0.0], [0.062, 0.0, 0.0]]),
                    np.array([1500.0, 0.0]))  # fmt: skip
    block = Block(K, 680.0, 7700.0, AMBIENT)
    source = MovingSource(path, GaussianBeam(0.4, sigma, sigma, 1e-6), block)
    x = (np.arange(round(length / cell)) + 0.5) * cell
    y, z = 0.5 * (axial[1:] + axial[:-1]), 0.5 * (rows[1:] + rows[:-1]) - depth
    exact = source.on_grid(x, y, z, seconds)
    off = []
    # Clear of the beam, and of the faces that the closed form does not have.
    near_x = (x > 0.015) & (x < 0.08)
    near_y, near_z = np.abs(y) < 0.015, z > -0.012
    for r in np.flatnonzero(near_z):
        ours = row_of(mesh, found, r)[np.ix_(near_y, near_x)]
        theirs = exact[np.ix_(near_x, near_y, [r])][:, :, 0].T
        far = np.hypot(*np.meshgrid(x[near_x] - 0.062, y[near_y])) ** 2 + z[r] ** 2 > 5e-3**2
        off.append((ours - theirs)[far])
    every = np.concatenate(off)
    return float(np.sqrt(np.mean(every**2))), float(np.abs(every).max())


@pytest.mark.slow
def test_a_track_on_a_block_is_the_moving_sources() -> None:
    found = [moving_errors(cell) for cell in (2e-3, 1e-3, 0.5e-3)]
    assert np.all(orders([mean for mean, _ in found]) > 1.8)
    assert found[-1][0] < 0.1
    assert found[-1][1] < 2.0


@pytest.mark.slow
def test_a_quickly_turned_pipe_is_the_moving_fin() -> None:
    # A turn takes far less time than heat takes round the pipe: the head is a ring that creeps.
    radius, bore, film, speed, power = 30e-3, 25e-3, 100.0, 3e-4, 500.0
    seconds, cell = 700.0, 2.5e-3
    axial = np.arange(0.0, 0.5 + cell / 2, cell)
    mesh = mesh_round(axial, np.full(axial.size - 1, radius), bore, np.linspace(bore, radius, 3), 8)
    mesh = without_bare_faces(mesh)
    turns = seconds / 3.0
    walk = helix(seconds, (0.1, 0.1 + speed * seconds), (0.0, 2.0 * np.pi * turns), radius=radius,
                 power=power, blocks=1)  # fmt: skip
    done = solve(mesh, METAL, Surroundings(AMBIENT, film=film), walk, AMBIENT)
    field = temperatures(METAL, done.enthalpy) - AMBIENT
    held = volumes(mesh)
    rise = (field * held).sum(axis=1) / held.sum(axis=1)
    pipe = tube(radius, radius - bore, 0.5, read_material("42CrMo4"), AMBIENT, AMBIENT)
    top = fin_rise(pipe, 0.4 * power, speed, film, K, A)
    half = speed / (2.0 * A)
    beta = np.sqrt(half**2 + film * pipe.perimeter / (K * pipe.section))
    x = 0.5 * (axial[1:] + axial[:-1]) - (0.1 + speed * seconds)
    exact = top * np.exp(-half * x - beta * np.abs(x))
    near = np.abs(x) < 0.12
    assert np.abs(rise - exact)[near].max() < 0.01 * top
    assert rise.max() == pytest.approx(exact.max(), rel=0.01)


def shell_rise(axial: np.ndarray, angle: np.ndarray, *, radius: float, wall: float, film: float,
               power: float, seconds: float, walk) -> np.ndarray:  # fmt: skip
    """Rise (K) at axial m and angle rad of a thin endless shell that loses heat outside, under a
    Gaussian beam on a helix: Green's function with its images round the shell, integrated over
    time."""
    middle = radius - 0.5 * wall
    section = 0.5 * (radius**2 - middle**2 + middle**2 - (radius - wall) ** 2)
    rate = film * radius / (CAPACITY * section)
    # Nodes gathered where the beam has just been.
    edges = seconds * np.linspace(0.0, 1.0, 60) ** 3
    ages = 0.5 * (edges[1:] + edges[:-1])[:, None] + 0.5 * np.diff(edges)[:, None] * GAUSS[0]
    weights = 0.5 * np.diff(edges)[:, None] * GAUSS[1]
    out = np.zeros(np.broadcast(axial, angle).shape)
    for age, weight in zip(ages.ravel(), weights.ravel(), strict=True):
        place = np.interp(seconds - age, walk.time, walk.axial)
        turned = np.interp(seconds - age, walk.time, walk.turned)
        sigma = walk.spot[0, 3]
        along = sigma**2 + 2.0 * A * age
        # Angles: the spot is as wide in rad as at the surface, heat spreads at mid-wall.
        round_ = (sigma / radius) ** 2 + 2.0 * A * age / middle**2
        shape = np.exp(-((axial - place) ** 2) / (2.0 * along)) / np.sqrt(2.0 * np.pi * along)
        ring = np.zeros_like(out)
        for image in range(-6, 7):
            off = (angle - turned + np.pi) % (2.0 * np.pi) - np.pi + 2.0 * np.pi * image
            ring += np.exp(-(off**2) / (2.0 * round_))
        ring /= np.sqrt(2.0 * np.pi * round_)
        out += power * weight / (CAPACITY * section) * shape * ring * np.exp(-rate * age)
    return out


@pytest.mark.slow
def test_a_point_winding_along_a_thin_pipe_is_the_shells_greens_function() -> None:
    radius, wall, film, power, seconds = 30e-3, 2e-3, 80.0, 300.0, 120.0
    cell = 1.5e-3
    axial = np.arange(0.0, 0.21 + cell / 2, cell)
    rows = np.linspace(radius - wall, radius, 3)
    mesh = mesh_round(axial, np.full(axial.size - 1, radius), radius - wall, rows, 126)
    mesh = without_bare_faces(mesh)
    walk = helix(seconds, (0.08, 0.12), (0.3, 0.3 + 2.0 * np.pi * 6.3), radius=radius, power=power,
                 spot=np.array([[1.0, 0.0, 0.0, 2e-3]]))  # fmt: skip
    done = solve(mesh, METAL, Surroundings(AMBIENT, film=film), walk, AMBIENT)
    found = temperatures(METAL, done.enthalpy)
    rise = 0.5 * (row_of(mesh, found, 0) + row_of(mesh, found, 1)) - AMBIENT
    z = 0.5 * (axial[1:] + axial[:-1])[:, None]
    angle = ((np.arange(126) + 0.5) * 2.0 * np.pi / 126)[None, :]
    exact = shell_rise(z, angle, radius=radius, wall=wall, film=film, power=0.4 * power,
                       seconds=seconds, walk=walk)  # fmt: skip
    # Where the wall is level: some walls away from the beam.
    off = (angle - walk.turned[-1] + np.pi) % (2.0 * np.pi) - np.pi
    clear = np.hypot(z - 0.12, radius * off) > 3.0 * wall
    assert exact[clear].max() > 80.0
    assert np.abs(rise - exact)[clear].max() < 0.015 * exact[clear].max()
    assert np.abs(rise - exact)[clear].mean() < 0.003 * exact[clear].max()


@pytest.mark.parametrize("steel", ["42CrMo4", "S355", "C45"])
def test_the_step_follows_the_metals_largest_diffusivity(steel: str) -> None:
    # 5 x 5 x 3.75 mm and 0.25 s: just bounded for 42CrMo4, too long for the other two.
    metal = enthalpy_of(read_material(steel), 293.15)
    rows = np.linspace(85e-3, 100e-3, 5)
    mesh = mesh_round(np.linspace(0.0, 0.05, 11), np.full(10, 100e-3), 85e-3, rows, 126)
    done = solve(mesh, metal, Surroundings(293.15), stand(400.0), 293.15)
    start = 293.15 + np.random.default_rng(1).uniform(-1.0, 1.0, (10, mesh.width))

    def spread(dt: float) -> float:
        h = enthalpy_at(metal, start)
        theta = np.zeros((14, mesh.width))
        drain, skin = np.zeros_like(h), mesh.fresh_skin()
        for _ in range(1500):
            kernels.conduct(mesh.cells, skin, metal, h, theta, drain, False, dt)
        return float(np.ptp(temperatures(metal, h)[volumes(mesh) > 0.0]))

    assert spread(done.dt) < 2.0
    assert (spread(0.25) > 20.0) == (steel != "42CrMo4")
    with pytest.raises(ProcessError, match=r"time step 0\.25 s is over the stable 0\.\d+ s"):
        solve(mesh, metal, Surroundings(293.15), stand(1.0), 293.15, dt=0.25)


PLATE = mesh_flat(np.linspace(0.0, 24e-3, 7), np.full(6, 8e-3), np.linspace(0.0, 8e-3, 3), 4e-3, 12)
TRACK = helix(4.0, (12e-3, 12e-3), (8e-3, 40e-3), power=300.0)


def test_a_step_longer_than_stable_is_refused_with_the_way_out() -> None:
    longest = PLATE.longest_step(A)
    with pytest.raises(ProcessError, match="leave it out or use larger cells"):
        solve(PLATE, METAL, Surroundings(AMBIENT), stand(5.0), AMBIENT, dt=1.01 * longest)
    kept = solve(PLATE, METAL, Surroundings(AMBIENT), stand(5.0), AMBIENT, dt=0.5 * longest)
    assert kept.dt <= 0.5 * longest


def test_the_head_crosses_no_cell_in_one_step() -> None:
    quick = helix(0.5, (12e-3, 12e-3), (4e-3, 44e-3))
    done = solve(PLATE, METAL, Surroundings(AMBIENT), quick, AMBIENT)
    assert done.dt * 0.08 < 4e-3
    assert done.dt < 0.5 * PLATE.longest_step(A)


def test_points_and_whole_fields_are_seen_when_asked_for() -> None:
    probes = np.array([[2, 1, 6], [0, 0, 0]])
    moments = np.array([3.0, 1.0, 6.0])
    done = solve(PLATE, METAL, Surroundings(AMBIENT), TRACK, AMBIENT, until=6.0, probes=probes,
                 look=0.5, shots=moments)  # fmt: skip
    assert np.diff(done.look) == pytest.approx(0.5, abs=done.dt)
    assert done.look[0] == 0.0
    assert done.look[-1] > 5.0
    assert done.shot == pytest.approx([1.0, 3.0, 6.0], abs=1.5 * done.dt)
    for n, moment in enumerate(done.shot[:2]):
        field = done.shots[n].astype(float)
        at = [row_of(PLATE, field, r)[z, i] for z, r, i in probes]
        seen = [np.interp(moment, done.look, column) for column in done.probes.T]
        assert at == pytest.approx(seen, abs=4.0)
    assert done.probes[0] == pytest.approx(AMBIENT, abs=1e-3)
    assert done.probes[:, 0].max() > AMBIENT + 50.0
    # The last picture is the end; bore is the hottest of the lowest row.
    last = temperatures(METAL, done.enthalpy)
    assert row_of(PLATE, done.shots[2], 1) == pytest.approx(row_of(PLATE, last, 1), abs=2.5)
    assert done.bore[0] == pytest.approx(AMBIENT, abs=1e-3)
    assert np.all(done.bore >= done.probes[:, 1] - 1e-9)


def test_work_is_counted_and_progress_told() -> None:
    told: list[float] = []
    done = solve(PLATE, METAL, Surroundings(AMBIENT), TRACK, AMBIENT, say=told.append)
    assert done.updates == PLATE.count * round(4.0 / done.dt)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_progress_is_told_on_the_way_of_a_long_march(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solution, "_BREATH", 1)
    told: list[float] = []
    air = Surroundings(AMBIENT, film=30.0)
    paced = solve(PLATE, METAL, air, TRACK, AMBIENT, dt=0.05, say=told.append)
    assert len(told) > 4
    monkeypatch.undo()
    whole = solve(PLATE, METAL, air, TRACK, AMBIENT, dt=0.05)
    assert paced.enthalpy == pytest.approx(whole.enthalpy, rel=1e-12)
    assert paced.ledger.convection == pytest.approx(whole.ledger.convection, rel=1e-12)


def test_only_lit_blocks_give_heat_and_meet_the_part() -> None:
    lit = np.array([True, True, False, False, True, True, True, True])
    done = solve(PLATE, METAL, Surroundings(AMBIENT), replace(TRACK, lit=lit), AMBIENT)
    assert done.ledger.absorbed == pytest.approx(0.4 * 300.0 * 4.0 * 6 / 8, rel=1e-9)
    assert np.array_equal(np.isnan(done.interpass), ~lit)
    assert np.array_equal(done.power > 0.0, lit)


BACK = np.concatenate((TRACK.turned, TRACK.turned[-2::-1]))


def again(**changed):
    """Along the track and back, in sixteen blocks of half a second."""
    walk = helix(8.0, (12e-3, 12e-3), (0.0, 0.0), power=300.0, blocks=16)
    return replace(walk, turned=BACK, **changed)


def test_what_the_beam_meets_is_the_surface_ahead_of_it() -> None:
    # A second pass over a track meets what the first has left; the beam looks 5 mm ahead.
    twice = again()
    shots = twice.time[8:-1]
    done = solve(PLATE, METAL, Surroundings(AMBIENT), twice, AMBIENT, shots=shots, dt=0.02)
    assert done.interpass[0] == pytest.approx(AMBIENT, abs=1e-3)
    assert np.all(done.interpass[9:] > AMBIENT + 10.0)
    for n, block in enumerate(range(8, 15)):
        surface = row_of(PLATE, done.shots[n].astype(float), 1)
        line = 0.5 * (surface[2] + surface[3])
        met = np.interp(BACK[block] - 5e-3, (np.arange(12) + 0.5) * 4e-3, line)
        assert done.interpass[block] == pytest.approx(met, abs=1.0)


def test_the_power_follows_its_law_at_the_temperature_met() -> None:
    law = (np.array([300.0, 400.0]), np.array([320.0, 220.0]))
    walk = again(law_interpass=law[0],
                 law_power=law[1])  # fmt: skip
    done = solve(PLATE, METAL, Surroundings(AMBIENT), walk, AMBIENT)
    assert done.power == pytest.approx(np.interp(done.interpass, *law), rel=1e-9)
    assert done.power[0] == pytest.approx(320.0, abs=0.1)
    assert done.power.min() < 300.0
    assert done.ledger.absorbed == pytest.approx(0.4 * 0.5 * done.power.sum(), rel=1e-9)


COOL = Surroundings(AMBIENT, film=400.0, bore_film=400.0)


def gated(above: float, below: float):
    gate = np.zeros(16, dtype=np.bool_)
    gate[8] = True
    return again(gate=gate,
                 above=above, below=below)  # fmt: skip


def test_the_head_stands_still_while_the_part_is_too_hot() -> None:
    free = solve(PLATE, METAL, COOL, gated(1e9, 1e9), AMBIENT)
    assert not free.waits.any()
    limit = free.interpass[8] - 5.0
    held = solve(PLATE, METAL, COOL, gated(limit, limit - 15.0), AMBIENT, dt=0.04)
    assert np.array_equal(np.flatnonzero(held.waits), [8])
    assert held.waits[8] > 1.0
    assert held.interpass[8] == pytest.approx(limit - 15.0, abs=1.0)
    assert held.interpass[8] <= limit - 15.0
    # As much heat comes in all the same, and the books still close.
    assert held.ledger.absorbed == pytest.approx(free.ledger.absorbed, rel=1e-9)
    assert held.ledger.gap < 1e-9


def test_a_wait_without_end_is_refused_with_the_way_out() -> None:
    insulated = Surroundings(AMBIENT)
    with pytest.raises(ProcessError, match=r"does not cool to 301 K within .* cool the bore"):
        solve(PLATE, METAL, insulated, gated(302.0, 301.0), AMBIENT)


def test_a_beam_finer_than_the_cells_brings_all_its_heat() -> None:
    for sigma in (1e-5, 1e-3, 8e-3):
        spot = np.array([[0.7, 0.0, 0.0, sigma], [0.3, 2e-3, 1e-3, sigma]])
        done = solve(PLATE, METAL, Surroundings(AMBIENT), replace(TRACK, spot=spot), AMBIENT)
        stored = np.sum(volumes(PLATE) * done.enthalpy)
        assert stored == pytest.approx(0.4 * 300.0 * 4.0, rel=1e-9)
    assert SPOT[0, 0] == 1.0
