"""Hardness of the heat-affected zone against published worked values, limits and order."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.errors import JobError, ProcessError
from reclad.risk._hardness_kernels import phase_hardness
from reclad.risk.hardness import (
    MAYNIER,
    SCATTER,
    YURIOKA,
    HardnessScores,
    haz_hardness,
    maynier_hardness,
    range_breaks,
    yurioka_hardness,
)

SHIPPED = {"C": 0.00405, "Si": 0.0025, "Mn": 0.00875, "Cr": 0.0095, "Mo": 0.002}  # GRANTA-4140
SOLD = {"C": 0.0042, "Si": 0.0025, "Mn": 0.0075, "Cr": 0.011, "Mo": 0.0022}  # MEUS-4140
S355 = {"C": 0.0018, "Si": 0.004, "Mn": 0.014}
TIMES = np.logspace(-1, 5, 61)


def test_martensite_of_42crmo4_by_hand() -> None:
    # maynier1978 by hand: 127 + 949 0.42 + 27 0.25 + 11 0.75 + 16 1.10 + 21 lg(300 / 0.3 3600)
    by_hand = 127 + 398.58 + 6.75 + 8.25 + 17.6 + 21 * np.log10(3.6e6)
    assert maynier_hardness(SOLD, 0.3) == pytest.approx(by_hand, abs=1e-9)


def test_42crmo4_as_quenched_agrees_with_an_earlier_hand_study() -> None:
    # An independent study of MEUS-4140: Maynier 696 to 680, Yurioka 720 to 710 HV.
    zone = haz_hardness(SOLD, [0.3, 1.65])
    assert zone.maynier == pytest.approx([696, 680], abs=0.6)
    assert zone.yurioka == pytest.approx([720, 710], abs=0.6)
    assert zone.middle == pytest.approx([708, 695], abs=0.6)


def test_the_shipped_42crmo4_comes_out_between_680_and_720() -> None:
    middle = haz_hardness(SHIPPED, [0.3, 1.65]).middle
    assert (middle > 679.0).all()
    assert (middle < 720.0).all()


def test_ferrite_with_pearlite_of_a_slowly_cooled_steel_by_hand() -> None:
    by_hand = 42 + 223 * 0.18 + 53 * 0.4 + 30 * 1.4 + (10 - 19 * 0.4) * np.log10(300 / 1e4 * 3600)
    assert maynier_hardness(S355, 1e4) == pytest.approx(by_hand, abs=1e-9)


def test_bainite_by_hand() -> None:
    # -323 + 185 C + 330 Si + ... and (89 + 53 C - 55 Si - ...) lg V, at 1000 K/h.
    content = [np.array(x) for x in (0.3, 0.3, 0.6, 2.5, 0.8, 0.4, 0.0)]
    by_hand = -323 + 55.5 + 99 + 91.8 + 162.5 + 115.2 + 76.4
    by_hand += 3 * (89 + 15.9 - 16.5 - 13.2 - 25 - 16 - 13.2)
    assert phase_hardness(np.array(1000.0), *content)[1] == pytest.approx(by_hand)


@pytest.mark.parametrize("steel", [SHIPPED, SOLD, S355])
def test_slower_cooling_never_hardens(steel: dict[str, float]) -> None:
    assert (np.diff(maynier_hardness(steel, TIMES)) <= 1e-9).all()
    assert (np.diff(yurioka_hardness(steel, TIMES)) <= 0.0).all()


def test_more_carbon_never_softens_martensite() -> None:
    carbon = np.linspace(0.001, 0.008, 30)
    for model in (maynier_hardness, yurioka_hardness):
        assert (np.diff(model({**SHIPPED, "C": carbon}, 0.5)) > 0.0).all()


def test_draws_scatter_about_the_middle_and_reach_from_model_to_model() -> None:
    rng = np.random.default_rng(4)
    scores = HardnessScores(rng.standard_normal(20000), rng.standard_normal(20000))
    zone = haz_hardness(SHIPPED, 2.0, scores)
    # A weight spread evenly between two models, and the scatter about them.
    apart = float(zone.yurioka - zone.maynier)
    assert zone.drawn.mean() == pytest.approx(float(zone.middle), abs=1.0)
    assert zone.drawn.std() == pytest.approx(np.hypot(SCATTER, apart / 12**0.5), rel=0.03)


def test_the_scatter_is_wider_outside_the_range_of_a_model() -> None:
    scatter = haz_hardness(SHIPPED, [0.3, 2.0]).scatter
    assert scatter == pytest.approx([2 * SCATTER, SCATTER])


def test_draws_and_points_broadcast() -> None:
    chemistry = {**SHIPPED, "C": np.full((5, 1), 0.004)}
    zone = haz_hardness(chemistry, np.array([0.5, 1.0, 2.0]), HardnessScores(np.zeros((5, 1)), 1.0))
    assert zone.drawn.shape == (5, 3)
    assert zone.drawn == pytest.approx(zone.middle + zone.scatter)


def test_where_yurioka_would_rise_with_time_maynier_stands_alone() -> None:
    rich = {"C": 0.001, "Cr": 0.1, "Mo": 0.02}
    zone = haz_hardness(rich, 2.0)
    assert np.isnan(zone.yurioka)
    assert zone.middle == zone.maynier


def test_limits_left_are_said_in_words() -> None:
    assert range_breaks(MAYNIER, SHIPPED, [1.0, 10.0]) == ()
    assert range_breaks(YURIOKA, SHIPPED, [1.0, 10.0]) == ()
    words = range_breaks(MAYNIER, {**SHIPPED, "C": 0.006, "Ni": 0.036}, 0.1)
    assert [text.split(" is ")[0] for text in words] == [
        "C 0.6 %", "Mn + Ni + Cr + Mo 5.62 %", "cooling time 0.1 s",
    ]  # fmt: skip
    assert "above the 0.5 % of Maynier's model" in words[0]


@pytest.mark.parametrize("time", [0.0, -1.0, np.nan])
def test_a_cooling_time_that_is_none_is_refused(time: float) -> None:
    with pytest.raises(ProcessError, match="must be above zero"):
        haz_hardness(SHIPPED, time)


def test_per_cent_given_for_shares_is_refused() -> None:
    with pytest.raises(JobError, match="divide per cent by 100"):
        haz_hardness({"C": 0.4, "Fe": 97.0}, 1.0)
