"""`reclad meter`: readings of a power meter become the correction in the machine file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reclad.app.asking import past_date, toml, whole, words
from reclad.app.measured import read_measured
from reclad.errors import FileError, JobError
from reclad.job import Machine, PowerMeter, place_file
from reclad.job.folder import expect_plain_name
from reclad.job.numbers import quantities
from reclad.job.power_meter import PowerReading
from reclad.job.reading import parse_toml, read_text, validate
from reclad.units import format_number, format_quantity

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = quantities(PowerReading)
_COLUMNS = {"set_W": _KINDS["commanded"], "measured_W": _KINDS["measured"]}
_TABLE = "[laser.meter]"
_HEADER = re.compile(r"^\[{1,2}[\w.-]+\]{1,2}[ \t]*(#.*)?$", re.MULTILINE)


def make_meter(
    name: str, table: Path, folder: Path, told: dict[str, str], *, replace: bool
) -> PowerMeter:
    """Write the readings of a CSV or XLSX into `folder`/machines/`name`.toml, read back.

    told      date (ISO), valid_days and who, as text
    replace   whether readings that stand there may be given up for these
    """
    expect_plain_name(name)
    path, shown = folder / "machines" / f"{name}.toml", f"machines/{name}.toml"
    if not path.is_file():
        raise FileError(
            f"{shown}: no such file here; readings belong to a cell of your own, so make it with "
            "`reclad new-machine`, or go to the folder above its machines/"
        )
    file = read_text(path, shown)
    validate(Machine, parse_toml(file), shown)
    rows, _ = read_measured(table, _COLUMNS)
    head = {
        "source": toml("shop"),
        "date": past_date(told["date"]),
        "valid_days": whole(1, 3650)(told["valid_days"]),
        "who": words(told["who"]),
    }
    meter = validate(
        PowerMeter,
        {
            "source": "shop",
            "date": head["date"],
            "valid_days": int(head["valid_days"]),
            "who": told["who"],
            "readings": [(f"{a!r} W", f"{b!r} W") for a, b in rows],
        },
        table.name,
    )
    lines = [f"{key} = {value}" for key, value in head.items()]
    text = _with_table(file.text, [*lines, *_reading_lines(meter)], shown, replace=replace)
    place_file("machines", name, text, Machine, folder, replace=True)
    return meter


def _with_table(text: str, lines: list[str], shown: str, *, replace: bool) -> str:
    """The machine file's text with the readings as its last table."""
    start = re.search(r"^\[laser\.meter\].*$", text, re.MULTILINE)
    if start is not None and not replace:
        raise JobError(
            f"{shown} {_TABLE}: holds readings already; give --replace to give them up for these"
        )
    if start is not None:
        end = _HEADER.search(text, start.end())
        text = text[: start.start()] + (text[end.start() :] if end else "")
    return "\n".join((text.rstrip("\n"), "", _TABLE, *lines, ""))


def _reading_lines(meter: PowerMeter) -> list[str]:
    return [
        *(f"# {line}" for line in _fit_lines(meter)),
        "readings = [                      # power set, power measured at the workpiece",
        *(f'  ["{r.commanded:.12g} W", "{r.measured:.12g} W"],' for r in meter.readings),
        "]",
    ]


def _fit_lines(meter: PowerMeter) -> list[str]:
    return [
        f"line through the readings: {format_quantity(meter.offset, 'W')} + "
        f"{format_number(meter.slope)} per watt set",
        *(
            f"{format_quantity(r.commanded, 'W')} set: measured {format_quantity(r.measured, 'W')},"
            f" line {format_quantity(meter.on_line(r.commanded), 'W')}, off by "
            f"{meter.misfit(n) * 100:+.2f} %"
            for n, r in enumerate(meter.readings)
        ),
    ]


def meter_lines(meter: PowerMeter) -> list[str]:
    """The line, each reading's misfit, and how far off the laser was before, for people."""
    worst = _worst(meter)
    reading = meter.readings[worst]
    low, high = meter.power_range
    return [
        *(f"  {line}" for line in _fit_lines(meter)),
        f"  largest error before: {meter.error(worst) * 100:+.2f} % at "
        f"{format_quantity(reading.commanded, 'W')} set",
        f"  good from {format_quantity(low, 'W')} to {format_quantity(high, 'W')} at the workpiece",
    ]


def meter_json(meter: PowerMeter) -> dict[str, Any]:
    """The same as plain JSON values, in watts and shares."""
    low, high = meter.power_range
    return {
        "date": meter.date,
        "valid_days": meter.valid_days,
        "offset_W": meter.offset,
        "slope": meter.slope,
        "lowest_W": low,
        "highest_W": high,
        "largest_error": meter.error(_worst(meter)),
        "readings": [
            {"set_W": r.commanded, "measured_W": r.measured, "misfit": meter.misfit(n)}
            for n, r in enumerate(meter.readings)
        ],
    }


def _worst(meter: PowerMeter) -> int:
    return max(range(len(meter.readings)), key=lambda n: abs(meter.error(n)))
