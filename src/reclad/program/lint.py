"""What must never reach a machine, judged from the text alone and the machine it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.program._beam import check_beam
from reclad.program._dialect import clean_comment, digest, written_digest
from reclad.program._motion import check_motion
from reclad.program.findings import Finding, Findings
from reclad.program.readback import ReadBack

if TYPE_CHECKING:
    import datetime

    from reclad.job import Machine


def lint_program(
    read: ReadBack, machine: Machine, *, today: datetime.date | None = None
) -> list[Finding]:
    """Findings of a read-back program, by line: order, beam, motion, and what the reading found.

    `today` refuses powder of a feeder curve that has expired, and notes an expired reading of the
    power meter; without it no date is judged.
    """
    found = Findings()
    for finding in read.findings:
        found.add(finding.line, finding.rule, finding.message, note=finding.note)
    _check_order(read, machine, found)
    check_beam(read, machine, found)
    check_motion(read, machine, found)
    if today is not None:
        _check_age(read, machine, today, found)
    return found.sorted()


def check_digest(lines: list[str]) -> list[Finding]:
    """Whether the text is the one that was written: one `sha256:` comment, and it is right."""
    digests = enumerate(map(written_digest, lines), start=1)
    marked = [(number, written) for number, written in digests if written]
    if len(marked) != 1:
        line = marked[1][0] if marked else 1
        said = "no ( sha256: ) line" if not marked else f"{len(marked)} ( sha256: ) lines"
        return [
            Finding(line, "checksum", f"{said}: nobody can tell if it was changed - post it again")
        ]
    line, written = marked[0]
    if digest(lines) == written:
        return []
    return [
        Finding(
            line,
            "checksum",
            "the text is not the one that was written: it was edited or damaged since - "
            "post it again",
        )
    ]


def _check_order(read: ReadBack, machine: Machine, found: Findings) -> None:
    program, dialect = read.program, read.dialect
    first = int(program.line[0]) if len(program) else max(read.end_line, 1)
    for code, rule, words in dialect.needed:
        if code not in read.seen:
            found.add(first, rule, f"no {code} before the first motion: {words} - write {code}")
    for output, code in (
        ("laser off", dialect.power_off.format(machine.laser.analog)),
        ("gate off", dialect.gate_off.format(machine.laser.gate)),
    ):
        if output not in read.seen:
            found.add(
                first,
                "no-safe-start",
                f"no {code} before the first motion: an output left on by the last job would "
                f"burn - write it first",
            )
    if not len(program):
        found.add(first, "no-motion-at-all", "the program moves nothing - post it again")
    named = program.meta.machine
    if named and named != clean_comment(machine.name, dialect.command):
        found.add(
            read.machine_line,
            "wrong-machine",
            f"written for machine {named}, checked for {machine.name}: outputs and limits differ - "
            f"post it for this machine",
        )


def _check_age(read: ReadBack, machine: Machine, today: datetime.date, found: Findings) -> None:
    """Powder of a curve that has run out would be a guess; an example's curve always is one, and
    told as assumed."""
    program, feeder, meter = read.program, machine.feeder, machine.laser.meter
    fed = np.flatnonzero(program.powder > 0.0)
    over = -feeder.days_left(today)
    if over > 0 and fed.size:
        found.add(
            program.line[fed[0]],
            "weighing-expired",
            f"feeder was weighed on {feeder.weighed}, valid {feeder.valid_days} days: {over} days "
            f"over - weigh it again before the run",
            note=machine.curve_is_assumed,
        )
    lit = np.flatnonzero(program.lit)
    if meter is not None and meter.days_left(today) < 0 and lit.size:
        found.add(
            program.line[lit[0]],
            "meter-expired",
            f"laser power was measured on {meter.date}, valid {meter.valid_days} days: "
            f"{-meter.days_left(today)} days over - measure it again",
            note=True,
        )
