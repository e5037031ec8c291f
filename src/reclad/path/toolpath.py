"""Where the nozzle goes and when the beam is wanted, before any machine is known."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reclad.errors import ProcessError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Form = Literal["round", "flat"]


def _nowhere() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Toolpath:
    """Nodes along the cladding path and the blocks between them; SI units throughout.

    Nodes (n,): `axial` m along the pipe, `angle` rad (grows while cladding), `radius` m of the
    surface the bead lands on (worn surface plus the layers already laid), `across` m along the
    third linear axis (left out: zeros).
    `form` "round" turns the part under the nozzle and stays at across 0; "flat" is a plate: angle
    0 throughout, `radius` is the height of the surface above the plate's datum.
    Blocks (n-1,), block i runs from node i to node i+1: `lit` beam wanted, `layer` from 1,
    `turn` (on a plate: track) from 1 within its layer, `joined` False where the path jumps (a
    rapid, no cladding), `wait` s the repair stands still before the block, beam and powder off
    (left out: zeros): only where the path begins or has just jumped.
    Scalars: `travel_speed` m/s along the surface, `stand_off` m, `pitch` m per turn or track.
    Raises ProcessError if lengths disagree, a number is not finite, a jump is lit, a wait is
    negative or stands within a track, or the form does not fit the columns.
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
    across: Floats = field(default_factory=_nowhere)
    form: Form = "round"
    wait: Floats = field(default_factory=_nowhere)

    def __post_init__(self) -> None:
        if self.across.size == 0:
            object.__setattr__(self, "across", np.zeros(self.axial.size))
        if self.wait.size == 0:
            object.__setattr__(self, "wait", np.zeros(self.lit.size))
        _check(self)
        for column in fields(self):
            value = getattr(self, column.name)
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
        if self.form == "flat":
            travel = np.hypot(travel, np.diff(self.across))
        return np.where(self.joined, travel, 0.0)

    @cached_property
    def block_time(self) -> Floats:
        """Time of each block at the travel speed, s, shape (n-1,), without the wait before it; 0
        where the path jumps."""
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
        ("across", n),
        ("lit", n - 1),
        ("layer", n - 1),
        ("turn", n - 1),
        ("joined", n - 1),
        ("wait", n - 1),
    ):
        if getattr(path, name).shape != (size,):
            raise ProcessError(
                f"toolpath column {name} has shape {getattr(path, name).shape}, needs ({size},): "
                f"nodes and blocks must match - rebuild the path"
            )
    for name in ("axial", "angle", "radius", "across", "wait"):
        if not np.all(np.isfinite(getattr(path, name))):
            raise ProcessError(f"toolpath column {name} holds a value that is not a number")
    if np.any(path.lit & ~path.joined):
        raise ProcessError(
            f"toolpath block {int(np.flatnonzero(path.lit & ~path.joined)[0])} is lit across a "
            f"jump: the beam may be on only along the path - unlight it"
        )
    _check_wait(path)
    _check_form(path)
    for name in ("travel_speed", "stand_off", "pitch"):
        if not getattr(path, name) > 0.0:
            raise ProcessError(f"toolpath {name} {getattr(path, name)} must be above 0")


def _check_wait(path: Toolpath) -> None:
    begins = path.joined & np.concatenate(([True], ~path.joined[:-1])) & ~path.lit
    for wrong, rule in (
        (path.wait < 0.0, "no wait is shorter than 0 s - give 0 for none"),
        (
            (path.wait > 0.0) & ~begins,
            "the path may stand still only before an unlit lead-in, after a jump - end the track "
            "there",
        ),
    ):
        if np.any(wrong):
            block = int(np.flatnonzero(wrong)[0])
            raise ProcessError(
                f"toolpath block {block} (layer {path.layer[block]} turn {path.turn[block]}) waits "
                f"{path.wait[block]} s: {rule}"
            )


def _check_form(path: Toolpath) -> None:
    if path.form not in ("round", "flat"):
        raise ProcessError(f'toolpath form {path.form!r} is neither "round" nor "flat"')
    name, axis = ("angle", "A") if path.form == "flat" else ("across", "Y")
    if np.any(getattr(path, name)):
        raise ProcessError(
            f"toolpath of form {path.form} has {name} other than 0 at node "
            f"{int(np.flatnonzero(getattr(path, name))[0])}: {axis} must rest there - "
            f"give the path its other form"
        )
