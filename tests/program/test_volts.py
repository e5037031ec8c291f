"""Lasers set by volts: the text carries volts, everything else stays in watts."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import (
    Program,
    build_program,
    check_program,
    read_program,
    referee,
    write_program,
)
from rs274 import needs_rs274

PowerMaker = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def volt_text(program: Program, volts: Machine) -> str:
    return write_program(program, volts)


def test_the_text_carries_volts(volt_text: str, program: Program, volts: Machine) -> None:
    written = [float(q) for q in re.findall(r"^M67 E0 Q(\S+)$", volt_text, re.MULTILINE)]
    assert max(written) < 10.0
    first = float(program.laser[program.lit][0])
    assert written[0] == pytest.approx(volts.laser.output_for(first), abs=5.1e-6)
    # 380 W at 1 V and 4000 W at 10 V: 402.2 W more for each volt
    assert written[0] == pytest.approx(1.0 + (first - 380.0) / ((4000.0 - 380.0) / 9.0), abs=1e-5)
    assert "M67 E0 Q0.00000" in volt_text
    assert "M68 E0 Q0.00000" in volt_text


def test_it_reads_back_as_the_watts_that_were_planned(
    volt_text: str, program: Program, volts: Machine
) -> None:
    verdict = check_program(volt_text, volts, program)
    assert verdict.findings == ()
    assert verdict.program.laser == pytest.approx(program.laser, abs=0.003)
    assert verdict.program.energy == pytest.approx(program.energy, rel=1e-5)


def test_only_the_power_lines_differ_from_those_of_a_watt_machine(
    volt_text: str, text: str
) -> None:
    power = re.compile(r"^(M6[78] E0 Q|\( sha256)")
    for volt, watt in zip(volt_text.split("\n"), text.split("\n"), strict=True):
        assert (volt == watt) is not bool(power.match(watt))


def test_watts_written_for_a_volt_machine_are_refused(text: str, volts: Machine) -> None:
    found = check_program(text, volts, checksum=False).findings
    assert "power-range" in {f.rule for f in found}


def test_volts_read_as_watts_are_refused(volt_text: str, machine: Machine) -> None:
    found = check_program(volt_text, machine, checksum=False).findings
    assert "power-range" in {f.rule for f in found}


@pytest.mark.parametrize(
    ("value", "words"),
    [("10.50000", "above 4000 W"), ("-1.00000", "below 0 W"), ("10.00001", "above 4000 W")],
)
def test_volts_no_output_carries_are_refused_at_their_line(
    value: str, words: str, volt_text: str, volts: Machine
) -> None:
    lines = volt_text.split("\n")
    at = [i for i, line in enumerate(lines) if line.startswith("M67")][5]
    lines[at] = f"M67 E0 Q{value}"
    found = check_program("\n".join(lines), volts, checksum=False).findings
    [finding] = [f for f in found if f.rule == "power-range"]
    assert finding.line == at + 1
    assert words in finding.message


@pytest.mark.parametrize("side", ["power_min", "power_max"])
@pytest.mark.parametrize("watts", [601.0, 602.0, 603.0, 604.0, 605.0])
def test_the_limits_of_the_laser_survive_the_digits_printed(
    side: str, watts: float, path: Toolpath, feed: float, volts: Machine
) -> None:
    # Some of these round up and some down in the fifth decimal of a volt.
    laser = volts.laser.model_copy(update={side: watts})
    cell = volts.model_copy(update={"laser": laser})
    program = build_program(path, np.full(path.blocks, watts), feed, cell, name="limit")
    assert check_program(write_program(program, cell), cell, program).findings == ()


def test_dark_is_zero_volts_though_one_volt_is_not_its_share_of_ten(volts: Machine) -> None:
    code = "G21 G90 G40 G49 G64 P0.02\nM68 E0 Q0\nM65 P0\nG0 Z170\nM2\n"
    assert not read_program(code, volts).left_on


@needs_rs274
@pytest.mark.referee
def test_rs274_replays_volts_as_the_same_watts(
    volt_text: str, program: Program, volts: Machine
) -> None:
    report = referee(volt_text, volts)
    assert report.accepted, report.findings
    assert report.program is not None
    assert report.program.laser == pytest.approx(program.laser, abs=0.003)
