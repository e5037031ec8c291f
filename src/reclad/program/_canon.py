"""What the LinuxCNC interpreter says it will do (canonical calls), replayed into states."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, sqrt
from typing import TYPE_CHECKING

from reclad.program._laser import watts_of
from reclad.program._states import States, powder_rate
from reclad.program.neutral import CUT, DWELL, RAPID, Program, ProgramMeta

if TYPE_CHECKING:
    from reclad.job import Machine

Pose = tuple[float, float, float, float]  # X, Y, Z in mm, A in deg
_CALL = re.compile(r"\s*[0-9]+ N(?:\.+ |[0-9]+\s*)([A-Z_0-9]+)\((.*)\)")


@dataclass(frozen=True)
class Replay:
    """States replayed from canonical calls; `rates` printed feed per state (mm or deg per min).

    `switched_lit`: states before which an output was switched at once while the beam was on;
    `left_on`, `pending`: outputs still on, and queued ones never fired, at PROGRAM_END.
    """

    program: Program
    rates: tuple[float, ...]
    switched_lit: tuple[int, ...]
    left_on: tuple[str, ...]
    pending: tuple[str, ...]
    ended: bool
    millimetres: bool


@dataclass
class _Replayer:
    machine: Machine
    outputs: dict[str, float] = field(default_factory=dict)
    queue: list[tuple[str, float]] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    switched_lit: list[int] = field(default_factory=list)
    pose: Pose = (0.0, 0.0, 0.0, 0.0)
    rate: float = 0.0
    ended: bool = False
    millimetres: bool = True

    def __post_init__(self) -> None:
        machine = self.machine
        self.states = States(machine)
        self.analog = {machine.laser.analog: "laser", machine.feeder.analog: "powder"}
        self.digital = {
            machine.laser.gate: "gate",
            machine.gas.output: "gas",
            machine.aiming: "aiming",
        }
        self.outputs = dict.fromkeys((*self.analog.values(), *self.digital.values()), 0.0)

    def run(self, text: str) -> None:
        calls: dict[str, Callable[[str], None]] = {
            "STRAIGHT_FEED": self._feed,
            "STRAIGHT_TRAVERSE": self._traverse,
            "SET_FEED_RATE": self._set_rate,
            "DWELL": self._dwell,
            "SET_MOTION_OUTPUT_VALUE": lambda args: self._queue(self.analog, args),
            "SET_MOTION_OUTPUT_BIT": lambda args: self._queue(self.digital, f"{args},1"),
            "CLEAR_MOTION_OUTPUT_BIT": lambda args: self._queue(self.digital, f"{args},0"),
            "SET_AUX_OUTPUT_VALUE": lambda args: self._switch(self.analog, args),
            "SET_AUX_OUTPUT_BIT": lambda args: self._switch(self.digital, f"{args},1"),
            "CLEAR_AUX_OUTPUT_BIT": lambda args: self._switch(self.digital, f"{args},0"),
            "PROGRAM_END": self._end,
            "USE_LENGTH_UNITS": self._units,
        }
        for line in text.split("\n"):
            match = _CALL.match(line)
            if match is None or self.ended:
                continue
            act = calls.get(match.group(1))
            if act is not None:
                act(match.group(2))

    def _feed(self, args: str) -> None:
        x, y, z, a, _ = args.split(", ", 4)
        self._move(CUT, (float(x), float(y), float(z), float(a)))

    def _traverse(self, args: str) -> None:
        x, y, z, a, _ = args.split(", ", 4)
        self._move(RAPID, (float(x), float(y), float(z), float(a)))

    def _move(self, kind: int, pose: Pose) -> None:
        dx, dy, dz, da = (new - old for new, old in zip(pose, self.pose, strict=True))
        if self.queue and pose != self.pose:
            self.outputs.update(self.queue)
            self.queue.clear()
        self.pose = pose
        if kind == RAPID:
            self._state(kind, self.states.rapid_time(dx, dy, dz, da))
        else:
            travel = sqrt(dx * dx + dy * dy + dz * dz) or abs(da)
            self._state(kind, 60.0 * travel / self.rate if self.rate > 0.0 else 0.0)

    def _set_rate(self, args: str) -> None:
        self.rate = float(args)

    def _dwell(self, args: str) -> None:
        self._state(DWELL, float(args))

    def _queue(self, roles: dict[int, str], args: str) -> None:
        channel, value = args.split(",")
        self.queue.append((roles.get(int(channel), f"output {channel}"), float(value)))

    def _switch(self, roles: dict[int, str], args: str) -> None:
        if self._beam():
            self.switched_lit.append(len(self.states))
        channel, value = args.split(",")
        self.outputs[roles.get(int(channel), f"output {channel}")] = float(value)

    def _beam(self) -> bool:
        return self.outputs["gate"] > 0.0 and self.outputs["laser"] > 0.0

    def _end(self, _: str) -> None:
        self.ended = True

    def _units(self, args: str) -> None:
        # The interpreter starts in mm or inch as built; what counts is the unit of the motions.
        self.millimetres = args == "CANON_UNITS_MM"

    def _state(self, kind: int, seconds: float) -> None:
        on, states = self.outputs, self.states
        states.powder = powder_rate(self.machine, on["powder"])[0]
        states.gas, states.aiming = on["gas"] > 0.0, on["aiming"] > 0.0
        watts = watts_of(self.machine, on["laser"])
        row = (kind, seconds, *self.pose, watts, on["gate"] > 0.0, 0)
        states.append(row, inverse=False, laser_line=0, gate_line=0)
        self.rates.append(self.rate if kind == CUT else inf)

    def result(self) -> Replay:
        return Replay(
            program=self.states.program(ProgramMeta(machine=self.machine.name)),
            rates=tuple(self.rates),
            switched_lit=tuple(self.switched_lit),
            left_on=tuple(name for name, value in self.outputs.items() if value != 0.0),
            pending=tuple(name for name, _ in self.queue),
            ended=self.ended,
            millimetres=self.millimetres,
        )


def replay(text: str, machine: Machine) -> Replay:
    """Canonical output of `rs274 -g` as states, with queued outputs firing at the next motion."""
    replayer = _Replayer(machine)
    replayer.run(text)
    return replayer.result()
