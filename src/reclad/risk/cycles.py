"""Thermal cycles of the parent metal: how hot a point gets under each pass, and how fast it cools.

The moving source of the process room, at points. Constant properties, no latent heat, flat surface,
steady travel: right in solid metal some way from the fusion line, too hot inside the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from reclad.errors import ProcessError
from reclad.process.beam import Beam, SpotShape
from reclad.process.metal import mean_properties
from reclad.process.pool import load_pool_table
from reclad.risk import _cycle_kernels as kernels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from reclad.process import Bead, ModelParameters, Substrate

    Floats = NDArray[np.float64]

_FROM, _TO = 1073.15, 773.15  # K: the 800 and 500 degC of t8/5
_SAMPLES = 96
_LAST_RISE = 40.0  # K: curves end near this, on their way down
_FINEST = 0.25  # beam radii travelled: samples are this close where the source is near
WARMEST = _TO - 50.0  # K of a part whose cooling from 800 to 500 degC means anything
_FARTHEST = 5e5  # v x / a at the end of a curve: 5000 nodes carry the integral there
_TEMPERS_FROM, _LEAST_RISE = 573.15, 100.0  # K; assumed: colder passes change nothing


@dataclass(frozen=True, eq=False)
class MovingSource:
    """A pass as heat sees it, each field (draws,), SI; `wall` m of the part, None if thick.

    heat           W       absorbed by the part
    travel_speed   m/s
    spot_radius    m       as in `Beam`
    interpass      K       of the part where the source arrives
    conductivity   W/m/K   mean of the solid
    heat_capacity  J/m3/K  mean of the solid, per volume
    """

    heat: Floats
    travel_speed: Floats
    spot_radius: Floats
    interpass: Floats
    conductivity: Floats
    heat_capacity: Floats
    wall: float | None
    shape: SpotShape

    @classmethod
    def of(
        cls,
        *,
        heat: ArrayLike,
        travel_speed: ArrayLike,
        spot_radius: ArrayLike,
        interpass: ArrayLike,
        conductivity: ArrayLike,
        heat_capacity: ArrayLike,
        wall: float | None = None,
        shape: SpotShape = "gaussian",
    ) -> Self:
        """Scalars and arrays broadcast to draws; ProcessError names the first value that no pass
        can have."""
        columns = np.broadcast_arrays(
            *(
                np.atleast_1d(np.asarray(v, dtype=np.float64))
                for v in (
                    heat,
                    travel_speed,
                    spot_radius,
                    interpass,
                    conductivity,
                    heat_capacity,
                    np.inf if wall is None else wall,
                )
            )
        )
        rules = (
            ("heat", 1.0, 1e5, "W"),
            ("travel_speed", 1e-5, 50.0, "m/s"),
            ("spot_radius", 1e-5, 0.1, "m"),
            ("interpass", 200.0, WARMEST, "K"),
            ("conductivity", 0.1, 1000.0, "W/m/K"),
            ("heat_capacity", 1e5, 1e8, "J/m3/K"),
            ("wall", 1e-4, np.inf, "m"),
        )
        for column, (name, low, high, unit) in zip(columns, rules, strict=True):
            wrong = ~((column >= low) & (column <= high))
            if wrong.any():
                raise ProcessError(
                    f"{name} {column[wrong][0]:g} {unit} lies outside {low:g} to {high:g} {unit}, "
                    "where thermal cycles are known; check the value and its unit"
                )
        given = [np.ascontiguousarray(column) for column in columns]
        return cls(given[0], given[1], given[2], given[3], given[4], given[5], wall, shape)

    @classmethod
    def of_bead(
        cls,
        bead: Bead,
        beam: Beam,
        substrate: Substrate,
        draws: ModelParameters,
        *,
        travel_speed: float,
        interpass: ArrayLike,
    ) -> Self:
        """The source that laid `bead` (draws, 1), in the parent metal at each draw's properties:
        means between interpass (draws,) K and melting."""
        warm = np.broadcast_to(np.asarray(interpass, dtype=np.float64), len(draws))
        metal = mean_properties(substrate.parent, warm)
        return cls.of(
            heat=bead.heat[:, 0],
            travel_speed=travel_speed,
            spot_radius=beam.radius * draws.spot_scale,
            interpass=warm,
            conductivity=metal.conductivity * draws.conductivity,
            heat_capacity=metal.density * metal.specific_heat * draws.heat_capacity,
            wall=substrate.wall,
            shape=beam.shape,
        )

    def __len__(self) -> int:
        return self.heat.size

    def columns(self, lift: float = 0.0) -> Floats:
        """The kernel's (draws, 6), for a pass whose surface lies `lift` m above the part's."""
        wall = 0.0 if self.wall is None else self.wall + lift
        columns = (
            self.heat,
            self.travel_speed,
            self.spot_radius,
            self.conductivity,
            self.heat_capacity,
            np.full(len(self), wall),
        )
        return np.ascontiguousarray(np.column_stack(columns))

    def clock(self) -> Floats:
        """Sample times as (draws, 3): scale s, first and step of asinh(t / scale)."""
        near = self.spot_radius / self.travel_speed
        scale = _FINEST * near
        spread = self.conductivity / self.heat_capacity
        early = 3.0 * near + 8.0 * spread / self.travel_speed**2
        first = -np.arcsinh(early / scale)
        line = self.heat / self.travel_speed
        late = line / (2.0 * np.pi * self.conductivity * _LAST_RISE)
        if self.wall is not None:
            heated = (line / (self.wall * _LAST_RISE)) ** 2
            late = np.maximum(late, heated / (4.0 * np.pi * self.conductivity * self.heat_capacity))
        last = np.arcsinh(np.maximum(late, early) / scale)
        return np.column_stack([scale, first, (last - first) / (_SAMPLES - 1)])


@dataclass(frozen=True, eq=False)
class PassCycle:
    """One pass as points feel it: time (draws, times) s, 0 as the beam goes by; temperature
    (draws, points, times) K."""

    time: Floats
    temperature: Floats


@dataclass(frozen=True, eq=False)
class ThermalCycles:
    """What the passes of a clad did to each point of the parent metal.

    peak     (draws, passes, points) K
    last     (draws, points)         number of the last pass that austenitised; -1 if none did
    t85      (draws, points) s       from 800 to 500 degC after that pass; from the peak where it
                                     lies lower; NaN where none austenitised
    """

    peak: Floats
    last: NDArray[np.int64]
    t85: Floats

    @property
    def hottest(self) -> Floats:
        """Highest temperature (draws, points) K of any pass."""
        return np.asarray(self.peak.max(axis=1))


@dataclass(frozen=True, eq=False)
class Passes:
    """Where the passes of a clad run, in their order, seen from a point: across (passes,) m beside
    it, lift (passes,) m of the surface they run on above the original one. ProcessError where the
    two do not belong together."""

    across: Floats
    lift: Floats

    def __post_init__(self) -> None:
        if self.across.ndim != 1 or self.across.shape != self.lift.shape or np.any(self.lift < 0.0):
            raise ProcessError(
                f"passes of shape {self.across.shape} with lifts of shape {self.lift.shape}; give "
                "one lift of 0 m or more for each pass"
            )


def follow_pass(
    source: MovingSource, depth: ArrayLike, across: float, lift: float = 0.0
) -> PassCycle:
    """The temperature of points in one pass, over its whole rise and fall to some 40 K over
    interpass.

    depth  (points,) or (draws, points) m below the original surface, from which lifts are counted
    Sampled closely while the beam is near, widely later. Heat of earlier passes is in the interpass
    temperature. Source: eagar1983, images as in carslaw1959. Checked: tests/risk/test_cycles.py,
    against Rosenthal, the closed t8/5 of thick and thin parts, and the kept energy.
    Raises ProcessError for a point outside the part.
    """
    rise, clock = _trace(source, _deep(source, depth), across, lift)
    return PassCycle(_times(clock), source.interpass[:, None, None] + rise)


def thermal_cycles(
    source: MovingSource, depth: ArrayLike, passes: Passes, austenite: float
) -> ThermalCycles:
    """Peaks of every pass, and t8/5 of the last pass that made austenite, at points of depth
    (points,) or (draws, points) m below the original surface.

    austenite  K above which a pass wipes out what the earlier ones left: Ac3, or Ac1 for any
    Source, range and errors as in `follow_pass`.
    """
    deep = _deep(source, depth)
    peak = np.empty((len(source), passes.across.size, deep.shape[1]))
    last = np.full(deep.shape, -1, dtype=np.int64)
    t85 = np.full(deep.shape, np.nan)
    time = np.empty(deep.shape)
    for number, (across, lift) in enumerate(zip(passes.across, passes.lift, strict=True)):
        rise, clock = _trace(source, deep, float(across), float(lift))
        top = peak[:, number]
        risen = np.empty(deep.shape)
        kernels.find_peaks(rise, risen)
        top[:] = source.interpass[:, None] + risen
        kernels.cooling_times(rise, clock, _FROM - source.interpass, _TO - source.interpass, time)
        hard = top >= austenite
        last[hard], t85[hard] = number, time[hard]
    return ThermalCycles(peak, last, t85)


def tempering_cycles(
    source: MovingSource, depth: ArrayLike, passes: Passes, cycles: ThermalCycles
) -> Iterator[PassCycle]:
    """The passes that temper, one by one in their order: those after the last that austenitised.

    A point that a pass does not temper stays at interpass in it, so a sum over all the passes
    counts it for nothing. Memory: one pass at a time, 8 bytes x draws x points x 96.
    """
    deep = _deep(source, depth)
    for number, (across, lift) in enumerate(zip(passes.across, passes.lift, strict=True)):
        later = cycles.last < number
        if later.any():
            rise, clock = _trace(source, deep, float(across), float(lift))
            rise *= later[:, :, None]
            yield PassCycle(_times(clock), source.interpass[:, None, None] + rise)


def join_cycles(cycles: Iterable[PassCycle]) -> PassCycle:
    """Passes end to end, as one long cycle whose time never falls; the waits between are left out.
    Raises ProcessError where there is none. Checked: tests/risk/test_cycles.py."""
    passes = list(cycles)
    if not passes:
        raise ProcessError("no pass to join; a point that none tempers stays as it was")
    times, begun = [], np.zeros((len(passes[0].time), 1))
    for cycle in passes:
        times.append(cycle.time - cycle.time[:, :1] + begun)
        begun = times[-1][:, -1:]
    return PassCycle(
        np.concatenate(times, axis=-1), np.concatenate([c.temperature for c in passes], axis=-1)
    )


def isotherm_depths(source: MovingSource, levels: ArrayLike) -> Floats:
    """How deep (m, (draws, levels)) temperatures are reached under the middle of one pass: Ac1, Ac3
    and melting give the zones of a cross-section.

    levels  (levels,) or (draws, levels) K, each above interpass
    0 where the surface stays colder, the wall's thickness where it is heated through. Counted from
    the surface the source runs on: with powder, take Ac1 and Ac3 less the melting isotherm, below
    the fusion line that `reclad.process.predict` gives (see `below_fusion`).
    Source: eagar1983. Checked: tests/risk/test_cycles.py. Raises ProcessError for a level under
    interpass.
    """
    return _extents(source, levels)[..., 0]


def below_fusion(source: MovingSource, distance: ArrayLike, melting: float) -> Floats:
    """Depths (draws, points) m, for `follow_pass` and `thermal_cycles`, of points that lie
    `distance` (points,) m below the fusion line: counted on from where this source melts.

    melting  K, the isotherm taken as the edge of the pool
    Powder shades the metal and lifts the pool by the bead it leaves, so the real fusion line lies
    higher than the one of a bare source. Laying one on the other gives points under it the peaks
    that they had: the source then runs on the clad, not on the part, and lifts count from where
    its first layer runs. Assumed. Checked: tests/risk/test_cycles.py.
    """
    beneath = np.atleast_1d(np.asarray(distance, dtype=np.float64))
    return isotherm_depths(source, melting) + beneath


def passes_around(source: MovingSource, pitch: float, lifts: ArrayLike = 0.0) -> Passes:
    """The passes that matter to a point under the middle of one, layer by layer: from the first
    that warms the surface over it past 300 degC (or 100 K over interpass, if that is hotter:
    assumed) to the last.

    pitch m between them; any draw decides. lifts (layers,) m of each layer's surface above
    the original one. Source: eagar1983. Checked: tests/risk/test_cycles.py. Raises ProcessError
    for a pitch of no length.
    """
    if not pitch > 0.0:
        raise ProcessError(f"pitch {pitch:g} m must be above 0; give the distance between tracks")
    level = np.maximum(_TEMPERS_FROM, source.interpass + _LEAST_RISE)
    beside = int(np.floor(_extents(source, level[:, None])[..., 1].max() / pitch))
    across = pitch * np.arange(-beside, beside + 1, dtype=np.float64)
    layers = np.atleast_1d(np.asarray(lifts, dtype=np.float64))
    return Passes(np.tile(across, layers.size), np.repeat(layers, across.size))


def _extents(source: MovingSource, levels: ArrayLike) -> Floats:
    """Depth and half width (draws, levels, 2) m of isotherms."""
    levels = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    rise = np.ascontiguousarray(levels - source.interpass[:, None])
    if np.any(rise <= 0.0):
        raise ProcessError(
            f"isotherm {levels.min():.0f} K does not lie above interpass "
            f"{source.interpass.max():.0f} K; ask for a hotter one"
        )
    table = load_pool_table(source.shape)
    out = np.empty((*rise.shape, 2))
    kernels.isotherms(
        source.columns(), table.kernels, table.axes, table.hot, table.shape, rise, out
    )
    return out


def _trace(source: MovingSource, deep: Floats, across: float, lift: float) -> tuple[Floats, Floats]:
    """Rise (draws, points, times) K of one pass, and the clock of its samples."""
    clock = source.clock()
    times = _times(clock)
    spread = source.conductivity / source.heat_capacity
    farthest = source.travel_speed**2 * times[:, -1] / spread
    if farthest.max() > _FARTHEST:
        worst = int(farthest.argmax())
        raise ProcessError(
            f"heat {source.heat[worst]:g} W at travel_speed {source.travel_speed[worst]:g} m/s is "
            "followed too far behind the beam to be summed; use a closed form for a line of heat"
        )
    rise = np.empty((*deep.shape, _SAMPLES))
    kernels.trace_pass(
        source.columns(lift),
        Beam(1.0, source.shape).kernels,
        deep + lift,
        across,
        times,
        rise,
    )
    return rise, clock


def _times(clock: Floats) -> Floats:
    scale, first, step = clock.T[..., None]
    return np.asarray(scale * np.sinh(first + step * np.arange(_SAMPLES)))


def _deep(source: MovingSource, depth: ArrayLike) -> Floats:
    """Depths as (draws, points), inside the part."""
    depths = np.atleast_1d(np.asarray(depth, dtype=np.float64))
    deep = np.ascontiguousarray(np.broadcast_to(depths, (len(source), depths.shape[-1])))
    wall = np.inf if source.wall is None else source.wall
    wrong = ~((deep >= 0.0) & (deep <= wall))
    if wrong.any():
        raise ProcessError(
            f"a point {deep[wrong][0]:g} m below the surface lies outside the part (0 to "
            f"{wall:g} m); move it inside"
        )
    return deep
