"""What a fit leaves: draws of the process model for any alloy, machine and nozzle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.lab.likelihood import EFFECT, FACTORS, FREEDOM, WIDTHS, level_of
from reclad.lab.prior import DRAWS, beliefs, parameters_at
from reclad.process import PARAMETERS, QUANTITIES, Discrepancy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reclad.job import Material, Nozzle
    from reclad.lab.convergence import Convergence
    from reclad.lab.likelihood import Layout
    from reclad.lab.observations import Observations
    from reclad.process import ModelParameters

    Floats = NDArray[np.float64]


# Published keyholes are 1.5 to 2.7 times as deep as conduction gives (docs/validation.md).
_VAPOUR = 0.6
_BEYOND = 0.05  # of a setting: so far outside the trials they still stand behind it


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of all that a fit looked for, and how they were come by.

    scores    (draws, 17) model parameters as normal scores of what was believed
    offset, slope, middle   as in `Discrepancy`, without the effects below
    scatter   (draws, 5) between single beads, sd of the logarithm (dilution as in `Discrepancy`)
    spread    factor -> (draws,) between machines, powders or nozzles, in units of the offset's sd
    effects   factor -> name -> (draws, 5) what one machine, powder or nozzle adds to the offset;
              nothing for the only one that trials name, and for "", one that is not said
    told      (5,) values measured of each quantity
    rows      trials behind it
    range     setting -> lowest and highest in the trials, SI
    metals    pairs of parent and clad alloy met, the clad "" for bare tracks
    convergence, effective   of the walkers; draws that the model itself would count for full
    """

    scores: Floats
    offset: Floats
    slope: Floats
    middle: Floats
    scatter: Floats
    spread: Mapping[str, Floats]
    effects: Mapping[str, Mapping[str, Floats]]
    told: NDArray[np.intp]
    rows: int
    range: Mapping[str, tuple[float, float]]
    metals: tuple[tuple[str, str], ...]
    convergence: Convergence
    effective: float
    seed: int

    def __len__(self) -> int:
        return len(self.scores)

    def draws(
        self,
        parent: Material,
        clad: Material | None,
        nozzle: Nozzle,
        *,
        made_with: Mapping[str, str] | None = None,
        spot_stated: bool = True,
        count: int = DRAWS,
    ) -> ModelParameters:
        """Draws of the process model for a parent, clad alloy and nozzle, the discrepancy with
        them: what `prior` gives without trials.

        made_with     machine, powder and nozzle by name; one the trials know keeps what they say of
                      it, another may differ as much as they differ among themselves, or, where
                      the trials know only one, as much as is believed
        spot_stated   False for a spot known as loosely as that of the trials
        count         at most as many as the posterior holds, evenly taken
        """
        if not 0 < count <= len(self):
            raise LabError(f"{count} draws of a posterior that holds {len(self)}; ask for fewer")
        rows = (np.arange(count) * len(self)) // count
        believed = beliefs(parent, clad, nozzle, spot_stated=spot_stated)
        offset = self.offset + sum(
            self.effect(factor, (made_with or {}).get(factor, "")) for factor in self.effects
        )
        return replace(
            parameters_at(believed, self.scores[rows]),
            discrepancy=Discrepancy(
                offset[rows], self.slope[rows], self.middle, self._vapour(count)
            ),
        )

    def lacks(
        self,
        settings: Mapping[str, float],
        parent: Material,
        clad: Material | None,
        made_with: Mapping[str, str] | None = None,
    ) -> list[str]:
        """What keeps these trials from standing behind a setting (SI, names as in `range`): a
        metal or quantity never tried, another machine, powder or nozzle, a setting more than a
        twentieth outside; empty if nothing."""
        pair = (parent.name, clad.name if clad else "")
        found = [] if pair in self.metals else [f"{pair[1] or 'bare'} on {pair[0]} was not tried"]
        wanted = ("width", "height", "dilution") if clad else ("width", "depth")
        told = dict(zip(QUANTITIES, self.told, strict=True))
        found += [f"{name} was not measured" for name in wanted if not told[name]]
        found += [
            f"{factor} {name} was not tried"
            for factor, name in (made_with or {}).items()
            if factor in self.effects and name not in self.effects[factor]
        ]
        for name, value in settings.items():
            low, high = self.range[name]
            if not low * (1.0 - _BEYOND) <= value <= high * (1.0 + _BEYOND):
                found.append(f"{name.replace('_', ' ')} lies outside the trials")
        return found

    def effect(self, factor: str, name: str) -> Floats:
        """(draws, 5) what a machine, powder or nozzle adds to the offset; for one that the trials
        do not know, how it may differ from theirs."""
        known = self.effects[factor]
        if name in known:
            return known[name]
        rng = np.random.default_rng([self.seed, FACTORS.index(factor)])
        normal = rng.standard_normal(self.offset.shape)
        return np.asarray(self.spread[factor][:, None] * WIDTHS[0] * normal)

    def _vapour(self, count: int) -> Floats:
        rng = np.random.default_rng([self.seed, len(FACTORS) + 2])
        return np.asarray(_VAPOUR * np.abs(rng.standard_normal(count)))

    def expect(self, observed: Observations) -> Floats:
        """(draws, rows, 5) logarithms of the mean beads that these draws give for the settings of
        `observed`, dilution as that of melted over clad area; nothing measured on them is used."""
        away = observed.combined - self.middle
        mean = observed.predict(self.scores) + self.offset[:, None] + self.slope[:, None] * away
        for factor in self.effects:
            for row, trial in enumerate(observed.trials):
                mean[:, row] += self.effect(factor, level_of(trial, factor))
        return mean

    def expect_sections(self, observed: Observations) -> Floats:
        """(draws, rows, 5) as `expect`, one section of one bead each, with its scatter."""
        mean = self.expect(observed)
        rng = np.random.default_rng([self.seed, len(FACTORS) + 1])
        sd = np.hypot(self.scatter[:, None], observed.known)
        return np.asarray(mean + sd * rng.standard_t(FREEDOM, mean.shape))

    def section_scatter(self, count: int = DRAWS) -> Floats:
        """(count, 5) what one section of one bead may lie off, a logarithm for each draw."""
        rows = (np.arange(count) * len(self)) // count
        rng = np.random.default_rng([self.seed, len(FACTORS)])
        return np.asarray(self.scatter[rows] * rng.standard_t(FREEDOM, (count, len(QUANTITIES))))


def assemble(
    observed: Observations,
    layout: Layout,
    middle: Floats,
    chosen: Floats,
    convergence: Convergence,
    effective: float,
    seed: int,
) -> Posterior:
    """The posterior of drawn unknowns (draws, unknowns); what the trials tell nothing of is drawn
    as believed."""
    rng = np.random.default_rng([seed, 1])
    cut, count, seen = layout.columns, len(chosen), list(layout.seen)
    scores = rng.standard_normal((count, len(PARAMETERS)))
    scores[:, layout.scores] = chosen[:, cut["scores"]]
    normal = rng.standard_normal((3, count, len(QUANTITIES)))
    normal[0][:, seen] = chosen[:, cut["offset"]]
    normal[1][:, list(layout.sloped)] = chosen[:, cut["slope"]]
    normal[2][:, seen] = chosen[:, cut["scatter"]]
    spread, effects = {}, {}
    for number, (factor, levels) in enumerate(layout.levels.items()):
        spread[factor] = EFFECT[0] * np.exp(EFFECT[1] * chosen[:, cut["spread"]][:, number])
        each = chosen[:, cut[factor]].reshape(count, len(levels), len(seen))
        told = np.zeros((count, len(levels), len(QUANTITIES)))
        told[:, :, seen] = each * spread[factor][:, None, None] * WIDTHS[0, seen]
        effects[factor] = {name: told[:, i] for i, name in enumerate(levels)}
    for factor in FACTORS:
        only = level_of(observed.trials[0], factor)
        if factor not in effects and only:
            spread[factor] = EFFECT[0] * np.exp(EFFECT[1] * rng.standard_normal(count))
            effects[factor] = dict.fromkeys((only, ""), np.zeros((count, len(QUANTITIES))))
    return Posterior(
        scores=scores,
        offset=normal[0] * WIDTHS[0],
        # Of what was never measured the slope is counted from nowhere: only an offset is believed.
        slope=normal[1] * WIDTHS[1] * np.isin(np.arange(len(QUANTITIES)), seen),
        middle=middle,
        scatter=WIDTHS[2] * np.exp(WIDTHS[3] * normal[2]),
        spread=spread,
        effects=effects,
        told=np.isfinite(observed.measured).sum(axis=0),
        rows=len(observed),
        range=range_of(observed),
        metals=metals_of(observed),
        convergence=convergence,
        effective=effective,
        seed=seed,
    )


def range_of(observed: Observations) -> dict[str, tuple[float, float]]:
    """Setting -> lowest and highest in the trials, SI."""
    names = ("power", "travel_speed", "feed_rate", "stand_off", "interpass")
    columns = {
        name: np.concatenate([getattr(bench.settings, name) for bench in observed.benches])
        for name in names
    } | {"spot": 2.0 * observed.spot}
    return {name: (float(c.min()), float(c.max())) for name, c in columns.items()}


def metals_of(observed: Observations) -> tuple[tuple[str, str], ...]:
    """Pairs of parent and clad alloy met, the clad "" for bare tracks."""
    pairs = {(b.substrate.parent.name, b.clad.name if b.clad else "") for b in observed.benches}
    return tuple(sorted(pairs))
