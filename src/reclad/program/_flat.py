"""Rules about tracks on a plate: straight, forwards, evenly spaced in their layer, laid once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reclad.program._dialect import PRINT
from reclad.program.findings import Findings
from reclad.program.neutral import Floats
from reclad.program.readback import ReadBack

if TYPE_CHECKING:
    from reclad.job import Machine

PITCH_STEP = 0.20  # of the median spacing of the tracks
SINGLE = 2.0  # spots: tracks usually farther apart than that are beads by themselves, no clad
SAME_LINE = 0.05  # of the spot: closer than that is the same line, whatever the spacing
SAME_HEIGHT = 1e-4  # m: no layer is thinner


@dataclass(frozen=True)
class _Track:
    """A lit run: its states, its ends along the layer's direction, its place across it (m)."""

    first: int
    stop: int
    low: float
    high: float
    place: float


def check_flat(read: ReadBack, machine: Machine, found: Findings) -> None:
    """Beads that gap, pile up, wander off their line or are laid twice in one layer.

    Beads of a coupon stand by themselves, as far apart as they like: of them only those a spot
    apart or less are laid twice.
    """
    layers = _layers(read)
    gaps = [after.place - before.place for tracks in layers for before, after in pairwise(tracks)]
    same_line = SAME_LINE * machine.laser.spot
    spaced = [gap for gap in gaps if gap > same_line]
    usual = float(np.median(spaced)) if spaced else 0.0
    single = usual > SINGLE * machine.laser.spot
    closest = machine.laser.spot if single else max(PITCH_STEP * usual, same_line)
    for tracks in layers:
        _spacing(read, found, tracks, usual, closest, np.inf if single else PITCH_STEP * usual)
    width = machine.laser.spot if single else usual or machine.laser.spot
    for first, stop in read.program.tracks():
        _straight(read, found, first, stop, PITCH_STEP * width)


def _layers(read: ReadBack) -> list[list[_Track]]:
    """Tracks of each layer in order of their place; a layer is what lies at one height."""
    program = read.program
    heights = [
        (float(np.median(program.z[first:stop])), first, stop) for first, stop in program.tracks()
    ]
    layers: list[list[tuple[int, int]]] = []
    reached = -np.inf
    # Layers are told apart by what the nozzle does, not by what a comment says.
    for height, first, stop in sorted(heights):
        if height - reached > SAME_HEIGHT:
            layers.append([])
        layers[-1].append((first, stop))
        reached = height
    return [_placed(read, runs) for runs in layers]


def _placed(read: ReadBack, runs: list[tuple[int, int]]) -> list[_Track]:
    along = _direction(read, *runs[0])
    across = np.array([-along[1], along[0]])
    tracks = []
    for first, stop in runs:
        points = _points(read, first, stop)
        reach = points @ along
        place = float(np.median(points @ across))
        tracks.append(_Track(first, stop, float(reach.min()), float(reach.max()), place))
    return sorted(tracks, key=lambda track: (track.place, track.first))


def _points(read: ReadBack, first: int, stop: int) -> Floats:
    """X and Y from where the beam comes on to where it goes off, m, shape (blocks + 1, 2)."""
    program = read.program
    x = np.append(program.x[first] - program.steps.x[first], program.x[first:stop])
    y = np.append(program.y[first] - program.steps.y[first], program.y[first:stop])
    return np.column_stack((x, y))


def _direction(read: ReadBack, first: int, stop: int) -> Floats:
    points = _points(read, first, stop)
    way = points[-1] - points[0]
    length = float(np.hypot(*way))
    return np.asarray(way / length if length > 0.0 else np.array([1.0, 0.0]))


def _spacing(
    read: ReadBack,
    found: Findings,
    tracks: list[_Track],
    usual: float,
    closest: float,
    farthest: float,
) -> None:
    for number, track in enumerate(tracks):
        # The neighbour is the last one before it that it runs beside.
        earlier = (tracks[k] for k in range(number - 1, -1, -1))
        beside = next((t for t in earlier if min(t.high, track.high) > max(t.low, track.low)), None)
        if beside is None:
            continue
        gap = track.place - beside.place
        later = max(track.first, beside.first)
        line = read.program.line[later]
        if gap < closest:
            found.add(
                line,
                "re-cladding",
                f"track {gap * 1e3:.3f} mm beside one of the same layer, tracks are "
                f"{usual * 1e3:.3f} mm apart: metal is laid twice - remove one of them",
            )
        elif abs(gap - usual) > farthest + PRINT:
            found.add(
                line,
                "pitch",
                f"track {gap * 1e3:.3f} mm beside its neighbour, tracks are {usual * 1e3:.3f} mm "
                f"apart: at most {PITCH_STEP:.0%} off, else beads gap or pile up - correct Y",
            )


def _straight(read: ReadBack, found: Findings, first: int, stop: int, allowed: float) -> None:
    points = _points(read, first, stop)
    # Half the blocks on either side still tell the line when one node is wrong.
    along = np.median(np.diff(points, axis=0), axis=0)
    length = float(np.hypot(*along))
    if length <= 0.0:
        return
    along /= length
    off = points @ np.array([-along[1], along[0]])
    off = np.abs(off - np.median(off))[1:]
    ahead = np.diff(points, axis=0) @ along
    for i in np.flatnonzero(off > allowed + PRINT):
        found.add(
            read.program.line[first + i],
            "pitch",
            f"block ends {off[i] * 1e3:.3f} mm off the line of its track: at most "
            f"{allowed * 1e3:.3f} mm, else beads gap or pile up - correct X or Y",
        )
    for i in np.flatnonzero(ahead < 0.0):
        found.add(
            read.program.line[first + i],
            "re-cladding",
            f"nozzle goes back {-ahead[i] * 1e3:.3f} mm along its lit track: metal is laid twice - "
            f"a track only goes forwards",
        )
