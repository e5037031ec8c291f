"""Rules about tracks on a part that A turns: it only turns forwards, and keeps its pitch."""

from __future__ import annotations

import numpy as np

from reclad.program._dialect import PRINT
from reclad.program.findings import Findings
from reclad.program.neutral import CUT
from reclad.program.readback import ReadBack

PITCH_STEP = 0.20  # of the track's median pitch


def check_round(read: ReadBack, found: Findings) -> None:
    """Beads that leave their helix, are laid twice or miss the axis of rotation."""
    program = read.program
    dx, _, _, da = program.steps
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
    for i in np.flatnonzero(lit_cut & (np.abs(program.y) > PRINT)):
        found.add(
            program.line[i],
            "off-axis",
            f"Y{program.y[i] * 1e3:.4f} mm while lit: the beam misses the axis that A turns about "
            f"- keep Y at 0",
        )
    for first, stop in program.tracks():
        _pitch(read, found, first, stop)


def _pitch(read: ReadBack, found: Findings, first: int, stop: int) -> None:
    steps = read.program.steps
    dx, da = steps.x[first:stop], steps.a[first:stop]
    turning = da > 0.0
    if not np.any(turning):
        return
    usual = float(np.median(dx[turning] / da[turning]))
    off = np.abs(dx - usual * da)
    allowed = np.maximum(PITCH_STEP * np.abs(usual * da), PRINT)
    for i in np.flatnonzero(turning & (off > allowed)):
        pitch = dx[i] / da[i] * 2e3 * np.pi
        found.add(
            read.program.line[first + i],
            "pitch",
            f"pitch of {pitch:.3f} mm here, {usual * 2e3 * np.pi:.3f} mm along the track: at most "
            f"{PITCH_STEP:.0%} apart, else beads gap or pile up - correct X",
        )
