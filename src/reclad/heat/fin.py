"""Inter-pass temperature of a long repair in closed form, and the power that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat import _kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material
    from reclad.process import ModelParameters

STEFAN_BOLTZMANN = 5.670374419e-8  # W/m2/K4, CODATA 2018, exact since 2019


@dataclass(frozen=True)
class Tube:
    """The part as a fin: mean radius of the wall, wall and length (m), outer radius (m)."""

    outer_radius: float
    wall: float
    length: float
    parent: Material
    ambient: float
    preheat: float

    @property
    def section(self) -> float:
        """Metal cross-section (m2)."""
        return float(np.pi * (2.0 * self.outer_radius - self.wall) * self.wall)

    @property
    def perimeter(self) -> float:
        """Outer circumference (m): the bore is taken as still, closed and at wall temperature."""
        return float(2.0 * np.pi * self.outer_radius)


@dataclass(frozen=True, eq=False)
class Turns:
    """The turns of a repair in the order they are laid, each (turns,): axial m, arrival s,
    duration s."""

    axial: NDArray[np.float64]
    arrival: NDArray[np.float64]
    duration: NDArray[np.float64]


@dataclass(frozen=True)
class PowerLaw:
    """Power (W) over inter-pass temperature (K) that holds the bead; straight between nodes."""

    interpass: NDArray[np.float64]
    power: NDArray[np.float64]

    def at(self, interpass: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(np.interp(interpass, self.interpass, self.power))


@dataclass(frozen=True, eq=False)
class InterpassHistory:
    """What the head meets: interpass (draws, turns) K, power (turns,) W, over `turns`."""

    turns: Turns
    interpass: NDArray[np.float64]
    power: NDArray[np.float64]


def march_turns(
    tube: Tube,
    turns: Turns,
    absorbed: NDArray[np.float64],
    draws: ModelParameters,
    law: PowerLaw | float,
) -> InterpassHistory:
    """Inter-pass temperature turn by turn, with the power following it (or constant, W).

    absorbed  (draws,) share of the laser power that stays in the part, powder's heat included:
              heat enters once. Valid when the wall levels out within a turn (wall^2 / a well under
              the time of a turn) and h is even; the wall's mean is given, the far side is cooler.
    Radiation enters as 4 eps sigma T^3 at each draw's own mean temperature (three rounds).
    Source: physics of a moving fin (carslaw1959), turns kept discrete. Checked:
    tests/heat/test_fin.py against the fin's closed form and a resolved 1-D solve.
    """
    count = turns.axial.size
    follow = isinstance(law, PowerLaw)
    if isinstance(law, PowerLaw):
        nodes, values = law.interpass, law.power
    else:
        nodes, values = np.zeros(1), np.array([law])
    mean = np.full(len(draws), 0.5 * (tube.preheat + tube.ambient) + 100.0)
    rise = np.empty((len(draws), count))
    power = np.full(count, float(values[0]))
    for _ in range(3):
        k, cp = _at(tube.parent, mean, draws)
        capacity = tube.parent.density.value * cp * tube.section
        film = (
            draws.air_film
            + 4.0 * draws.emissivity * STEFAN_BOLTZMANN * (0.5 * (mean + tube.ambient)) ** 3
        )
        _kernels.turn_history(
            turns.axial,
            turns.arrival,
            turns.duration,
            power,
            values,
            nodes,
            1.0 if follow else 0.0,
            absorbed,
            capacity,
            k * tube.section / capacity,
            film * tube.perimeter / capacity,
            tube.preheat - tube.ambient,
            tube.length,
            tube.ambient,
            rise,
        )
        mean = tube.ambient + rise.mean(axis=1)
    return InterpassHistory(turns, tube.ambient + rise, power)


def fin_rise(tube: Tube, power: float, speed: float, film: float, k: float, a: float) -> float:
    """Steady rise (K) under a source of `power` (W, absorbed) creeping at `speed` (m/s) along an
    endless fin: q / (2 k A_s beta), beta^2 = (V / 2a)^2 + h P_w / (k A_s); film h W/m2/K."""
    beta = np.sqrt((speed / (2.0 * a)) ** 2 + film * tube.perimeter / (k * tube.section))
    return float(power / (2.0 * k * tube.section * beta))


def _at(
    parent: Material, temperature: NDArray[np.float64], draws: ModelParameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Conductivity and specific heat (draws,) at each draw's own temperature (K)."""
    k, cp = parent.conductivity, parent.specific_heat
    return (
        np.interp(temperature, k.at, k.value) * draws.conductivity,
        np.interp(temperature, cp.at, cp.value) * draws.heat_capacity,
    )
