"""Limits of a service are held against the metal they name: the zone beside the beads, the clad."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from reclad.foresight import foresee
from reclad.job import HardnessLimit, Service, new_job, read_job, read_material, read_service
from reclad.process.limits import all_kept
from reclad.risk import Laid, Risk, assess
from reclad.risk.facts import CladHardness
from reclad.risk.said import Said
from reclad.risk.service_limits import hold_clad

HARD = read_material("Stellite6")  # 480 HV, 12 %


@pytest.fixture(scope="module")
def bearing(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """The shipped bearing as it stands once trials have shown beads that keep every limit."""
    folder = new_job("bearing", like="bearing", where=tmp_path_factory.mktemp("jobs"))
    laid = foresee(read_job(folder))
    good = np.flatnonzero(all_kept(laid.kept))
    return replace(
        laid,
        draws=laid.draws.rows(good),
        history=replace(laid.history, interpass=laid.history.interpass[good]),
        kept={name: kept[good] for name, kept in laid.kept.items()},
        qualified=True,
    )


def serving(*limits: tuple[str, str], **more: bool) -> Service:
    return Service(
        name="trial",
        limits=tuple(
            HardnessLimit(zone=zone, highest=highest, source="assumed", **more)
            for zone, highest in limits
        ),
    )


def with_job(laid: Laid, **changes) -> Laid:
    return replace(laid, job=laid.job.model_copy(update=changes))


def said(risk: Risk) -> str:
    return "\n".join(str(one) for one in risk.reasons)


def hard_zone(risk: Risk):
    return next((mode for mode in risk.modes if mode.name == "hard_zone"), None)


def test_a_limit_of_the_clad_says_nothing_of_the_zone(bearing: Laid) -> None:
    risk = assess(with_job(bearing, serving=serving(("clad", "300 HV"))))
    assert hard_zone(risk) is None
    assert risk.verdict == "accept"
    assert risk.evidence.clad_limit.chance < 0.05
    assert "not reckoned" not in said(risk)


def test_a_limit_of_the_zone_says_nothing_of_the_clad(bearing: Laid) -> None:
    risk = assess(with_job(bearing, serving=serving(("HAZ", "999 HV")), clad=HARD))
    assert hard_zone(risk).told.figure.limit == 999.0
    assert risk.evidence.clad_limit is None


def test_each_metal_is_held_against_its_own_limit(bearing: Laid) -> None:
    both = serving(("HAZ", "999 HV"), ("weld metal", "300 HV"))
    risk = assess(with_job(bearing, serving=both))
    assert hard_zone(risk).told.figure.limit == 999.0
    assert risk.evidence.clad_limit.held.highest == 300.0
    assert hard_zone(risk).told.chance < 0.05
    turned = serving(("HAZ", "300 HV"), ("weld metal", "999 HV"))
    risk = assess(with_job(bearing, serving=turned))
    assert hard_zone(risk).told.chance > 0.5
    assert risk.evidence.clad_limit.chance < 0.05


def test_a_clad_over_its_limit_is_refused_in_words(bearing: Laid) -> None:
    laid = with_job(bearing, serving=serving(("clad", "400 HV")), clad=HARD)
    risk = assess(laid)
    assert risk.verdict == "refuse"
    assert "the clad of Stellite6, not diluted, breaks the hardness limit of service trial" in said(
        risk
    )
    by_hand = norm.sf(400.0, HARD.hardness.value, HARD.hardness.spread * HARD.hardness.value)
    assert risk.evidence.clad_limit.chance == pytest.approx(by_hand, rel=1e-6)


def test_the_gate_holds_for_the_clad_as_for_the_zone(bearing: Laid) -> None:
    laid = with_job(bearing, serving=serving(("clad", "400 HV")), clad=HARD)
    bearable = laid.job.hazards.model_copy(update={"gate": 1.0, "bearable": 1.0})
    assert assess(with_job(laid, hazards=bearable)).verdict == "accept"


def test_a_clad_of_unknown_hardness_is_noted_and_never_accepted(bearing: Laid) -> None:
    unknown = bearing.job.clad.model_copy(update={"hardness": None})
    risk = assess(with_job(bearing, serving=serving(("clad", "300 HV")), clad=unknown))
    assert risk.verdict == "coupon first"
    assert "not reckoned for 316L: measure it on a coupon" in said(risk)
    notes = "\n".join(map(str, risk.evidence.notes))
    assert "hardness of the clad of 316L is not known: not held against 300 HV" in notes


def test_limits_of_steel_do_not_bind_a_clad_of_another_metal(bearing: Laid) -> None:
    job = bearing.job.model_copy(update={"serving": read_service("sour"), "clad": HARD})
    notes: list[Said] = []
    assert hold_clad(job, notes) is None
    assert "are for carbon and low-alloy steel: the clad of Stellite6" in str(notes[0])
    steel = job.model_copy(update={"clad": read_material("42CrMo4")})
    assert hold_clad(steel, []).held.highest == 250.0


def test_a_service_without_limits_of_the_clad_leaves_no_note(bearing: Laid) -> None:
    notes: list[Said] = []
    assert hold_clad(bearing.job, notes) is None
    assert notes == []


@pytest.mark.parametrize(("highest", "share"), [(200.0, 0.5), (230.0, 0.05), (170.0, 0.95)])
def test_the_share_over_a_limit_is_that_of_its_interval(highest: float, share: float) -> None:
    clad = CladHardness(170.0, 200.0, 230.0, "assumed")
    assert clad.share_over(highest) == pytest.approx(share, abs=1e-9)


def test_a_hardness_known_exactly_is_over_or_not() -> None:
    clad = CladHardness(200.0, 200.0, 200.0, "assumed")
    assert (clad.share_over(199.0), clad.share_over(200.0)) == (1.0, 0.0)
