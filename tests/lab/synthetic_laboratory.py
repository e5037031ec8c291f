"""Laboratories that never were: beads by the process model, with a truth that is known.

The truth is drawn as a fit believes it before any trial: model parameters, what the model gets
wrong, scatter between beads. Nothing here is measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reclad.job import Trial
from reclad.lab import Observations, observe
from reclad.lab.likelihood import FREEDOM, WIDTHS
from reclad.process import PARAMETERS

_BONDED = 0.03  # penetration in spot radii under which nobody would measure a depth


@dataclass(frozen=True, eq=False)
class Truth:
    """What is true in a laboratory: normal scores (17,), offset, slope, scatter, middle (5,)."""

    scores: np.ndarray
    offset: np.ndarray
    slope: np.ndarray
    scatter: np.ndarray
    middle: np.ndarray

    def mean(self, observed: Observations) -> np.ndarray:
        """(rows, 5) logarithms of the true mean beads."""
        away = observed.combined - self.middle
        return observed.predict(self.scores[None])[0] + self.offset + self.slope * away


def settings(count: int, rng: np.random.Generator, *, powder: bool = True) -> list[Trial]:
    """Trials of ordinary settings, spread evenly at random; nothing measured on them yet."""
    power, speed, feed = (
        low + (high - low) * (rng.permutation(count) + rng.random(count)) / count
        for low, high in ((1600.0, 3200.0), (6.0, 14.0), (9.0, 20.0))
    )
    fed = [f"{f} g/min" if powder else "0 g/min" for f in feed]
    return [
        Trial.model_validate(
            {
                "id": f"B{i + 1}", "origin": "simulated", "power": f"{power[i]} W",
                "travel_speed": f"{speed[i]} mm/s", "feed_rate": fed[i], "spot": "3 mm",
                "spot_definition": "1/e2", "base_temperature": "20 degC", "parent": "42CrMo4",
                **({"powder": "IN625"} if powder else {}),
            }
        )
        for i in range(count)
    ]  # fmt: skip


def draw_truth(rng: np.random.Generator, middle: np.ndarray) -> Truth:
    """A truth as believed before any trial."""
    normal = rng.standard_normal((3, 5))
    return Truth(
        rng.standard_normal(len(PARAMETERS)),
        normal[0] * WIDTHS[0],
        normal[1] * WIDTHS[1],
        WIDTHS[2] * np.exp(WIDTHS[3] * normal[2]),
        middle,
    )


def measure(
    trials: list[Trial], rng: np.random.Generator, truth: Truth | None = None
) -> tuple[Observations, Truth]:
    """The trials measured, one section each, with the truth behind them."""
    observed = observe(trials)
    if truth is None:
        truth = draw_truth(rng, observed.combined.mean(axis=0))
    mean = truth.mean(observed)
    plain, share = np.exp(mean), 1.0 / (1.0 + np.exp(-mean[:, 3]))
    known = np.column_stack(
        [0.06e-3 / plain[:, i] for i in range(3)]
        + [0.02 / (share * (1.0 - share)), np.full(len(trials), 0.01)]
    )
    scatter = np.hypot(truth.scatter, known) * rng.standard_t(FREEDOM, mean.shape)
    seen = mean + scatter
    loose = observed.traits(truth.scores[None])[0, :, 2] < _BONDED
    seen[loose, 2:4] = np.nan
    if trials[0].bare:
        seen[:, [1, 3, 4]] = np.nan
    return replace(observed, measured=seen, known=known), truth
