"""The heat of one whole repair: the part coarse, the pools fine, one history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat.body import turn_numbers
from reclad.heat.enthalpy import enthalpy_of
from reclad.heat.fin import PowerLaw
from reclad.heat.history import Along, Field, Probes, ThermalHistory
from reclad.heat.keeping import solve_once
from reclad.heat.part_scale import (
    mesh_part,
    metal_of,
    spot_of,
    surroundings_of,
    walk_of,
)
from reclad.heat.pool_table import EdgeEffects, PoolTable, tabulate_edges, tabulate_pools
from reclad.heat.window import Bench
from reclad.process.metal import melting_point, transformation_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.heat.grid import Mesh
    from reclad.heat.part_scale import Heating
    from reclad.heat.solution import Solution, Walk
    from reclad.job import Job
    from reclad.part import Deposit
    from reclad.path import Toolpath
    from reclad.process import Procedure

    Floats = NDArray[np.float64]

_COOL_DOWN = 0.05  # of the repair's length, watched after it
_LOOKS = 8  # at the probes in the shortest turn
_SHOTS = (0.02, 0.25, 0.5, 0.75, 1.0)  # of the repair's length, for the whole field
# of the power that reaches the pool's floor, and of all that is absorbed: between them pools are
# tabulated
_LEAST, _MOST = 0.55, 1.4
_LAW_NODES = 25
_COARSE = 2.0  # times larger cells, for the pools of single draws
_STEP_SEEN = 5e-3  # m of a shoulder that a pool beside it notices
_HYSTERESIS = 40.0  # K a pause cools the part below the limit


@dataclass(frozen=True, eq=False)
class PoolModel:
    """Pools of one procedure on one part: settled ones and how starts and ends differ."""

    table: PoolTable
    edges: EdgeEffects


def resolve_pools(
    job: Job,
    deposit: Deposit,
    procedure: Procedure,
    heating: Heating,
    say: Callable[[float], None] = lambda _: None,
) -> PoolModel:
    """The melt pools of a procedure, solved finely over part temperature and power (seconds the
    first time, then from the cache)."""
    absorbed = heating.share * procedure.power
    bench = _bench(job, deposit, procedure, heating, 1.0)
    table = tabulate_pools(bench, *_ranges(job, procedure, heating), _levels(job), say)
    step = max(job.part.shoulder_from, job.part.shoulder_to)
    edges = tabulate_edges(bench, absorbed, procedure.interpass, min(step, _STEP_SEEN))
    return PoolModel(table, edges)


def adapt_pools(
    job: Job,
    deposit: Deposit,
    procedure: Procedure,
    middle: Heating,
    heating: Heating,
    pools: PoolModel,
) -> PoolModel:
    """The pools of one draw from those of the median: scaled by what coarse solves of both say."""
    coarse = [
        tabulate_pools(
            _bench(job, deposit, procedure, h, _COARSE),
            *_ranges(job, procedure, middle),
            _levels(job),
        )
        for h in (middle, heating)
    ]
    return PoolModel(pools.table.scaled(*coarse), pools.edges)


def _ranges(
    job: Job, procedure: Procedure, heating: Heating
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Interpass temperatures (K) and absorbed powers (W) that pools are wanted for."""
    hottest = job.limits.interpass_max + 150.0
    absorbed = heating.share * procedure.power
    least = max(_LEAST * (absorbed - heating.drawn), 0.15 * absorbed)
    return (min(job.ambient, job.preheat), hottest), (least, _MOST * absorbed)


def _levels(job: Job) -> tuple[float, float, float]:
    points = transformation_points(job.parent)
    return job.parent.solidus.value, points.ac3, points.ac1


def _bench(
    job: Job, deposit: Deposit, procedure: Procedure, heating: Heating, coarse: float
) -> Bench:
    laser, part = job.cell.laser, job.part
    return Bench(
        metal=enthalpy_of(job.parent, job.ambient, heating.conductivity, heating.heat_capacity),
        spot=tuple((a, b, c, d) for a, b, c, d in spot_of(job).tolist()),
        radius=float("inf") if part.flat else float(deposit.worn_radius.mean()),
        wall=None if part.shape == "shaft" else part.across,
        melting=melting_point(job.parent),
        travel_speed=procedure.travel_speed,
        cell=coarse * float(np.clip(laser.spot / 6.0, 0.25e-3, 0.5e-3)),
    )


def power_for_depth(job: Job, procedure: Procedure, heating: Heating, pools: PoolModel) -> PowerLaw:
    """Power (W) over interpass temperature that keeps the pool as deep as `procedure` makes it at
    its own interpass temperature, within the machine's limits."""
    laser, table = job.cell.laser, pools.table
    reaching = heating.share * procedure.power - heating.drawn
    wanted = float(table.at(np.array([procedure.interpass]), np.array([reaching])).depth[0])
    nodes = np.linspace(table.interpass[0], table.interpass[-1], _LAW_NODES)
    power = (table.power_for_depth(nodes, wanted) + heating.drawn) / heating.share
    return PowerLaw(nodes, np.clip(power, laser.power_min, laser.power_max))


def simulate(
    job: Job,
    deposit: Deposit,
    toolpath: Toolpath,
    heating: Heating,
    power: PowerLaw | Floats | float,
    pools: PoolModel,
    *,
    hold: float | None = None,
    mesh: Mesh | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> tuple[ThermalHistory, Solution]:
    """The temperature history of a whole repair and the pool along its path.

    power   W, constant, per block (blocks,), or a law over the interpass temperature met
    hold    K under the inter-pass limit: a turn that would start hotter is waited for, until the
            part ahead is 40 K cooler still; Solution.waits: before which blocks, how long
    Conduction with k(T), c(T), latent heat, growth, and the losses of `surroundings_of`; pools are
    settled ones of the same metal at the temperature met, corrected near starts and ends. Errors
    against a uniformly fine solve: docs/benchmarks.md. Checked: tests/heat/test_repair.py.
    """
    above = job.limits.interpass_max - (hold or 0.0)
    walk = walk_of(
        job, toolpath, heating, power, None if hold is None else (above, above - _HYSTERESIS)
    )
    end = float(walk.time[-1])
    mesh = mesh or mesh_part(job, deposit, end, toolpath.travel_speed)
    names, places, cells = _named_points(job, deposit, mesh)
    shots = np.append(end * np.array(_SHOTS), end * (1.0 + _COOL_DOWN))
    turn_end = _turn_ends(walk, toolpath)
    look = max(0.5, float(np.diff(np.append(0.0, turn_end)).min()) / _LOOKS)
    done = solve_once(
        mesh, metal_of(job, heating), surroundings_of(job, heating), walk, job.preheat,
        until=end * (1.0 + _COOL_DOWN) + 1e-9, probes=cells, look=look, shots=shots, say=say,
    )  # fmt: skip
    history = ThermalHistory(
        along=_along(job, deposit, toolpath, walk, done, heating, pools),
        turn_time=turn_end,
        bore=_per_turn(done, turn_end),
        probes=Probes(names, *places, done.look, done.probes.T.copy()),
        field=_field(mesh, done, toolpath.form == "flat"),
        ledger=done.ledger,
    )
    return history, done


def _along(
    job: Job,
    deposit: Deposit,
    path: Toolpath,
    walk: Walk,
    done: Solution,
    heating: Heating,
    pools: PoolModel,
) -> Along:
    """Pools of every lit block: settled ones at the temperature met, then starts and ends."""
    lit = path.lit
    met, power = done.interpass[lit], done.power[lit]
    absorbed = heating.share * power
    whole = pools.table.at(met, absorbed)
    reaching = pools.table.at(met, absorbed - heating.drawn)
    middle = 0.5 * (walk.time[1:] + walk.time[:-1])[lit]
    factor = np.ones((met.size, 3))
    begun = np.concatenate([np.full(b - a, walk.time[a]) for a, b in path.tracks()])
    factor *= pools.edges.start(middle - begun)
    axial = 0.5 * (path.axial[1:] + path.axial[:-1])[lit]
    for end, step in ((0.0, job.part.shoulder_from), (job.part.length, job.part.shoulder_to)):
        at = (job.part.clad_from if end == 0.0 else job.part.clad_to) if step else end
        if deposit.side is None:
            factor *= pools.edges.end(np.abs(axial - at))
    return Along(
        time=middle,
        axial=axial,
        angle=0.5 * (path.angle[1:] + path.angle[:-1])[lit],
        across=0.5 * (path.across[1:] + path.across[:-1])[lit],
        layer=path.layer[lit],
        turn=path.turn[lit],
        power=power,
        interpass=met,
        width=whole.width * factor[:, 0],
        depth=np.maximum(reaching.depth * factor[:, 1] - heating.lifted, 0.0),
        length=whole.length * factor[:, 2],
        gradient=whole.gradient,
        growth=np.full(met.size, path.travel_speed),
        cooling=whole.cooling,
        t85=whole.t85,
        solidus=whole.solidus,
        ac3=whole.ac3,
        ac1=whole.ac1,
    )


def _turn_ends(walk: Walk, path: Toolpath) -> Floats:
    """When each turn (or track) of each layer has been laid, s."""
    number = turn_numbers(path.layer[path.lit], path.turn[path.lit])
    ends = np.zeros(int(number.max()) + 1)
    np.maximum.at(ends, number, walk.time[1:][path.lit])
    return ends


def _per_turn(done: Solution, ends: Floats) -> Floats:
    """Hottest bore between the ends of turns."""
    which = np.searchsorted(ends, done.look)
    hottest = np.full(ends.size, -np.inf)
    inside = which < ends.size
    np.maximum.at(hottest, which[inside], done.bore[inside])
    return np.asarray(np.maximum(hottest, np.interp(ends, done.look, done.bore)))


def _named_points(
    job: Job, deposit: Deposit, mesh: Mesh
) -> tuple[tuple[str, ...], tuple[Floats, Floats, Floats], NDArray[np.int64]]:
    """Names, places (axial or across, angle or along, radius or height) and cells of the points
    everyone asks for."""
    flat = mesh.flat
    low, high = deposit.side if deposit.side is not None else (deposit.start, deposit.end)
    inside = {"pipe": "bore", "shaft": "axis", "plate": "underside"}[job.part.shape]
    far = float(mesh.grid.axial[-1]) * 0.98
    wanted = (
        ("start of the clad, surface", low, True),
        ("middle of the clad, surface", 0.5 * (low + high), True),
        ("end of the clad, surface", high, True),
        (f"middle of the clad, {inside}", 0.5 * (low + high), False),
        ("far end, surface", far, True),
    )
    cells = np.empty((len(wanted), 3), dtype=np.int64)
    place = np.empty((3, len(wanted)))
    for p, (_, axial, outside) in enumerate(wanted):
        z = int(np.clip(np.searchsorted(mesh.grid.axial, axial) - 1, 0, mesh.cells.top.size - 1))
        row = int(mesh.cells.top[z]) if outside else 0
        cell = int(mesh.cells.around[row]) // 2 if flat else 0
        cells[p] = z, row, cell
        step = float(mesh.skin.around[z])
        middle = 0.5 * (mesh.grid.axial[z] + mesh.grid.axial[z + 1])
        place[:, p] = (
            middle,
            (cell + 0.5) * step,
            0.5 * (mesh.rows[row] + mesh.rows[row + 1]),
        )
    return tuple(name for name, _, _ in wanted), (place[0], place[1], place[2]), cells


def _field(mesh: Mesh, done: Solution, flat: bool) -> Field:
    """Whole fields with every row as fine around as the surface."""
    cells = mesh.cells
    n = int(cells.around.max())
    rows = int(cells.top.max()) + 1
    out = np.full((done.shot.size, cells.top.size, rows, n), np.nan, dtype=np.float32)
    for r in range(rows):
        a, m = int(cells.first[r]), int(cells.around[r])
        out[:, :, r, :] = np.repeat(done.shots[:, :, a : a + m], n // m, axis=2)
        out[:, cells.top < r, r, :] = np.nan
    step = float(mesh.skin.around[0]) * int(cells.around[cells.top[0]]) / n
    return Field(
        form="flat" if flat else "round",
        time=done.shot,
        axial_edges=mesh.grid.axial,
        angle_edges=np.arange(n + 1, dtype=np.float64) * step,
        radius_edges=mesh.rows[: rows + 1],
        surface=mesh.skin.inner + mesh.skin.thick[:, 1]
        if not flat
        else mesh.rows[cells.top] + mesh.skin.thick[:, 1],
        temperature=out,
    )
