"""Pauses in a program: dark, without powder, as long as planned, and gone on where it stopped."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from breaking import Mutant, Numbered, Text
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.job import Machine, PathSettings, read_machine
from reclad.part import Deposit
from reclad.path import Pause, Toolpath, lay, lay_raster
from reclad.process import Procedure
from reclad.program import (
    Program,
    build_program,
    check_program,
    load_program,
    post,
    referee,
    turn_numbers,
)
from reclad.program.neutral import CUT, DWELL, RAPID, REASON
from rs274 import needs_rs274

PAUSES = (Pause(1, 1, 90.0), Pause(1, 3, 240.0), Pause(1, 5, 45.0), Pause(2, 2, 60.5))
MACHINES = ("x-axial-4kw", "x-axial-6kw-840d")
FEED = 17e-3 / 60.0


def shaft(radius: float = 0.03, start: float = 0.1, length: float = 0.01) -> Deposit:
    worn = np.array([radius, radius - 2e-4])
    return Deposit(
        axial=np.array([start, start + length]),
        worn_radius=worn,
        target_radius=worn + 1e-3,
        thickness=np.full(2, 1e-3),
        start=start,
        end=start + length,
        zone_from=start,
        zone_to=start + length,
        thickness_max=1e-3,
        thickness_min=1e-3,
        thickness_mean=1e-3,
        volume=1e-5,
        allowance=5e-4,
        over_travel=0.0,
    )


def wound(*pauses: Pause, layers: int = 2, **settings: float) -> Toolpath:
    """Five turns a layer on a shaft of 60 mm, laid with pauses."""
    cut = PathSettings.model_construct(**(PathSettings().model_dump() | settings))
    procedure = Procedure(2000.0, 0.01, FEED, 0.002, layers, 0.015, 400.0)
    return lay(shaft(), procedure, cut, 0.8e-3, pauses)


def built(path: Toolpath, cell: Machine, **options) -> Program:
    return build_program(
        path, np.linspace(2000.0, 1800.0, path.blocks), FEED, cell, name="shaft", **options
    )


@pytest.fixture(scope="module")
def path() -> Toolpath:
    return wound(*PAUSES)


@pytest.fixture(scope="module", params=MACHINES)
def cell(request: pytest.FixtureRequest) -> Machine:
    return read_machine(request.param)


@pytest.fixture(scope="module")
def lathe() -> Machine:
    return read_machine(MACHINES[0])


@pytest.fixture(scope="module")
def program(path: Toolpath, lathe: Machine) -> Program:
    return built(path, lathe)


def rests(program: Program) -> np.ndarray:
    return np.flatnonzero(program.reason == REASON["pause"])


# --- what is built ---


def test_a_pause_stands_dark_without_powder_clear_of_the_part(
    program: Program, lathe: Machine
) -> None:
    pause = rests(program)
    assert program.duration[pause] == pytest.approx([90.0, 240.0, 45.0, 60.5])
    assert np.all(program.kind[pause] == DWELL)
    for name in ("gate", "laser", "powder", "aiming"):
        assert not getattr(program, name)[pause].any(), name
    assert program.gas[pause].all()
    clear = program.z[program.kind == CUT].max() + lathe.retract
    assert program.z[pause] == pytest.approx(clear)


def test_after_a_pause_it_comes_down_where_the_lead_in_begins_and_settles_the_powder(
    program: Program, path: Toolpath, lathe: Machine
) -> None:
    blocks = np.flatnonzero(path.wait)
    for pause, block in zip(rests(program), blocks, strict=True):
        assert program.kind[pause - 2 : pause + 4].tolist() == [
            RAPID,
            RAPID,
            DWELL,
            RAPID,
            DWELL,
            CUT,
        ]
        assert program.x[pause + 1] == path.axial[block]
        assert program.a[pause + 1] == path.angle[block]
        assert program.z[pause + 1] == pytest.approx(path.radius[block] + path.stand_off)
        assert program.reason[pause + 2] == REASON["settle"]
        assert program.duration[pause + 2] >= lathe.feeder.delay
        assert program.reason[pause + 3] == REASON["lead-in"]


def test_it_lays_the_path_block_by_block(program: Program, path: Toolpath) -> None:
    lit = program.lit
    assert np.array_equal(program.x[lit], path.axial[1:][path.lit])
    assert np.array_equal(program.a[lit], path.angle[1:][path.lit])
    assert program.duration[lit] == pytest.approx(path.block_time[path.lit])


def test_pauses_count_in_the_running_time_and_not_in_the_beam_time_or_the_powder(
    program: Program, path: Toolpath, lathe: Machine
) -> None:
    assert program.pauses == 4
    assert program.pause_time == pytest.approx(435.5)
    awake = np.ones(len(program), dtype=bool)
    awake[rests(program)] = False
    assert program.total_time == pytest.approx(program.duration[awake].sum() + 435.5)
    assert program.lit_time == pytest.approx(path.block_time[path.lit].sum())
    fed = program.duration[awake] @ program.powder[awake]
    assert program.powder_mass == pytest.approx(fed)
    # three stops within layers: each lays one overlap a second time
    plain = built(wound(), lathe)
    along = np.hypot(5e-3, 5e-3 / (2.0 * np.pi * 0.03) * 0.002)
    assert program.lit_time - plain.lit_time == pytest.approx(3.0 * along / 0.01, rel=1e-3)
    assert plain.pauses == 0
    assert plain.pause_time == 0.0


def test_a_wait_is_rounded_up_to_a_millisecond(lathe: Machine) -> None:
    program = built(wound(Pause(1, 1, 10.00041)), lathe)
    assert program.pause_time == pytest.approx(10.001, abs=1e-9)


def test_a_wait_before_the_first_track_is_kept(path: Toolpath, cell: Machine) -> None:
    program = built(path, cell, turns=(6, None))
    assert program.duration[rests(program)] == pytest.approx([45.0, 60.5])
    first = rests(program)[0]
    assert first < np.flatnonzero(program.kind == CUT)[0]
    assert check_program(post(program, cell), cell, program).findings == ()


def test_turns_are_counted_as_without_pauses(path: Toolpath) -> None:
    numbers = turn_numbers(path)
    assert numbers.max() == turn_numbers(wound()).max() == 10
    lit = path.lit
    assert np.all(np.diff(numbers[lit]) >= 0)
    assert np.array_equal(numbers[lit], (path.layer[lit] - 1) * 5 + path.turn[lit])


@pytest.mark.parametrize("turn", range(1, 11))
def test_any_turn_of_a_paused_repair_can_be_resumed(
    turn: int, path: Toolpath, program: Program, cell: Machine
) -> None:
    rest = built(path, cell, turns=(turn, None))
    wanted = path.lit & (turn_numbers(path) >= turn)
    assert np.array_equal(rest.a[rest.lit], path.angle[1:][wanted])
    assert check_program(post(rest, cell), cell, rest).findings == ()
    lit_time = rest.lit_time
    if turn > 1:
        before = built(path, cell, turns=(1, turn - 1))
        assert check_program(post(before, cell), cell, before).findings == ()
        lit_time += before.lit_time
    assert lit_time == pytest.approx(program.lit_time)


def test_a_dry_run_moves_and_waits_the_same(
    path: Toolpath, program: Program, lathe: Machine, cell: Machine
) -> None:
    dry = built(path, lathe, dry_run=True)
    for name in ("kind", "x", "z", "a", "duration", "reason"):
        assert np.array_equal(getattr(dry, name), getattr(program, name)), name
    for name in ("gate", "laser", "powder", "gas"):
        assert not getattr(dry, name).any(), name
    tried = built(path, cell, dry_run=True)
    assert check_program(post(tried, cell), cell, tried).findings == ()


def test_a_pause_on_a_plate_retracts_though_the_next_track_lies_beside(gantry: Machine) -> None:
    procedure = Procedure(2000.0, 0.01, FEED, 0.002, 1, 0.015, 400.0)
    zone = (0.1, 0.16, 0.2, 0.2078)
    path = lay_raster(zone, procedure, PathSettings(), 0.02, 0.8e-3, [Pause(1, 2, 75.0)])
    program = built(path, gantry)
    (pause,) = rests(program)
    assert program.duration[pause] == 75.0
    assert program.z[pause] == pytest.approx(0.035 + gantry.retract)
    assert not program.powder[pause]
    # the other two steps aside stay low
    assert np.sum(program.reason == REASON["settle"]) == 2
    verdict = check_program(post(program, gantry), gantry, program)
    assert verdict.findings == ()
    assert np.array_equal(verdict.program.reason, program.reason)


def test_a_saved_program_still_knows_its_pauses(program: Program, tmp_path: Path) -> None:
    again = load_program(program.save(tmp_path / "program.npz"))
    assert np.array_equal(again.reason, program.reason)
    assert again.pause_time == program.pause_time


# --- what is written and read back ---


def test_the_text_reads_back_as_planned_with_every_reason(path: Toolpath, cell: Machine) -> None:
    program = built(path, cell)
    verdict = check_program(post(program, cell), cell, program)
    assert verdict.findings == ()
    for name in ("kind", "gate", "gas", "aiming", "layer", "turn", "reason"):
        assert np.array_equal(getattr(verdict.program, name), getattr(program, name)), name
    assert verdict.program.pause_time == pytest.approx(435.5)


def test_the_operator_is_told_how_many_pauses_and_how_long(path: Toolpath, cell: Machine) -> None:
    lines = post(built(path, cell), cell).split("\n")
    told = [line.strip("(;) ") for line in lines if "pause" in line]
    assert told == [
        "pauses: 4, together 0 h 07 min 16 s: the part cools, beam and powder are off, the program "
        "goes on by itself",
        *(f"pause {n} of 4: part cools" for n in (1, 2, 3, 4)),
    ]
    for i in [i for i, line in enumerate(lines) if "part cools" in line][1:]:
        assert re.search(r"G4 [PF](90|240|45|60)\.[05]00$", lines[i + 1])


def test_a_program_without_pauses_does_not_speak_of_them(cell: Machine) -> None:
    assert "pause" not in post(built(wound(), cell), cell)


@needs_rs274
@pytest.mark.referee
def test_the_interpreter_waits_as_planned(path: Toolpath, program: Program, lathe: Machine) -> None:
    report = referee(post(program, lathe), lathe)
    assert report.accepted, str(report)
    assert report.program is not None
    assert report.program.pause_time == pytest.approx(435.5)
    dry = built(path, lathe, dry_run=True)
    assert referee(post(dry, lathe), lathe).accepted


@needs_rs274
@pytest.mark.referee
def test_an_interpreter_that_waits_otherwise_is_found_at_its_line(
    program: Program, lathe: Machine, tmp_path: Path
) -> None:
    text = post(program, lathe)
    job, out = tmp_path / "job.ngc", tmp_path / "canonical.txt"
    job.write_text(text)
    subprocess.run(
        ["rs274", "-g", str(job), str(out)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    canonical = out.read_text()
    changed = canonical.replace("DWELL(240.0000)", "DWELL(24.0000)")
    assert changed != canonical
    out.write_text(changed)
    fake = tmp_path / "hasty"
    fake.write_text(f'#!/bin/sh\ncp "{out}" "$3"\n')
    fake.chmod(0o755)
    report = referee(text, lathe, interpreter=str(fake))
    assert not report.accepted
    line = text.split("\n").index("G4 P240.000") + 1
    assert [(f.rule, f.line) for f in report.findings] == [("referee-differs", line)]
    assert "waits 24 s, our reading 240 s" in report.findings[0].message


# --- how pauses are broken ---


def _pause(p: Text) -> int:
    """Index of the wait of the second pause."""
    return next(i for i in range(len(p)) if p.starts(i, "G4") and "240.000" in p[i])


def _back(p: Text, i: int, *starts: str) -> list[int]:
    """The nearest line before i that starts each way."""
    return [next(k for k in range(i, 0, -1) if p.starts(k, start)) for start in starts]


def _dropped(p: Text) -> int:
    return p.drop(_pause(p))


def _shortened(p: Text) -> int:
    return p.swap(_pause(p), r"240\.000", "239.990")


def _lengthened(p: Text) -> int:
    return p.swap(_pause(p), r"240\.000", "2400.000")


def _moved_down(p: Text) -> int:
    i = _pause(p)
    wait = p.pop(i)
    p.insert(i + 1, wait)
    return i


def _dark(p: Text) -> dict[str, str]:
    if isinstance(p, Numbered):
        return {
            "power": "DO $A_OUTA[1]=0",
            "gate": "DO $A_OUT[1]=0",
            "power now": "$A_OUTA[1]=0",
            "gate now": "$A_OUT[1]=0",
            "powder": "$A_OUTA[2]=0",
        }
    return {
        "power": "M67 E0 Q0",
        "gate": "M63",
        "power now": "M68 E0 Q0",
        "gate now": "M65 P0",
        "powder": "M68 E1 Q0",
    }


def _left_on(p: Text, *what: str) -> int:
    codes = _dark(p)
    p.drop(*_back(p, _pause(p), *(codes[name] for name in what)))
    return _pause(p)


def _beam_left_on(p: Text) -> int:
    return _left_on(p, "power", "gate", "power now", "gate now")


def _gate_left_open(p: Text) -> int:
    return _left_on(p, "gate", "gate now")


def _power_left_commanded(p: Text) -> int:
    return _left_on(p, "power", "power now")


def _powder_left_on(p: Text) -> int:
    return _left_on(p, "powder")


UNSAFE = [
    Mutant("beam left on", "lit-without-motion", _beam_left_on),
    Mutant("gate left open", "armed-in-pause", _gate_left_open),
    Mutant("power left commanded", "armed-in-pause", _power_left_commanded),
    Mutant("powder left on", "powder-in-pause", _powder_left_on),
]
OTHER = [
    Mutant("dropped", "plan-states", _dropped),
    Mutant("shortened", "plan-duration", _shortened),
    Mutant("lengthened", "plan-duration", _lengthened),
    Mutant("moved down", "plan-states", _moved_down),
]


@pytest.mark.parametrize("mutant", [*UNSAFE, *OTHER], ids=lambda m: m.name)
def test_a_broken_pause_is_found_at_its_line(mutant: Mutant, path: Toolpath, cell: Machine) -> None:
    planned = built(path, cell)
    kind = Text if cell.controller == "linuxcnc" else Numbered
    text = kind(post(planned, cell).split("\n"))
    line = mutant.change(text) + 1
    plan = planned if mutant in OTHER else None
    findings = check_program("\n".join(text), cell, plan, checksum=False).findings
    assert (mutant.rule, line) in {(f.rule, f.line) for f in findings}, [str(f) for f in findings]


def test_a_missing_pause_is_said_to_keep_the_part_hot(path: Toolpath, lathe: Machine) -> None:
    planned = built(path, lathe)
    text = Text(post(planned, lathe).split("\n"))
    _dropped(text)
    (finding,) = check_program("\n".join(text), lathe, planned, checksum=False).findings
    assert finding.message.startswith(
        "1 planned state(s) missing from layer 1 turn 4: the wait for the part to cool would not be"
    )


# --- whatever the pauses ---


@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.integers(1, 5), st.floats(0.01, 2000.0)),
        unique_by=lambda place: place[:2],
        max_size=8,
    ),
    st.floats(0.0, 360.0),
    st.sampled_from(MACHINES),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_any_pauses_read_back_as_planned(
    places: list[tuple[int, int, float]], shift: float, name: str, dry: bool
) -> None:
    cell = read_machine(name)
    pauses = [Pause(*place) for place in places if place[:2] != (2, 5)]
    program = built(wound(*pauses, start_shift=np.deg2rad(shift)), cell, dry_run=dry)
    asked = sum(pause.seconds for pause in pauses)
    assert asked <= program.pause_time + 1e-9 <= asked + 1e-3 * len(pauses) + 1e-6
    verdict = check_program(post(program, cell), cell, program)
    assert verdict.findings == (), [str(f) for f in verdict.findings]
    assert verdict.program.pauses == program.pauses
    assert verdict.program.pause_time == pytest.approx(program.pause_time, abs=1e-6)
    assert verdict.program.lit_time == pytest.approx(program.lit_time, rel=1e-5)
