"""The process window: the chance that all limits hold, over power and feed rate."""

from __future__ import annotations

import math

import numpy as np

from reclad.record._display import HARD
from reclad.record._svg import (
    WIDTH,
    Axes,
    circle,
    line,
    mix,
    num,
    path,
    rect,
    svg,
    text,
    trace,
)
from reclad.record.views import Floats, WindowView
from reclad.record.words import Words, say
from reclad.units import to_unit

LegendLine = tuple[str, Words, Words | None]  # tag, limit, why it has no line
Curve = tuple[Floats, Floats]  # pixels
CHANCE_RAMP = ((255, 255, 255), (163, 206, 215), (11, 96, 117))


def draw_window(view: WindowView) -> str:
    """Heat cells of the chance, the 50 % line of each limit, proposed and free choice marked."""
    power = to_unit(view.power, "W")
    feed = to_unit(view.feed_rate, "g/min")
    marks = [_shown_point(p) for p in (view.chosen, view.free) if p is not None]
    x_edges, y_edges = _edges(power), _edges(feed)
    axes = Axes(
        70,
        16,
        430,
        380,
        _reach(x_edges, [x for x, _ in marks]),
        _reach(y_edges, [y for _, y in marks]),
    )
    lines, legend = _contours(axes, power, feed, view, marks)
    top = _darkest(view.probability)
    key, reach = _key(legend, top, with_free=view.free is not None)
    parts = [
        axes.frame(say("Laser power (W)"), say("Feed rate (g/min)"), 8),
        _cells(axes, x_edges, y_edges, view.probability / top),
        lines,
        _mark_chosen(axes.px(marks[0][0]), axes.py(marks[0][1])),
        *([] if view.free is None else [_mark_free(axes.px(marks[1][0]), axes.py(marks[1][1]))]),
        key,
    ]
    return svg(WIDTH, max(446.0, reach + 12), *parts)


def _darkest(chances: Floats) -> float:
    """The chance drawn darkest: the highest met, rounded up to a tenth, so that a window of low
    chances can still be seen; the colour bar says which."""
    return max(0.1, math.ceil(float(chances.max()) * 10 - 1e-9) / 10)


def _shown_point(point: tuple[float, float]) -> tuple[float, float]:
    return to_unit(point[0], "W"), to_unit(point[1], "g/min")


def _reach(edges: Floats, marks: list[float]) -> tuple[float, float]:
    """The range of the map, widened so that a mark outside it is not cut."""
    low, high = float(edges[0]), float(edges[-1])
    air = 0.04 * (high - low)
    return min(low, *(m - air for m in marks if m < low), low), max(
        high, *(m + air for m in marks if m > high), high
    )


def _edges(centres: Floats) -> Floats:
    """Cell edges half way between the grid values."""
    middle = (centres[1:] + centres[:-1]) / 2
    first, last = 2 * centres[0] - middle[0], 2 * centres[-1] - middle[-1]
    return np.concatenate([[first], middle, [last]])


def _cells(axes: Axes, x_edges: Floats, y_edges: Floats, shades: Floats) -> str:
    px, py = axes.pxs(x_edges), axes.pys(y_edges)
    cells = []
    for row, values in enumerate(shades):
        for column, value in enumerate(values):
            wide, tall = px[column + 1] - px[column], py[row] - py[row + 1]
            fill = mix(float(value), CHANCE_RAMP)
            cells.append(rect(px[column], py[row + 1], wide + 0.3, tall + 0.3, "cell", fill))
    return "".join(cells) + rect(axes.left, axes.top, axes.width, axes.height, "frame")


def _contours(
    axes: Axes, power: Floats, feed: Floats, view: WindowView, marks: list[tuple[float, float]]
) -> tuple[str, list[LegendLine]]:
    """The 50 % lines with numbered tags, and what each number means."""
    import contourpy

    taken = [(axes.px(x), axes.py(y)) for x, y in marks]
    drawn: list[str] = []
    tags: list[str] = []
    legend: list[LegendLine] = []
    curves: list[list[Curve]] = []
    for _, grid in view.limits:
        maker = contourpy.contour_generator(axes.pxs(power), axes.pys(feed), grid)
        corners = [np.asarray(curve) for curve in maker.lines(0.5)]
        curves.append([(c[:, 0], c[:, 1]) for c in corners if len(c) > 1])
    for index, (name, grid) in enumerate(view.limits):
        tag = str(index + 1)
        if not curves[index]:
            above, below = say("above 50 % everywhere"), say("below 50 % everywhere")
            legend.append((tag, name, above if grid.min() > 0.5 else below))
            continue
        legend.append((tag, name, None))
        for px, py in curves[index]:
            d = trace(px, py)
            drawn.append(path(d, "halo") + path(d, f"contour c{index % 4}"))
        others = [c for i, group in enumerate(curves) if i != index for c in group]
        spot = free_spot(axes, curves[index], others, taken)
        taken.append(spot)
        tags.append(circle(*spot, 8.5, "tag") + text(spot[0], spot[1] + 4, tag, "tag-no", "middle"))
    return "".join(drawn + tags), legend


def free_spot(
    axes: Axes, curves: list[Curve], others: list[Curve], taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """The place on a curve farthest from marks, other curves and the edge."""
    x, y = (_dense(curves, i) for i in (0, 1))
    room = np.minimum.reduce([x - axes.left, axes.right - x, y - axes.top, axes.bottom - y])
    far = [np.hypot(x - tx, y - ty) for tx, ty in taken]
    if others:
        ox, oy = (np.concatenate([curve[i] for curve in others]) for i in (0, 1))
        far.append(1.5 * np.hypot(x[:, None] - ox, y[:, None] - oy).min(axis=1))
    best = int(np.argmax(np.minimum.reduce([1.5 * room, *far])))
    return float(x[best]), float(y[best])


def _dense(curves: list[Curve], axis: int) -> Floats:
    """One coordinate of the curves at ten places per corner, so that gaps between corners count."""
    parts = []
    for curve in curves:
        at = np.linspace(0, curve[axis].size - 1, 10 * curve[axis].size)
        parts.append(np.interp(at, np.arange(curve[axis].size), curve[axis]))
    return np.concatenate(parts)


def _mark_chosen(x: float, y: float) -> str:
    return circle(x, y, 8, "chosen") + circle(x, y, 3, "chosen-core")


def _mark_free(x: float, y: float) -> str:
    return path(f"M{num(x)} {num(y - 9)}l9 9l-9 9l-9 -9Z", "free-mark")


def _key(legend: list[LegendLine], darkest: float, *, with_free: bool) -> tuple[str, float]:
    """Colour bar, marks and numbered limits, right of the plot; and how far down they reach."""
    left, top = 536.0, 34.0
    parts = [text(left, top - 8, say("Chance that all limits hold"), "head")]
    steps = 50
    for i in range(steps):
        fill = mix((i + 0.5) / steps, CHANCE_RAMP)
        parts.append(rect(left + 240 * i / steps, top, 240 / steps + 0.3, 14, "cell", fill))
    parts.append(rect(left, top, 240, 14, "frame"))
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        label = f"{100 * share * darkest:.0f}{HARD}%"
        parts.append(text(left + 240 * share, top + 30, label, "tick", anchor))
    y = top + 68
    parts.append(_mark_chosen(left + 9, y - 4) + text(left + 28, y, say("proposed"), "tx"))
    if with_free:
        y += 26
        parts.append(_mark_free(left + 9, y - 4) + text(left + 28, y, say("free choice"), "tx"))
    y += 40
    parts.append(text(left, y, say("Where one limit holds in half the cases"), "head"))
    for index, (tag, words, note) in enumerate(legend):
        y += 25
        parts.append(circle(left + 9, y - 4, 8.5, "tag"))
        parts.append(text(left + 9, y, tag, "tag-no", "middle"))
        parts.append(text(left + 56, y, words, "tx"))
        if note is None:
            parts.append(line(left + 22, y - 4, left + 46, y - 4, f"contour c{index % 4}"))
        else:
            y += 17
            parts.append(text(left + 56, y, note, "tx soft"))
    return "".join(parts), y
