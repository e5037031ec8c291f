"""How later heat cycles soften martensite: Hollomon and Jaffe's parameter along a cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.risk._chemistry import mass_percent, weighted_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

HOLLOMON = 20.0  # constant of log10 hours (key hollomon1945), as the softening line was fitted
# Least squares of 1052 hardness values (25 steels, 0.25 to 0.56 % C, over 15 HRC, HRC turned into
# HV by HRC-HV) of raiipa2024 on carbon, alloy and P / 1000; P is K (20 + log10 h).
START, START_CARBON = 327.0, 1318.7  # HV, HV per %
SLOPE, SLOPE_CARBON = 9.068, 66.04  # HV per 1000 P, the same per %
ALLOY = {"Mn": 21.9, "Si": 42.7, "Ni": 0.85, "Cr": 41.8, "Mo": 74.9, "V": 86.2}  # HV per %
TEMPERED_SCATTER = 26.0  # HV, standard deviation of those 1052 about the line
TEMPERED_FLOOR = 204.0  # HV, the softest of them
COLD = 373.15  # K at which slow cooling is over
_COOLING_STEPS = 40


def holding_parameter(
    temperature: ArrayLike, duration: ArrayLike, constant: float = HOLLOMON
) -> NDArray[np.float64]:
    """Tempering parameter P = T (C + log10 t) of a hold: T `temperature` (K), t `duration` (s,
    taken in hours), any shapes that broadcast; -inf for no time.

    Source: key hollomon1945. Checked: tests/risk/test_tempering.py.
    """
    kelvin = np.asarray(temperature, dtype=np.float64)
    hours = np.asarray(duration, dtype=np.float64) / 3600.0
    with np.errstate(divide="ignore"):
        return np.asarray(kelvin * (constant + np.log10(hours)))


def cycle_parameter(
    temperature: ArrayLike,
    time: ArrayLike,
    ac1: ArrayLike = np.inf,
    martensite_start: ArrayLike = np.inf,
    constant: float = HOLLOMON,
) -> NDArray[np.float64]:
    """Tempering parameter P (K, log10 of hours) that heat cycles have added up to at their end.

    temperature       (..., times) K; time (times,) or the same shape, s, never falling
    ac1               (...) K: at or above it the martensite is gone and so is its tempering
    martensite_start  (...) K: austenite is martensite again, and tempers, once it has cooled below
    Each step adds its time to the time that would have given the same P at the step's own
    temperature, half at either end; a hold gives T (C + log10 t) exactly, whole or in parts. -inf
    where nothing tempered. What passes Ac1 but not Ac3 keeps some old martensite: not followed.
    Source: key hollomon1945, added up as the rule of equal parameter says. Checked:
    tests/risk/test_tempering.py.
    """
    kelvin = np.asarray(temperature, dtype=np.float64)
    seconds = np.asarray(time, dtype=np.float64)
    if kelvin.ndim == 0 or seconds.ndim == 0 or kelvin.shape[-1] != seconds.shape[-1]:
        raise ProcessError(
            f"temperature of shape {kelvin.shape} and time of shape {seconds.shape}: give both "
            "along the same last axis"
        )
    if not (np.isfinite(kelvin).all() and kelvin.min() > 0.0):
        raise ProcessError(
            f"temperature {kelvin.min():g} K: it must be above 0 K everywhere; convert from degC"
        )
    steps = np.diff(seconds, axis=-1) / 3600.0
    if (steps < 0.0).any():
        raise ProcessError("time falls along the cycle: put the samples in order of time")
    shape = np.broadcast_shapes(kelvin.shape[:-1], np.shape(ac1), np.shape(martensite_start))
    parameter = np.full(shape, -np.inf)
    tempers = np.broadcast_to(kelvin[..., 0] < np.asarray(ac1), shape)
    for i in range(steps.shape[-1]):
        for end in (i, i + 1):
            here = kelvin[..., end]
            hot = here >= np.asarray(ac1)
            parameter = np.where(hot, -np.inf, parameter)
            tempers = ~hot & (tempers | (here < np.asarray(martensite_start)))
            added = _add(parameter, here, 0.5 * steps[..., i], constant)
            parameter = np.where(tempers, added, parameter)
    return parameter


def add_hold(
    parameter: NDArray[np.float64],
    temperature: ArrayLike,
    duration: ArrayLike,
    constant: float = HOLLOMON,
) -> NDArray[np.float64]:
    """The parameter (any shape) after a further hold at `temperature` (K) for `duration` (s), as
    after a furnace; -inf before stands for nothing tempered yet.

    Source and range: as `cycle_parameter`. Checked: tests/risk/test_tempering.py.
    """
    hours = np.asarray(duration, dtype=np.float64) / 3600.0
    return _add(parameter, np.asarray(temperature, dtype=np.float64), hours, constant)


def add_cooling(
    parameter: NDArray[np.float64],
    start: float,
    duration: float,
    *,
    ambient: float,
    below: ArrayLike,
    constant: float = HOLLOMON,
) -> NDArray[np.float64]:
    """The parameter (any shape) after the whole part has cooled slowly from `start` (K) to 100 degC
    in `duration` (s), towards `ambient` (K) as a lump does; only what is under `below` (K, where
    martensite forms) tempers.

    Source and range: as `cycle_parameter`. Checked: tests/risk/test_tempering.py.
    """
    share = np.log((start - ambient) / (COLD - ambient)) * np.arange(_COOLING_STEPS)
    kelvin = ambient + (start - ambient) * np.exp(-(share + 0.5 * share[1]) / _COOLING_STEPS)
    for step in kelvin[kelvin < np.asarray(below)]:
        parameter = add_hold(parameter, step, duration / _COOLING_STEPS, constant)
    return parameter


def _add(
    parameter: NDArray[np.float64],
    kelvin: NDArray[np.float64],
    hours: NDArray[np.float64],
    constant: float,
) -> NDArray[np.float64]:
    """The parameter after `hours` more at `kelvin`."""
    # Past 200 the time already served is endless beside any step; 10^308 would overflow.
    served = 10.0 ** np.minimum(parameter / kelvin - constant, 200.0)
    with np.errstate(divide="ignore"):
        grown = kelvin * (constant + np.log10(served + hours))
    return np.maximum(parameter, grown)


def tempered_hardness(
    chemistry: Mapping[str, ArrayLike],
    as_quenched: ArrayLike,
    parameter: ArrayLike,
    score: ArrayLike = 0.0,
    floor: ArrayLike = TEMPERED_FLOOR,
) -> NDArray[np.float64]:
    """Hardness (HV) of martensite after tempering, between a floor and its hardness as quenched.

    chemistry    mass shares; as_quenched HV; parameter as `cycle_parameter` gives it with C = 20;
                 any shapes that broadcast
    score        standard normal score of the scatter (26 HV), 0 for the middle
    floor        HV; the softest steel of the fit by default; as_quenched where that is lower
    HV = 327 + 1319 C - (9.07 + 66.0 C) P / 1000 + alloy, contents in mass per cent. Range: 0.25 to
    0.56 % C, 100 to 700 degC, 10 s to 32 h; a laser cycle is shorter. Source: own fit to key
    raiipa2024. Checked: tests/risk/test_tempering.py against values of 4140 in that table.
    """
    content = mass_percent(chemistry)
    quenched = np.asarray(as_quenched, dtype=np.float64)
    thousands = np.asarray(parameter, dtype=np.float64) / 1000.0
    line = (
        START + START_CARBON * content["C"] - (SLOPE + SLOPE_CARBON * content["C"]) * thousands
        + weighted_sum(content, ALLOY) + TEMPERED_SCATTER * np.asarray(score, dtype=np.float64)
    )  # fmt: skip
    return np.asarray(np.minimum(np.maximum(line, np.asarray(floor)), quenched))
