"""Programs of a job with a feeder curve of its own: posted and checked by that curve, while it
holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reclad.job import read_job
from reclad.record.posting import post_program, verify_program
from short_pipe import make_short_plan, save_short_plan

CURVE = """
name = "l77"
machine = "x-axial-4kw"
powder = "IN625"
lot = "L-77"
carrier = "Ar 5 L/min"
source = "shop"
weighed = 2026-10-20
valid_days = 3650
weighings = [["1 rpm", "10 g", "60 s"], ["2 rpm", "20 g", "60 s"], ["4 rpm", "40 g", "60 s"]]
delays = ["6 s"]
"""


@pytest.fixture
def weighed(short_folder: Path) -> Path:
    """The short pipe with a curve of 10 g/min per rpm, where the machine's own has 4."""
    job = short_folder / "job.toml"
    job.write_text(re.sub(r'# feeder = "[^"]*"', 'feeder = "l77"', job.read_text("utf-8")), "utf-8")
    (short_folder / "feeders").mkdir()
    (short_folder / "feeders" / "l77.toml").write_text(CURVE, "utf-8")
    return short_folder


def plan(folder: Path) -> Path:
    return save_short_plan(folder, make_short_plan(read_job(folder)))


def test_the_program_feeds_and_waits_by_the_curve(weighed: Path) -> None:
    text = (plan(weighed) / "program.ngc").read_text("ascii")
    assert "M68 E1 Q2.000\n" in text  # 20 g/min
    assert re.search(r"M68 E1 Q2\.000\nG4 P6(\.0*)?\n", text)


def test_a_program_is_checked_by_the_curve_its_plan_was_made_with(weighed: Path) -> None:
    written = plan(weighed)
    assert json.loads((written / "manifest.json").read_text("utf-8"))["feeder"] == "l77"
    assert post_program(read_job(weighed), weighed, coupon=True).accepted
    assert verify_program(written / "program.ngc").accepted
    other = CURVE.replace('"20 g"', '"21 g"').replace('"40 g"', '"42 g"')
    (weighed / "feeders" / "l77.toml").write_text(other, "utf-8")
    rules = {f.rule for f in verify_program(written / "program.ngc").verdict.findings}
    assert "plan-powder" in rules


def test_a_curve_that_has_run_out_makes_no_program(weighed: Path) -> None:
    old = CURVE.replace("2026-10-20", "2026-01-20").replace("3650", "30")
    (weighed / "feeders" / "l77.toml").write_text(old, "utf-8")
    written = plan(weighed)
    assert (written / "refused.ngc").is_file()
    assert not (written / "program.ngc").exists()
    posted = post_program(read_job(weighed), weighed, coupon=True)
    assert not posted.accepted
    assert [f.rule for f in posted.verdict.findings if not f.note] == ["weighing-expired"]
    assert not posted.path.exists()
    assert not verify_program(written / "refused.ngc").accepted
    assert post_program(read_job(weighed), weighed, dry_run=True).accepted
