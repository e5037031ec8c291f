"""Troubles: the cause that brings a symptom about comes first, and all chances add up."""

from __future__ import annotations

import pytest

from reclad.diagnosis import SYMPTOMS, diagnose
from reclad.errors import ProcessError
from reclad.part import size_deposit
from reclad.process import Procedure, describe_case


@pytest.fixture(scope="module")
def ask(pipe_job, pipe_draws):
    metal = size_deposit(pipe_job.part, pipe_job.allowance, pipe_job.path.over_travel)
    usual = Procedure(1940.0, 10e-3, 21.3e-3 / 60, 2e-3, 1, 15e-3, 440.0)

    def run(symptom: str, **changed):
        job = pipe_job.model_copy(update=changed)
        return diagnose(job, describe_case(job, metal), usual, pipe_draws, symptom)

    return run


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_chances_add_up_and_come_in_order(ask, symptom: str) -> None:
    causes = ask(symptom)
    chances = [cause.chance for cause in causes]
    assert sum(chances) == pytest.approx(1.0)
    assert chances == sorted(chances, reverse=True)
    assert all(cause.change and cause.measure and cause.evidence for cause in causes)


def test_too_thin_means_too_little_powder_first(ask) -> None:
    assert ask("too-thin")[0].name.startswith("less powder than set")


def test_no_bond_ranks_a_weak_laser_far_above_a_strong_one(ask) -> None:
    chances = {cause.name: cause.chance for cause in ask("no-bond")}
    weak = next(c for name, c in chances.items() if "gives less" in name)
    strong = next(c for name, c in chances.items() if "gives more" in name)
    assert weak > 3 * strong


def test_a_cold_hardenable_steel_cracks_in_its_heated_zone_and_preheat_takes_that_back(ask) -> None:
    cold, warm = ask("cracked"), ask("cracked", preheat=573.15)
    assert cold[0].name == "the heat-affected zone hardened"
    assert "carbon equivalent 0.7" in cold[0].evidence
    hardened = next(c for c in warm if c.name == cold[0].name)
    assert hardened.chance < 0.5 * cold[0].chance


def test_an_unknown_symptom_is_refused_with_the_list(ask) -> None:
    with pytest.raises(ProcessError, match="choose one of cracked, pores"):
        ask("smells funny")
