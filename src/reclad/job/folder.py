"""The job folder: read it as one job, or start a new one from an example."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from reclad.errors import FileError, JobError
from reclad.job.damages import Damages
from reclad.job.feeder_curve import FeederCurve
from reclad.job.feeding import expect_powder_weighed, with_curve
from reclad.job.job import Job, JobFile, Pins
from reclad.job.library import Found, data_folder, find
from reclad.job.machine import Machine, Nozzle
from reclad.job.material import Material, Powder
from reclad.job.reading import M, parse_toml, read_text, validate
from reclad.job.service import Service
from reclad.units import format_quantity, nearest, show

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def read_job(where: str | Path) -> Job:
    """The job in a folder (or its job.toml), checked, with every name looked up (SI).

    Material, powder, machine and nozzle come from the folder's own materials/, powders/, ...
    if they are there, else from the shipped library. Raises FileError, UnitError or JobError
    with one line that names file, key, value, rule and way out.
    """
    path = _job_path(Path(where))
    file = read_text(path, path.name)
    told = validate(JobFile, parse_toml(file), file.name)
    folder = path.parent
    parent = _look_up(file.name, "material", told.material, Material, folder)
    feedstock = _look_up(file.name, "powder", told.powder, Powder, folder)
    clad = _look_up(feedstock.file, "alloy", feedstock.model.alloy, Material, folder)
    cell = _look_up(file.name, "machine", told.machine, Machine, folder)
    curves = _look_up_curve(file.name, told.feeder, folder)
    for curve in curves:
        cell = replace(cell, model=with_curve(cell.model, curve))
    expect_powder_weighed(file.name, cell.model, feedstock.model)
    nozzle = _look_up(cell.file, "nozzle", cell.model.nozzle, Nozzle, folder)
    serving = _look_up(file.name, "service", told.service, Service, folder)
    hazards = _look_up(file.name, "damages", told.damages, Damages, folder, "damages")
    _expect_role(f"{file.name} material", parent, "parent")
    _expect_role(f"{file.name} powder", clad, "clad")
    _expect_reach(file.name, told.procedure, cell)
    metals: tuple[Found[Any], ...] = (parent, feedstock, clad)
    found_all = (*metals, cell, *curves, nozzle, serving, hazards)
    # model_construct: every part was validated above, and SI floats may not pass the door again.
    return Job.model_construct(
        **{key: getattr(told, key) for key in JobFile.model_fields},
        name=_folder_name(folder),
        parent=parent.model,
        feedstock=feedstock.model,
        clad=clad.model,
        cell=cell.model,
        nozzle=nozzle.model,
        serving=serving.model,
        hazards=hazards.model,
        sources={file.name: file.sha256} | {f.file: f.sha256 for f in found_all},
    )


def _expect_role(key: str, found: Found[Material], role: str) -> None:
    if role not in found.model.kind:
        raise JobError(
            f"{key}: {show(found.model.name)} is not listed as a {role} metal in {found.file}; "
            f'choose another, or add "{role}" to its kind'
        )


def _expect_reach(file: str, pins: Pins, cell: Found[Machine]) -> None:
    laser, feeder = cell.model.laser, cell.model.feeder
    for key, value, low, high, unit in (
        ("power", pins.power, laser.power_min, laser.power_max, "kW"),
        ("feed_rate", pins.feed_rate, feeder.rate[0], feeder.rate[-1], "g/min"),
    ):
        if value is not None and not low <= value <= high:
            raise JobError(
                f"{file} [procedure] {key}: {format_quantity(value, unit)} lies outside "
                f"{format_quantity(low, unit)} to {format_quantity(high, unit)} of {cell.file}; "
                "write a value inside, or leave the line out and it is chosen"
            )


def _job_path(where: Path) -> Path:
    try:
        if where.is_dir():
            return where / "job.toml"
        if not where.exists():
            raise FileError(
                f"{show(str(where), 120)}: no such job folder; make one with `reclad new NAME`"
            )
    except (OSError, ValueError) as error:
        raise FileError(f"{show(str(where), 120)}: cannot be read ({show(str(error))})") from error
    return where


def _folder_name(folder: Path) -> str:
    return folder.resolve().name or "job"


def _look_up_curve(file: str, name: str | None, folder: Path) -> list[Found[FeederCurve]]:
    """The curve the job names, if it does."""
    if name is None:
        return []
    try:
        return [_look_up(file, "feeder", name, FeederCurve, folder, "feeders")]
    except JobError as error:
        if "no feeder " in str(error):
            raise JobError(f"{error}; `reclad weigh` makes one") from error
        raise


def _look_up(
    file: str, key: str, name: str, model: type[M], folder: Path, kind: str = ""
) -> Found[M]:
    kind = kind or f"{model.__name__.lower()}s"
    try:
        return find(kind, name, model, folder)
    except JobError as error:
        if str(error).startswith("no "):
            raise JobError(f"{file} {key}: {error}") from error
        raise


def new_job(name: str, like: str = "pipe", where: str | Path | None = None) -> Path:
    """A new job folder `where`/`name` with the commented example; gives its path.

    where    folder to put it in; None is the working folder
    Raises FileError if the name is no plain folder name or anything of that name exists.
    """
    expect_plain_name(name)
    examples = data_folder().joinpath("examples")
    known = sorted(e.name for e in examples.iterdir() if e.is_dir())
    if like not in known:
        raise JobError(f"no example {show(like)}; {nearest(like, known)}")
    parent = Path.cwd() if where is None else Path(where)
    target = parent / name
    if os.path.lexists(target):
        raise FileError(f"{show(name)}: exists already and is not overwritten; choose another name")
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=".reclad-new-") as scratch:
            made = Path(scratch) / name
            made.mkdir()
            for file in examples.joinpath(like).iterdir():
                (made / file.name).write_bytes(file.read_bytes())
            made.rename(target)
    except OSError as error:
        raise FileError(
            f"{show(str(parent), 120)}: cannot make a folder here ({error.strerror}); "
            "choose a folder you may write to"
        ) from error
    return target


def expect_plain_name(name: str) -> None:
    """FileError unless the name can name one folder or file on any system."""
    if name in ("", ".", "..") or name != name.strip() or len(name) > 80 or name.startswith("-"):
        raise FileError(f'{show(name)}: no folder name; write for example "pipe-0412"')
    bad = [c for c in name if c in '/\\:*?"<>|' or not c.isprintable()]
    if bad or name.endswith("."):
        raise FileError(
            f"{show(name)}: one plain name is wanted, without / \\ : * ? < > | and quotes; "
            'write for example "pipe-0412"'
        )
    if _RESERVED.fullmatch(name):
        raise FileError(f"{show(name)}: a name Windows reserves; choose another name")
