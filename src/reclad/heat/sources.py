"""Beams on a path in closed form: the temperature anywhere at any time, and the melt pool.

Constant properties, conduction only, a flat body: endless, a plate, or a block with adiabatic
faces. What that leaves out (latent heat, properties over temperature, losses, flow in the pool) is
said in docs/how-to/simulate-heat.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.heat import _isotherm_kernels, _source_kernels
from reclad.units import format_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MANY = 20  # lit segments from which on the errors of the panels are taken to add up
_STEP = 1.0 / 3.0  # of a standard deviation of the spot: grid that the pool is first seen on


@dataclass(frozen=True, eq=False)
class BeamPath:
    """Where the beam is and what it gives: rows of time (rows,) s, never falling; place
    (rows, 3) m, z = 0 the surface, metal below; power (rows,) W of the laser, held to the next row.

    Between rows the beam runs straight at constant speed; a row at the same place is a dwell, one
    at the same time a jump. The power of the last row is not used.
    """

    time: Floats
    place: Floats
    power: Floats

    @cached_property
    def velocity(self) -> Floats:
        """Speed (rows - 1, 3) m/s of each segment."""
        took = np.diff(self.time)[:, None]
        return np.asarray(np.diff(self.place, axis=0) / np.where(took > 0.0, took, np.inf))

    def segment_at(self, time: float) -> int:
        """The segment the beam is on at `time` (s); the first before, the last after the path."""
        last = self.time.size - 2
        return int(np.clip(np.searchsorted(self.time, time, "left") - 1, 0, last))

    def place_at(self, time: float) -> Floats:
        """Where the beam is (3,) m; it waits at the ends of its path."""
        return np.array([np.interp(time, self.time, self.place[:, k]) for k in range(3)])

    def heading_at(self, time: float) -> Floats:
        """Unit vector (2,) of travel along the surface: of a dwell, that of the move before it, or
        of the first move; along x if there is none."""
        plane = self.velocity[:, :2]
        moving = np.flatnonzero(np.hypot(plane[:, 0], plane[:, 1]) > 0.0)
        if not moving.size:
            return np.array([1.0, 0.0])
        before = moving[moving <= self.segment_at(time)]
        chosen = plane[before[-1] if before.size else moving[0]]
        return np.asarray(chosen / np.hypot(*chosen))


@dataclass(frozen=True)
class GaussianBeam:
    """A Gaussian beam that heats a volume: absorbed share of the laser power; deviation_x,
    deviation_y, deviation_z m, standard deviations of the heat along x, y and into the metal."""

    absorbed: float
    deviation_x: float
    deviation_y: float
    deviation_z: float

    @classmethod
    def of(cls, absorbed: float, spot: float, depth: float, across: float | None = None
           ) -> GaussianBeam:  # fmt: skip
        """From diameters as beam profilers print them.

        absorbed  share of the laser power
        spot      D4sigma diameter (m) along x, and along y unless `across` is given
        depth     where 5 % (e^-3) of the surface's heat density is left (m): the depth of
                  3DThesis, whose widths are sqrt(6) standard deviations
        """
        return cls(absorbed, spot / 4.0, (across or spot) / 4.0, depth / math.sqrt(6.0))


@dataclass(frozen=True)
class Block:
    """The metal: conductivity W/m/K, specific_heat J/kg/K, density kg/m3, ambient K it starts at;
    thickness, length (x from 0) and width (y from 0) m, infinite where it is endless. No heat
    crosses a face."""

    conductivity: float
    specific_heat: float
    density: float
    ambient: float
    thickness: float = math.inf
    length: float = math.inf
    width: float = math.inf

    @property
    def capacity(self) -> float:
        """Heat that warms a volume, J/m3/K."""
        return self.density * self.specific_heat

    @property
    def diffusivity(self) -> float:
        """How fast heat spreads, m2/s."""
        return self.conductivity / self.capacity

    @cached_property
    def faces(self) -> Floats:
        """Where the metal ends (3, 2) m: along x and y only if it has a length and a width."""
        sides = [(0.0, s) if math.isfinite(s) else (-math.inf, math.inf)
                 for s in (self.length, self.width)]  # fmt: skip
        return np.array([*sides, (-self.thickness, 0.0)])


@dataclass(frozen=True)
class Quadrature:
    """How finely the past of the path is cut: `tolerance` K that one stretch of it may be off
    where it is hottest; growth of the heat's width over a stretch; order fixes the nodes of every
    stretch (0: as many as the tolerance asks)."""

    tolerance: float = 0.01
    growth: float = 3.0
    order: int = 0


@dataclass(frozen=True)
class MeltPool:
    """The melt pool under the beam at one time: width across and length along the travel, depth
    (m; all 0 where nothing melts), peak K of the surface near the beam."""

    time: float
    width: float
    length: float
    depth: float
    peak: float


@dataclass(frozen=True, eq=False)
class MovingSource:
    """A beam on a path over a block, all the closed form needs; `quadrature` seldom matters.

    Within 0.01 K of adaptive quadrature on the peer case. Source: eagar1983, carslaw1959 (images);
    the path as a sum of Gaussians as in 3DThesis. Checked: tests/heat/test_sources.py,
    tests/peers/thesis.
    """

    path: BeamPath
    beam: GaussianBeam
    block: Block
    quadrature: Quadrature = Quadrature()

    @cached_property
    def _spot(self) -> Floats:
        beam = self.beam
        return np.array([beam.deviation_x, beam.deviation_y, beam.deviation_z]) ** 2

    def nodes(self, time: float) -> Floats:
        """The path as a sum of Gaussians seen at `time` (s): (nodes, 7), see `_source_kernels`."""
        path, block = self.path, self.block
        lit = int(np.count_nonzero(path.power[:-1]))
        found: Floats = _source_kernels.place_nodes(
            path.time[:-1], path.time[1:], path.place[:-1], path.velocity,
            self.beam.absorbed * path.power[:-1], time, block.diffusivity, block.capacity,
            self._spot, self.quadrature.tolerance * min(1.0, _MANY / max(lit, 1)),
            self.quadrature.growth, self.quadrature.order,
        )  # fmt: skip
        return found

    def at_points(self, points: Floats, time: float) -> Floats:
        """Temperature (points,) K at scattered points (points, 3) m."""
        rise = np.empty(len(points))
        where = np.ascontiguousarray(points, dtype=np.float64)
        _source_kernels.sum_points(where, self.nodes(time), self.block.faces, rise)
        return self.block.ambient + rise

    def on_grid(self, x: Floats, y: Floats, z: Floats, time: float) -> Floats:
        """Temperature (x, y, z) K on the grid of the coordinates x, y, z (m): one product of two
        matrices, since every Gaussian is a product over the axes."""
        nodes = self.nodes(time)
        along, across, down = (self._share(nodes, axis, at) for axis, at in enumerate((x, y, z)))
        across *= nodes[:, :1]
        sheet = (across[:, :, None] * down[:, None, :]).reshape(len(nodes), y.size * z.size)
        field = along.T @ sheet
        field += self.block.ambient
        return field.reshape(x.size, y.size, z.size)

    def _share(self, nodes: Floats, axis: int, at: Floats) -> Floats:
        out = np.empty((len(nodes), at.size))
        where = np.ascontiguousarray(at, dtype=np.float64)
        _source_kernels.fill_axis(where, nodes, axis, self.block.faces, out)
        return out

    def pool(self, time: float, melting: float, reach: float = 0.0) -> MeltPool:
        """The melt pool at `time` (s) inside the isotherm `melting` (K): its true extents, found on
        a coarse grid and followed to where the isotherm turns back, so that no grid shows in them.

        reach  where the search starts, m about the beam; it goes on as far as the pool does
        Raises ProcessError where the pool has no end.
        """
        smallest = min(self.beam.deviation_x, self.beam.deviation_y)
        out = np.empty(5)
        _isotherm_kernels.pool_extents(
            self.nodes(time), self.block.faces, self.path.place_at(time)[:2],
            self.path.heading_at(time), melting - self.block.ambient, _STEP * smallest,
            max(reach, 4.0 * smallest), out,
        )  # fmt: skip
        if out[4]:
            raise ProcessError(
                f"at {format_quantity(time, 's')} the surface above "
                f"{format_quantity(melting, 'K')} has no end: everything is molten; lower the "
                "power or end the path earlier"
            )
        width, length, depth, rise = (float(v) for v in out[:4])
        return MeltPool(time, width, length, depth, self.block.ambient + rise)

    def pools(self, times: Floats, melting: float) -> list[MeltPool]:
        """The melt pool at many times (s), looked for about the beam only; each search starts from
        the size the pool had."""
        found: list[MeltPool] = []
        for time in times:
            before = max(found[-1].length, found[-1].width) if found else 0.0
            found.append(self.pool(float(time), melting, 0.8 * before))
        return found
