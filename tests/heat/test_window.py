"""Windows around the beam: against the moving source, and what starts, ends and walls do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heat.bodies import CP, RHO, K, plain_metal

from reclad.heat import window
from reclad.heat.enthalpy import enthalpy_of
from reclad.heat.sources import BeamPath, Block, GaussianBeam, MeltPool, MovingSource
from reclad.heat.window import Bench, Edge
from reclad.job import read_material

COLD = 300.0
SIGMA = 0.75e-3
PLAIN = Bench(
    metal=plain_metal(),
    spot=((1.0, 0.0, 0.0, SIGMA),),
    radius=float("inf"),
    wall=None,
    melting=1700.0,
    travel_speed=10e-3,
    cell=0.5e-3,
)
STEEL = replace(PLAIN, metal=enthalpy_of(read_material("42CrMo4"), COLD))
QUICK = 20e-3  # m/s: a shorter window for what need not be exact
POWER = 800.0


def moving_source(interpass: float, seconds: float = 6.0, wall: float | None = None
                  ) -> MovingSource:  # fmt: skip
    """A Gaussian beam that has travelled long on a half space or a plate."""
    path = BeamPath(np.array([0.0, seconds]), np.array([np.zeros(3), [0.01 * seconds, 0.0, 0.0]]),
                    np.array([POWER, 0.0]))  # fmt: skip
    block = Block(K, CP, RHO, interpass, thickness=wall or float("inf"))
    return MovingSource(path, GaussianBeam(1.0, SIGMA, SIGMA, 1e-7), block)


def closed_form(interpass: float, melting: float = 1700.0, wall: float | None = None) -> MeltPool:
    """Its pool."""
    return moving_source(interpass, wall=wall).pool(6.0, melting)


def three(pool) -> np.ndarray:
    return np.array([pool.width, pool.depth, pool.length])


@pytest.mark.slow
@pytest.mark.parametrize("interpass", [300.0, 600.0])
def test_a_settled_pool_is_the_moving_sources(interpass: float) -> None:
    exact = three(closed_form(interpass))
    coarse = three(window.settle(PLAIN, POWER, interpass).pool)
    fine = three(window.settle(replace(PLAIN, cell=0.25e-3), POWER, interpass).pool)
    assert coarse == pytest.approx(exact, rel=0.06)
    assert fine == pytest.approx(exact, rel=0.03)
    assert np.abs(fine / exact - 1.0).max() < 0.5 * np.abs(coarse / exact - 1.0).max()


@pytest.mark.slow
def test_a_thin_walls_pool_is_the_moving_sources_with_images() -> None:
    exact = three(closed_form(500.0, wall=6e-3))
    thin = three(window.settle(replace(PLAIN, wall=6e-3), POWER, 500.0).pool)
    assert thin == pytest.approx(exact, rel=0.06)
    assert np.all(thin > three(window.settle(PLAIN, POWER, 500.0).pool))


@pytest.mark.slow
def test_a_wide_pipes_pool_is_that_of_a_flat_and_a_slender_shafts_is_larger() -> None:
    flat = three(window.settle(PLAIN, POWER, 400.0).pool)
    pipe = three(window.settle(replace(PLAIN, radius=0.25), POWER, 400.0).pool)
    slender = three(window.settle(replace(PLAIN, radius=12e-3), POWER, 400.0).pool)
    assert pipe == pytest.approx(flat, rel=0.02)
    assert np.all(slender > flat)


@pytest.mark.slow
def test_isotherms_lie_as_deep_as_the_moving_source_says() -> None:
    settled = window.settle(PLAIN, POWER, 400.0, (1700.0, 1100.0, float("nan")))
    exact = [closed_form(400.0, melting=level).depth for level in (1700.0, 1100.0)]
    assert settled.depths[:2] == pytest.approx(exact, rel=0.05)
    assert settled.depths[0] == pytest.approx(settled.pool.depth, rel=0.02)
    assert np.isnan(settled.depths[2])


@pytest.mark.slow
def test_latent_heat_makes_the_pool_shallower_and_its_tail_longer_than_dry_metal() -> None:
    material = read_material("42CrMo4")
    dry = replace(STEEL, metal=enthalpy_of(
        material.model_copy(update={"latent_heat": material.latent_heat.model_copy(
            update={"value": 1.0})}), COLD))  # fmt: skip
    wet_pool = window.settle(STEEL, POWER, 400.0).pool
    dry_pool = window.settle(dry, POWER, 400.0).pool
    assert wet_pool.depth < dry_pool.depth
    assert wet_pool.hottest < dry_pool.hottest


@pytest.mark.slow
def test_a_pool_grows_from_nothing_until_it_has_settled() -> None:
    moments, pools = window.begin(STEEL, POWER, 400.0)
    settled = three(window.settle(STEEL, POWER, 400.0).pool)
    widths = np.array([p.width for p in pools])
    lengths = np.array([p.length for p in pools])
    assert widths[0] < 0.8 * settled[0]
    # A cell's passing moves the isotherms by a hundredth or so.
    assert np.all(np.diff(widths) > -0.02 * settled[0])
    assert np.all(np.diff(lengths) > -0.03 * settled[2])
    assert three(pools[-1]) == pytest.approx(settled, rel=0.04)
    assert np.all(np.diff(moments) > 0.0)


@pytest.mark.slow
def test_a_larger_pool_freezes_later_and_all_do_soon() -> None:
    times = [window.freezing_time(replace(STEEL, travel_speed=QUICK), p, t)
             for p, t in ((700.0, 400.0), (1000.0, 400.0), (1000.0, 690.0))]  # fmt: skip
    assert 0.02 < times[0] < times[1] < times[2] < 2.0


@pytest.mark.slow
def test_a_pool_that_never_was_freezes_at_once() -> None:
    assert window.freezing_time(replace(STEEL, travel_speed=QUICK), 50.0, 300.0) <= 0.0


@pytest.mark.parametrize("interpass", [300.0, 500.0])
def test_cooling_from_800_to_500_is_the_moving_sources(interpass: float) -> None:
    found = window.cooling_time(PLAIN, POWER, interpass)
    source = moving_source(interpass, seconds=12.0)
    x = np.linspace(0.06, 0.12, 4000)
    line = source.at_points(np.column_stack((x, 0.0 * x, 0.0 * x)), 12.0)
    behind = slice(0, int(line.argmax()))
    at = np.interp([773.15, 1073.15], line[behind], x[behind])
    assert found == pytest.approx((at[1] - at[0]) / 10e-3, rel=0.05)
    # Rosenthal 1946, thick plate: T - T0 = q / (2 pi k v t) far behind a point.
    rise = 1.0 / (773.15 - interpass) - 1.0 / (1073.15 - interpass)
    assert found == pytest.approx(POWER / (2.0 * np.pi * K * 10e-3) * rise, rel=0.06)


def test_metal_that_stays_over_500_degrees_has_no_cooling_time() -> None:
    warm = replace(STEEL, travel_speed=QUICK)
    assert np.isnan(window.cooling_time(warm, POWER, 800.0))
    assert np.isnan(window.cooling_time(warm, 60.0, 300.0))


SLOW = replace(STEEL, travel_speed=5e-3)


@pytest.mark.slow
def test_the_nearer_an_end_face_the_larger_the_pool() -> None:
    far, *near = (
        window.settle(SLOW, 600.0, 400.0, edge=edge).pool
        for edge in (None, Edge(12e-3), Edge(4e-3), Edge(2.5e-3), Edge(2e-3))
    )
    depths = np.array([pool.depth for pool in near]) / far.depth
    assert depths[0] == pytest.approx(1.0, abs=0.005)
    assert np.all(np.diff(depths) > 0.01)
    assert depths[-1] > 1.1
    assert near[-1].length > 1.2 * far.length


@pytest.mark.slow
def test_a_shoulder_cools_where_an_end_face_heats() -> None:
    face, shoulder, free = (
        three(window.settle(SLOW, 600.0, 400.0, edge=edge).pool)
        for edge in (Edge(2.5e-3), Edge(2.5e-3, 5e-3), None)
    )
    assert np.all(shoulder < free)
    assert np.all(free < face)


def test_a_window_holds_the_metal_it_should() -> None:
    track = window._track(PLAIN, 30e-3)
    mesh, _ = window._look(PLAIN, track, POWER, COLD, np.array([track.over]))
    assert np.diff(mesh.grid.axial).min() == pytest.approx(0.5e-3)
    assert -mesh.grid.axial[0] == pytest.approx(22e-3)
    assert mesh.rows[-1] - mesh.rows[0] == pytest.approx(18e-3)
    length = mesh.cells.around[0] * mesh.grid.step[0]
    assert length == pytest.approx(30e-3 + 2 * 4 * PLAIN.reach)
    assert track.length - 2.0 * track.margin == pytest.approx(30e-3)
    shell = replace(PLAIN, wall=5e-3, radius=40e-3)
    thin, _ = window._look(shell, track, POWER, COLD, np.array([0.1]), Edge(3e-3))
    assert thin.rows[-1] - thin.rows[0] == pytest.approx(5e-3)
    assert thin.grid.axial[-1] == pytest.approx(3e-3)


@pytest.mark.parametrize("radius", [float("inf"), 30e-3])
def test_one_side_of_an_even_track_tells_the_other(
    radius: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = ((0.4, 0.0, 0.0, SIGMA), (0.3, 0.0, 1e-3, SIGMA), (0.3, 0.0, -1e-3, SIGMA))
    bench = replace(STEEL, spot=ring, radius=radius)
    track = window._track(bench, 20e-3)
    moments = np.array([0.5 * track.over, track.over + 0.2])
    mesh, mirrored = window._look(bench, track, POWER, COLD, moments)
    monkeypatch.setattr(window, "_even", lambda _: False)
    same, solved = window._look(bench, track, POWER, COLD, moments)
    assert mirrored.shape == solved.shape
    assert np.array_equal(mesh.grid.axial, same.grid.axial)
    assert solved.max() > 900.0
    assert np.abs(mirrored - solved).max() < 1e-2


def test_light_beside_the_track_is_not_mirrored() -> None:
    aside = replace(STEEL, spot=((0.5, 0.0, 0.0, SIGMA), (0.5, 0.0, 1e-3, SIGMA)))
    track = window._track(aside, 20e-3)
    mesh, (field,) = window._look(aside, track, POWER, COLD, np.array([track.over]))
    slices = field.max(axis=1)
    assert mesh.grid.axial[int(slices.argmax())] > 0.0
    assert slices[::-1].argmax() != slices.argmax()


def test_a_part_at_700_kelvin_has_a_pool_as_at_any_other() -> None:
    quick = replace(STEEL, travel_speed=QUICK)
    below, at = (three(window.settle(quick, POWER, t).pool) for t in (699.0, 700.0))
    assert at == pytest.approx(below, rel=0.01)
