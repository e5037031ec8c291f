"""Finding materials, powders, machines and nozzles by name: the job folder first, then ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from reclad.errors import FileError, JobError
from reclad.job.machine import Machine, Nozzle
from reclad.job.material import Material, Powder
from reclad.job.reading import M, TextFile, parse_toml, read_text, validate
from reclad.job.sources import expect_known_sources, known_sources
from reclad.units import nearest, show

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

KINDS = ("materials", "powders", "machines", "nozzles")


@dataclass(frozen=True)
class Found(Generic[M]):
    """A model read from a file, with the file's name in the manifest and its hash."""

    model: M
    file: str
    sha256: str


@dataclass(frozen=True)
class _Entry:
    path: Traversable
    shown: str
    text: TextFile
    names: tuple[str, ...]


def data_folder() -> Traversable:
    """Where the shipped data files lie."""
    return files("reclad").joinpath("data")


@cache
def _shipped(kind: str) -> tuple[_Entry, ...]:
    return _entries(data_folder().joinpath(kind), f"library/{kind}")


def _entries(folder: Traversable, shown: str) -> tuple[_Entry, ...]:
    try:
        paths = sorted(folder.iterdir(), key=lambda p: p.name) if folder.is_dir() else []
    except OSError as error:
        raise FileError(f"{shown}: cannot be read ({error.strerror}); make it readable") from error
    entries = []
    for path in paths:
        if path.name.endswith(".toml"):
            file = read_text(path, f"{shown}/{path.name}")
            data = parse_toml(file)
            aliases = data.get("aliases", [])
            listed = [a for a in aliases if isinstance(a, str)] if isinstance(aliases, list) else []
            entries.append(_Entry(path, file.name, file, (path.name[: -len(".toml")], *listed)))
    return tuple(entries)


def find(kind: str, name: str, model: type[M], folder: Path | None = None) -> Found[M]:
    """The file of that name or alias, job folder first; JobError with the nearest name if none."""
    own = _entries(folder / kind, kind) if folder is not None else ()
    for entries in (own, _shipped(kind)):
        entry = _match(entries, name)
        if entry is not None:
            return _read_entry(entry, model, folder if entries is own else None)
    known = ", ".join(list_names(kind, folder)[:20])
    hint = nearest(name, [n for e in (*own, *_shipped(kind)) for n in e.names])
    near = "" if hint.startswith("known") else hint + " "
    raise JobError(
        f"no {kind[:-1]} {show(name)}; {near}known: {known}; "
        f"or put {kind}/NAME.toml into the job folder"
    )


def _match(entries: tuple[_Entry, ...], name: str) -> _Entry | None:
    wanted = _folded(name)
    for entry in entries:
        if wanted in (_folded(n) for n in entry.names):
            return entry
    return None


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


def _read_entry(entry: _Entry, model: type[M], folder: Path | None) -> Found[M]:
    found = validate(model, parse_toml(entry.text), entry.shown)
    expect_known_sources(found, entry.shown, known_sources(folder))
    own_name = getattr(found, "name", "")
    if _folded(own_name) != _folded(entry.names[0]):
        raise JobError(
            f"{entry.shown} name: {show(own_name)} differs from the file name; "
            f'write name = "{entry.names[0]}" or rename the file'
        )
    return Found(found, entry.shown, entry.text.sha256)


def read_material(name: str, folder: Path | None = None) -> Material:
    """The material of that name or alias (SI), from the job folder or the shipped library."""
    return find("materials", name, Material, folder).model


def read_powder(name: str, folder: Path | None = None) -> Powder:
    """The powder of that name or alias (SI), from the job folder or the shipped library."""
    return find("powders", name, Powder, folder).model


def read_machine(name: str, folder: Path | None = None) -> Machine:
    """The machine of that name (SI), from the job folder or the shipped library."""
    return find("machines", name, Machine, folder).model


def read_nozzle(name: str, folder: Path | None = None) -> Nozzle:
    """The nozzle of that name (SI), from the job folder or the shipped library."""
    return find("nozzles", name, Nozzle, folder).model


def list_names(kind: str, folder: Path | None = None) -> list[str]:
    """Names of all materials, powders, machines or nozzles, job folder and library, sorted."""
    if kind not in KINDS:
        raise JobError(f"no list of {show(kind)}; {nearest(kind, [*KINDS])}")
    own = _entries(folder / kind, kind) if folder is not None else ()
    return sorted({e.names[0] for e in (*own, *_shipped(kind))}, key=str.casefold)
