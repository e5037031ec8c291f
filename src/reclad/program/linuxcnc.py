"""Neutral program to LinuxCNC text: pure, deterministic, and readable at the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from reclad import __version__
from reclad.errors import ProgramError
from reclad.program._dialect import SLOWEST_RATE, clean_comment, digest
from reclad.program.neutral import CUT, DWELL, REASON, Floats, Program

if TYPE_CHECKING:
    from reclad.job import Machine

_AXES = "axes: X along the pipe mm, Z nozzle tip to axis of rotation mm, A about X deg"
_HEADER_WIDTH = 200
_TRACE = 0.002  # mm that may be held back: well inside every tolerance of a plan


def write_program(program: Program, machine: Machine) -> str:
    """The program as LinuxCNC text (mm, deg, inverse time), ready for `rs274` and the machine.

    The same program and machine give the same bytes. The last header line holds the SHA-256 of
    every other line. Raises ProgramError when a state cannot be said safely in this dialect:
    lit while standing or in a rapid, a track without a lead-out, powder changed within a track.
    """
    _check(program)
    body = _Body(program, machine).write()
    lines = [*_header(program, machine), *body]
    place = len(lines) - len(body)
    lines.append("")
    lines.insert(place, f"( sha256: {digest(lines)} )")
    return "\n".join(lines)


def _header(program: Program, machine: Machine) -> list[str]:
    meta = program.meta
    texts = [f"reclad {__version__}", f"job: {meta.name}"]
    if meta.preliminary:
        texts.append("PRELIMINARY: COUPON FIRST")
    if meta.dry_run:
        texts.append("DRY RUN: laser stays off, no powder, aiming beam on along the tracks")
    minutes, seconds = divmod(round(program.total_time), 60)
    texts += [
        f"machine: {machine.name}",
        _AXES,
        f"duration: {minutes // 60} h {minutes % 60:02d} min {seconds:02d} s",
        f"powder: {program.powder_mass * 1e3:.1f} g",
        *meta.header,
    ]
    return [f"( {clean_comment(text)[:_HEADER_WIDTH].rstrip()} )" for text in texts]


def _check(program: Program) -> None:
    lit, cut = program.lit, program.kind == CUT
    before = np.concatenate(([False], lit[:-1])) if len(program) else lit
    still = {
        "powder": np.diff(program.powder, prepend=0.0) != 0.0,
        "gas": np.diff(program.gas, prepend=False) != 0,
        "aiming": np.diff(program.aiming, prepend=False) != 0,
    }
    faults = [
        (
            (program.gate | (program.laser > 0.0)) & ~cut,
            "laser commanded without a coordinated move: the beam would stand still",
            "switch it off before",
        ),
        (
            before & ~cut,
            "follows a lit block without a lead-out: the beam would still be on as it stops",
            "add an unlit lead-out",
        ),
        (cut & (program.duration <= 0.0), "takes no time", "give it its duration"),
    ]
    faults += [
        (changed & before, f"{name} changes right after a lit block", "change it off the track")
        for name, changed in still.items()
    ]
    for wrong, rule, remedy in faults:
        if np.any(wrong):
            state = int(np.flatnonzero(wrong)[0])
            raise ProgramError(f"program state {state}: {rule} - {remedy}")
    if len(program) and lit[-1]:
        raise ProgramError("program ends lit: the beam would stay on - add an unlit lead-out")


def _printed(program: Program) -> tuple[Floats, Floats, Floats, Floats]:
    """X, Z in mm, A in deg, F in 1/min exactly as printed (adding 0 turns -0 into 0)."""
    x: Floats = np.round(program.x * 1e3, 5) + 0.0
    z: Floats = np.round(program.z * 1e3, 5) + 0.0
    a: Floats = np.round(program.a * (180.0 / np.pi), 4) + 0.0
    cut = program.kind == CUT
    f: Floats = np.where(cut, np.round(60.0 / np.where(cut, program.duration, 1.0), 5), 0.0)
    if np.any(cut & (f <= 0.0)):
        state = int(np.flatnonzero(cut & (f <= 0.0))[0])
        raise ProgramError(f"program state {state}: block longer than 100 h - split it")
    length = np.hypot(np.diff(x, prepend=x[:1]), np.diff(z, prepend=z[:1]))
    slow = np.flatnonzero(cut & (length > 0.0) & (length * f < SLOWEST_RATE))
    if slow.size:
        _hold(x, z, f, cut, int(slow[0]))
    return x, z, a, f


def _hold(x: Floats, z: Floats, f: Floats, cut: Floats, first: int) -> None:
    """Keep X and Z where they are until a block moves them enough to be timed.

    LinuxCNC times a block by its X-Z length alone and clamps length x F upwards, so a stray
    10 nm of Z on a pure turn would run the turn at a multiple of its speed. What is more than a
    trace cannot be held back without bending the helix, and is refused.
    """
    for i in range(max(first, 1), x.size):
        length = float(np.hypot(x[i] - x[i - 1], z[i] - z[i - 1]))
        if not (cut[i] and length > 0.0 and length * f[i] < SLOWEST_RATE):
            continue
        if length > _TRACE:
            raise ProgramError(
                f"program state {i}: X and Z advance {length * f[i]:.3f} mm/min, LinuxCNC keeps "
                f"time only from {SLOWEST_RATE} mm/min - choose a higher travel speed or a wider "
                f"pitch"
            )
        x[i], z[i] = x[i - 1], z[i - 1]


@dataclass
class _Body:
    """The commands, written state by state, knowing which outputs are in force."""

    program: Program
    machine: Machine
    lines: list[str] = field(default_factory=list)
    gas: bool = False
    powder: float = 0.0
    aiming: bool = False
    gate: bool = False
    watts: float = 0.0
    cutting: bool = False
    place: tuple[int, int] = (0, 0)

    def write(self) -> list[str]:
        machine, program = self.machine, self.program
        off = [
            f"M68 E{machine.feeder.analog} Q0.000",
            f"M65 P{machine.gas.output}",
            f"M65 P{machine.aiming}",
        ]
        tolerance = machine.path_tolerance * 1e3
        self.lines = [f"G21 G90 G40 G49 G54 G94 G64 P{tolerance:.4f}", *self._dark(), *off]
        moves = self._moves()
        places = list(zip(program.layer.tolist(), program.turn.tolist(), strict=True))
        kinds = program.kind.tolist()
        # The columns as plain lists: one lookup each in the loop over some 36 000 states.
        columns = [
            getattr(program, name).tolist()
            for name in ("gate", "laser", "gas", "powder", "aiming", "reason")
        ]
        track = REASON["track"]
        for kind, place, move, gate, watts, gas, powder, aiming, reason in zip(
            kinds, places, moves, *columns, strict=True
        ):
            if kind != CUT and self.cutting:
                self.lines += [*self._dark(), "G94"]
                self.cutting = False
            if place != self.place and place[0] > 0:
                self.lines.append(f"( layer {place[0]} turn {place[1]} )")
                self.place = place
            if (gas, powder, aiming) != (self.gas, self.powder, self.aiming):
                self._supply(gas, powder, aiming)
            if kind == CUT:
                if not self.cutting:
                    self.lines.append("G93")
                    self.cutting = True
                self._beam(gate, watts, always=reason == track)
            self.lines.append(move)
        if self.cutting:
            self.lines += [*self._dark(), "G94"]
        self._supply(gas=False, powder=0.0, aiming=False)
        self.lines.append("M2")
        return self.lines

    def _moves(self) -> list[str]:
        program = self.program
        if not len(program):
            return []
        x, z, a, f = (column.tolist() for column in _printed(program))
        durations, moves = program.duration.tolist(), []
        # The true pose at the start is unknown: an axis is "there" only once it was programmed.
        last = [np.nan, np.nan, np.nan]
        still = (program.x[0] == program.x0, False, program.a[0] == program.a0)
        for i, kind in enumerate(program.kind.tolist()):
            pose = [x[i], z[i], a[i]]
            if kind == CUT:
                moves.append(f"G1 X{x[i]:.5f} Z{z[i]:.5f} A{a[i]:.4f} F{f[i]:.5f}")
            elif kind == DWELL:
                moves.append(f"G4 P{durations[i]:.3f}")
                continue
            elif i == 0:
                # Straight out first: an axis that only stays where it starts is not named yet.
                pose = [np.nan if stays else end for stays, end in zip(still, pose, strict=True)]
                moves.append(_rapid(last, pose))
            else:
                moves.append(_rapid(last, pose))
            last = pose
        return moves

    def _dark(self) -> list[str]:
        return [f"M68 E{self.machine.laser.analog} Q0.0", f"M65 P{self.machine.laser.gate}"]

    def _beam(self, gate: bool, watts: float, *, always: bool) -> None:
        laser = self.machine.laser
        if always or watts != self.watts:
            self.lines.append(f"M67 E{laser.analog} Q{watts:.1f}")
            self.watts = watts
        if gate != self.gate:
            self.lines.append(f"{'M62' if gate else 'M63'} P{laser.gate}")
            self.gate = gate

    def _supply(self, gas: bool, powder: float, aiming: bool) -> None:
        machine = self.machine
        if gas and not self.gas:
            self.lines.append(f"M64 P{machine.gas.output}")
        if powder != self.powder:
            rpm = machine.feeder.rpm_for(powder) if powder > 0.0 else 0.0
            self.lines.append(f"M68 E{machine.feeder.analog} Q{rpm:.3f}")
        if self.gas and not gas:
            self.lines.append(f"M65 P{machine.gas.output}")
        if aiming != self.aiming:
            self.lines.append(f"{'M64' if aiming else 'M65'} P{machine.aiming}")
        self.gas, self.powder, self.aiming = gas, powder, aiming


def _rapid(start: list[float], end: list[float]) -> str:
    """A rapid names only the axes that move, or all of them when none does."""
    words = ("X%.5f", "Z%.5f", "A%.4f")
    moved = [w % e for w, s, e in zip(words, start, end, strict=True) if e != s and not isnan(e)]
    return " ".join(["G0", *(moved or [w % e for w, e in zip(words, end, strict=True)])])
