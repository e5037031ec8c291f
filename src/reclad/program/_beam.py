"""Rules about the beam and what must accompany it: motion, powder, gas, power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.program._laser import power_print
from reclad.program.findings import Findings
from reclad.program.neutral import CUT, DWELL, RAPID, REASON, Bools, Floats
from reclad.program.readback import ReadBack

if TYPE_CHECKING:
    from reclad.job import Machine

TIME_SLACK = 1e-6  # s: printing of waits and rates


def check_beam(read: ReadBack, machine: Machine, found: Findings) -> None:
    """Everything that burns the part or the nozzle though each line is legal."""
    _standing(read, found)
    _immediates(read, found)
    _supplies(read, machine, found)
    _power(read, machine, found)
    _dark_gaps(read, found)
    _pauses(read, found)
    _ends(read, found)


def starts(mask: Bools) -> Bools:
    """Where a run of True begins, shape as given."""
    before = np.concatenate(([False], mask[:-1])) if mask.size else mask
    return np.asarray(mask & ~before)


def _standing(read: ReadBack, found: Findings) -> None:
    program = read.program
    for kind, rule, words in (
        (DWELL, "lit-without-motion", "during a dwell: it burns one spot"),
        (RAPID, "lit-rapid", "during a rapid: no bead is laid at that speed"),
    ):
        for i in np.flatnonzero(program.lit & (program.kind == kind)):
            found.add(
                program.line[i],
                rule,
                f"beam on at {program.laser[i]:.1f} W {words} - "
                f"switch it off with {read.dialect.queued_off} before a lead-out move",
            )
    dx, dy, _, da = program.steps
    still = program.lit & (program.kind == CUT) & (dx == 0.0) & (dy == 0.0) & (da == 0.0)
    for i in np.flatnonzero(still):
        found.add(
            program.line[i],
            "lit-without-motion",
            f"beam on at {program.laser[i]:.1f} W while the surface stands still: it burns one "
            f"spot - the block must {'travel X or Y' if program.flat else 'turn A or travel X'}",
        )


def _immediates(read: ReadBack, found: Findings) -> None:
    for event in read.immediates:
        if event.beam_before:
            found.add(
                event.line,
                "immediate-while-lit",
                f"{event.code} switches the {event.role} at once while the beam is on: the machine "
                f"brakes to a stop and burns - use {read.dialect.queued}, or do it after the "
                f"lead-out",
            )
        elif event.beam_after:
            found.add(
                event.line,
                "lit-without-motion",
                f"{event.code} turns the beam on at once, before any motion: it burns one spot - "
                f"use {read.dialect.queued_on}, which wait for the move",
            )


def _supplies(read: ReadBack, machine: Machine, found: Findings) -> None:
    program = read.program
    began: Floats = np.cumsum(program.duration) - program.duration
    for name, on, values, wait, rule in (
        ("powder", program.powder > 0.0, program.powder, machine.feeder.delay, "powder-delay"),
        ("gas", program.gas, program.gas.astype(float), machine.gas.purge, "gas-purge"),
    ):
        for i in np.flatnonzero(starts(program.lit & ~on)):
            found.add(
                program.line[i],
                f"lit-without-{name}",
                f"beam on at {program.laser[i]:.1f} W without {name}: it remelts or burns the "
                f"bare part - switch {name} on {wait:g} s before the track",
            )
        steady = began - _changed_at(began, values)
        early = program.lit & on & (steady < wait - TIME_SLACK)
        for i in np.flatnonzero(starts(early)):
            found.add(
                program.line[i],
                rule,
                f"beam on {steady[i]:.2f} s after {name} was set: it needs {wait:g} s to be steady "
                f"at the nozzle - lengthen the G4 before the track",
            )


def _changed_at(began: Floats, values: Floats) -> Floats:
    """Time of the latest change of a column up to each state, s."""
    changed = np.diff(values, prepend=0.0) != 0.0
    return np.maximum.accumulate(np.where(changed, began, -np.inf)) if values.size else began


def _power(read: ReadBack, machine: Machine, found: Findings) -> None:
    laser, program = machine.laser, read.program
    slack = power_print(machine)
    for i in np.flatnonzero((read.powers < 0.0) | (read.powers > laser.power_max + slack)):
        value = float(read.powers[i])
        what = "below 0 W" if value < 0.0 else f"above {laser.power_max:.0f} W, the laser's maximum"
        found.add(
            read.power_lines[i],
            "power-range",
            f"{value:.1f} W is {what} - correct {read.dialect.value}",
        )
    lit = program.lit
    for i in np.flatnonzero(lit & (program.laser < laser.power_min - slack)):
        found.add(
            read.laser_line[i],
            "power-range",
            f"{program.laser[i]:.1f} W is below {laser.power_min:.0f} W, the least the laser holds "
            f"steady - raise {read.dialect.value} or leave the block unlit",
        )
    jump = np.diff(program.laser, prepend=0.0)
    both = lit & np.concatenate(([False], lit[:-1])) if len(program) else lit
    # The tenth of a watt that is printed must not break a step at the limit.
    for i in np.flatnonzero(both & (np.abs(jump) > laser.power_step_max + 0.1)):
        found.add(
            read.laser_line[i],
            "power-step",
            f"power steps by {jump[i]:+.1f} W to {program.laser[i]:.1f} W between two lit blocks: "
            f"at most {laser.power_step_max:.0f} W - spread the change over blocks",
        )


def _dark_gaps(read: ReadBack, found: Findings) -> None:
    program = read.program
    cut = program.kind == CUT
    for i in np.flatnonzero(starts(cut & program.gate & (program.laser <= 0.0))):
        found.add(
            read.laser_line[i] or program.line[i],
            "dark-gap",
            f"gate open with {program.laser[i]:.1f} W: powder falls on unmelted metal - "
            f"give the block its power or close the gate",
        )
    for i in np.flatnonzero(starts(cut & ~program.gate & (program.laser > 0.0))):
        found.add(
            program.line[i],
            "dark-gap",
            f"{program.laser[i]:.1f} W commanded with the gate closed: no beam comes - "
            f"open the gate with {read.dialect.open_gate} or command 0 W",
        )


def _pauses(read: ReadBack, found: Findings) -> None:
    """While the part cools somebody may walk up to it: nothing may run that could hurt or spill."""
    program = read.program
    pause = program.reason == REASON["pause"]
    for i in np.flatnonzero(pause & (program.powder > 0.0)):
        found.add(
            program.line[i],
            "powder-in-pause",
            f"powder at {program.powder[i] * 6e4:.2f} g/min during a pause of "
            f"{program.duration[i]:g} s: it falls on the clad and is lost - switch it off before "
            f"the G4",
        )
    for i in np.flatnonzero(pause & ~program.lit & (program.gate | (program.laser > 0.0))):
        what = "gate open" if program.gate[i] else f"{program.laser[i]:.1f} W commanded"
        found.add(
            program.line[i],
            "armed-in-pause",
            f"{what} during a pause of {program.duration[i]:g} s: one more fault and the beam "
            f"burns one spot - write {read.dialect.off_now} before the G4",
        )


def _ends(read: ReadBack, found: Findings) -> None:
    for line, what in read.pending:
        found.add(
            line,
            "queued-without-motion",
            f"{what} waits for a motion that never comes: it never fires - use "
            f"{read.dialect.off_word}, or add a lead-out after it",
        )
    if read.left_on:
        last = read.end_line or (int(read.program.line[-1]) if len(read.program) else 1)
        found.add(
            last,
            "on-at-end",
            f"{', '.join(read.left_on)} still on when the program ends: {read.dialect.end} "
            f"switches nothing off - write {read.dialect.off_now} before it",
        )
