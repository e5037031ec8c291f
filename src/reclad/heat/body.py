"""The part and its tracks as the closed form sees them: a bar that a ring of heat walks along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job, Material
    from reclad.part import Deposit
    from reclad.path import Toolpath
    from reclad.process import Procedure

_MODES = 24
# Zeros of the Bessel function J1: surface modes of a solid cylinder, Carslaw & Jaeger, 7.8.
_J1_ZEROS = (3.8317059702, 7.0155866698, 10.1734681351, 13.3236919363, 16.4706300509)


@dataclass(frozen=True, eq=False)
class Body:
    """The part as a bar: what one turn or track heats, and how its heat spreads inwards.

    section m2 of metal that a turn's heat has to warm per metre of advance; perimeter m that loses
    heat; length m in the direction of advance.
    rates (modes,) 1/m2 and weight: how the surface is hotter than the mean after a time t,
    1 + weight * sum exp(-a rates t); none for a wall level within a turn.
    """

    section: float
    perimeter: float
    length: float
    parent: Material
    ambient: float
    preheat: float
    rates: NDArray[np.float64]
    weight: float


@dataclass(frozen=True, eq=False)
class Turns:
    """The turns or tracks of a repair in the order they are laid, each (turns,): place m in the
    direction of advance, arrival s, duration s."""

    place: NDArray[np.float64]
    arrival: NDArray[np.float64]
    duration: NDArray[np.float64]


def tube(outer_radius: float, wall: float, length: float, parent: Material, ambient: float,
         preheat: float) -> Body:  # fmt: skip
    """A pipe: heat enters all round, crosses the wall as in a slab, and is lost outside only (the
    bore is taken as still and closed)."""
    return Body(
        section=float(np.pi * (2.0 * outer_radius - wall) * wall),
        perimeter=float(2.0 * np.pi * outer_radius),
        length=length,
        parent=parent,
        ambient=ambient,
        preheat=preheat,
        rates=_slab(wall),
        weight=2.0,
    )


def bar(radius: float, length: float, parent: Material, ambient: float, preheat: float) -> Body:
    """A solid shaft: heat enters all round and reaches the axis slowly (modes of J0)."""
    zeros = np.append(_J1_ZEROS, _J1_ZEROS[-1] + np.pi * np.arange(1, _MODES - 4))
    return Body(
        section=float(np.pi * radius**2),
        perimeter=float(2.0 * np.pi * radius),
        length=length,
        parent=parent,
        ambient=ambient,
        preheat=preheat,
        rates=(zeros / radius) ** 2,
        weight=1.0,
    )


def sheet(track: float, thickness: float, width: float, parent: Material, ambient: float,
          preheat: float) -> Body:  # fmt: skip
    """A plate: tracks of length `track` side by side; the metal beyond the track's ends is left
    out, which errs on the hot side; both faces lose heat."""
    return Body(
        section=track * thickness,
        perimeter=2.0 * track,
        length=width,
        parent=parent,
        ambient=ambient,
        preheat=preheat,
        rates=_slab(thickness),
        weight=2.0,
    )


def _slab(thickness: float) -> NDArray[np.float64]:
    return np.asarray((np.arange(1, _MODES + 1) * np.pi / thickness) ** 2)


def describe_heat(job: Job, deposit: Deposit, procedure: Procedure) -> tuple[Body, Turns]:
    """A job's part as a bar, and the turns (round) or tracks (flat) that `procedure` lays on it."""
    part = job.part
    metal = (job.parent, job.ambient, job.preheat)
    if deposit.side is not None:
        track = deposit.length
        body = sheet(track, part.across, part.width or 0.0, *metal)
        first, last = deposit.side
    else:
        radius = float(deposit.worn_radius.mean())
        track = float(np.hypot(2.0 * np.pi * radius, procedure.pitch))
        if part.shape == "pipe":
            body = tube(radius, part.across, part.length, *metal)
        else:
            body = bar(radius, part.length, *metal)
        first, last = deposit.start, deposit.end
    count = int(np.ceil((last - first) / procedure.pitch - 1e-9))
    place = first + (np.arange(count) + 0.5) * (last - first) / count
    total = count * procedure.layers
    duration = track / procedure.travel_speed
    return body, Turns(
        place=np.tile(place, procedure.layers),
        arrival=duration * np.arange(total, dtype=np.float64),
        duration=np.full(total, duration),
    )


def turns_along(toolpath: Toolpath) -> Turns:
    """The turns (or tracks) of a laid path, waits included."""
    lit = toolpath.lit
    number = turn_numbers(toolpath.layer[lit], toolpath.turn[lit])
    taken = toolpath.block_time
    begun = np.cumsum(toolpath.wait + taken) - taken
    along = toolpath.across if toolpath.form == "flat" else toolpath.axial
    middle = 0.5 * (along[1:] + along[:-1])
    first = np.unique(number, return_index=True)[1]
    return Turns(
        place=mean_by_turn(number, middle[lit]),
        arrival=begun[lit][first],
        duration=np.bincount(number, taken[lit]).astype(np.float64),
    )


def turn_numbers(layer: NDArray[np.int32], turn: NDArray[np.int32]) -> NDArray[np.int64]:
    """Number from 0 of the turn (or track) of each station, layers counted on."""
    key = layer.astype(np.int64) * (int(turn.max()) + 1) + turn
    return np.asarray(np.unique(key, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def mean_by_turn(number: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean (turns,) of values over the stations of each turn."""
    return np.asarray(np.bincount(number, values) / np.bincount(number))
