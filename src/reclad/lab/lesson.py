"""What a fit taught and what it did not, said of every quantity, unknown and doubtful section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab.likelihood import FREEDOM, level_of
from reclad.process import PARAMETERS, QUANTITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.lab.observations import Observations
    from reclad.lab.posterior import Posterior

    Floats = NDArray[np.float64]

LEARNED = 0.7  # of the width believed before; wider, and the trials did not determine the unknown
_DOUBTED = 0.5  # weight under which a section counts as outlying


@dataclass(frozen=True)
class QuantityLesson:
    """What the trials say of one quantity.

    values    measured
    off       median size of measured over expected less one, 0.1 is 10 % (dilution: in shares)
    inside    of the values that lie in the 5-95 % band that holds for single sections
    factor    5, 50, 95 % of measured over modelled at the trials' middle, (3,)
    scatter   median standard deviation between single beads, as a share (dilution: of the ratio of
              melted to clad area)
    """

    name: str
    values: int
    off: float
    inside: int
    factor: tuple[float, float, float]
    scatter: float


@dataclass(frozen=True)
class UnknownLesson:
    """How much of the width that was believed of a model parameter is left, 1 is all of it, and by
    how many standard deviations its middle moved."""

    name: str
    left: float
    moved: float

    @property
    def learned(self) -> bool:
        """Whether the trials determined it."""
        return self.left < LEARNED


@dataclass(frozen=True)
class Outlier:
    """A section far from what the fit expects, and the weight it kept (1 is full)."""

    id: str
    quantity: str
    measured: float
    expected: float
    weight: float


@dataclass(frozen=True, eq=False)
class Lesson:
    """All that is to say of a fit; band (3, rows, 5) 5, 50, 95 % of single sections and measured
    (rows, 5), SI, dilution as a share, nan where not measured."""

    quantities: tuple[QuantityLesson, ...]
    unknowns: tuple[UnknownLesson, ...]
    outliers: tuple[Outlier, ...]
    band: Floats
    measured: Floats

    @property
    def undetermined(self) -> tuple[str, ...]:
        """Quantities nothing was measured of: what is predicted of them is what was believed."""
        there = {one.name for one in self.quantities}
        return tuple(name for name in QUANTITIES if name not in there)


def draw_lesson(posterior: Posterior, observed: Observations) -> Lesson:
    """What the trials taught. `inside` and `off` are of the rows that were fitted: how the model
    fits, not how it predicts."""
    mean = posterior.expect(observed)
    band = _plain(np.quantile(posterior.expect_sections(observed), (0.05, 0.5, 0.95), axis=0))
    measured = _plain(observed.measured)
    expected = _plain(np.median(mean, axis=0))
    quantities = []
    for q in np.flatnonzero(posterior.told):
        there = np.isfinite(measured[:, q])
        told, low, _, high = (x[there, q] for x in (measured, *band))
        gap = np.abs(told - expected[there, q])
        quantities.append(
            QuantityLesson(
                name=QUANTITIES[q],
                values=int(there.sum()),
                off=float(np.median(gap if QUANTITIES[q] == "dilution" else gap / told)),
                inside=int(((told >= low) & (told <= high)).sum()),
                factor=_factor(posterior, observed, int(q)),
                scatter=float(np.median(posterior.scatter[:, q])),
            )
        )
    spread, middle = posterior.scores.std(axis=0), posterior.scores.mean(axis=0)
    return Lesson(
        quantities=tuple(quantities),
        unknowns=tuple(
            UnknownLesson(name, float(spread[i]), float(middle[i]))
            for i, name in enumerate(PARAMETERS)
        ),
        outliers=_outliers(posterior, observed, mean, measured, expected),
        band=band,
        measured=measured,
    )


def _factor(posterior: Posterior, observed: Observations, q: int) -> tuple[float, float, float]:
    """Measured over modelled of these trials at their middle, effects of the first one's machine,
    powder and nozzle with it."""
    offset = posterior.offset[:, q].copy()
    for factor in posterior.effects:
        offset += posterior.effect(factor, level_of(observed.trials[0], factor))[:, q]
    low, middle, high = np.exp(np.quantile(offset, (0.05, 0.5, 0.95)))
    return float(low), float(middle), float(high)


def _outliers(
    posterior: Posterior, observed: Observations, mean: Floats, measured: Floats, expected: Floats
) -> tuple[Outlier, ...]:
    """Sections that Student's t gives less than half their weight, the least first."""
    sd = np.hypot(posterior.scatter[:, None], observed.known)
    square = ((observed.measured - mean) / sd) ** 2
    weight = np.mean((FREEDOM + 1.0) / (FREEDOM + square), axis=0)
    found = [
        Outlier(
            observed.trials[row].id,
            QUANTITIES[q],
            float(measured[row, q]),
            float(expected[row, q]),
            float(weight[row, q]),
        )
        for row, q in np.argwhere(weight < _DOUBTED)
    ]
    return tuple(sorted(found, key=lambda one: one.weight))


def _plain(logs: Floats) -> Floats:
    """Logarithms (..., 5) as SI, dilution as a share."""
    from scipy.special import expit

    out = np.exp(np.minimum(logs, 50.0))
    out[..., 3] = expit(logs[..., 3])
    return np.asarray(out)
