"""A small SVG plot kit: linear axes, lines, bands, cells, text in both languages.

Positions inside a figure are CSS pixels, y downwards; `Axes` maps data to them. Looks (colours,
widths, fonts) live in `templates/report.css` under the class names used here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np

from reclad.errors import RecladError
from reclad.record._display import number
from reclad.record.views import Floats
from reclad.record.words import Words

WIDTH = 860.0  # every full-width figure, so that type has one size throughout
LINE = 15.0  # least distance between two labels, px


# Of figures that stand alone in a page: what the report's style sheet gives the others.
_FONT = "13px system-ui,'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif"
_PLAIN = {
    "text": f"font:{_FONT};fill:#1d2733;font-variant-numeric:tabular-nums",
    ".paper": "fill:#fff",
    ".name": "font-size:14px;font-weight:600",
    ".soft": "fill:#5a6773",
    ".tick": "fill:#5a6773;font-size:11.5px",
    ".grid": "stroke:#e6eaed",
    ".rule": "stroke:#aab3ba",
    ".middle": "stroke:#1d2733;stroke-width:2",
    ".inner": "stroke:#fff;stroke-width:2",
}


def looks_of(figure: str, own: dict[str, str]) -> str:
    """The <style> of a figure of that class: plain looks and its own, which reach no other."""
    rules = (f".{figure} {what}{{{looks}}}" for what, looks in (_PLAIN | own).items())
    return f"<style>{''.join(rules)}</style>"


def num(value: float) -> str:
    """A coordinate with one decimal; refuses what is not finite."""
    if not math.isfinite(value):
        raise RecladError(
            f"figure coordinate {value} is not finite - a figure shows numbers only - "
            "leave the point out"
        )
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def svg(width: float, height: float, *parts: str, style: str = "figure") -> str:
    """The figure as one inline <svg> element."""
    box = f"0 0 {num(width)} {num(height)}"
    return (
        f'<svg class="{style}" viewBox="{box}" width="{num(width)}" height="{num(height)}" '
        f'role="img" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def text(
    x: float,
    y: float,
    words: Words | str,
    style: str = "tx",
    anchor: str = "start",
    turned: bool = False,
) -> str:
    """Text at its baseline; `Words` become one element per language, one of them hidden."""
    where = f'x="{num(x)}" y="{num(y)}" text-anchor="{anchor}"'
    if turned:
        where += f' transform="rotate(-90 {num(x)} {num(y)})"'
    if isinstance(words, str):
        return f'<text class="{style}" {where}>{escape(words)}</text>'
    return (
        f'<text class="{style} en" lang="en" {where}>{escape(words.en)}</text>'
        f'<text class="{style} zh" lang="zh-CN" {where}>{escape(words.zh)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """A straight line."""
    return f'<line class="{style}" x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}"/>'


def rect(x: float, y: float, width: float, height: float, style: str, fill: str = "") -> str:
    """A rectangle; `fill` (a colour) overrides the class."""
    paint = f' fill="{fill}"' if fill else ""
    return (
        f'<rect class="{style}" x="{num(x)}" y="{num(y)}" width="{num(width)}" '
        f'height="{num(height)}"{paint}/>'
    )


def circle(x: float, y: float, radius: float, style: str) -> str:
    """A circle."""
    return f'<circle class="{style}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"/>'


def path(d: str, style: str, stroke: str = "") -> str:
    """A path from its drawing commands; `stroke` (a colour) overrides the class."""
    paint = f' stroke="{stroke}"' if stroke else ""
    return f'<path class="{style}" d="{d}"{paint}/>'


def trace(px: Floats, py: Floats, close: bool = False) -> str:
    """Drawing commands through the points (pixels), thinned to what the eye can see."""
    px, py = thin(px, py)
    body = "L".join(f"{num(x)} {num(y)}" for x, y in zip(px, py, strict=True))
    return f"M{body}{'Z' if close else ''}"


def thin(px: Floats, py: Floats, tolerance: float = 0.15) -> tuple[Floats, Floats]:
    """The fewest corners that stay within `tolerance` px of the line (Douglas-Peucker)."""
    keep = np.zeros(px.size, dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, px.size - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        x, y = px[first : last + 1] - px[first], py[first : last + 1] - py[first]
        length = math.hypot(x[-1], y[-1])
        off = np.abs(x * y[-1] - y * x[-1]) / length if length > 1e-9 else np.hypot(x, y)
        worst = int(np.argmax(off))
        if off[worst] > tolerance:
            keep[first + worst] = True
            spans += [(first, first + worst), (first + worst, last)]
    return px[keep], py[keep]


def nice_ticks(low: float, high: float, count: int = 6) -> tuple[list[float], int]:
    """About `count` round numbers inside [low, high], at least three, and their decimals."""
    ticks, decimals = _round_numbers(low, high, (high - low) / max(count, 1))
    while len(ticks) < 3:
        count += 1
        ticks, decimals = _round_numbers(low, high, (high - low) / count)
    return ticks, decimals


def _round_numbers(low: float, high: float, raw: float) -> tuple[list[float], int]:
    """Multiples of the round step at or above `raw`."""
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1.0, 2.0, 2.5, 5.0, 10.0) if s * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    return [i * step for i in range(first, last + 1)], decimals


def padded(*values: Floats | float, share: float = 0.06) -> tuple[float, float]:
    """The range that holds all values with some air; never empty."""
    flat = np.concatenate([np.ravel(v) for v in values])
    low, high = float(flat.min()), float(flat.max())
    air = share * (high - low) or abs(high) * 0.01 or 1.0
    return low - air, high + air


def spread(wanted: list[float], gap: float = LINE, top: float = -math.inf) -> list[float]:
    """Label heights near the wanted ones, at least `gap` apart, in the same order as given."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    for _ in range(50):
        for a, b in pairwise(order):
            short = gap - (placed[b] - placed[a])
            if short > 1e-6:
                placed[a] -= short / 2
                placed[b] += short / 2
    lift = max(0.0, top - min(placed, default=top))
    return [y + lift for y in placed]


def mix(share: float, stops: tuple[tuple[int, int, int], ...]) -> str:
    """The colour at `share` (0..1) of a ramp of RGB stops."""
    at = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    i = min(int(at), len(stops) - 2)
    part = at - i
    rgb = (round(a + part * (b - a)) for a, b in zip(stops[i], stops[i + 1], strict=True))
    return "#" + "".join(f"{c:02x}" for c in rgb)


@dataclass(frozen=True)
class Axes:
    """A plot area in pixels and the data ranges it shows."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def __post_init__(self) -> None:
        # A repair of one turn has no range along x; a line needs one to be drawn in.
        for name in ("x", "y"):
            low, high = getattr(self, name)
            if not high > low:
                air = 0.01 * abs(low) or 1.0
                object.__setattr__(self, name, (low - air, low + air))

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def px(self, x: float) -> float:
        """Pixel of one data x."""
        return self.left + (x - self.x[0]) / (self.x[1] - self.x[0]) * self.width

    def py(self, y: float) -> float:
        """Pixel of one data y."""
        return self.bottom - (y - self.y[0]) / (self.y[1] - self.y[0]) * self.height

    def pxs(self, x: Floats) -> Floats:
        """Pixels of many data x."""
        return self.left + (x - self.x[0]) * (self.width / (self.x[1] - self.x[0]))

    def pys(self, y: Floats) -> Floats:
        """Pixels of many data y."""
        return self.bottom - (y - self.y[0]) * (self.height / (self.y[1] - self.y[0]))

    def frame(self, x_label: Words | str = "", y_label: Words | str = "", many: int = 6) -> str:
        """Grid, ticks, tick numbers and axis labels; an empty label leaves that axis bare."""
        parts = []
        if y_label:
            ticks, decimals = nice_ticks(*self.y, max(3, int(self.height // 40)))
            for tick in ticks:
                y = self.py(tick)
                parts.append(line(self.left, y, self.right, y, "grid"))
                parts.append(text(self.left - 8, y + 4, number(tick, decimals), "tick", "end"))
            middle = self.top + self.height / 2
            parts.append(text(self.left - 52, middle, y_label, "axis", "middle", turned=True))
        if x_label:
            ticks, decimals = nice_ticks(*self.x, many)
            for tick in ticks:
                x = self.px(tick)
                parts.append(line(x, self.bottom, x, self.bottom + 5, "rule"))
                parts.append(text(x, self.bottom + 19, number(tick, decimals), "tick", "middle"))
            middle = self.left + self.width / 2
            parts.append(text(middle, self.bottom + 38, x_label, "axis", "middle"))
        parts.append(line(self.left, self.bottom, self.right, self.bottom, "rule"))
        return "".join(parts)

    def line(self, x: Floats, y: Floats, style: str) -> str:
        """A curve."""
        return path(trace(self.pxs(x), self.pys(y)), style)

    def band(self, x: Floats, low: Floats, high: Floats, style: str) -> str:
        """The area between two curves."""
        px = self.pxs(x)
        upper, lower = thin(px, self.pys(high)), thin(px, self.pys(low))
        outline_x = np.concatenate([upper[0], lower[0][::-1]])
        outline_y = np.concatenate([upper[1], lower[1][::-1]])
        body = "L".join(f"{num(a)} {num(b)}" for a, b in zip(outline_x, outline_y, strict=True))
        return path(f"M{body}Z", style)

    def level(self, y: float, style: str) -> str:
        """A horizontal line across the plot."""
        return line(self.left, self.py(y), self.right, self.py(y), style)
