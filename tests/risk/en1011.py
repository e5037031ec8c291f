"""Closed forms of EN 1011-2 (key en1011) for the cooling time of an arc weld, SI."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def cooling_time_thick(heat_input: ArrayLike, preheat: ArrayLike) -> Floats:
    """Time (s) from 800 to 500 degC on a plate so thick that its far side stays cold; heat_input
    J/m taken up by the part, preheat K."""
    q, celsius = 1e-6 * np.asarray(heat_input), np.asarray(preheat) - 273.15
    return (6700.0 - 5.0 * celsius) * q * (1 / (500.0 - celsius) - 1 / (800.0 - celsius))


def cooling_time_thin(heat_input: ArrayLike, preheat: ArrayLike, thickness: ArrayLike) -> Floats:
    """The same on a plate (thickness m) equally hot through its thickness."""
    q, celsius = 1e-6 * np.asarray(heat_input), np.asarray(preheat) - 273.15
    fall = 1 / (500.0 - celsius) ** 2 - 1 / (800.0 - celsius) ** 2
    return (4300.0 - 4.3 * celsius) * 1e5 * (q / (1e3 * np.asarray(thickness))) ** 2 * fall


def thickness_between(heat_input: ArrayLike, preheat: ArrayLike) -> Floats:
    """Wall thickness (m) where the thick and the thin plate cool in the same time."""
    one_metre = cooling_time_thin(heat_input, preheat, 1.0)
    return np.sqrt(one_metre / cooling_time_thick(heat_input, preheat))
