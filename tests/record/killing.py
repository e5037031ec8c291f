"""Run in a process of its own: do something to a job folder and die at every step of it.

python killing.py FOLDER save|post|post-save   prints how many steps there were
python killing.py FOLDER write N               saves N times, as fast as it can

A step is anything that touches the disk. For each one a child is forked that kills itself there,
as a power cut or `kill -9` would; then the folder is looked at, and used again.
"""

from __future__ import annotations

import datetime
import os
import signal
import sys
from pathlib import Path

from reclad.job import read_job
from reclad.record.folder import load_plan
from reclad.record.posting import post_program, verify_program
from short_pipe import NOW, make_short_plan, save_short_plan

STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.listdir"}
FILES = {
    "heat.csv",
    "heat.vtkhdf",
    "manifest.json",
    "path.npz",
    "plan.json",
    "program.ngc",
    "program.npz",
    "report.html",
}


def die_at(step: int) -> None:
    left = step

    def count(event: str, _: object) -> None:
        nonlocal left
        if event in STEPS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def killed_at(step: int, act) -> bool:
    """Whether the child was killed at that step, rather than done before."""
    child = os.fork()
    if child == 0:
        die_at(step)
        act()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        assert os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def main(folder: Path, what: str) -> int:
    job = read_job(folder)
    before, after = make_short_plan(job), make_short_plan(job, watts=1900.0)
    step = 0
    save_short_plan(folder, before)

    def save() -> None:
        save_short_plan(folder, after)

    def post() -> None:
        post_program(job, folder, coupon=True)

    act = save if what == "save" else post
    while True:
        step += 1
        if not killed_at(step, act):
            return step
        # verify must find the program, even if the kill fell between the two renames
        checked = verify_program(folder / "plan" / "program.ngc")
        assert checked.accepted, (step, checked.verdict.findings)
        seen = load_plan(folder, dict(job.sources))
        assert seen.block_power.max() in (2000.0, 1900.0)
        assert {p.name for p in (folder / "plan").iterdir()} >= FILES, step
        if what == "post":  # and post again; else the next thing is to plan again
            assert post_program(job, folder, coupon=True).accepted
        save_short_plan(folder, before)
        assert sorted(p.name for p in folder.iterdir()) == ["job.toml", "plan"], step
        assert {p.name for p in (folder / "plan").iterdir()} == FILES, step


if __name__ == "__main__":
    where, task, *count = sys.argv[1:]
    if task == "write":
        plan = make_short_plan(read_job(where))
        for day in range(1, int(count[0]) + 1):
            save_short_plan(Path(where), plan, now=NOW + datetime.timedelta(days=day))
            sys.stdout.write(f"{day}\n")
            sys.stdout.flush()
    else:
        sys.stdout.write(f"{main(Path(where), task)}\n")
