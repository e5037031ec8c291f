"""The text: dialect rules, ASCII, checksum, determinism; and what the writer refuses to say."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProgramError
from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import (
    Program,
    build_program,
    check_program,
    read_program,
    write_program,
)
from reclad.program.neutral import COLUMNS, CUT

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]


def edited(program: Program, **changes: np.ndarray) -> Program:
    columns = {name: getattr(program, name) for name in COLUMNS}
    pose = {"x0": program.x0, "z0": program.z0, "a0": program.a0}
    return Program(**{**columns, **pose, **changes}, meta=program.meta)


def test_program_starts_dark_and_ends_off(lines: list[str]) -> None:
    code = [line for line in lines if line and not line.startswith("(")]
    assert code[0].startswith("G21 G90 G40 G49")
    assert code[1:3] == ["M68 E0 Q0.0", "M65 P0"]
    assert code[-4:-2] == ["M68 E1 Q0.000", "M65 P2"]
    assert code[-1] == "M2"


def test_every_lit_block_has_its_own_power(lines: list[str]) -> None:
    on = False
    for before, line in pairwise(lines):
        if before.startswith(("M62", "M63")):
            on = before.startswith("M62")
        if line.startswith("G1") and on:
            assert before.startswith(("M67 E0", "M62"))


def test_track_ends_queued_then_immediate_before_anything_stands(lines: list[str]) -> None:
    at = lines.index("M63 P0")
    assert lines[at - 1] == "M67 E0 Q0.0"
    assert lines[at + 1].startswith("G1 ")
    stop = next(i for i in range(at, len(lines)) if lines[i].startswith("M68 E0"))
    assert lines[stop : stop + 3] == ["M68 E0 Q0.0", "M65 P0", "G94"]
    assert all(line.startswith("G1 ") for line in lines[at + 1 : stop])


def test_text_is_plain_ascii_without_exponents_and_short_lines(text: str) -> None:
    assert text.isascii()
    code = re.sub(r"\(.*?\)", "", text)
    assert not re.search(r"[0-9][eE][+-]?[0-9]", code)
    assert max(map(len, text.split("\n"))) < 256


def test_header_says_what_the_operator_must_know(text: str) -> None:
    for words in ("job: pipe [0412]", "PRELIMINARY: COUPON FIRST", "machine: x-axial-4kw"):
        assert f"( {words} )" in text
    assert re.search(r"\( duration: 0 h 07 min \d\d s \)", text)
    assert re.search(r"\( powder: 1\d\d\.\d g \)", text)
    assert "( layer 2 turn 3 )" in text


def test_checksum_covers_every_other_line(text: str) -> None:
    lines = text.split("\n")
    [at] = [i for i, line in enumerate(lines) if line.startswith("( sha256:")]
    assert lines[at + 1].startswith("G21")
    rest = "\n".join(lines[:at] + lines[at + 1 :])
    assert hashlib.sha256(rest.encode()).hexdigest() in lines[at]


def test_same_program_gives_the_same_bytes(program: Program, machine: Machine, text: str) -> None:
    assert write_program(program, machine) == text


@given(st.text(max_size=300), st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_header_text_can_reach_the_controller(
    pipe: PathMaker,
    power_for: PowerMaker,
    feed: float,
    machine: Machine,
    header: str,
    name: str,
) -> None:
    path = pipe(turns=1, layers=1, per_turn=6, lead=1)
    program = build_program(
        path, power_for(path), feed, machine, name=name, header=(header,), preliminary=False
    )
    verdict = check_program(write_program(program, machine), machine, program)
    assert verdict.accepted, [str(f) for f in verdict.findings]


@pytest.mark.parametrize(
    "header",
    ["laser (M62 P0", "G1 X3", "M201 (EMON)", "MSG, hello", "MSG,x", "sha256: " + "0" * 64, "50 %"],
)
def test_commands_in_header_text_are_disarmed(
    header: str, pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(turns=1, layers=1)
    program = build_program(path, power_for(path), feed, machine, name="x", header=[header])
    text = write_program(program, machine)
    assert check_program(text, machine, program).accepted
    assert f"( {header} )" not in text


@pytest.mark.parametrize(
    ("column", "state", "value", "words"),
    [
        ("gate", 0, True, "without a coordinated move"),
        ("laser", 4, 2000.0, "without a coordinated move"),
        ("powder", 20, 0.0001, "powder changes right after a lit block"),
        ("gas", 20, False, "gas changes right after a lit block"),
        ("duration", 20, 0.0, "takes no time"),
        ("duration", 20, 1e9, "longer than 100 h"),
    ],
)
def test_what_cannot_be_said_safely_is_refused(
    column: str, state: int, value: float, words: str, program: Program, machine: Machine
) -> None:
    changed = getattr(program, column).copy()
    changed[state] = value
    with pytest.raises(ProgramError, match=words):
        write_program(edited(program, **{column: changed}), machine)


def test_track_without_lead_out_is_refused(program: Program, machine: Machine) -> None:
    last = np.flatnonzero(program.lit)[-1]
    cut = {name: getattr(program, name)[: last + 1] for name in COLUMNS}
    with pytest.raises(ProgramError, match="ends lit"):
        write_program(edited(program, **cut), machine)
    keep = np.ones(len(program), dtype=bool)
    keep[last + 1 : last + 3] = False
    torn = {name: getattr(program, name)[keep] for name in COLUMNS}
    with pytest.raises(ProgramError, match="without a lead-out"):
        write_program(edited(program, **torn), machine)


def test_traces_of_motion_the_controller_would_mistime_are_held_back(
    pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    # A pure turn (no X) on a surface that is uneven by nanometres: LinuxCNC would time the block
    # by those nanometres and clamp the rate, so the part would spin far too fast.
    path = pipe(turns=2, layers=1, wear=0.0)
    uneven = path.radius + 2e-8 * np.sin(np.arange(path.radius.size))
    axial = path.axial.copy()
    axial[3:15] = axial[3]
    ring = Toolpath(
        axial,
        path.angle,
        uneven,
        path.lit,
        path.layer,
        path.turn,
        path.joined,
        path.travel_speed,
        path.stand_off,
        path.pitch,
    )
    program = build_program(ring, power_for(ring), feed, machine, name="ring")
    verdict = check_program(write_program(program, machine), machine, program)
    assert "inverse-time-clamp" not in {f.rule for f in verdict.findings}
    assert not {f.rule for f in verdict.findings} & {"plan-pose", "plan-duration"}


def test_a_helix_too_slow_for_the_controller_is_refused(
    pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    # 2 mm of pitch at 0.5 mm/s around a 100 mm radius: X advances 0.095 mm/min.
    path = pipe(turns=1, layers=1, speed=0.0005)
    program = build_program(path, power_for(path), feed, machine, name="slow")
    with pytest.raises(ProgramError, match=r"keeps time only from 0\.1 mm/min"):
        write_program(program, machine)


def test_long_repair_is_written_and_read_within_its_budget(
    pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(turns=60, layers=1, per_turn=126)
    program = build_program(path, power_for(path), feed, machine, name="long")
    blocks = (program.kind == CUT).sum()
    clock = time.process_time()
    text = write_program(program, machine)
    written = time.process_time() - clock
    read = read_program(text, machine)
    was_read = time.process_time() - clock - written
    # Budgets for the 36 000 blocks of the reference pipe, in proportion, with room for a busy host.
    assert written < 2.0 * 0.5 * blocks / 36000
    assert was_read < 2.0 * 1.0 * blocks / 36000
    assert len(read.program) == len(program)
