"""The neutral program: typed, timed states that every post writes and every reader gives back."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reclad.arrays import read_arrays, write_arrays
from reclad.errors import FileError, ProgramError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Codes = NDArray[np.int8]
Bools = NDArray[np.bool_]

RAPID, CUT, DWELL = 0, 1, 2
KINDS = ("rapid", "cut", "dwell")
REASONS = (
    "start",
    "approach",
    "purge",
    "settle",
    "lead-in",
    "track",
    "between",
    "lead-out",
    "retract",
    "travel",
    "end",
    # Saved programs hold the place in this list: new reasons come last.
    "pause",
)
REASON = {name: code for code, name in enumerate(REASONS)}

_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)

COLUMNS: dict[str, type[np.generic]] = {
    "kind": np.int8,
    "duration": np.float64,
    "x": np.float64,
    "y": np.float64,
    "z": np.float64,
    "a": np.float64,
    "laser": np.float64,
    "gate": np.bool_,
    "powder": np.float64,
    "gas": np.bool_,
    "aiming": np.bool_,
    "reason": np.int8,
    "layer": np.int32,
    "turn": np.int32,
    "line": np.int32,
}


class Steps(NamedTuple):
    """Motion of each state along X, Y, Z (m) and A (rad), shape (m,) each."""

    x: Floats
    y: Floats
    z: Floats
    a: Floats


@dataclass(frozen=True)
class ProgramMeta:
    """What a program is for: `name` of the job, `header` lines, the machine's name, and two flags.

    `preliminary`: the procedure is not yet qualified (the text says COUPON FIRST).
    `dry_run`: gate 0 throughout, aiming beam on along the tracks.
    `form`: "round" turns a part with A, "flat" passes over a plate with X and Y.
    """

    name: str = ""
    header: tuple[str, ...] = ()
    machine: str = ""
    preliminary: bool = False
    dry_run: bool = False
    form: Literal["round", "flat"] = "round"


def _rest() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Program:
    """One machine program as columns over its m states, SI units, nothing vendor-specific.

    `kind` RAPID, CUT (coordinated move at the given duration) or DWELL; `duration` s;
    `x` m, `y` m (left out: 0), `z` m (nozzle tip from the axis of rotation, or above the datum of
    a plate), `a` rad: pose at the END of the state;
    `laser` W commanded, `gate` beam enable, `powder` kg/s, `gas`, `aiming`: during the state;
    `reason` code into REASONS; `layer`, `turn` from 1 (0: none); `line` in the text (0: none).
    `x0`, `y0`, `z0`, `a0`: pose before the first state. Raises ProgramError when columns disagree.
    """

    kind: Codes
    duration: Floats
    x: Floats
    z: Floats
    a: Floats
    laser: Floats
    gate: Bools
    powder: Floats
    gas: Bools
    aiming: Bools
    reason: Codes
    layer: Ints
    turn: Ints
    line: Ints
    x0: float = 0.0
    z0: float = 0.0
    a0: float = 0.0
    meta: ProgramMeta = ProgramMeta()
    y: Floats = field(default_factory=_rest)
    y0: float = 0.0

    def __post_init__(self) -> None:
        size = np.asarray(self.kind).size
        if np.asarray(self.y).size == 0:
            object.__setattr__(self, "y", np.zeros(size))
        for name, dtype in COLUMNS.items():
            column = np.ascontiguousarray(getattr(self, name), dtype=dtype)
            if column.shape != (size,):
                raise ProgramError(
                    f"program column {name} has shape {column.shape}, needs ({size},): every "
                    f"state has one value in each column - rebuild the program"
                )
            if dtype is np.float64 and not np.all(np.isfinite(column)):
                raise ProgramError(
                    f"program column {name} holds a value that is not a finite number at state "
                    f"{int(np.flatnonzero(~np.isfinite(column))[0])} - rebuild the program"
                )
            column.setflags(write=False)
            object.__setattr__(self, name, column)
        _check_values(self)

    def __len__(self) -> int:
        return int(self.kind.size)

    @property
    def lit(self) -> Bools:
        """States with the beam actually on: gate open and power above zero, shape (m,)."""
        return np.asarray(self.gate & (self.laser > 0.0))

    @property
    def steps(self) -> Steps:
        """Motion of each state along X (m), Y (m), Z (m) and A (rad), shape (m,) each."""
        return Steps(
            np.diff(self.x, prepend=self.x0),
            np.diff(self.y, prepend=self.y0),
            np.diff(self.z, prepend=self.z0),
            np.diff(self.a, prepend=self.a0),
        )

    @property
    def flat(self) -> bool:
        """True for a plate under X and Y, False for a part that A turns."""
        return self.meta.form == "flat"

    @property
    def total_time(self) -> float:
        """Running time, s."""
        return float(self.duration.sum())

    @property
    def lit_time(self) -> float:
        """Beam-on time, s."""
        return float(self.duration[self.lit].sum())

    @property
    def pauses(self) -> int:
        """How often the repair stands still so that the part cools."""
        return int(np.sum(self.reason == REASON["pause"]))

    @property
    def pause_time(self) -> float:
        """Time of all pauses, s: part of the running time, not of the beam-on time."""
        return float(self.duration[self.reason == REASON["pause"]].sum())

    @property
    def energy(self) -> float:
        """Beam energy commanded, J."""
        return float((self.duration * self.laser)[self.lit].sum())

    @property
    def powder_mass(self) -> float:
        """Powder fed from the first puff to the last, kg (deposited or not)."""
        return float((self.duration * self.powder).sum())

    def tracks(self) -> Iterator[tuple[int, int]]:
        """First state and one past the last state of each unbroken run of lit states."""
        edges = np.diff(np.concatenate(([0], self.lit.astype(np.int8), [0])))
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        return zip(starts.tolist(), stops.tolist(), strict=True)

    def summary(self) -> dict[str, float]:
        """Numbers for a report: times s, energy J, powder kg, powers W, extremes of pose and speed.

        Speeds are the largest of the CUT states: X, Y, Z in m/s, A in rad/s. Poses in m and rad.
        """
        cut = (self.kind == CUT) & (self.duration > 0.0)
        speeds = {
            f"{axis}_speed_max": float(np.max(np.abs(step[cut]) / self.duration[cut], initial=0.0))
            for axis, step in zip("xyza", self.steps, strict=True)
        }
        watts = self.laser[self.lit]
        extremes = {
            f"{axis}_{side}": float(pick(getattr(self, axis))) if len(self) else 0.0
            for axis in "xyza"
            for side, pick in (("min", np.min), ("max", np.max))
        }
        return {
            "states": float(len(self)),
            "total_time": self.total_time,
            "lit_time": self.lit_time,
            "energy": self.energy,
            "powder_mass": self.powder_mass,
            "power_min": float(watts.min()) if watts.size else 0.0,
            "power_max": float(watts.max()) if watts.size else 0.0,
            **speeds,
            **extremes,
        }

    def save(self, path: str | Path) -> Path:
        """Write the program to a .npz file whose bytes depend on the program alone."""
        path = Path(path)
        start = {"x0": self.x0, "y0": self.y0, "z0": self.z0, "a0": self.a0}
        head = start | {"meta": asdict(self.meta)}
        text = json.dumps(head, sort_keys=True).encode()
        arrays = {name: getattr(self, name) for name in COLUMNS}
        write_arrays(path, arrays | {"head": np.frombuffer(text, dtype=np.uint8)})
        return path


def load_program(path: str | Path) -> Program:
    """Read a program saved by `Program.save`. Raises FileError if the file is not one."""
    path = Path(path)
    arrays = read_arrays(path)
    try:
        head = json.loads(arrays["head"].tobytes())
        known = {field.name for field in fields(ProgramMeta)}
        meta = {key: value for key, value in head["meta"].items() if key in known}
        meta["header"] = tuple(meta["header"])
        # Programs saved before plates could be clad have no Y.
        columns: dict[str, Any] = {name: arrays[name] for name in COLUMNS if name != "y"}
        columns |= {"y": arrays.get("y", _rest()), "y0": head.get("y0", 0.0)}
        return Program(
            **columns, x0=head["x0"], z0=head["z0"], a0=head["a0"], meta=ProgramMeta(**meta)
        )
    except (KeyError, TypeError, ValueError, AttributeError, ProgramError) as error:
        raise FileError(
            f"{path}: not a reclad program file ({error.__class__.__name__}) - write it again "
            f"with reclad plan"
        ) from error


def _check_values(program: Program) -> None:
    faults = (
        ("kind", ~np.isin(program.kind, (RAPID, CUT, DWELL)), "is not a kind of state"),
        ("reason", (program.reason < 0) | (program.reason >= len(REASONS)), "is not a reason"),
        ("duration", program.duration < 0.0, "s is negative"),
        ("powder", program.powder < 0.0, "kg/s is negative"),
    )
    for name, wrong, words in faults:
        if np.any(wrong):
            state = int(np.flatnonzero(wrong)[0])
            raise ProgramError(
                f"program state {state}: {name} {getattr(program, name)[state]} {words} - "
                f"rebuild the program"
            )
