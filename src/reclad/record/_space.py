"""The machine program as read back, wound round the part: the still view and the turning one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from reclad.record._backplot import BINS, TURN, Run, bin_colour, find_runs, power_bins
from reclad.record._svg import WIDTH, line, path, svg, trace
from reclad.record.views import BackplotView, Bools, Floats, Ints, PartView

STEPS_PER_TURN = 36  # points kept per turn
TILT, SWING = math.radians(24), math.radians(22)  # of the still view


def _kept(view: BackplotView, run: Run, per_turn: int) -> Ints:
    """Nodes of the run, `per_turn` a turn, with both ends."""
    step = np.floor(view.a[run.nodes] / TURN * per_turn)
    keep = np.concatenate([[True], np.diff(step) != 0])
    keep[-1] = True
    kept: Ints = run.nodes[keep]
    return kept


def draw_in_space(view: BackplotView, part: PartView) -> str:
    """The view in space, drawn still: what paper and a browser without scripts show."""
    bins = power_bins(view)
    width, height = WIDTH, 400.0
    reach = part.length * math.cos(SWING) + part.widest * math.sin(SWING)
    scale = min(760.0 / reach, 380.0 / (part.widest * 1.2 + part.length * 0.18))
    origin = (width / 2, height / 2, part.length / 2)
    by_colour: dict[int, list[str]] = {}
    for run in find_runs(view):
        if not run.lit:
            continue
        nodes = _kept(view, run, STEPS_PER_TURN)
        px, py, front = _project(
            view.x[nodes], view.z[nodes] - view.stand_off, view.a[nodes], scale, origin
        )
        for first, after in _front_pieces(front, bins[nodes[:-1]]):
            d = trace(px[first : after + 1], py[first : after + 1])
            by_colour.setdefault(int(bins[nodes[first]]), []).append(d)
    welds = "".join(
        f'<path class="weld" stroke="{bin_colour(i)}" stroke-width="1.1" d="{"".join(ds)}"/>'
        for i, ds in sorted(by_colour.items())
    )
    far, near = _outline(part, scale, origin)
    return svg(width, height, far, welds, near, style="figure still")


def _front_pieces(front: Bools, colour: Ints) -> Iterator[tuple[int, int]]:
    """Stretches of nodes facing the viewer, cut at colour changes."""
    visible = front[:-1] & front[1:]
    key = np.where(visible, colour, -1)
    cuts = [0, *(np.flatnonzero(np.diff(key)) + 1).tolist(), key.size]
    for first, after in pairwise(cuts):
        if key[first] >= 0:
            yield first, after


def _project(
    x: Floats, r: Floats, a: Floats, scale: float, origin: tuple[float, float, float]
) -> tuple[Floats, Floats, Bools]:
    """Pixels of points on the part, and whether the surface there faces the viewer."""
    u, v, w = x - origin[2], r * np.cos(a), r * np.sin(a)
    across = u * math.cos(SWING) + w * math.sin(SWING)
    deep = -u * math.sin(SWING) + w * math.cos(SWING)
    up = v * math.cos(TILT) - deep * math.sin(TILT)
    facing = np.sin(a) * math.cos(SWING) * math.cos(TILT) + np.cos(a) * math.sin(TILT) > 0
    return origin[0] + scale * across, origin[1] - scale * up, facing


def find_cylinders(part: PartView) -> list[tuple[float, float, float]]:
    """The part as cylinders from the zero face on: start, end, radius, each m."""
    radius, (before, after) = part.size / 2, part.shoulders
    first, last = part.clad_start, part.clad_start + part.clad_length
    start, end = (first if before else 0.0), (last if after else part.length)
    pieces = [(0.0, start, radius + before), (start, end, radius)]
    pieces.append((end, part.length, radius + after))
    return [piece for piece in pieces if piece[1] > piece[0]]


def _outline(part: PartView, scale: float, origin: tuple[float, float, float]) -> tuple[str, str]:
    """The part's metal: what lies under the tracks, and the shoulder that stands before them."""
    cylinders = find_cylinders(part)
    # the zero face is nearest, so the furthest is drawn first
    drawn = [_cylinder(piece, scale, origin) for piece in reversed(cylinders)]
    if part.wall is not None:
        bore = _ring(0.0, part.size / 2 - part.wall, scale, origin)
        drawn[-1] += path(trace(*bore), "bore edge")
    covering = 1 if part.shoulders[0] else 0
    return "".join(drawn[: len(drawn) - covering]), "".join(drawn[len(drawn) - covering :])


def _ring(
    x: float, radius: float, scale: float, origin: tuple[float, float, float]
) -> tuple[Floats, Floats]:
    a = np.linspace(0, TURN, 73)
    px, py, _ = _project(np.full_like(a, x), np.full_like(a, radius), a, scale, origin)
    return px, py


def _cylinder(
    piece: tuple[float, float, float], scale: float, origin: tuple[float, float, float]
) -> str:
    """Far end, skin, near end."""
    start, end, radius = piece
    # the silhouette lies where the surface turns away from the viewer
    edge = math.atan2(-math.sin(TILT), math.cos(SWING) * math.cos(TILT))
    corners = np.array([edge, edge, edge + math.pi, edge + math.pi])
    ends = np.array([start, end, end, start])
    px, py, _ = _project(ends, np.full(4, radius), corners, scale, origin)
    sides = [line(px[i], py[i], px[i + 1], py[i + 1], "edge") for i in (0, 2)]
    return "".join([
        path(trace(*_ring(end, radius, scale, origin)), "pipe edge"),
        path(trace(px, py) + "Z", "pipe"),
        *sides,
        path(trace(*_ring(start, radius, scale, origin)), "pipe-end edge"),
    ])  # fmt: skip


def pack_path(view: BackplotView, part: PartView) -> str:
    """The thinned program for the turning view, as JSON of whole numbers: 0.05 mm and degrees,
    each value the step from the one before; colour -1 is a move without beam."""
    bins = power_bins(view)
    lines = []
    for run in find_runs(view):
        nodes = _kept(view, run, STEPS_PER_TURN)
        x = np.round(view.x[nodes] * 2e4).astype(int)
        r = np.round((view.z[nodes] - view.stand_off) * 2e4).astype(int)
        a = np.round(np.degrees(view.a[nodes])).astype(int)
        colour = bins[nodes[:-1]] if run.lit else np.full(nodes.size - 1, -1)
        lines.append([np.diff(v, prepend=0).tolist() for v in (x, r, a)] + [_lengths(colour)])
    data = {
        "unit": 0.05,
        "length": round(part.length * 1e3, 2),
        "radius": round(part.widest * 500, 2),
        "body": [[round(v * 1e3, 2) for v in piece] for piece in find_cylinders(part)],
        "colours": [bin_colour(i) for i in range(BINS)],
        "lines": lines,
    }
    return json.dumps(data, separators=(",", ":"))


def _lengths(colour: Ints) -> list[int]:
    """Run lengths: colour, count, colour, count ..."""
    cuts = [0, *(np.flatnonzero(np.diff(colour)) + 1).tolist(), colour.size]
    packed: list[int] = []
    for first, after in pairwise(cuts):
        if after > first:
            packed += [int(colour[first]), after - first]
    return packed
