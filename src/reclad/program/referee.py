"""A second opinion: LinuxCNC's own interpreter runs the text, and its answer is judged."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.program._canon import Replay, replay
from reclad.program.findings import Finding, Findings
from reclad.program.neutral import CUT, DWELL, Program
from reclad.program.readback import ReadBack, split_text
from reclad.program.reading import read_program

if TYPE_CHECKING:
    from reclad.job import Machine

INTERPRETER = "rs274"
LANGUAGE = "linuxcnc"
# The interpreter prints four decimals of mm, deg and mm/min; the text carries more.
PRINTED = 1e-4


@dataclass(frozen=True)
class RefereeReport:
    """What the independent interpreter said: `available`, `accepted`, and why not.

    `exit_code` and `message` are the interpreter's own; `line` of its first refusal (0: none);
    `findings` of the replay of its output; `program` that replay, None when there is none.
    """

    available: bool
    accepted: bool
    message: str
    exit_code: int | None = None
    line: int = 0
    findings: tuple[Finding, ...] = ()
    program: Program | None = None

    def __str__(self) -> str:
        return self.message


def referee(
    text: str | bytes,
    machine: Machine,
    *,
    read: ReadBack | None = None,
    interpreter: str = INTERPRETER,
    timeout: float = 60.0,
) -> RefereeReport:
    """Let LinuxCNC's interpreter read the text and replay what it would do.

    Accepted only if it exits 0 and its replay never has the beam on without motion and powder, is
    off at the end, and agrees with our own reading state by state (`read`, where the
    text has been read already). `timeout` s. Never raises; for
    another controller than LinuxCNC there is no interpreter, and the report says so.
    """
    if machine.controller != LANGUAGE:
        return RefereeReport(
            available=False,
            accepted=False,
            message=f"not refereed: no interpreter for {machine.controller}",
        )
    program = shutil.which(interpreter)
    if program is None:
        return RefereeReport(
            available=False,
            accepted=False,
            message=f"not refereed: {interpreter} is not installed "
            "(apt-get install linuxcnc-uspace)",
        )
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    with tempfile.TemporaryDirectory(prefix="reclad-") as folder:
        job, out = Path(folder, "job.ngc"), Path(folder, "canonical.txt")
        job.write_bytes(raw)
        try:
            done = subprocess.run(
                [program, "-g", str(job), str(out)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=folder,
                # It maps a tool table in the home folder, which runs at once would tear apart.
                env=os.environ | {"HOME": folder},
                timeout=timeout,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            why = "took too long" if isinstance(error, subprocess.TimeoutExpired) else str(error)
            return RefereeReport(
                available=True, accepted=False, message=f"not refereed: {interpreter} {why}"
            )
        canonical = out.read_text("utf-8", "replace") if out.exists() else ""
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    known = read or read_program(text, machine)
    return _judge(text, machine, known, interpreter, done.returncode, said, canonical)


def _judge(
    text: str | bytes,
    machine: Machine,
    read: ReadBack,
    interpreter: str,
    code: int,
    said: str,
    canonical: str,
) -> RefereeReport:
    seen = replay(canonical, machine)
    if code != 0:
        complaint = [line for line in said.splitlines() if line and line != "executing"]
        line = _refused_line(split_text(text), complaint, read, len(seen.program))
        what = complaint[0] if complaint else "no reason given"
        return RefereeReport(
            available=True,
            accepted=False,
            message=f"{interpreter} refuses line {line}: {what}",
            exit_code=code,
            line=line,
            program=seen.program,
        )
    found = Findings()
    _check_safe(read, seen, found)
    _check_same(read, seen, found)
    findings = tuple(found.sorted())
    count = len(seen.program)
    message = f"{interpreter} accepts the program: {count} states replayed, safe and as read"
    if findings:
        message = f"{interpreter} runs the program, but its replay has faults: {findings[0]}"
    return RefereeReport(
        available=True,
        accepted=not findings,
        message=message,
        exit_code=code,
        line=findings[0].line if findings else 0,
        findings=findings,
        program=seen.program,
    )


def _refused_line(lines: list[str], complaint: list[str], read: ReadBack, states: int) -> int:
    """The interpreter quotes the line it refuses; find it after the last motion it accepted."""
    done = read.program.line[:states]
    after = int(done[-1]) if done.size else 0
    if len(complaint) > 1:
        quoted = complaint[1].strip()
        for number, line in enumerate(lines[after:], start=after + 1):
            if line.strip() == quoted:
                return number
    return min(after + 1, len(lines))


def _line(read: ReadBack, state: int | np.signedinteger[Any]) -> int:
    lines = read.program.line
    return int(lines[min(int(state), lines.size - 1)]) if lines.size else 1


def _check_safe(read: ReadBack, seen: Replay, found: Findings) -> None:
    program = seen.program
    moving = (program.kind == CUT) & np.any([step != 0.0 for step in program.steps], axis=0)
    faults = (
        (program.lit & ~moving, "referee-lit-without-motion", "beam on without a cutting move"),
        (program.lit & (program.powder <= 0.0), "referee-no-powder", "beam on without powder"),
    )
    for wrong, rule, words in faults:
        for i in np.flatnonzero(wrong):
            found.add(_line(read, i), rule, f"{words} in the interpreter's replay - do not run")
    for state in seen.switched_lit:
        words = "an output switched at once while lit in the interpreter's replay - do not run"
        found.add(_line(read, state), "referee-immediate-while-lit", words)
    end = read.end_line or _line(read, len(program))
    for outputs, words in (
        (seen.left_on, "still on at the end of the interpreter's replay"),
        (seen.pending, "queued at the end of the interpreter's replay, never fires"),
    ):
        if outputs:
            found.add(end, "referee-on-at-end", f"{', '.join(outputs)}: {words} - do not run")
    if not seen.ended:
        found.add(end, "referee-no-end", "the interpreter saw no M2 - post it again")
    if not seen.millimetres:
        found.add(end, "referee-units", "the interpreter ends in inches - write G21")


def _check_same(read: ReadBack, seen: Replay, found: Findings) -> None:
    ours, theirs = read.program, seen.program
    if len(ours) != len(theirs) or not np.array_equal(ours.kind, theirs.kind):
        found.add(
            _line(read, min(len(ours), len(theirs))),
            "referee-differs",
            f"the interpreter runs {len(theirs)} states, our reading {len(ours)}, or in another "
            f"order - do not run",
        )
        return
    skip = np.arange(len(ours)) < read.known_from
    for name, limit, unit in (
        ("x", PRINTED * 1e-3, "m"),
        ("y", PRINTED * 1e-3, "m"),
        ("z", PRINTED * 1e-3, "m"),
        ("a", np.deg2rad(PRINTED), "rad"),
        ("laser", 1e-6, "W"),
        ("powder", 1e-12, "kg/s"),
        ("gate", 0.0, ""),
        ("gas", 0.0, ""),
        ("aiming", 0.0, ""),
    ):
        mine, other = (np.asarray(getattr(p, name), dtype=np.float64) for p in (ours, theirs))
        wrong = np.abs(mine - other) > limit
        for i in np.flatnonzero(wrong & ~skip if name in "xyza" else wrong):
            found.add(
                _line(read, i),
                "referee-differs",
                f"{name} is {other[i]:g} {unit} for the interpreter, {mine[i]:g} as we read it - "
                f"do not run",
            )
    _check_waits(read, seen, found)
    _check_rates(read, seen, found)


def _check_waits(read: ReadBack, seen: Replay, found: Findings) -> None:
    ours, theirs = read.program, seen.program
    off = np.abs(ours.duration - theirs.duration)
    for i in np.flatnonzero((ours.kind == DWELL) & (off > PRINTED)):
        found.add(
            _line(read, i),
            "referee-differs",
            f"the interpreter waits {theirs.duration[i]:g} s, our reading {ours.duration[i]:g} s - "
            f"do not run",
        )


def _check_rates(read: ReadBack, seen: Replay, found: Findings) -> None:
    """Block times, judged as the feed rate the interpreter keeps along X, Y, Z, or A alone."""
    program = read.program
    dx, dy, dz, da = program.steps
    travel = np.hypot(np.hypot(dx, dz), dy) * 1e3
    travel = np.where(travel > 0.0, travel, np.abs(np.rad2deg(da)))
    cut = (program.kind == CUT) & (program.duration > 0.0)
    ours = np.where(cut, 60.0 * travel / np.where(cut, program.duration, 1.0), 0.0)
    theirs = np.where(cut, np.array(seen.rates, dtype=np.float64), 0.0)
    for i in np.flatnonzero(np.abs(ours - theirs) > PRINTED * (1.0 + ours)):
        found.add(
            _line(read, i),
            "referee-differs",
            f"the interpreter moves at {theirs[i]:.4f} mm/min (or deg/min), the block's time wants "
            f"{ours[i]:.4f} - do not run",
        )
