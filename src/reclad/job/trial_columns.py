"""Which column of a table says what of a trial, and in which unit."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import FileError, UnitError
from reclad.job.numbers import quantities
from reclad.job.trial import Trial
from reclad.units import parse_quantity, show

if TYPE_CHECKING:
    from collections.abc import Sequence

QUANTITIES = quantities(Trial)
WHOLE = ("tracks", "layers", "sections")
NEEDED = ("power", "travel_speed", "feed_rate", "spot", "parent", "origin")
# Other words for a quantity that laboratories head their columns with.
_ALIASES = {
    "sample": "id",
    "row_id": "id",
    "trial": "id",
    "track": "id",
    "run": "id",
    "coupon": "id",
    "laser_power": "power",
    "功率": "power",
    "激光功率": "power",
    "speed": "travel_speed",
    "scan_speed": "travel_speed",
    "扫描速度": "travel_speed",
    "feed": "feed_rate",
    "powder_feed": "feed_rate",
    "powder_feed_rate": "feed_rate",
    "送粉量": "feed_rate",
    "送粉率": "feed_rate",
    "送粉速率": "feed_rate",
    "spot_diameter": "spot",
    "光斑直径": "spot",
    "standoff": "stand_off",
    "preheat": "base_temperature",
    "interpass": "base_temperature",
    "预热温度": "base_temperature",
    "material": "parent",
    "substrate": "parent",
    "母材": "parent",
    "基材": "parent",
    "粉末": "powder",
    "bead_width": "width",
    "熔宽": "width",
    "bead_height": "height",
    "熔高": "height",
    "melt_depth": "depth",
    "熔深": "depth",
    "稀释率": "dilution",
    "lab": "laboratory",
}
_NAMES = {name: name for name in Trial.model_fields} | _ALIASES
# Units as a column name can spell them, which has neither strokes nor powers.
_UNIT_WORDS = {
    "c": "degC",
    "f": "degF",
    "pct": "%",
    "percent": "%",
    "w": "W",
    "kw": "kW",
    "k": "K",
    "mm2": "mm^2",
    "cm2": "cm^2",
    "um2": "um^2",
    "l_min": "L/min",
}
_BRACKETED = re.compile(r"(.*?)\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]\s*")
_RATE = re.compile(r"([a-z]+\d?)_(s|min|h)")


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, the key of `Trial` it gives ("" none), its unit ("" for
    text and counts)."""

    name: str
    key: str
    unit: str = ""


def read_columns(
    name: str, header: Sequence[str], defaults: Sequence[str] = ()
) -> tuple[Column, ...]:
    """The columns of a bare table, units read from its header ("power_W", "width (mm)").

    defaults  keys of `Trial` known for all rows without a column
    FileError names the columns that lack a unit, are there twice, misspelt or missing.
    """
    columns = tuple(_read_column(name, cell) for cell in header)
    expect_no_slip(name, columns, columns)
    expect_columns(name, columns, defaults)
    return columns


def _read_column(name: str, cell: str) -> Column:
    key, unit = split_header(cell)
    if not key:
        return Column(cell, "")
    return make_column(name, cell, key, unit)


def make_column(name: str, cell: str, key: str, unit: str) -> Column:
    """A column that gives `key` in `unit`; FileError if the unit lacks or is of another kind."""
    where = f"{name} column {show(cell)}"
    q = QUANTITIES.get(key)
    if q is None:
        if unit:
            raise FileError(f"{where}: {key} has no unit; leave {show(unit)} out")
        return Column(cell, key)
    if not unit:
        raise FileError(
            f"{where}: has no unit; write it in the header, for example "
            f'"{key} ({q.unit})", or in datapackage.json'
        )
    try:
        parse_quantity(f"1 {unit}", q.unit)
    except UnitError as error:
        raise FileError(f"{where}: {error}") from error
    return Column(cell, key, unit)


def expect_columns(name: str, columns: Sequence[Column], defaults: Sequence[str]) -> None:
    """Refuse a table with a quantity twice, or without one that no trial lacks."""
    keys = [column.key for column in columns if column.key]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        named = ", ".join(show(c.name) for c in columns if c.key == twice[0])
        raise FileError(f"{name}: columns {named} both give {twice[0]}; keep one")
    lacking = [key for key in NEEDED if key not in keys and key not in defaults]
    if lacking:
        raise FileError(
            f"{name}: lacks {', '.join(_example(key) for key in lacking)}; add these columns, or "
            "trial_defaults in datapackage.json where one value holds for all rows"
        )


def expect_no_slip(name: str, told: Sequence[Column], columns: Sequence[Column]) -> None:
    """Refuse a column of `told` that gives nothing and is called almost like one that would."""
    keys = {column.key for column in columns}
    for column in told:
        near = "" if column.key else _nearest_key(column.name)
        if near and near not in keys:
            raise FileError(
                f"{name}: column {show(column.name)} is not known, did you mean {_example(near)}? "
                "Rename it; any other name is left alone"
            )


def _nearest_key(name: str) -> str:
    """The key a misspelt column name may have meant, its unit set aside; "" if none is near."""
    words = _plain(re.split(r"[(\[]", name[:80], maxsplit=1)[0]).split("_")
    for count in range(len(words), 0, -1):
        near = difflib.get_close_matches("_".join(words[:count]), _NAMES, 1, 0.8)
        if near:
            return _NAMES[near[0]]
    return ""


def split_header(cell: str) -> tuple[str, str]:
    """Key of `Trial` and unit that a column name tells; "" where it tells none."""
    text = unicodedata.normalize("NFKC", cell).strip()
    bracketed = _BRACKETED.fullmatch(text) if len(text) <= 200 else None
    if bracketed is not None:
        return _NAMES.get(_plain(bracketed[1]), ""), bracketed[2]
    plain = _plain(text)
    if plain in _NAMES:
        return _NAMES[plain], ""
    for name in sorted(_NAMES, key=len, reverse=True):
        if plain.startswith(f"{name}_") and _NAMES[name] in QUANTITIES:
            unit = _unit(plain[len(name) + 1 :])
            if unit:
                return _NAMES[name], unit
    return "", ""


def _unit(word: str) -> str:
    """The unit a suffix such as "mm_s" spells, "" if it spells none."""
    rate = _RATE.fullmatch(word)
    unit = _UNIT_WORDS.get(word) or (f"{rate[1]}/{rate[2]}" if rate else word)
    for q in QUANTITIES.values():
        try:
            parse_quantity(f"1 {unit}", q.unit)
        except UnitError:
            continue
        return unit
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[\s\-_.]+", "_", unicodedata.normalize("NFKC", name).strip().casefold())


def _example(key: str) -> str:
    q = QUANTITIES.get(key)
    return f'"{key} ({q.unit})"' if q else f'"{key}"'
