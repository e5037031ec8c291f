"""The report's papers - time and material, set-up, assumed numbers, method - from a plan."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from reclad.job import assumed
from reclad.lab import beliefs
from reclad.process.limits import KEYHOLE_MAX, OVERLAP_MAX, SEAM_DEPTH_MIN, WALL_SHARE_MAX
from reclad.program.neutral import DWELL
from reclad.record.folder import versions
from reclad.record.names import UNKNOWNS, name_limit
from reclad.record.summary import program_name
from reclad.record.views import (
    AssumedRow,
    BudgetView,
    MethodStep,
    MethodView,
    SetupView,
    estimate,
)
from reclad.record.words import (
    PLATE_ZERO_LINES,
    ZERO_LINES,
    Words,
    name_number,
    say,
    say_if_known,
)
from reclad.units import format_number, to_unit

if TYPE_CHECKING:
    import datetime

    from reclad.job import Treatment
    from reclad.part import Part
    from reclad.plan import Plan

# Beliefs that are a data file's own numbers: printed with that file.
_TOLD_BY_FILES = (
    "grain_speed",
    "stream_radius",
    "stream_focus",
    "divergence",
    "conductivity",
    "heat_capacity",
    "spot_scale",
)
_MEASURED_EVERY = 0.05  # m between diameters measured along a long zone
STEPS = (
    ("Wear from the caliper table; metal wanted is wear plus machining allowance", "caliper table"),
    (
        "Beam as a sum of Gaussians; powder stream with shadowing and heating in flight",
        "pinkerton2007",
    ),
    ("Melt pool of a moving source with images in the wall", "eagar1983"),
    ("Pool, powder caught and bead solved together; mass closes exactly", "picasso1994, huang2019"),
    ("Tracks side by side as parabolas resting on the profile already laid", "ocelik2014"),
    (
        "Heat of the whole part in cells, melt pools finely along the path; the power holds the "
        "pool’s depth",
        "voller1987",
    ),
    (
        "Every unknown drawn from its published or assumed spread; limits judged draw by draw",
        "assumed",
    ),
    ("Program written, read back from its text, compared with the plan pose by pose", "linuxcnc"),
)

_STEPS_OF = {  # where a pipe's words do not fit another shape
    "shaft": {
        "Melt pool of a moving source with images in the wall": (
            "Melt pool of a moving source in thick metal"
        ),
    },
    "plate": {
        "Melt pool of a moving source with images in the wall": (
            "Melt pool of a moving source with images in the plate’s underside"
        ),
    },
}


def fill_budget(plan: Plan) -> BudgetView:
    """Time, powder, gas and light of the program."""
    program, p = plan.program, plan.choice.procedure
    kept = plan.choice.bead.catchment[:, 0] * p.feed_rate * program.lit_time
    return BudgetView(
        total_time=program.total_time,
        laser_time=program.lit_time,
        wait_time=float(program.duration[program.kind == DWELL].sum()),
        powder_fed=program.powder_mass,
        powder_kept=estimate(kept),
        gas=float(program.duration[program.gas].sum()) * plan.job.cell.gas.flow,
        energy=program.energy,
    )


def fill_setup(plan: Plan, now: datetime.datetime) -> SetupView:
    """What the operator sets and checks."""
    job, p = plan.job, plan.choice.procedure
    cell, feeder = job.cell, job.cell.feeder
    limit = f"{to_unit(job.limits.interpass_max, 'degC'):.0f} °C"
    return SetupView(
        machine=cell.name,
        nozzle=job.nozzle.name,
        clamp=_clamp(job.part),
        mask=_mask(job.part, p.stand_off),
        zero=PLATE_ZERO_LINES if job.part.flat else ZERO_LINES,
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
        program_file=program_name(plan),
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
        treat=_treat(job.treatment),
        inspect=_inspect(job.part),
    )


def _treat(treatment: Treatment) -> tuple[Words, ...]:
    """What happens to the hot part; nothing said lets it cool in still air."""
    lines = []
    if treatment.slow_cooling is not None:
        lines.append(
            say(
                "Hot, at once, into a furnace at {value}; down to 100 °C over {hours} h.",
                value=f"{to_unit(treatment.slow_cooling, 'degC'):.0f} °C",
                hours=f"{treatment.slow_cooling_time / 3600.0:g}",
            )
        )
    if treatment.post_heat is not None:
        lines.append(
            say(
                "Furnace: {value} for {hours} h.",
                value=f"{to_unit(treatment.post_heat, 'degC'):.0f} °C",
                hours=f"{treatment.post_heat_time / 3600.0:g}",
            )
        )
    return tuple(lines)


def _clamp(part: Part) -> tuple[Words, ...]:
    if part.flat:
        return (
            say("Plate flat on the table, one edge along X, clamps clear of the nozzle."),
            say("Surface bare, dry and free of oil."),
        )
    return (say("Chuck and tailstock, no axial play. Surface bare, dry and free of oil."),)


def _mask(part: Part, stand_off: float) -> tuple[Words, ...]:
    """What a seat between shoulders needs before the beam; nothing for an open zone."""
    heights = [height for height in (part.shoulder_from, part.shoulder_to) if height]
    if not heights:
        return ()
    gap = f"{to_unit(stand_off - max(heights), 'mm'):.0f} mm"
    return (
        say(
            "Bearing and seals off. Remove all grease from the seat, the fillets and any oil hole."
        ),
        say("Mask both shoulder faces against powder and spatter.")
        if len(heights) == 2
        else say("Mask the shoulder face against powder and spatter."),
        say("The nozzle passes about {gap} above the shoulder: watch it in the dry run.", gap=gap),
    )


def _inspect(part: Part) -> tuple[Words, ...]:
    """What is measured afterwards, by shape."""
    on_coupon = say("hardness on the coupon section")
    penetrant = say("dye penetrant test of the whole clad")
    if part.flat:
        return (
            say("thickness at the corners and in the middle, before and after"),
            penetrant,
            on_coupon,
            say("flatness of the plate, before and after"),
        )
    short = part.clad_to - part.clad_from < 3 * _MEASURED_EVERY
    lines: tuple[Words, ...] = (
        say("diameter at both ends and in the middle, before and after")
        if short
        else say("diameter every 50 mm, before and after"),
        penetrant,
        on_coupon,
        say("run-out of the clad zone") if short else say("run-out at the middle"),
    )
    if part.shoulder_from or part.shoulder_to:
        lines += (say("shoulder faces and fillets: no clad, no spatter"),)
    return lines


def fill_assumed(plan: Plan) -> tuple[AssumedRow, ...]:
    """Every number nobody has measured, the model's own first."""
    job = plan.job
    rows = []
    for belief in beliefs(job.parent, job.clad, job.nozzle):
        if belief.source == "assumed" and belief.name not in _TOLD_BY_FILES:
            name, unit = UNKNOWNS[belief.name]
            spread = estimate(getattr(plan.draws, belief.name))
            low, mid, high = (
                format_number(to_unit(v, unit) if unit else v, 3)
                for v in (spread.low, spread.mid, spread.high)
            )
            rows.append(AssumedRow(say(name), f"{mid} ({low}–{high}) {unit}".strip(), _why("")))
    for name, value in (
        ("overlap", f"{OVERLAP_MAX:.0%}"),
        ("conduction", f"{KEYHOLE_MAX:g}"),
        ("seam", f"{to_unit(SEAM_DEPTH_MIN, 'mm'):g} mm"),
        ("wall", f"{WALL_SHARE_MAX:.0%}"),
    ):
        rows.append(
            AssumedRow(
                say("limit: {name}", name=say(name_limit(name, job.part.shape))),
                value,
                say("assumed"),
            )
        )
    rows += [AssumedRow(name_number(a.what), a.value, _why(a.source)) for a in assumed(job)]
    return tuple(rows)


def _why(source: str) -> Words:
    _, _, note = source.partition(": ")
    return say("assumed: {note}", note=say_if_known(note)) if note else say("assumed")


def fill_method(plan: Plan) -> MethodView:
    """The model chain, versions and inputs."""
    swaps = _STEPS_OF.get(plan.job.part.shape, {})
    return MethodView(
        steps=(
            *(MethodStep(say(swaps.get(what, what)), source) for what, source in STEPS),
            *_learned(plan),
        ),
        draws=len(plan.draws),
        seed=plan.seed,
        trials=plan.trials,
        versions=(*versions().items(), ("Python", platform.python_version())),
        inputs=tuple(plan.job.sources.items()),
    )


def _learned(plan: Plan) -> list[MethodStep]:
    """What the model was fitted to, and on which terms."""
    if plan.learned is None:
        return []
    origin = plan.learned.origin
    count = str(plan.learned.posterior.rows)
    told = say("Model fitted to {count} trials of {name}", count=count, name=origin.trials)
    steps = [MethodStep(told, origin.citation or origin.licence or origin.trials)]
    if origin.restricted:
        words = "Restricted: the trials and this fit may be used only as agreed:"
        steps.append(MethodStep(say(words), origin.agreement))
    return steps
