"""A trial: every number declared with unit, meaning and range; what is impossible is said."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from reclad.job import Trial
from reclad.job.numbers import quantities
from reclad.job.trial import SpotDefinition
from reclad.job.trial_check import USES, check_trial, look_up, what_lacks
from reclad.process.beam import read_spot
from reclad.units import kind_of

BARE = {
    "id": "T1",
    "origin": "measured",
    "power": "2 kW",
    "travel_speed": "10 mm/s",
    "feed_rate": "0 g/min",
    "spot": "3 mm",
    "spot_definition": "1/e2",
    "base_temperature": "20 degC",
    "parent": "42CrMo4",
    "sections": 2,
    "width": "3 mm",
    "depth": "0.8 mm",
}
CLAD = BARE | {
    "feed_rate": "20 g/min",
    "powder": "IN625",
    "stand_off": "15 mm",
    "height": "1 mm",
    "depth": "0.3 mm",
}


def trial(told: dict[str, Any] = CLAD, **changed: Any) -> Trial:
    data = {key: value for key, value in (told | changed).items() if value is not None}
    return Trial.model_validate(data)


def refusals(one: Trial) -> dict[str, str]:
    return {r.column: r.text for r in check_trial(one, look_up(one)) if r.refuses}


def remarks(one: Trial) -> dict[str, str]:
    return {r.column: r.text for r in check_trial(one, look_up(one)) if not r.refuses}


def test_every_number_of_a_trial_has_a_unit_a_meaning_and_a_range() -> None:
    declared = quantities(Trial)
    for key, field in Trial.model_fields.items():
        if "float" in str(field.annotation):
            assert key in declared, key
    for key, q in declared.items():
        assert kind_of(q.unit), key
        assert len(q.meaning.split()) >= 2, key
        assert q.lo < q.hi, key


def test_what_is_measured_has_a_scatter_in_the_same_kind_of_unit() -> None:
    declared = quantities(Trial)
    for key in ("width", "height", "depth", "clad_area", "melted_area", "dilution", "mass_gained"):
        assert kind_of(declared[f"{key}_scatter"].unit) == kind_of(declared[key].unit)


def test_units_are_taken_at_the_door_and_si_is_inside() -> None:
    one = trial(travel_speed="600 mm/min", spot="3000 um", base_temperature="293.15 K")
    assert one.travel_speed == pytest.approx(0.01)
    assert one.spot == pytest.approx(0.003)
    assert one.base_temperature == 293.15
    with pytest.raises(ValidationError, match="has no unit"):
        trial(power="2000")


def test_every_stated_spot_definition_is_one_the_beam_knows() -> None:
    words = set(get_args(SpotDefinition)) - {"not stated"}
    assert len(words) == 5
    for word in words:
        assert read_spot(1e-3, word).radius > 0


@pytest.mark.parametrize(
    ("said", "meant"), [("1/e^2", "1/e2"), ("d4σ", "D4sigma"), ("Top Hat", "top-hat")]
)
def test_spellings_of_a_spot_definition_are_one(said: str, meant: str) -> None:
    assert trial(spot_definition=said).spot_definition == meant


def test_a_spot_definition_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        trial(spot_definition="90 %")


def test_a_sound_trial_is_refused_for_nothing() -> None:
    assert refusals(trial()) == {}
    assert refusals(trial(BARE)) == {}
    assert remarks(trial()) == {}


IMPOSSIBLE: list[tuple[dict[str, Any], str, str]] = [
    ({"dilution": "20 %", "clad_area": "2 mm^2", "melted_area": "0.2 mm^2"}, "dilution", "9.091 %"),
    ({"dilution": "20 %", "depth": "0 mm"}, "dilution", "without any depth"),
    ({"feed_weighed": "22 g/min"}, "feed_weighed", "22 g/min weighed, but 20 g/min fed"),
    ({"mass_gained": "4 g", "track_length": "100 mm"}, "mass_gained", "gained from 3.333 g"),
    ({"thickness": "0.2 mm"}, "depth", "deeper than the plate, 0.2 mm"),
    ({"travel_speed": "1 m/s", "power": "500 W"}, "power", "less than the"),
    ({"base_temperature": "1600 degC"}, "base_temperature", "above the melting of 42CrMo4"),
    ({"melted_area": "3 mm^2"}, "melted_area", "more than width times depth"),
    ({"clad_area": "4 mm^2"}, "clad_area", "more than width times height"),
    ({"clad_area": "5 mm^2", "height": "2 mm"}, "clad_area", "laid from 20 g/min fed"),
    ({"tracks": 5}, "pitch", "missing"),
    ({"powder": None}, "powder", "missing"),
    ({"height": None, "height_scatter": "0.1 mm"}, "height_scatter", "a scatter without height"),
    ({"width": "0 mm"}, "width", "no bead"),
    ({"feed_rate": "0 g/min"}, "height", "no powder was fed"),
    ({"feed_rate": "0 g/min", "height": None, "mass_gained": "1 g"}, "mass_gained", "no powder"),
]


@pytest.mark.parametrize(("changed", "column", "text"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_by_name(changed: dict, column: str, text: str) -> None:
    found = refusals(trial(**changed))
    assert text in found.pop(column)
    assert not found, "one fault, one refusal"


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"origin": "simulated"}, "origin"),
        ({"origin": "fitted"}, "origin"),
        ({"spot_definition": None}, "spot_definition"),
        ({"base_temperature": None}, "base_temperature"),
        ({"stand_off": None}, "stand_off"),
        ({"sections": None}, "sections"),
        ({"parent": "unobtainium"}, "parent"),
        ({"flaw": "balling"}, "flaw"),
        ({"powder_layer": "30 um"}, "powder_layer"),
    ],
)
def test_what_is_doubtful_is_told_and_kept(changed: dict, column: str) -> None:
    one = trial(**changed)
    assert refusals(one) == {}
    assert [*remarks(one)] == [column]


def test_dilution_may_differ_from_the_areas_by_its_own_scatter() -> None:
    told = {"dilution": "14 %", "clad_area": "2 mm^2", "melted_area": "0.2 mm^2"}
    assert "dilution" in refusals(trial(**told))
    assert refusals(trial(**told, dilution_scatter="3 %")) == {}


def good_for(one: Trial) -> set[str]:
    return set(USES) - set(what_lacks(one, look_up(one)))


@pytest.mark.parametrize(
    ("one", "uses"),
    [
        (trial(BARE), {"width", "depth"}),
        (trial(), {"width", "height", "depth"}),
        (trial(dilution="10 %"), {"width", "height", "depth", "dilution"}),
        (trial(clad_area="2 mm^2"), {"width", "height", "depth", "catchment"}),
        (trial(mass_gained="2 g"), {"width", "height", "depth"}),
        (
            trial(mass_gained="2 g", track_length="100 mm"),
            {"width", "height", "depth", "catchment"},
        ),
        (trial(tracks=5, pitch="1.5 mm", dilution="10 %"), {"dilution"}),
        (trial(layers=2, dilution="10 %"), set()),
        (trial(origin="simulated", dilution="10 %"), set()),
        (trial(origin="fitted"), set()),
        (trial(powder_layer="30 um"), set()),
    ],
)
def test_a_trial_is_good_for_what_was_measured_on_it(one: Trial, uses: set[str]) -> None:
    assert good_for(one) == uses


def test_catchment_is_mass_kept_over_mass_weighed_at_the_nozzle() -> None:
    one = trial(mass_gained="2 g", track_length="100 mm")
    assert one.weighed_catchment == pytest.approx(0.6)  # 20 g/min over 10 s is 3.333 g
    one = trial(mass_gained="2 g", track_length="100 mm", feed_weighed="15 g/min")
    assert one.weighed_catchment == pytest.approx(0.8)


def test_heat_that_just_melts_the_section_is_enough_and_a_hundredth_less_is_not() -> None:
    """The limit itself, from the tables of the steel: density (mean c times rise + latent)."""
    metal = look_up(trial(BARE)).parent
    assert metal is not None
    rise = metal.solidus.value - 293.15
    c = float(metal.specific_heat.interpolate(293.15 + rise / 2))
    needed = metal.density.value * (c * rise + metal.latent_heat.value) * 1.5e-6 * 10e-3  # W
    told = {"melted_area": "1.5 mm^2"}
    assert refusals(trial(BARE, **told, power=f"{needed * 1.005} W")) == {}
    assert "power" in refusals(trial(BARE, **told, power=f"{needed * 0.99} W"))
