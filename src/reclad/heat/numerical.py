"""A heat case on cells: mesh, path and metal as the marching solver takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.heat.enthalpy import largest_diffusivity, tabulate
from reclad.heat.grid import mesh_flat, mesh_round
from reclad.heat.solution import Walk
from reclad.heat.surroundings import Surroundings
from reclad.units import format_number, format_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat._cell_kernels import Metal
    from reclad.heat.grid import Mesh
    from reclad.heat.sources import BeamPath
    from reclad.job.heat_case import HeatCase

    Floats = NDArray[np.float64]

_A_SPOT = 6.0  # cells across a D4sigma spot unless the case says
_MOST_A_SPOT = 40.0  # the solver spreads a beam over so many at most
_GROWTH = 1.25  # of the cells away from the path
_LARGEST = 10.0  # times the fine cell
_FINE_ROWS = 5
_MOST_UPDATES = 3e11
_MOST_CELLS = 30e6
_MOST_BYTES = 2e9
UPDATES_A_SECOND = 5e8  # of one core, for estimates


@dataclass(frozen=True, eq=False)
class Modelled:
    """A heat case in cells. x0 m, surface m and cell m as in `Seen`; notes say what the cells leave
    out or make of the case."""

    mesh: Mesh
    metal: Metal
    walk: Walk
    air: Surroundings
    x0: float
    surface: float
    cell: float
    notes: tuple[str, ...]


def model_case(case: HeatCase, path: BeamPath) -> Modelled:
    """The case in cells, fine along the path and growing away from it.

    Raises ProcessError where the beam heats deeper than a cell, the path leaves the surface, or the
    solve would take hours.
    """
    told, air = case.told, case.told.air
    cell = told.cell or told.beam.spot / _A_SPOT
    _expect_surface(case, path, cell)
    metal = _describe_metal(case)
    mesh, x0, surface, notes = _mesh(case, path, cell, largest_diffusivity(metal))
    film = air.film if told.body.shape == "plate" else 0.0
    if told.body.shape == "pipe" and (air.film or air.emissivity):
        notes.append("the bore is still and closed: no heat leaves there")
    if told.body.shape == "plate" and (air.film or air.emissivity):
        notes.append("no heat leaves the two ends along x; the underside does not radiate")
    around = Surroundings(air.ambient, air.film, air.emissivity, bore_film=film)
    _expect_bearable(case, mesh, mesh.longest_step(largest_diffusivity(metal)), cell)
    return Modelled(
        mesh, metal, _walk(case, path, x0, surface), around, x0, surface, cell, tuple(notes)
    )


def _expect_surface(case: HeatCase, path: BeamPath, cell: float) -> None:
    told = case.told
    smallest = min(told.beam.spot, told.beam.across or told.beam.spot)
    if cell < smallest / _MOST_A_SPOT or cell > smallest / 2.0:
        raise ProcessError(
            f"{case.name} cell: {_mm(cell)} for a spot of {_mm(smallest)}; write a cell from "
            f"{_mm(smallest / _MOST_A_SPOT)} to {_mm(smallest / 2.0)}"
        )
    if told.beam.depth > cell:
        raise ProcessError(
            f"{case.name} [beam] depth: {_mm(told.beam.depth)} is deeper than a cell, and the "
            "numerical solver heats the surface only; leave depth out, or keep to the closed form "
            "(constant properties, flat body, no losses)"
        )
    deep = np.flatnonzero(path.place[:, 2] < -1e-9)
    if deep.size:
        raise ProcessError(
            f"{case.rows[deep[0]].where} z_mm: lies under the surface, and the numerical solver "
            "heats the surface only; write 0"
        )


def _describe_metal(case: HeatCase) -> Metal:
    metal = case.metal
    melting = None
    if metal.latent_heat and metal.solidus is not None and metal.liquidus is not None:
        melting = (metal.solidus, metal.liquidus)
    return tabulate(
        np.array(metal.conductivity.at),
        np.array(metal.conductivity.value),
        np.array(metal.specific_heat.at),
        np.array(metal.specific_heat.value),
        metal.density,
        case.told.air.ambient,
        metal.latent_heat,
        melting,
    )


def _mesh(
    case: HeatCase, path: BeamPath, cell: float, diffusivity: float
) -> tuple[Mesh, float, float, list[str]]:
    """The mesh, x of its first edge and height of its surface (m), and notes."""
    body = case.told.body
    notes: list[str] = []
    near = 2.0 * max(case.told.beam.spot, case.told.beam.across or 0.0)
    far = near + 2.0 * math.sqrt(4.0 * diffusivity * case.told.times[-1])
    deep = min(body.deepest, far)
    span = [(float(path.place[:, k].min()), float(path.place[:, k].max())) for k in (0, 1)]
    if body.diameter is not None:
        radius, bore = body.diameter / 2.0, body.diameter / 2.0 - (body.wall or body.diameter / 2.0)
        rows = bore + _rows(radius - bore, cell)
        around = 32 * math.ceil(2.0 * math.pi * radius / cell / 32.0)
        axial = _edges(0.0, body.length or 0.0, span[0], near, cell)
        mesh = mesh_round(axial, np.full(axial.size - 1, radius), bore, rows, around)
        return mesh, 0.0, radius, notes
    places = [(p.x, p.y) for p in case.told.points]
    if case.told.grid is not None:
        grid = case.told.grid
        places += [(grid.x.start, grid.y.start), (grid.x.stop, grid.y.stop)]
    ends = []
    for k, size in enumerate((body.length, body.width)):
        seen = [place[k] for place in places]
        low, high = min([span[k][0], *seen]) - far, max([span[k][1], *seen]) + far
        ends.append((0.0, size) if size is not None else (low, high))
    if body.length is None or body.width is None or deep < body.deepest:
        sizes = " x ".join(_mm(high - low, 3) for low, high in (*ends, (0.0, deep)))
        notes.append(f"the endless body is a block of {sizes} (x, y, deep)")
    rows = _rows(deep, cell)
    along = math.ceil((ends[0][1] - ends[0][0]) / cell - 1e-9)
    axial = _edges(*ends[1], span[1], near, cell)
    step = (ends[0][1] - ends[0][0]) / along
    mesh = mesh_flat(axial, np.full(axial.size - 1, deep), rows, step, along)
    return mesh, ends[0][0], deep, notes


def _edges(low: float, high: float, span: tuple[float, float], near: float, cell: float) -> Floats:
    """Cell edges from low to high: `cell` wide within `near` of the span, growing beyond."""
    a, b = max(low, span[0] - near), min(high, span[1] + near)
    count = max(1, math.ceil((b - a) / cell - 1e-9))
    middle = np.linspace(a, b, count + 1)
    before = a - _growing(a - low, (b - a) / count)[::-1]
    after = b + _growing(high - b, (b - a) / count)
    return np.concatenate((before, middle, after))


def _growing(length: float, cell: float) -> Floats:
    """Distances (n,) of edges that grow from `cell` and end at `length`; none for no length."""
    if length < 0.5 * cell:
        return np.zeros(0)
    widths = [cell * _GROWTH]
    while sum(widths) < length:
        widths.append(min(widths[-1] * _GROWTH, _LARGEST * cell))
    return np.cumsum(widths) * (length / sum(widths))


def _rows(deep: float, cell: float) -> Floats:
    """Row edges from 0 up to `deep`: some fine rows under the surface, growing below."""
    fine = min(_FINE_ROWS, max(3, math.ceil(deep / cell)))
    height = min(cell, deep / fine)
    under = _growing(deep - fine * height, height)
    down = np.concatenate((np.arange(fine + 1) * height, fine * height + under))
    down[-1] = deep
    return deep - down[::-1]


def _walk(case: HeatCase, path: BeamPath, x0: float, surface: float) -> Walk:
    """The path over the mesh: x along a flat mesh's cells, y across; y round a round one."""
    flat = case.told.body.diameter is None
    place = path.place.copy()
    took = np.diff(path.time)
    # The solver looks ahead along each block, so that a dwell needs a direction: a nanometre, there
    # and back if dwells follow each other.
    still = np.flatnonzero(np.abs(np.diff(place[:, :2], axis=0)).sum(axis=1) == 0.0)
    place[still + 1, 0] += 1e-9 * (1 + still % 2)
    axial, turned = (
        (place[:, 1], place[:, 0] - x0) if flat else (place[:, 0], place[:, 1] / surface)
    )
    return Walk(
        time=path.time,
        axial=np.ascontiguousarray(axial),
        turned=np.ascontiguousarray(turned),
        radius=np.full(took.size + 1, 1.0 if flat else surface),
        lit=(path.power[:-1] > 0.0) & (took > 0.0),
        power=path.power[:-1].copy(),
        clad=np.zeros(took.size),
        share=case.told.beam.absorbed,
        spot=_spot(case, flat),
    )


def _spot(case: HeatCase, flat: bool) -> Floats:
    """The beam as round Gaussians (k, 4): one, or a row of them along the longer axis of an
    elliptic spot, spaced a deviation apart (the sum of them is smooth to 1e-8)."""
    beam = case.told.beam
    sigma_x, sigma_y = beam.spot / 4.0, (beam.across or beam.spot) / 4.0
    slim = min(sigma_x, sigma_y)
    rest = math.sqrt(abs(sigma_x**2 - sigma_y**2))
    count = math.ceil(5.0 * rest / slim)
    offset = np.arange(-count, count + 1) * slim
    weight = np.exp(-0.5 * (offset / max(rest, 1e-12)) ** 2)
    rows = np.zeros((offset.size, 4))
    rows[:, 0] = weight / weight.sum()
    rows[:, 1 if (sigma_x > sigma_y) == flat else 2] = offset
    rows[:, 3] = slim
    return rows


def _expect_bearable(case: HeatCase, mesh: Mesh, step: float, cell: float) -> None:
    """ProcessError with the estimate where a solve takes too long or too much memory."""
    steps = case.told.times[-1] / step
    updates = mesh.count * steps
    fields = 4.0 * mesh.width * mesh.cells.top.size * len(case.told.times)
    closest = min(np.diff(case.told.times), default=math.inf)
    if closest < 1.01 * step:
        raise ProcessError(
            f"{case.name} times: {closest:.3g} s apart, but a step of the solver takes "
            f"{step:.3g} s; ask for times farther apart, or write a smaller cell"
        )
    size = f"{format_number(mesh.count / 1e6, 3)} million cells"
    if mesh.count > _MOST_CELLS or updates > _MOST_UPDATES:
        hours = updates / UPDATES_A_SECOND / 3600.0
        raise ProcessError(
            f"{case.name}: {size} and {steps:.0f} steps would take about "
            f"{format_number(hours, 2)} h; write a larger cell than {_mm(cell)}, or shorter times"
        )
    if fields > _MOST_BYTES:
        raise ProcessError(
            f"{case.name} times: {len(case.told.times)} fields of {size} take "
            f"{format_number(fields / 1e9, 2)} GB; ask for fewer times or a larger cell"
        )


def _mm(metres: float, digits: int = 4) -> str:
    return format_quantity(metres, "mm", digits)
