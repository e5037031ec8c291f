"""The toolpath: block lengths along the surface, tracks, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.errors import ProcessError
from reclad.path.toolpath import Toolpath


def ring(**changes: object) -> Toolpath:
    """Six blocks of 60 degrees on a radius of 100 mm, two lit, a jump, one lit."""
    columns: dict[str, object] = {
        "axial": np.linspace(0.0, 0.006, 7),
        "angle": np.arange(7) * np.pi / 3.0,
        "radius": np.full(7, 0.1),
        "lit": np.array([False, True, True, False, True, False]),
        "layer": np.ones(6, dtype=np.int32),
        "turn": np.ones(6, dtype=np.int32),
        "joined": np.array([True, True, True, False, True, True]),
        "travel_speed": 0.01,
        "stand_off": 0.015,
        "pitch": 0.006,
    }
    return Toolpath(**{**columns, **changes})


def test_a_block_is_as_long_as_the_surface_it_passes() -> None:
    path = ring()
    expected = np.hypot(0.1 * np.pi / 3.0, 0.001)
    assert path.block_length[path.joined] == pytest.approx(expected)
    assert path.block_time[0] == pytest.approx(expected / 0.01)


def test_a_jump_has_no_length_and_no_time() -> None:
    path = ring()
    assert path.block_length[3] == 0.0
    assert path.block_time[3] == 0.0


def test_climbing_lengthens_a_block() -> None:
    radius = np.full(7, 0.1)
    radius[1:] += 0.03
    block = ring(radius=radius).block_length[0]
    assert block == pytest.approx(np.sqrt((0.115 * np.pi / 3.0) ** 2 + 0.001**2 + 0.03**2))


def test_tracks_are_the_unbroken_runs_of_lit_blocks() -> None:
    assert ring().tracks() == [(1, 3), (4, 5)]
    assert ring(lit=np.zeros(6, dtype=bool)).tracks() == []
    assert ring(lit=np.ones(6, dtype=bool), joined=np.ones(6, dtype=bool)).tracks() == [(0, 6)]


def test_columns_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ring().axial[0] = 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"angle": np.zeros(6)}, "column angle has shape"),
        ({"turn": np.ones(7, dtype=np.int32)}, "column turn has shape"),
        ({"radius": np.array([0.1, np.nan] + [0.1] * 5)}, "not a number"),
        ({"joined": np.array([True, True, False, True, True, True])}, "lit across a jump"),
        ({"travel_speed": 0.0}, "travel_speed 0.0 must be above 0"),
        ({"axial": np.zeros(1)}, "at least 2"),
    ],
)
def test_inconsistent_paths_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ProcessError, match=words):
        ring(**change)


def plate(**changes: object) -> Toolpath:
    """Two blocks over a plate: 3 mm along X, then 3 mm along X and 4 mm along Y."""
    columns: dict[str, object] = {
        "axial": np.array([0.0, 0.003, 0.006]),
        "angle": np.zeros(3),
        "radius": np.full(3, 0.02),
        "across": np.array([0.0, 0.0, 0.004]),
        "lit": np.array([False, True]),
        "layer": np.ones(2, dtype=np.int32),
        "turn": np.ones(2, dtype=np.int32),
        "joined": np.ones(2, dtype=bool),
        "travel_speed": 0.01,
        "stand_off": 0.015,
        "pitch": 0.002,
        "form": "flat",
    }
    return Toolpath(**{**columns, **changes})


def test_a_block_on_a_plate_is_as_long_as_its_way_along_x_and_y() -> None:
    assert plate().block_length == pytest.approx([0.003, 0.005])
    assert plate().block_time == pytest.approx([0.3, 0.5])


def test_the_height_of_a_plate_does_not_lengthen_a_level_block() -> None:
    assert plate(radius=np.full(3, 0.5)).block_length == pytest.approx([0.003, 0.005])


def test_a_round_path_stays_over_its_axis_without_being_told() -> None:
    assert ring().form == "round"
    assert ring().across.shape == (7,)
    assert not ring().across.any()
    with pytest.raises(ValueError, match="read-only"):
        ring().across[0] = 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"angle": np.array([0.0, 0.1, 0.2])}, "form flat has angle other than 0 at node 1: A"),
        ({"form": "round"}, "form round has across other than 0 at node 2: Y must rest"),
        ({"form": "conical"}, 'neither "round" nor "flat"'),
        ({"across": np.zeros(2)}, "column across has shape"),
        ({"across": np.array([0.0, np.nan, 0.0])}, "column across holds a value that is not"),
    ],
)
def test_a_form_that_does_not_fit_its_columns_is_refused(
    change: dict[str, object], words: str
) -> None:
    with pytest.raises(ProcessError, match=words):
        plate(**change)
