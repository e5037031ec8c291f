"""Whatever is done to a shipped data file, the door accepts it or answers with one line."""

from __future__ import annotations

import copy
import datetime
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import RecladError
from reclad.job import (
    Damages,
    FeederCurve,
    Machine,
    Material,
    Nozzle,
    Powder,
    QualifiedProcedure,
    Service,
)
from reclad.job.library import KINDS, data_folder
from reclad.job.reading import TextFile, parse_toml, validate
from reclad.job.sources import expect_known_sources, known_sources
from reclad.shop.prices import Prices
from reclad.units import Declared

MODELS: dict[str, type[Declared]] = {
    "materials": Material,
    "powders": Powder,
    "machines": Machine,
    "feeders": FeederCurve,
    "nozzles": Nozzle,
    "services": Service,
    "damages": Damages,
    "prices": Prices,
    "procedures": QualifiedProcedure,
}
FILES = {
    f"{kind}/{path.name}": path.read_text("utf-8")
    for kind in KINDS
    for path in sorted(data_folder().joinpath(kind).iterdir(), key=lambda p: p.name)
}
NAMES = sorted(FILES)
PARSED = {name: parse_toml(TextFile(name, text, "")) for name, text in FILES.items()}
QUANTITY = re.compile(r"(-?[\d.]+) (?!HV|HRC)(.+)")
BROKEN = ("{n}", "{n} zorkmid", "-1{n}e9 {u}", "nan {u}", "1e400 {u}", "１{n} {u}", "", "as usual")
VALUES = (3, -1, 10**30, True, [], {}, "\0", "?", datetime.date(1979, 5, 27), math.nan, [["a"]])
TEXTS = {"name", "note", "aliases", "caution", "origin", "who", "source", "lot"}
DROPPED = object()
Path = tuple[str | int, ...]


def keys_of(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every key of a file with its value, and every item of its lists of tables or rows."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*path, key), value
        if isinstance(value, dict) or (
            isinstance(value, list) and value and isinstance(value[0], dict | list)
        ):
            yield from keys_of(value, (*path, key))
        elif isinstance(value, list) and path and isinstance(data, list):
            yield from (((*path, key, n), item) for n, item in enumerate(value))


def changed(name: str, path: Path, value: Any, rename: str | None = None) -> dict[str, Any]:
    """The file's data with one value, or one key's name, another one."""
    data = copy.deepcopy(PARSED[name])
    inner: Any = data
    for step in path[:-1]:
        inner = inner[step]
    if rename is not None:
        inner[rename] = inner.pop(path[-1])
    elif value is DROPPED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


def answer_to(name: str, data: dict[str, Any]) -> str | None:
    """The line reclad answers to this data, or None if it is accepted."""
    try:
        model = validate(MODELS[name.split("/", maxsplit=1)[0]], data, name)
        expect_known_sources(model, name, known_sources())
    except RecladError as error:
        return str(error)
    return None


def is_one_helpful_line(line: str | None, name: str, key: str) -> bool:
    return (
        line is not None
        and line.startswith(name)
        and key in line
        and line.isprintable()
        and len(line) < 500
    )


def test_every_kind_is_fuzzed_and_every_shipped_file_is_accepted() -> None:
    assert {name.split("/")[0] for name in NAMES} == {*KINDS} == {*MODELS}
    assert [n for n in NAMES if answer_to(n, PARSED[n]) is not None] == []
    assert sum(len([*keys_of(PARSED[n])]) for n in NAMES) > 900


@pytest.mark.parametrize("name", NAMES)
def test_every_broken_quantity_of_a_data_file_is_refused_by_its_key(name: str) -> None:
    for number, (path, value) in enumerate(keys_of(PARSED[name])):
        found = QUANTITY.fullmatch(value) if isinstance(value, str) else None
        if found is None or TEXTS & {*path}:
            continue
        key = next(str(step) for step in reversed(path) if isinstance(step, str))
        forms = [form.format(n=found[1].lstrip("-"), u=found[2]) for form in BROKEN]
        forms += [float(found[1]), math.inf, [value], {"value": value}]
        for bad in forms[number % 3 :: 3]:
            answer = answer_to(name, changed(name, path, bad))
            assert is_one_helpful_line(answer, name, key), (path, bad, answer)


@pytest.mark.parametrize("name", NAMES)
def test_every_misspelt_key_of_a_data_file_is_answered_by_name(name: str) -> None:
    for path, _ in keys_of(PARSED[name]):
        if isinstance(path[-1], str) and "mass_share" not in path[:-1]:
            answer = answer_to(name, changed(name, path, None, rename=f"{path[-1]}x"))
            assert is_one_helpful_line(answer, name, f"{path[-1]}x: unknown key; "), answer


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_any_key_of_a_data_file_brings_down_the_door(name: str) -> None:
    for number, (path, _) in enumerate(keys_of(PARSED[name])):
        for value in VALUES[number % 3 :: 3]:  # in turns: each file meets each value many times
            answer = answer_to(name, changed(name, path, value))
            assert answer is None or is_one_helpful_line(answer, name, ""), (path, value, answer)


@pytest.mark.parametrize("name", NAMES)
def test_no_key_of_a_data_file_may_be_left_out_unnoticed(name: str) -> None:
    optional = {"note", "caution", "aliases", "exception", "min", "max", "A", "Y", "absorptivity"}
    optional |= {"boiling", "composition", "delays", "hardness"}
    optional |= {"chance", "per_hardness", "per_shortfall", "per_buffer", "preheat"}
    optional |= {"steel"}
    for path, _ in keys_of(PARSED[name]):
        key = path[-1]
        if isinstance(key, str) and key not in optional and "mass_share" not in path[:-1]:
            answer = answer_to(name, changed(name, path, DROPPED))
            assert is_one_helpful_line(answer, name, key), (path, answer)


@given(st.sampled_from(NAMES), st.floats(0, 1), st.integers(0, 30), st.text(max_size=12))
def test_no_edit_of_a_data_file_brings_down_the_door(
    name: str, place: float, length: int, text: str
) -> None:
    whole = FILES[name]
    start = int(place * len(whole))
    edited = whole[:start] + text + whole[start + length :]
    try:
        answer = answer_to(name, parse_toml(TextFile(name, edited, "")))
    except RecladError as error:
        answer = str(error)
    assert answer is None or is_one_helpful_line(answer, name, "")
