"""Damage: chance times cost, split by the contract, and the chance at which a job earns nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ShopError, UnitError
from reclad.shop.damage import Damage, Terms, break_even_chance, expect_damage, share_damage
from reclad.shop.money import amount

MARGIN, LIABILITY = amount(1_500.0, "CNY"), amount(50_000.0, "CNY")
money = st.floats(0, 1e6)


def test_break_even_with_the_margin_kept_is_three_per_cent() -> None:
    p = break_even_chance(MARGIN, LIABILITY, "margin kept")
    assert p == pytest.approx(0.03, rel=1e-12)
    assert 1_500 - p * 50_000 == pytest.approx(0.0, abs=1e-9)


def test_break_even_with_the_margin_lost_is_a_little_less() -> None:
    p = break_even_chance(MARGIN, LIABILITY, "margin lost")
    assert p == pytest.approx(0.0291, abs=5e-5)
    assert (1 - p) * 1_500 - p * 50_000 == pytest.approx(0.0, abs=1e-9)


def test_simulated_jobs_at_the_break_even_chance_earn_nothing() -> None:
    p = float(break_even_chance(MARGIN, LIABILITY, "margin lost"))
    damaged = np.random.default_rng(4).random(400_000) < p
    earned = np.where(damaged, -50_000.0, 1_500.0)
    assert earned.mean() == pytest.approx(0.0, abs=4 * earned.std() / np.sqrt(earned.size))


@given(st.floats(1, 1e5), st.floats(1, 1e6))
def test_the_stricter_convention_is_always_the_lower(margin: float, liability: float) -> None:
    kept, lost = (
        break_even_chance(amount(margin, "CNY"), amount(liability, "CNY"), way)
        for way in ("margin kept", "margin lost")
    )
    assert 0 < lost <= kept <= 1


def test_a_job_without_margin_has_no_break_even() -> None:
    with pytest.raises(ShopError, match="without a margin"):
        break_even_chance(amount(0.0, "CNY"), LIABILITY, "margin lost")
    with pytest.raises(ShopError, match="give the liability"):
        break_even_chance(MARGIN, amount(0.0, "CNY"), "margin kept")
    with pytest.raises(UnitError, match="CNY/h"):
        break_even_chance(amount(1.0, "CNY/h"), LIABILITY, "margin kept")


@given(money, money, money)
def test_the_parts_of_a_damage_add_up_to_it(cost: float, limit: float, deductible: float) -> None:
    terms = Terms(amount(limit, "CNY"), amount(deductible, "CNY"))
    parts = share_damage(amount(cost, "CNY"), terms)
    total = (parts.deductible + parts.shop + parts.above).value
    assert total == pytest.approx(cost, rel=1e-12, abs=1e-9)
    assert 0 <= parts.deductible.value <= deductible
    assert 0 <= parts.shop.value <= limit
    assert parts.above.value >= 0


def test_the_deductible_comes_first_and_the_limit_last() -> None:
    terms = Terms(limit=amount(50_000.0, "CNY"), deductible=amount(2_000.0, "CNY"))
    parts = share_damage(amount(np.array([1_000.0, 30_000.0, 60_000.0]), "CNY"), terms)
    assert np.asarray(parts.deductible.value).tolist() == [1_000, 2_000, 2_000]
    assert np.asarray(parts.shop.value).tolist() == [0, 28_000, 50_000]
    assert np.asarray(parts.above.value).tolist() == [0, 0, 8_000]


def test_expected_damage_is_the_mean_of_simulated_damage() -> None:
    modes = (
        Damage("crack", 0.04, amount(60_000.0, "CNY")),
        Damage("bend", 0.10, amount(3_000.0, "CNY")),
    )
    terms = Terms(amount(50_000.0, "CNY"), amount(1_000.0, "CNY"))
    expected = expect_damage(modes, terms)
    rng, jobs = np.random.default_rng(8), 400_000
    crack, bend = rng.random(jobs) < 0.04, rng.random(jobs) < 0.10
    shop = 50_000.0 * crack + 2_000.0 * bend
    error = 4 * shop.std() / np.sqrt(jobs)
    assert expected.shop.total.to("CNY") == pytest.approx(shop.mean(), abs=error)
    assert expected.shop.total.to("CNY") == pytest.approx(2_200.0)
    both = expected.shop.total + expected.customer.total
    assert both.value == pytest.approx(expected.total.total.value, rel=1e-12)


def test_a_chance_above_one_or_a_negative_cost_is_refused() -> None:
    with pytest.raises(ShopError, match=r'1\.2 of "crack"'):
        Damage("crack", np.array([0.1, 1.2]), LIABILITY)
    with pytest.raises(ShopError, match="negative"):
        Damage("crack", 0.1, amount(-1.0, "CNY"))
    two = Damage("crack", 0.1, LIABILITY)
    with pytest.raises(ShopError, match="one name"):
        expect_damage((two, two), Terms(LIABILITY, amount(0.0, "CNY")))


def test_a_damage_in_another_currency_is_refused() -> None:
    terms = Terms(LIABILITY, amount(0.0, "CNY"))
    with pytest.raises(UnitError, match="EUR and CNY"):
        share_damage(amount(100.0, "EUR"), terms)
    with pytest.raises(UnitError):
        Terms(LIABILITY, amount(0.0, "EUR"))
