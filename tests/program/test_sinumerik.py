"""The SINUMERIK 840D post and its reader: what is written, what it means, what is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProgramError
from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import (
    Program,
    ReadBack,
    build_program,
    check_program,
    post,
    posts,
    program_suffix,
    read_text,
    referee,
)
from reclad.program.neutral import COLUMNS, CUT, DWELL, RAPID

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]
GOLDEN = Path(__file__).parent / "golden"

START = (
    "TRAFOOF\nDIAMOF\nG710 G90 G40 G54 G64 G94 D0\nSTOPRE\n$A_OUTA[1]=0\n$A_OUT[1]=0\n"
    "G0 Z170\nG0 X100 A0\nG0 Z115\n"
)


@pytest.fixture(scope="module")
def code(siemens_lines: list[str]) -> list[str]:
    """The commands without comments and block numbers."""
    return [re.sub(r"^N[0-9]+ ", "", line) for line in siemens_lines if line.startswith("N")]


def read(text: str, machine: Machine) -> ReadBack:
    return read_text(START + text + "M30\n", machine)


def rules(back: ReadBack) -> set[str]:
    return {finding.rule for finding in back.findings}


def test_post_and_reader_are_found_by_the_controller_of_the_machine(
    siemens: Machine, machine: Machine, siemens_lines: list[str], lines: list[str]
) -> None:
    assert read_text("\n".join(siemens_lines), siemens).dialect.name == "SINUMERIK 840D"
    assert read_text("\n".join(lines), machine).dialect.name == "LinuxCNC"
    assert (program_suffix(siemens), program_suffix(machine)) == (".mpf", ".ngc")


def test_a_controller_without_post_or_reader_is_refused(
    siemens_program: Program, siemens: Machine
) -> None:
    strange = siemens.model_copy(update={"controller": "abacus"})
    with pytest.raises(ProgramError, match="'abacus' has no post; installed are linuxcnc, sinu"):
        post(siemens_program, strange)
    with pytest.raises(ProgramError, match="'abacus' has no reader; installed are linuxcnc"):
        check_program("M30", strange)
    assert {posts.POSTS, posts.READERS} == {"reclad.posts", "reclad.readers"}


def test_it_is_read_back_as_planned(
    siemens_lines: list[str], siemens: Machine, siemens_program: Program
) -> None:
    verdict = check_program("\n".join(siemens_lines), siemens, siemens_program)
    assert verdict.findings == ()
    read_back = verdict.program
    for name in ("kind", "gate", "gas", "aiming", "layer", "turn", "reason"):
        assert np.array_equal(getattr(read_back, name), getattr(siemens_program, name)), name
    assert read_back.laser == pytest.approx(siemens_program.laser, abs=0.051)
    assert read_back.a == pytest.approx(siemens_program.a, abs=1e-6)
    assert read_back.meta.name == "pipe [0412]"


def test_every_file_says_that_nobody_else_has_read_it(siemens_lines: list[str]) -> None:
    assert siemens_lines[1] == (
        "; NOT INDEPENDENTLY REFEREED: no open 840D interpreter exists; read back by reclad only"
    )


def test_the_referee_says_that_it_has_no_interpreter(
    siemens_lines: list[str], siemens: Machine
) -> None:
    report = referee("\n".join(siemens_lines), siemens)
    assert str(report) == "not refereed: no interpreter for sinumerik840d"
    assert not report.available
    assert not report.accepted


def test_block_numbers_rise_by_ten_without_a_gap(siemens_lines: list[str]) -> None:
    numbers = [int(line[1:].split()[0]) for line in siemens_lines if line.startswith("N")]
    assert numbers == list(range(10, 10 * len(numbers) + 1, 10))
    assert all(line.startswith(("N", ";")) or not line for line in siemens_lines)


def test_it_starts_dark_and_ends_off(code: list[str]) -> None:
    assert code[:3] == ["TRAFOOF", "DIAMOF", "G710 G90 G40 G54 G64 G94 D0"]
    assert code[3:6] == ["STOPRE", "$A_OUTA[1]=0.0", "$A_OUT[1]=0"]
    assert code[-5:-2] == ["STOPRE", "$A_OUTA[2]=0.000", "$A_OUT[2]=0"]
    assert code[-1] == "M30"


def test_what_acts_at_once_stands_behind_a_stop(code: list[str]) -> None:
    for before, line in pairwise(code):
        if line.startswith("$"):
            assert before == "STOPRE" or before.startswith("$")


def test_what_acts_with_a_motion_stands_right_before_it(code: list[str]) -> None:
    for line, after in pairwise(code):
        if line.startswith("DO"):
            assert after.startswith(("DO", "G1 "))


def test_every_lit_block_has_its_own_power(code: list[str]) -> None:
    on = False
    lit = 0
    for before, line in pairwise(code):
        if before.startswith("DO $A_OUT[1]"):
            on = before.endswith("=1")
        if line.startswith("G1") and on:
            lit += 1
            assert before.startswith(("DO $A_OUTA[1]=", "DO $A_OUT[1]=1"))
    assert lit == 72


def test_text_is_plain_ascii_without_exponents(siemens_lines: list[str]) -> None:
    text = "\n".join(siemens_lines)
    assert text.isascii()
    assert not re.search(r"[0-9][eE][+-]?[0-9]", re.sub(r";.*", "", text))
    assert max(map(len, siemens_lines)) < 256


def test_checksum_covers_every_other_line(siemens_lines: list[str]) -> None:
    [at] = [i for i, line in enumerate(siemens_lines) if line.startswith("; sha256:")]
    rest = "\n".join(siemens_lines[:at] + siemens_lines[at + 1 :])
    assert siemens_lines[at] == f"; sha256: {hashlib.sha256(rest.encode()).hexdigest()}"


@pytest.mark.parametrize(
    "header",
    ["laser ;M62 P0", "$A_OUT[1]=1", "STOPRE", "G1 X3", "sha256: " + "0" * 64, "; x", "50 %"],
)
def test_commands_in_header_text_are_disarmed(
    header: str, pipe: PathMaker, power_for: PowerMaker, feed: float, siemens: Machine
) -> None:
    path = pipe(turns=1, layers=1)
    program = build_program(path, power_for(path), feed, siemens, name=header, header=[header])
    text = post(program, siemens)
    assert check_program(text, siemens, program).findings == ()
    assert f"; {header}\n" not in text


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_header_text_can_reach_the_controller(
    pipe: PathMaker, power_for: PowerMaker, feed: float, siemens: Machine, header: str
) -> None:
    path = pipe(turns=1, layers=1, per_turn=6, lead=1)
    program = build_program(path, power_for(path), feed, siemens, name="x", header=(header,))
    assert check_program(post(program, siemens), siemens, program).findings == ()


@pytest.mark.parametrize("kind", ["dry run", "resume", "coupon"])
def test_dry_run_resume_and_coupon_are_read_back(
    kind: str, path: Toolpath, power_for: PowerMaker, feed: float, siemens: Machine
) -> None:
    turns = {"resume": (5, None), "coupon": (2, 2)}.get(kind)
    dry = kind == "dry run"
    power = power_for(path)
    program = build_program(
        path,
        power,
        feed,
        siemens,
        name=kind,
        dry_run=dry,
        turns=turns,
    )
    text = post(program, siemens)
    assert ("DO $A_OUT[1]=1" in text) is not dry
    assert ("$A_OUT[4]=1" in text) is dry
    assert check_program(text, siemens, program).findings == ()


def test_a_plate_is_written_with_y_and_without_a(
    plate: Toolpath, power_for: PowerMaker, feed: float, siemens: Machine, gantry: Machine
) -> None:
    cell = siemens.model_copy(update={"axes": gantry.axes})
    program = build_program(plate, power_for(plate), feed, cell, name="plate")
    text = post(program, cell)
    assert "modulo" not in text
    assert re.search(r"^N\d+ G1 X\S+ Y\S+ Z\S+ F\S+$", text, re.MULTILINE)
    assert check_program(text, cell, program).findings == ()


def test_a_laser_set_by_volts_gets_volts(siemens_program: Program, siemens: Machine) -> None:
    scale = {"unit": "V", "watts_at_1_volt": 600.0, "watts_at_10_volts": 6000.0}
    cell = siemens.model_copy(update={"laser": siemens.laser.model_copy(update=scale)})
    text = post(siemens_program, cell)
    first = float(siemens_program.laser[siemens_program.lit][0])
    [written] = re.findall(r"DO \$A_OUTA\[1\]=(\S+)\nN\d+ DO \$A_OUT\[1\]=1", text)[:1]
    assert float(written) == pytest.approx(1.0 + (first - 600.0) / 600.0, abs=5.1e-6)
    assert check_program(text, cell, siemens_program).findings == ()


@pytest.mark.parametrize(
    ("part", "change"),
    [("laser", {"analog": 0}), ("laser", {"gate": 0}), ("feeder", {"analog": 0}),
     ("gas", {"output": 0}), ("", {"aiming": 0})],
)  # fmt: skip
def test_an_output_numbered_zero_is_refused(
    part: str, change: dict[str, int], siemens_program: Program, siemens: Machine
) -> None:
    inner = {part: getattr(siemens, part).model_copy(update=change)} if part else change
    with pytest.raises(ProgramError, match="is output 0, a SINUMERIK counts them from 1"):
        post(siemens_program, siemens.model_copy(update=inner))


# --- what the text means ---


def test_a_do_waits_for_the_next_block(siemens: Machine) -> None:
    code = (
        "STOPRE\n$A_OUT[2]=1\nG4 F1\nG93\nDO $A_OUTA[1]=1500\nDO $A_OUT[1]=1\n"
        "G1 X101 A90 F12\nDO $A_OUTA[1]=0\nDO $A_OUT[1]=0\nG1 X102 A180 F12\n"
    )
    back = read(code, siemens)
    assert back.findings == ()
    assert back.program.kind[-3:].tolist() == [DWELL, CUT, CUT]
    assert back.program.laser[-3:].tolist() == [0.0, 1500.0, 0.0]
    assert back.program.gate[-3:].tolist() == [False, True, False]
    assert back.program.gas[-3:].all()
    assert back.program.duration[-3:] == pytest.approx([1.0, 5.0, 5.0])


def test_a_do_before_a_dwell_fires_in_it(siemens: Machine) -> None:
    back = read("DO $A_OUTA[1]=1500\nDO $A_OUT[1]=1\nG4 F1\n", siemens)
    assert back.program.lit[-1]
    assert back.program.kind[-1] == DWELL
    text = START + "DO $A_OUTA[1]=1500\nDO $A_OUT[1]=1\nG4 F1\nM30\n"
    assert (12, "lit-without-motion") in {
        (f.line, f.rule) for f in check_program(text, siemens).findings
    }


def test_g94_times_a_block_by_its_length_or_its_degrees(siemens: Machine) -> None:
    back = read("G94\nG1 X103 Z119 F60\nG1 A90 F900\n", siemens)
    assert back.findings == ()
    assert back.program.duration[-2:] == pytest.approx([5.0, 6.0])


def test_f_is_never_remembered(siemens: Machine) -> None:
    assert "no-feed-rate" in rules(read("G94\nG1 X101 F60\nG1 X102\n", siemens))


@pytest.mark.parametrize(
    ("ending", "on"),
    [
        ("DO $A_OUTA[1]=0\nDO $A_OUT[1]=0\n", True),
        ("", True),
        ("STOPRE\n$A_OUTA[1]=0\n$A_OUT[1]=0\n", False),
        ("DO $A_OUTA[1]=0\nDO $A_OUT[1]=0\nG1 X102 A180 F12\n", False),
    ],
    ids=["queued", "nothing off", "at once", "queued then lead-out"],
)
def test_the_four_ways_to_end_a_program(ending: str, on: bool, siemens: Machine) -> None:
    code = "G93\nDO $A_OUT[1]=1\nDO $A_OUTA[1]=1500\nG1 X101 A90 F12\n" + ending
    back = read(code, siemens)
    assert ("beam gate" in back.left_on) is on
    found = {f.rule for f in check_program(START + code + "M30\n", siemens).findings}
    assert ("on-at-end" in found) is on


def test_rapids_take_the_time_of_their_slowest_axis(siemens: Machine) -> None:
    program = read("G0 Z170\nG0 X200 A3\nG0 X210 A303\n", siemens).program
    assert program.kind[-1] == RAPID
    assert program.duration[-3:] == pytest.approx([55.0 / 50.0, 1.0, 5.0])


def test_lower_case_and_spaces_mean_the_same(siemens_lines: list[str], siemens: Machine) -> None:
    loose = "\n".join(
        line if line.startswith(";") else line.lower().replace(" ", "  ") + " ; x"
        for line in siemens_lines[:-1]
    )
    strict, other = read_text("\n".join(siemens_lines), siemens), read_text(loose, siemens)
    assert other.findings == ()
    for name in COLUMNS:
        assert np.array_equal(getattr(strict.program, name), getattr(other.program, name)), name


def test_each_state_knows_its_line(siemens_lines: list[str], siemens: Machine) -> None:
    back = read_text("\n".join(siemens_lines), siemens).program
    for kind, line in zip(back.kind, back.line, strict=True):
        assert re.match(rf"N\d+ {('G0', 'G1', 'G4')[kind]} ", siemens_lines[line - 1])


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("R1=5\n", "not-a-number"),
        ("G1 X=R1 F3\n", "syntax"),
        ("GOTOF ENDE\n", "not-a-number"),
        ("M17\n", "unknown-code"),
        ("M2\n", "unknown-code"),
        ("G9\n", "path-mode"),
        ("IDS=1 DO $A_OUT[1]=1\n", "syntax"),
        ("ID=1 WHENEVER $A_IN[1]==1 DO $A_OUTA[1]=5\n", "syntax"),
        ("DO $A_OUT[1]=1 $A_OUTA[1]=5\n", "syntax"),
        ("$A_OUT[1]=1 G1 X5\n", "syntax"),
        ("DO $A_OUTA[1]=1.5EX3\n", "syntax"),
        ("STOPRE STOPRE\n", "not-a-number"),
        ("X101\n", "no-motion-word"),
        ("G0\n", "no-axis-words"),
        ("G1 A=ACP(30) F3\n", "distance"),
        ('MSG("on")\n', "not-a-number"),
        ("N10\n", "unknown-word"),
        ("G0 X105 F100\n", "unknown-word"),
    ],
)
def test_anything_our_post_never_writes_is_refused(code: str, rule: str, siemens: Machine) -> None:
    back = read(code, siemens)
    assert (10, rule) in {(f.line, f.rule) for f in back.findings}, back.findings


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_random_bytes_are_refused_calmly(siemens: Machine, raw: bytes) -> None:
    assert not check_program(raw, siemens).accepted


_WORDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["G", "M", "X", "Z", "A", "F", "N", "D", "DO $A_OUT[1]=", "$A_OUTA[1]=", "STOPRE"]
        ),
        st.one_of(st.integers(-2, 100), st.floats(allow_nan=True, allow_infinity=True, width=32)),
    ),
    max_size=4,
)


@given(st.lists(_WORDS, max_size=12))
@settings(max_examples=150, deadline=None)
def test_random_words_are_refused_calmly(
    siemens: Machine, code: list[list[tuple[str, float]]]
) -> None:
    text = START + "\n".join(" ".join(f"{k}{v}" for k, v in line) for line in code)
    verdict = check_program(text, siemens)
    assert not verdict.accepted
    assert np.all(np.isfinite(verdict.program.duration))


def test_a_linuxcnc_text_is_refused_at_once(text: str, siemens: Machine) -> None:
    verdict = check_program(text, siemens)
    assert not verdict.accepted
    assert len(verdict.findings) < 300


# --- golden files: they hold every word in its place; what the words do, the tests above judge ---


def _small(
    kind: str,
    pipe: PathMaker,
    raster: PathMaker,
    power_for: PowerMaker,
    feed: float,
    cell: Machine,
) -> str:
    path = raster(layers=1) if kind.startswith("plate") else pipe(turns=1, layers=2, per_turn=6)
    program = build_program(path, power_for(path), feed, cell, name="golden", header=("IN625",))
    return post(program, cell)


@pytest.mark.parametrize("name", ["pipe.ngc", "pipe.mpf", "plate.ngc"])
def test_small_programs_are_written_as_in_their_golden_file(
    name: str,
    pipe: PathMaker,
    raster: PathMaker,
    power_for: PowerMaker,
    feed: float,
    machine: Machine,
    siemens: Machine,
    gantry: Machine,
) -> None:
    cell = {"pipe.ngc": machine, "pipe.mpf": siemens, "plate.ngc": gantry}[name]
    written = _small(name, pipe, raster, power_for, feed, cell).split("\n")
    golden = (GOLDEN / name).read_text(encoding="ascii").split("\n")
    # The version and the digest over it change with every release, nothing else does.
    changing = re.compile(r"[(;] (?:reclad [0-9]|sha256: )")
    assert [line for line in written if not changing.match(line)] == [
        line for line in golden if not changing.match(line)
    ]
    assert check_program("\n".join(golden), cell).findings == ()
