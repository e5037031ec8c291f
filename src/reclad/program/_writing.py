"""What every post does with a program: refuse the unsafe, print numbers, walk state by state."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING, Protocol

import numpy as np

from reclad import __version__
from reclad.errors import ProgramError
from reclad.program._dialect import Dialect, clean_comment, digest
from reclad.program._reach import check_axes
from reclad.program.neutral import CUT, DWELL, REASON, Floats, Program

if TYPE_CHECKING:
    from reclad.job import Machine

_ROUND_AXES = "axes: X along the pipe mm, Z nozzle tip to axis of rotation mm, A about X deg"
_FLAT_AXES = "axes: X and Y over the plate mm, Z nozzle tip above the datum of the plate mm"
_HEADER_WIDTH = 200
_TRACE = 0.002  # mm that may be held back: well inside every tolerance of a plan


class Wording(Protocol):
    """How one controller says what a program needs; every line stands alone."""

    @property
    def dialect(self) -> Dialect:
        """Codes and comments of the controller."""

    def start(self) -> list[str]:
        """Modes to set before anything else."""

    def off(self) -> list[str]:
        """Laser and gate off, at once."""

    def supplies(self, *, gas: bool | None, rpm: float | None, aiming: bool | None) -> list[str]:
        """Gas, powder (disc speed, rpm) and aiming beam at once; None leaves one as it is."""

    def at_once(self, lines: list[str]) -> list[str]:
        """Lines that act at once, made sure to act only when the motion before them is over."""

    def power(self, watts: float) -> str:
        """Laser power (W) with the next motion."""

    def gate(self, *, opened: bool) -> str:
        """Beam gate with the next motion."""

    def dwell(self, seconds: float) -> str:
        """A wait (s)."""


def write_lines(
    program: Program, machine: Machine, wording: Wording, remarks: tuple[str, ...] = ()
) -> list[str]:
    """Header, digest and commands of a program, the digest not yet known: an empty line.

    `remarks` come first in the header, word for word. Raises ProgramError when a state cannot be
    said safely: lit while standing or in a rapid, a track without a lead-out, powder changed within
    a track, an axis the machine lacks.
    """
    moved = bool(np.any(program.y)) or program.y0 != 0.0
    check_axes(machine, flat=program.flat, sideways=moved)
    _check(program)
    header = [wording.dialect.comment.format(text) for text in _header(program, machine, wording)]
    remarked = [wording.dialect.comment.format(text) for text in remarks]
    return [header[0], *remarked, *header[1:], "", *_Body(program, machine, wording).write()]


def sealed(lines: list[str], dialect: Dialect) -> str:
    """The text, its empty line filled with the SHA-256 of every other line."""
    place = lines.index("")
    rest = [*lines[:place], *lines[place + 1 :], ""]
    rest.insert(place, dialect.comment.format(f"sha256: {digest(rest)}"))
    return "\n".join(rest)


def _header(program: Program, machine: Machine, wording: Wording) -> list[str]:
    meta = program.meta
    texts = [f"reclad {__version__}", f"job: {meta.name}"]
    if meta.preliminary:
        texts.append("PRELIMINARY: COUPON FIRST")
    if meta.dry_run:
        texts.append("DRY RUN: laser stays off, no powder, aiming beam on along the tracks")
    texts += [
        f"machine: {machine.name}",
        _FLAT_AXES if program.flat else _ROUND_AXES,
        f"duration: {_clock(program.total_time)}",
        *_pauses(program),
        f"powder: {program.powder_mass * 1e3:.1f} g",
        *meta.header,
    ]
    command = wording.dialect.command
    return [clean_comment(text, command)[:_HEADER_WIDTH].rstrip() for text in texts]


def _pauses(program: Program) -> list[str]:
    """What the operator must know of pauses: how many, and how long in all."""
    if not program.pauses:
        return []
    return [
        f"pauses: {program.pauses}, together {_clock(program.pause_time)}: the part cools, beam "
        f"and powder are off, the program goes on by itself"
    ]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02d} min {rest:02d} s"


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


@dataclass
class _Printed:
    """X, Y, Z in mm, A in deg, F in 1/min exactly as printed (adding 0 turns -0 into 0)."""

    x: Floats
    y: Floats
    z: Floats
    a: Floats
    f: Floats

    def length(self) -> Floats:
        """Way along X, Y and Z of each state, mm."""
        x, y, z = (np.diff(pose, prepend=pose[:1]) for pose in (self.x, self.y, self.z))
        return np.asarray(np.hypot(np.hypot(x, z), y))


def _printed(program: Program, dialect: Dialect) -> _Printed:
    cut = program.kind == CUT
    rate = np.round(60.0 / np.where(cut, program.duration, 1.0), 5)
    shown = _Printed(
        x=np.round(program.x * 1e3, 5) + 0.0,
        y=np.round(program.y * 1e3, 5) + 0.0,
        z=np.round(program.z * 1e3, 5) + 0.0,
        a=np.round(program.a * (180.0 / np.pi), 4) + 0.0,
        f=np.where(cut, rate, 0.0),
    )
    if np.any(cut & (shown.f <= 0.0)):
        state = int(np.flatnonzero(cut & (shown.f <= 0.0))[0])
        raise ProgramError(f"program state {state}: block longer than 100 h - split it")
    length = shown.length()
    slow = np.flatnonzero(cut & (length > 0.0) & (length * shown.f < dialect.slowest_rate))
    if slow.size:
        _hold(shown, program, int(slow[0]), dialect)
    return shown


def _hold(shown: _Printed, program: Program, first: int, dialect: Dialect) -> None:
    """Keep X, Y and Z where they are until a block moves them enough to be timed.

    LinuxCNC times a block by its X-Y-Z length alone and clamps length x F upwards, so a stray
    10 nm of Z on a pure turn would run the turn at a multiple of its speed. What is more than a
    trace cannot be held back without bending the path, and is refused.
    """
    x, y, z, cut = shown.x, shown.y, shown.z, program.kind == CUT
    for i in range(max(first, 1), x.size):
        length = float(np.hypot(np.hypot(x[i] - x[i - 1], z[i] - z[i - 1]), y[i] - y[i - 1]))
        if not (cut[i] and length > 0.0 and length * shown.f[i] < dialect.slowest_rate):
            continue
        if length > _TRACE or program.flat:
            axes = "X, Y and Z" if program.flat else "X and Z"
            raise ProgramError(
                f"program state {i}: {axes} advance {length * shown.f[i]:.3f} mm/min, "
                f"{dialect.name} keeps time only from {dialect.slowest_rate} mm/min - choose a "
                f"higher travel speed or a wider pitch"
            )
        x[i], y[i], z[i] = x[i - 1], y[i - 1], z[i - 1]


@dataclass
class _Body:
    """The commands, written state by state, knowing which outputs are in force."""

    program: Program
    machine: Machine
    wording: Wording
    lines: list[str] = field(default_factory=list)
    gas: bool = False
    powder: float = 0.0
    aiming: bool = False
    gate: bool = False
    watts: float = 0.0
    cutting: bool = False
    place: tuple[int, int] = (0, 0)
    paused: int = 0

    def write(self) -> list[str]:
        program, wording = self.program, self.wording
        off = wording.supplies(gas=False, rpm=0.0, aiming=False)
        self.lines = [*wording.start(), *wording.at_once([*wording.off(), *off])]
        moves = _moves(program, self.machine, wording)
        places = list(zip(program.layer.tolist(), program.turn.tolist(), strict=True))
        kinds = program.kind.tolist()
        # The columns as plain lists: one lookup each in the loop over some 36 000 states.
        columns = [
            getattr(program, name).tolist()
            for name in ("gate", "laser", "gas", "powder", "aiming", "reason")
        ]
        track, pause = REASON["track"], REASON["pause"]
        for kind, place, move, gate, watts, gas, powder, aiming, reason in zip(
            kinds, places, moves, *columns, strict=True
        ):
            if kind != CUT and self.cutting:
                self._stop_cutting()
            if place != self.place and place[0] > 0:
                self._say_place(place)
            if (gas, powder, aiming) != (self.gas, self.powder, self.aiming):
                self._supply(gas, powder, aiming)
            if kind == CUT:
                if not self.cutting:
                    self.lines.append("G93")
                    self.cutting = True
                self._beam(gate, watts, always=reason == track)
            elif reason == pause:
                self._say_pause()
            self.lines.append(move)
        if self.cutting:
            self._stop_cutting()
        self._supply(gas=False, powder=0.0, aiming=False)
        self.lines.append(wording.dialect.end)
        return self.lines

    def _stop_cutting(self) -> None:
        self.lines += [*self.wording.at_once(self.wording.off()), "G94"]
        self.cutting = False

    def _say_place(self, place: tuple[int, int]) -> None:
        word = "track" if self.program.flat else "turn"
        comment = self.wording.dialect.comment
        self.lines.append(comment.format(f"layer {place[0]} {word} {place[1]}"))
        self.place = place

    def _say_pause(self) -> None:
        self.paused += 1
        said = f"pause {self.paused} of {self.program.pauses}: part cools"
        self.lines.append(self.wording.dialect.comment.format(said))

    def _beam(self, gate: bool, watts: float, *, always: bool) -> None:
        if always or watts != self.watts:
            self.lines.append(self.wording.power(watts))
            self.watts = watts
        if gate != self.gate:
            self.lines.append(self.wording.gate(opened=gate))
            self.gate = gate

    def _supply(self, gas: bool, powder: float, aiming: bool) -> None:
        rpm = self.machine.feeder.rpm_for(powder) if powder > 0.0 else 0.0
        changed = self.wording.supplies(
            gas=gas if gas != self.gas else None,
            rpm=rpm if powder != self.powder else None,
            aiming=aiming if aiming != self.aiming else None,
        )
        self.lines += self.wording.at_once(changed)
        self.gas, self.powder, self.aiming = gas, powder, aiming


def _moves(program: Program, machine: Machine, wording: Wording) -> list[str]:
    if not len(program):
        return []
    shown = _printed(program, wording.dialect)
    rapid_axes = "XYZ" if program.flat else "XYZA" if machine.axes.Y is not None else "XZA"
    cut_axes = rapid_axes if program.flat or np.any(shown.y) else "XZA"
    cut = " ".join(["G1", *(_word(axis) for axis in cut_axes), "F%.5f"])
    blocks = zip(*(getattr(shown, axis.lower()) for axis in (*cut_axes, "F")), strict=True)
    poses = zip(*(getattr(shown, axis.lower()).tolist() for axis in rapid_axes), strict=True)
    # The true pose at the start is unknown: an axis is "there" only once it was programmed.
    last = [nan] * len(rapid_axes)
    moves = []
    durations = program.duration.tolist()
    for i, (kind, end, block) in enumerate(zip(program.kind.tolist(), poses, blocks, strict=True)):
        pose = list(end)
        if kind == CUT:
            moves.append(cut % block)
        elif kind == DWELL:
            moves.append(wording.dwell(durations[i]))
            continue
        else:
            if i == 0:
                # Straight out first: an axis that only stays where it starts is not named yet.
                still = _stays(program, rapid_axes)
                pose = [nan if stays else at for stays, at in zip(still, pose, strict=True)]
            moves.append(_rapid(rapid_axes, last, pose))
        last = pose
    return moves


def _stays(program: Program, axes: str) -> list[bool]:
    """Which axes, Z aside, end the first state where they began it."""
    names = [axis.lower() for axis in axes]
    return [n != "z" and getattr(program, n)[0] == getattr(program, f"{n}0") for n in names]


def _word(axis: str) -> str:
    return f"{axis}%.{4 if axis == 'A' else 5}f"


def _rapid(axes: str, start: list[float], end: list[float]) -> str:
    """A rapid names only the axes that move, or all of them when none does."""
    words = [_word(axis) % at for axis, at in zip(axes, end, strict=True)]
    moved = [
        word
        for word, here, at in zip(words, start, end, strict=True)
        if at != here and not isnan(at)
    ]
    return " ".join(["G0", *(moved or words)])
