"""The beam's path from a CSV table: every fault named by row and column."""

from __future__ import annotations

import csv
import difflib
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import FileError
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Column -> SI per unit written, lowest and highest value.
COLUMNS = {
    "t_s": (1.0, 0.0, 1e7),
    "x_mm": (1e-3, -1e5, 1e5),
    "y_mm": (1e-3, -1e5, 1e5),
    "z_mm": (1e-3, -1e4, 0.0),
    "power_W": (1.0, 0.0, 50_000.0),
}
_SIZE_LIMIT = 50_000_000
_ROW_LIMIT = 200_000


@dataclass(frozen=True)
class BeamRow:
    """One row: time s, place m (z = 0 the surface, metal below), laser power W from here to the
    next row; `where` names it in messages."""

    where: str
    time: float
    x: float
    y: float
    z: float
    power: float


def read_beam_table(path: Path, name: str) -> tuple[BeamRow, ...]:
    """The rows of a path: columns t_s, x_mm, y_mm, z_mm, power_W; straight between rows.

    The same time twice is a jump. Comma, semicolon or tab between cells, as the header has it.
    Raises FileError that names file, row, column, value and rule.
    """
    text = _read_text(path, name)
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = tuple(_read_rows(name, table))
    except csv.Error as error:
        raise FileError(f"{name}: is not a CSV table ({error}); save it as CSV UTF-8") from error
    if len(rows) < 2:
        raise FileError(
            f"{name}: has {len(rows)} rows; a path needs two or more, where it starts and ends"
        )
    return rows


def _read_text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else show(str(error))
        raise FileError(f"{name}: cannot be read ({reason}); check the name") from error
    if len(raw) > _SIZE_LIMIT:
        raise FileError(f"{name}: is over 50 MB; split the path")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: is not UTF-8 text; save it as CSV UTF-8") from error


def _read_rows(name: str, table: Iterator[list[str]]) -> Iterator[BeamRow]:
    header: list[str] | None = None
    number, before = 0, -math.inf
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            _check_header(name, header)
            continue
        number += 1
        where = f"{name} row {number}"
        if number > _ROW_LIMIT:
            raise FileError(f"{name}: has over {_ROW_LIMIT} rows; split the path")
        if len(cells) > len(header):
            raise FileError(
                f"{where}: has {len(cells)} cells for {len(header)} columns; check the commas, and "
                "write decimals with a point"
            )
        row = _read_row(where, dict(zip(header, cells, strict=False)))
        if row.time < before:
            raise FileError(
                f"{where} t_s: {row.time:g} lies before the {before:g} of the row above; order the "
                "rows by time"
            )
        before = row.time
        yield row


def _check_header(name: str, header: list[str]) -> None:
    known = f"the columns are {', '.join(COLUMNS)}"
    for column in header:
        if column in COLUMNS and header.count(column) > 1:
            raise FileError(f"{name}: has column {column} twice; keep one")
        near = difflib.get_close_matches(column, COLUMNS, 1, 0.7)
        if near and column not in COLUMNS and near[0] not in header:
            raise FileError(
                f"{name}: column {show(column)} is not known, did you mean {near[0]}? {known}"
            )
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise FileError(f"{name}: has no column {', '.join(missing)}; {known}")


def _read_row(where: str, cell: dict[str, str]) -> BeamRow:
    numbers = []
    for column, (scale, low, high) in COLUMNS.items():
        text = cell.get(column, "").strip()
        try:
            value = float(text) if text.isascii() and "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            hint = "write the decimal with a point" if "," in text else "the column says the unit"
            above = "; z 0 is the surface, metal below" if column == "z_mm" else ""
            raise FileError(
                f"{where} {column}: {show(text)} is not a number from {low:g} to {high:g}; "
                f"{hint}{above}"
            )
        numbers.append(value * scale)
    return BeamRow(where, *numbers)
