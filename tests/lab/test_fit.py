"""A fit finds what is true in laboratories whose truth is known, and says what it cannot know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.lab.synthetic_laboratory import measure, settings

from reclad.errors import LabError
from reclad.job import read_material, read_nozzle, read_trials
from reclad.lab import draw_lesson, fit, modes, observe, sort_by_mode
from reclad.lab.emulator import fit_emulator, terms_of
from reclad.lab.fit import _Emulated, _Frame, _Known, _most_likely, _near, _Task
from reclad.lab.likelihood import WIDTHS
from reclad.process import PARAMETERS, QUANTITIES


@pytest.fixture(scope="module")
def bare():
    """Twelve bare tracks, their truth and the fit to them."""
    observed, truth = measure(settings(12, np.random.default_rng(3), powder=False),
                              np.random.default_rng(4))  # fmt: skip
    return observed, truth, fit(observed, seed=5)


@pytest.mark.slow
def test_the_true_beads_lie_in_the_band_of_the_fit(bare) -> None:
    observed, truth, posterior = bare
    low, high = np.quantile(posterior.expect(observed), (0.005, 0.995), axis=0)
    true = truth.mean(observed)
    for quantity in (0, 2):
        inside = (true[:, quantity] > low[:, quantity]) & (true[:, quantity] < high[:, quantity])
        assert inside.mean() > 0.8


@pytest.mark.slow
def test_trials_narrow_what_was_believed_and_what_they_do_not_touch_stays(bare) -> None:
    observed, _, posterior = bare
    prior = np.random.default_rng(0).standard_normal((1024, len(PARAMETERS)))
    before = observed.predict(prior)[:, :, 0].std(axis=0)
    after = posterior.expect(observed)[:, :, 0].std(axis=0)
    assert (after < 0.7 * before).all()
    for name in ("sticking", "stream_radius", "emissivity"):
        column = posterior.scores[:, PARAMETERS.index(name)]
        assert column.std() == pytest.approx(1.0, abs=0.1)
        assert abs(column.mean()) < 0.12


@pytest.mark.slow
def test_the_same_trials_and_seed_give_the_same_draws(bare) -> None:
    observed, _, posterior = bare
    again = fit(observed, seed=5)
    assert np.array_equal(again.scores, posterior.scores)
    assert np.array_equal(again.offset, posterior.offset)


@pytest.mark.slow
def test_one_section_far_off_hardly_moves_the_fit_and_is_named(bare) -> None:
    observed, _, posterior = bare
    odd = observed.measured.copy()
    odd[4, 0] += 1.0
    spoiled = replace(observed, measured=odd)
    found = fit(spoiled, seed=5)
    shift = found.expect(observed)[:, :, 0].mean(axis=0) - posterior.expect(observed)[:, :, 0].mean(
        axis=0
    )
    # Shared evenly a twelfth of e would be 0.083.
    assert np.abs(shift).max() < 0.05
    worst = draw_lesson(found, spoiled).outliers[0]
    assert (worst.id, worst.quantity) == (observed.trials[4].id, "width")
    assert worst.weight < 0.2


@pytest.mark.slow
def test_the_lesson_names_what_was_not_measured(bare) -> None:
    observed, _, posterior = bare
    lesson = draw_lesson(posterior, observed)
    assert [one.name for one in lesson.quantities] == ["width", "depth"]
    assert lesson.undetermined == ("height", "dilution", "catchment")
    assert {one.name for one in lesson.unknowns if one.learned} <= {
        "absorptivity", "convection", "conductivity", "heat_capacity"
    }  # fmt: skip


def test_slopes_of_the_emulated_density_are_those_of_its_values() -> None:
    observed, _ = measure(settings(6, np.random.default_rng(1)), np.random.default_rng(2))
    observed = replace(
        observed,
        trials=tuple(
            t.model_copy(update={"machine": "one" if i % 2 else "two"})
            for i, t in enumerate(observed.trials)
        ),
    )
    task = _Task.of(observed)
    rng = np.random.default_rng(3)
    known = _Known.at(task, _near(task, _most_likely(task), rng)).likely()
    frame = _Frame.over(task, known.full)
    density = _Emulated(frame, fit_emulator(frame.felt_of(known.full), known.traits))
    points = frame.spread(rng, 4)
    value, slopes = density.slopes(points)
    assert value == pytest.approx(density(points), rel=1e-12)
    for i in range(points.shape[1]):
        step = np.zeros(points.shape[1])
        step[i] = 1e-5
        wanted = (density(points + step) - density(points - step)) / 2e-5
        assert slopes[:, i] == pytest.approx(wanted, rel=1e-4, abs=1e-4)


@pytest.mark.slow
def test_machines_met_twice_get_their_own_effect_and_a_new_one_may_differ_as_much() -> None:
    rng = np.random.default_rng(7)
    first, _ = measure(settings(10, rng, powder=False), rng)
    trials = [t.model_copy(update={"machine": "east" if i < 5 else "west"})
              for i, t in enumerate(first.trials)]  # fmt: skip
    measured = first.measured.copy()
    measured[5:, 0] += 0.4  # beads of the second machine are half as wide again
    posterior = fit(replace(first, trials=tuple(trials), measured=measured), seed=1)
    apart = posterior.effects["machine"]["west"][:, 0] - posterior.effects["machine"]["east"][:, 0]
    assert np.quantile(apart, 0.05) > 0.03
    new = posterior.effect("machine", "north")[:, 0]
    assert new.std() > 0.5 * posterior.spread["machine"].mean() * WIDTHS[0, 0]
    assert np.array_equal(posterior.effect("machine", "east"), posterior.effects["machine"]["east"])


@pytest.mark.parametrize("count", [30, 60])  # too few for cubics, enough
def test_an_emulator_is_exact_for_a_quadratic(count: int) -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((count, 3))
    values = np.column_stack((1 + points[:, 0] - points[:, 1] * points[:, 2], points[:, 0] ** 2))
    emulator = fit_emulator(points, values)
    new = 3.0 * rng.standard_normal((20, 3))
    assert emulator(new)[:, 0] == pytest.approx(1 + new[:, 0] - new[:, 1] * new[:, 2])
    assert emulator(new)[:, 1] == pytest.approx(new[:, 0] ** 2)
    assert emulator.parent.size == terms_of(3, 3 if count == 60 else 2)


def test_an_emulator_is_exact_for_a_cubic_and_tells_its_slopes() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((80, 4))

    def values(u: np.ndarray) -> np.ndarray:
        return np.column_stack((u[:, 0] * u[:, 1] * u[:, 2] - u[:, 3] ** 3, u[:, 1] ** 2 * u[:, 3]))

    emulator = fit_emulator(points, values(points))
    new = rng.standard_normal((5, 4))
    assert emulator(new) == pytest.approx(values(new))
    pull = rng.standard_normal((5, 2))
    slopes = np.zeros((5, 5))
    emulator.add_slopes(np.column_stack((new, np.ones(5))), pull, slopes)
    a, b, c, d = new.T
    wanted = (
        pull[:, :1] * np.column_stack((b * c, a * c, a * b, -3 * d**2))
        + pull[:, 1:] * np.column_stack((0 * a, 2 * b * d, 0 * a, b**2))
    )  # fmt: skip
    assert slopes[:, :4] == pytest.approx(wanted)
    assert not slopes[:, 4].any()


def test_an_emulator_keeps_only_the_components_in_which_values_move() -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((60, 3))
    shapes = rng.standard_normal((2, 40))
    emulator = fit_emulator(points, points[:, :2] @ shapes)
    assert emulator.shapes.shape == (2, 40)
    new = rng.standard_normal((7, 3))
    assert emulator(new) == pytest.approx(new[:, :2] @ shapes)


def test_the_draws_of_one_machine_are_wider_for_another() -> None:
    rng = np.random.default_rng(7)
    first, _ = measure(settings(6, rng, powder=False), rng)
    trials = [t.model_copy(update={"machine": "university"}) for t in first.trials]
    posterior = fit(replace(first, trials=tuple(trials)), seed=1)
    steel, nozzle = read_material("42CrMo4"), read_nozzle("coaxial-15")

    def offsets(name: str | None) -> np.ndarray:
        made_with = {} if name is None else {"machine": name}
        draws = posterior.draws(steel, None, nozzle, made_with=made_with, count=len(posterior))
        return draws.discrepancy.offset

    own, shop = offsets("university"), offsets("shop")
    assert np.array_equal(own, offsets(None))
    added = np.sqrt(shop.var(axis=0) - own.var(axis=0)) / WIDTHS[0]
    assert added[[1, 3, 4]] == pytest.approx(0.642, abs=0.12)  # rms of exp(N / 2) / 2
    assert posterior.lacks({}, steel, None, {"machine": "shop"}) == ["machine shop was not tried"]
    assert not posterior.lacks({}, steel, None, {"machine": "university"})


def test_nothing_measured_is_refused() -> None:
    with pytest.raises(LabError, match="nothing was measured"):
        fit(observe(settings(3, np.random.default_rng(0))))


def test_rows_near_and_in_keyhole_mode_are_set_aside_by_their_inputs_alone() -> None:
    found = read_trials("hofmann")
    kept, aside = sort_by_mode(found.trials, found.folder)
    assert len(kept) + len(aside) == len(found.trials)
    assert "near keyhole" in next(a.reason for a in aside if a.reason.startswith("near"))
    blind = [t.model_copy(update={"depth": 1e-5, "width": 1e-3}) for t in found.trials]
    assert modes(observe(blind, found.folder)) == modes(observe(found.trials, found.folder))
    deep = [t for t in kept.trials if t.depth > 0.5 * t.width]
    assert not deep


def test_trials_that_are_all_in_keyhole_mode_are_refused_with_the_reason() -> None:
    found = read_trials("dai")
    with pytest.raises(LabError, match=r"all 20 trials would be set aside, S1: keyhole"):
        sort_by_mode(found.trials, found.folder)


def test_a_metal_of_no_library_is_refused_with_the_way_out() -> None:
    trial = settings(1, np.random.default_rng(0))[0]
    with pytest.raises(LabError, match=r"parent unobtanium is in no library; put its file into"):
        observe([trial.model_copy(update={"parent": "unobtanium"})])
    with pytest.raises(LabError, match=r"powder dust is in no library.*new-powder"):
        observe([trial.model_copy(update={"powder": "dust"})])


@pytest.mark.slow
def test_nine_sectioned_beads_are_fitted_and_settle() -> None:
    observed, truth = measure(settings(9, np.random.default_rng(11)), np.random.default_rng(12))
    posterior = fit(observed, seed=1)
    assert posterior.convergence.r_hat.max() <= 1.01
    assert min(posterior.convergence.bulk.min(), posterior.effective) >= 400.0
    low, high = np.quantile(posterior.expect(observed), (0.005, 0.995), axis=0)
    true = truth.mean(observed)
    there = np.isfinite(observed.measured)
    assert ((true > low) & (true < high))[there].mean() > 0.8
    assert [*QUANTITIES] == ["width", "height", "depth", "dilution", "catchment"]
