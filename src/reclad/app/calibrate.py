"""`reclad calibrate`: a calibration day, gone through by one command repeated."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from reclad.app.door import mention, tell

AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Replace = Annotated[bool, typer.Option("--replace", help="give up what was measured before")]
Size = Annotated[str, typer.Option(help='coupon, for example "150 x 100 x 15 mm"')]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(calibrate)


def calibrate(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="all that belongs to the day")],
    machine: Annotated[str, typer.Option(help="machine to calibrate")] = "",
    powder: Annotated[str, typer.Option(help="powder that is laid")] = "",
    lot: Annotated[str, typer.Option(help="its lot number")] = "",
    parent: Annotated[str, typer.Option(help="metal of the coupon")] = "",
    plate: Size = "",
    pipe: Annotated[str, typer.Option(help='or "length x outside diameter x wall"')] = "",
    gas: Annotated[str, typer.Option(help='carrier gas and flow, "Ar 5 L/min"')] = "",
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """A calibration day, step by step: call it again.

    The options are for the first call, which writes FOLDER/calibration.toml from them.
    """
    from reclad.app.calibration_day import day_json, day_lines, go_on
    from reclad.app.calibration_start import start_day

    told = {
        **{"machine": machine, "powder": powder, "lot": lot, "parent": parent},
        **{"plate": plate, "pipe": pipe, "carrier": gas},
    }
    given = {key: text for key, text in told.items() if text}
    started = start_day(folder, given)
    if started is not None:
        tell(_json(started) if as_json else started["next"])
        return
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    course = go_on(folder, today=today, replace=replace, say=lambda line: mention(f"  {line}"))
    tell(_json(day_json(course)) if as_json else "\n".join(day_lines(course)))
    if course.refusal is not None:
        raise course.refusal


def _json(value: dict[str, Any]) -> str:
    # ASCII only: a console that lacks a sign must not change the data.
    return json.dumps(value, indent=2, allow_nan=False)
