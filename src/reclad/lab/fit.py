"""From trials to a posterior: find its middle, emulate the model there, draw, check exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.lab.convergence import EFFECTIVE, check_convergence, diagnose, has_settled
from reclad.lab.emulator import Emulator, fit_emulator, terms_of
from reclad.lab.likelihood import FREEDOM, Density, Layout, density_of, lay_out
from reclad.lab.observations import pull_on_traits, quantities_of
from reclad.lab.posterior import Posterior, assemble
from reclad.lab.prior import SEED, normal_scores
from reclad.lab.sampler import Chains, extend, sample
from reclad.lab.weights import SHAPE_MAX, Weights, smooth_weights
from reclad.process import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.lab.observations import Observations

    Floats = NDArray[np.float64]

KEPT = 1024  # draws
_LOOKED = 3000  # draws weighed with the model itself in a round, and asked for the next emulator
_POOL, _BEADS = 12 * KEPT, 1_500_000  # at most for the last weighing, and beads that it may take
_ROUNDS = 8
_WIDTHS = (0.5, 1.0, 1.5)  # of the cloud that the first emulator is fitted through
_FELT = 0.1  # standard deviations by which a direction of the parameters must move some value
_LOOKS = 8
_WORTH = 0.1  # a draw of the emulated density must be worth so much of one of the model itself
_TEMPER = 0.85  # what the trials say counts so much while drawing: tails come out a little wider
_LIKELY = 1.2  # per unknown, below the highest log density, to be of use to an emulator
_BURN, _SWEEPS = 400, 250
_PATIENCE = 800  # sweeps that walkers may take to agree, times the round: a false peak of the
# emulator holds some of them for long, and more points of the model itself take it away


def fit(
    observed: Observations,
    *,
    seed: int = SEED,
    say: Callable[[str], None] = lambda _: None,
) -> Posterior:
    """The process model as these trials leave it: model parameters, what the model gets wrong, and
    how far single beads scatter, as draws of all of them together.

    The most likely point is found with the model itself. Around it the directions of the
    parameters that the trials feel are emulated by cubics and drawn by many walkers; the others
    stay as believed. At last every draw is weighed with the model itself and drawn again by its
    weight, so that the emulator decides how fast, not what, is found.

    seed   same trials and seed, same draws
    say    hears a line before each step
    Checked: tests/lab/test_fit.py, validation/laboratories.py (intervals hold what they say).
    Raises LabError where nothing was measured, the walkers do not agree (R-hat over 1.01, fewer
    than 400 effective draws) or the emulator cannot follow the model (fewer than 400 after
    weighing, or the largest weights too large for any count, see `weights`).
    """
    task = _Task.of(observed)
    rng = np.random.default_rng(seed)
    say("finding the most likely point")
    known = _Known.at(task, _near(task, _most_likely(task), rng))
    for number in range(_ROUNDS):
        known = known.likely()
        frame = _Frame.over(task, known.full)
        emulator = fit_emulator(frame.felt_of(known.full), known.traits)
        say(f"drawing, round {number + 1}")
        drawing = _Drawing.begin(frame, emulator, seed + number)
        weighed = drawing.weigh(_LOOKED, rng)
        if weighed.worth >= _WORTH:
            say("drawing until the walkers agree")
            drawing = drawing.until_agreed(_PATIENCE * (number + 1))
            weighed = drawing.weigh(round(2 * KEPT / weighed.worth), rng)
            if weighed.enough and has_settled(drawing.chains):
                settled = diagnose(drawing.chains)
                chosen = weighed.take(rng)
                return assemble(
                    observed, task.layout, task.middle, chosen, settled,
                    weighed.weights.effective, seed,
                )  # fmt: skip
        known = known.with_more(weighed.known)
    if weighed.enough:
        check_convergence(drawing.chains)
    raise LabError(
        f"after {_ROUNDS} rounds {len(weighed.known.full)} emulated draws are worth "
        f"{weighed.weights.effective:.0f} of the model itself, with a tail of shape "
        f"{weighed.weights.shape:.2f} (wanted {EFFECTIVE:g}, and {SHAPE_MAX:g} at most): these "
        "trials lie where the model bends too sharply, or far from all that was believed; see "
        "with `reclad trials check` whether a unit or a column is wrong"
    )


@dataclass(frozen=True, eq=False)
class _Task:
    """What is asked: density, unknowns, and where combined parameters are counted from."""

    observed: Observations
    layout: Layout
    middle: Floats
    density: Density
    there: NDArray[np.bool_]
    spot: Floats

    @classmethod
    def of(cls, observed: Observations) -> _Task:
        there = np.isfinite(observed.measured)
        if not there.any():
            raise LabError(
                "nothing was measured in these trials that a fit could use; `reclad trials check` "
                "tells what each row lacks"
            )
        steps = np.concatenate((np.eye(len(PARAMETERS)), -np.eye(len(PARAMETERS))))
        up, down = np.split(observed.predict(steps)[:, there], 2)
        layout = lay_out(observed, np.abs(up - down).max(axis=1))
        middle = np.zeros(there.shape[1])
        for q in layout.seen:
            column = observed.combined[there[:, q], q]
            middle[q] = 0.5 * (column.min() + column.max())
        return cls(
            observed, layout, middle, density_of(observed, layout, middle), there, observed.spot
        )

    def traits(self, scores: Floats) -> Floats:
        """(points, rows x 5) that the model itself gives at scores of the telling parameters."""
        every = np.zeros((len(scores), len(PARAMETERS)))
        every[:, self.layout.scores] = scores
        return self.observed.traits(every).reshape(len(scores), -1)

    def values(self, traits: Floats) -> Floats:
        """(points, values) of traits (points, rows x 5)."""
        split = traits.reshape(len(traits), *self.there.shape)
        return quantities_of(split, self.spot)[:, self.there]

    def pull(self, traits: Floats, pull: Floats) -> Floats:
        """Slopes over traits (points, rows x 5) of what has slopes `pull` (points, values)."""
        split = traits.reshape(len(traits), *self.there.shape)
        every = np.zeros(split.shape)
        every[:, self.there] = pull
        return pull_on_traits(split, every).reshape(len(traits), -1)

    def modelled(self, scores: Floats) -> Floats:
        """(points, values) that the model itself gives at scores of the telling parameters."""
        return self.values(self.traits(scores))

    def residuals(self, points: Floats) -> Floats:
        """(points, values + unknowns) whose squares sum to twice the loss of the density, scatter
        taken as it was believed to be."""
        as_believed = points.copy()
        as_believed[:, self.layout.columns["scatter"]] = 0.0
        off, _ = self.density.standardise(as_believed, self.modelled(points[:, self.scores]))
        bent = np.sign(off) * np.sqrt((FREEDOM + 1.0) * np.log1p(off**2 / FREEDOM))
        return np.concatenate((bent, points), axis=1)

    @property
    def scores(self) -> slice:
        return self.layout.columns["scores"]


def _most_likely(task: _Task) -> Floats:
    """The unknowns (unknowns,) that fit best, what was believed included."""
    from scipy.optimize import least_squares

    found = least_squares(
        lambda u: task.residuals(u[None])[0],
        np.zeros(len(task.layout)),
        jac=lambda u: _slopes(task, u),
        max_nfev=60,
    )
    return np.asarray(found.x)


@dataclass(frozen=True, eq=False)
class _Known:
    """Points (points, unknowns) at which the model itself was asked: its traits and the density."""

    full: Floats
    traits: Floats
    density: Floats

    @classmethod
    def at(cls, task: _Task, full: Floats) -> _Known:
        traits = task.traits(full[:, task.scores])
        return cls(full, traits, task.density(full, task.values(traits)))

    def likely(self) -> _Known:
        """Those near enough to the likeliest to be of use, and enough for an emulator."""
        order = np.argsort(-self.density, kind="stable")
        near = int((self.density > self.density.max() - _LIKELY * self.full.shape[1]).sum())
        return self._some(np.sort(order[: max(near, 3 * terms_of(self.full.shape[1] // 2))]))

    def with_more(self, found: _Known) -> _Known:
        """These and a thousand new ones."""
        new = found._some(np.arange(0, len(found.full), max(1, len(found.full) // _LOOKED)))
        pairs = ((self.full, new.full), (self.traits, new.traits), (self.density, new.density))
        return _Known(*(np.concatenate(pair) for pair in pairs))

    def _some(self, rows: NDArray[np.intp]) -> _Known:
        return _Known(self.full[rows], self.traits[rows], self.density[rows])


def _near(task: _Task, point: Floats, rng: np.random.Generator) -> Floats:
    """(1536, unknowns) around the most likely point: as far as a straight model lets them lie, half
    as far, and further."""
    slopes = _slopes(task, point)
    root = np.linalg.cholesky(np.linalg.inv(slopes.T @ slopes))
    far = np.repeat(_WIDTHS, 512)[:, None]
    return np.asarray(point + far * (normal_scores(far.size, point.size, rng) @ root.T))


def _slopes(task: _Task, point: Floats, step: float = 0.02) -> Floats:
    """(residuals, unknowns) by differences, all at once."""
    steps = step * np.eye(point.size)
    up, down = np.split(task.residuals(np.concatenate((point + steps, point - steps))), 2)
    return np.asarray((up - down).T / (2.0 * step))


@dataclass(frozen=True, eq=False)
class _Frame:
    """The unknowns turned so that those of the parameters that the trials feel come first.

    turn     (scores, scores) columns are directions, the most felt first
    felt     how many of them count; the others keep what was believed
    centre, root   (drawn,), (drawn, drawn): where the posterior is thought to lie
    """

    task: _Task
    turn: Floats
    felt: int
    centre: Floats
    root: Floats

    @classmethod
    def over(cls, task: _Task, full: Floats) -> _Frame:
        """The frame of a cloud of points (points, unknowns): the directions felt anywhere in it."""
        scores = task.scores.stop
        some = full[:: len(full) // _LOOKS][:_LOOKS]
        slopes = np.stack([_slopes(task, point)[:, :scores] for point in some])
        square = np.mean(
            [s[: task.density.measured.size].T @ s[: task.density.measured.size] for s in slopes],
            axis=0,
        )
        size, directions = np.linalg.eigh(square)
        turn = directions[:, ::-1]
        felt = max(1, int((size > _FELT**2).sum()))
        turned = np.concatenate((full[:, :scores] @ turn[:, :felt], full[:, scores:]), axis=1)
        root = np.linalg.cholesky(np.cov(turned.T) + 1e-6 * np.eye(turned.shape[1]))
        return cls(task, turn, felt, turned.mean(axis=0), np.asarray(root, dtype=np.float64))

    def spread(self, rng: np.random.Generator, count: int) -> Floats:
        """(count, drawn) points over the region."""
        return self.centre + normal_scores(count, self.centre.size, rng) @ self.root.T

    def felt_of(self, full: Floats) -> Floats:
        """(points, felt) of points (points, unknowns)."""
        return np.asarray(full[:, self.task.scores] @ self.turn[:, : self.felt])

    def complete(self, points: Floats, rng: np.random.Generator) -> Floats:
        """(points, unknowns): turned back, directions not felt drawn as believed."""
        rest = rng.standard_normal((len(points), len(self.turn) - self.felt))
        scores = np.concatenate((points[:, : self.felt], rest), axis=1) @ self.turn.T
        return np.concatenate((scores, points[:, self.felt :]), axis=1)

    def filled(self, points: Floats) -> Floats:
        """(points, unknowns) not turned back: the directions not felt, at their middle, add nothing
        to the density."""
        blank = np.zeros((len(points), len(self.turn) - self.felt))
        parts = (points[:, : self.felt], blank, points[:, self.felt :])
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True, eq=False)
class _Emulated:
    """The density of a frame's unknowns with the model emulated, tempered: a little wider than the
    posterior, so that no draw of that one is out of its reach."""

    frame: _Frame
    emulator: Emulator

    def __call__(self, points: Floats) -> Floats:
        """Its logarithm (points,)."""
        task = self.frame.task
        value = task.density(self.frame.filled(points), task.values(self.emulator(points)))
        return self._tempered(value, points)

    def slopes(self, points: Floats) -> tuple[Floats, Floats]:
        """Its logarithm (points,) and that one's slopes (points, drawn)."""
        task, felt, hidden = self.frame.task, self.frame.felt, len(self.frame.turn)
        traits = self.emulator(points)
        value, full, pull = task.density.slopes(self.frame.filled(points), task.values(traits))
        slopes = np.concatenate((full[:, :felt], full[:, hidden:]), axis=1)
        self.emulator.add_slopes(points, task.pull(traits, pull), slopes)
        return self._tempered(value, points), _TEMPER * slopes - (1.0 - _TEMPER) * points

    @staticmethod
    def _tempered(value: Floats, points: Floats) -> Floats:
        believed = -0.5 * (points**2).sum(axis=1)
        return np.asarray(_TEMPER * value + (1.0 - _TEMPER) * believed)


@dataclass(frozen=True, eq=False)
class _Drawing:
    """Walkers over the emulated density of a frame."""

    density: _Emulated
    chains: Chains

    @classmethod
    def begin(cls, frame: _Frame, emulator: Emulator, seed: int) -> _Drawing:
        """A first run, from where the posterior is thought to lie."""
        walkers = frame.spread(np.random.default_rng(seed), max(24, 2 * frame.centre.size))
        density = _Emulated(frame, emulator)
        run = sample(density, walkers, draws=_SWEEPS, burn=_BURN, seed=seed, slopes=density.slopes)
        return cls(density, run)

    def until_agreed(self, most: int) -> _Drawing:
        """The run, longer by halves until it has settled or holds so many sweeps."""
        density, chains = self.density, self.chains
        while not has_settled(chains) and chains.points.shape[1] < most:
            more = chains.points.shape[1] // 2
            chains = extend(density, chains, draws=more, slopes=density.slopes)
        return _Drawing(density, chains)

    def weigh(self, count: int, rng: np.random.Generator) -> _Weighed:
        """So many draws of it, or as many as may be, with the weights that make them draws of the
        model itself."""
        frame = self.density.frame
        task = frame.task
        most = min(_POOL, _BEADS // len(task.observed), self.chains.log_density.size)
        pool = self.chains.some(max(1, min(count, most)))
        known = _Known.at(task, frame.complete(pool, rng))
        rest = known.full[:, task.scores] @ frame.turn[:, frame.felt :]
        ratio = known.density - self.density(pool) + 0.5 * (rest**2).sum(axis=1)
        return _Weighed(known, smooth_weights(ratio))


@dataclass(frozen=True, eq=False)
class _Weighed:
    """Draws of the emulated density with their weights."""

    known: _Known
    weights: Weights

    @property
    def worth(self) -> float:
        """Of one draw, in draws of the model itself; none where the weights cannot be trusted."""
        weights = self.weights
        return weights.effective / weights.share.size if weights.trusted else 0.0

    @property
    def enough(self) -> bool:
        """Whether the draws can be taken for the posterior's."""
        return self.weights.trusted and self.weights.effective >= EFFECTIVE

    def take(self, rng: np.random.Generator) -> Floats:
        """KEPT of them by their weight (KEPT, unknowns), evenly."""
        at = (rng.random() + np.arange(KEPT)) / KEPT
        row = np.searchsorted(np.cumsum(self.weights.share), at)
        return self.known.full[np.minimum(row, self.weights.share.size - 1)]
