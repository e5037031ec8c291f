"""Plates: Y from path to text and back, tracks laid side by side with the powder on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reclad.errors import ProgramError
from reclad.job import Machine
from reclad.path.toolpath import Toolpath
from reclad.program import (
    Program,
    build_program,
    check_program,
    load_program,
    post,
    read_program,
    referee,
    write_program,
)
from reclad.program.neutral import COLUMNS, CUT, DWELL, RAPID, REASON
from rs274 import needs_rs274

PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def every_axis(machine: Machine, gantry: Machine) -> Machine:
    """The reference lathe with the gantry's Y."""
    return machine.model_copy(update={"axes": machine.axes.model_copy(update={"Y": gantry.axes.Y})})


def test_a_plate_is_accepted_and_read_back_as_planned(
    plate_program: Program, plate_lines: list[str], gantry: Machine
) -> None:
    verdict = check_program("\n".join(plate_lines), gantry, plate_program)
    assert verdict.findings == ()
    assert verdict.program.flat
    assert verdict.program.y == pytest.approx(plate_program.y, abs=1e-8)
    assert np.array_equal(verdict.program.reason, plate_program.reason)


def test_lit_blocks_keep_their_pose_time_and_power(
    plate_program: Program, plate: Toolpath, power_for: PowerMaker
) -> None:
    lit = plate_program.lit
    assert lit.sum() == plate.lit.sum() == 9 * 12
    assert np.array_equal(plate_program.x[lit], plate.axial[1:][plate.lit])
    assert np.array_equal(plate_program.y[lit], plate.across[1:][plate.lit])
    assert plate_program.z[lit] == pytest.approx(plate.radius[1:][plate.lit] + 0.015)
    assert np.array_equal(plate_program.duration[lit], plate.block_time[plate.lit])
    assert np.array_equal(plate_program.laser[lit], power_for(plate)[plate.lit])


def test_powder_stays_on_between_tracks_of_a_layer_and_settles_for_each_layer(
    plate_program: Program, gantry: Machine
) -> None:
    tracks = list(plate_program.tracks())
    assert len(tracks) == 9
    for (_, end), (start, _) in pairwise(tracks[:4]):
        assert np.all(plate_program.powder[end:start] > 0.0)
        assert np.all(plate_program.gas[end:start])
        assert not plate_program.gate[end:start].any()
    settles = np.flatnonzero(plate_program.reason == REASON["settle"])
    assert settles.size == 2
    assert np.all(plate_program.duration[settles] >= gantry.feeder.delay)
    assert np.all(plate_program.powder[plate_program.reason == REASON["retract"]] == 0.0)


def test_a_track_change_is_one_level_rapid_of_one_pitch(plate_program: Program) -> None:
    dx, dy, dz, da = plate_program.steps
    change = (plate_program.kind == RAPID) & (dy != 0.0) & (dz == 0.0)
    change &= plate_program.z < 0.05
    assert change.sum() == 3 + 4
    assert np.abs(dy[change]) == pytest.approx(0.00195)
    assert not dx[change].any()
    assert not da.any()


def test_a_track_that_starts_far_from_the_last_one_is_approached_anew(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=1)
    across = np.where(np.arange(path.across.size) >= path.across.size // 2, 0.1, 0.0)
    torn = replace(path, across=path.across + across)
    program = build_program(torn, power_for(torn), feed, gantry, name="torn")
    assert (program.reason == REASON["retract"]).sum() == 1
    assert (program.reason == REASON["settle"]).sum() == 2


def test_a_step_up_within_a_layer_is_approached_anew(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=1)
    stepped = np.where(np.arange(path.radius.size) >= path.radius.size // 2, 0.002, 0.0)
    high = replace(path, radius=path.radius + stepped)
    program = build_program(high, power_for(high), feed, gantry, name="step")
    assert (program.reason == REASON["retract"]).sum() == 1


def test_a_new_layer_at_the_same_height_is_approached_anew(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=1)
    layer = np.where(path.turn > 2, 2, 1).astype(np.int32)
    program = build_program(replace(path, layer=layer), power_for(path), feed, gantry, name="anew")
    assert (program.reason == REASON["retract"]).sum() == 1
    assert (program.reason == REASON["settle"]).sum() == 2


def test_the_text_names_x_y_and_z_and_never_a(plate_lines: list[str]) -> None:
    blocks = [line for line in plate_lines if line.startswith("G1")]
    assert all(re.fullmatch(r"G1 X\S+ Y\S+ Z\S+ F\S+", line) for line in blocks)
    assert not any(re.search(r"\bA-?\d", line) for line in plate_lines)
    assert "( layer 2 track 5 )" in plate_lines
    assert any("above the datum of the plate" in line for line in plate_lines)
    changes = [line for line in plate_lines if line.startswith("G0 Y")]
    assert len(changes) == 3 + 1 + 4


def test_blocks_on_a_plate_are_timed_along_x_and_y(gantry: Machine) -> None:
    text = (
        "G21 G90 G40 G49 G64 P0.02\nM68 E0 Q0\nM65 P0\nG0 Z170\nG0 X100 Y100\nG0 Z35\n"
        "G94\nG1 X103 Y104 F60\nG93\nG1 X103 Y110 Z35 F12\nG0 Z170\nG0 Y310\nM2\n"
    )
    program = read_program(text, gantry).program
    assert program.duration[-4:-2] == pytest.approx([5.0, 5.0])
    assert program.duration[-1] == pytest.approx(0.2 / gantry.axes["Y"].max_speed)


def test_one_track_of_a_plate_is_a_coupon(
    plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    program = build_program(plate, power_for(plate), feed, gantry, name="one", turns=(2, 2))
    assert len(list(program.tracks())) == 1
    assert program.x[program.lit][0] > program.x[program.lit][-1]
    assert check_program(post(program, gantry), gantry, program).findings == ()


@pytest.mark.parametrize("turn", [2, 4, 5, 9])
def test_resume_lays_exactly_the_tracks_left(
    turn: int, plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    program = build_program(plate, power_for(plate), feed, gantry, name="r", turns=(turn, None))
    assert len(list(program.tracks())) == 10 - turn
    assert check_program(post(program, gantry), gantry, program).findings == ()


def test_a_dry_run_keeps_the_motion_and_feeds_nothing(
    plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine, plate_program: Program
) -> None:
    dry = build_program(plate, power_for(plate), feed, gantry, name="dry", dry_run=True)
    assert not dry.gate.any()
    assert not dry.powder.any()
    for name in ("kind", "x", "y", "z", "duration"):
        assert np.array_equal(getattr(dry, name), getattr(plate_program, name)), name
    assert check_program(post(dry, gantry), gantry, dry).findings == ()


def test_a_plate_needs_y(
    plate: Toolpath,
    plate_program: Program,
    power_for: PowerMaker,
    feed: float,
    machine: Machine,
) -> None:
    words = r"x-axial-4kw has the axes X, Z, A, not Y: .* choose a machine with Y"
    with pytest.raises(ProgramError, match=words):
        build_program(plate, power_for(plate), feed, machine, name="x")
    with pytest.raises(ProgramError, match=words):
        write_program(plate_program, machine)


def test_a_round_part_needs_a(
    path: Toolpath, program: Program, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    words = r"x-y-z-3kw has the axes X, Y, Z, not A: .* choose a machine with A"
    with pytest.raises(ProgramError, match=words):
        build_program(path, power_for(path), feed, gantry, name="x")
    with pytest.raises(ProgramError, match=words):
        write_program(program, gantry)


def test_texts_of_the_other_kind_of_machine_are_refused(
    text: str, plate_lines: list[str], machine: Machine, gantry: Machine
) -> None:
    for wrong, cell, letter in ((text, gantry, "A"), ("\n".join(plate_lines), machine, "Y")):
        found = [f for f in check_program(wrong, cell).findings if f.rule == "unknown-word"]
        assert found[0].message.startswith(letter)


def test_a_round_program_that_moves_in_y_is_refused_by_a_machine_without_it(
    program: Program, machine: Machine
) -> None:
    columns = {name: getattr(program, name) for name in COLUMNS} | {"y": program.x * 0.01}
    pose = {"x0": program.x0, "z0": program.z0, "a0": program.a0}
    moved = Program(**columns, **pose, meta=program.meta)
    with pytest.raises(ProgramError, match="not Y"):
        write_program(moved, machine)


def test_y_is_placed_once_and_then_left_alone_where_a_round_part_has_it(
    path: Toolpath, power_for: PowerMaker, feed: float, every_axis: Machine
) -> None:
    program = build_program(path, power_for(path), feed, every_axis, name="pipe")
    text = write_program(program, every_axis)
    named = [line for line in text.split("\n") if re.search(r"^G[01] .*Y", line)]
    assert len(named) == 1
    assert named[0].startswith("G0 X")
    assert " Y0.00000 " in named[0]
    verdict = check_program(text, every_axis, program)
    assert verdict.findings == ()
    assert not verdict.program.flat


def test_a_beam_beside_the_axis_of_rotation_is_refused(
    path: Toolpath, power_for: PowerMaker, feed: float, every_axis: Machine
) -> None:
    program = build_program(path, power_for(path), feed, every_axis, name="pipe")
    text = write_program(program, every_axis).replace(" Y0.00000 ", " Y3.00000 ")
    found = check_program(text, every_axis, checksum=False).findings
    assert {f.rule for f in found} == {"off-axis"}


def test_a_plate_on_a_machine_with_every_axis_leaves_a_where_it_is(
    plate: Toolpath, power_for: PowerMaker, feed: float, every_axis: Machine
) -> None:
    program = build_program(plate, power_for(plate), feed, every_axis, name="plate")
    text = write_program(program, every_axis)
    assert not re.search(r"\bA-?\d", text)
    assert check_program(text, every_axis, program).findings == ()


def test_tracks_of_two_layers_may_lie_on_one_line(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=3)
    program = build_program(path, power_for(path), feed, gantry, name="three")
    first, third = (np.unique(path.across[:-1][path.lit & (path.layer == n)]) for n in (1, 3))
    assert np.array_equal(first, third)
    assert check_program(post(program, gantry), gantry, program).findings == ()


def test_a_second_layer_hardly_higher_than_the_first_is_laid_twice(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=3)
    sunk = replace(path, radius=np.where(path.radius > 0.021, 0.02005, path.radius))
    program = build_program(sunk, power_for(sunk), feed, gantry, name="sunk")
    found = check_program(post(program, gantry), gantry, program).findings
    assert [f.rule for f in found].count("re-cladding") == 4


def turned_by(plate: Toolpath, angle: float) -> Toolpath:
    """The same tracks, lying at an angle to X."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = plate.axial - 0.1, plate.across - 0.2
    return replace(plate, axial=0.3 + cos * x - sin * y, across=0.3 + sin * x + cos * y)


@pytest.mark.parametrize("angle", [0.7, np.pi / 2.0, np.pi])
def test_tracks_along_any_direction_are_judged_the_same(
    angle: float, plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    turned = turned_by(plate, angle)
    program = build_program(turned, power_for(turned), feed, gantry, name="turned")
    assert check_program(post(program, gantry), gantry, program).findings == ()
    # The third track moves by half a pitch towards the second.
    third = (np.arange(plate.across.size) // 19) == 2
    close = turned_by(replace(plate, across=plate.across - 0.0009 * third), angle)
    program = build_program(close, power_for(close), feed, gantry, name="close")
    assert "pitch" in {f.rule for f in check_program(post(program, gantry), gantry).findings}


def test_a_block_a_controller_cannot_time_is_refused(
    raster: PathMaker, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    path = raster(layers=1, speed=1e-6)
    program = build_program(path, power_for(path), feed, gantry, name="slow")
    with pytest.raises(ProgramError, match=r"X, Y and Z advance .* keeps time only from 0\.1"):
        write_program(program, gantry)


def test_a_trace_of_motion_on_a_plate_is_not_held_back_but_refused(
    plate_program: Program, gantry: Machine
) -> None:
    columns = {name: getattr(plate_program, name).copy() for name in COLUMNS}
    start = {name: getattr(plate_program, name) for name in ("x0", "y0", "z0", "a0")}
    block = int(np.flatnonzero(plate_program.lit)[3])
    # 1 um in 10 s: held back, the block would stand still with the beam on.
    columns["x"][block] = columns["x"][block - 1] + 1e-6
    columns["duration"][block] = 10.0
    slow = Program(**columns, **start, meta=plate_program.meta)
    with pytest.raises(ProgramError, match=rf"state {block}: X, Y and Z advance"):
        write_program(slow, gantry)


def test_a_plate_program_is_saved_and_loaded_whole(
    plate_program: Program, tmp_path: Path, program: Program
) -> None:
    back = load_program(plate_program.save(tmp_path / "plate.npz"))
    assert np.array_equal(back.y, plate_program.y)
    assert back.y0 == plate_program.y0 == pytest.approx(0.200975)
    assert back.flat
    assert not load_program(program.save(tmp_path / "pipe.npz")).flat


def test_programs_saved_before_there_was_y_can_be_loaded(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reclad.program import neutral

    written = neutral.write_arrays
    monkeypatch.setattr(
        neutral,
        "write_arrays",
        lambda path, arrays: written(path, {k: v for k, v in arrays.items() if k != "y"}),
    )
    back = load_program(program.save(tmp_path / "old.npz"))
    assert np.array_equal(back.y, np.zeros(len(program)))
    assert np.array_equal(back.x, program.x)


def test_the_summary_knows_y(plate_program: Program) -> None:
    summary = plate_program.summary()
    assert summary["y_min"] == pytest.approx(0.2)
    assert summary["y_max"] == pytest.approx(0.2078)
    assert summary["x_speed_max"] == pytest.approx(0.01)
    assert summary["y_speed_max"] == 0.0


def test_a_shifted_y_departs_from_the_plan(
    plate_program: Program, plate_lines: list[str], gantry: Machine
) -> None:
    at = next(i for i, line in enumerate(plate_lines) if line.startswith("G1"))
    moved = [*plate_lines]
    moved[at] = moved[at].replace("Y200.97500", "Y200.98500")
    [finding] = check_program("\n".join(moved), gantry, plate_program, checksum=False).findings
    assert (finding.rule, finding.line) == ("plan-pose", at + 1)
    assert "Y 200.98500: planned 200.97500 mm" in finding.message


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize("kind", ["whole", "dry run", "resume", "coupon"])
def test_rs274_accepts_a_raster_and_replays_it_the_same(
    kind: str, plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    turns = {"resume": (6, None), "coupon": (2, 2)}.get(kind)
    program = build_program(
        plate,
        power_for(plate),
        feed,
        gantry,
        name=kind,
        dry_run=kind == "dry run",
        turns=turns,
    )
    report = referee(post(program, gantry), gantry)
    assert report.accepted, report.findings
    assert report.program is not None
    assert report.program.y[2:] == pytest.approx(program.y[2:], abs=1e-7)
    cut = program.kind == CUT
    assert report.program.duration[cut] == pytest.approx(program.duration[cut], rel=1e-4)
    dwell = program.kind == DWELL
    assert report.program.duration[dwell] == pytest.approx(program.duration[dwell])


@needs_rs274
@pytest.mark.referee
def test_rs274_keeps_the_time_of_tracks_along_y(
    plate: Toolpath, power_for: PowerMaker, feed: float, gantry: Machine
) -> None:
    turned = turned_by(plate, np.pi / 2.0)
    program = build_program(turned, power_for(turned), feed, gantry, name="along Y")
    report = referee(post(program, gantry), gantry)
    assert report.accepted, report.findings
    assert report.program is not None
    cut = program.kind == CUT
    assert report.program.duration[cut] == pytest.approx(program.duration[cut], rel=1e-4)


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize("axes", ["X Y Z", "X Y Z A"])
def test_a_replay_elsewhere_in_y_is_refused(
    axes: str, plate_lines: list[str], gantry: Machine, every_axis: Machine, tmp_path: Path
) -> None:
    # Where A is never named, the other axes are judged all the same.
    cell = every_axis if "A" in axes else gantry
    fake = tmp_path / "fake"
    fake.write_text('#!/bin/sh\nrs274 "$@" && sed -i "s/, 200.9750, /, 200.9850, /" "$3"\n')
    fake.chmod(0o755)
    text = "\n".join(plate_lines)
    assert referee(text, cell).accepted
    report = referee(text, cell, interpreter=str(fake))
    assert not report.accepted
    assert any(f.message.startswith("y is 0.200985 m") for f in report.findings)
