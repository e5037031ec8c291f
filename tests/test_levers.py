"""What would lower a risk: every way is planned again, sorted, and those closed say why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reclad import levers as levers_module
from reclad.errors import ProcessError
from reclad.foresight import foresee
from reclad.job import HardnessLimit, Service, new_job, read_job, read_material
from reclad.levers import Lever, try_levers
from reclad.process.limits import all_kept
from reclad.risk import Laid, Outcome, Risk, assess

ORDER = {"accept": 0, "coupon first": 1, "refuse": 2, None: 3}


def limited(laid: Laid, highest: str) -> Laid:
    limit = HardnessLimit(zone="heat-affected zone", highest=highest, source="assumed")
    serving = Service(name="trial", limits=(limit,))
    return replace(laid, job=laid.job.model_copy(update={"serving": serving}))


@pytest.fixture(scope="module")
def bearing(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """The shipped bearing, in a service that its hard zone breaks."""
    folder = new_job("bearing", like="bearing", where=tmp_path_factory.mktemp("jobs"))
    return limited(foresee(read_job(folder)), "40 HRC")


@pytest.fixture(scope="module")
def heard() -> list[str]:
    return []


@pytest.fixture(scope="module")
def tried(bearing: Laid, heard: list[str]) -> tuple[Lever, ...]:
    return try_levers(bearing, say=heard.append)


def of(tried: tuple[Lever, ...], name: str) -> list[Lever]:
    return [lever for lever in tried if lever.name == name]


def chance(risk: Risk, kind: str) -> float:
    return next(mode.told.chance for mode in risk.modes if mode.name == kind)


@pytest.mark.slow
def test_the_ways_that_keep_most_parts_come_first(tried) -> None:
    keys = [(ORDER[lever.risk.verdict if lever.risk else None], lever.loss) for lever in tried]
    assert keys == sorted(keys)
    assert tried[0].loss < tried[-1].loss
    assert {lever.name for lever in tried} == {
        "preheat", "post-heat", "slow cooling", "temper layer", "power", "powder", "coupon"
    }  # fmt: skip


@pytest.mark.slow
def test_each_way_is_announced_before_it_is_tried(tried, heard) -> None:
    assert len(heard) == len(tried)
    assert all(any(str(lever.change) in line for line in heard) for lever in tried[:-1]
               if lever.name != "coupon")  # fmt: skip


@pytest.mark.slow
def test_a_preheat_is_the_whole_job_planned_and_weighed_again(bearing: Laid, tried) -> None:
    (lever,) = of(tried, "preheat")  # 250 degC and 100 K more; 450 degC would leave no room
    warm = bearing.job.model_copy(update={"preheat": bearing.job.preheat + 100.0})
    again = assess(foresee(warm, seed=bearing.seed))
    assert lever.risk.loss == again.loss
    assert lever.risk.damage == again.damage
    assert lever.risk.verdict == again.verdict
    now = assess(bearing)
    assert chance(again, "cold_cracking") < chance(now, "cold_cracking")
    assert str(lever.change) == "preheat 350 degC"


@pytest.mark.slow
def test_no_preheat_comes_nearer_than_50_k_to_the_inter_pass_limit(bearing: Laid) -> None:
    limits = bearing.job.limits.model_copy(update={"interpass_max": bearing.job.preheat + 149.0})
    closed = replace(bearing, job=bearing.job.model_copy(update={"limits": limits}))
    names = [name for name, *_ in levers_module._ways(closed)]
    assert "preheat" not in names
    assert "power" in names


@pytest.mark.slow
def test_a_furnace_lowers_the_hardness_and_so_the_chance(bearing: Laid, tried) -> None:
    now, colder, hotter = (
        assess(bearing), *sorted((lever.risk for lever in of(tried, "post-heat")),
                                 key=lambda risk: -float(np.median(risk.evidence.last.hardest))),
    )  # fmt: skip
    middle = [np.median(risk.evidence.last.hardest) for risk in (hotter, colder, now)]
    assert middle[0] < middle[1] < middle[2] - 300.0
    for risk in (colder, hotter):
        assert chance(risk, "hard_zone") < 0.05 < chance(now, "hard_zone")
        assert (now.verdict, risk.verdict) == ("refuse", "coupon first")
        assert risk.loss.middle < now.loss.middle


@pytest.mark.slow
def test_slow_cooling_softens_the_zone_before_it_is_cold(bearing: Laid, tried) -> None:
    (lever,) = of(tried, "slow cooling")
    now, risk = assess(bearing), lever.risk
    assert np.median(risk.evidence.last.cooled) < np.median(now.evidence.last.cooled) - 60.0
    assert chance(risk, "cold_cracking") < 0.8 * chance(now, "cold_cracking")
    assert str(lever.change) == "slow cooling from 300 degC over 8 h"


@pytest.mark.slow
def test_one_layer_more_of_the_same_beads_tempers_the_zone_at_the_end(bearing: Laid, tried) -> None:
    (lever,) = of(tried, "temper layer")
    now = assess(bearing).evidence
    assert str(lever.change) == "2 layers instead of 1"
    # Nothing else tempers the zone under the last bead of a layer.
    again = lever.risk.evidence.last
    assert np.median(again.hardest) < np.median(now.last.hardest) - 1.0
    assert np.median(again.quenched) == pytest.approx(np.median(now.last.quenched), rel=0.03)
    thin = replace(bearing, procedure=replace(bearing.procedure, layers=4))
    assert "temper layer" not in [name for name, *_ in levers_module._ways(thin)]
    clad = bearing.job.model_copy(update={"parent": read_material("316L")})
    names = [name for name, *_ in levers_module._ways(replace(bearing, job=clad))]
    assert "temper layer" not in names


@pytest.mark.slow
def test_a_temper_layer_is_allowed_the_metal_that_is_turned_off_again(bearing: Laid) -> None:
    ways = {name: job for name, _, job, _ in levers_module._ways(bearing)}
    job, settings = ways["temper layer"], bearing.procedure
    assert job.procedure.layers == settings.layers + 1
    assert job.procedure.power == settings.power
    again = foresee(job, seed=bearing.seed)
    assert replace(again.procedure, layers=1, interpass=settings.interpass) == settings
    assert again.kept["excess"].mean() > 0.93 < bearing.kept["excess"].mean()
    assert again.kept["thickness"].all()


@pytest.mark.slow
def test_every_way_changes_the_numbers_it_should(bearing: Laid, tried) -> None:
    losses = [lever.loss for lever in tried if lever.risk and lever.name != "post-heat"]
    assert len(set(losses)) == len(losses)
    for lever in of(tried, "power"):
        fusion = chance(lever.risk, "lack_of_fusion")
        assert fusion != chance(assess(bearing), "lack_of_fusion")
    told = {str(lever.change): lever.risk for lever in of(tried, "powder")}
    assert "powder 316L" not in told
    assert chance(told["powder IN718"], "hot_cracking") == pytest.approx(0.02)
    assert chance(told["powder WC60-NiCrBSi40"], "hard_phase_cracking") > 0.05


@pytest.mark.slow
def test_a_coupon_leaves_only_draws_that_keep_every_limit(bearing: Laid, tried) -> None:
    (lever,) = of(tried, "coupon")
    good = int(all_kept(bearing.kept).sum())
    assert 16 <= good < len(bearing.draws)
    for kind in ("lack_of_fusion", "over_dilution", "too_little_metal"):
        assert chance(lever.risk, kind) == pytest.approx(0.5 / good)
    assert lever.risk.evidence.last.hardest.size == good
    assert lever.risk.evidence.warping.bow.size == good
    assert f"{100 * good / len(bearing.draws):.2g} %" in str(lever.takes)
    assert "no trials" not in "".join(map(str, lever.risk.reasons))


@pytest.mark.slow
def test_a_coupon_is_weighed_with_its_own_draws_and_their_own_heat(bearing, monkeypatch) -> None:
    weighed = []

    def watch(laid: Laid, outcomes=()) -> Risk:
        weighed.append(laid)
        return assess(laid, outcomes)

    monkeypatch.setattr(levers_module, "_ways", lambda _: iter(()))
    monkeypatch.setattr(levers_module, "assess", watch)
    try_levers(bearing)
    good, (seen,) = all_kept(bearing.kept), weighed
    assert seen.draws.absorptivity.tolist() == bearing.draws.absorptivity[good].tolist()
    assert seen.history.interpass.tolist() == bearing.history.interpass[good].tolist()
    assert seen.qualified


@pytest.mark.slow
def test_a_better_verdict_goes_before_a_smaller_loss(bearing: Laid, monkeypatch) -> None:
    now = assess(bearing)
    found = iter([("refuse", 0.01), ("coupon first", 0.03), ("accept", 0.2), ("refuse", 0.005)])

    def foretell(*_) -> Risk:
        verdict, loss = next(found)
        return replace(now, verdict=verdict, loss=replace(now.loss, middle=loss))

    ways = ((f"way {n}", "", bearing.job, "") for n in range(3))
    monkeypatch.setattr(levers_module, "_ways", lambda _: ways)
    monkeypatch.setattr(levers_module, "foresee", lambda job, **_: replace(bearing, job=job))
    monkeypatch.setattr(levers_module, "assess", foretell)
    assert [lever.name for lever in try_levers(bearing)] == ["way 2", "way 1", "coupon", "way 0"]


@pytest.mark.slow
def test_a_coupon_that_could_hardly_succeed_is_not_offered(bearing: Laid, monkeypatch) -> None:
    few = np.arange(len(bearing.draws)) < 15
    laid = replace(bearing, kept=bearing.kept | {"seam": few})
    monkeypatch.setattr(levers_module, "_ways", lambda _: iter(()))
    good = int(all_kept(laid.kept).sum())
    (lever,) = try_levers(laid)
    assert (lever.risk, lever.loss) == (None, 1.0)
    assert f"only {good} of 256 draws keep every limit" in str(lever.takes)


@pytest.mark.slow
def test_a_way_that_is_closed_says_why_and_comes_last(bearing: Laid, monkeypatch) -> None:
    def refuse(job, **_):
        raise ProcessError(f"nothing can be chosen at {job.preheat:.0f} K; preheat less")

    monkeypatch.setattr(levers_module, "foresee", refuse)
    tried = try_levers(bearing)
    assert tried[0].name == "coupon"
    assert len(tried) > 5
    for lever in tried[1:]:
        assert lever.risk is None
        assert lever.loss == 1.0
        assert "nothing can be chosen at" in str(lever.takes)


@pytest.mark.slow
def test_trials_stand_behind_other_settings_but_not_behind_other_metals(bearing, monkeypatch):
    monkeypatch.setattr(levers_module, "foresee", lambda job, **_: replace(bearing, job=job))
    tried = try_levers(replace(bearing, qualified=True))
    for lever in tried:
        untried = "no trials of these metals" in "".join(map(str, lever.risk.reasons))
        assert untried == (lever.name == "powder")


@pytest.mark.slow
def test_outcomes_of_the_shop_count_for_every_way(bearing: Laid, monkeypatch) -> None:
    monkeypatch.setattr(levers_module, "foresee", lambda job, **_: replace(bearing, job=job))
    bad = [Outcome({"over_dilution": 0.05}, frozenset({"over_dilution"}))] * 20
    for plain, told in zip(
        sorted(try_levers(bearing), key=lambda lever: str(lever.change)),
        sorted(try_levers(bearing, bad), key=lambda lever: str(lever.change)),
        strict=True,
    ):
        assert plain.change == told.change
        assert told.loss > plain.loss


@pytest.mark.slow
def test_no_furnace_where_one_is_planned_or_the_parent_does_not_harden(bearing: Laid) -> None:
    furnace = bearing.job.treatment.model_copy(update={"post_heat": 900.0})
    for job in (
        bearing.job.model_copy(update={"treatment": furnace}),
        bearing.job.model_copy(update={"parent": read_material("316L")}),
    ):
        names = [name for name, *_ in levers_module._ways(replace(bearing, job=job))]
        assert "post-heat" not in names


@pytest.mark.slow
def test_a_power_that_the_shop_fixed_or_the_laser_cannot_give_is_no_way(bearing: Laid) -> None:
    pins = bearing.job.procedure.model_copy(update={"power": 2000.0})
    pinned = replace(bearing, job=bearing.job.model_copy(update={"procedure": pins}))
    assert "power" not in [name for name, *_ in levers_module._ways(pinned)]
    most = bearing.job.cell.laser.power_max
    full = replace(bearing, procedure=replace(bearing.procedure, power=most))
    powers = [str(change) for name, change, *_ in levers_module._ways(full) if name == "power"]
    assert powers == [f"power {0.9 * most / 1e3:.3g} kW"]
