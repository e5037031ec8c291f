"""Ways to break a program text: a list of lines that can be edited, and a register of mutants."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


class Text(list[str]):
    """Lines of a program, with finders by position within it."""

    def find(self, start: str, n: int = 0) -> int:
        """Index of the n-th line (from 0, or from the end if negative) that starts so."""
        return [i for i, line in enumerate(self) if line.startswith(start)][n]

    def lit(self, n: int = 8) -> int:
        """Index of the n-th lit G1 line of the first track (from 0)."""
        first = self.find("M62")
        return [i for i, line in enumerate(self) if i > first and line.startswith("G1")][n]

    def watts(self, n: int = 8) -> int:
        """Index of the M67 line of the n-th lit block."""
        return next(i for i in range(self.lit(n), 0, -1) if self[i].startswith("M67"))

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


Mutation = Callable[[Text], int]


@dataclass(frozen=True)
class Mutant:
    """A way to break a program: the rule that must catch it, and the change giving its line."""

    name: str
    rule: str
    change: Mutation


MUTANTS: list[Mutant] = []
PLAN_MUTANTS: list[Mutant] = []


def breaks(rule: str) -> Callable[[Mutation], Mutation]:
    def keep(change: Mutation) -> Mutation:
        MUTANTS.append(Mutant(change.__name__, rule, change))
        return change

    return keep


def departs(rule: str) -> Callable[[Mutation], Mutation]:
    def keep(change: Mutation) -> Mutation:
        PLAN_MUTANTS.append(Mutant(change.__name__, rule, change))
        return change

    return keep
