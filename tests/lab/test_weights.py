from __future__ import annotations

import numpy as np
import pytest

from reclad.lab.weights import SHAPE_MAX, smooth_weights


@pytest.mark.parametrize("shape", [0.3, 0.6, 1.0])
def test_the_shape_of_a_known_tail_is_found(shape: float) -> None:
    uniform = np.random.default_rng(0).random(40_000)
    found = smooth_weights(np.log1p((uniform**-shape - 1.0) / shape))
    assert found.shape == pytest.approx(shape, abs=0.1)
    assert found.trusted == (shape < SHAPE_MAX)


def test_weights_turn_a_normal_into_its_neighbour() -> None:
    draws = 1.2 * np.random.default_rng(1).standard_normal(20_000)
    ratio = -0.5 * (draws - 0.5) ** 2 + 0.5 * (draws / 1.2) ** 2
    found = smooth_weights(ratio)
    mean = float(found.share @ draws)
    assert found.share.sum() == pytest.approx(1.0)
    assert mean == pytest.approx(0.5, abs=0.03)
    assert found.share @ (draws - mean) ** 2 == pytest.approx(1.0, abs=0.05)


def test_as_another_program_smooths_them() -> None:
    """ArviZ 0.23, psislw, of the same ratios."""
    found = smooth_weights(np.random.default_rng(1).normal(0.0, 1.5, 3000))
    assert found.shape == pytest.approx(0.5170416092, abs=1e-9)
    assert found.effective == pytest.approx(318.611755584, abs=1e-6)


def test_one_draw_far_above_all_others_is_not_trusted() -> None:
    ratio = np.random.default_rng(2).normal(0.0, 0.3, 1000)
    assert smooth_weights(ratio).trusted
    ratio[17] += 12.0
    assert not smooth_weights(ratio).trusted


def test_equal_weights_are_worth_all_of_them() -> None:
    found = smooth_weights(np.full(500, -7.0))
    assert found.effective == pytest.approx(500.0)
    assert found.trusted
