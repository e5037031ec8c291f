"""Tables of a shop's own measurements: one quantity a column, its unit in the column's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.errors import FileError, RecladError
from reclad.job.trial_table import number_fault, read_table
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reclad.job.trial_table import Table
    from reclad.units import Q


def read_measured(
    path: Path, needed: Mapping[str, Q], beside: Mapping[str, Q] | None = None
) -> tuple[list[tuple[float, ...]], list[float]]:
    """The rows of a CSV or XLSX (SI), and what stands in the column `beside` them.

    needed   column name -> its quantity; a row gives all of them or, beside a reading, none
    beside   one column that may be missing, or empty in any row
    FileError names file, row, column, value and way out.
    """
    table = read_table(path, path.name)
    beside = beside or {}
    names = _names(table, needed, beside)
    rows: list[tuple[float, ...]] = []
    readings: list[float] = []
    for number, cells in table.rows:
        where = f"{path.name} row {number}"
        if len(cells) > len(names):
            raise FileError(
                f"{where}: has {len(cells)} cells for {len(names)} columns; check the commas, and "
                "write decimals with a point"
            )
        told = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
        here = [_number(where, name, told, q) for name, q in beside.items() if name in told]
        readings += here
        if not here or told.keys() & needed.keys():
            rows.append(tuple(_number(where, name, told, q) for name, q in needed.items()))
    return rows, readings


def _names(table: Table, needed: Mapping[str, Q], beside: Mapping[str, Q]) -> list[str]:
    """The known column each column of the table is, capitals forgiven."""
    known = {name.casefold(): name for name in (*needed, *beside)}
    names = []
    for cell in table.header:
        name = known.get(cell.casefold(), "")
        if not name or name in names:
            raise FileError(
                f"{table.name} column {show(cell)}: unknown, or there twice; the columns are "
                f"{', '.join(known.values())}: rename or delete it"
            )
        names.append(name)
    lacking = [name for name in needed if name not in names]
    if lacking:
        raise FileError(f"{table.name}: has no column {', '.join(lacking)}; add it")
    return names


def _number(where: str, name: str, told: Mapping[str, str], q: Q) -> float:
    cell = told.get(name, "")
    if not cell:
        raise FileError(f"{where} {name}: is empty; fill it in, or delete the row")
    fault = number_fault(cell, q.unit)
    if fault:
        raise FileError(f"{where} {name}: {fault}")
    try:
        return q.parse(f"{cell} {q.unit}")
    except RecladError as error:
        raise FileError(f"{where} {name}: {error}") from error
