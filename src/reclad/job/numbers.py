"""Every number a data file holds: value, unit, legal range, spread, source, note."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel

from reclad.job.declared import Table
from reclad.units import Q, format_number, format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Number:
    """One number or one table of a data file.

    path     keys that lead to it, e.g. ("laser", "spot")
    q        its declaration: unit, meaning, legal range
    values   SI; more than one for a table, whose temperatures (K) are `at`
    spread   relative, one standard deviation; log_sd that of the logarithm; None if not given
    source   key of sources.bib and detail; "" where the file states none
    """

    path: tuple[str, ...]
    q: Q
    values: tuple[float, ...]
    at: tuple[float, ...] = ()
    spread: float | None = None
    log_sd: float | None = None
    source: str = ""
    note: str = ""

    @property
    def what(self) -> str:
        """What it is, in words."""
        return " ".join(self.path).replace("_", " ")

    @property
    def text(self) -> str:
        """Value with unit and spread, e.g. "7850 kg/m^3 ± 1 %"."""
        low, high = (format_quantity(v, self.q.unit) for v in (min(self.values), max(self.values)))
        shown = low if len(self.values) == 1 else f"{low} to {high}"
        if self.log_sd is not None:
            return f"{shown}, sd of its logarithm {format_number(self.log_sd)}"
        if self.spread is None:
            return shown
        if self.q.unit == "degC":  # the share is of kelvin, which a reader of degC cannot see
            return f"{shown} ± {format_quantity(self.spread * max(self.values), 'K', 2)}"
        return f"{shown} ± {format_quantity(self.spread, '%')}"


def numbers_of(model: BaseModel) -> Iterator[Number]:
    """Every number of a data file, in the order of its declarations."""
    yield from _walk(model, (), "", "")


def _walk(model: BaseModel, path: tuple[str, ...], source: str, note: str) -> Iterator[Number]:
    own = getattr(model, "source", getattr(model, "origin", None))
    if isinstance(own, str):
        source, note = own, getattr(model, "note", "")
    if isinstance(model, Table):
        yield Number(path, model.quantity, model.value, model.at, model.spread, None, source, note)
        return
    spread, log_sd = getattr(model, "spread", None), getattr(model, "log_sd", None)
    declared = quantities(type(model))
    for key in type(model).model_fields:
        value = getattr(model, key)
        here = path if key in ("value", "median") else (*path, key)
        if key in declared and key != "spread":
            for inner, number in _plain(value):
                yield Number(
                    (*here, *inner), declared[key], (number,), (), spread, log_sd, source, note
                )
        elif isinstance(value, BaseModel):
            yield from _walk(value, (*path, key), source, note)
        elif isinstance(value, tuple):
            for row, item in enumerate(value, start=1):
                if isinstance(item, BaseModel):
                    yield from _walk(item, (*path, key, f"row {row}"), source, note)


def _plain(value: object) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(value, float):
        yield (), value
    elif isinstance(value, dict):
        yield from (((str(key),), number) for key, number in value.items())
    elif isinstance(value, tuple):
        yield from (((f"row {row}",), number) for row, number in enumerate(value, start=1))


def quantities(model: type[BaseModel]) -> dict[str, Q]:
    """The declared quantities of a model: field name -> unit, meaning, range."""
    return {
        key: q
        for key, field in model.model_fields.items()
        for q in [*field.metadata, *_inside(field.annotation)]
        if isinstance(q, Q)
    }


def _inside(annotation: object) -> list[object]:
    if typing.get_origin(annotation) is Annotated:
        return list(typing.get_args(annotation)[1:])
    return [m for a in typing.get_args(annotation) for m in _inside(a)]
