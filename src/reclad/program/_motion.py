"""Rules about motion that hold for every part: time kept, speeds, limits, clearances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.program._beam import starts
from reclad.program._dialect import PRINT
from reclad.program._flat import check_flat
from reclad.program._round import check_round
from reclad.program.findings import Findings
from reclad.program.neutral import CUT, RAPID, Bools, Floats
from reclad.program.readback import ReadBack

if TYPE_CHECKING:
    from reclad.job import Machine

SPEED_STEP = 0.05  # of the track's median travel speed
PRINT_ANGLE = float(np.deg2rad(1e-4))  # two roundings of 4 decimals of a degree


def check_motion(read: ReadBack, machine: Machine, found: Findings) -> None:
    """Everything the axes would do wrong, or the controller would do differently than written."""
    _time_kept(read, found)
    _axes(read, machine, found)
    _tracks(read, machine, found)
    if read.program.flat:
        check_flat(read, machine, found)
    else:
        check_round(read, found)
    _rapids(read, machine, found)


def _time_kept(read: ReadBack, found: Findings) -> None:
    program = read.program
    dx, dy, dz, da = program.steps
    cut = program.kind == CUT
    wrong = cut & ~read.inverse & ((dx != 0.0) | (dy != 0.0) | (dz != 0.0)) & (da != 0.0)
    for i in np.flatnonzero(wrong):
        found.add(
            program.line[i],
            "helix-in-g94",
            f"A turns {np.rad2deg(da[i]):.2f} deg with X or Z in G94: F then times X and Z only "
            f"and the part spins at its limit - write the block in G93",
        )
    length = np.hypot(np.hypot(dx, dz), dy) * 1e3
    length = np.where(length > 0.0, length, np.abs(np.rad2deg(da)))
    timed = cut & read.inverse & (program.duration > 0.0) & (length > 0.0)
    rate = np.where(timed, length * 60.0 / np.where(timed, program.duration, 1.0), np.inf)
    slowest = read.dialect.slowest_rate
    for i in np.flatnonzero(rate < slowest * (1.0 - 1e-6)):
        found.add(
            program.line[i],
            "inverse-time-clamp",
            f"{length[i]:.5f} mm (or deg) in {program.duration[i]:.3f} s is {rate[i]:.3f} per "
            f"minute: {read.dialect.name} raises it to {slowest} and the block runs too fast - "
            f"hold X and Z still or move them further",
        )


def _axes(read: ReadBack, machine: Machine, found: Findings) -> None:
    program = read.program
    cut = (program.kind == CUT) & (program.duration > 0.0)
    seconds = np.where(cut, program.duration, 1.0)
    for axis, limits in machine.axes.as_dict().items():
        pose, step = getattr(program, axis.lower()), getattr(program.steps, axis.lower())
        low = -np.inf if limits.min is None else limits.min
        high = np.inf if limits.max is None else limits.max
        unit, scale = ("deg", 180.0 / np.pi) if axis == "A" else ("mm", 1e3)
        for i in np.flatnonzero(starts((pose < low - PRINT) | (pose > high + PRINT))):
            found.add(
                program.line[i],
                "soft-limit",
                f"{axis}{pose[i] * scale:.4f} {unit} is outside {low * scale:g} to "
                f"{high * scale:g} {unit} of machine {machine.name} - move the part or the zero",
            )
        speed = np.where(cut, np.abs(step) / seconds, 0.0)
        for i in np.flatnonzero(speed > limits.max_speed * 1.001):
            found.add(
                program.line[i],
                "axis-speed",
                f"{axis} at {speed[i] * scale:.2f} {unit}/s: machine {machine.name} reaches "
                f"{limits.max_speed * scale:g} {unit}/s and would fall behind - slow the block",
            )


def _tracks(read: ReadBack, machine: Machine, found: Findings) -> None:
    program = read.program
    dz = program.steps.z
    lit_cut = program.lit & (program.kind == CUT)
    for i in np.flatnonzero(lit_cut & (np.abs(dz) > machine.stand_off_tolerance + PRINT)):
        found.add(
            program.line[i],
            "stand-off",
            f"Z jumps {dz[i] * 1e3:+.3f} mm within one lit block: the stand-off may be off by "
            f"{machine.stand_off_tolerance * 1e3:g} mm at most - smooth the surface or split the "
            f"block",
        )
    speed = _surface_speed(read)
    for first, stop in program.tracks():
        _one_track(read, found, first, stop, speed)


def _surface_speed(read: ReadBack) -> Floats:
    """Speed over the surface in m/s, from the nozzle's radius; 0 for states without a time.

    Over a round part the nozzle is further out than the surface, so this is high by a constant
    share; only jumps are judged.
    """
    program = read.program
    dx, dy, dz, da = program.steps
    timed = (program.kind == CUT) & (program.duration > 0.0)
    travel = np.sqrt((program.z * da) ** 2 + dx**2 + dy**2 + dz**2)
    return np.where(timed, travel / np.where(timed, program.duration, 1.0), 0.0)


def _one_track(read: ReadBack, found: Findings, first: int, stop: int, speed: Floats) -> None:
    program = read.program
    if first == 0 or program.kind[first - 1] != CUT:
        found.add(
            program.line[first],
            "no-lead-in",
            "beam on from a standing start: the first metal is overheated while the axes "
            "accelerate - put an unlit lead-in move before it",
        )
    usual = float(np.median(speed[first:stop]))
    span = slice(max(first - 1, 0), stop) if first and program.kind[first - 1] == CUT else None
    span = span or slice(first, stop)
    # A very short block is known only to the digits printed.
    blur = (program.z[span] * PRINT_ANGLE + PRINT) / np.maximum(program.duration[span], 1e-9)
    jump = np.abs(speed[span] - usual) > SPEED_STEP * usual + blur
    for i in np.flatnonzero(jump) + span.start:
        found.add(
            program.line[i],
            "travel-speed",
            f"{'lead-in' if i < first else 'block'} runs at {speed[i] * 1e3:.3f} mm/s, its track "
            f"at {usual * 1e3:.3f} mm/s: at most {SPEED_STEP:.0%} apart - correct F or the target",
        )


def _rapids(read: ReadBack, machine: Machine, found: Findings) -> None:
    program = read.program
    if not len(program):
        return
    cut, rapid = program.kind == CUT, program.kind == RAPID
    if not np.any(cut):
        return
    top, bottom = float(program.z[cut].max()), float(program.z[cut].min())
    clear = top + machine.retract - PRINT
    dx, dy, dz, da = program.steps
    start = program.z - dz
    across = rapid & ((dx != 0.0) | (dy != 0.0) | (da != 0.0))
    across &= (np.minimum(start, program.z) < clear) & ~_track_changes(read, machine)
    plunge = rapid & (program.z < bottom - machine.stand_off_tolerance)
    moving = np.flatnonzero(program.kind != 2)
    if moving.size and (read.first_axes != "Z" or program.z[moving[0]] < clear):
        across[moving[0]] = True
    for i in np.flatnonzero(across | plunge):
        low = min(float(start[i]), float(program.z[i]))
        rule = (
            f"sideways moves need Z{clear * 1e3:.3f}, {machine.retract * 1e3:g} mm above the clad"
            if across[i]
            else f"it must stay above Z{bottom * 1e3:.3f}, where the cladding runs"
        )
        found.add(
            program.line[i],
            "rapid-too-close",
            f"rapid at Z{low * 1e3:.3f} mm: {rule} - retract with G0 Z first",
        )


def _track_changes(read: ReadBack, machine: Machine) -> Bools:
    """Rapids from the end of one track on a plate to the start of the next, level and short.

    The nozzle has just passed beside it at this height, and no cladding lies higher.
    """
    program = read.program
    cut = program.kind == CUT
    dx, dy, dz, _ = program.steps
    between = (program.kind == RAPID) & np.append(cut[1:], False)
    between &= np.concatenate(([False], cut[:-1])) & (np.abs(dz) <= PRINT)
    highest = np.maximum.accumulate(np.where(cut, program.z, -np.inf))
    level = program.z >= highest - PRINT
    short = np.hypot(dx, dy) <= machine.retract + PRINT
    return np.asarray(between & level & short & program.flat)
