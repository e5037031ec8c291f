"""Draws of what trials leave open: many walkers on any density, none of them biased.

Differential evolution after ter Braak 2006 and, with an archive of past points and the snooker
move, ter Braak and Vrugt 2008 (Statistics and Computing 16:239 and 18:435). Where the density tells
its slopes, half of the moves glide along them: Hamiltonian Monte Carlo (Duane and others 1987,
Physics Letters B 195:216; Neal 2011).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LogDensity = Callable[["Floats"], "Floats"]
WithSlopes = Callable[["Floats"], tuple["Floats", "Floats"]]

_SNOOKER, _WHOLE = 0.1, 0.1  # shares of snooker moves and of moves by a whole difference
# Where slopes are given: share of half-sweeps that glide, time of a glide in units of the spread,
# most steps in one, and the chance at which the length of a step is set.
_GLIDE, _GLIDE_TIME, _GLIDE_STEPS, _GLIDE_CHANCE = 0.5, 1.6, 24, 0.8
_JITTER = 0.2  # the length of a difference is stretched by 1 +- this, evenly
_NOISE = 1e-3  # of the spread, so that no point of the space is out of reach
# Snapshots of the walkers while burning in; the later half of them stays as the archive.
_SNAPSHOTS, _APART = 100, 5  # at most, and sweeps apart at least
_METRIC_ROWS = 2000


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Where a run stands, all that is needed to go on.

    points       (walkers, parameters)   now
    log_density  (walkers,)              there
    archive      (rows, parameters)      past points from which differences are taken
    metric       (parameters, parameters)  lower triangular; metric @ metric.T is their covariance
    scale        -    on the length 2.38 / sqrt(2 parameters) of a difference
    step         -    of a glide, in units of the spread
    random       state of the generator
    """

    points: Floats
    log_density: Floats
    archive: Floats
    metric: Floats
    scale: float
    step: float
    random: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Chains:
    """What a run drew, burn-in left out; a draw of one walker follows on the one before.

    points       (walkers, draws, parameters)   in the unit of each parameter
    log_density  (walkers, draws)
    names        of the parameters
    accepted     share of the moves taken, 0 to 1
    end          where the run stands; `extend` goes on from there
    """

    points: Floats
    log_density: Floats
    names: tuple[str, ...]
    accepted: float
    end: Ensemble

    def merged(self) -> Floats:
        """All draws in one table, (walkers x draws, parameters)."""
        return self.points.reshape(-1, self.points.shape[2])

    def some(self, count: int) -> Floats:
        """(count, parameters): draws evenly spread over the run, all of its walkers in turn."""
        in_time = np.ascontiguousarray(self.points.transpose(1, 0, 2))
        table = in_time.reshape(-1, self.points.shape[2])
        if not 0 < count <= len(table):
            raise LabError(
                f"{count} draws were asked of a run that holds {len(table)}; ask for fewer or "
                "draw more"
            )
        return np.asarray(table[(np.arange(count) * len(table)) // count])


def sample(
    log_density: LogDensity,
    start: Floats,
    *,
    draws: int,
    seed: int,
    burn: int | None = None,
    slopes: WithSlopes | None = None,
    names: Sequence[str] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Chains:
    """Draws from a density known up to a factor.

    log_density   takes (points, parameters), gives its logarithm (points,); -inf is impossible
    start         (walkers, parameters): where the walkers begin, spread out; two per parameter and
                  eight at least, four or more per parameter are better
    draws, burn   sweeps kept, and thrown away before (None: as many again); a sweep moves every
                  walker once, so walkers x draws points come back
    slopes        gives the logarithm and its slopes (points,), (points, parameters); where they are
                  known a run needs a tenth of the draws in twenty parameters
    names         of the parameters, for messages
    say           hears a line for every tenth of the run

    Two half-ensembles take turns: each walker of one moves by the difference of two points of the
    other half or of the archive, or along the line to a third (snooker). The archive, the length of
    the moves and their shape are learned in the burn-in and stand still from there on, so every
    half-sweep kept leaves the density unchanged and nothing drawn depends on what was learned
    from it. The same seed gives the same draws. Stretching or turning the parameters changes
    nothing but the draws' own coordinates.

    Source: ter Braak and Vrugt 2008, equations 2 to 5. Checked: tests/lab/test_sampler.py (known
    spreads, balance, another sampler), tests/lab/test_calibration_ranks.py (whole calibrations).
    Raises LabError where the start cannot be used or the density is not a number.
    """
    begin = np.array(start, dtype=np.float64)
    burn = draws if burn is None else burn
    titles = _check(begin, draws, burn, names)
    density = _Guarded(log_density, titles)
    rng = np.random.default_rng(seed)
    values = density(begin)
    if not np.isfinite(values).all():
        lost = int(np.flatnonzero(~np.isfinite(values))[0])
        raise LabError(
            f"walker {lost} starts where the density is nil ({density.tell(begin[lost])}); start "
            "every walker at a possible point"
        )
    walk = _Walk(density, slopes, begin, values, rng, burn)
    total = burn + draws
    for sweep in range(burn):
        walk.sweep()
        walk.learn(sweep)
        _tell(say, sweep, total, walk)
    walk.settle()
    return _keep(walk, draws, titles, say, burn)


def extend(
    log_density: LogDensity,
    chains: Chains,
    *,
    draws: int,
    slopes: WithSlopes | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Chains:
    """The same run, longer by `draws` sweeps: the bytes that one run of that length would have
    given. For stopping and going on, and for drawing until `check_convergence` is content."""
    if draws < 1:
        raise LabError(f"{draws} more draws cannot be made; ask for 1 or more")
    end = chains.end
    rng = np.random.default_rng()
    rng.bit_generator.state = end.random
    density = _Guarded(log_density, chains.names)
    walk = _Walk(density, slopes, end.points.copy(), end.log_density.copy(), rng, 0)
    walk.stand(end.archive, end.metric, end.scale, end.step)
    more = _keep(walk, draws, chains.names, say, 0)
    before = chains.points.shape[1]
    return replace(
        more,
        points=np.concatenate((chains.points, more.points), axis=1),
        log_density=np.concatenate((chains.log_density, more.log_density), axis=1),
        accepted=(chains.accepted * before + more.accepted * draws) / (before + draws),
    )


def _keep(
    walk: _Walk, draws: int, names: tuple[str, ...], say: Callable[[str], None], burnt: int
) -> Chains:
    """Draw with everything learned standing still."""
    walkers, parameters = walk.points.shape
    points = np.empty((walkers, draws, parameters))
    values = np.empty((walkers, draws))
    taken = 0
    for sweep in range(draws):
        taken += walk.sweep()
        points[:, sweep] = walk.points
        values[:, sweep] = walk.values
        _tell(say, burnt + sweep, burnt + draws, walk)
    return Chains(points, values, names, taken / (draws * walkers), walk.ensemble())


class _Walk:
    """The walkers, and what their moves are made of."""

    def __init__(
        self,
        density: _Guarded,
        slopes: WithSlopes | None,
        points: Floats,
        values: Floats,
        rng: np.random.Generator,
        burn: int,
    ) -> None:
        walkers, self.parameters = points.shape
        self.density, self.points, self.values, self.rng = density, points, values, rng
        self.slopes = slopes
        self.halves = (slice(0, walkers // 2), slice(walkers // 2, walkers))
        self.every = max(_APART, burn // _SNAPSHOTS)
        # The half that stands still lies before the archive, so one index reaches either.
        self.room = walkers - walkers // 2
        snapshots = 1 + burn // self.every
        self.pool = np.empty((self.room + snapshots * walkers, self.parameters))
        self.pool[self.room : self.room + walkers] = points
        self.first, self.last = self.room, self.room + walkers
        self.scale, self.step = 1.0, 0.3
        self._shape()

    def sweep(self) -> int:
        """Move one half, then the other; how many moves were taken."""
        taken = 0
        chance: list[Floats] = []
        glides: list[Floats] = []
        for moving, still in (self.halves, self.halves[::-1]):
            if self.slopes is not None and self.rng.random() < _GLIDE:
                proposed, value, ratio = self._glide(self.points[moving], self.slopes)
                glides.append(np.exp(np.minimum(ratio, 0.0)))
            else:
                others = self.points[still]
                self.pool[: len(others)] = others
                proposed, stretch, plain = self._propose(self.points[moving], len(others))
                value = self.density(proposed)
                ratio = value - self.values[moving] + stretch
                chance.append(np.exp(np.minimum(ratio[plain], 0.0)))
            accept = np.log1p(-self.rng.random(len(ratio))) < ratio
            self.points[moving][accept] = proposed[accept]
            self.values[moving][accept] = value[accept]
            taken += int(accept.sum())
        self.chance, self.glide = _mean(chance), _mean(glides)
        return taken

    def _glide(self, at: Floats, slopes: WithSlopes) -> tuple[Floats, Floats, Floats]:
        """Points at the end of glides of one length, with a fresh push each; the logarithm of the
        density there, and of the chance to stay there. Leapfrog in the archive's metric."""
        rng = self.rng
        step = self.step * rng.uniform(1.0 - _JITTER, 1.0 + _JITTER)
        steps = rng.integers(1, 2 + min(_GLIDE_STEPS, int(_GLIDE_TIME / self.step)))
        push = rng.standard_normal(at.shape)
        value, slope = slopes(at)
        energy = value - 0.5 * (push**2).sum(axis=1)
        place = at
        for number in range(steps):
            push = push + (0.5 if number == 0 else 1.0) * step * (slope @ self.metric)
            place = place + step * (push @ self.metric.T)
            value, slope = slopes(place)
        push = push + 0.5 * step * (slope @ self.metric)
        ratio = value - 0.5 * (push**2).sum(axis=1) - energy
        # A glide that ran off to where nothing is a number ends where it began.
        return place, value, np.where(np.isfinite(ratio), ratio, -np.inf)

    def _propose(self, at: Floats, others: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Points to try, the logarithm of what a move stretches space by, and which moves are
        plain differences. Draws on nothing that moves with `at`."""
        rng, count = self.rng, len(at)
        kind = rng.random(count)
        snooker, whole = kind < _SNOOKER, kind > 1.0 - _WHOLE
        one, two, three = self._pick(count, others)
        difference = self.pool[one] - self.pool[two]
        length = np.where(whole, 1.0, self.scale * 2.38 / np.sqrt(2.0 * self.parameters))
        length *= rng.uniform(1.0 - _JITTER, 1.0 + _JITTER, count)
        noise = _NOISE * (rng.standard_normal(at.shape) @ self.metric.T)
        proposed = at + length[:, None] * difference + noise
        stretch = np.zeros(count)
        if snooker.any():
            length_along = rng.uniform(1.2, 2.2, int(snooker.sum()))
            proposed[snooker], stretch[snooker] = self._along(
                at[snooker], self.pool[three[snooker]], difference[snooker], length_along
            )
        return proposed, stretch, ~(snooker | whole)

    def _along(
        self, at: Floats, anchor: Floats, difference: Floats, length: Floats
    ) -> tuple[Floats, Floats]:
        """Snooker: along the line from the anchor, by the part of a difference that lies on it.

        The part is taken in the metric of the archive, so that units do not matter. A line's points
        stand r**(parameters - 1) apart at a distance r from its anchor: the stretch.
        """
        line = at - anchor
        straight, across = line @ self.levelling, difference @ self.levelling
        # A walker on its own anchor has no line; it stays (a case of probability nil).
        square = np.maximum((straight**2).sum(axis=1), 1e-300)
        grown = length * (straight * across).sum(axis=1) / square
        with np.errstate(divide="ignore"):
            stretch = (self.parameters - 1) * np.log(np.abs(1.0 + grown))
        return at + grown[:, None] * line, stretch

    def _pick(
        self, count: int, others: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Three different rows of the pool per walker, all of the archive or all of the half."""
        chosen = self.rng.random((4, count))
        archive = chosen[0] < 0.5
        rows = np.where(archive, self.last - self.first, others)
        offset = np.where(archive, self.first, 0)
        one = (chosen[1] * rows).astype(np.intp)
        on = 1 + (chosen[2] * (rows - 1)).astype(np.intp)
        further = 1 + (chosen[3] * (rows - 2)).astype(np.intp)
        further += further >= on
        return offset + one, offset + (one + on) % rows, offset + (one + further) % rows

    def learn(self, sweep: int) -> None:
        """In the burn-in: length of the moves, archive and metric from how the walkers fare."""
        if np.isfinite(self.chance):
            # 0.44 is best for one parameter, 0.234 for many (Roberts and Rosenthal 2001).
            wanted = 0.234 + 0.206 / self.parameters
            step = (self.chance - wanted) * 2.0 / (1 + sweep) ** 0.5
            self.scale = float(np.clip(self.scale * np.exp(step), 0.02, 4.0))
        if np.isfinite(self.glide):
            step = (self.glide - _GLIDE_CHANCE) * 2.0 / (1 + sweep) ** 0.5
            self.step = float(np.clip(self.step * np.exp(step), 0.01, 2.0))
        if (sweep + 1) % self.every == 0:
            walkers = len(self.points)
            self.pool[self.last : self.last + walkers] = self.points
            self.last += walkers
            snapshots = (self.last - self.room) // walkers
            self.first = self.room + (snapshots // 2) * walkers
            self._shape()

    def settle(self) -> None:
        """End of the burn-in: nothing is learned from here on."""
        self.stand(self.pool[self.first : self.last].copy(), self.metric, self.scale, self.step)

    def stand(self, archive: Floats, metric: Floats, scale: float, step: float) -> None:
        """Take over what was learned."""
        self.pool = np.concatenate((np.empty((self.room, self.parameters)), archive))
        self.first, self.last = self.room, len(self.pool)
        self._take(metric)
        self.scale, self.step = scale, step

    def ensemble(self) -> Ensemble:
        """Where the run stands."""
        return Ensemble(
            points=self.points.copy(),
            log_density=self.values.copy(),
            archive=self.pool[self.first : self.last],
            metric=self.metric,
            scale=self.scale,
            step=self.step,
            random=dict(self.rng.bit_generator.state),
        )

    def _shape(self) -> None:
        """The metric of the archive; the one before where the archive has no volume."""
        rows = self.last - self.first
        archive = self.pool[self.first : self.last : -(-rows // _METRIC_ROWS)]
        spread = archive.std(axis=0)
        if (spread > 0.0).all():
            level = (archive - archive.mean(axis=0)) / spread
            correlation = level.T @ level / len(level) + 1e-9 * np.eye(self.parameters)
            self._take(spread[:, None] * np.linalg.cholesky(correlation))

    def _take(self, metric: Floats) -> None:
        """The metric, and what levels a difference (a row, from the left) to spread 1."""
        self.metric = metric
        # By spread and shape apart: units from micrometres to megawatts keep all their figures.
        spread = np.sqrt((metric**2).sum(axis=1))
        self.levelling = (np.linalg.inv(metric / spread[:, None]) / spread).T


def _mean(chances: list[Floats]) -> float:
    """Mean of all, nan if there is none."""
    every = np.concatenate(chances) if chances else np.empty(0)
    return float(every.mean()) if every.size else np.nan


class _Guarded:
    """The density, refusing what is not one; knows the parameters' names."""

    def __init__(self, log_density: LogDensity, names: tuple[str, ...]) -> None:
        self.log_density, self.names = log_density, names

    def __call__(self, points: Floats) -> Floats:
        values = np.asarray(self.log_density(points), dtype=np.float64)
        if values.shape != (len(points),):
            raise LabError(
                f"the density gave {values.shape} for {len(points)} points; it must give one "
                f"number per point, ({len(points)},)"
            )
        wrong = np.isnan(values) | (values == np.inf)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise LabError(
                f"the density's logarithm is {values[row]} at {self.tell(points[row])}; give -inf "
                "where a point is impossible and a number elsewhere"
            )
        return values

    def tell(self, point: Floats) -> str:
        """A point in words."""
        return ", ".join(f"{n} {v:.4g}" for n, v in zip(self.names, point, strict=True))


def _check(start: Floats, draws: int, burn: int, names: Sequence[str] | None) -> tuple[str, ...]:
    """The parameters' names, once the start is one that a run can begin with."""
    if start.ndim != 2 or start.size == 0:
        raise LabError(
            f"start has the shape {start.shape}; it must be (walkers, parameters), one row a walker"
        )
    walkers, parameters = start.shape
    titles = tuple(names or (f"unknown {i + 1}" for i in range(parameters)))
    if len(titles) != parameters:
        raise LabError(f"{len(titles)} names for {parameters} parameters; give one for each")
    if draws < 1 or burn < 0:
        raise LabError(f"draws {draws} and burn {burn} make no run; draw 1 or more, burn 0 or more")
    least = max(8, 2 * parameters)
    if walkers < least:
        raise LabError(
            f"{walkers} walkers for {parameters} parameters; differences span the space from "
            f"{least} walkers on: start more"
        )
    if not np.isfinite(start).all():
        walker, column = (int(i) for i in np.argwhere(~np.isfinite(start))[0])
        raise LabError(
            f"walker {walker} starts at {titles[column]} {start[walker, column]}; give a number"
        )
    spread = np.ptp(start, axis=0)
    if not (spread > 0.0).all():
        still = titles[int(np.flatnonzero(~(spread > 0.0))[0])]
        raise LabError(
            f"all walkers start at the same {still}; no difference would ever move it: spread them"
        )
    centred = (start - start.mean(axis=0)) / spread
    spanned = int(np.linalg.matrix_rank(centred, tol=1e-9 * np.sqrt(walkers)))
    if spanned < parameters:
        raise LabError(
            f"the walkers start in {spanned} of {parameters} directions; spread them in every "
            "parameter independently"
        )
    return titles


def _tell(say: Callable[[str], None], sweep: int, total: int, walk: _Walk) -> None:
    done = sweep + 1
    if done * 10 // total > sweep * 10 // total:
        say(f"drawn {done} of {total} sweeps of {len(walk.points)} walkers")
