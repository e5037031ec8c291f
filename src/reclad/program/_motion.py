"""Rules about motion: time kept, speeds, limits, turns laid once, clearances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.program._beam import starts
from reclad.program._dialect import SLOWEST_RATE
from reclad.program.findings import Findings
from reclad.program.neutral import CUT, RAPID, Floats
from reclad.program.reading import ReadBack

if TYPE_CHECKING:
    from reclad.job import Machine

SPEED_STEP = 0.05  # of the track's median travel speed
PITCH_STEP = 0.20  # of the track's median pitch
PRINT = 2e-8  # m: two roundings of 5 decimals of a millimetre
PRINT_ANGLE = float(np.deg2rad(1e-4))  # two roundings of 4 decimals of a degree


def check_motion(read: ReadBack, machine: Machine, found: Findings) -> None:
    """Everything the axes would do wrong, or the controller would do differently than written."""
    _time_kept(read, found)
    _axes(read, machine, found)
    _tracks(read, machine, found)
    _rapids(read, machine, found)


def _time_kept(read: ReadBack, found: Findings) -> None:
    program = read.program
    dx, dz, da = program.steps
    cut = program.kind == CUT
    wrong = cut & ~read.inverse & ((dx != 0.0) | (dz != 0.0)) & (da != 0.0)
    for i in np.flatnonzero(wrong):
        found.add(
            program.line[i],
            "helix-in-g94",
            f"A turns {np.rad2deg(da[i]):.2f} deg with X or Z in G94: F then times X and Z only "
            f"and the part spins at its limit - write the block in G93",
        )
    length = np.hypot(dx, dz) * 1e3
    length = np.where(length > 0.0, length, np.abs(np.rad2deg(da)))
    timed = cut & read.inverse & (program.duration > 0.0) & (length > 0.0)
    rate = np.where(timed, length * 60.0 / np.where(timed, program.duration, 1.0), np.inf)
    for i in np.flatnonzero(rate < SLOWEST_RATE * (1.0 - 1e-6)):
        found.add(
            program.line[i],
            "inverse-time-clamp",
            f"{length[i]:.5f} mm (or deg) in {program.duration[i]:.3f} s is {rate[i]:.3f} per "
            f"minute: LinuxCNC raises it to {SLOWEST_RATE} and the block runs too fast - hold X "
            f"and Z still or move them further",
        )


def _axes(read: ReadBack, machine: Machine, found: Findings) -> None:
    program = read.program
    cut = (program.kind == CUT) & (program.duration > 0.0)
    seconds = np.where(cut, program.duration, 1.0)
    for axis, pose, step in zip(
        "XZA", (program.x, program.z, program.a), program.steps, strict=True
    ):
        limits = machine.axes[axis]
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
    dx, dz, da = program.steps
    lit_cut = program.lit & (program.kind == CUT)
    for i in np.flatnonzero(lit_cut & (da < 0.0)):
        found.add(
            program.line[i],
            "a-reverses",
            f"A turns back {-np.rad2deg(da[i]):.2f} deg while lit: metal is laid twice - "
            f"A must only grow along a track",
        )
    for i in np.flatnonzero(lit_cut & (da == 0.0) & (dx != 0.0)):
        found.add(
            program.line[i],
            "a-stops",
            "A does not turn while lit: the bead leaves its helix - turn A in every lit block",
        )
    for i in np.flatnonzero(lit_cut & (np.abs(dz) > machine.stand_off_tolerance + PRINT)):
        found.add(
            program.line[i],
            "stand-off",
            f"Z jumps {dz[i] * 1e3:+.3f} mm within one lit block: the stand-off may be off by "
            f"{machine.stand_off_tolerance * 1e3:g} mm at most - smooth the surface or split the "
            f"block",
        )
    speed = _surface_speed(read, dx, dz, da)
    for first, stop in program.tracks():
        _one_track(read, found, first, stop, speed)


def _surface_speed(read: ReadBack, dx: Floats, dz: Floats, da: Floats) -> Floats:
    """Speed over the surface in m/s, from the nozzle's radius; 0 for states without a time.

    The nozzle stands off the surface, so this is high by a constant share; only jumps are judged.
    """
    program = read.program
    timed = (program.kind == CUT) & (program.duration > 0.0)
    travel = np.sqrt((program.z * da) ** 2 + dx**2 + dz**2)
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
    dx, _, da = (step[first:stop] for step in program.steps)
    turning = da > 0.0
    if not np.any(turning):
        return
    usual = float(np.median(dx[turning] / da[turning]))
    off = np.abs(dx - usual * da)
    allowed = np.maximum(PITCH_STEP * np.abs(usual * da), PRINT)
    for i in np.flatnonzero(turning & (off > allowed)):
        pitch = dx[i] / da[i] * 2e3 * np.pi
        found.add(
            program.line[first + i],
            "pitch",
            f"pitch of {pitch:.3f} mm here, {usual * 2e3 * np.pi:.3f} mm along the track: at most "
            f"{PITCH_STEP:.0%} apart, else beads gap or pile up - correct X",
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
    dx, dz, da = program.steps
    start = program.z - dz
    across = rapid & ((dx != 0.0) | (da != 0.0)) & (np.minimum(start, program.z) < clear)
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
