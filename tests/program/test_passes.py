"""Several paths in one program: each keeps its own speed, height, power and powder."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from reclad.errors import ProcessError, ProgramError
from reclad.job import Machine, PathSettings
from reclad.path import Offcut, Plate, Spacing, Toolpath, lay_bead, place_beads
from reclad.process import Procedure
from reclad.program import Pass, build_passes, build_program, check_program, post, referee
from reclad.program.neutral import DWELL, RAPID, REASON
from rs274 import needs_rs274

GRAMS = (10.0, 16.0, 22.0)
WATTS = (1200.0, 2800.0, 2000.0)
SPEEDS = (6e-3, 15e-3, 10e-3)
HEIGHTS = (15e-3, 13e-3, 17e-3)


def single_beads(flat: bool, wait: float = 30.0) -> list[Pass]:
    blank = Plate(0.1, 0.1, 0.012) if flat else Offcut(0.1, 0.2, 0.015)
    cut = PathSettings()
    layout = place_beads(blank, 3, Spacing(), cut)
    passes = []
    for number in range(3):
        own = Procedure(2000.0, SPEEDS[number], 3e-4, 2e-3, 1, HEIGHTS[number], 293.15)
        path = lay_bead(layout, number, own, cut, wait if number else 0.0)
        power = np.full(path.blocks, WATTS[number])
        passes.append(Pass(path, power, GRAMS[number] / 6e4))
    return passes


def joined(flat: bool, machine: Machine):
    return build_passes(single_beads(flat), machine, name="beads", preliminary=False)


@pytest.fixture(params=["gantry", "machine", "siemens", "volts"])
def cell(request: pytest.FixtureRequest) -> Machine:
    return request.getfixturevalue(request.param)


def test_every_pass_reads_back_with_its_own_speed_height_power_and_powder(cell: Machine) -> None:
    flat = cell.axes.Y is not None
    plan = joined(flat, cell)
    verdict = check_program(post(plan, cell), cell, plan)
    assert verdict.findings == ()
    read = verdict.program
    tracks = list(read.tracks())
    assert len(tracks) == 3
    for number, (first, stop) in enumerate(tracks):
        on = slice(first, stop)
        assert read.laser[on] == pytest.approx(WATTS[number], abs=0.06)
        assert read.powder[on] * 6e4 == pytest.approx(GRAMS[number], abs=0.005)
        surface = 0.012 if flat else 0.1
        assert read.z[on] == pytest.approx(surface + HEIGHTS[number], abs=1e-8)
        way = np.hypot(read.steps.x[on], surface * read.steps.a[on])
        assert way / read.duration[on] == pytest.approx(SPEEDS[number], rel=1e-4)


def test_powder_is_off_between_passes_and_settles_anew_before_each(gantry: Machine) -> None:
    plan = joined(True, gantry)
    settles = np.flatnonzero(plan.reason == REASON["settle"])
    assert settles.size == 3
    assert np.all(plan.duration[settles] >= gantry.feeder.delay)
    assert not plan.gate[settles].any()
    assert plan.powder[settles] * 6e4 == pytest.approx(GRAMS)
    for (_, end), (start, _) in pairwise(plan.tracks()):
        between = slice(end, start)
        assert np.any(plan.powder[between] == 0.0)
        assert not plan.lit[between].any()


def test_the_nozzle_rests_above_every_pass_with_beam_and_powder_off(gantry: Machine) -> None:
    plan = joined(True, gantry)
    pauses = np.flatnonzero(plan.reason == REASON["pause"])
    assert plan.duration[pauses].tolist() == [30.0, 30.0]
    assert np.all(plan.kind[pauses] == DWELL)
    highest = 0.012 + max(HEIGHTS) + gantry.retract
    assert plan.z[pauses] == pytest.approx(highest)
    assert not plan.powder[pauses].any()
    dx, dy, _, _ = plan.steps
    sideways = (plan.kind == RAPID) & ((dx != 0.0) | (dy != 0.0))
    assert plan.z[sideways] == pytest.approx(highest)


@needs_rs274
@pytest.mark.referee
def test_the_independent_interpreter_accepts_passes(gantry: Machine, machine: Machine) -> None:
    for cell, flat in ((gantry, True), (machine, False)):
        report = referee(post(joined(flat, cell), cell), cell)
        assert report.accepted, report.message


def test_one_pass_is_the_program_of_its_path(gantry: Machine) -> None:
    one = single_beads(True)[1]
    alone = build_program(one.toolpath, one.power, one.feed_rate, gantry, name="one")
    assert post(build_passes([one], gantry, name="one"), gantry) == post(alone, gantry)


def test_a_program_with_another_beads_powder_or_power_is_found_out(gantry: Machine) -> None:
    plan = joined(True, gantry)
    text = post(plan, gantry)
    rpm = re.findall(r"M68 E1 Q([1-9]\S*)", text)
    assert len(set(rpm)) == 3
    for wrong, rule in (
        (text.replace(f"M68 E1 Q{rpm[1]}", f"M68 E1 Q{rpm[0]}"), "plan-powder"),
        (text.replace("Q2800.0", "Q2000.0"), "plan-power"),
    ):
        found = check_program(wrong, gantry, plan, checksum=False).findings
        assert {finding.rule for finding in found} == {rule}


def test_powder_set_too_late_for_the_next_bead_is_found_out(gantry: Machine) -> None:
    plan = joined(True, gantry)
    lines = post(plan, gantry).split("\n")
    settle = [i for i, line in enumerate(lines) if line == "G4 P4.000"][1]
    lines[settle] = "G4 P2.000"
    rules = {f.rule for f in check_program("\n".join(lines), gantry, checksum=False).findings}
    assert rules == {"powder-delay"}


def moved(path: Toolpath, by: float) -> Toolpath:
    return replace(path, across=path.across + by)


def test_single_beads_may_lie_unevenly_but_not_on_one_another(gantry: Machine) -> None:
    first, second, third = single_beads(True)
    paths = [replace(one.toolpath, stand_off=0.015) for one in (first, second, third)]
    uneven = [paths[0], moved(paths[1], -0.004), paths[2]]
    on_top = [paths[0], moved(paths[1], -0.010), paths[2]]
    for laid, rules in ((uneven, set()), (on_top, {"re-cladding"})):
        passes = [Pass(path, first.power, first.feed_rate) for path in laid]
        plan = build_passes(passes, gantry, name="beads")
        assert {f.rule for f in check_program(post(plan, gantry), gantry).findings} == rules


def test_a_single_bead_that_leaves_its_line_is_found_out(gantry: Machine) -> None:
    level = [
        replace(one, toolpath=replace(one.toolpath, stand_off=0.015)) for one in single_beads(True)
    ]
    lines = post(build_passes(level, gantry, name="beads"), gantry).split("\n")
    lit = next(i for i, line in enumerate(lines) if line.startswith("M62"))
    block = next(i for i in range(lit + 3, len(lines)) if lines[i].startswith("G1"))
    lines[block] = re.sub(r"Y(\S+)", lambda y: f"Y{float(y[1]) + 0.7:.5f}", lines[block])
    found = check_program("\n".join(lines), gantry, checksum=False).findings
    assert "pitch" in {finding.rule for finding in found}


def test_passes_that_no_program_can_hold_are_refused(gantry: Machine, machine: Machine) -> None:
    flat, turned = single_beads(True), single_beads(False)
    with pytest.raises(ProgramError, match="0 paths of form none"):
        build_passes([], gantry, name="none")
    with pytest.raises(ProgramError, match="of form flat and round"):
        build_passes([flat[0], turned[0]], gantry, name="both")
    with pytest.raises(ProgramError, match="not Y"):
        build_passes(flat, machine, name="plate on a lathe")
    with pytest.raises(ProgramError, match=r"power 9000\.0 W is outside"):
        build_passes([flat[0], replace(flat[1], power=flat[1].power * 0 + 9e3)], gantry, name="w")
    with pytest.raises(ProcessError, match=r"powder rate 99 g/min lies outside"):
        build_passes([flat[0], replace(flat[1], feed_rate=99 / 6e4)], gantry, name="g")
