"""Bare tracks of one spot or laboratory predicted by models fitted to another's, row by row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reclad.job import Trial, read_trials
from reclad.lab import SEED, Observations, fit, observe
from reclad.lab.mode import keyhole_index
from reclad.process import PARAMETERS
from reclad.process.limits import CONDUCTION_MAX
from validation.baselines import (
    DEPTH,
    WIDTH,
    combined_line,
    eagar_tsai,
    fit_absorptivity,
    rosenthal,
)

Floats = NDArray[np.float64]
MICRO = 1e6
BOTH = [WIDTH, DEPTH]
CUTS = (CONDUCTION_MAX, 4.0, 6.0)  # of the keyhole index: what a fit keeps, and further
SPOTS = (0.08e-3, 0.14e-3)  # m, of hofmann2026
CHEN = Path(__file__).resolve().parent / "sources" / "chen_2020_in718_preheat.csv"


@cache
def tracks_of_spot(spot: float, cut: float) -> Observations:
    """The 316L tracks of one spot (m) whose keyhole index, by their inputs alone, is at most
    `cut`."""
    shipped = read_trials("hofmann")
    index = keyhole_index(observe(shipped.trials, shipped.folder))
    kept = [
        trial
        for trial, one in zip(shipped.trials, index, strict=True)
        if one <= cut and abs(trial.spot - spot) < 1e-6
    ]
    return observe(kept, shipped.folder)


def tracks_of_chen() -> Observations:
    """All IN718 tracks; none of them lies below the index that a fit keeps."""
    with CHEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return observe([_trial(number, row) for number, row in enumerate(rows, 1)])


def between_spots(fitted: int, cut: float) -> dict[str, Any]:
    """One of the SPOTS predicted by models fitted to the other."""
    known, asked = (tracks_of_spot(spot, cut) for spot in (SPOTS[fitted], SPOTS[1 - fitted]))
    names = [f"{spot * 1e3:g} mm" for spot in (SPOTS[fitted], SPOTS[1 - fitted])]
    return {"fitted": names[0], "asked": names[1], "cut": cut} | transfer(known, asked)


def between_laboratories() -> dict[str, Any]:
    """IN718 of one laboratory predicted by models fitted to 316L of another, both spots."""
    shipped = read_trials("hofmann")
    every = observe(shipped.trials, shipped.folder)
    kept = np.flatnonzero(keyhole_index(every) <= CONDUCTION_MAX)
    known, asked = observe([every.trials[i] for i in kept], shipped.folder), tracks_of_chen()
    return {"index": _rounded(np.sort(keyhole_index(asked)))} | transfer(known, asked)


def transfer(known: Observations, asked: Observations) -> dict[str, Any]:
    """Every model fitted to the tracks `known` and asked for others.

    error     method -> mean |predicted / measured - 1| of the median, %, width and depth
    bias      the same with its sign
    inside    sections of the fitted model's 5-95 % band, width and depth
    furthest  the track whose depth the fitted model misses by most
    each      asked tracks: measured, 5, 50 and 95 % point (um), width and then depth
    """
    posterior = fit(known, seed=SEED)
    logs = posterior.expect_sections(asked)[:, :, BOTH]
    low, high = np.quantile(logs, (0.05, 0.95), axis=0)
    middle = np.median(posterior.expect(asked)[:, :, BOTH], axis=0)
    absorptivity = {
        name: fit_absorptivity(model, known)
        for name, model in (("Eagar-Tsai", eagar_tsai), ("Rosenthal", rosenthal))
    }
    predicted = {
        "fitted model": middle,
        "prior alone": _prior_alone(asked),
        "Eagar-Tsai": eagar_tsai(asked, absorptivity["Eagar-Tsai"]),
        "Rosenthal": rosenthal(asked, absorptivity["Rosenthal"]),
        "combined line": combined_line(known, asked, spot=False),
        "combined line over spot": combined_line(known, asked, spot=True),
    }
    measured = asked.measured[:, BOTH]
    off = {name: 100.0 * (np.exp(logs - measured) - 1.0) for name, logs in predicted.items()}
    each = np.exp(np.stack((measured, low, middle, high), axis=-1)) * MICRO
    return {
        "rows_fitted": len(known),
        "rows": len(asked),
        "balling": sum(bool(t.flaw) for o in (known, asked) for t in o.trials),
        "error": {name: _rounded(np.abs(e).mean(axis=0)) for name, e in off.items()},
        "bias": {name: _rounded(e.mean(axis=0)) for name, e in off.items()},
        "absorptivity": {name: round(value, 3) for name, value in absorptivity.items()},
        "inside": ((measured >= low) & (measured <= high)).sum(axis=0).tolist(),
        "furthest": _furthest(asked, off["fitted model"][:, 1]),
        "each": _rounded(each.reshape(len(asked), -1)),
    }


def _furthest(asked: Observations, off: Floats) -> dict[str, Any]:
    row = int(np.abs(off).argmax())
    trial = asked.trials[row]
    width, depth = np.exp(asked.measured[row, BOTH])
    setting = f"{trial.power:g} W, {trial.travel_speed * 1e3:g} mm/s, {trial.spot * 1e3:g} mm"
    return {"setting": setting, "off": round(off[row]), "aspect": round(depth / width, 2)}


def _prior_alone(asked: Observations) -> Floats:
    scores = np.random.default_rng(SEED).standard_normal((1024, len(PARAMETERS)))
    return np.asarray(np.median(asked.predict(scores)[:, :, BOTH], axis=0))


def _trial(number: int, row: dict[str, str]) -> Trial:
    return Trial.model_validate(
        {
            "id": str(number),
            "origin": "measured",
            "power": f"{row['power_W']} W",
            "travel_speed": f"{row['speed_mm_s']} mm/s",
            "feed_rate": "0 g/min",
            "spot": f"{row['spot_mm']} mm",
            "base_temperature": f"{row['preheat_C']} degC",
            "parent": "IN718",
            "machine": "EOS M290",
            "width": f"{row['width_um']} um",
            "depth": f"{row['depth_um']} um",
        }
    )


def _rounded(values: Floats | Sequence[float]) -> Any:
    return np.round(values, 2).tolist()
