"""The hard zone of a clad: hardened by its own bead, tempered by the next ones and by a furnace."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.errors import RiskError
from reclad.job import Treatment, read_material
from reclad.process.metal import melting_point, transformation_points
from reclad.risk.cycles import (
    MovingSource,
    Passes,
    below_fusion,
    follow_pass,
    isotherm_depths,
    passes_around,
    thermal_cycles,
)
from reclad.risk.tempering import holding_parameter, tempered_hardness
from reclad.risk.transformation import martensite_start
from reclad.risk.zone import PLACES, HardZone, hardens, zone_hardness

STEEL = read_material("42CrMo4")
CHEMISTRY = dict(STEEL.composition.mass_share)
DRAWS, PITCH, ROOM = 200, 2e-3, 293.15
FURNACE = Treatment.model_construct(post_heat=913.15, post_heat_time=7200.0)


def source(draws: int = DRAWS, **changes) -> MovingSource:
    """720 W into steel at 10 mm/s through a 3 mm spot, unless changed."""
    usual = {
        "heat": np.full(draws, 720.0),
        "travel_speed": 0.010,
        "spot_radius": 1.5e-3,
        "interpass": ROOM,
        "conductivity": 30.0,
        "heat_capacity": 5.3e6,
    }
    return MovingSource.of(**{**usual, **changes})


def zone(passing: MovingSource, *, last_bead: bool = False, **changes) -> HardZone:
    usual = {"lifts": np.zeros(1), "treatment": Treatment(), "ambient": ROOM, "seed": 3}
    return zone_hardness(STEEL, passing, PITCH, last_bead=last_bead, **{**usual, **changes})


@pytest.mark.parametrize(
    ("name", "does"),
    [("42CrMo4", True), ("C45", True), ("S355", True), ("27SiMn", True), ("316L", False),
     ("IN718", False), ("Ti-6Al-4V", False), ("431", False), ("17-4PH", False)],
)  # fmt: skip
def test_only_low_alloy_steels_harden_as_reckoned(name: str, does: bool) -> None:
    assert hardens(read_material(name)) is does


def test_the_end_of_the_clad_is_harder_than_its_inside_which_later_beads_temper() -> None:
    inside, end = zone(source()), zone(source(), last_bead=True)
    assert (end.hardest >= inside.hardest).all()
    assert np.median(end.hardest) > np.median(inside.hardest) + 50.0
    assert (inside.tempered <= inside.quenched).all()
    # nothing comes after the last bead
    assert end.tempered == pytest.approx(end.quenched)


def test_deeper_places_are_tempered_less_for_they_see_less_of_the_later_beads() -> None:
    inside = np.median(zone(source()).tempered, axis=0)
    assert (np.diff(inside) > 0.0).all()


@pytest.mark.parametrize(
    "settings",
    [{}, {"heat": np.full(DRAWS, 500.0)},
     {"heat": np.full(DRAWS, 1500.0), "travel_speed": 0.02, "spot_radius": 2e-3},
     {"interpass": 473.15}, {"wall": 5e-3}],
)  # fmt: skip
def test_42crmo4_at_the_end_of_a_clad_is_as_hard_as_its_martensite(settings) -> None:
    # Fresh martensite of 0.4 % carbon: 640 to 730 HV brackets what either model gives.
    end = zone(source(**settings), last_bead=True)
    middle = np.median(end.quenched, axis=0)
    assert ((middle > 640.0) & (middle < 730.0)).all()
    assert end.quenched[:, 0].std() > 28.0  # no less than the scatter of measured about calculated


def test_more_preheat_cools_more_slowly_and_never_hardens() -> None:
    cold, warm, hot = (zone(source(interpass=t), last_bead=True) for t in (ROOM, 473.15, 593.15))
    for colder, warmer in ((cold, warm), (warm, hot)):
        assert (warmer.cooling_time > colder.cooling_time).all()
        less = np.median(colder.quenched, axis=0) - np.median(warmer.quenched, axis=0)
        assert (less >= 0.0).all()
        assert (warmer.thickness > colder.thickness).all()


def test_the_furnace_softens_to_what_hollomon_and_jaffe_say() -> None:
    treated = zone(source(), last_bead=True, treatment=FURNACE)
    parameter = 913.15 * (20.0 + np.log10(2.0))
    assert holding_parameter(913.15, 7200.0) == pytest.approx(parameter)
    line = float(tempered_hardness(CHEMISTRY, 700.0, parameter))
    assert line == pytest.approx(281.6, abs=0.5)  # the module's own line, by hand
    assert treated.tempered.mean() == pytest.approx(line, abs=4 * 26.0 / np.sqrt(DRAWS))
    assert treated.tempered[:, 0].std() == pytest.approx(26.0, rel=0.2)
    untreated = zone(source(), last_bead=True)
    assert treated.quenched == pytest.approx(untreated.quenched)
    assert np.median(treated.hardest) < np.median(untreated.hardest) - 300.0


def test_slow_cooling_tempers_what_is_martensite_and_before_it_is_cold() -> None:
    slow = Treatment.model_construct(slow_cooling=573.15, slow_cooling_time=28800.0)
    end, cooled = zone(source(), last_bead=True), zone(source(), last_bead=True, treatment=slow)
    assert (end.cooled == end.quenched)[np.isfinite(end.quenched)].all()
    assert np.nanmedian(cooled.cooled) < np.nanmedian(end.cooled) - 60.0
    # At the end of a clad nothing but the slow cooling tempers.
    assert np.allclose(cooled.cooled, cooled.tempered, equal_nan=True)
    # Cooled from hotter it tempers no more than from where martensite forms.
    start = martensite_start(CHEMISTRY)
    hot = Treatment.model_construct(slow_cooling=900.0, slow_cooling_time=28800.0)
    most = holding_parameter(start, 28800.0)
    least = tempered_hardness(CHEMISTRY, 1000.0, most)
    assert np.nanmin(zone(source(), last_bead=True, treatment=hot).cooled) > least - 120.0
    inside, slower = zone(source()), zone(source(), treatment=slow)
    assert (slower.tempered <= inside.tempered)[np.isfinite(inside.tempered)].all()
    with pytest.raises(RiskError, match="slow_cooling"):
        zone(source(), treatment=Treatment.model_construct(slow_cooling=1020.0))


def test_the_furnace_adds_to_what_later_beads_have_tempered_already() -> None:
    inside, both = zone(source()), zone(source(), treatment=FURNACE)
    assert (both.tempered <= inside.tempered).all()
    assert both.tempered.mean() == pytest.approx(281.6, abs=8.0)


def test_a_furnace_hot_enough_to_harden_again_is_refused() -> None:
    hot = Treatment.model_construct(post_heat=1023.15, post_heat_time=7200.0)
    with pytest.raises(RiskError, match=r"post_heat 750 degC is not under the 737 degC .* 42CrMo4"):
        zone(source(), treatment=hot)


def test_a_part_warmer_than_martensite_start_is_not_tempered_by_its_own_beads() -> None:
    start = float(martensite_start(CHEMISTRY))
    under, over = (zone(source(interpass=start + more)) for more in (-5.0, 5.0))
    assert (under.tempered[:, -1] < under.quenched[:, -1] - 50.0).all()
    assert over.tempered == pytest.approx(over.quenched)
    treated = zone(source(interpass=start + 5.0), treatment=FURNACE)
    assert treated.tempered.mean() == pytest.approx(281.6, abs=8.0)


@pytest.mark.parametrize(
    "settings",
    [{}, {"heat": 500.0}, {"heat": 1500.0, "travel_speed": 0.02, "spot_radius": 2e-3},
     {"interpass": 523.15}, {"wall": 4e-3}],
)  # fmt: skip
def test_places_run_from_the_fusion_line_to_ac1(settings) -> None:
    passing = source(1, **settings)
    melting, ac1 = melting_point(STEEL), transformation_points(STEEL).ac1
    line, deep = isotherm_depths(passing, [melting, ac1])[0]
    thickness = zone(passing, last_bead=True).thickness
    assert thickness == pytest.approx(deep - line)
    below = below_fusion(passing, PLACES * thickness[0], melting)
    peak = follow_pass(passing, below, 0.0).temperature[0].max(axis=-1)
    assert (np.diff(peak) < 0.0).all()
    assert melting - 60.0 < peak[0] < melting
    assert ac1 < peak[-1] < ac1 + 60.0
    # The cycles agree but for a finer peak.
    alone = Passes(np.zeros(1), np.zeros(1))
    assert thermal_cycles(passing, below, alone, ac1).hottest[0] == pytest.approx(peak, abs=5.0)


def test_the_last_bead_sees_no_later_pass_beside_it_in_any_layer(monkeypatch) -> None:
    seen = []

    def watched(passing: MovingSource, depth, passes: Passes, austenite: float):
        seen.append(passes)
        return thermal_cycles(passing, depth, passes, austenite)

    monkeypatch.setattr("reclad.risk.zone.thermal_cycles", watched)
    lifts = np.array([0.0, 0.8e-3])
    passing = source(4)
    zone(passing, last_bead=True, lifts=lifts)
    zone(passing, last_bead=False, lifts=lifts)
    last, inside = seen
    around = passes_around(passing, PITCH, lifts)
    assert inside.across == pytest.approx(around.across)
    assert last.across.max() == 0.0
    assert set(last.lift) == set(lifts)
    assert last.across.size == (around.across <= 0.0).sum() < around.across.size


def test_a_second_layer_tempers_the_end_of_the_first() -> None:
    one = zone(source(), last_bead=True)
    two = zone(source(), last_bead=True, lifts=np.array([0.0, 0.8e-3]))
    assert np.median(two.hardest) < np.median(one.hardest) - 50.0


def test_a_source_too_weak_to_make_austenite_leaves_no_hard_zone() -> None:
    weak = zone(source(heat=np.full(DRAWS, 30.0)))
    assert np.isnan(weak.tempered).all()
    assert weak.hardest.tolist() == [0.0] * DRAWS


def test_the_same_seed_gives_the_same_zone_and_another_one_scatters_anew() -> None:
    few = source(20)
    first, again, other = (zone(few, last_bead=True, seed=s) for s in (1, 1, 2))
    assert first.tempered.tolist() == again.tempered.tolist()
    assert (first.tempered != other.tempered).all()
