"""LinuxCNC text back to a neutral program, with the meaning a controller gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import hypot, inf
from typing import TYPE_CHECKING

import numpy as np

from reclad.program._dialect import PLACE
from reclad.program._outputs import Immediate, Outputs
from reclad.program._states import States
from reclad.program._words import Words, show, split_line
from reclad.program.findings import Finding, Findings
from reclad.program.neutral import CUT, DWELL, RAPID, Bools, Floats, Ints, Program, ProgramMeta

if TYPE_CHECKING:
    from reclad.job import Machine

_NUMBER = r"(-?[0-9]{1,9}(?:\.[0-9]{0,9})?)"
_MOVE = re.compile(rf"G1 X{_NUMBER} Z{_NUMBER} A{_NUMBER} F{_NUMBER}")
_POWER = re.compile(rf"M67 E([0-9]) Q{_NUMBER}")

_ACCEPTED = {170, 210, 400, 490, 540, 640, 800, 900}
_REFUSED = {
    200: ("units", "G20 means inches: a reclad program is in millimetres - write G21"),
    910: ("distance", "G91 means incremental moves: one lost line shifts all - write G90"),
    610: ("path-mode", "G61 stops at every block: each stop burns - write G64 P"),
    611: ("path-mode", "G61.1 stops at every block: each stop burns - write G64 P"),
    950: ("feed-mode", "G95 feeds per spindle turn: there is no spindle - write G93"),
    20: ("unknown-code", "G2 is an arc: no laser program of this machine has one - use G1 blocks"),
    30: ("unknown-code", "G3 is an arc: no laser program of this machine has one - use G1 blocks"),
    920: ("unknown-code", "G92 shifts the zero of the part - remove it"),
    530: ("unknown-code", "G53 leaves the part's coordinates - remove it"),
}


@dataclass(frozen=True)
class ReadBack:
    """What a text makes the machine do: the `program`, `findings` of the reading, and its traces.

    Per state (m,): `inverse` G93 in force, `laser_line` and `gate_line` of the commands in force.
    `powers`: line and W of every laser command; `immediates`: outputs switched at once;
    `pending`: line and code of queued outputs that never fire; `seen`: what stood before the first
    motion; `end_line` of M2 (0: none); `machine_line` where the text names its machine;
    `first_axes` of the first motion; `left_on` outputs still on when the text is over;
    `known_from` first state at which every axis has been programmed.
    """

    program: Program
    findings: tuple[Finding, ...]
    inverse: Bools
    laser_line: Ints
    gate_line: Ints
    power_lines: Ints
    powers: Floats
    immediates: tuple[Immediate, ...]
    pending: tuple[tuple[int, str], ...]
    seen: frozenset[str]
    end_line: int
    machine_line: int
    first_axes: str
    left_on: tuple[str, ...]
    known_from: int


def read_program(text: str | bytes, machine: Machine) -> ReadBack:
    """Read LinuxCNC text strictly; anything not understood is a finding with its line, no error.

    Outputs M62, M63, M67 wait for the next motion, M64, M65, M68 act at once. A G93 block lasts
    60/F s; a G94 block lasts its X-Z length over F, or its degrees over F when only A moves.
    """
    found = Findings()
    lines = split_text(text)
    reader = _Reader(machine, found)
    reader.run(lines)
    return reader.result(lines)


def split_text(text: str | bytes) -> list[str]:
    """Lines of a program file as a controller counts them; bytes that are no text stay visible."""
    if isinstance(text, str):
        plain = text
    else:
        try:
            plain = text.decode("utf-8")
        except UnicodeDecodeError:
            plain = text.decode("latin-1")
    return plain.replace("\r\n", "\n").split("\n")


@dataclass
class _Reader:
    """The controller's modal state while reading line by line."""

    machine: Machine
    found: Findings
    motion: int = -1
    inverse: bool = False
    feed: float | None = None
    x: float | None = None
    z: float | None = None
    a: float | None = None
    seen: set[str] = field(default_factory=set)
    end_line: int = 0
    machine_line: int = 0
    first_axes: str = ""
    meta: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states = States(self.machine)
        self.outputs = Outputs(self.machine, self.found, self.states)

    def run(self, lines: list[str]) -> None:
        move, power, laser = _MOVE.fullmatch, _POWER.fullmatch, str(self.machine.laser.analog)
        for number, raw in enumerate(lines, start=1):
            # Nearly every line of a program is one of two forms; the rest takes the long way.
            match = move(raw)
            if match is not None and self.inverse and not self.end_line:
                x, z, a, f = map(float, match.groups())
                self.motion, self.first_axes = 1, self.first_axes or "XZA"
                self._move(number, x, z, a, f)
                continue
            match = power(raw)
            if match is not None and match.group(1) == laser and not self.end_line:
                self.outputs.wait(number, "M67", "laser", float(match.group(2)))
                continue
            if raw and not self._line(number, raw):
                break

    def _line(self, number: int, raw: str) -> bool:
        """Take one line the long way; False when the program is over and text follows."""
        words = split_line(number, raw, self.found)
        if self.end_line and (words is None or words):
            self.found.add(
                number,
                "text-after-end",
                f"{show(raw)} stands after M2 in line {self.end_line}: it will never run - "
                f"move M2 to the end",
            )
            return False
        if words is None:
            return True
        for comment in words.comments:
            self._note(number, comment)
        if words:
            self._execute(number, raw, words)
        return True

    def _note(self, number: int, comment: str) -> None:
        place = PLACE.match(comment)
        if place:
            self.states.place = (int(place.group(1)), int(place.group(2)))
            return
        key, colon, value = comment.strip().partition(": ")
        if colon and key in ("job", "machine", "PRELIMINARY", "DRY RUN"):
            self.meta.setdefault(key, value)
            if key == "machine" and not self.machine_line:
                self.machine_line = number

    def _execute(self, number: int, raw: str, words: Words) -> None:
        """Run the words of one line in the controller's own order."""
        values = dict(words.values)
        motions = [g for g in words.g if g in (0, 10)]
        outputs = [m for m in words.m if 620 <= m <= 680]
        if len(motions) + (40 in words.g) > 1 or len(outputs) > 1:
            self.found.add(
                number,
                "two-commands",
                f"{show(raw)}: two motions or two outputs on one line - one command a line",
            )
            return
        if len(outputs) + (40 in words.g) + (640 in words.g) > 1:
            self.found.add(
                number, "two-commands", f"{show(raw)}: P belongs to two commands - split the line"
            )
            return
        self._feed_mode(words.g)
        moving = bool(motions) or any(axis in values for axis in "XZA")
        feed = values.pop("F", None)
        for code in outputs:
            self.outputs.command(number, code, values)
        if 40 in words.g:
            self._dwell(number, values)
        self._modal(number, words.g, values)
        if motions:
            self.motion = motions[0] // 10
        if moving and 40 not in words.g:
            self._motion(number, raw, values, feed)
        elif feed is not None:
            self.feed = feed
        for letter, value in values.items():
            self.found.add(
                number,
                "unknown-word",
                f"{letter}{value:g} has no meaning here on machine {self.machine.name} "
                f"(axes X, Z, A) - remove it",
            )
        self._codes(number, words.m)

    def _feed_mode(self, codes: list[int]) -> None:
        for code, inverse in ((930, True), (940, False)):
            if code in codes:
                self.feed = None if inverse != self.inverse else self.feed
                self.inverse = inverse

    def _modal(self, number: int, codes: list[int], values: dict[str, float]) -> None:
        for code in codes:
            if code == 640:
                self._blend(number, values.pop("P", None))
            elif code == 800:
                self.motion = -1
            elif code in _REFUSED:
                self.found.add(number, *_REFUSED[code])
            elif code not in _ACCEPTED and code not in (0, 10, 40, 930, 940):
                self.found.add(
                    number,
                    "unknown-code",
                    f"G{code / 10:g} is not a code of a reclad program - remove it",
                )
            if not len(self.states):
                self.seen.add(f"G{code / 10:g}")

    def _blend(self, number: int, tolerance: float | None) -> None:
        limit = self.machine.path_tolerance * 1e3
        if tolerance is None or not 0.0 < tolerance <= limit * 1.001:
            said = "without P" if tolerance is None else f"P{tolerance:g}"
            self.found.add(
                number,
                "path-mode",
                f"G64 {said}: blending must stay within {limit:g} mm of the path - "
                f"write G64 P{limit:g}",
            )

    def _codes(self, number: int, codes: list[int]) -> None:
        for code in codes:
            if code == 20:
                self.end_line = number
            elif code == 660:
                self.found.add(
                    number,
                    "unknown-code",
                    "M66 waits for an input, for a time nobody knows - remove it",
                )
            elif not 620 <= code <= 680:
                self.found.add(
                    number,
                    "unknown-code",
                    f"M{code / 10:g} is not a code of a reclad program - remove it",
                )

    def _dwell(self, number: int, values: dict[str, float]) -> None:
        seconds = values.pop("P", None)
        if seconds is None or seconds < 0.0:
            self.found.add(number, "missing-p", "G4 without a P of 0 s or more - write the seconds")
            seconds = 0.0
        self._state(DWELL, seconds, number)

    def _motion(self, number: int, raw: str, values: dict[str, float], feed: float | None) -> None:
        if self.motion < 0:
            self.found.add(
                number,
                "no-motion-word",
                f"{show(raw)}: axis words, but neither G0 nor G1 is in force - write which",
            )
            return
        target = [values.pop(axis, None) for axis in "XZA"]
        if target == [None, None, None]:
            self.found.add(
                number,
                "no-axis-words",
                f"{show(raw)}: a motion without X, Z or A - name the target",
            )
            return
        named = "".join(axis for axis, new in zip("XZA", target, strict=True) if new is not None)
        self.first_axes = self.first_axes or named
        x, z, a = (
            old if new is None else new
            for new, old in zip(target, (self.x, self.z, self.a), strict=True)
        )
        self._move(number, x, z, a, feed)

    def _move(
        self, number: int, x: float | None, z: float | None, a: float | None, feed: float | None
    ) -> None:
        """One motion to X, Z (mm), A (deg); queued outputs take effect with it."""
        dx, dz, da = (
            0.0 if new is None or old is None else new - old
            for new, old in ((x, self.x), (z, self.z), (a, self.a))
        )
        known = self.x is not None and self.z is not None and self.a is not None
        still = known and dx == 0.0 and dz == 0.0 and da == 0.0
        if still and (self.outputs.queue or self.motion == 1):
            self.found.add(
                number,
                "no-motion",
                "a motion that moves nothing: queued outputs do not fire and no time passes - "
                "remove it",
            )
        if self.outputs.queue and not still:
            self.outputs.fire()
        self.x, self.z, self.a = x, z, a
        if self.motion == 0:
            if feed is not None:
                self.feed = feed
            self._state(RAPID, self.states.rapid_time(dx, dz, da), number)
            return
        self._state(CUT, 0.0 if still else self._cut_time(number, dx, dz, da, feed), number)

    def _cut_time(self, number: int, dx: float, dz: float, da: float, feed: float | None) -> float:
        if self.inverse:
            rate, travel = feed, 1.0
        else:
            self.feed = self.feed if feed is None else feed
            rate, travel = self.feed, hypot(dx, dz) or abs(da)
        if rate is None or rate <= 0.0:
            said = "without F" if rate is None else f"with F{rate:g}"
            mode = "G93" if self.inverse else "G94"
            self.found.add(
                number, "no-feed-rate", f"{mode} move {said}: no time can be kept - write F above 0"
            )
            return 0.0
        return 60.0 * travel / rate

    def _state(self, kind: int, seconds: float, number: int) -> None:
        out = self.outputs
        if not len(self.states):
            switched = {event.role for event in out.immediates}
            still_on = {role for role, on in (("laser", out.watts), ("gate", out.gate)) if on}
            self.seen |= {f"{role} off" for role in switched - still_on}
        x = inf if self.x is None else self.x
        z = inf if self.z is None else self.z
        a = inf if self.a is None else self.a
        row = (kind, min(seconds, 1e12), x, z, a, out.watts, out.gate, number)
        self.states.append(row, self.inverse, out.laser_line, out.gate_line)

    def result(self, lines: list[str]) -> ReadBack:
        out = self.outputs
        last = len(lines) - 1 if len(lines) > 1 and not lines[-1] else len(lines)
        if not self.end_line:
            what = "empty program" if not any(lines) else "program without M2"
            self.found.add(last, "no-end", f"{what}: nothing says it is over - end it with M2")
        meta = ProgramMeta(
            name=self.meta.get("job", ""),
            machine=self.meta.get("machine", ""),
            preliminary="PRELIMINARY" in self.meta,
            dry_run="DRY RUN" in self.meta,
        )
        return ReadBack(
            program=self.states.program(meta),
            findings=tuple(self.found.sorted()),
            inverse=np.array(self.states.inverse, dtype=np.bool_),
            laser_line=np.array(self.states.laser_line, dtype=np.int32),
            gate_line=np.array(self.states.gate_line, dtype=np.int32),
            power_lines=np.array(out.power_lines, dtype=np.int32),
            powers=np.array(out.powers, dtype=np.float64),
            immediates=tuple(out.immediates),
            pending=tuple((line, f"{name} {role}") for line, name, role, _ in out.queue),
            seen=frozenset(self.seen),
            end_line=self.end_line,
            machine_line=self.machine_line,
            first_axes=self.first_axes,
            left_on=out.left_on(),
            known_from=self.states.known_from,
        )
