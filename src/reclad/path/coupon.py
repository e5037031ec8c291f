"""Single beads on a coupon: side by side, far apart, neighbours never laid one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.path.raster import lay_raster
from reclad.path.toolpath import Toolpath
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.job import PathSettings
    from reclad.process.choice import Procedure

_TURN = 2.0 * math.pi
_SLACK = 1e-9  # of a step: what rounding may cost a bead that just fits


def _expect_sizes(coupon: Plate | Offcut | Spacing) -> None:
    """Refuse a size that is no length above 0."""
    for size in fields(coupon):
        value = getattr(coupon, size.name)
        if size.name != "rings" and not (math.isfinite(value) and value > 0.0):
            raise ProcessError(
                f"coupon {size.name} {format_quantity(value, 'mm')} is no size; "
                "measure it and give it above 0 mm"
            )


@dataclass(frozen=True)
class Plate:
    """A flat coupon: `length` along X, `width` along Y, `thickness`, m; X0 Y0 is its corner, Z0 its
    underside."""

    length: float
    width: float
    thickness: float

    def __post_init__(self) -> None:
        _expect_sizes(self)


@dataclass(frozen=True)
class Offcut:
    """A piece of pipe as coupon: `length` along X, `diameter` outside, `wall`, m; X0 is its end
    face, Z0 the axis it turns about. `rings`: each bead goes once round instead of along an arc."""

    length: float
    diameter: float
    wall: float
    rings: bool = False

    def __post_init__(self) -> None:
        _expect_sizes(self)
        if 2.0 * self.wall >= self.diameter:
            raise ProcessError(
                f"coupon wall {format_quantity(self.wall, 'mm')} leaves no bore in "
                f"{format_quantity(self.diameter, 'mm')} diameter; correct one of them"
            )

    @property
    def radius(self) -> float:
        """Outside radius, m."""
        return 0.5 * self.diameter


Blank = Plate | Offcut


@dataclass(frozen=True)
class Spacing:
    """Where beads lie on a coupon, m: `bead` length of each, long enough for a pool that no longer
    changes; `pitch` from one to the next beside it, three bead widths and more, so that neither
    metal nor heat of one reaches the other; `margin` from the edges, which hold no heat."""

    bead: float = 40e-3
    pitch: float = 12e-3
    margin: float = 15e-3

    def __post_init__(self) -> None:
        _expect_sizes(self)


@dataclass(frozen=True)
class Place:
    """Where a bead begins: `row` beside and `column` behind the others, from 0; X and Y in m, A in
    rad (Y is 0 on a pipe, A on a plate)."""

    row: int
    column: int
    x: float
    y: float
    a: float


@dataclass(frozen=True)
class Layout:
    """Places of beads in the order of their list; `bead` length and `gap` between columns, m."""

    blank: Blank
    places: tuple[Place, ...]
    bead: float
    pitch: float
    gap: float

    def distance(self, one: int, other: int) -> float:
        """Way over the surface between the nearest points of two beads (m), by their numbers in
        the list."""
        here, there = self.places[one], self.places[other]
        aside = abs(here.row - there.row) * self.pitch
        apart = abs(here.column - there.column)
        behind = apart * (self.bead + self.gap) - self.bead if apart else 0.0
        if isinstance(self.blank, Offcut) and apart:
            round_way = _TURN * self.blank.radius - behind - 2.0 * self.bead
            behind = min(behind, round_way)
        return math.hypot(aside, behind)


def place_beads(blank: Blank, count: int, spacing: Spacing, settings: PathSettings) -> Layout:
    """Places for `count` beads: column by column, so that one saw cut goes through a whole column.

    On a plate beads run along X and lie beside one another in Y; on a pipe they run round A and lie
    beside one another in X. Between columns lie a lead-out and the next lead-in at least, so that
    powder fed unlit falls on no bead.
    Raises ProcessError when there is no bead, or the coupon has no room for so many.
    """
    if count < 1:
        raise ProcessError("coupon has no bead to lay; give the settings of one at least")
    gap = max(spacing.pitch, 2.0 * settings.lead)
    bead = spacing.bead
    if isinstance(blank, Offcut):
        turn = _TURN * blank.radius
        # A helix ends its layers this much short of their start: a ring does the same.
        bead = turn - settings.end_gap if blank.rings else bead
        columns = 1 if blank.rings else math.floor(turn / (bead + gap) + _SLACK)
        across = blank.length
    else:
        columns = _steps(blank.length - 2.0 * spacing.margin - bead, bead + gap)
        across = blank.width
    rows = _steps(across - 2.0 * spacing.margin, spacing.pitch)
    if count > rows * columns:
        raise ProcessError(_no_room(blank, count, (rows, columns), replace(spacing, bead=bead)))
    rows = math.ceil(count / math.ceil(count / rows))
    places = tuple(
        _place(blank, number % rows, number // rows, bead + gap, spacing, settings)
        for number in range(count)
    )
    return Layout(blank, places, bead, spacing.pitch, gap)


def _steps(room: float, step: float) -> int:
    """How many stand in a row that is `room` m long from the first to the last, `step` m apart."""
    return math.floor(room / step + _SLACK) + 1 if room > -_SLACK * step else 0


def _no_room(blank: Blank, count: int, holds: tuple[int, int], spacing: Spacing) -> str:
    sizes = [blank.length, blank.diameter if isinstance(blank, Offcut) else blank.width]
    what = "pipe" if isinstance(blank, Offcut) else "plate"
    shown = " x ".join(format_quantity(size, "mm") for size in sizes)
    return (
        f"coupon: {count} bead(s) do not fit on a {what} of {shown}, which holds "
        f"{holds[0] * holds[1]} ({holds[1]} column(s) of {holds[0]}) of "
        f"{format_quantity(spacing.bead, 'mm')} at {format_quantity(spacing.pitch, 'mm')} pitch, "
        f"{format_quantity(spacing.margin, 'mm')} from the edges; take a larger one, shorter beads "
        "or fewer of them"
    )


def _place(
    blank: Blank, row: int, column: int, step: float, spacing: Spacing, settings: PathSettings
) -> Place:
    behind, beside = column * step, spacing.margin + row * spacing.pitch
    if isinstance(blank, Plate):
        return Place(row, column, spacing.margin + behind, beside, 0.0)
    # The lead-in begins at the scribed mark, so that a machine whose A counts from 0 can lay it.
    return Place(row, column, beside, 0.0, (settings.lead + behind) / blank.radius)


def order_beads(layout: Layout, groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Numbers of the beads (from 0) in the order to lay them: group by group, and within a group
    every k-th bead, with the k that keeps beads laid one after the other farthest apart.

    groups  numbers of beads laid one group after the other, each once
    """
    ordered: list[int] = []
    for group in groups:
        ways = [
            [number for start in starts for number in group[start::k]]
            for k in range(1, len(group) + 1)
            for starts in (range(k), range(k - 1, -1, -1))
        ]
        before = ordered[-1:]
        ordered += max(ways, key=lambda way: _nearest(layout, [*before, *way]))
    return tuple(ordered)


def _nearest(layout: Layout, order: Sequence[int]) -> float:
    return min((layout.distance(one, other) for one, other in pairwise(order)), default=math.inf)


def lay_bead(
    layout: Layout, number: int, procedure: Procedure, settings: PathSettings, wait: float = 0.0
) -> Toolpath:
    """The path of one single bead, its `turn` the number of its place, from 1.

    It is entered and left straight on, unlit, over `lead` at its own travel speed, as every track
    of a raster; on a pipe the same track is wound round. All beads run the same way.
    number     place in the layout, from 0
    procedure  travel speed and stand-off are taken from it
    wait       s to stand still before it, beam and powder off
    Raises ProcessError as `Toolpath` and `lay_raster` do.
    """
    blank, place = layout.blank, layout.places[number]
    round_part = isinstance(blank, Offcut)
    surface = blank.radius if isinstance(blank, Offcut) else blank.thickness
    x0, y0 = (0.0, 0.0) if round_part else (place.x, place.y)
    half = 0.5 * layout.pitch
    one = replace(procedure, layers=1, pitch=layout.pitch)
    track = lay_raster((x0, x0 + layout.bead, y0 - half, y0 + half), one, settings, surface, 0.0)
    waits = np.zeros(track.blocks)
    waits[0] = wait
    track = replace(track, turn=np.full_like(track.turn, number + 1), wait=waits)
    if not round_part:
        return track
    return replace(
        track,
        axial=np.full_like(track.axial, place.x),
        angle=place.a + track.axial / surface,
        across=np.zeros_like(track.across),
        form="round",
    )
