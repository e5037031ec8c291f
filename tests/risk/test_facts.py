"""Equivalents, phases, and what a clad is, as a welding engineer reckons them by hand."""

from __future__ import annotations

import tomllib
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from reclad.job import Material, read_material
from reclad.job.library import data_folder
from reclad.record.risk import _clad, _clad_rows
from reclad.record.words import read_catalogue
from reclad.risk.facts import CladFacts, clad_facts, hardness_ranges, steel_facts

STEEL = read_material("42CrMo4")


def job(clad: str, parent: str = "42CrMo4") -> SimpleNamespace:
    return SimpleNamespace(parent=read_material(parent), clad=read_material(clad))


def zone(*seconds: float) -> SimpleNamespace:
    return SimpleNamespace(cooling_time=np.array(seconds)[:, None])


def bead(*dilution: float) -> SimpleNamespace:
    return SimpleNamespace(dilution=np.array(dilution)[:, None])


def test_equivalents_of_the_shipped_42crmo4_are_those_of_its_chemistry() -> None:
    told = steel_facts(job("IN625"), zone(0.5))
    c, si, mn, cr, mo = 0.405, 0.25, 0.875, 0.95, 0.2
    assert told.carbon_equivalent == pytest.approx(c + mn / 6 + (cr + mo) / 5)
    assert told.cracking_equivalent == pytest.approx(c + (mn + mo) / 10 + cr / 20)
    assert told.cracking_parameter == pytest.approx(c + si / 30 + (mn + cr) / 20 + mo / 15)


def test_slow_cooling_leaves_less_martensite() -> None:
    told = steel_facts(job("IN625"), zone(0.5, 50.0, 5e4))
    assert told.martensite[0] == pytest.approx(1.0, abs=1e-6)
    assert told.martensite[0] >= told.martensite[1] > told.martensite[2]
    assert 0.0 < told.austenite[0] < 0.1


def test_a_place_that_never_hardened_is_no_error() -> None:
    told = steel_facts(job("IN625"), zone(float("nan"), 0.5))
    assert np.isfinite(told.martensite).all()
    assert hardness_ranges(job("IN625"), zone(float("nan"))) == []


def test_cooling_faster_than_the_models_know_is_said() -> None:
    said = [str(words) for words in hardness_ranges(job("IN625"), zone(0.1))]
    assert len(said) == 2
    assert all("cooling time 0.1 s" in words for words in said)
    assert hardness_ranges(job("IN625"), zone(2.0)) == []


def test_iron_of_one_layer_is_the_mass_balance_and_a_second_layer_halves_what_is_too_much() -> None:
    alloy, d = read_material("IN625"), 0.2
    below = d * STEEL.density.value
    share = below / (below + (1.0 - d) * alloy.density.value)
    one = clad_facts(job("IN625"), bead(d), 1)
    own, steel = alloy.composition.share("Fe"), STEEL.composition.share("Fe")
    assert one.iron[0] == pytest.approx(share * steel + (1.0 - share) * own)
    two = clad_facts(job("IN625"), bead(d), 2)
    assert two.iron[0] == pytest.approx(share * one.iron[0] + (1.0 - share) * own)


def test_classes_are_those_of_alloy_625_only() -> None:
    told = clad_facts(job("IN625"), bead(0.0, 0.05, 0.5), 1)
    assert told.classes == pytest.approx({"FE5": 1 / 3, "FE10": 1 / 3, "none": 1 / 3})
    other = job("IN625")
    other.clad = other.clad.model_copy(update={"name": "another"})
    assert clad_facts(other, bead(0.05), 1).classes == {}
    assert clad_facts(job("IN718"), bead(0.05), 1).iron is None  # its chemistry is not known here
    assert clad_facts(job("316L"), bead(0.05), 1).iron is None


def test_the_carbon_equivalent_is_that_of_an_independent_study_of_4140() -> None:
    sold = {"C": 0.0042, "Si": 0.0025, "Mn": 0.0075, "Cr": 0.011, "Mo": 0.0022}  # MEUS-4140
    known = STEEL.composition.model_copy(update={"mass_share": sold})
    steel = STEEL.model_copy(update={"composition": known})
    told = steel_facts(SimpleNamespace(parent=steel), zone(0.5))
    assert told.carbon_equivalent == pytest.approx(0.81, abs=0.005)


@pytest.mark.parametrize(
    ("clad", "low", "high"),
    # HV-625: 224 wire, 245 powder; HV-431: 600 to 720; HV-WC50, HV-WC60: 740 and 1416.
    [("IN625", 224, 245), ("431", 600, 720), ("WC60-NiCrBSi40", 740, 1416)],
)
def test_the_hardness_as_laid_spans_what_was_measured(clad: str, low: float, high: float) -> None:
    hardness = clad_facts(job(clad), bead(0.1), 1).hardness
    assert hardness.low <= low < high <= hardness.high
    assert hardness.source == read_material(clad).hardness.source


def test_the_hardness_is_that_of_undiluted_metal_and_its_interval_nine_of_ten() -> None:
    known = read_material("Stellite6").hardness
    one, other = (clad_facts(job("Stellite6"), bead(d), 1).hardness for d in (0.0, 0.5))
    assert one == other
    normal = NormalDist(known.value, known.spread * known.value)
    assert one.low == pytest.approx(normal.inv_cdf(0.05))
    assert one.high == pytest.approx(normal.inv_cdf(0.95))


def test_an_alloy_without_hardness_shows_none() -> None:
    other = job("IN625")
    other.clad = other.clad.model_copy(update={"hardness": None})
    assert clad_facts(other, bead(0.05), 1).hardness is None


def test_carbide_is_told_layer_by_layer_for_the_composite_only() -> None:
    whole = clad_facts(job("WC60-NiCrBSi40"), bead(*np.full(400, 0.1)), 2).carbide
    assert whole.shape == (400, 2)
    parent, alloy = STEEL.density.value, read_material("WC60-NiCrBSi40").density.value
    by_mass = 0.1 * parent / (0.1 * parent + 0.9 * alloy)
    assert (whole[:, 0] < 0.6 * (1.0 - by_mass)).all()  # some dissolves in every draw
    assert np.median(whole[:, 1]) > np.median(whole[:, 0])
    assert clad_facts(job("Stellite6"), bead(0.1), 1).carbide is None  # its tungsten is no WC


def test_rockwell_is_no_hardness_of_a_clad() -> None:
    material = tomllib.loads(data_folder().joinpath("materials/Stellite6.toml").read_text("utf-8"))
    material["hardness"]["value"] = "42 HRC"
    with pytest.raises(ValidationError, match="HRC"):
        Material.model_validate(material)


def test_page_and_json_show_hardness_and_carbide_with_what_is_assumed() -> None:
    clad = clad_facts(job("WC60-NiCrBSi40"), bead(*np.full(400, 0.1)), 2)
    rows = dict(_clad_rows(clad))
    assert rows["Hardness of the clad as laid, not diluted; and its source"].startswith("1080 HV (")
    assert rows["Carbide whole in each layer by mass, pool superheat assumed"].count("%") == 2
    told = _clad(clad)
    hardness = told["clad_hardness"]["undiluted"]
    assert hardness["unit"] == "HV"
    assert hardness["p05"] < hardness["p50"] == hardness["value"] == 1080 < hardness["p95"]
    assert told["clad_hardness"]["source"] == "HV-WC60, and HV-WC50"
    assert len(told["carbide_kept"]["layers"]) == 2
    assert told["carbide_kept"]["superheat"] == "assumed"
    assert {*dict(_clad_rows(clad))} <= read_catalogue().keys()
    bare = CladFacts(None, None, {}, None)
    assert _clad_rows(bare) == []
    assert _clad(bare) == _clad(None)
