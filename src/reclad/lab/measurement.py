"""Which measurement would lift the chance most, before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.process import Bead, Choice, ModelParameters, ProcessWindow

# Scatter between repeats, one standard deviation: width and depth from repeated bare-plate tracks
# (hofmann2026); the floors (m) and the rest are assumed.
_SCATTER = {
    "width": (0.09, 0.05e-3),
    "height": (0.09, 0.05e-3),
    "depth": (0.11, 0.05e-3),
    "catchment": (0.03, 0.0),
    "grain_speed": (0.10, 0.0),
}
_MEASUREMENTS = {
    "powder_speed": ("grain_speed",),
    "weighed_coupon": ("catchment",),
    "bead_gauge": ("width", "height"),
    "etched_section": ("width", "height", "depth"),
    "weighed_and_etched": ("catchment", "width", "height", "depth"),
}


@dataclass(frozen=True)
class Gain:
    """A measurement at the chosen settings and the chance expected after it (0 to 1)."""

    measurement: str
    chance: float


def rank_measurements(
    choice: Choice, window: ProcessWindow, draws: ModelParameters, *, seed: int = 1
) -> list[Gain]:
    """Measurements by the chance expected once the procedure is chosen again knowing them.

    Each draw is in turn taken as the truth, measured with the scatter of one section, and the
    procedure chosen from the window with all other draws weighed by how well they explain the
    reading; it then either keeps the limits of that truth or not. Leaving the truth out of its own
    choice keeps the figure honest. "none" is the same reckoning without a reading.
    """
    kept = window.kept.astype(np.float64)
    rng = np.random.default_rng(seed)
    gains = [Gain("none", _expected(np.zeros((len(draws), len(draws))), kept))]
    for name, quantities in _MEASUREMENTS.items():
        misfit = np.zeros((len(draws), len(draws)))
        for quantity in quantities:
            value = _reading(quantity, choice.bead, draws)
            relative, floor = _SCATTER[quantity]
            sd = np.hypot(relative * value, floor)
            read = value + sd * rng.standard_normal(value.size)
            misfit += ((read[:, None] - value[None, :]) / sd[None, :]) ** 2 + 2 * np.log(sd)[
                None, :
            ]
        gains.append(Gain(name, _expected(misfit, kept)))
    return sorted(gains, key=lambda gain: -gain.chance)


def _reading(quantity: str, bead: Bead, draws: ModelParameters) -> NDArray[np.float64]:
    if quantity == "grain_speed":
        return draws.grain_speed
    return np.asarray(getattr(bead, quantity)[:, 0])


def _expected(misfit: NDArray[np.float64], kept: NDArray[np.float64]) -> float:
    """Share of truths kept by the candidate that the other draws, weighed by misfit, favour."""
    alone = misfit + np.diag(np.full(misfit.shape[0], np.inf))
    weight = np.exp(-0.5 * (alone - alone.min(axis=1, keepdims=True)))
    score = weight @ kept / weight.sum(axis=1, keepdims=True)
    # A little of the overall chance breaks ties where a reading leaves few draws.
    best = (score + 1e-6 * kept.mean(axis=0)).argmax(axis=1)
    return float(kept[np.arange(kept.shape[0]), best].mean())
