"""Materials as constants: transformation points of steels, and where none are known."""

from __future__ import annotations

import math

import pytest

from reclad.job import read_material
from reclad.job.sources import known_sources
from reclad.process.metal import enthalpy_between, melting_point, transformation_points


def celsius(kelvin: float) -> float:
    return kelvin - 273.15


def test_the_formulas_are_andrews() -> None:
    # Andrews 1965 (andrews1965), in % by mass and degC, the elements of this steel.
    steel = read_material("42CrMo4")
    assert steel.composition is not None
    share = {name: 100.0 * v for name, v in steel.composition.mass_share.items()}
    ac1 = 723.0 - 10.7 * share["Mn"] + 29.1 * share["Si"] + 16.9 * share["Cr"]
    ac3 = 910.0 - 203.0 * math.sqrt(share["C"]) + 44.7 * share["Si"] + 31.5 * share["Mo"]
    ac3 += -30.0 * share["Mn"] - 11.0 * share["Cr"]
    for name, weight in (("P", 700.0), ("Al", 400.0), ("Cu", -20.0)):
        ac3 += weight * share.get(name, 0.0)
    ac1 -= 16.9 * share.get("Ni", 0.0)
    ac3 -= 15.2 * share.get("Ni", 0.0)
    points = transformation_points(steel)
    assert celsius(points.ac1) == pytest.approx(ac1)
    assert celsius(points.ac3) == pytest.approx(ac3)
    assert "andrews1965" in known_sources()


@pytest.mark.parametrize("steel", ["42CrMo4", "C45", "S355"])
def test_austenite_begins_under_where_it_is_complete(steel: str) -> None:
    points = transformation_points(read_material(steel))
    assert 690.0 < celsius(points.ac1) < 780.0
    assert celsius(points.ac1) < celsius(points.ac3) < 900.0


def test_carbon_lowers_the_end_of_the_transformation_and_not_its_beginning() -> None:
    steel = read_material("42CrMo4")
    assert steel.composition is not None
    shares = steel.composition.mass_share
    poorer = dict(shares) | {"C": 0.2e-2, "Fe": shares.get("Fe", 0.97) + shares["C"] - 0.2e-2}
    less = steel.model_copy(
        update={"composition": steel.composition.model_copy(update={"mass_share": poorer})}
    )
    one, other = transformation_points(steel), transformation_points(less)
    assert other.ac3 > one.ac3 + 20.0
    assert other.ac1 == pytest.approx(one.ac1)


def test_metals_outside_the_formula_have_no_points() -> None:
    outside = [read_material(name) for name in ("IN625", "316L")]
    bare = read_material("42CrMo4").model_copy(update={"composition": None})
    for metal in (*outside, bare):
        points = transformation_points(metal)
        assert math.isnan(points.ac1)
        assert math.isnan(points.ac3)


def test_the_pools_edge_is_midway_through_the_melting_range() -> None:
    steel = read_material("42CrMo4")
    assert steel.solidus.value < melting_point(steel) < steel.liquidus.value
    assert 2.0 * melting_point(steel) == pytest.approx(steel.solidus.value + steel.liquidus.value)


def test_heat_between_temperatures_adds_up() -> None:
    steel = read_material("42CrMo4")
    whole = enthalpy_between(steel, 293.15, 1500.0)
    parts = enthalpy_between(steel, 293.15, 900.0) + enthalpy_between(steel, 900.0, 1500.0)
    assert whole == pytest.approx(parts)
    assert 500.0 * 1200.0 < whole < 900.0 * 1300.0
