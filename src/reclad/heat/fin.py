"""Inter-pass temperature of a long repair in closed form, and the power that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat import _kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat.body import Body, Turns
    from reclad.job import Material
    from reclad.process import ModelParameters

STEFAN_BOLTZMANN = 5.670374419e-8  # W/m2/K4, CODATA 2018, exact since 2019


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
    body: Body,
    turns: Turns,
    absorbed: NDArray[np.float64],
    draws: ModelParameters,
    law: PowerLaw | NDArray[np.float64] | float,
) -> InterpassHistory:
    """Inter-pass temperature turn by turn, with the power following it (or given: W, one for all or
    (turns,)).

    absorbed  (draws,) share of the laser power that stays in the part, powder's heat included:
              heat enters once. The surface where the head arrives is given; losses are even.
    Radiation enters as 4 eps sigma T^3 at each draw's own mean temperature (three rounds).
    Source: physics of a moving fin (carslaw1959), turns kept discrete. Checked:
    tests/heat/test_fin.py against the fin's closed form and a resolved 1-D solve.
    """
    count = turns.place.size
    follow = isinstance(law, PowerLaw)
    if isinstance(law, PowerLaw):
        nodes, values = law.interpass, law.power
    else:
        nodes, values = np.zeros(1), np.broadcast_to(law, count).astype(np.float64)
    mean = np.full(len(draws), 0.5 * (body.preheat + body.ambient) + 100.0)
    rise = np.empty((len(draws), count))
    power = np.full(count, values[0]) if follow else values.copy()
    for _ in range(3):
        k, cp = _at(body.parent, mean, draws)
        capacity = body.parent.density.value * cp * body.section
        film = (
            draws.air_film
            + 4.0 * draws.emissivity * STEFAN_BOLTZMANN * (0.5 * (mean + body.ambient)) ** 3
        )
        _kernels.turn_history(
            turns.place,
            turns.arrival,
            turns.duration,
            power,
            values,
            nodes,
            1.0 if follow else 0.0,
            absorbed,
            capacity,
            k * body.section / capacity,
            film * body.perimeter / capacity,
            body.preheat - body.ambient,
            body.length,
            body.ambient,
            body.rates,
            body.weight,
            rise,
        )
        mean = body.ambient + rise.mean(axis=1)
    return InterpassHistory(turns, body.ambient + rise, power)


def fin_rise(body: Body, power: float, speed: float, film: float, k: float, a: float) -> float:
    """Steady rise (K) under a source of `power` (W, absorbed) creeping at `speed` (m/s) along an
    endless fin: q / (2 k A_s beta), beta^2 = (V / 2a)^2 + h P_w / (k A_s); film h W/m2/K."""
    beta = np.sqrt((speed / (2.0 * a)) ** 2 + film * body.perimeter / (k * body.section))
    return float(power / (2.0 * k * body.section * beta))


def _at(
    parent: Material, temperature: NDArray[np.float64], draws: ModelParameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Conductivity and specific heat (draws,) at each draw's own temperature (K)."""
    k, cp = parent.conductivity, parent.specific_heat
    return (
        np.interp(temperature, k.at, k.value) * draws.conductivity,
        np.interp(temperature, cp.at, cp.value) * draws.heat_capacity,
    )
