"""`reclad weigh`, `reclad meter`: the feeder on the scale and the laser under the power meter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from reclad.app.door import tell

AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Replace = Annotated[bool, typer.Option("--replace", help="give up what was measured before")]
Day = Annotated[str, typer.Option(help="day it was measured, for example 2026-11-20; else today")]
Who = Annotated[str, typer.Option(help="who measured it")]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(weigh)
    app.command()(meter)


def weigh(
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the feeder curve")],
    table: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="rpm, mass_g, time_s; else asked")
    ] = None,
    machine: Annotated[str, typer.Option(help="machine whose feeder it is")] = "",
    powder: Annotated[str, typer.Option(help="powder that was weighed")] = "",
    lot: Annotated[str, typer.Option(help="its lot number")] = "",
    gas: Annotated[str, typer.Option(help='carrier gas and flow, "Ar 5 L/min"')] = "",
    date: Day = "",
    valid_days: Annotated[int | None, typer.Option(help="days it is good for; else 90")] = None,
    who: Who = "",
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """The feeder's curve for a powder lot, from weighings.

    FILE.csv has the columns rpm, mass_g, time_s, and delay_s where the powder delay was timed.
    """
    from reclad.app.asking import Asker, open_answers
    from reclad.app.weigh import NEEDED, OPTION, Options, curve_json, curve_lines, make_curve

    told = {"machine": machine, "powder": powder, "lot": lot, "carrier": gas}
    told |= {"weighed": date, "valid_days": str(valid_days or ""), "who": who}
    given = {key: text for key, text in told.items() if text or table is not None}
    lacking = [key for key in NEEDED if table is not None and not given[key]]
    if lacking:
        wanted = ", ".join(f"--{OPTION.get(key, key)}" for key in lacking)
        raise typer.BadParameter(f"with FILE.csv give {wanted} as well")
    asker = Asker(Options(given, open_answers(None)))
    curve = make_curve(name, asker, table, Path(), replace=replace)
    if as_json:
        _tell_json(curve_json(curve))
        return
    kept = f'feeders/{name}.toml: read back and kept; write feeder = "{name}" in job.toml'
    tell("\n".join((*curve_lines(curve), f"{kept} beside feeders/")))


def meter(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="a file of machines/ here")],
    table: Annotated[Path, typer.Argument(metavar="FILE.csv", help="set_W, measured_W")],
    date: Day = "",
    valid_days: Annotated[int, typer.Option(help="days it is good for")] = 180,
    who: Who = "",
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """The laser's power at the workpiece, from a power meter."""
    import datetime

    from reclad.app.meter import make_meter, meter_json, meter_lines

    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date().isoformat()
    told = {"date": date or today, "valid_days": str(valid_days), "who": who}
    read = make_meter(machine, table, Path(), told, replace=replace)
    if as_json:
        _tell_json(meter_json(read))
        return
    kept = f"machines/{machine}.toml: read back and kept; every power is now that at the workpiece"
    tell("\n".join((*meter_lines(read), kept)))


def _tell_json(value: dict[str, Any]) -> None:
    # ASCII only: a console that lacks a sign must not change the data.
    tell(json.dumps(value, indent=2, allow_nan=False))
