"""Reading back: the controller's own meaning of modes and outputs, and no text that crashes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.job import Machine
from reclad.program import ReadBack, check_program, read_program, write_program
from reclad.program.neutral import COLUMNS, CUT, DWELL, KINDS, Program

START = "G21 G90 G40 G49 G64 P0.02\nM68 E0 Q0\nM65 P0\nG0 Z170\nG0 X100 A0\nG0 Z115\n"


def read(code: str, machine: Machine) -> ReadBack:
    return read_program(START + code + "M2\n", machine)


def rules(back: ReadBack) -> set[str]:
    return {finding.rule for finding in back.findings}


def test_inverse_time_blocks_last_sixty_over_f(machine: Machine) -> None:
    program = read("G93\nG1 X101 A90 F12\nG1 A180 F30\n", machine).program
    assert program.duration[-2:] == pytest.approx([5.0, 2.0])


def test_g94_times_a_helix_by_x_and_z_alone(machine: Machine) -> None:
    program = read("G94\nG1 X103 Z119 A3600 F60\nG1 A3690 F900\n", machine).program
    assert program.duration[-2:] == pytest.approx([5.0, 6.0])


def test_queued_outputs_wait_for_the_next_motion(machine: Machine) -> None:
    code = "M67 E0 Q1500\nM62 P0\nG4 P1\nG93\nG1 X101 A90 F12\nM67 E0 Q0\nM63 P0\nG1 A180 F12\n"
    program = read(code, machine).program
    assert program.kind[-3:].tolist() == [DWELL, CUT, CUT]
    assert program.laser[-3:].tolist() == [0.0, 1500.0, 0.0]
    assert program.gate[-3:].tolist() == [False, True, False]


def test_immediate_outputs_act_at_once_even_after_queued_ones(machine: Machine) -> None:
    code = "M67 E0 Q1500\nM68 E0 Q0\nM64 P2\nG4 P1\nG93\nG1 X101 A90 F12\n"
    program = read(code, machine).program
    assert program.gas[-2]
    assert program.laser[-1] == 1500.0


@pytest.mark.parametrize(
    ("ending", "laser", "gate"),
    [
        ("M67 E0 Q0\nM63 P0\nG4 P1\n", "laser at 1500.0 W", "beam gate"),
        ("", "laser at 1500.0 W", "beam gate"),
        ("M68 E0 Q0\nM65 P0\n", "", ""),
        ("M67 E0 Q0\nM63 P0\nG1 X102 A180 F12\n", "", ""),
    ],
    ids=["queued then dwell", "nothing off", "immediate", "queued then lead-out"],
)
def test_the_four_ways_to_end_a_program(
    ending: str, laser: str, gate: str, machine: Machine
) -> None:
    code = "G93\nM62 P0\nM67 E0 Q1500\nG1 X101 A90 F12\n" + ending
    back = read(code, machine)
    assert ((laser in back.left_on) if laser else not back.left_on) is True
    assert ((gate in back.left_on) if gate else not back.left_on) is True
    found = {finding.rule for finding in check_program(START + code + "M2\n", machine).findings}
    assert ("on-at-end" in found) is bool(laser)
    assert ("queued-without-motion" in found) is ending.endswith("G4 P1\n")


def test_a_helix_in_g94_is_refused(machine: Machine) -> None:
    code = "G94\nG1 X102 A360 F1000\n"
    findings = check_program(START + code + "M2\n", machine, checksum=False).findings
    assert (8, "helix-in-g94") in {(f.line, f.rule) for f in findings}
    assert any(f.rule == "axis-speed" and "A at 3000.00 deg/s" in f.message for f in findings)


def test_motion_and_f_of_g94_are_modal(machine: Machine) -> None:
    back = read("G94\nG1 X101 F60\nX102\n\nx103 ; slower\nN40 g0 x104\n", machine)
    assert not back.findings
    assert [KINDS[k] for k in back.program.kind[-4:]] == ["cut", "cut", "cut", "rapid"]
    assert back.program.duration[-4:-1] == pytest.approx([1.0, 1.0, 1.0])


def test_f_does_not_outlive_a_change_of_mode(machine: Machine) -> None:
    assert "no-feed-rate" in rules(read("G94\nG1 X101 F60\nG93\nG94\nX102\n", machine))
    assert "no-feed-rate" in rules(read("G93\nG1 X101 F60\nG1 X102\n", machine))


def test_a_controller_starts_in_g94(machine: Machine) -> None:
    program = read("G1 X101 F60\n", machine).program
    assert program.duration[-1] == pytest.approx(1.0)


def test_reasons_are_read_off_what_each_state_does(
    text: str, machine: Machine, program: Program
) -> None:
    assert np.array_equal(read_program(text, machine).program.reason, program.reason)


def test_a_line_may_have_255_characters_and_no_more(machine: Machine) -> None:
    line = "G0 X101".ljust(255)
    assert not read(line + "\n", machine).findings
    assert rules(read(line + " \n", machine)) == {"long-line"}


def test_rapids_take_the_time_of_their_slowest_axis(machine: Machine, program: Program) -> None:
    back = read("G0 Z170\nG0 X200 A3\nG0 X210 A303\n", machine).program
    assert back.duration[-3:] == pytest.approx([55.0 / 50.0, 1.0, 5.0])
    written = read_program(write_program(program, machine), machine).program
    assert written.total_time == pytest.approx(program.total_time, rel=1e-6)


def test_beam_on_while_only_z_moves_is_standing_still(machine: Machine) -> None:
    lit = "G93\nG1 X101 A90 F12\nM62 P0\nM67 E0 Q1500\nG1 X102 A180 F12\nG1 Z115.5 F12\n"
    findings = check_program(START + lit + "M2\n", machine, checksum=False).findings
    assert (12, "lit-without-motion") in {(f.line, f.rule) for f in findings}


def test_g94_with_z_and_a_is_refused_and_a_alone_is_not(machine: Machine) -> None:
    text = START + "G94\nG1 A30 F900\nG1 Z116 A60 F900\nM2\n"
    findings = check_program(text, machine, checksum=False).findings
    assert [f.line for f in findings if f.rule == "helix-in-g94"] == [9]


def test_messages_give_the_value_and_the_limit_in_shop_units(machine: Machine) -> None:
    text = START + "G0 Z170\nG0 X1501\nG0 A-3\nM2\n"
    [finding] = check_program(text, machine, checksum=False).findings
    assert finding.message.startswith("X1501.0000 mm is outside 0 to 1500 mm of machine x-axial")


def test_turn_comments_place_the_states(text: str, machine: Machine, program: Program) -> None:
    back = read_program(text, machine).program
    assert np.array_equal(back.layer, program.layer)
    assert np.array_equal(back.turn, program.turn)


def test_each_state_knows_its_line(text: str, lines: list[str], machine: Machine) -> None:
    back = read_program(text, machine).program
    for kind, line in zip(back.kind, back.line, strict=True):
        assert lines[line - 1].startswith(("G0", "G1", "G4")[kind])


def test_slow_and_fast_reading_agree(text: str, lines: list[str], machine: Machine) -> None:
    spaced = "\n".join(
        line.lower().replace(" ", "  ") + " ; x" if line[:1] in "GM" else line for line in lines
    )
    fast, slow = read_program(text, machine), read_program(spaced, machine)
    assert not slow.findings
    for name in COLUMNS:
        assert np.array_equal(getattr(fast.program, name), getattr(slow.program, name)), name


def test_windows_line_ends_are_no_fault(text: str, machine: Machine) -> None:
    assert check_program(text.replace("\n", "\r\n"), machine).accepted
    assert check_program(text.encode(), machine).accepted


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (b"", "no-end"),
        (b"\n\n\n", "no-end"),
        (b"\x00" * 200, "not-text"),
        (bytes(range(256)) * 40, "not-text"),
        ("G21\nM2\n".encode("utf-16"), "not-text"),
        ("G21\nM2\n".encode("utf-8-sig"), "not-text"),
        (b"G1 X" + b"1" * 1_000_000, "long-line"),
        (b"(" * 200, "comment"),
        (b"G1 X1 A1\n" * 1000, "no-feed-rate"),
        (b"hello world\n", "not-a-number"),
        (b"G" + b"9" * 200, "not-a-number"),
        (b"M2\rM3\n", "not-text"),
        (b"#1=3\n", "syntax"),
        (b"o100 call\n", "not-a-number"),
        (b"G1 X[1+2]\n", "not-a-number"),
    ],
)
def test_any_file_gets_findings_and_never_a_traceback(
    raw: bytes, rule: str, machine: Machine
) -> None:
    for text in (raw, raw.decode("latin-1")):
        verdict = check_program(text, machine)
        assert not verdict.accepted
        assert rule in {f.rule for f in verdict.findings}
        assert all(
            1 <= f.line <= text.count(b"\n" if isinstance(text, bytes) else "\n") + 1
            for f in verdict.findings
        )
        assert len(verdict.findings) < 400


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_refused_calmly(machine: Machine, raw: bytes) -> None:
    assert not check_program(raw, machine).accepted


_WORDS = st.lists(
    st.tuples(
        st.sampled_from("GMXZAFPEQNYS"),
        st.one_of(st.integers(-2, 100), st.floats(allow_nan=True, allow_infinity=True, width=32)),
    ),
    max_size=5,
)


@given(st.lists(_WORDS, max_size=12))
@settings(max_examples=150, deadline=None)
def test_random_words_are_refused_calmly(
    machine: Machine, code: list[list[tuple[str, float]]]
) -> None:
    text = START + "\n".join(" ".join(f"{k}{v}" for k, v in line) for line in code)
    verdict = check_program(text, machine)
    assert not verdict.accepted
    assert np.all(np.isfinite(verdict.program.duration))


def test_a_hopeless_file_stays_readable(machine: Machine) -> None:
    findings = check_program(START + "G5\n" * 500 + "M2\n", machine, checksum=False).findings
    mine = [f for f in findings if f.rule == "unknown-code"]
    assert len(mine) == 20
    assert mine[-1].message.endswith("(and 480 more like it)")
