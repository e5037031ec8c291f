"""Whether draws have settled, and how many independent ones they are worth.

Vehtari, Gelman, Simpson, Carpenter and Buerkner, Bayesian Analysis 16 (2021) 667-718: rank
normalised split R-hat, bulk and tail effective sample size. Of many walkers R-hat compares groups,
as Margossian and others do for many short chains, Bayesian Analysis 20 (2025): nested R-hat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.lab.sampler import Chains

    Floats = NDArray[np.float64]

R_HAT = 1.01
EFFECTIVE = 400.0
_GROUPS = 4
_LEAST = 8  # draws per walker: four in each half


@dataclass(frozen=True, eq=False)
class Convergence:
    """How far a run has settled, each field (parameters,).

    r_hat   -   spread of all halves of all groups of walkers over the spread inside one; 1 when
                they agree
    bulk    -   independent draws that the run is worth for the middle of a parameter
    tail    -   the same for its 5 % and 95 % points, the worse of the two
    """

    names: tuple[str, ...]
    r_hat: Floats
    bulk: Floats
    tail: Floats


def diagnose(chains: Chains) -> Convergence:
    """R-hat and effective draws of every parameter. NaN where a parameter never moved or the run
    holds under eight draws per walker. Judges nothing: `check_convergence` does."""
    columns = [chains.points[:, :, i] for i in range(len(chains.names))]
    return Convergence(
        names=chains.names,
        r_hat=np.array([r_hat(_groups(c)) for c in columns]),
        bulk=np.array([bulk_effective(c) for c in columns]),
        tail=np.array([tail_effective(c) for c in columns]),
    )


def has_settled(chains: Chains) -> bool:
    """Whether `check_convergence` would be content."""
    found = diagnose(chains)
    least = min(found.bulk.min(), found.tail.min())
    return bool(found.r_hat.max() <= R_HAT and least >= EFFECTIVE)


def check_convergence(
    chains: Chains, *, most: float = R_HAT, least: float = EFFECTIVE
) -> Convergence:
    """The run's figures, or LabError naming the worst parameter, its value and the way out.

    most    R-hat at most (-); 1.01 after Vehtari 2021
    least   effective draws at least, bulk and tail (-); 400 after Vehtari 2021
    """
    found = diagnose(chains)
    draws = chains.points.shape[1]
    for name, r, bulk, tail in zip(found.names, found.r_hat, found.bulk, found.tail, strict=True):
        if not np.isfinite([r, bulk, tail]).all():
            raise LabError(
                f"{name}: R-hat {r:.4g} and {min(bulk, tail):.4g} effective draws after {draws} "
                f"draws per walker say nothing: the run is under {_LEAST} draws or {name} never "
                "moved; draw more, start the walkers further apart, or take it out of the unknowns"
            )
    worst = int(found.r_hat.argmax())
    if found.r_hat[worst] > most:
        # What keeps walkers apart falls as one over the draws.
        factor = (found.r_hat[worst] - 1.0) / (most - 1.0)
        raise LabError(
            f"{found.names[worst]}: R-hat {found.r_hat[worst]:.4g} is over {most:g}, the walkers "
            f"do not agree yet; {_way_out(draws, factor)}"
        )
    for words, values in (("bulk", found.bulk), ("tail", found.tail)):
        low = int(values.argmin())
        if values[low] < least:
            raise LabError(
                f"{found.names[low]}: {values[low]:.0f} effective draws in the {words} are under "
                f"{least:g}; {_way_out(draws, least / values[low])}"
            )
    return found


def r_hat(values: Floats) -> float:
    """Rank-normalised split R-hat (-) of one parameter, (walkers, draws): the larger of the one of
    its ranks (do the walkers agree on the middle?) and the one of its ranks folded at the median
    (on the spread?). Vehtari 2021, section 4.1; NaN where the parameter never moved."""
    if not _moves(values):
        return np.nan
    halves = _split(values)
    folded = np.abs(halves - np.median(halves))
    return max(_plain_r_hat(_normal_scores(halves)), _plain_r_hat(_normal_scores(folded)))


def bulk_effective(values: Floats) -> float:
    """Effective draws (-) for the middle of one parameter, (walkers, draws): those of its normal
    scores. Vehtari 2021, section 4.3; NaN where the parameter never moved."""
    return _effective(_normal_scores(_split(values))) if _moves(values) else np.nan


def tail_effective(values: Floats) -> float:
    """Effective draws (-) for the 5 % and the 95 % point of one parameter, (walkers, draws), the
    smaller. Vehtari 2021, section 4.3; NaN where the parameter never moved."""
    if not _moves(values):
        return np.nan
    points = np.quantile(values, (0.05, 0.95))
    return min(_effective(_split((values <= point).astype(np.float64))) for point in points)


def _groups(values: Floats) -> Floats:
    """Walkers put together four groups to a table (4, draws x walkers in a group), in time; fewer
    than eight walkers stay by themselves."""
    walkers, draws = values.shape
    if walkers < 2 * _GROUPS or draws < _LEAST:
        return values
    size = walkers // _GROUPS
    table = values[: size * _GROUPS].reshape(_GROUPS, size, draws)
    return np.ascontiguousarray(table.transpose(0, 2, 1)).reshape(_GROUPS, -1)


def _way_out(draws: int, factor: float) -> str:
    """More draws; where they would be very many, fewer unknowns."""
    wanted = 1.2 * factor * draws
    if factor > 50.0:
        return (
            f"over {50 * draws:.2g} draws per walker would be needed: leave out unknowns that "
            "these trials cannot tell apart, or start the walkers nearer"
        )
    # Two figures suffice for an advice, rounded up so that following it is enough.
    unit = 10.0 ** max(0, np.floor(np.log10(wanted)) - 1)
    return (
        f"draw about {int(np.ceil(wanted / unit) * unit)} per walker instead of {draws}, or leave "
        "out unknowns"
    )


def _moves(values: Floats) -> bool:
    return values.shape[1] >= _LEAST and bool(np.isfinite(values).all() and np.ptp(values) > 0.0)


def _split(values: Floats) -> Floats:
    """(walkers, draws) as (2 walkers, draws / 2): a walker that drifts differs from itself."""
    half = values.shape[1] // 2
    return np.concatenate((values[:, :half], values[:, -half:]))


def _normal_scores(values: Floats) -> Floats:
    """Normal quantiles of the ranks over all walkers, ties sharing theirs; Vehtari 2021, eq. 14,
    with Blom's offsets."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(values, method="average").reshape(values.shape)
    return np.asarray(ndtri((ranks - 0.375) / (values.size + 0.25)))


def _plain_r_hat(chains: Floats) -> float:
    """Vehtari 2021, eqs. 1 to 4."""
    draws = chains.shape[1]
    if not np.ptp(chains, axis=1).any():
        return np.inf  # every half stands still, each at its own value
    within = chains.var(axis=1, ddof=1).mean()
    between = draws * chains.mean(axis=1).var(ddof=1)
    return float(np.sqrt((draws - 1 + between / within) / draws))


def _effective(chains: Floats) -> float:
    """Effective draws of (chains, draws), Vehtari 2021, eqs. 10 to 13; pairs of lags as long as
    they are positive, and never rising (Geyer 1992)."""
    from scipy.fft import next_fast_len

    count, draws = chains.shape
    if np.ptp(chains) <= 0.0:
        return np.nan
    length = next_fast_len(2 * draws)
    power = np.abs(np.fft.rfft(chains - chains.mean(axis=1, keepdims=True), length, axis=1)) ** 2
    covariance = np.fft.irfft(power.mean(axis=0), length)[:draws] / draws
    within = covariance[0] * draws / (draws - 1)
    total = covariance[0] + chains.mean(axis=1).var(ddof=1)
    correlation = 1.0 - (within - covariance) / total
    correlation[0] = 1.0
    # The last lags rest on three products or fewer per chain.
    lags = (draws - 3) // 2 * 2
    pairs = correlation[:lags:2] + correlation[1:lags:2]
    falls = np.flatnonzero(pairs <= 0.0)
    kept = int(falls[0]) if falls.size else len(pairs)
    time = -1.0 + 2.0 * float(np.minimum.accumulate(pairs[:kept]).sum())
    # The half of the next pair that may still be positive makes the estimate steadier.
    time += max(float(correlation[2 * kept]), 0.0)
    return float(count * draws / max(time, 1.0 / np.log10(count * draws)))
