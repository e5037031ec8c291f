"""Measured against predicted as one small SVG: three panels with logarithmic axes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reclad.process.limits import KEYHOLE_MAX
from validation.comparison import EDGES, Tracks, quantiles

SIZE, TOP = 250.0, 54.0
BOTTOM = TOP + SIZE
_COLOURS = ("#0072b2", "#e69f00", "#d55e00", "#7b3294")
STYLE = (
    "text{font:12px sans-serif;fill:#222}.t{font-weight:bold;font-size:13px}.f{fill:none;"
    "stroke:#888}.g{stroke:#ddd}.l{stroke:#222;stroke-dasharray:4 3}.b{stroke-opacity:.3}"
)


@dataclass(frozen=True)
class Panel:
    """A square plot; both axes logarithmic between `low` and `high` (x, y)."""

    left: float
    low: tuple[float, float]
    high: tuple[float, float]

    def x(self, value: float) -> float:
        """Across the picture, px."""
        return self.left + SIZE * self._share(value, 0)

    def y(self, value: float) -> float:
        """Down the picture, px."""
        return BOTTOM - SIZE * self._share(value, 1)

    def _share(self, value: float, axis: int) -> float:
        low, high = self.low[axis], self.high[axis]
        return min(max(math.log(max(value, 1e-12) / low) / math.log(high / low), 0.0), 1.0)

    def frame(self, words: tuple[str, str, str], ticks: tuple[tuple[float, ...], ...]) -> str:
        """The axes with their title, names (x, y) and ticks (x, y)."""
        middle = self.left + SIZE / 2
        parts = [f'<rect class="f" x="{self.left}" y="{TOP}" width="{SIZE}" height="{SIZE}"/>']
        for tick in ticks[0]:
            parts.append(line(self.x(tick), TOP, self.x(tick), BOTTOM, "g"))
            parts.append(text(self.x(tick), BOTTOM + 16, f"{tick:g}"))
        for tick in ticks[1]:
            parts.append(line(self.left, self.y(tick), self.left + SIZE, self.y(tick), "g"))
            parts.append(text(self.left - 16, self.y(tick) + 4, f"{tick:g}"))
        parts += [text(middle, TOP - 12, words[0], "t"), text(middle, BOTTOM + 36, words[1])]
        turn = f'<g transform="translate({self.left - 38} {TOP + SIZE / 2}) rotate(-90)">'
        return "".join(parts) + turn + text(0, 0, words[2]) + "</g>"

    def dot(self, x: float, y: float, paint: str, square: bool) -> str:
        """A disc, or an open square."""
        px, py = self.x(x), self.y(y)
        if square:
            return f'<path d="M{px - 3:.1f} {py - 3:.1f}h6v6h-6z" fill="none" stroke="{paint}"/>'
        return f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{paint}" fill-opacity=".7"/>'


def line(x1: float, y1: float, x2: float, y2: float, style: str, paint: str = "") -> str:
    """A straight line in px; `style` is a class of STYLE."""
    stroke = f' stroke="{paint}"' if paint else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line class="{style}"{stroke} {ends}/>'


def text(x: float, y: float, words: str, style: str = "", anchor: str = "middle") -> str:
    """Words at a point in px."""
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _colour(index: float) -> str:
    return _COLOURS[int(np.searchsorted(EDGES, index, side="right")) - 1]


def _agreement(panel: Panel, sources: tuple[Tracks, ...], name: str) -> str:
    parts = []
    for number, tracks in enumerate(sources):
        bars = quantiles(tracks.predicted[name]) * 1e6
        for row, measured in enumerate(tracks.measured[name] * 1e6):
            low, middle, high = (float(v) for v in bars[:, row])
            index, py = float(tracks.index[row]), panel.y(float(measured))
            parts.append(line(panel.x(low), py, panel.x(high), py, "b", _colour(index)))
            parts.append(panel.dot(middle, float(measured), _colour(index), number > 0))
    return "".join(parts) + line(panel.left, BOTTOM, panel.left + SIZE, TOP, "l")


def draw(*sources: Tracks) -> str:
    """Width, depth and measured depth / width over the index; the first source as discs, the next
    as squares, coloured by index band."""
    width = Panel(70.0, (50.0, 50.0), (500.0, 500.0))
    depth = Panel(400.0, (8.0, 8.0), (600.0, 600.0))
    shape = Panel(730.0, (0.8, 0.1), (20.0, 3.0))
    axes = ("predicted 预测", "measured 实测")
    parts = [
        width.frame(("Width 宽度, µm", *axes), ((50, 100, 200, 400),) * 2),
        depth.frame(("Depth 深度, µm", *axes), ((10, 30, 100, 300),) * 2),
        shape.frame(
            ("Measured depth / width 实测深宽比", "keyhole index 匙孔指数", "depth / width 深宽比"),
            ((1, 3, 6, 10, 20), (0.1, 0.2, 0.5, 1, 2)),
        ),
        _agreement(width, sources, "width"),
        _agreement(depth, sources, "depth"),
        line(shape.x(KEYHOLE_MAX), TOP, shape.x(KEYHOLE_MAX), BOTTOM, "l"),
        line(shape.left, shape.y(0.5), shape.left + SIZE, shape.y(0.5), "l"),
    ]
    for number, tracks in enumerate(sources):
        for index, aspect in zip(tracks.index.tolist(), tracks.aspect.tolist(), strict=True):
            parts.append(shape.dot(index, aspect, _colour(index), number > 0))
        mark, metal = "●□"[number], tracks.source["conditions"]["material"]
        parts.append(text(430.0 + 70.0 * number, 20, f"{mark} {metal}", anchor="start"))
    for x, label, paint in zip(
        (70, 200, 270, 340), ("index 指数 &lt; 3", "3–6", "6–10", "&gt; 10"), _COLOURS, strict=True
    ):
        parts.append(f'<circle cx="{x}" cy="16" r="4" fill="{paint}"/>')
        parts.append(text(x + 9, 20, label, anchor="start"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 360" width="1000" height="360" '
        f'role="img"><title>Measured against predicted 实测与预测</title><style>{STYLE}</style>'
        '<rect width="1000" height="360" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )
