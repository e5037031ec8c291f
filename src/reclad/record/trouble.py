"""Troubles of a planned job: its saved procedure put to `diagnose`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.diagnosis import Cause, diagnose
from reclad.foresight import draws_for
from reclad.lab import read_posterior
from reclad.part import size_deposit
from reclad.process import Procedure, describe_case
from reclad.record.folder import POSTERIOR, load_plan

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.job import Job


def diagnose_job(job: Job, folder: Path, symptom: str) -> list[Cause]:
    """Likely causes of a symptom on a planned job, likeliest first.

    Raises FileError when there is no plan or it is older than the job, ProcessError for an unknown
    symptom.
    """
    saved = load_plan(folder, dict(job.sources))
    procedure = Procedure(**saved.manifest["procedure"])
    deposit = size_deposit(
        job.part, job.allowance, job.path.over_travel, shoulder_gap=0.5 * job.cell.laser.spot
    )
    file = saved.folder / POSTERIOR
    learned = read_posterior(file) if POSTERIOR in saved.manifest["files"] else None
    draws = draws_for(job, learned, saved.manifest["seed"])
    return diagnose(job, describe_case(job, deposit), procedure, draws, symptom)
