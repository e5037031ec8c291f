"""What trials say the model gets wrong is a factor on the bead, and mass still closes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reclad.job import read_material, read_nozzle, read_powder
from reclad.lab import prior
from reclad.process import (
    QUANTITIES,
    Bead,
    Discrepancy,
    ModelParameters,
    ProcessParameters,
    Substrate,
    combined_parameters,
    predict,
    read_spot,
)

DRAWS = 6
BEAM = read_spot(3e-3, "1/e2")
SETTINGS = ProcessParameters.of(
    power=[1800.0, 2600.0], travel_speed=[0.008, 0.012], feed_rate=16 / 60e3, stand_off=0.015,
    interpass=300.0,
)  # fmt: skip


def _draws(told: Discrepancy | None = None) -> ModelParameters:
    clad = read_material("IN625")
    draws = prior(read_material("42CrMo4"), clad, read_nozzle("coaxial-15"), draws=DRAWS)
    return replace(draws, discrepancy=told)


def _lay(draws: ModelParameters, settings: ProcessParameters = SETTINGS, beam=BEAM) -> Bead:
    bench = Substrate(read_material("42CrMo4"), None, 293.15)
    return predict(settings, beam, bench, read_powder("IN625"), read_material("IN625"), draws)


def _told(column: int, offset: float, vapour: float = 0.0) -> Discrepancy:
    every = np.zeros((DRAWS, 5))
    every[:, column] = offset
    return Discrepancy(every, np.zeros((DRAWS, 5)), np.zeros(5), np.full(DRAWS, vapour))


@pytest.mark.parametrize("name", ["width", "height", "depth"])
def test_an_offset_multiplies_its_own_quantity_alone(name: str) -> None:
    plain, told = _lay(_draws()), _lay(_draws(_told(QUANTITIES.index(name), 0.2)))
    for other in ("width", "height", "depth", "catchment"):
        factor = np.exp(0.2) if other == name else 1.0
        assert getattr(told, other) == pytest.approx(getattr(plain, other) * factor)


def test_the_offset_of_dilution_is_on_the_ratio_of_melted_to_clad_area() -> None:
    plain, told = _lay(_draws()), _lay(_draws(_told(3, 0.7)))
    assert told.melted / told.area == pytest.approx(plain.melted / plain.area * np.exp(0.7))
    assert told.dilution == pytest.approx(told.melted / (told.melted + told.area))
    assert (told.dilution < 1.0).all()


@pytest.mark.parametrize("offset", [-0.4, 0.1, 3.0])
def test_mass_closes_whatever_the_trials_say(offset: float) -> None:
    told = _lay(_draws(_told(4, offset)))
    density = read_material("IN625").density.value
    laid = told.area * density * SETTINGS.travel_speed
    assert laid == pytest.approx(told.catchment * SETTINGS.feed_rate)
    assert (told.catchment <= 1.0).all()


def test_a_slope_acts_over_the_combined_parameter_and_is_nothing_at_its_middle() -> None:
    slope = np.zeros((DRAWS, 5))
    slope[:, 0] = 0.3
    at = combined_parameters(SETTINGS, BEAM)
    told = Discrepancy(np.zeros((DRAWS, 5)), slope, at[0], np.zeros(DRAWS))
    ratio = _lay(_draws(told)).width / _lay(_draws()).width
    assert ratio[:, 0] == pytest.approx(1.0)
    wanted = (2600.0 / 1800.0 / np.sqrt(12.0 / 8.0)) ** 0.3
    assert ratio[:, 1] == pytest.approx(wanted)


def test_pools_near_keyhole_mode_are_deepened_and_others_are_not() -> None:
    told = _draws(_told(0, 0.0, vapour=0.5))
    calm = _lay(told)
    assert calm.keyhole_index.max() < 3.0
    assert calm.depth == pytest.approx(_lay(_draws()).depth)
    sharp = read_spot(0.8e-3, "1/e2")
    wild, plain = (_lay(d, beam=sharp) for d in (told, _draws()))
    assert wild.keyhole_index.min() > 6.0
    assert wild.depth == pytest.approx(plain.depth * np.exp(0.5))
    assert (wild.dilution > plain.dilution).all()


def test_the_first_draws_keep_their_own_discrepancy() -> None:
    told = Discrepancy(*(np.arange(DRAWS * 5.0).reshape(DRAWS, 5) for _ in range(2)),
                       np.zeros(5), np.arange(float(DRAWS)))  # fmt: skip
    few = _draws(told).some(2)
    assert few.discrepancy is not None
    assert np.array_equal(few.discrepancy.offset, told.offset[:2])
    assert np.array_equal(few.discrepancy.vapour, [0.0, 1.0])
