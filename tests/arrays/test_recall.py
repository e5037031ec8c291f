"""What need not be computed twice: when it is found again, when not, and what a bad disk costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad import arrays
from reclad.arrays import cache_folder, fingerprint, recall
from reclad.errors import FileError


class Work:
    """Something to compute that counts how often it was."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.done += 1
        return {"x": np.arange(3.0), "n": np.array([self.done])}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    where = tmp_path / "made" / "on the way"
    monkeypatch.setenv("RECLAD_CACHE", str(where))
    return where


def test_the_same_parts_are_computed_once(folder: Path) -> None:
    work = Work()
    first = recall("thing", ("a", 1.0), work)
    again = recall("thing", ("a", 1.0), work)
    assert work.done == 1
    assert first.keys() == again.keys()
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert [path.name for path in folder.iterdir()] == [f"thing-{fingerprint(('a', 1.0))}.npz"]


def test_other_parts_or_another_name_are_computed_anew(folder: Path) -> None:
    work = Work()
    for name, parts in (("thing", ("a",)), ("thing", ("b",)), ("other", ("a",))):
        recall(name, parts, work)
    assert work.done == 3
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half a file", "cut", "folder"])
def test_a_damaged_file_is_computed_again_and_mended(folder: Path, damage: bytes | str) -> None:
    work = Work()
    recall("thing", ("a",), work)
    kept = next(folder.iterdir())
    whole = kept.read_bytes()
    if damage == "folder":
        kept.unlink()
        kept.mkdir()
    else:
        kept.write_bytes(whole[: len(whole) // 2] if isinstance(damage, str) else damage)
    assert recall("thing", ("a",), work)["n"][0] == 2
    if damage != "folder":
        assert recall("thing", ("a",), work)["n"][0] == 2


def test_a_disk_that_takes_nothing_costs_only_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("RECLAD_CACHE", str(blocked))
    work = Work()
    for count in (1, 2):
        assert recall("thing", ("a",), work)["n"][0] == count


def test_a_full_disk_leaves_no_file_that_could_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrays, "write_arrays", full)
    work = Work()
    recall("thing", ("a",), work)
    monkeypatch.undo()
    assert not (folder / f"thing-{fingerprint(('a',))}.npz").exists()


def test_a_failed_computation_is_not_kept(folder: Path) -> None:
    def fail() -> dict[str, np.ndarray]:
        raise FileError("no")

    with pytest.raises(FileError):
        recall("thing", ("a",), fail)
    work = Work()
    assert recall("thing", ("a",), work)["n"][0] == 1


def test_the_cache_lies_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RECLAD_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder() == Path.home() / ".cache" / "reclad"
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache_folder() == Path("/local/reclad")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/reclad")
    monkeypatch.setenv("RECLAD_CACHE", "/chosen")
    assert cache_folder() == Path("/chosen")


PARTS = st.one_of(
    st.text(max_size=5),
    st.binary(max_size=5),
    st.floats(allow_nan=False),
    st.lists(st.floats(allow_nan=False), max_size=4).map(np.array),
)


@given(st.lists(PARTS, max_size=4))
def test_a_fingerprint_is_sixteen_digits_of_the_content(parts: list) -> None:
    digits = fingerprint(parts)
    assert len(digits) == 16
    assert int(digits, 16) >= 0
    copies = [p.copy() if isinstance(p, np.ndarray) else p for p in parts]
    assert fingerprint(copies) == digits
    assert fingerprint([*parts, "more"]) != digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((np.zeros(4),), (np.zeros((2, 2)),)),
        ((np.zeros(2), np.zeros(2)), (np.zeros(4),)),
        ((1.0,), (-1.0,)),
        ((np.array([1.0, 2.0]),), (np.array([2.0, 1.0]),)),
        (("a", "b"), ("b", "a")),
    ],
)
def test_different_parts_have_different_fingerprints(one: tuple, other: tuple) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_how_an_array_lies_in_memory_does_not_matter() -> None:
    grid = np.arange(6.0).reshape(2, 3)
    assert fingerprint([grid]) == fingerprint([np.asfortranarray(grid)])
