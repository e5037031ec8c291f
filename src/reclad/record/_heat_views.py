"""What the report is told of the whole repair's heat; SI inside, as in `reclad.record.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reclad.errors import RecladError
from reclad.record._checks import check_finite, check_lengths
from reclad.record.views import Floats
from reclad.record.words import Words


@dataclass(frozen=True, eq=False)
class CourseView:
    """One repair as the beam meets it, stretch by stretch: lowest, median, highest in each."""

    time: Floats  # (n,) s, middle of each stretch, rising
    interpass: Floats  # (3, n) K of the part where the beam comes
    power: Floats  # (3, n) W of the laser
    width: Floats  # (3, n) m of the melt pool
    depth: Floats  # (3, n) m of the melt pool

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "interpass power width depth", self.time.size, "time")

    def range_of(self, name: str) -> tuple[float, float]:
        """Lowest and highest of "interpass", "power", "width" or "depth" along the repair, SI."""
        values = getattr(self, name)
        return float(values[0].min()), float(values[2].max())


@dataclass(frozen=True, eq=False)
class SurfaceView:
    """The part's surface laid flat at some moments; of a plate its upper face from above."""

    names: tuple[Words, ...]  # of the moments
    time: Floats  # (moments,) s
    x: Floats  # (nx,) m, middles of the cells along the part; of a plate along its tracks
    y: Floats  # (ny,) rad round the part, or m across a plate
    reach: tuple[float, float, float, float]  # x from, x to (m), y from, y to (rad or m)
    kelvin: Floats  # (moments, ny, nx) K, nan where no metal is
    beam: tuple[tuple[float, float] | None, ...]  # x, y of the beam; None: off

    def __post_init__(self) -> None:
        shape = (len(self.names), self.y.size, self.x.size)
        if self.kelvin.shape != shape or not np.isfinite(self.kelvin).any():
            raise RecladError(
                f"SurfaceView.kelvin has the shape {self.kelvin.shape}, {shape} was meant, at "
                "least one value a number - fill moments, rows and columns from the same field"
            )


@dataclass(frozen=True, eq=False)
class InnerView:
    """The hottest inner wall (axis, underside) while each turn or track is laid."""

    following: Floats  # (turns,) K, the power following the part
    constant: Floats | None = None  # (turns,) K, had the power stayed constant

    def __post_init__(self) -> None:
        check_finite(self)
        if self.constant is not None:
            check_lengths(self, "constant", self.following.size, "following")


@dataclass(frozen=True, eq=False)
class PointsView:
    """Named points of the part over time."""

    names: tuple[Words, ...]
    time: Floats  # (n,) s, rising
    kelvin: Floats  # (points, n) K
    end: float  # s, when cladding ends

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "kelvin", self.time.size, "time")


@dataclass(frozen=True)
class LedgerView:
    """Where the heat went, J; a negative entry is heat that came from there."""

    absorbed: float
    spent: tuple[tuple[Words, float], ...]
    gap: float  # share of the absorbed heat that the entries do not explain

    def __post_init__(self) -> None:
        check_finite(self)


@dataclass(frozen=True, eq=False)
class WholeHeatView:
    """The heat of the whole repair, and beside it that of the same repair at constant power."""

    shape: Literal["pipe", "shaft", "plate"]
    following: CourseView
    constant: CourseView | None
    surface: SurfaceView
    inner: InnerView
    points: PointsView | None  # None: no point was named
    ledger: LedgerView
