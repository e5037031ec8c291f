"""What fitted models predict against what was measured: width, depth and dilution, with bars."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from validation.picture import BOTTOM, SIZE, STYLE, TOP, Panel, line, text

_PAINTS = ("#0072b2", "#d55e00", "#7b3294")
Row = tuple[float, float, float, float]  # measured, 5, 50 and 95 % point


def clads(figures: dict[str, Any]) -> list[Row]:
    """Each clad as the splits that asked for it predict it, in their middle."""
    found = defaultdict(list)
    for split in figures["dilution"]["splits"]:
        for number, *row in split["each"]:
            found[number].append(row)
    return [tuple(np.median(rows, axis=0).tolist()) for _, rows in sorted(found.items())]


def draw(figures: dict[str, Any]) -> str:
    """Width and depth of the tracks that a fit keeps, one mark per direction; dilution."""
    width = Panel(70.0, (70.0, 70.0), (300.0, 300.0))
    depth = Panel(400.0, (8.0, 8.0), (100.0, 100.0))
    dilution = Panel(730.0, (15.0, 15.0), (90.0, 90.0))
    axes = ("predicted 预测", "measured 实测")
    parts = [
        width.frame(("Width 宽度, µm", *axes), ((70, 100, 150, 200, 300),) * 2),
        depth.frame(("Depth 深度, µm", *axes), ((10, 20, 50, 100),) * 2),
        dilution.frame(("Dilution 稀释率, %", *axes), ((15, 30, 50, 90),) * 2),
    ]
    kept = [s for s in figures["spots"] if s["cut"] == figures["spots"][0]["cut"]]
    for number, spot in enumerate(kept):
        for panel, first in ((width, 0), (depth, 4)):
            rows = [tuple(row[first : first + 4]) for row in spot["each"]]
            parts.append(_marks(panel, rows, number))
        words = f"{'●□'[number]} {spot['asked']} from 由 {spot['fitted']}"
        parts.append(text(70 + 200 * number, 20, words, anchor="start"))
    parts.append(_marks(dilution, clads(figures), 2))
    parts.append(text(730, 20, "● clads from nine others 由另外九道预测", anchor="start"))
    parts += [
        line(panel.left, BOTTOM, panel.left + SIZE, TOP, "l") for panel in (width, depth, dilution)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 360" width="1000" height="360" '
        'role="img"><title>Measured against predicted by the fitted model '
        f"实测与拟合后模型的预测</title><style>{STYLE}</style>"
        '<rect width="1000" height="360" fill="#fff"/>' + "\n".join(parts) + "</svg>\n"
    )


def _marks(panel: Panel, rows: list[Any], number: int) -> str:
    parts = []
    for measured, low, middle, high in rows:
        y = panel.y(measured)
        parts.append(line(panel.x(low), y, panel.x(high), y, "b", _PAINTS[number]))
        parts.append(panel.dot(middle, measured, _PAINTS[number], number == 1))
    return "".join(parts)
