"""What damage costs, who bears it, and the chance of damage at which a job earns nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.errors import ShopError
from reclad.shop.money import Amount
from reclad.shop.sheet import Sheet
from reclad.units import format_number, show

if TYPE_CHECKING:
    from reclad.shop.draws import PriceDraws
    from reclad.shop.money import Values


@dataclass(frozen=True)
class Damage:
    """One way a job can go wrong: its name, chance (0 to 1) and cost, floats or (draws,)."""

    mode: str
    chance: Values
    cost: Amount

    def __post_init__(self) -> None:
        chance = np.asarray(self.chance)
        wrong = ~((chance >= 0) & (chance <= 1))
        if np.any(wrong):
            worst = format_number(float(chance[wrong].flat[0]))
            raise ShopError(f"chance {worst} of {show(self.mode)} is none; give 0 to 1")
        if not np.all(np.asarray(self.cost.value) >= 0):
            raise ShopError(f"cost of {show(self.mode)} is negative or no number; give 0 or more")


@dataclass(frozen=True)
class Terms:
    """The contract on damage: the customer bears the deductible, the shop the rest up to limit."""

    limit: Amount
    deductible: Amount

    def __post_init__(self) -> None:
        _ = self.limit + self.deductible  # refuses unlike units
        for amount in (self.limit, self.deductible):
            if not np.all(np.asarray(amount.value) >= 0):
                raise ShopError("liability limit or deductible is negative; give 0 or more")


@dataclass(frozen=True)
class Shares:
    """One damage split: deductible (customer), shop, and what lies above the limit (customer)."""

    deductible: Amount
    shop: Amount
    above: Amount


def terms_of(prices: PriceDraws) -> Terms:
    """The terms that stand in the price file."""
    return Terms(prices["liability limit"], prices["liability deductible"])


def share_damage(cost: Amount, terms: Terms) -> Shares:
    """Who bears a damage of that cost; the three parts add up to it.

    The limit holds for each damage, not for all damages of a job together.
    Checked in tests/shop/test_damage.py.
    """
    _ = cost + terms.limit
    own = np.minimum(cost.value, terms.deductible.value)
    rest = cost.value - own
    shop = np.minimum(rest, terms.limit.value)
    parts = (Amount(v, cost.dimension) for v in (own, shop, rest - shop))
    return Shares(*parts)


@dataclass(frozen=True)
class DamageCost:
    """Expected damage by mode, on three sheets: the shop's part, the customer's part, both."""

    shop: Sheet
    customer: Sheet
    total: Sheet


def expect_damage(damages: tuple[Damage, ...], terms: Terms) -> DamageCost:
    """Expected cost of damage: the sum over modes of chance x cost, and who bears it.

    An expectation adds over modes whether or not they occur together.
    Checked in tests/shop/test_damage.py.
    """
    shop, customer, total = {}, {}, {}
    for one in damages:
        parts = share_damage(one.cost, terms)
        shop[one.mode] = parts.shop * one.chance
        customer[one.mode] = (parts.deductible + parts.above) * one.chance
        total[one.mode] = one.cost * one.chance
    if len(total) < len(damages):
        raise ShopError("two damages have one name; join them or name them apart")
    return DamageCost(Sheet(shop), Sheet(customer), Sheet(total))


def break_even_chance(
    margin: Amount, liability: Amount, when_damaged: Literal["margin kept", "margin lost"]
) -> Values:
    """The chance of damage at which a job earns nothing on average (0 to 1).

    margin      what the job leaves when nothing is damaged
    liability   what the shop then pays in case of damage
    "margin kept"   the customer still pays the job, and the liability comes on top:
                    margin - p liability = 0, so p = margin / liability
    "margin lost"   the liability is paid and the margin is not earned either:
                    (1 - p) margin - p liability = 0, so p = margin / (margin + liability)

    Where the liability already contains the lost margin, the first formula holds as well. A
    margin of zero or less has no such chance: ShopError. Capped at 1 where damage is cheaper than
    the margin. Checked in tests/shop/test_damage.py.
    """
    if not np.all(np.asarray(margin.value) > 0):
        raise ShopError("a job without a margin loses at any chance of damage; raise the price")
    loss = liability if when_damaged == "margin kept" else liability + margin
    _ = margin + loss
    if not np.all(np.asarray(loss.value) > 0):
        raise ShopError("without a liability no chance of damage is too high; give the liability")
    return np.minimum((margin / loss).value, 1.0)
