"""A job's part in cells, its losses and its path, as the whole-part solve takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat.enthalpy import enthalpy_of, largest_diffusivity
from reclad.heat.fin import PowerLaw
from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.solution import Walk
from reclad.heat.surroundings import Clasp, Surroundings
from reclad.process import Beam
from reclad.process.metal import enthalpy_between, melting_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat._cell_kernels import Metal
    from reclad.job import Job
    from reclad.part import Deposit
    from reclad.path import Toolpath
    from reclad.process import Choice, ModelParameters

    Floats = NDArray[np.float64]

_CELLS = 1e-3 * np.array([2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0, 20.0])  # m
_UPDATES = 3.2e9  # cells times steps that a whole repair may take
_FLAT = (
    1.4  # a pipe's cells along its surface over those through its wall, which heat crosses first
)
_ROWS_IN_WALL, _ROWS_IN_RADIUS = 3.1, 13.0  # finer cells tell nothing new of a part
_GROWTH, _WIDEST = 1.3, 5.0  # of cells away from the clad, and at most (cells)
_AHEAD = (
    18e-3  # m before the beam where the part's temperature is met, clear of the beam's own heat
)
_STEEL_HEAT = 470.0  # J/kg/K of chucks and rests
_CHUCK_LOSS = 5.0  # W/K from a chuck to its spindle and the air
_WATER = 998.0 * 4186.0  # J/m3/K


@dataclass(frozen=True)
class Heating:
    """What the process gives the part, one draw or the median of all, SI.

    share of the laser power absorbed, powder's heat included; drawn W of it that melts the powder
    and so never reaches the pool's floor; lifted m by which the bead lifts that floor; thickness m
    of a layer; conductivity and heat_capacity scale the parent's tables; film W/m2/K and
    emissivity of the part's surface.
    """

    share: float
    drawn: float
    lifted: float
    thickness: float
    conductivity: float
    heat_capacity: float
    film: float
    emissivity: float


def heating_of(job: Job, choice: Choice, draws: ModelParameters) -> list[Heating]:
    """What each draw's process gives the part, (draws,)."""
    bead, procedure = choice.bead, choice.procedure
    melting = melting_point(job.clad)
    warming = enthalpy_between(job.clad, job.ambient, melting) + job.clad.latent_heat.value
    rows = zip(
        bead.heat[:, 0] / procedure.power,
        draws.sink * bead.catchment[:, 0] * procedure.feed_rate * warming,
        draws.offset * bead.height[:, 0],
        choice.clad.mean[:, 0] / procedure.layers,
        draws.conductivity,
        draws.heat_capacity,
        draws.air_film,
        draws.emissivity,
        strict=True,
    )
    return [Heating(*(float(v) for v in row)) for row in rows]


def middle_of(heatings: list[Heating]) -> Heating:
    """The median of each entry."""
    columns = np.array([list(vars(h).values()) for h in heatings])
    return Heating(*(float(v) for v in np.median(columns, axis=0)))


def metal_of(job: Job, heating: Heating) -> Metal:
    """The parent metal as this draw has it."""
    return enthalpy_of(job.parent, job.ambient, heating.conductivity, heating.heat_capacity)


def mesh_part(job: Job, deposit: Deposit, duration: float, speed: float) -> Mesh:
    """The job's part in cells as fine as a solve of `duration` s in seconds allows; the head moves
    at `speed` m/s."""
    diffusivity = largest_diffusivity(enthalpy_of(job.parent, job.ambient))
    build = _round if deposit.side is None else _plate
    finest = _finest(job, deposit)
    for cell in _CELLS[finest < _CELLS][:-1]:
        mesh = build(job, deposit, float(cell))
        step = min(mesh.longest_step(diffusivity), 0.6 * cell / speed)
        if mesh.count * duration / step <= _UPDATES:
            return mesh
    return build(job, deposit, float(_CELLS[-1]))


def _finest(job: Job, deposit: Deposit) -> float:
    """Cells (m) under which a whole-part solve gains nothing: docs/benchmarks.md."""
    if job.part.shape == "shaft":
        return float(deposit.worn_radius.mean()) / _ROWS_IN_RADIUS
    return 0.0 if job.part.flat else job.part.across / _ROWS_IN_WALL


def surroundings_of(job: Job, heating: Heating) -> Surroundings:
    """What takes heat from the job's part."""
    holding, part = job.holding, job.part
    clasps = []
    if holding.chuck_length > 0.0:
        clasps.append(
            Clasp(
                start=part.length - holding.chuck_length,
                end=part.length,
                film=holding.chuck_film,
                capacity=holding.chuck_mass * _STEEL_HEAT,
                loss=_CHUCK_LOSS,
            )
        )
    if holding.rest_at is not None:
        half = 0.5 * holding.rest_width
        clasps.append(
            Clasp(holding.rest_at - half, holding.rest_at + half, holding.rest_film,
                  holding.chuck_mass * _STEEL_HEAT, _CHUCK_LOSS)
        )  # fmt: skip
    return Surroundings(
        ambient=job.ambient,
        film=heating.film,
        emissivity=heating.emissivity,
        glow=melting_point(job.parent),
        jet=holding.gas_film,
        reach=holding.gas_reach,
        bore_film=holding.bore_film,
        bore_inlet=holding.bore_inlet,
        bore_flow=holding.bore_water * _WATER,
        clasps=tuple(clasps),
    )


def walk_of(
    job: Job, toolpath: Toolpath, heating: Heating, power: PowerLaw | Floats | float,
    hold: tuple[float, float] | None = None,
) -> Walk:  # fmt: skip
    """The head's walk along a toolpath, metal laid on the way.

    power   W (of all blocks or each, (blocks,)) or a law over the interpass met
    hold    (K, K): stand still before a turn or track that would start over the first until the
            part ahead is down to the second
    """
    flat = toolpath.form == "flat"
    law = power if isinstance(power, PowerLaw) else None
    watts = 0.0 if isinstance(power, PowerLaw) else power
    taken = toolpath.block_time + toolpath.wait
    lit = toolpath.lit
    gate = np.zeros(lit.size, dtype=np.bool_)
    if hold is not None:
        fresh = (np.diff(toolpath.turn) != 0) | (np.diff(toolpath.layer) != 0)
        gate[1:] = lit[1:] & (fresh | ~lit[:-1])
    radius = np.ones(lit.size + 1) if flat else toolpath.radius
    around = 2.0 * np.pi * float(toolpath.radius.mean())
    empty = np.zeros(0)
    return Walk(
        time=np.concatenate(([0.0], np.cumsum(taken))),
        axial=toolpath.across if flat else toolpath.axial,
        turned=toolpath.axial if flat else toolpath.angle,
        radius=radius,
        lit=lit,
        power=np.array(np.broadcast_to(np.asarray(watts, dtype=np.float64), lit.shape)),
        clad=np.full(lit.size, toolpath.pitch * heating.thickness * toolpath.travel_speed),
        share=heating.share,
        spot=_one_spot(spot_of(job)),
        law_interpass=empty if law is None else law.interpass,
        law_power=empty if law is None else law.power,
        ahead=_AHEAD if flat else min(_AHEAD, 0.4 * around),
        gate=gate,
        above=np.inf if hold is None else hold[0],
        below=np.inf if hold is None else hold[1],
    )


def spot_of(job: Job) -> Floats:
    """The beam as Gaussians: share, along m, across m, sigma m of each."""
    beam = Beam(0.5 * job.cell.laser.spot, job.cell.laser.spot_shape)
    return np.asarray(beam.kernels * np.array([1.0, beam.radius, beam.radius, 0.5 * beam.radius]))


def _one_spot(spot: Floats) -> Floats:
    """One Gaussian of the same second moment: all that cells wider than the beam can tell."""
    share, x, y, sigma = spot.T
    return np.array([[1.0, 0.0, 0.0, np.sqrt(np.sum(share * (sigma**2 + 0.5 * (x**2 + y**2))))]])


def _round(job: Job, deposit: Deposit, cell: float) -> Mesh:
    part = job.part
    surface = float(deposit.worn_radius.mean())
    cell = min(cell, 2.0 * np.pi * surface / 24.0)
    wide = cell * (_FLAT if part.shape == "pipe" else 1.0)
    axial = _edges(part.length, _span(job, deposit, wide), wide)
    middle = 0.5 * (axial[1:] + axial[:-1])
    radius = deposit.worn_radius_at(middle)
    radius = radius + np.where(middle < part.clad_from, part.shoulder_from, 0.0)
    radius = radius + np.where(middle > part.clad_to, part.shoulder_to, 0.0)
    if part.shape == "pipe":
        bore = float(deposit.target_radius.mean()) - deposit.allowance - part.across
        count = max(2, round((surface - bore) / cell))
        rows = np.linspace(bore, surface, count + 1)
        around = round(2.0 * np.pi * surface / wide)
    else:
        bore = 0.0
        rows = surface - _graded(surface, cell)[::-1]
        rows[0] = 0.0
        higher = round((float(radius.max()) - surface) / cell)
        rows = np.concatenate((rows, surface + cell * np.arange(1, higher + 1)))
        around = 16 * max(1, round(2.0 * np.pi * rows[-1] / cell / 16.0))
    return mesh_round(axial, radius, bore, rows, around)


def _plate(job: Job, deposit: Deposit, cell: float) -> Mesh:
    part = job.part
    low, high = deposit.side or (0.0, 0.0)
    axial = _edges(part.width or 0.0, (low, high), cell)
    thickness = float(deposit.worn_radius.mean())
    rows = np.linspace(0.0, thickness, max(2, round(thickness / cell)) + 1)
    around = max(2, round(part.length / cell))
    return mesh_flat(axial, np.full(axial.size - 1, thickness), rows, part.length / around, around)


def _span(job: Job, deposit: Deposit, cell: float) -> tuple[float, float]:
    """Where cells are finest: the clad and a little more, to a shoulder where there is one."""
    part = job.part
    low = part.clad_from if part.shoulder_from else max(0.0, deposit.start - 3.0 * cell)
    high = part.clad_to if part.shoulder_to else min(part.length, deposit.end + 3.0 * cell)
    return low, high


def _edges(length: float, span: tuple[float, float], cell: float) -> Floats:
    """Edges from 0 to `length`, even over `span`, growing away from it."""
    low, high = span
    inside = np.linspace(low, high, max(2, round((high - low) / cell)) + 1)
    left = low - _graded(low, cell)[::-1] if low > 0.3 * cell else np.zeros(1)
    right = high + _graded(length - high, cell) if length - high > 0.3 * cell else np.zeros(1)
    if left.size == 1:
        inside[0] = 0.0
    if right.size == 1:
        inside[-1] = length
    return np.concatenate((left[:-1], inside, right[1:]))


def _graded(far: float, cell: float) -> Floats:
    """Edges from 0 to `far`, cells growing."""
    edges, step = [0.0], cell
    while edges[-1] + 1.5 * step < far:
        edges.append(edges[-1] + step)
        step = min(step * _GROWTH, _WIDEST * cell)
    return np.array([*edges, far])
