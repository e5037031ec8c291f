"""SINUMERIK 840D text back to a neutral program: only the sub-dialect that our own post writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from reclad.program._controller import Controller, Target
from reclad.program._dialect import LINE_LIMIT, SINUMERIK
from reclad.program._words import show
from reclad.program.findings import Findings
from reclad.program.neutral import CUT, DWELL
from reclad.program.readback import ReadBack, split_text

if TYPE_CHECKING:
    from reclad.job import Machine

_NUMBER = r"-?[0-9]{1,9}(?:\.[0-9]{0,9})?"
_BLOCK = re.compile(r"N([0-9]{1,9})\s+")
_OUTPUT = re.compile(
    rf"(DO\s+)?\$A_(OUTA?)\s*\[\s*([0-9]{{1,3}})\s*\]\s*=\s*({_NUMBER})", re.IGNORECASE
)
_WORD = re.compile(rf"([A-Z])({_NUMBER})")
_TOKEN = re.compile(r"\S+")
_SPECIAL = re.compile(r"[A-Z]+[0-9]*=(?:AC|IC|DC|ACP|ACN)\(.*\)")
_EXPONENT = re.compile(r"[0-9.]EX?[+-]?[0-9]")
_MODES = {"G710", "G90", "G40", "G54", "G64", "D0", "TRAFOOF", "DIAMOF"}
_REFUSED = {
    "G70": ("units", "means inches: a reclad program is in millimetres - write G710"),
    "G700": ("units", "means inches: a reclad program is in millimetres - write G710"),
    "G91": ("distance", "means incremental moves: one lost line shifts all - write G90"),
    "G60": ("path-mode", "stops at every block: each stop burns - write G64"),
    "G9": ("path-mode", "stops at the end of its block: the stop burns - write G64"),
    "G95": ("feed-mode", "feeds per spindle turn: there is no spindle - write G93"),
    "G2": ("unknown-code", "is an arc: no laser program of this machine has one - use G1 blocks"),
    "G3": ("unknown-code", "is an arc: no laser program of this machine has one - use G1 blocks"),
    "M2": ("unknown-code", "ends a program of another kind - write M30"),
    "M17": ("unknown-code", "ends a subprogram - write M30"),
}


def read_program(text: str | bytes, machine: Machine) -> ReadBack:
    """Read SINUMERIK 840D text strictly; what our post never writes is a finding with its line.

    `DO` waits for the next block with G0, G1 or G4; an assignment behind STOPRE acts at once. A
    G93 block lasts 60/F s; a G94 block lasts its X-Y-Z length over F, or its degrees over F when
    only A moves. Every motion names G0 or G1 and, to cut, its F.
    """
    found = Findings()
    lines = split_text(text)
    reader = _Reader(machine, found, SINUMERIK)
    for number, raw in enumerate(lines, start=1):
        if raw and not reader.line(number, raw):
            break
    return reader.result(lines)


@dataclass
class _Reader(Controller):
    """The controller's modal state while reading line by line.

    `stopped` since STOPRE nothing has moved; `block` number of the last numbered line.
    """

    stopped: bool = False
    block: int = 0

    def line(self, number: int, raw: str) -> bool:
        """Take one line; False when the program is over and text follows."""
        if not self._is_text(number, raw):
            return True
        code, mark, comment = raw.partition(";")
        code = code.strip().upper()
        if mark:
            self._comment(number, comment)
        if self.end_line and code:
            self.ended(number, raw)
            return False
        if code:
            code = self._numbered(number, code)
            self._execute(number, code)
        return True

    def _is_text(self, number: int, raw: str) -> bool:
        if len(raw) > LINE_LIMIT:
            self.found.add(
                number,
                "long-line",
                f"line of {len(raw)} characters: reclad reads {LINE_LIMIT} - split it",
            )
            return False
        if not (raw.isascii() and raw.isprintable()):
            self.found.add(
                number,
                "not-text",
                f"{show(raw)} holds characters a controller does not read - save as plain ASCII "
                f"text",
            )
            return False
        return True

    def _comment(self, number: int, text: str) -> None:
        hidden = self.dialect.command.search(text)
        if hidden:
            self.found.add(
                number,
                "command-in-comment",
                f'comment hides the command "{hidden.group()}": a lost line break makes it run or '
                f"not run unseen - move it to its own line or reword the comment",
            )
        self.note(number, text)

    def _numbered(self, number: int, code: str) -> str:
        match = _BLOCK.match(code)
        if match is None:
            return code
        block = int(match.group(1))
        if block <= self.block:
            self.found.add(
                number,
                "block-number",
                f"N{block} follows N{self.block}: block numbers only rise, lines were moved or "
                f"repeated - post it again",
            )
        self.block = block
        return code[match.end() :]

    def _execute(self, number: int, code: str) -> None:
        output = _OUTPUT.fullmatch(code)
        if output:
            self._output(number, *output.groups())
        elif code == "STOPRE":
            self._stop(number)
        elif "$" in code:
            self.found.add(
                number,
                "syntax",
                f"{show(code)}: neither $A_OUTA[n]=value nor $A_OUT[n]=0 or 1, alone or behind DO "
                f"- correct the line",
            )
        else:
            self._words(number, code)

    def _output(self, number: int, do: str | None, kind: str, index: str, text: str) -> None:
        value, channel = float(text), int(index)
        roles = self.outputs.analog if kind == "OUTA" else self.outputs.digital
        name = f"{'DO ' if do else ''}$A_{kind}"
        role = roles.get(channel)
        if role is None:
            known = {f"[{n}]": what for n, what in roles.items()}
            self.found.add(
                number,
                "unknown-output",
                f"{name}[{channel}]: machine {self.machine.name} has "
                f"{', '.join(f'{n} {what}' for n, what in known.items())} - correct the index",
            )
        elif kind == "OUT" and value not in (0.0, 1.0):
            self.found.add(
                number,
                "syntax",
                f"{name}[{channel}]={text}: a digital output is 0 or 1 - correct it",
            )
        elif do:
            self.stopped = False
            self.outputs.wait(number, name, role, value)
        else:
            self._assign(number, name, role, value)

    def _assign(self, number: int, name: str, role: str, value: float) -> None:
        if not self.stopped:
            self.found.add(
                number,
                "missing-stopre",
                f"{name} without STOPRE before it: the controller reads ahead and switches the "
                f"{role} while earlier blocks still run - write STOPRE first",
            )
        self.outputs.switch(number, name, role, value)

    def _stop(self, number: int) -> None:
        self._drop_queue("STOPRE")
        if self.outputs.beam:
            self.found.add(
                number,
                "immediate-while-lit",
                "STOPRE lets the axes brake to a stop while the beam is on: it burns one spot - "
                "do it after the lead-out",
            )
        self.stopped = True

    def _drop_queue(self, before: str) -> None:
        """A DO belongs to the block right behind it; anything else leaves it in the air."""
        for line, name, role, _ in self.outputs.queue:
            self.found.add(
                line,
                "queued-without-motion",
                f"{name} of the {role} stands before {before}, not before its motion: nobody can "
                f"tell when it fires - write it right before a G1 block",
            )
        self.outputs.queue.clear()

    def _words(self, number: int, code: str) -> None:
        tokens = _TOKEN.findall(code)
        values: dict[str, float] = {}
        codes: list[str] = []
        for token in tokens:
            if token in _MODES or token in _REFUSED:
                codes.append(token)
                continue
            match = _WORD.fullmatch(token)
            if match is None:
                self._doubtful(number, token)
                return
            letter = match.group(1)
            if letter in "GM":
                codes.append(token)
            elif letter in values:
                self.found.add(
                    number, "duplicate-word", f"{show(code)}: two {letter} words - keep one"
                )
                return
            else:
                values[letter] = float(match.group(2))
        self._run(number, code, codes, values)

    def _doubtful(self, number: int, token: str) -> None:
        if _SPECIAL.fullmatch(token):
            rule, why = "distance", "takes its own way to the target: turns get lost - write A"
        elif _EXPONENT.search(token):
            rule, why = "exponent", "is an exponent, which posts never write - write it out"
        elif re.match(r"[A-Z][-+.0-9A-Z]", token):
            rule, why = "not-a-number", "is no letter with a plain number - correct the word"
        else:
            rule, why = "syntax", "is nothing reclad writes - correct the word"
        self.found.add(number, rule, f"{show(token)} {why}")

    def _run(self, number: int, code: str, codes: list[str], values: dict[str, float]) -> None:
        acts = [c for c in codes if c in ("G0", "G1", "G4", "M30")]
        if len(acts) > 1:
            self.found.add(
                number, "two-commands", f"{show(code)}: two commands on one line - split it"
            )
            return
        for word in codes:
            self._mode(number, word)
        act = acts[0] if acts else ""
        if act in ("G0", "G1"):
            self._motion(number, code, act, values)
        elif act == "G4":
            self._dwell(number, values)
        elif act == "M30":
            self.end_line = number
        elif any(axis in values for axis in self.axes):
            self.found.add(
                number,
                "no-motion-word",
                f"{show(code)}: axis words without G0 or G1 - write which",
            )
            return
        for letter, value in values.items():
            self.unknown_word(number, f"{letter}{value:g}")

    def _mode(self, number: int, word: str) -> None:
        if word in ("G93", "G94"):
            self.inverse = word == "G93"
        elif word in _REFUSED:
            rule, why = _REFUSED[word]
            self.found.add(number, rule, f"{word} {why}")
        elif word not in _MODES and word not in ("G0", "G1", "G4", "M30"):
            self.found.add(
                number, "unknown-code", f"{word} is not a code of a reclad program - remove it"
            )
        if not len(self.states):
            self.seen.add(word)

    def _dwell(self, number: int, values: dict[str, float]) -> None:
        seconds = values.pop("F", None)
        if seconds is None or seconds < 0.0:
            self.found.add(number, "missing-f", "G4 without an F of 0 s or more - write seconds")
            seconds = 0.0
        if self.outputs.queue:
            self.outputs.fire()
        self.stopped = False
        self.state(DWELL, seconds, number)

    def _motion(self, number: int, code: str, act: str, values: dict[str, float]) -> None:
        target = self.target(values)
        self.stopped = False
        if target is None:
            self.no_axes(number, code)
            values.clear()
        elif act == "G0":
            self.rapid(number, target)
        else:
            self._cut(number, target, values.pop("F", None))

    def _cut(self, number: int, target: Target, rate: float | None) -> None:
        dx, dy, dz, da, still = self.go(number, target, cutting=True)
        travel = 1.0 if self.inverse else sqrt(dx * dx + dy * dy + dz * dz) or abs(da)
        seconds = 0.0
        if still:
            pass
        elif rate is None or rate <= 0.0:
            self.no_feed_rate(number, rate)
        else:
            seconds = 60.0 * travel / rate
        self.state(CUT, seconds, number)
