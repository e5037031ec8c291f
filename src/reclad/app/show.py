"""Results as lines for a terminal, in the words of a shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.errors import ProgramError
from reclad.record.names import MEASUREMENTS, name_limit
from reclad.record.summary import quantity
from reclad.units import format_quantity

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.diagnosis import Cause
    from reclad.job import Assumed, Job
    from reclad.record import Checked

_MODES = {"conduction": "sound", "keyhole": "keyhole", "no_melt": "no melt"}
_LEGEND = {
    "keyhole": "keyhole: the beam drills in and traps pores",
    "no_melt": "no melt: the surface never melts",
}
_HOPELESS = 0.05  # a chance that no coupon will mend
_BRACKETS = "in brackets: nine out of ten lie between"
_TOTALS = {
    "total_time": "s",
    "lit_time": "s",
    "energy": "kJ",
    "powder_mass": "g",
    "power_min": "W",
    "power_max": "W",
    "x_speed_max": "mm/s",
    "z_speed_max": "mm/s",
    "a_speed_max": "deg/s",
    "x_min": "mm",
    "x_max": "mm",
    "z_min": "mm",
    "z_max": "mm",
    "a_min": "deg",
    "a_max": "deg",
}


def job_lines(job: Job, guesses: list[Assumed]) -> str:
    """A job that could be read."""
    part = job.part
    return "\n".join(
        (
            f"{job.name}: ready to plan",
            f"  job       {job.kind} of {job.feedstock.name} on {job.parent.name}, machine "
            f"{job.cell.name}",
            f"  part      {part.shape} {_mm(part.length)} long, {_mm(part.across)} of metal "
            f"behind the surface, to clad "
            f"{_mm(part.clad_from)} to {_mm(part.clad_to)}, {len(part.caliper)} caliper rows",
            f"  files     {len(job.sources)} read, all valid",
            f"  assumed   {len(guesses)} numbers nobody measured here; --json lists them",
            *(
                f"  caution   {metal.name}: {metal.caution}"
                for metal in (job.parent, job.clad)
                if metal.caution
            ),
        )
    )


def plan_lines(summary: dict[str, Any], folder: Path) -> str:
    """A plan: how sure, what is proposed, what to expect, where it is."""
    return "\n".join(
        (
            "",
            f"{summary['job']}: {_status(summary)}",
            *_learned(summary["learned"]),
            *_chance_lines(summary),
            *_risk_lines(summary["risk"]),
            "",
            *_settings(summary),
            "",
            *_expected(summary["expected"]),
            "",
            *_repair(summary),
            "",
            *_files(summary, folder),
        )
    )


def _status(summary: dict[str, Any]) -> str:
    if not summary["program"]["accepted"]:
        return "REFUSED - the program must not run"
    if summary["status"] == "preliminary":
        return "PRELIMINARY - weld and measure a coupon first"
    return "ready"


def _learned(learned: dict[str, Any] | None) -> list[str]:
    if learned is None:
        return []
    lines = [f"  learned from {learned['beads']} beads of {learned['trials']}"]
    if learned["restricted"]:
        lines[0] += ", RESTRICTED by their agreement, and so is this plan"
    if learned["lacks"]:
        lines.append(f"  they do not stand behind these settings: {'; '.join(learned['lacks'])}")
    return lines


def _chance_lines(summary: dict[str, Any]) -> list[str]:
    binding = summary["binding"]
    lines = [
        f"  chance that every limit is kept: {_chance(summary['chance'])} "
        f"(the job asks {_chance(summary['asked'])})",
        f"  most at risk: {name_limit(binding, summary['shape'])}, kept with "
        f"{_chance(summary['chances'][binding])}",
    ]
    if summary["chance"] < _HOPELESS:
        lines.append(
            "  no settings are likely to keep every limit: loosen a limit or what job.toml fixes, "
            "before any coupon"
        )
    best = [(m, c) for m, c in summary["measurements"].items() if m != "none"][:2]
    if summary["status"] == "preliminary":
        lines += [
            f"  {'what would help most:' if not i else '':22} {MEASUREMENTS[name]}: about "
            f"{_chance(chance)}"
            for i, (name, chance) in enumerate(best)
        ]
    return lines


def _risk_lines(risk: dict[str, Any]) -> list[str]:
    if risk["verdict"] is None:
        return [f"  risk not weighed: {risk['why_not']}"]
    lines = [
        f"  risk: {risk['verdict'].upper()}, part lost with {_share(risk['loss'])}, most by "
        f"{risk['binding'].replace('_', ' ')}"
    ]
    if risk["reasons"]:
        return [*lines, f"  because {risk['reasons'][0]}"]
    return [*lines, f"  any damage, mostly rework, with {_share(risk['damage'])}"]


def _share(told: dict[str, Any]) -> str:
    middle, low, high = (_chance(told[point] / 100.0) for point in ("value", "p05", "p95"))
    return f"{middle} ({low} to {high})"


def _settings(summary: dict[str, Any]) -> list[str]:
    chosen = summary["procedure"]
    free = (summary["free_choice"] or {}).get("procedure")
    rows: list[tuple[str, list[str]]] = []
    for name, key in (
        ("power", "power"),
        ("travel speed", "travel_speed"),
        ("powder feed", "feed_rate"),
        ("feeder disc", "feeder_speed"),
        ("pitch", "pitch"),
        ("layers", "layers"),
        ("stand-off", "stand_off"),
    ):
        told = [s[key] for s in (chosen, free) if s]
        rows.append((name, [_one(t) if isinstance(t, dict) else str(t) for t in told]))
    heads = ["proposed"]
    if free:
        told = summary["free_choice"]
        heads.append("nothing fixed")
        rows.append(
            ("chance, mid-repair", [_chance(summary["chance_middle"]), _chance(told["chance"])])
        )
        rows.append(
            ("beam-on time", [_time(summary["repair"]["laser_time"]), _time(told["laser_time"])])
        )
    lines = [f"{'settings':20}" + "".join(f"{head:>16}" for head in heads)]
    lines += [f"{name:20}" + "".join(f"{cell:>16}" for cell in cells) for name, cells in rows]
    if free:
        lines.append("  nothing fixed: the choice if job.toml fixed none of these")
    return lines


def _expected(expected: dict[str, Any]) -> list[str]:
    return [
        f"{'expected':20}{'low':>9}{'middle':>9}{'high':>9}",
        *(
            f"{name:20}"
            + "".join(f"{cell:>9}" for cell in _low_to_high(expected[key]))
            + f" {expected[key]['unit']}"
            for name, key in (
                ("bead width", "width"),
                ("bead height", "height"),
                ("fused depth", "depth"),
                ("dilution", "dilution"),
                ("powder kept", "catchment"),
                ("clad thickness", "thickness"),
                ("thickness needed", "thickness_needed"),
                ("hottest inter-pass", "interpass_highest"),
            )
        ),
        "  nine out of ten such repairs lie between low and high",
    ]


def _low_to_high(told: dict[str, Any]) -> list[str]:
    if told["p05"] == told["p95"]:
        return ["", _number(told["value"]), ""]
    return [_number(told[p]) for p in ("p05", "p50", "p95")]


def _repair(summary: dict[str, Any]) -> list[str]:
    repair, program = summary["repair"], summary["program"]
    turn = "turn" if repair["form"] == "round" else "track"
    verdict = "accepted" if program["accepted"] else f"REFUSED, faults: {len(_faults(summary))}"
    return [
        f"repair    {_time(repair['time'])}, beam on {_time(repair['laser_time'])}, "
        f"{repair['turns']} {turn}s",
        f"powder    {_one(repair['powder_fed'])} fed, {_interval(repair['powder_kept'])} kept",
        f"power     {_one(repair['power_first_turn'])} in the first {turn}, "
        f"{_one(repair['power_last_turn'])} in the last",
        f"program   {verdict}: {program['states']} steps, power set {program['power_steps']} times",
        f"          {program['referee']['said']}",
        *(f"          {finding}" for finding in program["findings"][:10]),
    ]


def _files(summary: dict[str, Any], folder: Path) -> list[str]:
    name = summary["program"]["file"]
    lines = [f"report    {folder / 'report.html'}", f"program   {folder / name}"]
    if summary["status"] == "preliminary" and summary["program"]["accepted"]:
        lines.append(f"next      reclad post {folder.parent} --coupon")
    if summary["program"]["accepted"]:
        lines.append(f"risk      reclad assess {folder.parent}")
    return lines


def explained(told: dict[str, Any]) -> str:
    """Everything that can be explained, one line each."""
    lines = [f"{name:14}{_interval(one['value']):28}{one['origin']}" for name, one in told.items()]
    return "\n".join((*lines, _BRACKETS, "one of them in full: reclad explain JOB NAME"))


def explanation(name: str, told: dict[str, Any]) -> str:
    """One number traced back: value, model, parameters, source."""
    lines = [f"{name.replace('_', ' ')}: {_interval(told['value'])}, {told['origin']}"]
    if "along" in told:
        lines.append(
            f"  along the repair: {_one(told['along']['first_turn'])} in the first "
            f"{told['along']['turn']}, "
            f"{_one(told['along']['last_turn'])} in the last, as the part warms up"
        )
    lines += [f"  from: {model}" for model in told["model"]]
    if told.get("sides"):
        lines.append("  chance that every limit is kept, at mid-repair:")
        lines += [
            f"    at {_one(side['at']):>11}: {_chance(side['chance']):>6}; most at risk: "
            f"{side['binding_name']}, kept with {_chance(side['binding_chance'])}"
            for side in told["sides"]
        ]
    if told.get("parameters"):
        lines.append("  what moves it most (-1 to +1), what is believed of it, and why:")
        lines += [
            f"    {p['influence']:+.2f}  {p['meaning']}: {_interval(p['believed'])}, "
            f"{'assumed' if p['source'] == 'assumed' else 'source ' + p['source']}"
            for p in told["parameters"]
        ]
    if told["value"]["p05"] != told["value"]["p95"]:
        lines.append(f"  {_BRACKETS}")
    return "\n".join(lines)


def bead_table(rows: list[dict[str, Any]]) -> str:
    """Predicted beads, one line per row: the middle with low to high."""
    columns = (("width", "mm"), ("height", "mm"), ("depth", "mm"), ("dilution", "%"))
    lines = [f"{'row':>4}  " + "".join(f"{f'{n} {u}':<24}" for n, u in columns) + "melt pool"]
    for row in rows:
        cells = "".join(
            f"{_range(row[name]) if row['powder'] or name in ('width', 'depth') else '-':<24}"
            for name, _ in columns
        )
        mode = max(row["mode"], key=lambda m: row["mode"][m])
        lines.append(f"{row['row']:>4}  {cells}{_MODES[mode]} {_chance(row['mode'][mode])}")
    lines.append(_BRACKETS)
    lines += [text for mode, text in _LEGEND.items() if any(r["mode"][mode] > 0.5 for r in rows)]
    return "\n".join(lines)


def checked_lines(checked: Checked, *, written: bool = False) -> str:
    """A checked program: accepted or refused, what it was checked against, lines and reasons."""
    program, findings = checked.verdict.program, _findings(checked)
    compared = (
        f"pose by pose with {checked.plan}" if checked.plan else "with none: none is beside it"
    )
    verdict = "accepted" if checked.accepted else "REFUSED - do not run"
    lines = [
        f"{checked.path}: {'written, ' if written else ''}{verdict}",
        f"  machine   {checked.machine}",
        f"  plan      compared {compared}",
        f"  program   {len(program)} steps, {duration(program.total_time)}, beam on "
        f"{duration(program.lit_time)}, powder {format_quantity(program.powder_mass, 'g')}",
        f"  referee   {checked.refereed.message}",
    ]
    return "\n".join((*lines, *(f"  {'note: ' if f.note else ''}{f}" for f in findings)))


def checked_json(checked: Checked) -> dict[str, Any]:
    """The same as plain JSON values."""
    refereed = checked.refereed
    totals = checked.verdict.program.summary()
    return {
        "program": str(checked.path),
        "accepted": checked.accepted,
        "machine": checked.machine,
        "plan": checked.plan and str(checked.plan),
        "findings": [
            {"line": f.line, "rule": f.rule, "message": f.message, "note": f.note}
            for f in _findings(checked)
        ],
        "referee": {
            "available": refereed.available,
            "accepted": refereed.accepted,
            "said": refereed.message,
            "exit_code": refereed.exit_code,
        },
        "totals": {"states": int(totals["states"])}
        | {name: quantity(totals[name], unit) for name, unit in _TOTALS.items()},
    }


def expect_accepted(checked: Checked, remedy: str) -> None:
    """ProgramError with the first fault of a refused program, one line."""
    if checked.accepted:
        return
    faults = [str(f) for f in _findings(checked) if not f.note] or [checked.refereed.message]
    raise ProgramError(f"{checked.path}: refused, {remedy}: {_first(faults)}")


def expect_plan_accepted(summary: dict[str, Any]) -> None:
    """ProgramError with the first fault of a plan's program, one line, if it must not run."""
    if not summary["program"]["accepted"]:
        raise ProgramError(
            f"{summary['job']}: the program is refused, and saved as "
            f"{summary['program']['file']} only: "
            f"{_first(_faults(summary))}"
        )


def _faults(summary: dict[str, Any]) -> list[str]:
    program = summary["program"]
    found = [f for f in program["findings"] if not f.startswith("note: ")]
    return found or [program["referee"]["said"]]


def _first(faults: list[str]) -> str:
    return faults[0] + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")


def _findings(checked: Checked) -> list[Any]:
    """Ours, then the interpreter's, the checksum last: a broken rule says more than a changed
    text."""
    found = [*checked.verdict.findings, *checked.refereed.findings]
    return sorted(found, key=lambda f: f.rule == "checksum")


def duration(seconds: float) -> str:
    """A time as a shop says it: "4 h 57 min", "1 min 16 s", "12 s"."""
    whole = round(seconds)
    hours, minutes = divmod(round(seconds / 60.0), 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def _time(told: dict[str, Any]) -> str:
    return duration(told["value"] * {"h": 3600.0, "min": 60.0, "s": 1.0}[told["unit"]])


def _chance(share: float) -> str:
    """A chance in %; never a certainty, which a few hundred draws cannot give."""
    if share > 0.995:
        return "> 99 %"
    return "< 1 %" if share < 0.005 else f"{share * 100:.0f} %"


def _mm(metres: float) -> str:
    return format_quantity(metres, "mm")


def _number(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.3g}" if size >= 0.1 else f"{value:.2g}"


def _one(told: dict[str, Any]) -> str:
    return f"{_number(told['value'])} {told['unit']}".rstrip()


def _range(told: dict[str, Any]) -> str:
    if told["p05"] == told["p95"]:
        return _number(told["value"])
    return f"{_number(told['value'])} ({_number(told['p05'])} to {_number(told['p95'])})"


def _interval(told: dict[str, Any]) -> str:
    if told["p05"] == told["p95"]:
        return _one(told)
    return f"{_one(told)} ({_number(told['p05'])} to {_number(told['p95'])})"


def causes(symptom: str, found: list[Cause]) -> str:
    """Likely causes of a symptom, likeliest first."""
    lines = [f"{symptom}: likely causes, likeliest first (the odds behind them are assumed)"]
    for cause in found:
        lines += [
            f"  {cause.chance:4.0%}  {cause.name}",
            f"        why      {cause.evidence}",
            f"        change   {cause.change}",
            f"        measure  {cause.measure}",
        ]
    return "\n".join(lines)
