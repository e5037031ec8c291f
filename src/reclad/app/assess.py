"""`reclad assess` and `reclad outcome`: what may go wrong with a repair, and what did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.levers import Lever
    from reclad.risk import Interval, Risk

OutcomesFile = Annotated[
    Path | None, typer.Option("--outcomes", help="what came of this shop's repairs so far")
]
AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(assess)
    app.command()(outcome)


def assess(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="job folder")],
    posterior: Annotated[
        Path | None, typer.Option("--posterior", help="what `reclad fit` made of trials")
    ] = None,
    outcomes: OutcomesFile = None,
    levers: Annotated[
        bool, typer.Option("--levers/--no-levers", help="also plan again what would lower it")
    ] = True,
    replace: Annotated[
        bool, typer.Option("--replace", help="give up a page that somebody changed by hand")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Accept, coupon first, or refuse: the risk of a repair.

    Writes risk/risk.html and risk/risk.json into the job folder.
    """
    from reclad.foresight import foresee
    from reclad.job import read_job
    from reclad.lab import read_posterior
    from reclad.levers import try_levers
    from reclad.record.risk import PAGE, write_risk
    from reclad.risk import assess as assess_risk
    from reclad.shop.outcomes import read_outcomes

    read = read_job(job)
    learned = None if posterior is None else read_posterior(posterior)
    known = () if outcomes is None else read_outcomes(outcomes)
    mention("  choosing parameters and marching the heat")
    laid = foresee(read, learned=learned)
    risk = assess_risk(laid, known)
    tried: Sequence[Lever] = ()
    if levers:
        tried = try_levers(laid, known, say=lambda line: mention(f"  {line}"))
    told, folder = write_risk(job, laid, risk, tried, replace=replace)
    # ASCII only: a console that lacks a sign must not change the data.
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json
         else "\n".join(_lines(read.name, risk, tried, folder / PAGE)))  # fmt: skip


def _lines(name: str, risk: Risk, levers: Sequence[Lever], page: Path) -> list[str]:
    lines = [
        f"{name}: {risk.verdict.upper()}",
        *(f"  {reason}" for reason in risk.reasons),
        f"  part lost   {_told(risk.loss)}, most by {risk.binding.replace('_', ' ')}",
        f"  any damage  {_told(risk.damage)}",
        f"  of these chances {risk.prior_share:.0%} is belief, not seen in this shop",
        "",
        f"  {'damage':22}{'chance (5-95 %)':26}{'part lost':22}from",
        *(
            f"  {mode.name.replace('_', ' '):22}{_told(mode.chance):26}{_told(mode.lost):22}"
            f"{mode.told.why}"
            for mode in sorted(risk.modes, key=lambda m: -m.lost.middle)
        ),
    ]
    for label, zone in (("first", risk.evidence.first), ("last", risk.evidence.last)):
        if zone is not None:
            low, middle, high = _points(zone.hardest)
            lines.append(
                f"  hardest under the {label} bead: {middle:.0f} HV ({low:.0f}-{high:.0f})"
            )
    if levers:
        lines += ["", "  what would lower it, each planned again:"]
        lines += [_lever_line(lever) for lever in levers]
    lines += [f"  note: {note}" for note in risk.evidence.notes]
    return [*lines, f"  page        {page}"]


def _lever_line(lever: Lever) -> str:
    if lever.risk is None:
        return f"    {lever.change!s:44}cannot be done: {lever.takes}"
    return f"    {lever.change!s:44}{lever.risk.verdict:14}part lost {_told(lever.risk.loss)}"


def _points(values: Any) -> tuple[float, float, float]:
    import numpy as np

    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float(low), float(middle), float(high)


def _told(chance: Interval) -> str:
    from reclad.record.risk import told

    return told(chance).replace("–", "-")


def outcome(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="job folder, assessed before")],
    outcomes: Annotated[
        Path, typer.Option("--outcomes", help="file to add to, one line per repair")
    ],
    damage: Annotated[
        list[str] | None,
        typer.Option("--damage", help="kind of damage that came; leave out if sound"),
    ] = None,
    date: Annotated[str, typer.Option("--date", help="when finished, YYYY-MM-DD")] = "",
    as_json: AsJson = False,
) -> None:
    """Add what came of a finished repair: chances learn from it."""
    import datetime

    from reclad.errors import FileError
    from reclad.record.folder import job_folder_of
    from reclad.record.risk import FOLDER, NUMBERS
    from reclad.shop.outcomes import add_outcome

    file = job_folder_of(job) / FOLDER / NUMBERS
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        name, foretold = str(told["job"]), dict(told["foretold"])
    except FileNotFoundError as error:
        raise FileError(f"{file}: not there; run `reclad assess {job}` first") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(f"{file}: no assessment; run `reclad assess {job}` again") from error
    when = date or datetime.datetime.now().astimezone().date().isoformat()
    kinds = tuple(kind.replace("-", "_").replace(" ", "_") for kind in damage or [])
    count = add_outcome(outcomes, name, when, foretold, kinds)
    if as_json:
        tell(json.dumps({"outcomes": count, "job": name, "damaged": [*kinds]}))
    else:
        tell(f"{outcomes}: {name} {', '.join(kinds) or 'sound'}; {count} repairs now")
