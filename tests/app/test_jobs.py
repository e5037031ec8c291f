"""Jobs as shops send them: each is planned or refused in one line, and nothing is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reclad import plan as planning
from reclad.job import new_job
from reclad.job.library import data_folder
from short_pipe import NOW

EXAMPLE = data_folder().joinpath("examples", "pipe", "job.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def nothing_is_computed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal comes before the minute of computing, not after it."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(planning, "plan_job", lambda *_, **__: pytest.fail("computed"))


def change(old: str, new: str) -> bytes:
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new).encode()


BROKEN = {
    "empty": (b"", "empty"),
    "blank": (b"\n \n\t\n", "empty"),
    "binary": (bytes(range(256)) * 8, "UTF-8"),
    "UTF-16": (EXAMPLE.encode("utf-16"), "UTF-8"),
    "GBK": (EXAMPLE.encode("gbk"), "UTF-8"),
    "zeros": (bytes(500), "job.toml"),
    "half a table": (EXAMPLE.encode()[:900], "job.toml"),
    "JSON": (b'{"kind": "overlay"}', "job.toml"),
    "too large": (b"#" * 2_000_000, "larger than 1 MB"),
    "nested": (b"a = " + b"[" * 5000, "nested"),
    "only a comment": (b"# nothing\n", "missing"),
    "no unit": (change('"15 mm"', "15"), "wall: 15 has no unit"),
    "number as text": (change('"15 mm"', '"15"'), "wall"),
    "wrong kind of unit": (change('"15 mm"', '"15 kg"'), "wall"),
    "unknown unit": (change('"15 mm"', '"15 zoll"'), "wall"),
    "NaN": (change('"15 mm"', '"nan mm"'), "wall"),
    "bare NaN": (change('"15 mm"', "nan"), "wall"),
    "infinite": (change('"15 mm"', '"inf mm"'), "wall"),
    "decimal comma": (change('"15 mm"', '"15,5 mm"'), "wall"),
    "full-width digits": (change('"15 mm"', '"１５ mm"'), "wall"),
    "unknown key": (change("allowance", "alowance"), 'did you mean "allowance"'),
    "unknown table": (EXAMPLE.encode() + b"\n[laser]\npower = '2 kW'\n", "laser"),
    "twice the same key": (EXAMPLE.encode() + b'\nname = "x"\n', "job.toml"),
    "unknown material": (change('"42CrMo4"', '"43CrMo4"'), 'did you mean "42CrMo4"'),
    "unknown powder": (change('"IN625"', '"IN6250"'), "powder"),
    "unknown machine": (change('"x-axial-4kw"', '"lathe"'), "machine"),
    "unknown kind": (change('"overlay"', '"overlai"'), "overlay"),
    "powder as material": (change('"42CrMo4"', '"Stellite6"'), "material"),
    "zone the wrong way round": (change('"633 mm"', '"60 mm"'), "clad_to"),
    "zone beyond the readings": (change('"633 mm"', '"690 mm"'), "clad_to"),
    "zone off the end": (change('over_travel = "2 mm"', 'over_travel = "80 mm"'), "over_travel"),
    "shorter than its zone": (change('length = "700 mm"', 'length = "600 mm"'), "caliper row"),
    "worn through": (change('"198.6 mm"', '"160 mm"'), "worn through"),
    "thicker than finished": (change('"198.6 mm"', '"201 mm"'), "worn"),
    "no bore": (change('"15 mm"', '"150 mm"'), "wall"),
    "readings out of order": (change('["110 mm"', '["30 mm"'), "caliper row 2 position"),
    "dilution the wrong way round": (change('"2 %" ', '"20 %" '), "dilution_max"),
    "hotter than it may be": (change('preheat = "20 degC"', 'preheat = "500 degC"'), "interpass"),
    "power beyond the laser": (
        change("[procedure]", '[procedure]\npower = "12 kW"'),
        "power: 12 kW lies outside",
    ),
    "more powder than the feeder was weighed for": (
        change("[procedure]", '[procedure]\nfeed_rate = "90 g/min"'),
        "feed_rate: 90 g/min lies outside",
    ),
}


@pytest.mark.parametrize("command", ["check", "plan"])
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_job_is_refused_in_one_line(reclad: Callable, command: str, broken: str) -> None:
    content, word = BROKEN[broken]
    folder = Path("j-1")
    folder.mkdir()
    (folder / "job.toml").write_bytes(content)
    ran = reclad(command, folder)
    assert ran.code == 1
    assert ran.out == ""
    assert word in ran.refusal
    assert [p.name for p in folder.iterdir()] == ["job.toml"]


@pytest.mark.parametrize("command", ["check", "plan", "explain", "post"])
def test_a_job_that_is_not_there_is_refused(reclad: Callable, command: str) -> None:
    Path("empty").mkdir()
    for name in ("gone", "空", "gone/job.toml", "x" * 5000, "empty", "a\nb\x1b[31m"):
        ran = reclad(command, name)
        assert ran.code == 1
        assert any(said in ran.refusal for said in ("job.toml", "no such job", "too long"))
    assert list(Path("empty").iterdir()) == []


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_folder_called_job_toml_is_refused(reclad: Callable, command: str) -> None:
    (Path("j-1") / "job.toml").mkdir(parents=True)
    assert "job.toml: a folder, not a file" in reclad(command, "j-1").refusal


def test_a_job_is_checked_by_its_folder_or_its_file(reclad: Callable) -> None:
    new_job("管件-7")
    by_folder, by_file = reclad("check", "管件-7"), reclad("check", Path("管件-7") / "job.toml")
    assert by_folder.code == by_file.code == 0
    assert by_folder.out == by_file.out
    assert "管件-7: ready to plan" in by_folder.out
    assert "10 caliper rows" in by_folder.out
    told = reclad("check", "管件-7", "--json").json
    assert told["job"] == "管件-7"
    assert all({"what", "value", "source"} == a.keys() for a in told["assumed"])
    assert len(told["assumed"]) > 20


def test_a_new_job_says_what_comes_next(reclad: Callable) -> None:
    assert "run `reclad plan pipe-0412`" in reclad("new", "pipe-0412").out
    again = reclad("new", "pipe-0412")
    assert again.code == 1
    assert "exists already and is not overwritten" in again.refusal
    assert reclad("new", "../outside").code == 1
    assert 'did you mean "pipe"' in reclad("new", "other", "--like", "pip").refusal
    assert sorted(p.name for p in Path.cwd().iterdir()) == ["pipe-0412"]


@pytest.mark.parametrize("kind", ["file", "job file", "empty folder", "other folder", "link"])
def test_the_demo_touches_nothing_that_is_called_alike(reclad: Callable, kind: str) -> None:
    place = Path("pipe-demo")
    if kind == "file":
        place.write_text("mine")
    elif kind == "job file":
        place.write_text(EXAMPLE, "utf-8")
    elif kind == "link":
        place.symlink_to("nowhere")
    else:
        place.mkdir()
        if kind == "other folder":
            (place / "photo.jpg").write_text("mine")
    ran = reclad("demo")
    assert ran.code == 1
    assert "pipe-demo" in ran.refusal
    assert "exists already" in ran.refusal
    assert [p.name for p in Path.cwd().iterdir()] == ["pipe-demo"]
    if kind == "other folder":
        assert [p.name for p in place.iterdir()] == ["photo.jpg"]


def test_files_in_the_way_are_named_before_anything_is_computed(
    reclad: Callable, short_planned: Path
) -> None:
    report = short_planned / "plan" / "report.html"
    report.write_text("signed by the customer")
    ran = reclad("plan", short_planned)
    assert ran.code == 1
    assert "report.html: was changed after it was written" in ran.refusal
    (short_planned / "plan" / "photo.jpg").write_text("mine")
    assert (
        "photo.jpg: was not written by reclad" in reclad("plan", short_planned, "--replace").refusal
    )
    assert report.read_text() == "signed by the customer"


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_computed(
    reclad: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_job("j-1")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert "Read-only file system" in reclad("plan", "j-1").refusal


# --- a plan that is there ---


def test_a_plan_is_explained(reclad: Callable, short_planned: Path) -> None:
    ran = reclad("explain", short_planned, "power")
    assert ran.code == 0
    assert ran.out.startswith("power: 2000 W, chosen")
    assert "power" in reclad("explain", short_planned).out
    assert reclad("explain", short_planned, "power", "--json").json["power"]["origin"] == "chosen"
    assert reclad("explain", short_planned, "--json").json.keys() == {"power"}


def test_what_is_not_explained_is_refused_with_what_is(
    reclad: Callable, short_planned: Path
) -> None:
    assert 'did you mean "power"' in reclad("explain", short_planned, "pwoer").refusal
    assert "known: power" in reclad("explain", short_planned, "曲率").refusal


@pytest.mark.parametrize("command", [("explain", "power"), ("post",), ("post", "--coupon")])
def test_a_plan_older_than_its_job_is_refused_with_a_way_out(
    reclad: Callable, short_planned: Path, command: tuple[str, ...]
) -> None:
    job = short_planned / "job.toml"
    job.write_text(job.read_text("utf-8").replace('"15 mm"', '"14 mm"'), "utf-8")
    ran = reclad(command[0], short_planned, *command[1:])
    assert ran.code == 1
    assert f"made before job.toml changed; run `reclad plan {short_planned}`" in ran.refusal


@pytest.mark.parametrize("command", [("explain", "power"), ("post",)])
def test_a_job_without_a_plan_is_refused_with_a_way_out(
    reclad: Callable, short_folder: Path, command: tuple[str, ...]
) -> None:
    ran = reclad(command[0], short_folder, *command[1:])
    assert f"holds no plan yet; run `reclad plan {short_folder}`" in ran.refusal


@pytest.mark.parametrize("command", [("explain", "power"), ("post",)])
@pytest.mark.parametrize("name", ["manifest.json", "plan.json", "path.npz", "program.npz"])
def test_a_damaged_plan_is_refused_with_a_way_out(
    reclad: Callable, short_planned: Path, command: tuple[str, ...], name: str
) -> None:
    (short_planned / "plan" / name).write_bytes(b"\x00")
    ran = reclad(command[0], short_planned, *command[1:])
    assert ran.code == 1
    assert name in ran.refusal
    assert "--replace" in ran.refusal


def test_programs_are_posted(reclad: Callable, short_planned: Path) -> None:
    for option, name in (
        ((), "program"),
        (("--dry-run",), "dry-run"),
        (("--coupon",), "coupon"),
        (("--from-turn", "4"), "from-turn-4"),
    ):
        ran = reclad("post", short_planned / "job.toml", *option)
        assert ran.code == 0, ran.err
        assert f"{name}.ngc: written, accepted" in ran.out
        told = reclad("post", short_planned, *option, "--json").json
        assert told["accepted"]
        assert told["findings"] == []
        assert told["totals"]["total_time"]["unit"] == "s"


@pytest.mark.parametrize("turn", ["0", "-3", "11", "99999999999999999999"])
def test_a_turn_out_of_range_is_refused(reclad: Callable, short_planned: Path, turn: str) -> None:
    ran = reclad("post", short_planned, "--from-turn", turn)
    assert ran.code == 1
    assert "this repair has turns 1 to 10" in ran.refusal


@pytest.mark.parametrize(
    "words",
    [
        ("post", "JOB", "--from-turn", "1.5"),
        ("post", "JOB", "--from-turn", "two"),
        ("post", "JOB", "--from-turn"),
        ("post", "JOB", "--coupon", "--from-turn", "2"),
        ("post",),
        ("plan",),
        ("plan", "JOB", "--quick"),
        ("plan", "JOB", "JOB"),
        ("weld", "JOB"),
        ("verify",),
        ("new",),
        ("predict",),
        ("predict", "--power", "2 kW"),
        ("predict", "settings.csv", "--spot", "2 mm"),
        (),
    ],
)
def test_wrong_usage_exits_2_and_says_how(
    reclad: Callable, short_planned: Path, words: tuple[str, ...]
) -> None:
    ran = reclad(*(short_planned if word == "JOB" else word for word in words))
    assert ran.code == 2
    assert "Usage: " in ran.out + ran.err or "Error: " in ran.err
    assert len(list((short_planned / "plan").iterdir())) == 8


# --- verify ---


def test_a_planned_program_is_accepted(reclad: Callable, short_planned: Path) -> None:
    program = short_planned / "plan" / "program.ngc"
    ran = reclad("verify", program)
    assert ran.code == 0
    assert ran.err == ""
    assert f"{program}: accepted" in ran.out
    assert "pose by pose" in ran.out
    told = reclad("verify", program, "--json").json
    assert told["accepted"]
    assert told["plan"] == str(program.with_suffix(".npz"))
    assert told["machine"] == "x-axial-4kw"
    assert told["referee"].keys() == {"available", "accepted", "said", "exit_code"}
    assert told["totals"]["powder_mass"]["unit"] == "g"


def test_a_mutated_program_is_refused_for_its_physical_reason(
    reclad: Callable, short_planned: Path
) -> None:
    program = short_planned / "plan" / "program.ngc"
    lines = program.read_text("ascii").split("\n")
    place = lines.index("M67 E0 Q2000.0") + 20
    lines[place] = "M67 E0 Q9000.0"
    program.write_text("\n".join(lines), "ascii")
    ran = reclad("verify", program)
    assert ran.code == 1
    assert "REFUSED - do not run" in ran.out
    assert f"line {place + 1}: 9000.0 W is above 4000 W" in ran.refusal
    told = reclad("verify", program, "--json")
    assert told.code == 1
    findings = told.json["findings"]
    assert (findings[0]["line"], findings[0]["rule"]) == (place + 1, "power-range")
    assert findings[-1]["rule"] == "checksum"
    without = reclad("verify", program, "--no-checksum", "--json")
    assert without.code == 1
    assert "checksum" not in {f["rule"] for f in without.json["findings"]}


def test_what_cannot_be_verified_is_refused(reclad: Callable, short_planned: Path) -> None:
    program = short_planned / "plan" / "program.ngc"
    Path("空 1.ngc").write_bytes(b"")
    for words, said in (
        ((short_planned / "plan" / "gone.ngc",), "No such file"),
        ((short_planned,), "Is a directory"),
        (("空 1.ngc",), "空 1.ngc"),
        (("空 1.ngc", "--machine", "x-axial-4kw"), "refused, do not run it: line 1"),
        ((program, "--machine", "lathe"), 'no machine "lathe"'),
        ((program, "--plan", short_planned / "gone"), "holds no plan of reclad"),
    ):
        ran = reclad("verify", *words)
        assert ran.code == 1
        if said != "空 1.ngc":
            assert said in ran.refusal


# --- all the way ---


@pytest.mark.slow
def test_the_demo_writes_a_whole_plan_here_and_again(reclad: Callable) -> None:
    first = reclad("demo")
    assert first.code == 0
    assert "PRELIMINARY - weld and measure a coupon first" in first.out
    assert "next      reclad post pipe-demo --coupon" in first.out
    assert sorted(p.name for p in Path("pipe-demo").iterdir()) == ["job.toml", "plan"]
    plan = Path("pipe-demo/plan")
    written = {p.name: p.read_bytes() for p in plan.iterdir()}
    assert {"report.html", "program.ngc", "manifest.json"} < written.keys()
    second = reclad("plan", "pipe-demo/job.toml", "--json")
    assert second.code == 0
    assert second.json["folder"] == str(plan)
    assert second.json["program"]["accepted"]
    assert second.json["explain"].keys() >= {"power", "dilution"}
    again = {p.name: p.read_bytes() for p in plan.iterdir()}
    assert [n for n in written if written[n] != again[n]] in ([], ["manifest.json"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "like",
    sorted(
        p.name
        for p in data_folder().joinpath("examples").iterdir()
        if p.joinpath("job.toml").is_file()
    ),
)
def test_every_example_is_planned_posted_and_verified(reclad: Callable, like: str) -> None:
    assert reclad("new", "j-1", "--like", like).code == 0
    assert reclad("plan", "j-1", "--json").json["program"]["accepted"]
    for option in ("--coupon", "--dry-run"):
        posted = reclad("post", "j-1", option, "--json").json
        assert posted["accepted"]
        assert reclad("verify", posted["program"]).code == 0


@pytest.mark.slow
def test_a_machine_too_small_refuses_the_plan_and_leaves_no_program(
    reclad: Callable, shipped: Path, short_job_text: str
) -> None:
    folder = Path("j-1")
    (folder / "machines").mkdir(parents=True)
    text = (shipped / "machines" / "x-axial-4kw.toml").read_text("utf-8")
    (folder / "machines" / "own.toml").write_text(
        text.replace('name = "x-axial-4kw"', 'name = "own"').replace("1500 mm", "310 mm"), "utf-8"
    )
    (folder / "job.toml").write_text(
        short_job_text.replace('machine = "x-axial-4kw"', 'machine = "own"'), "utf-8"
    )
    ran = reclad("plan", folder)
    assert ran.code == 1
    assert "the program is refused, and saved as refused.ngc only: line " in ran.refusal
    assert "mm is outside 0 to 310 mm of machine own" in ran.refusal
    assert "REFUSED" in ran.out
    assert not (folder / "plan" / "program.ngc").exists()
    assert (folder / "plan" / "report.html").is_file()


@pytest.mark.slow
def test_the_same_job_gives_the_same_report_but_for_its_date(
    pipe_plan: object, tmp_path: Path
) -> None:
    import datetime
    import re

    from reclad.record import write_plan

    texts = []
    for day in (0, 0, 5):
        now = NOW + datetime.timedelta(days=day)
        folder = tmp_path / f"{len(texts)}"
        folder.mkdir()
        write_plan(pipe_plan, folder, now=now)
        texts.append({p.name: p.read_bytes() for p in (folder / "plan").iterdir()})
    assert texts[0] == texts[1]
    changed = [name for name in texts[0] if texts[0][name] != texts[2][name]]
    assert sorted(changed) == ["manifest.json", "report.html"]
    dates = re.compile(rb"2026-11-0[16][T ]?[0-9:]*")
    reports = [dates.sub(b"", files["report.html"]) for files in (texts[0], texts[2])]
    assert reports[0] == reports[1]
