"""Data packages: declared columns, defaults for all rows, the standard's own validator agrees."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import FileError
from reclad.job import Trial, pack_trials, read_trials, shipped_trials
from reclad.job.library import data_folder
from reclad.job.numbers import quantities
from reclad.job.trial_columns import WHOLE

HEAD: dict[str, Any] = {
    "name": "t",
    "title": "Tracks",
    "licenses": [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}],
}
FIELDS: list[dict[str, Any]] = [
    {"name": "track"},
    {"name": "P", "type": "number", "unit": "kW", "quantity": "power"},
    {"name": "width", "type": "number", "unit": "um"},
    {"name": "hardness", "type": "number", "unit": "HV"},
]
DEFAULTS = {
    "travel_speed": "600 mm/min",
    "feed_rate": "0 g/min",
    "spot": "3 mm",
    "spot_definition": "D4sigma",
    "parent": "42CrMo4",
    "origin": "measured",
    "sections": "2",
}
TABLE = "track,P,width,hardness\na,2,3100,210\nb,2.5,3300,\n"


def make(
    folder: Path,
    table: str | bytes = TABLE,
    resource: dict[str, Any] | None = None,
    schema: dict[str, Any] | None = None,
    **head: Any,
) -> Path:
    entry = {"name": "trials", "path": "t.csv", "schema": {"fields": FIELDS} | (schema or {})}
    told = HEAD | {"trial_defaults": DEFAULTS, "resources": [entry | (resource or {})]} | head
    (folder / "t.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    (folder / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_trials(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_columns_take_quantity_and_unit_from_the_schema_and_the_rest_from_defaults(
    tmp_path: Path,
) -> None:
    found = read_trials(make(tmp_path))
    one, two = (row.trial for row in found.rows)
    assert one is not None
    assert two is not None
    assert (one.power, two.power) == (2000.0, 2500.0)
    assert one.width == pytest.approx(3.1e-3)
    assert one.travel_speed == pytest.approx(0.01)
    assert one.spot_definition == "D4sigma"
    assert one.sections == 2
    assert found.left == ("hardness",)
    assert one.id == "a"
    assert found.head.licence == "CC BY 4.0"
    assert read_trials(tmp_path / "datapackage.json").rows == found.rows


def test_a_cell_comes_before_the_default_of_all_rows(tmp_path: Path) -> None:
    fields = [*FIELDS, {"name": "spot", "type": "number", "unit": "mm"}]
    table = "track,P,width,hardness,spot\na,2,3100,1,2.5\nb,2.5,3300,1,\n"
    found = read_trials(make(tmp_path, table, schema={"fields": fields}))
    assert [round(row.trial.spot, 6) for row in found.rows if row.trial] == [0.0025, 0.003]


def test_encoding_separator_decimal_mark_and_missing_values_are_as_declared(
    tmp_path: Path,
) -> None:
    table = "track;P;width;hardness\n甲;2,5;3100;-\n乙;2,6;-;-\n".encode("gbk")
    fields = [FIELDS[0], FIELDS[1] | {"decimalChar": ","}, *FIELDS[2:]]
    found = read_trials(
        make(
            tmp_path,
            table,
            {"encoding": "gbk", "dialect": {"delimiter": ";"}},
            {"fields": fields, "missingValues": ["-"]},
        )
    )
    assert [row.trial.power for row in found.rows if row.trial] == [2500.0, 2600.0]
    assert found.rows[1].lacks["width"] == "width was not measured"


def test_limits_of_the_package_hold_row_by_row(tmp_path: Path) -> None:
    fields = [FIELDS[0], FIELDS[1] | {"constraints": {"maximum": 2.2}}, *FIELDS[2:]]
    fields[3] = fields[3] | {"constraints": {"required": True}}
    rows = read_trials(make(tmp_path, schema={"fields": fields})).rows
    assert rows[0].trial is not None
    assert [r.text for r in rows[1].remarks if r.refuses] == [
        '"2.5" is above 2.2, the maximum of the package',
        "missing; the package requires it",
    ]
    assert rows[1].trial is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"trial_defaults": DEFAULTS | {"spotty": "3 mm"}}, "trial_defaults spotty: unknown key"),
    ({"trial_defaults": DEFAULTS | {"spot": "3"}}, "trial_defaults spot: \"3\" has no unit"),
    ({"trial_defaults": DEFAULTS | {"origin": "dreamt"}}, "trial_defaults origin"),
    ({"trial_defaults": {}}, 'lacks "travel_speed (mm/s)"'),
    ({"restricted": True}, "agreement: missing"),
    ({"restricted": "yes"}, "restricted"),
    ({"licenses": "CC BY"}, "licenses"),
    ({"resources": []}, "resources"),
    ({"resources": [{"path": "t.csv"}]}, "schema"),
    ({"resource": {"path": "../t.csv"}}, "one plain name is wanted"),
    ({"resource": {"path": "/etc/passwd"}}, "one plain name is wanted"),
    ({"resource": {"path": "gone.csv"}}, "gone.csv: cannot be read"),
    ({"resource": {"encoding": "klingon"}}, "encoding \"klingon\" is not known"),
    ({"resource": {"hash": "sha256:" + "0" * 64}}, "differs from its sha256"),
    ({"schema": {"fields": FIELDS[:3]}}, "does not list the columns \"hardness\""),
    ({"schema": {"fields": [*FIELDS, {"name": "x"}]}}, 'lacks the columns "x"'),
    ({"schema": {"fields": [*FIELDS[:3], {"name": "hardness", "quantity": "hard"}]}},
     '"hard" is no key of a trial'),
    ({"schema": {"fields": [*FIELDS[:2], {"name": "width", "type": "string", "unit": "mm"},
                            FIELDS[3]]}}, 'type: "string" for numbers'),
    ({"schema": {"fields": [*FIELDS[:2], {"name": "width", "type": "number"}, FIELDS[3]]}},
     "has no unit"),
    ({"schema": {"fields": [*FIELDS[:2], {"name": "width", "unit": "W"}, FIELDS[3]]}},
     "but a length is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_a_wrong_package_is_refused_by_key(tmp_path: Path, changed: dict, said: str) -> None:
    assert said in refusal(make(tmp_path, **changed))


def test_a_column_declared_to_give_nothing_may_be_called_as_it_likes(tmp_path: Path) -> None:
    table = TABLE.replace("hardness", "hieght")
    fields = [*FIELDS[:3], {"name": "hieght"}]
    assert 'did you mean "height (mm)"?' in refusal(make(tmp_path, table, None, {"fields": fields}))
    fields[3]["quantity"] = ""
    assert read_trials(make(tmp_path, table, None, {"fields": fields})).left == ("hieght",)


def test_name_and_unit_of_a_field_may_not_contradict(tmp_path: Path) -> None:
    fields = [{"name": "track"}, {"name": "power_W", "unit": "kW"}, *FIELDS[2:]]
    folder = make(tmp_path, TABLE.replace("P", "power_W"), schema={"fields": fields})
    assert 'the name says W, unit says "kW"' in refusal(folder)


def test_a_right_hash_is_no_hindrance(tmp_path: Path) -> None:
    digest = hashlib.sha256(TABLE.encode()).hexdigest()
    assert len(read_trials(make(tmp_path, resource={"hash": f"sha256:{digest}"})).rows) == 2


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"name": }', "line 1 column 10"),
        (b"[]", "no JSON object"),
        (b'{"a": NaN}', "no plain JSON"),
        (b'{"a": ' * 100_000, "no plain JSON"),
        ("{甲".encode("gbk"), "not UTF-8"),
    ],
)
def test_a_broken_datapackage_is_refused_in_one_line(tmp_path: Path, raw: bytes, said: str) -> None:
    (make(tmp_path) / "datapackage.json").write_bytes(raw)
    assert said in refusal(tmp_path)


def test_a_folder_without_package_says_what_to_do(tmp_path: Path) -> None:
    assert "has no datapackage.json" in refusal(tmp_path)


# --- there and back ---

TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1,
               max_size=12)  # fmt: skip


def numbers(key: str) -> st.SearchStrategy[str]:
    """Numbers as people write them, in the declared unit and range."""
    q = quantities(Trial)[key]
    return (
        st.floats(q.lo, q.hi)
        .map(lambda x: min(max(float(f"{x:.9g}"), q.lo), q.hi))
        .map(lambda x: f"{x!r} {q.unit}")
    )


def values(key: str) -> st.SearchStrategy[Any]:
    if key in quantities(Trial):
        return numbers(key)
    if key in WHOLE:
        return st.integers(1, 1000)
    if key == "date":
        return st.dates().map(str)
    if key in ("origin", "spot_definition"):
        words = {
            "origin": ("measured", "fitted", "simulated"),
            "spot_definition": ("1/e2", "D4sigma", "1/e", "FWHM", "top-hat", "not stated"),
        }
        return st.sampled_from(words[key])
    return TEXT


NEEDED = [key for key, field in Trial.model_fields.items() if field.is_required()]
TRIALS = st.lists(
    st.fixed_dictionaries(
        {key: values(key) for key in NEEDED},
        optional={key: values(key) for key in Trial.model_fields if key not in NEEDED},
    ).map(Trial.model_validate),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(trials=TRIALS)
def test_trials_written_as_a_package_are_read_back_to_the_last_bit(
    trials: list[Trial], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("package")
    files = pack_trials(trials, HEAD)
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    back = [row.trial for row in read_trials(folder).rows]
    assert back == trials
    assert pack_trials([one for one in back if one is not None], HEAD) == files


# --- what is shipped ---


def test_two_open_data_sets_are_shipped() -> None:
    assert shipped_trials() == ["dai", "hofmann"]


@pytest.mark.parametrize(
    ("name", "count", "usable"),
    [("hofmann", 341, {"width": 104, "depth": 104}), ("dai", 20, {"dilution": 20})],
)
def test_a_shipped_set_is_read_whole_with_source_and_licence(
    name: str, count: int, usable: dict[str, int]
) -> None:
    """Counts: the rows of the files, and those of bare plate in hofmann."""
    found = read_trials(name)
    assert len(found.rows) == count
    assert found.refused == ()
    for use in ("width", "height", "depth", "dilution", "catchment"):
        assert sum(use in row.good_for for row in found.rows) == usable.get(use, 0)
    assert found.head.licence == "CC BY 4.0"
    assert "doi 10." in found.head.sources[0].title
    assert all(row.trial is not None and row.trial.counted for row in found.rows)
    assert {r.trial.spot_definition for r in found.rows if r.trial} == {"not stated"}


def test_a_shipped_row_is_the_published_row() -> None:
    """Row 7 of Hofmann 2026 and S1 of Dai 2024 as their tables print them, in SI."""
    track = next(r.trial for r in read_trials("hofmann").rows if r.id == "7")
    assert track is not None
    assert (track.power, track.travel_speed) == (200.0, 1.5)
    assert (track.width, track.depth) == (pytest.approx(158.6e-6), pytest.approx(29e-6))
    assert track.melted_area == pytest.approx(2939.5e-12)
    clad = next(r.trial for r in read_trials("dai").rows if r.id == "S1")
    assert clad is not None
    assert (clad.power, clad.dilution) == (1800.0, pytest.approx(0.3366))
    assert clad.base_temperature == pytest.approx(473.15)
    assert "printed 08" in clad.note


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dai", "hofmann"])
def test_the_validator_of_the_standard_accepts_what_is_shipped(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        frictionless = pytest.importorskip("frictionless")
        report = frictionless.validate(
            str(data_folder().joinpath("trials", name, "datapackage.json"))
        )
    assert report.valid, report.flatten()


@pytest.mark.slow
def test_the_validator_of_the_standard_accepts_what_is_packed(tmp_path: Path) -> None:
    trials = [row.trial for row in read_trials("dai").rows if row.trial is not None]
    for name, raw in pack_trials(trials, HEAD).items():
        (tmp_path / name).write_bytes(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frictionless = pytest.importorskip("frictionless")
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten()


def test_shipped_files_point_at_nothing_outside_the_product() -> None:
    for name in shipped_trials():
        for file in ("datapackage.json", "trials.csv"):
            text = data_folder().joinpath("trials", name, file).read_text("utf-8").lower()
            assert "http" not in text
            assert "/work" not in text
