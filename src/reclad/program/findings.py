"""Faults of a program, each with its line, its rule and what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

PER_RULE = 20


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: `line` in the text (from 1), `rule` a slug, `message` one line for the operator.

    `note` True: worth knowing, but no reason to refuse the program.
    """

    line: int
    rule: str
    message: str
    note: bool = False

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} [{self.rule}]"


@dataclass
class Findings:
    """Collects faults; after 20 of one rule it only counts, so a hopeless file stays readable."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, rule: str, message: str, *, note: bool = False) -> None:
        """Record one fault at a line."""
        self.counts[rule] += 1
        if self.counts[rule] <= PER_RULE:
            self.kept.append(Finding(int(line), rule, message, note))

    def sorted(self) -> list[Finding]:
        """All kept faults by line; a rule broken more often says so at its last kept line."""
        last = {finding.rule: finding for finding in self.kept}
        extra = {
            id(last[rule]): count - PER_RULE
            for rule, count in self.counts.items()
            if count > PER_RULE
        }
        found = [
            Finding(f.line, f.rule, f"{f.message} (and {extra[id(f)]} more like it)", f.note)
            if id(f) in extra
            else f
            for f in self.kept
        ]
        return sorted(found, key=lambda finding: finding.line)
