"""The machine's outputs as a text drives them: queued ones wait for motion, others act at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reclad.program._laser import watts_of
from reclad.program._states import States, powder_rate
from reclad.program.findings import Findings

if TYPE_CHECKING:
    from reclad.job import Machine


@dataclass(frozen=True)
class Immediate:
    """An output switched at once, which makes the machine stop first."""

    line: int
    code: str
    role: str
    beam_before: bool
    beam_after: bool


@dataclass
class Outputs:
    """Outputs in force while reading; powder, gas and aiming beam live in the `states`."""

    machine: Machine
    found: Findings
    states: States
    watts: float = 0.0
    gate: bool = False
    laser_line: int = 0
    gate_line: int = 0
    queue: list[tuple[int, str, str, float]] = field(default_factory=list)
    immediates: list[Immediate] = field(default_factory=list)
    power_lines: list[int] = field(default_factory=list)
    powers: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        machine = self.machine
        self.analog = {machine.laser.analog: "laser", machine.feeder.analog: "powder"}
        self.digital = {
            machine.laser.gate: "gate",
            machine.gas.output: "gas",
            machine.aiming: "aiming",
        }

    def wait(self, number: int, name: str, role: str, value: float) -> None:
        """Queue an output for the next motion; a laser's value becomes watts."""
        value = self._power(number, role, value)
        self.queue.append((number, name, role, value))

    def unknown(self, number: int, said: str, roles: dict[int, str], letter: str) -> None:
        """Report an output the machine does not have, and those it has."""
        known = ", ".join(f"{letter}{index} {what}" for index, what in roles.items())
        self.found.add(
            number,
            "unknown-output",
            f"{said}: machine {self.machine.name} has {known} - correct the index",
        )

    def fire(self) -> None:
        """A motion starts: everything queued takes effect, in order."""
        for line, _, role, value in self.queue:
            self._apply(line, role, value)
        self.queue.clear()

    def left_on(self) -> tuple[str, ...]:
        """Names of the outputs that are on now."""
        states = self.states
        outputs = {
            f"laser at {self.watts:.1f} W": self.watts != 0.0,
            "beam gate": self.gate,
            "powder": states.powder > 0.0,
            "gas": states.gas,
            "aiming beam": states.aiming,
        }
        return tuple(name for name, on in outputs.items() if on)

    @property
    def beam(self) -> bool:
        """Gate open and power above zero."""
        return self.gate and self.watts > 0.0

    def switch(self, number: int, name: str, role: str, value: float) -> None:
        """Switch an output at once."""
        value = self._power(number, role, value)
        before = self.beam
        self._apply(number, role, value)
        self.immediates.append(Immediate(number, name, role, before, self.beam))

    def _power(self, number: int, role: str, value: float) -> float:
        if role != "laser":
            return value
        watts = watts_of(self.machine, value)
        self.power_lines.append(number)
        self.powers.append(watts)
        return watts

    def _apply(self, number: int, role: str, value: float) -> None:
        if role == "laser":
            self.watts, self.laser_line = value, number
        elif role == "gate":
            self.gate, self.gate_line = value > 0.0, number
        elif role == "powder":
            self._set_powder(number, value)
        elif role == "gas":
            self.states.gas = value > 0.0
        else:
            self.states.aiming = value > 0.0

    def _set_powder(self, number: int, rpm: float) -> None:
        feeder = self.machine.feeder
        self.states.powder, weighed = powder_rate(self.machine, rpm)
        if not weighed:
            self.found.add(
                number,
                "powder-range",
                f"feeder at {rpm:g} rpm: weighed only from {feeder.rpm[0]:g} to "
                f"{feeder.rpm[-1]:g} rpm - stay within, or weigh again",
            )
