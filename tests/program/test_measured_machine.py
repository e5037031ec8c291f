"""A machine that was measured: curves run out, and the text sets what the workpiece needs."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import numpy as np
import pytest

from reclad.job import Laser, Machine
from reclad.job.reading import validate
from reclad.program import Program, check_program, write_program

DAY = datetime.date(2026, 11, 1)
READINGS = [["100 W", "110 W"], ["2000 W", "1820 W"], ["4500 W", "4070 W"]]  # 20 W + 0.9 a watt


VOLTS = {"unit": "V", "watts_at_1_volt": "450 W", "watts_at_10_volts": "4500 W"}


def measured(machine: Machine, **scale: str) -> Machine:
    """The machine with a tenth of its power lost on the way to the workpiece."""
    read = {"source": "shop", "date": DAY, "valid_days": 30, "readings": READINGS}
    told = machine.laser.model_dump(mode="json") | {"meter": read} | scale
    return machine.model_copy(update={"laser": validate(Laser, told, "laser")})


@pytest.fixture
def metered(machine: Machine) -> Machine:
    """The reference machine under the power meter, its output in watts."""
    return measured(machine)


def weighed(machine: Machine) -> Machine:
    """The machine with a curve that somebody weighed."""
    return machine.model_copy(
        update={"feeder": machine.feeder.model_copy(update={"source": "shop"})}
    )


def after(machine: Machine, days: int) -> datetime.date:
    last = datetime.date.fromisoformat(machine.feeder.weighed)
    return last + datetime.timedelta(days=machine.feeder.valid_days + days)


def test_a_weighed_curve_that_has_run_out_is_refused(text: str, machine: Machine) -> None:
    own = weighed(machine)
    assert check_program(text, own, today=after(own, 0)).accepted
    verdict = check_program(text, own, today=after(own, 1))
    assert not verdict.accepted
    [finding] = verdict.findings
    assert finding.rule == "weighing-expired"
    assert "1 days over - weigh it again before the run" in finding.message


def test_a_dry_run_needs_no_curve(machine: Machine, program: Program) -> None:
    own = weighed(machine)
    dry = replace(program, powder=np.zeros_like(program.powder), gate=np.zeros_like(program.gate))
    rules = {
        f.rule for f in check_program(write_program(dry, own), own, today=after(own, 9)).findings
    }
    assert "weighing-expired" not in rules


def test_the_text_sets_more_than_the_workpiece_gets(program: Program, metered: Machine) -> None:
    text = write_program(program, metered)
    first = float(program.laser[program.lit][0])
    written = [float(q) for q in re.findall(r"M67 E0 Q([\d.]+)", text)]
    assert max(written) == pytest.approx((program.laser.max() - 20) / 0.9, abs=0.06)
    assert written[0] == pytest.approx((first - 20) / 0.9, abs=0.06)


@pytest.mark.parametrize("scale", [{}, VOLTS], ids=["watts", "volts"])
def test_a_metered_program_reads_back_as_planned(
    program: Program, machine: Machine, scale: dict[str, str]
) -> None:
    metered = measured(machine, **scale)
    verdict = check_program(write_program(program, metered), metered, program)
    assert verdict.findings == ()
    assert np.allclose(verdict.program.laser, program.laser, atol=0.05)


def test_a_program_of_the_unmetered_machine_is_refused(
    text: str, program: Program, metered: Machine
) -> None:
    found = check_program(text, metered, program).findings
    assert "plan-power" in {f.rule for f in found}


def test_old_readings_of_the_power_meter_are_noted(program: Program, metered: Machine) -> None:
    text = write_program(program, metered)
    assert not check_program(text, metered, today=DAY).findings
    verdict = check_program(text, metered, today=DAY + datetime.timedelta(days=33))
    assert [(f.rule, f.note) for f in verdict.findings] == [("meter-expired", True)]
    assert "3 days over" in verdict.findings[0].message
