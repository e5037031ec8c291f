"""A heat case solved: in closed form where it holds, on a grid of cells where it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.heat.enthalpy import largest_diffusivity
from reclad.heat.numerical import model_case
from reclad.heat.solution import solve
from reclad.heat.sources import BeamPath, Block, GaussianBeam, MeltPool, MovingSource
from reclad.units import format_number, format_quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.job.heat_case import HeatCase

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What a heat case gives.

    time (times,) s; points (points, 3) m with temperature (points, times) K; peak (times,) K of the
    surface near the beam; pools one a time where a melt isotherm is known, else none; notes say
    what was made of the case; axes x, y, z of the grid (m) with its temperature (times, x, y, z) K,
    None without a grid.
    """

    solver: Literal["closed form", "numerical"]
    time: Floats
    points: Floats
    temperature: Floats
    peak: Floats
    pools: tuple[MeltPool, ...]
    notes: tuple[str, ...] = ()
    axes: tuple[Floats, Floats, Floats] | None = None
    grid: Floats | None = None


def simulate_case(case: HeatCase, say: Callable[[float], None] = lambda _: None) -> CaseResult:
    """Temperatures, melt pools and peaks of a heat case: in closed form where that is exact, else
    on a grid of cells; `say` hears the share done of the latter."""
    if case.told.solver == "numerical" or case.numerical_because:
        return solve_numerically(case, say)
    return solve_exactly(case)


def solve_exactly(case: HeatCase) -> CaseResult:
    """The case in closed form: constant properties, adiabatic faces (see `MovingSource`)."""
    source, time = describe_source(case), np.array(case.told.times)
    points, axes = _points(case), _axes(case)
    temperature, fields = np.empty((len(points), time.size)), []
    for n, moment in enumerate(time):
        temperature[:, n] = source.at_points(points, float(moment))
        if axes is not None:
            fields.append(source.on_grid(*axes, float(moment)))
    pools = source.pools(time, math.inf if case.melting is None else case.melting)
    return _gather(case, "closed form", time, points, temperature, pools, axes, fields,
                   ("latent heat and boiling are not counted: the peak is too high",))  # fmt: skip


def _gather(
    case: HeatCase,
    solver: Literal["closed form", "numerical"],
    time: Floats,
    points: Floats,
    temperature: Floats,
    pools: list[MeltPool],
    axes: tuple[Floats, Floats, Floats] | None,
    fields: list[Floats],
    notes: tuple[str, ...],
) -> CaseResult:
    peak = np.array([pool.peak for pool in pools])
    told = () if case.melting is None else tuple(pools)
    grid = np.stack(fields) if fields else None
    return CaseResult(solver, time, points, temperature, peak, told, notes, axes, grid)


def _points(case: HeatCase) -> Floats:
    return np.array([[p.x, p.y, p.z] for p in case.told.points]).reshape(-1, 3)


def _axes(case: HeatCase) -> tuple[Floats, Floats, Floats] | None:
    if case.told.grid is None:
        return None
    grid = case.told.grid
    x, y, z = (np.linspace(a.start, a.stop, a.count) for a in (grid.x, grid.y, grid.z))
    return x, y, z


def solve_numerically(case: HeatCase, say: Callable[[float], None] = lambda _: None) -> CaseResult:
    """The case on a grid of cells: properties over temperature, latent heat, losses, round bodies.

    say: share done, now and then. Times are those of the nearest steps. Raises ProcessError where
    the case cannot be put into cells or would take hours (see `model_case`).
    """
    told, path = case.told, describe_path(case)
    modelled = model_case(case, path)
    points = _points(case)
    step = modelled.mesh.longest_step(largest_diffusivity(modelled.metal))
    solution = solve(
        modelled.mesh,
        modelled.metal,
        modelled.air,
        modelled.walk,
        case.start,
        until=told.times[-1] + step,
        look=max(told.times[-1], step),
        shots=np.array(told.times),
        say=say,
    )
    from reclad.heat._seen import Seen

    melting = math.inf if case.melting is None else case.melting
    temperature, pools, fields = np.empty((len(points), len(told.times))), [], []
    axes = _axes(case)
    for n, (time, shot) in enumerate(zip(solution.shot, solution.shots, strict=True)):
        seen = Seen(modelled.mesh, shot, modelled.x0, modelled.surface, modelled.cell)
        temperature[:, n] = seen.at_points(points)
        beam, ahead = path.place_at(float(time))[:2], path.heading_at(float(time))
        pools.append(seen.pool(float(time), beam, ahead, melting, told.beam.spot))
        if axes is not None:
            fields.append(seen.on_grid(*axes))
    return _gather(case, "numerical", solution.shot, points, temperature, pools, axes, fields,
                   (f"{format_number(modelled.mesh.count / 1e6, 3)} million cells of "
                    f"{format_quantity(modelled.cell, 'mm')} near the path, "
                    f"{solution.updates // modelled.mesh.count} steps; the heat balance closes to "
                    f"{solution.ledger.gap:.0e}", *modelled.notes))  # fmt: skip


def describe_source(case: HeatCase) -> MovingSource:
    """The case's beam, path and body as the closed form takes them."""
    told, body = case.told, case.told.body
    beam = GaussianBeam.of(told.beam.absorbed, told.beam.spot, told.beam.depth, told.beam.across)
    block = Block(
        case.metal.conductivity.value[0],
        case.metal.specific_heat.value[0],
        case.metal.density,
        case.start,
        body.thickness or math.inf,
        body.length or math.inf,
        body.width or math.inf,
    )
    return MovingSource(describe_path(case), beam, block)


def describe_path(case: HeatCase) -> BeamPath:
    """The rows of the case's CSV as a path."""
    return BeamPath(
        np.array([row.time for row in case.rows]),
        np.array([[row.x, row.y, row.z] for row in case.rows]),
        np.array([row.power for row in case.rows]),
    )
