"""The verdict: accepted programs, notes, the plan, and the order of what is reported."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import (
    Program,
    build_program,
    check_program,
    compare_with_plan,
    read_program,
    write_program,
)

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]


def test_the_real_program_is_accepted(text: str, machine: Machine, program: Program) -> None:
    verdict = check_program(text, machine, program)
    assert verdict.findings == ()
    assert verdict.accepted
    assert len(verdict.program) == len(program)


def test_a_program_of_another_job_is_refused(
    text: str,
    machine: Machine,
    pipe: PathMaker,
    power_for: PowerMaker,
    feed: float,
) -> None:
    other = pipe(turns=5, layers=1, start=0.3)
    plan = build_program(other, power_for(other), feed, machine, name="other")
    assert "plan-states" in {f.rule for f in check_program(text, machine, plan).findings}


def test_an_expired_weighing_is_a_note_and_no_refusal(text: str, machine: Machine) -> None:
    weighed = datetime.date.fromisoformat(machine.feeder.weighed)
    late = weighed + datetime.timedelta(days=machine.feeder.valid_days + 3)
    verdict = check_program(text, machine, today=late)
    assert [f.rule for f in verdict.findings] == ["weighing-expired"]
    assert "3 days over" in verdict.findings[0].message
    assert verdict.accepted
    assert not check_program(text, machine, today=weighed).findings


def test_no_more_than_twenty_differences_are_listed(
    text: str, machine: Machine, program: Program
) -> None:
    shifted = text.replace(" X10", " X11")
    read = read_program(shifted, machine).program
    findings = compare_with_plan(read, program, machine)
    assert len(findings) == 20
    assert "more differences from the plan)" in findings[-1].message


def test_a_difference_gives_what_is_read_and_what_was_planned(
    text: str, machine: Machine, program: Program
) -> None:
    shifted = text.replace("G1 X100.16667", "G1 X100.18667", 1)
    [finding] = check_program(shifted, machine, program, checksum=False).findings
    assert finding.message.startswith("cut with X 100.18667: planned 100.16667 mm")


def test_missing_and_repeated_states_are_counted(
    lines: list[str], machine: Machine, program: Program
) -> None:
    first, second, third = (lines.index(f"( layer 1 turn {n} )") for n in (1, 2, 3))
    assert first < second < third
    turn = lines[second:third]
    for text, words in (
        (lines[:second] + lines[third:], "12 planned state(s) missing from layer 1 turn 2"),
        (lines[:third] + turn + lines[third:], "12 state(s) more than planned from layer 1"),
    ):
        read = read_program("\n".join(text), machine).program
        [finding] = compare_with_plan(read, program, machine)
        assert words in finding.message
        assert f"({len(read)} states read, {len(program)} planned)" in finding.message


def test_a_track_with_a_very_short_last_block_is_accepted(
    pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(turns=2, layers=1, lead=2)
    columns = {name: getattr(path, name).copy() for name in ("axial", "angle", "radius")}
    last = int(np.flatnonzero(path.lit)[-1])
    for column in columns.values():
        column[last + 1] = column[last] + 3e-5 * (column[last + 1] - column[last])
    short = replace(path, **columns)
    program = build_program(short, power_for(short), feed, machine, name="short")
    verdict = check_program(write_program(program, machine), machine, program)
    assert verdict.accepted, [str(f) for f in verdict.findings]


def test_scaled_power_within_half_a_watt_passes_and_more_does_not(
    program: Program, machine: Machine, text: str
) -> None:
    near = text.replace("M67 E0 Q1892.5", "M67 E0 Q1892.9")
    far = text.replace("M67 E0 Q1892.5", "M67 E0 Q1893.2")
    assert near != text
    assert check_program(near, machine, program, checksum=False).accepted
    assert not check_program(far, machine, program, checksum=False).accepted


def test_a_second_checksum_line_is_refused(text: str, machine: Machine, lines: list[str]) -> None:
    at = next(i for i, line in enumerate(lines) if line.startswith("( sha256"))
    doubled = "\n".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])
    assert check_program(doubled, machine).findings[-1].message.startswith("2 ( sha256: ) lines")
    missing = "\n".join(lines[:at] + lines[at + 1 :])
    assert check_program(missing, machine).findings[-1].message.startswith("no ( sha256: ) line")


def test_a_read_back_program_can_be_written_again(
    text: str, machine: Machine, program: Program
) -> None:
    again = write_program(read_program(text, machine).program, machine)
    assert check_program(again, machine, program).accepted
    body = text.index("G21")
    assert again[again.index("G21") :] == text[body:]
