"""A plan told as a report: every view of `views.py` filled from the numbers of the plan."""

from __future__ import annotations

import hashlib
import platform
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.job import assumed
from reclad.lab import beliefs
from reclad.process.limits import KEYHOLE_MAX, OVERLAP_MAX, SEAM_DEPTH_MIN, WALL_SHARE_MAX
from reclad.process.overlap import lay_side_by_side
from reclad.program.neutral import DWELL, RAPID
from reclad.record.folder import versions
from reclad.record.names import LIMITS, MEASUREMENTS, UNKNOWNS, WHY
from reclad.record.summary import laser_time
from reclad.record.views import (
    AssumedRow,
    BackplotView,
    BudgetView,
    ComparisonView,
    Estimate,
    ExpectationRow,
    FreeChoiceView,
    HeadView,
    HeatView,
    LengthView,
    LiftView,
    LimitRow,
    MethodStep,
    MethodView,
    ParameterRow,
    PartView,
    ProgramView,
    ReportView,
    SectionView,
    SetupView,
    VerdictView,
    WindowView,
)
from reclad.record.words import Words, name_number, say, say_if_known
from reclad.units import format_number, to_unit

if TYPE_CHECKING:
    import datetime

    from numpy.typing import ArrayLike, NDArray

    from reclad.plan import Plan
    from reclad.program import Finding

_BAND = (0.05, 0.5, 0.95)
_TRACKS = 5
# Beliefs that are a data file's own numbers: printed with that file.
_TOLD_BY_FILES = (
    "grain_speed",
    "stream_radius",
    "stream_focus",
    "divergence",
    "conductivity",
    "heat_capacity",
)
_KINDS = {"overlay": "overlay", "build_up": "build-up", "hardfacing": "hardfacing"}
_STEPS = (
    ("Wear from the caliper table; metal wanted is wear plus machining allowance", "caliper table"),
    (
        "Beam as a sum of Gaussians; powder stream with shadowing and heating in flight",
        "pinkerton2007",
    ),
    ("Melt pool of a moving source with images in the wall", "eagar1983"),
    ("Pool, powder caught and bead solved together; mass closes exactly", "picasso1994, huang2019"),
    ("Tracks side by side as parabolas resting on the profile already laid", "ocelik2014"),
    ("Part temperature turn by turn; the power follows it at constant dilution", "carslaw1959"),
    (
        "Every unknown drawn from its published or assumed spread; limits judged draw by draw",
        "assumed",
    ),
    ("Program written, read back from its text, compared with the plan pose by pose", "linuxcnc"),
)


def fill_report(plan: Plan, *, now: datetime.datetime) -> ReportView:
    """The report's views of a plan, dated `now`."""
    return ReportView(
        head=_head(plan, now),
        verdict=_verdict(plan, now),
        program=_program(plan),
        parameters=_parameters(plan),
        free_choice=_free_choice(plan),
        expectations=_expectations(plan),
        limits=_limits(plan),
        window=_window(plan),
        section=_section(plan),
        length=_length(plan),
        heat=_heat(plan),
        backplot=_backplot(plan),
        budget=_budget(plan),
        setup=_setup(plan, now),
        assumed=_assumed(plan),
        method=_method(plan),
    )


def _estimate(draws: ArrayLike) -> Estimate:
    low, mid, high = (float(q) for q in np.quantile(np.asarray(draws), _BAND))
    return Estimate(low, mid, high)


def _head(plan: Plan, now: datetime.datetime) -> HeadView:
    job, part = plan.job, plan.job.part
    finished = max(row.finished_diameter for row in part.caliper)
    view = PartView(
        name=job.customer.part_number or job.customer.drawing or job.name,
        material=job.parent.name,
        powder=job.feedstock.name,
        kind=say(_KINDS[job.kind]),
        outer_diameter=finished,
        wall=part.wall,
        length=part.length,
        clad_start=plan.deposit.start,
        clad_length=plan.deposit.length,
    )
    return HeadView(job.name, job.customer.name, now.date().isoformat(), view)


def _verdict(plan: Plan, now: datetime.datetime) -> VerdictView:
    notes = [say("No trial of this shop stands behind these numbers yet.")]
    if plan.job.cell.feeder.days_left(now.date()) < 0:
        notes.append(say("The feeder's weighings have run out: weigh it again first."))
    refused = not plan.verdict.accepted or (plan.refereed.available and not plan.refereed.accepted)
    status: Literal["preliminary", "qualified", "refused"] = (
        "refused" if refused else "preliminary" if plan.preliminary else "qualified"
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
        file_name="program.ngc",
        sha256=hashlib.sha256(plan.text.encode("ascii")).hexdigest(),
        blocks=plan.text.count("\n"),
        errors=tuple(_told(f) for f in verdict.findings if not f.note),
        warnings=tuple(_told(f) for f in verdict.findings if f.note),
        comparison=_comparison(plan),
        referee="rs274 (LinuxCNC)" if refereed.available else None,
        referee_agrees=refereed.accepted if refereed.available else None,
        not_refereed=None
        if refereed.available
        else say("the interpreter rs274 is not installed on this machine"),
    )


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
    free_turns = float(np.ceil(plan.deposit.length / free.pitch - 1e-9)) if free else None
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
        ParameterRow(say("Turns per layer"), "", float(turns), free=free_turns),
    )


def _may_move(plan: Plan, key: str) -> tuple[float, float] | None:
    """Where the chance stays above four fifths of that at the choice, the rest as proposed."""
    window, p = plan.choice.window, plan.choice.procedure
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
    time = laser_time(plan, plan.free)
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
        ExpectationRow(say(name), unit, _estimate(draws), at_least, at_most)
        for name, unit, draws, at_least, at_most in rows
    )


def _limits(plan: Plan) -> tuple[LimitRow, ...]:
    limits, deposit = plan.job.limits, plan.deposit
    bounds: dict[str, tuple[str, float | None, float | None]] = {
        "thickness": ("mm", deposit.thickness_max, None),
        "excess": ("mm", None, deposit.thickness_min + limits.excess_thickness_max),
        "dilution_min": ("%", limits.dilution_min, None),
        "dilution_max": ("%", None, limits.dilution_max),
        "toe_angle": ("deg", None, limits.toe_angle_max),
        "seam": ("mm", SEAM_DEPTH_MIN, None),
        "overlap": ("%", None, OVERLAP_MAX),
        "conduction": ("", None, KEYHOLE_MAX),
        "wall": ("mm", None, WALL_SHARE_MAX * plan.job.part.wall),
        "interpass": ("degC", None, limits.interpass_max),
    }
    free = plan.free.chances if plan.free else {}
    return tuple(
        LimitRow(
            say(LIMITS[name]),
            unit,
            plan.chances[name],
            at_least,
            at_most,
            binding=name == plan.binding,
            free_probability=free.get(name),
            explanation=say(WHY[name]) if name == plan.binding else None,
        )
        for name, (unit, at_least, at_most) in bounds.items()
    )


def _window(plan: Plan) -> WindowView:
    window, p = plan.choice.window, plan.choice.procedure
    return WindowView(
        window.power,
        window.feed_rate,
        window.chance,
        tuple((say(LIMITS[name]), grid) for name, grid in window.limits.items()),
        chosen=(p.power, p.feed_rate),
    )


def _section(plan: Plan) -> SectionView:
    bead, p = plan.choice.bead, plan.choice.procedure
    width, height, depth, mean = (
        np.quantile(q, _BAND) for q in (bead.width, bead.height, bead.depth, plan.choice.clad.mean)
    )
    below = mean * (p.layers - 1) / p.layers
    y = np.linspace(-0.6, 0.6, 181) * float(width[2])
    shape = [1.0 - (2.0 * y / w) ** 2 for w in width]
    clad_y = np.linspace(
        -0.6 * float(width[2]), (_TRACKS - 1) * p.pitch + 0.6 * float(width[2]), 421
    )
    tops, fusions = [], []
    for w, h, d, base in zip(width, height, depth, below, strict=True):
        at, tall = lay_side_by_side(p.pitch / w, _TRACKS)
        top = np.interp(clad_y, at * w, tall * h, left=0.0, right=0.0)
        tops.append(top + np.where(top > 0.0, base, 0.0))
        across = np.abs(clad_y[None, :] - p.pitch * np.arange(_TRACKS)[:, None])
        fusions.append(
            (-d * np.sqrt(np.clip(1.0 - (2.0 * across / w) ** 2, 0.0, None))).min(axis=0)
        )
    return SectionView(
        bead_y=y,
        bead_top=np.array([h * np.clip(s, 0.0, None) for s, h in zip(shape, height, strict=True)]),
        bead_fusion=np.array(
            [-d * np.sqrt(np.clip(s, 0.0, None)) for s, d in zip(shape, depth, strict=True)]
        ),
        clad_y=clad_y,
        clad_top=np.array(tops),
        clad_fusion=np.array(fusions),
        finished=plan.deposit.thickness_max - plan.job.allowance,
        allowance=plan.job.allowance,
        pitch=p.pitch,
    )


def _length(plan: Plan) -> LengthView:
    deposit = plan.deposit
    axial = np.unique(np.concatenate((np.linspace(deposit.start, deposit.end, 200), deposit.axial)))
    worn, target = deposit.worn_radius_at(axial), deposit.target_radius_at(axial)
    thickness = np.quantile(plan.choice.clad.mean, _BAND)
    return LengthView(
        axial, worn, target - plan.job.allowance, target, worn[None, :] + thickness[:, None]
    )


def _heat(plan: Plan) -> HeatView:
    history, job = plan.history, plan.job
    return HeatView(
        time=history.turns.arrival,
        axial=history.turns.axial,
        interpass=np.quantile(history.interpass, _BAND, axis=0),
        power=history.power,
        limit=job.limits.interpass_max,
        preheat=job.preheat if job.preheat > job.ambient + 1.0 else None,
        constant=np.median(plan.constant.interpass, axis=0),
        constant_power=float(plan.constant.power[0]),
    )


def _backplot(plan: Plan) -> BackplotView:
    program = plan.verdict.program
    moves = np.flatnonzero(program.kind != DWELL)
    power = np.where(program.lit, program.laser, 0.0)[moves]

    def poses(start: float, column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate(([start], column[moves]))

    return BackplotView(
        x=poses(program.x0, program.x),
        z=poses(program.z0, program.z),
        a=poses(program.a0, program.a),
        power=power,
        rapid=program.kind[moves] == RAPID,
        layer=np.maximum(program.layer[moves], 1).astype(np.int64),
        stand_off=plan.choice.procedure.stand_off,
    )


def _budget(plan: Plan) -> BudgetView:
    program, p = plan.program, plan.choice.procedure
    kept = plan.choice.bead.catchment[:, 0] * p.feed_rate * program.lit_time
    return BudgetView(
        total_time=program.total_time,
        laser_time=program.lit_time,
        wait_time=float(program.duration[program.kind == DWELL].sum()),
        powder_fed=program.powder_mass,
        powder_kept=_estimate(kept),
        gas=float(program.duration[program.gas].sum()) * plan.job.cell.gas.flow,
        energy=program.energy,
    )


def _setup(plan: Plan, now: datetime.datetime) -> SetupView:
    from reclad.record import ZERO_LINES

    job, p = plan.job, plan.choice.procedure
    cell, feeder = job.cell, job.cell.feeder
    limit = f"{to_unit(job.limits.interpass_max, 'degC'):.0f} °C"
    return SetupView(
        machine=cell.name,
        nozzle=job.nozzle.name,
        zero=ZERO_LINES,
        stand_off=p.stand_off,
        stand_off_tolerance=cell.stand_off_tolerance,
        feeder_rpm=feeder.rpm_for(p.feed_rate),
        feed_rate=p.feed_rate,
        weighed=feeder.weighed,
        weighing_valid_days=feeder.valid_days,
        weighing_expired=feeder.days_left(now.date()) < 0,
        powder_lot=feeder.lot,
        gas="Ar",
        gas_flow=cell.gas.flow,
        gas_purge=cell.gas.purge,
        preheat=job.preheat if job.preheat > job.ambient + 1.0 else None,
        program_file="program.ngc",
        dry_run_file=f"reclad post {job.name} --dry-run",
        coupon_file=f"reclad post {job.name} --coupon",
        resume_command=f"reclad post {job.name} --from-turn N",
        stop_when=(
            say("powder flow stops, pulses or is visibly uneven"),
            say("the melt pool flares, spatters or changes colour"),
            say("the nozzle touches or glows"),
            say("shielding gas flow is lost"),
            say("inter-pass temperature above {value}", value=limit),
        ),
        inspect=(
            say("diameter every 50 mm, before and after"),
            say("dye penetrant test of the whole clad"),
            say("hardness on the coupon section"),
            say("run-out at the middle"),
        ),
    )


def _assumed(plan: Plan) -> tuple[AssumedRow, ...]:
    job = plan.job
    rows = []
    for belief in beliefs(job.parent, job.clad, job.nozzle):
        if belief.source == "assumed" and belief.name not in _TOLD_BY_FILES:
            name, unit = UNKNOWNS[belief.name]
            estimate = _estimate(getattr(plan.draws, belief.name))
            low, mid, high = (
                format_number(to_unit(v, unit) if unit else v, 3)
                for v in (estimate.low, estimate.mid, estimate.high)
            )
            rows.append(AssumedRow(say(name), f"{mid} ({low}–{high}) {unit}".strip(), _why("")))
    for name, value in (
        ("overlap", f"{OVERLAP_MAX:.0%}"),
        ("conduction", f"{KEYHOLE_MAX:g}"),
        ("seam", f"{to_unit(SEAM_DEPTH_MIN, 'mm'):g} mm"),
        ("wall", f"{WALL_SHARE_MAX:.0%}"),
    ):
        rows.append(AssumedRow(say("limit: {name}", name=say(LIMITS[name])), value, say("assumed")))
    rows += [AssumedRow(name_number(a.what), a.value, _why(a.source)) for a in assumed(job)]
    return tuple(rows)


def _why(source: str) -> Words:
    _, _, note = source.partition(": ")
    return say("assumed: {note}", note=say_if_known(note)) if note else say("assumed")


def _method(plan: Plan) -> MethodView:
    return MethodView(
        steps=tuple(MethodStep(say(what), source) for what, source in _STEPS),
        draws=len(plan.draws),
        seed=plan.seed,
        trials=0,
        versions=(*versions().items(), ("Python", platform.python_version())),
        inputs=tuple(plan.job.sources.items()),
    )
