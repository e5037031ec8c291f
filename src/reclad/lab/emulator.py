"""The process model near a posterior, as a quadratic: thousands of times faster, and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab import _density_kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Emulator:
    """Quadratics in the unknowns, one per measured value.

    middle, width   (unknowns,) where it was fitted
    terms           (1 + unknowns + pairs, values) coefficients
    """

    middle: Floats
    width: Floats
    terms: Floats

    def __call__(self, points: Floats) -> Floats:
        """(points, values) at (points, unknowns or more): the first unknowns count."""
        return np.asarray(_features(points, self.middle, self.width) @ self.terms)

    def add_slopes(self, points: Floats, pull: Floats, out: Floats) -> None:
        """Add to out (points, unknowns or more) the slopes of sum(pull * values) over the unknowns;
        pull (points, values)."""
        kernels.quadratic_slopes(points, self.middle, self.width, pull @ self.terms.T, out)


def fit_emulator(points: Floats, values: Floats) -> Emulator:
    """The quadratics through (points, unknowns) -> (points, values), by least squares; wants twice
    as many points as terms."""
    middle, width = points.mean(axis=0), points.std(axis=0)
    terms, *_ = np.linalg.lstsq(_features(points, middle, width), values, rcond=None)
    return Emulator(middle, width, np.asarray(terms, dtype=np.float64))


def terms_of(unknowns: int) -> int:
    """Terms of a quadratic in so many unknowns."""
    return (unknowns + 1) * (unknowns + 2) // 2


def _features(points: Floats, middle: Floats, width: Floats) -> Floats:
    out = np.empty((len(points), terms_of(middle.size)))
    kernels.quadratic_features(points, middle, width, out)
    return out
