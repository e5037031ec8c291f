"""Tempering by later cycles: closed forms, order, and measured hardness of 4140."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.errors import ProcessError
from reclad.risk.tempering import (
    TEMPERED_FLOOR,
    TEMPERED_SCATTER,
    add_cooling,
    cycle_parameter,
    holding_parameter,
    tempered_hardness,
)

STEEL = {"C": 0.0037, "Si": 0.0015, "Mn": 0.0077, "Ni": 0.0004, "Cr": 0.0098, "Mo": 0.0021}
# Grange and Baughman 1956, 4140 of 0.37 % C, rows of raiipa2024: degC, s, HRC.
MEASURED = np.array(
    [
        (426.7, 40, 47.7), (537.8, 40, 42.7), (648.9, 40, 35.0), (204.4, 3600, 54.4),
        (315.6, 3600, 48.7), (426.7, 3600, 45.0), (537.8, 3600, 38.2), (648.9, 3600, 31.2),
        (426.7, 57600, 42.7), (537.8, 57600, 34.7), (648.9, 57600, 23.3),
    ]
)  # fmt: skip


def vickers(hrc: np.ndarray) -> np.ndarray:
    """Of HRC = 193 lg HV - 21.41 lg^2 HV - 316 (HRC-HV)."""
    return np.asarray(10 ** ((193 - np.sqrt(193**2 - 4 * 21.41 * (316 + hrc))) / (2 * 21.41)))


def test_a_hold_gives_hollomon_and_jaffe() -> None:
    # 600 degC for two hours with C = 20: 873.15 (20 + lg 2).
    assert holding_parameter(873.15, 7200.0) == pytest.approx(873.15 * (20 + np.log10(2.0)))
    held = cycle_parameter(np.full(5, 873.15), np.linspace(0.0, 7200.0, 5))
    assert held == pytest.approx(873.15 * (20 + np.log10(2.0)), rel=1e-12)


def test_a_hold_split_in_two_gives_the_same() -> None:
    whole = cycle_parameter([800.0, 800.0], [0.0, 3600.0])
    split = cycle_parameter([800.0, 300.0, 300.0, 800.0, 800.0], [0.0, 0.0, 9.0, 9.0, 3609.0])
    halves = cycle_parameter(
        [800.0, 800.0, 300.0, 300.0, 800.0, 800.0], [0, 1000, 1000, 1001, 1001, 3601]
    )
    assert split == pytest.approx(whole, rel=1e-9)
    assert halves == pytest.approx(whole, rel=1e-9)


def test_a_second_and_a_hotter_cycle_only_add() -> None:
    time = np.arange(0.0, 40.0, 0.05)
    peaks = np.array([500.0, 700.0, 900.0])[:, None]
    one = 400.0 + (peaks - 400.0) * np.exp(-0.5 * (time - 10.0) ** 2)
    two = one + (peaks - 400.0) * np.exp(-0.5 * (time - 30.0) ** 2)
    first, both = cycle_parameter(one, time), cycle_parameter(two, time)
    assert (np.diff(first) > 0.0).all()
    assert (both > first).all()


def test_finer_sampling_changes_little() -> None:
    def parameter(count: int) -> float:
        time = np.linspace(0.0, 20.0, count)
        return float(cycle_parameter(400.0 + 500.0 * np.exp(-0.5 * (time - 10.0) ** 2), time))

    assert parameter(201) == pytest.approx(parameter(4001), rel=2e-3)


def test_a_cycle_past_ac1_starts_afresh_below_martensite_start() -> None:
    cycle = np.array([900.0, 900.0, 1100.0, 800.0, 800.0, 500.0, 500.0])
    time = np.array([0.0, 100.0, 101.0, 102.0, 500.0, 501.0, 600.0])
    after = cycle_parameter(cycle, time, ac1=1000.0, martensite_start=600.0)
    # Only the hold at 500 K tempers the new martensite, with half of the step that leads to it.
    assert after == pytest.approx(holding_parameter(500.0, 99.0 + 0.5), rel=1e-9)
    assert cycle_parameter(cycle[:5], time[:5], 1000.0, 600.0) == -np.inf


def test_the_line_passes_through_measured_4140() -> None:
    celsius, seconds, hrc = MEASURED.T
    parameter = holding_parameter(celsius + 273.15, seconds)
    off = tempered_hardness(STEEL, 700.0, parameter) - vickers(hrc)
    assert np.sqrt((off**2).mean()) < TEMPERED_SCATTER


def test_the_line_of_a_carbon_steel_by_hand() -> None:
    # 0.4 % C at P = 16000: 327.0 + 527.5 - (9.068 + 26.416) 16 = 286.7 HV; 1 % Mn adds 21.9.
    assert tempered_hardness({"C": 0.004}, 700.0, 16e3) == pytest.approx(286.7, abs=0.1)
    with_manganese = tempered_hardness({"C": 0.004, "Mn": 0.01}, 700.0, 16e3)
    assert with_manganese == pytest.approx(308.6, abs=0.1)


def test_tempered_hardness_stays_between_its_bounds_and_never_rises() -> None:
    parameter = np.linspace(0.0, 30e3, 200)
    hardness = tempered_hardness(STEEL, 650.0, parameter)
    assert hardness[0] == 650.0
    assert hardness[-1] == TEMPERED_FLOOR
    assert (np.diff(hardness) <= 0.0).all()
    assert tempered_hardness(STEEL, 650.0, -np.inf) == 650.0
    assert tempered_hardness(STEEL, 180.0, 20e3) == 180.0
    assert tempered_hardness(STEEL, 650.0, 16e3, score=1.0) == pytest.approx(
        tempered_hardness(STEEL, 650.0, 16e3) + TEMPERED_SCATTER
    )


def test_slow_cooling_is_the_cycle_that_a_lump_makes() -> None:
    start, ambient, hours = 573.15, 293.15, 8.0
    time = np.linspace(0.0, 3600.0 * hours, 4001)
    rate = np.log((start - ambient) / (373.15 - ambient)) / time[-1]
    course = ambient + (start - ambient) * np.exp(-rate * time)
    assert course[-1] == pytest.approx(373.15)
    whole = cycle_parameter(course, time)
    nothing = np.array(-np.inf)
    added = add_cooling(nothing, start, time[-1], ambient=ambient, below=np.inf)
    assert float(added) == pytest.approx(float(whole), rel=2e-3)
    part = add_cooling(nothing, start, time[-1], ambient=ambient, below=500.0)
    assert float(part) < float(added) - 500.0
    served = np.array(15_000.0)
    assert float(add_cooling(served, start, time[-1], ambient=ambient, below=np.inf)) >= 15_000.0


def test_draws_and_points_broadcast_along_a_cycle() -> None:
    cycle = np.full((4, 3, 6), 700.0)
    assert cycle_parameter(cycle, np.arange(6.0), np.full((4, 1), 1000.0)).shape == (4, 3)


@pytest.mark.parametrize(
    ("temperature", "time", "words"),
    [
        ([700.0, 700.0], [0.0], "same last axis"),
        ([700.0, -10.0], [0.0, 1.0], "above 0 K"),
        ([700.0, 700.0], [1.0, 0.0], "order of time"),
    ],
)
def test_a_cycle_that_is_none_is_refused(
    temperature: list[float], time: list[float], words: str
) -> None:
    with pytest.raises(ProcessError, match=words):
        cycle_parameter(temperature, time)
