"""`reclad schedule --instance`: a job shop out of a file, planned as well as the time allows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.schedule.jobshop import JobShop
    from reclad.schedule.jobshop_search import Solved

LONGEST = 7 * 86400.0  # s


def solve_instance(path: Path, *, time_limit: float, as_json: bool, seed: int = 0) -> None:
    """Print the shortest plan found for a flexible job shop (.fjs), and a bound no plan can beat.

    time_limit  s of wall time; less where the plan is proven best. ScheduleError for a file or a
    limit that cannot be used. Job, operation and machine count from 1, as in the file, and times
    are in its unit. Checked: tests/schedule/test_jobshop_command.py.
    """
    from reclad.errors import ScheduleError
    from reclad.schedule.jobshop import read_job_shop
    from reclad.schedule.jobshop_search import solve_job_shop

    if not 0.0 < time_limit <= LONGEST:
        raise ScheduleError(
            f"--time-limit is {time_limit:g} s; give seconds above 0, at most {LONGEST:.0f}"
        )
    shop = read_job_shop(path)
    mention(
        f"  {path.name}: {len(shop.jobs)} jobs, {shop.machines} machines, {shop.operations} "
        f"operations; searching for up to {time_limit:g} s"
    )
    solved = solve_job_shop(shop, seconds=time_limit, seed=seed)
    told = _told(path.name, shop, solved)
    # ASCII only: a console that lacks a sign must not change the data.
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json else "\n".join(_lines(told)))


def _told(name: str, shop: JobShop, solved: Solved) -> dict[str, Any]:
    def time(value: int) -> float:
        return value if shop.parts == 1 else value / shop.parts

    return {
        "instance": name,
        "makespan": time(solved.makespan),
        "lower_bound": time(solved.lower_bound),
        "proven": solved.proven,
        "seconds": round(solved.seconds, 2),
        "plan": [
            {
                "job": step.job,
                "operation": step.operation,
                "machine": step.machine,
                "start": time(step.start),
                "end": time(step.end),
            }
            for step in solved.plan
        ],
    }


def _lines(told: dict[str, Any]) -> list[str]:
    said = "no plan can be shorter" if told["proven"] else "no plan can beat the bound"
    return [
        f"{told['instance']}: makespan {told['makespan']:g}, bound {told['lower_bound']:g} "
        f"({said}), {told['seconds']:g} s",
        f"{'job':>6}{'operation':>11}{'machine':>9}{'start':>12}{'end':>12}",
        *(
            f"{one['job']:>6}{one['operation']:>11}{one['machine']:>9}"
            f"{one['start']:>12g}{one['end']:>12g}"
            for one in told["plan"]
        ),
    ]
