"""A whole small repair: the part warms, the pool follows, every array means what it says."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.heat.small_jobs import HEATING, PARTS, Small, made_up_pools, small

from reclad.heat import (
    Along,
    PoolModel,
    ThermalHistory,
    mean_by_turn,
    power_for_depth,
    resolve_pools,
    simulate,
    turn_numbers,
)
from reclad.heat.part_scale import walk_of
from reclad.heat.repair import adapt_pools
from reclad.heat.solution import Solution

POWER = 1500.0


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory):
    """Nothing kept before, nothing left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECLAD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Small]:
    folder = tmp_path_factory.mktemp("small")
    return {shape: small(folder / shape, shape, layers=2 if shape == "plate" else 1)
            for shape in PARTS}  # fmt: skip


@pytest.fixture(scope="module")
def steady(jobs: dict[str, Small]) -> dict[str, tuple[ThermalHistory, Solution]]:
    """Each repair at constant power."""
    return {
        shape: simulate(it.job, it.deposit, it.toolpath, HEATING, POWER, made_up_pools())
        for shape, it in jobs.items()
    }


def by_turn(history: ThermalHistory, name: str) -> np.ndarray:
    along = history.along
    return mean_by_turn(turn_numbers(along.layer, along.turn), getattr(along, name))


@pytest.mark.parametrize("shape", PARTS)
def test_the_books_of_a_repair_close(steady, shape: str) -> None:
    history, _ = steady[shape]
    assert history.ledger.gap < 1e-9
    assert history.ledger.jet > 0.0
    assert history.ledger.convection > 0.0
    assert history.ledger.radiation > 0.0


@pytest.mark.parametrize("shape", PARTS)
def test_the_heat_absorbed_is_the_share_of_the_lit_time(jobs, steady, shape: str) -> None:
    path = jobs[shape].toolpath
    lit = float(path.block_time[path.lit].sum())
    assert steady[shape][0].ledger.absorbed == pytest.approx(HEATING.share * POWER * lit, rel=1e-9)


@pytest.mark.parametrize("shape", ["pipe", "shaft"])
def test_the_part_gets_hotter_from_turn_to_turn(steady, shape: str) -> None:
    history, _ = steady[shape]
    met = by_turn(history, "interpass")
    assert np.all(np.diff(met) > 0.0)
    assert met[0] < 330.0
    assert met[-1] > met[0] + 80.0
    assert np.all(np.diff(history.bore) > 0.0)


@pytest.mark.parametrize("shape", PARTS)
def test_every_array_along_the_path_is_a_lit_block_long(jobs, steady, shape: str) -> None:
    path, along = jobs[shape].toolpath, steady[shape][0].along
    lit = path.lit
    for f in fields(Along):
        assert getattr(along, f.name).shape == (int(lit.sum()),), f.name
        assert np.all(np.isfinite(getattr(along, f.name))), f.name
    assert np.array_equal(along.layer, path.layer[lit])
    assert np.array_equal(along.turn, path.turn[lit])
    middle = 0.5 * (path.axial[1:] + path.axial[:-1])[lit]
    assert along.axial == pytest.approx(middle)
    walk = walk_of(jobs[shape].job, path, HEATING, POWER)
    assert along.time == pytest.approx(0.5 * (walk.time[1:] + walk.time[:-1])[lit])
    assert along.growth == pytest.approx(path.travel_speed)
    assert along.power == pytest.approx(POWER)


@pytest.mark.parametrize("shape", PARTS)
def test_per_turn_arrays_stand_for_the_turns_of_the_path(jobs, steady, shape: str) -> None:
    path, history = jobs[shape].toolpath, steady[shape][0]
    number = turn_numbers(history.along.layer, history.along.turn)
    count = int(number.max()) + 1
    assert history.turn_time.shape == history.bore.shape == (count,)
    for turn in range(count):
        last = history.along.time[number == turn].max()
        after = history.turn_time[turn] - last
        assert 0.0 < after < 0.6
    assert np.all(np.diff(history.turn_time) > 0.0)
    # A plate's layers are tracks numbered on.
    if shape == "plate":
        assert count == np.unique(path.turn[path.layer == 1]).size * 2 + 1
    bore = history.probes.temperature[3]
    assert np.all(history.bore >= np.interp(history.turn_time, history.probes.time, bore) - 5.0)


@pytest.mark.parametrize(("shape", "inside"), [("pipe", "bore"), ("shaft", "axis"),
                                               ("plate", "underside")])  # fmt: skip
def test_the_named_points_lie_where_they_say(jobs, steady, shape: str, inside: str) -> None:
    probes, it = steady[shape][0].probes, jobs[shape]
    assert probes.names == (
        "start of the clad, surface", "middle of the clad, surface", "end of the clad, surface",
        f"middle of the clad, {inside}", "far end, surface",
    )  # fmt: skip
    low, high = it.deposit.side or (it.deposit.start, it.deposit.end)
    assert probes.axial[:3] == pytest.approx([low, 0.5 * (low + high), high], abs=3e-3)
    assert probes.radius[3] < probes.radius[1]
    assert np.all(np.abs(probes.radius[[0, 1, 2]] - it.deposit.worn_radius.mean()) < 3e-3)
    assert probes.temperature.shape == (5, probes.time.size)
    assert probes.temperature[:, 0] == pytest.approx(293.15, abs=0.01)
    # The start is warm before the end; the surface is hotter than what lies inside.
    half = 0.5 * (probes.temperature.max(axis=1) + 293.15)
    warm = [probes.time[int((t > h).argmax())] for t, h in zip(probes.temperature, half,
                                                               strict=True)]  # fmt: skip
    assert warm[0] < warm[2]
    assert probes.temperature[1].max() > probes.temperature[3].max()
    assert probes.temperature[:4].max() > probes.temperature[4].max()


@pytest.mark.parametrize("shape", PARTS)
def test_the_field_has_every_cell_and_nan_where_no_metal_is(jobs, steady, shape: str) -> None:
    field, it = steady[shape][0].field, jobs[shape]
    times, slices, rows, around = field.temperature.shape
    assert field.form == ("flat" if shape == "plate" else "round")
    assert field.time.shape == (times,)
    assert field.axial_edges.shape == (slices + 1,)
    assert field.radius_edges.shape == (rows + 1,)
    assert field.angle_edges.shape == (around + 1,)
    assert field.surface.shape == (slices,)
    whole = it.job.part.length if shape == "plate" else 2.0 * np.pi
    assert field.angle_edges[[0, -1]] == pytest.approx([0.0, whole])
    empty = np.isnan(field.temperature[0, :, :, 0])
    middle = 0.5 * (field.axial_edges[1:] + field.axial_edges[:-1])
    if shape == "shaft":
        seat = (middle > 45e-3) & (middle < 65e-3)
        assert empty[seat, -1].all()
        assert not empty[middle < 45e-3].any()
        assert field.surface[seat].max() < field.surface[middle < 45e-3].min()
    else:
        assert not empty.any()
    metal = field.temperature[:, ~empty]
    assert np.all(np.isfinite(metal))
    assert metal.min() >= 293.0
    assert metal[0].mean() < metal[2].mean()
    end = walk_of(it.job, it.toolpath, HEATING, POWER).time[-1]
    assert field.time[-1] == pytest.approx(1.05 * end, abs=1.0)
    assert field.time[-2] == pytest.approx(end, abs=1.0)


def test_pools_are_the_tables_at_the_temperature_met(jobs, steady) -> None:
    along, table = steady["plate"][0].along, made_up_pools().table
    absorbed = HEATING.share * along.power
    whole = table.at(along.interpass, absorbed)
    # Clear of starts: two seconds into each track, 18 mm of 54.
    late = np.array([along.time[n] - along.time[n - 1] < 0.6 for n in range(1, along.time.size)])
    late = np.append(False, late) & (whole.width > 0.0)
    since = np.zeros(along.time.size)
    for n in range(1, since.size):
        since[n] = since[n - 1] + along.time[n] - along.time[n - 1] if late[n] else 0.0
    late = since > 2.0
    assert late.any()
    assert along.width[late] == pytest.approx(whole.width[late])
    assert along.length[late] == pytest.approx(whole.length[late])
    assert along.ac3[late] == pytest.approx(whole.ac3[late])
    # What melts the powder does not reach the floor, and the bead lifts it.
    reaching = table.at(along.interpass, absorbed - HEATING.drawn).depth - HEATING.lifted
    assert along.depth[late] == pytest.approx(reaching[late])
    assert along.width[0] < 0.75 * whole.width[0]


def test_pools_are_larger_beside_shoulders_as_the_table_of_ends_says(jobs, steady) -> None:
    along, table = steady["shaft"][0].along, made_up_pools().table
    ratio = along.length / table.at(along.interpass, HEATING.share * along.power).length
    settled = along.time > along.time[0] + 3.0
    beside = np.minimum(np.abs(along.axial - 45e-3), np.abs(along.axial - 65e-3)) < 4.9e-3
    assert ratio[settled & beside] == pytest.approx(1.1)
    assert ratio[settled & ~beside].min() == pytest.approx(1.0)


def test_a_power_for_each_block_is_taken_as_it_is(jobs) -> None:
    pipe = jobs["pipe"]
    each = np.where(np.arange(pipe.toolpath.blocks) % 2, 1200.0, 1400.0)
    history, done = simulate(pipe.job, pipe.deposit, pipe.toolpath, HEATING, each, made_up_pools())
    assert history.along.power == pytest.approx(each[pipe.toolpath.lit])
    assert done.power[~pipe.toolpath.lit] == pytest.approx(0.0)


def test_a_law_holds_the_depth_where_constant_power_lets_it_grow(jobs, steady) -> None:
    pipe, pools = jobs["pipe"], made_up_pools()
    procedure = replace(pipe.procedure, interpass=350.0)
    law = power_for_depth(pipe.job, procedure, HEATING, pools)
    followed, _ = simulate(pipe.job, pipe.deposit, pipe.toolpath, HEATING, law, pools)
    constant, _ = steady["pipe"]
    depths = [by_turn(h, "depth")[1:-1] for h in (followed, constant)]
    assert np.ptp(depths[0]) < 0.02 * depths[0].mean()
    assert np.ptp(depths[1]) > 0.2 * depths[1].mean()
    assert np.all(np.diff(by_turn(followed, "power")) < 0.0)
    assert by_turn(followed, "interpass")[-1] < by_turn(constant, "interpass")[-1]


def test_the_law_gives_the_procedures_power_at_its_own_interpass_temperature(jobs) -> None:
    pipe, pools = jobs["pipe"], made_up_pools()
    law = power_for_depth(pipe.job, pipe.procedure, HEATING, pools)
    assert float(law.at(pipe.procedure.interpass)) == pytest.approx(POWER, rel=2e-3)
    # The made-up pool deepens with half a watt a kelvin.
    slope = np.diff(law.power) / np.diff(law.interpass)
    assert slope == pytest.approx(-0.5 / HEATING.share, rel=0.02)
    laser = pipe.job.cell.laser
    weak = power_for_depth(pipe.job, replace(pipe.procedure, power=laser.power_min), HEATING, pools)
    assert weak.power.min() >= laser.power_min


def test_a_preheated_part_starts_where_it_is_preheated_to(tmp_path) -> None:
    hot = small(tmp_path, "shaft", preheat="250 degC", limits='interpass_max = "500 degC"')
    history, _ = simulate(hot.job, hot.deposit, hot.toolpath, HEATING, POWER, made_up_pools())
    assert history.along.interpass[0] == pytest.approx(523.15, abs=1.0)
    assert history.probes.temperature[:, 0] == pytest.approx(523.15, abs=0.1)
    assert history.ledger.gap < 1e-9


def test_progress_is_told(jobs) -> None:
    pipe, told = jobs["pipe"], []
    simulate(pipe.job, pipe.deposit, pipe.toolpath, HEATING, 1111.0, made_up_pools(),
             say=told.append)  # fmt: skip
    assert told[-1] == 1.0
    assert told == sorted(told)


@pytest.fixture(scope="module")
def resolved(jobs: dict[str, Small]) -> PoolModel:
    pipe = jobs["pipe"]
    return resolve_pools(pipe.job, pipe.deposit, pipe.procedure, HEATING)


@pytest.mark.slow
def test_with_pools_resolved_the_law_holds_the_depth_better(jobs, resolved: PoolModel) -> None:
    pipe = jobs["pipe"]
    law = power_for_depth(pipe.job, pipe.procedure, HEATING, resolved)
    depths = []
    for power in (law, POWER):
        history, _ = simulate(pipe.job, pipe.deposit, pipe.toolpath, HEATING, power, resolved)
        depths.append(by_turn(history, "depth")[1:-1])
    assert depths[0].mean() > 0.3e-3
    assert np.ptp(depths[0]) < 0.3 * np.ptp(depths[1])
    assert np.ptp(depths[0]) < 0.06 * depths[0].mean()


@pytest.mark.slow
def test_a_draw_like_the_median_has_the_medians_pools(jobs, resolved: PoolModel) -> None:
    pipe = jobs["pipe"]
    what = (pipe.job, pipe.deposit, pipe.procedure, HEATING)
    same = adapt_pools(*what, HEATING, resolved)
    assert same.table.pools.depth == pytest.approx(resolved.table.pools.depth)
    better = adapt_pools(*what, replace(HEATING, conductivity=1.15), resolved)
    middle = (slice(2, 4), slice(2, 4))
    ratio = better.table.pools.depth[middle] / resolved.table.pools.depth[middle]
    # Heat led away better: less melts.
    assert np.all((ratio > 0.5) & (ratio < 1.0))
    # The larger the pool the less it minds.
    assert np.all(np.diff(ratio, axis=1) > 0.0)
    assert better.edges is resolved.edges
