"""Shared files: equal bytes there and back, one byte changed is refused, terms always told."""

from __future__ import annotations

import io
import json
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from reclad.errors import FileError
from reclad.job import new_job, read_trials
from reclad.job.library import data_folder
from reclad.record import Terms, receive_file, share_folder
from reclad.record._plain_zip import write_zip
from reclad.record._share_manifest import MANIFEST, Manifest, manifest_bytes
from reclad.record.licences import LICENCES, find_licence

TERMS = Terms("Lab North", "ten tracks", "2026-11-24", licence="CC BY 4.0")
SECRET = Terms(
    "Lab North", "ten tracks", "2026-11-24", agreement="Calibration only.\nNo passing on."
)
PACKAGE: dict[str, Any] = {
    "name": "t",
    "trial_defaults": {"travel_speed": "10 mm/s", "feed_rate": "0 g/min", "spot": "3 mm",
                       "parent": "42CrMo4", "origin": "measured"},
    "resources": [{"name": "trials", "path": "trials.csv", "schema": {"fields": [
        {"name": "power", "type": "number", "unit": "W"},
        {"name": "width", "type": "number", "unit": "mm"}]}}],
}  # fmt: skip


def make(where: Path, **head: Any) -> Path:
    where.mkdir()
    (where / "datapackage.json").write_text(json.dumps(PACKAGE | head), encoding="utf-8")
    (where / "trials.csv").write_bytes(b"power,width\r\n2000,3.1\r\n2500,3.3\r\n")
    (where / "photos").mkdir()
    (where / "photos" / "截面 1.bin").write_bytes(bytes(range(64)))
    return where


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "lab")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def refusal(work: Any) -> str:
    with pytest.raises(FileError) as caught:
        work()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_received_is_byte_for_byte_what_was_shared(folder: Path, tmp_path: Path) -> None:
    shared = share_folder(folder, tmp_path / "a.zip", TERMS)
    received = receive_file(tmp_path / "a.zip", tmp_path / "got")
    assert contents(tmp_path / "got") == contents(folder)
    assert received.manifest == shared.manifest
    assert len(received.manifest.files) == 3
    assert received.manifest.allows.startswith("any use, commercial too; name the source")
    assert len(read_trials(tmp_path / "got").trials) == 2


def test_the_same_folder_and_words_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    share_folder(folder, tmp_path / "a.zip", TERMS)
    shutil.copytree(folder, tmp_path / "copy")  # other times, another order on disk
    share_folder(tmp_path / "copy", tmp_path / "b.zip", TERMS)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == MANIFEST


def test_a_job_is_shared_whole_by_its_folder_or_its_file(tmp_path: Path) -> None:
    job = new_job("pipe", where=tmp_path)
    share_folder(job, tmp_path / "a.zip", TERMS)
    share_folder(job / "job.toml", tmp_path / "b.zip", TERMS)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    received = receive_file(tmp_path / "a.zip", tmp_path / "got")
    assert received.manifest.kind == "job"
    assert contents(tmp_path / "got") == contents(job)


def test_hidden_files_are_left_out_and_named(folder: Path, tmp_path: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    (folder / "photos" / ".DS_Store").write_text("x")
    shared = share_folder(folder, tmp_path / "a.zip", TERMS)
    assert shared.left_out == (".git", "photos/.DS_Store")
    assert len(shared.manifest.files) == 3


def test_what_a_shop_pays_and_earns_is_never_shared(tmp_path: Path) -> None:
    job = new_job("pipe", where=tmp_path)
    written = ("quote/costs.csv", "quote/quote.json", "quote/quote.html", "risk/risk.json")
    for place in written:
        (job / place).parent.mkdir(exist_ok=True)
        (job / place).write_text("x", encoding="utf-8")
    shared = share_folder(job, tmp_path / "a.zip", TERMS)
    assert shared.left_out == ("quote/costs.csv", "quote/quote.json")
    receive_file(tmp_path / "a.zip", tmp_path / "got")
    kept = contents(tmp_path / "got").keys() & set(written)
    assert kept == {"quote/quote.html", "risk/risk.json"}


def test_a_cost_sheet_is_left_out_however_its_name_is_spelled(tmp_path: Path) -> None:
    job = new_job("pipe", where=tmp_path)
    (job / "Quote").mkdir()
    (job / "Quote" / "COSTS.csv").write_text("x", encoding="utf-8")
    assert share_folder(job, tmp_path / "a.zip", TERMS).left_out == ("Quote/COSTS.csv",)


def test_trials_may_hold_files_of_those_names(folder: Path, tmp_path: Path) -> None:
    (folder / "quote").mkdir()
    (folder / "quote" / "costs.csv").write_text("power,price\n", encoding="utf-8")
    assert share_folder(folder, tmp_path / "a.zip", TERMS).left_out == ()


# --- terms ---


def test_without_terms_nothing_is_shared(folder: Path, tmp_path: Path) -> None:
    terms = Terms("Lab North", "x", "2026-11-24")
    assert "no terms" in refusal(lambda: share_folder(folder, tmp_path / "a.zip", terms))
    assert not (tmp_path / "a.zip").exists()


def test_terms_the_package_states_are_enough(tmp_path: Path) -> None:
    with_licence = make(tmp_path / "open", licenses=[{"name": "CC-BY-4.0"}])
    terms = Terms("Lab North", "x", "2026-11-24")
    assert share_folder(with_licence, tmp_path / "a.zip", terms).manifest.licence == "CC BY 4.0"
    closed = make(tmp_path / "closed", restricted=True, agreement="Only to calibrate.")
    shared = share_folder(closed, tmp_path / "b.zip", terms)
    assert shared.manifest.restricted
    assert not shared.marked
    receive_file(tmp_path / "b.zip", tmp_path / "got")
    assert contents(tmp_path / "got") == contents(closed)


@pytest.mark.parametrize("kind", ["trials", "job"])
def test_an_agreement_goes_into_the_datapackage_of_the_receiver(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "job":
        folder = new_job("pipe", where=tmp_path)
    shared = share_folder(folder, tmp_path / "a.zip", SECRET)
    assert shared.marked
    received = receive_file(tmp_path / "a.zip", tmp_path / "got")
    assert received.manifest.restricted
    assert received.manifest.agreement == SECRET.agreement
    told = json.loads((tmp_path / "got" / "datapackage.json").read_text("utf-8"))
    assert told["restricted"] is True
    assert told["agreement"] == SECRET.agreement
    before, after = contents(folder), contents(tmp_path / "got")
    before.pop("datapackage.json", None)
    after.pop("datapackage.json")
    assert after == before


def test_restricted_data_stay_restricted_when_passed_on(folder: Path, tmp_path: Path) -> None:
    share_folder(folder, tmp_path / "a.zip", SECRET)
    receive_file(tmp_path / "a.zip", tmp_path / "got")
    for unmark in (False, True):
        if unmark:  # even where somebody took the mark out of datapackage.json
            (tmp_path / "got" / "datapackage.json").write_text(json.dumps(PACKAGE), "utf-8")
        line = refusal(lambda: share_folder(tmp_path / "got", tmp_path / "b.zip", TERMS))
        assert "restricted already" in line
    terms = Terms("Lab South", "again", "2026-12-01")
    shared = share_folder(tmp_path / "got", tmp_path / "c.zip", terms)
    assert shared.manifest.agreement == SECRET.agreement
    assert shared.manifest.earlier is not None
    assert shared.manifest.earlier.sender == "Lab North"


def test_a_restricted_package_inside_a_job_keeps_the_job_restricted(tmp_path: Path) -> None:
    job = new_job("pipe", where=tmp_path)
    make(job / "trials", restricted=True, agreement="Only to calibrate.")
    assert "restricted already" in refusal(lambda: share_folder(job, tmp_path / "a.zip", TERMS))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms("L", "x", "2026-11-24", licence="CC BY 3.9"), "is not known; did you mean"),
        (
            Terms("L", "x", "2026-11-24", licence="CC0 1.0"),
            'state the licence "CC BY 4.0", not CC0',
        ),
        (Terms("L", "x", "2026-11-24", agreement="mine"), "which an agreement would contradict"),
        (Terms("L", "x", "2026-11-24", "CC BY 4.0", "mine"), "exclude each other"),
        (Terms("", "x", "2026-11-24", licence="CC BY 4.0"), "sender"),
        (Terms("L", "x", "yesterday", licence="CC BY 4.0"), "is no date"),
    ],
)
def test_terms_that_contradict_are_refused(tmp_path: Path, terms: Terms, said: str) -> None:
    folder = make(tmp_path / "lab", licenses=[{"title": "CC BY 4.0"}])
    assert said in refusal(lambda: share_folder(folder, tmp_path / "a.zip", terms))
    assert not (tmp_path / "a.zip").exists()


def test_every_licence_is_found_by_name_and_by_key() -> None:
    for licence in LICENCES:
        assert find_licence(licence.name) is licence
        assert find_licence(licence.key.lower()) is licence


# --- damage ---


@pytest.mark.slow
def test_one_byte_changed_anywhere_is_refused_and_leaves_nothing(
    folder: Path, tmp_path: Path
) -> None:
    shutil.rmtree(folder / "photos")
    share_folder(folder, tmp_path / "a.zip", TERMS)
    raw = (tmp_path / "a.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    for place in range(len(raw)):
        for flip in (0x01, 0x20):  # the second makes a capital of a letter
            bad.write_bytes(raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :])
            assert refusal(lambda: receive_file(bad, tmp_path / "got")).startswith('"bad.zip"')
            assert not (tmp_path / "got").exists()
    receive_file(tmp_path / "a.zip", tmp_path / "got")


def test_a_file_cut_short_or_grown_is_refused(folder: Path, tmp_path: Path) -> None:
    share_folder(folder, tmp_path / "a.zip", TERMS)
    raw = (tmp_path / "a.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    for wrong in (*(raw[:n] for n in range(0, len(raw), 37)), raw + b"x", b"x" + raw, raw + raw):
        bad.write_bytes(wrong)
        refusal(lambda: receive_file(bad, tmp_path / "got"))
        assert not (tmp_path / "got").exists()


def forge(path: Path, files: dict[str, bytes], **changed: Any) -> Path:
    """A file whose every sum agrees, made by somebody who means harm."""
    told = {
        **{"reclad": "0", "kind": "trials", "what": "x", "sender": "x", "date": "2026-11-24"},
        **{"licence": "CC BY 4.0", "allows": "all", "restricted": False, "agreement": ""},
    }
    manifest = Manifest.of(told | changed, files)
    path.write_bytes(write_zip({MANIFEST: manifest_bytes(manifest), **files}))
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:evil", "a//b", "./a", "con", "a\nb",
     "x/", "nul.txt", "reclad-share.json/x/.."],
)  # fmt: skip
def test_no_place_outside_the_folder_is_written(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "deep" / "er"
    inner.mkdir(parents=True)
    bad = forge(inner / "bad.zip", {name: b"evil"})
    refusal(lambda: receive_file(bad, inner / "got"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["bad.zip", "deep", "er"]


def test_names_that_some_systems_take_for_one_are_refused(tmp_path: Path) -> None:
    bad = forge(tmp_path / "bad.zip", {"a.csv": b"1", "A.csv": b"2"})
    assert "only by capitals" in refusal(lambda: receive_file(bad, tmp_path / "got"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"licence": ""}, "neither licence nor agreement"),
        ({"licence": "all mine"}, "is not known"),
        ({"agreement": "both"}, "licence"),
    ],
)
def test_a_file_without_clear_terms_is_refused(tmp_path: Path, changed: dict, said: str) -> None:
    bad = forge(tmp_path / "bad.zip", {"a.csv": b"1"}, **changed)
    assert said in refusal(lambda: receive_file(bad, tmp_path / "got"))


def test_a_restriction_hidden_from_the_manifest_is_found(tmp_path: Path) -> None:
    told = json.dumps(PACKAGE | {"restricted": True, "agreement": "x"}).encode()
    bad = forge(tmp_path / "bad.zip", {"datapackage.json": told})
    assert "differ on whether" in refusal(lambda: receive_file(bad, tmp_path / "got"))


def zipped(path: Path, method: int, names: tuple[str, ...]) -> Path:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name in names:
            archive.writestr(name, b"0" * 100_000)
    path.write_bytes(stream.getvalue())
    return path


def test_a_zip_of_another_program_and_a_zip_bomb_are_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "a.zip", zipfile.ZIP_DEFLATED, (MANIFEST, "a.csv"))
    assert "not made by" in refusal(lambda: receive_file(bomb, tmp_path / "got"))
    other = zipped(tmp_path / "b.zip", zipfile.ZIP_STORED, ("a.csv",))
    assert f"has no {MANIFEST}" in refusal(lambda: receive_file(other, tmp_path / "got"))


def test_files_beside_those_of_the_manifest_are_refused(tmp_path: Path) -> None:
    good = forge(tmp_path / "bad.zip", {"a.csv": b"1"})
    with zipfile.ZipFile(good) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for wrong, said in (
        (files | {"b.csv": b"2"}, "is not in its manifest"),
        ({MANIFEST: files[MANIFEST]}, "is missing"),
        (files | {"a.csv": b"2"}, "sha256 differs"),
    ):
        good.write_bytes(write_zip(wrong))
        assert said in refusal(lambda: receive_file(good, tmp_path / "got"))


def test_words_of_the_manifest_changed_with_all_else_rebuilt_are_refused(tmp_path: Path) -> None:
    good = forge(tmp_path / "bad.zip", {"a.csv": b"1"}, licence="CC BY-NC 4.0")
    with zipfile.ZipFile(good) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files[MANIFEST] = files[MANIFEST].replace(b"CC BY-NC 4.0", b"CC BY 4.0")
    good.write_bytes(write_zip(files))
    assert "was changed" in refusal(lambda: receive_file(good, tmp_path / "got"))


def test_entries_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    raw = bytearray(write_zip({f"{n}": b"0" * 5000 for n in range(3)}))
    at = raw.find(b"PK\x01\x02")
    while at >= 0:  # every entry begins where the first does
        raw[at + 42 : at + 46] = struct.pack("<I", 0)
        at = raw.find(b"PK\x01\x02", at + 1)
    (tmp_path / "bad.zip").write_bytes(bytes(raw))
    refusal(lambda: receive_file(tmp_path / "bad.zip", tmp_path / "got"))


def test_what_is_too_large_is_refused_unread(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_folder(folder, tmp_path / "a.zip", TERMS)
    from reclad.record import sharing

    monkeypatch.setattr(sharing, "SIZE_LIMIT", -999_900)
    assert "over" in refusal(lambda: receive_file(tmp_path / "a.zip", tmp_path / "got"))
    monkeypatch.setattr(sharing, "SIZE_LIMIT", 100)
    assert "over" in refusal(lambda: share_folder(folder, tmp_path / "b.zip", TERMS))
    monkeypatch.setattr(sharing, "SIZE_LIMIT", 10**6)
    monkeypatch.setattr(sharing, "FILE_LIMIT", 2)
    assert "files" in refusal(lambda: share_folder(folder, tmp_path / "b.zip", TERMS))
    assert "files" in refusal(lambda: receive_file(tmp_path / "a.zip", tmp_path / "got"))


# --- never over anything ---


def test_nothing_is_overwritten(folder: Path, tmp_path: Path) -> None:
    share_folder(folder, tmp_path / "a.zip", TERMS)
    assert "exists already" in refusal(lambda: share_folder(folder, tmp_path / "a.zip", TERMS))
    for name in ("empty", "file"):
        (tmp_path / "file").touch()
        (tmp_path / "empty").mkdir(exist_ok=True)
        assert "exists already" in refusal(
            lambda name=name: receive_file(tmp_path / "a.zip", tmp_path / name)
        )


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda f: (f / "link").symlink_to("/etc/hosts"), "a link"),
        (lambda f: (f / "links").symlink_to("/etc"), "a link"),
        (lambda f: (f / "nul.csv").touch(), "Windows reserves"),
        (lambda f: (f / "datapackage.json").unlink(), "holds neither datapackage.json nor job"),
        (lambda f: (f / "datapackage.json").write_text("{"), "line 1 column 2"),
        (lambda f: (f / MANIFEST).write_text("{}"), MANIFEST),
    ],
)
def test_what_cannot_be_shared_is_refused_by_name(
    folder: Path, tmp_path: Path, prepare: Any, said: str
) -> None:
    prepare(folder)
    assert said in refusal(lambda: share_folder(folder, tmp_path / "a.zip", TERMS))
    assert not (tmp_path / "a.zip").exists()


def test_places_that_cannot_be_written_or_read_are_named(folder: Path, tmp_path: Path) -> None:
    assert "lies in what is shared" in refusal(
        lambda: share_folder(folder, folder / "a.zip", TERMS)
    )
    assert "cannot be written" in refusal(
        lambda: share_folder(folder, tmp_path / "no" / "a.zip", TERMS)
    )
    assert "cannot be read" in refusal(lambda: receive_file(tmp_path / "no.zip", tmp_path / "got"))
    share_folder(folder, tmp_path / "a.zip", TERMS)
    assert "cannot be written" in refusal(
        lambda: receive_file(tmp_path / "a.zip", tmp_path / "no" / "got")
    )


def test_the_shipped_data_sets_can_be_shared_under_their_own_licence(tmp_path: Path) -> None:
    folder = tmp_path / "dai"
    shutil.copytree(str(data_folder().joinpath("trials", "dai")), folder)
    shared = share_folder(folder, tmp_path / "a.zip", Terms("Lab", "dai", "2026-11-24"))
    assert shared.manifest.licence == "CC BY 4.0"
