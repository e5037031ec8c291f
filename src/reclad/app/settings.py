"""Settings to predict, from options or a CSV: every fault named by row and column."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError, ProcessError, RecladError
from reclad.units import parse_quantity, show

if TYPE_CHECKING:
    from pathlib import Path

_REQUIRED = ("power_W", "travel_speed_mm_s", "spot_mm", "material")
_OPTIONAL = ("feed_rate_g_min", "spot_definition", "interpass_C", "powder")
_SIZE_LIMIT = 50_000_000


@dataclass(frozen=True)
class Setting:
    """One row, SI: `where` says which, for messages."""

    where: str
    power: float
    travel_speed: float
    feed_rate: float
    spot: float
    spot_definition: str
    interpass: float
    powder: str | None
    material: str


def read_options(
    power: str | None,
    travel_speed: str | None,
    feed_rate: str,
    spot: str,
    spot_definition: str,
    interpass: str,
    powder: str | None,
    material: str,
) -> Setting:
    """One setting from the command line; ProcessError names the option."""
    if power is None or travel_speed is None:
        raise ProcessError(
            "give a CSV file, or at least --power and --travel-speed, for example "
            '--power "2 kW" --travel-speed "10 mm/s" --feed-rate "17 g/min" --powder IN625'
        )
    values = {}
    for option, text, unit in (
        ("--power", power, "W"),
        ("--travel-speed", travel_speed, "mm/s"),
        ("--feed-rate", feed_rate, "g/min"),
        ("--spot", spot, "mm"),
        ("--interpass", interpass, "degC"),
    ):
        try:
            values[option] = parse_quantity(text, unit)
        except RecladError as error:
            raise ProcessError(f"{option}: {error}") from error
    return Setting(
        "the options",
        values["--power"],
        values["--travel-speed"],
        values["--feed-rate"],
        values["--spot"],
        spot_definition,
        values["--interpass"],
        powder,
        material,
    )


def read_csv(path: Path) -> list[Setting]:
    """All rows of a settings CSV; FileError names file, row, column, value and rule."""
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise FileError(f"{path}: is over 50 MB; split it")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from error
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise FileError(f"{path}: is not a CSV table ({error}); save it as CSV UTF-8") from error
    if not rows:
        raise FileError(f"{path}: has no rows; write a header line and one setting per row")
    header = [name for name in rows[0] if name is not None]
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise FileError(
            f"{path}: has no column {', '.join(missing)}; the columns are "
            f"{', '.join(_REQUIRED + _OPTIONAL)}"
        )
    return [_read_row(f"{path} row {number}", row) for number, row in enumerate(rows, start=1)]


def _read_row(where: str, row: dict[str, Any]) -> Setting:
    if None in row:
        raise FileError(f"{where}: has more cells than the header; check the commas")
    cell = {name: (value or "").strip() for name, value in row.items()}
    feed = _number(where, "feed_rate_g_min", cell.get("feed_rate_g_min") or "0", 0.0, 1000.0)
    powder = cell.get("powder") or None
    if feed > 0.0 and powder is None:
        raise FileError(f"{where} powder: is empty although powder is fed; name it, e.g. IN625")
    if not cell["material"]:
        raise FileError(f"{where} material: is empty; name the parent metal, e.g. 42CrMo4")
    return Setting(
        where,
        power=_number(where, "power_W", cell["power_W"], 1.0, 50_000.0),
        travel_speed=_number(where, "travel_speed_mm_s", cell["travel_speed_mm_s"], 0.05, 2e4)
        * 1e-3,
        feed_rate=feed / 60_000.0,
        spot=_number(where, "spot_mm", cell["spot_mm"], 0.01, 50.0) * 1e-3,
        spot_definition=cell.get("spot_definition") or "1/e2",
        interpass=_number(where, "interpass_C", cell.get("interpass_C") or "20", -40.0, 1100.0)
        + 273.15,
        powder=powder,
        material=cell["material"],
    )


def _number(where: str, column: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise FileError(
            f"{where} {column}: {show(text)} is not a number from {low:g} to {high:g}; "
            "the unit is in the column's name"
        )
    return value


def predict_rows(rows: list[Setting]) -> list[dict[str, Any]]:
    """One object per row: what was set, the mode, the bead with its intervals."""
    return [{"row": number} | _predict_row(row) for number, row in enumerate(rows, start=1)]


def _predict_row(row: Setting) -> dict[str, Any]:
    from reclad.job import read_material, read_nozzle, read_powder
    from reclad.lab import prior
    from reclad.process import ProcessParameters, Substrate, predict, read_spot
    from reclad.process.limits import KEYHOLE_MAX
    from reclad.record.summary import summarise_bead

    try:
        parent = read_material(row.material)
        powder = read_powder(row.powder) if row.powder and row.feed_rate > 0.0 else None
        clad = read_material(powder.alloy) if powder else None
        nozzle = read_nozzle("coaxial-15")
        beam = read_spot(row.spot, row.spot_definition)
        settings = ProcessParameters.of(
            power=row.power,
            travel_speed=row.travel_speed,
            feed_rate=row.feed_rate,
            stand_off=nozzle.stand_off,
            interpass=row.interpass,
        )
        bead = predict(
            settings,
            beam,
            Substrate(parent, None, 293.15),
            powder,
            clad,
            prior(parent, clad, nozzle),
        )
    except RecladError as error:
        raise type(error)(f"{row.where}: {error}") from error
    melts = bead.width[:, 0] > 0.0
    keyhole = melts & (bead.keyhole_index[:, 0] > KEYHOLE_MAX)
    return {
        "material": parent.name,
        "powder": powder.name if powder else None,
        "mode": {
            "no_melt": float((~melts).mean()),
            "keyhole": float(keyhole.mean()),
            "conduction": float((melts & ~keyhole).mean()),
        },
    } | summarise_bead(bead, 0)
