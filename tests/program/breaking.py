"""Ways to break a program text: a list of lines that can be edited, and registers of mutants."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


class Text(list[str]):
    """Lines of a program, with finders by position within it."""

    gate_opens = "M62"
    power = "M67"

    def starts(self, i: int, start: str) -> bool:
        """Whether a line starts so, whatever its block number."""
        return re.sub(r"^N[0-9]+ ", "", self[i]).startswith(start)

    def find(self, start: str, n: int = 0) -> int:
        """Index of the n-th line (from 0, or from the end if negative) that starts so."""
        return [i for i in range(len(self)) if self.starts(i, start)][n]

    def lit(self, n: int = 8) -> int:
        """Index of the n-th lit G1 line of the first track (from 0)."""
        first = self.find(self.gate_opens)
        return [i for i in range(first, len(self)) if self.starts(i, "G1 ")][n]

    def watts(self, n: int = 8) -> int:
        """Index of the power command of the n-th lit block."""
        return next(i for i in range(self.lit(n), 0, -1) if self.starts(i, self.power))

    def swap(self, i: int, old: str, new: str) -> int:
        """Replace by pattern in one line, which must change."""
        changed = re.sub(old, new, self[i])
        assert changed != self[i], f"mutant does not change {self[i]!r}"
        self[i] = changed
        return i

    def shift(self, i: int, letter: str, by: float, scale: float = 1.0) -> int:
        """Add to (and scale) one word of a line."""
        match = re.search(rf"{letter}(-?[0-9.]+)", self[i])
        assert match is not None
        value = float(match.group(1)) * scale + by
        self[i] = self[i].replace(match.group(), f"{letter}{value:.5f}")
        return i

    def put(self, i: int, line: str) -> int:
        self.insert(i, line)
        return i

    def drop(self, *indices: int) -> int:
        for i in sorted(indices, reverse=True):
            del self[i]
        return min(indices)


class Numbered(Text):
    """Lines of a SINUMERIK program, found without their block numbers."""

    gate_opens = "DO $A_OUT[1]=1"
    power = "DO $A_OUTA[1]"


Mutation = Callable[[Text], int]


@dataclass(frozen=True)
class Mutant:
    """A way to break a program: the rule that must catch it, and the change giving its line."""

    name: str
    rule: str
    change: Mutation


# LinuxCNC on a pipe, LinuxCNC on a plate, SINUMERIK on a pipe; departures from the pipe's plan.
MUTANTS: list[Mutant] = []
PLATE_MUTANTS: list[Mutant] = []
SIEMENS_MUTANTS: list[Mutant] = []
PLAN_MUTANTS: list[Mutant] = []
Register = Callable[[str], Callable[[Mutation], Mutation]]


def _register(kept: list[Mutant]) -> Register:
    def for_rule(rule: str) -> Callable[[Mutation], Mutation]:
        def keep(change: Mutation) -> Mutation:
            kept.append(Mutant(change.__name__, rule, change))
            return change

        return keep

    return for_rule


breaks = _register(MUTANTS)
breaks_plate = _register(PLATE_MUTANTS)
breaks_siemens = _register(SIEMENS_MUTANTS)
departs = _register(PLAN_MUTANTS)


def counted() -> str:
    """Table of mutants and rules by what they break, for people: `pytest -rP` prints it."""
    rows = (
        ("LinuxCNC, pipe", MUTANTS),
        ("LinuxCNC, plate", PLATE_MUTANTS),
        ("LinuxCNC, both", [*MUTANTS, *PLATE_MUTANTS]),
        ("SINUMERIK 840D, pipe", SIEMENS_MUTANTS),
        ("departures from the plan", PLAN_MUTANTS),
    )
    head = "| broken programs | mutants | rules |\n|---|---:|---:|\n"
    return head + "\n".join(
        f"| {name} | {len(kept)} | {len({m.rule for m in kept})} |" for name, kept in rows
    )
