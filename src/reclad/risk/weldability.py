"""Carbon equivalents, preheat against cold cracking, and the cooling time of an arc weld."""

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


def carbon_equivalent(chemistry: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Hardening tendency CE (mass %) from mass shares of any shape:
    C + Mn/6 + (Cr + Mo + V)/5 + (Ni + Cu)/15.

    Source: IIW, key en1011. Checked: tests/risk/test_weldability.py.
    """
    weights = {"C": 1.0, "Mn": 1 / 6, "Cr": 0.2, "Mo": 0.2, "V": 0.2, "Ni": 1 / 15, "Cu": 1 / 15}
    return weighted_sum(mass_percent(chemistry), weights)


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


def cooling_time_thick(heat_input: ArrayLike, preheat: ArrayLike) -> NDArray[np.float64]:
    """Time (s) from 800 to 500 degC on a plate so thick that its far side stays cold.

    heat_input (J/m) taken up by the part, preheat K, any shapes that broadcast. Made for arc welds:
    a check of the heat model, not its substitute. Source: EN 1011-2, key en1011. Checked:
    tests/risk/test_weldability.py. ProcessError where preheat is not below 500 degC.
    """
    q, celsius = _weld(heat_input, preheat)
    return (6700.0 - 5.0 * celsius) * q * (1 / (500.0 - celsius) - 1 / (800.0 - celsius))


def cooling_time_thin(
    heat_input: ArrayLike, preheat: ArrayLike, thickness: ArrayLike
) -> NDArray[np.float64]:
    """Time (s) from 800 to 500 degC on a plate thin enough to be equally hot through its thickness.

    heat_input (J/m) taken up by the part, preheat K, thickness m, any shapes that broadcast. Made
    for arc welds. Source: EN 1011-2, key en1011. Checked: tests/risk/test_weldability.py.
    """
    q, celsius = _weld(heat_input, preheat)
    (d,) = _positive(("wall thickness", "m", thickness))
    fall = 1 / (500.0 - celsius) ** 2 - 1 / (800.0 - celsius) ** 2
    return (4300.0 - 4.3 * celsius) * 1e5 * (q / (1e3 * d)) ** 2 * fall


def thickness_between(heat_input: ArrayLike, preheat: ArrayLike) -> NDArray[np.float64]:
    """Wall thickness (m) where the thick and the thin plate cool in the same time; above it the
    plate counts as thick. Inputs as `cooling_time_thick`. Source: EN 1011-2, key en1011. Checked:
    tests/risk/test_weldability.py."""
    one_metre = cooling_time_thin(heat_input, preheat, 1.0)
    return np.sqrt(one_metre / cooling_time_thick(heat_input, preheat))


def _weld(
    heat_input: ArrayLike, preheat: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Heat input in kJ/mm and preheat in degC."""
    (q,) = _positive(("heat input", "J/m", heat_input))
    celsius = np.asarray(preheat, dtype=np.float64) - ICE
    wrong = ~(celsius < 500.0)
    if wrong.any():
        raise ProcessError(
            f"preheat {celsius[wrong].flat[0]:g} degC: the part never cools to 500 degC; give a "
            "preheat below that"
        )
    return 1e-6 * q, celsius


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
