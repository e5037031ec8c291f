"""The cells of a CSV or XLSX table: text, row by row, nothing left out in silence."""

from __future__ import annotations

import csv
import datetime
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SIZE_LIMIT = 50_000_000
ROW_LIMIT = 100_000
COLUMN_LIMIT = 500
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?[\d.]*\d,\d[\d,.]*", re.ASCII)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?|\d{1,2}[-/ ][A-Za-z]{3,9}\.?([-/ ]\d+)?"
    r"|[A-Za-z]{3,9}[-/ ]\d{1,4}|\d{1,4}年.*|\d{1,2}月.*"
)


@dataclass(frozen=True)
class Table:
    """A table as read: file name, header, rows as (row, cells); the header is the first row that
    holds anything, rows count as a spreadsheet counts them. `empty` rows between were passed over.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    empty: int


def read_table(path: Path, name: str, *, encoding: str = "utf-8", delimiter: str = "") -> Table:
    """The cells of a .csv (comma, semicolon or tab, as its header has it) or the first sheet of an
    .xlsx; FileError names file, row and column of what cannot be read."""
    raw = read_bytes(path, name)
    if path.suffix.lower() == ".xlsx":
        return _collect(name, _read_xlsx(raw, name))
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise FileError(f"{name}: a spreadsheet, not CSV text; name it .xlsx, or save it as CSV")
    text = _decode(raw, name, encoding)
    line = text.lstrip("\r\n \t").split("\n", 1)[0]
    mark = delimiter or max(",;\t", key=line.count)
    try:
        return _collect(name, csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise FileError(f"{name}: is not a CSV table ({error}); save it as CSV UTF-8") from error


def read_bytes(path: Path, name: str) -> bytes:
    """The bytes of a file of at most 50 MB."""
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else show(str(error))
        raise FileError(f"{name}: cannot be read ({reason}); check the name") from error
    if len(raw) > SIZE_LIMIT:
        raise FileError(f"{name}: is over {SIZE_LIMIT // 1_000_000} MB; split the table")
    return raw


def _decode(raw: bytes, name: str, encoding: str) -> str:
    wanted = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        return raw.decode(wanted)
    except LookupError as error:
        raise FileError(
            f'{name}: encoding {show(encoding)} is not known; write "utf-8" or "gbk"'
        ) from error
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before[before.rfind(b"\n") + 1 :]
        column = max(line.count(mark) for mark in (b",", b";", b"\t")) + 1
        row = before.count(b"\n") + 1
        hint = f"it reads as {_guess(raw)}; " if _guess(raw) else ""
        raise FileError(
            f"{name} row {row} column {column}: is not {encoding} text; {hint}"
            'save it as "CSV UTF-8", or name its encoding in datapackage.json'
        ) from error
    except (UnicodeError, ValueError) as error:
        raise FileError(f"{name}: is not {encoding} text; save it as CSV UTF-8") from error


def _guess(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "GBK"


def _read_xlsx(raw: bytes, name: str) -> Iterator[list[str]]:
    try:
        import openpyxl
    except ImportError as error:
        raise FileError(
            f"{name}: reading .xlsx needs openpyxl; install it with `pip install reclad[xlsx]`, or "
            "save the sheet as CSV UTF-8"
        ) from error
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_col=COLUMN_LIMIT + 1, values_only=True):
            yield [_text_of(cell) for cell in row]
    except FileError:
        raise
    except Exception as error:  # the reader lets through errors of zip, XML and its own
        raise FileError(
            f"{name}: is not a whole .xlsx sheet ({type(error).__name__}); open it in the "
            "spreadsheet program and save it again"
        ) from error


def _text_of(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        whole = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if whole else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _collect(name: str, lines: Iterable[Sequence[str]]) -> Table:
    header: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    empty, last = 0, 0
    for number, line in enumerate(lines, start=1):
        cells = tuple(cell.strip() for cell in line)
        while cells and len(cells) > len(header) and not cells[-1]:
            cells = cells[:-1]  # spreadsheets append empty columns
        if not any(cells):
            continue
        if not header:
            header, last = cells, number
            _check_header(name, number, header)
            continue
        if len(rows) >= ROW_LIMIT:
            raise FileError(f"{name}: has over {ROW_LIMIT} rows; split the table")
        empty, last = empty + number - last - 1, number
        rows.append((number, cells))
    if not header:
        raise FileError(f"{name}: empty; the first row names the columns, each next row a trial")
    if not rows:
        raise FileError(f"{name}: has column names but no trial below them; add rows")
    return Table(name, header, tuple(rows), empty)


def _check_header(name: str, number: int, header: tuple[str, ...]) -> None:
    if len(header) > COLUMN_LIMIT:
        raise FileError(f"{name}: has over {COLUMN_LIMIT} columns; keep those of the trials")
    for column, cell in enumerate(header, start=1):
        if not cell:
            raise FileError(
                f"{name} row {number} column {column}: the column has no name; name it, or delete "
                "it"
            )
        if header.count(cell) > 1:
            raise FileError(f"{name} row {number}: names column {show(cell)} twice; keep one")
    if all(_NUMBER.fullmatch(cell[:60]) for cell in header):
        raise FileError(f"{name} row {number}: holds numbers where column names are wanted")


def number_fault(text: str, unit: str) -> str:
    """What is wrong with a cell that must hold a bare number; "" if nothing is."""
    if len(text) <= 60 and _NUMBER.fullmatch(text):
        return ""
    return f"{show(text)} {_why_no_number(text[:60], f' in {unit}' if unit else '')}"


def _why_no_number(text: str, of_unit: str) -> str:
    if _WITH_COMMA.fullmatch(text):
        return "has a comma in the number; write the decimals with a point, and no other mark"
    if _DATE.fullmatch(text):
        return (
            "is a date where a number is wanted; a spreadsheet turns 3.5 or 3-5 into dates: format "
            "the column as numbers and type it again"
        )
    if text.startswith("#"):
        return "is an error of the spreadsheet; correct its formula"
    if of_unit and re.match(r"[+-]?\d[\d.]*\s*[^\d\s.,]", text, re.ASCII):
        return f"is no bare number; the column is{of_unit}, so write the number alone"
    return f"is no number{of_unit}; leave the cell empty where it is not known"
