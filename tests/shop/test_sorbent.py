"""The sorbent bed: closed forms, and a bed marched in time that knows none of them."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ShopError
from reclad.shop.sorbent import (
    Bed,
    Freundlich,
    Isotherm,
    Langmuir,
    Linear,
    bed_capacity,
    bed_life,
    breakthrough_time,
    change_date,
    outlet_share,
)

BED = Bed(volume=0.02, porosity=0.4, bulk_density=150.0)
FLOW = 2e-5


def march_fast(isotherm: Isotherm, inlet: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Time (s) and outlet of a row of mixed cells, sorbent and water of each in equilibrium."""
    cells = 200
    step = 0.9 * BED.porosity * BED.volume / cells / FLOW
    table = inlet * np.linspace(0, 1, 4001) ** 3
    content = BED.porosity * table
    content += BED.bulk_density * np.array([isotherm.uptake(float(c)) for c in table])
    held, out = np.zeros(cells), []
    for _ in range(int(end / step)):
        c = np.interp(held, content, table)
        arriving = np.concatenate(([inlet], c[:-1]))
        held = held + step * FLOW * cells / BED.volume * (arriving - c)
        out.append(c[-1])
    return step * np.arange(len(out)), np.array(out)


def march_slow(k: float, transfer: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Time (s) and outlet over inlet of a row of mixed cells with slow linear uptake."""
    cells = 400
    stay = BED.porosity * BED.volume / cells / FLOW
    step = 0.5 * stay
    c, q, out = np.zeros(cells), np.zeros(cells), []
    for _ in range(int(end / step)):
        uptake = transfer * (k * c - q)
        arriving = np.concatenate(([1.0], c[:-1]))
        out.append(c[-1])
        c = c + step * ((arriving - c) / stay - BED.bulk_density / BED.porosity * uptake)
        q = q + step * uptake
    return step * np.arange(len(out)), np.array(out)


@given(st.floats(1e-4, 1), st.floats(0.1, 0.9), st.floats(1, 900), st.floats(1e-4, 10))
def test_the_linear_limit_is_the_closed_form(
    volume: float, porosity: float, density: float, k: float
) -> None:
    bed = Bed(volume, porosity, density)
    life = bed_life(bed, Linear(k), 0.3, FLOW)
    assert life == pytest.approx((porosity + density * k) * volume / FLOW, rel=1e-12)


@pytest.mark.parametrize("isotherm", [Langmuir(1e7, 1e-8), Freundlich(0.1, 1.0)])
def test_other_isotherms_tend_to_the_linear_one(isotherm: Isotherm) -> None:
    assert bed_life(BED, isotherm, 0.5, FLOW) == pytest.approx(
        bed_life(BED, Linear(0.1), 0.5, FLOW), rel=1e-6
    )


@pytest.mark.parametrize("isotherm", [Linear(0.02), Langmuir(0.1, 2.0), Freundlich(0.05, 0.6)])
def test_the_front_holds_all_that_went_in(isotherm: Isotherm) -> None:
    """What the water brought equals what sorbent and pore water hold when the front arrives."""
    inlet = 0.8
    brought = bed_capacity(BED, isotherm, inlet) * inlet
    held = BED.volume * (BED.bulk_density * isotherm.uptake(inlet) + BED.porosity * inlet)
    assert brought == pytest.approx(held, rel=1e-12)


def test_uptake_has_the_shape_of_its_law() -> None:
    power = Freundlich(0.05, 0.6)
    assert power.uptake(1.0) == pytest.approx(0.05)
    assert math.log10(power.uptake(100.0) / power.uptake(10.0)) == pytest.approx(0.6)
    full = Langmuir(0.1, 2.0)
    assert full.uptake(0.5) == pytest.approx(0.05)
    assert full.uptake(1e6) == pytest.approx(0.1, rel=1e-5)


def test_dirtier_water_wears_out_a_langmuir_bed_sooner_and_a_linear_one_not() -> None:
    clean, dirty = (bed_capacity(BED, Langmuir(0.1, 2.0), c) for c in (0.1, 10.0))
    assert dirty < 0.2 * clean
    assert bed_capacity(BED, Linear(0.02), 0.1) == pytest.approx(bed_capacity(BED, Linear(0.02), 9))


@pytest.mark.parametrize("isotherm", [Langmuir(0.1, 2.0), Freundlich(0.05, 0.6)])
def test_a_marched_bed_with_fast_uptake_breaks_through_when_the_closed_form_says(
    isotherm: Isotherm,
) -> None:
    life = bed_life(BED, isotherm, 0.8, FLOW)
    time, out = march_fast(isotherm, 0.8, 1.4 * life)
    half = float(np.interp(0.4, out, time))
    assert half == pytest.approx(life, rel=0.02)
    held_back = float(np.sum(0.8 - out) * (time[1] - time[0])) * FLOW
    assert held_back == pytest.approx(0.8 * life * FLOW, rel=0.01)


def test_a_marched_bed_with_slow_uptake_follows_the_exact_curve() -> None:
    isotherm, transfer = Linear(0.02), 1e-3
    time, out = march_slow(0.02, transfer, 10_000.0)
    exact = [outlet_share(BED, isotherm, transfer, FLOW, float(t)) for t in time[::500]]
    assert out[::500] == pytest.approx(exact, abs=0.02)
    assert exact[0] == 0.0
    assert 0.95 < exact[-1] < 1.0


@pytest.mark.parametrize("since", [500.0, 2000.0, 4000.0, 9000.0])
def test_the_exact_curve_lies_within_the_known_error_of_klinkenbergs(since: float) -> None:
    """His approximation errs by less than 0.6 % of the inlet for X above 2 (klinkenberg1954)."""
    k, transfer = 0.02, 2e-3
    reach = transfer * BED.bulk_density * k * BED.volume / FLOW
    late = transfer * since
    assert reach > 2
    root = (
        math.sqrt(late) - math.sqrt(reach) + 1 / (8 * math.sqrt(late)) + 1 / (8 * math.sqrt(reach))
    )
    first = BED.porosity * BED.volume / FLOW
    exact = outlet_share(BED, Linear(k), transfer, FLOW, first + since)
    assert exact == pytest.approx(0.5 * (1 + math.erf(root)), abs=0.006)


def test_slow_uptake_lets_water_through_early_and_fast_uptake_reaches_the_bed_life() -> None:
    isotherm = Linear(0.02)
    life = bed_life(BED, isotherm, 1.0, FLOW)
    times = [breakthrough_time(BED, isotherm, k, FLOW, 0.05) for k in (3e-3, 1e-2, 1e-1, 1.0)]
    assert np.all(np.diff(times) > 0)
    assert times[0] < 0.7 * life
    assert times[-1] == pytest.approx(life, rel=0.05)
    for k, time in zip((3e-3, 1.0), (times[0], times[-1]), strict=True):
        assert outlet_share(BED, isotherm, k, FLOW, time) == pytest.approx(0.05, rel=1e-6)


def test_a_bed_that_leaks_from_the_start_is_refused() -> None:
    with pytest.raises(ShopError, match="from the start"):
        breakthrough_time(BED, Linear(0.02), 1e-4, FLOW, 0.05)


def test_before_the_water_has_passed_nothing_comes_out() -> None:
    assert outlet_share(BED, Linear(0.02), 1e-3, FLOW, 399.0) == 0.0
    assert outlet_share(BED, Linear(0.02), 1e-3, FLOW, 401.0) > 0.0


def test_the_bed_is_changed_on_the_last_day_it_lasts() -> None:
    today = datetime.date(2026, 10, 15)
    assert change_date(3.0, 0.0, 0.3, today) == datetime.date(2026, 10, 25)
    assert change_date(3.0, 1.0, 0.3, today) == datetime.date(2026, 10, 21)
    assert change_date(3.0, 3.5, 0.3, today) < today
    with pytest.raises(ShopError, match="no change is due"):
        change_date(3.0, 0.0, 0.0, today)
    with pytest.raises(ShopError, match="beyond any calendar"):
        change_date(1e12, 0.0, 0.01, today)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Linear(0.0),
        lambda: Langmuir(0.0, 1.0),
        lambda: Langmuir(1.0, -1.0),
        lambda: Freundlich(1.0, 1.5),
        lambda: Freundlich(math.nan, 0.5),
        lambda: Bed(0.0, 0.4, 100.0),
        lambda: Bed(1.0, 1.0, 100.0),
        lambda: Bed(1.0, 0.4, -1.0),
        lambda: bed_life(BED, Linear(1.0), 0.0, FLOW),
        lambda: bed_life(BED, Linear(1.0), 1.0, 0.0),
        lambda: breakthrough_time(BED, Linear(1.0), 1e-3, 0.0, 0.05),
        lambda: breakthrough_time(BED, Linear(1.0), 1e-3, FLOW, 1.0),
    ],
)
def test_an_impossible_bed_is_refused(make) -> None:
    with pytest.raises(ShopError):
        make()
