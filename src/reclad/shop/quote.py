"""A quote: what a planned repair costs, what it asks, and the chance of damage it can bear."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.shop.cost import JobCost, ask_price, cost_job, margin_of
from reclad.shop.damage import Terms, break_even_chance, share_damage, terms_of
from reclad.shop.deductible import price_deductibles
from reclad.shop.draws import draw_prices
from reclad.shop.fluid_screen import FluidScreen, screen_fluids
from reclad.shop.footprint import Comparison, compare_with_new, footprint_job
from reclad.shop.job_use import Hours, part_mass, use_of
from reclad.shop.losses import draw_chances, lost_parts, rework_chance
from reclad.shop.money import Amount, from_si
from reclad.shop.prices import LARGEST
from reclad.shop.sheet import Sheet

if TYPE_CHECKING:
    import datetime

    from reclad.shop.draws import PriceDraws
    from reclad.shop.planned import PlannedJob
    from reclad.shop.prices import Prices
    from reclad.shop.use import JobUse

DRAWS = 4000  # the mean of a line is then known to 1 % where its spread is 60 %


@dataclass(frozen=True)
class Asked:
    """What the shop states of this job; None: from the price file.

    price, new_part   money, in the currency of the price file
    hours             times
    """

    price: Amount | None = None
    new_part: Amount | None = None
    hours: Hours = field(default_factory=Hours)


@dataclass(frozen=True, eq=False)
class Quote:
    """A quote of one repair; money in the currency of the price file, draws where uncertain.

    use            what it uses;  prices  drawn;  stated  the price file
    cost           by line: with overhead, expected rework, and the shop's part of lost parts
    price          asked of the customer; `asked` tells whether the shop set it
    margin         left on average of a job without a lost part, expected rework paid
    lost_part      what a lost part costs; `terms` who bears it; `liability` the shop's part of it
    break_even     chance of a lost part at which nothing is earned: the customer pays the job all
                   the same, or does not; None where the price leaves no margin or nothing is borne
    deductibles    pairs: the customer bears so much of a lost part, and the least price then
    footprint      CO2e by line;  fluids  what goes where
    new_price, new_footprint   of a new part; money, carbon  the repair against it
    day, until     of the quote, and the last day it binds the shop
    shown          the same quote once a coupon has shown the beads as planned; None where no coupon
                   is asked for, where too few draws keep the limits, or where the repair would be
                   refused all the same
    """

    planned: PlannedJob
    stated: Prices
    prices: PriceDraws
    use: JobUse
    cost: JobCost
    price: Amount
    asked: Asked
    margin: Amount
    lost_part: Amount
    terms: Terms
    liability: Amount
    break_even: tuple[float, float] | None
    deductibles: tuple[tuple[Amount, Amount], ...]
    footprint: Sheet
    fluids: FluidScreen
    new_price: Amount
    new_footprint: Amount
    money: Comparison
    carbon: Comparison
    day: datetime.date
    until: datetime.date
    shown: Quote | None = None


def quote_job(
    planned: PlannedJob, prices: Prices, asked: Asked, today: datetime.date, draws: int = DRAWS
) -> Quote:
    """What a planned repair costs and asks, its damage priced in.

    today   day of the quote; the same inputs and day give the same quote

    Prices are drawn with their spread, the process model's draws go with them, and chances of
    damage with what is not known of the shop. A part that is lost costs the new part the shop
    stated, else the liability limit. Where a coupon comes first, the job is also priced as it would
    stand after it. Raises ShopError or UnitError for prices that are negative or of another
    currency. Checked in tests/shop/test_quote_numbers.py against a hand calculation.
    """
    coupons = 0.0 if planned.coupon is None else 1.0
    now = _quote(planned, prices, asked, today, draws, coupons)
    later = None if planned.coupon is None else planned.coupon.shown
    if later is None or later.risk.verdict == "refuse":
        return now
    return replace(now, shown=_quote(later, prices, asked, today, draws, coupons))


def _quote(
    planned: PlannedJob,
    prices: Prices,
    asked: Asked,
    today: datetime.date,
    draws: int,
    coupons: float,
) -> Quote:
    rng = np.random.default_rng([planned.laid.seed, 23])
    drawn = draw_prices(prices, draws, rng)
    for name, one in (("price", asked.price), ("new part", asked.new_part)):
        _expect_money(name, one, drawn)
    rows = rng.integers(0, planned.kept_share.size, draws)
    kept = planned.kept_share[rows] * planned.program.powder_mass
    use = use_of(planned, drawn, asked.hours, rows, coupons)
    terms = terms_of(drawn)
    lost_part = terms.limit if asked.new_part is None else asked.new_part
    chances = draw_chances(planned.risk, draws, rng)
    losses = lost_parts(planned.risk, chances, lost_part)
    cost = cost_job(use, drawn, losses, terms)
    again = cost_job(replace(use, coupons=0.0), drawn).undamaged
    cost = _with_rework(cost, again * rework_chance(planned.risk, chances))
    margin_share = drawn["margin"].expected
    price = asked.price or _whole(ask_price(cost, margin_share))
    liability = share_damage(lost_part, terms).shop
    liability = Amount(liability.expected, liability.dimension)
    margin = margin_of(price - _mean(cost.sheet.lines["expected rework"]), cost)
    footprint = footprint_job(use, drawn)
    mass = from_si(part_mass(planned.job), "kg")
    new_price = asked.new_part or drawn["new_part"] * mass
    new_footprint = drawn["footprint new_part"] * mass
    return Quote(
        planned=planned,
        stated=prices,
        prices=drawn,
        use=use,
        cost=cost,
        price=price,
        asked=asked,
        margin=margin,
        lost_part=lost_part,
        terms=terms,
        liability=liability,
        break_even=_break_even(margin, liability),
        deductibles=tuple(
            (_mean(borne), _whole(lower))
            for borne, lower in price_deductibles(cost, losses, lost_part, terms, margin_share)
        ),
        footprint=footprint,
        fluids=screen_fluids(use, kept, drawn, footprint, new_footprint),
        new_price=new_price,
        new_footprint=new_footprint,
        money=compare_with_new(price, new_price),
        carbon=compare_with_new(footprint.total, new_footprint),
        day=today,
        until=_until(today, prices),
    )


def _expect_money(what: str, one: Amount | None, prices: PriceDraws) -> None:
    if one is None:
        return
    wanted = prices["liability limit"].dimension
    if one.dimension != wanted:
        raise ShopError(
            f"{what} in {one.dimension.text} where the price file counts in {wanted.text}; give it "
            f"in {wanted.text}, since no rate is known here"
        )
    if not 0 < one.value <= LARGEST:
        raise ShopError(
            f"{what} {one.value:g} {wanted.text} is not above 0 and at most {LARGEST:g}; give what "
            "is paid"
        )


def _with_rework(cost: JobCost, rework: Amount) -> JobCost:
    lines = dict(cost.sheet.lines)
    lost = (
        {"expected lost part": lines.pop("expected damage")} if "expected damage" in lines else {}
    )
    return JobCost(
        cost.direct, Sheet({**lines, "expected rework": rework, **lost}), cost.damage,
        cost.undamaged,
    )  # fmt: skip


def _mean(one: Amount) -> Amount:
    return Amount(one.expected, one.dimension)


def _whole(price: Amount) -> Amount:
    """The next whole unit of money: a quote names no cents."""
    return Amount(float(math.ceil(price.expected - 1e-9)), price.dimension)


def _break_even(margin: Amount, liability: Amount) -> tuple[float, float] | None:
    if not (margin.expected > 0 and liability.expected > 0):
        return None
    kept = break_even_chance(margin, liability, "margin kept")
    lost = break_even_chance(margin, liability, "margin lost")
    return float(kept), float(lost)


def _until(today: datetime.date, prices: Prices) -> datetime.date:
    import datetime

    return today + datetime.timedelta(seconds=prices.work.valid.value)
