"""The process model near a posterior, as polynomials: thousands of times faster, and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab import _density_kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

_BLURRED = 1e-3  # rms, of values as logarithms or shares, that the kept components may leave out
_POINTS = 2  # per term, at least, to fit a cubic through


@dataclass(frozen=True, eq=False)
class Emulator:
    """Quadratics or cubics in the unknowns, for the few components in which the values move.

    middle, width   (unknowns,) where it was fitted
    parent, times   (terms,) see the kernel `powers`
    terms           (terms, components) coefficients
    mean, shapes    (values,), (components, values)
    """

    middle: Floats
    width: Floats
    parent: Columns
    times: Columns
    terms: Floats
    mean: Floats
    shapes: Floats

    def __call__(self, points: Floats) -> Floats:
        """(points, values) at (points, unknowns or more): the first unknowns count."""
        return np.asarray(self._powers(points) @ self.terms @ self.shapes + self.mean)

    def add_slopes(self, points: Floats, pull: Floats, out: Floats) -> None:
        """Add to out (points, unknowns or more) the slopes of sum(pull * values) over the unknowns;
        pull (points, values)."""
        kernels.add_power_slopes(
            points, self.middle, self.width, self.parent, self.times, self._powers(points),
            pull @ self.shapes.T @ self.terms.T, out,
        )  # fmt: skip

    def _powers(self, points: Floats) -> Floats:
        out = np.empty((len(points), self.parent.size))
        kernels.powers(points, self.middle, self.width, self.parent, self.times, out)
        return out


def fit_emulator(points: Floats, values: Floats) -> Emulator:
    """Cubics through (points, unknowns) -> (points, values) by least squares, quadratics where the
    points are too few; of the values' principal components those that matter are kept."""
    unknowns = points.shape[1]
    parent, times = _products(unknowns, 3 if len(points) >= _POINTS * terms_of(unknowns, 3) else 2)
    middle, width = points.mean(axis=0), points.std(axis=0)
    mean = values.mean(axis=0)
    across, size, shapes = np.linalg.svd(values - mean, full_matrices=False)
    left_out = np.sqrt(np.append(np.cumsum(size[::-1] ** 2)[::-1], 0.0) / values.size)
    kept = int(np.argmax(left_out <= _BLURRED))
    empty = np.zeros((parent.size, kept))
    blank = Emulator(middle, width, parent, times, empty, mean, shapes[:kept])
    terms, *_ = np.linalg.lstsq(blank._powers(points), across[:, :kept] * size[:kept], rcond=None)
    return Emulator(
        middle, width, parent, times, np.asarray(terms, dtype=np.float64), mean, shapes[:kept]
    )


def terms_of(unknowns: int, degree: int = 2) -> int:
    """Terms of a polynomial of so many unknowns."""
    return comb(unknowns + degree, degree)


@lru_cache
def _products(unknowns: int, degree: int) -> tuple[Columns, Columns]:
    """`parent` and `times` of all products of up to so many unknowns: each is one of a degree less
    times an unknown that comes no earlier than the last of its own."""
    parent, times = [0], [0]
    last = [(0, 0)]
    for _ in range(degree):
        new = [(k, i) for k, first in last for i in range(first, unknowns)]
        last = [(len(parent) + n, i) for n, (_, i) in enumerate(new)]
        parent += [k for k, _ in new]
        times += [i for _, i in new]
    return np.array(parent, dtype=np.intp), np.array(times, dtype=np.intp)
