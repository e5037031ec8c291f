"""Which single beads to lay next: those that narrow the dilution of the job most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.lab.ensemble import logarithms, reading_variance
from reclad.process import QUANTITIES, ProcessParameters, Substrate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reclad.lab.ensemble import Aim, Ensemble

    Floats = NDArray[np.float64]

Interval = tuple[float, float, float]
_DILUTION = QUANTITIES.index("dilution")
_EACH = len(QUANTITIES)


@dataclass(frozen=True)
class Suggestion:
    """A bead to lay, SI, and what is expected of it when those before it are measured too.

    before, after   5, 50 and 95 % of the dilution at the aim (0 to 1)
    at_aim          whether it has the aim's own power, travel speed and feed rate
    """

    power: float
    travel_speed: float
    feed_rate: float
    stand_off: float
    interpass: float
    before: Interval
    after: Interval
    at_aim: bool

    @property
    def gain(self) -> float:
        """Part of the width of `before` that this bead is expected to take away."""
        width = self.before[2] - self.before[0]
        return 1.0 - (self.after[2] - self.after[0]) / width if width > 0.0 else 0.0


@dataclass(frozen=True)
class Pick:
    """A candidate by its number, and the part of the target's standard deviation left after it."""

    candidate: int
    left: float


def suggest(
    ensemble: Ensemble,
    aim: Aim,
    candidates: ProcessParameters,
    count: int,
    *,
    substrate: Substrate | None = None,
) -> tuple[Suggestion, ...]:
    """The `count` beads to lay next, best first, each one the best beside those before it; the same
    settings may come twice, since a second bead halves what single beads scatter.

    A bead is measured in width, height, depth, dilution and catchment. What is expected of it is
    reckoned as if draws and readings were normal; the trials, once measured, are fitted exactly.
    candidates   what can be laid, `feasible_settings`
    substrate    the coupon they are laid on; left out: the aim's parent, thick
    LabError when none are asked for or there is no candidate.
    """
    coupon = substrate or Substrate(aim.substrate.parent, None, aim.substrate.ambient)
    wanted = logarithms(ensemble.beads(aim.settings, aim, aim.substrate), aim.beam)
    target = wanted[..., _DILUTION].mean(axis=1)
    beads = logarithms(ensemble.beads(candidates, aim, coupon), aim.beam)
    noise = reading_variance(np.median(beads, axis=0), ensemble.scatter, aim.beam)
    picks = pick_beads(target, beads, noise, count)
    left = [1.0, *(pick.left for pick in picks)]
    told = [_dilution(target, share) for share in left]
    return tuple(
        _suggestion(candidates, pick.candidate, aim, before, after)
        for pick, before, after in zip(picks, told, told[1:], strict=False)
    )


def settings_of(suggestions: Sequence[Suggestion]) -> ProcessParameters:
    """The settings of suggestions, in their order."""
    names = ("power", "travel_speed", "feed_rate", "stand_off", "interpass")
    return ProcessParameters.of(**{n: [getattr(one, n) for one in suggestions] for n in names})


def pick_beads(target: Floats, beads: Floats, noise: Floats, count: int) -> list[Pick]:
    """Candidates whose readings, one after the other, take most variance from a target.

    target   (draws,) what is to be known
    beads    (draws, candidates, 5) what readings would be about
    noise    (candidates, 5) variance of one reading
    The covariance of the draws is conditioned on each pick as of a normal vector. Correlations are
    shrunk by as much as so many draws make them up (Schäfer and Strimmer 2005, Stat. Appl. Genet.
    Mol. Biol. 4:32), so that no candidate is picked for an accident of the draws.
    """
    if count < 1 or beads.shape[1] < 1:
        raise LabError(
            f"{count} bead(s) to suggest out of {beads.shape[1]} candidate(s); ask for at least "
            "one, out of at least one"
        )
    columns = np.column_stack((target, beads.reshape(len(target), -1)))
    sd = columns.std(axis=0)
    sd[sd < 1e-9] = 1.0  # the same in every draw: it tells nothing
    cov = _correlation((columns - columns.mean(axis=0)) / sd)
    extra = noise.reshape(-1) / sd[1:] ** 2
    picks = []
    for _ in range(count):
        gains = _gains(cov, extra)
        best = int(gains.argmax())
        cov = _condition(cov, extra, best)
        picks.append(Pick(best, float(np.sqrt(max(cov[0, 0], 0.0)))))
    return picks


def _correlation(standard: Floats) -> Floats:
    """Shrunk correlations of columns of mean 0 and variance 1."""
    count = len(standard)
    found = standard.T @ standard / count
    square = (standard**2).T @ (standard**2) / count
    off = ~np.eye(len(found), dtype=bool)
    made_up = ((square - found**2)[off] / (count - 1)).sum()
    shrunk = 1.0 - min(made_up / max((found[off] ** 2).sum(), 1e-300), 1.0)
    return np.where(off, shrunk * found, 1.0)


def _gains(cov: Floats, extra: Floats) -> Floats:
    """(candidates,) variance that the readings of each would take from the target, column 0."""
    first = 1 + _EACH * np.arange(len(extra) // _EACH)
    columns = first[:, None] + np.arange(_EACH)
    told = cov[columns, 0]
    among = cov[columns[:, :, None], columns[:, None, :]]
    among = among + extra[columns - 1][:, :, None] * np.eye(_EACH)
    solved = np.linalg.solve(among, told[..., None])[..., 0]
    return np.asarray((told * solved).sum(axis=1))


def _condition(cov: Floats, extra: Floats, candidate: int) -> Floats:
    """The covariance once the candidate is measured."""
    columns = 1 + _EACH * candidate + np.arange(_EACH)
    among = cov[np.ix_(columns, columns)] + np.diag(extra[columns - 1])
    return np.asarray(cov - cov[:, columns] @ np.linalg.solve(among, cov[columns]))


def _dilution(target: Floats, left: float) -> Interval:
    """5, 50 and 95 % of the dilution when `left` of the target's standard deviation is left."""
    points = np.quantile(target, (0.05, 0.5, 0.95))
    low, middle, high = 1.0 / (1.0 + np.exp(-points[1] - left * (points - points[1])))
    return float(low), float(middle), float(high)


def _suggestion(
    candidates: ProcessParameters,
    number: int,
    aim: Aim,
    before: Interval,
    after: Interval,
) -> Suggestion:
    power, speed, feed = (
        getattr(candidates, name) for name in ("power", "travel_speed", "feed_rate")
    )
    wanted = aim.settings
    same = np.isclose(wanted.power, power[number])
    same &= np.isclose(wanted.travel_speed, speed[number])
    same &= np.isclose(wanted.feed_rate, feed[number])
    return Suggestion(
        power=float(power[number]),
        travel_speed=float(speed[number]),
        feed_rate=float(feed[number]),
        stand_off=float(candidates.stand_off[number]),
        interpass=float(candidates.interpass[number]),
        before=before,
        after=after,
        at_aim=bool(same.any()),
    )
