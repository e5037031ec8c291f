"""How a shop's beads differ from the model's: a factor per quantity, over combined parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.process.limits import CONDUCTION_MAX, KEYHOLE_MAX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.process.beam import Beam
    from reclad.process.parameters import ProcessParameters

# What a trial measures, in the order of every array over quantities.
QUANTITIES = ("width", "height", "depth", "dilution", "catchment")


@dataclass(frozen=True, eq=False)
class Discrepancy:
    """What trials say the model gets wrong, as logarithms of measured over modelled.

    offset   (draws, 5) at the trials' middle
    slope    (draws, 5) per unit of the logarithm of the quantity's combined parameter
    middle   (5,) that logarithm at the trials' middle
    vapour   (draws,) by what power of e vapour deepens a pool in full keyhole mode, 0 or more: no
             conduction trial tells, so predictions there are wide and deep

    Quantities as in QUANTITIES; that of dilution is the ratio of melted to clad area, of which no
    value makes a dilution below 0 or above 1.
    """

    offset: NDArray[np.float64]
    slope: NDArray[np.float64]
    middle: NDArray[np.float64]
    vapour: NDArray[np.float64]

    def deepening(self, keyhole_index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Factor on depth, (draws, candidates) as the index: 1 in conduction, growing from where
        published tracks begin to deepen to the keyhole alarm."""
        share = (keyhole_index - CONDUCTION_MAX) / (KEYHOLE_MAX - CONDUCTION_MAX)
        return np.asarray(np.exp(self.vapour[:, None] * np.clip(share, 0.0, 1.0)))

    def factors(
        self, settings: ProcessParameters, beam: Beam, *, paired: bool
    ) -> NDArray[np.float64]:
        """Measured over modelled, (draws, candidates, 5); (draws, 1, 5) if `paired`."""
        away = combined_parameters(settings, beam) - self.middle
        away = away[:, None] if paired else away[None]
        return np.asarray(np.exp(self.offset[:, None] + self.slope[:, None] * away))

    def rows(self, rows: slice | NDArray[np.intp]) -> Discrepancy:
        """That of some of the draws, by their number."""
        return Discrepancy(self.offset[rows], self.slope[rows], self.middle, self.vapour[rows])


def combined_parameters(settings: ProcessParameters, beam: Beam) -> NDArray[np.float64]:
    """Logarithms (candidates, 5), SI, of the combination of settings that each quantity follows in
    the field's regressions: P/sqrt(v) for width, depth and catchment, feed/v for height,
    sqrt(P v/feed) for dilution. A bare track has neither height nor dilution; its feed counts as 1.

    P/sqrt(v) is taken over spot radius to the power 1.5, as in the normalised enthalpy: for one
    spot it is the same, and what is learned with one carries over to another.
    Source: reference list keys deoliveira2005, king2014.
    """
    power, speed = np.log(settings.power), np.log(settings.travel_speed)
    feed = np.log(np.where(settings.feed_rate > 0.0, settings.feed_rate, 1.0))
    heat = power - 0.5 * speed - 1.5 * np.log(beam.radius)
    return np.column_stack((heat, feed - speed, heat, 0.5 * (power + speed - feed), heat))
