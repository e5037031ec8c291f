"""Results as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.record.names import LIMITS, MEASUREMENTS
from reclad.units import format_quantity

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.job import Job
    from reclad.program import RefereeReport, Verdict


def job_lines(job: Job, assumed: int) -> str:
    """A job that could be read."""
    part = job.part
    return "\n".join(
        (
            f"{job.name}: {job.kind} of {job.feedstock.name} on {job.parent.name}, "
            f"machine {job.cell.name}",
            f"  {part.shape} {_mm(part.length)} long, wall {_mm(part.wall)}, to clad "
            f"{_mm(part.clad_from)} to {_mm(part.clad_to)}, {len(part.caliper)} caliper rows",
            f"  {len(job.sources)} files read, {assumed} numbers only assumed",
        )
    )


def plan_lines(summary: dict[str, Any], folder: Path) -> str:
    """A plan: how sure, what is proposed, what to expect, where it is."""
    repair, program = summary["repair"], summary["program"]
    lines = [
        "",
        f"{summary['job']}: {_status(summary)}",
        f"  chance that every limit holds: {summary['chance']:.0%} (asked {summary['asked']:.0%}); "
        f"binding: {LIMITS[summary['binding']]}",
        *_lift(summary["measurements"]),
        "",
        *_procedure(summary),
        "",
        "expected                5 %        50 %        95 %",
        *(
            _band(name, summary["expected"][key])
            for name, key in (
                ("bead width", "width"),
                ("bead height", "height"),
                ("fused depth", "depth"),
                ("dilution", "dilution"),
                ("catchment", "catchment"),
                ("layer thickness", "thickness"),
                ("inter-pass, hottest", "interpass_highest"),
            )
        ),
        "",
        f"time {_one(repair['time'])} (beam on {_one(repair['laser_time'])}), "
        f"{repair['turns']} turns, powder {_one(repair['powder_fed'])}, power "
        f"{_one(repair['power_first_turn'])} falling to {_one(repair['power_last_turn'])}",
        f"program: {program['states']} states, {program['power_steps']} power steps, "
        f"{'accepted' if program['accepted'] else 'REFUSED'}; {program['referee']['said']}",
        *(f"  {finding}" for finding in program["findings"][:10]),
        "",
        f"report   {folder / 'report.html'}",
        f"program  {folder / 'program.ngc'}",
    ]
    return "\n".join(lines)


def _status(summary: dict[str, Any]) -> str:
    if summary["status"] == "preliminary":
        return "PRELIMINARY: COUPON FIRST"
    return "ready"


def _lift(measurements: dict[str, float]) -> list[str]:
    best = [(m, c) for m, c in measurements.items() if m != "none"][:2]
    return [f"  {MEASUREMENTS[name]} would lift it to about {chance:.0%}" for name, chance in best]


def _procedure(summary: dict[str, Any]) -> list[str]:
    chosen = summary["procedure"]
    free = (summary["free_choice"] or {}).get("procedure")
    lines = [f"{'':22}{'proposed':>12}" + (f"{'free choice':>14}" if free else "")]
    for name, key in (
        ("power", "power"),
        ("travel speed", "travel_speed"),
        ("powder feed", "feed_rate"),
        ("feeder", "feeder_speed"),
        ("pitch", "pitch"),
        ("layers", "layers"),
        ("stand-off", "stand_off"),
    ):
        cells = [
            _one(s[key]) if isinstance(s[key], dict) else str(s[key]) for s in (chosen, free) if s
        ]
        lines.append(f"{name:22}{cells[0]:>12}" + (f"{cells[1]:>14}" if free else ""))
    if free:
        told = summary["free_choice"]
        lines.append(f"{'chance at mid-repair':22}{'':>12}{told['chance']:>14.0%}")
        lines.append(
            f"{'beam-on time':22}{_one(summary['repair']['laser_time']):>12}"
            f"{_one(told['laser_time']):>14}"
        )
    return lines


def explanation(name: str, told: dict[str, Any]) -> str:
    """One number traced back: value, model, parameters, source."""
    lines = [f"{name} = {_interval(told['value'])}, {told['origin']}"]
    lines += [f"  <- {model}" for model in told["model"]]
    for side in told.get("sides", ()):
        lines.append(
            f"  at {_one(side['at'])}: chance {side['chance']:.0%}, held back by "
            f"{LIMITS[side['binding']]} ({side['binding_chance']:.0%})"
        )
    for p in told.get("parameters", ()):
        lines.append(
            f"  <- {p['name'].replace('_', ' ')}: {p['belief'].replace('_', '-')} "
            f"(influence {p['influence']:+.2f}) <- {p['source']}"
        )
    return "\n".join(lines)


def bead_table(rows: list[dict[str, Any]]) -> str:
    """Predicted beads, one line per row: 50 % with 5 % to 95 %."""
    lines = [f"{'row':>4}  {'width':>22} {'height':>22} {'depth':>22} {'dilution':>22}  mode"]
    for row in rows:
        mode = max(row["mode"], key=lambda m: row["mode"][m]).replace("_", " ")
        cells = " ".join(
            f"{_interval(row[key]):>22}" for key in ("width", "height", "depth", "dilution")
        )
        lines.append(f"{row['row']:>4}  {cells}  {mode} {max(row['mode'].values()):.0%}")
    return "\n".join(lines)


def verdict_lines(
    path: Path, verdict: Verdict, refereed: RefereeReport, plan: Path | None = None
) -> str:
    """A checked program: accepted or refused, with lines and reasons."""
    accepted = verdict.accepted and (not refereed.available or refereed.accepted)
    program = verdict.program
    lines = [
        f"{path}: {'accepted' if accepted else 'REFUSED'}",
        f"  {len(program)} states, {format_quantity(program.total_time, 'min')}, beam on "
        f"{format_quantity(program.lit_time, 'min')}, powder "
        f"{format_quantity(program.powder_mass, 'g')}",
    ]
    lines.append(
        f"  compared pose by pose with {plan}"
        if plan
        else "  not compared with a plan: none beside it and none given"
    )
    lines += [f"  {'note: ' if f.note else ''}{f}" for f in verdict.findings]
    lines.append(f"  {refereed.message}")
    lines += [f"  rs274: {f}" for f in refereed.findings]
    return "\n".join(lines)


def verdict_json(path: Path, verdict: Verdict, refereed: RefereeReport) -> dict[str, Any]:
    """The same as plain JSON values."""
    accepted = verdict.accepted and (not refereed.available or refereed.accepted)
    return {
        "program": str(path),
        "accepted": accepted,
        "findings": [
            {"line": f.line, "rule": f.rule, "message": f.message, "note": f.note}
            for f in (*verdict.findings, *refereed.findings)
        ],
        "referee": {
            "available": refereed.available,
            "accepted": refereed.accepted,
            "said": refereed.message,
            "exit_code": refereed.exit_code,
        },
        "totals": {name: round(value, 6) for name, value in verdict.program.summary().items()},
    }


def _mm(metres: float) -> str:
    return format_quantity(metres, "mm")


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _one(told: dict[str, Any]) -> str:
    return f"{_number(told['value'])} {told['unit']}"


def _interval(told: dict[str, Any]) -> str:
    if told["p05"] == told["p95"]:
        return _one(told)
    return f"{_one(told)} ({_number(told['p05'])} to {_number(told['p95'])})"


def _band(name: str, told: dict[str, Any]) -> str:
    cells = "".join(f"{_number(told[p]):>12}" for p in ("p05", "p50", "p95"))
    return f"{name:20}{cells} {told['unit']}"
