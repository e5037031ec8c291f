"""A metal over enthalpy: the tables read both ways, and what they integrate to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from tests.heat.bodies import AMBIENT, CAPACITY, A, K, plain_metal

from reclad.errors import ProcessError
from reclad.heat import _cell_kernels as kernels
from reclad.heat.enthalpy import (
    enthalpy_at,
    enthalpy_of,
    largest_diffusivity,
    tabulate,
    temperatures,
)
from reclad.job import read_material

STEELS = ("42CrMo4", "C45", "S355")
METALS = {name: enthalpy_of(read_material(name), 293.15) for name in STEELS}


def theta(metal: kernels.Metal, enthalpy: np.ndarray) -> np.ndarray:
    """Kirchhoff's potential (W/m) of enthalpies, as the solver reads it."""
    out = np.zeros(enthalpy.size)
    kernels.kirchhoff(metal.low, metal.fine, metal.base, metal.rise, enthalpy, out, np.uint64(0))
    return out


@given(st.sampled_from(STEELS), st.floats(200.0, 4000.0))
def test_enthalpy_and_temperature_are_one_anothers_inverse(steel: str, temperature: float) -> None:
    metal = METALS[steel]
    back = temperatures(metal, enthalpy_at(metal, np.array([temperature])))[0]
    assert back == pytest.approx(temperature, abs=1e-6)
    inside = kernels.temperature_of(metal, float(enthalpy_at(metal, temperature)))
    assert inside == pytest.approx(temperature, abs=1e-6)


@pytest.mark.parametrize("steel", STEELS)
def test_enthalpy_is_counted_from_shop_temperature(steel: str) -> None:
    # To a thousandth of a kelvin's heat.
    assert float(enthalpy_at(METALS[steel], 293.15)) == pytest.approx(0.0, abs=3.6e3)
    assert theta(METALS[steel], np.zeros(1))[0] == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("steel", STEELS)
@pytest.mark.parametrize("upto", [600.0, 1100.0, 1600.0, 2200.0])
def test_tables_integrate_to_what_quadrature_gives(steel: str, upto: float) -> None:
    material, metal = read_material(steel), METALS[steel]
    k, cp = material.conductivity, material.specific_heat
    cuts = [t for t in (*k.at, *cp.at) if 293.15 < t < upto]

    def integral(table) -> float:
        return quad(lambda t: np.interp(t, table.at, table.value), 293.15, upto, points=cuts)[0]

    heat = material.density.value * integral(cp)
    if upto > material.liquidus.value:
        heat += material.density.value * material.latent_heat.value
    h = float(enthalpy_at(metal, upto))
    # The tables are in steps of a kelvin or two: within one of those steps everywhere.
    assert h == pytest.approx(heat, rel=2e-3)
    assert theta(metal, np.array([heat]))[0] == pytest.approx(integral(k), rel=2e-3)


def test_latent_heat_is_taken_up_in_the_melting_range() -> None:
    material, metal = read_material("42CrMo4"), METALS["42CrMo4"]
    solidus, liquidus = material.solidus.value, material.liquidus.value
    taken = float(enthalpy_at(metal, liquidus + 2.0) - enthalpy_at(metal, solidus - 2.0))
    warmed = float(enthalpy_at(metal, liquidus + 400.0) - enthalpy_at(metal, liquidus + 100.0))
    latent = taken - warmed / 300.0 * (liquidus - solidus + 4.0)
    assert latent == pytest.approx(material.density.value * material.latent_heat.value, rel=0.02)


def test_a_metal_that_melts_at_one_temperature_takes_its_latent_heat_over_twenty_kelvin() -> None:
    ends = np.array([200.0, 3000.0])
    metal = tabulate(ends, np.full(2, K), ends, np.full(2, 680.0), 7700.0, AMBIENT, 250e3,
                     (1700.0, 1700.0))  # fmt: skip
    taken = float(enthalpy_at(metal, 1725.0) - enthalpy_at(metal, 1695.0))
    assert taken == pytest.approx(7700.0 * (680.0 * 30.0 + 250e3), rel=0.01)
    assert 1700.0 < temperatures(metal, enthalpy_at(metal, 1700.0) + 7700.0 * 125e3) < 1720.0


@given(st.sampled_from(STEELS), st.floats(-4e9, 4e10))
def test_beyond_the_tables_the_last_steps_go_on(steel: str, enthalpy: float) -> None:
    metal = METALS[steel]
    h = np.array([enthalpy, enthalpy + 1e6])
    low, high = theta(metal, h)
    assert np.isfinite([low, high]).all()
    assert high > low


def test_factors_scale_conductivity_and_heat_capacity() -> None:
    material = read_material("42CrMo4")
    better = enthalpy_of(material, 293.15, conductivity=1.2)
    heavier = enthalpy_of(material, 293.15, heat_capacity=1.1)
    usual = METALS["42CrMo4"]
    h = np.array([1e9, 3e9])
    assert theta(better, h) == pytest.approx(1.2 * theta(usual, h), rel=1e-9)
    assert better.conductivity == pytest.approx(1.2 * usual.conductivity)
    solid = np.array([500.0, 1200.0])
    assert enthalpy_at(heavier, solid) == pytest.approx(1.1 * enthalpy_at(usual, solid), rel=2e-3)


def test_the_largest_diffusivity_is_the_tables() -> None:
    assert largest_diffusivity(plain_metal()) == pytest.approx(A, rel=1e-9)
    for steel in STEELS:
        material = read_material(steel)
        t = np.linspace(200.0, 1600.0, 2000)
        k = np.interp(t, material.conductivity.at, material.conductivity.value)
        cp = np.interp(t, material.specific_heat.at, material.specific_heat.value)
        alpha = float((k / (material.density.value * cp)).max())
        assert largest_diffusivity(METALS[steel]) >= alpha * (1.0 - 1e-3)


def test_the_plain_metal_is_straight() -> None:
    t = np.linspace(250.0, 2500.0, 40)
    h = enthalpy_at(plain_metal(), t)
    assert h == pytest.approx(CAPACITY * (t - AMBIENT), abs=10.0)
    assert theta(plain_metal(), h) == pytest.approx(K * (t - AMBIENT), abs=1e-3)


@pytest.mark.parametrize("wrong", ["k", "cp", "density"])
def test_a_value_that_is_not_above_zero_is_refused(wrong: str) -> None:
    ends = np.array([300.0, 1500.0])
    values = {"k": np.full(2, K), "cp": np.full(2, 600.0), "density": 7700.0}
    values[wrong] = values[wrong] * 0.0
    with pytest.raises(ProcessError, match=r"must all be above 0; check the material table"):
        tabulate(ends, values["k"], ends, values["cp"], values["density"], AMBIENT)
