"""Draws of the prior say what the beliefs say, and stay physical."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.lab import Belief, beliefs, prior
from reclad.process import PARAMETERS


def test_there_is_one_belief_per_unknown_in_the_kernels_order(pipe_job) -> None:
    believed = beliefs(pipe_job.parent, pipe_job.clad, pipe_job.nozzle)
    assert [b.name for b in believed] == [*PARAMETERS]


@pytest.mark.parametrize(
    ("belief", "points"),
    [
        (Belief("a", "normal", 0.36, 0.06, "assumed", low=0.0), (0.2613, 0.36, 0.4587)),
        (Belief("b", "log_normal", 3.0, 0.5, "assumed"), (1.318, 3.0, 6.828)),
        # Beta(18, 2) by its own quantiles from tables: 5 % 0.7736, 95 % 0.9810
        (Belief("c", "beta", 18.0, 2.0, "assumed"), (0.7736, 0.9130, 0.9810)),
    ],
)
def test_a_belief_has_its_own_quantiles(belief: Belief, points: tuple[float, ...]) -> None:
    assert belief.draw(np.array([0.05, 0.5, 0.95])) == pytest.approx(points, rel=2e-3)


def test_a_cut_normal_never_leaves_its_ends_and_never_piles_up_there() -> None:
    cut = Belief("d", "normal", 0.15, 0.08, "assumed", low=0.0, high=0.6)
    drawn = cut.draw((np.arange(2000) + 0.5) / 2000)
    assert drawn.min() > 0.0
    assert np.unique(drawn).size == 2000


def test_the_same_seed_gives_the_same_draws_and_another_does_not(pipe_job) -> None:
    first, again, other = (
        prior(pipe_job.parent, pipe_job.clad, pipe_job.nozzle, seed=s).as_columns()
        for s in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_unknown_has_one_draw_in_each_equal_slice(pipe_draws) -> None:
    ranks = np.sort(pipe_draws.emissivity)
    from scipy.special import betainc

    share = betainc(14.0, 6.0, ranks)
    assert np.array_equal(np.floor(share * len(pipe_draws)), np.arange(len(pipe_draws)))


def test_unknowns_are_drawn_independently(pipe_draws) -> None:
    columns = pipe_draws.as_columns()
    columns = columns[:, np.ptp(columns, axis=0) > 0.0]
    assert columns.shape[1] == len(PARAMETERS) - 1  # the spot is stated
    correlation = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(correlation).max() < 0.25
