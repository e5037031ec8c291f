"""Dilution of a laboratory's clads predicted from nine of its own rows, split after split."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reclad.job import Trial, TrialSet, read_trials
from reclad.lab import SEED, fit, observe
from reclad.lab.mode import keyhole_index
from reclad.process import PARAMETERS, QUANTITIES
from validation.baselines import dilution_line

Floats = NDArray[np.float64]
SPLITS, OWN = 20, 9  # how often, and rows that the laboratory lays itself
_DILUTION = QUANTITIES.index("dilution")


@cache
def clads() -> TrialSet:
    """The shipped clads of Ti-Al-Nb-Zr on Ti-6Al-4V, dai2024."""
    return read_trials("dai")


def keyhole_indices() -> list[float]:
    """Keyhole index of each clad by its inputs alone, lowest first."""
    every = observe(clads().trials, clads().folder)
    return [round(float(value), 2) for value in np.sort(keyhole_index(every))]


def split(number: int) -> dict[str, Any]:
    """One split: the fitted model and its baselines asked for the rows left over.

    error    method -> mean |predicted median - measured|, points of dilution
    inside   rows within the fitted model's 5-95 % band of one section
    each     asked rows: index in the set, measured, 5, 50 and 95 % point, % dilution
    """
    trials = clads().trials
    order = np.random.default_rng([SEED, number]).permutation(len(trials))
    own, asked = np.sort(order[:OWN]), np.sort(order[OWN:])
    rows = observe([trials[i] for i in asked], clads().folder)
    posterior = fit(observe([trials[i] for i in own], clads().folder), seed=SEED)
    low, _, high = _band(posterior.expect_sections(rows)[:, :, _DILUTION])
    middle = _band(posterior.expect(rows)[:, :, _DILUTION])[1]
    prior = rows.predict(np.random.default_rng(SEED).standard_normal((1024, len(PARAMETERS))))
    settings = np.array([_settings(trial) for trial in trials])
    measured = np.array([100.0 * (trial.dilution or np.nan) for trial in trials])
    predicted = {
        "fitted model": middle,
        "mean of its rows": np.full(asked.size, measured[own].mean()),
        "straight line": dilution_line(settings[own], measured[own], settings[asked]),
        "straight line of logarithms": dilution_line(
            settings[own], measured[own], settings[asked], logarithms=True
        ),
        "prior alone": _band(prior[:, :, _DILUTION])[1],
    }
    met = measured[asked]
    each = np.column_stack((asked, met, low, middle, high))
    return {
        "error": {name: round(float(np.abs(p - met).mean()), 2) for name, p in predicted.items()},
        "inside": int(((met >= low) & (met <= high)).sum()),
        "each": np.round(each, 2).tolist(),
    }


def _settings(trial: Trial) -> tuple[float, float, float]:
    return trial.power, trial.travel_speed, trial.feed_rate


def _band(logs: Floats) -> Floats:
    """5, 50 and 95 % points (3, rows) of dilution, %, of logarithms of melted over clad area."""
    return np.asarray(np.quantile(100.0 / (1.0 + np.exp(-logs)), (0.05, 0.5, 0.95), axis=0))
