"""The worth of a measurement, on a case small enough to know the answer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reclad.lab import rank_measurements


def _case(depth: np.ndarray, kept: np.ndarray):
    column = depth[:, None]
    same = np.full_like(column, 2e-3)
    bead = SimpleNamespace(
        width=same, height=same, depth=column, catchment=np.full_like(column, 0.7)
    )
    choice, window = SimpleNamespace(bead=bead), SimpleNamespace(kept=kept)

    class Draws:
        grain_speed = np.full(depth.size, 3.0)

        def __len__(self) -> int:
            return depth.size

    return choice, window, Draws()


def test_a_reading_that_settles_the_question_is_worth_everything() -> None:
    # Half the truths are shallow and want candidate 0, half are deep and want candidate 1.
    deep = np.arange(200) % 2 == 0
    case = _case(np.where(deep, 2e-3, 0.5e-3), np.column_stack((~deep, deep)))
    gains = {g.measurement: g.chance for g in rank_measurements(*case)}
    assert gains["none"] <= 0.5
    assert gains["etched_section"] > 0.99
    assert gains["weighed_and_etched"] > 0.99
    assert gains["weighed_coupon"] <= 0.55
    assert gains["powder_speed"] <= 0.55


def test_a_reading_of_something_else_is_worth_nothing() -> None:
    rng = np.random.default_rng(0)
    kept = rng.random((300, 5)) < 0.4
    case = _case(np.exp(rng.normal(-7, 0.5, 300)), kept)
    gains = rank_measurements(*case)
    # Leaving the truth out of its own choice keeps chance fits from looking like knowledge.
    assert all(g.chance == pytest.approx(0.4, abs=0.1) for g in gains)


def test_the_best_measurement_comes_first(pipe_plan) -> None:
    chances = [g.chance for g in pipe_plan.gains]
    assert chances == sorted(chances, reverse=True)
    assert pipe_plan.gains[0].measurement in ("weighed_and_etched", "etched_section")


test_the_best_measurement_comes_first = pytest.mark.slow(test_the_best_measurement_comes_first)
