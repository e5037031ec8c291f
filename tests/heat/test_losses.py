"""What takes heat from the part: film, glow, gas jet, bore, chuck, each against its closed form."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heat.bodies import (
    AMBIENT,
    CAPACITY,
    SPOT,
    K,
    helix,
    plain_metal,
    row_of,
    stand,
    volumes,
    without_bare_faces,
)

from reclad.heat.enthalpy import temperatures
from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.solution import STEFAN_BOLTZMANN, Solution, solve
from reclad.heat.surroundings import Clasp, Surroundings

METAL = plain_metal()
QUICK = plain_metal(k=3000.0)  # so good a conductor that a wall is level


def pipe(count: int, *, slices: int = 1, length: float = 10e-3, around: int = 12) -> Mesh:
    """OD 60, bore 20 mm, nothing lost through its ends."""
    rows = np.linspace(10e-3, 30e-3, count + 1)
    axial = np.linspace(0.0, length, slices + 1)
    return without_bare_faces(mesh_round(axial, np.full(slices, 30e-3), 10e-3, rows, around))


def mean_of(mesh: Mesh, done: Solution) -> float:
    """Mean temperature (K) at the end."""
    held = volumes(mesh)
    return float((held * temperatures(METAL, done.enthalpy)).sum() / held.sum())


def test_a_wall_between_a_warm_bore_and_the_air_is_the_logarithm() -> None:
    # Steady: 1 / (h 2 pi r) at each face and ln(R / r) / (2 pi k) between, per metre.
    hot, film_in, film_out = 360.0, 900.0, 300.0
    inside = 1.0 / (film_in * 10e-3)
    outside = 1.0 / (film_out * 30e-3)
    passed = (hot - AMBIENT) / (inside + np.log(3.0) / K + outside)
    errors = []
    for count in (4, 8, 16):
        mesh = pipe(count)
        around = Surroundings(AMBIENT, film=film_out, bore_film=film_in, bore_inlet=hot)
        done = solve(mesh, METAL, around, stand(4000.0), 330.0)
        found = temperatures(METAL, done.enthalpy)[0, mesh.cells.first]
        middle = 0.5 * (mesh.rows[1:] + mesh.rows[:-1])
        exact = hot - passed * (inside + np.log(middle / 10e-3) / K)
        errors.append(np.abs(found - exact).max())
    assert errors[0] < 0.3
    assert np.all(np.log2(np.array(errors[:-1]) / errors[1:]) > 1.6)


@pytest.mark.parametrize(
    ("film", "emissivity"), [(60.0, 0.0), (0.0, 0.8), (20.0, 0.6)], ids=["film", "glow", "both"]
)
def test_a_level_body_cools_as_a_lump(film: float, emissivity: float) -> None:
    mesh = mesh_round(np.linspace(0.0, 40e-3, 5), np.full(4, 10e-3), 0.0,
                      np.linspace(0.0, 10e-3, 4), 8)  # fmt: skip
    around = Surroundings(AMBIENT, film=film, emissivity=emissivity)
    done = solve(mesh, QUICK, around, stand(120.0), 900.0)
    area = 2.0 * np.pi * 10e-3 * 40e-3 + 2.0 * np.pi * 10e-3**2
    capacity = CAPACITY * np.pi * 10e-3**2 * 40e-3
    lump, dt = 900.0, 0.01
    for _ in range(12_000):
        flux = film * (lump - AMBIENT)
        flux += emissivity * STEFAN_BOLTZMANN * (lump**4 - AMBIENT**4)
        lump -= dt * flux * area / capacity
    assert lump < 850.0
    assert mean_of(mesh, done) == pytest.approx(lump, rel=1e-3)
    assert (done.ledger.convection > 0.0) == (film > 0.0)
    assert (done.ledger.radiation > 0.0) == (emissivity > 0.0)


def test_metal_hotter_than_the_glow_loses_no_more_than_there() -> None:
    mesh = pipe(2)
    area, seconds = 2.0 * np.pi * 30e-3 * 10e-3, 0.2
    for hot, cap in ((1500.0, 1500.0), (2500.0, 1500.0)):
        done = solve(mesh, QUICK, Surroundings(AMBIENT, film=20.0, emissivity=0.7, glow=1500.0),
                     stand(seconds), hot)  # fmt: skip
        radiated = 0.7 * STEFAN_BOLTZMANN * (cap**4 - AMBIENT**4) * area * seconds
        assert done.ledger.radiation == pytest.approx(radiated, rel=5e-3)
        assert done.ledger.convection == pytest.approx(20.0 * (cap - AMBIENT) * area * seconds,
                                                       rel=5e-3)  # fmt: skip


def test_a_body_colder_than_the_shop_warms() -> None:
    mesh = pipe(2)
    done = solve(mesh, METAL, Surroundings(AMBIENT, film=50.0), stand(60.0), 280.0)
    assert done.ledger.convection < 0.0
    assert 280.0 < mean_of(mesh, done) < AMBIENT


@pytest.mark.parametrize("flat", [True, False])
def test_the_gas_jet_takes_what_its_patch_says(flat: bool) -> None:
    # The integral of film exp(-2 r^2 / reach^2) over the plane is film pi reach^2 / 2; a square
    # of half-width 1.5 reach holds erf(1.5 sqrt(2))^2 of it.
    film, reach, seconds, hot = 200.0, 8e-3, 1.0, 700.0
    axial = np.linspace(0.0, 60e-3, 61)
    if flat:
        mesh = mesh_flat(axial, np.full(60, 6e-3), np.linspace(0.0, 6e-3, 4), 1e-3, 60)
        walk = helix(seconds, (30e-3, 30e-3), (29e-3, 31e-3), power=0.0)
    else:
        mesh = mesh_round(axial, np.full(60, 60e-3), 54e-3, np.linspace(54e-3, 60e-3, 4), 377)
        turned = (6.25, 6.25 + 2e-3 / 60e-3)  # across where the cells close
        walk = helix(seconds, (30e-3, 30e-3), turned, radius=60e-3, power=0.0)
    done = solve(mesh, QUICK, Surroundings(AMBIENT, jet=film, reach=reach), walk, hot)
    taken = 0.9973**2 * film * np.pi * reach**2 / 2.0 * (hot - AMBIENT) * seconds
    assert done.ledger.jet == pytest.approx(taken, rel=0.02)
    assert -done.ledger.stored == pytest.approx(done.ledger.jet, rel=1e-9)


def test_the_jet_blows_only_while_the_beam_is_on() -> None:
    mesh = pipe(2, slices=4, length=40e-3)
    walk = helix(4.0, (20e-3, 20e-3), (0.0, 2.0), radius=30e-3, power=0.0,
                 lit=np.arange(8) % 2 == 0)  # fmt: skip
    half = solve(mesh, QUICK, Surroundings(AMBIENT, jet=50.0), walk, 700.0).ledger.jet
    every = helix(4.0, (20e-3, 20e-3), (0.0, 2.0), radius=30e-3, power=0.0)
    whole = solve(mesh, QUICK, Surroundings(AMBIENT, jet=50.0), every, 700.0).ledger.jet
    assert half == pytest.approx(0.5 * whole, rel=0.01)


def test_water_warms_along_the_bore_as_a_heat_exchanger() -> None:
    # A wall held near even by its own heat for a short time: the flow takes
    # C (T - inlet) (1 - exp(-h A / C)), half the first cell's resistance in series with the film.
    film, flow, hot, seconds = 500.0, 10.0, 500.0, 0.5
    mesh = pipe(2, slices=80, length=0.8)
    area = 2.0 * np.pi * 10e-3 * 0.8
    series = film / (1.0 + film * 5e-3 / K)
    around = Surroundings(AMBIENT, bore_film=film, bore_inlet=290.0, bore_flow=flow)
    done = solve(mesh, METAL, around, stand(seconds), hot, dt=0.02)
    taken = flow * (hot - 290.0) * (1.0 - np.exp(-series * area / flow)) * seconds
    assert done.ledger.bore == pytest.approx(taken, rel=0.02)
    # Far less than from a supply that stays cold, and the inlet end cools more than the outlet's.
    cold = solve(mesh, METAL, Surroundings(AMBIENT, bore_film=film, bore_inlet=290.0),
                 stand(seconds), hot, dt=0.02)  # fmt: skip
    assert cold.ledger.bore == pytest.approx(series * area * (hot - 290.0) * seconds, rel=0.02)
    inner = row_of(mesh, temperatures(METAL, done.enthalpy), 0).mean(axis=1)
    assert np.all(np.diff(inner) > 0.0)


def test_a_bore_without_an_inlet_temperature_is_at_ambient() -> None:
    mesh = pipe(2)
    given = Surroundings(AMBIENT, bore_film=80.0, bore_inlet=AMBIENT)
    left_out = Surroundings(AMBIENT, bore_film=80.0)
    heats = [solve(mesh, METAL, s, stand(5.0), 400.0).ledger.bore for s in (given, left_out)]
    assert heats[0] == heats[1] > 0.0


def test_a_chuck_warms_until_it_gives_as_much_as_it_takes() -> None:
    # Two lumps: the part and the chuck, which gives heat to the shop.
    mesh = pipe(3, slices=5, length=50e-3)
    film, capacity, loss = 400.0, 300.0, 3.0
    chuck = Clasp(0.0, 50e-3, film, capacity, loss)
    done = solve(mesh, QUICK, Surroundings(AMBIENT, clasps=(chuck,)), stand(200.0), 600.0)
    area, dt = 2.0 * np.pi * 30e-3 * 50e-3, 0.01
    part = CAPACITY * np.pi * (30e-3**2 - 10e-3**2) * 50e-3
    body, jaw = 600.0, AMBIENT
    for _ in range(20_000):
        passed = film * area * (body - jaw)
        body -= dt * passed / part
        jaw += dt * (passed - loss * (jaw - AMBIENT)) / capacity
    assert jaw > AMBIENT + 50.0
    assert mean_of(mesh, done) == pytest.approx(body, abs=0.01 * (600.0 - body))
    assert done.ledger.contacts == pytest.approx(part * (600.0 - body), rel=0.01)


def test_a_chuck_holds_only_where_it_grips() -> None:
    mesh = pipe(2, slices=10, length=0.1)
    rest = Clasp(60e-3, 80e-3, 500.0, 1e4, 5.0)
    done = solve(mesh, METAL, Surroundings(AMBIENT, clasps=(rest,)), stand(2.0), 600.0)
    outer = row_of(mesh, temperatures(METAL, done.enthalpy), 1).mean(axis=1)
    assert np.flatnonzero(outer < outer.max() - 1.0).tolist() == [6, 7]


def test_two_contacts_keep_their_own_books() -> None:
    mesh = pipe(2, slices=10, length=0.1)
    chuck, rest = Clasp(0.08, 0.1, 500.0, 2e3, 0.0), Clasp(0.01, 0.03, 500.0, 2e3, 0.0)
    both = solve(mesh, METAL, Surroundings(AMBIENT, clasps=(chuck, rest)), stand(30.0), 600.0)
    one = solve(mesh, METAL, Surroundings(AMBIENT, clasps=(chuck,)), stand(30.0), 600.0)
    assert both.ledger.contacts == pytest.approx(2.0 * one.ledger.contacts, rel=0.02)
    assert -both.ledger.stored == pytest.approx(both.ledger.contacts, rel=1e-9)


def test_ends_and_shoulders_lose_heat_as_the_surface_does() -> None:
    rows = np.linspace(10e-3, 20e-3, 6)
    radius = np.array([16e-3, 16e-3, 20e-3, 20e-3])
    mesh = mesh_round(np.linspace(0.0, 0.02, 5), radius, 10e-3, rows, 12)
    seconds = 1.0
    done = solve(mesh, QUICK, Surroundings(AMBIENT, film=30.0), stand(seconds), 500.0)
    surface = 2.0 * np.pi * (16e-3 + 20e-3) * 10e-3
    ends = np.pi * (16e-3**2 + 20e-3**2 - 2.0 * 10e-3**2) + np.pi * (20e-3**2 - 16e-3**2)
    lost = 30.0 * (surface + ends) * 200.0 * seconds
    assert done.ledger.convection == pytest.approx(lost, rel=5e-3)


def test_heat_that_never_came_leaves_no_loss() -> None:
    around = Surroundings(AMBIENT, film=30.0, emissivity=0.7, jet=60.0, bore_film=20.0,
                          clasps=(Clasp(0.0, 5e-3, 300.0, 1e3, 5.0),))  # fmt: skip
    walk = helix(5.0, (5e-3, 5e-3), (0.0, 3.0), radius=30e-3, power=0.0, spot=SPOT)
    done = solve(pipe(3), METAL, around, walk, AMBIENT)
    entries = vars(done.ledger).values()
    assert max(abs(v) for v in entries) < 1e-2
