"""Neutral program to SINUMERIK 840D text: outputs by synchronized actions, blocks in inverse time.

No interpreter of this dialect is open to everyone, so only our own reader proves the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import ProgramError
from reclad.program._dialect import SINUMERIK, Dialect
from reclad.program._laser import printed_power
from reclad.program._writing import sealed, write_lines

if TYPE_CHECKING:
    from reclad.job import Machine
    from reclad.program.neutral import Program

UNREFEREED = "NOT INDEPENDENTLY REFEREED: no open 840D interpreter exists; read back by reclad only"
_COUNTS_ON = "A counts on beyond 360 deg: it must be no modulo axis"
_STEP = 10


def write_program(program: Program, machine: Machine) -> str:
    """The program as SINUMERIK 840D text (.MPF; mm, deg, inverse time).

    What must change with a motion is a synchronized action without condition right before its
    block (`DO $A_OUTA[1]=...`), which the main run carries out from the start of that block on.
    What must change at once stands behind STOPRE, when every motion before it is over.
    The same program and machine give the same bytes. Raises ProgramError when a state cannot be
    said safely, or an output is numbered 0, which this controller does not have.
    """
    outputs = {
        "laser analog": machine.laser.analog,
        "laser gate": machine.laser.gate,
        "feeder analog": machine.feeder.analog,
        "gas output": machine.gas.output,
        "aiming": machine.aiming,
    }
    for name, number in outputs.items():
        if number < 1:
            raise ProgramError(
                f"machine {machine.name}: {name} is output {number}, a SINUMERIK counts them from "
                f"1 - correct the machine file"
            )
    remarks = (UNREFEREED,) if program.flat else (UNREFEREED, _COUNTS_ON)
    lines = write_lines(program, machine, _Sinumerik(machine), remarks)
    number, numbered = 0, []
    for line in lines:
        if line and not line.startswith(";"):
            number += _STEP
            line = f"N{number} {line}"  # noqa: PLW2901
        numbered.append(line)
    return sealed(numbered, SINUMERIK)


@dataclass(frozen=True)
class _Sinumerik:
    """DO waits for the next block; an assignment behind STOPRE acts at once."""

    machine: Machine
    dialect: Dialect = SINUMERIK

    def start(self) -> list[str]:
        return ["TRAFOOF", "DIAMOF", "G710 G90 G40 G54 G64 G94 D0"]

    def off(self) -> list[str]:
        laser = self.machine.laser
        return [
            f"$A_OUTA[{laser.analog}]={printed_power(self.machine, 0.0)}",
            f"$A_OUT[{laser.gate}]=0",
        ]

    def supplies(self, *, gas: bool | None, rpm: float | None, aiming: bool | None) -> list[str]:
        machine, lines = self.machine, []
        # Gas comes before powder and goes after it.
        if gas:
            lines.append(f"$A_OUT[{machine.gas.output}]=1")
        if rpm is not None:
            lines.append(f"$A_OUTA[{machine.feeder.analog}]={rpm:.3f}")
        if gas is False:
            lines.append(f"$A_OUT[{machine.gas.output}]=0")
        if aiming is not None:
            lines.append(f"$A_OUT[{machine.aiming}]={int(aiming)}")
        return lines

    def at_once(self, lines: list[str]) -> list[str]:
        return ["STOPRE", *lines] if lines else []

    def power(self, watts: float) -> str:
        return f"DO $A_OUTA[{self.machine.laser.analog}]={printed_power(self.machine, watts)}"

    def gate(self, *, opened: bool) -> str:
        return f"DO $A_OUT[{self.machine.laser.gate}]={int(opened)}"

    def dwell(self, seconds: float) -> str:
        return f"G4 F{seconds:.3f}"
