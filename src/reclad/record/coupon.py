"""A coupon for the shop floor: its program, a drawing with the labels, an empty sheet."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from reclad.errors import FileError, ProgramError
from reclad.path import Plate
from reclad.program import program_suffix
from reclad.record import _display
from reclad.record._coupon_figure import draw_coupon
from reclad.record._coupon_sheet import (
    MEASURED,
    can_write_xlsx,
    column_name,
    sheet_csv,
    sheet_xlsx,
    trials_to_measure,
)
from reclad.record.words import PLATE_ZERO_LINES, ZERO_LINES, say, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.coupon import CouponPlan

DRAWING, PAGE, SHEET, SPREADSHEET = "coupon.svg", "coupon.html", "sheet.csv", "sheet.xlsx"
_CORNER = say("X0, Y0: nozzle over the corner that is marked in the drawing.")


def write_coupon(plan: CouponPlan, folder: Path) -> tuple[Path, ...]:
    """Write coupon.ngc (or as the controller names it), coupon.svg, coupon.html, sheet.csv and,
    where openpyxl is installed, sheet.xlsx; gives their paths. The same plan gives the same bytes.

    Raises ProgramError when the program was refused, and FileError when the folder cannot be
    written or holds one of these files: a sheet may be filled in already. Nothing is written then.
    """
    if not plan.accepted:
        faults = [str(finding) for finding in plan.verdict.findings if not finding.note]
        raise ProgramError(
            f"coupon {plan.name}: its program must not run: {(*faults, str(plan.refereed))[0]}"
        )
    trials = trials_to_measure(plan)
    drawing = draw_coupon(plan)
    files = {
        f"coupon{program_suffix(plan.machine)}": plan.text.encode("ascii"),
        DRAWING: drawing.encode("utf-8"),
        PAGE: _render(plan, drawing).encode("utf-8"),
        SHEET: sheet_csv(trials),
    }
    if can_write_xlsx():
        files[SPREADSHEET] = sheet_xlsx(trials)
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise FileError(
            f"{folder}: holds {', '.join(there)} already, and a sheet may be filled in; give a new "
            "folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, raw in files.items():
            (folder / name).write_bytes(raw)
    except OSError as error:
        raise FileError(
            f"{folder}: cannot be written ({error.strerror}); give a folder that can"
        ) from error
    return tuple(folder / name for name in files)


def _render(plan: CouponPlan, drawing: str) -> str:
    blank = plan.layout.blank
    flat = isinstance(blank, Plate)
    thick = blank.thickness if isinstance(blank, Plate) else blank.wall
    return _page().render(
        plan=plan,
        flat=flat,
        thick=thick,
        drawing=Markup(drawing),
        zero=(_CORNER, PLATE_ZERO_LINES[1]) if flat else ZERO_LINES,
        measured={column_name(key): words for key, words in MEASURED.items()},
        weigh_again=any(one.rule == "weighing-expired" for one in plan.verdict.findings),
        spreadsheet=can_write_xlsx(),
        program=f"coupon{program_suffix(plan.machine)}",
        ends={bead.setting.label: _end(plan, bead.place.x, bead.place.a) for bead in plan.beads},
    )


def _end(plan: CouponPlan, x: float, a: float) -> tuple[float, float]:
    """X (m) and A (rad) where the beam goes off a bead that begins there."""
    blank, bead = plan.layout.blank, plan.layout.bead
    return (x + bead, a) if isinstance(blank, Plate) else (x, a + bead / blank.radius)


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda text, **values: side_by_side(say(text, **values)),
        both=side_by_side,
        quantity=_display.quantity,
        plain=_display.plain,
        duration=lambda seconds: side_by_side(_display.duration(seconds)),
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "coupon.html.j2").read_text(encoding="utf-8"))
