"""Pictures of the machine program as read back: the tracks on a plate, from above, to scale."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from reclad.record._backplot import (
    Run,
    bin_colour,
    find_runs,
    line_key,
    power_bins,
    power_key,
    start_mark,
    stop_mark,
)
from reclad.record._svg import WIDTH, Axes, path, rect, svg, text, trace
from reclad.record.views import BackplotView, Floats, Ints, PartView
from reclad.record.words import say

_LEFT, _WIDE, _TALL = 70.0, 690.0, 400.0  # px, the most one layer may take
_CLOSE_WIDE, _CLOSE_TALL = 320.0, 190.0  # px of an enlarged corner
_CLOSE_TRACKS = 4.5  # tracks an enlarged corner shows
_UNDER = 56.0  # px for ticks and axis label


def draw_raster(view: BackplotView, part: PartView) -> str:
    """Each layer from above, tracks coloured by power, starts and stops marked; the corners where
    the first layer begins and ends enlarged."""
    runs = list(find_runs(view))
    spacing = find_spacing(view, runs)
    layers = sorted({run.layer for run in runs if run.lit}) or [1]
    reach = _reach(view, runs, part)
    parts, top = [power_key(view, 24.0)], 24.0
    for layer in layers:
        axes = _to_scale(reach, top)
        mine = [run for run in runs if run.layer == layer]
        title = say("Layer {number}, from above", number=str(layer))
        parts += [text(axes.left, top - 9, title, "head")]
        parts += [_tracks(axes, view, mine, part, f"p{layer}", spacing)]
        top = axes.bottom + _UNDER + 24.0
    top = max(top, 230.0)  # below the colour bar
    first = [run for run in runs if run.layer == layers[0]]
    for i, corner in enumerate(_corners(view, first, spacing)):
        left = _LEFT + 390.0 * i
        axes = Axes(left, top, _CLOSE_WIDE, _CLOSE_TALL, corner[:2], corner[2:])
        title = say("First corner, enlarged") if i == 0 else say("Last corner, enlarged")
        parts += [text(left, top - 9, title, "head")]
        parts += [_tracks(axes, view, first, part, f"e{i}", spacing)]
    bottom = top + _CLOSE_TALL + _UNDER
    return svg(WIDTH, bottom + 12, *parts, line_key(bottom + 4), style="figure tall")


def find_spacing(view: BackplotView, runs: list[Run]) -> float:
    """Distance between neighbouring tracks of the first layer (mm); 2 mm where there is one."""
    lit = [run for run in runs if run.lit]
    rows = np.unique([round(_y(view, r)[0], 4) for r in lit if r.layer == lit[0].layer])
    return float(np.diff(rows).min()) if rows.size > 1 else 2.0


def _x(view: BackplotView, run: Run) -> Floats:
    return np.asarray(view.x[run.nodes] * 1e3)


def _y(view: BackplotView, run: Run) -> Floats:
    return np.asarray(view.y[run.nodes] * 1e3)


def _reach(
    view: BackplotView, runs: list[Run], part: PartView
) -> tuple[float, float, float, float]:
    """What the plan shows: every move at cladding speed and the clad zone, with air (mm)."""
    x1, x2, y1, y2 = _zone(part)
    xs = np.concatenate([[x1, x2], *(_x(view, run) for run in runs)])
    ys = np.concatenate([[y1, y2], *(_y(view, run) for run in runs)])
    air = 0.04 * max(float(np.ptp(xs)), float(np.ptp(ys)))
    return (float(xs.min()) - air, float(xs.max()) + air,
            float(ys.min()) - air, float(ys.max()) + air)  # fmt: skip


def _zone(part: PartView) -> tuple[float, float, float, float]:
    """Clad zone: X from, X to, Y from, Y to (mm)."""
    first, last = part.side or (0.0, 0.0)
    end = part.clad_start + part.clad_length
    return part.clad_start * 1e3, end * 1e3, first * 1e3, last * 1e3


def _to_scale(reach: tuple[float, float, float, float], top: float) -> Axes:
    wide, tall = reach[1] - reach[0], reach[3] - reach[2]
    scale = min(_WIDE / wide, _TALL / tall)
    return Axes(_LEFT, top, scale * wide, scale * tall, reach[:2], reach[2:])


def _corners(
    view: BackplotView, runs: list[Run], spacing: float
) -> list[tuple[float, float, float, float]]:
    """Where the first track begins and where the last one ends: X and Y ranges (mm), to scale."""
    lit = [run for run in runs if run.lit]
    if not lit:
        return []
    tall = _CLOSE_TRACKS * spacing
    wide = tall * _CLOSE_WIDE / _CLOSE_TALL
    middle_y = float(np.mean([_y(view, run)[0] for run in lit]))
    found = []
    for run, end in ((lit[0], 0), (lit[-1], -1)):
        x, y = _x(view, run), float(_y(view, run)[end])
        inward = float(np.sign(x[-1 - end] - x[end])) or 1.0
        upward = 1.0 if y <= middle_y else -1.0
        a, b = x[end] - 0.4 * wide * inward, x[end] + 0.6 * wide * inward
        c, d = y - 1.25 * spacing * upward, y + (_CLOSE_TRACKS - 1.25) * spacing * upward
        found.append((float(min(a, b)), float(max(a, b)), min(c, d), max(c, d)))
    return found


def _tracks(
    axes: Axes, view: BackplotView, runs: list[Run], part: PartView, name: str, spacing: float
) -> str:
    """The tracks of one layer, cut to the frame."""
    bins = power_bins(view)
    gap = spacing * axes.height / (axes.y[1] - axes.y[0])  # px between tracks
    by_colour: dict[int, list[str]] = {}
    dashed: list[str] = []
    marks: list[str] = []
    for run in runs:
        px, py = axes.pxs(_x(view, run)), axes.pys(_y(view, run))
        if not run.lit:
            dashed.append(trace(px, py))
            continue
        for first, after in _same_colour(bins[run.nodes[:-1]]):
            d = trace(px[first : after + 1], py[first : after + 1])
            by_colour.setdefault(int(bins[run.nodes[first]]), []).append(d)
        marks += _marks(axes, px, py, min(5.0, max(1.0, 0.3 * gap)))
    wide = min(4.0, max(0.8, 0.4 * gap))
    shapes = [path("".join(dashed), "lead" if gap > 10 else "lead thin")] if dashed else []
    shapes += [
        f'<path class="weld" stroke="{bin_colour(i)}" stroke-width="{wide:.1f}" d="{"".join(ds)}"/>'
        for i, ds in sorted(by_colour.items())
    ]
    clip = (
        f'<clipPath id="{name}">{rect(axes.left, axes.top, axes.width, axes.height, "")}</clipPath>'
    )
    x1, x2, y1, y2 = _zone(part)
    zone = rect(axes.px(x1), axes.py(y2), axes.px(x2) - axes.px(x1), axes.py(y1) - axes.py(y2),
                "zone")  # fmt: skip
    ticks = axes.frame(say("Along, X (mm)"), say("Across, Y (mm)"))
    body = f'<g clip-path="url(#{name})">{zone}{"".join(shapes)}</g>{"".join(marks)}'
    return clip + ticks + body


def _same_colour(colour: Ints) -> list[tuple[int, int]]:
    cuts = [0, *(np.flatnonzero(np.diff(colour)) + 1).tolist(), colour.size]
    return list(pairwise(cuts))


def _marks(axes: Axes, px: Floats, py: Floats, size: float) -> list[str]:
    """A ring where the beam comes on, a cross where it goes off, inside the frame."""
    marks = []
    for node, mark in ((0, start_mark), (-1, stop_mark)):
        x, y = float(px[node]), float(py[node])
        if axes.left <= x <= axes.right and axes.top <= y <= axes.bottom:
            marks.append(mark(x, y, size if mark is start_mark else 0.9 * size))
    return marks
