"""The metal to lay: from the worn surface to the finished diameter plus machining allowance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.part.wear import cut_profile, metal_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.part.part import Part


@dataclass(frozen=True)
class Deposit:
    """Metal to lay, zone plus over-travel at both ends; arrays over breakpoints.

    axial, worn_radius, target_radius, thickness  (n,) m, straight between breakpoints;
                     target = finished radius + allowance, thickness is radial
    start, end       axial ends of the clad, over-travel included (m); half a spot from a shoulder
    side             ends of the clad across a plate, over-travel included (m), None for round parts
    zone_from, zone_to  the zone that must reach the target (m)
    thickness_max, thickness_min, thickness_mean  needed in the zone (m); mean over length
    volume           m3 from start to end, allowance included
    allowance, over_travel   m
    """

    axial: NDArray[np.float64]
    worn_radius: NDArray[np.float64]
    target_radius: NDArray[np.float64]
    thickness: NDArray[np.float64]
    start: float
    end: float
    zone_from: float
    zone_to: float
    thickness_max: float
    thickness_min: float
    thickness_mean: float
    volume: float
    allowance: float
    over_travel: float
    side: tuple[float, float] | None = None

    @property
    def length(self) -> float:
        """Axial length of the clad, over-travel included (m)."""
        return self.end - self.start

    def worn_radius_at(self, axial: NDArray[np.float64]) -> NDArray[np.float64]:
        """Worn radius (m) at axial positions (m); beyond the ends the end value is kept."""
        return np.asarray(np.interp(axial, self.axial, self.worn_radius))

    def target_radius_at(self, axial: NDArray[np.float64]) -> NDArray[np.float64]:
        """Finished radius plus allowance (m) at axial positions (m)."""
        return np.asarray(np.interp(axial, self.axial, self.target_radius))

    def thickness_at(self, axial: NDArray[np.float64]) -> NDArray[np.float64]:
        """Radial metal needed (m) at axial positions (m)."""
        return np.asarray(np.interp(axial, self.axial, self.thickness))


def size_deposit(
    part: Part, allowance: float, over_travel: float, shoulder_gap: float = 0.0
) -> Deposit:
    """The metal `part` needs, with machining allowance (radial, m) and over-travel (m per end).

    shoulder_gap   m between a shoulder and the centre of the track beside it, instead of
                   over-travel: half a spot lets the bead touch the shoulder and the beam miss it
    """
    start = part.clad_from + (shoulder_gap if part.shoulder_from else -over_travel)
    end = part.clad_to - (shoulder_gap if part.shoulder_to else -over_travel)
    axial, worn, finished = cut_profile(part, start, end)
    target = finished + allowance
    zone, zone_worn, zone_finished = cut_profile(part, part.clad_from, part.clad_to)
    needed = zone_finished + allowance - zone_worn
    return Deposit(
        axial=axial,
        worn_radius=worn,
        target_radius=target,
        thickness=target - worn,
        start=start,
        end=end,
        zone_from=part.clad_from,
        zone_to=part.clad_to,
        thickness_max=float(needed.max()),
        thickness_min=float(needed.min()),
        thickness_mean=float(np.trapezoid(needed, zone) / (zone[-1] - zone[0])),
        volume=metal_between(part, axial, worn, target, side=over_travel),
        allowance=allowance,
        over_travel=over_travel,
        side=_side(part, over_travel),
    )


def _side(part: Part, over_travel: float) -> tuple[float, float] | None:
    if part.side_from is None or part.side_to is None:
        return None
    return part.side_from - over_travel, part.side_to + over_travel
