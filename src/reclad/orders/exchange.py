"""Orders and steps as CSV for other programs, and orders back from it, row by row."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reclad.errors import FileError, RecladError, ShopError
from reclad.orders.order import NewOrder
from reclad.units import nearest, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reclad.orders.book import Book
    from reclad.orders.order import Operation, Order
    from reclad.orders.routing import Route

ORDER_COLUMNS = ("order", "customer", "received", "due", "weight", "rush", "finish", "job", "state")
READ_COLUMNS = ("order", "customer", "due", "weight", "rush", "finish", "job")
NEEDED_COLUMNS = ("due", "job")
OPERATION_COLUMNS = (
    *("operation", "order", "process", "state", "minutes", "skill", "on_hold"),
    *("planned_start", "planned_end", "planned_machine", "planned_person"),
    *("started", "ended", "machine", "person"),
)
SIZE_LIMIT = 20_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")


@dataclass(frozen=True)
class Imported:
    """What became of a CSV of orders: numbers added, changed and left alone; lines refused, each
    with its reason."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    refused: tuple[str, ...]


def export_orders(orders: Sequence[Order]) -> bytes:
    """Orders as CSV that a spreadsheet opens: UTF-8 with a byte-order mark, CRLF, columns
    ORDER_COLUMNS; dates as 2026-12-20, times in UTC, rush yes or no.

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which
    `import_orders` takes away again. Checked in tests/orders/test_exchange.py.
    """
    return _csv(
        ORDER_COLUMNS,
        (
            (
                *(one.number, one.customer, _time(one.received), one.due.isoformat()),
                *(f"{one.weight:.15g}", "yes" if one.rush else "no"),
                *(one.finish, one.job, one.state),
            )
            for one in orders
        ),
    )


def export_operations(orders: Sequence[Order]) -> bytes:
    """Steps of orders as CSV, columns OPERATION_COLUMNS, in the form of `export_orders`."""
    return _csv(
        OPERATION_COLUMNS, (_operation(one) for order in orders for one in order.operations)
    )


def _operation(one: Operation) -> tuple[str, ...]:
    held = "; ".join(hold.reason for hold in one.holds if hold.released is None)
    return (
        *(one.name, one.order, one.process, one.state, str(one.minutes), one.skill, held),
        *(_time(one.planned_start), _time(one.planned_end)),
        *(one.planned_machine or "", one.planned_person or ""),
        *(_time(one.started), _time(one.ended), one.machine or "", one.person or ""),
    )


def _time(moment: datetime.datetime | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%MZ")


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell for cell in row)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. FileError."""
    try:
        with path.open("xb") as file:
            try:
                file.write(content)
                file.flush()
            except BaseException:
                path.unlink()
                raise
    except FileExistsError as error:
        raise FileError(
            f"{path}: exists already and is not overwritten; choose another name"
        ) from error
    except OSError as error:
        raise FileError(
            f"{path}: cannot be written ({error.strerror}); free space or choose another folder"
        ) from error


def import_orders(
    path: Path, book: Book, route: Callable[[Path, str], Route], now: datetime.datetime
) -> Imported:
    """Orders from a CSV: new ones are entered, known ones take its due day, customer, weight and
    rush; the same file again changes nothing.

    path    UTF-8, columns of READ_COLUMNS in any order, `due` and `job` needed; others are passed
            over; an empty cell leaves what is known, or the default
    route   makes the steps of a job folder (relative to the CSV) and a finish ("" for the usual)
    Each row stands alone: one that is refused does not stop the others. Raises FileError where the
    file as a whole cannot be read. Checked in tests/orders/test_exchange.py.
    """
    found: dict[str, list[str]] = {"added": [], "changed": [], "same": [], "refused": []}
    for line, row in _rows(path):
        try:
            outcome, number = _enter(row, path.parent, book, route, now)
        except RecladError as error:
            found["refused"].append(f"{path.name} line {line}: {error}")
        else:
            found[outcome].append(number)
    return Imported(**{key: tuple(values) for key, values in found.items()})


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    text = _text(path)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        _expect_columns(path, header)
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, dict(zip(header, map(_cell, cells), strict=False))))
    except csv.Error as error:
        raise FileError(f"{path}: is no CSV ({error}); save it as CSV UTF-8 again") from error
    return rows


def _cell(cell: str) -> str:
    return cell.strip().removeprefix("'")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    if len(raw) > SIZE_LIMIT:
        raise FileError(f"{path}: larger than 20 MB, so no list of orders; check the name")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileError(f"{path} line {line}: not UTF-8; save it as CSV UTF-8 again") from error


def _expect_columns(path: Path, header: list[str]) -> None:
    for name in NEEDED_COLUMNS:
        if name not in header:
            raise FileError(
                f"{path} line 1: no column {name}; {nearest(name, header or ['none'])}; separate "
                "columns by commas"
            )
    for name in READ_COLUMNS:
        if header.count(name) > 1:
            raise FileError(f"{path} line 1: column {name} stands twice; keep one of them")


def _enter(
    row: dict[str, str],
    folder: Path,
    book: Book,
    route: Callable[[Path, str], Route],
    now: datetime.datetime,
) -> tuple[str, str]:
    if not row.get("job"):
        raise ShopError("no job; write the job folder")
    where = (folder / row["job"]).resolve()
    number = row.get("order") or Path(row["job"]).stem
    known = book.find(number)
    if known is None:
        weight = _weight(row)
        new = NewOrder(
            due=read_day(row.get("due", "")),
            number=number,
            customer=row.get("customer", ""),
            weight=1.0 if weight is None else weight,
            rush=_rush(row) or False,
        )
        book.add(route(where, row.get("finish", "")), new, now)
        return "added", number
    return _update(known, row, where, book), number


def _update(known: Order, row: dict[str, str], where: Path, book: Book) -> str:
    weight = _weight(row)
    if str(where) != known.job:
        raise ShopError(
            f"order {show(known.number)} is of {known.job}, not of {where}; give it another number"
        )
    if row.get("finish") and row["finish"] != known.finish:
        raise ShopError(
            f"order {show(known.number)} is finished by {known.finish or 'nothing'}, which fixes "
            "its steps; enter it anew under another number"
        )
    rush = _rush(row)
    asked = NewOrder(
        due=read_day(row["due"]) if row.get("due") else known.due,
        number=known.number,
        customer=row.get("customer") or known.customer,
        weight=known.weight if weight is None else weight,
        rush=known.rush if rush is None else rush,
    )
    if asked == NewOrder(known.due, known.number, known.customer, known.weight, known.rush):
        return "same"
    book.change(asked)
    return "changed"


def read_day(text: str) -> datetime.date:
    """A day such as 2026-12-20; ShopError says how to write one."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ShopError(f"due {show(text)}: no day; write for example 2026-12-20") from error


def _weight(row: dict[str, str]) -> float | None:
    text = row.get("weight", "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise ShopError(f"weight {show(text)}: no number; write for example 1") from error


def _rush(row: dict[str, str]) -> bool | None:
    text = row.get("rush", "").casefold()
    if text not in (*_YES, *_NO):
        raise ShopError(f"rush {show(text)}: write yes or no")
    return None if not text else text in _YES
