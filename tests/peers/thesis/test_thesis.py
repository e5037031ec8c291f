"""The peer case B1: the same job in 3DThesis, field by field and pool by pool."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.peers.thesis.case import EXPECTED, HISTORY, read_axes, read_source, read_times

MELTING = 1723.0
STEP = 0.125e-3  # of the grid that the peer's tracker counts points on
# Snapshot -> width, length, depth (mm) of the interpolated isotherm in the peer's own field at
# 0.125 mm, mid-pass times 2.5 + 4.5 i s.
POOLS = {0: (2.864, 3.673, 1.129), 4: (3.116, 4.177, 1.259), 9: (3.178, 4.307, 1.292)}


@cache
def history() -> tuple[np.ndarray, np.ndarray]:
    """The stored times (s) with length, width, depth (m), and ours."""
    stored = np.loadtxt(EXPECTED / "B1_meltpool_history.csv", delimiter=",", skiprows=1)
    pools = read_source(HISTORY).pools(stored[:, 0], MELTING)
    ours = np.array([[p.length, p.width, p.depth] for p in pools])
    return stored[:, [0, 6, 7, 11]], ours


def test_the_grid_is_the_one_of_the_benchmark() -> None:
    assert [axis.size for axis in read_axes()] == [193, 105, 17]
    assert read_times() == pytest.approx(2.5 + 4.5 * np.arange(10))
    assert read_source().path.time[-1] == pytest.approx(45.0)
    assert np.array_equal(read_times(HISTORY), history()[0][:, 0])


@pytest.mark.parametrize("pass_number", POOLS)
def test_snapshots_agree_at_every_stored_point(pass_number: int) -> None:
    stored = np.loadtxt(
        EXPECTED / f"B1_surface_snapshot_{pass_number:02d}.csv", delimiter=",", skiprows=1
    )
    x, y, z = read_axes()
    assert len(stored) == 10_133
    field = read_source().on_grid(x, y, z, 2.5 + 4.5 * pass_number)
    at = [np.rint((stored[:, k] - axis[0]) / 0.25e-3).astype(int) for k, axis in enumerate((x, y))]
    difference = np.abs(field[at[0], at[1], -1] - stored[:, 3])
    assert difference.max() <= 0.2


@pytest.mark.parametrize("pass_number", POOLS)
def test_melt_pools_are_those_of_the_peers_isotherm(pass_number: int) -> None:
    pool = read_source().pool(2.5 + 4.5 * pass_number, MELTING)
    found = np.array([pool.width, pool.length, pool.depth]) * 1e3
    assert found == pytest.approx(POOLS[pass_number], rel=0.005)


def test_the_pool_history_keeps_within_one_grid_step() -> None:
    stored, ours = history()
    off = np.abs(ours - stored[:, 1:])
    beyond = ~(off <= STEP * (1.0 + 1e-9)).all(axis=1)
    # At 36.6 s the pool is 0.8761 mm deep, but between the lines of the peer's grid: on them it
    # ends above 0.875 mm, so the peer counts 0.75 mm. 0.6 s is the slip explained below.
    assert stored[beyond, 0].tolist() == [0.6, 36.6]
    assert off[stored[:, 0] == 36.6].max() < STEP + 2e-6
    x, y, _ = read_axes(HISTORY)
    layer = read_source(HISTORY).on_grid(x, y, np.array([-7 * STEP]), 36.6)
    assert MELTING - 1.0 < layer.max() < MELTING


@pytest.mark.slow
def test_counted_by_the_peers_rule_on_its_grid_our_pools_are_the_peers_to_the_point() -> None:
    # The peer tells the extent of the molten grid points, one step added along the surface.
    stored, _ = history()
    source = read_source(HISTORY)
    x, y, z = read_axes(HISTORY)
    other = []
    for time, *sizes in stored:
        place = source.path.place_at(time)
        near = [at[np.abs(at - c) < 6e-3] for at, c in zip((x, y), place[:2], strict=True)]
        hot = source.on_grid(*near, z[z > -2e-3], time) >= MELTING
        counts = [0, 0, 0]
        if hot.any():
            counts = [extent(hot.any((1, 2))) + 1, extent(hot.any((0, 2))) + 1,
                      extent(hot.any((0, 1)))]  # fmt: skip
        if counts != [round(size / STEP) for size in sizes]:
            other.append(time)
    # 44.1 s: one grid point at 1723.03 K, which the peer, 0.1 K off, counts as solid.
    assert other == [0.6, 44.1]


def extent(hot: np.ndarray) -> int:
    return int(np.flatnonzero(hot)[-1] - np.flatnonzero(hot)[0])


def test_nothing_is_molten_at_the_turns_in_both() -> None:
    stored, ours = history()
    solid = stored[:, 1] == 0.0
    assert solid.sum() == 46
    assert np.all(ours[solid][1:] == 0.0)


def test_the_first_time_of_the_peers_history_is_its_trackers_slip() -> None:
    # 0.1 s into the first pass: the peer's own field is above melting over 2 mm, yet it stores
    # zeros, because its tracker is only seeded from the second time of the list on. At 5.1 s, as
    # long into the second pass, it does see the pool.
    stored, ours = history()
    assert stored[0].tolist() == [0.6, 0.0, 0.0, 0.0]
    source = read_source(HISTORY)
    pool = source.pool(0.6, MELTING)
    assert pool.peak > MELTING + 1000.0
    under = source.at_points(np.array([[1e-3, 0.0, 0.0]]), 0.6)
    assert under[0] > MELTING + 1000.0
    later = int(np.flatnonzero(stored[:, 0] == 5.1)[0])
    assert stored[later, 1:] == pytest.approx(ours[later], abs=STEP)
    assert ours[0] == pytest.approx(ours[later], abs=3 * STEP)
