"""LinuxCNC's own interpreter as the second opinion, and what happens without it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import Program, build_program, referee, write_program
from reclad.program._canon import replay
from rs274 import needs_rs274

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]

CANONICAL = """\
    1 N..... USE_LENGTH_UNITS(CANON_UNITS_MM)
    2 N..... STRAIGHT_TRAVERSE(0.0000, 0.0000, 170.0000, 0.0000, 0.0000, 0.0000)
    3 N..... SET_AUX_OUTPUT_BIT(2)
    4 N..... SET_AUX_OUTPUT_VALUE(1,4.000000)
    5 N..... DWELL(4.0000)
    6 N..... SET_MOTION_OUTPUT_VALUE(0,1500.000000)
    7 N..... SET_MOTION_OUTPUT_BIT(0)
    8 N..... SET_FEED_RATE(60.0000)
    9 N12    STRAIGHT_FEED(1.0000, 0.0000, 170.0000, 90.0000, 0.0000, 0.0000)
   10 N..... SET_MOTION_OUTPUT_VALUE(0,0.000000)
   11 N..... CLEAR_MOTION_OUTPUT_BIT(0)
   12 N..... SET_FEED_RATE(900.0000)
   13 N100012STRAIGHT_FEED(1.0000, 0.0000, 170.0000, 180.0000, 0.0000, 0.0000)
   14 N..... PROGRAM_END()
   15 N..... ON_RESET()
"""


def test_canonical_calls_are_replayed_with_queued_outputs(machine: Machine) -> None:
    seen = replay(CANONICAL, machine)
    assert seen.program.kind.tolist() == [0, 2, 1, 1]
    assert seen.program.laser.tolist() == [0.0, 0.0, 1500.0, 0.0]
    assert seen.program.gate.tolist() == [False, False, True, False]
    assert seen.program.duration[1:] == pytest.approx([4.0, 1.0, 6.0])
    assert seen.program.x[-1] == pytest.approx(0.001)
    assert seen.program.a[-1] == pytest.approx(np.pi)
    assert seen.program.powder[-1] == pytest.approx(machine.feeder.rate_for(4.0))
    assert seen.ended
    assert seen.pending == ()
    assert set(seen.left_on) == {"powder", "gas"}


def test_a_queued_off_without_motion_stays_pending_in_the_replay(machine: Machine) -> None:
    cut = "\n".join(line for line in CANONICAL.split("\n") if " 13 N" not in line)
    seen = replay(cut, machine)
    assert seen.pending == ("laser", "gate")
    assert {"laser", "gate"} <= set(seen.left_on)


def test_an_absent_interpreter_is_said_plainly(text: str, machine: Machine) -> None:
    report = referee(text, machine, interpreter="rs274-that-is-not-here")
    assert not report.available
    assert not report.accepted
    assert str(report).startswith("not refereed: rs274-that-is-not-here is not installed")
    assert "apt-get install linuxcnc-uspace" in report.message


def test_an_interpreter_that_hangs_is_given_up(text: str, machine: Machine, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nwhile :; do :; done\n")
    slow.chmod(0o755)
    report = referee(text, machine, interpreter=str(slow), timeout=0.1)
    assert report.available
    assert not report.accepted
    assert "took too long" in report.message


def test_an_interpreter_that_does_nothing_is_not_believed(
    text: str, machine: Machine, tmp_path: Path
) -> None:
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexit 0\n")
    idle.chmod(0o755)
    report = referee(text, machine, interpreter=str(idle))
    assert not report.accepted
    assert {"referee-differs", "referee-no-end"} <= {f.rule for f in report.findings}


def _forged(program: str, canonical: str, folder: Path) -> str:
    """An interpreter that prints a canonical output changed by hand."""
    out = folder / "canonical.txt"
    out.write_text(canonical)
    fake = folder / program
    fake.write_text(f'#!/bin/sh\ncp "{out}" "$3"\n')
    fake.chmod(0o755)
    return str(fake)


TAMPERED = {
    "power": (r"SET_MOTION_OUTPUT_VALUE\(0,1892\.5", "SET_MOTION_OUTPUT_VALUE(0,1893.5"),
    "pose": (r"STRAIGHT_FEED\(102\.0000", "STRAIGHT_FEED(102.0100"),
    "rate": (r"SET_FEED_RATE\(1\.9123", "SET_FEED_RATE(1.9134"),
    "lost block": (r".*STRAIGHT_FEED\(102\.0000.*\n", ""),
    "powder": (r".*SET_AUX_OUTPUT_VALUE\(1,4.*\n", ""),
    "off": (r".*(CLEAR_MOTION_OUTPUT_BIT|CLEAR_AUX_OUTPUT_BIT)\(0\)\n", ""),
    "gas": (r"CLEAR_AUX_OUTPUT_BIT\(2\)", "CLEAR_AUX_OUTPUT_BIT(3)"),
    "end": (r".*PROGRAM_END.*\n", ""),
    "inches": (r"(.*PROGRAM_END.*\n)", r"  9 N..... USE_LENGTH_UNITS(CANON_UNITS_INCHES)\n\1"),
}


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize("change", TAMPERED)
def test_a_replay_that_differs_from_our_reading_is_refused(
    change: str, text: str, machine: Machine, tmp_path: Path
) -> None:
    true = _canonical(text, tmp_path)
    assert referee(text, machine, interpreter=_forged("same", true, tmp_path)).accepted
    changed = re.sub(*TAMPERED[change], true)
    assert changed != true
    report = referee(text, machine, interpreter=_forged("other", changed, tmp_path))
    assert not report.accepted
    assert report.findings


UNSAFE = {
    "a dwell while lit": (r"\n.*STRAIGHT_FEED\(2\.", r"\n  9 N..... DWELL(1.0000)\g<0>"),
    "a rapid while lit": ("STRAIGHT_FEED\\(2", "STRAIGHT_TRAVERSE(2"),
    "a block that stands while lit": (r"STRAIGHT_FEED\(2\.0+, 0\.0+, 170\.0+, 180", None),
    "no powder": (r"SET_AUX_OUTPUT_VALUE\(1,4", "SET_AUX_OUTPUT_VALUE(1,0"),
    "an output at once while lit": (
        r"\n.*STRAIGHT_FEED\(2\.",
        r"\n  9 N..... SET_AUX_OUTPUT_BIT(3)\g<0>",
    ),
}
SAFE = """\
G21 G90 G40 G49 G64 P0.02
M68 E0 Q0
M65 P0
G0 Z170
G0 X0 A0
M64 P2
M68 E1 Q4
G4 P5
G93
M67 E0 Q1500
M62 P0
G1 X1 A90 F12
M67 E0 Q1500
G1 X2 A180 F12
M67 E0 Q0
M63 P0
G1 X3 A270 F12
M68 E1 Q0
M65 P2
M2
"""


def _canonical(text: str, folder: Path) -> str:
    job, out = folder / "job.ngc", folder / "out.txt"
    job.write_text(text)
    subprocess.run(
        ["rs274", "-g", str(job), str(out)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return out.read_text()


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("a dwell while lit", "referee-lit-without-motion"),
        ("a rapid while lit", "referee-lit-without-motion"),
        ("a block that stands while lit", "referee-lit-without-motion"),
        ("no powder", "referee-no-powder"),
        ("an output at once while lit", "referee-immediate-while-lit"),
    ],
)
def test_an_unsafe_replay_is_refused_for_its_own_reason(
    change: str, rule: str, machine: Machine, tmp_path: Path
) -> None:
    true = _canonical(SAFE, tmp_path)
    assert referee(SAFE, machine, interpreter=_forged("same", true, tmp_path)).accepted
    pattern, new = UNSAFE[change]
    new = "STRAIGHT_FEED(1.0000, 0.0000, 170.0000, 90" if new is None else new
    changed = re.sub(pattern, new, true, count=1)
    assert changed != true
    report = referee(SAFE, machine, interpreter=_forged("other", changed, tmp_path))
    assert rule in {f.rule for f in report.findings}
    safe = [f for f in referee(SAFE, machine).findings if f.rule == rule]
    assert not safe


@needs_rs274
@pytest.mark.referee
def test_rs274_accepts_the_real_program_and_its_replay_is_safe(
    text: str, machine: Machine, program: Program
) -> None:
    report = referee(text, machine)
    assert report.exit_code == 0
    assert report.accepted, report.findings
    assert report.program is not None
    lit = report.program.lit
    assert lit.sum() == program.lit.sum()
    assert np.all(report.program.kind[lit] == 1)
    assert np.all(report.program.powder[lit] > 0.0)
    assert report.program.x[lit] == pytest.approx(program.x[lit], abs=1e-7)
    assert report.program.a[lit] == pytest.approx(program.a[lit], abs=2e-6)
    assert report.program.laser == pytest.approx(program.laser, abs=0.051)


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize("kind", ["dry run", "resume", "coupon"])
def test_rs274_accepts_gate_0_resume_and_coupon(
    kind: str, path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    turns = {"dry run": None, "resume": (5, None), "coupon": (2, 2)}[kind]
    program = build_program(
        path,
        power_for(path),
        feed,
        machine,
        name=kind,
        dry_run=kind == "dry run",
        turns=turns,
    )
    report = referee(write_program(program, machine), machine)
    assert report.accepted, report.findings


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (r"(G1 X103\.00000.*) F.*", r"\1", "F word missing"),
        (r"G1 (X103\.00000)", r"G1 G0 \1", "same modal group"),
        (r"\( layer 1 turn 3 \)", "( layer (1 turn 3 )", "Nested comment"),
        (r"M62 P0", "M62", "No valid P word"),
    ],
)
def test_rs274_refusals_are_passed_on_with_their_line(
    old: str, new: str, words: str, text: str, machine: Machine
) -> None:
    broken = re.sub(old, new, text, count=1)
    assert broken != text
    line = next(
        i
        for i, (a, b) in enumerate(zip(text.split("\n"), broken.split("\n"), strict=True), 1)
        if a != b
    )
    report = referee(broken, machine)
    assert report.exit_code == 1
    assert words in report.message
    assert report.line == line


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize(
    ("ending", "safe"),
    [
        ("M67 E0 Q0\nM63 P0\nG4 P1\n", False),
        ("", False),
        ("M67 E0 Q0\nM63 P0\nG1 X102 A180 F12\n", True),
    ],
)
def test_the_interpreter_accepts_every_ending_but_the_replay_does_not(
    ending: str, safe: bool, machine: Machine
) -> None:
    text = (
        "G21 G90 G40 G49 G64 P0.02\nM68 E0 Q0\nM65 P0\nG0 Z170\nG0 X100 A0\nG0 Z115\nM64 P2\n"
        "M68 E1 Q4\nG4 P5\nG93\nG1 X100.5 A45 F24\nM62 P0\nM67 E0 Q1500\nG1 X101 A90 F12\n"
        f"{ending}M68 E1 Q0\nM65 P2\nM2\n"
    )
    report = referee(text, machine)
    assert report.exit_code == 0
    assert report.accepted is safe
    assert ("referee-on-at-end" in {f.rule for f in report.findings}) is not safe
