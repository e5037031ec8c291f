"""States collected while a text is read: plain lists, turned into a Program at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf, radians
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.program.neutral import (
    COLUMNS,
    CUT,
    DWELL,
    RAPID,
    REASON,
    Bools,
    Codes,
    Floats,
    Program,
    ProgramMeta,
)

if TYPE_CHECKING:
    from reclad.job import Machine

_ROW = ("kind", "duration", "x", "y", "z", "a", "laser", "gate", "line")
_SUPPLY = ("powder", "gas", "aiming", "layer", "turn")


@dataclass
class States:
    """Rows of (kind, s, X Y Z in mm, A in deg, W, gate, line), slow outputs and place in force.

    A pose not yet programmed is infinite; it becomes the first one that is.
    """

    machine: Machine
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    supplies: list[tuple[Any, ...]] = field(default_factory=list)
    inverse: list[bool] = field(default_factory=list)
    laser_line: list[int] = field(default_factory=list)
    gate_line: list[int] = field(default_factory=list)
    powder: float = 0.0
    gas: bool = False
    aiming: bool = False
    place: tuple[int, int] = (0, 0)
    known_from: int = 0

    def __post_init__(self) -> None:
        axes = self.machine.axes.as_dict()
        # An axis the cell lacks does not move, however fast.
        self._speeds = tuple(
            axes[letter].max_speed * (1.0 if letter == "A" else 1e3) if letter in axes else inf
            for letter in "XYZA"
        )

    def __len__(self) -> int:
        return len(self.rows)

    def rapid_time(self, dx: float, dy: float, dz: float, da: float) -> float:
        """Time of a rapid (X, Y, Z in mm, A in deg) at the slowest axis's top speed, s."""
        x, y, z, a = self._speeds
        return max(abs(dx) / x, abs(dy) / y, abs(dz) / z, abs(radians(da)) / a)

    def append(self, row: tuple[Any, ...], inverse: bool, laser_line: int, gate_line: int) -> None:
        """Add one state under the outputs now in force."""
        self.rows.append(row)
        self.supplies.append((self.powder, self.gas, self.aiming, *self.place))
        self.inverse.append(inverse)
        self.laser_line.append(laser_line)
        self.gate_line.append(gate_line)

    def program(self, meta: ProgramMeta) -> Program:
        """The states as a Program in SI units, with reasons read off what each state does."""
        values = [
            *(zip(*self.rows, strict=True) if self.rows else [()] * len(_ROW)),
            *(zip(*self.supplies, strict=True) if self.supplies else [()] * len(_SUPPLY)),
        ]
        columns = {
            name: np.array(column, dtype=COLUMNS[name])
            for name, column in zip((*_ROW, *_SUPPLY), values, strict=True)
        }
        start: dict[str, float] = {}
        for name, scale in (("x", 1e-3), ("y", 1e-3), ("z", 1e-3), ("a", np.pi / 180.0)):
            unknown = int(np.sum(~np.isfinite(columns[name])))
            # An axis that is never named rests, from the first state to the last.
            if unknown < len(self):
                self.known_from = max(self.known_from, unknown)
            columns[name], first = _from_first(columns[name])
            columns[name] = columns[name] * scale
            start[f"{name}0"] = first * scale
        columns["reason"] = _reasons(columns, start["z0"])
        return Program(
            **columns, x0=start["x0"], y0=start["y0"], z0=start["z0"], a0=start["a0"], meta=meta
        )


def powder_rate(machine: Machine, rpm: float) -> tuple[float, bool]:
    """Powder fed (kg/s) at a disc speed, and whether the feeder was weighed there."""
    feeder = machine.feeder
    if rpm == 0.0:
        return 0.0, True
    # The text carries rpm to a thousandth; the ends of the weighed range must survive that.
    inside = min(max(rpm, feeder.rpm[0]), feeder.rpm[-1])
    return float(feeder.rate_for(inside)), abs(inside - rpm) <= 1e-3


def _from_first(column: Floats) -> tuple[Floats, float]:
    known = np.flatnonzero(np.isfinite(column))
    first = float(column[known[0]]) if known.size else 0.0
    return np.where(np.isfinite(column), column, first), first


def _reasons(columns: dict[str, Any], z0: float) -> Codes:
    kind, lit = columns["kind"], columns["gate"] & (columns["laser"] > 0.0)
    up = np.diff(columns["z"], prepend=z0)
    reason = np.where(up > 0.0, REASON["retract"], REASON["travel"])
    reason = np.where(up < 0.0, REASON["approach"], reason)
    dwell = np.where(columns["powder"] > 0.0, REASON["settle"], REASON["purge"])
    # Gas and powder are waited for right before a track, a cooling part clear of it.
    dwell = np.where(np.append(kind[1:] == RAPID, False), REASON["pause"], dwell)
    reason = np.where(kind == DWELL, dwell, reason)
    for first, stop in _runs(kind == CUT):
        on = np.flatnonzero(lit[first:stop])
        part = np.full(stop - first, REASON["between" if on.size else "lead-in"])
        if on.size:
            part[: on[0]] = REASON["lead-in"]
            part[on[-1] + 1 :] = REASON["lead-out"]
            part[on] = REASON["track"]
        reason[first:stop] = part
    rapid = kind == RAPID
    if rapid.size and rapid[0]:
        reason[0] = REASON["start"]
    if rapid.size > 1 and rapid[-1]:
        reason[-1] = REASON["end"]
    return reason.astype(np.int8)


def _runs(mask: Bools) -> Iterator[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return zip(starts.tolist(), stops.tolist(), strict=True)
