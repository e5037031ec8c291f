"""A plan told as a report: every view of `views.py` filled from the numbers of the plan."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.process.limits import KEYHOLE_MAX, OVERLAP_MAX, SEAM_DEPTH_MIN, WALL_SHARE_MAX
from reclad.record._fill_figures import (
    fill_backplot,
    fill_heat,
    fill_length,
    fill_section,
    fill_window,
)
from reclad.record._fill_heat import fill_plan_heat
from reclad.record._fill_papers import fill_assumed, fill_budget, fill_method, fill_setup
from reclad.record._fill_risk import fill_risk
from reclad.record.names import MEASUREMENTS, explain_limit, name_limit
from reclad.record.summary import program_name
from reclad.record.views import (
    ComparisonView,
    ExpectationRow,
    FreeChoiceView,
    HeadView,
    LiftView,
    LimitRow,
    ParameterRow,
    PartView,
    ProgramView,
    ReportView,
    VerdictView,
    estimate,
)
from reclad.record.words import Words, say, say_if_known

if TYPE_CHECKING:
    import datetime

    from reclad.job import Job, Material
    from reclad.plan import Plan
    from reclad.program import Finding
    from reclad.record.plan_risk import PlanRisk

_KINDS = {"overlay": "overlay", "build_up": "build-up", "hardfacing": "hardfacing"}


def fill_report(plan: Plan, weighed: PlanRisk, *, now: datetime.datetime) -> ReportView:
    """The report's views of a plan and of its risk, dated `now`."""
    return ReportView(
        head=_head(plan, now),
        verdict=_verdict(plan, now),
        program=_program(plan),
        parameters=_parameters(plan),
        free_choice=_free_choice(plan),
        expectations=_expectations(plan),
        limits=_limits(plan),
        window=fill_window(plan),
        section=fill_section(plan),
        length=fill_length(plan),
        heat=fill_heat(plan),
        whole_heat=fill_plan_heat(plan),
        risk=fill_risk(weighed),
        backplot=fill_backplot(plan),
        budget=fill_budget(plan),
        setup=fill_setup(plan, now),
        assumed=fill_assumed(plan),
        method=fill_method(plan),
    )


def _head(plan: Plan, now: datetime.datetime) -> HeadView:
    job, part, deposit = plan.job, plan.job.part, plan.deposit
    # Beside a shoulder the bead fills up to its face, though its middle lies short of it.
    start = part.clad_from if part.shoulder_from else deposit.start
    end = part.clad_to if part.shoulder_to else deposit.end
    view = PartView(
        name=job.customer.part_number or job.customer.drawing or job.name,
        material=job.parent.name,
        powder=job.feedstock.name,
        kind=say(_KINDS[job.kind]),
        shape=part.shape,
        size=max(row.finished for row in part.caliper),
        length=part.length,
        clad_start=start,
        clad_length=end - start,
        wall=part.wall,
        shoulders=(part.shoulder_from, part.shoulder_to),
        width=part.width,
        side=deposit.side,
    )
    return HeadView(job.name, job.customer.name, now.date().isoformat(), view)


def _metals(job: Job) -> tuple[Material, ...]:
    """Parent and clad, once each."""
    return (job.parent,) if job.parent.name == job.clad.name else (job.parent, job.clad)


def _verdict(plan: Plan, now: datetime.datetime) -> VerdictView:
    notes = [say("No trial of this shop stands behind these numbers yet.")]
    notes += [say_if_known(metal.caution) for metal in _metals(plan.job) if metal.caution]
    if plan.job.cell.feeder.days_left(now.date()) < 0:
        notes.append(say("The feeder's weighings have run out: weigh it again first."))
    status: Literal["preliminary", "qualified", "refused"] = (
        "refused" if not plan.accepted else "preliminary" if plan.preliminary else "qualified"
    )
    baseline = next(g.chance for g in plan.gains if g.measurement == "none")
    lifts = [
        LiftView(say(MEASUREMENTS[g.measurement]), g.chance)
        for g in plan.gains
        if g.measurement != "none" and g.chance > baseline + 0.02
    ]
    return VerdictView(
        status,
        plan.chance,
        plan.job.limits.probability,
        free_probability=plan.free.chance if plan.free else None,
        lifts=tuple(lifts[:3]),
        notes=tuple(notes),
    )


def _program(plan: Plan) -> ProgramView:
    verdict, refereed = plan.verdict, plan.refereed
    return ProgramView(
        file_name=program_name(plan),
        sha256=hashlib.sha256(plan.text.encode("ascii")).hexdigest(),
        blocks=plan.text.count("\n"),
        errors=tuple(_told(f) for f in verdict.findings if not f.note),
        warnings=tuple(_told(f) for f in verdict.findings if f.note),
        comparison=_comparison(plan),
        referee="rs274 (LinuxCNC)" if refereed.available else None,
        referee_agrees=refereed.accepted if refereed.available else None,
        not_refereed=None if refereed.available else _why_not_refereed(plan),
    )


def _why_not_refereed(plan: Plan) -> Words:
    if plan.job.cell.controller == "linuxcnc":
        return say("the interpreter rs274 is not installed on this machine")
    return say("no open interpreter exists for this controller; reclad alone has read it back")


def _told(finding: Finding) -> Words:
    return Words(str(finding), f"第 {finding.line} 行：{finding.message}（{finding.rule}）")


def _comparison(plan: Plan) -> ComparisonView | None:
    read, planned = plan.verdict.program, plan.program
    if len(read) != len(planned):
        return None

    def largest(name: str) -> float:
        return float(np.abs(getattr(read, name) - getattr(planned, name)).max())

    return ComparisonView(
        agrees=plan.verdict.accepted,
        axial=largest("x"),
        radial=largest("z"),
        angle=largest("a"),
        power=largest("laser"),
        time=abs(read.total_time - planned.total_time),
        across=largest("y") if plan.job.part.flat else None,
    )


def _parameters(plan: Plan) -> tuple[ParameterRow, ...]:
    job, p = plan.job, plan.choice.procedure
    free = plan.free.procedure if plan.free else None
    pins = job.procedure

    def row(name: str, unit: str, key: str) -> ParameterRow:
        return ParameterRow(
            say(name),
            unit,
            getattr(p, key),
            window=_may_move(plan, key),
            free=getattr(free, key) if free else None,
            pinned=getattr(pins, key, None) is not None,
        )

    feeder = job.cell.feeder
    turns = plan.history.power.size // p.layers
    first, last = plan.deposit.side or (plan.deposit.start, plan.deposit.end)
    free_turns = float(np.ceil((last - first) / free.pitch - 1e-9)) if free else None
    counted = say("Tracks per layer") if job.part.flat else say("Turns per layer")
    return (
        row("Laser power", "W", "power"),
        row("Travel speed", "mm/s", "travel_speed"),
        row("Pitch", "mm", "pitch"),
        row("Feed rate", "g/min", "feed_rate"),
        ParameterRow(
            say("Feeder speed"),
            "rpm",
            feeder.rpm_for(p.feed_rate),
            free=feeder.rpm_for(free.feed_rate) if free else None,
        ),
        row("Stand-off", "mm", "stand_off"),
        ParameterRow(
            say("Spot diameter"),
            "mm",
            2 * plan.case.beam.radius,
            free=2 * plan.case.beam.radius if free else None,
        ),
        ParameterRow(
            say("Gas flow"), "L/min", job.cell.gas.flow, free=job.cell.gas.flow if free else None
        ),
        ParameterRow(say("Layers"), "", float(p.layers), free=float(free.layers) if free else None),
        ParameterRow(counted, "", float(turns), free=free_turns),
    )


def _may_move(plan: Plan, key: str) -> tuple[float, float] | None:
    """Where the chance stays above four fifths of that at the choice, the rest as proposed."""
    window, p = plan.window, plan.choice.procedure
    if key not in ("power", "feed_rate"):
        return None
    i = int(np.abs(window.feed_rate - p.feed_rate).argmin())
    j = int(np.abs(window.power - p.power).argmin())
    axis = window.power if key == "power" else window.feed_rate
    chance = window.chance[i, :] if key == "power" else window.chance[:, j]
    here = j if key == "power" else i
    good = chance >= 0.8 * max(chance[here], 1e-9)
    low = high = here
    while low > 0 and good[low - 1]:
        low -= 1
    while high < axis.size - 1 and good[high + 1]:
        high += 1
    return float(axis[low]), float(axis[high])


def _free_choice(plan: Plan) -> FreeChoiceView | None:
    if plan.free is None:
        return None
    time = plan.case.beam_on_time(plan.free.procedure)
    waits = plan.program.total_time - plan.program.lit_time
    return FreeChoiceView(plan.free.chance, time + waits, plan.free.procedure.feed_rate * time)


def _expectations(plan: Plan) -> tuple[ExpectationRow, ...]:
    bead, limits = plan.choice.bead, plan.job.limits
    rows = (
        ("Bead width", "mm", bead.width, None, None),
        ("Bead height", "mm", bead.height, None, None),
        ("Melted depth", "mm", bead.depth, None, None),
        ("Dilution", "%", bead.dilution, limits.dilution_min, limits.dilution_max),
        ("Catchment", "%", bead.catchment, None, None),
        (
            "Clad thickness",
            "mm",
            plan.choice.clad.mean,
            None,
            plan.deposit.thickness_min + limits.excess_thickness_max,
        ),
        (
            "Clad thickness in the valleys",
            "mm",
            plan.choice.clad.valley,
            plan.deposit.thickness_max,
            None,
        ),
        ("Toe angle", "deg", bead.toe_angle, None, limits.toe_angle_max),
        (
            "Highest inter-pass temperature",
            "degC",
            plan.history.interpass.max(axis=1),
            None,
            limits.interpass_max,
        ),
    )
    return tuple(
        ExpectationRow(say(name), unit, estimate(draws), at_least, at_most)
        for name, unit, draws, at_least, at_most in rows
    )


def _limits(plan: Plan) -> tuple[LimitRow, ...]:
    limits, deposit, shape = plan.job.limits, plan.deposit, plan.job.part.shape
    bounds: dict[str, tuple[str, float | None, float | None]] = {
        "thickness": ("mm", deposit.thickness_max, None),
        "excess": ("mm", None, deposit.thickness_min + limits.excess_thickness_max),
        "dilution_min": ("%", limits.dilution_min, None),
        "dilution_max": ("%", None, limits.dilution_max),
        "toe_angle": ("deg", None, limits.toe_angle_max),
        "seam": ("mm", SEAM_DEPTH_MIN, None),
        "overlap": ("%", None, OVERLAP_MAX),
        "conduction": ("", None, KEYHOLE_MAX),
        "wall": ("mm", None, WALL_SHARE_MAX * plan.case.target.wall),
        "interpass": ("degC", None, limits.interpass_max),
    }
    free = plan.free.chances if plan.free else {}
    return tuple(
        LimitRow(
            say(name_limit(name, shape)),
            unit,
            plan.chances[name],
            at_least,
            at_most,
            binding=name == plan.binding,
            free_probability=free.get(name),
            explanation=say(explain_limit(name, shape)) if name == plan.binding else None,
        )
        for name, (unit, at_least, at_most) in bounds.items()
    )
