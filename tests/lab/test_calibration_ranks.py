"""Simulation-based calibration: over many whole calibrations, truths rank evenly among draws.

Talts, Betancourt, Simpson, Vehtari and Gelman, arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import chisquare
from tests.lab import toy_bead

from reclad.lab.sampler import sample

pytestmark = pytest.mark.slow

WALKERS, BINS, TRUTHS = 40, 10, 200
# One posterior per truth: its logarithm, from the truth's own data.
Posterior = Callable[[np.ndarray, np.random.Generator], Callable[[np.ndarray], np.ndarray]]


def _evenness(
    centre: np.ndarray, spread: np.ndarray, posterior: Posterior, *, burn: int
) -> np.ndarray:
    """(parameters,): how probable ranks as uneven as those found are, if all is right.

    In a settled ensemble the walkers of one sweep are independent draws of the posterior, so the
    rank of the truth among 39 of them is even over 0 to 39.
    """
    ranks = []
    for seed in range(TRUTHS):
        rng = np.random.default_rng(7000 + seed)
        truth = centre + spread * rng.standard_normal(centre.size)
        density = posterior(truth, rng)
        start = centre + spread * rng.standard_normal((WALKERS, centre.size))
        last = sample(density, start, draws=1, burn=burn, seed=seed).points[: WALKERS - 1, 0]
        ranks.append((last < truth).sum(axis=0))
    counts = [
        np.bincount(np.asarray(ranks)[:, i] * BINS // WALKERS, minlength=BINS)
        for i in range(centre.size)
    ]
    return np.array([chisquare(count).pvalue for count in counts])


def _line(fault: float) -> Posterior:
    """Six readings of three unknowns, each a known mixture of them; the posterior believes their
    scatter to be `fault` times what it is."""
    mixture = np.random.default_rng(1).standard_normal((6, 3))

    def posterior(
        truth: np.ndarray, rng: np.random.Generator
    ) -> Callable[[np.ndarray], np.ndarray]:
        read = mixture @ truth + 0.5 * rng.standard_normal(6)
        return lambda x: (
            -0.5 * (x**2).sum(axis=1)
            - 0.5 * (((x @ mixture.T - read) / (0.5 * fault)) ** 2).sum(axis=1)
        )

    return posterior


def test_truths_rank_evenly_among_draws_of_a_line() -> None:
    found = _evenness(np.zeros(3), np.ones(3), _line(1.0), burn=150)
    assert found.min() > 0.01 / 3


def test_a_likelihood_with_half_the_scatter_is_found_out() -> None:
    found = _evenness(np.zeros(3), np.ones(3), _line(0.5), burn=150)
    assert found.max() < 1e-4


def test_truths_rank_evenly_among_draws_of_beads() -> None:
    # Absorptivity, sink, sticking and offset unknown, the rest known at its centre.
    def posterior(
        truth: np.ndarray, rng: np.random.Generator
    ) -> Callable[[np.ndarray], np.ndarray]:
        known = toy_bead.CENTRE[4:]
        measured = toy_bead.measure(np.concatenate((truth, known)), rng)
        return lambda x: toy_bead.log_density(
            np.column_stack((x, np.broadcast_to(known, (len(x), known.size)))), measured
        )

    found = _evenness(toy_bead.CENTRE[:4], toy_bead.SPREAD[:4], posterior, burn=150)
    assert found.min() > 0.01 / 4
