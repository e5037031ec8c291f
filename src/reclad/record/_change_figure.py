"""Before and after a calibration as bands, one strip for each quantity; one SVG, alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.record._display import interval, number, shown, symbol
from reclad.record._svg import Axes, line, looks_of, nice_ticks, padded, rect, svg, text
from reclad.record.views import Estimate
from reclad.record.words import Words, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.lab.before_after import Change

SHOWN: dict[str, tuple[Words, str]] = {
    "width": (say("Bead width"), "mm"),
    "height": (say("Bead height"), "mm"),
    "depth": (say("Depth of melting"), "mm"),
    "dilution": (say("Dilution"), "%"),
    "catchment": (say("Catchment"), "%"),
}
_LEFT, _PLOT, _RIGHT = 150.0, 470.0, 240.0  # px
_ROW, _TOP, _BAR = 88.0, 8.0, 15.0
_STYLE = looks_of(
    "change",
    {
        ".was": "fill:#c3cbd1",
        ".is": "fill:#0b6075",
        ".told": "fill:#0b6075;font-weight:600",
        ".warn": "fill:#b4531f",
    },
)


def draw_changes(changes: Sequence[Change]) -> str:
    """Each quantity on a scale of its own: grey 5 to 95 % before, dark after, a tick at 50 %."""
    width, height = _LEFT + _PLOT + _RIGHT, _TOP + _ROW * len(changes)
    paper = _STYLE + rect(0, 0, width, height, "paper")
    strips = [_strip(change, _TOP + row * _ROW) for row, change in enumerate(changes)]
    return svg(width, height, paper, *strips, style="change")


def estimate(points: tuple[float, float, float]) -> Estimate:
    """Three points as a number that is not known exactly."""
    return Estimate(*points)


def _strip(change: Change, top: float) -> str:
    words, unit = SHOWN[change.name]
    points = [shown(v, unit) for v in (*change.before, *(change.after or ()))]
    at = Axes(_LEFT, top + 4.0, _PLOT, 50.0, padded(*points), (0.0, 1.0))
    ticks, decimals = nice_ticks(*at.x, 5)
    parts = [
        text(0, top + 24, words.zh, "name"),
        text(0, top + 43, f"{words.en}, {symbol(unit)}", "soft"),
        *(line(at.px(t), at.top, at.px(t), at.bottom, "grid") for t in ticks),
        *(text(at.px(t), at.bottom + 15, number(t, decimals), "tick", "middle") for t in ticks),
        line(at.left, at.bottom, at.right, at.bottom, "rule"),
        _bar(change.before, unit, at, at.top + 6.0, ("was", "middle")),
        text(at.right + 16, at.top + 18, interval(estimate(change.before), unit), "soft"),
    ]
    if change.after is None:
        words = say("not measured")
        parts.append(text(at.right + 16, at.top + 41, f"{words.zh} {words.en}", "warn"))
    else:
        parts.append(_bar(change.after, unit, at, at.top + 29.0, ("is", "inner")))
        told = interval(estimate(change.after), unit)
        parts.append(text(at.right + 16, at.top + 41, told, "told"))
    return "".join(parts)


def _bar(
    points: tuple[float, float, float], unit: str, at: Axes, top: float, looks: tuple[str, str]
) -> str:
    low, middle, high = (at.px(shown(v, unit)) for v in points)
    bar = rect(low, top, max(high - low, 1.5), _BAR, looks[0])
    return bar + line(middle, top, middle, top + _BAR, looks[1])
