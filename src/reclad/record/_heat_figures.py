"""Pictures of the whole repair's heat: along the repair, inside, at named points, where it went."""

from __future__ import annotations

import numpy as np

from reclad.record._display import HARD, number, quantity
from reclad.record._heat_views import (
    CourseView,
    InnerView,
    LedgerView,
    PointsView,
    WholeHeatView,
)
from reclad.record._svg import (
    WIDTH,
    Axes,
    circle,
    line,
    mix,
    padded,
    rect,
    svg,
    text,
    thin,
)
from reclad.record._window import free_spot
from reclad.record.views import Floats
from reclad.record.words import Words, say
from reclad.units import to_unit

_LEFT = 76.0
_WIDE = WIDTH - _LEFT - 14.0
_PANELS = (
    ("interpass", "degC", "Part under the beam (°C)", 150.0),
    ("power", "W", "Laser power (W)", 96.0),
    ("width", "mm", "Pool width (mm)", 96.0),
    ("depth", "mm", "Pool depth (mm)", 96.0),
)
_INNER = {
    "pipe": "Hottest inner wall (°C)",
    "shaft": "Hottest at the axis (°C)",
    "plate": "Hottest underside (°C)",
}
LEDGER_RAMP = ((11, 96, 117), (98, 164, 179), (190, 218, 224), (240, 206, 180), (217, 148, 108),
               (150, 70, 34))  # fmt: skip
_TAKEN, _RELEASED = "#5a6773", "#aab3ba"


def clock(end: float) -> tuple[Words, float]:
    """The time axis that suits a repair of `end` s: its name, and the seconds of its unit."""
    return (say("Time (h)"), 3600.0) if end >= 3600.0 else (say("Time (min)"), 60.0)


def draw_along(view: WholeHeatView) -> str:
    """Part temperature, power, pool width and depth along the repair, constant power beside."""
    courses = [c for c in (view.following, view.constant) if c is not None]
    name, unit = clock(float(max(c.time[-1] for c in courses)))
    ends = (
        min(float(c.time[0]) for c in courses) / unit,
        max(float(c.time[-1]) for c in courses) / unit,
    )
    parts, top = [_which_power(view.constant is not None)], 40.0
    for quantity_, shown, label, tall in _PANELS:
        values = [to_unit(getattr(c, quantity_), shown) for c in courses]
        axes = Axes(_LEFT, top, _WIDE, tall, ends, padded(*values, share=0.08))
        last = quantity_ == _PANELS[-1][0]
        parts += [axes.frame(name if last else "", say(label), 8)]
        parts += _courses(axes, courses, values, unit)
        top += tall + 24.0
    return svg(WIDTH, top + 24.0, *parts, style="figure tall")


def _which_power(both: bool) -> str:
    """Which line is which, above the panels."""
    parts = [
        line(_LEFT, 16, _LEFT + 30, 16, "mid"),
        text(_LEFT + 38, 20.5, say("power follows the part"), "tx"),
    ]
    if both:
        parts += [
            line(_LEFT + 250, 16, _LEFT + 280, 16, "compare"),
            text(_LEFT + 288, 20.5, say("constant power"), "tx soft"),
        ]
    return "".join(parts)


def _courses(axes: Axes, courses: list[CourseView], values: list[Floats], unit: float) -> list[str]:
    """The band and the median of the course that follows, above the dashed one that does not."""
    styles = ("mid", "compare")
    times = [c.time / unit for c in courses]
    parts = [axes.band(times[0], values[0][0], values[0][2], "range")]
    drawn = zip(times, values, styles, strict=False)
    parts += [axes.line(time, rows[1], style) for time, rows, style in reversed(list(drawn))]
    return parts


def draw_inner(view: InnerView, shape: str) -> str:
    """The hottest inner wall, axis or underside while each turn or track is laid."""
    curves = [v for v in (view.following, view.constant) if v is not None]
    shown = [to_unit(v, "degC") for v in curves]
    turns = np.arange(1.0, view.following.size + 1)
    axes = Axes(_LEFT, 40, _WIDE, 150, (1.0, float(max(2, turns.size))), padded(*shown))
    label = say("Track number") if shape == "plate" else say("Turn number")
    parts = [_which_power(view.constant is not None), axes.frame(label, say(_INNER[shape]), 8)]
    for values, style in reversed(list(zip(shown, ("mid", "compare"), strict=False))):
        parts.append(axes.line(turns, values, style))
    return svg(WIDTH, 236, *parts)


def draw_points(view: PointsView) -> str:
    """Named points over time: numbered curves, and the highest temperature of each."""
    name, unit = clock(float(view.time[-1]))
    passed, celsius = view.time / unit, to_unit(view.kelvin, "degC")
    ends = (float(passed[0]), float(passed[-1]))
    tall = 260.0
    axes = Axes(_LEFT, 26, WIDTH - 350.0, tall, ends, padded(celsius))
    end = axes.px(view.end / unit)
    parts = [
        axes.frame(name, say("Temperature of the points (°C)"), 8),
        line(end, axes.top, end, axes.bottom, "target"),
        text(end, axes.top - 8, say("end of cladding"), "tick", "end"),
    ]
    curves = [thin(axes.pxs(passed), axes.pys(row)) for row in celsius]
    parts += [axes.line(passed, row, f"contour c{i % 4}") for i, row in enumerate(celsius)]
    taken: list[tuple[float, float]] = []
    left, y = axes.right + 34.0, axes.top + 6.0
    parts.append(text(left - 9, y, say("Highest temperature"), "head"))
    for i, curve in enumerate(curves):
        others = [c for k, c in enumerate(curves) if k != i]
        taken.append(free_spot(axes, [curve], others, taken))
        y += 26.0
        parts += [_tag(*taken[-1], i), _tag(left, y - 4, i)]
        parts.append(line(left + 13, y - 4, left + 37, y - 4, f"contour c{i % 4}"))
        highest = quantity(float(view.kelvin[i].max()), "degC", 3)
        parts.append(text(left + 45, y, view.names[i], "tx"))
        parts.append(text(left + 45, y + 17, highest, "tx soft"))
        y += 17.0
    return svg(WIDTH, max(axes.bottom + 50.0, y + 14.0), *parts)


def _tag(x: float, y: float, index: int) -> str:
    return circle(x, y, 8.5, "tag") + text(x, y + 4, str(index + 1), "tag-no", "middle")


def draw_ledger(view: LedgerView) -> str:
    """What the part took in, and beneath it, to the same scale, where that went; what is negative
    (a part that gives up its preheat) stands with the income."""
    released = [(words, -joules) for words, joules in view.spent if joules < 0.0]
    went = [(words, joules) for words, joules in view.spent if joules >= 0.0]
    came = [view.absorbed, *(joules for _, joules in released)]
    whole = max(sum(came), sum(joules for _, joules in went)) or 1.0
    fills = [mix(i / max(1, len(went) - 1), LEDGER_RAMP) for i in range(len(went))]
    parts = [
        text(0, 12, say("Heat taken in: {value}", value=_mega(view.absorbed)), "head"),
        _bar(came, 22.0, 14.0, whole, [_TAKEN, *(_RELEASED for _ in released)]),
        text(0, 62, say("Where it went"), "head"),
        _bar([joules for _, joules in went], 72.0, 30.0, whole, fills),
    ]
    x, y = 0.0, 102.0
    for i, (_, joules) in enumerate(went):
        wide = WIDTH * joules / whole
        parts += [_tag(x + wide / 2, 87.0, i)] if wide > 20.0 else []
        x += wide
    rows = [(words, joules, fills[i]) for i, (words, joules) in enumerate(went)]
    rows += [(words, -joules, _RELEASED) for words, joules in released]
    for i, (words, joules, fill) in enumerate(rows):
        x, y = 430.0 * (i % 2), 132.0 + 28.0 * (i // 2)
        parts += [rect(x, y - 12, 15, 15, "swatch", fill), text(x + 52, y, words, "tx")]
        parts += [_tag(x + 33, y - 4, i)] if i < len(went) else []
        parts += [text(x + 310, y, _mega(joules), "tx", "end")]
        parts += [text(x + 385, y, _share(joules, view.absorbed), "tx soft", "end")]
    return svg(WIDTH, y + 14.0, *parts)


def _bar(pieces: list[float], top: float, tall: float, whole: float, fills: list[str]) -> str:
    parts, x = [], 0.0
    for joules, fill in zip(pieces, fills, strict=True):
        wide = WIDTH * joules / whole
        if wide > 0.0:
            parts.append(rect(x, top, max(wide - 1.5, 0.5), tall, "piece", fill))
        x += wide
    return "".join(parts)


def _share(joules: float, absorbed: float) -> str:
    return f"{number(100 * joules / absorbed, 1)}{HARD}%" if absorbed > 0.0 else "–"


def _mega(joules: float) -> str:
    return quantity(joules, "MJ", 3)
