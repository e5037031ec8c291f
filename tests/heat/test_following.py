"""Power that follows the part, and pauses where it cannot keep the inter-pass limit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests.heat.small_jobs import HEATING, Small, made_up_pools, small

from reclad.heat import (
    Followed,
    PowerLaw,
    follow,
    hold_power,
    mean_by_turn,
    simulate,
    spread_over_draws,
    turn_numbers,
)
from reclad.heat.following import _pauses
from reclad.path import Pause

LIMIT = 150.0 + 273.15
HOLDING = 'chuck_length = "40 mm"\nbore_film = "150 W/m^2/K"\nbore_inlet = "20 degC"\n'
POOLS = made_up_pools()
LAW = PowerLaw(np.array([280.0, 450.0]), np.array([1600.0, 1400.0]))


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory):
    """Nothing kept before, nothing left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECLAD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def cooled(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A pipe with water in its bore and a low inter-pass limit."""
    return small(tmp_path_factory.mktemp("cooled"), limits='interpass_max = "150 degC"',
                 holding=HOLDING)  # fmt: skip


@pytest.fixture(scope="module")
def followed(cooled: Small) -> Followed:
    return follow(cooled.job, cooled.deposit, HEATING, LAW, POOLS, cooled.lay)


def by_turn(heat, name: str) -> np.ndarray:
    return mean_by_turn(turn_numbers(heat.along.layer, heat.along.turn), getattr(heat.along, name))


def at_turn_starts(heat) -> np.ndarray:
    """Interpass (turns,) K where each turn begins."""
    number = turn_numbers(heat.along.layer, heat.along.turn)
    return heat.along.interpass[np.unique(number, return_index=True)[1]]


def test_standing_still_keeps_the_limit_where_a_turn_begins(cooled: Small) -> None:
    what = (cooled.job, cooled.deposit, cooled.toolpath, HEATING, LAW, POOLS)
    free, unheld = simulate(*what)
    held, done = simulate(*what, hold=10.0)
    assert at_turn_starts(free).max() > LIMIT + 20.0
    assert not unheld.waits.any()
    assert at_turn_starts(held).max() <= LIMIT - 10.0
    assert np.count_nonzero(done.waits) >= 1
    assert held.ledger.gap < 1e-9


@pytest.mark.slow
def test_the_path_is_laid_again_with_pauses_that_keep_the_limit(
    cooled: Small, followed: Followed
) -> None:
    assert followed.pauses
    assert all(p.seconds >= 1.0 and p.seconds == round(p.seconds) for p in followed.pauses)
    assert followed.toolpath.wait.sum() == pytest.approx(sum(p.seconds for p in followed.pauses))
    assert np.array_equal(followed.toolpath.axial, cooled.lay(followed.pauses).axial)
    # Everywhere, not only where turns begin: a pause comes up to a turn late, lest craters stack,
    # and a turn warms this part by 25 K.
    assert followed.heat.along.interpass.max() < LIMIT + 3.0
    constant = hold_power(cooled.job, cooled.deposit, HEATING, 1500.0, POOLS, cooled.toolpath)
    assert at_turn_starts(constant.heat).max() > at_turn_starts(followed.heat).max() + 10.0


@pytest.mark.slow
def test_the_power_of_the_blocks_is_the_laws_in_tenths_of_a_watt(followed: Followed) -> None:
    lit = followed.toolpath.lit
    assert followed.block_power.shape == lit.shape
    assert followed.block_power[~lit] == pytest.approx(0.0)
    assert followed.block_power[lit] == pytest.approx(LAW.at(followed.heat.along.interpass),
                                                      abs=0.0501)  # fmt: skip
    assert np.round(followed.block_power, 1) == pytest.approx(followed.block_power, abs=1e-9)
    assert by_turn(followed.heat, "power")[-1] < by_turn(followed.heat, "power")[0]


def test_a_part_that_stays_cool_enough_is_never_paused(tmp_path) -> None:
    easy = small(tmp_path, "plate", limits='interpass_max = "400 degC"')
    followed = follow(easy.job, easy.deposit, HEATING, LAW, POOLS, easy.lay)
    assert followed.pauses == ()
    assert np.array_equal(followed.toolpath.axial, easy.toolpath.axial)
    assert followed.heat.along.interpass.max() < 673.15


def test_at_constant_power_the_path_stays_and_never_pauses(cooled: Small) -> None:
    kept = hold_power(cooled.job, cooled.deposit, HEATING, 1234.0, POOLS, cooled.toolpath)
    assert kept.toolpath is cooled.toolpath
    assert kept.pauses == ()
    assert kept.block_power[cooled.toolpath.lit] == pytest.approx(1234.0)


def test_waits_become_whole_seconds_after_the_turn_before_and_short_ones_are_let_go(
    cooled: Small,
) -> None:
    path = cooled.toolpath
    begins = np.flatnonzero(np.diff(path.turn) > 0) + 1
    waits = np.zeros(path.blocks)
    waits[begins[[2, 4, 6]]] = 12.3, 0.7, 5.0
    found = _pauses(path, waits)
    assert [p.seconds for p in found] == [13.0, 5.0]
    for pause, block in zip(found, begins[[2, 6]], strict=True):
        before = np.flatnonzero(path.lit[:block])[-1]
        assert (pause.layer, pause.turn) == (path.layer[before], path.turn[before])
    assert _pauses(path, np.zeros(path.blocks)) == ()
    assert isinstance(found[0], Pause)


@pytest.mark.slow
def test_draws_spread_about_the_solve_as_the_closed_form_says(
    cooled: Small, followed: Followed, pipe_draws
) -> None:
    count = len(pipe_draws)
    heat = np.linspace(0.9, 1.1, count)[:, None] * 600.0
    choice = SimpleNamespace(procedure=cooled.procedure, bead=SimpleNamespace(heat=heat))
    spread = spread_over_draws(cooled.job, cooled.deposit, choice, pipe_draws, followed)
    turns = followed.heat.turn_time.size
    assert spread.interpass.shape == (count, turns)
    met = by_turn(followed.heat, "interpass")
    assert np.median(spread.interpass, axis=0) == pytest.approx(met, abs=1.0)
    rise = spread.interpass[:, -1] - cooled.job.ambient
    assert 0.03 < rise.std() / rise.mean() < 0.4
    assert spread.power == pytest.approx(by_turn(followed.heat, "power"))
    assert spread.turns.place.size == turns
