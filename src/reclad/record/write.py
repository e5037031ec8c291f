"""From a plan in memory to a plan folder: numbers, risk, explanations, report, program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.record.explain import explain
from reclad.record.fill import fill_report
from reclad.record.folder import save_plan
from reclad.record.plan_risk import tell_plan_risk, weigh_plan
from reclad.record.report import render_report
from reclad.record.summary import summarise

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from reclad.plan import Plan


def write_plan(
    plan: Plan, where: Path, *, now: datetime.datetime, replace: bool = False
) -> tuple[dict[str, Any], Path]:
    """Write JOB/plan whole: manifest, plan.json, report.html, program.ngc (refused.ngc if it must
    not run); gives the summary and the folder.

    where     the job folder or its job.toml
    now       date of the report and time stamp of the manifest
    replace   overwrite files somebody changed by hand
    Raises FileError when the folder cannot be written or holds such files.
    """
    weighed = weigh_plan(plan)
    summary = summarise(plan) | {"risk": tell_plan_risk(weighed), "explain": explain(plan)}
    report = render_report(fill_report(plan, weighed, now=now))
    return summary, save_plan(plan, where, report, summary, now=now, replace=replace)
