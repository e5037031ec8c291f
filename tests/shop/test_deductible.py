"""A deductible takes its chance of a lost part off the price, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.shop.cost import JobCost, ask_price
from reclad.shop.damage import Damage, Terms, expect_damage
from reclad.shop.deductible import SHARES, price_deductibles
from reclad.shop.money import Amount, amount
from reclad.shop.sheet import Sheet

PART, CHANCE, MARGIN = amount(20_000.0, "CNY"), np.array([0.02, 0.06]), 0.25
TERMS = Terms(amount(50_000.0, "CNY"), amount(0.0, "CNY"))
LOSSES = (Damage("cold_cracking", CHANCE, PART),)


def cost(terms: Terms = TERMS) -> JobCost:
    lines = {"powder": amount(3_000.0, "CNY"), "expected rework": amount(500.0, "CNY")}
    lines["expected lost part"] = expect_damage(LOSSES, terms).shop.total
    return JobCost(Sheet(lines), Sheet(lines), None, amount(3_000.0, "CNY"))


def prices(terms: Terms = TERMS) -> list[tuple[float, float]]:
    found = price_deductibles(cost(terms), LOSSES, PART, terms, MARGIN)
    return [(borne.expected, price.expected) for borne, price in found]


def test_the_price_falls_by_the_chance_times_what_the_customer_bears() -> None:
    full = ask_price(cost(), MARGIN).expected
    for share, (borne, price) in zip(SHARES, prices(), strict=True):
        assert borne == pytest.approx(share * 20_000.0)
        assert full - price == pytest.approx(0.04 * borne / (1.0 - MARGIN))


def test_what_lies_above_the_limit_was_the_customers_before() -> None:
    tight = Terms(amount(12_000.0, "CNY"), amount(0.0, "CNY"))
    full = ask_price(cost(tight), MARGIN).expected
    ten, quarter, half = (price for _, price in prices(tight))
    assert ten == quarter == pytest.approx(full)  # the shop still pays up to its limit
    assert full - half == pytest.approx(0.04 * 2_000.0 / (1.0 - MARGIN))


def test_the_other_lines_stay() -> None:
    before = cost()
    price_deductibles(before, LOSSES, PART, TERMS, MARGIN)
    kept = before.sheet.lines["expected lost part"]
    assert isinstance(kept, Amount)
    assert kept.expected == pytest.approx(0.04 * 20_000.0)
