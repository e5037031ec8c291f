"""What several rooms need to be tested: the shipped pipe job, a prior, one plan per run."""

from __future__ import annotations

import datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest

TODAY = datetime.date(2026, 11, 1)
NOW = datetime.datetime(2026, 11, 1, 8, 30, tzinfo=datetime.UTC)


@pytest.fixture(scope="session")
def pipe_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped pipe job."""
    from reclad.job import new_job

    return new_job("pipe", like="pipe", where=tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="session")
def pipe_job(pipe_folder: Path):
    from reclad.job import read_job

    return read_job(pipe_folder)


@pytest.fixture(scope="session")
def pipe_draws(pipe_job):
    from reclad.lab import prior

    return prior(pipe_job.parent, pipe_job.clad, pipe_job.nozzle)


@pytest.fixture(scope="session")
def pipe_plan(pipe_job):
    """The whole plan of the shipped pipe, made once."""
    from reclad.plan import plan_job

    return plan_job(pipe_job, today=TODAY)


@pytest.fixture(scope="session")
def planned_folder(pipe_folder: Path, pipe_plan) -> Path:
    """The pipe job folder with its plan written."""
    from reclad.record import write_plan

    write_plan(pipe_plan, pipe_folder, now=NOW)
    return pipe_folder


@pytest.fixture(scope="session")
def shipped() -> Path:
    with as_file(files("reclad").joinpath("data")) as folder:
        return folder
