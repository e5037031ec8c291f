"""A fit on one page: measured against expected, what was learned, what was not, who may use it."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
import numpy as np
from markupsafe import Markup

from reclad.errors import FileError
from reclad.process import QUANTITIES
from reclad.record import _display
from reclad.record._svg import Axes, circle, line, padded, rect, svg, text
from reclad.record.names import UNKNOWNS
from reclad.record.words import say, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.lab import Lesson, Observations, Origin, Posterior

TITLES = {
    "width": "Bead width",
    "height": "Bead height",
    "depth": "Fused depth",
    "dilution": "Dilution",
    "catchment": "Powder kept",
}
_UNITS = {"dilution": ("%", 100.0), "catchment": ("%", 100.0)}
_SIZE, _GAP = 250.0, 92.0  # px of a plot, between plots
_LOOKS = (
    ".lesson text{font:13px system-ui,'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',"
    "sans-serif;fill:#1d2733}.lesson .tick{fill:#5a6773;font-size:12px}"
    ".lesson .grid{stroke:#e3e8ec}"
    ".lesson .rule{stroke:#1d2733}.lesson .even{stroke:#8a97a3;stroke-dasharray:5 4}"
    ".lesson .bar{stroke:#0b6075;stroke-width:1.4;opacity:.55}.lesson .dot{fill:#0b6075}"
    ".lesson .out{fill:#b4531f}.lesson .name{font-weight:600}.lesson .was{fill:#e3e8ec}"
    ".lesson .is{fill:#0b6075}.lesson .still{fill:#8a97a3}.lesson .paper{fill:#fff}"
)


def write_lesson(
    path: Path, posterior: Posterior, observed: Observations, lesson: Lesson, origin: Origin
) -> None:
    """Write the page of a fit, alone and in both languages; FileError if it cannot be written."""
    page = _page().render(
        origin=origin,
        posterior=posterior,
        lesson=lesson,
        titles=TITLES,
        learned=[UNKNOWNS[one.name][0] for one in lesson.unknowns if one.learned],
        fits=Markup(draw_fit(observed, lesson)),
        widths=Markup(draw_widths(lesson)),
        settled=posterior.convergence,
    )
    try:
        path.write_bytes(page.encode("utf-8"))
    except OSError as error:
        raise FileError(
            f"{path}: cannot be written ({error.strerror}); give another file"
        ) from error


def draw_fit(observed: Observations, lesson: Lesson) -> str:
    """Measured over expected, one plot per quantity; bars: 5 to 95 % of a single section."""
    doubtful = {(one.id, one.quantity) for one in lesson.outliers}
    parts = [f"<style>{_LOOKS}</style>"]
    columns = min(3, len(lesson.quantities))
    for number, one in enumerate(lesson.quantities):
        q = QUANTITIES.index(one.name)
        name, size = _UNITS.get(one.name, ("mm", 1e3))
        rows = np.flatnonzero(np.isfinite(lesson.measured[:, q]))
        measured = lesson.measured[rows, q] * size
        low, middle, high = lesson.band[:, rows, q] * size
        both = padded(measured, low, high)
        at = Axes(
            75.0 + (number % columns) * (_SIZE + _GAP),
            34.0 + (number // columns) * (_SIZE + _GAP),
            _SIZE, _SIZE, both, both,
        )  # fmt: skip
        parts += [
            text(at.left, at.top - 12, f"{_label(TITLES[one.name])} ({name})", "name"),
            at.frame(_label("expected"), _label("measured"), many=4),
            line(at.px(both[0]), at.py(both[0]), at.px(both[1]), at.py(both[1]), "even"),
        ]
        for row, m, a, b, c in zip(rows, measured, low, middle, high, strict=True):
            odd = (observed.trials[row].id, one.name) in doubtful
            parts.append(line(at.px(a), at.py(m), at.px(c), at.py(m), "bar"))
            parts.append(circle(at.px(b), at.py(m), 3.2, "out" if odd else "dot"))
    lines = math.ceil(len(lesson.quantities) / columns)
    width, height = 75.0 + columns * (_SIZE + _GAP), 20.0 + lines * (_SIZE + _GAP)
    return svg(width, height, rect(0, 0, width, height, "paper"), *parts, style="lesson")


def draw_widths(lesson: Lesson) -> str:
    """How much of what was believed of each model parameter is left, the most learned first."""
    ordered = sorted(lesson.unknowns, key=lambda one: one.left)
    left, full, step = 560.0, 260.0, 25.0
    parts = [f"<style>{_LOOKS}</style>"]
    for number, one in enumerate(ordered):
        y = 8.0 + number * step
        share = min(one.left, 1.0)
        parts += [
            text(left - 10, y + 14, _label(UNKNOWNS[one.name][0]), "", "end"),
            rect(left, y, full, 18.0, "was"),
            rect(left, y, full * share, 18.0, "is" if one.learned else "still"),
            text(left + full + 8, y + 14, f"{share:.0%}", "tick"),
        ]
    width, height = left + full + 60.0, 16.0 + step * len(ordered)
    return svg(width, height, rect(0, 0, width, height, "paper"), *parts, style="lesson")


def _label(words: str) -> str:
    told = say(words)
    return f"{told.zh} {told.en}"


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda words, **values: side_by_side(say(words, **values)),
        quantity=_display.quantity,
        percent=lambda share: f"{share:.0%}",
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "lesson.html.j2").read_text(encoding="utf-8"))
