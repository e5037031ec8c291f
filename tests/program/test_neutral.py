"""The neutral program: consistent or refused, totals right, saved bytes reproducible."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest

from reclad.errors import FileError, ProgramError
from reclad.program import REASONS, Program, load_program
from reclad.program.neutral import COLUMNS, CUT, DWELL, KINDS


def small(**changes: object) -> Program:
    """Three states: a dwell with powder, a lit block, an unlit block."""
    columns: dict[str, object] = {
        "kind": [DWELL, CUT, CUT],
        "duration": [4.0, 2.0, 1.0],
        "x": [0.0, 0.1, 0.2],
        "z": [0.1, 0.1, 0.1],
        "a": [0.0, 1.0, 2.0],
        "laser": [0.0, 1500.0, 0.0],
        "gate": [False, True, False],
        "powder": [0.001, 0.001, 0.0],
        "gas": [True, True, True],
        "aiming": [False] * 3,
        "reason": [3, 5, 7],
        "layer": [1] * 3,
        "turn": [1] * 3,
        "line": [0] * 3,
    }
    return Program(**{**columns, **changes})


def test_totals_count_beam_and_powder_where_they_are_on() -> None:
    program = small()
    assert program.total_time == pytest.approx(7.0)
    assert program.lit_time == pytest.approx(2.0)
    assert program.energy == pytest.approx(3000.0)
    assert program.powder_mass == pytest.approx(0.006)
    assert list(program.tracks()) == [(1, 2)]


def test_watts_behind_a_closed_gate_are_no_beam() -> None:
    program = small(gate=[False, False, False])
    assert program.energy == 0.0
    assert not program.lit.any()


def test_summary_gives_the_largest_axis_speeds_of_cutting_moves() -> None:
    summary = small().summary()
    assert summary["x_speed_max"] == pytest.approx(0.1)
    assert summary["a_speed_max"] == pytest.approx(1.0)
    assert summary["z_speed_max"] == pytest.approx(0.0, abs=1e-12) or summary["z_speed_max"] > 0
    assert (summary["power_min"], summary["power_max"]) == (1500.0, 1500.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": [0.0]}, "column x has shape"),
        ({"duration": [1.0, np.nan, 1.0]}, "not a finite number at state 1"),
        ({"duration": [1.0, -1.0, 1.0]}, "duration -1.0 s is negative"),
        ({"kind": [0, 1, 7]}, "kind 7"),
        ({"reason": [0, 1, len(REASONS)]}, "is not a reason"),
    ],
)
def test_inconsistent_columns_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ProgramError, match=words):
        small(**change)


def test_columns_cannot_be_changed_afterwards() -> None:
    program = small()
    with pytest.raises(ValueError, match="read-only"):
        program.laser[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        program.x0 = 1.0


def test_saved_program_comes_back_whole(program: Program, tmp_path: Path) -> None:
    back = load_program(program.save(tmp_path / "program.npz"))
    assert back.meta == program.meta
    assert (back.x0, back.z0, back.a0) == (program.x0, program.z0, program.a0)
    for name in COLUMNS:
        assert np.array_equal(getattr(back, name), getattr(program, name)), name


def test_saved_bytes_do_not_depend_on_the_clock(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = program.save(tmp_path / "a.npz").read_bytes()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert program.save(tmp_path / "b.npz").read_bytes() == first


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "other"])
def test_a_file_that_is_no_program_is_refused_in_one_line(
    damage: str, program: Program, tmp_path: Path
) -> None:
    path = program.save(tmp_path / "program.npz")
    if damage == "missing":
        path.unlink()
    elif damage == "other":
        np.savez(path, a=np.zeros(3))
    else:
        whole = path.read_bytes()
        path.write_bytes({"empty": b"", "text": b"G21\n", "cut": whole[: len(whole) // 2]}[damage])
    with pytest.raises(FileError, match=r"not (a reclad program file|arrays of reclad)") as refused:
        load_program(path)
    assert "\n" not in str(refused.value)


def test_kinds_have_names() -> None:
    assert KINDS[CUT] == "cut"
    assert KINDS[DWELL] == "dwell"
