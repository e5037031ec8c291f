"""What several rooms need to be tested: the shipped pipe job, a prior, one plan per run."""

from __future__ import annotations

import re
from importlib.resources import as_file, files
from pathlib import Path
from types import SimpleNamespace

import pytest

from short_pipe import NOW, TODAY, make_short_plan, save_short_plan


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


@pytest.fixture(scope="session")
def short_job_text(shipped: Path) -> str:
    """The shipped pipe with only 20 mm to clad: ten turns, quick to post and to check."""
    text = (shipped / "examples" / "pipe" / "job.toml").read_text("utf-8")
    for key, value in (("clad_from", "300 mm"), ("clad_to", "316 mm")):
        text = re.sub(f'^{key} = "[^"]*"', f'{key} = "{value}"', text, flags=re.MULTILINE)
    return text


@pytest.fixture
def short_folder(tmp_path: Path, short_job_text: str) -> Path:
    """A fresh job folder of the short pipe, without a plan."""
    folder = tmp_path / "short"
    folder.mkdir()
    (folder / "job.toml").write_text(short_job_text, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="session")
def short_plan(tmp_path_factory: pytest.TempPathFactory, short_job_text: str) -> SimpleNamespace:
    """See `make_short_plan`."""
    from reclad.job import read_job

    folder = tmp_path_factory.mktemp("jobs") / "short"
    folder.mkdir()
    (folder / "job.toml").write_text(short_job_text, encoding="utf-8", newline="\n")
    return make_short_plan(read_job(folder))


@pytest.fixture
def short_planned(short_folder: Path, short_plan: SimpleNamespace) -> Path:
    """A fresh job folder of the short pipe with its plan written."""
    save_short_plan(short_folder, short_plan)
    return short_folder
