"""Trials as numbers that the process model can be held against."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.job import look_up, read_nozzle
from reclad.lab.prior import beliefs, parameters_at
from reclad.process import (
    QUANTITIES,
    ProcessParameters,
    Substrate,
    combined_parameters,
    predict,
    read_spot,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.job import Material, Nozzle, Powder, Trial
    from reclad.process import Beam, ModelParameters

    Floats = NDArray[np.float64]

NOZZLE = "coaxial-15"  # where a trial names none
AMBIENT = 293.15
_READ = 0.02  # of the spot, and of a share: nearer no outline on a section is read
_LEAST = 1e-3  # a size or share below this part of the spot or of one is no bead any more


@dataclass(frozen=True, eq=False)
class Bench:
    """What beads were laid with: metals, nozzle and spot, the same for all of `rows`."""

    rows: NDArray[np.intp]
    settings: ProcessParameters
    beam: Beam
    spot_stated: bool
    substrate: Substrate
    powder: Powder | None
    clad: Material | None
    nozzle: Nozzle

    def parameters(self, scores: Floats) -> ModelParameters:
        """Model parameters at normal scores (draws, 17) of what was believed before."""
        believed = beliefs(
            self.substrate.parent, self.clad, self.nozzle, spot_stated=self.spot_stated
        )
        return parameters_at(believed, scores)

    def predict(self, draws: ModelParameters) -> Floats:
        """(draws, rows of this bench, 5) traits, see `quantities_of`."""
        bead = predict(self.settings, self.beam, self.substrate, self.powder, self.clad, draws)
        spot = self.beam.radius
        least = _LEAST * spot
        area = np.maximum(bead.area, least**2)
        across = draws.melt_shape[:, None] * bead.width / draws.bead_over_pool[:, None]
        return np.stack(
            (
                np.log(np.maximum(bead.width, least)),
                np.log(np.maximum(bead.height, least)),
                bead.penetration / spot,
                np.log(np.maximum(across, least) * spot / area),
                np.log(np.maximum(bead.catchment, _LEAST)),
            ),
            axis=-1,
        )


def quantities_of(traits: Floats, spot: Floats) -> Floats:
    """(..., rows, 5) logarithms of the quantities, that of dilution of melted over clad area.

    traits   (..., rows, 5): logarithms of width, height; how deep the floor of the pool lies, in
             spot radii; logarithms of melted over clad area at a depth of one, and of catchment
    spot     (rows,) m
    A bead that does not bond counts as melted to a thousandth of the spot.
    """
    depth = np.log(np.maximum(traits[..., 2], _LEAST))
    out = traits.copy()
    out[..., 2] = depth + np.log(spot)
    out[..., 3] += depth
    return out


def pull_on_traits(traits: Floats, pull: Floats) -> Floats:
    """Slopes over traits (..., rows, 5) of what has the slopes `pull` over `quantities_of`."""
    out = pull.copy()
    deep = traits[..., 2] > _LEAST
    both = pull[..., 2] + pull[..., 3]
    out[..., 2] = np.where(deep, both / np.where(deep, traits[..., 2], 1.0), 0.0)
    return out


@dataclass(frozen=True, eq=False)
class Observations:
    """Trials in the logarithms a fit works in.

    trials    (rows,) as read
    measured  (rows, 5) logarithms, dilution as that of melted over clad area; nan not measured
    known     (rows, 5) standard deviation of `measured` that the sections' own scatter explains
    combined  (rows, 5) logarithm of each quantity's combined parameter
    """

    trials: tuple[Trial, ...]
    measured: Floats
    known: Floats
    combined: Floats
    benches: tuple[Bench, ...]

    @property
    def spot(self) -> Floats:
        """Spot radius (rows,) m."""
        out = np.empty(len(self))
        for bench in self.benches:
            out[bench.rows] = bench.beam.radius
        return out

    def __len__(self) -> int:
        return len(self.trials)

    def predict(self, scores: Floats) -> Floats:
        """(points, rows, 5) logarithms that the model gives at normal scores (points, 17)."""
        return quantities_of(self.traits(scores), self.spot)

    def traits(self, scores: Floats) -> Floats:
        """(points, rows, 5) what the model gives at normal scores, smooth in them."""
        out = np.empty((len(scores), len(self), len(QUANTITIES)))
        for bench in self.benches:
            out[:, bench.rows] = bench.predict(bench.parameters(scores))
        return out


def observe(trials: Sequence[Trial], folder: Path | None = None) -> Observations:
    """The trials as numbers, metals looked up in `folder` and the library.

    Where a trial does not say so, the part is at 20 degC, the nozzle coaxial-15 at its own
    stand-off. Single beads give width, height, depth and dilution; any clad its catchment.
    LabError for a metal that no library holds.
    """
    grouped: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row, trial in enumerate(trials):
        metals = (trial.parent, None if trial.bare else trial.powder, trial.thickness)
        grouped[(*metals, trial.nozzle, trial.spot, trial.spot_definition)].append(row)
    benches = tuple(_bench(trials, np.array(rows), folder) for rows in grouped.values())
    measured = np.full((len(trials), len(QUANTITIES)), np.nan)
    known = np.zeros_like(measured)
    combined = np.empty_like(measured)
    for bench in benches:
        combined[bench.rows] = combined_parameters(bench.settings, bench.beam)
        for row in bench.rows:
            measured[row], known[row] = _measured(trials[row], bench.clad)
    return Observations(tuple(trials), measured, known, combined, benches)


def _bench(trials: Sequence[Trial], rows: NDArray[np.intp], folder: Path | None) -> Bench:
    first = trials[rows[0]]
    metals = look_up(first, folder)
    if metals.parent is None:
        raise LabError(
            f"trial {first.id}: parent {first.parent} is in no library; put its file into "
            "materials/ beside the trials, or name one of `reclad list materials`"
        )
    if not first.bare and (metals.powder is None or metals.clad is None):
        raise LabError(
            f"trial {first.id}: powder {first.powder} is in no library; put its file into powders/ "
            "beside the trials (`reclad new-powder`), or name one of `reclad list powders`"
        )
    nozzle = read_nozzle(first.nozzle or NOZZLE, folder)
    stated = first.spot_definition != "not stated"
    some = [trials[row] for row in rows]
    return Bench(
        rows=rows,
        settings=ProcessParameters.of(
            power=[t.power for t in some],
            travel_speed=[t.travel_speed for t in some],
            feed_rate=[t.powder_rate for t in some],
            stand_off=[t.stand_off or nozzle.stand_off for t in some],
            interpass=[t.base_temperature or AMBIENT for t in some],
        ),
        beam=read_spot(first.spot, first.spot_definition if stated else "1/e2"),
        spot_stated=stated,
        substrate=Substrate(metals.parent, first.thickness, AMBIENT),
        powder=None if first.bare else metals.powder,
        clad=None if first.bare else metals.clad,
        nozzle=nozzle,
    )


def _measured(trial: Trial, clad: Material | None) -> tuple[Floats, Floats]:
    """Logarithms of what was measured, and their standard deviation by the sections' scatter."""
    value, spread = np.full(len(QUANTITIES), np.nan), np.zeros(len(QUANTITIES))
    root = np.sqrt(trial.sections or 1)

    def take(column: int, size: float | None, scatter: float | None, read: float) -> None:
        if size:
            value[column] = np.log(size)
            spread[column] = np.hypot((scatter or 0.0) / root, read) / size

    if trial.single:
        read = _READ * trial.spot
        take(0, trial.width, trial.width_scatter, read)
        take(1, trial.height, trial.height_scatter, read)
        take(2, trial.depth, trial.depth_scatter, read)
        share = trial.area_dilution if trial.dilution is None else trial.dilution
        if share and share < 1.0 and not trial.bare:
            odds = share / (1.0 - share)
            over = (1.0 - share) ** 2
            take(3, odds, (trial.dilution_scatter or 0.0) / over, _READ / over)
    caught = trial.weighed_catchment
    if caught is not None:
        off = caught * (trial.mass_gained_scatter or 0.0) / (trial.mass_gained or 1.0)
        take(4, caught, off, 0.5 * _READ * caught)
    elif trial.clad_area and clad is not None and not trial.bare:
        laid = trial.clad_area * trial.travel_speed * clad.density.value
        share = laid / (trial.tracks * trial.layers * trial.powder_rate)
        off = share * (trial.clad_area_scatter or 0.0) / trial.clad_area
        take(4, share, off, _READ * share)
    return value, spread
