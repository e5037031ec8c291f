"""job.toml: the example reads, and whatever is done to it gives one helpful line."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import FileError, JobError, RecladError, UnitError
from reclad.job import Job, JobFile, read_job
from reclad.job.library import data_folder
from reclad.units import parse_quantity

EXAMPLE = data_folder().joinpath("examples", "pipe", "job.toml").read_text("utf-8")
QUANTITY_LINES = [
    (match[1], match[2], match[0])
    for match in re.finditer(r'^(\w+) = "([-\d.]+ [^"]+)"', EXAMPLE, re.MULTILINE)
]
ALL_LINES = [
    (match[1], match[0]) for match in re.finditer(r"^(\w+) = (?!\[$).*$", EXAMPLE, re.MULTILINE)
]


def refusal_of(text: str | bytes) -> str | None:
    """The line reclad answers to this job.toml, or None if it is accepted."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "job.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
        try:
            read_job(file)
        except RecladError as error:
            return str(error)
    return None


def is_one_helpful_line(line: str | None, key: str) -> bool:
    return (
        line is not None
        and line.startswith("job.toml")
        and key in line
        and line.isprintable()
        and len(line) < 400
    )


def test_the_example_is_the_reference_job(write_job: Callable[[str], Path]) -> None:
    job = read_job(write_job(EXAMPLE))
    assert job.name == "pipe-1"
    assert (job.kind, job.parent.name, job.clad.name) == ("overlay", "42CrMo4", "IN625")
    assert (job.part.length, job.part.wall) == (0.7, 0.015)
    clad = job.part.clad_to - job.part.clad_from + 2 * job.path.over_travel
    assert clad == pytest.approx(0.570)
    assert job.procedure.pitch == 0.002
    assert job.procedure.travel_speed == 0.01
    assert job.procedure.power is None
    assert job.cell.nozzle == job.nozzle.name == "coaxial-15"
    assert (job.ambient, job.limits.interpass_max) == (293.15, 673.15)


def test_the_manifest_holds_a_hash_of_every_file(write_job: Callable[[str], Path]) -> None:
    one = read_job(write_job(EXAMPLE)).sources
    other = read_job(write_job(EXAMPLE + "# a remark\n")).sources
    assert [k for k in one if one[k] != other[k]] == ["job.toml"]
    assert set(one) == {
        "job.toml",
        "library/materials/42CrMo4.toml",
        "library/materials/IN625.toml",
        "library/powders/IN625.toml",
        "library/machines/x-axial-4kw.toml",
        "library/nozzles/coaxial-15.toml",
        "library/services/none.toml",
        "library/damages/general.toml",
    }
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in one.values())


def test_the_example_has_a_line_for_every_key_of_the_models() -> None:
    keys = {key for key, _ in ALL_LINES} | {"caliper"}
    for model in (JobFile, *(f.annotation for f in JobFile.model_fields.values())):
        if isinstance(model, type) and hasattr(model, "model_fields"):
            missing = set(model.model_fields) - keys
            sections = {"part", "limits", "procedure", "path", "holding", "customer"}
            sections |= {"tolerances", "treatment"}
            optional = {"note", "feeder", "power", "feed_rate", "stand_off", "layers"}
            optional |= {"damages", "bow", "shortening", "bore", "post_heat", "post_heat_time"}
            optional |= {"slow_cooling", "slow_cooling_time"}
            of_other_shapes = {"width", "side_from", "side_to", "shoulder_from", "shoulder_to"}
            of_other_holdings = {"rest_at", "rest_width", "rest_film", "bore_inlet", "bore_water"}
            assert missing - sections <= optional | of_other_shapes | of_other_holdings, model


MUTATIONS = {
    "no unit": '"{number}"',
    "bare number": "{number}",
    "wrong unit": '"{number} bar"',
    "unknown unit": '"{number} zorkmid"',
    "negative": '"-{number}e6 {unit}"',
    "nan": '"nan {unit}"',
    "inf": '"inf {unit}"',
    "toml nan": "nan",
    "toml inf": "-inf",
    "overflow": '"1e400 {unit}"',
    "bare overflow": "1e400",
    "empty": '""',
    "list": '["{number} {unit}"]',
    "table": '{{ value = "{number} {unit}" }}',
    "boolean": "true",
    "date": "2026-10-15",
    "huge": '"{number}e30 {unit}"',
    "huge bare": "9" * 4000,
    "long text": '"' + "x" * 5000 + '"',
    "full width": '"１{number} {unit}"',
    "tab": '"{number}\\t{unit}"',
    "newline": '"{number} {unit}\\n"',
    "bell": '"{number} \\u0007{unit}"',
    "right-to-left": '"{number} \\u202e{unit}"',
    "words": '"as usual"',
}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize(("key", "value", "line"), QUANTITY_LINES)
def test_every_broken_quantity_is_refused_on_one_line_that_names_its_key(
    key: str, value: str, line: str, mutation: str
) -> None:
    number, unit = value.split(" ", 1)
    broken = EXAMPLE.replace(
        line, f"{key} = {MUTATIONS[mutation].format(number=number, unit=unit)}", 1
    )
    assert is_one_helpful_line(refusal_of(broken), key)


@pytest.mark.parametrize(("key", "line"), ALL_LINES)
def test_every_misspelt_key_is_answered_with_the_right_one(key: str, line: str) -> None:
    answer = refusal_of(EXAMPLE.replace(line, line.replace(key, key + "x", 1), 1))
    assert is_one_helpful_line(answer, f"{key}x: unknown key; did you mean")


@pytest.mark.parametrize(("key", "line"), ALL_LINES)
@pytest.mark.parametrize("value", ["3", "true", "[]", "{}", '"\\u0000"', '"?"', "1979-05-27"])
def test_no_value_of_any_key_brings_down_the_door(key: str, line: str, value: str) -> None:
    answer = refusal_of(EXAMPLE.replace(line, f"{key} = {value}", 1))
    assert answer is None or is_one_helpful_line(answer, key)


@given(st.integers(0, len(EXAMPLE) - 1), st.integers(0, 40), st.text(max_size=12))
def test_no_edit_anywhere_brings_down_the_door(start: int, length: int, text: str) -> None:
    answer = refusal_of(EXAMPLE[:start] + text + EXAMPLE[start + length :])
    assert answer is None or is_one_helpful_line(answer, "")


@given(st.binary(max_size=200))
def test_no_bytes_at_all_bring_down_the_door(raw: bytes) -> None:
    assert is_one_helpful_line(refusal_of(raw), "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('dilution_max = "15 %"', 'dilution_max = "1 %"', "[limits] dilution_max: 1 % does not"),
        ('preheat = "20 degC"', 'preheat = "0 degC"', "preheat: 0 degC lies below ambient"),
        ('preheat = "20 degC"', 'preheat = "500 degC"', "[limits] interpass_max: 400 degC lies"),
        ('clad_from = "67 mm"', 'clad_from = "1 mm"', "[path] over_travel: 2 mm beyond the zone"),
        ('clad_to = "633 mm"', 'clad_to = "699 mm"', "[path] over_travel: 2 mm beyond the zone"),
        ('name = "Example"', 'name = "a\\tb"', '[customer] name: "a\\tb" has tabs, newlines'),
        ('kind = "overlay"', 'kind = "overlai"', 'kind: "overlai" is not one of overlay, build'),
        ('kind = "overlay"', "", "kind: missing"),
        ('wall = "15 mm"', 'wall = "150 mm"', "[part] wall: 150 mm leaves no bore"),
        ('"110 mm", "199.0 mm"', '"110 mm", "199.0"', "[part] caliper row 2 worn: "),
        ('"110 mm", "199.0 mm"', '"0 mm", "199.0 mm"', "[part] caliper row 2 position: 0 mm"),
        ('["110 mm", "199.0 mm", "200.0 mm"]', "7", "[part] caliper row 2: 7 where a row of 3"),
        ("[limits]", "[limit]", 'limit: unknown key; did you mean "limits"?'),
        ("[part]", "[[part]]", "part: a list of 1 where a table is wanted"),
        ("[part]", "[part", "line 14, column 6: "),
        ('powder = "IN625"', 'powder = "../IN625"', 'powder: no powder "../IN625"'),
        ('material = "42CrMo4"', 'material = "42CrMo5"', "did you mean"),
        ('material = "42CrMo4"', 'material = "Stellite6"', "not listed as a parent metal"),
        ('machine = "x-axial-4kw"', 'machine = "x-axial"', 'did you mean "x-axial-4kw"?'),
        ('pitch = "2 mm"', 'power = "9 kW"', "[procedure] power: 9 kW lies outside 0.2 kW to 4 kW"),
        ('pitch = "2 mm"', 'feed_rate = "99 g/min"', "[procedure] feed_rate: 99 g/min lies"),
    ],
)
def test_each_rule_names_key_value_and_way_out(old: str, new: str, says: str) -> None:
    assert old in EXAMPLE
    whole_pipe = EXAMPLE.replace('["40 mm"', '["0 mm"').replace('["660 mm"', '["700 mm"')
    answer = refusal_of(whole_pipe.replace(old, new, 1))
    assert answer is not None
    assert says in answer
    assert is_one_helpful_line(answer, "")


def test_more_than_one_mistake_shows_the_first_and_counts_the_rest() -> None:
    text = EXAMPLE.replace('wall = "15 mm"', "wall = 15").replace('pitch = "2 mm"', "pitch = 2")
    answer = refusal_of(text.replace('block = "5 mm"', "block = 5"))
    assert answer == 'job.toml [part] wall: 15 has no unit; write for example "15 mm" (and 2 more)'


def test_units_and_rules_raise_their_own_kind_of_error(write_job: Callable[[str], Path]) -> None:
    with pytest.raises(UnitError):
        read_job(write_job(EXAMPLE.replace('wall = "15 mm"', "wall = 15")))
    with pytest.raises(JobError):
        read_job(write_job(EXAMPLE.replace('kind = "overlay"', 'kind = "x"')))


def test_a_byte_order_mark_is_accepted() -> None:
    assert refusal_of(b"\xef\xbb\xbf" + EXAMPLE.encode()) is None


def test_windows_line_ends_are_accepted() -> None:
    assert refusal_of(EXAMPLE.replace("\n", "\r\n").encode()) is None


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "job.toml: empty"),
        (b" \n\n", "job.toml: empty"),
        ("kind = '\u7a7a'\n".encode("gbk"), "job.toml line 1: not UTF-8"),
        (b"a = 1\nb = \xff\xfe", "job.toml line 2: not UTF-8"),
        (b"# " + b"x" * 1_000_001, "larger than 1 MB"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"9" * 5000, "more than 4300 digits"),
        (b'a = "\x01"', "line 1, column"),
        (b"a = 1\na = 2", "line 2"),
        (b"a.b.c.d.e.f = 1", "a: unknown key"),
        (b"a" + b".a" * 400_000 + b" = 1", "more than 100 dots"),
        (b"[" + b"a." * 400_000 + b"a]", "more than 100 dots"),
        (b"k" * 900_000 + b" = 1", "unknown key"),
    ],
)
def test_a_file_that_is_none_is_refused(raw: bytes, says: str) -> None:
    answer = refusal_of(raw)
    assert answer is not None
    assert says in answer
    assert is_one_helpful_line(answer, "")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "job.toml").mkdir()
    with pytest.raises(FileError, match=r"job.toml: a folder, not a file"):
        read_job(tmp_path)


def test_missing_jobs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such job folder; make one with `reclad new NAME`"):
        read_job(tmp_path / "nothing")
    with pytest.raises(FileError, match="no such file"):
        read_job(tmp_path)
    with pytest.raises(FileError):
        read_job("a\x00b")
    with pytest.raises(FileError):
        read_job("x" * 5000)


def test_a_file_one_may_not_read_is_refused(
    write_job: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_job(EXAMPLE)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileError, match=r"job.toml: permission denied; make the file readable"):
        read_job(folder)


def test_a_job_survives_the_way_to_json_and_back(write_job: Callable[[str], Path]) -> None:
    job = read_job(write_job(EXAMPLE))
    text = job.model_dump_json()
    again = Job.model_validate(json.loads(text))
    assert again.model_dump_json() == text
    assert again.part == job.part
    assert again.parent.conductivity.at == job.parent.conductivity.at
    assert again.cell.feeder.rate == pytest.approx(job.cell.feeder.rate, rel=1e-14)


@given(scale=st.floats(0.5, 20))
def test_the_same_job_in_other_units_is_the_same_job(scale: float) -> None:
    millimetres = f"{scale!r} mm"
    for unit, factor in (("cm", 10), ("m", 1000), ("inch", 25.4)):
        other = f"{scale / factor!r} {unit}"
        assert parse_quantity(other, "mm") == pytest.approx(
            parse_quantity(millimetres, "mm"), rel=1e-14
        )
