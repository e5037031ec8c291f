"""A quote equals a hand calculation, its damage is counted once, and its money is never mixed."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reclad.errors import FileError, ShopError
from reclad.shop import Asked, Hours, quote_job, read_planned, read_prices
from reclad.shop.draws import expected_prices
from reclad.shop.job_use import chips_of, furnace_time, part_mass, use_of
from reclad.shop.losses import draw_chances, lost_parts, rework_chance
from reclad.shop.money import amount
from reclad.shop.quote_table import cost_table, tell_quote
from short_pipe import make_short_plan, planned_folder, save_short_plan

DAY = datetime.date(2026, 11, 27)
FIFTY = amount(50_000.0, "CNY")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any) -> Path:
    return planned_folder(tmp_path_factory.mktemp("quoted"), short_job_text, short_plan)


@pytest.fixture(scope="module")
def planned(folder: Path) -> Any:
    return read_planned(folder)


@pytest.fixture(scope="module")
def sure(folder: Path, shipped: Path) -> Any:
    """The shipped prices, every one of them known exactly."""
    text = (shipped / "prices" / "desert-shop.toml").read_text("utf-8")
    (folder / "prices").mkdir(exist_ok=True)
    exact = re.sub(r'(?m)^spread = ".*"', 'spread = "0 %"', text)
    exact = exact.replace('name = "desert-shop"', 'name = "exact"', 1)
    exact = exact.replace('aliases = ["desert shop"]', "", 1)
    (folder / "prices" / "exact.toml").write_text(exact, "utf-8")
    return read_prices("exact", folder)


def quoted(planned: Any, prices: Any, **asked: Any) -> Any:
    return quote_job(planned, prices, Asked(**asked), DAY)


def two_kinds(lost: float = 1.0) -> SimpleNamespace:
    kinds = [
        SimpleNamespace(name=name, told=SimpleNamespace(mode=SimpleNamespace(lost=lost)))
        for name in ("cold_cracking", "lack_of_fusion")
    ]
    return SimpleNamespace(modes=kinds)


# --- what damage costs ---


def test_a_part_is_lost_once_however_many_damages_meet() -> None:
    half = np.full(3, 0.5)
    chances = {"cold_cracking": half, "lack_of_fusion": half}
    found = lost_parts(two_kinds(), chances, FIFTY)
    assert [one.mode for one in found] == ["cold_cracking", "lack_of_fusion"]
    assert sum(one.chance for one in found) == pytest.approx(np.full(3, 0.75))
    assert found[0].chance == pytest.approx(found[1].chance)


def test_a_damage_that_cannot_happen_costs_nothing() -> None:
    none = np.zeros(2)
    found = lost_parts(two_kinds(), {"cold_cracking": none, "lack_of_fusion": none}, FIFTY)
    assert all(np.all(one.chance == 0) for one in found)


def test_a_damaged_part_is_either_lost_or_done_again() -> None:
    chances = {"cold_cracking": np.array([0.2]), "lack_of_fusion": np.array([0.5])}
    again = rework_chance(two_kinds(lost=0.5), chances)
    assert again == pytest.approx([(1 - 0.8 * 0.5) - (1 - 0.9 * 0.75)])
    assert rework_chance(two_kinds(lost=1.0), chances) == pytest.approx([0.0])


def test_drawn_chances_are_those_of_the_risk(planned: Any) -> None:
    drawn = draw_chances(planned.risk, 4000, np.random.default_rng(1))
    for mode in planned.risk.modes:
        told, chances = mode.chance, drawn[mode.name]
        assert np.mean(chances < told.low) == pytest.approx(0.05, abs=0.015)
        assert np.mean(chances < told.middle) == pytest.approx(0.5, abs=0.03)
        assert np.mean(chances < told.high) == pytest.approx(0.95, abs=0.015)


# --- what a job uses ---


def test_the_mass_of_a_part_is_that_of_its_shape(pipe_job: Any) -> None:
    """By hand: mean worn diameter of the ten rows 198.88 mm, wall 15 mm, 700 mm."""
    density = pipe_job.parent.density.value
    ring = np.pi / 4 * (0.19888**2 - (0.19888 - 0.030) ** 2)
    assert part_mass(pipe_job) == pytest.approx(ring * 0.7 * density, rel=1e-9)
    solid = pipe_job.model_copy(
        update={"part": pipe_job.part.model_copy(update={"shape": "shaft", "wall": None})}
    )
    assert part_mass(solid) == pytest.approx(np.pi / 4 * 0.19888**2 * 0.7 * density, rel=1e-9)


def test_the_furnace_brings_the_heat_that_the_preheat_takes(pipe_job: Any) -> None:
    from scipy.integrate import quad

    prices = expected_prices(read_prices("desert-shop"))
    assert furnace_time(pipe_job, prices) == 0.0  # the example is not preheated
    heat = pipe_job.parent.specific_heat
    taken = quad(lambda k: np.interp(k, heat.at, heat.value), 293.15, 523.15)[0]
    warm = pipe_job.model_copy(update={"preheat": 523.15})
    by_hand = part_mass(pipe_job) * taken / (30e3 * 0.30)
    assert furnace_time(warm, prices) == pytest.approx(by_hand, rel=1e-4)
    treated = pipe_job.treatment.model_copy(update={"post_heat": 523.15, "post_heat_time": 7200.0})
    both = warm.model_copy(update={"treatment": treated})
    assert furnace_time(both, prices) == pytest.approx(2 * by_hand + 7200.0, rel=1e-4)


def test_the_lathe_takes_what_is_laid_too_much_and_at_least_the_allowance(planned: Any) -> None:
    density = planned.job.clad.density.value
    least = chips_of(planned, np.array([0.0]))
    asked = planned.laid.deposit.volume
    assert 0 < float(least[0]) < asked * density
    heavy = np.array([2.0 * asked * density])
    assert chips_of(planned, heavy) - least == pytest.approx(asked * density)


def test_times_powder_and_light_are_those_of_the_program(planned: Any) -> None:
    prices = expected_prices(read_prices("desert-shop"))
    use = use_of(planned, prices, Hours(), np.arange(4))
    program = planned.program
    assert use.laser_time == program.total_time
    assert use.beam_time == program.lit_time
    assert use.powder_fed == program.powder_mass
    assert use.light == pytest.approx(2000.0 * program.lit_time)
    assert use.gas_volume == pytest.approx(20e-3 / 60 * program.duration[program.gas].sum())
    assert use.setup_time == 3600.0
    given = use_of(planned, prices, Hours(60.0, 120.0, 180.0, 240.0), np.arange(4))
    times = (given.setup_time, given.machining_time, given.inspection_time, given.furnace_time)
    assert times == (60.0, 120.0, 180.0, 240.0)


# --- the quote ---


def test_a_quote_is_the_hand_calculation(planned: Any, sure: Any) -> None:
    """Prices known exactly: cell 500, setter 60, inspector 100, powder 350, overhead 20 %, margin
    30 %; only the chances and the powder kept are drawn."""
    quote = quoted(planned, sure, hours=Hours(3600.0, 7200.0, 1800.0, 0.0))
    hours = planned.program.total_time / 3600
    lines = {name: one.expected for name, one in quote.cost.sheet.lines.items()}
    assert lines["laser cell"] == pytest.approx(500.0 * hours)
    assert lines["labour"] == pytest.approx(38.0 * 0.9 * hours)
    assert lines["set-up"] == pytest.approx(60.0)
    assert lines["machining"] == pytest.approx(160.0)
    assert lines["inspection"] == pytest.approx(50.0)
    assert lines["powder"] == pytest.approx(350.0 * planned.program.powder_mass)
    direct = sum(one.expected for one in quote.cost.direct.lines.values())
    assert lines["overhead"] == pytest.approx(0.2 * direct)
    chances = [mode.chance for mode in planned.risk.modes]
    assert len(lines) == 15
    assert lines["coupon"] == pytest.approx(800.0)
    kept = np.prod([1 - c.middle for c in chances])
    again = 1.2 * (direct - 800.0)  # a coupon is not laid twice
    assert lines["expected rework"] / again == pytest.approx(
        (1 - kept) - planned.risk.loss.middle, abs=0.05
    )
    assert lines["expected lost part"] / 50_000 == pytest.approx(
        planned.risk.loss.middle, abs=0.25 * planned.risk.loss.middle
    )
    total = sum(lines.values())
    assert total / 0.7 <= quote.price.expected < total / 0.7 + 1.0
    margin = quote.price.expected - 1.2 * direct - lines["expected rework"]
    assert quote.margin.expected == pytest.approx(margin)
    assert quote.break_even == pytest.approx((margin / 50_000, margin / (margin + 50_000)))
    assert quote.until == datetime.date(2026, 12, 27)


def test_the_known_job_breaks_even_at_three_per_cent(planned: Any, sure: Any) -> None:
    """1,500 yuan of margin against 50,000 yuan of liability."""
    cost = quoted(planned, sure)
    undamaged = cost.price.expected - cost.margin.expected
    quote = quoted(planned, sure, price=amount(undamaged + 1500.0, "CNY"))
    assert quote.margin.expected == pytest.approx(1500.0)
    assert quote.break_even == pytest.approx((0.03, 1500 / 51_500))


def test_a_price_below_the_cost_has_no_break_even(planned: Any, sure: Any) -> None:
    quote = quoted(planned, sure, price=amount(10.0, "CNY"))
    assert quote.break_even is None
    assert quote.margin.expected < 0
    assert tell_quote(quote)["break_even"] is None


def test_a_stated_new_part_is_what_a_lost_part_costs(planned: Any, sure: Any) -> None:
    dear, cheap = (
        quoted(planned, sure, new_part=amount(yuan, "CNY")) for yuan in (40_000.0, 4_000.0)
    )
    ratio = (
        dear.cost.sheet.lines["expected lost part"].expected
        / cheap.cost.sheet.lines["expected lost part"].expected
    )
    assert ratio == pytest.approx(10.0)
    assert dear.new_price.expected == 40_000.0
    assert dear.liability.expected == 40_000.0
    over = quoted(planned, sure, new_part=amount(80_000.0, "CNY"))
    assert over.liability.expected == 50_000.0  # the contract's limit
    assert over.cost.damage.customer.total.expected == pytest.approx(
        0.6 * over.cost.damage.shop.total.expected
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"price": amount(5000.0, "EUR")}, "price in EUR where the price file counts in CNY"),
        ({"price": amount(-5000.0, "CNY")}, "price -5000 CNY is not above 0"),
        ({"price": amount(0.0, "CNY")}, "price 0 CNY is not above 0"),
        ({"price": amount(5000.0, "CNY/h")}, "price in CNY/h where"),
        ({"new_part": amount(9000.0, "USD")}, "new part in USD where"),
        ({"new_part": amount(2e9, "CNY")}, "at most 1e"),
    ],
)
def test_money_that_does_not_fit_is_refused(
    planned: Any, sure: Any, asked: dict[str, Any], says: str
) -> None:
    with pytest.raises(ShopError, match=re.escape(says)):
        quoted(planned, sure, **asked)


def test_the_deductible_moves_cost_to_the_customer(planned: Any, sure: Any) -> None:
    liability = sure.liability
    borne = liability.deductible.model_copy(update={"value": amount(20_000.0, "CNY")})
    prices = sure.model_copy(
        update={"liability": liability.model_copy(update={"deductible": borne})}
    )
    free, shared = quoted(planned, sure), quoted(planned, prices)
    assert shared.liability.expected == 30_000.0
    assert shared.cost.damage.shop.total.expected == pytest.approx(
        0.6 * free.cost.damage.shop.total.expected
    )
    assert shared.price.expected < free.price.expected


def test_what_goes_in_comes_out(planned: Any, sure: Any) -> None:
    quote = quoted(planned, sure)
    powder, energy = quote.fluids.powder, quote.fluids.energy
    out = powder.kept + powder.collected + powder.escaped
    assert out == pytest.approx(np.full_like(out, planned.program.powder_mass))
    assert np.max(np.abs(energy.residual)) < 1e-9
    assert quote.fluids.wash.mass == pytest.approx(0.05 + 0.5 * powder.escaped)


def test_more_repairs_than_a_new_part_is_worth_are_counted(planned: Any, sure: Any) -> None:
    quote = quoted(planned, sure)
    once = quote.footprint.lines["wash water"].value
    each = quote.footprint.total.value - once
    most = quote.fluids.repairs
    assert np.all(once + most * each <= quote.new_footprint.value)
    assert np.all(once + (most + 1) * each > quote.new_footprint.value)


def test_the_same_inputs_give_the_same_numbers(planned: Any) -> None:
    prices = read_prices("desert-shop")
    one, two = (tell_quote(quoted(planned, prices)) for _ in range(2))
    assert one == two
    assert cost_table(one) == cost_table(two)
    later = quote_job(planned, prices, Asked(), DAY + datetime.timedelta(days=1))
    assert {k for k, v in tell_quote(later).items() if one[k] != v} == {"day", "until"}


# --- before and after a coupon ---


def test_a_coupon_leaves_the_draws_that_keep_every_limit(planned: Any) -> None:
    from reclad.process.limits import all_kept

    coupon, kept = planned.coupon, all_kept(planned.laid.kept)
    assert (coupon.good, coupon.draws) == (int(kept.sum()), kept.size)
    assert coupon.chance == pytest.approx(kept.mean())
    assert 16 <= coupon.good < coupon.draws
    shown = coupon.shown
    assert np.all(all_kept(shown.laid.kept))
    assert np.array_equal(shown.kept_share, planned.kept_share[kept])
    assert np.array_equal(shown.absorbed_share, planned.absorbed_share[kept])
    assert shown.risk.loss.middle < planned.risk.loss.middle


def test_the_price_after_the_coupon_is_the_quote_of_that_job(planned: Any, sure: Any) -> None:
    quote = quoted(planned, sure)
    alone = quoted(planned.coupon.shown, sure)
    assert alone.shown is None
    total = alone.cost.sheet.total.expected + 1.2 * 800.0  # the coupon itself, and overhead on it
    assert quote.shown.cost.sheet.total.expected == pytest.approx(total)
    assert total / 0.7 <= quote.shown.price.expected < min(total / 0.7 + 1.0, quote.price.expected)
    rows = dict(line.split(",")[:2] for line in cost_table(tell_quote(quote)).splitlines())
    assert float(rows["price after the coupon"]) == quote.shown.price.expected
    assert float(rows["cost after the coupon: total"]) == pytest.approx(total, rel=1e-5)


def test_only_a_verdict_that_asks_for_a_coupon_has_two_prices(planned: Any, sure: Any) -> None:
    for verdict in ("accept", "refuse"):
        risk = replace(planned.risk, verdict=verdict)
        told = quoted(replace(planned, risk=risk, coupon=None), sure)
        assert told.shown is None
        assert tell_quote(told)["coupon"] is None
    later = planned.coupon.shown
    refused = replace(later, risk=replace(later.risk, verdict="refuse"))
    coupon = replace(planned.coupon, shown=refused)
    assert quoted(replace(planned, coupon=coupon), sure).shown is None


# --- reading a plan back ---


def test_without_a_plan_the_refusal_says_how_to_make_one(short_folder: Path) -> None:
    with pytest.raises(FileError, match=r"holds no plan yet; run `reclad plan"):
        read_planned(short_folder)


def test_a_job_that_changed_since_its_plan_is_not_quoted(short_planned: Path) -> None:
    file = short_planned / "job.toml"
    file.write_text(file.read_text("utf-8").replace('"0.5 mm"', '"0.6 mm"'), "utf-8")
    with pytest.raises(FileError, match=r"was made before job\.toml changed"):
        read_planned(short_planned)


def test_a_program_that_must_not_run_has_no_price(short_folder: Path) -> None:
    from reclad.job import read_job

    job = read_job(short_folder)
    plan = make_short_plan(job)
    fault = SimpleNamespace(note=False)
    plan.verdict = SimpleNamespace(accepted=False, findings=(fault,), program=plan.program)
    save_short_plan(short_folder, plan)
    with pytest.raises(ShopError, match="must not run, so it has no price"):
        read_planned(short_folder)


@pytest.mark.slow
def test_the_stops_of_the_program_are_weighed(folder: Path, planned: Any, monkeypatch: Any) -> None:
    assert "stop_crater" not in [mode.name for mode in planned.risk.modes]
    monkeypatch.setattr("reclad.program.Program.pauses", property(lambda _: 3))
    stopped = read_planned(folder)
    assert stopped.laid.stops == 3
    assert "stop_crater" in [mode.name for mode in stopped.risk.modes]


def test_the_risk_is_that_of_the_plans_own_settings(planned: Any) -> None:
    assert planned.laid.procedure.power == pytest.approx(2000.0)
    assert planned.laid.procedure.feed_rate == pytest.approx(20e-3 / 60)
    assert not planned.laid.qualified
