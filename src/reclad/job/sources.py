"""Where every number comes from, and which of them are only assumed."""

from __future__ import annotations

import re
import typing
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel

from reclad.errors import JobError
from reclad.job.declared import Table
from reclad.job.reading import read_text
from reclad.units import Q, format_number, format_quantity, nearest, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from reclad.job.job import Job

_ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)


class Assumed(NamedTuple):
    """One number nobody has measured: what it is, its value with spread, why it stands there."""

    what: str
    value: str
    source: str


def known_sources(folder: Path | None = None) -> frozenset[str]:
    """Keys of the shipped sources.bib, and of sources.bib in the job folder if there is one."""
    own: frozenset[str] = frozenset()
    if folder is not None and (folder / "sources.bib").is_file():
        own = _keys(folder / "sources.bib", "sources.bib")
    return _shipped_keys() | own


@cache
def _shipped_keys() -> frozenset[str]:
    return _keys(files("reclad").joinpath("data", "sources.bib"), "library/sources.bib")


def _keys(path: Traversable, name: str) -> frozenset[str]:
    return frozenset(_ENTRY.findall(read_text(path, name).text))


def expect_known_sources(model: BaseModel, name: str, known: frozenset[str]) -> None:
    """Refuse a file whose sources are not in sources.bib; text after a comma is a detail."""
    for path, block in _blocks(model, ()):
        source = getattr(block, "source", None)
        if isinstance(source, str) and source_key(source) not in known:
            shown = f"[{'.'.join(path)}] " if path else ""
            raise JobError(
                f"{name} {shown}source: {show(source)} is not in sources.bib; add it there, "
                f'write "assumed", or {nearest(source, sorted(known))}'
            )


def source_key(source: str) -> str:
    """The key of sources.bib in a source text such as "EC3, 3.4.1.2"."""
    return source.split(",", maxsplit=1)[0].strip()


def _blocks(model: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], BaseModel]]:
    yield path, model
    for key in type(model).model_fields:
        inner = getattr(model, key)
        if isinstance(inner, BaseModel):
            yield from _blocks(inner, (*path, key))


def assumed(job: Job) -> list[Assumed]:
    """Every number of the job's material, clad, powder, machine and nozzle that is assumed."""
    found: dict[str, Assumed] = {}
    for label, model in (
        (f"material {job.parent.name}", job.parent),
        (f"material {job.clad.name}", job.clad),
        (f"powder {job.feedstock.name}", job.feedstock),
        (f"machine {job.cell.name}", job.cell),
        (f"nozzle {job.nozzle.name}", job.nozzle),
    ):
        for path, value, note in _assumed_numbers(model, (label,), inherited=None):
            what = " ".join(path).replace("_", " ")
            found.setdefault(what, Assumed(what, value, f"assumed{': ' + note if note else ''}"))
    feeder = job.cell.feeder
    if feeder.powder.casefold() != job.feedstock.name.casefold():
        what = f"machine {job.cell.name} feeder curve"
        found[what] = Assumed(
            what, f"weighed with {feeder.powder}", f"assumed: not weighed with {job.feedstock.name}"
        )
    return list(found.values())


def _assumed_numbers(
    model: BaseModel, path: tuple[str, ...], inherited: str | None
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    source = getattr(model, "source", None)
    note = inherited
    if isinstance(source, str):
        note = getattr(model, "note", "") if source_key(source) == "assumed" else None
    if note is not None:
        yield from ((p, v, note) for p, v in _numbers(model, path))
    for key in type(model).model_fields:
        inner = getattr(model, key)
        if isinstance(inner, BaseModel):
            yield from _assumed_numbers(inner, (*path, key), note)
        elif note is not None and _is_rows(inner):
            rows = [", ".join(v for _, v in _numbers(row, ())) for row in inner]
            yield (*path, key), f"{len(rows)} rows, {rows[0]} to {rows[-1]}", note


def _is_rows(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(row, BaseModel) for row in value)


def _numbers(model: BaseModel, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(model, Table):
        low, high = (to_text(v, model.quantity) for v in (min(model.value), max(model.value)))
        yield path, f"{low} to {high} ± {format_quantity(model.spread, '%')}"
        return
    spread = getattr(model, "spread", None)
    band = f" ± {format_quantity(spread, '%')}" if spread is not None else ""
    if hasattr(model, "log_sd"):
        band = f", sd of its logarithm {format_number(model.log_sd)}"
    for key, q in quantities(type(model)).items():
        value = getattr(model, key)
        if value is not None and key != "spread":
            here = path if key in ("value", "median") else (*path, key)
            yield here, to_text(value, q) + band


def to_text(value: float, q: Q) -> str:
    """An SI value in the unit it is declared in."""
    return format_quantity(value, q.unit)


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
