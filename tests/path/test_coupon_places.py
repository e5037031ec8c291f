"""Beads on a coupon: they fit, keep apart, wait for one another, and run as all tracks run."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.job import PathSettings
from reclad.path import (
    Layout,
    Offcut,
    Plate,
    Spacing,
    Toolpath,
    lay_bead,
    order_beads,
    place_beads,
)
from reclad.process import Procedure

CUT = PathSettings()
PLATE = Plate(length=0.2, width=0.1, thickness=0.012)
PIPE = Offcut(length=0.15, diameter=0.2, wall=0.015)
RINGS = Offcut(length=0.15, diameter=0.2, wall=0.015, rings=True)


def bead(layout: Layout, number: int = 0, *, speed: float = 0.01, wait: float = 0.0) -> Toolpath:
    procedure = Procedure(2000.0, speed, 3e-4, 2e-3, 1, 15e-3, 293.15)
    return lay_bead(layout, number, procedure, CUT, wait)


def test_beads_lie_a_pitch_apart_column_by_column_from_the_margin_on() -> None:
    layout = place_beads(PLATE, 8, Spacing(), CUT)
    assert [place.column for place in layout.places] == [0, 0, 0, 0, 1, 1, 1, 1]
    ys = [place.y for place in layout.places]
    assert ys == pytest.approx([0.015, 0.027, 0.039, 0.051] * 2)
    assert [place.x for place in layout.places[3:5]] == pytest.approx([0.015, 0.075])


@pytest.mark.parametrize("blank", [PLATE, PIPE, RINGS])
def test_a_bead_is_as_long_as_asked_and_entered_and_left_at_its_own_speed(
    blank: Plate | Offcut,
) -> None:
    layout = place_beads(blank, 2, Spacing(), CUT)
    path = bead(layout, 1, speed=0.013)
    wanted = 0.2 * math.pi - CUT.end_gap if blank is RINGS else 0.04
    assert path.block_length[path.lit].sum() == pytest.approx(wanted, rel=1e-12)
    assert path.block_length / path.block_time == pytest.approx(0.013)
    ((first, stop),) = path.tracks()
    assert path.block_length[:first].sum() == pytest.approx(CUT.lead)
    assert path.block_length[stop:].sum() == pytest.approx(CUT.lead)
    assert set(path.turn.tolist()) == {2}


def test_a_bead_lies_on_the_surface_where_its_place_says() -> None:
    flat, turned = (bead(place_beads(blank, 3, Spacing(), CUT), 2) for blank in (PLATE, PIPE))
    ((first, _),) = flat.tracks()
    assert (flat.axial[first], flat.across[first]) == pytest.approx((0.015, 0.039))
    assert np.all(flat.radius == 0.012)
    assert np.all(turned.axial == 0.039)
    assert np.all(turned.radius == 0.1)
    assert turned.form == "round"
    # the lead-in begins at the mark: a machine whose A counts from 0 can lay it
    assert turned.angle[0] == pytest.approx(0.0, abs=1e-12)
    assert np.all(np.diff(turned.angle) > 0.0)


def test_the_wait_stands_before_the_bead() -> None:
    path = bead(place_beads(PLATE, 1, Spacing(), CUT), wait=45.0)
    assert path.wait[0] == 45.0
    assert not path.wait[1:].any()


def spots(layout: Layout, number: int) -> np.ndarray:
    """Points along a bead in space, m."""
    path = bead(layout, number)
    ((first, stop),) = path.tracks()
    nodes = slice(first, stop + 1)
    x, a, r = path.axial[nodes], path.angle[nodes], path.radius[nodes]
    if path.form == "flat":
        return np.column_stack((x, path.across[nodes], r))
    return np.column_stack((x, r * np.cos(a), r * np.sin(a)))


@settings(max_examples=40, deadline=None)
@given(
    blank=st.one_of(
        st.builds(Plate, st.floats(0.07, 0.4), st.floats(0.03, 0.3), st.just(0.01)),
        st.builds(Offcut, st.floats(0.03, 0.4), st.floats(0.06, 0.4), st.just(0.01)),
    ),
    count=st.integers(1, 12),
    pitch=st.floats(9e-3, 20e-3),
)
def test_laws_of_every_coupon(blank: Plate | Offcut, count: int, pitch: float) -> None:
    spacing = Spacing(pitch=pitch)
    try:
        layout = place_beads(blank, count, spacing, CUT)
    except ProcessError as error:
        assert "do not fit" in str(error)  # noqa: PT017
        return
    points = [spots(layout, number) for number in range(count)]
    for number, one in enumerate(points):
        assert one[:, 0].min() >= spacing.margin - 1e-9
        assert one[:, 0].max() <= blank.length - spacing.margin + 1e-9
        if isinstance(blank, Plate):
            assert one[:, 1].min() >= spacing.margin - 1e-9
            assert one[:, 1].max() <= blank.width - spacing.margin + 1e-9
        for earlier in range(number):
            near = np.linalg.norm(one[:, None] - points[earlier][None], axis=2).min()
            # through the pipe a chord is shorter than the way over its surface
            assert near >= 0.95 * pitch - 1e-9
            way = layout.distance(number, earlier)
            assert way == pytest.approx(layout.distance(earlier, number))
            assert near <= way + 1e-9
    order = order_beads(layout, [range(count)])
    assert sorted(order) == list(range(count))


@pytest.mark.parametrize("count", range(4, 13))
@pytest.mark.parametrize("blank", [Plate(0.1, 0.3, 0.01), Plate(0.4, 0.07, 0.01), PLATE, PIPE])
def test_no_bead_is_laid_right_after_its_neighbour(blank: Plate | Offcut, count: int) -> None:
    layout = place_beads(blank, count, Spacing(), CUT)
    order = order_beads(layout, [range(count)])
    ways = [layout.distance(one, other) for one, other in pairwise(order)]
    assert min(ways) > 1.5 * layout.pitch


def test_groups_are_laid_one_after_the_other() -> None:
    layout = place_beads(PLATE, 6, Spacing(), CUT)
    order = order_beads(layout, [[1, 3, 5], [0, 2, 4]])
    assert set(order[:3]) == {1, 3, 5}
    assert layout.distance(order[2], order[3]) > layout.pitch * 1.5


def test_beads_round_a_pipe_are_as_near_as_the_shorter_way_round() -> None:
    layout = place_beads(Offcut(0.045, 0.2, 0.01), 10, Spacing(), CUT)
    assert layout.places[-1].column == 4
    full = place_beads(Offcut(0.035, 0.1, 0.01), 5, Spacing(), CUT)
    assert full.distance(0, 4) == pytest.approx(0.1 * math.pi - 4 * 0.06 - 0.04)


@pytest.mark.parametrize(
    ("blank", "count", "words"),
    [
        (Plate(0.06, 0.1, 0.01), 1, "1 bead.s. do not fit on a plate of 60 mm x 100 mm.*holds 0"),
        (PLATE, 19, r"19 bead.s. do not fit.*holds 18 \(3 column.s. of 6\).*40 mm at 12 mm pitch"),
        (Offcut(0.025, 0.2, 0.01), 1, "on a pipe of 25 mm x 200 mm.*holds 0"),
        (Offcut(0.15, 0.018, 0.002), 1, "on a pipe of 150 mm x 18 mm.*holds 0"),
        (PLATE, 0, "no bead to lay"),
    ],
)
def test_what_does_not_fit_is_refused(blank: Plate | Offcut, count: int, words: str) -> None:
    with pytest.raises(ProcessError, match=words):
        place_beads(blank, count, Spacing(), CUT)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Plate(0.1, -0.1, 0.01), "width -100 mm is no size"),
        (lambda: Plate(0.1, math.nan, 0.01), "width nan mm is no size"),
        (lambda: Spacing(pitch=0.0), "pitch 0 mm is no size"),
        (lambda: Offcut(0.1, 0.03, 0.015), "leaves no bore"),
    ],
)
def test_sizes_that_are_none_are_refused(make, words: str) -> None:
    with pytest.raises(ProcessError, match=words):
        make()
