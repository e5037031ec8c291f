"""Verdicts of repairs: refused for a reason, coupon first, or accepted; and what a shop's own
outcomes do to the chances."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import RiskError
from reclad.foresight import foresee
from reclad.job import Hardness, HardnessLimit, Service, new_job, read_job, read_material
from reclad.process.limits import all_kept
from reclad.risk import Laid, Outcome, Risk, assess
from reclad.risk.assess import SEEN_ON_COUPON
from reclad.risk.modes import weigh_modes
from reclad.risk.service_limits import in_vickers


def example(like: str, where: Path, **lines: str):
    """A shipped example with some lines of its job.toml changed or put first."""
    path = new_job(like, like=like, where=where) / "job.toml"
    text = path.read_text("utf-8")
    for key, value in lines.items():
        text, found = re.subn(f'^{key} = "[^"]*"', f'{key} = "{value}"', text, flags=re.MULTILINE)
        if not found:
            text = f'{key} = "{value}"\n{text}'
    path.write_text(text, "utf-8")
    return read_job(path.parent)


@pytest.fixture(scope="module")
def bearing(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    return foresee(example("bearing", tmp_path_factory.mktemp("jobs")))


@pytest.fixture(scope="module")
def stainless(bearing: Laid) -> Laid:
    """The bearing of another parent, which neither hardens nor has known stiffness: quick."""
    return foresee(bearing.job.model_copy(update={"parent": read_material("316L")}))


@pytest.fixture(scope="module")
def as_found(bearing: Laid) -> Risk:
    return assess(bearing)


def with_job(laid: Laid, **changes) -> Laid:
    return replace(laid, job=laid.job.model_copy(update=changes))


def with_hazards(laid: Laid, **changes) -> Laid:
    return with_job(laid, hazards=laid.job.hazards.model_copy(update=changes))


def with_mode(laid: Laid, name: str, **changes) -> Laid:
    """One kind of damage declared otherwise."""
    modes = [
        one.model_copy(update=changes) if one.mode == name else one
        for one in laid.job.hazards.modes
    ]
    return with_hazards(laid, modes=tuple(modes))


def limited(laid: Laid, *highest: str, exception: bool = False) -> Laid:
    limits = [
        HardnessLimit(zone="HAZ", highest=one, exception=exception, source="assumed")
        for one in highest
    ]
    return with_job(laid, serving=Service(name="trial", limits=tuple(limits)))


def proven(laid: Laid) -> Laid:
    """As it stands once trials have shown beads that keep every limit."""
    good = np.flatnonzero(all_kept(laid.kept))
    return replace(
        laid,
        draws=laid.draws.rows(good),
        history=replace(laid.history, interpass=laid.history.interpass[good]),
        kept={name: kept[good] for name, kept in laid.kept.items()},
        qualified=True,
    )


def said(risk: Risk) -> str:
    return "\n".join(str(one) for one in risk.reasons)


def judged(risk: Risk) -> dict:
    return {mode.name: mode for mode in risk.modes}


def test_an_untried_repair_wants_a_coupon_first(as_found: Risk) -> None:
    assert as_found.verdict == "coupon first"
    assert "no trials of these metals and settings" in said(as_found)
    assert "the part is lost with a chance of" in said(as_found)
    assert as_found.loss.low <= as_found.loss.middle <= as_found.loss.high
    assert as_found.loss.middle < as_found.damage.middle


def test_what_binds_is_the_kind_of_damage_that_costs_most_parts(as_found: Risk) -> None:
    lost = {m.name: m.chance.middle * m.told.mode.lost for m in as_found.modes}
    assert as_found.binding == max(lost, key=lost.get)
    for mode in as_found.modes:
        assert mode.lost.middle == pytest.approx(lost[mode.name])


def test_the_binding_kind_is_not_always_the_likeliest(bearing: Laid) -> None:
    risk = assess(
        with_mode(with_mode(bearing, "lack_of_fusion", lost=0.0), "cold_cracking", lost=1)
    )
    assert risk.binding == "cold_cracking"
    assert max(risk.modes, key=lambda mode: mode.chance.middle).name != "cold_cracking"


def test_trials_and_beads_that_keep_every_limit_make_it_accepted(bearing: Laid) -> None:
    risk = assess(proven(bearing))
    assert (risk.verdict, risk.reasons) == ("accept", ())
    assert risk.loss.middle <= bearing.job.hazards.bearable
    untried = assess(replace(proven(bearing), qualified=False))
    assert untried.verdict == "coupon first"
    assert len(untried.reasons) == 1


def test_more_loss_than_is_borne_is_not_accepted_whatever_trials_say(bearing: Laid) -> None:
    risk = assess(with_hazards(proven(bearing), bearable=0.001))
    assert risk.verdict == "coupon first"
    assert "over the 0.1 % that is borne" in said(risk)


def test_hardened_42crmo4_in_sour_service_is_refused_for_its_hardness(bearing: Laid) -> None:
    risk = assess(limited(proven(bearing), "250 HV", "22 HRC"))
    assert risk.verdict == "refuse"
    assert "breaks the hardness limit of service trial" in str(risk.reasons[0])
    assert "over 5 %" in str(risk.reasons[0])
    assert risk.binding == "hard_zone"


@pytest.mark.parametrize(("highest", "verdict"), [("999 HV", "accept"), ("700 HV", "refuse")])
def test_the_gate_of_a_hardness_limit_is_the_chance_of_breaking_it(
    bearing: Laid, highest: str, verdict: str
) -> None:
    laid = limited(proven(bearing), highest)
    hard = judged(assess(laid))["hard_zone"].told
    assert hard.figure is not None
    broken = float((hard.figure.values > int(highest[:3])).mean())
    least = 0.5 / len(laid.draws)  # a chance that no draw shows is not nought
    assert hard.chance == pytest.approx(np.clip(broken, least, 1 - least))
    assert (hard.chance > laid.job.hazards.gate) == (verdict == "refuse")
    assert assess(laid).verdict == verdict


def test_a_limit_that_holds_only_by_agreement_is_no_limit(bearing: Laid) -> None:
    risk = assess(limited(proven(bearing), "275 HV10", exception=True))
    assert "hard_zone" not in judged(risk)
    assert risk.verdict == "accept"


def test_a_furnace_softens_the_zone_but_comes_too_late_for_cold_cracks(bearing: Laid) -> None:
    furnace = bearing.job.treatment.model_copy(
        update={"post_heat": 913.15, "post_heat_time": 7200.0}
    )
    before = limited(proven(bearing), "40 HRC")
    after = with_job(before, treatment=furnace)
    hot, cold = judged(assess(after)), judged(assess(before))
    assert hot["hard_zone"].told.chance < 0.05 < cold["hard_zone"].told.chance
    assert hot["cold_cracking"].told.chance == pytest.approx(cold["cold_cracking"].told.chance)
    assert assess(after).verdict == "accept"


def test_hardness_of_a_parent_that_is_not_reckoned_is_never_accepted(stainless: Laid) -> None:
    free, held = proven(stainless), limited(proven(stainless), "999 HV")
    assert assess(free).verdict == "accept"
    risk = assess(held)
    assert risk.verdict == "coupon first"
    assert "not reckoned for 316L" in said(risk)
    assert "no low-alloy steel" in str(risk.evidence.notes[0])
    assert risk.evidence.last is risk.evidence.warping is None


def test_kinds_of_damage_multiply_as_independent(bearing: Laid) -> None:
    # Shops that hardly differ leave only the product.
    modes = [one.model_copy(update={"between_shops": 0.001}) for one in bearing.job.hazards.modes]
    risk = assess(replace(with_hazards(bearing, modes=tuple(modes)), stops=2))
    chances = np.array([mode.told.chance for mode in risk.modes])
    lost = np.array([mode.told.mode.lost for mode in risk.modes])
    assert risk.damage.middle == pytest.approx(1 - np.prod(1 - chances), abs=1e-3)
    assert risk.loss.middle == pytest.approx(1 - np.prod(1 - lost * chances), abs=1e-3)
    hidden = [m.told.chance for m in risk.modes if m.name not in SEEN_ON_COUPON]
    assert len(hidden) == 2  # cold cracks and stop craters
    assert risk.unseen == pytest.approx(1 - np.prod(1 - np.array(hidden)), abs=1e-3)


def test_a_kind_left_out_of_the_list_is_not_judged(bearing: Laid) -> None:
    kept = tuple(m for m in bearing.job.hazards.modes if m.mode != "cold_cracking")
    assert "cold_cracking" not in judged(assess(with_hazards(bearing, modes=kept)))


def test_a_list_without_the_hard_zone_never_lets_a_hardness_limit_be_accepted(
    bearing: Laid,
) -> None:
    good = proven(limited(bearing, "900 HV"))
    assert assess(good).verdict == "accept"
    rest = tuple(one for one in good.job.hazards.modes if one.mode != "hard_zone")
    risk = assess(with_hazards(good, modes=rest))
    assert risk.verdict == "coupon first"
    assert "measure it on a coupon" in said(risk)


def test_a_list_of_which_nothing_can_be_judged_is_refused_in_words(stainless: Laid) -> None:
    only = tuple(m for m in stainless.job.hazards.modes if m.mode == "distortion")
    with pytest.raises(RiskError, match="general names no kind of damage that can be judged"):
        assess(with_hazards(stainless, modes=only))


def test_an_alloy_without_rates_is_told(stainless: Laid) -> None:
    risk = assess(with_hazards(stainless, alloys=()))
    assert "hot_cracking" not in judged(risk)
    assert "no cracking rates of 316L" in "\n".join(map(str, risk.evidence.notes))


def test_each_stop_inside_the_zone_may_leave_a_crater(stainless: Laid) -> None:
    assert "stop_crater" not in judged(assess(stainless))
    one, three = (
        judged(assess(replace(stainless, stops=n)))["stop_crater"].told.chance for n in (1, 3)
    )
    assert one == pytest.approx(0.005)
    assert three == pytest.approx(1 - 0.995**3)


@pytest.mark.slow
def test_warping_is_judged_where_the_job_gives_a_tolerance(bearing: Laid) -> None:
    assert "distortion" not in judged(assess(bearing))
    size = float(np.median(weigh_modes(bearing).warping.shortening))
    chances = []
    for factor in (0.01, 1.0, 100.0):
        asked = bearing.job.tolerances.model_copy(update={"shortening": factor * size})
        told = judged(assess(with_job(bearing, tolerances=asked)))["distortion"].told
        assert told.figure.name == "shortening"
        chances.append(told.chance)
    assert chances == pytest.approx([1 - 0.5 / 256, 0.5, 0.5 / 256], abs=0.01)
    # A solid shaft has no bore to lose.
    bore = bearing.job.tolerances.model_copy(update={"bore": 1e-6})
    assert "distortion" not in judged(assess(with_job(bearing, tolerances=bore)))


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_declared_chance_of_none_or_all_is_taken_as_it_is(bearing: Laid, chance: float) -> None:
    told = judged(assess(with_mode(bearing, "cold_cracking", chance=chance)))["cold_cracking"].told
    assert told.chance == pytest.approx(chance, abs=1e-6)


@pytest.mark.parametrize(
    ("limit", "vickers"),
    # ASTM E140 for steels, as every chart of it prints: 40 HRC stands beside 392 HV, 22 beside 248.
    [("40 HRC", 392.0), ("22 HRC", 248.0), ("60 HRC", 697.0), ("250 HV", 250.0), ("275 HV10", 275)],
)
def test_limits_in_rockwell_are_held_against_vickers(limit: str, vickers: float) -> None:
    hardness = Hardness.model_validate(limit)
    assert in_vickers(hardness) == pytest.approx(vickers, abs=10.0)


def test_rockwell_past_its_end_is_refused(bearing: Laid) -> None:
    with pytest.raises(RiskError, match="120 HRC: Rockwell C ends at 70 HRC"):
        assess(limited(bearing, "120 HRC"))


def outcomes(sound: int, damaged: int, kind: str = "lack_of_fusion", told: float = 0.1) -> list:
    return [Outcome({kind: told}, frozenset())] * sound + [
        Outcome({kind: told}, frozenset({kind}))
    ] * damaged


def test_outcomes_move_the_chance_and_leave_less_to_belief(stainless: Laid) -> None:
    before = assess(stainless)
    good, bad = assess(stainless, outcomes(60, 0)), assess(stainless, outcomes(30, 30))
    chance = [judged(risk)["lack_of_fusion"].chance.middle for risk in (good, before, bad)]
    assert all(a < b for a, b in pairwise(chance))
    assert good.damage.middle < before.damage.middle < bad.damage.middle
    assert before.prior_share == pytest.approx(1.0, abs=1e-3)
    assert bad.prior_share < good.prior_share < before.prior_share
    width = [i.high - i.low for i in (judged(r)["lack_of_fusion"].chance for r in (bad, before))]
    assert width[0] < width[1]


def test_outcomes_of_one_kind_say_nothing_of_another(stainless: Laid) -> None:
    before = judged(assess(stainless))
    after = judged(assess(stainless, outcomes(0, 20, "over_dilution")))
    for name in set(before) - {"over_dilution"}:
        assert after[name].chance == before[name].chance
        assert after[name].shift.prior_share == before[name].shift.prior_share
    # nor do repairs of which that kind was not foretold
    untold = [Outcome({}, frozenset({"over_dilution"}))] * 20
    assert judged(assess(stainless, untold))["over_dilution"].chance.middle == pytest.approx(
        before["over_dilution"].chance.middle
    )


@settings(max_examples=25, deadline=None)
@given(
    sound=st.integers(0, 80),
    damaged=st.integers(0, 20),
    more=st.integers(1, 80),
    told=st.floats(0.001, 0.9),
)
def test_more_sound_outcomes_never_raise_a_chance(stainless, sound, damaged, more, told) -> None:
    before = assess(stainless, outcomes(sound, damaged, told=told))
    after = assess(stainless, outcomes(sound + more, damaged, told=told))
    for less, most in ((after.damage, before.damage), (after.loss, before.loss)):
        assert less.low <= most.low + 1e-9
        assert less.middle <= most.middle + 1e-9
        assert less.high <= most.high + 1e-9


@pytest.mark.slow
def test_the_shipped_pipe_in_sour_service_is_refused_for_its_hardness(tmp_path: Path) -> None:
    risk = assess(foresee(example("pipe", tmp_path, service="sour")))
    assert risk.verdict == "refuse"
    assert "hardness limit of service sour with a chance of >99 %, over 5 %" in said(risk)
    # the end of the clad is what makes it certain
    assert np.median(risk.evidence.last.hardest) > np.median(risk.evidence.first.hardest) + 50.0


@pytest.mark.slow
def test_a_carbide_blend_on_a_cold_pipe_is_refused_for_cracks_on_cooling(tmp_path: Path) -> None:
    cold = assess(foresee(example("pipe", tmp_path, powder="WC60-NiCrBSi40")))
    assert cold.verdict == "refuse"
    assert "damage that no coupon shows beforehand" in said(cold)
    told = judged(cold)["hard_phase_cracking"].told
    # 375 degC advised, 20 degC given: odds of 5 % grow by 2.7 for each 100 K
    odds = 0.05 / 0.95 * 2.7**3.55
    assert told.chance == pytest.approx(odds / (1 + odds), rel=0.02)
    assert cold.binding == "hard_phase_cracking"
