"""Every shipped example goes the whole way: plan, program, referee."""

from __future__ import annotations

import numpy as np
import pytest

from reclad.job import new_job, read_job
from reclad.plan import plan_job

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["bearing", "shaft", "plate"])
def example(request, tmp_path_factory):
    folder = new_job(request.param, like=request.param, where=tmp_path_factory.mktemp("examples"))
    return plan_job(read_job(folder))


def test_it_is_accepted_and_covers_the_zone(example) -> None:
    assert example.verdict.accepted, [str(f) for f in example.verdict.findings[:3]]
    lit = example.toolpath.lit
    axial = np.concatenate((example.toolpath.axial[:-1][lit], example.toolpath.axial[1:][lit]))
    gap = example.job.cell.laser.spot
    assert axial.min() <= example.job.part.clad_from + gap
    assert axial.max() >= example.job.part.clad_to - gap


@pytest.mark.referee
def test_the_independent_interpreter_accepts_it(example) -> None:
    if not example.refereed.available:
        pytest.skip(f"NOT RUN: {example.refereed.message}")
    assert example.refereed.accepted, example.refereed.message


def test_the_metal_laid_is_the_metal_wanted(example) -> None:
    # Median catchment x feed x beam-on time against the volume between worn and target surface,
    # which a clad with valleys must exceed and machining must still be able to take off.
    kept = (
        np.median(example.choice.bead.catchment)
        * example.choice.procedure.feed_rate
        * example.program.lit_time
        / example.job.clad.density.value
    )
    assert 0.9 < kept / example.deposit.volume < 3.5


def test_there_is_a_chance_and_the_temperature_stays_below_its_limit(example) -> None:
    assert example.chance > 0.05
    assert np.median(example.history.interpass.max(axis=1)) < example.job.limits.interpass_max


def test_a_shoulder_taller_than_the_nozzle_can_pass_is_refused(tmp_path) -> None:
    from reclad.errors import JobError

    job = read_job(new_job("seat", like="bearing", where=tmp_path))
    tall = job.model_copy(update={"part": job.part.model_copy(update={"shoulder_to": 0.014})})
    with pytest.raises(JobError, match="shoulder_to: 14 mm reaches the nozzle"):
        plan_job(tall)
