"""The one question before a machine runs a text: accepted, or refused with lines and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.program.compare import compare_with_plan
from reclad.program.findings import Finding
from reclad.program.lint import check_digest, lint_program
from reclad.program.posts import read_text
from reclad.program.readback import split_text

if TYPE_CHECKING:
    import datetime

    from reclad.job import Machine
    from reclad.program.neutral import Program
    from reclad.program.readback import ReadBack
    from reclad.program.referee import RefereeReport


@dataclass(frozen=True)
class Verdict:
    """Result of a check: `accepted` or not, the `findings` in order, our reading of the text."""

    findings: tuple[Finding, ...]
    read: ReadBack

    @property
    def program(self) -> Program:
        """The program as read."""
        return self.read.program

    @property
    def accepted(self) -> bool:
        """True when nothing but notes was found."""
        return all(finding.note for finding in self.findings)


def may_run(verdict: Verdict, refereed: RefereeReport) -> bool:
    """Whether a program may run: nothing found, and the independent interpreter, where there is
    one, agrees."""
    return verdict.accepted and (refereed.accepted or not refereed.available)


def check_program(
    text: str | bytes,
    machine: Machine,
    plan: Program | None = None,
    *,
    checksum: bool = True,
    today: datetime.date | None = None,
) -> Verdict:
    """Read a text as its controller does, lint it and, given the `plan`, compare state by state.

    Physical findings come first by line, then what differs from the plan, the checksum last.
    Never raises for a bad text: every fault is a finding with its line. Raises ProgramError only
    when nothing installed reads the machine's controller.
    """
    read = read_text(text, machine)
    findings = lint_program(read, machine, today=today)
    if plan is not None:
        findings += compare_with_plan(read.program, plan, machine)
    if checksum:
        findings += check_digest(split_text(text))
    return Verdict(tuple(findings), read)
