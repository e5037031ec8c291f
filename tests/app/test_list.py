"""`reclad list`: kinds, names, and every number with unit, range, spread and source."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from reclad.app.listing import KINDS
from reclad.job import assumed_in, list_names, numbers_of, read_material
from reclad.job.library import data_folder
from reclad.job.sources import known_sources, source_key

FILE_KINDS = (
    *("materials", "powders", "machines", "feeders"),
    *("nozzles", "services", "damages", "prices", "procedures"),
)
EVERY_FILE = [(kind, name) for kind in FILE_KINDS for name in list_names(kind)]


@pytest.fixture(autouse=True)
def no_library_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLAD_LIBRARY", str(tmp_path / "none"))


def test_without_a_kind_all_kinds_are_counted(reclad: Callable) -> None:
    told = reclad("list", "--json").json
    assert set(told) == {*KINDS} == {*FILE_KINDS, "posts"}
    assert {kind: told[kind] for kind in FILE_KINDS} == {k: len(list_names(k)) for k in FILE_KINDS}
    assert told["posts"] >= 1
    printed = reclad("list")
    assert printed.code == 0
    for kind, count in told.items():
        assert f"\n{kind:12}{count:>5}\n" in f"\n{printed.out}"


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_a_kind_lists_every_name_with_its_aliases_and_assumed_count(
    reclad: Callable, kind: str
) -> None:
    told = reclad("list", kind, "--json").json
    assert told["kind"] == kind
    assert [row["name"] for row in told["names"]] == list_names(kind)
    printed = reclad("list", kind).out.splitlines()
    for row, line in zip(told["names"], printed, strict=False):
        assert line.startswith(row["name"])
        assert row["what"] in line
        assert all(alias in line for alias in row["aliases"])
        if kind != "services":
            assert f"{row['assumed']:>3} assumed" in line


def test_materials_say_what_they_are_for_and_how_much_is_assumed(reclad: Callable) -> None:
    rows = {row["name"]: row for row in reclad("list", "materials", "--json").json["names"]}
    assert rows["42CrMo4"]["what"] == "parent"
    assert rows["316L"]["what"] == "parent, clad"
    assert rows["316L"]["assumed"] == 1  # its hardness as laid
    assert rows["42CrMo4"]["assumed"] == len(assumed_in(read_material("42CrMo4"))) > 0
    assert "AISI 4140" in rows["42CrMo4"]["aliases"]


@pytest.mark.parametrize(("kind", "name"), EVERY_FILE)
def test_one_file_in_full_is_json_and_sourced(reclad: Callable, kind: str, name: str) -> None:
    told = reclad("list", kind, name, "--json").json
    assert told["name"] == name
    rows = {r["name"]: r for r in reclad("list", kind, "--json").json["names"]}
    assert told["assumed"] == rows[name]["assumed"]
    for number in told["numbers"]:
        assert ("value" in number) != ("rows" in number)
        assert number["range"]
        assert number["means"]
        key = source_key(number["source"])
        assert kind == "procedures" or (key in known_sources()) == (number["source"] != "")
        assert kind == "procedures" or bool(number["source_title"]) == bool(number["source"])
    printed = reclad("list", kind, name)
    assert printed.code == 0
    for number in told["numbers"]:
        assert f"  {number['what']}: {number['text']}" in printed.out
        assert number["range"] in printed.out
        assert number["note"] in printed.out
        if source_key(number["source"]) not in ("assumed", ""):
            assert f"source {number['source']}" in printed.out
            assert number["source_title"] in printed.out


def test_every_number_of_a_material_is_printed_with_spread_and_source(reclad: Callable) -> None:
    out = reclad("list", "materials", "42CrMo").out
    for number in numbers_of(read_material("42CrMo4")):
        assert f"  {number.what}: {number.text}" in out
    assert "density: 7850 kg/m^3 ± 1 %" in out
    assert "source MATWEB-4140: MatWeb AISI 4140 normalized pages" in out
    assert "legal 500 to 25000 kg/m^3" in out
    assert "solidus: 1420 degC ± 17 K" in out
    assert "ASSUMED: usual for 0.4 % carbon low-alloy steel" in out
    assert "35 points, 20 degC to 1200 degC" in out


def test_numbers_carry_the_interval_of_their_spread(reclad: Callable) -> None:
    numbers = {n["what"]: n for n in reclad("list", "materials", "IN625", "--json").json["numbers"]}
    density = numbers["density"]["value"]
    assert (density["p50"], density["unit"]) == (8440, "kg/m^3")
    assert density["p95"] - density["p05"] == pytest.approx(2 * 1.645 * 84.4, rel=1e-3)
    assert len(numbers["conductivity"]["rows"]) == 15
    first = numbers["conductivity"]["rows"][0]
    assert (first["at"]["value"], first["value"]["value"]) == (300, pytest.approx(9.4747))
    speed = reclad("list", "nozzles", "coaxial-15", "--json").json["numbers"][-1]["value"]
    assert speed["p05"] * speed["p95"] == pytest.approx(9.0)
    assert speed["p95"] == pytest.approx(3.0 * math.exp(1.645 * 0.5), rel=1e-3)


def test_a_metal_that_needs_care_is_printed_with_its_caution(reclad: Callable) -> None:
    assert (
        "CAUTION   cast iron: laser cladding needs a special"
        in reclad("list", "materials", "HT250").out
    )
    assert "CAUTION" not in reclad("list", "materials", "S355").out


def test_services_print_their_limits_with_source(reclad: Callable) -> None:
    out = reclad("list", "services", "NACE MR0175").out
    assert "at most 250 HV in the weld and heat-affected zone\n" in out
    assert "at most 275 HV10 in the heat-affected zone, only by agreement" in out
    assert "source NORSOK-L001, EDS NHF1: NORSOK L-001" in out
    limits = reclad("list", "services", "tool-joint", "--json").json["limits"]
    assert [(x["highest"], x["by_agreement"]) for x in limits] == [("40 HRC", False)]


def test_an_example_procedure_is_marked_as_one(reclad: Callable) -> None:
    assert "EXAMPLE, not qualified" in reclad("list", "procedures").out
    told = reclad("list", "procedures", "example-42CrMo4-IN625", "--json").json
    assert (told["qualified"], told["trials"]) == (False, 0)
    assert "example, no trials" in reclad("list", "procedures", "example-42CrMo4-IN625").out


def test_posts_are_the_installed_entry_points(reclad: Callable) -> None:
    rows = reclad("list", "posts", "--json").json["names"]
    assert {"name": "linuxcnc", "what": "reclad.program.linuxcnc:write_program"}.items() <= next(
        row for row in rows if row["name"] == "linuxcnc"
    ).items()
    assert reclad("list", "posts", "linuxcnc").out.startswith("linuxcnc: reclad.program.linuxcnc")
    assert 'did you mean "linuxcnc"' in reclad("list", "posts", "linuxcn").refusal


def test_files_beside_the_job_are_listed_too(reclad: Callable) -> None:
    text = data_folder().joinpath("materials", "IN625.toml").read_text("utf-8")
    Path("materials").mkdir()
    own = text.replace('name = "IN625"', 'name = "our-625"').replace('source = "SMC-625"', "@")
    own = own.replace("@", 'source = "our-lab, sheet 3"').replace('"Inconel 625", ', "")
    Path("materials/our-625.toml").write_text(own, "utf-8")
    Path("sources.bib").write_text("@misc{our-lab,\n title = {our own balance},\n}\n", "utf-8")
    assert "our-625" in [r["name"] for r in reclad("list", "materials", "--json").json["names"]]
    assert "source our-lab, sheet 3: our own balance" in reclad("list", "materials", "our-625").out
    Path("materials/our-625.toml").write_text("kind = [", "utf-8")
    assert "materials/our-625.toml line 1" in reclad("list", "materials").refusal


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["wires"], 'no list of "wires"'),
        (["material"], 'did you mean "materials"?; known: materials, powders'),
        (["materials", "42CrMo5"], 'no material "42CrMo5"; did you mean'),
        (["services", "swwet"], 'no service "swwet"'),
        (["zz", "x"], 'no list of "zz"; known: materials'),
        (["\u202e"], "no list of"),
    ],
)
def test_an_unknown_kind_or_name_is_refused_on_one_line(
    reclad: Callable, words: list[str], says: str
) -> None:
    ran = reclad("list", *words)
    assert ran.code == 1
    assert says in ran.refusal


def test_the_list_is_ascii_json_on_any_console(process: Callable) -> None:
    done = process("list", "materials", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert "625合金" in json.dumps(json.loads(done.out), ensure_ascii=False)
