"""The table of pools: what it says between its nodes, backwards, and beside ends."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from tests.heat.bodies import plain_metal

from reclad.heat import pool_table, window
from reclad.heat.enthalpy import enthalpy_of
from reclad.heat.pool_table import EdgeEffects, Pools, PoolTable, tabulate_edges, tabulate_pools
from reclad.heat.window import Bench
from reclad.job import read_material

LEVELS = (1690.0, 1080.0, 1000.0)
NOMINAL = 720.0  # W absorbed
STEEL = Bench(
    metal=enthalpy_of(read_material("42CrMo4"), 293.15),
    spot=((1.0, 0.0, 0.0, 0.75e-3),),
    radius=0.1,
    wall=15e-3,
    melting=1725.0,
    travel_speed=10e-3,
    cell=0.5e-3,
)
# Quick to solve: what does not depend on the pool being right.
ROUGH = replace(STEEL, metal=plain_metal(), travel_speed=20e-3, cell=1e-3)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory):
    """Nothing kept before, nothing left behind."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECLAD_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def steel() -> PoolTable:
    return tabulate_pools(STEEL, (293.15, 823.15), (0.3 * NOMINAL, 1.6 * NOMINAL), LEVELS)


def made_up(t85: float = 2.0) -> PoolTable:
    """A table whose pools are known: straight in both directions."""
    t, p = np.linspace(300.0, 800.0, 5), np.linspace(200.0, 1000.0, 5)
    depth = 1e-6 * (p[None, :] - 200.0) + 5e-7 * (t[:, None] - 300.0)
    entries = {f.name: depth * (2.0 + n) for n, f in enumerate(fields(Pools))}
    entries |= {"depth": depth, "t85": np.full_like(depth, t85)}
    return PoolTable(t, p, Pools(**entries))


@pytest.mark.slow
def test_windows_the_table_has_not_seen_are_as_it_says(steel: PoolTable) -> None:
    off = []
    for interpass in (340.0, 480.0, 640.0, 780.0):
        for power in (500.0, 560.0, 600.0, 680.0, 720.0, 800.0, 900.0, 1000.0):
            found = window.settle(STEEL, power, interpass, LEVELS)
            told = steel.at(np.array([interpass]), np.array([power]))
            seen = [found.pool.width, found.pool.depth, found.pool.length, *found.depths]
            said = [told.width, told.depth, told.length, told.solidus, told.ac3, told.ac1]
            off.append(np.concatenate(said) / seen - 1.0)
    every = np.array(off)
    assert np.all(np.sqrt((every**2).mean(axis=0)) < 0.015)
    assert np.abs(every).max() < 0.04


@pytest.mark.slow
def test_the_power_for_a_depth_melts_that_depth(steel: PoolTable) -> None:
    interpass = np.array([310.0, 420.0, 555.0, 700.0, 820.0])
    wanted = 0.9e-3
    power = steel.power_for_depth(interpass, wanted)
    assert steel.at(interpass, power).depth == pytest.approx(wanted, rel=0.01)
    assert np.all(np.diff(power) < 0.0)
    deeper = steel.power_for_depth(interpass, 1.0e-3)
    assert np.all(deeper > power)


@pytest.mark.slow
def test_hotter_parts_and_more_power_make_larger_pools_and_slower_cooling(steel: PoolTable) -> None:
    pools = steel.pools
    for name in ("width", "depth", "length", "solidus", "ac3", "ac1"):
        entry = getattr(pools, name)
        # Where the front crosses a row of cells the pool may stand still.
        assert np.all(np.diff(entry, axis=0) >= -0.01 * entry.max()), name
        assert np.all(np.diff(entry, axis=1) >= -0.01 * entry.max()), name
    assert np.all(pools.solidus <= pools.ac3)
    assert np.all(pools.ac3 <= pools.ac1)
    told = pools.t85[np.isfinite(pools.t85)]
    assert told.size
    assert told.min() > 0.0


def test_on_its_nodes_and_between_straight_nodes_the_table_is_itself() -> None:
    table = made_up()
    t, p = np.meshgrid(table.interpass, table.power, indexing="ij")
    found = table.at(t.ravel(), p.ravel())
    for f in fields(Pools):
        assert getattr(found, f.name) == pytest.approx(getattr(table.pools, f.name).ravel()), f.name
    between = table.at(np.array([333.0, 512.0]), np.array([290.0, 777.0])).depth
    assert between == pytest.approx([90e-6 + 16.5e-6, 577e-6 + 106e-6])


def test_beyond_its_edges_the_table_holds_its_edge() -> None:
    table = made_up()
    out = table.at(np.array([100.0, 2000.0]), np.array([50.0, 5000.0]))
    edge = table.at(np.array([300.0, 800.0]), np.array([200.0, 1000.0]))
    for f in fields(Pools):
        assert getattr(out, f.name) == pytest.approx(getattr(edge, f.name))


def test_where_no_value_is_known_none_is_made_up() -> None:
    table = made_up()
    t85 = table.pools.t85.copy()
    t85[-1, -1] = np.nan
    holed = PoolTable(table.interpass, table.power, replace(table.pools, t85=t85))
    found = holed.at(np.array([320.0, 800.0]), np.array([300.0, 1000.0]))
    assert found.t85[0] == pytest.approx(2.0, rel=0.02)
    assert np.isnan(found.t85[1])
    assert np.all(np.isfinite(found.depth))
    without = PoolTable(
        table.interpass, table.power, replace(table.pools, ac3=np.full_like(t85, np.nan))
    )
    assert np.isnan(without.at(np.array([400.0]), np.array([500.0])).ac3).all()


def test_the_power_for_a_depth_turns_the_table_round() -> None:
    table = made_up()
    power = table.power_for_depth(np.array([300.0, 400.0]), 300e-6)
    assert power == pytest.approx([500.0, 450.0], abs=0.5)
    # What no power of the table melts gets the table's ends.
    assert table.power_for_depth(np.array([300.0]), 1.0)[0] == 1000.0
    assert table.power_for_depth(np.array([800.0]), 0.0)[0] == 200.0


def test_a_draws_table_is_scaled_by_the_ratio_of_two_others() -> None:
    table, other = made_up(), made_up()
    grown = Pools(**{f.name: 1.25 * getattr(other.pools, f.name) for f in fields(Pools)})
    scaled = table.scaled(other, replace(other, pools=grown))
    for f in fields(Pools):
        expected = 1.25 * getattr(table.pools, f.name)
        assert getattr(scaled.pools, f.name) == pytest.approx(expected), f.name
    # Where nothing melts in either there is nothing to compare.
    assert scaled.pools.depth[0, 0] == 0.0


@pytest.mark.slow
def test_a_table_is_solved_once_per_bench(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    solved = []
    settle = window.settle

    def count(bench: Bench, *rest, **more) -> window.Settled:
        solved.append(bench)
        return settle(bench, *rest, **more)

    monkeypatch.setattr(window, "settle", count)
    monkeypatch.setattr(pool_table, "_INTERPASS_NODES", 4)
    monkeypatch.setattr(pool_table, "_POWER_NODES", 4)
    told: list[float] = []
    first = tabulate_pools(ROUGH, (300.0, 600.0), (300.0, 900.0), LEVELS, told.append)
    assert len(solved) == 16
    assert told == pytest.approx(np.arange(1, 17) / 16)
    again = tabulate_pools(ROUGH, (300.0, 600.0), (300.0, 900.0), LEVELS)
    assert len(solved) == 16
    for f in fields(Pools):
        assert np.array_equal(getattr(first.pools, f.name), getattr(again.pools, f.name),
                              equal_nan=True)  # fmt: skip
    tabulate_pools(replace(ROUGH, travel_speed=21e-3), (300.0, 600.0), (300.0, 900.0), LEVELS)
    assert len(solved) == 32
    assert len(list(cache.glob("melt-pools-*.npz"))) >= 2


@pytest.mark.slow
def test_pools_grow_towards_an_end_and_from_a_start() -> None:
    slow = replace(STEEL, travel_speed=6e-3)
    edges = tabulate_edges(slow, 600.0, 450.0, 0.0)
    depth = edges.ending[:, 1]
    assert depth[0] > 1.05
    assert np.all(np.diff(depth) < 0.005)
    assert edges.end(np.array([1.0]))[0] == pytest.approx(1.0)
    assert edges.start(np.zeros(1))[0] == pytest.approx(0.0)
    grown = edges.start(np.array([0.02, 0.3, 1.0, 60.0]))
    assert np.all(np.diff(grown[:, 0]) > -0.02)
    assert grown[-1] == pytest.approx(1.0)
    shoulder = tabulate_edges(slow, 600.0, 450.0, 5e-3)
    assert np.all(shoulder.ending[0] < edges.ending[0])


def test_factors_between_the_places_solved_are_straight() -> None:
    edges = EdgeEffects(
        since=np.array([0.0, 1.0]),
        starting=np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),
        beside=np.array([2e-3, 4e-3]),
        ending=np.array([[1.2, 1.4, 1.6], [1.0, 1.0, 1.0]]),
    )
    assert edges.start(np.array([0.25, 9.0])) == pytest.approx(
        np.array([[0.25, 0.25, 0.25], [1.0, 1.0, 1.0]])
    )
    assert edges.end(np.array([0.0, 3e-3, 1.0])) == pytest.approx(
        np.array([[1.2, 1.4, 1.6], [1.1, 1.2, 1.3], [1.0, 1.0, 1.0]])
    )
