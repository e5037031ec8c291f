"""Pools over interpass temperature and absorbed power, solved once and kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import RectBivariateSpline

from reclad.arrays import recall
from reclad.heat import pool_shape, window
from reclad.heat.keeping import code_of, solver_code
from reclad.heat.window import Bench, Edge
from reclad.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_INTERPASS_NODES, _POWER_NODES = 5, 8
_CROWDED = 1.5  # nodes of power lie closer at the weak end, where a pool begins to melt
_LONGEST_COOLING = 25.0  # s; a slower t8/5 is not told


@dataclass(frozen=True, eq=False)
class Pools:
    """Melt pools and what they leave, arrays of one shape: width, depth, length m; gradient K/m and
    cooling K/s at the tail; t85 s; solidus, ac3, ac1 m depth of those isotherms."""

    width: Floats
    depth: Floats
    length: Floats
    gradient: Floats
    cooling: Floats
    t85: Floats
    solidus: Floats
    ac3: Floats
    ac1: Floats


@dataclass(frozen=True, eq=False)
class PoolTable:
    """Settled pools of one bench over interpass (n,) K and absorbed power (m,) W, `pools` (n, m).

    Between nodes cubic splines. Against a uniformly fine solve: docs/benchmarks.md; checked
    tests/heat/test_pool_table.py.
    """

    interpass: Floats
    power: Floats
    pools: Pools

    @cached_property
    def _splines(self) -> dict[str, RectBivariateSpline]:
        columns = {f.name: getattr(self.pools, f.name) for f in fields(Pools)}
        # t8/5 grows without bound towards 500 degC; what goes to nought smoothly is its inverse.
        columns["t85"] = np.nan_to_num(_fill_weak(1.0 / columns["t85"]))
        return {
            name: RectBivariateSpline(self.interpass, self.power, values, kx=3, ky=3)
            for name, values in columns.items()
            if np.all(np.isfinite(values))
        }

    def at(self, interpass: Floats, power: Floats) -> Pools:
        """Pools met one by one, both (n,); the table's edges hold beyond it."""
        t = np.clip(interpass, self.interpass[0], self.interpass[-1])
        p = np.clip(power, self.power[0], self.power[-1])
        found = {
            f.name: np.maximum(self._splines[f.name].ev(t, p), 0.0)
            if f.name in self._splines
            else np.full(t.shape, np.nan)
            for f in fields(Pools)
        }
        slow = np.maximum(found["t85"], 1e-12)
        found["t85"] = np.where(slow * _LONGEST_COOLING > 1.0, 1.0 / slow, np.nan)
        return Pools(**found)

    def scaled(self, usual: PoolTable, other: PoolTable) -> PoolTable:
        """This table times `other` over `usual`, all on the same nodes."""
        return PoolTable(
            self.interpass,
            self.power,
            Pools(
                **{
                    f.name: getattr(self.pools, f.name)
                    * _ratio(getattr(other.pools, f.name), getattr(usual.pools, f.name))
                    for f in fields(Pools)
                }
            ),
        )

    def power_for_depth(self, interpass: Floats, depth: float) -> Floats:
        """Absorbed power (n,) W that melts `depth` m at each interpass temperature, within the
        table."""
        fine = np.linspace(self.power[0], self.power[-1], 201)
        found = [
            np.interp(
                depth,
                np.maximum.accumulate(self.at(np.full(fine.size, t), fine).depth),
                fine,
            )
            for t in interpass
        ]
        return np.array(found)


def tabulate_pools(
    bench: Bench,
    interpass: tuple[float, float],
    power: tuple[float, float],
    levels: tuple[float, float, float],
    say: Callable[[float], None] = lambda _: None,
) -> PoolTable:
    """The table of a bench from lowest to highest interpass (K) and absorbed power (W); levels K:
    solidus, Ac3, Ac1 (nan: none). Kept in the cache under everything it depends on."""
    t = np.linspace(*interpass, _INTERPASS_NODES)
    p = power[0] + (power[1] - power[0]) * np.linspace(0.0, 1.0, _POWER_NODES) ** _CROWDED
    nodes = [(watts, now) for now in t.tolist() for watts in p.tolist()]

    def solve(node: tuple[float, float]) -> tuple[float, ...]:
        settled = window.settle(bench, *node, levels)
        pool = settled.pool
        return (pool.width, pool.depth, pool.length, pool.gradient, pool.cooling,
                window.cooling_time(bench, *node), *settled.depths.tolist())  # fmt: skip

    def fill() -> dict[str, Floats]:
        rows = np.array(side_by_side(solve, nodes, say)).reshape(t.size, p.size, -1)
        return {f.name: rows[..., k].copy() for k, f in enumerate(fields(Pools))}

    return PoolTable(
        t, p, Pools(**recall("melt-pools", (*_identity(bench), t, p, str(levels)), fill))
    )


@dataclass(frozen=True, eq=False)
class EdgeEffects:
    """How pools differ near a start and near what ends the part: `since` (n,) s after beam on and
    `beside` (m,) m from an end or shoulder, each with the pool's width, depth and length over the
    settled ones, (n, 3) and (m, 3)."""

    since: Floats
    starting: Floats
    beside: Floats
    ending: Floats

    def start(self, since: Floats) -> Floats:
        """Factors (n, 3) on width, depth and length at times (n,) s after beam on."""
        return _columns(since, self.since, self.starting)

    def end(self, distance: Floats) -> Floats:
        """Factors (n, 3) at distances (n,) m from the end."""
        return _columns(distance, self.beside, self.ending)


def tabulate_edges(bench: Bench, power: float, interpass: float, step: float) -> EdgeEffects:
    """Real windows at a start and beside an end face (step 0) or a shoulder `step` m high."""
    distances = bench.reach * np.array([1.3, 2.0, 3.0, 5.0, 8.0])

    def settle(edge: Edge | None) -> Floats:
        return _three(window.settle(bench, power, interpass, edge=edge).pool)

    def fill() -> dict[str, Floats]:
        near = [Edge(d, step) for d in distances.tolist()]
        usual, *beside = side_by_side(settle, [None, *near])
        ending = [three / usual for three in beside]
        moments, pools = window.begin(bench, power, interpass)
        # A pool that starts only grows: what wavers is the grid.
        starting = np.maximum.accumulate([_three(pool) for pool in pools], axis=0)
        return {
            "since": np.concatenate(([0.0], moments)),
            "starting": np.vstack((np.zeros(3), starting / starting[-1])),
            "beside": np.append(distances, 12.0 * bench.reach),
            "ending": np.vstack((*ending, np.ones(3))),
        }

    return EdgeEffects(**recall("pool-edges", (*_identity(bench), power, interpass, step), fill))


def _three(pool: pool_shape.PoolShape) -> Floats:
    return np.array([pool.width, pool.depth, pool.length])


def _columns(at: Floats, nodes: Floats, factors: Floats) -> Floats:
    return np.column_stack([np.interp(at, nodes, factors[:, k]) for k in range(3)])


def _fill_weak(values: Floats) -> Floats:
    """nan at a row's weak end, where the metal never gets hot enough, from the next power up."""
    out = values.copy()
    for j in range(out.shape[1] - 2, -1, -1):
        out[:, j] = np.where(np.isnan(out[:, j]), out[:, j + 1], out[:, j])
    return out


def _ratio(other: Floats, usual: Floats) -> Floats:
    """other / usual; 1 where there is nothing to compare."""
    return np.asarray(np.divide(other, usual, out=np.ones_like(usual), where=usual > 0.0))


def _identity(bench: Bench) -> tuple[bytes | str | Floats, ...]:
    """All that a pool depends on, the code included."""
    code = (*solver_code(), *code_of(pool_shape, window))
    curves = (bench.metal.temperature, bench.metal.conductivity, bench.metal.base, bench.metal.rise)
    rest = (bench.metal.low, bench.metal.fine, bench.spot, bench.radius, bench.wall, bench.melting,
            bench.travel_speed, bench.cell)  # fmt: skip
    return (*code, *curves, repr(rest))
