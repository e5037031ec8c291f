"""Published rows against the bands that the shipped model and prior predict for them; SI."""

from __future__ import annotations

import csv
import itertools
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reclad.job import Material, Powder, read_material, read_nozzle, read_powder
from reclad.lab import SEED, prior
from reclad.process import ModelParameters, ProcessParameters, Substrate, predict, read_spot

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HERE = Path(__file__).resolve().parent
EDGES = (0.0, 3.0, 6.0, 10.0, np.inf)  # of the keyhole index
AMBIENT = 293.15
NOZZLE = read_nozzle("coaxial-15")
_FIELDS = {
    "width": "width",
    "depth": "depth",
    "height": "height",
    "area": "melted",
    "index": "keyhole_index",
}
_MEASURED = {
    "width": ("width_um", 1e-6),
    "depth": ("depth_um", 1e-6),
    "area": ("melted_area_um2", 1e-12),
}
# Equally likely points of a repeat's scatter: every draw meets each, so the widened band needs no
# random numbers.
_SCATTER = np.array([NormalDist().inv_cdf((i + 0.5) / 25) for i in range(25)])


@dataclass(frozen=True, eq=False)
class Tracks:
    """Bare tracks of one source.

    measured, predicted  by quantity, (rows,) and (draws, rows), m and m2
    settings             (rows,) columns as published
    index                (rows,) median keyhole index
    """

    source: dict[str, Any]
    settings: dict[str, Floats]
    measured: dict[str, Floats]
    predicted: dict[str, Floats]
    index: Floats

    @property
    def aspect(self) -> Floats:
        """Measured depth over width."""
        return self.measured["depth"] / self.measured["width"]

    def between(self, low: float, high: float) -> Bools:
        """Rows whose index lies in [low, high)."""
        return np.asarray((self.index >= low) & (self.index < high))


@dataclass(frozen=True)
class Score:
    """How `rows` measurements of one quantity meet their predictions.

    inside, widened   rows in the 5-95 % band of the mean bead; and with repeat scatter added
    ratio, low, high  median and 10 %, 90 % points of measured / predicted median
    band              median of (95 % - 5 %) / (2 x median) of the predictions
    """

    rows: int
    inside: int
    widened: int
    ratio: float
    low: float
    high: float
    band: float

    @property
    def off(self) -> str:
        """The ratio in words: "14 % above"."""
        percent = round(100.0 * abs(self.ratio - 1.0))
        return f"{percent} % {'above' if self.ratio >= 1.0 else 'below'}"


def read_sources() -> dict[str, dict[str, Any]]:
    """The published sources by key, each with the rows of the CSV of the same name."""
    sources = {}
    for path in sorted((HERE / "sources").glob("*.toml")):
        source = tomllib.loads(path.read_text("utf-8"))
        with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
            sources[source["key"]] = source | {"data": list(csv.DictReader(file))}
    return sources


def select(source: dict[str, Any], rows: Bools) -> dict[str, Any]:
    """The source with only the chosen rows."""
    return source | {"data": [source["data"][i] for i in np.flatnonzero(rows)]}


def predict_tracks(source: dict[str, Any], *, seed: int = SEED, **change: Any) -> Tracks:
    """The bare tracks of a source as the shipped model and prior see them.

    change  read_as: another definition of the printed spot; absorptivity: scale on the prior's;
            melting: True counts the heat of melting in the specific heat, which the pool does not
    """
    rows = source["data"]
    at = {
        key: np.array([float(row[key]) for row in rows])
        for key in rows[0]
        if key not in ("row_id", "balling")
    }
    at.setdefault("preheat_C", np.full(len(rows), source["conditions"].get("base_C", 0.0)))
    metal = read_material(source["conditions"]["material"])
    draws = prior(metal, None, NOZZLE, seed=seed)
    extra = 1.0 + melting_share(metal) if change.get("melting") else 1.0
    draws = replace(
        draws,
        absorptivity=draws.absorptivity * change.get("absorptivity", 1.0),
        heat_capacity=draws.heat_capacity * extra,
    )
    read_as = change.get("read_as", source["spot"]["read_as"])
    predicted = _lay(at, read_as, metal, None, draws)
    measured = {n: at[_MEASURED[n][0]] * _MEASURED[n][1] for n in source["compared"]}
    return Tracks(source, at, measured, predicted, np.median(predicted["index"], axis=0))


def melting_share(metal: Material) -> float:
    """Latent heat over the heat from ambient to melting."""
    melting = 0.5 * (metal.solidus.value + metal.liquidus.value)
    heat = np.interp(
        np.linspace(AMBIENT, melting, 400), metal.specific_heat.at, metal.specific_heat.value
    )
    return float(metal.latent_heat.value / (heat.mean() * (melting - AMBIENT)))


def _lay(
    at: dict[str, Floats], read_as: str, metal: Material, fed: Powder | None, draws: ModelParameters
) -> dict[str, Floats]:
    """Predicted quantities (draws, rows) of the settings `at`, columns named by their unit."""
    out = {name: np.empty((len(draws), at["power_W"].size)) for name in _FIELDS}
    for spot in np.unique(at["spot_mm"]):
        here = at["spot_mm"] == spot
        bead = predict(
            ProcessParameters.of(
                power=at["power_W"][here],
                travel_speed=at["speed_mm_s"][here] * 1e-3,
                feed_rate=at["feed_g_min"][here] / 60e3 if fed else 0.0,
                stand_off=NOZZLE.stand_off,
                interpass=at["preheat_C"][here] + 273.15,
            ),
            read_spot(float(spot) * 1e-3, read_as),
            Substrate(metal, None, AMBIENT),
            fed,
            read_material(fed.alloy) if fed else None,
            draws,
        )
        for name, field in _FIELDS.items():
            out[name][:, here] = getattr(bead, field)
    return out


def quantiles(predicted: Floats, scatter: float = 0.0) -> Floats:
    """5, 50 and 95 % points (3, rows) of draws (draws, rows), relative repeat scatter added."""
    if scatter > 0.0:
        spread = predicted[:, None, :] * (1.0 + scatter * _SCATTER[None, :, None])
        predicted = spread.reshape(-1, predicted.shape[1])
    return np.asarray(np.quantile(predicted, (0.05, 0.5, 0.95), axis=0))


def score(tracks: Tracks, name: str, rows: Bools) -> Score:
    """One quantity over the chosen rows; a track predicted not to melt has an infinite ratio."""
    measured, predicted = tracks.measured[name][rows], tracks.predicted[name][:, rows]
    low, middle, high = quantiles(predicted)
    wide_low, _, wide_high = quantiles(predicted, tracks.source["scatter"][name])
    with np.errstate(divide="ignore"):
        ratio, low_ratio, high_ratio = np.quantile(measured / middle, (0.5, 0.1, 0.9))
        band = np.median((high - low) / (2.0 * middle))
    return Score(
        measured.size,
        int(((measured >= low) & (measured <= high)).sum()),
        int(((measured >= wide_low) & (measured <= wide_high)).sum()),
        float(ratio),
        float(low_ratio),
        float(high_ratio),
        float(band),
    )


def dividing_index(tracks: Tracks, aspect: float) -> tuple[float, int]:
    """The index that best parts tracks deeper than `aspect` x width from the others (midway between
    neighbours, the lowest of equals), and how many tracks lie on the wrong side of it."""
    deep, index = tracks.aspect > aspect, np.sort(tracks.index)
    cuts = np.concatenate(([index[0] - 0.5], 0.5 * (index[1:] + index[:-1]), [index[-1] + 0.5]))
    wrong = (deep[None, :] != (tracks.index[None, :] > cuts[:, None])).sum(axis=1)
    return float(cuts[wrong.argmin()]), int(wrong.min())


def predict_effects(
    source: dict[str, Any], *, seed: int = SEED
) -> dict[str, tuple[dict[str, Floats], Floats]]:
    """Per pair of metals: coded effects (m) by "response term", (draws,), and the median keyhole
    index of the 16 settings."""
    levels = np.array(list(itertools.product((-1.0, 1.0), repeat=4)))
    sign = dict(zip("Pdvm", levels.T, strict=True)) | {"const": np.ones(16)}
    knob = zip("Pdvm", ("power_W", "spot_mm", "speed_mm_s", "feed_g_min"), strict=True)
    conditions, found = source["conditions"], {}
    at = {key: np.where(sign[k] < 0.0, *conditions[key]) for k, key in knob}
    at["preheat_C"] = np.full(16, conditions["base_C"])
    for parent, powder in conditions["pairs"]:
        metal, fed = read_material(parent), read_powder(powder)
        draws = prior(metal, read_material(fed.alloy), NOZZLE, seed=seed)
        laid = _lay(at, source["spot"]["read_as"], metal, fed, draws)
        effects = {}
        for row in source["data"]:
            letters = row["term"].removesuffix("_missing_symbol").split("*")
            coded = np.prod([sign[letter] for letter in letters], axis=0)
            effects[f"{row['response']} {row['term']}"] = (laid[row["response"]] * coded).mean(1)
        found[f"{powder} on {parent}"] = (effects, np.median(laid["index"], axis=0))
    return found
