"""Chances of damage and how well they are known: what was believed, and what a shop has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import RiskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHIFTS, _REACH = 801, 5.0  # grid of shifts, and how many prior standard deviations it reaches
_TAIL = 0.95


@dataclass(frozen=True, eq=False)
class Shift:
    """What a shop's outcomes say of one kind of damage: how far the logarithm of its odds lies from
    what the model and the published rates give.

    values, weights   (801,) shifts and their probability
    prior_sd          before any outcome
    jobs, damaged     outcomes behind it
    """

    values: Floats
    weights: Floats
    prior_sd: float
    jobs: int
    damaged: int

    @property
    def prior_share(self) -> float:
        """How much of it is still belief: 1 without outcomes, towards 0 with many."""
        mean = float(self.weights @ self.values)
        variance = float(self.weights @ (self.values - mean) ** 2)
        return min(variance / self.prior_sd**2, 1.0)

    def chances(self, chance: Floats) -> Floats:
        """(801, ...) chances at each shift, of chances (...) that the model gives."""
        odds = np.log(np.clip(chance, 1e-12, 1.0 - 1e-12))
        odds -= np.log1p(-np.clip(chance, 1e-12, 1.0 - 1e-12))
        shape = (-1,) + (1,) * np.ndim(chance)
        return np.asarray(1.0 / (1.0 + np.exp(-odds - self.values.reshape(shape))))

    def quantiles(self, shares: Sequence[float], values: Floats) -> list[float]:
        """Weighted quantiles of values (801,), one for each shift."""
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(self.weights[order]) - 0.5 * self.weights[order]
        return [float(np.interp(share, reached, values[order])) for share in shares]


def learn_shift(prior_sd: float, foretold: Floats, happened: NDArray[np.bool_]) -> Shift:
    """The shift of one kind of damage after a shop's outcomes, by Bayes' rule on a grid.

    prior_sd   of the shift before any, in the logarithm of the odds: how far shops differ
    foretold   (jobs,) chance that was foretold for each finished repair, 0 to 1
    happened   (jobs,) whether the damage came
    RiskError for chances outside 0 to 1 or lists of unequal length.
    Checked: tests/risk/test_chance.py (Brier score and intervals in synthetic shops).
    """
    chance = np.asarray(foretold, dtype=np.float64)
    seen = np.asarray(happened, dtype=np.bool_)
    if chance.shape != seen.shape:
        raise RiskError(
            f"{chance.size} chances foretold and {seen.size} outcomes; give one of each per repair"
        )
    if chance.size and not (np.isfinite(chance).all() and (abs(chance - 0.5) <= 0.5).all()):
        wrong = float(chance[~(abs(chance - 0.5) <= 0.5)][0])
        raise RiskError(f"a chance of {wrong:g} was foretold; a chance lies between 0 and 1")
    if not prior_sd > 0.0:
        raise RiskError(f"a spread of {prior_sd:g} between shops; it must be over 0")
    values = prior_sd * np.linspace(-_REACH, _REACH, _SHIFTS)
    log_weight = -0.5 * (values / prior_sd) ** 2
    blank = Shift(values, np.exp(log_weight), prior_sd, 0, 0)
    shifted = blank.chances(chance)
    told = np.where(seen, np.log(shifted), np.log1p(-shifted))
    log_weight = log_weight + told.sum(axis=1)
    weights = np.exp(log_weight - log_weight.max())
    return Shift(values, weights / weights.sum(), prior_sd, int(seen.size), int(seen.sum()))


def share_interval(happened: NDArray[np.bool_], level: float = _TAIL) -> tuple[float, float]:
    """Between which chances (0 to 1) the true one lies when independent draws gave these outcomes:
    Jeffreys' interval (Brown, Cai and DasGupta, Statistical Science 16 (2001) 101-133), with its
    ends at 0 and 1 where none or all happened.

    Checked: tests/risk/test_chance.py (a tail of the normal distribution that is known exactly).
    """
    from scipy.special import betaincinv

    count, hits = happened.size, int(happened.sum())
    if count == 0:
        raise RiskError("no draws to take a chance from; draw some")
    tail = 0.5 * (1.0 - level)
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, count - hits + 0.5, tail))
    high = 1.0 if hits == count else float(betaincinv(hits + 0.5, count - hits + 0.5, 1.0 - tail))
    return low, high
