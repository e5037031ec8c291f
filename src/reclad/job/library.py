"""Finding materials, powders, machines, ... by name: the job folder first, then ours."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Generic

from reclad.errors import FileError, JobError
from reclad.job.damages import Damages
from reclad.job.machine import Machine, Nozzle
from reclad.job.material import Material, Powder
from reclad.job.names import fold
from reclad.job.procedure import QualifiedProcedure
from reclad.job.reading import M, TextFile, parse_toml, read_text, validate
from reclad.job.service import Service
from reclad.job.sources import expect_known_sources, known_sources
from reclad.units import nearest, show

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

KINDS = (
    *("materials", "powders", "machines", "feeders"),
    *("nozzles", "services", "damages", "prices", "procedures"),
)
USER_LIBRARY = "RECLAD_LIBRARY"


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


def library_folder() -> Path | None:
    """The user's own library: $RECLAD_LIBRARY, else reclad/ in the user's configuration folder.

    Its procedures/ count in every job; None if the user has no home.
    """
    named = os.environ.get(USER_LIBRARY, "")
    if named:
        return Path(named)
    configuration = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        return (Path(configuration) if configuration else Path.home() / ".config") / "reclad"
    except RuntimeError:
        return None


def _places(kind: str, folder: Path | None) -> list[tuple[Path | None, tuple[_Entry, ...]]]:
    """Root and files of each place to look in, the nearest first; None is the shipped library."""
    user = library_folder() if kind == "procedures" else None
    places: list[tuple[Path | None, tuple[_Entry, ...]]] = []
    if folder is not None:
        places.append((folder, _entries(folder / kind, kind)))
    if user is not None:
        places.append((user, _entries(user / kind, f"{user.name}/{kind}")))
    return [*places, (None, _shipped(kind))]


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
    places = _places(kind, folder)
    for root, entries in places:
        entry = _match(entries, name)
        if entry is not None:
            return _read_entry(entry, model, root)
    known = ", ".join(list_names(kind, folder)[:20])
    hint = nearest(name, [n for _, entries in places for e in entries for n in e.names])
    near = "" if hint.startswith("known") else hint + " "
    raise JobError(
        f"no {kind[:-1]} {show(name)}; {near}known: {known}; "
        f"or put {kind}/NAME.toml into the job folder"
    )


def _match(entries: tuple[_Entry, ...], name: str) -> _Entry | None:
    wanted = fold(name)
    for entry in entries:
        if wanted in (fold(n) for n in entry.names):
            return entry
    return None


def _read_entry(entry: _Entry, model: type[M], folder: Path | None) -> Found[M]:
    found = validate(model, parse_toml(entry.text), entry.shown)
    expect_known_sources(found, entry.shown, known_sources(folder))
    own_name = getattr(found, "name", "")
    if fold(own_name) != fold(entry.names[0]):
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


def read_service(name: str, folder: Path | None = None) -> Service:
    """The service of that name or alias, from the job folder or the shipped library."""
    return find("services", name, Service, folder).model


def read_damages(name: str, folder: Path | None = None) -> Damages:
    """What may go wrong, under that name, from the job folder or the shipped library."""
    return find("damages", name, Damages, folder).model


def read_procedure(name: str, folder: Path | None = None) -> QualifiedProcedure:
    """The procedure of that name (SI), from the job folder, the user's library or the shipped
    example; its parent, powder and nozzle by the names their files have."""
    found = find("procedures", name, QualifiedProcedure, folder)
    told = found.model
    try:
        names = {
            "parent": read_material(told.parent, folder).name,
            "powder": read_powder(told.powder, folder).name,
            "nozzle": read_nozzle(told.nozzle, folder).name,
        }
    except JobError as error:
        raise JobError(f"{found.file}: {error}") from error
    return told.model_copy(update=names)


def list_names(kind: str, folder: Path | None = None) -> list[str]:
    """Names of all files of a kind (one of KINDS), job folder and library, sorted."""
    if kind not in KINDS:
        raise JobError(f"no list of {show(kind)}; {nearest(kind, [*KINDS])}")
    places = _places(kind, folder)
    return sorted({e.names[0] for _, entries in places for e in entries}, key=str.casefold)
