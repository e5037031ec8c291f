"""The report's figures: numbers and arrays in, one <svg> string out; nothing is read or kept."""

from __future__ import annotations

import numpy as np

from reclad.record._display import HARD, quantity, shown
from reclad.record._sketch import dimension
from reclad.record._svg import (
    LINE,
    WIDTH,
    Axes,
    line,
    padded,
    path,
    rect,
    spread,
    svg,
    text,
)
from reclad.record.views import (
    BudgetView,
    ExpectationRow,
    Floats,
    HeatView,
    LengthView,
    LimitRow,
    SectionView,
)
from reclad.record.words import Words, say

Label = tuple[float, Words, str]  # wanted height px, text, class


def _labels(x: float, wanted: list[Label], from_x: float) -> str:
    """Names beside the right end of curves, kept apart, joined to their curve by a hair line."""
    heights = spread([y for y, _, _ in wanted], top=10.0)
    parts = []
    for height, (y, words, style) in zip(heights, wanted, strict=True):
        if abs(height - y) > 2:
            parts.append(line(from_x + 1, y, x - 4, height, "hair"))
        parts.append(text(x, height + 4, words, style))
    return "".join(parts)


def draw_interval(row: ExpectationRow) -> str:
    """A small bar: 5 % to 95 % with the middle marked, the side beyond a limit shaded."""
    width, height, middle = 190.0, 22.0, 11.0
    e = row.estimate
    bounds = [b for b in (row.at_least, row.at_most) if b is not None]
    axes = Axes(4, 3, width - 8, height - 6, padded(np.array([e.low, e.high, *bounds])), (0, 1))
    parts = [line(axes.left, middle, axes.right, middle, "grid")]
    if row.at_most is not None:
        x = axes.px(row.at_most)
        parts.append(rect(x, axes.top, axes.right - x, axes.height, "beyond"))
        parts.append(line(x, 1, x, height - 1, "limit"))
    if row.at_least is not None:
        x = axes.px(row.at_least)
        parts.append(rect(axes.left, axes.top, x - axes.left, axes.height, "beyond"))
        parts.append(line(x, 1, x, height - 1, "limit"))
    low, mid, high = (axes.px(v) for v in (e.low, e.mid, e.high))
    parts.append(rect(low, middle - 4, max(high - low, 1.0), 8, "range"))
    parts.append(line(mid, middle - 6, mid, middle + 6, "mid"))
    return svg(width, height, *parts, style="mini")


def draw_chance(row: LimitRow, asked: float) -> str:
    """A bar of the chance that a limit holds; the asked chance and the free choice marked."""
    width, height = 320.0, 24.0
    axes = Axes(7, 5, width - 14, height - 10, (0.0, 1.0), (0.0, 1.0))
    short = row.probability < asked
    parts = [
        rect(axes.left, axes.top, axes.width, axes.height, "trough"),
        rect(axes.left, axes.top, axes.width * row.probability, axes.height,
             "short" if short else "held"),
        line(axes.px(asked), 0, axes.px(asked), height, "asked-edge"),
        line(axes.px(asked), 0, axes.px(asked), height, "asked"),
    ]  # fmt: skip
    if row.free_probability is not None:
        x = axes.px(row.free_probability)
        diamond = f"M{x:.1f} {height / 2 - 5}l5 5l-5 5l-5 -5Z"
        parts.append(path(diamond, "free-mark"))
    return svg(width, height, *parts, style="mini")


def draw_section(view: SectionView) -> str:
    """One bead, and the clad it builds, to one scale in both directions, with a scale bar."""
    gap, margin, strip = 44.0, 146.0, 34.0
    wide_bead, wide_clad = np.ptp(view.bead_y), np.ptp(view.clad_y)
    scale = (WIDTH - 20 - gap - margin) / float(wide_bead + wide_clad)
    target = view.finished + view.allowance
    high = max(float(view.clad_top.max()), float(view.bead_top.max()), target) + 6 / scale
    low = min(float(view.clad_fusion.min()), float(view.bead_fusion.min())) - strip / scale
    tall, top = scale * (high - low), 34.0
    range_y = (low, high)
    bead = Axes(10, top, scale * float(wide_bead), tall, _ends(view.bead_y), range_y)
    left = bead.right + gap
    clad = Axes(left, top, scale * float(wide_clad), tall, _ends(view.clad_y), range_y)
    levels: list[Label] = [
        (clad.py(target), say("to be laid at least"), "tx"),
        (clad.py(view.finished), say("finished size"), "tx accent"),
        (clad.py(0.0), say("worn surface"), "tx"),
    ]
    bar = scale * 1e-3
    parts = [
        text(bead.left, 16, say("One bead"), "head"),
        text(clad.left, 16, say("Beads side by side, as clad"), "head"),
        _metal(bead, view.bead_y, view.bead_top, view.bead_fusion),
        _metal(clad, view.clad_y, view.clad_top, view.clad_fusion),
        clad.level(view.finished, "finished"),
        clad.level(target, "target"),
        _labels(clad.right + 12, levels, clad.right),
        dimension(clad.px(0.0), clad.px(view.pitch), clad.bottom - 9,
                   quantity(view.pitch, "mm")),
        dimension(bead.left + 6, bead.left + 6 + bar, bead.bottom - 9, "1\N{NO-BREAK SPACE}mm"),
    ]  # fmt: skip
    return svg(WIDTH, top + tall + 8, *parts)


def _ends(values: Floats) -> tuple[float, float]:
    return float(values[0]), float(values[-1])


def _metal(axes: Axes, y: Floats, top: Floats, fusion: Floats) -> str:
    """Parent metal, melted parent metal, laid metal; ghost outlines of the 5 % and 95 % draws."""
    ground = np.zeros_like(y)
    parts = [
        rect(axes.left, axes.py(0.0), axes.width, axes.bottom - axes.py(0.0), "body"),
        axes.band(y, ground, top[1], "laid"),
        axes.band(y, fusion[1], ground, "melted"),
        axes.level(0.0, "surface"),
    ]
    for row, style in ((0, "ghost"), (2, "ghost"), (1, "outline")):
        parts.append(axes.line(y, top[row], style))
        parts.append(axes.line(y, fusion[row], style))
    return "".join(parts)


def draw_length(view: LengthView, flat: bool = False) -> str:
    """Worn, finished and aimed radius along the part, and the band the clad is expected in; of a
    `flat` part the height of its surface."""
    mm = 1e3
    x = view.axial * mm
    worn, finished, target, clad = (
        v * mm for v in (view.worn, view.finished, view.target, view.clad)
    )
    ends = (float(x[0]), float(x[-1]))
    height = say("Height above the underside (mm)") if flat else say("Radius (mm)")
    axes = Axes(70, 16, WIDTH - 265, 280, ends, padded(worn, finished, target, clad))
    names: list[Label] = [
        (axes.py(clad[1, -1]), say("expected clad (5–95 %)"), "tx"),
        (axes.py(target[-1]), say("to be laid at least"), "tx"),
        (axes.py(finished[-1]), say("finished size"), "tx accent"),
        (axes.py(worn[-1]), say("worn surface"), "tx"),
    ]
    return svg(
        WIDTH,
        345,
        axes.frame(say("Position along the part (mm)"), height, 8),
        axes.band(x, worn, finished, "to-fill"),
        axes.band(x, clad[0], clad[2], "range"),
        axes.line(x, clad[1], "mid"),
        axes.line(x, target, "target"),
        axes.line(x, finished, "finished"),
        axes.line(x, worn, "outline"),
        _labels(axes.right + 14, names, axes.right),
    )


def draw_heat(view: HeatView, flat: bool = False) -> str:
    """Inter-pass temperature with its band, above the laser power that keeps it there."""
    long = float(view.time[-1]) >= 3600.0
    passed = view.time / (3600.0 if long else 60.0)
    name = "Time from the first lit block (h)" if long else "Time from the first lit block (min)"
    celsius = np.asarray(view.interpass) - 273.15
    ends = (0.0, float(passed[-1]))
    width = WIDTH - 265
    shows: list[Floats | float] = [celsius]
    shows += [] if view.constant is None else [view.constant - 273.15]
    shows += [k - 273.15 for k in (view.limit, view.preheat) if k is not None]
    above = Axes(70, 44, width, 230, ends, padded(*shows))
    powers: list[Floats | float] = [view.power]
    powers += [] if view.constant_power is None else [view.constant_power]
    below = Axes(70, 306, width, 120, ends, padded(*powers, share=0.15))
    return svg(
        WIDTH,
        476,
        _position_ticks(above, passed, view.axial, flat),
        above.frame("", say("Inter-pass temperature (°C)")),
        _heat_curves(above, passed, celsius, view),
        below.frame(say(name), say("Laser power (W)"), 8),
        _power_curves(below, passed, view),
    )


def _power_curves(axes: Axes, passed: Floats, view: HeatView) -> str:
    parts = [axes.line(passed, view.power, "mid")]
    names: list[Label] = [(axes.py(float(view.power[-1])), say("as programmed"), "tx")]
    if view.constant_power is not None:
        parts.append(axes.level(view.constant_power, "compare"))
        words = say("constant {value}", value=quantity(view.constant_power, "W"))
        names.append((axes.py(view.constant_power), words, "tx soft"))
    return "".join(parts) + _labels(axes.right + 14, names, axes.right)


def _heat_curves(axes: Axes, passed: Floats, celsius: Floats, view: HeatView) -> str:
    parts = [axes.band(passed, celsius[0], celsius[2], "range")]
    names: list[Label] = [(axes.py(celsius[1, -1]), say("expected (5–95 %)"), "tx")]
    if view.constant is not None:
        parts.append(axes.line(passed, view.constant - 273.15, "compare"))
        at = axes.py(float(view.constant[-1]) - 273.15)
        names.append((at, say("with constant power"), "tx soft"))
    parts.append(axes.line(passed, celsius[1], "mid"))
    for kelvin, name in ((view.limit, "highest allowed"), (view.preheat, "preheat asked")):
        if kelvin is not None:
            parts.append(axes.level(kelvin - 273.15, "limit"))
            words = say("{name} {value}", name=say(name), value=quantity(kelvin, "degC"))
            names.append((axes.py(kelvin - 273.15), words, "tx warn"))
    return "".join(parts) + _labels(axes.right + 14, names, axes.right)


def _position_ticks(axes: Axes, passed: Floats, axial: Floats, flat: bool) -> str:
    """The nozzle's position at round times, above the plot: along a round part, across a plate."""
    name = say("Nozzle position across, Y (mm)") if flat else say("Nozzle position (mm)")
    parts = [text(axes.left, axes.top - 30, name, "tick")]
    for moment in np.linspace(passed[0], passed[-1], 7):
        where = shown(float(np.interp(moment, passed, axial)), "mm")
        x = axes.px(float(moment))
        parts.append(line(x, axes.top - 5, x, axes.top, "rule"))
        parts.append(text(x, axes.top - 10, f"{where:.0f}", "tick", "middle"))
    return "".join(parts) + line(axes.left, axes.top, axes.right, axes.top, "rule")


def draw_time(budget: BudgetView) -> str:
    """Where the time goes: beam on, waits, other moves."""
    width = WIDTH
    other = max(0.0, budget.total_time - budget.laser_time - budget.wait_time)
    shares = (
        (budget.laser_time, "held", say("beam on")),
        (budget.wait_time, "short", say("waits")),
        (other, "trough", say("moves without beam")),
    )
    whole = sum(seconds for seconds, _, _ in shares) or 1.0
    parts, legend, left = [], [], 0.0
    for i, (seconds, style, name) in enumerate(shares):
        wide = width * seconds / whole
        parts.append(rect(left, 6, wide, 22, style))
        at = 280.0 * i
        legend.append(rect(at, 40, 12, 12, style))
        words = say("{name} {value}", name=name, value=f"{100 * seconds / whole:.1f}{HARD}%")
        legend.append(text(at + 18, 50.5, words, "tx"))
        left += wide
    return svg(WIDTH, 40 + LINE + 4, *parts, *legend)
