"""Is the text on the machine the program that was planned? State by state, naming the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.program.findings import Finding
from reclad.program.neutral import DWELL, KINDS, RAPID, REASON, Bools, Program

if TYPE_CHECKING:
    from reclad.job import Machine

POSITION = 5e-6  # m
ANGLE = np.deg2rad(0.01)
POWER = 0.5  # W
DURATION = 0.005  # of the planned duration
WAITED = 1e-3  # s: waits are printed to a thousandth
SHOWN = 20


def compare_with_plan(read: Program, planned: Program, machine: Machine) -> list[Finding]:
    """Findings where a program read back differs from its plan, at most 20 and then a count.

    Same states in the same order; X, Y, Z within 0.005 mm, A within 0.01 deg and half of 0.005 mm
    on the surface, power within 0.5 W, duration within 0.5 % (waits: 1 ms; rapids: the machine's
    own), powder within what a thousandth of an rpm feeds, gate, gas and aiming beam exactly.
    """
    found = _count(read, planned)
    if not found:
        found = _columns(read, planned, machine)
    found.sort(key=lambda finding: finding.line)
    if len(found) <= SHOWN:
        return found
    last = found[SHOWN - 1]
    more = f"{last.message} (and {len(found) - SHOWN} more differences from the plan)"
    return [*found[: SHOWN - 1], Finding(last.line, last.rule, more)]


def _count(read: Program, planned: Program) -> list[Finding]:
    """States missing, repeated or of another kind, located by matching from both ends."""
    short = min(len(read), len(planned))
    if len(read) == len(planned) and np.array_equal(read.kind, planned.kind):
        return []
    head = _agreeing(_same_place(read, planned, slice(0, short), slice(0, short)))
    tail = slice(len(read) - short, None), slice(len(planned) - short, None)
    back = _agreeing(_same_place(read, planned, *tail)[::-1])
    back = min(back, short - head)
    extra, missing = (head, len(read) - back), (head, len(planned) - back)
    line = int(read.line[min(head, len(read) - 1)]) if len(read) else 1
    place = ""
    if head < len(planned):
        place = f" from layer {planned.layer[head]} turn {planned.turn[head]}"
    gone, new = missing[1] - missing[0], extra[1] - extra[0]
    if not gone:
        message = f"{new} state(s) more than planned{place}: {_harm(read, *extra, 'laid twice')}"
    elif not new:
        harm = _harm(planned, *missing, "missing")
        message = f"{gone} planned state(s) missing{place}: {harm}"
    else:
        message = f"{new} state(s) where the plan has {gone}{place}"
    total = f"({len(read)} states read, {len(planned)} planned)"
    return [Finding(line, "plan-states", f"{message} {total} - post the plan again")]


def _harm(program: Program, first: int, stop: int, metal: str) -> str:
    """What states too many or too few would do: mere waits lay no metal."""
    if np.any(program.kind[first:stop] != DWELL):
        return f"metal would be {metal}"
    pause = np.any(program.reason[first:stop] == REASON["pause"])
    waits = "the part to cool" if pause else "gas and powder"
    return f"the wait for {waits} would not be as planned"


def _same_place(read: Program, planned: Program, ours: slice, theirs: slice) -> Bools:
    same = read.kind[ours] == planned.kind[theirs]
    for name, limit in (("x", POSITION), ("y", POSITION), ("z", POSITION), ("a", 2.0 * ANGLE)):
        same &= np.abs(getattr(read, name)[ours] - getattr(planned, name)[theirs]) <= limit
    timed = read.kind[ours] != RAPID
    off = np.abs(read.duration[ours] - planned.duration[theirs])
    same &= ~timed | (off <= DURATION * planned.duration[theirs] + 1e-3)
    return np.asarray(same)


def _agreeing(same: Bools) -> int:
    return int(same.size if np.all(same) else np.argmin(same))


def _columns(read: Program, planned: Program, machine: Machine) -> list[Finding]:
    angle = ANGLE + 0.5 * POSITION / np.maximum(np.abs(planned.z), 1e-3)
    timed = planned.kind != RAPID
    lasts = np.where(planned.kind == DWELL, WAITED, DURATION * planned.duration) + 1e-6
    one_step = 1e-3 * max(
        (r2 - r1) / (n2 - n1)
        for r1, r2, n1, n2 in zip(
            machine.feeder.rate,
            machine.feeder.rate[1:],
            machine.feeder.rpm,
            machine.feeder.rpm[1:],
            strict=False,
        )
    )
    rules = (
        ("x", "plan-pose", POSITION, 1e3, "mm", 5),
        ("y", "plan-pose", POSITION, 1e3, "mm", 5),
        ("z", "plan-pose", POSITION, 1e3, "mm", 5),
        ("a", "plan-pose", angle, 180.0 / np.pi, "deg", 4),
        ("laser", "plan-power", POWER, 1.0, "W", 1),
        ("duration", "plan-duration", lasts, 1.0, "s", 4),
        ("powder", "plan-powder", one_step, 6e4, "g/min", 3),
    )
    found = []
    for name, rule, limit, scale, unit, digits in rules:
        off = np.abs(getattr(read, name) - getattr(planned, name))
        wrong = off > limit
        if name == "duration":
            wrong &= timed
        for i in np.flatnonzero(wrong).tolist():
            was, plan = (float(getattr(p, name)[i]) * scale for p in (read, planned))
            found.append(
                _finding(read, i, rule, name, f"{was:.{digits}f}", f"{plan:.{digits}f} {unit}")
            )
    for name in ("gate", "gas", "aiming"):
        for i in np.flatnonzero(getattr(read, name) != getattr(planned, name)).tolist():
            now, then = ("on" if getattr(p, name)[i] else "off" for p in (read, planned))
            found.append(_finding(read, i, f"plan-{name}", name, now, then))
    return found


def _finding(read: Program, i: int, rule: str, name: str, was: str, plan: str) -> Finding:
    label = {"x": "X", "y": "Y", "z": "Z", "a": "A", "laser": "power"}.get(name, name)
    message = f"{KINDS[read.kind[i]]} with {label} {was}: planned {plan} - post the plan again"
    return Finding(int(read.line[i]), rule, message)
