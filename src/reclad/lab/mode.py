"""In which mode a bead forms, by what was set alone: conduction, keyhole, or no bond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.errors import LabError
from reclad.lab.observations import observe
from reclad.process import PARAMETERS, predict
from reclad.process.limits import CONDUCTION_MAX, KEYHOLE_MAX
from reclad.units import format_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.job import Trial
    from reclad.lab.observations import Bench, Observations

Mode = Literal["conduction", "near keyhole", "keyhole", "no bond"]


@dataclass(frozen=True)
class SetAside:
    """A trial that a fit leaves out, and why."""

    id: str
    reason: str


def keyhole_index(observed: Observations) -> NDArray[np.float64]:
    """Normalised enthalpy (rows,) at what is believed in the middle; King 2014."""
    out = np.empty(len(observed))
    for bench in observed.benches:
        out[bench.rows] = _middle(bench)[0]
    return out


def modes(observed: Observations) -> list[Mode]:
    """The mode of every trial, by its inputs alone: nothing measured on it is looked at.

    "near keyhole" is where vapour begins to deepen pools in published tracks; "no bond" where the
    pool is not believed to reach the surface of the part.
    """
    found: list[Mode] = ["conduction"] * len(observed)
    for bench in observed.benches:
        for row, index, deep in zip(bench.rows, *_middle(bench), strict=True):
            if index > KEYHOLE_MAX:
                found[row] = "keyhole"
            elif index > CONDUCTION_MAX:
                found[row] = "near keyhole"
            elif deep <= 0.0:
                found[row] = "no bond"
    return found


def sort_by_mode(
    trials: Sequence[Trial], folder: Path | None = None
) -> tuple[Observations, list[SetAside]]:
    """The trials that a conduction model can be fitted to, and the others with the reason.

    A pool near or in keyhole mode is deeper than any conduction model gives. Trials believed not
    to bond stay: whether they did is what the fit learns from. LabError if none would be left.
    """
    every = observe(trials, folder)
    kept, aside = [], []
    for trial, mode, index in zip(trials, modes(every), keyhole_index(every), strict=True):
        if mode in ("conduction", "no bond"):
            kept.append(trial)
            continue
        limit = KEYHOLE_MAX if mode == "keyhole" else CONDUCTION_MAX
        aside.append(
            SetAside(
                trial.id,
                f"{mode}: keyhole index {format_number(round(float(index), 1))} is over "
                f"{format_number(limit)}, where vapour deepens the pool; less power, more speed or "
                "a wider spot",
            )
        )
    if aside and not kept:
        raise LabError(
            f"all {len(aside)} trials would be set aside, {aside[0].id}: {aside[0].reason}"
        )
    return observe(kept, folder), aside


def _middle(bench: Bench) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keyhole index and penetration (m) of a bench's trials at what is believed in the middle."""
    draws = bench.parameters(np.zeros((1, len(PARAMETERS))))
    bead = predict(bench.settings, bench.beam, bench.substrate, bench.powder, bench.clad, draws)
    return bead.keyhole_index[0], bead.penetration[0]
