"""Solves kept on disk: found again, mended, and forgotten when anything they depend on changes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.heat.bodies import AMBIENT, helix, plain_metal

from reclad.heat import (
    _cell_kernels,
    _head_kernels,
    _loss_kernels,
    _march_kernels,
    enthalpy,
    grid,
    keeping,
    solution,
    surroundings,
)
from reclad.heat.grid import mesh_round
from reclad.heat.keeping import code_of, solve_once, solver_code
from reclad.heat.solution import Solution
from reclad.heat.surroundings import Clasp, Surroundings

MESH = mesh_round(np.linspace(0.0, 30e-3, 7), np.full(6, 20e-3), 14e-3,
                  np.linspace(14e-3, 20e-3, 3), 24)  # fmt: skip
WALK = helix(4.0, (8e-3, 20e-3), (0.0, 6.0), radius=20e-3, clad=2e-8)
AIR = Surroundings(AMBIENT, film=20.0)
USUAL = {
    "mesh": MESH,
    "metal": plain_metal(),
    "around": AIR,
    "walk": WALK,
    "start": AMBIENT,
    "until": 5.0,
    "probes": np.array([[1, 0, 0], [2, 1, 3]]),
    "look": 1.0,
    "shots": np.array([1.0, 4.0]),
}


class Counted:
    """`solve`, counting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.solve = keeping.solve
        monkeypatch.setattr(keeping, "solve", self)

    def __call__(self, *what, **how) -> Solution:
        self.times += 1
        return self.solve(*what, **how)


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setenv("RECLAD_CACHE", str(tmp_path))
    return Counted(monkeypatch)


def test_the_second_call_solves_nothing_and_gives_the_same(counted: Counted) -> None:
    first, again = solve_once(**USUAL), solve_once(**USUAL)
    assert counted.times == 1
    for f in fields(Solution):
        if f.name != "ledger":
            one, two = getattr(first, f.name), getattr(again, f.name)
            assert np.array_equal(one, two, equal_nan=True), f.name
            assert np.asarray(one).dtype == np.asarray(two).dtype, f.name
    assert first.ledger == again.ledger
    straight = counted.solve(**USUAL)
    assert np.array_equal(straight.enthalpy, again.enthalpy)
    assert straight.ledger == again.ledger
    assert (straight.dt, straight.updates) == (again.dt, again.updates)


OTHERS = {
    "another body": {"mesh": replace(MESH, skin=MESH.skin._replace(thick=1.01 * MESH.skin.thick))},
    "another metal": {"metal": plain_metal(k=31.0)},
    "another film": {"around": Surroundings(AMBIENT, film=21.0)},
    "a chuck": {"around": replace(AIR, clasps=(Clasp(0.0, 9e-3, 9.0, 9.0, 9.0),))},
    "more power": {"walk": replace(WALK, power=WALK.power + 1.0)},
    "less metal": {"walk": replace(WALK, clad=0.5 * WALK.clad)},
    "a wider spot": {"walk": replace(WALK, spot=WALK.spot * 1.1)},
    "another share": {"walk": replace(WALK, share=0.41)},
    "another law": {"walk": replace(WALK, law_interpass=np.array([300.0, 400.0]),
                                    law_power=np.array([500.0, 400.0]))},
    "looking elsewhere": {"walk": replace(WALK, ahead=6e-3)},
    "a limit": {"walk": replace(WALK, gate=np.arange(8) == 4, above=301.0, below=300.9)},
    "preheated": {"start": 400.0},
    "longer": {"until": 6.0},
    "another point": {"probes": np.array([[1, 0, 0], [2, 1, 4]])},
    "looking more often": {"look": 0.5},
    "another moment": {"shots": np.array([1.0, 3.0])},
}  # fmt: skip


@pytest.mark.parametrize("change", OTHERS)
def test_whatever_changes_is_solved_anew(counted: Counted, change: str) -> None:
    solve_once(**USUAL)
    solve_once(**(USUAL | OTHERS[change]))
    assert counted.times == 2


def test_a_damaged_file_is_solved_again(counted: Counted, tmp_path: Path) -> None:
    first = solve_once(**USUAL)
    kept = next(tmp_path.glob("part-heat-*.npz"))
    kept.write_bytes(kept.read_bytes()[:-200])
    again = solve_once(**USUAL)
    assert counted.times == 2
    assert np.array_equal(first.enthalpy, again.enthalpy)
    solve_once(**USUAL)
    assert counted.times == 2


def test_changed_code_is_not_answered_from_before(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve_once(**USUAL)
    monkeypatch.setattr(keeping, "solver_code", lambda: (b"another solver",))
    solve_once(**USUAL)
    assert counted.times == 2


def test_the_code_that_counts_is_all_that_solves(tmp_path: Path) -> None:
    whole = b"".join(solver_code())
    for module in (
        *(_cell_kernels, _head_kernels, _loss_kernels, _march_kernels),
        *(enthalpy, grid, solution, surroundings),
    ):
        assert Path(str(module.__file__)).read_bytes() in whole, module.__name__
    changed = ModuleType("changed")
    changed.__file__ = str(tmp_path / "changed.py")
    Path(changed.__file__).write_text("x = 1\n")
    before = code_of(changed)
    Path(changed.__file__).write_text("x = 2\n")
    assert code_of(changed) != before


def test_progress_is_told_while_it_solves_only(counted: Counted) -> None:
    told: list[float] = []
    solve_once(**USUAL, say=told.append)
    assert told[-1] == 1.0
    before = len(told)
    solve_once(**USUAL, say=told.append)
    assert len(told) == before
