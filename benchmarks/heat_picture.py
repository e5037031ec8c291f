"""Five turns, fine against two scales, as one small SVG: temperature met, pool depth, power."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

PICTURE = Path(__file__).parents[1] / "docs" / "img" / "heat-two-scales.svg"
SIZE, TOP = 250.0, 64.0
BOTTOM = TOP + SIZE
KELVIN = 273.15
PIPE, SHAFT, HELD = "#0072b2", "#009e73", "#d55e00"
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.t{font-weight:bold;font-size:13px}.f{fill:none;"
    "stroke:#888}.g{stroke:#ddd}.b{fill:#d55e00;fill-opacity:.12}"
)


@dataclass(frozen=True)
class _Panel:
    """A plot over turns 0 to 5; `low` and `high` of what is shown."""

    left: float
    low: float
    high: float

    def x(self, turns: float) -> float:
        return self.left + SIZE * turns / 5.0

    def y(self, value: float) -> float:
        return BOTTOM - SIZE * (value - self.low) / (self.high - self.low)

    def frame(self, title: str, ticks: list[float]) -> str:
        middle = self.left + SIZE / 2
        parts = []
        for tick in ticks:
            y = self.y(tick)
            parts.append(f'<path class="g" d="M{self.left:.1f} {y:.1f}h{SIZE:.0f}"/>')
            parts.append(_text(self.left - 8, y + 4, f"{tick:g}", anchor="end"))
        parts += [_text(self.x(turn), BOTTOM + 16, f"{turn}") for turn in range(6)]
        parts.append(_text(middle, BOTTOM + 36, "turns laid 已熔覆圈数"))
        parts.append(_text(middle, TOP - 12, title, "t"))
        box = f'x="{self.left}" y="{TOP}" width="{SIZE}" height="{SIZE}"'
        return "".join(parts) + f'<rect class="f" {box}/>'

    def line(self, values: np.ndarray, paint: str) -> str:
        turns = np.linspace(0.0, 5.0, values.size, endpoint=False)
        points = " ".join(
            f"{self.x(t):.1f},{self.y(v):.1f}" for t, v in zip(turns, values, strict=True)
        )
        return f'<polyline points="{points}" fill="none" stroke="{paint}" stroke-width="1.3"/>'

    def dots(self, blocks: np.ndarray, values: np.ndarray, count: int, paint: str) -> str:
        return "".join(
            f'<circle cx="{self.x(5.0 * b / count):.1f}" cy="{self.y(v):.1f}" r="3" '
            f'fill="{paint}" fill-opacity=".75"/>'
            for b, v in zip(blocks, values, strict=True)
        )


def _text(x: float, y: float, words: str, style: str = "", anchor: str = "middle") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def draw(pipe: dict, shaft: dict) -> str:
    """From what heat_fine.py told of both sections."""
    met, deep, power = _Panel(60.0, 0.0, 300.0), _Panel(400.0, 0.95, 1.25), _Panel(740.0, 650, 850)
    at = np.array(pipe["looked_at"])
    parts = [
        met.frame("Part temperature met, °C 所遇工件温度", [0, 50, 100, 150, 200, 250, 300]),
        deep.frame("Pool depth, mm 熔池深度", [0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.25]),
        power.frame("Power absorbed, W 吸收功率", [650, 700, 750, 800, 850]),
    ]
    wanted = 1e3 * pipe["follow"]["wanted"]
    band = deep.y(1.05 * wanted), deep.y(0.95 * wanted)
    parts.append(
        f'<rect class="b" x="{deep.left}" y="{band[0]:.1f}" width="{SIZE}" '
        f'height="{min(band[1], BOTTOM) - band[0]:.1f}"/>'
    )
    for told, coarse, paint in (
        (pipe["fine"], pipe["repair"], PIPE),
        (shaft["fine"], shaft["repair"], SHAFT),
        (pipe["follow"]["fine"], pipe["follow"]["coarse"], HELD),
    ):
        celsius = np.array(told["interpass"]) - KELVIN
        parts.append(met.line(np.array(coarse["interpass"]) - KELVIN, paint))
        parts.append(met.dots(at, celsius[at], celsius.size, paint))
        parts.append(deep.line(1e3 * np.array(coarse["depth"]), paint))
        parts.append(deep.dots(at, 1e3 * np.array(told["pools"])[:, 1], celsius.size, paint))
        parts.append(power.line(np.array(coarse["power"]), paint))
        parts.append(power.dots(at, np.array(told["power"])[at], celsius.size, paint))
    key = (
        (PIPE, "pipe, 800 W 管"), (SHAFT, "shaft, 800 W 轴"),
        (HELD, "pipe, power follows 管,功率随动"),
    )  # fmt: skip
    for place, (paint, words) in zip((60, 200, 340), key, strict=True):
        parts.append(f'<circle cx="{place}" cy="16" r="4" fill="{paint}"/>')
        parts.append(_text(place + 9, 20, words, anchor="start"))
    parts.append(
        _text(570, 20, "dots: fine 0.5 mm 细网格; lines: two scales 双尺度", anchor="start")
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1010 370" width="1010" height="370" '
        f'role="img"><title>Fine against two scales 细网格与双尺度</title><style>{_STYLE}</style>'
        '<rect width="1010" height="370" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )
