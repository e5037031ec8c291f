"""Starting a job folder from the example, and the JSON Schema of the files."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import FileError, JobError
from reclad.job import JobFile, json_schema, new_job, read_job


def test_a_new_job_is_the_commented_example_and_reads(tmp_path: Path) -> None:
    folder = new_job("pipe-0412", where=tmp_path)
    assert folder == tmp_path / "pipe-0412"
    assert read_job(folder).name == "pipe-0412"
    assert "# " in (folder / "job.toml").read_text("utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["pipe-0412"]


def test_without_a_place_the_folder_is_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert new_job("管件-7").is_dir()
    assert read_job("管件-7").name == "管件-7"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_nothing_that_exists_is_overwritten(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "job-1"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match='"job-1": exists already and is not overwritten'):
        new_job("job-1", where=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["job-1"]


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "a/b", "/tmp/x", "a\\b", "C:x", "a\nb", "a\x00b", " a", "a ", "-rf", "a."),
        *("a*", "CON", "nul.txt", "com1", "x" * 81, "a\u202eb"),
    ],
)
def test_names_that_are_no_plain_folder_name_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError) as caught:
        new_job(name, where=tmp_path)
    assert str(caught.value).isprintable()
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=20))
def test_no_name_at_all_escapes_its_place(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    place = tmp_path_factory.mktemp("place", numbered=True)
    try:
        made = new_job(name, where=place)
    except FileError:
        assert list(place.iterdir()) == []
    else:
        assert made.parent == place
        assert [p.name for p in place.iterdir()] == [name]


def test_an_unknown_example_and_a_missing_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JobError, match='no example "pip"; did you mean "pipe"'):
        new_job("a", like="pip", where=tmp_path)
    with pytest.raises(FileError, match="cannot make a folder here"):
        new_job("a", where=tmp_path / "missing")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FileError, match="No space left on device"):
        new_job("a", where=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_schema_names_every_key_of_the_job_file() -> None:
    schema = json_schema()
    data_files = {
        "material",
        "powder",
        "machine",
        "feeder",
        "nozzle",
        "service",
        "damages",
        "procedure",
    }
    assert set(schema) == {"job", *data_files}
    assert set(schema["job"]["properties"]) == set(JobFile.model_fields)
    power = schema["job"]["$defs"]["Pins"]["properties"]["power"]
    assert "laser power at the workpiece" in str(power)
    assert {"unit", "at_unit"} <= set(schema["material"]["$defs"]["Conductivity"]["properties"])
