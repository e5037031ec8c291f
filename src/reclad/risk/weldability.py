"""Cracking equivalents of a steel, and preheat against cold cracking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.risk._chemistry import mass_percent, weighted_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

ICE = 273.15  # K at 0 degC
# What EN 1011-2 method B was made for (key en1011): name, unit, lowest, highest.
LIMITS = (
    ("CET", "%", 0.2, 0.5),
    ("plate thickness", "mm", 10.0, 90.0),
    ("diffusible hydrogen", "ml/100 g", 1.0, 20.0),
    ("heat input", "kJ/mm", 0.5, 4.0),
)


@dataclass(frozen=True, eq=False)
class Preheat:
    """Preheat (K) against cold cracking, and in words each limit of the method that was left."""

    preheat: NDArray[np.float64]
    broken: tuple[str, ...]


def cracking_equivalent(chemistry: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Cold cracking tendency CET (mass %) from mass shares of any shape:
    C + (Mn + Mo)/10 + (Cr + Cu)/20 + Ni/40.

    Source: EN 1011-2 method B, key en1011. Checked: tests/risk/test_weldability.py.
    """
    weights = {"C": 1.0, "Mn": 0.1, "Mo": 0.1, "Cr": 0.05, "Cu": 0.05, "Ni": 0.025}
    return weighted_sum(mass_percent(chemistry), weights)


def cracking_parameter(chemistry: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Cracking parameter Pcm (mass %) from mass shares of any shape:
    C + Si/30 + (Mn + Cu + Cr)/20 + Ni/60 + Mo/15 + V/10 + 5 B; for steels low in carbon.

    Source: key ito1968. Checked: tests/risk/test_weldability.py.
    """
    weights = {"C": 1.0, "Si": 1 / 30, "Mn": 0.05, "Cu": 0.05, "Cr": 0.05, "Ni": 1 / 60}
    return weighted_sum(mass_percent(chemistry), weights | {"Mo": 1 / 15, "V": 0.1, "B": 5.0})


def preheat_needed(
    chemistry: Mapping[str, ArrayLike],
    thickness: ArrayLike,
    hydrogen: ArrayLike,
    heat_input: ArrayLike,
) -> Preheat:
    """Preheat (K) that keeps an arc weld from cold cracking, and which limits of the method broke.

    chemistry    mass shares; thickness of the wall (m); hydrogen that diffuses (ml per 100 g of
                 deposit); heat_input (J/m) taken up by the part; any shapes that broadcast
    Tp = 697 CET + 160 tanh(d/35) + 62 HD^0.35 + (53 CET - 32) Q - 328, degC, d mm, Q kJ/mm. A laser
    bead's heat input lies far below the method's: use it to rank, not to release. Also only for
    yield strengths up to 1000 MPa. Source: EN 1011-2 method B as public code quotes it, key en1011.
    Checked: tests/risk/test_weldability.py. ProcessError where a value is not above zero.
    """
    d, hd, q = _positive(
        ("wall thickness", "m", thickness),
        ("diffusible hydrogen", "ml/100 g", hydrogen),
        ("heat input", "J/m", heat_input),
    )
    cet, d, q = cracking_equivalent(chemistry), 1e3 * d, 1e-6 * q
    celsius = 697.0 * cet + 160.0 * np.tanh(d / 35.0) + 62.0 * hd**0.35
    celsius = celsius + (53.0 * cet - 32.0) * q - 328.0
    broken = tuple(
        words
        for (name, unit, low, high), value in zip(LIMITS, (cet, d, hd, q), strict=True)
        if (words := _outside(name, unit, value, low, high))
    )
    return Preheat(np.asarray(celsius + ICE), broken)


def _positive(*given: tuple[str, str, ArrayLike]) -> list[NDArray[np.float64]]:
    values = []
    for name, unit, value in given:
        array = np.asarray(value, dtype=np.float64)
        wrong = ~((array > 0.0) & np.isfinite(array))
        if wrong.any():
            raise ProcessError(
                f"{name} {array[wrong].flat[0]:g} {unit} must be above zero; give what was measured"
            )
        values.append(array)
    return values


def _outside(name: str, unit: str, value: NDArray[np.float64], low: float, high: float) -> str:
    smallest, largest = float(np.min(value)), float(np.max(value))
    if largest > high:
        return f"{name} {largest:.3g} {unit} is above the {high:g} {unit} of EN 1011-2 method B"
    if smallest < low:
        return f"{name} {smallest:.3g} {unit} is below the {low:g} {unit} of EN 1011-2 method B"
    return ""
