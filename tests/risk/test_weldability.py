"""Cracking equivalents, preheat and cooling times against worked values."""

from __future__ import annotations

import numpy as np
import pytest
from tests.risk.en1011 import cooling_time_thick, cooling_time_thin, thickness_between

from reclad.errors import ProcessError
from reclad.risk.weldability import cracking_equivalent, cracking_parameter, preheat_needed

SOLD = {"C": 0.0042, "Si": 0.0025, "Mn": 0.0075, "Cr": 0.011, "Mo": 0.0022}  # MEUS-4140
S355 = {"C": 0.0018, "Si": 0.004, "Mn": 0.014}


def test_equivalents_of_42crmo4() -> None:
    # An independent study of MEUS-4140: CET 0.572, Pcm 0.536.
    assert cracking_equivalent(SOLD) == pytest.approx(0.572, abs=0.0005)
    assert cracking_parameter(SOLD) == pytest.approx(0.536, abs=0.0006)


def test_every_element_counts_as_printed() -> None:
    one = dict.fromkeys(["C", "Si", "Mn", "Cr", "Mo", "V", "Ni", "Cu", "B"], 0.01)
    assert cracking_equivalent(one) == pytest.approx(1 + 2 / 10 + 2 / 20 + 1 / 40)
    pcm = 1 + 1 / 30 + 3 / 20 + 1 / 60 + 1 / 15 + 1 / 10 + 5
    assert cracking_parameter(one) == pytest.approx(pcm)


def test_preheat_of_42crmo4_and_the_limits_it_breaks() -> None:
    # The same study: 194 to 292 degC for 10 to 50 mm at 2 ml/100 g; 700 W at 10 mm/s.
    needed = preheat_needed(SOLD, [0.01, 0.05], 2.0, 7e4)
    assert needed.preheat - 273.15 == pytest.approx([194, 292], abs=0.5)
    assert len(needed.broken) == 2
    assert needed.broken[0].startswith("CET 0.572 % is above the 0.5 %")
    assert needed.broken[1].startswith("heat input 0.07 kJ/mm is below the 0.5 kJ/mm")


def test_preheat_is_the_sum_of_the_four_parts_of_the_method() -> None:
    # The method gives the parts too: 750 CET - 150, 160 tanh(d/35) - 110, 62 HD^0.35 - 100 and
    # (53 CET - 32) Q - 53 CET + 32 add up to it.
    cet, d, hd, q = float(cracking_equivalent(S355)), 25.0, 5.0, 1.5
    parts = 750 * cet - 150 + 160 * np.tanh(d / 35) - 110 + 62 * hd**0.35 - 100
    parts += (53 * cet - 32) * q - 53 * cet + 32
    needed = preheat_needed(S355, 0.025, hd, 1.5e6)
    assert needed.preheat - 273.15 == pytest.approx(parts)
    assert needed.broken == ()


def test_more_hydrogen_and_a_thicker_wall_need_more_preheat() -> None:
    wall = preheat_needed(SOLD, np.linspace(0.01, 0.09, 9), 5.0, 1e6).preheat
    hydrogen = preheat_needed(SOLD, 0.03, np.linspace(1.0, 20.0, 9), 1e6).preheat
    assert (np.diff(wall) > 0.0).all()
    assert (np.diff(hydrogen) > 0.0).all()


def test_the_thick_plate_is_the_moving_point_source() -> None:
    # q/(2 pi k v) (1/(500 - T0) - 1/(800 - T0)): the factor 6700 - 5 T0 stands for 1/(2 pi k).
    heat_input, cold = 1e6, 20.0
    conduction = 1e6 / (2 * np.pi * (6700 - 5 * cold))  # W/m/K
    by_source = heat_input / (2 * np.pi * conduction) * (1 / 480 - 1 / 780)
    assert 20.0 < conduction < 50.0
    assert cooling_time_thick(heat_input, cold + 273.15) == pytest.approx(by_source)


def test_thick_and_thin_meet_at_the_thickness_between() -> None:
    between = thickness_between([5e5, 1e6, 2e6], 373.15)
    thick = cooling_time_thick([5e5, 1e6, 2e6], 373.15)
    thin = cooling_time_thin([5e5, 1e6, 2e6], 373.15, between)
    assert thin == pytest.approx(thick)
    assert (np.diff(between) > 0.0).all()


def test_cooling_time_on_a_thin_plate_by_hand() -> None:
    # 1 kJ/mm on 10 mm at 20 degC: (4300 - 86) 1e5 / 100 (1/480^2 - 1/780^2) = 11.4 s.
    by_hand = 4214 * 1e5 / 100 * (1 / 480**2 - 1 / 780**2)
    assert cooling_time_thin(1e6, 293.15, 0.010) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(11.4, abs=0.05)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ProcessError, match="wall thickness 0 m"):
        preheat_needed(SOLD, 0.0, 2.0, 1e5)
    with pytest.raises(ProcessError, match="heat input -1 J/m"):
        preheat_needed(SOLD, 0.02, 2.0, -1.0)
