"""What is believed before any trial: draws of the process model from published spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.process import ModelParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reclad.job import Material, Nozzle
    from reclad.job.declared import Property

DRAWS = 256
SEED = 20260101
_SPOT_UNSTATED = 0.2  # sd of the logarithm; 1/e2, 1/e and FWHM differ by up to 1.7


@dataclass(frozen=True)
class Belief:
    """What is believed of one field of `ModelParameters` before any trial, and why.

    kind      normal (centre, sd; cut at low and high), log_normal (median, sd of the logarithm)
              or beta (its two parameters)
    source    key of sources.bib; "assumed" is engineering judgement
    """

    name: str
    kind: Literal["normal", "log_normal", "beta"]
    centre: float
    spread: float
    source: str
    low: float = 0.0
    high: float = np.inf

    def draw(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the given shares (0 to 1) of the belief."""
        from scipy.special import betaincinv, ndtr, ndtri

        if self.kind == "beta":
            return np.asarray(betaincinv(self.centre, self.spread, share))
        if self.kind == "log_normal":
            return np.asarray(self.centre * np.exp(self.spread * ndtri(share)))
        a, b = ndtr((np.array([self.low, self.high]) - self.centre) / self.spread)
        return np.asarray(self.centre + self.spread * ndtri(a + share * (b - a)))


def beliefs(
    parent: Material, clad: Material | None, nozzle: Nozzle, *, spot_stated: bool = True
) -> tuple[Belief, ...]:
    """One belief per field of `ModelParameters`, in their order.

    clad         the powder's alloy, None for a bare track: its absorptivity counts, since the pool
                 is mostly clad metal
    spot_stated  whether the spot's definition is known; if not, its diameter may be off by as much
                 as the usual definitions differ

    Wide on purpose, and never narrowed to reach a target.
    """
    absorbing = (clad or parent).absorptivity
    return (
        Belief(
            "absorptivity",
            "normal",
            absorbing.value if absorbing else 0.36,
            absorbing.spread * absorbing.value if absorbing else 0.06,
            absorbing.source if absorbing else "assumed",
            low=0.08,
            high=0.9,
        ),
        Belief("grain_absorptivity", "normal", 0.45, 0.10, "assumed", low=0.05, high=0.95),
        Belief(
            "grain_speed",
            "log_normal",
            nozzle.particle_speed.median,
            nozzle.particle_speed.log_sd,
            nozzle.particle_speed.source,
        ),
        _dimension("stream_radius", nozzle.stream_radius),
        _dimension("stream_focus", nozzle.stream_focus),
        _dimension("divergence", nozzle.divergence),
        Belief("sticking", "beta", 18.0, 2.0, "assumed"),
        Belief("sink", "normal", 1.2, 0.2, "assumed", low=0.6, high=2.0),
        Belief("offset", "normal", 0.15, 0.08, "assumed", low=0.0, high=0.6),
        Belief("convection", "log_normal", 1.3, 0.3, "assumed"),
        Belief("bead_over_pool", "normal", 1.0, 0.08, "assumed", low=0.6, high=1.4),
        Belief("melt_shape", "normal", 0.66, 0.06, "assumed", low=0.4, high=0.95),
        Belief(
            "conductivity",
            "normal",
            1.0,
            max(parent.conductivity.spread, 0.1),
            parent.conductivity.source,
            low=0.5,
            high=1.6,
        ),
        Belief(
            "heat_capacity",
            "normal",
            1.0,
            max(parent.specific_heat.spread, 0.05),
            parent.specific_heat.source,
            low=0.6,
            high=1.5,
        ),
        Belief("spot_scale", "log_normal", 1.0, 0.0 if spot_stated else _SPOT_UNSTATED, "assumed"),
        Belief("air_film", "log_normal", 12.0, 0.4, "assumed"),
        Belief("emissivity", "beta", 14.0, 6.0, "assumed"),
    )


def prior(
    parent: Material, clad: Material | None, nozzle: Nozzle, *, draws: int = DRAWS, seed: int = SEED
) -> ModelParameters:
    """Draws of the process model with no trial of this shop behind them.

    Latin hypercube, so that 256 draws place the 5 % and 95 % points steadily; the same seed gives
    the same draws.
    """
    believed = beliefs(parent, clad, nozzle)
    return _parameters(
        believed, _latin_hypercube(draws, len(believed), np.random.default_rng(seed))
    )


def parameters_at(believed: Sequence[Belief], scores: NDArray[np.float64]) -> ModelParameters:
    """Model parameters at normal scores (draws, beliefs): 0 is the median of a belief, 1.645 its
    95 % point. Scores learned with one alloy and nozzle so carry over to another."""
    from scipy.special import ndtr

    return _parameters(believed, ndtr(np.clip(scores, -8.0, 8.0)))


def _parameters(believed: Sequence[Belief], share: NDArray[np.float64]) -> ModelParameters:
    drawn = {b.name: b.draw(share[:, column]) for column, b in enumerate(believed)}
    return ModelParameters(**drawn, discrepancy=None)


def normal_scores(count: int, columns: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count, columns) standard normal, spread evenly over each column."""
    from scipy.special import ndtri

    return np.asarray(ndtri(_latin_hypercube(count, columns, rng)))


def _latin_hypercube(count: int, columns: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count, columns) in (0, 1): each column has one point in each of `count` equal strata."""
    strata = rng.permuted(np.tile(np.arange(count), (columns, 1)), axis=1).T
    return np.asarray((strata + rng.random((count, columns))) / count)


def _dimension(name: str, known: Property[float]) -> Belief:
    """A positive nozzle dimension with its data sheet's relative spread."""
    return Belief(
        name,
        "normal",
        known.value,
        known.spread * known.value,
        known.source,
        low=0.3 * known.value,
        high=3.0 * known.value,
    )
