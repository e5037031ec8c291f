"""Settings to predict, from options or a CSV: every fault named by row and column."""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError, ProcessError, RecladError
from reclad.units import parse_quantity, show, to_unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reclad.job import Material, Nozzle, Powder
    from reclad.lab import Posterior

_REQUIRED = ("power_W", "travel_speed_mm_s", "spot_mm", "material")
_OPTIONAL = ("feed_rate_g_min", "spot_definition", "interpass_C", "powder")
_COLUMNS = (*_REQUIRED, *_OPTIONAL)
_SIZE_LIMIT = 50_000_000
_ROW_LIMIT = 100_000
# Setting -> column, unit, lowest and highest value in that unit, what an empty cell means.
_NUMBERS = {
    "power": ("power_W", "W", 1.0, 50_000.0, None),
    "travel_speed": ("travel_speed_mm_s", "mm/s", 0.05, 20_000.0, None),
    "feed_rate": ("feed_rate_g_min", "g/min", 0.0, 1000.0, 0.0),
    "spot": ("spot_mm", "mm", 0.01, 50.0, None),
    "interpass": ("interpass_C", "degC", -40.0, 1100.0, 20.0),
}
_DEFAULTS = {
    "feed_rate": "0 g/min",
    "spot": "3 mm",
    "spot_definition": "1/e2",
    "interpass": "20 degC",
    "material": "42CrMo4",
}


@dataclass(frozen=True)
class Setting:
    """One setting, SI: `where` says which row, empty for the command line's options."""

    where: str
    power: float
    travel_speed: float
    feed_rate: float
    spot: float
    spot_definition: str
    interpass: float
    powder: str | None
    material: str

    def label(self, name: str) -> str:
        """How a message names one of the settings: its column, or its option."""
        if not self.where:
            return f"--{name.replace('_', '-')}"
        return f"{self.where} {_NUMBERS[name][0] if name in _NUMBERS else name}"

    @contextlib.contextmanager
    def named(self, name: str) -> Iterator[None]:
        """Whatever is refused inside is refused with the setting's name in front."""
        try:
            yield
        except RecladError as error:
            raise type(error)(f"{self.label(name)}: {error}") from error


def read_options(given: dict[str, str]) -> Setting:
    """One setting from command-line options by name; UnitError or ProcessError names the option."""
    texts = _DEFAULTS | given
    values = {}
    for name, (_, unit, low, high, _) in _NUMBERS.items():
        option = f"--{name.replace('_', '-')}"
        try:
            values[name] = parse_quantity(texts[name], unit)
        except RecladError as error:
            raise type(error)(f"{option}: {error}") from error
        # A hair of slack: the limit itself may not survive its way through SI.
        if not low - 1e-9 <= to_unit(values[name], unit) <= high + 1e-9:
            raise ProcessError(
                f"{option}: {show(texts[name])} is not from {low:g} to {high:g} {unit}; check the "
                "value and its unit"
            )
    setting = Setting(
        "",
        **values,
        spot_definition=texts["spot_definition"],
        powder=texts.get("powder"),
        material=texts["material"],
    )
    return _with_powder(setting)


def read_csv(path: Path) -> list[Setting]:
    """All rows of a settings CSV; FileError names file, row, column, value and rule.

    Comma, semicolon or tab between cells, as the header has it; columns that no setting is read
    from are left alone, unless the name is a slip of one that is.
    """
    text = _read_text(path)
    header = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        return list(
            _read_rows(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        )
    except csv.Error as error:
        raise FileError(f"{path}: is not a CSV table ({error}); save it as CSV UTF-8") from error


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_SIZE_LIMIT + 1)
        if len(raw) > _SIZE_LIMIT:
            raise FileError(f"{path}: is over 50 MB; split it")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from error
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); check the name") from error


def _read_rows(path: Path, table: Any) -> Iterator[Setting]:
    header: list[str] | None = None
    number = 0
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            _check_header(path, header)
            continue
        number += 1
        where = f"{path} row {number} (line {table.line_num})"
        if number > _ROW_LIMIT:
            raise FileError(f"{path}: has over {_ROW_LIMIT} rows; split it")
        if len(cells) > len(header):
            raise FileError(
                f"{where}: has {len(cells)} cells for {len(header)} columns; check the commas, and "
                "write decimals with a point"
            )
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield _read_row(where, dict(zip(header, (c.strip() for c in padded), strict=True)))
    if not number:
        raise FileError(f"{path}: has no rows; write a header line and one setting per row")


def _check_header(path: Path, header: list[str]) -> None:
    known = f"the columns are {', '.join(_COLUMNS)}"
    twice = [name for name in _COLUMNS if header.count(name) > 1]
    if twice:
        raise FileError(f"{path}: has column {twice[0]} twice; keep one")
    for name in header:
        near = difflib.get_close_matches(name, _COLUMNS, 1, 0.8)
        if near and name not in _COLUMNS:
            raise FileError(
                f"{path}: column {show(name)} is not known, did you mean {near[0]}? {known}"
            )
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise FileError(f"{path}: has no column {', '.join(missing)}; {known}")


def _read_row(where: str, cell: dict[str, str]) -> Setting:
    if not cell["material"]:
        raise FileError(f"{where} material: is empty; name the parent metal, e.g. 42CrMo4")
    values = {name: _read_number(where, name, cell) for name in _NUMBERS}
    return _with_powder(
        Setting(
            where,
            **values,
            spot_definition=cell.get("spot_definition") or "1/e2",
            powder=cell.get("powder") or None,
            material=cell["material"],
        )
    )


def _read_number(where: str, name: str, cell: dict[str, str]) -> float:
    column, unit, low, high, empty = _NUMBERS[name]
    text = cell.get(column, "")
    if not text and empty is not None:
        return parse_quantity(f"{empty:g} {unit}", unit)
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        decimal = "write the decimal with a point" if "," in text else "the column says the unit"
        raise FileError(
            f"{where} {column}: {show(text)} is not a number from {low:g} to {high:g}; {decimal}"
        )
    return parse_quantity(f"{value!r} {unit}", unit)


def _with_powder(setting: Setting) -> Setting:
    if setting.feed_rate > 0.0 and setting.powder is None:
        raise ProcessError(
            f"{setting.label('powder')}: is empty although powder is fed; name it, e.g. IN625"
        )
    return setting


def predict_rows(rows: list[Setting], posterior: Path | None = None) -> list[dict[str, Any]]:
    """One object per row: what was set, the melt pool's mode, the bead with its intervals, from
    what a posterior file learned or, without one, from what is believed before any trial."""
    from reclad.lab import read_posterior

    learned = None if posterior is None else read_posterior(posterior).posterior
    return [
        {"row": number} | _predict_row(row, learned) for number, row in enumerate(rows, start=1)
    ]


def _predict_row(row: Setting, learned: Posterior | None) -> dict[str, Any]:
    from reclad.lab import prior
    from reclad.process import ProcessParameters, Substrate, predict, read_spot
    from reclad.process.limits import KEYHOLE_MAX
    from reclad.record.summary import quantity, summarise_bead

    with row.named("material"):
        parent = _material(row.material)
    with row.named("powder"):
        powder = _powder(row.powder) if row.powder else None
    if row.feed_rate == 0.0:
        powder = None
    clad = _material(powder.alloy) if powder else None
    nozzle = _nozzle()
    with row.named("spot_definition"):
        beam = read_spot(row.spot, row.spot_definition)
    settings = ProcessParameters.of(
        power=row.power,
        travel_speed=row.travel_speed,
        feed_rate=row.feed_rate,
        stand_off=nozzle.stand_off,
        interpass=row.interpass,
    )
    if learned is None:
        draws = prior(parent, clad, nozzle)
    else:
        made_with = {"powder": row.powder or "", "nozzle": nozzle.name}
        draws = learned.draws(parent, clad, nozzle, made_with=made_with)
    with row.named("interpass"):
        bead = predict(settings, beam, Substrate(parent, None, 293.15), powder, clad, draws)
    melts = bead.width[:, 0] > 0.0
    keyhole = melts & (bead.keyhole_index[:, 0] > KEYHOLE_MAX)
    return {
        "material": parent.name,
        "powder": powder.name if powder else None,
        "set": {
            name: quantity(getattr(row, name), unit) for name, (_, unit, *_) in _NUMBERS.items()
        }
        | {"spot_definition": row.spot_definition},
        "mode": {
            "no_melt": float((~melts).mean()),
            "keyhole": float(keyhole.mean()),
            "conduction": float((melts & ~keyhole).mean()),
        },
    } | summarise_bead(bead, 0)


# Each name is read once: a table may hold one steel in a thousand rows.
@cache
def _material(name: str) -> Material:
    from reclad.job import read_material

    return read_material(name)


@cache
def _powder(name: str) -> Powder:
    from reclad.job import read_powder

    return read_powder(name)


@cache
def _nozzle() -> Nozzle:
    from reclad.job import read_nozzle

    return read_nozzle("coaxial-15")
