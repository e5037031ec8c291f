"""Solves that need not be done twice: kept on disk under everything they depend on."""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.arrays import recall
from reclad.heat import (
    _cell_kernels,
    _head_kernels,
    _loss_kernels,
    _march_kernels,
    enthalpy,
    grid,
    solution,
    surroundings,
)
from reclad.heat.history import Ledger
from reclad.heat.solution import Solution, Walk, solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from numpy.typing import NDArray

    from reclad.heat._cell_kernels import Metal
    from reclad.heat.grid import Mesh
    from reclad.heat.surroundings import Surroundings

    Floats = NDArray[np.float64]


def solve_once(
    mesh: Mesh,
    metal: Metal,
    around: Surroundings,
    walk: Walk,
    start: float,
    *,
    until: float,
    probes: NDArray[np.int64],
    look: float,
    shots: Floats,
    say: Callable[[float], None] = lambda _: None,
) -> Solution:
    """`solve`, or what it gave before for the same part, walk and losses: an interrupted ensemble
    goes on where it was, a plan made again costs no second solve."""
    parts = (
        *solver_code(),
        *mesh.cells,
        *mesh.skin,
        *mesh.grid,
        *metal,
        repr(around),
        *(getattr(walk, f.name) for f in fields(Walk)),
        start,
        until,
        probes,
        look,
        shots,
    )

    def compute() -> dict[str, NDArray[Any]]:
        done = solve(
            mesh, metal, around, walk, start,
            until=until, probes=probes, look=look, shots=shots, say=say,
        )  # fmt: skip
        kept = {
            f.name: np.asarray(getattr(done, f.name))
            for f in fields(Solution)
            if f.name != "ledger"
        }
        return kept | {"ledger": np.array(astuple(done.ledger))}

    kept = recall("part-heat", parts, compute)
    ledger = Ledger(*kept.pop("ledger").tolist())
    dt, updates = (kept.pop(name).item() for name in ("dt", "updates"))
    return Solution(ledger=ledger, dt=dt, updates=updates, **kept)


def solver_code() -> tuple[bytes, ...]:
    """The source that a solve's result depends on."""
    return code_of(
        _cell_kernels, _head_kernels, _loss_kernels, _march_kernels, enthalpy, grid, solution,
        surroundings,
    )  # fmt: skip


def code_of(*modules: ModuleType) -> tuple[bytes, ...]:
    """Their source files."""
    return tuple(Path(m.__file__).read_bytes() for m in modules if m.__file__)
