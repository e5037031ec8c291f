"""Programs of a plan, and the check of any file that claims to be one."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from reclad.errors import FileError, JobError, ProgramError
from reclad.job import Job, read_job
from reclad.program import load_program
from reclad.record.posting import Checked, post_program, verify_program
from rs274 import needs_rs274
from short_pipe import make_short_plan, save_short_plan


@pytest.fixture
def job(short_planned: Path) -> Job:
    return read_job(short_planned)


def plan_text(folder: Path, name: str = "program.ngc") -> str:
    return (folder / "plan" / name).read_text("ascii")


def rules(checked: Checked) -> list[str]:
    return [f.rule for f in checked.verdict.findings if not f.note]


def edit(folder: Path, old: str, new: str, name: str = "program.ngc") -> tuple[Path, int]:
    """Change the first place of a program and give its line."""
    path = folder / "plan" / name
    text = path.read_text("ascii")
    found = re.search(old, text)
    assert found is not None
    path.write_text(text[: found.start()] + found.expand(new) + text[found.end() :], "ascii")
    return path, text[: found.start()].count("\n") + 1


# --- posting ---


def test_the_whole_program_is_posted_as_it_was_planned(short_planned: Path, job: Job) -> None:
    planned = plan_text(short_planned)
    (short_planned / "plan" / "program.ngc").unlink()
    posted = post_program(job, short_planned)
    assert posted.accepted
    assert posted.path == short_planned / "plan" / "program.ngc"
    assert plan_text(short_planned) == planned


def test_a_coupon_is_the_first_turn_and_is_checked_against_its_own_plan(
    short_planned: Path, job: Job
) -> None:
    posted = post_program(job, short_planned, coupon=True)
    whole = load_program(short_planned / "plan" / "program.npz")
    assert posted.accepted
    assert posted.verdict.program.lit_time == pytest.approx(whole.lit_time / 10, rel=0.02)
    checked = verify_program(short_planned / "plan" / "coupon.ngc")
    assert checked.accepted
    assert checked.plan == posted.plan == short_planned / "plan" / "coupon.npz"


def test_a_dry_run_moves_alike_and_never_lights(short_planned: Path, job: Job) -> None:
    posted = post_program(job, short_planned, dry_run=True)
    whole = load_program(short_planned / "plan" / "program.npz")
    assert posted.accepted
    assert posted.verdict.program.lit_time == 0.0
    assert posted.verdict.program.powder_mass == 0.0
    assert posted.verdict.program.aiming.any()
    assert posted.verdict.program.x.max() == pytest.approx(whole.x.max())
    assert verify_program(short_planned / "plan" / "dry-run.ngc").accepted


@pytest.mark.parametrize(("turn", "share"), [(1, 1.0), (7, 0.4), (10, 0.1)])
def test_a_resumed_program_lays_the_turns_that_are_left(
    short_planned: Path, job: Job, turn: int, share: float
) -> None:
    posted = post_program(job, short_planned, from_turn=turn)
    whole = load_program(short_planned / "plan" / "program.npz")
    assert posted.accepted
    assert posted.path.name == f"from-turn-{turn}.ngc"
    assert posted.verdict.program.lit_time == pytest.approx(share * whole.lit_time, rel=0.02)
    assert verify_program(posted.path).plan == posted.path.with_suffix(".npz")


def test_a_dry_run_of_a_coupon_has_a_name_of_its_own(short_planned: Path, job: Job) -> None:
    assert post_program(job, short_planned, dry_run=True, coupon=True).path.name == (
        "dry-run-coupon.ngc"
    )
    assert post_program(job, short_planned, dry_run=True, from_turn=3).path.name == (
        "dry-run-from-turn-3.ngc"
    )


@pytest.mark.parametrize("turn", [0, -1, 11, 10**12])
def test_a_turn_that_the_repair_does_not_have_is_refused(
    short_planned: Path, job: Job, turn: int
) -> None:
    with pytest.raises(ProgramError, match=f"--from-turn {turn}: .* has turns 1 to 10"):
        post_program(job, short_planned, from_turn=turn)
    assert not list((short_planned / "plan").glob("from-turn*"))


def test_a_coupon_cannot_also_resume(short_planned: Path, job: Job) -> None:
    with pytest.raises(ProgramError, match="exclude each other"):
        post_program(job, short_planned, coupon=True, from_turn=2)


def test_a_posted_file_changed_by_hand_is_not_overwritten(short_planned: Path, job: Job) -> None:
    for name, option in (("program.ngc", {}), ("coupon.ngc", {"coupon": True})):
        post_program(job, short_planned, **option)
        path = short_planned / "plan" / name
        path.write_text(path.read_text("ascii") + "(mine)\n", "ascii")
        with pytest.raises(FileError, match=f"{name}: .*is not overwritten; move it elsewhere"):
            post_program(job, short_planned, **option)
        assert path.read_text("ascii").endswith("(mine)\n")
        path.rename(path.with_name("mine.ngc"))
        assert post_program(job, short_planned, **option).accepted
        path.with_name("mine.ngc").unlink()


def test_posting_again_changes_nothing(short_planned: Path, job: Job) -> None:
    post_program(job, short_planned, coupon=True)
    before = {p.name: p.read_bytes() for p in (short_planned / "plan").iterdir()}
    post_program(job, short_planned, coupon=True)
    assert {p.name: p.read_bytes() for p in (short_planned / "plan").iterdir()} == before


def test_a_job_changed_since_is_not_posted(short_planned: Path) -> None:
    path = short_planned / "job.toml"
    path.write_text(path.read_text("utf-8") + "# a remark\n", "utf-8")
    with pytest.raises(FileError, match=r"made before job\.toml changed; run `reclad plan"):
        post_program(read_job(short_planned), short_planned)


def short_machine(folder: Path, shipped: Path, x_max: str) -> None:
    """Give the job a cell of its own, with less travel along X."""
    text = (shipped / "machines" / "x-axial-4kw.toml").read_text("utf-8")
    (folder / "machines").mkdir()
    (folder / "machines" / "own.toml").write_text(
        text.replace('name = "x-axial-4kw"', 'name = "own"').replace("1500 mm", x_max), "utf-8"
    )
    job = folder / "job.toml"
    job.write_text(
        job.read_text("utf-8").replace('machine = "x-axial-4kw"', 'machine = "own"'), "utf-8"
    )


def test_a_program_that_the_machine_cannot_run_is_shown_and_not_written(
    short_folder: Path, shipped: Path
) -> None:
    short_machine(short_folder, shipped, "310 mm")
    job = read_job(short_folder)
    plan = save_short_plan(short_folder, make_short_plan(job))
    assert (plan / "refused.ngc").is_file()
    posted = post_program(job, short_folder)
    assert not posted.accepted
    assert rules(posted)[0] == "soft-limit"
    assert not (plan / "program.ngc").exists()
    refused = verify_program(plan / "refused.ngc")
    assert rules(refused) == rules(posted)
    assert refused.machine == "own"


# --- checking ---


def test_a_planned_program_is_compared_pose_by_pose(short_planned: Path) -> None:
    checked = verify_program(short_planned / "plan" / "program.ngc")
    assert checked.accepted
    assert checked.plan == short_planned / "plan" / "program.npz"
    assert checked.machine == "x-axial-4kw"
    assert checked.verdict.program.gate.any()


@pytest.mark.parametrize("place", ["plan", "."])
def test_a_program_elsewhere_is_compared_with_the_plan_that_is_given(
    short_planned: Path, tmp_path: Path, place: str
) -> None:
    copy = tmp_path / "程序 1.ngc"
    copy.write_text(plan_text(short_planned), "ascii")
    assert verify_program(copy).plan is None
    assert verify_program(copy).machine == "x-axial-4kw"
    checked = verify_program(copy, plan=short_planned / place)
    assert checked.accepted
    assert checked.plan is not None


MUTANTS = {
    "power over the laser's maximum": (r"M67 E0 Q2000\.0", "M67 E0 Q9000.0", "power-range"),
    "beyond the X axis": (r"(G1 )X3\d\d\.\d+", r"\1X2000.0", "soft-limit"),
    "a rapid in the track": (r"(M62 P0\n)G1 (.*) F.*", r"\1G0 \2", "lit-rapid"),
    "powder never on": (r"M68 E1 Q4\.\d+", "M68 E1 Q0", "lit-without-powder"),
    "gate left open": (r"M67 E0 Q0\.0\nM63 P0", "M67 E0 Q2000", "immediate-while-lit"),
    "no wait for the powder": (r"G4 P4\.000\n", "", "powder-delay"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_changed_program_is_refused_for_its_reason_first_and_its_checksum_last(
    short_planned: Path, mutant: str
) -> None:
    old, new, rule = MUTANTS[mutant]
    path, line = edit(short_planned, old, new)
    checked = verify_program(path)
    found = [f for f in checked.verdict.findings if not f.note]
    assert not checked.accepted
    assert found[-1].rule == "checksum"
    assert len(found) > 1
    assert found[0].rule == rule
    assert 0 <= found[0].line - line < 15
    without = verify_program(path, checksum=False)
    assert "checksum" not in rules(without)
    assert not without.accepted


def test_a_changed_remark_is_refused_for_its_checksum_alone(short_planned: Path) -> None:
    path, _ = edit(short_planned, r"\( axes:", "( the axes:")
    assert rules(verify_program(path)) == ["checksum"]
    assert verify_program(path, checksum=False).accepted


def test_only_the_plan_knows_of_a_turn_laid_elsewhere(short_planned: Path, tmp_path: Path) -> None:
    text = plan_text(short_planned)
    shifted = re.sub(r"X(\d+\.\d+)", lambda m: f"X{float(m[1]) + 1.0:.5f}", text)
    path = short_planned / "plan" / "shifted.ngc"
    path.write_text(shifted, "ascii")
    assert not verify_program(path, checksum=False).accepted
    apart = tmp_path / "shifted.ngc"
    apart.write_text(shifted, "ascii")
    assert verify_program(apart, checksum=False).accepted


@pytest.mark.parametrize(
    ("content", "machine"),
    [
        (b"", "x-axial-4kw"),
        (b"\n" * 50_000, "x-axial-4kw"),
        (bytes(range(256)) * 200, "x-axial-4kw"),
        (os.urandom(20_000), "x-axial-4kw"),
        ("G21 G90\n".encode("utf-16"), "x-axial-4kw"),
        (b"G1 X" + b"9" * 5000, "x-axial-4kw"),
        (b"( machine: x-axial-4kw )\n%\n%\n", None),
        (b"M2", "x-axial-4kw"),
    ],
)
def test_what_is_no_program_is_refused_with_findings(
    tmp_path: Path, content: bytes, machine: str | None
) -> None:
    path = tmp_path / "job.ngc"
    path.write_bytes(content)
    checked = verify_program(path, machine=machine)
    assert not checked.accepted
    assert rules(checked)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gone\.ngc: cannot be read .No such file"):
        verify_program(tmp_path / "gone.ngc")
    with pytest.raises(FileError, match=r"cannot be read .Is a directory"):
        verify_program(tmp_path)
    with pytest.raises(FileError, match=r"cannot be read .*too long"):
        verify_program(tmp_path / ("x" * 5000))


def test_an_endless_file_is_not_read_to_its_end() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no endless file here")
    with pytest.raises(FileError, match="/dev/zero: is over 64 MB and no program"):
        verify_program(Path("/dev/zero"))


def test_without_a_machine_in_sight_the_way_out_is_named(tmp_path: Path) -> None:
    path = tmp_path / "job.ngc"
    path.write_text("G21 G90\nM2\n")
    with pytest.raises(FileError, match="give --machine, one of x-axial-4kw"):
        verify_program(path)
    with pytest.raises(JobError, match='no machine "x-axial-5kw"; did you mean "x-axial-4kw"'):
        verify_program(path, machine="x-axial-5kw")
    path.write_text("( machine: lathe 3 )\nM2\n")
    with pytest.raises(JobError, match='no machine "lathe 3"'):
        verify_program(path)


def test_a_program_of_another_machine_is_refused(short_planned: Path) -> None:
    path, line = edit(short_planned, r"machine: x-axial-4kw", "machine: lathe 3")
    checked = verify_program(path)
    found = checked.verdict.findings[0]
    assert (found.rule, found.line) == ("wrong-machine", line)


def test_a_plan_folder_without_a_plan_is_refused(short_planned: Path, tmp_path: Path) -> None:
    program = short_planned / "plan" / "program.ngc"
    for place in (tmp_path, tmp_path / "gone", program):
        with pytest.raises(FileError, match="holds no plan of reclad; give the folder"):
            verify_program(program, plan=place)


def test_a_plan_that_was_changed_vouches_for_nothing(
    short_planned: Path, short_plan: SimpleNamespace
) -> None:
    path = short_planned / "plan" / "program.npz"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(FileError, match=r"program\.npz: was changed after it was written"):
        verify_program(short_planned / "plan" / "program.ngc")


@pytest.mark.parametrize(
    "manifest", ["", "[]", "3", "{}", json.dumps({"files": {}, "machine": ["x"]})]
)
def test_a_broken_manifest_is_refused(short_planned: Path, manifest: str) -> None:
    (short_planned / "plan" / "manifest.json").write_text(manifest)
    with pytest.raises(FileError, match=r"manifest\.json: .*--replace"):
        verify_program(short_planned / "plan" / "program.ngc")


def test_a_program_caught_between_two_plans_is_found(short_planned: Path) -> None:
    (short_planned / "plan").rename(short_planned / ".plan-77-old")
    assert verify_program(short_planned / "plan" / "program.ngc").accepted


def test_another_controller_gets_its_own_files_and_is_checked_by_its_own_rules(
    short_folder: Path, tmp_path: Path
) -> None:
    job_file = short_folder / "job.toml"
    job_file.write_text(
        job_file.read_text("utf-8").replace("x-axial-4kw", "x-axial-6kw-840d"), "utf-8"
    )
    job = read_job(short_folder)
    plan = save_short_plan(short_folder, make_short_plan(job))
    assert (plan / "program.mpf").is_file()
    assert post_program(job, short_folder, coupon=True).path.name == "coupon.mpf"
    assert verify_program(plan / "coupon.mpf").accepted
    apart = tmp_path / "apart.mpf"
    apart.write_bytes((plan / "program.mpf").read_bytes())
    checked = verify_program(apart)
    assert checked.machine == "x-axial-6kw-840d"
    assert checked.accepted
    assert not checked.refereed.available
    save_short_plan(short_folder, make_short_plan(job))
    assert sorted(p.suffix for p in plan.iterdir()).count(".mpf") == 1


@pytest.mark.referee
@needs_rs274
def test_checks_at_once_share_no_file_of_the_interpreter(
    short_planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    assert verify_program(short_planned / "plan" / "program.ngc").refereed.available
    assert list(home.iterdir()) == []
