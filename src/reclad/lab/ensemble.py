"""What trials, or none yet, leave open of the beads of one cell: draws beside one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab.likelihood import FREEDOM, WIDTHS
from reclad.lab.prior import SEED, beliefs, normal_scores, parameters_at
from reclad.process import (
    PARAMETERS,
    QUANTITIES,
    Discrepancy,
    Substrate,
    combined_parameters,
    predict,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material, Nozzle, Powder
    from reclad.lab.posterior import Posterior
    from reclad.process import Bead, Beam, ModelParameters, ProcessParameters

    Floats = NDArray[np.float64]

DRAWS_KEPT = 1024
_READ = 0.02  # of the spot, and of a share: nearer no outline on a section is read
_WEIGHED = 0.01  # of the catchment: a coupon on the scale


@dataclass(frozen=True, eq=False)
class Aim:
    """Single beads whose dilution is wanted, and what they are laid with.

    settings    of these beads; where there are several, the mean of the logarithms counts
    substrate   what they are laid on in the job
    made_with   machine, powder and nozzle by name, as in `Posterior.draws`
    """

    settings: ProcessParameters
    beam: Beam
    substrate: Substrate
    powder: Powder
    clad: Material
    nozzle: Nozzle
    made_with: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Draws of the process model, and for each how far single beads scatter.

    draws     model parameters with the discrepancy, (draws,)
    scatter   (draws, 5) sd of the logarithm of each quantity
    """

    draws: ModelParameters
    scatter: Floats

    def __len__(self) -> int:
        return len(self.scatter)

    def beads(self, settings: ProcessParameters, aim: Aim, substrate: Substrate) -> Bead:
        """Mean beads (draws, candidates) of settings on `substrate` with the aim's cell."""
        return predict(settings, aim.beam, substrate, aim.powder, aim.clad, self.draws, exact=False)

    def some(self, count: int) -> Ensemble:
        """The first `count` draws."""
        return Ensemble(self.draws.some(count), self.scatter[:count])


def believed(aim: Aim, *, count: int = DRAWS_KEPT, seed: int = SEED) -> Ensemble:
    """The ensemble before any trial: model parameters as `prior`, and what the model may get wrong
    as a fit believes it at first, with its middle at the aim."""
    rng = np.random.default_rng([seed, 2])
    scores = normal_scores(count, len(PARAMETERS), rng)
    normal = [normal_scores(count, len(QUANTITIES), rng) for _ in range(3)]
    parameters = parameters_at(beliefs(aim.substrate.parent, aim.clad, aim.nozzle), scores)
    middle = combined_parameters(aim.settings, aim.beam).mean(axis=0)
    told = Discrepancy(normal[0] * WIDTHS[0], normal[1] * WIDTHS[1], middle, np.zeros(count))
    scatter = WIDTHS[2] * np.exp(WIDTHS[3] * normal[2])
    return Ensemble(replace(parameters, discrepancy=told), scatter)


def learned(posterior: Posterior, aim: Aim) -> Ensemble:
    """All draws of a fit for the aim's parent, clad alloy, nozzle and machine."""
    draws = posterior.draws(
        aim.substrate.parent, aim.clad, aim.nozzle, made_with=aim.made_with, count=len(posterior)
    )
    return Ensemble(draws, posterior.scatter)


def logarithms(bead: Bead, beam: Beam) -> Floats:
    """(draws, candidates, 5) logarithms of the quantities of beads, dilution as that of melted over
    clad area. A size under 2 % of the spot, or a share under 2 %, counts as that: no section shows
    less, and a bead that does not bond reads so."""
    least = _READ * 2.0 * beam.radius
    share = np.clip(bead.dilution, _READ, 1.0 - _READ)
    return np.stack(
        (
            np.log(np.maximum(bead.width, least)),
            np.log(np.maximum(bead.height, least)),
            np.log(np.maximum(bead.depth, least)),
            np.log(share / (1.0 - share)),
            np.log(np.maximum(bead.catchment, _READ)),
        ),
        axis=-1,
    )


def reading_variance(expected: Floats, scatter: Floats, beam: Beam) -> Floats:
    """(candidates, 5) variance of what one section of one bead reads about its mean, as a normal
    reading that tells as much.

    expected   (candidates, 5) logarithms to be read
    scatter    (draws, 5) between single beads, Student's t: its readings tell of their middle as
               much as normal ones of (f + 3) / (f + 1) times the variance (Fisher information)
    """
    between = (scatter**2).mean(axis=0) * (FREEDOM + 3.0) / (FREEDOM + 1.0)
    share = 1.0 / (1.0 + np.exp(-expected[:, 3]))
    read = np.empty_like(expected)
    read[:, :3] = _READ * 2.0 * beam.radius / np.exp(expected[:, :3])
    read[:, 3] = _READ / (share * (1.0 - share))
    read[:, 4] = _WEIGHED
    return np.asarray(between + read**2)
