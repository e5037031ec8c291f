"""Programs of a saved plan - dry run, coupon, resume - and the check of any program."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reclad.errors import FileError, ProgramError
from reclad.job import list_names, read_machine
from reclad.plan import header_lines
from reclad.program import (
    Program,
    RefereeReport,
    Verdict,
    build_program,
    check_program,
    load_program,
    post,
    referee,
    turn_numbers,
)
from reclad.record.folder import MANIFEST, load_plan, register

if TYPE_CHECKING:
    from reclad.job import Job, Machine

_SIZE_LIMIT = 200_000_000
_NAMED = re.compile(rb"\(\s*machine:\s*([^()]{1,80}?)\s*\)")


@dataclass(frozen=True)
class Checked:
    """A program file with our verdict, the referee's, and what it was checked against."""

    path: Path
    verdict: Verdict
    refereed: RefereeReport
    machine: str
    plan: Path | None = None

    @property
    def accepted(self) -> bool:
        """Nothing found, and the independent interpreter, where installed, agrees."""
        return self.verdict.accepted and (not self.refereed.available or self.refereed.accepted)


def post_program(
    job: Job,
    folder: Path,
    *,
    dry_run: bool = False,
    coupon: bool = False,
    from_turn: int | None = None,
) -> Checked:
    """Write JOB/plan/<variant>.ngc from the saved plan, read it back and referee it.

    dry_run     same motion, gate never opened, aiming beam on the tracks, no powder
    coupon      the first turn alone, with the power of a cold part
    from_turn   the turns from there on, counted over all layers, after a power cut
    Raises FileError when the plan is missing or older than the job, ProgramError for a turn that
    the repair does not have.
    """
    saved = load_plan(folder, dict(job.sources))
    turns = int(turn_numbers(saved.toolpath).max())
    if coupon and from_turn is not None:
        raise ProgramError("--coupon and --from-turn exclude each other; give one of them")
    if from_turn is not None and not 1 <= from_turn <= turns:
        raise ProgramError(f"turn {from_turn} is not one of this repair's turns, 1 to {turns}")
    selection: tuple[int, int | None] | None = None
    if coupon:
        selection = (1, 1)
    elif from_turn is not None:
        selection = (from_turn, None)
    program = build_program(
        saved.toolpath,
        saved.block_power,
        saved.manifest["procedure"]["feed_rate"],
        job.cell,
        name=job.name,
        header=header_lines(job),
        dry_run=dry_run,
        turns=selection,
        preliminary=saved.summary["status"] == "preliminary",
    )
    stem = (
        "-".join(
            part
            for part, wanted in (
                ("dry-run", dry_run),
                ("coupon", coupon),
                (f"from-turn-{from_turn}", from_turn is not None),
            )
            if wanted
        )
        or "program"
    )
    text = post(program, job.cell)
    path = saved.folder / f"{stem}.ngc"
    if stem != "program":
        register(saved.folder, {f"{stem}.ngc": text.encode("ascii"), f"{stem}.npz": program})
    today = datetime.datetime.now(tz=datetime.UTC).date()
    return Checked(
        path,
        check_program(text, job.cell, program, today=today),
        referee(text, job.cell),
        job.cell.name,
        saved.folder,
    )


def verify_program(
    path: Path, *, machine: str | None = None, plan: Path | None = None, checksum: bool = True
) -> Checked:
    """Check a program file: rules and limits of its machine, and its plan where there is one.

    machine   name; else the plan's, else the one named in the program's header
    plan      plan folder; else the program's own folder if that is one
    Raises FileError when file, machine or plan cannot be read; a bad program is no error but a
    verdict with findings.
    """
    raw = _read(path)
    folder = plan if plan is not None else path.parent
    planned, plan_file = _find_plan(folder, path.stem, wanted=plan is not None)
    cell = _find_machine(raw, machine, folder if planned is not None else None)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    verdict = check_program(raw, cell, planned, checksum=checksum, today=today)
    return Checked(path, verdict, referee(raw, cell), cell.name, plan_file)


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > _SIZE_LIMIT:
            raise FileError(f"{path}: is over 200 MB and no program of a repair; give another file")
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{path}: cannot be read ({error.strerror}); give the program's file name"
        ) from error


def _find_plan(folder: Path, stem: str, *, wanted: bool) -> tuple[Program | None, Path | None]:
    for name in (f"{stem}.npz", "program.npz"):
        if (folder / MANIFEST).is_file() and (folder / name).is_file():
            return load_program(folder / name), folder / name
    if wanted:
        raise FileError(f"{folder}: holds no plan of reclad; give the folder with {MANIFEST}")
    return None, None


def _find_machine(raw: bytes, name: str | None, plan: Path | None) -> Machine:
    where = plan.parent if plan is not None else None
    if name is None and plan is not None:
        try:
            name = json.loads((plan / MANIFEST).read_text(encoding="utf-8"))["machine"]
        except (OSError, ValueError, KeyError) as error:
            raise FileError(f"{plan / MANIFEST}: cannot be read ({error}); plan again") from error
    if name is None:
        found = _NAMED.search(raw[:20_000])
        if found is None:
            raise FileError(
                "the program does not name its machine; give --machine, one of "
                f"{', '.join(list_names('machines'))}"
            )
        name = found.group(1).decode("ascii", "replace")
    return read_machine(name, where)
