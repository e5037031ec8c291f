"""R-hat and effective draws: closed forms, an independent implementation, and loud failure."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.signal import lfilter

from reclad.errors import LabError
from reclad.lab.convergence import (
    bulk_effective,
    check_convergence,
    diagnose,
    r_hat,
    tail_effective,
)
from reclad.lab.sampler import Chains, Ensemble


def _kept(points: np.ndarray, names: tuple[str, ...] = ("absorptivity", "sink")) -> Chains:
    walkers, draws, parameters = points.shape
    end = Ensemble(
        points=points[:, -1],
        log_density=np.zeros(walkers),
        archive=points[:, -1],
        metric=np.eye(parameters),
        scale=1.0,
        step=0.3,
        random={},
    )
    return Chains(points, np.zeros((walkers, draws)), names, 0.3, end)


def _remembering(memory: float, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Draws along axis 1 of which each keeps `memory` of the one before; spread 1."""
    fresh = np.random.default_rng(seed).standard_normal(shape)
    fresh[:, 0] /= np.sqrt(1.0 - memory**2)
    return np.sqrt(1.0 - memory**2) * lfilter([1.0], [1.0, -memory], fresh, axis=1)


@pytest.mark.parametrize("memory", [-0.5, 0.0, 0.5, 0.9])
def test_effective_draws_of_a_chain_with_a_known_memory_are_known(memory: float) -> None:
    values = _remembering(memory, (8, 20000))
    # The sum of its correlations is geometric: time = (1 + memory) / (1 - memory).
    time = (1.0 + memory) / (1.0 - memory)
    assert bulk_effective(values) == pytest.approx(values.size / time, rel=0.1)


def test_independent_draws_are_worth_their_number_in_the_tails_too() -> None:
    values = _remembering(0.0, (8, 5000))
    assert tail_effective(values) == pytest.approx(values.size, rel=0.1)


def test_walkers_apart_by_a_known_distance_have_the_known_r_hat() -> None:
    # Half of the walkers are shifted by 2 d: variance 1 within, 1 + d**2 in all. Ranks bend the
    # normal shape a little, so d is small.
    values = _remembering(0.0, (40, 4000))
    values[::2] += 0.3
    values[1::2] -= 0.3
    assert r_hat(values) == pytest.approx(np.sqrt(1.0 + 0.3**2), abs=0.003)
    assert r_hat(_remembering(0.0, (40, 4000))) < 1.001


def test_walkers_of_different_spread_do_not_pass_for_agreeing() -> None:
    values = _remembering(0.0, (10, 1000))
    values[0] *= 3.0
    assert r_hat(values) > 1.03


def test_a_walker_that_drifts_does_not_pass_for_settled() -> None:
    values = _remembering(0.0, (4, 1000))
    assert r_hat(values + np.linspace(-1.0, 1.0, 1000)) > 1.1


def test_one_wild_draw_does_not_hide_disagreement_nor_make_it() -> None:
    values = _remembering(0.0, (4, 1000))
    values[0, 500] = 1e12
    assert r_hat(values) < 1.01
    values[1] += 1.0
    assert r_hat(values) > 1.05


def test_figures_do_not_change_when_a_parameter_is_bent_monotonically() -> None:
    values = _remembering(0.7, (6, 500))
    assert bulk_effective(np.exp(values)) == pytest.approx(bulk_effective(values), rel=1e-12)
    assert tail_effective(np.exp(values)) == pytest.approx(tail_effective(values), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("draws", [17, 100, 1001])
def test_another_implementation_gives_the_same_figures(draws: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arviz = pytest.importorskip("arviz", reason="arviz, the second opinion, is missing")
        for seed, memory in enumerate((0.0, 0.6, 0.95)):
            values = _remembering(memory, (5, draws), seed) ** 3
            values[0] += 0.2
            assert r_hat(values) == pytest.approx(float(arviz.rhat(values)), rel=1e-9)
            for own, method in ((bulk_effective, "bulk"), (tail_effective, "tail")):
                other = float(arviz.ess(values, method=method))
                assert own(values) == pytest.approx(other, rel=1e-9)


def test_a_settled_run_is_let_through_with_its_figures() -> None:
    found = check_convergence(_kept(_remembering(0.5, (8, 2000, 2))))
    assert found.names == ("absorptivity", "sink")
    assert found.r_hat.max() < 1.01
    assert min(found.bulk.min(), found.tail.min()) > 400.0


def test_walkers_that_disagree_are_refused_with_name_value_and_way_out() -> None:
    points = _remembering(0.0, (8, 500, 2))
    points[:4, :, 1] += 0.5
    value = diagnose(_kept(points)).r_hat[1]
    with pytest.raises(LabError) as refusal:
        check_convergence(_kept(points))
    said = str(refusal.value)
    assert said.startswith(f"sink: R-hat {value:.4g} is over 1.01")
    assert "draw about" in said
    assert "instead of 500" in said
    assert "leave out unknowns" in said
    assert "\n" not in said


def test_too_few_effective_draws_are_refused_with_name_value_and_way_out() -> None:
    points = _remembering(0.0, (4, 1000, 2))
    points[:, :, 0] = _remembering(0.95, (4, 1000))
    with pytest.raises(
        LabError, match=r"^absorptivity: \d+ effective draws in the bulk are under 400"
    ):
        check_convergence(_kept(points), most=1.2)


def test_tails_that_stick_are_refused_though_the_middle_is_known() -> None:
    # A long memory rules whether a draw is large, none its sign: only the middle mixes.
    size = np.exp(2.0 * _remembering(0.995, (4, 2000, 1)))
    points = size * np.random.default_rng(1).choice([-1.0, 1.0], size.shape)
    kept = _kept(points, ("sink",))
    assert diagnose(kept).bulk[0] > 3 * diagnose(kept).tail[0]
    with pytest.raises(LabError, match=r"^sink: \d+ effective draws in the tail are under 400"):
        check_convergence(kept, most=1.2)


def test_the_advice_is_enough_when_followed() -> None:
    few = _remembering(0.9, (8, 400, 1), seed=3)
    with pytest.raises(LabError) as refusal:
        check_convergence(_kept(few, ("sink",)))
    advised = int(str(refusal.value).split("draw about ")[1].split()[0])
    assert advised > 400
    check_convergence(_kept(_remembering(0.9, (8, 2 * advised, 1), seed=4), ("sink",)))


def test_a_parameter_that_more_draws_would_not_settle_asks_for_fewer_unknowns() -> None:
    points = _remembering(0.0, (8, 500, 2))
    points[:, :, 0] += 3.0 * np.arange(8)[:, None]
    with pytest.raises(LabError, match=r"absorptivity: R-hat .* leave out unknowns that these"):
        check_convergence(_kept(points))


@pytest.mark.parametrize("case", ["stuck", "short", "nan"])
def test_a_run_that_says_nothing_never_passes(case: str) -> None:
    points = _remembering(0.0, (8, 7 if case == "short" else 500, 2))
    if case == "stuck":
        points[:, :, 1] = 0.4
    if case == "nan":
        points[3, 4, 1] = np.nan
    name = "absorptivity" if case == "short" else "sink"
    with pytest.raises(LabError, match=rf"^{name}: R-hat nan .* say nothing"):
        check_convergence(_kept(points))


def test_walkers_each_stuck_somewhere_else_never_pass() -> None:
    points = np.broadcast_to(np.linspace(0.0, 1.0, 8)[:, None, None], (8, 100, 2)).copy()
    with pytest.raises(LabError, match=r"^absorptivity: (R-hat \d|\d+ effective)"):
        check_convergence(_kept(points))
