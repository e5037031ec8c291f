"""Numbers as a person reads them, and what the views refuse."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fake_view import (
    fake_backplot,
    fake_heat,
    fake_journal,
    fake_length,
    fake_plate,
    fake_section,
    fake_view,
    fake_window,
)
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import RecladError
from reclad.record import Estimate, say
from reclad.record._display import (
    chance,
    duration,
    interval,
    limit_text,
    number,
    plain,
    quantity,
)


def test_an_interval_reads_like_a_report() -> None:
    width = Estimate(1.05e-3, 1.24e-3, 1.46e-3)
    assert interval(width, "mm") == "1.24\u00a0mm (1.05–1.46)"
    assert interval(Estimate(0.058, 0.124, 0.236), "%") == "12\u00a0% (6–24)"
    assert interval(Estimate(386.0, 417.0, 459.0), "degC") == "144\u00a0°C (113–186)"


def test_an_interval_below_zero_does_not_hide_its_minus_in_a_dash() -> None:
    assert interval(Estimate(-0.2e-3, 0.1e-3, 0.4e-3), "mm") == "0.10\u00a0mm (−0.20…0.40)"


def test_set_values_lose_their_trailing_zeros_and_keep_four_digits() -> None:
    assert quantity(1950.0, "W") == "1950\u00a0W"
    assert quantity(17 / 6e4, "g/min") == "17\u00a0g/min"
    assert quantity(0.0123456, "mm") == "12.35\u00a0mm"
    assert quantity(5.1234, "kg", 3) == "5.12\u00a0kg"
    assert plain(0.0, "mm") == "0"
    assert quantity(3.14159265 / 2, "deg") == "90°"
    assert quantity(0.5e-6, "um") == "0.5\u00a0µm"
    assert quantity(3.65, "m^3") == "3.65\u00a0m³"
    assert plain(285.0, "") == "285"


def test_large_numbers_get_narrow_gaps() -> None:
    assert number(71862, 0) == "71\u202f862"
    assert number(1950, 0) == "1950"
    assert number(-0.0001, 2) == "0.00"


@given(st.floats(0, 1))
def test_a_chance_is_never_shown_as_certain(probability: float) -> None:
    text = chance(probability)
    assert text.endswith("%")
    assert text not in {"0\u00a0%", "100\u00a0%"}


@given(st.floats(1e-6, 1e6))
def test_four_digits_are_within_half_a_thousandth(value: float) -> None:
    shown_value = float(plain(value, "").replace("\u202f", ""))
    assert shown_value == pytest.approx(value, rel=5.1e-4, abs=5.1e-5)


@given(st.floats(-50, 50), st.floats(0, 5), st.floats(0, 5))
def test_an_interval_keeps_its_ends_apart(mid: float, below: float, above: float) -> None:
    estimate = Estimate(mid - below, mid, mid + above)
    text = interval(estimate, "").replace("−", "-")
    low, high = text[text.index("(") + 1 : -1].replace("…", "–").split("–")
    assert float(high) - float(low) == pytest.approx(above + below, rel=0.11, abs=1.1e-4)


def test_limits_say_on_which_side_they_stand() -> None:
    assert limit_text(None, 0.15, "%") == "≤\u00a015\u00a0%"
    assert limit_text(1e-3, None, "mm") == "≥\u00a01\u00a0mm"
    assert limit_text(0.9e-3, 1.3e-3, "mm") == "0.9–1.3\u00a0mm"
    assert limit_text(None, None, "mm") == "–"


def test_times_read_as_hours_and_minutes() -> None:
    assert duration(18270).en == "5 h 04 min"
    assert duration(3599.6).en == "60 min 00 s"
    assert duration(18270).zh == "5 小时 04 分"
    assert duration(125).en == "2 min 05 s"
    assert duration(42).zh == "42 秒"


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(RecladError, match="furlong"):
        quantity(1.0, "furlong")


def test_an_estimate_out_of_order_or_not_finite_is_refused() -> None:
    with pytest.raises(RecladError, match="rising order"):
        Estimate(2.0, 1.0, 3.0)
    with pytest.raises(RecladError, match="not finite"):
        Estimate(float("nan"), 1.0, 3.0)


def test_views_refuse_arrays_that_do_not_fit_or_are_not_finite() -> None:
    section, length, heat, plot, window = (
        fake_section(), fake_length(), fake_heat(), fake_backplot(2, 12), fake_window(),
    )  # fmt: skip
    bad = np.where(np.arange(length.worn.size) == 3, np.nan, length.worn)
    for view, change, why in (
        (section, {"bead_y": section.bead_y[1:]}, "one value per point"),
        (length, {"worn": length.worn[:-1]}, "one value per point"),
        (length, {"worn": bad}, "not finite"),
        (heat, {"constant": heat.power[:-2]}, "one value per point"),
        (plot, {"power": plot.power[:-1]}, "one value per point"),
        (plot, {"y": plot.y[1:]}, "one value per point"),
        (window, {"probability": window.probability.T}, "transpose"),
        (window, {"limits": ((say("Dilution"), window.probability[1:]),)}, "transpose"),
    ):
        with pytest.raises(RecladError, match=why):
            dataclasses.replace(view, **change)


def test_a_part_has_what_its_shape_has_and_nothing_else() -> None:
    for job, change in (
        (fake_view, {"wall": None}),
        (fake_view, {"width": 0.1}),
        (fake_journal, {"wall": 10e-3}),
        (fake_plate, {"side": None}),
        (fake_plate, {"shape": "shaft"}),
    ):
        with pytest.raises(RecladError, match="a pipe has a wall, a plate a width and a side"):
            dataclasses.replace(job().head.part, **change)


def test_a_report_of_a_plate_wants_the_program_of_a_plate() -> None:
    with pytest.raises(RecladError, match="fill both from the same plan"):
        dataclasses.replace(fake_plate(), backplot=fake_backplot(2, 12))
    with pytest.raises(RecladError, match="fill both from the same plan"):
        dataclasses.replace(fake_view(), backplot=fake_plate().backplot)
