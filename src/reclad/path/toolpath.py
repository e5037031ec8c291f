"""Where the nozzle goes and when the beam is wanted, before any machine is known."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from reclad.errors import ProcessError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Toolpath:
    """Nodes along the cladding path and the blocks between them; SI units throughout.

    Nodes (n,): `axial` m along the pipe, `angle` rad (grows while cladding), `radius` m of the
    surface the bead lands on (worn surface plus the layers already laid).
    Blocks (n-1,), block i runs from node i to node i+1: `lit` beam wanted, `layer` from 1,
    `turn` from 1 within its layer, `joined` False where the path jumps (a rapid, no cladding).
    Scalars: `travel_speed` m/s along the surface, `stand_off` m, `pitch` m per turn.
    Raises ProcessError if lengths disagree, a number is not finite, or a jump is lit.
    """

    axial: Floats
    angle: Floats
    radius: Floats
    lit: Bools
    layer: Ints
    turn: Ints
    joined: Bools
    travel_speed: float
    stand_off: float
    pitch: float

    def __post_init__(self) -> None:
        _check(self)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def blocks(self) -> int:
        """Number of blocks, n-1."""
        return int(self.lit.size)

    @cached_property
    def block_length(self) -> Floats:
        """Travel along the surface in each block, m, shape (n-1,); 0 where the path jumps."""
        turned = 0.5 * (self.radius[1:] + self.radius[:-1]) * np.diff(self.angle)
        travel = np.sqrt(turned**2 + np.diff(self.axial) ** 2 + np.diff(self.radius) ** 2)
        return np.where(self.joined, travel, 0.0)

    @cached_property
    def block_time(self) -> Floats:
        """Time of each block at the travel speed, s, shape (n-1,); 0 where the path jumps."""
        return self.block_length / self.travel_speed

    def tracks(self) -> list[tuple[int, int]]:
        """First block and one past the last block of each unbroken run of lit blocks."""
        edges = np.diff(np.concatenate(([0], self.lit.astype(np.int8), [0])))
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return list(zip(starts.tolist(), stops.tolist(), strict=True))


def _check(path: Toolpath) -> None:
    n = path.axial.size
    if n < 2:
        raise ProcessError(
            f"toolpath has {n} node(s): a path needs at least 2 - check the clad length and pitch"
        )
    for name, size in (
        ("angle", n),
        ("radius", n),
        ("lit", n - 1),
        ("layer", n - 1),
        ("turn", n - 1),
        ("joined", n - 1),
    ):
        if getattr(path, name).shape != (size,):
            raise ProcessError(
                f"toolpath column {name} has shape {getattr(path, name).shape}, needs ({size},): "
                f"nodes and blocks must match - rebuild the path"
            )
    for name in ("axial", "angle", "radius"):
        if not np.all(np.isfinite(getattr(path, name))):
            raise ProcessError(f"toolpath column {name} holds a value that is not a number")
    if np.any(path.lit & ~path.joined):
        raise ProcessError(
            f"toolpath block {int(np.flatnonzero(path.lit & ~path.joined)[0])} is lit across a "
            f"jump: the beam may be on only along the path - unlight it"
        )
    for name in ("travel_speed", "stand_off", "pitch"):
        if not getattr(path, name) > 0.0:
            raise ProcessError(f"toolpath {name} {getattr(path, name)} must be above 0")
