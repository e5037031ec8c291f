"""Shafts with shoulders and plates: what they need, and the metal they take."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from reclad.part import Part, measure, size_deposit

SEAT: dict[str, Any] = {
    "shape": "shaft",
    "length": "400 mm",
    "clad_from": "100 mm",
    "clad_to": "160 mm",
    "shoulder_from": "5 mm",
    "caliper": [["100 mm", "59 mm", "60 mm"], ["160 mm", "59 mm", "60 mm"]],
}
PLATE: dict[str, Any] = {
    "shape": "plate",
    "length": "150 mm",
    "width": "100 mm",
    "clad_from": "40 mm",
    "clad_to": "110 mm",
    "side_from": "35 mm",
    "side_to": "65 mm",
    "caliper": [["30 mm", "15 mm", "16 mm"], ["120 mm", "15 mm", "16 mm"]],
}


def test_at_a_shoulder_the_track_stays_half_a_spot_away_and_runs_over_at_the_free_end() -> None:
    metal = size_deposit(Part.model_validate(SEAT), 0.3e-3, 2e-3, shoulder_gap=1.5e-3)
    assert (metal.start, metal.end) == pytest.approx((0.1015, 0.162))
    assert metal.side is None


def test_a_shaft_is_solid_to_its_axis() -> None:
    part = Part.model_validate(SEAT)
    assert part.across == pytest.approx(0.0295)
    assert measure(part).missing_volume == pytest.approx(math.pi / 4 * (0.060**2 - 0.059**2) * 0.06)


def test_a_plate_misses_length_times_width_times_thickness() -> None:
    part = Part.model_validate(PLATE)
    wear = measure(part)
    assert wear.missing_volume == pytest.approx(0.07 * 0.03 * 1e-3)
    assert wear.worst_depth == pytest.approx(1e-3)
    metal = size_deposit(part, 0.0, 2e-3)
    assert metal.side == pytest.approx((0.033, 0.067))
    assert metal.volume == pytest.approx(0.074 * 0.034 * 1e-3)
    assert part.across == pytest.approx(0.015)


@pytest.mark.parametrize(
    ("base", "change", "says"),
    [
        (SEAT, {"wall": "10 mm"}, "a shaft has none; leave the line out"),
        (SEAT | {"shape": "pipe"}, {}, "a pipe needs it"),
        (PLATE, {"width": None}, "a plate needs it"),
        (PLATE, {"side_to": "120 mm"}, "must lie after side_from"),
        (PLATE, {"side_to": "30 mm"}, "must lie after side_from"),
        (PLATE, {"shoulder_to": "3 mm"}, "a plate has no shoulders"),
        (SEAT, {"side_from": "3 mm"}, "a shaft has none"),
        (PLATE, {"caliper": [["30 mm", "17 mm", "16 mm"]] * 2}, "above the finished thickness"),
    ],
)
def test_a_shape_with_the_wrong_lines_is_refused(base: Any, change: Any, says: str) -> None:
    told = {k: v for k, v in (base | change).items() if v is not None}
    with pytest.raises(ValidationError, match=says):
        Part.model_validate(told)
