"""A posterior that no fit drew: draws around what is believed, as narrow as asked for."""

from __future__ import annotations

import numpy as np

from reclad.lab import Observations, Posterior
from reclad.lab.convergence import Convergence
from reclad.lab.likelihood import WIDTHS
from reclad.lab.posterior import metals_of, range_of
from reclad.process import PARAMETERS

DRAWS = 512


def guess_posterior(observed: Observations, *, narrow: float = 0.2) -> Posterior:
    """All that is believed, `narrow` times as wide, said to come from these trials."""
    rng = np.random.default_rng(1)
    normal = rng.standard_normal((3, DRAWS, 5))
    return Posterior(
        scores=narrow * rng.standard_normal((DRAWS, len(PARAMETERS))),
        offset=narrow * normal[0] * WIDTHS[0],
        slope=narrow * normal[1] * WIDTHS[1],
        middle=observed.combined.mean(axis=0),
        scatter=np.broadcast_to(WIDTHS[2], (DRAWS, 5)).copy(),
        spread={},
        effects={},
        told=np.isfinite(observed.measured).sum(axis=0),
        rows=len(observed),
        range=range_of(observed),
        metals=metals_of(observed),
        convergence=Convergence(("a",), np.ones(1), np.full(1, 500.0), np.full(1, 500.0)),
        effective=500.0,
        seed=1,
    )
