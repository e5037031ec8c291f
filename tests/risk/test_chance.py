"""Chances learn from a shop's own outcomes, and their intervals hold what they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import norm

from reclad.errors import RiskError
from reclad.risk.chance import learn_shift, share_interval

SD = 1.0


def logistic(odds: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-odds))


def test_without_outcomes_all_is_belief() -> None:
    shift = learn_shift(SD, np.array([]), np.array([], dtype=bool))
    assert shift.prior_share == pytest.approx(1.0, abs=1e-3)
    low, middle, high = shift.quantiles((0.05, 0.5, 0.95), shift.values)
    assert (low, middle, high) == pytest.approx((-1.645, 0.0, 1.645), abs=0.03)
    told = shift.chances(np.array([0.1, 0.5]))
    assert told.shape == (801, 2)
    assert told[400] == pytest.approx([0.1, 0.5])


def test_a_shop_without_damage_is_believed_more_and_the_prior_share_falls() -> None:
    shares, chances = [], []
    for count in (0, 30, 300, 3000):
        shift = learn_shift(SD, np.full(count, 0.05), np.zeros(count, dtype=bool))
        shares.append(shift.prior_share)
        chances.append(shift.quantiles((0.5,), shift.chances(np.array(0.05)))[0])
    assert all(a > b for a, b in pairwise(chances))
    assert shares[-1] < 0.5 * shares[0]


def test_many_outcomes_outweigh_what_was_believed() -> None:
    rng = np.random.default_rng(3)
    foretold = np.full(20_000, 0.03)
    shift = learn_shift(SD, foretold, rng.random(20_000) < 0.12)
    low, high = shift.quantiles((0.05, 0.95), shift.chances(np.array(0.03)))
    assert low < 0.12 < high
    assert high - low == pytest.approx(2 * 1.645 * np.sqrt(0.12 * 0.88 / 20_000), rel=0.1)
    assert shift.prior_share < 0.01


def _shop(rng: np.random.Generator, jobs: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances that the model foretells and those that are true in one shop."""
    odds = rng.normal(-2.5, 1.0, jobs)
    return logistic(odds), logistic(odds + SD * rng.standard_normal())


@pytest.mark.slow
def test_in_synthetic_shops_the_score_beats_the_base_rate_and_intervals_hold() -> None:
    rng = np.random.default_rng(11)
    ours, base, inside = [], [], []
    for _ in range(600):
        foretold, true = _shop(rng, 90)
        happened = rng.random(90) < true
        before, after = slice(0, 60), slice(60, 90)
        shift = learn_shift(SD, foretold[before], happened[before])
        told = shift.weights @ shift.chances(foretold[after])
        # the base rate of the same sixty repairs, as a shop that only counts would say
        rate = (happened[before].sum() + 0.5) / 61.0
        ours.append(np.mean((told - happened[after]) ** 2))
        base.append(np.mean((rate - happened[after]) ** 2))
        low, high = shift.quantiles((0.05, 0.95), shift.chances(foretold[60]))
        inside.append(low <= true[60] <= high)
    assert np.mean(ours) < 0.97 * np.mean(base)
    assert 0.85 <= np.mean(inside) <= 0.95


def test_a_tail_known_exactly_lies_in_its_interval() -> None:
    exact = norm.sf(3.0)
    assert exact == pytest.approx(1.35e-3, rel=1e-3)
    held = 0
    for seed in range(200):
        draws = np.random.default_rng(seed).standard_normal(20_000)
        low, high = share_interval(draws > 3.0)
        held += low <= exact <= high
    assert 180 <= held <= 199  # 95 % of 200, more than three standard deviations either way


def test_none_and_all_have_their_ends_at_the_end() -> None:
    assert share_interval(np.zeros(256, dtype=bool))[0] == 0.0
    assert share_interval(np.ones(256, dtype=bool))[1] == 1.0
    assert share_interval(np.zeros(256, dtype=bool))[1] == pytest.approx(0.0097, abs=5e-4)


@pytest.mark.parametrize(
    ("sd", "chance", "happened", "told"),
    [
        (1.0, [0.1, 0.2], [True], "2 chances"),
        (1.0, [1.4], [True], "1.4"),
        (1.0, [float("nan")], [True], "nan"),
        (0.0, [0.1], [True], "spread of 0"),
    ],
)
def test_outcomes_that_cannot_be_are_refused(sd, chance, happened, told) -> None:
    with pytest.raises(RiskError, match=told):
        learn_shift(sd, np.array(chance), np.array(happened))


def test_no_draws_give_no_interval() -> None:
    with pytest.raises(RiskError, match="no draws"):
        share_interval(np.array([], dtype=bool))
