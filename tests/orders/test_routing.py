"""From a planned job to its steps: the program's times, the price file's, and the shop's own."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reclad.errors import FileError, JobError, ShopError
from reclad.job import Treatment
from reclad.orders import read_shop, route_repair
from reclad.orders.durations import cooling_time, furnace_times, outer_area, reckon, split_chips
from reclad.orders.routing import _steps, changed_since, expect_machines, whole_minutes
from reclad.shop import Hours, read_prices
from reclad.shop.draws import expected_prices
from reclad.shop.job_use import furnace_time, part_mass, use_of


@pytest.fixture(scope="module")
def listed() -> Any:
    return read_prices("desert-shop")


@pytest.fixture(scope="module")
def routed(ordered_folder, shop) -> Any:
    return route_repair(ordered_folder, shop)


def with_job(planned: Any, **changes: Any) -> Any:
    return replace(planned, job=planned.job.model_copy(update=changes))


def by_process(route: Any) -> dict[str, Any]:
    return {step.process: step for step in route.steps}


@pytest.mark.slow
def test_a_repair_goes_from_receiving_to_its_certificate(routed, short_read) -> None:
    assert [step.process for step in routed.steps] == [
        "receive", "strip", "clad", "cool", "turn", "inspect", "certificate"
    ]  # fmt: skip
    assert routed.powder == "IN625"
    assert routed.powder_mass == short_read.program.powder_mass
    assert routed.job_sha256 == short_read.job.sources["job.toml"]
    assert len(routed.plan_sha256) == 64


@pytest.mark.slow
def test_nothing_that_the_program_or_the_price_file_tells_is_typed_again(
    routed, short_read, listed
) -> None:
    use = use_of(short_read, expected_prices(listed), Hours(), np.arange(256))
    steps = by_process(routed)
    assert steps["clad"].minutes == whole_minutes(3600 + short_read.program.total_time)
    assert steps["turn"].minutes == whole_minutes(float(use.machining_time.mean()))
    assert steps["inspect"].minutes == 30
    assert steps["clad"].share == 90
    assert (steps["clad"].cell, steps["clad"].family) == ("x-axial-4kw", "IN625")
    assert steps["clad"].skill == "clad IN625"
    assert steps["cool"].kind == steps["cool"].skill == ""
    # Set-up of 1 h +- 30 % beside a program whose time is known.
    assert steps["clad"].spread == pytest.approx(
        0.3 * 3600 / (3600 + short_read.program.total_time)
    )


@pytest.mark.slow
def test_a_job_without_a_plan_has_no_route(short_folder, shop) -> None:
    with pytest.raises(FileError, match="holds no plan yet; run `reclad plan"):
        route_repair(short_folder, shop)


@pytest.mark.slow
def test_a_hot_job_takes_the_furnace_as_the_quote_reckons_it(short_read, shop, listed) -> None:
    treatment = Treatment.model_construct(
        slow_cooling=673.15, slow_cooling_time=6 * 3600.0, post_heat=823.15, post_heat_time=7200.0
    )
    hot = with_job(short_read, preheat=473.15, treatment=treatment)
    prices = expected_prices(listed)
    preheat, slow, post = furnace_times(hot.job, prices)
    assert preheat + slow + post == pytest.approx(furnace_time(hot.job, prices))
    assert slow == 6 * 3600
    assert post > 7200
    times = reckon(hot, shop, listed, "turn")
    assert times["post_heat"].seconds == pytest.approx(post)
    steps = {step.process: step for step in _steps(hot, shop, times, 90)}
    assert [*steps][2:7] == ["preheat", "clad", "slow_cool", "post_heat", "cool"]
    assert steps["preheat"].family == "preheat 200 degC"
    assert steps["slow_cool"].family == "slow cool 400 degC 6 h"
    assert steps["post_heat"].family == "post heat 550 degC 2 h"
    assert {steps[name].kind for name in ("preheat", "slow_cool", "post_heat")} == {"furnace"}
    # A hot part waits at most half an hour for the cladder, and for the furnace after it.
    assert {name: step.most for name, step in steps.items() if step.most is not None} == {
        "clad": 30, "slow_cool": 30
    }  # fmt: skip


@pytest.mark.slow
def test_a_part_cools_as_one_body_in_still_air(short_read, shop) -> None:
    job = short_read.job
    hot = np.full_like(short_read.laid.history.interpass, 423.15)
    history = replace(short_read.laid.history, interpass=hot)
    warm = replace(short_read, laid=replace(short_read.laid, history=history))
    seconds = cooling_time(warm, shop)
    # Euler steps of m c dT/dt = -h A (T - Ta), with the same specific heat.
    heat = job.parent.specific_heat
    specific = np.interp(np.linspace(318.15, 423.15, 20), heat.at, heat.value).mean()
    at, dt = 423.15, 1.0
    steps = 0
    while at > 318.15:
        at -= dt * 12.0 * outer_area(job) * (at - job.ambient) / (part_mass(job) * specific)
        steps += 1
    assert seconds == pytest.approx(steps, rel=2e-3)


@pytest.mark.slow
def test_a_part_that_is_cool_enough_does_not_wait(short_read, shop) -> None:
    cold = np.full_like(short_read.laid.history.interpass, 310.0)
    history = replace(short_read.laid.history, interpass=cold)
    cool = replace(short_read, laid=replace(short_read.laid, history=history))
    assert cooling_time(cool, shop) == 0.0
    assert "cool" not in reckon(cool, shop, read_prices("desert-shop"), "turn")


@pytest.mark.slow
def test_in_a_shop_hotter_than_hands_bear_nothing_cools(short_read, shop) -> None:
    desert = with_job(short_read, ambient=323.15)
    with pytest.raises(ShopError, match="45 degC is never reached in a shop of 50 degC"):
        cooling_time(desert, shop)


@pytest.mark.slow
def test_turning_leaves_a_ring_for_grinding(short_read, shop) -> None:
    chips = 1.0
    assert split_chips(short_read, shop, chips, "turn") == (1.0, 0.0)
    assert split_chips(short_read, shop, chips, "grind") == (0.0, 1.0)
    turned, ground = split_chips(short_read, shop, chips, "turn and grind")
    assert turned + ground == pytest.approx(chips)
    deposit, density = short_read.laid.deposit, short_read.job.clad.density.value
    ring = 2 * math.pi * deposit.target_radius.mean() * deposit.length * 0.15e-3 * density
    assert ground == pytest.approx(ring)
    assert split_chips(short_read, shop, 0.5 * ring, "turn and grind") == (0.0, 0.5 * ring)


@pytest.mark.slow
def test_what_is_ground_takes_the_grinder_and_its_rate(ordered_folder, shop, short_read) -> None:
    steps = by_process(route_repair(ordered_folder, shop, "grind"))
    assert "turn" not in steps
    assert steps["grind"].kind == "grinder"
    chips = use_of(
        short_read, expected_prices(read_prices("desert-shop")), Hours(), np.arange(256)
    ).machining_time.mean() * 1.5 / 3600  # fmt: skip
    assert steps["grind"].minutes == whole_minutes(1800 + chips / (0.3 / 3600))
    both = by_process(route_repair(ordered_folder, shop, "turn and grind"))
    assert {"turn", "grind"} <= both.keys()


@pytest.mark.slow
def test_a_clad_too_hard_to_turn_is_ground(ordered_folder, shop_text, tmp_path) -> None:
    (tmp_path / "shop.toml").write_text(shop_text.replace('"450 HV"', '"150 HV"'), "utf-8")
    soft = route_repair(ordered_folder, read_shop(tmp_path))
    assert soft.finish == "grind"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('cell = "x-axial-4kw"', 'cell = "other"', 'no cladder of cell "x-axial-4kw"'),
        ('"IN625", ', "", "nobody is authorised for the step clad IN625"),
        ('kind = "lathe"', 'kind = "bench"', "no lathe for the step strip"),
    ],
)
def test_a_step_that_the_shop_cannot_do_is_named(shop_text, tmp_path, old, new, says) -> None:
    from reclad.orders.routing import Step

    (tmp_path / "shop.toml").write_text(shop_text.replace(old, new), "utf-8")
    steps = (
        Step("strip", 60, 0.0, 0.0, "lathe", skill="strip"),
        Step("clad", 60, 0.0, 0.0, "cladder", "x-axial-4kw", "IN625", "clad IN625"),
    )
    with pytest.raises(JobError, match=says):
        expect_machines(read_shop(tmp_path), steps)


def test_a_pipe_is_cooled_inside_and_outside() -> None:
    row = SimpleNamespace(position=0.0, worn=0.2, finished=0.2)
    part = {"length": 1.0, "caliper": (row, row), "width": 0.3}
    pipe = SimpleNamespace(**part, shape="pipe", flat=False, across=0.02)
    shaft = SimpleNamespace(**part, shape="shaft", flat=False, across=0.1)
    plate = SimpleNamespace(**part, shape="plate", flat=True, across=0.2)
    assert outer_area(SimpleNamespace(part=pipe)) == pytest.approx(2 * math.pi * (0.1 + 0.08))
    assert outer_area(SimpleNamespace(part=shaft)) == pytest.approx(
        2 * math.pi * 0.1 + 2 * math.pi * 0.1**2
    )
    assert outer_area(SimpleNamespace(part=plate)) == pytest.approx(
        2 * (0.3 * 1.0 + 0.2 * 0.3 + 0.2 * 1.0)
    )


def test_a_step_takes_whole_minutes() -> None:
    assert [whole_minutes(s) for s in (0.0, 1.0, 60.0, 60.0 + 1e-9, 61.0)] == [0, 1, 1, 1, 2]


def test_an_ordered_job_that_changed_since_is_noticed(tmp_path) -> None:
    import hashlib

    (tmp_path / "plan").mkdir()
    job, plan = tmp_path / "job.toml", tmp_path / "plan" / "manifest.json"
    job.write_text("one")
    plan.write_text("two")
    known = [hashlib.sha256(text).hexdigest() for text in (b"one", b"two")]
    assert changed_since(tmp_path, *known) == ""
    plan.write_text("three")
    assert changed_since(tmp_path, *known) == "its plan has changed"
    job.write_text("three")
    assert changed_since(tmp_path, *known) == "job.toml has changed"
    job.unlink()
    assert changed_since(tmp_path, *known) == "job.toml is gone"
    assert changed_since(plan, hashlib.sha256(b"three").hexdigest(), "") == ""
