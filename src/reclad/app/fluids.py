"""`reclad fluids`: what a planned repair uses and leaves, and how long the graphite bed lasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell
from reclad.app.quote import NewPart, PriceFile, read_sum

if TYPE_CHECKING:
    from reclad.shop import BedAsked


def add_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command()(fluids)


def fluids(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="job folder that holds a plan")],
    bed: Annotated[str, typer.Option(help='size of the bed, "50 L"; else the price file')] = "",
    flow: Annotated[
        str, typer.Option(help='wash water, "100 L/d"; else one such repair a day')
    ] = "",
    treated: Annotated[
        str, typer.Option(help='water the bed has cleaned so far, "1 m^3"; else none')
    ] = "",
    isotherm: Annotated[
        str, typer.Option(help="langmuir, freundlich or linear; else the price file")
    ] = "",
    new_part: NewPart = "",
    prices: PriceFile = "desert-shop",
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """Powder, gas, power, wash water of a plan; its bed."""
    import datetime

    from reclad.record.folder import job_folder_of
    from reclad.shop import Asked, quote_job, read_planned, read_prices, tell_leavings

    listed = read_prices(prices, job_folder_of(job))
    part = read_sum("new-part", new_part, listed.currency) if new_part else None
    asked = _asked(bed, flow, treated, isotherm)
    mention("  balancing powder, energy and water of the plan")
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    made = quote_job(read_planned(job), listed, Asked(new_part=part), today)
    told = tell_leavings(made, asked)
    # ASCII only: a console that lacks a sign must not change the data.
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json else "\n".join(_lines(told)))


def _asked(bed: str, flow: str, treated: str, isotherm: str) -> BedAsked:
    from reclad.shop import BedAsked

    return BedAsked(
        volume=_read("bed", bed, "L") if bed else None,
        flow=_read("flow", flow, "L/min") if flow else None,
        treated=_read("treated", treated, "m^3") if treated else 0.0,
        isotherm=isotherm,
    )


def _read(option: str, text: str, unit: str) -> float:
    from reclad.errors import UnitError
    from reclad.units import parse_quantity

    try:
        return parse_quantity(text, unit)
    except UnitError as error:
        raise UnitError(f"--{option}: {error}") from error


_ROWS = (
    ("powder fed", "powder_fed"),
    ("  kept in the clad", "powder_kept"),
    ("  lost", "powder_lost"),
    ("    of it collected", "powder_collected"),
    ("    of it escaped", "powder_escaped"),
    ("gas", "gas"),
    ("electricity", "electricity"),
    ("  heat to the chiller", "heat_to_the_chiller"),
    ("  heat to the room", "heat_to_the_room"),
    ("  heat in the part", "heat_in_the_part"),
    ("CO2e", "CO2e"),
    ("wash water", "wash_water"),
    ("  oil in it", "wash_oil"),
    ("  powder in it", "wash_powder"),
)


def _lines(told: dict[str, Any]) -> list[str]:
    return [
        f"{told['job']}: one repair, gas {told['gas_name']}, powder {told['alloy']}",
        f"{'':28}{'middle':>10}{'low':>10}{'high':>10}",
        *(_row(name, told[key]) for name, key in _ROWS if key in told),
        "  nine out of ten such jobs lie between low and high",
        "",
        *_bed_lines(told["bed"]),
        "",
        *_new_lines(told),
    ]


def _row(name: str, one: dict[str, Any]) -> str:
    cells = (f"{one[key]:>10.3g}" for key in ("value", "p05", "p95"))
    return (f"{name:28}" + "".join(cells) + f" {one['unit']}".replace("^3", "3")).rstrip()


def _bed_lines(bed: dict[str, Any] | None) -> list[str]:
    if bed is None:
        return ["no wash water, so no bed to change"]
    day = f"{bed['water_per_day']['value']:.3g} L a day"
    how = "" if bed["flow_stated"] else ", as of one such repair a day; give --flow"
    dates = bed["change_by"]
    return [
        _row("graphite bed", bed["volume"]),
        _row("  oil in the water", bed["oil"]),
        _row("  water it cleans", bed["capacity"]),
        _row("  such repairs", bed["repairs"]),
        f"  change it by {dates['middle']} ({dates['earliest']} to {dates['latest']})",
        f"  with {day}{how}",
        f"  {bed['isotherm']} uptake, at its best; powder must settle or be filtered ahead of it",
        *(["  its sorbent is assumed: test it with your own water"] if bed["assumed"] else []),
    ]


def _new_lines(told: dict[str, Any]) -> list[str]:
    return [
        "such repairs on one part that are still no worse than a new part",
        _row("  by CO2e", told["repairs_per_new_part_by_CO2e"]),
        _row("  by price", told["repairs_per_new_part_by_price"]),
    ]
