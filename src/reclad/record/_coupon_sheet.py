"""The empty measuring sheet of a coupon: settings filled in, what is to be measured left empty."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError
from reclad.job import Trial
from reclad.job.trial_columns import QUANTITIES, WHOLE
from reclad.path import Plate
from reclad.record._plain_zip import write_zip
from reclad.record.words import Words, say
from reclad.units import to_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.coupon import BeadSetting, CouponPlan

SET: dict[str, Words] = {
    "id": say("name of the bead: coupon and label"),
    "power": say("laser power at the workpiece"),
    "travel_speed": say("travel speed over the surface"),
    "feed_rate": say("powder mass fed"),
    "spot": say("beam diameter at the work"),
    "spot_definition": say("how the beam diameter is defined"),
    "stand_off": say("nozzle tip to surface"),
    "base_temperature": say("temperature of the coupon before the bead"),
    "track_length": say("length laid with powder on"),
    "parent": say("parent metal of the coupon"),
    "thickness": say("metal under the bead"),
    "powder": say("powder, as the feeder was weighed with"),
    "lot": say("lot of the powder"),
    "machine": say("machine file"),
    "nozzle": say("nozzle file"),
    "origin": say("measured: the row may enter a fit"),
}
MEASURED: dict[str, Words] = {
    "width": say("width of the bead, mean of the cross-sections"),
    "width_scatter": say("standard deviation between the cross-sections"),
    "height": say("height above the surface, mean of the cross-sections"),
    "height_scatter": say("standard deviation between the cross-sections"),
    "depth": say("depth of melting below the surface, mean of the cross-sections"),
    "depth_scatter": say("standard deviation between the cross-sections"),
    "clad_area": say("area of the bead above the surface"),
    "melted_area": say("area melted below the surface"),
    "dilution": say("melted area over both areas"),
    "sections": say("number of cross-sections cut"),
    "feed_weighed": say("powder weighed at the nozzle, if it was"),
    "mass_gained": say("weight after less weight before, if weighed bead by bead"),
    "flaw": say("what was seen: balling, no bond, cracks; empty if nothing"),
    "date": say("day of the trial, as 2026-10-15"),
    "laboratory": say("who measured"),
    "note": say("anything else, also a temperature that was not as set"),
}
_GREY, _WHITE = "E3E7EA", "FFFFFF"
_SAVED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_TEXT = "@"  # a spreadsheet turns dates and lot numbers in other cells into numbers


def trials_to_measure(plan: CouponPlan) -> tuple[Trial, ...]:
    """The trials of a coupon before anything is measured, in the order of its beads."""
    return tuple(_trial(plan, bead.setting) for bead in plan.beads)


def _trial(plan: CouponPlan, bead: BeadSetting) -> Trial:
    cell, blank = plan.machine, plan.layout.blank
    shape = "1/e2" if cell.laser.spot_shape == "gaussian" else "top-hat"
    sizes = {
        "power": bead.power,
        "travel_speed": bead.travel_speed,
        "feed_rate": bead.feed_rate,
        "spot": cell.laser.spot,
        "stand_off": bead.stand_off,
        "base_temperature": bead.interpass,
        "track_length": plan.layout.bead,
        "thickness": blank.thickness if isinstance(blank, Plate) else blank.wall,
    }
    names = {
        "id": f"{plan.name}-{bead.label}",
        "origin": "measured",
        "spot_definition": shape,
        "parent": plan.parent,
        "powder": cell.feeder.powder,
        "lot": cell.feeder.lot,
        "machine": cell.name,
        "nozzle": plan.nozzle.name,
    }
    return Trial.model_validate(
        names
        | {key: f"{_number(key, value)} {QUANTITIES[key].unit}" for key, value in sizes.items()}
    )


def _number(key: str, value: float) -> str:
    """A value in the unit of its column; twelve digits, for 17 g/min are no 16.9999999999999."""
    return f"{to_unit(value, QUANTITIES[key].unit):.12g}"


def column_name(key: str) -> str:
    """The name of a column, unit included, as the reading of trials wants it."""
    q = QUANTITIES.get(key)
    return f"{key} ({q.unit})" if q else key


def _rows(trials: Sequence[Trial]) -> list[list[str]]:
    told = [trial.model_dump() for trial in trials]
    return [
        [_number(key, row[key]) if key in QUANTITIES else str(row[key]) for key in SET]
        + [""] * len(MEASURED)
        for row in told
    ]


def sheet_csv(trials: Sequence[Trial]) -> bytes:
    """The sheet as CSV, UTF-8 with the mark by which spreadsheets know it."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([column_name(key) for key in (*SET, *MEASURED)])
    writer.writerows(_rows(trials))
    return table.getvalue().encode("utf-8-sig")


def can_write_xlsx() -> bool:
    """Whether openpyxl, without which no .xlsx is written, is installed."""
    return importlib.util.find_spec("openpyxl") is not None


def sheet_xlsx(trials: Sequence[Trial]) -> bytes:
    """The sheet as .xlsx: settings grey and locked (without a password), cells to measure open; a
    second sheet says in both languages what each column holds. The same trials give the same bytes.

    Raises FileError when openpyxl is not installed.
    """
    if not can_write_xlsx():
        raise FileError(
            "sheet.xlsx: writing .xlsx needs openpyxl; install it with `pip install reclad[xlsx]`, "
            "or fill in sheet.csv"
        )
    import openpyxl

    book = openpyxl.Workbook()
    _fill_trials(book.active, trials)
    _fill_legend(book.create_sheet("columns 各列"))
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    files[core] = _SAVED.sub(rb"\g<1>1980-01-01T00:00:00Z", files[core])
    return write_zip(files)


def _fill_trials(sheet: Any, trials: Sequence[Trial]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter

    sheet.title = "trials"
    thin = Side(style="thin", color="AAB3BA")
    for column, key in enumerate((*SET, *MEASURED), start=1):
        head = sheet.cell(1, column, column_name(key))
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        head.fill = PatternFill("solid", fgColor=_GREY if key in SET else "CFE4E9")
        head.border = Border(bottom=thin)
        sheet.column_dimensions[get_column_letter(column)].width = 18 if key == "id" else 13
    for number, cells in enumerate(_rows(trials), start=2):
        for column, (key, told) in enumerate(zip((*SET, *MEASURED), cells, strict=True), start=1):
            value = float(told) if told and key in QUANTITIES else told or None
            cell = sheet.cell(number, column, value)
            cell.fill = PatternFill("solid", fgColor=_GREY if key in SET else _WHITE)
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            cell.protection = Protection(locked=key in SET)
            if key not in QUANTITIES and key not in WHOLE:
                cell.number_format = _TEXT
    sheet.freeze_panes = "B2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    _expect_numbers(sheet, len(trials) + 1)


def _expect_numbers(sheet: Any, last: int) -> None:
    """Let a spreadsheet refuse text where a number is measured, in the words of both languages."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, key in enumerate((*SET, *MEASURED), start=1):
        if key in SET or key not in (*QUANTITIES, *WHOLE):
            continue
        words = say("a bare number, 0 or more; empty if not known")
        rule = DataValidation(
            type="whole" if key in WHOLE else "decimal",
            operator="greaterThanOrEqual",
            formula1="1" if key in WHOLE else "0",
            allow_blank=True,
            showErrorMessage=True,
            error=f"{column_name(key)}: {words.zh} {words.en}.",
        )
        letter = get_column_letter(column)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)


def _fill_legend(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font

    for row, (key, words) in enumerate((SET | MEASURED).items(), start=1):
        for column, told in enumerate((column_name(key), words.zh, words.en), start=1):
            cell = sheet.cell(row, column, told)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=key in MEASURED and column == 1)
    for letter, width in (("A", 26), ("B", 34), ("C", 56)):
        sheet.column_dimensions[letter].width = width
