"""The coupon as the operator meets it: beads with label and turn, sizes, zero; one SVG, alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.path import Offcut, Plate
from reclad.record._display import quantity
from reclad.record._sketch import dimension
from reclad.record._svg import circle, line, num, path, rect, svg, text

if TYPE_CHECKING:
    from reclad.coupon import CouponPlan, LaidBead

_LONG, _TALL = 640.0, 420.0  # px, the most a coupon takes unless its beads need more
_LEFT, _TOP, _FOOT = 110.0, 34.0, 88.0  # px around it, for coordinates and sizes
_ROW = 26.0  # px, what a bead with its label needs
_BEYOND = 15e-3  # m of pipe that is shown after the last bead
_FONT = "13px system-ui,'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif"
_LOOKS = {
    "text": f"font:{_FONT};fill:#1d2733",
    ".paper": "fill:#fff",
    ".body": "fill:#eef1f3;stroke:#1d2733;stroke-width:1.2",
    ".open": "stroke:#eef1f3;stroke-width:3",
    ".again": "stroke:#b4531f;stroke-dasharray:2 3",
    ".cut": "stroke:#1d2733;stroke-dasharray:7 4",
    ".bead": "stroke:#0b6075;stroke-linecap:round",
    ".lead": "stroke:#8a97a3;stroke-dasharray:3 3",
    ".tip": "fill:#0b6075",
    ".turn": "fill:#fff;stroke:#0b6075;stroke-width:1.6",
    ".count": "font-size:11.5px;letter-spacing:-.3px;font-weight:600;fill:#0b6075",
    ".label": "font-size:14px;font-weight:700;stroke:#eef1f3;stroke-width:3;paint-order:stroke",
    ".tick": "fill:#5a6773;font-size:12.5px",
    ".dim": "stroke:#5a6773",
    ".zero": "stroke:#b4531f;stroke-width:2.2;fill:none",
    ".zero-name": "fill:#b4531f;font-weight:600",
}
# The figure stands alone as well as in a page: its looks must not reach what is around it.
_STYLE = "".join(f".coupon {what}{{{looks}}}" for what, looks in _LOOKS.items())


@dataclass(frozen=True)
class _Map:
    """Where the coupon lies in the picture: beads run right, rows go up; px per m both ways."""

    along: float
    up: float
    bottom: float

    def x(self, along: float) -> float:
        return _LEFT + self.along * along

    def y(self, up: float) -> float:
        return self.bottom - self.up * up


def draw_coupon(plan: CouponPlan) -> str:
    """The coupon seen from the nozzle, the zero of the program at its lower left corner: a plate to
    scale, a pipe unrolled; each bead with its label, its turn in a circle, and its direction."""
    blank, layout = plan.layout.blank, plan.layout
    long, wide = _shown(plan)
    flat = isinstance(blank, Plate)
    up = max(min(_LONG / long, _TALL / wide), _ROW / layout.pitch)
    at = _Map(up if flat else _LONG / long, up, _TOP + up * wide)
    right = at.x(long)
    parts = [
        rect(_LEFT, _TOP, right - _LEFT, at.bottom - _TOP, "body"),
        *([] if isinstance(blank, Plate) else _goes_on(blank, at, right)),
        *_rows(plan, at),
        *_columns(plan, at),
        *(part for bead in plan.beads for part in _bead(plan, bead, at)),
        _zero(at, min(bead.place.y if flat else bead.place.x for bead in plan.beads), flat=flat),
        *_sizes(plan, at, right),
    ]
    width, height = right + 150.0, at.bottom + _FOOT
    paper = f"<style>{_STYLE}</style>" + rect(0, 0, width, height, "paper")
    return svg(width, height, paper, *parts, style="coupon")


def _shown(plan: CouponPlan) -> tuple[float, float]:
    """Size of what is shown along the beads and across them (m); a pipe as far as it is clad."""
    blank = plan.layout.blank
    if isinstance(blank, Plate):
        return blank.length, blank.width
    last = max(_begins(plan, bead)[0] for bead in plan.beads) + plan.layout.bead + plan.lead
    return last + _BEYOND, blank.length


def _begins(plan: CouponPlan, bead: LaidBead) -> tuple[float, float]:
    """Where a bead begins along the beads and across them, m over the surface."""
    blank, place = plan.layout.blank, bead.place
    if isinstance(blank, Offcut):
        return place.a * blank.radius, place.x
    return place.x, place.y


def _bead(plan: CouponPlan, bead: LaidBead, at: _Map) -> list[str]:
    along, across = _begins(plan, bead)
    x, y, end = at.x(along), at.y(across), at.x(along + plan.layout.bead)
    lead = at.along * plan.lead
    thick = min(max(at.up * plan.machine.laser.spot, 3.0), 8.0)
    tip = f"M{num(end + 4)} {num(y)}l-10 -6v12Z"
    return [
        line(x - lead, y, end + lead, y, "lead"),
        f'<g stroke-width="{num(thick)}">' + line(x, y, end - 6, y, "bead") + "</g>",
        path(tip, "tip"),
        circle(x, y, 10.0, "turn"),
        text(x, y + 4, str(bead.turn), "count", "middle"),
        text(x + 14, y - 0.5 * thick - 2, bead.setting.label, "label"),
    ]


def _rows(plan: CouponPlan, at: _Map) -> list[str]:
    """Where each row lies, left of the coupon."""
    axis = "Y" if isinstance(plan.layout.blank, Plate) else "X"
    parts = []
    for across in sorted({_begins(plan, bead)[1] for bead in plan.beads}):
        y = at.y(across)
        parts.append(line(_LEFT - 8, y, _LEFT, y, "dim"))
        parts.append(text(_LEFT - 12, y + 4, f"{axis} {quantity(across, 'mm')}", "tick", "end"))
    return parts


def _columns(plan: CouponPlan, at: _Map) -> list[str]:
    """Where the beads of each column begin and end, below the coupon."""
    blank, parts = plan.layout.blank, []
    for along in sorted({_begins(plan, bead)[0] for bead in plan.beads}):
        for place, low in ((along, 22.0), (along + plan.layout.bead, 37.0)):
            x = at.x(place)
            name = f"X {quantity(place, 'mm')}"
            if isinstance(blank, Offcut):
                name = f"A {quantity(place / blank.radius, 'deg')}"
            parts.append(line(x, at.bottom, x, at.bottom + low - 12, "dim"))
            parts.append(text(x, at.bottom + low, name, "tick", "middle"))
    return parts


def _sizes(plan: CouponPlan, at: _Map, right: float) -> list[str]:
    """Length and width of a plate; length and diameter of a pipe; pitch of the rows."""
    blank = plan.layout.blank
    if isinstance(blank, Plate):
        wide = blank.width
        parts = [dimension(_LEFT, right, at.bottom + 68, quantity(blank.length, "mm"))]
    else:
        wide = blank.length
        parts = [text(right, at.bottom + 68, f"Ø {quantity(blank.diameter, 'mm')}", "tick", "end")]
    rows = sorted({_begins(plan, bead)[1] for bead in plan.beads})[:2]
    if len(rows) == 2:
        parts.append(_upright(right + 18, at.y(rows[1]), at.y(rows[0]), plan.layout.pitch))
    return [*parts, _upright(right + 90, _TOP, at.bottom, wide)]


def _upright(x: float, top: float, bottom: float, size: float) -> str:
    """A vertical dimension line with its size (m) on the right."""
    ends = "".join(line(x - 4, y, x + 4, y, "dim") for y in (top, bottom))
    shown = quantity(size, "mm")
    return (
        line(x, top, x, bottom, "dim") + ends + text(x + 8, (top + bottom) / 2 + 4, shown, "tick")
    )


def _goes_on(blank: Offcut, at: _Map, right: float) -> list[str]:
    """The edge of what is shown, where the pipe goes on round, and the mark met again."""
    parts = [line(right, _TOP, right, at.bottom, style) for style in ("open", "cut")]
    again = at.x(2.0 * math.pi * blank.radius)
    if again < right:
        parts.append(line(again, _TOP - 8, again, at.bottom, "again"))
        parts.append(text(again, _TOP - 12, quantity(2.0 * math.pi, "deg"), "tick", "middle"))
    return parts


def _zero(at: _Map, first_row: float, *, flat: bool) -> str:
    """Where the program counts from, and which way, below the first row (m)."""
    x, y = _LEFT, at.bottom
    reach = min(max(at.up * first_row - 12.0, 14.0), 40.0)
    right, up = ("X", "Y") if flat else ("A", "X")
    arrows = f"M{num(x)} {num(y)}h40m-6 -5l6 5l-6 5M{num(x)} {num(y)}v{num(-reach)}m-5 6l5 -6l5 6"
    return (
        path(arrows, "zero")
        + text(x + 46, y - 5, right, "zero-name")
        + text(x - 10, y - reach + 9, up, "zero-name", "end")
        + text(x - 20, y + 18, f"{right}0 {up}0", "zero-name", "end")
    )
