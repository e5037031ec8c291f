"""Weights of draws from a near density that make them draws of the true one, and when not to trust
them.

Pareto smoothed importance sampling: Vehtari, Simpson, Gelman, Yao and Gabry, Journal of Machine
Learning Research 25 (2024) 72. The few largest weights are replaced by what a generalised Pareto
distribution through them expects; its shape k tells whether any number of draws would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHAPE_MAX = 0.7  # over it weights cannot be trusted, however many (Vehtari 2024, section 3.2)
_FEWEST = 5  # weights in a tail that a distribution is put through
_PULL = 10.0  # weights that the shape is pulled towards one half by (Vehtari 2024, appendix G)


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights (draws,) that sum to one, and the shape k of their tail (-)."""

    share: Floats
    shape: float

    @property
    def effective(self) -> float:
        """Draws of equal weight that these are worth."""
        return float(1.0 / (self.share**2).sum())

    @property
    def trusted(self) -> bool:
        """Whether the tail is thin enough for weights to mean anything."""
        return self.shape <= SHAPE_MAX


def smooth_weights(log_ratio: Floats) -> Weights:
    """Weights of draws from their log densities (draws,), the true over the near one's.

    Checked: tests/lab/test_weights.py (tails of known shape, means that are known).
    """
    weight = np.exp(log_ratio - log_ratio.max())
    count = min(int(np.ceil(min(0.2 * weight.size, 3.0 * np.sqrt(weight.size)))), weight.size - 1)
    order = np.argsort(weight)
    cut = weight[order[-count - 1]]
    tail = order[weight[order] > cut]
    shape = np.inf
    if tail.size >= _FEWEST:
        shape, scale = _pareto(weight[tail] - cut)
        at = (np.arange(tail.size) + 0.5) / tail.size
        weight[tail] = np.minimum(cut + scale * np.expm1(-shape * np.log1p(-at)) / shape, 1.0)
    elif not tail.size:
        shape = -np.inf  # all alike
    return Weights(weight / weight.sum(), shape)


def _pareto(over: Floats) -> tuple[float, float]:
    """Shape k and scale of the generalised Pareto distribution behind sorted positive excesses.

    Zhang and Stephens, Technometrics 51 (2009) 316-325, equations 6 to 8: the mean of -k/scale over
    a profile likelihood with a prior that the data set.
    """
    size = over.size
    many = 30 + int(np.sqrt(size))
    quartile = over[int(size / 4 + 0.5) - 1]
    theta = 1.0 / over[-1] + (1.0 - np.sqrt(many / (np.arange(1, many + 1) - 0.5))) / (
        3.0 * quartile
    )
    inner = np.log1p(-theta[:, None] * over).mean(axis=1)
    likely = size * (np.log(-theta / inner) - inner - 1.0)
    share = 1.0 / np.exp(likely[None, :] - likely[:, None]).sum(axis=1)
    best = float((theta * share).sum())
    shape = float(np.log1p(-best * over).mean())
    return (shape * size + 0.5 * _PULL) / (size + _PULL), -shape / best
