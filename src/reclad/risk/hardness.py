"""Hardness of the heat-affected zone as cooled from austenite, by two models and their spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.risk import _hardness_kernels as kernels
from reclad.risk._chemistry import MassPercent, mass_percent, weighted_sum
from reclad.risk.transformation import Austenitising, cooling_rate, phase_shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

SCATTER = 28.0  # HV, standard deviation of measured about calculated (key nicholas2008)
OUTSIDE = 2.0  # assumed: how much wider the scatter is outside the range of either model


@dataclass(frozen=True)
class ModelRange:
    """Where a hardness model was fitted: per cent by mass per element (low, high), the highest sum
    of Mn, Ni, Cr and Mo, and the cooling time (s) from 800 to 500 degC (low, high)."""

    name: str
    content: Mapping[str, tuple[float, float]]
    alloy_sum: float
    cooling_time: tuple[float, float]
    source: str
    note: str


MAYNIER = ModelRange(
    name="Maynier",
    content={
        "C": (0.1, 0.5), "Si": (0.0, 1.0), "Mn": (0.0, 2.0), "Ni": (0.0, 4.0), "Cr": (0.0, 3.0),
        "Mo": (0.0, 1.0), "V": (0.0, 0.2), "Cu": (0.0, 0.5),
    },
    alloy_sum=5.0,
    cooling_time=(1.0 / 3.0, 1e5),
    source="MAP-HARDP",
    note="sum of Mn, Ni, Cr and Mo and the fastest rate (900 K/s) sourced, the rest assumed",
)  # fmt: skip
YURIOKA = ModelRange(
    name="Yurioka",
    content={
        "C": (0.0, 0.8), "Si": (0.0, 1.2), "Mn": (0.0, 2.0), "Ni": (0.0, 10.0), "Cr": (0.0, 10.0),
        "Mo": (0.0, 2.0), "Cu": (0.0, 0.9), "B": (0.0, 0.0005),
    },
    alloy_sum=float("inf"),
    cooling_time=(1.0, 1e3),
    source="JWES-HAZ",
    note="carbon sourced, the rest assumed; boron is left out of the formula",
)  # fmt: skip


@dataclass(frozen=True)
class HardnessScores:
    """Standard normal scores of the model error, any shapes that broadcast against the points:
    `model` weighs Yurioka against Maynier (its normal probability), `scatter` is the scatter of
    measured hardness about the model. Zero is the middle."""

    model: NDArray[np.float64] | float = 0.0
    scatter: NDArray[np.float64] | float = 0.0


@dataclass(frozen=True, eq=False)
class ZoneHardness:
    """Hardness (HV) as cooled: by either model, their mean, the standard deviation of the scatter
    about a model, and the value drawn with the scores (the mean where the scores are zero)."""

    maynier: NDArray[np.float64]
    yurioka: NDArray[np.float64]
    middle: NDArray[np.float64]
    scatter: NDArray[np.float64]
    drawn: NDArray[np.float64]


def maynier_hardness(
    chemistry: Mapping[str, ArrayLike],
    cooling_time: ArrayLike,
    austenitising: Austenitising | None = None,
) -> NDArray[np.float64]:
    """Hardness (HV) as cooled from austenite: the phases' hardness, each by its share.

    chemistry mass shares and `cooling_time` (s, 800 to 500 degC) of any shapes that broadcast; the
    cooling rate is taken as constant between 800 and 500 degC. Range: `MAYNIER`. Source: key
    maynier1978. Checked: tests/risk/test_hardness.py.
    """
    shares = phase_shares(chemistry, cooling_time, austenitising)
    hard = kernels.phase_hardness(
        cooling_rate(cooling_time), *mass_percent(chemistry).take("C Si Mn Ni Cr Mo V")
    )
    return (
        shares.martensite * hard[0] + shares.bainite * hard[1] + shares.ferrite_pearlite * hard[2]
    )


def yurioka_hardness(
    chemistry: Mapping[str, ArrayLike], cooling_time: ArrayLike
) -> NDArray[np.float64]:
    """Highest hardness (HV) of the heat-affected zone of an arc weld.

    chemistry mass shares and `cooling_time` (s, 800 to 500 degC) of any shapes that broadcast. nan
    where the formula would say that slower cooling hardens. Range: `YURIOKA`; a laser bead cools
    faster than the welds it was fitted to. Source: key yurioka1987. Checked:
    tests/risk/test_hardness.py.
    """
    cooling_rate(cooling_time)
    time = np.asarray(cooling_time, dtype=np.float64)
    return kernels.zone_hardness(time, *mass_percent(chemistry).take("C Si Mn Ni Cr Mo Cu"))


def haz_hardness(
    chemistry: Mapping[str, ArrayLike],
    cooling_time: ArrayLike,
    scores: HardnessScores | None = None,
    austenitising: Austenitising | None = None,
) -> ZoneHardness:
    """Hardness (HV) of the heat-affected zone as cooled, by both models, with its spread.

    chemistry mass shares, `cooling_time` (s, 800 to 500 degC) and scores of any shapes that
    broadcast (draws first, points after: scores (draws, 1)). Per draw one weight between the models
    and one scatter: 28 HV inside the range of both (key nicholas2008: 300 arc welds about the best
    of twelve methods), twice that outside (assumed). Where Yurioka does not apply, Maynier stands
    alone. Checked: tests/risk/test_hardness.py.
    """
    drawn = scores or HardnessScores()
    maynier = maynier_hardness(chemistry, cooling_time, austenitising)
    yurioka = yurioka_hardness(chemistry, cooling_time)
    known = np.where(np.isnan(yurioka), maynier, yurioka)
    weight = _normal_probability(np.asarray(drawn.model, dtype=np.float64))
    inside = _inside(MAYNIER, chemistry, cooling_time) & _inside(YURIOKA, chemistry, cooling_time)
    scatter = np.where(inside, SCATTER, OUTSIDE * SCATTER)
    value = maynier + weight * (known - maynier) + scatter * np.asarray(drawn.scatter)
    return ZoneHardness(maynier, yurioka, 0.5 * (maynier + known), scatter, np.maximum(value, 0.0))


def range_breaks(
    limits: ModelRange, chemistry: Mapping[str, ArrayLike], cooling_time: ArrayLike
) -> tuple[str, ...]:
    """In words, each limit of a model that this chemistry or cooling time leaves; empty when it
    holds everywhere."""
    content = mass_percent(chemistry)
    ranges = [
        (element, content[element], low, high, "%")
        for element, (low, high) in limits.content.items()
    ]
    ranges.append(("Mn + Ni + Cr + Mo", _alloy_sum(content), 0.0, limits.alloy_sum, "%"))
    time = np.asarray(cooling_time, dtype=np.float64)
    ranges.append(("cooling time", time, *limits.cooling_time, "s"))
    return tuple(
        words for name, value, low, high, unit in ranges
        if (words := _words(limits.name, name, np.asarray(value), low, high, unit))
    )  # fmt: skip


def _words(
    model: str, name: str, value: NDArray[np.float64], low: float, high: float, unit: str
) -> str:
    smallest, largest = float(value.min()), float(value.max())
    if largest > high:
        return f"{name} {largest:.3g} {unit} is above the {high:.3g} {unit} of {model}'s model"
    if smallest < low:
        return f"{name} {smallest:.3g} {unit} is below the {low:.3g} {unit} of {model}'s model"
    return ""


def _inside(
    limits: ModelRange, chemistry: Mapping[str, ArrayLike], cooling_time: ArrayLike
) -> NDArray[np.bool_]:
    content = mass_percent(chemistry)
    time = np.asarray(cooling_time, dtype=np.float64)
    inside = (time >= limits.cooling_time[0]) & (time <= limits.cooling_time[1])
    for element, (low, high) in limits.content.items():
        inside = inside & (content[element] >= low) & (content[element] <= high)
    return np.asarray(inside & (_alloy_sum(content) <= limits.alloy_sum))


def _alloy_sum(content: MassPercent) -> NDArray[np.float64]:
    return weighted_sum(content, {"Mn": 1.0, "Ni": 1.0, "Cr": 1.0, "Mo": 1.0})


def _normal_probability(score: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtr

    return np.asarray(ndtr(score))
