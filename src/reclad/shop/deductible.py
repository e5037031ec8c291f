"""What a deductible buys: the price once the customer bears the first part of a lost part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reclad.shop.cost import ask_price
from reclad.shop.damage import expect_damage
from reclad.shop.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.shop.cost import JobCost
    from reclad.shop.damage import Damage, Terms
    from reclad.shop.money import Amount

SHARES = (0.1, 0.25, 0.5)  # of what a lost part costs


def price_deductibles(
    cost: JobCost, losses: tuple[Damage, ...], lost_part: Amount, terms: Terms, margin_share: float
) -> tuple[tuple[Amount, Amount], ...]:
    """Pairs of a deductible and the least price that keeps the margin with it.

    cost     of the job with the line "expected lost part" as `terms` have it
    losses   by kind of damage, each of which costs `lost_part`
    Rework stays with the shop. Checked in tests/shop/test_deductible.py.
    """
    return tuple(_priced(cost, losses, lost_part * share, terms, margin_share) for share in SHARES)


def _priced(
    cost: JobCost, losses: Sequence[Damage], deductible: Amount, terms: Terms, margin_share: float
) -> tuple[Amount, Amount]:
    borne = expect_damage(tuple(losses), replace(terms, deductible=deductible)).shop.total
    lines = {**cost.sheet.lines, "expected lost part": borne}
    return deductible, ask_price(replace(cost, sheet=Sheet(lines)), margin_share)
