"""Tracks side by side: the metal is all there, and a flat pitch is flat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.process.overlap import lay_side_by_side, layer_thickness, level


@given(st.floats(0.3, 1.4), st.integers(1, 7))
def test_every_track_adds_one_bead(pitch: float, tracks: int) -> None:
    y, z = lay_side_by_side(pitch, tracks)
    assert z.sum() * (y[1] - y[0]) == pytest.approx(tracks * 2 / 3, rel=1e-9)
    assert z.min() >= 0.0


def test_one_track_is_the_parabola_itself() -> None:
    y, z = lay_side_by_side(1.0, 1)
    assert z == pytest.approx(np.clip(1 - (2 * y) ** 2, 0, None), abs=2e-5)


def test_mean_is_the_mass_balance_and_lies_between_valley_and_crest() -> None:
    ratio = np.linspace(0.3, 0.95, 14)
    mean, valley, crest = level(ratio)
    assert mean == pytest.approx(2 / 3 / ratio)
    assert np.all(valley <= mean * 1.001)
    assert np.all(crest >= mean * 0.999)


def test_a_finer_pitch_is_flatter() -> None:
    _, valley, crest = level(np.array([0.9, 0.8, 0.7]))
    assert np.all(np.diff(crest / valley) < 0)


def test_tracks_apart_leave_bare_metal() -> None:
    assert level(np.array([1.0, 1.3]))[1].tolist() == [0.0, 0.0]


def test_layer_on_a_cylinder_holds_the_metal_of_its_turns() -> None:
    area, pitch, radius = 2.5e-6, 2e-3, 0.1
    thick = layer_thickness(np.array(area), pitch, radius)
    laid = area * 2 * np.pi * radius
    assert np.pi * ((radius + thick) ** 2 - radius**2) * pitch == pytest.approx(laid, rel=1e-12)
