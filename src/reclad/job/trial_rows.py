"""From the cells of a table to trials: every fault of every row, none dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reclad.errors import FileError
from reclad.job.reading import faults
from reclad.job.trial import Trial
from reclad.job.trial_columns import NEEDED, QUANTITIES, WHOLE
from reclad.job.trial_table import number_fault
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reclad.job.trial_columns import Column
    from reclad.job.trial_package import Constraints
    from reclad.job.trial_table import Table

_SERIAL = re.compile(r"[34]\d{4}")


@dataclass(frozen=True)
class Remark:
    """What is to say of a row: its column ("" for the row as a whole), the sentence, and whether
    the row is refused for it."""

    column: str
    text: str
    refuses: bool = True


@dataclass(frozen=True)
class TrialRow:
    """One row of a table: its number as a spreadsheet counts, its name, the trial if it could be
    read, what is to say of it, and for what it is good (see `check_trial`)."""

    number: int
    id: str
    trial: Trial | None
    remarks: tuple[Remark, ...] = ()
    good_for: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether something in it is missing or cannot be."""
        return any(remark.refuses for remark in self.remarks)


@dataclass(frozen=True)
class Reading:
    """How the cells are to be read: texts that mean no value, decimal marks and limits by column,
    values (texts) that hold where a cell is empty."""

    missing: tuple[str, ...] = ("",)
    decimal: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Constraints] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_rows(table: Table, columns: Sequence[Column], reading: Reading) -> list[TrialRow]:
    """Every row as a trial, or with what keeps it from being one."""
    return [_read_row(number, cells, columns, reading) for number, cells in table.rows]


def _read_row(
    number: int, cells: tuple[str, ...], columns: Sequence[Column], reading: Reading
) -> TrialRow:
    if len(cells) != len(columns):
        few = "few" if len(cells) < len(columns) else "many"
        text = (
            f"{len(cells)} cells for {len(columns)} columns, too {few}; check the separators, and "
            "write decimals with a point"
        )
        return TrialRow(number, str(number), None, (Remark("", text),))
    remarks: list[Remark] = []
    told: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        text = "" if cell in reading.missing else cell
        limits = reading.limits.get(column.name)
        if limits is not None:
            remarks += [Remark(column.name, fault) for fault in limits.faults(text)]
        if text and column.key:
            value, fault = _read_cell(column, text, reading.decimal.get(column.name, "."))
            if fault:
                remarks.append(Remark(column.name, fault))
            told[column.key] = value
    data = {key: _default(key, text) for key, text in reading.defaults.items()} | told
    data.setdefault("id", str(number))
    trial, more = _make_trial(data, columns, {r.column for r in remarks})
    return TrialRow(number, str(data["id"])[:80], trial, (*remarks, *more))


def _default(key: str, text: str) -> Any:
    return int(text) if key in WHOLE and text.isascii() and text.isdigit() else text


def _read_cell(column: Column, text: str, decimal: str) -> tuple[Any, str]:
    """What goes to the model, and what is wrong with the cell ("" if nothing)."""
    if column.key in QUANTITIES or column.key in WHOLE:
        if decimal != ".":
            text = text.replace(decimal, ".") if "." not in text else f"{text} (point and comma)"
        fault = number_fault(text, column.unit)
        if column.key in QUANTITIES:
            return f"{text} {column.unit}", fault
        if not fault and not text.isdigit():
            fault = f"{show(text)} is no whole number; write for example 3"
        return int(text[:18]) if not fault else text, fault
    if column.key == "date" and _SERIAL.fullmatch(text):
        return text, (
            f"{show(text)} is a day as a spreadsheet counts them; format the column as text and "
            "write 2026-10-15"
        )
    return text, ""


def _make_trial(
    data: dict[str, Any], columns: Sequence[Column], named: set[str]
) -> tuple[Trial | None, list[Remark]]:
    """The trial if all its cells are sound; else one remark per fault not named already."""
    heads = {column.key: column.name for column in columns if column.key}
    remarks = []
    try:
        trial = Trial.model_validate(data)
    except ValidationError as error:
        for key, text in faults(error):
            column = heads.get(key, key)
            if column not in named:
                absent = key in NEEDED and key not in data
                remarks.append(
                    Remark(column, "missing; no trial is read without it" if absent else text)
                )
        return None, remarks
    return (None if named else trial), remarks


def check_defaults(name: str, defaults: Mapping[str, str]) -> None:
    """Refuse defaults that are no values of a trial; FileError names the key."""
    for key in defaults:
        if key not in Trial.model_fields or key == "id":
            known = ", ".join(k for k in Trial.model_fields if k != "id")
            raise FileError(f"{name} trial_defaults {key}: unknown key; known: {known}")
    try:
        Trial.model_validate({key: _default(key, text) for key, text in defaults.items()})
    except ValidationError as error:
        for key, text in faults(error):
            if key in defaults:
                raise FileError(f"{name} trial_defaults {key}: {text}") from error
