"""The laser spot on the surface: a mixture of Gaussians, and what a spot size means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SpotShape = Literal["gaussian", "top-hat"]

# Diameter at 1/e2 of a Gaussian per unit of the diameter as defined.
_GAUSSIAN_DEFINITIONS = {
    "1/e2": 1.0,
    "1/e^2": 1.0,
    "1/e²": 1.0,
    "d4sigma": 1.0,
    "d4σ": 1.0,
    "d86": 1.0,
    "1/e": np.sqrt(2.0),
    "fwhm": np.sqrt(2.0 / np.log(2.0)),
}
_FLAT_DEFINITIONS = ("top-hat", "tophat", "flat-top", "uniform")


@dataclass(frozen=True)
class Beam:
    """A spot: 1/e2 radius (Gaussian) or edge radius (top-hat), m, with its shape.

    kernels  (k, 4) share, x, y and radius of each Gaussian, in units of `radius`
    rings    (r,) radii holding equal shares of the power, in units of `radius`
    """

    radius: float
    shape: SpotShape

    @property
    def kernels(self) -> NDArray[np.float64]:
        return _kernels(self.shape)

    @property
    def rings(self) -> NDArray[np.float64]:
        share = (np.arange(8) + 0.5) / 8
        if self.shape == "gaussian":
            return np.sqrt(-0.5 * np.log1p(-share))
        return np.sqrt(share)


@lru_cache
def _kernels(shape: SpotShape) -> NDArray[np.float64]:
    """Mixture for a shape: one Gaussian, or 19 packed ones for a top-hat of radius 1.

    The packing (rings of 1, 6, 12) keeps the second moment of the disc, 1/2, and weighs the
    rings by the area each stands for.
    """
    if shape == "gaussian":
        return np.array([[1.0, 0.0, 0.0, 1.0]])
    rows = [(1.0, 0.0, 0.0)]
    for count, radius, phase in ((6, 0.40, 0.0), (12, 0.76, np.pi / 12)):
        turn = phase + 2 * np.pi * np.arange(count) / count
        rows += [(1.0, radius * np.cos(t), radius * np.sin(t)) for t in turn]
    kernels = np.array([(share / 19, x, y, 0.0) for share, x, y in rows])
    # <r^2> of a Gaussian of 1/e2 radius w is w^2/2.
    spread = 0.5 - float(np.sum(kernels[:, 0] * (kernels[:, 1] ** 2 + kernels[:, 2] ** 2)))
    kernels[:, 3] = np.sqrt(2.0 * spread)
    return kernels


def read_spot(diameter: float, definition: str) -> Beam:
    """The spot a data sheet means by a diameter (m) and its definition.

    definition  1/e2, D4sigma, 1/e, FWHM (of a Gaussian) or top-hat (edge to edge).
    Raises ProcessError for an unknown definition: guessing here costs up to 70 % of width.
    """
    key = definition.strip().lower().replace(" ", "")
    if key in _FLAT_DEFINITIONS:
        return Beam(0.5 * diameter, "top-hat")
    if key in _GAUSSIAN_DEFINITIONS:
        return Beam(0.5 * diameter * float(_GAUSSIAN_DEFINITIONS[key]), "gaussian")
    raise ProcessError(
        f"spot definition {definition!r} is unknown; write one of 1/e2, D4sigma, 1/e, FWHM, top-hat"
    )
