"""A melt pool resolved: a fine window of the part around the beam, from an even start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat.enthalpy import largest_diffusivity
from reclad.heat.grid import mesh_flat, mesh_round
from reclad.heat.pool_shape import PoolShape, isotherm_depths, measure_pool, surface_line
from reclad.heat.solution import Walk, solve
from reclad.heat.surroundings import Surroundings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat._cell_kernels import Metal
    from reclad.heat.grid import Mesh

    Floats = NDArray[np.float64]

_FINE_ACROSS, _FINE_DEEP = 3.0, 2.5  # spot radii around the beam that keep the finest cells
_GROWTH = 1.35  # of cells further out
_ASIDE, _DEEP = 22e-3, 18e-3  # m of metal beside and below the beam
_SETTLING = 4.0  # s a pool travels before it is taken as settled, at most
_SETTLED = 8.0  # v^2 t / 4a after which what is missing of it, e^-8, is not worth the time
_FEW_PHASES = 4  # the same for each moment of a starting pool
_PHASES = 8  # moments over which a pool is averaged, one cell's passing
_MARGIN = 4.0  # spot radii before the start and after the end
_EARLIEST, _MOMENTS = 0.08, 10  # s after beam on, and how often a starting pool is looked at
_FROZEN = 3.0  # s after beam off by which every pool is solid
_COARSE, _COOLING, _LONGEST = 2.5, 30.0, 0.4  # cells; s and m of the cooling window


@dataclass(frozen=True)
class Bench:
    """What the pool sees of a part: metal, spot (k, 4) share, along, across, sigma m, the surface's
    radius m (inf: flat), wall m below it (None: thick), melting K, travel_speed m/s, cell m."""

    metal: Metal
    spot: tuple[tuple[float, float, float, float], ...]
    radius: float
    wall: float | None
    melting: float
    travel_speed: float
    cell: float

    @property
    def reach(self) -> float:
        """m from the beam's axis to the edge of its light (two sigma of the outermost part)."""
        return max(float(np.hypot(x, y)) + 2.0 * s for _, x, y, s in self.spot)


@dataclass(frozen=True)
class Edge:
    """What ends the part beside the track: `distance` m away, a step of `height` m (0: the end
    face, nothing beyond)."""

    distance: float
    height: float = 0.0


@dataclass(frozen=True)
class Settled:
    """A pool that no longer changes, and the metal under it: the pool, depths m (levels,) of the
    isotherms asked for (nan where a level is)."""

    pool: PoolShape
    depths: Floats


def settle(
    bench: Bench,
    power: float,
    interpass: float,
    levels: tuple[float, ...] = (),
    edge: Edge | None = None,
) -> Settled:
    """The pool of `power` W absorbed, several seconds after the beam came on, in metal at
    `interpass` K, averaged over one cell's passing; levels K of isotherms to look for."""
    track = _track(bench, _travel(bench))
    passing = bench.cell / bench.travel_speed
    phases = track.over - passing * (np.arange(_PHASES)[::-1] + 0.5) / _PHASES
    mesh, fields = _look(bench, track, power, interpass, phases, edge)
    pools = [measure_pool(mesh, f, bench.melting, 0.0, bench.travel_speed) for f in fields]
    depths = np.array([isotherm_depths(mesh, f, levels) for f in fields]).mean(axis=0)
    return Settled(PoolShape.mean(pools), depths)


def begin(bench: Bench, power: float, interpass: float) -> tuple[Floats, list[PoolShape]]:
    """Moments (n,) s after the beam comes on and the pools then, each averaged over the time in
    which the beam passes one cell."""
    track = _track(bench, _travel(bench))
    passing = bench.cell / bench.travel_speed
    moments = np.geomspace(_EARLIEST, track.over - passing, _MOMENTS)
    phases = passing * (np.arange(_FEW_PHASES) + 0.5) / _FEW_PHASES - 0.5 * passing
    shots = (moments[:, None] + phases[None, :]).ravel()
    mesh, fields = _look(bench, track, power, interpass, shots)
    pools = [measure_pool(mesh, f, bench.melting, 0.0, bench.travel_speed) for f in fields]
    return moments, [
        PoolShape.mean(pools[k : k + _FEW_PHASES]) for k in range(0, len(pools), _FEW_PHASES)
    ]


def freezing_time(bench: Bench, power: float, interpass: float) -> float:
    """Seconds from beam off until the last of the pool is solid."""
    track = _track(bench, _travel(bench))
    moments = track.over + np.linspace(0.0, _FROZEN, 61)
    _, fields = _look(bench, track, power, interpass, moments)
    hottest = fields.max(axis=(1, 2))
    return float(np.interp(-bench.melting, -hottest, moments)) - track.over


def cooling_time(bench: Bench, power: float, interpass: float) -> float:
    """t8/5 (s): from 800 to 500 degC on the track's surface; nan where the metal is not back at 500
    degC within the window. The window is long and its cells coarse."""
    coarse = replace(bench, cell=_COARSE * bench.cell)
    travel = min(_COOLING * bench.travel_speed, _LONGEST)
    track = _track(coarse, travel)
    mesh, fields = _look(coarse, track, power, interpass, np.array([track.over - 1e-6]))
    behind = surface_line(mesh, fields[0], 0.0)
    peak = int(behind.argmax())
    line = behind[int(track.margin / track.length * track.around) + 1 : peak + 1]
    if line.min() > 773.15 or line.max() < 1073.15:
        return float("nan")
    # The line falls away from the peak: read both crossings from the peak backwards.
    falling = np.maximum.accumulate(line)
    at = np.interp([773.15, 1073.15], falling, np.arange(line.size))
    return float((at[1] - at[0]) * coarse.cell / bench.travel_speed)


def _travel(bench: Bench) -> float:
    enough = _SETTLED * 4.0 * largest_diffusivity(bench.metal) / bench.travel_speed
    return float(np.clip(min(_SETTLING * bench.travel_speed, enough), 20e-3, 80e-3))


@dataclass(frozen=True)
class _Track:
    """A window along the track: length m of it in `around` cells, margin m before and after the
    travel m of the beam, which is over at `over` s."""

    length: float
    around: int
    margin: float
    travel: float
    over: float


def _track(bench: Bench, travel: float) -> _Track:
    margin = _MARGIN * bench.reach
    length = travel + 2.0 * margin
    around = 8 * round(length / bench.cell / 8.0)
    return _Track(length, around, margin, travel, travel / bench.travel_speed)


def _look(
    bench: Bench,
    track: _Track,
    power: float,
    interpass: float,
    moments: Floats,
    edge: Edge | None = None,
) -> tuple[Mesh, NDArray[np.float32]]:
    """Fields (moments, slices, width) K of a beam on its track in an even part, and their mesh.

    Where both sides of the track are alike only one is solved, with half the light: the plane
    between them passes no heat.
    """
    side = _graded(_FINE_ACROSS * bench.reach, _ASIDE, bench.cell)
    whole = _lay_out(bench, track, np.concatenate((-side[:0:-1], side)), edge)
    half = edge is None and _even(bench.spot)
    mesh = _lay_out(bench, track, side, None) if half else whole
    radius = 1.0 if mesh.flat else bench.radius
    walk = Walk(
        time=np.array([0.0, track.over]),
        axial=np.zeros(2),
        turned=np.array([track.margin, track.length - track.margin]) / radius,
        radius=np.full(2, radius),
        lit=np.ones(1, dtype=np.bool_),
        power=np.array([power]),
        clad=np.zeros(1),
        share=0.5 if half else 1.0,
        spot=np.array(bench.spot),
    )
    last = float(moments.max())
    done = solve(mesh, bench.metal, Surroundings(interpass), walk, interpass, shots=moments,
                 until=last + 0.01 if last > track.over else None)  # fmt: skip
    fields = np.concatenate((done.shots[:, ::-1], done.shots), axis=1) if half else done.shots
    return whole, fields


def _even(spot: tuple[tuple[float, float, float, float], ...]) -> bool:
    """Whether the light is the same on both sides of the track."""
    mirrored = [(share, along, -across, sigma) for share, along, across, sigma in spot]
    return bool(np.allclose(sorted(spot), sorted(mirrored), rtol=1e-9, atol=1e-12))


def _lay_out(bench: Bench, track: _Track, axial: Floats, edge: Edge | None) -> Mesh:
    """A window's mesh over edges `axial` (m, the track runs at 0), cut off and stepped by `edge`;
    cells are smallest under the track."""
    cell, above = bench.cell, 0.0
    if edge is not None:
        axial = np.append(axial[axial < edge.distance - 0.3 * cell], edge.distance)
        if edge.height > 0.0:
            beyond = edge.distance + _graded(2.0 * cell, _ASIDE, cell)
            axial, above = np.concatenate((axial, beyond[1:])), edge.height
    depth = min(bench.wall or _DEEP, _DEEP if np.isinf(bench.radius) else 0.8 * bench.radius)
    # Even in a thin wall there are rows enough for a surface and an isotherm.
    down = _graded(_FINE_DEEP * bench.reach, depth, min(cell, 0.2 * depth))
    up = np.arange(1, round(above / cell) + 1) * cell
    wall = edge.distance if edge else np.inf
    surface = np.where(0.5 * (axial[1:] + axial[:-1]) > wall, up.size * cell, 0.0)
    rows = np.concatenate((-down[::-1], up))
    if np.isinf(bench.radius):
        step = track.length / track.around
        return mesh_flat(axial, depth + surface, depth + rows, step, track.around)
    return mesh_round(
        axial,
        bench.radius + surface,
        bench.radius - depth,
        bench.radius + rows,
        track.around,
        track.length / bench.radius,
    )


def _graded(fine: float, far: float, cell: float) -> Floats:
    """Edges from 0 in steps of `cell` up to `fine`, then growing, ending at `far`."""
    edges = [0.0]
    step = cell
    while edges[-1] < far - 0.5 * step:
        if edges[-1] >= fine:
            step *= _GROWTH
        edges.append(edges[-1] + step)
    out = np.array(edges)
    # The last cell takes up what is left over.
    out[-1] = far
    return out
