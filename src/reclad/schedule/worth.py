"""What one more hour of a machine is worth, and what a rush order costs the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.schedule.capacity import plan_larger
from reclad.schedule.options import joined
from reclad.schedule.problem import Problem
from reclad.schedule.promise import promise, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.schedule.capacity import Planner
    from reclad.schedule.chances import Uncertainty
    from reclad.schedule.problem import Link, Promise, Resource, Schedule, Task
    from reclad.schedule.promise import PromisedDate


@dataclass(frozen=True)
class Overtime:
    """A machine and whoever can attend it stay `minutes` longer after the window that ends at `at`
    min; saved: weighted minutes of lateness less (money, where weights are money per minute)."""

    machine: str
    at: int
    minutes: int
    saved: float


def worth_of_an_hour(
    problem: Problem,
    machine: str,
    *,
    schedule: Schedule,
    plan: Planner,
    minutes: int = 60,
    windows: int = 10,
) -> tuple[Overtime, ...]:
    """What a machine open `minutes` longer saves, at the end of each of its next `windows` windows
    in turn, the best first: 60 is a machine-hour, 480 a shift.

    Everything is planned anew from the present plan, with and without, at the same effort; what
    that effort finds without the hour is not counted. Nothing saved is 0, never less.

    Raises ScheduleError for an unknown machine or one that is never open.
    Checked: tests/schedule/test_capacity.py on a machine whose hour is worth a known amount.
    """
    own = problem.resource.get(machine)
    if own is None or own.kind == "person" or not own.open:
        there = ", ".join(one.name for one in problem.resources if one.kind != "person")
        raise ScheduleError(f"{machine}: no machine that is ever open; there are {there}")
    if minutes < 1 or windows < 1:
        raise ScheduleError(
            f"{minutes} min after {windows} windows: both are at least 1; ask for 60 min"
        )
    begun, _ = plan_larger(problem, problem, schedule, plan)
    same = plan_larger(problem, problem, begun, plan)[1]
    skills = {
        task.skill
        for task in problem.tasks
        if task.skill and any(mode.machine == machine for mode in task.modes)
    }
    found = []
    for _, at in own.open[:windows]:
        longer = _stay_longer(problem, machine, skills, at, minutes)
        late = plan_larger(problem, longer, begun, plan)[1]
        found.append(Overtime(machine, at, minutes, max(0.0, same - late)))
    return tuple(sorted(found, key=lambda one: (-one.saved, one.at)))


def _stay_longer(
    problem: Problem, machine: str, skills: set[str], at: int, minutes: int
) -> Problem:
    def stay(one: Resource) -> Resource:
        if one.name != machine and not (one.kind == "person" and one.skills & skills):
            return one
        return replace(
            one,
            open=joined((s, max(e, at + minutes) if s <= at <= e else e) for s, e in one.open),
        )

    return replace(problem, resources=tuple(stay(one) for one in problem.resources))


@dataclass(frozen=True)
class Rush:
    """An order that is not in the plan yet: its tasks, the links between them, when it is due."""

    tasks: tuple[Task, ...]
    links: tuple[Link, ...]
    promise: Promise


@dataclass(frozen=True)
class RushPlan:
    """A plan with the rush order.

    planned  when it is done, min; date: when it can be promised
    cost     weighted minutes of lateness more for the others, as planned
    later    order and min it is done later than planned so far
    kept     order and chance that it is done by its due date, before and after
    """

    schedule: Schedule
    planned: int
    date: PromisedDate
    cost: float
    later: tuple[tuple[str, int], ...]
    kept: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class RushAnswer:
    """The rush order in the gaps of the plan, nobody else moved, and planned together with all."""

    in_gaps: RushPlan
    together: RushPlan


def accept_rush(
    problem: Problem,
    rush: Rush,
    *,
    schedule: Schedule,
    plan: Planner,
    uncertainty: Uncertainty,
    runs: int = 1000,
    seed: int = 0,
    confidence: float = 0.9,
) -> RushAnswer:
    """What a rush order would cost the others, and the date it can have at this confidence.

    schedule: the present plan of `problem`, which the order is not part of. Minutes from now.
    The same shops are drawn with and without it, its own tasks apart.

    Raises ScheduleError if the order is already planned.
    Checked: tests/schedule/test_capacity.py.
    """
    order = rush.promise.order
    names = {task.name for task in rush.tasks}
    if any(task.order == order or task.name in names for task in problem.tasks):
        raise ScheduleError(f"order {order}: already in the plan; give the rush order its own name")
    both = _with(problem, rush, problem.tasks)
    held = [replace(task, fixed=schedule.at[task.name]) for task in problem.tasks]
    gaps = plan(_with(problem, rush, held), None)
    together, _ = plan_larger(both, both, gaps, plan)
    before = simulate(problem, schedule, uncertainty, runs=runs, seed=seed)

    def tell(found: Schedule) -> RushPlan:
        after = simulate(both, found, uncertainty, runs=runs, seed=seed)
        was, done = schedule.finish(problem), found.finish(both)
        others = replace(both, promises=problem.promises)
        return RushPlan(
            found,
            done[order],
            next(one for one in promise(after, confidence) if one.order == order),
            found.tardiness(others) - schedule.tardiness(problem),
            tuple((name, done[name] - at) for name, at in was.items() if done[name] > at),
            tuple(
                (
                    one.order,
                    before.chance_by(one.order, one.due),
                    after.chance_by(one.order, one.due),
                )
                for one in problem.promises
            ),
        )

    return RushAnswer(tell(gaps), tell(together))


def _with(problem: Problem, rush: Rush, tasks: Sequence[Task]) -> Problem:
    return Problem(
        problem.resources,
        (*tasks, *rush.tasks),
        (*problem.links, *rush.links),
        (*problem.promises, rush.promise),
    )
