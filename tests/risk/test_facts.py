"""Equivalents, phases and the iron of a clad, as a welding engineer reckons them by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from reclad.job import read_material
from reclad.risk.facts import clad_facts, hardness_ranges, steel_facts

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
    assert clad_facts(job("IN718"), bead(0.05), 1) is None  # its chemistry is not known here
    assert clad_facts(job("316L"), bead(0.05), 1) is None
