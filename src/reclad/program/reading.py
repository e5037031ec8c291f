"""LinuxCNC text back to a neutral program, with the meaning a controller gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from reclad.program._controller import Controller, Target
from reclad.program._dialect import LINUXCNC
from reclad.program._output_codes import command_output
from reclad.program._words import Words, show, split_line
from reclad.program.findings import Findings
from reclad.program.neutral import CUT, DWELL
from reclad.program.readback import ReadBack, split_text

if TYPE_CHECKING:
    from reclad.job import Machine

_NUMBER = r"(-?[0-9]{1,9}(?:\.[0-9]{0,9})?)"
_MOVE = re.compile(rf"G1 X{_NUMBER}(?: Y{_NUMBER})? Z{_NUMBER}(?: A{_NUMBER})? F{_NUMBER}")
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


def read_program(text: str | bytes, machine: Machine) -> ReadBack:
    """Read LinuxCNC text strictly; anything not understood is a finding with its line, no error.

    Outputs M62, M63, M67 wait for the next motion, M64, M65, M68 act at once. A G93 block lasts
    60/F s; a G94 block lasts its X-Y-Z length over F, or its degrees over F when only A moves.
    """
    found = Findings()
    lines = split_text(text)
    reader = _Reader(machine, found, LINUXCNC)
    reader.run(lines)
    return reader.result(lines)


@dataclass
class _Reader(Controller):
    """LinuxCNC's modal state while reading line by line."""

    motion: int = -1
    feed: float | None = None

    def run(self, lines: list[str]) -> None:
        move, power, laser = _MOVE.fullmatch, _POWER.fullmatch, str(self.machine.laser.analog)
        has_y, has_a = "Y" in self.axes, "A" in self.axes
        for number, raw in enumerate(lines, start=1):
            # Nearly every line of a program is one of two forms; the rest takes the long way.
            match = move(raw)
            if match is not None and self.inverse and not self.end_line:
                x, y, z, a, f = match.groups()
                if (y is None or has_y) and (a is None or has_a):
                    self.motion = 1
                    self.name("XYZA" if y and a else "XYZ" if y else "XZA" if a else "XZ")
                    to_y = self.y if y is None else float(y)
                    to_a = self.a if a is None else float(a)
                    self._cut(number, (float(x), to_y, float(z), to_a), float(f))
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
            self.ended(number, raw)
            return False
        if words is None:
            return True
        for comment in words.comments:
            self.note(number, comment)
        if words:
            self._execute(number, raw, words)
        return True

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
        moving = bool(motions) or any(axis in values for axis in self.axes)
        feed = values.pop("F", None)
        for code in outputs:
            command_output(self.outputs, number, code, values)
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
            self.unknown_word(number, f"{letter}{value:g}")
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
        self.state(DWELL, seconds, number)

    def _motion(self, number: int, raw: str, values: dict[str, float], feed: float | None) -> None:
        if self.motion < 0:
            self.found.add(
                number,
                "no-motion-word",
                f"{show(raw)}: axis words, but neither G0 nor G1 is in force - write which",
            )
            return
        target = self.target(values)
        if target is None:
            self.no_axes(number, raw)
        elif self.motion == 0:
            self.feed = self.feed if feed is None else feed
            self.rapid(number, target)
        else:
            self._cut(number, target, feed)

    def _cut(self, number: int, target: Target, feed: float | None) -> None:
        dx, dy, dz, da, still = self.go(number, target, cutting=True)
        if self.inverse:
            rate, travel = feed, 1.0
        else:
            self.feed = self.feed if feed is None else feed
            rate, travel = self.feed, sqrt(dx * dx + dy * dy + dz * dz) or abs(da)
        seconds = 0.0
        if still:
            pass
        elif rate is None or rate <= 0.0:
            self.no_feed_rate(number, rate)
        else:
            seconds = 60.0 * travel / rate
        self.state(CUT, seconds, number)
