"""What a calibration changed: the beads expected before it and after it at the same settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab.lesson import LEARNED
from reclad.lab.likelihood import WIDTHS
from reclad.lab.prior import DRAWS, SEED, normal_scores
from reclad.process import PARAMETERS, QUANTITIES, Discrepancy, combined_parameters, predict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reclad.lab.observations import Bench
    from reclad.lab.posterior import Posterior
    from reclad.process import ModelParameters

    Points = tuple[float, float, float]


@dataclass(frozen=True)
class Change:
    """One quantity of the mean bead at the same settings, 5, 50, 95 % points (SI; dilution and
    catchment as shares) before and after (None: not measured), and how many values were measured.
    """

    name: str
    before: Points
    after: Points | None
    values: int

    @property
    def left(self) -> float:
        """What is left of the width of the band, 1 is all of it."""
        was = self.before[2] - self.before[0]
        if self.after is None:
            return 1.0
        return (self.after[2] - self.after[0]) / was if was > 0.0 else 1.0

    @property
    def determined(self) -> bool:
        """Whether the beads determined it: clearly narrower than believed before."""
        return self.left < LEARNED


def compare_before_after(
    posterior: Posterior, aim: Bench, made_with: Mapping[str, str]
) -> tuple[Change, ...]:
    """Every quantity at the one setting of `aim`, before any trial and after these.

    made_with   machine, powder and nozzle by name
    Before is what a fit starts from: published spreads, and what the model is believed to miss by.
    """
    clad = aim.clad
    after = posterior.draws(aim.substrate.parent, clad, aim.nozzle, made_with=made_with)
    told = zip(_points(aim, _believed(aim)), _points(aim, after), posterior.told, strict=True)
    return tuple(
        Change(name, was, now if values else None, int(values))
        for name, (was, now, values) in zip(QUANTITIES, told, strict=True)
    )


def _believed(aim: Bench) -> ModelParameters:
    """Draws of the process model and of what it misses by at the settings of `aim`."""
    rng = np.random.default_rng(SEED)
    scores = normal_scores(DRAWS, len(PARAMETERS), rng)
    misses = normal_scores(DRAWS, 2 * len(QUANTITIES), rng).reshape(DRAWS, 2, -1)
    middle = combined_parameters(aim.settings, aim.beam)[0]
    return replace(
        aim.parameters(scores),
        discrepancy=Discrepancy(
            misses[:, 0] * WIDTHS[0], misses[:, 1] * WIDTHS[1], middle, np.zeros(DRAWS)
        ),
    )


def _points(aim: Bench, draws: ModelParameters) -> list[Points]:
    bead = predict(aim.settings, aim.beam, aim.substrate, aim.powder, aim.clad, draws)
    found = []
    for name in QUANTITIES:
        low, middle, high = np.quantile(getattr(bead, name)[:, 0], (0.05, 0.5, 0.95))
        found.append((float(low), float(middle), float(high)))
    return found
