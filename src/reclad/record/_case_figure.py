"""The picture of a heat case: temperatures over time, and the melt pool under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.record._svg import (
    LINE,
    WIDTH,
    Axes,
    circle,
    padded,
    path,
    rect,
    spread,
    svg,
    text,
    trace,
)
from reclad.record.words import Words, say
from reclad.units import to_unit

if TYPE_CHECKING:
    from reclad.heat.conduction import CaseResult
    from reclad.record.views import Floats

Curve = tuple[Words, "Floats"]

_COLOURS = ("#1d2733", "#0b6075", "#b4531f", "#7b3294", "#4d7c0f", "#b8860b", "#5a6773")
_MOST_CURVES = 7
_FEW = 40  # times up to which each is marked: between them nothing was computed
_STYLE = (
    "text{font:13px sans-serif;fill:#1d2733}.grid{stroke:#d3d9de}.rule{stroke:#1d2733}"
    ".curve{fill:none;stroke-width:1.6}.paper{fill:#fff}"
) + "".join(f".c{number}{{fill:{colour}}}" for number, colour in enumerate(_COLOURS))


def draw_case(result: CaseResult) -> str:
    """The hottest spot and the first points over time, and below them the pool's size, as one SVG
    that stands alone; both languages side by side."""
    curves: list[Curve] = [(say("hottest of the surface"), to_unit(result.peak, "degC"))]
    curves += [
        (say("point {number}", number=str(n + 1)), to_unit(values, "degC"))
        for n, values in enumerate(result.temperature[: _MOST_CURVES - 1])
    ]
    pool: list[Curve] = [
        (say(f"pool {name}"), to_unit(np.array([getattr(p, name) for p in result.pools]), "mm"))
        for name in ("length", "width", "depth")
        if result.pools
    ]
    panels = [(say("Temperature (°C)"), curves)] + ([(say("Melt pool (mm)"), pool)] if pool else [])
    parts, top = [], 20.0
    ends = (float(result.time[0]), float(result.time[-1]))
    for number, (label, drawn) in enumerate(panels, start=1):
        axes = Axes(76.0, top, WIDTH - 310.0, 220.0, ends, padded(*(v for _, v in drawn)))
        below = _both(say("Time (s)")) if number == len(panels) else ""
        parts += [axes.frame(below, _both(label)), *_draw(axes, result.time, drawn)]
        top += 220.0 + 30.0
    tall = top + 24.0
    paper = f"<style>{_STYLE}</style>" + rect(0, 0, WIDTH, tall, "paper")
    return svg(WIDTH, tall, paper, *parts)


def _both(words: Words) -> str:
    return f"{words.en} {words.zh}"


def _draw(axes: Axes, time: Floats, curves: list[Curve]) -> list[str]:
    parts = []
    heights = spread([axes.py(float(values[-1])) for _, values in curves], LINE, 12.0)
    for number, ((words, values), height) in enumerate(zip(curves, heights, strict=True)):
        px, py = axes.pxs(time), axes.pys(values)
        if time.size > 1:
            parts.append(path(trace(px, py), "curve", _COLOURS[number]))
        if time.size <= _FEW:
            parts += [
                circle(float(x), float(y), 2.2, f"c{number}") for x, y in zip(px, py, strict=True)
            ]
        parts.append(text(axes.right + 12, height + 4, _both(words), f"c{number}"))
    return parts
