"""The report's figures, filled from a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.process.overlap import lay_side_by_side
from reclad.program.neutral import DWELL, RAPID
from reclad.record.names import name_limit
from reclad.record.views import BackplotView, HeatView, LengthView, SectionView, WindowView
from reclad.record.words import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.plan import Plan

BAND = (0.05, 0.5, 0.95)
_TRACKS = 5


def fill_window(plan: Plan) -> WindowView:
    """The process window with the chosen point."""
    window, p, shape = plan.window, plan.choice.procedure, plan.job.part.shape
    return WindowView(
        window.power,
        window.feed_rate,
        window.chance,
        tuple((say(name_limit(name, shape)), grid) for name, grid in window.limits.items()),
        chosen=(p.power, p.feed_rate),
    )


def fill_section(plan: Plan) -> SectionView:
    """One bead and five side by side, at the 5, 50 and 95 % points of each measure."""
    bead, p = plan.choice.bead, plan.choice.procedure
    width, height, depth, mean = (
        np.quantile(q, BAND) for q in (bead.width, bead.height, bead.depth, plan.choice.clad.mean)
    )
    below = mean * (p.layers - 1) / p.layers
    # Where a share of the draws never melts, the low bead has no width: drawn as a hair.
    width = np.maximum(width, 1e-6)
    y = np.linspace(-0.6, 0.6, 181) * float(width[2])
    shape = [1.0 - (2.0 * y / w) ** 2 for w in width]
    clad_y = np.linspace(
        -0.6 * float(width[2]), (_TRACKS - 1) * p.pitch + 0.6 * float(width[2]), 421
    )
    tops, fusions = [], []
    for w, h, d, base in zip(width, height, depth, below, strict=True):
        at, tall = lay_side_by_side(p.pitch / w, _TRACKS)
        top = np.interp(clad_y, at * w, tall * h, left=0.0, right=0.0)
        tops.append(top + np.where(top > 0.0, base, 0.0))
        across = np.abs(clad_y[None, :] - p.pitch * np.arange(_TRACKS)[:, None])
        fusions.append(
            (-d * np.sqrt(np.clip(1.0 - (2.0 * across / w) ** 2, 0.0, None))).min(axis=0)
        )
    return SectionView(
        bead_y=y,
        bead_top=np.array([h * np.clip(s, 0.0, None) for s, h in zip(shape, height, strict=True)]),
        bead_fusion=np.array(
            [-d * np.sqrt(np.clip(s, 0.0, None)) for s, d in zip(shape, depth, strict=True)]
        ),
        clad_y=clad_y,
        clad_top=np.array(tops),
        clad_fusion=np.array(fusions),
        finished=plan.deposit.thickness_max - plan.job.allowance,
        allowance=plan.job.allowance,
        pitch=p.pitch,
    )


def fill_length(plan: Plan) -> LengthView:
    """Worn, finished and expected radius (of a plate: height) along the part."""
    deposit = plan.deposit
    axial = np.unique(np.concatenate((np.linspace(deposit.start, deposit.end, 200), deposit.axial)))
    worn, target = deposit.worn_radius_at(axial), deposit.target_radius_at(axial)
    thickness = np.quantile(plan.choice.clad.mean, BAND)
    return LengthView(
        axial, worn, target - plan.job.allowance, target, worn[None, :] + thickness[:, None]
    )


def fill_heat(plan: Plan) -> HeatView:
    """Inter-pass temperature and power over the repair."""
    history, job = plan.history, plan.job
    return HeatView(
        time=history.turns.arrival,
        axial=history.turns.place,
        interpass=np.quantile(history.interpass, BAND, axis=0),
        power=history.power,
        limit=job.limits.interpass_max,
        preheat=job.preheat if job.preheat > job.ambient + 1.0 else None,
        constant=np.median(plan.constant.interpass, axis=0),
        constant_power=float(plan.constant.power[0]),
    )


def fill_backplot(plan: Plan) -> BackplotView:
    """The program as read back from its text, waits left out."""
    program = plan.verdict.program
    moves = np.flatnonzero(program.kind != DWELL)
    power = np.where(program.lit, program.laser, 0.0)[moves]

    def poses(start: float, column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate(([start], column[moves]))

    return BackplotView(
        x=poses(program.x0, program.x),
        y=poses(program.y0, program.y),
        z=poses(program.z0, program.z),
        a=poses(program.a0, program.a),
        power=power,
        rapid=program.kind[moves] == RAPID,
        layer=np.maximum(program.layer[moves], 1).astype(np.int64),
        stand_off=plan.choice.procedure.stand_off,
        flat=plan.job.part.flat,
    )
