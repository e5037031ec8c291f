"""Pictures of the machine program as read back: the surface of a round part laid flat."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reclad.record._display import number, quantity
from reclad.record._svg import WIDTH, Axes, circle, line, mix, num, path, rect, svg, text, trace
from reclad.record.views import BackplotView, Floats, Ints
from reclad.record.words import say

BINS = 16  # power colours
POWER_RAMP = ((137, 190, 203), (11, 96, 117), (6, 28, 38))
TURN = 2 * math.pi


@dataclass(frozen=True, eq=False)
class Run:
    """Consecutive blocks of one kind: beam on, or a coordinated move with the beam off."""

    nodes: Ints  # node numbers, first to last
    lit: bool
    layer: int


def power_range(view: BackplotView) -> tuple[float, float]:
    """Lowest and highest power with the beam on, W; (0, 0) for a program that never lights."""
    lit = view.power[view.power > 0]
    return (float(lit.min()), float(lit.max())) if lit.size else (0.0, 0.0)


def power_bins(view: BackplotView) -> Ints:
    """Colour number of each block, 0..BINS-1."""
    low, high = power_range(view)
    if high - low < 1e-3 * max(high, 1.0):
        return np.full(view.power.size, BINS // 2, dtype=np.int64)
    share = np.clip((view.power - low) / (high - low), 0.0, 1.0)
    return np.minimum((share * BINS).astype(np.int64), BINS - 1)


def bin_colour(index: int) -> str:
    """Colour of one power bin."""
    return mix(index / (BINS - 1), POWER_RAMP)


def find_runs(view: BackplotView) -> Iterator[Run]:
    """All moves at cladding speed, cut where the beam switches, the layer changes or G0 comes."""
    lit = view.power > 0
    key = np.where(view.rapid, -1, view.layer * 2 + lit)
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1, [key.size]])
    for first, after in pairwise(cuts):
        if key[first] >= 0:
            nodes = np.arange(first, after + 1)
            yield Run(nodes, bool(lit[first]), int(view.layer[first]))


def draw_unrolled(view: BackplotView) -> str:
    """Each layer's surface laid flat: position against angle, coloured by power; ends enlarged."""
    lit_nodes = np.concatenate([[False], view.power > 0]) | np.concatenate(
        [view.power > 0, [False]]
    )
    x = view.x[lit_nodes] * 1e3
    span = (float(x.min()), float(x.max())) if x.size else (0.0, 1.0)
    air = max(0.02 * (span[1] - span[0]), 1.0)
    layers = sorted({run.layer for run in find_runs(view) if run.lit}) or [1]
    close = min(12.0, span[1] - span[0] + 4.0)
    parts, top = [], 24.0
    for layer in layers:
        axes = Axes(70, top, 690, 210, (span[0] - air, span[1] + air), (0, 360))
        title = say("Layer {number}, whole surface", number=str(layer))
        parts += [text(axes.left, top - 9, title, "head"), _flat(axes, view, layer, f"u{layer}")]
        top += 290
    for i, start in enumerate((span[0] - 3.0, span[1] + 3.0 - close)):
        axes = Axes(70 + 370 * i, top, 320, 190, (start, start + close), (0, 360))
        title = say("Left end, enlarged") if i == 0 else say("Right end, enlarged")
        parts += [text(axes.left, top - 9, title, "head")]
        parts += [_flat(axes, view, layers[0], f"e{i}", 4.0, i == 0)]
    parts += [power_key(view, 24.0), line_key(top + 250)]
    return svg(WIDTH, top + 262, *parts, style="figure tall")


def _flat(
    axes: Axes, view: BackplotView, layer: int, name: str, wide: float = 1.5, scale: bool = True
) -> str:
    """One unrolled plot of one layer, cut to its frame."""
    bins = power_bins(view)
    by_colour: dict[int, list[str]] = {}
    dashed: list[str] = []
    marks: list[str] = []
    for run in find_runs(view):
        if run.layer != layer:
            continue
        for index, px, py in _pieces(axes, view, run, bins):
            if px.max() < axes.left - 20 or px.min() > axes.right + 20:
                continue
            (by_colour.setdefault(index, []) if run.lit else dashed).append(trace(px, py))
        if run.lit:
            marks += _end_marks(axes, view, run)
    shapes = [path("".join(dashed), "lead")] if dashed else []
    shapes += [
        f'<path class="weld" stroke="{bin_colour(i)}" stroke-width="{wide}" d="{"".join(ds)}"/>'
        for i, ds in sorted(by_colour.items())
    ]
    clip = (
        f'<clipPath id="{name}">{rect(axes.left, axes.top, axes.width, axes.height, "")}</clipPath>'
    )
    body = f'<g clip-path="url(#{name})">{"".join(shapes)}</g>{"".join(marks)}'
    ticks = axes.frame(say("Position along the part (mm)"))
    return clip + ticks + _angle_ticks(axes, scale) + body


def _angle_ticks(axes: Axes, scale: bool) -> str:
    parts = []
    for degrees in (0, 90, 180, 270, 360):
        y = axes.py(degrees)
        parts.append(line(axes.left, y, axes.right, y, "grid"))
        if scale:
            parts.append(text(axes.left - 8, y + 4, str(degrees), "tick", "end"))
    if scale:
        middle = axes.top + axes.height / 2
        parts.append(text(axes.left - 46, middle, say("Angle (°)"), "axis", "middle", turned=True))
    return "".join(parts)


def _pieces(
    axes: Axes, view: BackplotView, run: Run, bins: Ints
) -> Iterator[tuple[int, Floats, Floats]]:
    """The run cut at every full turn and colour change: colour number, pixels x and y."""
    turns, x = view.a[run.nodes] / TURN, view.x[run.nodes] * 1e3
    colour = bins[run.nodes[:-1]]
    if turns[-1] < turns[0]:
        turns, x, colour = turns[::-1], x[::-1], colour[::-1]
    if np.all(np.diff(turns) >= 0) and turns[-1] > turns[0]:
        whole = np.arange(math.floor(turns[0]) + 1, math.ceil(turns[-1]))
        fine = np.unique(np.concatenate([turns, whole]))
        at = np.clip(np.searchsorted(turns, fine[:-1], side="right") - 1, 0, colour.size - 1)
        x, turns, colour = np.interp(fine, turns, x), fine, colour[at]
    which = np.floor((turns[:-1] + turns[1:]) / 2)
    cuts = np.flatnonzero((np.diff(which) != 0) | (np.diff(colour) != 0)) + 1
    for first, after in pairwise([0, *cuts.tolist(), colour.size]):
        part = slice(first, after + 1)
        angle = (turns[part] - which[first]) * 360
        yield int(colour[first]), axes.pxs(x[part]), axes.pys(angle)


def _end_marks(axes: Axes, view: BackplotView, run: Run) -> list[str]:
    """A ring where the beam comes on, a cross where it goes off."""
    first, last = run.nodes[0], run.nodes[-1]
    marks = []
    for node, start in ((first, True), (last, False)):
        x = axes.px(float(view.x[node]) * 1e3)
        y = axes.py(math.degrees(float(view.a[node])) % 360)
        if axes.left - 6 <= x <= axes.right + 6:
            marks.append(start_mark(x, y) if start else stop_mark(x, y))
    return marks


def start_mark(x: float, y: float, radius: float = 5.0) -> str:
    """Where the beam comes on: a ring."""
    return circle(x, y, radius, "beam-on")


def stop_mark(x: float, y: float, reach: float = 4.5) -> str:
    """Where the beam goes off: a cross."""
    wide = num(2 * reach)
    cross = f"M{num(x - reach)} {num(y - reach)}l{wide} {wide}m-{wide} 0l{wide} -{wide}"
    return path(cross, "halo") + path(cross, "beam-off")


def power_key(view: BackplotView, top: float) -> str:
    """Colour bar of the laser power, on the right."""
    left, tall = 782.0, 150.0
    low, high = power_range(view)
    parts = [text(left - 2, top - 9, say("Power"), "head")]
    if high - low < 1e-3 * max(high, 1.0):
        parts.append(rect(left, top, 14, 14, "cell", bin_colour(BINS // 2)))
        return "".join(parts) + text(left + 20, top + 11.5, quantity(high, "W"), "tick")
    for i in range(BINS):
        y = top + tall * (1 - (i + 1) / BINS)
        parts.append(rect(left, y, 14, tall / BINS + 0.3, "cell", bin_colour(i)))
    parts.append(text(left + 20, top + 10, f"{number(high, 0)}\N{NO-BREAK SPACE}W", "tick"))
    parts.append(text(left + 20, top + tall, f"{number(low, 0)}\N{NO-BREAK SPACE}W", "tick"))
    return "".join(parts)


def line_key(y: float) -> str:
    """What rings, crosses and dashes mean."""
    return (
        start_mark(80, y - 4) + text(94, y, say("beam on"), "tx")
        + stop_mark(240, y - 4) + text(254, y, say("beam off"), "tx")
        + line(395, y - 4, 425, y - 4, "lead") + text(434, y, say("lead-in, lead-out (no beam)"),
                                                     "tx")
    )  # fmt: skip
