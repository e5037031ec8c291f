"""A chemistry given as mass shares, checked and turned into the mass per cent of the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


class MassPercent(dict[str, "NDArray[np.float64]"]):
    """Mass per cent per element, 0 for an element that is not named."""

    def __missing__(self, element: str) -> NDArray[np.float64]:
        return np.zeros(())

    def take(self, elements: str) -> tuple[NDArray[np.float64], ...]:
        """The contents of the named elements, in that order (`"C Si Mn"`)."""
        return tuple(self[element] for element in elements.split())


def mass_percent(chemistry: Mapping[str, ArrayLike]) -> MassPercent:
    """Mass per cent per element from mass shares (kg/kg), each of any shape.

    JobError where a share is no number from 0 to 1.
    """
    content = MassPercent()
    for element, given in chemistry.items():
        share = np.asarray(given, dtype=np.float64)
        wrong = ~((share >= 0.0) & (share <= 1.0))
        if wrong.any():
            raise JobError(
                f"{element} {share[wrong].flat[0]:g}: a mass share lies between 0 and 1 (kg/kg); "
                "divide per cent by 100"
            )
        content[element] = 100.0 * share
    return content


def weighted_sum(content: MassPercent, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Sum of weight times mass per cent over the elements of `weights`."""
    total = np.zeros(())
    for element, weight in weights.items():
        total = total + weight * content[element]
    return np.asarray(total)
