"""The plan folder: written whole or not at all, over nobody's work, and never trusted blindly."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime
import errno
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reclad.arrays import read_arrays
from reclad.errors import FileError
from reclad.record import alone as locking
from reclad.record.alone import alone
from reclad.record.folder import expect_writable, load_plan, register, save_plan
from short_pipe import NOW, SHORT_REPORT, SHORT_SUMMARY, save_short_plan

FILES = [
    "heat.csv",
    "heat.vtkhdf",
    "manifest.json",
    "path.npz",
    "plan.json",
    "program.ngc",
    "program.npz",
    "report.html",
]


def listing(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def read_manifest_of(folder: Path) -> dict:
    return json.loads((folder / "plan" / "manifest.json").read_text("utf-8"))


def write_manifest_of(folder: Path, manifest: object) -> None:
    (folder / "plan" / "manifest.json").write_text(json.dumps(manifest), "utf-8")


# --- what is written ---


def test_a_saved_plan_is_read_back_as_it_was(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    saved = load_plan(short_planned, dict(short_plan.job.sources))
    assert saved.folder == short_planned / "plan"
    assert saved.summary == SHORT_SUMMARY
    assert saved.explanations == SHORT_SUMMARY["explain"]
    assert saved.feed_rate == short_plan.choice.procedure.feed_rate
    assert saved.preliminary
    assert saved.program.total_time == short_plan.program.total_time
    np.testing.assert_array_equal(saved.block_power, short_plan.block_power)
    for part in dataclasses.fields(short_plan.toolpath):
        np.testing.assert_array_equal(
            getattr(saved.toolpath, part.name), getattr(short_plan.toolpath, part.name)
        )


def test_the_folder_holds_report_program_and_a_manifest_of_all_of_it(short_planned: Path) -> None:
    assert sorted(listing(short_planned / "plan")) == FILES
    manifest = read_manifest_of(short_planned)
    assert sorted(manifest["files"]) == [name for name in FILES if name != "manifest.json"]
    assert manifest["inputs"].keys() >= {"job.toml", "library/materials/42CrMo4.toml"}
    assert manifest["versions"].keys() == {"reclad", "numpy", "scipy", "numba", "pydantic", "h5py"}
    assert manifest["machine"] == "x-axial-4kw"
    assert (short_planned / "plan" / "report.html").read_text("utf-8") == SHORT_REPORT


def test_the_same_plan_gives_the_same_bytes_but_for_the_time_stamp(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    save_short_plan(short_folder, short_plan)
    one = listing(short_folder / "plan")
    save_short_plan(short_folder, short_plan, now=NOW + datetime.timedelta(days=3))
    other = listing(short_folder / "plan")
    differing = [name for name in FILES if one[name] != other[name]]
    assert differing == ["manifest.json"]
    manifests = [json.loads(files["manifest.json"]) for files in (one, other)]
    assert [k for k in manifests[0] if manifests[0][k] != manifests[1][k]] == ["written"]


def test_a_job_file_stands_for_its_folder(short_folder: Path, short_plan: SimpleNamespace) -> None:
    expect_writable(short_folder / "job.toml")
    assert save_short_plan(short_folder / "job.toml", short_plan) == short_folder / "plan"
    assert load_plan(short_folder / "job.toml").folder == short_folder / "plan"


def test_a_refused_program_never_lies_there_as_the_jobs_program(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    refused = copy.copy(short_plan)
    refused.verdict = SimpleNamespace(accepted=False, findings=())
    save_short_plan(short_folder, refused)
    assert sorted(listing(short_folder / "plan")) == sorted(
        name.replace("program.ngc", "refused.ngc") for name in FILES
    )
    save_short_plan(short_folder, short_plan)
    assert sorted(listing(short_folder / "plan")) == FILES


def test_a_program_that_the_interpreter_refuses_is_refused(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    for available, name in ((True, "refused.ngc"), (False, "program.ngc")):
        plan = copy.copy(short_plan)
        plan.refereed = SimpleNamespace(available=available, accepted=False)
        assert (save_short_plan(short_folder, plan) / name).is_file()


# --- nobody's work is lost ---


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
def test_a_file_changed_by_hand_is_not_overwritten(
    short_planned: Path, short_plan: SimpleNamespace, name: str
) -> None:
    changed = short_planned / "plan" / name
    changed.write_bytes(changed.read_bytes() + b"mine")
    before = listing(short_planned / "plan")
    for act in (
        lambda: save_short_plan(short_planned, short_plan),
        lambda: expect_writable(short_planned),
    ):
        with pytest.raises(FileError, match=f"{name}: was changed .* --replace"):
            act()
    assert listing(short_planned / "plan") == before
    expect_writable(short_planned, replace=True)
    save_short_plan(short_planned, short_plan, replace=True)
    assert b"mine" not in changed.read_bytes()[-8:]


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["file", "folder", "link", "hidden", "named like one of ours"])
def test_a_file_that_reclad_never_wrote_is_not_removed(
    short_planned: Path, short_plan: SimpleNamespace, kind: str, replace: bool
) -> None:
    plan = short_planned / "plan"
    mine = plan / {"hidden": ".notes", "named like one of ours": "coupon.ngc"}.get(kind, "photo 1")
    if kind == "folder":
        mine.mkdir()
    elif kind == "link":
        mine.symlink_to(short_planned / "job.toml")
    elif kind == "named like one of ours":
        mine.mkdir()
    else:
        mine.write_text("mine")
    for act in (
        lambda: save_short_plan(short_planned, short_plan, replace=replace),
        lambda: expect_writable(short_planned, replace=replace),
    ):
        with pytest.raises(FileError, match="would be lost; move it elsewhere"):
            act()
    assert os.path.lexists(mine)
    assert sorted(p.name for p in plan.iterdir()) == sorted([*FILES, mine.name])


def test_notes_beside_the_plan_do_not_keep_it_from_being_read(short_planned: Path) -> None:
    (short_planned / "plan" / "notes.txt").write_text("mine")
    (short_planned / "plan" / "report.html").write_text("printed and scribbled on")
    assert load_plan(short_planned).preliminary


def test_litter_of_a_desktop_does_not_stand_in_the_way(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    for name in (".DS_Store", "Thumbs.db", ".~lock.report.html#", ".coupon.ngc.part"):
        (short_planned / "plan" / name).write_text("x")
    save_short_plan(short_planned, short_plan)
    assert sorted(listing(short_planned / "plan")) == FILES


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "link to a plan"])
def test_something_else_called_plan_is_left_alone(
    short_folder: Path, short_plan: SimpleNamespace, kind: str, replace: bool
) -> None:
    plan = short_folder / "plan"
    if kind == "file":
        plan.write_text("mine")
    elif kind == "folder":
        plan.mkdir()
        (plan / "floor plan.pdf").write_text("mine")
    elif kind == "dangling link":
        plan.symlink_to("nowhere")
    else:
        kept = save_short_plan(short_folder, short_plan).rename(short_folder / "kept")
        plan.symlink_to(kept)
    before = sorted(p.name for p in short_folder.iterdir())
    with pytest.raises(FileError, match="is in the way and no plan of reclad; move it elsewhere"):
        save_short_plan(short_folder, short_plan, replace=replace)
    assert sorted(p.name for p in short_folder.iterdir()) == before
    assert plan.is_symlink() == ("link" in kind)


@pytest.mark.parametrize("name", [n for n in FILES if n != "manifest.json"])
def test_a_file_that_was_moved_away_is_written_again(
    short_planned: Path, short_plan: SimpleNamespace, name: str
) -> None:
    (short_planned / "plan" / name).unlink()
    save_short_plan(short_planned, short_plan)
    assert sorted(listing(short_planned / "plan")) == FILES


def test_a_broken_manifest_is_given_up_only_on_request(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    (short_planned / "plan" / "manifest.json").write_text("{")
    with pytest.raises(FileError, match=r"manifest\.json: is damaged .* --replace"):
        save_short_plan(short_planned, short_plan)
    save_short_plan(short_planned, short_plan, replace=True)
    assert load_plan(short_planned).preliminary


# --- disks that are full, read-only or shared ---


def os_error(number: int):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("call", ["write_text", "rename", "mkdir", "open"])
def test_a_disk_that_fails_keeps_the_plan_before(
    short_planned: Path,
    short_plan: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    call: str,
) -> None:
    before = listing(short_planned / "plan")
    with monkeypatch.context() as broken:
        broken.setattr(Path, call, os_error(number))
        with pytest.raises(FileError, match=os.strerror(number)):
            save_short_plan(short_planned, short_plan, now=NOW + datetime.timedelta(days=1))
    assert listing(short_planned / "plan") == before
    assert sorted(p.name for p in short_planned.iterdir()) == ["job.toml", "plan"]


def test_a_plan_that_cannot_take_its_place_gives_it_back(
    short_planned: Path, short_plan: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listing(short_planned / "plan")
    rename = Path.rename

    def refuse_the_new_one(self: Path, target: Path) -> Path:
        if target.name == "plan" and not self.name.endswith("-old"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse_the_new_one)
    with pytest.raises(FileError, match=os.strerror(errno.EIO)):
        save_short_plan(short_planned, short_plan)
    assert listing(short_planned / "plan") == before
    assert sorted(p.name for p in short_planned.iterdir()) == ["job.toml", "plan"]


def test_a_folder_that_is_none_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="gone: cannot be opened"):
        expect_writable(tmp_path / "gone")


def test_a_read_only_folder_is_refused_before_anything_is_computed(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "mkdir", os_error(errno.EROFS))
    with pytest.raises(FileError, match=r"cannot write there .*choose another folder"):
        expect_writable(short_folder)


@pytest.fixture
def tiny_disk(tmp_path: Path):
    """A disk of 64 kB, where this machine lets us mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow mounting a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_refuses_the_plan_and_keeps_the_job(
    tiny_disk: Path, short_job_text: str, short_plan: SimpleNamespace
) -> None:
    (tiny_disk / "job.toml").write_text(short_job_text, "utf-8")
    (tiny_disk / "photos").write_bytes(b"x" * 40_000)
    with pytest.raises(FileError, match="No space left on device"):
        save_short_plan(tiny_disk, short_plan)
    assert sorted(p.name for p in tiny_disk.iterdir()) == ["job.toml", "photos"]
    (tiny_disk / "photos").unlink()


def test_a_folder_name_that_is_no_text_is_refused(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    plan = copy.copy(short_plan)
    plan.text = "( job \udcff )"
    with pytest.raises(FileError, match="rename the job folder"):
        save_short_plan(short_folder, plan)
    with pytest.raises(FileError, match="rename the job folder"):
        save_plan(short_plan, short_folder, "\udcff", SHORT_SUMMARY, now=NOW)
    assert [p.name for p in short_folder.iterdir()] == ["job.toml"]


def test_another_run_in_the_folder_is_waited_for_and_then_refused(
    short_planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 0.1)
    with alone(short_planned) as held:
        assert held
        with pytest.raises(FileError, match="another reclad has been writing there"):
            load_plan(short_planned)
    assert load_plan(short_planned).preliminary


def test_a_share_that_cannot_lock_is_written_all_the_same(
    short_planned: Path, short_plan: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "flock", os_error(errno.ENOLCK))
    living = short_planned / ".plan-of-another-run"
    living.mkdir()
    save_short_plan(short_planned, short_plan)
    assert living.is_dir()
    assert load_plan(short_planned).preliminary


# --- killed ---


def test_a_plan_moved_aside_by_a_killed_run_is_put_back(short_planned: Path) -> None:
    before = listing(short_planned / "plan")
    (short_planned / "plan").rename(short_planned / ".plan-0123-old")
    assert load_plan(short_planned).preliminary
    assert listing(short_planned / "plan") == before


def test_what_killed_runs_left_is_swept_away(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    for name in (".plan-0123", ".plan-4567-old"):
        (short_planned / name).mkdir()
        (short_planned / name / "program.npz").write_bytes(b"half")
    save_short_plan(short_planned, short_plan)
    assert sorted(p.name for p in short_planned.iterdir()) == ["job.toml", "plan"]


def start(*words: object) -> subprocess.Popen[str]:
    here = Path(__file__).parent
    return subprocess.Popen(
        [sys.executable, str(here / "killing.py"), *map(str, words)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(here.parent), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="kills forked children at a chosen step: only POSIX forks"
)
@pytest.mark.parametrize(("task", "least"), [("save", 20), ("post", 15), ("post-save", 15)])
def test_a_kill_at_any_step_leaves_a_whole_plan_and_the_next_run_works(
    short_folder: Path, task: str, least: int
) -> None:
    run = start(short_folder, task)
    out, err = run.communicate(timeout=300)
    assert run.returncode == 0, err
    assert int(out) > least


@pytest.mark.slow
def test_a_kill_at_a_random_moment_leaves_a_whole_plan(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    dice = random.Random(7)
    save_short_plan(short_folder, short_plan)
    for _ in range(5):
        run = start(short_folder, "write", 1000)
        assert run.stdout is not None
        assert run.stdout.readline() == "1\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(timeout=dice.uniform(0.0, 0.3))
        run.kill()
        run.communicate()
        assert load_plan(short_folder).preliminary
        save_short_plan(short_folder, short_plan)
        assert sorted(p.name for p in short_folder.iterdir()) == ["job.toml", "plan"]


@pytest.mark.slow
def test_two_runs_in_one_folder_both_finish_and_the_plan_is_always_whole(
    short_folder: Path, short_plan: SimpleNamespace
) -> None:
    save_short_plan(short_folder, short_plan)
    runs = [start(short_folder, "write", 20) for _ in range(2)]
    looks = 0
    while any(run.poll() is None for run in runs):
        assert load_plan(short_folder).preliminary
        looks += 1
    for run in runs:
        assert run.communicate()[1] == ""
        assert run.returncode == 0
    assert looks > 3
    assert sorted(p.name for p in short_folder.iterdir()) == ["job.toml", "plan"]


# --- plans that are not what they were ---


def test_without_a_plan_the_way_out_is_named(short_folder: Path) -> None:
    with pytest.raises(FileError, match=r"holds no plan yet; run `reclad plan .*short`"):
        load_plan(short_folder)


@pytest.mark.parametrize("name", ["path.npz", "plan.json", "program.npz"])
@pytest.mark.parametrize("damage", ["changed", "missing", "folder"])
def test_a_damaged_plan_is_not_read(short_planned: Path, name: str, damage: str) -> None:
    path = short_planned / "plan" / name
    if damage == "changed":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        path.unlink()
        if damage == "folder":
            path.mkdir()
    wanted = "missing from the plan" if damage == "missing" else "was changed after it was written"
    with pytest.raises(FileError, match=f"{name}: .*{wanted}.*--replace"):
        load_plan(short_planned)


def test_a_changed_job_makes_the_plan_old(short_planned: Path, short_plan: SimpleNamespace) -> None:
    now = dict(short_plan.job.sources)
    load_plan(short_planned, now)
    for changed, name in (
        (now | {"job.toml": "0" * 64}, r"job\.toml"),
        (now | {"machines/own.toml": "0" * 64}, r"machines/own\.toml"),
        ({"job.toml": now["job.toml"]}, r"job\.toml, library/"),
    ):
        with pytest.raises(FileError, match=f"was made before {name}.* changed; run `reclad plan"):
            load_plan(short_planned, changed)


BROKEN_MANIFESTS = {
    "empty": b"",
    "binary": bytes(range(256)),
    "utf-16": '{"files": {}}'.encode("utf-16"),
    "list": b"[]",
    "number": b"1",
    "null": b"null",
    "deep": b"[" * 100_000,
    "no files": b'{"inputs": {}, "procedure": {}, "machine": "x-axial-4kw"}',
    "files is a list": b'{"files": [], "inputs": {}, "procedure": {}, "machine": "m"}',
    "inputs is text": b'{"files": {}, "inputs": "a", "procedure": {}, "machine": "m"}',
    "machine is a number": b'{"files": {}, "inputs": {}, "procedure": {}, "machine": 3}',
    "huge number": b'{"files": {}, "seed": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("broken", BROKEN_MANIFESTS)
def test_a_manifest_that_is_none_is_refused(short_planned: Path, broken: str) -> None:
    (short_planned / "plan" / "manifest.json").write_bytes(BROKEN_MANIFESTS[broken])
    for act in (
        lambda: load_plan(short_planned, {}),
        lambda: expect_writable(short_planned),
        lambda: register(short_planned / "plan", {"coupon.ngc": b"x"}),
    ):
        with pytest.raises(FileError, match=r"manifest\.json: .*--replace"):
            act()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@given(key=st.sampled_from(["files", "inputs", "procedure", "machine", "seed"]), value=json_values)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_manifest_at_all_breaks_the_reader(short_planned: Path, key: str, value: object) -> None:
    before = read_manifest_of(short_planned)
    write_manifest_of(short_planned, before | {key: value})
    with contextlib.suppress(FileError):
        load_plan(short_planned, dict(before["inputs"]))
    write_manifest_of(short_planned, before)


def forge(folder: Path, name: str, content: bytes) -> None:
    """Replace a file and its hash in the manifest: damage that no checksum shows."""
    import hashlib

    (folder / "plan" / name).write_bytes(content)
    manifest = read_manifest_of(folder)
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    write_manifest_of(folder, manifest)


@pytest.mark.parametrize("name", ["path.npz", "program.npz"])
@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no archive", "other"])
def test_arrays_that_are_none_are_refused(
    short_planned: Path, name: str, content: bytes | str
) -> None:
    if content == "other":
        twin = "program.npz" if name == "path.npz" else "path.npz"
        content = (short_planned / "plan" / twin).read_bytes()
    forge(short_planned, name, content)
    with pytest.raises(FileError, match=r"reclad"):
        load_plan(short_planned)


@pytest.mark.parametrize("damage", ["pitch", "power", "shape"])
def test_a_path_with_wrong_arrays_is_refused(
    short_planned: Path, tmp_path: Path, damage: str
) -> None:
    from reclad.arrays import write_arrays

    arrays = read_arrays(short_planned / "plan" / "path.npz")
    if damage == "shape":
        arrays["angle"] = arrays["angle"][:-1]
    elif damage == "pitch":
        arrays["pitch"] = arrays["axial"]
    else:
        del arrays["power"]
    write_arrays(tmp_path / "forged.npz", arrays)
    forge(short_planned, "path.npz", (tmp_path / "forged.npz").read_bytes())
    with pytest.raises(FileError, match=r"is not what reclad wrote .*--replace"):
        load_plan(short_planned)


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"explain": 3, "status": "x"}', b"{"])
def test_a_summary_that_is_none_is_refused(short_planned: Path, content: bytes) -> None:
    forge(short_planned, "plan.json", content)
    with pytest.raises(FileError, match="--replace"):
        load_plan(short_planned)


def test_a_truncated_archive_is_refused(short_planned: Path) -> None:
    whole = (short_planned / "plan" / "program.npz").read_bytes()
    assert zipfile.is_zipfile(short_planned / "plan" / "program.npz")
    for size in (10, len(whole) // 2, len(whole) - 1):
        forge(short_planned, "program.npz", whole[:size])
        with pytest.raises(FileError, match=r"program\.npz"):
            load_plan(short_planned)


# --- files added to a plan ---


def test_a_registered_file_belongs_to_the_plan(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    register(short_planned / "plan", {"coupon.ngc": b"G21", "coupon.npz": short_plan.program})
    assert (short_planned / "plan" / "coupon.ngc").read_bytes() == b"G21"
    assert {"coupon.ngc", "coupon.npz"} < read_manifest_of(short_planned)["files"].keys()
    register(short_planned / "plan", {"coupon.ngc": b"G21 G90"})
    assert (short_planned / "plan" / "coupon.ngc").read_bytes() == b"G21 G90"
    save_short_plan(short_planned, short_plan)
    assert sorted(listing(short_planned / "plan")) == FILES


def test_a_file_in_the_place_of_a_registered_one_is_not_overwritten(short_planned: Path) -> None:
    mine = short_planned / "plan" / "coupon.ngc"
    mine.write_bytes(b"mine")
    before = listing(short_planned / "plan")
    with pytest.raises(FileError, match=r"coupon\.ngc: .* is not overwritten; move it elsewhere"):
        register(short_planned / "plan", {"coupon.ngc": b"G21"})
    assert listing(short_planned / "plan") == before
    register(short_planned / "plan", {"coupon.ngc": b"mine"})
    assert "coupon.ngc" in read_manifest_of(short_planned)["files"]


@pytest.mark.parametrize("call", ["write_bytes", "replace", "open"])
def test_a_full_disk_registers_nothing(
    short_planned: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = listing(short_planned / "plan")
    with monkeypatch.context() as broken:
        broken.setattr(Path, call, os_error(errno.ENOSPC))
        with pytest.raises(FileError, match="No space left on device"):
            register(short_planned / "plan", {"coupon.ngc": b"G21"})
    assert listing(short_planned / "plan") == before
