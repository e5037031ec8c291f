"""What a text makes the machine do, whatever the controller: the result of every reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.program._dialect import LINUXCNC, Dialect

if TYPE_CHECKING:
    from reclad.program._outputs import Immediate
    from reclad.program.findings import Finding
    from reclad.program.neutral import Bools, Floats, Ints, Program


@dataclass(frozen=True)
class ReadBack:
    """What a text makes the machine do: the `program`, `findings` of the reading, and its traces.

    Per state (m,): `inverse` G93 in force, `laser_line` and `gate_line` of the commands in force.
    `powers`: line and W of every laser command; `immediates`: outputs switched at once;
    `pending`: line and code of queued outputs that never fire; `seen`: what stood before the first
    motion; `end_line` of the end of program (0: none); `machine_line` where the text names its
    machine; `first_axes` of the first motion; `left_on` outputs still on when the text is over;
    `known_from` first state at which every axis has been programmed; `dialect` of the text.
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
    dialect: Dialect = LINUXCNC


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
