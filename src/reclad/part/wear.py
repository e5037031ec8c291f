"""What is missing: radial wear over the clad zone, from caliper rows joined by straight lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.part.part import Part


@dataclass(frozen=True)
class Wear:
    """Measured loss of metal over the clad zone; arrays over breakpoints, between them straight.

    axial, worn_radius, finished_radius, wear_depth  (n,) m; wear_depth is radial
    worst_depth, worst_at   deepest radial wear (m) and its axial position (m)
    missing_volume          m3, exact for straight profiles
    max_step, max_step_at   largest change of worn radius between neighbouring breakpoints (m),
                            and where that stretch begins (m)
    left_outside            deepest radial wear outside the zone, which will not be clad (m)
    """

    axial: NDArray[np.float64]
    worn_radius: NDArray[np.float64]
    finished_radius: NDArray[np.float64]
    wear_depth: NDArray[np.float64]
    worst_depth: float
    worst_at: float
    missing_volume: float
    max_step: float
    max_step_at: float
    left_outside: float


def read_profile(part: Part) -> tuple[NDArray[np.float64], ...]:
    """The caliper rows as arrays: position, worn radius, finished radius, each (rows,) m; heights
    over the underside where the part is a plate."""
    rows = np.array([(r.position, r.worn, r.finished) for r in part.caliper])
    half = 1.0 if part.flat else 0.5
    return rows[:, 0], rows[:, 1] * half, rows[:, 2] * half


def cut_profile(
    part: Part, start: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Breakpoints from start to end (m): axial, worn radius, finished radius, each (n,) m.

    Beyond the first and last caliper row the end reading is kept.
    """
    position, worn, finished = read_profile(part)
    inside = position[(position > start) & (position < end)]
    axial = np.concatenate(([start], inside, [end]))
    return axial, np.interp(axial, position, worn), np.interp(axial, position, finished)


def ring_volume(
    axial: NDArray[np.float64], inner: NDArray[np.float64], outer: NDArray[np.float64]
) -> float:
    """Volume (m3) between two radius profiles (n,) m that are straight between breakpoints.

    Sum of differences of cone frustums: pi * dx / 3 * (a^2 + a*b + b^2), exact.
    """

    def frustums(r: NDArray[np.float64]) -> NDArray[np.float64]:
        return r[:-1] ** 2 + r[:-1] * r[1:] + r[1:] ** 2

    slices = np.diff(axial) * (frustums(outer) - frustums(inner))
    return float(math.pi / 3 * slices.sum())


def metal_between(
    part: Part,
    axial: NDArray[np.float64],
    inner: NDArray[np.float64],
    outer: NDArray[np.float64],
    side: float = 0.0,
) -> float:
    """Volume (m3) between two profiles of the part's surface; `side` m more on either side of the
    zone across a plate."""
    if part.side_from is None or part.side_to is None:
        return ring_volume(axial, inner, outer)
    across = part.side_to - part.side_from + 2.0 * side
    return float(np.trapezoid(outer - inner, axial) * across)


def measure(part: Part) -> Wear:
    """How much metal is missing, and where, over the zone of `part` that will be clad."""
    axial, worn, finished = cut_profile(part, part.clad_from, part.clad_to)
    depth = finished - worn
    steps = np.abs(np.diff(worn))
    position, all_worn, all_finished = read_profile(part)
    outside = (position < part.clad_from) | (position > part.clad_to)
    return Wear(
        axial=axial,
        worn_radius=worn,
        finished_radius=finished,
        wear_depth=depth,
        worst_depth=float(depth.max()),
        worst_at=float(axial[depth.argmax()]),
        missing_volume=metal_between(part, axial, worn, finished),
        max_step=float(steps.max()),
        max_step_at=float(axial[steps.argmax()]),
        left_outside=float(np.max((all_finished - all_worn)[outside], initial=0.0)),
    )
