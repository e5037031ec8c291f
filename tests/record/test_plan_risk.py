"""The risk of a plan stands in its report and numbers, in both languages, or why it does not."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_view import fake_view

from reclad.foresight import foresee
from reclad.job import HardnessLimit, Service, new_job, read_job
from reclad.record import render_report
from reclad.record._fill_risk import fill_risk
from reclad.record._risk_views import NoRiskView, RiskView
from reclad.record.names import DAMAGES, VERDICTS
from reclad.record.plan_risk import PlanRisk, tell_plan_risk, weigh_plan
from reclad.record.risk import told, words_of
from reclad.record.views import VerdictView
from reclad.risk import Interval
from reclad.risk.said import Said


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """What the risk needs of a plan: the shipped bearing, foreseen."""
    folder = new_job("seat", like="bearing", where=tmp_path_factory.mktemp("jobs"))
    laid = foresee(read_job(folder))
    return SimpleNamespace(
        job=laid.job,
        case=laid.case,
        deposit=laid.deposit,
        choice=SimpleNamespace(procedure=laid.procedure),
        draws=laid.draws,
        history=laid.history,
        kept=laid.kept,
        program=SimpleNamespace(pauses=0),
        trials=0,
        seed=laid.seed,
    )


def with_job(plan: SimpleNamespace, **changes: Any) -> SimpleNamespace:
    return SimpleNamespace(**(vars(plan) | {"job": plan.job.model_copy(update=changes)}))


@pytest.fixture(scope="module")
def weighed(plan: SimpleNamespace) -> PlanRisk:
    return weigh_plan(plan)


@pytest.fixture(scope="module")
def hard(plan: SimpleNamespace) -> PlanRisk:
    """The same in a service that limits the zone and the clad."""
    limits = tuple(
        HardnessLimit(zone=zone, highest=highest, source="assumed")
        for zone, highest in (("HAZ", "300 HV"), ("clad", "500 HV"))
    )
    return weigh_plan(with_job(plan, serving=Service(name="trial", limits=limits)))


@pytest.fixture(scope="module")
def hot_furnace(plan: SimpleNamespace) -> PlanRisk:
    """The same with a furnace in which the parent hardens again."""
    treatment = plan.job.treatment.model_copy(
        update={"post_heat": 1173.15, "post_heat_time": 7200.0}
    )
    return weigh_plan(with_job(plan, treatment=treatment))


def page_of(weighed: PlanRisk) -> str:
    return render_report(replace(fake_view(), risk=fill_risk(weighed)))


def section_of(page: str) -> str:
    return page[page.index("Risk of damage</span>") : page.index("Process window")]


def test_the_risk_is_that_of_the_plans_own_draws_and_stops(
    plan: SimpleNamespace, weighed: PlanRisk
) -> None:
    assert weighed.risk.verdict == "coupon first"
    assert "stop_crater" not in {mode.name for mode in weighed.risk.modes}
    stopped = SimpleNamespace(**(vars(plan) | {"program": SimpleNamespace(pauses=3)}))
    modes = {mode.name: mode.told for mode in weigh_plan(stopped).risk.modes}
    assert modes["stop_crater"].chance == pytest.approx(1 - 0.995**3)


def test_trials_that_stand_behind_the_plan_stand_behind_its_risk(plan: SimpleNamespace) -> None:
    untried = [str(reason) for reason in weigh_plan(plan).risk.reasons]
    tried = SimpleNamespace(**(vars(plan) | {"trials": 9}))
    assert len(untried) - len(weigh_plan(tried).risk.reasons) == 1
    assert "no trials" in untried[0]


def test_weighing_costs_less_than_a_second(plan: SimpleNamespace, weighed: PlanRisk) -> None:
    before = time.process_time()
    weigh_plan(plan)
    assert time.process_time() - before < 1.0


def test_the_same_plan_gives_the_same_bytes(plan: SimpleNamespace, weighed: PlanRisk) -> None:
    again = weigh_plan(plan)
    assert json.dumps(tell_plan_risk(again)) == json.dumps(tell_plan_risk(weighed))
    assert page_of(again) == page_of(weighed)


def test_every_number_of_the_risk_has_its_unit_and_interval(hard: PlanRisk) -> None:
    numbers = tell_plan_risk(hard)
    found = [numbers["loss"], numbers["damage"], *numbers["hardness"].values()]
    found += [one[key] for one in numbers["modes"].values() for key in ("chance", "loss")]
    assert len(found) > 10
    for one in found:
        assert one.keys() == {"value", "unit", "p05", "p50", "p95"}
        assert one["p05"] <= one["p50"] == one["value"] <= one["p95"]
        assert one["unit"] in ("%", "HV")
    assert numbers["verdict"] == "refuse"
    assert numbers["binding"] in numbers["modes"]


def test_the_head_of_the_report_says_verdict_loss_and_what_costs_most(weighed: PlanRisk) -> None:
    risk, page = weighed.risk, page_of(weighed)
    head = page[page.index('class="verdict') : page.index("What would make it surer")]
    loss = told(risk.loss).replace(" ", "\N{NO-BREAK SPACE}")
    for words in (f"Risk of damage: {VERDICTS[risk.verdict]}.", "损伤风险：先做试件。", loss,
                  f"most by: {DAMAGES[risk.binding]}."):  # fmt: skip
        assert words in head


def test_the_section_names_every_damage_and_reason_in_both_languages(hard: PlanRisk) -> None:
    page = section_of(page_of(hard))
    for mode in hard.risk.modes:
        assert DAMAGES[mode.name] in page
        assert words_of(mode.told.why).zh in page
        for chance in (mode.chance, mode.lost):
            shown = told(chance).replace(" ", "\N{NO-BREAK SPACE}")
            assert re.sub("[<>]", lambda m: {"<": "&lt;", ">": "&gt;"}[m[0]], shown) in page
    for reason in hard.risk.reasons:
        words = words_of(reason)
        for text in (words.en, words.zh):
            assert text.replace(">", "&gt;") in page
    assert "reclad assess" in page


def test_hardness_stands_where_a_limit_is_held_against_it(
    weighed: PlanRisk, hard: PlanRisk
) -> None:
    assert fill_risk(weighed).hardness == ()
    assert "Hardness against the service" not in section_of(page_of(weighed))
    rows = {row.place.en: row for row in fill_risk(hard).hardness}
    assert rows["Zone under the last bead"].limit == "300 HV"
    assert rows["Zone under the last bead"].hardness.mid > 300.0
    assert rows["Clad as laid, not diluted"].limit == "500 HV"
    page = section_of(page_of(hard))
    assert "300 HV" in page
    assert "最后一道熔道下的热影响区" in page


def test_where_it_cannot_be_weighed_the_report_says_why(hot_furnace: PlanRisk) -> None:
    assert hot_furnace.risk is None
    assert tell_plan_risk(hot_furnace)["verdict"] is None
    assert "post_heat 900 degC is not under" in tell_plan_risk(hot_furnace)["why_not"]
    assert isinstance(fill_risk(hot_furnace), NoRiskView)
    page = page_of(hot_furnace)
    assert page.count("post_heat 900 degC is not under") == 2
    assert "损伤风险：未予评定。" in page


def test_sections_are_numbered_through_with_and_without_a_risk(weighed: PlanRisk) -> None:
    for page in (page_of(weighed), render_report(fake_view())):
        numbers = [int(no) for no in re.findall(r'<span class="no">(\d+)</span>', page)]
        assert numbers == list(range(1, len(numbers) + 1))
    assert "Risk of damage" not in render_report(fake_view())


def test_a_plan_whose_risk_is_not_borne_is_never_shown_as_sure(weighed: PlanRisk) -> None:
    sure = replace(fake_view(), verdict=VerdictView("qualified", 0.95, 0.9))
    borne = replace(fill_risk(weighed), accepted=True)
    assert isinstance(borne, RiskView)
    assert '<div class="verdict">' in render_report(replace(sure, risk=borne))
    for risk in (replace(borne, accepted=False), fill_risk(PlanRisk(None, "no furnace"))):
        assert '<div class="verdict short">' in render_report(replace(sure, risk=risk))


def test_a_chance_whose_ends_read_the_same_is_told_once() -> None:
    assert told(Interval(0.999, 0.9995, 1.0)) == ">99 %"
    assert told(Interval(0.5, 0.5, 0.5)) == "50 %"
    assert told(Interval(0.07, 0.12, 0.2)) == "12 % (7.0–20)"


def test_a_size_against_its_tolerance_is_named_in_both_languages() -> None:
    words = words_of(Said("{figure} against its tolerance", {"figure": "bow"}))
    assert words.en == "Bow against its tolerance"
    assert words.zh == "弯曲 对照公差"


@pytest.mark.slow
def test_a_written_plan_holds_its_risk(planned_folder: Path) -> None:
    numbers = json.loads((planned_folder / "plan" / "plan.json").read_text("utf-8"))["risk"]
    page = (planned_folder / "plan" / "report.html").read_text("utf-8")
    assert numbers["verdict"] == "coupon first"
    assert f"most by: {DAMAGES[numbers['binding']]}." in page
    assert f"{numbers['loss']['value']:.0f}\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}(" in page
