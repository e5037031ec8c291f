"""The feeder curve from weighings: a straight line, and how far each weighing is off it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import JobError
from reclad.units import format_number, format_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

MISFIT_MAX = 0.1  # a weighing further off the line is a slip, or the feeder is no line


@dataclass(frozen=True)
class WeighedPowder:
    """One weighing: disc speed (rpm), powder caught (kg) in a time (s)."""

    rpm: float
    mass: float
    time: float

    @property
    def rate(self) -> float:
        """Powder per time (kg/s)."""
        return self.mass / self.time


@dataclass(frozen=True)
class FeederFit:
    """Powder rate = offset + slope * rpm (kg/s), and what each weighing lies above it (kg/s)."""

    weighed: tuple[WeighedPowder, ...]
    offset: float
    slope: float
    residuals: tuple[float, ...]

    def rate_at(self, rpm: float) -> float:
        """Powder rate (kg/s) on the line at a disc speed (rpm)."""
        return self.offset + self.slope * rpm

    def misfit(self, number: int) -> float:
        """How far weighing `number` (from 0) is off, as a share of the line."""
        return self.residuals[number] / self.rate_at(self.weighed[number].rpm)

    @property
    def curve(self) -> list[tuple[float, float]]:
        """Disc speed (rpm) and rate on the line (kg/s), one per disc speed weighed, rising."""
        return [(rpm, self.rate_at(rpm)) for rpm in sorted({w.rpm for w in self.weighed})]


def fit_weighings(weighed: Sequence[WeighedPowder]) -> FeederFit:
    """The least-squares line through weighings of one powder.

    JobError for fewer than 3 weighings or 2 disc speeds, a line that does not rise or starts
    below zero, and a weighing more than 10 % off the line.
    """
    if len(weighed) < 3 or len({w.rpm for w in weighed}) < 2:
        raise JobError(
            f"{len(weighed)} weighings at {len({w.rpm for w in weighed})} disc speeds; weigh at "
            "least 3 times, at 2 or more disc speeds"
        )
    slope, offset = statistics.linear_regression(
        [w.rpm for w in weighed], [w.rate for w in weighed]
    )
    residuals = tuple(w.rate - (offset + slope * w.rpm) for w in weighed)
    fit = FeederFit(tuple(weighed), offset, slope, residuals)
    slowest = min(w.rpm for w in weighed)
    if slope <= 0 or fit.rate_at(slowest) <= 0:
        raise JobError(
            f"the line through the weighings gives {format_quantity(fit.rate_at(slowest), 'g/min')}"
            f" at {format_number(slowest)} rpm and does not rise from there; weigh again"
        )
    worst = max(range(len(weighed)), key=lambda n: abs(fit.misfit(n)))
    if abs(fit.misfit(worst)) > MISFIT_MAX:
        raise JobError(
            f"weighing {worst + 1}, {format_quantity(weighed[worst].rate, 'g/min')} at "
            f"{format_number(weighed[worst].rpm)} rpm, is {abs(fit.misfit(worst)) * 100:.0f} % off "
            "the line through all; weigh it again, or write the curve of such a feeder by hand"
        )
    return fit
