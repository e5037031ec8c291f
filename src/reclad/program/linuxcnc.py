"""Neutral program to LinuxCNC text: pure, deterministic, and readable at the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.program._dialect import LINUXCNC, Dialect
from reclad.program._laser import printed_power
from reclad.program._writing import sealed, write_lines

if TYPE_CHECKING:
    from reclad.job import Machine
    from reclad.program.neutral import Program


def write_program(program: Program, machine: Machine) -> str:
    """The program as LinuxCNC text (mm, deg, inverse time), ready for `rs274` and the machine.

    The same program and machine give the same bytes. The last header line holds the SHA-256 of
    every other line. Raises ProgramError when a state cannot be said safely in this dialect:
    lit while standing or in a rapid, a track without a lead-out, powder changed within a track, an
    axis the machine lacks, a block slower than the controller keeps time.
    """
    return sealed(write_lines(program, machine, _LinuxCnc(machine)), LINUXCNC)


@dataclass(frozen=True)
class _LinuxCnc:
    """M62, M63 and M67 wait for the next motion; M64, M65 and M68 act at once."""

    machine: Machine
    dialect: Dialect = LINUXCNC

    def start(self) -> list[str]:
        tolerance = self.machine.path_tolerance * 1e3
        return [f"G21 G90 G40 G49 G54 G94 G64 P{tolerance:.4f}"]

    def off(self) -> list[str]:
        laser = self.machine.laser
        return [f"M68 E{laser.analog} Q{printed_power(self.machine, 0.0)}", f"M65 P{laser.gate}"]

    def supplies(self, *, gas: bool | None, rpm: float | None, aiming: bool | None) -> list[str]:
        machine, lines = self.machine, []
        # Gas comes before powder and goes after it.
        if gas:
            lines.append(f"M64 P{machine.gas.output}")
        if rpm is not None:
            lines.append(f"M68 E{machine.feeder.analog} Q{rpm:.3f}")
        if gas is False:
            lines.append(f"M65 P{machine.gas.output}")
        if aiming is not None:
            lines.append(f"{'M64' if aiming else 'M65'} P{machine.aiming}")
        return lines

    def at_once(self, lines: list[str]) -> list[str]:
        return lines

    def power(self, watts: float) -> str:
        return f"M67 E{self.machine.laser.analog} Q{printed_power(self.machine, watts)}"

    def gate(self, *, opened: bool) -> str:
        return f"{'M62' if opened else 'M63'} P{self.machine.laser.gate}"

    def dwell(self, seconds: float) -> str:
        return f"G4 P{seconds:.3f}"
