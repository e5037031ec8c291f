"""A plan of a short pipe in a tenth of a second: all that writing, posting and checking need."""

from __future__ import annotations

import datetime
from pathlib import Path
from types import SimpleNamespace

from fake_heat import fake_history

TODAY = datetime.date(2026, 11, 1)
NOW = datetime.datetime(2026, 11, 1, 8, 30, tzinfo=datetime.UTC)


class ShortPlan(SimpleNamespace):
    """A plan with what the folder needs of it."""

    @property
    def accepted(self) -> bool:
        from reclad.program import may_run

        return may_run(self.verdict, self.refereed)


def make_short_plan(job, watts: float = 2000.0) -> SimpleNamespace:
    """What `save_plan` needs of a plan of the short pipe, at settings nobody had to choose."""
    from reclad.part import size_deposit
    from reclad.path import lay
    from reclad.plan import header_lines
    from reclad.process.choice import Procedure
    from reclad.program import build_program, check_program, post, referee

    procedure = Procedure(watts, 0.010, 20e-3 / 60.0, 0.002, 1, 0.015, 423.15)
    deposit = size_deposit(job.part, job.allowance, job.path.over_travel)
    toolpath = lay(deposit, procedure, job.path, 0.0012)
    power = toolpath.lit * watts
    program = build_program(
        toolpath,
        power,
        procedure.feed_rate,
        job.cell,
        name=job.name,
        header=header_lines(job),
        preliminary=True,
    )
    text = post(program, job.cell)
    return ShortPlan(
        job=job,
        choice=SimpleNamespace(procedure=procedure),
        toolpath=toolpath,
        block_power=power,
        program=program,
        text=text,
        verdict=check_program(text, job.cell, program, today=TODAY),
        refereed=referee(text, job.cell),
        heat=fake_history(turns=6, blocks=8),
        seed=1,
        draws=range(256),
        learned=None,
    )


SHORT_REPORT = "<!doctype html><title>short 报告</title>\n"
SHORT_SUMMARY = {
    "job": "short",
    "status": "preliminary",
    "explain": {
        "power": {
            "value": {"value": 2000.0, "unit": "W", "p05": 2000.0, "p50": 2000.0, "p95": 2000.0},
            "origin": "chosen",
            "model": ["choice"],
        }
    },
}


def save_short_plan(folder: Path, plan: SimpleNamespace, **options) -> Path:
    """Write the short plan as `reclad plan` would, without its hundred figures."""
    from reclad.record.folder import save_plan

    options = {"now": NOW} | options
    return save_plan(plan, folder, SHORT_REPORT, SHORT_SUMMARY, **options)


def planned_folder(where: Path, job_text: str, plan: SimpleNamespace) -> Path:
    """A job folder `where`/short with the short plan in it."""
    folder = where / "short"
    folder.mkdir()
    (folder / "job.toml").write_text(job_text, "utf-8")
    save_short_plan(folder, plan)
    return folder
