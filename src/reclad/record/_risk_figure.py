"""Chances of damage as bars on a logarithmic scale, and the hardness of the zone under a clad."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reclad.record._display import number
from reclad.record._svg import Axes, line, looks_of, padded, path, rect, svg, text, trace
from reclad.record.names import DAMAGES
from reclad.record.views import Floats
from reclad.record.words import Words, say
from reclad.risk.zone import PLACES

if TYPE_CHECKING:
    from reclad.risk import Interval, Risk
    from reclad.risk.zone import HardZone

_LEFT, _PLOT, _RIGHT, _ROW, _TOP = 215.0, 400.0, 245.0, 46.0, 12.0  # px
_LEAST = 1e-3  # chance at the left end of the bars
_STYLE = looks_of(
    "risk",
    {
        ".any": "fill:#c3cbd1",
        ".lost": "fill:#b4531f",
        ".limit": "stroke:#b4531f;stroke-width:1.6;stroke-dasharray:6 4",
        ".said": "fill:#b4531f;font-weight:600",
        ".band": "fill:#0b6075;opacity:.16",
        ".curve": "fill:none;stroke:#0b6075;stroke-width:2",
        ".last": "fill:#1d2733;opacity:.12",
        ".end": "fill:none;stroke:#1d2733;stroke-width:2",
    },
)


def draw_chances(risk: Risk) -> str:
    """Each kind of damage: grey 5 to 95 % of its chance, brown that of losing the part."""
    modes = sorted(risk.modes, key=lambda mode: -mode.lost.middle)
    height = _TOP + _ROW * len(modes) + 30.0
    width = _LEFT + _PLOT + _RIGHT
    parts = [_STYLE, rect(0, 0, width, height, "paper")]
    bottom = _TOP + _ROW * len(modes)
    for share in (0.001, 0.01, 0.1, 1.0):
        x = _along(share)
        parts.append(line(x, _TOP, x, bottom, "grid"))
        parts.append(text(x, bottom + 18, f"{100 * share:g} %", "tick", "middle"))
    for row, mode in enumerate(modes):
        top = _TOP + row * _ROW
        words = say(DAMAGES[mode.name])
        parts += [
            text(0, top + 17, words.zh, "name"),
            text(0, top + 33, words.en, "soft"),
            _bar(mode.chance, top + 6.0, ("any", "middle")),
            _bar(mode.lost, top + 23.0, ("lost", "inner")),
            text(_LEFT + _PLOT + 14, top + 18, _told(mode.chance), "soft"),
            text(_LEFT + _PLOT + 14, top + 35, _told(mode.lost), "said"),
        ]
    return svg(width, height, *parts, style="risk")


def _along(share: float) -> float:
    part = 1.0 - math.log(max(share, _LEAST)) / math.log(_LEAST)
    return _LEFT + _PLOT * part


def _bar(chance: Interval, top: float, looks: tuple[str, str]) -> str:
    low, middle, high = (_along(share) for share in (chance.low, chance.middle, chance.high))
    bar = rect(low, top, max(high - low, 1.5), 13.0, looks[0])
    return bar + line(middle, top, middle, top + 13.0, looks[1])


def _told(chance: Interval) -> str:
    low, middle, high = (_share(share) for share in (chance.low, chance.middle, chance.high))
    return f"{middle} % ({low}–{high})"


def _share(share: float) -> str:
    percent = 100.0 * share
    if percent < 0.1:
        return "<0.1"
    if percent > 99.0:
        return ">99"
    return number(percent, 0 if percent >= 10.0 else 1)


def draw_zone(risk: Risk, limit: float | None) -> str:
    """Hardness (HV) from the fusion line down, 5 to 95 %: beside later beads, and at the end of
    the clad; dashed the limit. Empty where the parent does not harden as steel."""
    first, last = risk.evidence.first, risk.evidence.last
    if first is None or last is None:
        return ""
    zones = (
        _Zone(last, "last", "end", say("under the last bead")),
        _Zone(first, "band", "curve", say("beside beads laid later")),
    )
    heights = padded(*(zone.band for zone in zones), *([limit] if limit else []))
    at = Axes(64.0, 14.0, 470.0, 250.0, (0.0, max(z.deepest for z in zones)), heights)
    parts = [
        _STYLE,
        rect(0, 0, 860.0, 316.0, "paper"),
        at.frame(_both(say("Distance below the fusion line (mm)")), _both(say("Hardness (HV)"))),
        *(zone.drawn(at, 40.0 + 46.0 * row) for row, zone in enumerate(zones)),
    ]
    if limit is not None:
        y = at.py(limit)
        words = say("limit of the service")
        parts += [
            line(at.left, y, at.right, y, "limit"),
            line(560.0, 132.0 - 4, 590.0, 132.0 - 4, "limit"),
            text(600.0, 132.0, f"{words.zh} {limit:.0f} HV"),
            text(600.0, 149.0, words.en, "soft"),
        ]
    return svg(860.0, 316.0, *parts, style="risk")


@dataclass(frozen=True, eq=False)
class _Zone:
    zone: HardZone
    area: str
    curve: str
    words: Words

    @property
    def deepest(self) -> float:
        """mm."""
        return 1e3 * float(np.median(self.zone.thickness))

    @cached_property
    def band(self) -> Floats:
        """5, 50, 95 % (3, places) of the hardness."""
        return np.asarray(np.nanquantile(self.zone.tempered, (0.05, 0.5, 0.95), axis=0))

    def drawn(self, at: Axes, y: float) -> str:
        """Band, middle, and the label at y."""
        px = at.pxs(self.deepest * PLACES)
        low, middle, high = (at.pys(values) for values in self.band)
        both = np.concatenate((low, high[::-1]))
        outline = trace(np.concatenate((px, px[::-1])), both, close=True)
        parts = (
            path(outline, self.area),
            path(trace(px, middle), self.curve),
            line(560.0, y - 4, 590.0, y - 4, self.curve),
            text(600.0, y, self.words.zh),
            text(600.0, y + 17, self.words.en, "soft"),
        )
        return "".join(parts)


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"
