"""What trials say of the unknowns: the density that a fit draws from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reclad.lab import _density_kernels as kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Trial
    from reclad.lab.observations import Observations

    Floats = NDArray[np.float64]
    Columns = NDArray[np.intp]

# Per quantity: standard deviation of the model's offset and of its slope per unit of the logarithm
# of the combined parameter; median and log sd of the scatter between beads. Dilution as the
# logarithm of melted over clad area. Offsets as wide as published models miss by; the scatter of
# width and depth from repeats (hofmann2026), of dilution from its source's own analysis (dai2024).
WIDTHS = np.array(
    [
        [0.10, 0.15, 0.20, 0.60, 0.10],
        [0.10, 0.10, 0.15, 0.30, 0.05],
        [0.06, 0.06, 0.09, 0.33, 0.04],
        [0.50, 0.50, 0.50, 0.50, 0.50],
    ]
)
EFFECT = np.array([0.5, 0.5])  # between machines, powders, nozzles: in offsets' sd, and its log sd
FREEDOM = 4.0  # of Student's t: a section far off does not pull the fit along
FACTORS = ("machine", "powder", "nozzle")


@dataclass(frozen=True)
class Layout:
    """Which unknown stands in which column.

    scores    indices of the model parameters that these trials tell anything of
    seen      indices of the quantities measured
    sloped    those of them whose combined parameter varies
    levels    factor -> names met, for factors of which the trials hold two or more
    """

    scores: tuple[int, ...]
    seen: tuple[int, ...]
    sloped: tuple[int, ...]
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Part of the unknowns -> its columns."""
        sizes = {
            "scores": len(self.scores),
            "offset": len(self.seen),
            "slope": len(self.sloped),
            "scatter": len(self.seen),
            "spread": len(self.levels),
        } | {name: len(levels) * len(self.seen) for name, levels in self.levels.items()}
        ends = np.cumsum([0, *sizes.values()])
        pairs = zip(sizes, ends, ends[1:], strict=False)
        return {name: slice(int(first), int(last)) for name, first, last in pairs}

    def __len__(self) -> int:
        return int(max(part.stop for part in self.columns.values()))


@dataclass(frozen=True, eq=False)
class Density:
    """Log density of the unknowns, each of them standard normal before the trials.

    A measured logarithm is the model's, plus offset, slope times combined parameter and the effects
    of machine, powder and nozzle, plus a scatter by Student's t with 4 degrees of freedom.
    measured, known, away   (values,) as in Observations, over what was measured
    """

    layout: Layout
    measured: Floats
    known: Floats
    away: Floats
    quantity: Columns
    per_quantity: Columns
    spread_at: Columns
    effect_at: Columns

    def __call__(self, points: Floats, modelled: Floats) -> Floats:
        """(points,) at points (points, unknowns), whose model gives `modelled` (points, values)."""
        off, log_sd = self.standardise(points, modelled)
        out = np.empty(len(points))
        kernels.log_density(points, off, log_sd, FREEDOM, out)
        return out

    def slopes(self, points: Floats, modelled: Floats) -> tuple[Floats, Floats, Floats]:
        """The log density (points,), its slopes (points, unknowns) as far as the unknowns do not
        act through the model, and its slopes over what the model gives (points, values)."""
        off, log_sd = self.standardise(points, modelled)
        out, pull, value = np.empty(points.shape), np.empty(modelled.shape), np.empty(len(points))
        kernels.log_density(points, off, log_sd, FREEDOM, value)
        kernels.density_slopes(
            points, off, log_sd, FREEDOM, self.away, self.quantity, self.per_quantity,
            self._widths, self.spread_at, self.effect_at, EFFECT, out, pull,
        )  # fmt: skip
        return value, out, pull

    @cached_property
    def _widths(self) -> Floats:
        return np.ascontiguousarray(WIDTHS[:, list(self.layout.seen)])

    def standardise(self, points: Floats, modelled: Floats) -> tuple[Floats, Floats]:
        """Residuals in standard deviations, and the logarithms of these: (points, values)."""
        off, log_sd = np.empty(modelled.shape), np.empty(modelled.shape)
        kernels.standardise(
            points, modelled, self.measured, self.known, self.away, self.quantity,
            self.per_quantity, self._widths, self.spread_at, self.effect_at, EFFECT, off, log_sd,
        )  # fmt: skip
        return off, log_sd


def density_of(observed: Observations, layout: Layout, middle: Floats) -> Density:
    """The density that these trials leave of the unknowns."""
    row, column = np.nonzero(np.isfinite(observed.measured))
    cut, seen = layout.columns, layout.seen
    quantity = np.array([seen.index(c) for c in column])
    slopes = [
        layout.sloped.index(q) + cut["slope"].start if q in layout.sloped else -1 for q in seen
    ]
    effect_at = [
        cut[name].start
        + np.array([levels.index(level_of(t, name)) for t in observed.trials])[row] * len(seen)
        + quantity
        for name, levels in layout.levels.items()
    ]
    return Density(
        layout=layout,
        measured=observed.measured[row, column],
        known=observed.known[row, column],
        away=(observed.combined - middle)[row, column],
        quantity=quantity,
        per_quantity=np.array([
            np.arange(cut["offset"].start, cut["offset"].stop),
            slopes,
            np.arange(cut["scatter"].start, cut["scatter"].stop),
        ]),
        spread_at=np.arange(cut["spread"].start, cut["spread"].stop),
        effect_at=np.array(effect_at, dtype=np.intp).reshape(len(layout.levels), row.size),
    )  # fmt: skip


def level_of(trial: Trial, factor: str) -> str:
    """Which machine, powder or nozzle a trial was made with; "" where it does not say."""
    if factor == "powder" and trial.bare:
        return ""
    return str(getattr(trial, factor) or "")


def lay_out(observed: Observations, reach: Floats) -> Layout:
    """The unknowns that these trials tell anything of.

    reach   (parameters,) largest change of any measured logarithm between the lower and the upper
            standard deviation of a model parameter
    """
    there = np.isfinite(observed.measured)
    combined = np.where(there, observed.combined, 0.0)
    low = np.where(there, observed.combined, np.inf).min(axis=0)
    high = np.where(there, combined, -np.inf).max(axis=0)
    seen = np.flatnonzero(there.any(axis=0))
    names = {
        factor: tuple(sorted({level_of(t, factor) for t in observed.trials})) for factor in FACTORS
    }
    return Layout(
        scores=tuple(int(i) for i in np.flatnonzero(reach > _TELLING)),
        seen=tuple(int(q) for q in seen),
        sloped=tuple(int(q) for q in seen if high[q] - low[q] > _VARIES),
        levels={factor: found for factor, found in names.items() if len(found) > 1},
    )


_TELLING = 3e-3  # a parameter that moves no value by this much in the logarithm stays as believed
_VARIES = 1e-3
