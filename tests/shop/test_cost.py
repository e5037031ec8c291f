"""The cost of a repair equals a hand calculation, and its mean the closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reclad.errors import ShopError
from reclad.shop.cost import ask_price, cost_job, laser_hour, margin_of
from reclad.shop.damage import Damage, Terms
from reclad.shop.draws import PriceDraws, draw_positive, draw_prices, expected_prices
from reclad.shop.money import amount
from reclad.shop.prices import leaves, read_prices
from reclad.shop.sheet import Sheet
from reclad.shop.use import JobUse, spend_energy

PIPE = JobUse(
    alloy="IN625",
    gas="Ar",
    laser_time=5 * 3600.0,
    beam_time=4 * 3600.0,
    setup_time=3600.0,
    machining_time=2 * 3600.0,
    furnace_time=3 * 3600.0,
    inspection_time=1800.0,
    powder_fed=6.0,
    light=2000.0 * 4 * 3600.0,
    absorbed_share=0.4,
    gas_volume=7.2,
    water=0.1,
    coupons=1.0,
)


@pytest.fixture(scope="module")
def stated() -> PriceDraws:
    return expected_prices(read_prices("desert-shop"))


def test_the_laser_hour_is_price_over_years_hours_and_utilisation(stated: PriceDraws) -> None:
    assert laser_hour(stated).to("CNY/h") == pytest.approx(500.0, rel=1e-12)
    half = {**stated.values, "laser utilisation": amount(50.0, "%")}
    assert laser_hour(PriceDraws("CNY", half)).to("CNY/h") == pytest.approx(1000.0, rel=1e-12)


def test_every_line_is_the_price_times_the_quantity(stated: PriceDraws) -> None:
    """By hand from the file: kWh = 8/0.33 + 5*5 + 6*5 + 30*3 + 7.5*2 = 184.2424."""
    kwh = 8 / 0.33 + 25 + 30 + 90 + 15
    hand = {
        **{"laser cell": 2500.0, "labour": 38 * 0.9 * 5, "set-up": 60.0, "powder": 2100.0},
        **{"gas": 144.0, "electricity": kwh, "protective glass": 2.0, "machining": 160.0},
        **{"furnace": 120.0, "inspection": 50.0, "coupon": 800.0, "wash water": 3.0},
    }
    cost = cost_job(PIPE, stated)
    assert cost.direct.lines.keys() == hand.keys()
    for name, yuan in hand.items():
        assert cost.direct.lines[name].to("CNY") == pytest.approx(yuan, rel=1e-9), name
    assert cost.sheet.total.to("CNY") == pytest.approx(1.2 * sum(hand.values()), rel=1e-9)
    assert cost.damage is None
    assert cost.undamaged.to("CNY") == pytest.approx(1.2 * sum(hand.values()), rel=1e-9)


def test_the_shops_part_of_expected_damage_is_a_line_of_its_own(stated: PriceDraws) -> None:
    cracks = Damage("crack", 0.02, amount(60_000.0, "CNY"))
    bend = Damage("bend", 0.1, amount(500.0, "CNY"))
    terms = Terms(limit=amount(50_000.0, "CNY"), deductible=amount(1_000.0, "CNY"))
    with_damage = cost_job(PIPE, stated, (cracks, bend), terms)
    added = with_damage.sheet.total - cost_job(PIPE, stated).sheet.total
    assert added.to("CNY") == pytest.approx(0.02 * 50_000 + 0.1 * 0.0)
    assert with_damage.damage is not None
    assert with_damage.damage.total.total.to("CNY") == pytest.approx(1200 + 50)
    assert with_damage.damage.customer.total.to("CNY") == pytest.approx(0.02 * 10_000 + 50)
    from_file = cost_job(PIPE, stated, (cracks,)).damage
    assert from_file is not None
    assert from_file.shop.total.to("CNY") == pytest.approx(0.02 * 50_000)


def test_the_mean_over_draws_is_the_closed_form() -> None:
    """Independent log-normals: means multiply, and the mean of 1/x is (1 + spread^2) / mean."""
    prices = read_prices("desert-shop")
    draws, rng = 200_000, np.random.default_rng(11)
    drawn = draw_prices(prices, draws, rng)
    use = replace(
        PIPE,
        laser_time=draw_positive(5 * 3600.0, 0.2, draws, rng),
        beam_time=1 * 3600.0,
        powder_fed=draw_positive(6.0, 0.15, draws, rng),
        light=draw_positive(2.88e7, 0.1, draws, rng),
    )
    spread = {path: leaf.spread for path, leaf in leaves(prices)}
    a = 0.33 * ((0.67 / 0.33) / spread["power wall_plug"] ** 2 - 1)
    b = 0.67 / 0.33 * a
    wall = 8 * (a + b - 1) / (a - 1)  # the mean of 1/x of a beta
    cell = 2500 * (1 + spread["laser life"] ** 2) * (1 + spread["laser hours_per_year"] ** 2)
    closed = cell + 38 * 0.9 * 5 + 60 + 2100 + 144 + 0.5 + 160 + 120 + 50 + 800 + 3
    closed += wall + 25 + 30 + 90 + 15
    total = cost_job(use, drawn).sheet.total
    error = float(np.std(np.asarray(total.value))) / np.sqrt(draws)
    assert total.expected == pytest.approx(1.2 * closed, abs=4 * error)
    assert 4 * error < 0.005 * total.expected
    low, high = total.band()
    inside = np.mean((np.asarray(total.value) >= low) & (np.asarray(total.value) <= high))
    assert inside == pytest.approx(0.9, abs=1e-3)


def test_the_band_of_the_total_is_narrower_than_the_sum_of_the_bands() -> None:
    drawn = draw_prices(read_prices("desert-shop"), 4000, np.random.default_rng(2))
    *lines, total = cost_job(PIPE, drawn).direct.rows()
    assert total.name == "total"
    assert total.unit == "CNY"
    assert total.expected == pytest.approx(sum(row.expected for row in lines))
    assert total.high - total.low < sum(row.high - row.low for row in lines)


def test_the_price_leaves_the_margin_asked_for(stated: PriceDraws) -> None:
    crack = Damage("crack", 0.02, amount(50_000.0, "CNY"))
    cost = cost_job(PIPE, stated, (crack,))
    price = ask_price(cost, 0.3)
    left = price - cost.sheet.total
    assert (left / price).value == pytest.approx(0.3, rel=1e-12)
    assert margin_of(price, cost).to("CNY") == pytest.approx(left.to("CNY") + 1000.0)
    with pytest.raises(ShopError, match="100 %"):
        ask_price(cost, 1.0)


def test_more_of_anything_never_costs_less(stated: PriceDraws) -> None:
    base = cost_job(PIPE, stated).sheet.total.expected
    for name in PIPE.__dataclass_fields__:
        if name not in ("alloy", "gas", "absorbed_share"):
            more = replace(PIPE, **{name: getattr(PIPE, name) * 1.1})
            assert cost_job(more, stated).sheet.total.expected > base, name


def test_electricity_follows_the_time_the_cell_is_taken(stated: PriceDraws) -> None:
    longer = replace(PIPE, laser_time=6 * 3600.0)
    more = spend_energy(longer, stated).electricity - spend_energy(PIPE, stated).electricity
    assert more / 3.6e6 == pytest.approx(11.0)


def test_the_energy_of_a_job_closes_in_every_draw() -> None:
    drawn = draw_prices(read_prices("desert-shop"), 500, np.random.default_rng(9))
    energy = spend_energy(PIPE, drawn)
    assert np.max(np.abs(energy.residual)) < 1e-9
    assert np.shape(energy.electricity) == (500,)


def test_a_sheet_shows_a_rate_in_the_unit_it_names(stated: PriceDraws) -> None:
    row = Sheet({"capital": laser_hour(stated), "labour": stated["labour"]}).rows()[-1]
    assert row.unit == "CNY/h"
    assert row.expected == pytest.approx(538.0)
    assert row.low == pytest.approx(538.0)
    with pytest.raises(ShopError, match="at least one line"):
        Sheet({})


@pytest.mark.parametrize("name", ["powder_fed", "furnace_time", "water"])
def test_a_negative_use_is_refused(name: str) -> None:
    with pytest.raises(ShopError, match=name.replace("_", " ")):
        replace(PIPE, **{name: -1.0})


def test_a_beam_longer_than_the_job_is_refused() -> None:
    with pytest.raises(ShopError, match="on longer than the cell"):
        replace(PIPE, beam_time=6 * 3600.0)


def test_a_powder_without_a_price_is_refused(stated: PriceDraws) -> None:
    with pytest.raises(ShopError, match="powder IN600"):
        cost_job(replace(PIPE, alloy="IN600"), stated)
