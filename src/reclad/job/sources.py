"""Where every number comes from, and which of them are only assumed."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from reclad.errors import JobError
from reclad.job.numbers import numbers_of
from reclad.job.reading import read_text
from reclad.units import Q, format_quantity, nearest, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from reclad.job.job import Job
    from reclad.job.numbers import Number

_ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)
_TITLE = re.compile(r"\btitle\s*=\s*[{\"](.*?)[}\"]\s*(?:,|\}|$)", re.DOTALL)


class Assumed(NamedTuple):
    """One number nobody has measured: what it is, its value with spread, why it stands there."""

    what: str
    value: str
    source: str


def known_sources(folder: Path | None = None) -> frozenset[str]:
    """Keys of the shipped sources.bib, and of sources.bib in the job folder if there is one."""
    return frozenset(source_titles(folder))


def source_titles(folder: Path | None = None) -> dict[str, str]:
    """What each key of `known_sources` stands for, on one line."""
    own: dict[str, str] = {}
    if folder is not None and (folder / "sources.bib").is_file():
        own = _titles(folder / "sources.bib", "sources.bib")
    return _shipped_titles() | own


@cache
def _shipped_titles() -> dict[str, str]:
    return _titles(files("reclad").joinpath("data", "sources.bib"), "library/sources.bib")


def _titles(path: Traversable, name: str) -> dict[str, str]:
    text = read_text(path, name).text
    starts = [*_ENTRY.finditer(text)]
    ends = [*(m.start() for m in starts[1:]), len(text)]
    titles = {}
    for start, end in zip(starts, ends, strict=True):
        title = _TITLE.search(text, start.end(), end)
        titles[start[1]] = " ".join(title[1].split()) if title else ""
    return titles


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
        elif isinstance(inner, tuple):
            for row, item in enumerate(inner, start=1):
                if isinstance(item, BaseModel):
                    yield from _blocks(item, (*path, f"{key} row {row}"))


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
        for one in assumed_in(model):
            what = f"{label} {one.what}"
            found.setdefault(what, one._replace(what=what))
    for key in _assumed_holding(job):
        found[f"holding {key}"] = Assumed(
            f"holding {key.replace('_', ' ')}", _text(job.holding, key), "assumed"
        )
    feeder = job.cell.feeder
    if feeder.powder.casefold() != job.feedstock.name.casefold():
        what = f"machine {job.cell.name} feeder curve"
        found[what] = Assumed(
            what, f"weighed with {feeder.powder}", f"assumed: not weighed with {job.feedstock.name}"
        )
    return list(found.values())


def _assumed_holding(job: Job) -> list[str]:
    """Films and masses that job.toml leaves to the defaults and the heat of the part depends on."""
    holding = job.holding
    used = ["gas_film", "gas_reach"]
    used += ["chuck_film", "chuck_mass"] if holding.chuck_length else []
    used += ["rest_film", "rest_width"] if holding.rest_at is not None else []
    return [key for key in used if key not in holding.model_fields_set]


def _text(model: BaseModel, key: str) -> str:
    quantity = next(m for m in type(model).model_fields[key].metadata if isinstance(m, Q))
    return format_quantity(getattr(model, key), quantity.unit)


def assumed_in(model: BaseModel) -> list[Assumed]:
    """Every assumed number of one data file; the rows of a list of tables count as one number."""
    found: list[Assumed] = []
    rows: dict[str, list[Number]] = {}
    for number in numbers_of(model):
        if source_key(number.source) != "assumed":
            continue
        table, row, _ = " ".join(number.path).partition(" row ")
        if row:
            rows.setdefault(table.replace("_", " "), []).append(number)
        else:
            found.append(Assumed(number.what, number.text, _reason(number)))
    for what, numbers in rows.items():
        count = len({n.path[:-1] for n in numbers})
        width = len(numbers) // count
        first, last = (
            ", ".join(n.text for n in part) for part in (numbers[:width], numbers[-width:])
        )
        found.append(Assumed(what, f"{count} rows, {first} to {last}", _reason(numbers[0])))
    return found


def _reason(number: Number) -> str:
    return f"assumed: {number.note}" if number.note else "assumed"
