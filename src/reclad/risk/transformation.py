"""What austenite turns into on cooling: transformation temperatures and shares of the phases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.risk import _hardness_kernels as kernels
from reclad.risk._chemistry import mass_percent, weighted_sum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

ICE = 273.15  # K at 0 degC
KOISTINEN = 0.011  # 1/K (key koistinen1959)


@dataclass(frozen=True)
class Austenitising:
    """How hot (K) and how long (s) the austenite was before it cooled; any shapes.

    The default, 1100 degC for one second, stands for the coarse-grained zone of a laser bead; it is
    assumed.
    """

    temperature: NDArray[np.float64] | float = 1373.15
    time: NDArray[np.float64] | float = 1.0

    def __post_init__(self) -> None:
        for name, unit, value in (("temperature", "K", self.temperature), ("time", "s", self.time)):
            if not (np.asarray(value) > 0.0).all():
                raise ProcessError(
                    f"austenitising {name} {np.min(value):g} {unit} must be above zero (K and s)"
                )


@dataclass(frozen=True, eq=False)
class PhaseShares:
    """Shares (0 to 1, adding up to 1) of what austenite became; `martensite` counts what austenite
    it still holds."""

    martensite: NDArray[np.float64]
    bainite: NDArray[np.float64]
    ferrite_pearlite: NDArray[np.float64]


def martensite_start(chemistry: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    """Where martensite begins to form on cooling (K), from mass shares of any shape.

    For low-alloy steels under 0.6 % carbon. Source: key andrews1965, the linear equation as public
    code prints it. Checked: tests/risk/test_transformation.py.
    """
    weights = {"C": -423.0, "Mn": -30.4, "Ni": -17.7, "Cr": -12.1, "Mo": -7.5}
    return ICE + 539.0 + weighted_sum(mass_percent(chemistry), weights)


def retained_austenite(start: ArrayLike, coldest: ArrayLike = 293.15) -> NDArray[np.float64]:
    """Share of austenite left untransformed at `coldest` (K) when martensite starts at `start` (K).

    exp(-0.011 (start - coldest)), 1 above `start`. Source: key koistinen1959. Checked:
    tests/risk/test_transformation.py.
    """
    undercooling = np.asarray(start, dtype=np.float64) - np.asarray(coldest, dtype=np.float64)
    return np.exp(-KOISTINEN * np.maximum(undercooling, 0.0))


def cooling_rate(cooling_time: ArrayLike) -> NDArray[np.float64]:
    """Rate (K/h) at 700 degC from the time (s) between 800 and 500 degC.

    The rate is taken as constant over those 300 K. A bead that cools ever more slowly is then
    somewhat faster at 700 degC than this says. ProcessError where a time is not above zero.
    """
    time = np.asarray(cooling_time, dtype=np.float64)
    wrong = ~((time > 0.0) & np.isfinite(time))
    if wrong.any():
        raise ProcessError(
            f"cooling time {time[wrong].flat[0]:g} s from 800 to 500 degC must be above zero; "
            "leave out points that never reached 800 degC"
        )
    return 300.0 / time * 3600.0


def phase_shares(
    chemistry: Mapping[str, ArrayLike],
    cooling_time: ArrayLike,
    austenitising: Austenitising | None = None,
) -> PhaseShares:
    """Shares of martensite, bainite and ferrite with pearlite after cooling from austenite.

    chemistry mass shares and `cooling_time` (s, 800 to 500 degC) of any shapes that broadcast.
    Straight in log10 of the rate between the critical rates. Source: key maynier1978. Range:
    `reclad.risk.hardness.MAYNIER`. Checked: tests/risk/test_transformation.py.
    """
    state = austenitising or Austenitising()
    pa = kernels.austenite_parameter(
        np.asarray(state.temperature, dtype=np.float64), np.asarray(state.time, dtype=np.float64)
    )
    nodes = kernels.critical_rates(pa, *mass_percent(chemistry).take("C Mn Ni Cr Mo"))
    return PhaseShares(*kernels.phase_shares(np.log10(cooling_rate(cooling_time)), nodes))
