"""reclad as a process: start-up, consoles, pipes, signals, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reclad.app import door
from reclad.job import new_job

HEAVY = ("numpy", "scipy", "numba", "pint", "pydantic", "jinja2")
POSIX = pytest.mark.skipif(
    os.name != "posix", reason="closes streams and sends signals in ways that only POSIX has"
)


def modules_after(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nsys.stderr.write(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


# --- starting ---


def test_importing_the_library_loads_no_numpy() -> None:
    assert not modules_after("import reclad") & {*HEAVY, "typer"}


@pytest.mark.parametrize("words", [["--help"], ["plan", "--help"], ["predict", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    loaded = modules_after(
        f"sys.argv = ['reclad', *{words}]\n"
        "from reclad.app.cli import main\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert done.code == 0"
    )
    assert "typer" in loaded
    # The parser of options brings pydantic in for a command of its own accord.
    own_accord = {"pydantic"} if len(words) > 1 else set()
    assert not loaded & ({*HEAVY} - own_accord)


@pytest.mark.slow
@POSIX
def test_help_takes_less_than_a_third_of_a_second_of_cpu(process: Callable) -> None:
    import resource

    process("--help")  # compiles the modules, once
    used = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert process("--help").code == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert min(used) < 0.3


def test_help_names_every_command_in_one_whole_line(process: Callable) -> None:
    out = process("--help", env={"COLUMNS": "80"}).out
    for name in (
        "demo",
        "new",
        "check",
        "plan",
        "explain",
        "post",
        "verify",
        "predict",
        "trials",
        "share",
    ):
        assert f"\n  {name} " in out
    commands = out.split("Commands:")[1].strip().splitlines()
    assert not [line for line in commands if "..." in line]
    assert not [line for line in commands if line[2:3] == " "], "a command takes one line"


# --- consoles ---


@pytest.mark.slow
@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "LANG": "C"},
        {"PYTHONIOENCODING": "gbk"},
        {"PYTHONIOENCODING": "cp437"},
    ],
    ids=["ascii", "C", "gbk", "cp437"],
)
def test_a_console_that_lacks_a_sign_gets_all_else(
    process: Callable, tmp_path: Path, env: dict[str, str]
) -> None:
    new_job("管件ä-7", where=tmp_path)
    ran = process("check", "管件ä-7", env=env)
    assert ran.code == 0
    assert "ready to plan" in ran.out
    told = process("check", "管件ä-7", "--json", env=env).json
    assert told["job"] == "管件ä-7"
    refused = process("check", "没有", env=env)
    assert refused.code == 1
    assert "no such job folder" in refused.refusal


@pytest.mark.slow
@POSIX
def test_a_name_that_is_no_text_is_refused_in_one_line(process: Callable, tmp_path: Path) -> None:
    name = os.fsdecode(b"pipe-\xff\xfe")
    new_job("ok", where=tmp_path).rename(tmp_path / name)
    assert process("check", name).code == 0
    assert "no plan yet" in process("explain", name, "power").refusal


# --- outputs nobody takes ---


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("words", [["check", "j-1"], ["check", "j-1", "--json"], ["--help"]])
def test_a_closed_pipe_ends_in_one_line(
    process: Callable, tmp_path: Path, words: list[str]
) -> None:
    new_job("j-1", where=tmp_path)
    read, write = os.pipe()
    os.close(read)
    try:
        ran = process(*words, stdout=write, stderr=subprocess.PIPE)
    finally:
        os.close(write)
    assert ran.code == 1
    if "--help" not in words:  # which the command parser prints, and goes quietly
        assert "Broken pipe" in ran.refusal


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has /dev/full, a disk that is always full"
)
def test_a_full_disk_behind_the_output_ends_in_one_line(process: Callable, tmp_path: Path) -> None:
    new_job("j-1", where=tmp_path)
    with Path("/dev/full").open("wb") as full:
        ran = process("check", "j-1", stdout=full, stderr=subprocess.PIPE)
    assert ran.code == 1
    assert "No space left on device" in ran.refusal


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_change_nothing_but_the_output(
    process: Callable, tmp_path: Path, closed: str
) -> None:
    new_job("j-1", where=tmp_path)
    for job, code in (("j-1", 0), ("gone", 1)):
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m reclad check {job} {closed}', sys.executable],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert ("ready" in done.stdout) == (code == 0 and ">&-" not in closed.split())


# --- signals ---

STUCK = """
import sys, time
from reclad import plan as planning
from reclad.app.cli import main

def stuck(job, *, say, **_):
    say("choosing")
    while True:
        time.sleep(0.01)

planning.plan_job = stuck
sys.argv = ["reclad", "plan", "j-1"]
main()
"""


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_plan_says_so_in_one_line(
    tmp_path: Path, short_planned: Path, number: signal.Signals, code: int
) -> None:
    short_planned.rename(tmp_path / "j-1")
    before = {p.name: p.read_bytes() for p in (tmp_path / "j-1" / "plan").iterdir()}
    run = subprocess.Popen(
        [sys.executable, "-c", STUCK], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    assert "choosing" in run.stderr.readline()
    run.send_signal(number)
    _, said = run.communicate(timeout=60)
    assert run.returncode == code
    assert said == "reclad: stopped; no file is half written, and the plan before is kept\n"
    assert sorted(p.name for p in (tmp_path / "j-1").iterdir()) == ["job.toml", "plan"]
    assert {p.name: p.read_bytes() for p in (tmp_path / "j-1" / "plan").iterdir()} == before


def test_signals_are_given_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert door.run(lambda: signal.getsignal(signal.SIGINT) is before) == 0
    assert signal.getsignal(signal.SIGINT) is before


# --- whatever goes wrong ---


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ValueError("a\nb"), 1, r"a fault of reclad itself, not of your input (ValueError: a\nb)"),
        (MemoryError(), 1, "not enough memory"),
        (PermissionError(13, "Permission denied", "x\n.ngc"), 1, r"x\n.ngc: Permission denied"),
        (OSError("odd"), 1, "output: odd"),
        (RecursionError(), 1, "a fault of reclad itself"),
        (SystemExit(2), 2, None),
        (SystemExit(None), 0, None),
        (SystemExit("words"), 1, None),
    ],
)
def test_every_end_has_its_code_and_its_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    said: str | None,
) -> None:
    monkeypatch.delenv("RECLAD_DEBUG", raising=False)
    monkeypatch.setattr(door, "_drop_output", lambda: None)
    assert door.run(raising(error)) == code
    err = capsys.readouterr().err
    assert (said is None and err == "") or (said and said in err and err.count("\n") == 1)


def test_a_fault_of_ours_shows_where_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLAD_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        door.run(raising(ZeroDivisionError()))


@pytest.mark.slow
def test_two_plans_at_once_in_one_folder_both_finish(
    process: Callable, tmp_path: Path, short_job_text: str
) -> None:
    (tmp_path / "j-1").mkdir()
    (tmp_path / "j-1" / "job.toml").write_text(short_job_text, "utf-8")
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "reclad", "plan", "j-1"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for run in runs:
        _, err = run.communicate(timeout=300)
        assert run.returncode == 0, err
    assert process("verify", "j-1/plan/program.ngc").code == 0
    assert sorted(p.name for p in (tmp_path / "j-1").iterdir()) == ["job.toml", "plan"]
