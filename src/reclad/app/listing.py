"""What the library holds: names, and every number of one file with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from reclad.errors import JobError
from reclad.job import (
    assumed_in,
    list_names,
    numbers_of,
    read_damages,
    read_feeder,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
    read_procedure,
    read_service,
    source_titles,
)
from reclad.job.library import library_folder
from reclad.job.sources import source_key
from reclad.shop.prices import assumed_prices, named_prices, read_prices, show_price
from reclad.units import format_quantity, nearest, show, to_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reclad.job import Number

_READERS: dict[str, Callable[[str, Path | None], Any]] = {
    "materials": read_material,
    "powders": read_powder,
    "machines": read_machine,
    "feeders": read_feeder,
    "nozzles": read_nozzle,
    "services": read_service,
    "damages": read_damages,
    "prices": read_prices,
    "procedures": read_procedure,
}
_POINTS = {"posts": "reclad.posts"}
KINDS = (*_READERS, *_POINTS)
# Kind of file -> what its line shows beside the names.
_BESIDE = {
    "materials": "kind",
    "powders": "alloy",
    "machines": "controller",
    "nozzles": "kind",
    "services": "limits",
    "procedures": "state",
}
_EVERY_NINE_OF_TEN = 1.6448536269514722  # standard deviations


@dataclass(frozen=True)
class Row:
    """One file of a kind: its names, what it is, how many of its numbers are assumed."""

    name: str
    aliases: tuple[str, ...]
    what: str
    assumed: int


def count_kinds(folder: Path) -> dict[str, int]:
    """How many there are of each kind, the files in `folder` counted."""
    counts = {kind: len(list_names(kind, folder)) for kind in _READERS}
    return counts | {kind: len(_points(kind)) for kind in _POINTS}


def expect_kind(kind: str) -> None:
    """JobError with the nearest kind if there is no list of that name."""
    if kind not in KINDS:
        hint = nearest(kind, [*KINDS])
        known = "" if hint.startswith("known") else f"; known: {', '.join(KINDS)}"
        raise JobError(f"no list of {show(kind)}; {hint}{known}")


def list_kind(kind: str, folder: Path) -> list[Row]:
    """Every file of a kind, or every entry point, in the order of the names."""
    expect_kind(kind)
    if kind in _POINTS:
        return [Row(name, (), target, 0) for name, target in _points(kind).items()]
    models = [_READERS[kind](name, folder) for name in list_names(kind, folder)]
    return [Row(m.name, m.aliases, _beside(kind, m), _count_assumed(kind, m)) for m in models]


def _count_assumed(kind: str, model: Any) -> int:
    return len(assumed_prices(model) if kind == "prices" else assumed_in(model))


def _points(kind: str) -> dict[str, str]:
    return {p.name: p.value for p in sorted(entry_points(group=_POINTS[kind]))}


def _beside(kind: str, model: Any) -> str:
    if kind == "procedures":
        return "qualified" if model.qualified else "EXAMPLE, not qualified"
    if kind == "prices":
        return f"in {model.currency}"
    if kind == "damages":
        return f"{len(model.modes)} kinds, {len(model.alloys)} clad alloys"
    if kind == "services":
        return ", ".join(_limit(limit) for limit in model.limits) or "no limit"
    if kind == "feeders":
        return f"{model.powder} lot {model.lot} on {model.machine}, weighed {model.weighed}"
    told = getattr(model, _BESIDE[kind])
    return told if isinstance(told, str) else ", ".join(told)


def _limit(limit: Any) -> str:
    return f"{limit.highest}{' by agreement' if limit.exception else ''}"


def read_one(kind: str, name: str, folder: Path) -> dict[str, Any]:
    """One file as plain JSON values: texts, numbers with interval, range, source and its title."""
    expect_kind(kind)
    if kind in _POINTS:
        points = _points(kind)
        if name not in points:
            raise JobError(f"no {kind[:-1]} {show(name)}; {nearest(name, [*points])}")
        return {"name": name, "entry_point": points[name]}
    model = _READERS[kind](name, folder)
    titles = source_titles(folder)
    told: dict[str, Any] = {
        "name": model.name,
        "aliases": [*model.aliases],
        "what": _beside(kind, model),
        "note": model.note,
        "caution": getattr(model, "caution", ""),
        "assumed": _count_assumed(kind, model),
        "numbers": [_number(n, titles) for n in numbers_of(model)],
    }
    if kind == "services":
        told["limits"] = [_hardness(limit, titles) for limit in model.limits]
    if kind == "prices":
        told["prices"] = [_price(path, price, titles) for path, price in named_prices(model)]
    if kind == "procedures":
        told |= {k: getattr(model, k) for k in ("qualified", "origin", "trials", "date", "who")}
        told |= {k: getattr(model, k) for k in ("parent", "powder", "nozzle")}
    return told


def _number(number: Number, titles: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "what": number.what,
        "text": number.text,
        "means": number.q.meaning,
        "range": number.q.range_text,
        "source": number.source,
        "source_title": titles.get(source_key(number.source), ""),
        "note": number.note,
    }
    values = [_interval(v, number) for v in number.values]
    if number.at:
        kelvin = [{"value": t, "unit": "K", "p05": t, "p50": t, "p95": t} for t in number.at]
        return told | {"rows": [{"at": t, "value": v} for t, v in zip(kelvin, values, strict=True)]}
    return told | {"value": values[0]}


def _interval(value: float, number: Number) -> dict[str, Any]:
    unit = number.q.unit
    if number.log_sd is not None:
        factor = math.exp(_EVERY_NINE_OF_TEN * number.log_sd)
        low, high = value / factor, value * factor
    else:
        half = abs(value) * _EVERY_NINE_OF_TEN * (number.spread or 0.0)
        low, high = value - half, value + half
    shown = to_unit(value, unit)
    return {
        "value": shown,
        "unit": unit,
        "p05": to_unit(low, unit),
        "p50": shown,
        "p95": to_unit(high, unit),
    }


def _hardness(limit: Any, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "zone": limit.zone,
        "highest": str(limit.highest),
        "by_agreement": limit.exception,
        "source": limit.source,
        "source_title": titles[source_key(limit.source)],
        "note": limit.note,
    }


def _price(path: str, price: Any, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "what": path.replace("_", " "),
        "text": f"{show_price(price)} ± {format_quantity(price.spread, '%')}",
        "source": price.source,
        "source_title": titles.get(source_key(price.source), ""),
        "note": price.note,
    }


def kinds_lines(counts: dict[str, int]) -> str:
    """The kinds there are, with counts."""
    lines = [f"{kind:12}{count:>5}" for kind, count in counts.items()]
    return "\n".join((*lines, "one kind: reclad list KIND    one file: reclad list KIND NAME"))


def rows_lines(kind: str, rows: list[Row]) -> str:
    """All of a kind, one line each."""
    if not rows:
        return f"no {kind} beside the built-in ones are installed"
    wide = max(len(row.name) for row in rows) + 2
    beside = max(len(row.what) for row in rows) + 2
    lines = []
    for row in rows:
        count = f"{row.assumed:>3} assumed  " if kind in _READERS and kind != "services" else ""
        lines.append(
            f"{row.name:{wide}}{row.what:{beside}}{count}{', '.join(row.aliases)}".rstrip()
        )
    if kind == "procedures":
        lines.append(f"looked in procedures/ here, in {library_folder()} and in reclad itself")
    return "\n".join(lines)


def one_lines(told: dict[str, Any]) -> str:
    """One file: what it is, every number with range, spread and source."""
    if "entry_point" in told:
        return f"{told['name']}: {told['entry_point']}"
    lines = [f"{told['name']}: {told['what']}"]
    lines += [f"  also      {', '.join(told['aliases'])}"] if told["aliases"] else []
    lines += [f"  note      {told['note']}"] if told["note"] else []
    lines += [f"  CAUTION   {told['caution']}"] if told["caution"] else []
    if "origin" in told:
        lines += [
            f"  {key:10}{told[key]}"
            for key in ("parent", "powder", "nozzle", "origin", "trials", "date", "who")
        ]
    for limit in told.get("limits", []):
        agreed = ", only by agreement" if limit["by_agreement"] else ""
        lines.append(f"  at most {limit['highest']} in the {limit['zone']}{agreed}")
        lines += _origin(limit)
    for price in told.get("prices", []):
        lines.append(f"  {price['what']}: {price['text']}")
        lines += _origin(price)
    for number in told["numbers"]:
        rows = number.get("rows", [])
        points = f", {len(rows)} points, {_span(rows)}" if rows else ""
        lines.append(f"  {number['what']}: {number['text']}{points}")
        lines.append(f"      {number['means']}; legal {number['range']}")
        lines += _origin(number)
    if told["numbers"]:
        lines.append(f"  {told['assumed']} numbers are assumed, a list of rows counted as one")
    return "\n".join(lines)


def _origin(told: dict[str, Any]) -> list[str]:
    source, title = told["source"], told["source_title"]
    if not source:
        return ["      stated in the file"]
    if source_key(source) == "assumed":
        return [f"      ASSUMED{': ' + told['note'] if told['note'] else ''}"]
    lines = [f"      source {source}{': ' + title if title else ''}"]
    return [*lines, f"      note {told['note']}"] if told["note"] else lines


def _span(rows: list[dict[str, Any]]) -> str:
    low, high = (rows[n]["at"]["value"] for n in (0, -1))
    return f"{format_quantity(low, 'degC')} to {format_quantity(high, 'degC')}"
