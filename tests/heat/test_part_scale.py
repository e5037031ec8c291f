"""A job's part in cells: its volume, its losses and its walk, as the job and its path have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tests.heat.bodies import volumes
from tests.heat.small_jobs import HEATING, PARTS, Small, small

from reclad.heat import PowerLaw, heating_of, middle_of, part_scale
from reclad.heat.enthalpy import enthalpy_at, enthalpy_of, largest_diffusivity
from reclad.heat.part_scale import mesh_part, metal_of, spot_of, surroundings_of, walk_of
from reclad.job import Job, new_job, read_job
from reclad.part import Deposit, size_deposit
from reclad.path import Pause
from reclad.process import Procedure
from reclad.process.metal import enthalpy_between, melting_point

EXAMPLES = ("pipe", "bearing", "shaft", "plate")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Job, Deposit]]:
    where = tmp_path_factory.mktemp("examples")
    out = {}
    for like in EXAMPLES:
        job = read_job(new_job(like, like=like, where=where))
        gap = 0.5 * job.cell.laser.spot
        out[like] = job, size_deposit(job.part, job.allowance, job.path.over_travel, gap)
    return out


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Small]:
    folder = tmp_path_factory.mktemp("small")
    return {shape: small(folder / shape, shape) for shape in PARTS}


def volume_of(job: Job, deposit: Deposit) -> float:
    """Metal (m3) of the worn part, sliced finely."""
    part = job.part
    edges = np.linspace(0.0, part.length, 20_001)
    z = 0.5 * (edges[1:] + edges[:-1])
    if part.flat:
        assert part.width is not None
        return part.length * part.width * float(deposit.worn_radius.mean())
    radius = deposit.worn_radius_at(z)
    radius = radius + (z < part.clad_from) * part.shoulder_from
    radius = radius + (z > part.clad_to) * part.shoulder_to
    bore = 0.0
    if part.wall is not None:
        bore = 0.5 * part.caliper[0].finished - part.wall
    return float(np.pi * np.sum(radius**2 - bore**2) * part.length / z.size)


@pytest.mark.parametrize("like", EXAMPLES)
@pytest.mark.parametrize("duration", [600.0, 20_000.0])
def test_the_cells_of_every_example_hold_its_parts_volume(
    examples: dict[str, tuple[Job, Deposit]], like: str, duration: float
) -> None:
    job, deposit = examples[like]
    mesh = mesh_part(job, deposit, duration, 10e-3)
    assert volumes(mesh).sum() == pytest.approx(volume_of(job, deposit), rel=0.01)
    long = job.part.width if job.part.flat else job.part.length
    assert mesh.grid.axial[[0, -1]] == pytest.approx([0.0, long])
    assert np.all(np.diff(mesh.grid.axial) > 0.0)


@pytest.mark.parametrize("like", EXAMPLES)
def test_a_longer_repair_gets_coarser_cells_and_no_more_work(
    examples: dict[str, tuple[Job, Deposit]], like: str
) -> None:
    job, deposit = examples[like]
    diffusivity = largest_diffusivity(enthalpy_of(job.parent, job.ambient))
    finest = np.inf
    for duration in (60.0, 3600.0, 40_000.0):
        mesh = mesh_part(job, deposit, duration, 10e-3)
        assert mesh.count <= finest
        finest = mesh.count
        assert mesh.count * duration / mesh.longest_step(diffusivity) < 1.2 * part_scale._UPDATES


def test_cells_are_finest_where_the_clad_is(examples: dict[str, tuple[Job, Deposit]]) -> None:
    job, deposit = examples["shaft"]
    mesh = mesh_part(job, deposit, 20_000.0, 10e-3)
    width = np.diff(mesh.grid.axial)
    middle = 0.5 * (mesh.grid.axial[1:] + mesh.grid.axial[:-1])
    clad = (middle > deposit.start) & (middle < deposit.end)
    assert np.ptp(width[clad]) < 1e-9
    assert width[clad].max() <= width.min() + 1e-9
    assert width.max() > 2.0 * width[clad].max()


def test_shoulders_stand_where_the_job_has_them(jobs: dict[str, Small]) -> None:
    shaft = jobs["shaft"]
    mesh = mesh_part(shaft.job, shaft.deposit, 100.0, 10e-3)
    middle = 0.5 * (mesh.grid.axial[1:] + mesh.grid.axial[:-1])
    surface = mesh.skin.inner + mesh.skin.thick[:, 1]
    assert 45e-3 in np.round(mesh.grid.axial, 9)
    assert 65e-3 in np.round(mesh.grid.axial, 9)
    assert surface[middle < 45e-3] == pytest.approx(19.5e-3 + 5e-3, abs=2e-5)
    assert surface[middle > 65e-3] == pytest.approx(19.6e-3 + 3e-3, abs=2e-5)
    seat = (middle > 45e-3) & (middle < 65e-3)
    assert surface[seat] == pytest.approx(shaft.deposit.worn_radius_at(middle[seat]))
    tops = mesh.cells.top
    assert tops[middle < 45e-3].min() > tops[seat].max()
    assert tops[middle > 65e-3].min() > tops[seat].max()


def test_chuck_rest_bore_and_gas_are_the_jobs(tmp_path: Path) -> None:
    holding = (
        'chuck_length = "20 mm"\nchuck_film = "400 W/m^2/K"\nchuck_mass = "10 kg"\n'
        'rest_at = "25 mm"\nrest_width = "8 mm"\nrest_film = "150 W/m^2/K"\n'
        'bore_film = "900 W/m^2/K"\nbore_inlet = "15 degC"\nbore_water = "2 L/min"\n'
        'gas_film = "70 W/m^2/K"\ngas_reach = "12 mm"\n'
    )
    pipe = small(tmp_path, "pipe", holding=holding)
    around = surroundings_of(pipe.job, HEATING)
    chuck, rest = around.clasps
    assert (chuck.start, chuck.end) == pytest.approx((0.1, 0.12))
    assert (rest.start, rest.end) == pytest.approx((21e-3, 29e-3))
    assert (chuck.film, rest.film) == pytest.approx((400.0, 150.0))
    assert chuck.capacity == pytest.approx(10.0 * 470.0)
    assert around.bore_film == pytest.approx(900.0)
    assert around.bore_inlet == pytest.approx(288.15)
    # 2 L/min of water at 4.19 kJ/(kg K), 998 kg/m3.
    assert around.bore_flow == pytest.approx(2e-3 / 60.0 * 998.0 * 4186.0, rel=1e-3)
    assert (around.jet, around.reach) == pytest.approx((70.0, 12e-3))
    assert (around.film, around.emissivity) == (HEATING.film, HEATING.emissivity)
    assert around.glow == pytest.approx(melting_point(pipe.job.parent))
    assert around.ambient == pipe.job.ambient


def test_a_part_nobody_holds_loses_to_the_air_only(jobs: dict[str, Small]) -> None:
    around = surroundings_of(jobs["pipe"].job, HEATING)
    assert around.clasps == ()
    assert around.bore_film == 0.0


@pytest.mark.parametrize("shape", PARTS)
def test_the_walk_takes_the_time_and_way_of_the_toolpath(
    jobs: dict[str, Small], shape: str
) -> None:
    it = jobs[shape]
    path = it.toolpath
    walk = walk_of(it.job, path, HEATING, 1500.0)
    assert np.diff(walk.time) == pytest.approx(path.block_time + path.wait)
    assert walk.time[0] == 0.0
    assert np.array_equal(walk.lit, path.lit)
    moved = np.hypot(np.diff(walk.axial), np.diff(walk.turned) * walk.radius[1:])
    assert moved[path.lit] == pytest.approx(path.block_length[path.lit], rel=1e-3)
    assert walk.power == pytest.approx(1500.0)
    assert walk.share == HEATING.share
    assert not walk.gate.any()
    if shape == "plate":
        assert np.array_equal(walk.axial, path.across)
        assert np.array_equal(walk.turned, path.axial)
    # As much metal as the layer is thick over what is clad.
    laid = float(np.sum(walk.clad[walk.lit] * np.diff(walk.time)[walk.lit]))
    assert laid == pytest.approx(path.block_length[path.lit].sum() * 2e-3 * 0.8e-3, rel=1e-9)


def test_waits_of_a_paused_path_are_in_the_walk(jobs: dict[str, Small]) -> None:
    pipe = jobs["pipe"]
    paused = pipe.lay((Pause(1, 4, 30.0), Pause(1, 8, 45.0)))
    walk = walk_of(pipe.job, paused, HEATING, 1500.0)
    assert walk.time[-1] == pytest.approx(paused.block_time.sum() + 75.0)
    assert np.flatnonzero(np.diff(walk.time) > 20.0).size == 2


def test_the_power_is_one_each_or_a_law(jobs: dict[str, Small]) -> None:
    pipe = jobs["pipe"]
    each = np.linspace(1000.0, 1400.0, pipe.toolpath.blocks)
    assert np.array_equal(walk_of(pipe.job, pipe.toolpath, HEATING, each).power, each)
    law = PowerLaw(np.array([300.0, 700.0]), np.array([1500.0, 1100.0]))
    walk = walk_of(pipe.job, pipe.toolpath, HEATING, law)
    assert np.array_equal(walk.law_interpass, law.interpass)
    assert np.array_equal(walk.law_power, law.power)


@pytest.mark.parametrize("shape", PARTS)
def test_the_head_may_stop_only_where_a_turn_or_track_begins(
    jobs: dict[str, Small], shape: str
) -> None:
    it = jobs[shape]
    path = it.toolpath
    walk = walk_of(it.job, path, HEATING, 1500.0, (450.0, 410.0))
    assert (walk.above, walk.below) == (450.0, 410.0)
    gates = np.flatnonzero(walk.gate)
    assert np.all(path.lit[gates])
    turns = {(int(path.layer[b]), int(path.turn[b])) for b in gates}
    every = {(int(a), int(b)) for a, b in zip(path.layer[path.lit], path.turn[path.lit],
                                               strict=True)}  # fmt: skip
    assert turns == every


@pytest.mark.parametrize("shape", PARTS)
def test_one_gaussian_stands_for_the_beam_and_keeps_its_second_moment(
    jobs: dict[str, Small], shape: str
) -> None:
    job = jobs[shape].job
    spot = spot_of(job)
    assert spot[:, 0].sum() == pytest.approx(1.0)
    along, across = (
        float(np.sum(spot[:, 0] * (spot[:, k] ** 2 + spot[:, 3] ** 2))) for k in (1, 2)
    )
    walk = walk_of(job, jobs[shape].toolpath, HEATING, 1.0)
    assert walk.spot.shape == (1, 4)
    assert walk.spot[0, 3] ** 2 == pytest.approx(0.5 * (along + across), rel=1e-9)
    # A Gaussian's or disc's <x^2> is a quarter of its radius squared.
    assert along == pytest.approx((0.5 * job.cell.laser.spot) ** 2 / 4.0, rel=1e-6)


def test_a_flat_topped_beam_keeps_its_second_moment_too() -> None:
    laser = SimpleNamespace(spot=3e-3, spot_shape="top-hat")
    spot = spot_of(SimpleNamespace(cell=SimpleNamespace(laser=laser)))
    assert len(spot) == 19
    one = part_scale._one_spot(spot)
    # A disc's <x^2> is a quarter of its radius squared.
    assert one[0, 3] == pytest.approx(0.75e-3, rel=1e-9)


def test_the_part_is_met_clear_of_the_beams_own_heat(jobs: dict[str, Small]) -> None:
    pipe, plate = (walk_of(jobs[s].job, jobs[s].toolpath, HEATING, 1.0) for s in ("pipe", "plate"))
    assert plate.ahead == pytest.approx(18e-3)
    assert pipe.ahead == pytest.approx(18e-3)
    slender = replace(jobs["pipe"].toolpath, radius=jobs["pipe"].toolpath.radius / 6.0)
    around = 2.0 * np.pi * float(slender.radius.mean())
    found = walk_of(jobs["pipe"].job, slender, HEATING, 1.0).ahead
    assert found == pytest.approx(0.4 * around)
    assert found < 18e-3


def test_a_draws_metal_is_the_parents_scaled(jobs: dict[str, Small]) -> None:
    job = jobs["pipe"].job
    usual = metal_of(job, HEATING)
    other = metal_of(job, replace(HEATING, conductivity=1.1, heat_capacity=0.95))
    assert other.conductivity == pytest.approx(1.1 * usual.conductivity, rel=0.02)
    heats = [float(enthalpy_at(m, 900.0)) for m in (usual, other)]
    assert heats[1] == pytest.approx(0.95 * heats[0], rel=2e-3)


def test_each_draws_heating_is_what_its_bead_takes(jobs: dict[str, Small]) -> None:
    job = jobs["pipe"].job
    procedure = Procedure(2000.0, 10e-3, 4e-4, 2e-3, 2, 15e-3, 400.0)
    choice = SimpleNamespace(
        procedure=procedure,
        bead=SimpleNamespace(
            heat=np.array([[700.0], [800.0]]),
            catchment=np.array([[0.6], [0.7]]),
            height=np.array([[0.9e-3], [1.0e-3]]),
        ),
        clad=SimpleNamespace(mean=np.array([[1.6e-3], [2.0e-3]])),
    )
    draws = SimpleNamespace(
        sink=np.array([0.5, 1.0]), offset=np.array([0.2, 0.3]), conductivity=np.array([1.0, 1.1]),
        heat_capacity=np.array([0.9, 1.0]), air_film=np.array([10.0, 20.0]),
        emissivity=np.array([0.5, 0.7]),
    )  # fmt: skip
    one, two = heating_of(job, choice, draws)
    assert (one.share, two.share) == pytest.approx((0.35, 0.4))
    assert (one.thickness, two.thickness) == pytest.approx((0.8e-3, 1.0e-3))
    assert two.lifted == pytest.approx(0.3e-3)
    assert (one.film, two.emissivity) == (10.0, 0.7)
    melting = melting_point(job.clad)
    warming = enthalpy_between(job.clad, job.ambient, melting) + job.clad.latent_heat.value
    assert two.drawn == pytest.approx(0.7 * 4e-4 * warming)
    assert one.drawn == pytest.approx(0.5 * 0.6 * 4e-4 * warming)
    assert middle_of([one, two, two]) == two
