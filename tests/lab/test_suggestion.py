"""Suggested beads: as reckoned by hand where that can be, and none for an accident of draws."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import t as student

from guessed_posterior import guess_posterior
from reclad.errors import LabError
from reclad.job import Trial, read_machine, read_material, read_nozzle, read_powder
from reclad.lab import (
    Aim,
    Box,
    Ensemble,
    believed,
    feasible_settings,
    learned,
    observe,
    settings_of,
    suggest,
)
from reclad.lab.ensemble import logarithms, reading_variance
from reclad.lab.suggestion import pick_beads
from reclad.process import Beam, ProcessParameters, Substrate

STEEL, POWDER = read_material("42CrMo4"), read_powder("IN625")
GANTRY, LATHE = read_machine("x-y-z-3kw"), read_machine("x-axial-4kw")
THICK = Substrate(STEEL, None, 293.15)
BOX = Box.of(GANTRY, lead=0.01)
BLIND = 1e6  # variance of a reading that tells nothing


def setting(power: float = 2200.0, grams: float = 15.0) -> ProcessParameters:
    return ProcessParameters.of(
        power=power, travel_speed=0.01, feed_rate=grams / 6e4, stand_off=0.015, interpass=293.15
    )


def aim(settings: ProcessParameters | None = None) -> Aim:
    return Aim(
        settings or setting(), Beam(1.5e-3, "gaussian"), THICK, POWDER,
        read_material(POWDER.alloy), read_nozzle("coaxial-15"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return believed(aim(), count=256)


def readings(*columns: np.ndarray) -> np.ndarray:
    """Beads (draws, candidates, 5) that read one column each, in width; the rest tells nothing."""
    beads = np.zeros((len(columns[0]), len(columns), 5))
    beads[:, :, 0] = np.column_stack(columns)
    return beads


def noise(*variances: float) -> np.ndarray:
    out = np.full((len(variances), 5), BLIND)
    out[:, 0] = variances
    return out


def uncorrelated(count: int, columns: int) -> np.ndarray:
    """Columns of mean 0, variance 1 and no correlation at all."""
    drawn = np.random.default_rng(0).standard_normal((count, columns))
    basis = np.linalg.qr(drawn - drawn.mean(axis=0))[0]
    return basis * math.sqrt(count)


def test_readings_of_the_target_narrow_it_as_a_normal_one() -> None:
    # variance v read n times with noise r leaves v r / (r + n v)
    target = 3.0 * uncorrelated(20_000, 1)[:, 0]
    picks = pick_beads(target, readings(target), noise(4.0), 3)
    left = [math.sqrt(4.0 / (4.0 + n * 9.0)) for n in (1, 2, 3)]
    assert [pick.left for pick in picks] == pytest.approx(left, rel=1e-3)


def test_a_reading_tells_as_much_as_its_correlation() -> None:
    one, other = uncorrelated(20_000, 2).T
    (pick,) = pick_beads(one, readings(0.6 * one + 0.8 * other), noise(0.5), 1)
    assert pick.left == pytest.approx(math.sqrt(1.0 - 0.36 / 1.5), rel=1e-3)


def test_what_is_known_already_is_not_measured_again() -> None:
    one, other = uncorrelated(20_000, 2).T
    target = one + 0.8 * other
    # the first two read the same thing; the third tells less, but something else
    beads = readings(one, one, other)
    picks = pick_beads(target, beads, noise(0.01, 0.01, 0.05), 2)
    assert picks[0].candidate in (0, 1)
    assert picks[1].candidate == 2
    left = (0.01 / 1.01 + 0.64 * 0.05 / 1.05) / 1.64
    assert picks[1].left == pytest.approx(math.sqrt(left), rel=1e-2)


def test_all_five_quantities_of_a_bead_are_read_at_once() -> None:
    columns = uncorrelated(20_000, 5)
    target = columns.sum(axis=1)
    (pick,) = pick_beads(target, columns[:, None, :], np.ones((1, 5)), 1)
    assert pick.left == pytest.approx(math.sqrt(0.5), rel=1e-3)


def test_few_draws_make_up_no_gain() -> None:
    rng = np.random.default_rng(3)
    target, beads = rng.standard_normal(64), rng.standard_normal((64, 40, 5))
    picks = pick_beads(target, beads, np.full((40, 5), 1e-3), 8)
    assert picks[-1].left > 0.97


def test_every_bead_helps_and_the_first_most(ensemble: Ensemble) -> None:
    candidates = feasible_settings(ensemble, aim(), BOX, THICK)
    found = suggest(ensemble, aim(), candidates, 5)
    assert found[0].gain > max(one.gain for one in found[1:]) > 0.0
    for one, two in pairwise(found):
        assert two.before == one.after
        assert one.before[0] < one.after[0] < one.after[2] < one.before[2]
    assert settings_of(found).power.tolist() == [one.power for one in found]


def test_one_bead_at_the_aim_leaves_what_its_own_reading_leaves(ensemble: Ensemble) -> None:
    # read in dilution alone, with its scatter: the rest can only narrow it further
    (one,) = suggest(ensemble, aim(), setting(), 1)
    assert one.at_aim
    odds = logarithms(ensemble.beads(setting(), aim(), THICK), aim().beam)[:, 0]
    read = reading_variance(np.median(odds, axis=0)[None], ensemble.scatter, aim().beam)[0, 3]
    alone = math.sqrt(read / (read + odds[:, 3].var()))
    before, after = (np.log(np.array(p) / (1.0 - np.array(p))) for p in (one.before, one.after))
    left = (after[2] - after[0]) / (before[2] - before[0])
    assert 0.7 * alone < left < alone * 1.01


def test_a_bead_unlike_the_aim_tells_less_of_it(ensemble: Ensemble) -> None:
    (own,) = suggest(ensemble, aim(), setting(), 1)
    (far,) = suggest(ensemble, aim(), setting(1400.0, 7.0), 1)
    assert own.gain > far.gain > 0.05
    assert not far.at_aim


def test_several_settings_of_a_window_count_by_their_mean(ensemble: Ensemble) -> None:
    window = ProcessParameters.of(
        power=[2000.0, 2600.0], travel_speed=0.01, feed_rate=15.0 / 6e4, stand_off=0.015,
        interpass=293.15,
    )  # fmt: skip
    (one,) = suggest(ensemble, aim(window), setting(), 1)
    odds = logarithms(ensemble.beads(window, aim(), THICK), aim().beam)[..., 3].mean(axis=1)
    assert one.before[1] == pytest.approx(1.0 / (1.0 + math.exp(-np.median(odds))))


def test_suggested_settings_can_be_laid(ensemble: Ensemble) -> None:
    found = feasible_settings(ensemble, aim(), BOX, THICK)
    assert len(found) == 97
    assert (found.power[0], found.travel_speed[0]) == (2200.0, 0.01)
    bead = ensemble.beads(found, aim(), THICK)
    # the search looks at 64 draws, here are all: a little slack
    assert np.median(bead.keyhole_index, axis=0).max() < 3.0 * 1.05
    assert np.degrees(np.median(bead.toe_angle, axis=0)).max() < 72.0
    assert ((bead.depth > 0.0) & (bead.area > 0.0)).mean(axis=0).min() > 0.4
    for values, (low, high), step in zip(
        (found.power, found.travel_speed, found.feed_rate),
        BOX.ends, (10.0, 1e-4, 0.1e-3 / 60.0), strict=True,
    ):  # fmt: skip
        assert low * (1 - 1e-9) <= values.min() < values.max() <= high * (1 + 1e-9)
        assert values / step == pytest.approx(np.round(values / step), abs=1e-6)
        assert np.log(values.max() / values.min()) > 0.5 * math.log(high / low) / 2.0


def test_an_aim_that_the_machine_cannot_have_is_no_candidate(ensemble: Ensemble) -> None:
    strong = aim(setting(power=3500.0))
    found = feasible_settings(ensemble, strong, BOX, THICK)
    assert found.power.max() <= 3000.0


def test_a_warm_job_is_learned_from_on_a_cold_coupon(ensemble: Ensemble) -> None:
    warm = aim(replace(setting(), interpass=np.array([573.15])))
    found = feasible_settings(ensemble, warm, BOX, THICK)
    assert set(found.interpass.tolist()) == {293.15}


def test_a_laser_too_weak_to_melt_gets_no_suggestion(ensemble: Ensemble) -> None:
    with pytest.raises(LabError, match="of 1025 settings within machine and powder 0 are likely"):
        feasible_settings(ensemble, aim(), replace(BOX, power=(200.0, 250.0)), THICK)


def test_a_pipe_turns_no_faster_than_its_axis_reaches() -> None:
    wide, narrow = (Box.of(LATHE, lead=0.01, radius=r) for r in (0.1, 0.005))
    assert wide.travel_speed[1] == pytest.approx(0.025)
    assert narrow.travel_speed[1] < wide.travel_speed[1]
    with pytest.raises(LabError, match="mm/s of travel here, under the 4 mm/s"):
        Box.of(LATHE, lead=0.01, radius=1e-4)


def test_a_bead_that_does_not_bond_reads_as_little_as_a_section_shows(ensemble: Ensemble) -> None:
    starved = setting(power=500.0, grams=35.0)
    bead = ensemble.beads(starved, aim(), THICK)
    assert (bead.depth[:, 0] == 0.0).mean() > 0.9
    told = logarithms(bead, aim().beam)
    assert np.isfinite(told).all()
    assert np.exp(told[..., 2]).min() == pytest.approx(0.06e-3)
    assert np.exp(told[..., 3]).min() == pytest.approx(0.02 / 0.98)


def test_after_trials_the_beads_are_those_that_the_fit_expects() -> None:
    trial = Trial.model_validate(
        {
            "id": "a", "origin": "measured", "power": "2.6 kW", "travel_speed": "10 mm/s",
            "feed_rate": "15 g/min", "spot": "3 mm", "spot_definition": "1/e2",
            "stand_off": "15 mm", "parent": STEEL.name, "powder": POWDER.name, "width": "3 mm",
        }
    )  # fmt: skip
    told = guess_posterior(observe([trial]))
    known = learned(told, aim())
    expected = told.expect(observe([trial.model_copy(update={"power": 2200.0})]))[:, 0]
    found = logarithms(known.beads(setting(), aim(), THICK), aim().beam)[:, 0]
    sound = np.exp(expected[:, 2]) > 0.1e-3
    assert sound.sum() > 100
    assert found[sound][:, [0, 1, 2, 4]] == pytest.approx(
        expected[sound][:, [0, 1, 2, 4]], abs=2e-3
    )
    (one,) = suggest(known, aim(), setting(), 1)
    (before,) = suggest(believed(aim(), count=256), aim(), setting(), 1)
    assert one.before[2] - one.before[0] < 0.5 * (before.before[2] - before.before[0])


def test_before_trials_the_model_may_be_as_wrong_as_a_fit_believes() -> None:
    from reclad.lab.likelihood import WIDTHS

    ensemble = believed(aim(), count=512)
    told = ensemble.draws.discrepancy
    assert told is not None
    assert told.offset.std(axis=0) == pytest.approx(WIDTHS[0], rel=0.02)
    assert told.slope.std(axis=0) == pytest.approx(WIDTHS[1], rel=0.02)
    assert np.median(ensemble.scatter, axis=0) == pytest.approx(WIDTHS[2], rel=0.02)
    same = believed(aim(), count=512).scatter
    assert np.array_equal(same, ensemble.scatter)


def test_a_reading_tells_as_much_as_one_of_students_t() -> None:
    x = np.linspace(-300.0, 300.0, 600_001)
    density = student.pdf(x, 4.0)
    told = np.sum(np.gradient(density, x) ** 2 / density) * (x[1] - x[0])  # Fisher information
    large = np.full((1, 5), 20.0)  # so large that the outline is read without error
    scatter = np.full((7, 5), 0.3)
    read = reading_variance(large, scatter, aim().beam)[0]
    assert read[:3] == pytest.approx(0.09 / told, rel=1e-4)
    small = np.log(np.array([[0.6e-3, 0.6e-3, 0.6e-3, 0.25, 0.7]]))
    rough = reading_variance(small, 0.0 * scatter, aim().beam)[0]
    # 2 % of a 3 mm spot, and 2 % of a dilution of 20 %
    assert np.sqrt(rough) == pytest.approx([0.1, 0.1, 0.1, 0.02 / 0.16, 0.01])


@pytest.mark.parametrize(("count", "candidates"), [(0, 3), (2, 0)])
def test_nothing_to_pick_or_to_pick_from_is_refused(count: int, candidates: int) -> None:
    with pytest.raises(LabError, match="ask for at least one"):
        pick_beads(np.arange(4.0), np.zeros((4, candidates, 5)), np.ones((candidates, 5)), count)
