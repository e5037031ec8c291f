"""What every view of the report checks about its numbers when it is filled."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import RecladError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check_lengths(view: object, names: str, length: int, which: str) -> None:
    """Refuse a view whose arrays `names` (parted by spaces) have not `length` values each."""
    for name in names.split():
        got = np.shape(getattr(view, name))[-1]
        if got != length:
            raise RecladError(
                f"{type(view).__name__}.{name} has {got} values, {which} has {length} - "
                "one value per point - fill every array from the same grid"
            )


def check_finite(view: DataclassInstance) -> None:
    """Refuse a view that holds a number which is not finite."""
    for entry in fields(view):
        value = getattr(view, entry.name)
        if isinstance(value, float | np.ndarray) and not np.all(np.isfinite(value)):
            raise RecladError(
                f"{type(view).__name__}.{entry.name} holds a value that is not finite - "
                "a report shows numbers only - leave the point out or repair the calculation"
            )
