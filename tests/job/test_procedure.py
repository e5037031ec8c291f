"""Qualified procedures and services: what they say, where they are found, how far they reach."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import JobError, ProcessError, RecladError
from reclad.job import (
    Settings,
    check_range,
    expect_within,
    list_names,
    read_procedure,
    read_service,
)
from reclad.job.library import data_folder, library_folder

EXAMPLE = data_folder().joinpath("procedures", "example-42CrMo4-IN625.toml").read_text("utf-8")
QUALIFIED = (
    EXAMPLE.replace('name = "example-42CrMo4-IN625"', 'name = "pipe-a"')
    .replace('origin = "example, no trials"', 'origin = "report 7, coupons 1 to 6"')
    .replace("trials = 0", "trials = 6")
    .replace('parent = "42CrMo4"', 'parent = "AISI 4140"')
)
INSIDE = Settings(
    parent="42CrMo4",
    powder="IN625",
    nozzle="coaxial-15",
    spot=0.003,
    power=2000.0,
    travel_speed=0.01,
    feed_rate=17 / 60000,
    stand_off=0.015,
    pitch=0.002,
    preheat=293.15,
    interpass=473.15,
    thickness=0.015,
    clad_thickness=0.001,
    diameter=0.2,
)


@pytest.fixture(autouse=True)
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty library folder of the user's own."""
    folder = tmp_path / "own-library"
    monkeypatch.setenv("RECLAD_LIBRARY", str(folder))
    return folder


def put(folder: Path, text: str = QUALIFIED, name: str = "pipe-a") -> None:
    (folder / "procedures").mkdir(parents=True, exist_ok=True)
    (folder / "procedures" / f"{name}.toml").write_text(text, "utf-8")


def test_the_shipped_procedure_is_an_example_and_covers_nothing() -> None:
    assert list_names("procedures") == ["example-42CrMo4-IN625"]
    example = read_procedure("example-42CrMo4-IN625")
    assert not example.qualified
    assert check_range(example, INSIDE) == [
        "example-42CrMo4-IN625 is an example without trials and qualifies nothing"
    ]
    with pytest.raises(ProcessError, match="qualifies nothing; stay within its range, or qualify"):
        expect_within(example, INSIDE)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("trials = 6", "trials = 0", "trials: 0 trials prove nothing"),
        ('"report 7, coupons 1 to 6"', '"Example 7"', "origin: an example has no trials"),
        ('low = "1.8 kW"', 'low = "2.3 kW"', "[power] high: 2.2 kW lies below low 2.3 kW"),
        ('value = "2 kW"', 'value = "2.5 kW"', "[power] value: 2.5 kW lies outside 1.8 kW to 2.2"),
        ('low = "100 mm"', 'low = "500 mm"', "[diameter] high: 400 mm lies below low 500 mm"),
        ('"AISI 4140"', '"AISI 4141"', 'no material "AISI 4141"; did you mean'),
        ('who = "nobody"\n', "", "who: missing"),
        ("date = 2026-10-15", 'date = "lately"', 'date: "lately" is no date'),
    ],
)
def test_each_rule_of_a_procedure_names_file_key_and_way_out(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in QUALIFIED
    put(tmp_path, QUALIFIED.replace(old, new, 1))
    with pytest.raises(RecladError) as caught:
        read_procedure("pipe-a", tmp_path)
    assert str(caught.value).startswith("procedures/pipe-a.toml")
    assert says in str(caught.value)


def test_a_procedure_with_trials_covers_its_own_range_to_the_edge(tmp_path: Path) -> None:
    put(tmp_path)
    proven = read_procedure("pipe-a", tmp_path)
    assert proven.qualified
    assert proven.parent == "42CrMo4"  # told as AISI 4140
    assert check_range(proven, INSIDE) == []
    for edge in ("low", "high"):
        told = {
            key: getattr(getattr(proven, key), edge)
            for key in ("power", "travel_speed", "feed_rate", "stand_off", "pitch", "preheat")
        }
        assert check_range(proven, dataclasses.replace(INSIDE, **told)) == []
    expect_within(proven, INSIDE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"power": 2201.0}, "power 2.201 kW lies outside 1.8 kW to 2.2 kW"),
        ({"travel_speed": 0.0089}, "travel speed 8.9 mm/s lies outside"),
        ({"feed_rate": 20 / 60000}, "feed rate 20 g/min lies outside"),
        ({"stand_off": 0.013}, "stand off 13 mm lies outside"),
        ({"pitch": 0.0025}, "pitch 2.5 mm lies outside"),
        ({"preheat": 423.15}, "preheat 150 degC lies outside"),
        ({"interpass": 673.15}, "interpass 400 degC lies outside 10 degC to 350 degC"),
        ({"thickness": 0.005}, "thickness 5 mm lies outside"),
        ({"clad_thickness": 0.003}, "clad thickness 3 mm lies outside"),
        ({"diameter": 0.05}, "diameter 50 mm lies outside"),
        ({"spot": 0.004}, "spot 4 mm is not the qualified 3 mm"),
        ({"parent": "C45"}, 'parent "C45" is not "42CrMo4"'),
        ({"powder": "316L"}, 'powder "316L" is not "IN625"'),
        ({"nozzle": "other"}, 'nozzle "other" is not "coaxial-15"'),
    ],
)
def test_leaving_the_range_in_anything_is_an_error(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    put(tmp_path)
    proven = read_procedure("pipe-a", tmp_path)
    outside = dataclasses.replace(INSIDE, **change)
    reasons = check_range(proven, outside)
    assert len(reasons) == 1
    assert reason in reasons[0]
    with pytest.raises(ProcessError, match="procedure pipe-a: "):
        expect_within(proven, outside)


@given(st.floats(100, 9000))
def test_power_is_covered_between_its_limits_and_nowhere_else(
    tmp_path_factory: pytest.TempPathFactory, power: float
) -> None:
    folder = tmp_path_factory.getbasetemp() / "procedure-power"
    if not folder.exists():
        put(folder)
    reasons = check_range(
        read_procedure("pipe-a", folder), dataclasses.replace(INSIDE, power=power)
    )
    assert (reasons == []) == (1800.0 <= power <= 2200.0)


def test_all_reasons_are_told_and_the_error_counts_them(tmp_path: Path) -> None:
    put(tmp_path)
    proven = read_procedure("pipe-a", tmp_path)
    far = dataclasses.replace(INSIDE, power=9.0, pitch=9.0, parent="C45")
    assert len(check_range(proven, far)) == 3
    with pytest.raises(ProcessError, match=r'parent "C45" is not "42CrMo4" \(and 2 more\)'):
        expect_within(proven, far)


def test_a_procedure_of_the_job_folder_wins_over_the_users_library(
    tmp_path: Path, own_library: Path
) -> None:
    put(own_library)
    assert list_names("procedures") == ["example-42CrMo4-IN625", "pipe-a"]
    assert read_procedure("pipe-a").who == "nobody"
    job = tmp_path / "job"
    put(job, QUALIFIED.replace('who = "nobody"', 'who = "Wang"'))
    assert read_procedure("pipe-a", job).who == "Wang"
    with pytest.raises(JobError, match='no procedure "pipe-b"; did you mean "pipe-a"'):
        read_procedure("pipe-b", job)


def test_the_users_library_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library_folder() == tmp_path / "own-library"
    monkeypatch.delenv("RECLAD_LIBRARY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert library_folder() == tmp_path / "config" / "reclad"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert library_folder() == tmp_path / ".config" / "reclad"

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert library_folder() is None
    assert list_names("procedures") == ["example-42CrMo4-IN625"]


def test_hardness_limits_by_service_are_those_of_their_sources() -> None:
    told = {
        name: [(str(limit.highest), limit.exception) for limit in read_service(name).limits]
        for name in list_names("services")
    }
    assert told == {
        "none": [],
        "sour": [("250 HV", False), ("22 HRC", False), ("275 HV10", True)],
        "tool-joint": [("40 HRC", False)],
    }
    assert read_service("NACE MR0175").name == read_service("酸性").name == "sour"


SOUR = data_folder().joinpath("services", "sour.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"250 HV"', '"250"', 'limits row 1 highest: "250" is no hardness; write for example'),
        ('"250 HV"', "250", "limits row 1 highest: 250 is no hardness"),
        ('"250 HV"', '"250 HB"', '"250 HB" is no hardness'),
        ('"250 HV"', '"0 HV"', "0 is below 1"),
        ('"ISO15156-PANEL, 2006-01 and 2011-01"', '"hearsay"', '[limits row 1] source: "hearsay"'),
    ],
)
def test_each_rule_of_a_service_names_file_key_and_way_out(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in SOUR
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "sour.toml").write_text(SOUR.replace(old, new, 1), "utf-8")
    with pytest.raises(RecladError) as caught:
        read_service("sour", tmp_path)
    assert str(caught.value).startswith("services/sour.toml")
    assert says in str(caught.value)


def test_a_service_may_be_edited_in_the_job_folder(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    own = SOUR.replace('"250 HV"', '"235 HV10"')
    (tmp_path / "services" / "sour.toml").write_text(own, "utf-8")
    assert str(read_service("sour", tmp_path).limits[0].highest) == "235 HV10"
    assert str(read_service("sour").limits[0].highest) == "250 HV"
