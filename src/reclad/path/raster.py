"""The raster that clads a flat zone: parallel tracks there and back, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.path.pauses import Pause, waits_by_layer
from reclad.path.toolpath import Toolpath
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.job import PathSettings
    from reclad.path.toolpath import Bools, Floats, Ints
    from reclad.process.choice import Procedure

_BLOCKS_MAX = 4_000_000
Zone = tuple[float, float, float, float]


def lay_raster(
    zone: Zone,
    procedure: Procedure,
    settings: PathSettings,
    surface: float,
    layer_thickness: float,
    pauses: Sequence[Pause] = (),
) -> Toolpath:
    """The path that fills a rectangle on a plate with tracks along X, stepped in Y.

    Tracks are spaced evenly, at most `pitch` apart, and run there and back; the outer ones lie half
    a step inside the edge. Every second layer is shifted by half a step and has one track more, on
    the edges, so that toes never stack and the zone stays covered; a zone of one track stays one
    track, for two would lie too close. Each track is entered and left
    straight on, unlit, over `lead` beyond the zone at cladding speed; blocks are equal and at most
    `block` long. Between tracks and between layers the path jumps. A track ends at a pause anyway:
    the wait comes before the next one, nothing is laid again.

    zone              x0, x1, y0, y1 (m) to fill, over-travel included
    surface           height of the worn surface above the plate's datum (m)
    layer_thickness   expected thickness of one layer (m): the next layer is laid that much higher
    Raises ProcessError when the zone is empty, the path would not fit a controller (over 4 million
    blocks) or a pause has no place in it.
    """
    x0, x1, y0, y1 = _checked(zone, surface)
    tracks = max(1, math.ceil((y1 - y0) / procedure.pitch - 1e-9))
    forth, lit = _along(x0, x1, settings)
    if tracks * procedure.layers * forth.size > _BLOCKS_MAX:
        raise ProcessError(
            f"path of {tracks} tracks in blocks of {format_quantity(settings.block, 'mm')} has "
            f"over {_BLOCKS_MAX} blocks; use longer blocks or a larger pitch"
        )
    back = forth[::-1]
    step = (y1 - y0) / tracks
    lines = [
        (layer, track, y)
        for layer in range(1, procedure.layers + 1)
        for track, y in enumerate(_rows(y0, step, tracks, shifted=layer % 2 == 0), start=1)
    ]
    nodes = forth.size
    # One block more than a track has: the jump to its first node, which the first track lacks.
    per_line = np.concatenate(([False], lit))
    whole = np.concatenate(([False], np.ones(lit.size, dtype=np.bool_)))
    layer_of = np.array([layer for layer, _, _ in lines], dtype=np.int32)
    track_of = np.array([track for _, track, _ in lines], dtype=np.int32)
    return Toolpath(
        axial=np.concatenate([forth if track % 2 else back for _, track, _ in lines]),
        angle=np.zeros(nodes * len(lines)),
        radius=np.repeat(surface + (layer_of - 1) * layer_thickness, nodes),
        across=np.repeat(np.array([y for _, _, y in lines]), nodes),
        lit=np.tile(per_line, len(lines))[1:],
        joined=np.tile(whole, len(lines))[1:],
        layer=np.repeat(layer_of, nodes)[1:],
        turn=np.repeat(track_of, nodes)[1:],
        wait=_waits(layer_of, track_of, pauses, nodes),
        travel_speed=procedure.travel_speed,
        stand_off=procedure.stand_off,
        pitch=procedure.pitch,
        form="flat",
    )


def _checked(zone: Zone, surface: float) -> Zone:
    x0, x1, y0, y1 = (float(edge) for edge in zone)
    for axis, low, high in (("X", x0, x1), ("Y", y0, y1)):
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ProcessError(
                f"zone from {format_quantity(low, 'mm')} to {format_quantity(high, 'mm')} in "
                f"{axis} holds no surface; give its lower edge first"
            )
    if not math.isfinite(surface):
        raise ProcessError(f"surface height {surface} is not a number; measure the plate")
    return x0, x1, y0, y1


def _rows(y0: float, step: float, tracks: int, *, shifted: bool) -> list[float]:
    """Positions of the tracks of one layer across the zone, m."""
    first, count = (y0, tracks + 1) if shifted and tracks > 1 else (y0 + 0.5 * step, tracks)
    return [first + k * step for k in range(count)]


def _waits(layers: Ints, tracks: Ints, pauses: Sequence[Pause], nodes: int) -> Floats:
    """Wait before each block, s: at the first block of the track after a pause's."""
    counts = np.unique(layers, return_counts=True)[1].tolist()
    waits = waits_by_layer(pauses, counts, "track")
    wait = np.zeros(nodes * layers.size - 1)
    for line, (layer, track) in enumerate(zip(layers.tolist(), tracks.tolist(), strict=True)):
        if track in waits[layer - 1]:
            wait[(line + 1) * nodes] = waits[layer - 1][track]
    return wait


def _along(x0: float, x1: float, settings: PathSettings) -> tuple[Floats, Bools]:
    """Nodes along one track running up X, m, and which of its blocks are lit."""
    lit_blocks = max(1, math.ceil((x1 - x0) / settings.block - 1e-9))
    lead_blocks = math.floor(settings.lead / settings.block) + 1
    before = np.linspace(x0 - settings.lead, x0, lead_blocks, endpoint=False)
    inside = np.linspace(x0, x1, lit_blocks + 1)
    after = np.linspace(x1, x1 + settings.lead, lead_blocks + 1)[1:]
    lit = np.zeros(2 * lead_blocks + lit_blocks, dtype=np.bool_)
    lit[lead_blocks : lead_blocks + lit_blocks] = True
    return np.concatenate((before, inside, after)), lit
