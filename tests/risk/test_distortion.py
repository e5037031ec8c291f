"""Pull, bow, shortening, neck-in: closed forms against the same mechanics solved otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.risk.cycles import MovingSource, Passes, thermal_cycles
from reclad.risk.distortion import (
    axial_pull,
    bow,
    bow_of_kinks,
    bow_of_lines,
    helix_kinks,
    misfit_strain,
    plate_curvature,
    round_section,
    shortening,
)
from reclad.risk.shell import neck_in
from reclad.risk.tendon import (
    ElasticMetal,
    plastic_area,
    plastic_reach,
    spread_factors,
    tendon_force,
)

E, NU = 210e9, 0.29


def metal(**changes) -> ElasticMetal:
    usual = {
        "modulus": E,
        "poisson": NU,
        "expansion": 12e-6,
        "yield_strength": 650e6,
        "heat_capacity": 3.77e6,
    }
    return ElasticMetal.of(**{**usual, **changes})


def kept_by_fibres(peak_rise: np.ndarray, area: np.ndarray, steel: ElasticMetal) -> float:
    """Pull N of fibres held at both ends, each heated to a peak rise K and cooled: what is
    compressed past yield when hot comes back short, up to yield in tension."""
    yields = steel.yield_strength[0] / steel.modulus[0]
    short = np.clip(steel.expansion[0] * peak_rise - yields, 0.0, yields)
    return float(steel.modulus[0] * np.sum(short * area))


def test_the_pull_of_a_bead_lies_between_that_of_fibres_in_a_thick_and_a_thin_part() -> None:
    heat, steel, wall = 70e3, metal(), 2e-3
    capacity = steel.heat_capacity[0]
    edges = np.geomspace(1e-7, 1.0, 40001)
    middle, step = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    thick = kept_by_fibres(
        2.0 * heat / (np.pi * np.e * capacity * middle**2), np.pi * middle * step, steel
    )
    line = heat / (wall * capacity * 2.0 * middle) * np.sqrt(2.0 / (np.pi * np.e))
    thin = kept_by_fibres(line, 2.0 * wall * step, steel)
    per_heat = heat * E * 12e-6 / capacity
    assert thick / per_heat == pytest.approx(np.log(2.0) / np.e, rel=1e-3)
    assert thin / per_heat == pytest.approx(np.log(2.0) * np.sqrt(2.0 / (np.pi * np.e)), rel=1e-3)
    assert thick < tendon_force(heat, steel, 1.0)[0] < thin


def test_steel_pulls_with_a_fifth_of_a_newton_per_joule_and_metre() -> None:
    assert tendon_force([70e3, 140e3], metal(), 1.0) == pytest.approx([14e3, 28e3], rel=0.01)


def test_no_section_pulls_harder_than_its_yield() -> None:
    steel = metal(yield_strength=[250e6, 650e6, 1200e6])
    alone = plastic_area(70e3, steel)
    beside = plastic_area(70e3, steel, pitch=1.5e-3)
    assert np.all(tendon_force(70e3, steel, beside) <= steel.yield_strength * beside * (1 + 1e-12))
    assert np.all(beside < alone)
    assert beside == pytest.approx(1.5e-3 * plastic_reach(70e3, steel))
    assert plastic_area(70e3, steel, pitch=1.5e-3, wall=1e-3) == pytest.approx([1.5e-6] * 3)
    calibrated = tendon_force(70e3, steel, beside, factor=[0.5, 1.0, 2.0])
    assert calibrated / tendon_force(70e3, steel, beside) == pytest.approx([0.5, 1.0, 2.0])


def test_where_metal_stops_yielding_its_peak_rise_just_strains_it_to_yield() -> None:
    steel = metal(heat_capacity=5.3e6)
    reach = plastic_reach(70e3, steel)
    fast = MovingSource.of(
        heat=35e3, travel_speed=0.5, spot_radius=1e-4, interpass=293.15, conductivity=30.0,
        heat_capacity=5.3e6,
    )  # fmt: skip
    passes = Passes(np.zeros(1), np.zeros(1))
    rise = thermal_cycles(fast, reach, passes, 2000.0).hottest[0, 0] - 293.15
    assert 12e-6 * rise == pytest.approx(650e6 / E, rel=0.01)


def balanced_section(
    force: float, azimuth: float, radius: float, outer: float, bore: float
) -> np.ndarray:
    """Mean strain and curvatures (3,) of a round section whose fibres carry a pull at one place:
    no force and no moment left over, on a mesh."""
    r = np.linspace(bore, outer, 401)
    phi = np.linspace(0.0, 2.0 * np.pi, 361)
    area = np.outer(0.5 * (r[1:] ** 2 - r[:-1] ** 2), np.diff(phi)).ravel()
    mid_r, mid_phi = np.meshgrid(0.5 * (r[1:] + r[:-1]), 0.5 * (phi[1:] + phi[:-1]), indexing="ij")
    x, y = (mid_r * np.cos(mid_phi)).ravel(), (mid_r * np.sin(mid_phi)).ravel()
    basis = np.stack([np.ones_like(x), x, y])
    stiffness = E * (basis * area) @ basis.T
    load = -force * np.array([1.0, radius * np.cos(azimuth), radius * np.sin(azimuth)])
    return np.linalg.solve(stiffness, load)


@pytest.mark.parametrize(("outer", "bore"), [(0.03, 0.0), (0.045, 0.035)])
def test_bow_and_shortening_under_one_bead_balance_the_section(outer: float, bore: float) -> None:
    force, azimuth, length = 14e3, 0.6, 1.0
    area, inertia = round_section(outer, bore)
    strain, *bent = balanced_section(force, azimuth, outer, outer, bore)
    got = bow_of_lines(
        [force], azimuth, radius=outer, length=length, modulus=E, inertia=inertia
    )[0]  # fmt: skip
    z = np.linspace(0.0, length, 2001)
    for component, curvature in zip(got, bent, strict=True):
        line = 0.5 * curvature * z * (length - z)
        assert component == pytest.approx(line.max() if component > 0 else line.min(), rel=0.01)
    assert shortening([force], length, E, area)[0] == pytest.approx(-strain * length, rel=0.01)


def test_a_70_kilojoule_bead_bows_a_60_mm_bar_by_some_tenths_of_a_millimetre() -> None:
    _, inertia = round_section(0.03)
    force = tendon_force(70e3, metal(), 1.0)
    moved = bow_of_lines(force, 0.0, radius=0.03, length=1.0, modulus=E, inertia=inertia)
    assert moved[0] == pytest.approx([-0.39e-3, 0.0], abs=0.02e-3)


def test_beads_all_round_leave_a_bar_straight() -> None:
    around = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    _, inertia = round_section(0.03)
    shape = {"radius": 0.03, "length": 1.0, "modulus": [E, 0.9 * E], "inertia": inertia}
    one = bow_of_lines([14e3, 10e3], 0.0, **shape)
    even = bow_of_lines([14e3, 10e3], around, **shape)
    assert np.abs(even).max() < 1e-12 * np.abs(one).max()
    uneven = np.full((2, 24), 14e3)
    uneven[:, 0] += 1e3
    extra = bow_of_lines([1e3, 1e3], 0.0, **shape)
    assert bow_of_lines(uneven, around, **shape) == pytest.approx(extra, abs=1e-15)


HELIX = {"radius": 0.03, "modulus": E, "inertia": 6.36e-7}


@given(st.integers(1, 500), st.floats(0.0, 6.3))
def test_closed_turns_of_a_helix_cancel(turns: int, start: float) -> None:
    closed = helix_kinks([3e3, 2e3], float(turns), start=start, **HELIX)
    one = np.abs(closed).max()
    assert np.abs(closed.sum(axis=1)).max() < 1e-9 * one
    together = bow_of_kinks(closed, [0.4, 0.4], 1.0)
    alone = bow_of_kinks(closed[:, :1], [0.4], 1.0)
    assert np.abs(together).max() < 1e-9 * np.abs(alone).max()


@given(st.integers(0, 50), st.floats(0.02, 0.98), st.floats(0.0, 6.3))
def test_the_last_part_of_a_turn_stays(turns: int, part: float, start: float) -> None:
    left = helix_kinks([3e3], turns + part, start=start, **HELIX).sum(axis=1)[0]
    phi = start + 2.0 * np.pi * part * (np.arange(2000) + 0.5) / 2000
    pull = 3e3 * 0.03**2 / (E * 6.36e-7) * 2.0 * np.pi * part / 2000
    expected = pull * np.array([np.cos(phi).sum(), np.sin(phi).sum()])
    assert left == pytest.approx(expected, rel=1e-5, abs=1e-9 * np.abs(left).max())


@pytest.mark.parametrize("turns", [12.25, 30.5, 60.0])
def test_a_helix_bows_a_shaft_as_a_beam_in_differences(turns: float) -> None:
    # Each arc pulls across itself over the strip, one pitch wide, that it fills; the beam's
    # deflection is its curvature integrated twice between the supports.
    force, pitch, start, nodes = 3e3, 1e-3, 0.4, 20001
    z = np.linspace(0.0, 1.0, nodes)
    phi = start + np.linspace(0.0, 2.0 * np.pi * turns, 40001)
    middle, arc = 0.5 * (phi[1:] + phi[:-1]), np.diff(phi)
    place = 0.3 + pitch * (middle - start) / (2.0 * np.pi)
    moment = np.zeros((nodes, 2))
    for share in np.linspace(-0.49, 0.49, 50):
        cell = np.round((place + share * pitch) / z[1]).astype(int)
        for axis, part in enumerate((np.cos(middle), np.sin(middle))):
            line = force / pitch * 0.03 * arc * part * 0.03 * (pitch / 50 / z[1])
            moment[:, axis] += np.bincount(cell, line, nodes)
    slope = np.cumsum(moment / (E * 6.36e-7), axis=0) * z[1]
    moved = np.cumsum(slope, axis=0) * z[1]
    moved -= z[:, None] * moved[-1]
    expected = moved[np.linalg.norm(moved, axis=1).argmax()]
    kinks = helix_kinks([force], turns, start=start, **HELIX)
    got = bow_of_kinks(kinks, [0.3, 0.3 + pitch * turns], 1.0)[0]
    assert np.linalg.norm(got - expected) < 0.01 * np.linalg.norm(expected)


def test_a_helix_shortens_a_shaft_as_its_strips_pull_on_the_section() -> None:
    area, _ = round_section(0.03)
    pull = axial_pull([3e3, 2e3], 1.5e-3, 0.03)
    # Round the circumference, a pull of F over each strip of one pitch.
    around = np.full(3600, 2.0 * np.pi * 0.03 / 3600)
    assert pull == pytest.approx([np.sum(f / 1.5e-3 * around) for f in (3e3, 2e3)])
    assert shortening(pull, 0.2, [E, 0.5 * E], area)[1] == pytest.approx(
        pull[1] / area / (0.5 * E) * 0.2
    )


@pytest.mark.parametrize(("layer", "plate", "ratio"), [(1e-3, 10e-3, 1.1), (4e-3, 6e-3, 0.5)])
def test_plate_curvature_is_that_of_slices_in_balance(
    layer: float, plate: float, ratio: float
) -> None:
    misfit, clad, parent = 1e-3, metal(modulus=ratio * E, poisson=0.31), metal()
    edges = np.concatenate([np.linspace(0.0, plate, 801), plate + np.linspace(0.0, layer, 801)[1:]])
    depth, thick = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    above = depth > plate
    stiff = np.where(above, ratio * E / (1.0 - 0.31), E / (1.0 - NU)) * thick
    basis = np.stack([np.ones_like(depth), depth])
    wants = -misfit * np.where(above, 1.0, 0.0)
    solution = np.linalg.solve((basis * stiff) @ basis.T, (basis * stiff) @ wants)
    got = plate_curvature([misfit], layer, plate, clad, parent)[0]
    assert got == pytest.approx(-solution[1], rel=0.01)


def test_a_thin_layer_bends_a_plate_as_stoney_says() -> None:
    layer, plate, parent = 5e-6, 10e-3, metal()
    clad = metal(modulus=0.8 * E, poisson=0.33)
    stress = 0.8 * E / (1.0 - 0.33) * 1e-3
    stoney = 6.0 * stress * layer * (1.0 - NU) / (E * plate**2)
    assert plate_curvature(1e-3, layer, plate, clad, parent)[0] == pytest.approx(stoney, rel=0.01)


def test_two_like_strips_bend_by_three_halves_of_their_misfit() -> None:
    # 3 L^2 dT (alpha1 - alpha2) / (4 h) at the end of a bimetal cantilever: kappa = 3 misfit / 2h.
    like = metal()
    curvature = plate_curvature(2.5e-4, 0.15, 0.15, like, like)
    assert curvature[0] == pytest.approx(1.5 * 2.5e-4 / 0.3)
    assert bow(curvature, 6.0)[0] == pytest.approx(3.0 * 3.0**2 / (4.0 * 0.3) * 2.5e-4)


def test_a_layer_held_flat_by_its_misfit_carries_the_pull_of_its_beads() -> None:
    steel = metal(poisson=[0.27, 0.31])
    misfit = misfit_strain([3e3, 4e3], 1.5e-3, 3e-3, steel)
    stress = misfit * steel.modulus / (1.0 - steel.poisson)
    assert stress * 3e-3 * 1.5e-3 == pytest.approx([3e3, 4e3])


def shell_in_differences(turns: list[float], force: float, radius: float, wall: float):
    """Inward displacement of a long shell, D u'''' + E t u / R^2 = load, on a mesh."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import spsolve

    z = np.linspace(-0.3, 0.3, 6001)
    dz = z[1] - z[0]
    bending = E * wall**3 / (12.0 * (1.0 - NU**2))
    fourth = diags([1.0, -4.0, 6.0, -4.0, 1.0], [-2, -1, 0, 1, 2], shape=(z.size, z.size))
    matrix = bending / dz**4 * fourth + diags([E * wall / radius**2], [0], shape=fourth.shape)
    load = np.zeros(z.size)
    for turn in turns:
        load[int(np.abs(z - turn).argmin())] += force / radius / dz
    return z, spsolve(matrix.tocsc(), load)


@pytest.mark.parametrize("turns", [[0.0], [-0.004, 0.0, 0.02]])
def test_neck_in_is_the_shell_equation_in_differences(turns: list[float]) -> None:
    radius, wall = 0.042, 6e-3
    z, expected = shell_in_differences(turns, 3e3, radius, wall)
    at = [-0.02, 0.0, 0.003, 0.02]
    got = neck_in([3e3], turns, at, radius=radius, wall=wall, modulus=E, poisson=NU)[0]
    assert got == pytest.approx(np.interp(at, z, expected), rel=0.01)


def test_a_long_band_of_turns_draws_a_pipe_in_as_a_membrane() -> None:
    radius, wall, pitch = 0.042, 6e-3, 1.5e-3
    turns = np.arange(-0.2, 0.2, pitch)
    got = neck_in(
        [3e3, 2e3], turns, 0.0, radius=radius, wall=wall, modulus=[E, 0.9 * E], poisson=NU
    )
    pressure = np.array([3e3, 2e3]) / (radius * pitch)
    expected = pressure * radius**2 / (np.array([E, 0.9 * E]) * wall)
    assert got[:, 0] == pytest.approx(expected, rel=1e-3)


def test_two_thirds_of_untried_parts_lie_within_half_as_much_again() -> None:
    factors = spread_factors(4000, seed=3)
    assert np.median(factors) == pytest.approx(1.0, abs=0.03)
    assert np.mean((factors < 1.5) & (factors > 1.0 / 1.5)) == pytest.approx(0.683, abs=0.03)
    assert np.array_equal(factors, spread_factors(4000, seed=3))


def test_parts_and_metals_that_cannot_be_are_refused() -> None:
    with pytest.raises(ProcessError, match="bore radius"):
        round_section(0.03, 0.03)
    with pytest.raises(ProcessError, match="poisson"):
        metal(poisson=0.6)
    with pytest.raises(ProcessError, match="place 2 m"):
        bow_of_kinks(np.zeros((1, 1, 2)), [2.0], 1.0)
    with pytest.raises(ProcessError, match="no thin shell"):
        neck_in([1.0], [0.0], 0.0, radius=0.03, wall=0.02, modulus=E, poisson=NU)
