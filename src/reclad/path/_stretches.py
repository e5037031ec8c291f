"""Unbroken stretches of a helix, put one after the other with a jump between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from reclad.path.toolpath import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Stretch:
    """Nodes (n,) axial m, angle rad, radius m; blocks (n-1,) lit and turn; `layer` of all; `wait` s
    before the first block."""

    axial: Floats
    angle: Floats
    radius: Floats
    lit: Bools
    turn: Ints
    layer: int
    wait: float


def string_together(stretches: list[Stretch]) -> dict[str, Any]:
    """Columns of a Toolpath that runs the stretches in order; the jumps between them are unlit."""
    blocks: dict[str, list[Any]] = {name: [] for name in ("lit", "turn", "layer", "joined", "wait")}
    for number, stretch in enumerate(stretches):
        size = stretch.lit.size
        wait = np.zeros(size)
        wait[0] = stretch.wait
        whole = np.ones(size, dtype=np.bool_)
        own = {
            "lit": stretch.lit,
            "turn": stretch.turn,
            "layer": np.full(size, stretch.layer, dtype=np.int32),
            "joined": whole,
            "wait": wait,
        }
        jump = {"lit": False, "turn": stretch.turn[0], "joined": False, "wait": 0.0}
        for name, values in own.items():
            if number:
                blocks[name].append(np.full(1, jump.get(name, stretch.layer), dtype=values.dtype))
            blocks[name].append(values)
    nodes = {
        name: np.concatenate([getattr(stretch, name) for stretch in stretches])
        for name in ("axial", "angle", "radius")
    }
    return nodes | {name: np.concatenate(parts) for name, parts in blocks.items()}
