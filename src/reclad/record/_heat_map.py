"""The part's surface laid flat at a few moments, its temperature in steps of one colour scale."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from reclad.record._display import NARROW, duration, number
from reclad.record._heat_views import SurfaceView
from reclad.record._svg import WIDTH, Axes, circle, mix, nice_ticks, num, rect, svg, text, thin
from reclad.record.views import Floats
from reclad.record.words import Words, say
from reclad.units import to_unit

# Ever darker, so that it reads in grey and to the colour-blind.
HEAT_RAMP = ((255, 250, 240), (248, 214, 154), (228, 146, 78), (170, 70, 40), (70, 18, 26))
_STEPS = 14
_WIDE, _TALL = 336.0, 160.0
_LEFTS = (70.0, 494.0)
# Hatched: a plain grey would be a temperature to whoever prints without colour.
_NO_METAL = "url(#no-metal)"
_HATCH = (
    '<pattern id="no-metal" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<path class="hair" d="M0 7L7 0"/></pattern>'
)


def draw_surface(view: SurfaceView, flat: bool) -> str:
    """Maps of the surface temperature, two a row, the beam as a ring; the scale above them."""
    celsius = to_unit(view.kelvin, "degC")
    edges, decimals, open_top = heat_steps(celsius)
    parts = [_HATCH, _key(edges, decimals, open_top)]
    top = 92.0
    for i, (name, time) in enumerate(zip(view.names, view.time, strict=True)):
        axes = Axes(_LEFTS[i % 2], top, _WIDE, _TALL, *_ranges(view, flat))
        when = duration(max(0.0, float(time)))
        title = Words(f"{name.en}, {when.en}", f"{name.zh}，{when.zh}")
        last = i + 2 >= len(view.names)
        across = say("Across, Y (mm)") if flat else say("Angle (°)")
        along = say("Along, X (mm)") if flat else say("Position along the part (mm)")
        parts += [text(axes.left, top - 9, title, "head")]
        parts += [axes.frame(along if last else "", across if i % 2 == 0 else "", 6)]
        parts += [_map(axes, view, celsius[i], edges, flat)]
        parts += [rect(axes.left, top, _WIDE, _TALL, "frame")]
        parts += _beam(axes, view.beam[i], flat)
        top += (_TALL + 44.0) * (i % 2)
    rows = (len(view.names) + 1) // 2
    return svg(WIDTH, 92.0 + rows * (_TALL + 44.0) + 8.0, *parts, style="figure tall")


def heat_steps(celsius: Floats) -> tuple[list[float], int, bool]:
    """Edges (degC) of the colour steps over all moments, their decimals, and whether the last step
    is open: a beam's own spot far hotter than the part would leave the part one colour."""
    known = celsius[np.isfinite(celsius)]
    low, high = float(known.min()), float(known.max())
    most = float(np.quantile(known, 0.998))
    open_top = high - low > 2.0 * (most - low) > 0.0
    top = most if open_top else high
    if top - low < 1.0:
        low, top = low - 0.5, low + 0.5
    ticks, decimals = nice_ticks(low, top, _STEPS)
    step = ticks[1] - ticks[0]
    first = ticks[0] if ticks[0] <= low + 1e-9 else ticks[0] - step
    edges = [first + step * i for i in range(round((ticks[-1] - first) / step) + 1)]
    if edges[-1] < top - 1e-9 and not open_top:
        edges.append(edges[-1] + step)
    return edges, decimals, open_top


def _ranges(view: SurfaceView, flat: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """What the axes show: mm along, and degrees round or mm across."""
    x1, x2, y1, y2 = view.reach
    shown = to_unit(np.array([y1, y2]), "mm" if flat else "deg")
    return (x1 * 1e3, x2 * 1e3), (float(shown[0]), float(shown[1]))


def _map(axes: Axes, view: SurfaceView, celsius: Floats, edges: list[float], flat: bool) -> str:
    """Filled steps, each drawn over the colder ones, between the middles of the cells."""
    import contourpy

    x, y, values = _to_the_edges(view, celsius, flat)
    px, py = axes.pxs(to_unit(x, "mm")), axes.pys(to_unit(y, "mm" if flat else "deg"))
    maker = contourpy.contour_generator(
        px, py, np.ma.masked_invalid(values), fill_type=contourpy.FillType.OuterOffset
    )
    parts = [rect(axes.left, axes.top, axes.width, axes.height, "cell", _NO_METAL)]
    above = float(np.nanmax(values)) + 1.0
    steps = len(edges) - 1
    for i, low in enumerate([-1e4, *edges[1:-1]]):
        if low >= above:
            continue
        filled: Any = maker.filled(low, above)  # outlines, and where each one's holes begin
        d = "".join(
            _loop(points[a:b])
            for points, cuts in zip(*filled, strict=True)
            for a, b in pairwise(cuts)
        )
        if d:
            fill = mix(i / max(1, steps - 1), HEAT_RAMP)
            parts.append(f'<path class="step" fill="{fill}" fill-rule="evenodd" d="{d}"/>')
    return "".join(parts)


def _loop(points: Floats) -> str:
    px, py = thin(points[:, 0], points[:, 1], 0.25)
    if px.size < 3:
        return ""
    return "M" + "L".join(f"{num(a)} {num(b)}" for a, b in zip(px, py, strict=True)) + "Z"


def _to_the_edges(view: SurfaceView, celsius: Floats, flat: bool) -> tuple[Floats, Floats, Floats]:
    """The middles with the ends of the surface added: the nearest cell's value there, round a
    part that of both neighbours across the cut."""
    x1, x2, y1, y2 = view.reach
    values = np.pad(celsius, 1, mode="edge")
    if not flat:
        seam = (celsius[0] + celsius[-1]) / 2
        seam = np.where(np.isfinite(seam), seam, celsius[0])
        values[[0, -1], 1:-1] = seam
        values[[0, -1], 0], values[[0, -1], -1] = seam[0], seam[-1]
    return np.array([x1, *view.x, x2]), np.array([y1, *view.y, y2]), values


def _beam(axes: Axes, beam: tuple[float, float] | None, flat: bool) -> list[str]:
    if beam is None:
        return []
    y = to_unit(beam[1], "mm" if flat else "deg")
    return [_ring(axes.px(beam[0] * 1e3), axes.py(y))]


def _ring(x: float, y: float) -> str:
    return circle(x, y, 5.0, "beam-edge") + circle(x, y, 5.0, "beam-ring")


def _key(edges: list[float], decimals: int, open_top: bool) -> str:
    """The scale: one field a step, its temperatures beneath."""
    left, top, steps = 70.0, 22.0, len(edges) - 1
    wide = 430.0 / steps
    parts = [text(left, 14, say("Surface temperature (°C)"), "head")]
    for i in range(steps):
        fill = mix(i / max(1, steps - 1), HEAT_RAMP)
        parts.append(rect(left + wide * i, top, wide + 0.3, 14, "cell", fill))
    parts.append(rect(left, top, wide * steps, 14, "frame"))
    for i, edge in enumerate(edges):
        if open_top and i == steps:
            continue
        more = f"≥{NARROW}" if open_top and i == steps - 1 else ""
        label = more + number(edge, decimals)
        parts.append(text(left + wide * i, top + 30, label, "tick", "middle"))
    parts.append(_ring(left + 470, top + 7))
    parts.append(text(left + 484, top + 12, say("beam"), "tx"))
    parts.append(rect(left + 574, top + 1, 13, 13, "swatch", _NO_METAL))
    parts.append(text(left + 596, top + 12, say("no metal"), "tx"))
    return "".join(parts)
