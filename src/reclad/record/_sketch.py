"""The part in outline, to scale: a round part from the side, a plate from above."""

from __future__ import annotations

from reclad.record._display import quantity
from reclad.record._svg import LINE, line, num, path, rect, svg, text
from reclad.record.views import PartView
from reclad.record.words import say

_LONG, _TALL = 560.0, 190.0  # px, the most a part may take
_ROOM = 124.0  # px, what a label beside a round part needs on its left


def dimension(x1: float, x2: float, y: float, words: str) -> str:
    """A horizontal dimension line with ticks at both ends and its text in the middle."""
    ends = "".join(line(x, y - 4, x, y + 4, "dim") for x in (x1, x2))
    return line(x1, y, x2, y, "dim") + ends + text((x1 + x2) / 2, y - 5, words, "tick", "middle")


def _upright(x: float, y1: float, y2: float, words: str) -> str:
    """A vertical dimension line with its text on the right."""
    ends = "".join(line(x - 4, y, x + 4, y, "dim") for y in (y1, y2))
    return line(x, y1, x, y2, "dim") + ends + text(x + 8, (y1 + y2) / 2 + 4, words, "tick")


def sketch_part(part: PartView) -> str:
    """The part to scale with its clad zone and the sizes a drawing would give."""
    return _plate(part) if part.flat else _round(part)


def _round(part: PartView) -> str:
    """A pipe or shaft from the side: outside diameter, bore, shoulders, clad zone."""
    scale = min(_LONG / part.length, _TALL / part.widest)
    length, tall = scale * part.length, scale * part.size
    steps = [scale * height for height in part.shoulders]
    left = 40.0 if not steps[0] else max(40.0, _ROOM - scale * part.clad_start)
    top = 34.0 + max(steps)
    middle, bottom, right = top + tall / 2, top + tall, left + length
    first = left + scale * part.clad_start
    clad = scale * part.clad_length
    skin = max(3.0, min(6.0, 0.04 * tall))
    over = 34.0 - 12.0
    lowest = bottom + max(steps)
    parts = [
        _body(left, right, first, first + clad, top, tall, steps),
        rect(first, top - skin / 2, clad, skin, "clad-solid"),
        rect(first, bottom - skin / 2, clad, skin, "clad-solid"),
        *_bore(part, scale, left, right, top, bottom),
        line(left - 14, middle, right + 14, middle, "centre"),
        dimension(first, first + clad, over, quantity(part.clad_length, "mm")),
        dimension(left, right, lowest + 24, quantity(part.length, "mm")),
        *_shoulder_names(part, first, first + clad, over),
    ]
    if steps[1]:  # the diameter belongs to the zone, not to the end it is written at
        parts += [line(first + clad, y, right + 30, y, "hair") for y in (top, bottom)]
    diameter = f"Ø {quantity(part.size, 'mm')}"
    parts += [
        line(right + 26, top, right + 26, bottom, "dim"),
        *(line(right + 22, y, right + 30, y, "dim") for y in (top, bottom)),
        text(right + 34, middle + 4, diameter, "tick"),
    ]
    return svg(right + 130, lowest + 34, *parts, style="figure sketch")


def _body(
    left: float, right: float, first: float, last: float, top: float, tall: float,
    steps: list[float],
) -> str:  # fmt: skip
    """The outline of the metal, as high as its shoulders beyond the zone."""
    if not any(steps):
        return rect(left, top, right - left, tall, "body")
    upper = [(left, steps[0]), (first, steps[0]), (first, 0.0), (last, 0.0), (last, steps[1]),
             (right, steps[1])]  # fmt: skip
    corners = [(x, top - step) for x, step in upper]
    corners += [(x, top + tall + step) for x, step in reversed(upper)]
    return path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in corners) + "Z", "body")


def _bore(
    part: PartView, scale: float, left: float, right: float, top: float, bottom: float
) -> list[str]:
    if part.wall is None:
        return []
    wall = scale * part.wall
    return [line(left, y, right, y, "hidden-edge") for y in (top + wall, bottom - wall)]


def _shoulder_names(part: PartView, first: float, last: float, y: float) -> list[str]:
    """How high each shoulder stands, beside the length of the zone between them."""
    names = []
    for height, x, anchor in zip(
        part.shoulders, (first - 14, last + 14), ("end", "start"), strict=True
    ):
        if height:
            words = say("shoulder {height}", height=quantity(height, "mm"))
            names.append(text(x, y - 5, words, "tick", anchor))
    return names


def _plate(part: PartView) -> str:
    """A plate from above with its clad zone hatched; X to the right, Y up, zero at the corner."""
    width = part.width or 0.0
    side = part.side or (0.0, 0.0)
    scale = min(_LONG / part.length, 1.4 * _TALL / width)
    length, tall = scale * part.length, scale * width
    left, top = 46.0, 40.0
    right, bottom = left + length, top + tall
    x1, x2 = (left + scale * x for x in (part.clad_start, part.clad_start + part.clad_length))
    y1, y2 = (bottom - scale * y for y in side)
    parts = [
        '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">' + line(0, 0, 0, 7, "hatching") + "</pattern>",
        rect(left, top, length, tall, "body"),
        rect(x1, y2, x2 - x1, y1 - y2, "clad-hatched", "url(#hatch)"),
        *(line(x, min(top, y2), x, top - 18, "hair") for x in (x1, x2)),
        dimension(x1, x2, top - 14, quantity(part.clad_length, "mm")),
        *(line(max(right, x2), y, right + 22, y, "hair") for y in (y1, y2)),
        _upright(right + 18, y2, y1, quantity(side[1] - side[0], "mm")),
        dimension(left, right, bottom + 50, quantity(part.length, "mm")),
        _upright(right + 98, top, bottom, quantity(width, "mm")),
        _corner(left, bottom),
    ]
    return svg(right + 180, bottom + 60, *parts, style="figure sketch")


def _corner(x: float, y: float) -> str:
    """Where X and Y are counted from, and which way they grow."""
    reach, tip = 34.0, 5.0
    arrows = (
        f"M{num(x)} {num(y)}h{reach:g}m{-tip:g} {-tip:g}l{tip:g} {tip:g}l{-tip:g} {tip:g}"
        f"M{num(x)} {num(y)}v{-reach:g}m{-tip:g} {tip:g}l{tip:g} {-tip:g}l{tip:g} {tip:g}"
    )
    return (
        path(arrows, "zero")
        + text(x + reach, y + LINE + 2, "X", "tick", "middle")
        + text(x - 12, y - reach + 4, "Y", "tick", "middle")
        + text(x - 4, y + LINE + 2, "0", "tick", "middle")
    )
