"""Wear and deposit against formulas written another way, and the rules of a part."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reclad.part import Part, measure, size_deposit


def make_part(rows: list[tuple[float, float, float]], **changes: Any) -> Part:
    """A pipe with caliper rows in mm; 700 long, 15 wall, zone 100 to 600 unless changed."""
    told = {
        "shape": "pipe",
        "length": "700 mm",
        "wall": "15 mm",
        "clad_from": "100 mm",
        "clad_to": "600 mm",
        "caliper": [[f"{v!r} mm" for v in row] for row in rows],
    }
    return Part.model_validate(told | changes)


EVEN = [(50.0, 199.0, 200.0), (650.0, 199.0, 200.0)]
CONE = [(100.0, 198.0, 200.0), (600.0, 199.0, 200.0)]
VALLEY = [(0.0, 200.0, 200.0), (300.0, 198.0, 200.0), (400.0, 199.0, 200.0), (700.0, 200.0, 200.0)]


def test_even_wear_misses_a_plain_tube_of_metal() -> None:
    wear = measure(make_part(EVEN))
    assert wear.missing_volume == pytest.approx(math.pi / 4 * (0.2**2 - 0.199**2) * 0.5)
    assert wear.worst_depth == pytest.approx(0.0005)
    assert wear.max_step == 0.0


def test_conical_wear_misses_a_cylinder_less_a_cone_frustum() -> None:
    wear = measure(make_part(CONE))
    a, b = 0.099, 0.0995
    frustum = math.pi * 0.5 / 3 * (a * a + a * b + b * b)
    assert wear.missing_volume == pytest.approx(math.pi * 0.1**2 * 0.5 - frustum)
    assert (wear.worst_depth, wear.worst_at) == pytest.approx((0.001, 0.1))
    assert (wear.max_step, wear.max_step_at) == pytest.approx((0.0005, 0.1))


def test_wear_between_rows_is_interpolated_to_the_zone_ends() -> None:
    wear = measure(make_part(VALLEY))
    assert wear.axial.tolist() == pytest.approx([0.1, 0.3, 0.4, 0.6])
    assert wear.wear_depth.tolist() == pytest.approx([1e-3 / 3, 1e-3, 5e-4, 5e-4 / 3])
    assert wear.worst_at == pytest.approx(0.3)
    assert wear.max_step_at == pytest.approx(0.1)


def test_wear_outside_the_zone_is_reported_not_forgotten() -> None:
    rows = [(0.0, 199.0, 200.0), (100.0, 199.5, 200.0), (600.0, 199.5, 200.0)]
    assert measure(make_part(rows)).left_outside == pytest.approx(0.0005)
    assert measure(make_part(rows, clad_from="0 mm")).left_outside == 0.0
    mirrored = [(700 - x, worn, finished) for x, worn, finished in reversed(rows)]
    assert measure(make_part(mirrored)).left_outside == pytest.approx(0.0005)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    spots = sorted(draw(st.lists(st.integers(1, 699), min_size=0, max_size=8, unique=True)))
    rows = [
        (float(x), 200.0 - draw(st.floats(0, 5)), 200.0 + draw(st.floats(0, 2)))
        for x in [0, *spots, 700]
    ]
    start = draw(st.integers(10, 600))
    end = draw(st.integers(start + 1, 690))
    return make_part(rows, clad_from=f"{start} mm", clad_to=f"{end} mm")


@given(parts())
def test_missing_volume_agrees_with_fine_slices(part: Part) -> None:
    position = np.array([r.position for r in part.caliper])
    worn = np.array([r.worn / 2 for r in part.caliper])
    finished = np.array([r.finished / 2 for r in part.caliper])
    edges = np.linspace(part.clad_from, part.clad_to, 4001)
    middle = (edges[1:] + edges[:-1]) / 2
    area = math.pi * (
        np.interp(middle, position, finished) ** 2 - np.interp(middle, position, worn) ** 2
    )
    sliced = float((area * np.diff(edges)).sum())
    assert measure(part).missing_volume == pytest.approx(sliced, rel=2e-3, abs=1e-12)


@given(parts(), st.floats(0, 3e-3), st.floats(0, 0.01))
def test_needed_metal_is_wear_plus_allowance_everywhere(
    part: Part, allowance: float, over: float
) -> None:
    wear, deposit = measure(part), size_deposit(part, allowance, over)
    assert deposit.thickness_max == pytest.approx(wear.worst_depth + allowance, abs=1e-12)
    assert deposit.thickness_at(wear.axial) == pytest.approx(wear.wear_depth + allowance, abs=1e-12)
    assert deposit.thickness_min - 1e-15 <= deposit.thickness_mean <= deposit.thickness_max + 1e-15
    assert deposit.length == pytest.approx(part.clad_to - part.clad_from + 2 * over)
    assert np.all(deposit.thickness >= allowance - 1e-12)


@given(parts(), st.floats(1e-4, 3e-3))
def test_allowance_adds_exactly_its_own_ring(part: Part, allowance: float) -> None:
    plain, thicker = size_deposit(part, 0.0, 0.0), size_deposit(part, allowance, 0.0)
    axial = plain.axial
    ring = (2 * plain.target_radius + allowance) * allowance * math.pi
    added = float(np.trapezoid(ring, axial))
    assert thicker.volume - plain.volume == pytest.approx(added, rel=1e-9)


@given(parts())
def test_without_allowance_and_over_travel_the_deposit_is_the_missing_metal(part: Part) -> None:
    assert size_deposit(part, 0.0, 0.0).volume == pytest.approx(measure(part).missing_volume)


@given(parts())
def test_measuring_from_the_other_end_changes_nothing(part: Part) -> None:
    rows = [
        (700 - r.position * 1e3, r.worn * 1e3, r.finished * 1e3) for r in reversed(part.caliper)
    ]
    ends = {
        "clad_from": f"{700 - part.clad_to * 1e3!r} mm",
        "clad_to": f"{700 - part.clad_from * 1e3!r} mm",
    }
    one, other = measure(part), measure(make_part(rows, **ends))
    assert other.missing_volume == pytest.approx(one.missing_volume, rel=1e-9)
    assert other.worst_depth == pytest.approx(one.worst_depth, rel=1e-9)


def test_mean_thickness_weighs_each_stretch_by_its_length() -> None:
    rows = [(100.0, 199.0, 200.0), (150.0, 198.0, 200.0), (600.0, 198.0, 200.0)]
    deposit = size_deposit(make_part(rows), 0.0, 0.0)
    assert deposit.thickness_mean == pytest.approx((0.00075 * 50 + 0.001 * 450) / 500)
    assert deposit.thickness_min == pytest.approx(0.0005)


def test_over_travel_beyond_the_last_row_keeps_the_end_reading() -> None:
    rows = [(100.0, 199.0, 200.0), (600.0, 198.0, 200.0)]
    deposit = size_deposit(make_part(rows), 0.0, 0.004)
    assert (deposit.start, deposit.end) == pytest.approx((0.096, 0.604))
    ends = deposit.worn_radius_at(np.array([0.096, 0.1, 0.6, 0.604]))
    assert ends == pytest.approx([0.0995, 0.0995, 0.099, 0.099])
    assert deposit.thickness_mean == pytest.approx(0.00075)


@pytest.mark.parametrize(
    ("rows", "changes", "says"),
    [
        ([EVEN[0]], {}, "at least 2"),
        ([EVEN[1], EVEN[0]], {}, "does not lie after"),
        ([EVEN[0], EVEN[0], EVEN[1]], {}, "does not lie after"),
        ([(50.0, 201.0, 200.0), EVEN[1]], {}, "above the finished diameter"),
        ([(50.0, 169.0, 200.0), EVEN[1]], {}, "worn through"),
        (EVEN, {"wall": "100 mm"}, "no bore"),
        (EVEN, {"length": "640 mm"}, "beyond the part length"),
        (EVEN, {"clad_from": "40 mm"}, "outside the caliper rows"),
        (EVEN, {"clad_to": "660 mm"}, "outside the caliper rows"),
        (EVEN, {"clad_to": "100 mm"}, "does not lie after clad_from"),
        (EVEN, {"shape": "cube"}, "pipe"),
        (EVEN, {"caliper": [["1 mm", "2 mm"]] * 2}, "a row of 3"),
        (EVEN, {"caliper": "none"}, "tuple"),
    ],
)
def test_an_impossible_part_is_refused(
    rows: list[tuple[float, float, float]], changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        make_part(rows, **changes)


def test_a_part_survives_the_way_to_text_and_back() -> None:
    part = make_part(VALLEY)
    again = Part.model_validate(part.model_dump(mode="json"))
    assert measure(again).missing_volume == pytest.approx(measure(part).missing_volume)
