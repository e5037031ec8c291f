"""The plan that an order book already holds, as the scheduler asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reclad.schedule.problem import Placed, Schedule

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from reclad.orders.order import Order
    from reclad.schedule.problem import Problem


def kept_plan(problem: Problem, orders: Sequence[Order], now: datetime.datetime) -> Schedule | None:
    """What was planned last for the tasks of `problem`, in minutes from `now`; None where nothing
    was. Tasks new since then, and late in starting, are left out. Checked:
    tests/orders/test_kept.py."""
    placed = []
    for one in (step for order in orders for step in order.operations):
        task = problem.task.get(one.name)
        if task is None:
            continue
        if task.fixed is not None:
            placed.append(task.fixed)
        elif one.planned_start is not None and one.planned_end is not None:
            start, end = (
                round((when - now).total_seconds() / 60.0)
                for when in (one.planned_start, one.planned_end)
            )
            # What should have begun by now and has not must be planned again.
            if start >= 0:
                placed.append(Placed(one.name, start, end, one.planned_machine, one.planned_person))
    return Schedule(tuple(placed)) if placed else None


def freeze(problem: Problem, kept: Schedule, until: int) -> Problem:
    """The same problem with what was planned to begin from now to `until` min held where it is."""

    def held(name: str) -> Placed | None:
        one = kept.at.get(name)
        return one if one is not None and 0 <= one.start < until else None

    return replace(
        problem,
        tasks=tuple(
            replace(task, fixed=held(task.name)) if task.fixed is None else task
            for task in problem.tasks
        ),
    )
