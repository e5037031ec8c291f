"""Thermal cycles beside the bead, against closed forms and the source integrated elsewhere."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from reclad.errors import ProcessError
from reclad.job import read_material, read_nozzle, read_powder
from reclad.lab import prior
from reclad.process import Beam, ProcessParameters, Substrate, predict
from reclad.process import _pool_kernels as pool
from reclad.process.metal import enthalpy_between
from reclad.risk.cycles import (
    MovingSource,
    PassCycle,
    Passes,
    below_fusion,
    follow_pass,
    isotherm_depths,
    join_cycles,
    passes_around,
    tempering_cycles,
    thermal_cycles,
)

K, CAPACITY, T0 = 30.0, 5.3e6, 293.15


def source(**changes) -> MovingSource:
    usual = {
        "heat": 720.0,
        "travel_speed": 0.010,
        "spot_radius": 1.5e-3,
        "interpass": T0,
        "conductivity": K,
        "heat_capacity": CAPACITY,
    }
    return MovingSource.of(**{**usual, **changes})


def one_pass(across: float = 0.0) -> Passes:
    return Passes(np.array([across]), np.zeros(1))


@pytest.mark.parametrize("interpass", [293.15, 473.15])
def test_t85_of_a_thick_part_is_the_closed_form_of_en_1011_2(interpass: float) -> None:
    strong = source(heat=20e3, spot_radius=1e-4, interpass=interpass)
    cycles = thermal_cycles(strong, [0.0], one_pass(), 1100.0)
    inverse = 1.0 / (773.15 - interpass) - 1.0 / (1073.15 - interpass)
    expected = 20e3 / (2.0 * np.pi * K * 0.010) * inverse
    assert cycles.t85[0, 0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("interpass", [293.15, 473.15])
def test_t85_of_a_thin_part_is_the_closed_form_of_en_1011_2(interpass: float) -> None:
    # 300 kJ/m over 2 mm: heat evens out through the wall in H^2 / a = 0.7 s, t8/5 is 30 s.
    wall = 2e-3
    thin = source(heat=3000.0, spot_radius=1e-4, interpass=interpass, wall=wall)
    cycles = thermal_cycles(thin, [0.0, wall], one_pass(), 1000.0)
    inverse = 1.0 / (773.15 - interpass) ** 2 - 1.0 / (1073.15 - interpass) ** 2
    expected = (300e3 / wall) ** 2 / (4.0 * np.pi * K * CAPACITY) * inverse
    assert cycles.t85[0] == pytest.approx(np.full(2, expected), rel=5e-3)


def test_peaks_of_a_fast_source_fall_off_as_a_line_of_heat_released_at_once() -> None:
    # T_p - T0 = 2 q / (pi e rho c v r^2), when heat has no time to run ahead: v r / a > 350.
    fast = source(heat=20e3, travel_speed=1.0, spot_radius=1e-4)
    radii = np.array([2e-3, 3e-3, 5e-3])
    peaks = thermal_cycles(fast, radii, one_pass(), 2000.0).hottest[0] - T0
    expected = 2.0 * 20e3 / (np.pi * np.e * CAPACITY * 1.0 * radii**2)
    assert peaks == pytest.approx(expected, rel=5e-3)
    beside = thermal_cycles(fast, [0.0], one_pass(3e-3), 2000.0).hottest[0, 0] - T0
    assert beside == pytest.approx(expected[1], rel=5e-3)


def test_a_point_under_a_small_spot_feels_rosenthals_curve() -> None:
    small = source(spot_radius=2e-5)
    depth, across = 1.1e-3, 0.8e-3
    cycle = follow_pass(small, [depth], across)
    x = -0.010 * cycle.time[0]
    r = np.sqrt(x**2 + depth**2 + across**2)
    expected = 720.0 / (2.0 * np.pi * K * r) * np.exp(-0.010 * (r + x) * CAPACITY / (2.0 * K))
    assert cycle.temperature[0, 0] - T0 == pytest.approx(expected, rel=2e-3, abs=0.05)


@pytest.mark.parametrize("shape", ["gaussian", "top-hat"])
@pytest.mark.parametrize("wall", [None, 5e-3, 1.5e-3])
def test_curves_are_the_pool_models_temperatures(shape: str, wall: float | None) -> None:
    passing = source(wall=wall, shape=shape)
    depth = np.array([0.0, 0.2e-3, 0.9e-3, 1.5e-3])
    cycle = follow_pass(passing, depth, 0.7e-3)
    pe, w = 0.010 * 1.5e-3 * CAPACITY / K, 1.5e-3
    g = 0.0 if wall is None else w / wall
    beam = Beam(1.0, shape).kernels
    for p, i in itertools.product(range(4), range(0, 80, 7)):
        x = -0.010 * cycle.time[0, i] / w
        theta = pool.temperature_rise(x, 0.7e-3 / w, depth[p] / w, pe, g, beam)[0]
        expected = theta * 720.0 / (K * w)
        assert cycle.temperature[0, p, i] - T0 == pytest.approx(expected, rel=1e-4, abs=0.02)


def test_the_heat_found_behind_the_beam_is_the_heat_put_in() -> None:
    # Steadily behind a source, the section holds q / v: int rho c (T - T0) dy dz.
    from scipy.integrate import trapezoid

    across = np.linspace(0.0, 0.03, 61)
    depth = np.linspace(0.0, 0.03, 121)
    moments = [follow_pass(source(), depth, y) for y in across]
    late = int(np.searchsorted(moments[0].time[0], 3.0))
    rise = np.array([cycle.temperature[0, :, late] - T0 for cycle in moments])
    held = 2.0 * CAPACITY * trapezoid(trapezoid(rise, depth, axis=1), across)
    assert held == pytest.approx(720.0 / 0.010, rel=5e-3)


def test_heats_add_and_sides_are_alike() -> None:
    depth = [0.3e-3, 1.0e-3]
    both = source(heat=[500.0, 220.0, 720.0])
    # The same clock for all three, so that samples can be compared.
    same = MovingSource.of(
        heat=720.0, travel_speed=0.01, spot_radius=1.5e-3, interpass=T0, conductivity=K,
        heat_capacity=CAPACITY,
    )  # fmt: skip
    peaks = thermal_cycles(both, depth, one_pass(1e-3), 2000.0).hottest - T0
    assert peaks[0] + peaks[1] == pytest.approx(peaks[2], rel=2e-3)
    left, right = (follow_pass(same, depth, y).temperature for y in (-1e-3, 1e-3))
    assert left == pytest.approx(right, rel=1e-12)


def test_a_wall_adds_its_mirror_images() -> None:
    wall, z = 3e-3, 0.8e-3
    walled = follow_pass(source(wall=wall), [z], 0.0)
    images = np.array(sorted({abs(z + 2 * n * wall) for n in range(-12, 13)}))
    thick = MovingSource.of(
        heat=720.0, travel_speed=0.01, spot_radius=1.5e-3, interpass=T0, conductivity=K,
        heat_capacity=CAPACITY,
    )  # fmt: skip
    open_side = follow_pass(thick, images, 0.0)
    early = open_side.time[0] < 3.0
    added = open_side.temperature[0].sum(axis=0) - T0 * images.size
    expected = np.interp(walled.time[0], open_side.time[0][early], added[early])
    near = (walled.time[0] > 0.0) & (walled.time[0] < 2.5)
    assert walled.temperature[0, 0, near] - T0 == pytest.approx(expected[near], rel=3e-3)


@pytest.mark.parametrize("wall", [None, 4e-3])
def test_peaks_at_the_depth_of_an_isotherm_are_its_temperature(wall: float | None) -> None:
    passing = source(heat=[600.0, 800.0], interpass=[293.15, 500.0], wall=wall)
    levels = [1000.0, 1060.0, 1500.0]
    depths = isotherm_depths(passing, levels)
    peaks = thermal_cycles(passing, depths, one_pass(), 2000.0).hottest
    assert peaks == pytest.approx(np.tile(levels, (2, 1)), rel=0.01)


def test_the_fusion_line_is_as_hot_as_melting_and_points_under_it_are_colder() -> None:
    passing = source(heat=[600.0, 800.0], interpass=[293.15, 500.0])
    depth = below_fusion(passing, [0.0, 0.2e-3, 0.5e-3], 1728.0)
    peaks = thermal_cycles(passing, depth, one_pass(), 2000.0).hottest
    assert peaks[:, 0] == pytest.approx([1728.0, 1728.0], rel=0.01)
    assert (np.diff(peaks, axis=1) < 0.0).all()
    assert np.diff(depth, axis=1) == pytest.approx(np.tile([0.2e-3, 0.3e-3], (2, 1)))


def test_an_isotherm_that_nothing_reaches_lies_at_no_depth() -> None:
    assert isotherm_depths(source(heat=10.0), [1000.0])[0, 0] == 0.0


def test_the_last_pass_that_makes_austenite_sets_the_cooling_and_later_ones_temper() -> None:
    pitch = 1.5e-3
    passing = source(interpass=[293.15, 473.15])
    passes = Passes(pitch * np.arange(-3.0, 4.0), np.zeros(7))
    depth = np.array([0.1e-3, 1.2e-3, 4.0e-3])
    cycles = thermal_cycles(passing, depth, passes, 1063.0)
    alone = [thermal_cycles(passing, depth, one_pass(y), 1063.0) for y in passes.across]
    for d, p in itertools.product(range(2), range(2)):
        hard = [n for n in range(7) if alone[n].peak[d, 0, p] >= 1063.0]
        assert cycles.last[d, p] == hard[-1]
        assert cycles.t85[d, p] == alone[hard[-1]].t85[d, p]
    assert cycles.last[:, 2].tolist() == [-1, -1]
    assert np.isnan(cycles.t85[:, 2]).all()
    counted = np.zeros(cycles.last.shape, dtype=int)
    for cycle in tempering_cycles(passing, depth, passes, cycles):
        top = cycle.temperature.max(axis=-1)
        assert top.max() < 1063.0
        counted += top > passing.interpass[:, None]
    assert counted == pytest.approx(6 - cycles.last)


def test_cooling_counts_from_the_peak_of_a_point_that_only_just_turned() -> None:
    passing = source(interpass=573.15)
    depths = isotherm_depths(passing, [1074.0, 1072.0])[0]
    above, below = thermal_cycles(passing, depths, one_pass(), 1050.0).t85[0]
    cycle = follow_pass(passing, depths[1:], 0.0)
    after = cycle.time[0] > cycle.time[0, cycle.temperature[0, 0].argmax()]
    falling = cycle.temperature[0, 0, after][::-1]
    reached = np.interp(773.15, falling, cycle.time[0, after][::-1])
    peak = cycle.time[0, cycle.temperature[0, 0].argmax()]
    assert below == pytest.approx(reached - peak, rel=0.01)
    assert below == pytest.approx(above, rel=0.1)


def test_the_outermost_pass_that_matters_still_warms_past_300_degrees() -> None:
    passing = source(heat=[600.0, 900.0])
    passes = passes_around(passing, 1.2e-3, lifts=[0.0, 0.9e-3])
    assert passes.lift.tolist() == [0.0] * 7 + [0.9e-3] * 7
    for across, hot in ((passes.across.max(), True), (passes.across.max() + 1.2e-3, False)):
        peak = thermal_cycles(passing, [0.0], one_pass(across), 2000.0).hottest.max()
        assert (peak > 573.15) == hot


def test_a_second_layer_lies_higher_over_a_wall_that_grew() -> None:
    passing = source(wall=2e-3)
    layers = Passes(np.zeros(2), np.array([0.0, 0.8e-3]))
    peak = thermal_cycles(passing, [0.7e-3, 1.8e-3], layers, 1063.0).peak[0]
    grown = thermal_cycles(source(wall=2.8e-3), [1.5e-3, 2.6e-3], one_pass(), 1063.0).peak[0, 0]
    assert peak[1] == pytest.approx(grown, rel=1e-3)
    assert (peak[1] < peak[0]).all()


def test_peaks_are_those_of_a_scan_along_the_track() -> None:
    depth = np.array([0.3e-3, 0.9e-3, 1.6e-3, 2.5e-3])
    peaks = thermal_cycles(source(), depth, one_pass(0.5e-3), 2000.0).hottest[0] - T0
    pe, w = 0.010 * 1.5e-3 * CAPACITY / K, 1.5e-3
    for z, peak in zip(depth, peaks, strict=True):
        along = np.linspace(-5.0, 0.0, 4001)
        scan = [
            pool.temperature_rise(x, 0.5e-3 / w, z / w, pe, 0.0, np.array([[1.0, 0.0, 0.0, 1.0]]))[
                0
            ]
            for x in along
        ]
        assert peak == pytest.approx(max(scan) * 720.0 / (K * w), rel=1e-4)


def test_passes_join_into_one_cycle_whose_time_never_falls() -> None:
    passing = source(interpass=[293.15, 473.15])
    joined = join_cycles(follow_pass(passing, [1e-3], y) for y in (0.0, 1.5e-3))
    assert isinstance(joined, PassCycle)
    assert joined.temperature.shape == (2, 1, joined.time.shape[1])
    assert (np.diff(joined.time, axis=-1) >= 0.0).all()
    single = follow_pass(passing, [1e-3], 1.5e-3)
    lasted = single.time[:, -1] - single.time[:, 0]
    assert joined.time[:, -1] - joined.time[:, 0] == pytest.approx(2.0 * lasted)


def test_hotter_parts_cool_more_slowly() -> None:
    passing = source(interpass=np.linspace(293.15, 573.15, 15))
    t85 = thermal_cycles(passing, [1e-3], one_pass(), 1000.0).t85[:, 0]
    assert (np.diff(t85) > 0.0).all()


def test_usual_cladding_of_42crmo4_cools_within_seconds() -> None:
    # 2 kW at 10 mm/s and a 3 mm spot: some 0.7 kW absorbed, tenths of a second cold, 1-3 s warm.
    beam, nozzle = Beam(1.5e-3, "gaussian"), read_nozzle("coaxial-15")
    steel, clad = read_material("42CrMo4"), read_material("IN625")
    substrate = Substrate(steel, 0.03, T0)
    draws = prior(steel, clad, nozzle)
    for interpass, low, high in ((293.15, 0.15, 1.0), (573.15, 0.6, 4.0)):
        settings = ProcessParameters.of(
            power=2000.0,
            travel_speed=0.01,
            feed_rate=15e-3 / 60.0,
            stand_off=nozzle.stand_off,
            interpass=interpass,
        )
        bead = predict(settings, beam, substrate, read_powder("IN625"), clad, draws)
        laid = MovingSource.of_bead(
            bead, beam, substrate, draws, travel_speed=0.01, interpass=interpass
        )
        melting = 0.5 * (steel.solidus.value + steel.liquidus.value)
        held = enthalpy_between(steel, interpass, melting) * steel.density.value
        expected = held / (melting - interpass) * draws.heat_capacity
        assert laid.heat_capacity == pytest.approx(expected, rel=0.01)
        assert laid.conductivity / draws.conductivity == pytest.approx(
            np.full(len(draws), 30.0), abs=3.0
        )
        depth = below_fusion(laid, [0.1e-3], melting)
        t85 = thermal_cycles(laid, depth, one_pass(), 1063.0).t85[:, 0]
        told = np.nanquantile(t85, [0.1, 0.5, 0.9])
        assert low < told[0] < told[2] < high


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"interpass": 800.0}, "interpass 800 K"),
        ({"travel_speed": 0.0}, "travel_speed 0 m/s"),
        ({"heat": np.nan}, "heat nan W"),
        ({"wall": 0.0}, "wall 0 m"),
    ],
)
def test_sources_that_no_pass_can_have_are_refused(changes: dict, says: str) -> None:
    with pytest.raises(ProcessError, match=says):
        source(**changes)


def test_questions_without_an_answer_are_refused() -> None:
    with pytest.raises(ProcessError, match="outside the part"):
        follow_pass(source(wall=3e-3), [4e-3], 0.0)
    with pytest.raises(ProcessError, match="does not lie above interpass"):
        isotherm_depths(source(interpass=600.0), [500.0])
    with pytest.raises(ProcessError, match="followed too far"):
        follow_pass(source(heat=1e5, travel_speed=5.0), [1e-3], 0.0)
    with pytest.raises(ProcessError, match="pitch 0 m"):
        passes_around(source(), 0.0)
    with pytest.raises(ProcessError, match="one lift"):
        Passes(np.zeros(3), np.zeros(2))
    with pytest.raises(ProcessError, match="no pass to join"):
        join_cycles([])


@pytest.mark.slow
def test_eight_passes_over_sixteen_depths_of_256_draws_take_seconds() -> None:
    rng = np.random.default_rng(1)
    many = source(
        heat=rng.uniform(600.0, 900.0, 256), interpass=rng.uniform(300.0, 570.0, 256), wall=8e-3
    )
    passes = Passes(1.5e-3 * np.arange(-3.0, 5.0), np.zeros(8))
    depth = np.linspace(0.1e-3, 2e-3, 16)
    thermal_cycles(source(), depth, one_pass(), 1063.0)
    began = time.process_time()
    cycles = thermal_cycles(many, depth, passes, 1063.0)
    for _ in tempering_cycles(many, depth, passes, cycles):
        pass
    assert time.process_time() - began < 5.0
