"""From path to program: order of outputs, flying starts, dry run, resume and coupon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from reclad.errors import ProcessError, ProgramError
from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import Program, build_program, check_program, turn_numbers, write_program
from reclad.program.neutral import CUT, DWELL, RAPID, REASON

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]


def test_beam_never_on_without_motion_powder_and_gas(program: Program) -> None:
    lit = program.lit
    dx, _, _, da = program.steps
    assert lit.sum() == 72
    assert np.all(program.kind[lit] == CUT)
    assert np.all((dx[lit] > 0.0) & (da[lit] > 0.0))
    assert np.all(program.powder[lit] > 0.0)
    assert np.all(program.gas[lit])


def test_powder_is_steady_and_gas_purged_before_each_track(
    program: Program, machine: Machine
) -> None:
    settle = np.flatnonzero(program.reason == REASON["settle"])
    assert settle.size == 2
    assert np.all(program.duration[settle] >= machine.feeder.delay)
    assert np.all(program.powder[settle] > 0.0)
    purge = np.flatnonzero(program.reason == REASON["purge"])
    assert purge.size == 1
    assert program.duration[purge[0]] >= machine.gas.purge


def test_every_track_flies_in_and_out_unlit(program: Program) -> None:
    for first, stop in program.tracks():
        assert program.kind[first - 1] == CUT
        assert program.kind[stop] == CUT


def test_lit_blocks_keep_their_time_and_power(
    program: Program, path: Toolpath, power_for: PowerMaker
) -> None:
    assert program.duration[program.lit] == pytest.approx(path.block_time[path.lit])
    assert program.laser[program.lit] == pytest.approx(power_for(path)[path.lit])
    assert program.lit_time == pytest.approx(path.block_length[path.lit].sum() / 0.010)


def test_nozzle_keeps_its_stand_off(program: Program, path: Toolpath) -> None:
    lit = program.lit
    assert program.z[lit] == pytest.approx(path.radius[1:][path.lit] + path.stand_off)


def test_sideways_rapids_clear_the_clad(program: Program, machine: Machine) -> None:
    dx, _, dz, da = program.steps
    across = (program.kind == RAPID) & ((dx != 0.0) | (da != 0.0))
    clear = program.z[program.kind == CUT].max() + machine.retract
    assert across.any()
    assert np.all(program.z[across] >= clear - 1e-12)
    assert np.all(dz[across] == 0.0)


def test_rapid_takes_the_time_of_its_slowest_axis(program: Program, machine: Machine) -> None:
    retract = np.flatnonzero(program.reason == REASON["retract"])[0]
    dz = program.steps.z
    assert program.duration[retract] == pytest.approx(dz[retract] / machine.axes.Z.max_speed)


def test_dry_run_opens_no_gate_and_feeds_nothing(
    path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine, program: Program
) -> None:
    dry = build_program(path, power_for(path), feed, machine, name="gate 0", dry_run=True)
    assert not dry.gate.any()
    assert not dry.laser.any()
    assert not dry.powder.any()
    assert not dry.gas.any()
    assert np.all(dry.aiming[dry.reason == REASON["track"]])
    for name in ("kind", "x", "z", "a", "duration", "reason"):
        assert np.array_equal(getattr(dry, name), getattr(program, name)), name
    text = write_program(dry, machine)
    assert "M62" not in text
    assert "M64 P0" not in text
    assert "M64 P2" not in text
    assert "M64 P3" in text
    assert "DRY RUN" in text
    assert check_program(text, machine, dry).accepted


def test_dry_run_needs_no_power_the_laser_can_give(
    path: Toolpath, feed: float, machine: Machine
) -> None:
    nothing = np.zeros(path.blocks)
    build_program(path, nothing, feed, machine, name="dry", dry_run=True)
    with pytest.raises(ProgramError, match=r"power 0\.0 W is outside 200 to 4000 W"):
        build_program(path, nothing, feed, machine, name="lit")


@pytest.mark.parametrize("turn", range(1, 9))
def test_resume_lays_exactly_the_turns_left_after_an_unlit_flying_start(
    turn: int, pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(turns=4, layers=2)
    power = power_for(path)
    program = build_program(path, power, feed, machine, name="resume", turns=(turn, None))
    wanted = path.lit & (turn_numbers(path) >= turn)
    assert program.lit.sum() == wanted.sum() == (9 - turn) * 12
    for column, nodes in (("x", path.axial), ("a", path.angle)):
        assert np.array_equal(getattr(program, column)[program.lit], nodes[1:][wanted])
    assert np.array_equal(program.laser[program.lit], power[wanted])
    first = int(np.flatnonzero(program.lit)[0])
    lead = slice(first - 2, first)
    block = int(np.flatnonzero(wanted)[0])
    assert np.all(program.reason[lead] == REASON["lead-in"])
    assert np.array_equal(program.a[lead], path.angle[block - 1 : block + 1])
    assert np.array_equal(program.duration[lead], path.block_time[block - 2 : block])
    assert program.kind[first - 3] == DWELL
    assert check_program(write_program(program, machine), machine, program).accepted


@pytest.mark.parametrize("turn", [1, 2, 4, 5, 7, 8])
def test_coupon_lays_one_turn_with_leads_on_both_sides(
    turn: int, pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(turns=4, layers=2)
    program = build_program(path, power_for(path), feed, machine, name="coupon", turns=(turn, turn))
    assert program.lit.sum() == 12
    lit = np.flatnonzero(program.lit)
    assert np.ptp(program.a[lit[0] - 1 : lit[-1] + 1]) == pytest.approx(2.0 * np.pi)
    assert (program.reason == REASON["lead-in"]).sum() == 2
    assert (program.reason == REASON["lead-out"]).sum() == 2
    assert set(program.layer[lit]) == {(turn - 1) // 4 + 1}
    assert set(program.turn[lit]) == {(turn - 1) % 4 + 1}
    assert check_program(write_program(program, machine), machine, program).accepted


@pytest.mark.parametrize("turns", [(0, 2), (7, 7), (3, 2), (9, None)])
def test_turns_that_do_not_exist_are_refused(
    turns: tuple[int, int | None],
    path: Toolpath,
    power_for: PowerMaker,
    feed: float,
    machine: Machine,
) -> None:
    with pytest.raises(ProgramError, match="path has turns 1 to 6 over all layers"):
        build_program(path, power_for(path), feed, machine, name="x", turns=turns)


def test_track_without_lead_in_is_refused(
    pipe: PathMaker, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    path = pipe(lead=0)
    with pytest.raises(ProgramError, match="unlit lead-in and lead-out"):
        build_program(path, power_for(path), feed, machine, name="x")


def test_block_without_length_is_refused(
    path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    columns = {name: getattr(path, name).copy() for name in ("axial", "angle", "radius")}
    for column in columns.values():
        column[6] = column[5]
    with pytest.raises(ProgramError, match="block 5 has no length"):
        build_program(replace(path, **columns), power_for(path), feed, machine, name="x")


def test_unlit_path_is_refused(
    path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    dark = replace(path, lit=np.zeros(path.blocks, dtype=bool))
    with pytest.raises(ProgramError, match="no lit block"):
        build_program(dark, power_for(path), feed, machine, name="x")


@pytest.mark.parametrize("watts", [150.0, 4100.0, np.nan])
def test_power_the_laser_cannot_give_is_refused(
    watts: float, path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    power = power_for(path).copy()
    power[10] = watts
    with pytest.raises(ProgramError, match=r"outside 200 to 4000 W|not a number"):
        build_program(path, power, feed, machine, name="x")


def test_power_of_another_path_is_refused(path: Toolpath, feed: float, machine: Machine) -> None:
    with pytest.raises(ProgramError, match="one power per block"):
        build_program(path, np.full(3, 2000.0), feed, machine, name="x")


def test_powder_rate_never_weighed_is_refused(
    path: Toolpath, power_for: PowerMaker, machine: Machine
) -> None:
    with pytest.raises(ProcessError, match="weighed range"):
        build_program(path, power_for(path), 0.01, machine, name="x")


def test_two_tracks_in_one_run_keep_the_powder_on_between_them(
    path: Toolpath, power_for: PowerMaker, feed: float, machine: Machine
) -> None:
    lit = path.lit.copy()
    lit[14:18] = False
    patch = replace(path, lit=lit)
    program = build_program(patch, power_for(patch), feed, machine, name="patch")
    assert len(list(program.tracks())) == 3
    between = program.reason == REASON["between"]
    assert between.sum() == 4
    assert np.all(program.powder[between] > 0.0)
    assert check_program(write_program(program, machine), machine, program).accepted
