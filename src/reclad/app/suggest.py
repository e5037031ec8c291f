"""`reclad suggest`: the single beads that would tell most of a job's dilution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from reclad.lab import Posterior

_NONE = "none"


def add_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command()(suggest)


def suggest(
    where: Annotated[
        str,
        typer.Argument(metavar="[TRIALS]", help="trials so far: package, table; none for a start"),
    ] = "",
    count: Annotated[int, typer.Option("--n", min=1, max=48, help="how many beads")] = 4,
    job: Annotated[
        Path | None, typer.Option("--job", help="job whose dilution is wanted; else say:")
    ] = None,
    machine: Annotated[str, typer.Option(help="machine, for example x-y-z-3kw")] = "",
    powder: Annotated[str, typer.Option(help="powder; else the one its feeder holds")] = "",
    parent: Annotated[str, typer.Option(help="parent metal; else 42CrMo4")] = "",
    power: Annotated[str, typer.Option(help='wanted at, for example "2 kW"')] = "",
    travel_speed: Annotated[str, typer.Option(help='and at, for example "10 mm/s"')] = "",
    feed_rate: Annotated[str, typer.Option(help='and at, for example "17 g/min"')] = "",
    posterior: Annotated[
        Path | None, typer.Option("--posterior", help="what `reclad fit` made of the trials")
    ] = None,
    coupon: Annotated[
        Path | None, typer.Option("--coupon", help="also write program, drawing, sheet here")
    ] = None,
    blank: Annotated[
        str, typer.Option(help='plate "200 x 100 x 12 mm" or pipe "150 x 200 x 15 mm"')
    ] = "",
    wait: Annotated[str, typer.Option(help="rest before each bead of it")] = "120 s",
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """The beads to lay next: they tell most of the dilution.

    With a job, its machine, metals and settings; the settings are those it fixes, or its plan's.
    """
    options = {"machine": machine, "powder": powder, "parent": parent, "power": power,
               "travel_speed": travel_speed, "feed_rate": feed_rate}  # fmt: skip
    _expect_one_aim(job, {name: text for name, text in options.items() if text})
    if (posterior is None) == (not where):
        raise typer.BadParameter(
            f"give TRIALS ({_NONE} where there are none yet) or --posterior, one of them"
        )
    from reclad.app import aiming, suggested

    if job is not None:
        task = aiming.aim_of_job(job)
    else:
        task = aiming.aim_of_options(machine, powder, parent or "42CrMo4", options, Path())
    shape = aiming.blank_of(blank, task.machine)
    seen = _learned_from(where, posterior)
    told = suggested.suggest_beads(task, shape, seen, count)
    files = [] if coupon is None else suggested.lay_coupon(told, shape, wait, coupon)
    if as_json:
        tell(json.dumps(suggested.as_json(told, files), indent=2, allow_nan=False))
    else:
        tell("\n".join(suggested.lines(told, files)))


def _expect_one_aim(job: Path | None, given: dict[str, str]) -> None:
    needed = ("machine", "power", "travel_speed", "feed_rate")
    if job is not None and given:
        raise typer.BadParameter("a job has machine, metals and settings of its own; leave out "
                                 + ", ".join(_option(name) for name in given))  # fmt: skip
    lacking = [_option(name) for name in needed if name not in given]
    if job is None and lacking:
        raise typer.BadParameter(f"give --job, or {', '.join(lacking)} as well")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _learned_from(where: str, file: Path | None) -> Posterior | None:
    """What is known so far; None from no trials."""
    from reclad.job import read_trials
    from reclad.lab import fit, read_posterior, sort_by_mode

    if file is not None:
        return read_posterior(file).posterior
    if where == _NONE:
        return None
    found = read_trials(where)
    if found.refused:
        mention(f"  {len(found.refused)} rows are refused and left out: see trials check")
    observed, _ = sort_by_mode(found.trials, found.folder)
    return fit(observed, say=lambda line: mention(f"  {line}"))
