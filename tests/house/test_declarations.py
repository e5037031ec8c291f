"""Every quantity is declared with unit and meaning, every number has a known source."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from reclad.job import (
    Damages,
    FeederCurve,
    JobFile,
    Machine,
    Material,
    Nozzle,
    Powder,
    QualifiedProcedure,
    Service,
    assumed_in,
    read_damages,
    read_feeder,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
    read_procedure,
    read_service,
)
from reclad.job.heat_case_file import HeatCaseFile
from reclad.job.library import KINDS, data_folder
from reclad.job.numbers import quantities
from reclad.job.sources import known_sources, source_key
from reclad.job.trial import Trial
from reclad.lab.calibration import Calibration
from reclad.orders import Shop, read_shop
from reclad.shop.prices import Prices, read_prices
from reclad.units import Q, kind_of

FILE_MODELS: list[type[BaseModel]] = [
    *(JobFile, HeatCaseFile, Machine, FeederCurve, Material, Nozzle, Powder),
    *(QualifiedProcedure, Service, Damages, Prices, Trial, Calibration, Shop),
]
READERS = {
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
ASSUMED = Path(__file__).with_name("assumed_numbers.txt")
DATA_FILES = [
    (kind, path.name)
    for kind in KINDS
    for path in sorted(data_folder().joinpath(kind).iterdir(), key=lambda p: p.name)
]


def inner_models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    seen.add(model)
    for field in model.model_fields.values():
        for part in (field.annotation, *walk(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                inner_models(part, seen)
    return seen


def walk(annotation: Any) -> list[Any]:
    parts = list(getattr(annotation, "__args__", ()))
    return parts + [q for p in parts for q in walk(p)]


def all_models() -> list[type[BaseModel]]:
    seen: set[type[BaseModel]] = set()
    for model in FILE_MODELS:
        inner_models(model, seen)
    return sorted(seen, key=lambda m: m.__name__)


def declared() -> list[tuple[str, Q]]:
    found = [(f"{m.__name__}.{key}", q) for m in all_models() for key, q in quantities(m).items()]
    tables = [(m.__name__, m.quantity) for m in all_models() if hasattr(m, "quantity")]
    return found + tables


def test_the_walk_finds_the_quantities_of_every_room() -> None:
    names = {name for name, _ in declared()}
    assert {
        "Part.wall",
        "Limits.dilution_max",
        "Pins.power",
        "Laser.spot",
        "Weighing.rate",
    } <= names
    assert {"RotaryAxis.min", "Conductivity", "SpecificHeat", "CaliperRow.position"} <= names
    assert len(names) > 55


@pytest.mark.parametrize(("name", "q"), declared())
def test_every_quantity_has_a_unit_a_meaning_and_a_range(name: str, q: Q) -> None:
    assert kind_of(q.unit)
    assert len(q.meaning.split()) >= 1
    assert len(q.meaning) > 5
    assert q.meaning == q.meaning.strip()
    assert q.lo < q.hi
    assert q.lo_si < q.hi_si


def test_every_float_of_a_file_is_a_declared_quantity() -> None:
    for model in all_models():
        for key, field in model.model_fields.items():
            bare = field.annotation in (float, float | None)
            if bare and key != "log_sd":
                assert key in quantities(model), f"{model.__name__}.{key}"


def test_every_default_lies_in_its_range() -> None:
    for model in all_models():
        for key, q in quantities(model).items():
            default = model.model_fields[key].default
            if isinstance(default, float):
                q.check(default, f"{model.__name__}.{key}")


def test_every_model_tells_what_it_is() -> None:
    for model in all_models():
        assert inspect.getdoc(model), model.__name__


@pytest.mark.parametrize(("kind", "file"), DATA_FILES)
def test_every_shipped_file_is_valid(kind: str, file: str) -> None:
    assert READERS[kind](file.removesuffix(".toml")).name == file.removesuffix(".toml")


def sourced_blocks(data: dict[str, Any]) -> list[dict[str, Any]]:
    tables = [v for v in data.values() if isinstance(v, dict)]
    tables += [
        row for v in data.values() if isinstance(v, list) for row in v if isinstance(row, dict)
    ]
    inner = [b for table in tables for b in sourced_blocks(table)]
    return [data, *inner] if "source" in data else inner


@pytest.mark.parametrize(("kind", "file"), DATA_FILES)
def test_every_number_of_the_library_has_a_known_source(kind: str, file: str) -> None:
    data = tomllib.loads(data_folder().joinpath(kind, file).read_text("utf-8"))
    blocks = sourced_blocks(data)
    assert blocks or kind == "procedures" or data.get("limits") == []
    for block in blocks:
        assert source_key(block["source"]) in known_sources()
        if block["source"] == "assumed" and block is not data:
            assert block["note"], f"{file}: an assumed number says why"


def test_every_shipped_source_says_what_it_is() -> None:
    text = data_folder().joinpath("sources.bib").read_text("utf-8")
    entries = re.findall(r"@misc\{([^,]+),\s*title = \{([^}]+)\},\s*\}", text)
    assert {key for key, _ in entries} == known_sources()
    assert all(len(title.split()) >= 2 for _, title in entries)
    assert "assumed" in known_sources()
    assert len(entries) == len(known_sources())


def test_no_file_of_these_rooms_points_at_anything_outside_the_product() -> None:
    for folder in (*KINDS, "examples/pipe"):
        for path in data_folder().joinpath(*folder.split("/")).iterdir():
            assert not re.search(r"/work|\.\./|https?://|pypi", path.read_text("utf-8").lower())


def count_assumed() -> dict[str, int]:
    counts = {
        f"{kind}/{file}": len(assumed_in(READERS[kind](file.removesuffix(".toml"))))
        for kind, file in DATA_FILES
    }
    # A shop's file is its own, no entry of a library; the example is counted all the same.
    for path in Path(str(data_folder().joinpath("shops"))).iterdir():
        counts[f"shops/{path.name}"] = len(assumed_in(read_shop(path)))
    return {file: count for file, count in counts.items() if count}


def test_the_list_of_assumed_numbers_only_shrinks() -> None:
    listed = {
        file: int(count)
        for file, count in (line.split() for line in ASSUMED.read_text("utf-8").splitlines())
    }
    found = count_assumed()
    grown = {f: n for f, n in found.items() if n > listed.get(f, 0)}
    assert not grown, "find a source; a new material lists its assumed numbers, on purpose"
    stale = {f: n for f, n in listed.items() if n > found.get(f, 0)}
    assert not stale, "well done: lower the numbers in assumed_numbers.txt"


def test_an_assumed_composition_counts_element_by_element() -> None:
    shares = [a.what for a in assumed_in(read_material("HT250")) if "mass share" in a.what]
    assert len(shares) == 5
    assert shares[0] == "composition mass share C"


def test_a_retained_proxy_is_wider_than_what_it_is_copied_from() -> None:
    known = read_material("42CrMo4")
    for name in ("27SiMn", "N80", "P110"):
        proxy = read_material(name)
        assert proxy.conductivity.value == known.conductivity.value
        assert proxy.conductivity.spread > known.conductivity.spread
        assert proxy.specific_heat.spread > known.specific_heat.spread
        assert "42CrMo4" in proxy.conductivity.note
        assert proxy.conductivity.source == proxy.density.source == "assumed"
