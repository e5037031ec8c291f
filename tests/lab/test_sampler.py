"""The sampler draws what it is asked to draw: known spreads, balance, an independent sampler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.lab import toy_bead

from reclad.errors import LabError
from reclad.lab import sampler
from reclad.lab.convergence import check_convergence, diagnose
from reclad.lab.sampler import Chains, extend, sample

MOVES = {"all moves": (0.1, 0.1), "snooker": (1.0, 0.0), "differences": (0.0, 0.1)}


def _unit(points: np.ndarray) -> np.ndarray:
    return -0.5 * (points**2).sum(axis=1)


def _start(walkers: int, parameters: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((walkers, parameters))


def _only(monkeypatch: pytest.MonkeyPatch, moves: str) -> None:
    monkeypatch.setattr(sampler, "_SNOOKER", MOVES[moves][0])
    monkeypatch.setattr(sampler, "_WHOLE", MOVES[moves][1])


@pytest.mark.parametrize("moves", MOVES)
def test_a_sweep_leaves_draws_that_are_right_right(
    moves: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Walkers begin as exact draws, so the sum of squares stays chi-square to the last sweep; a
    # move out of balance shifts it at once, whatever the sampler would still learn.
    _only(monkeypatch, moves)
    walkers, parameters = 6000, 4
    chains = sample(_unit, _start(walkers, parameters), draws=12, burn=0, seed=5)
    assert chains.accepted > 0.2
    freedom = walkers * parameters
    off = ((chains.points[:, -1] ** 2).sum() - freedom) / np.sqrt(2.0 * freedom)
    assert abs(off) < 4.0


def test_the_same_seed_gives_the_same_draws_and_another_does_not() -> None:
    first, again, other = (sample(_unit, _start(12, 3), draws=40, seed=s).points for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been() -> None:
    whole = sample(_unit, _start(13, 3), draws=60, burn=30, seed=1)
    part = extend(_unit, sample(_unit, _start(13, 3), draws=25, burn=30, seed=1), draws=35)
    assert np.array_equal(whole.points, part.points)
    assert np.array_equal(whole.log_density, part.log_density)
    assert whole.accepted == pytest.approx(part.accepted)


def test_nothing_is_learned_after_the_burn_in() -> None:
    run = sample(_unit, _start(12, 3), draws=20, burn=40, seed=1)
    longer = extend(_unit, run, draws=50)
    assert np.array_equal(run.end.archive, longer.end.archive)
    assert np.array_equal(run.end.metric, longer.end.metric)
    assert run.end.scale == longer.end.scale


def test_the_log_density_kept_is_the_one_of_the_point_kept() -> None:
    run = sample(_unit, _start(12, 3), draws=30, seed=1)
    assert np.array_equal(run.log_density.reshape(-1), _unit(run.merged()))


def test_units_do_not_matter() -> None:
    # Powers of two, so that even rounding is the same.
    units = 2.0 ** np.array([-20, 0, 33])
    plain = sample(_unit, _start(12, 3), draws=100, seed=1)
    other = sample(lambda x: _unit(x / units), _start(12, 3) * units, draws=100, seed=1)
    assert np.array_equal(other.points, plain.points * units)


def test_no_walker_leaves_the_possible() -> None:
    def inside(points: np.ndarray) -> np.ndarray:
        return np.where(((points > 0.0) & (points < 1.0)).all(axis=1), 0.0, -np.inf)

    start = np.random.default_rng(0).random((30, 2))
    points = sample(inside, start, draws=200, seed=1).merged()
    assert 0.0 < points.min() < 0.05
    assert 0.95 < points.max() < 1.0


def test_a_handful_of_walkers_draws_as_rightly_as_many() -> None:
    # Moves made of the half that is itself moving would lose a sixth of the variance here.
    run = sample(_unit, _start(8, 4), draws=4000, burn=300, seed=1)
    assert (run.merged() ** 2).mean() == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("spread", [0.01, 30.0])
def test_the_burn_in_forgives_a_start_much_too_narrow_or_too_wide(spread: float) -> None:
    run = sample(_unit, spread * _start(40, 3), draws=600, seed=1)
    assert run.merged().std(axis=0) == pytest.approx(1.0, abs=0.06)
    assert 0.6 < run.end.scale < 1.6


def test_the_run_tells_how_far_it_is() -> None:
    heard: list[str] = []
    sample(_unit, _start(8, 1), draws=60, burn=40, seed=1, say=heard.append)
    assert len(heard) == 10
    assert heard[0] == "drawn 10 of 100 sweeps of 8 walkers"
    assert heard[-1] == "drawn 100 of 100 sweeps of 8 walkers"


def test_a_few_draws_are_taken_from_the_whole_run_and_every_walker() -> None:
    run = sample(_unit, _start(10, 2), draws=50, seed=1)
    some = run.some(250)
    table = {tuple(p): w for w, walker in enumerate(run.points) for p in walker}
    assert {table[tuple(p)] for p in some} <= set(range(10))
    assert run.some(500).shape == (500, 2)
    assert np.array_equal(np.sort(run.some(500), axis=0), np.sort(run.merged(), axis=0))
    with pytest.raises(LabError, match="501 draws were asked of a run that holds 500"):
        run.some(501)


def _nan_above_two(points: np.ndarray) -> np.ndarray:
    return np.where(points[:, 0] > 2.0, np.nan, _unit(points))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": np.zeros(5)}, r"shape \(5,\); it must be \(walkers, parameters\)"),
        ({"start": _start(7, 2)}, "7 walkers for 2 parameters.* from 8 walkers on"),
        ({"start": _start(19, 10), "names": None}, "from 20 walkers on"),
        ({"start": _start(9, 2) * [1.0, 0.0]}, "start at the same sink"),
        ({"start": _start(9, 1) * [1.0, 2.0]}, "start in 1 of 2 directions"),
        ({"start": np.full((9, 2), np.nan)}, "walker 0 starts at absorptivity nan"),
        ({"names": ("sink",)}, "1 names for 2 parameters"),
        ({"draws": 0}, "draws 0 and burn 0 make no run"),
        ({"log_density": lambda x: x}, r"gave \(9, 2\) for 9 points"),
        ({"log_density": lambda _: np.full(9, -np.inf)}, r"walker 0 starts .* nil \(absorptivity"),
        (
            {"log_density": _nan_above_two, "start": 0.5 * _start(9, 2), "draws": 300},
            r"logarithm is nan at absorptivity 2\.\d+, sink",
        ),
    ],
)
def test_a_run_that_cannot_be_right_is_refused(change: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {
        "log_density": _unit,
        "start": _start(9, 2),
        "draws": 10,
        "seed": 1,
        "names": ("absorptivity", "sink"),
    } | change
    density, start = given.pop("log_density"), given.pop("start")
    with pytest.raises(LabError, match=words):
        sample(density, start, **given)


def test_no_run_is_made_longer_by_nothing() -> None:
    with pytest.raises(LabError, match="0 more draws"):
        extend(_unit, sample(_unit, _start(8, 2), draws=3, seed=1), draws=0)


def _gaussian(parameters: int) -> tuple[Any, np.ndarray]:
    """A density, correlated up to 0.9 and more, of units from 1e-4 to 1e4; its spreads."""
    rng = np.random.default_rng(parameters)
    root = rng.standard_normal((parameters, parameters))
    covariance = root @ root.T + 0.05 * np.eye(parameters)
    unit = 10.0 ** rng.uniform(-4.0, 4.0, parameters)
    inverse = np.linalg.inv(covariance)
    return (
        lambda x: -0.5 * np.einsum("ij,jk,ik->i", x / unit, inverse, x / unit),
        unit * np.sqrt(np.diag(covariance)),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "moves"),
    [*((n, "all moves") for n in (2, 3, 5, 8, 14)), *((n, "snooker") for n in (2, 3, 5, 8))],
)
def test_the_spread_of_a_gaussian_is_right_within_two_percent(
    parameters: int, moves: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only(monkeypatch, moves)
    density, spread = _gaussian(parameters)
    draws = 300 + 120 * parameters
    run = sample(density, spread * _start(400, parameters), draws=draws, burn=400, seed=11)
    merged = run.merged() / spread
    assert merged.std(axis=0) == pytest.approx(1.0, abs=0.02)
    # The middle to within what so many effective draws can tell.
    effective = np.minimum(diagnose(run).bulk, len(merged))
    assert np.abs(merged.mean(axis=0) * np.sqrt(effective)).max() < 4.0


@pytest.mark.slow
def test_a_bent_density_is_followed_round_the_bend() -> None:
    def banana(x: np.ndarray) -> np.ndarray:
        return -0.5 * x[:, 0] ** 2 - 0.5 * ((x[:, 1] - x[:, 0] ** 2) / 0.5) ** 2

    run = sample(banana, _start(400, 2), draws=6000, burn=500, seed=2).merged()
    # x2 = x1**2 + 0.5 n: variance 2 + 0.25.
    assert run.std(axis=0) == pytest.approx([1.0, 1.5], rel=0.02)
    assert (run[:, 1] - run[:, 0] ** 2).std() == pytest.approx(0.5, rel=0.02)


@pytest.mark.slow
def test_a_bounded_density_is_filled_to_its_edges() -> None:
    def box(x: np.ndarray) -> np.ndarray:
        inside = (x > 0.0).all(axis=1) & (x[:, :2] < 1.0).all(axis=1)
        return np.where(inside, -x[:, 2], -np.inf)

    start = np.random.default_rng(0).random((400, 3))
    run = sample(box, start, draws=1500, burn=300, seed=2).merged()
    assert run.std(axis=0) == pytest.approx([12**-0.5, 12**-0.5, 1.0], rel=0.02)
    shares = [(run[:, i] < 0.01).mean() for i in range(3)] + [(run[:, 0] > 0.99).mean()]
    assert shares == pytest.approx([0.01, 0.01, 1.0 - np.exp(-0.01), 0.01], rel=0.1)


@pytest.mark.slow
def test_the_tails_of_a_t_distribution_are_reached() -> None:
    from scipy.stats import t

    for freedom, seed in ((5, 2), (10, 3)):
        run = sample(
            lambda x, n=freedom: -0.5 * (n + 3) * np.log1p((x**2).sum(axis=1) / n),
            _start(400, 3),
            draws=5000,
            burn=300,
            seed=seed,
        ).merged()
        points = (0.01, 0.05, 0.95, 0.99)
        found = np.quantile(run, points, axis=0) / t(freedom).ppf(points)[:, None]
        assert found == pytest.approx(np.ones((4, 3)), abs=0.02)
        # With five degrees the sum of squares itself is ruled by a handful of draws.
        if freedom == 10:
            assert run.std(axis=0) == pytest.approx(1.25**0.5, rel=0.02)


@pytest.mark.slow
def test_two_hills_are_weighed_rightly() -> None:
    def hills(x: np.ndarray) -> np.ndarray:
        return np.logaddexp(np.log(0.3) + _unit(x - 4.0), np.log(0.7) + _unit(x + 4.0))

    run = sample(hills, 6.0 * _start(200, 2), draws=3000, burn=500, seed=4)
    assert (run.merged()[:, 0] > 0.0).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.slow
def test_effective_draws_are_worth_what_they_promise() -> None:
    # Walkers share half-ensembles and an archive: over repeated runs the means must scatter no
    # more than the effective draws of one run say.
    def scaled(run: Chains) -> np.ndarray:
        return run.merged().mean(axis=0) * np.sqrt(diagnose(run).bulk)

    off = [
        scaled(sample(_unit, _start(12, 3, seed), draws=250, burn=100, seed=seed))
        for seed in range(40)
    ]
    # 120 of them: their own scatter is known to 6.5 %.
    assert np.sqrt(np.mean(np.square(off))) == pytest.approx(1.0, abs=0.2)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_an_independent_sampler_finds_the_same_beads() -> None:
    numpyro = pytest.importorskip("numpyro", reason="numpyro, the second opinion, is missing")
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(8)
    truth = toy_bead.CENTRE + toy_bead.SPREAD * rng.standard_normal(8)
    measured = toy_bead.measure(truth, rng)
    with jax.enable_x64(True):
        known = tuple(jnp.asarray(m) for m in measured)
        kernel = numpyro.infer.NUTS(potential_fn=lambda x: -toy_bead.log_density(x, known, jnp))
        nuts = numpyro.infer.MCMC(
            kernel, num_warmup=500, num_samples=8000, progress_bar=False, jit_model_args=False
        )
        nuts.run(jax.random.PRNGKey(0), init_params=jnp.asarray(toy_bead.CENTRE))
        other = np.asarray(nuts.get_samples())

    start = toy_bead.CENTRE + toy_bead.SPREAD * rng.standard_normal((48, 8))
    run = sample(
        lambda x: toy_bead.log_density(x, measured),
        start,
        draws=9000,
        burn=1500,
        seed=1,
        names=toy_bead.NAMES,
    )
    check_convergence(run)
    own, spread = run.merged(), other.std(axis=0)
    # Both hold thousands of effective draws: middles to about 0.02 of a spread, spreads to 1.2 %.
    assert (own.mean(axis=0) - other.mean(axis=0)) / spread == pytest.approx(0.0, abs=0.08)
    assert own.std(axis=0) / spread == pytest.approx(1.0, abs=0.05)
    points = (0.05, 0.95)
    apart = (np.quantile(own, points, axis=0) - np.quantile(other, points, axis=0)) / spread
    assert apart == pytest.approx(np.zeros((2, 8)), abs=0.12)


def _unit_with_slopes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return _unit(points), -points


def test_glides_leave_draws_that_are_right_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "_GLIDE", 1.0)
    walkers, parameters = 6000, 4
    start = _start(walkers, parameters)
    chains = sample(_unit, start, draws=8, burn=0, seed=5, slopes=_unit_with_slopes)
    assert chains.accepted > 0.9
    freedom = walkers * parameters
    off = ((chains.points[:, -1] ** 2).sum() - freedom) / np.sqrt(2.0 * freedom)
    assert abs(off) < 4.0


@pytest.mark.parametrize("parameters", [3, 25])
def test_a_run_that_glides_gives_the_known_spreads(parameters: int) -> None:
    wide = np.geomspace(1e-3, 1e3, parameters)

    def slopes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -0.5 * ((points / wide) ** 2).sum(axis=1), -points / wide**2

    start = wide * _start(60, parameters)
    run = sample(lambda x: slopes(x)[0], start, draws=500, burn=300, seed=2, slopes=slopes)
    found = check_convergence(run)
    assert found.bulk.min() > 2000.0
    assert run.merged().std(axis=0) / wide == pytest.approx(1.0, abs=0.05)


def test_a_gliding_run_that_was_stopped_goes_on_as_if_it_had_not_been() -> None:
    def run(draws: int) -> Chains:
        start = _start(13, 3)
        return sample(_unit, start, draws=draws, burn=30, seed=1, slopes=_unit_with_slopes)

    part = extend(_unit, run(25), draws=35, slopes=_unit_with_slopes)
    assert np.array_equal(run(60).points, part.points)
