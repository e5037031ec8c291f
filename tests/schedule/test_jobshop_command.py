"""A job shop out of a file, on one screen or as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reclad.app.instance import solve_instance
from reclad.errors import ScheduleError
from reclad.schedule.jobshop import Step, check_plan, read_job_shop

MK04 = Path(__file__).parent / "Mk04.fjs"


def test_the_plan_as_json_passes_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    solve_instance(MK04, time_limit=0.5, as_json=True)
    told = json.loads(capsys.readouterr().out)
    plan = [
        Step(one["job"], one["operation"], one["machine"], one["start"], one["end"])
        for one in told["plan"]
    ]
    assert check_plan(read_job_shop(MK04), plan) == ()
    assert told["makespan"] == max(step.end for step in plan)
    assert told["lower_bound"] <= told["makespan"]
    assert told["proven"] == (told["lower_bound"] == told["makespan"])
    assert told["seconds"] < 1.5


def test_times_are_told_in_the_unit_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "half.fjs"
    path.write_text("1 1\n2 1 1 0.5 1 1 2\n", encoding="ascii")
    solve_instance(path, time_limit=5.0, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["makespan"] == told["lower_bound"] == 2.5
    assert told["proven"]
    assert [one["start"] for one in told["plan"]] == [0.0, 0.5]
    solve_instance(path, time_limit=5.0, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("half.fjs: makespan 2.5, bound 2.5 (no plan can be shorter)")
    assert lines[3].split() == ["1", "2", "1", "0.5", "2.5"]


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_that_cannot_be_used_is_refused(limit: float) -> None:
    with pytest.raises(ScheduleError, match=r"--time-limit is .* s; give seconds above 0"):
        solve_instance(MK04, time_limit=limit, as_json=True)


def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match=r"none.fjs: cannot be read"):
        solve_instance(tmp_path / "none.fjs", time_limit=1.0, as_json=False)
