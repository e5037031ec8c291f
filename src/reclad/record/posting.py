"""Programs of a saved plan - dry run, coupon, resume - and the check of any program."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import FileError, ProgramError
from reclad.job import list_names, read_cell, read_machine
from reclad.plan import header_lines
from reclad.program import (
    RefereeReport,
    Verdict,
    build_program,
    check_program,
    load_program,
    may_run,
    post,
    program_suffix,
    referee,
    turn_numbers,
)
from reclad.record.alone import alone
from reclad.record.folder import (
    MANIFEST,
    PLAN,
    expect_as_written,
    load_plan,
    read_manifest,
    recover,
    register,
)

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.job import Job, Machine

_SIZE_LIMIT = 64_000_000
_NAMED = re.compile(rb"[(;][ \t]*machine:[ \t]*([^();\r\n]{1,80}?)[ \t]*[)\r\n]")


@dataclass(frozen=True)
class Checked:
    """A program with our verdict, the referee's, and what it was checked against.

    path   its file; a posted program that was refused is not written there
    plan   the planned states it was compared with; None when there were none
    """

    path: Path
    verdict: Verdict
    refereed: RefereeReport
    machine: str
    plan: Path | None = None

    @property
    def accepted(self) -> bool:
        """Nothing found, and the independent interpreter, where installed, agrees."""
        return may_run(self.verdict, self.refereed)


def post_program(
    job: Job,
    folder: Path,
    *,
    dry_run: bool = False,
    coupon: bool = False,
    from_turn: int | None = None,
) -> Checked:
    """Write a program of the saved plan into JOB/plan, once it is read back and refereed.

    dry_run     same motion, gate never opened, aiming beam on the tracks, no powder
    coupon      the first turn alone, with the power of a cold part
    from_turn   the turns from there on, counted over all layers, after a power cut
    A program with findings is returned with them and not written. Raises FileError when the plan is
    missing or older than the job, or somebody changed the file in its place; ProgramError for a
    turn that the repair does not have.
    """
    if coupon and from_turn is not None:
        raise ProgramError("--coupon and --from-turn exclude each other; give one of them")
    saved = load_plan(folder, dict(job.sources))
    turns = int(turn_numbers(saved.toolpath).max(initial=0))
    if from_turn is not None and not 1 <= from_turn <= turns:
        raise ProgramError(
            f"--from-turn {from_turn}: this repair has turns 1 to {turns}; give one of them"
        )
    program = build_program(
        saved.toolpath,
        saved.block_power,
        saved.feed_rate,
        job.cell,
        name=job.name,
        header=header_lines(job),
        dry_run=dry_run,
        turns=(1, 1) if coupon else None if from_turn is None else (from_turn, None),
        preliminary=saved.preliminary,
    )
    stem = _stem(dry_run=dry_run, coupon=coupon, from_turn=from_turn)
    text = post(program, job.cell)
    name = stem + program_suffix(job.cell)
    verdict = check_program(text, job.cell, program, today=_today())
    posted = Checked(
        saved.folder / name,
        verdict,
        referee(text, job.cell, read=verdict.read),
        job.cell.name,
        saved.folder / f"{stem}.npz",
    )
    if posted.accepted:
        register(saved.folder, {name: text.encode("ascii"), f"{stem}.npz": program})
    return posted


def _stem(*, dry_run: bool, coupon: bool, from_turn: int | None) -> str:
    parts = ["dry-run"] * dry_run + ["coupon"] * coupon
    parts += [f"from-turn-{from_turn}"] if from_turn is not None else []
    return "-".join(parts) or "program"


def verify_program(
    path: Path, *, machine: str | None = None, plan: Path | None = None, checksum: bool = True
) -> Checked:
    """Check a program file: rules and limits of its machine, and its plan where there is one.

    machine   name; else the plan's, else the one named in the program's header
    plan      plan folder or job folder; else the program's own folder if that is one
    Raises FileError when file, machine or plan cannot be read; a bad program is no error but a
    verdict with findings.
    """
    raw = _read(path)
    folder = _plan_folder(path, plan)
    planned = None if folder is None else _planned(folder, path.stem)
    cell = _find_machine(raw, machine, folder)
    verdict = check_program(
        raw,
        cell,
        None if planned is None else load_program(planned),
        checksum=checksum,
        today=_today(),
    )
    refereed = referee(raw, cell, read=verdict.read)
    return Checked(path, verdict, refereed, cell.name, planned)


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).astimezone().date()


def _read(path: Path) -> bytes:
    if path.parent.name == PLAN and not path.parent.exists() and path.parent.parent.is_dir():
        with alone(path.parent.parent):
            recover(path.parent.parent)
    try:
        with path.open("rb") as file:
            raw = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise FileError(
            f"{path}: cannot be read ({error.strerror}); give the program's file name"
        ) from error
    if len(raw) > _SIZE_LIMIT:
        raise FileError(f"{path}: is over 64 MB and no program of a repair; give another file")
    return raw


def _plan_folder(program: Path, given: Path | None) -> Path | None:
    if given is None:
        return program.parent if (program.parent / MANIFEST).is_file() else None
    for folder in (given, given / PLAN):
        if (folder / MANIFEST).is_file():
            return folder
    raise FileError(f"{given}: holds no plan of reclad; give the folder with {MANIFEST}")


def _planned(folder: Path, stem: str) -> Path:
    """The planned states of a program: those of its own name, else of the whole repair."""
    manifest = read_manifest(folder)
    name = f"{stem}.npz" if f"{stem}.npz" in manifest["files"] else "program.npz"
    expect_as_written(folder / name, manifest)
    return folder / name


def _find_machine(raw: bytes, name: str | None, plan: Path | None) -> Machine:
    """The machine named, or the plan's with the feeder curve it was made for, or the program's."""
    if name is None and plan is not None:
        manifest = read_manifest(plan)
        return read_cell(manifest["machine"], manifest.get("feeder"), plan.resolve().parent)
    if name is None:
        found = _NAMED.search(raw[:20_000])
        if found is None:
            raise FileError(
                "the program does not name its machine; give --machine, one of "
                f"{', '.join(list_names('machines'))}"
            )
        name = found.group(1).decode("ascii", "replace")
    return read_machine(name, None if plan is None else plan.resolve().parent)
