"""Whether a problem can be planned at all: names, lengths, skills, hours and links that fit."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.schedule.check import check_together
from reclad.schedule.problem import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reclad.schedule.problem import Problem, Resource, Task


def expect_possible(problem: Problem) -> None:
    """Refuse a problem in which something can never be placed.

    Raises ScheduleError with the task, the rule and the way out: a name twice or unknown, no
    person with the skill, a task longer than every open time it needs, links that run in a circle,
    fixed tasks that disturb each other. What passes may still not fit the hours given: a plan finds
    out. Checked: tests/schedule/test_possible.py.
    """
    _expect_names(problem)
    _expect_numbers(problem)
    _expect_no_circle(problem)
    for task in problem.tasks:
        if task.fixed is None:
            _expect_room(problem, task)
    faults = check_together(problem, (task.fixed for task in problem.tasks if task.fixed))
    if faults:
        raise ScheduleError(f"fixed tasks disturb each other: {faults[0]}; free one of them")


def _expect_names(problem: Problem) -> None:
    _expect_once("resource", (one.name for one in problem.resources))
    _expect_once("task", (one.name for one in problem.tasks))
    _expect_once("promise for order", (one.order for one in problem.promises))
    orders = {task.order for task in problem.tasks}
    for promise in problem.promises:
        if promise.order not in orders:
            raise ScheduleError(
                f"order {promise.order} is promised but has no task; add its tasks or drop it"
            )
    for link in problem.links:
        for name in (link.before, link.after):
            if name not in problem.task:
                raise ScheduleError(
                    f"a link {link.before} -> {link.after} names the unknown task {name}; "
                    "add the task or drop the link"
                )
    for task in problem.tasks:
        _expect_known(problem, task)


def _expect_once(what: str, names: Iterable[str]) -> None:
    name, count = max(Counter(names).items(), key=lambda pair: pair[1], default=("", 0))
    if count > 1:
        raise ScheduleError(f"{what} {name} is given {count} times; names are unique: rename one")


def _expect_known(problem: Problem, task: Task) -> None:
    machines = [mode.machine for mode in task.modes]
    if task.fixed:
        machines.append(task.fixed.machine)
        if task.fixed.task != task.name:
            raise ScheduleError(
                f"task {task.name} is fixed as {task.fixed.task}; give its own name"
            )
        person = task.fixed.person
        if person is not None and not _is(problem, person, ("person",)):
            raise ScheduleError(f"task {task.name} is fixed to {person}, who is no known person")
    for name in machines:
        if name is not None and not _is(problem, name, ("machine", "furnace")):
            raise ScheduleError(
                f"task {task.name} asks for {name}, no known machine or furnace; add it or "
                "correct the mode"
            )


def _is(problem: Problem, name: str, kinds: tuple[str, ...]) -> bool:
    return name in problem.resource and problem.resource[name].kind in kinds


def _expect_numbers(problem: Problem) -> None:
    for one in problem.resources:
        ends = [minute for window in one.open for minute in window]
        if ends != sorted(ends) or any(a >= b for a, b in one.open):
            raise ScheduleError(f"{one.name}: open times must be in order and apart; sort them")
        if one.places < 1 or one.changeover < 0:
            raise ScheduleError(f"{one.name}: places are at least 1, changeover at least 0 min")
    for task in problem.tasks:
        if any(mode.minutes < 1 for mode in task.modes):
            raise ScheduleError(f"task {task.name} takes less than a minute; give at least 1 min")
        if not 0 <= task.share <= WHOLE:
            raise ScheduleError(f"task {task.name} takes {task.share} % of a person; give 0-100 %")
        if task.fixed and task.fixed.end <= task.fixed.start:
            raise ScheduleError(f"task {task.name} is fixed with its end before its start")
    for link in problem.links:
        if link.least < 0 or (link.most is not None and link.most < link.least):
            raise ScheduleError(
                f"link {link.before} -> {link.after}: least {link.least} min, most {link.most} min;"
                " least is 0 or more and no more than most"
            )
    for promise in problem.promises:
        if not 0.0 <= promise.weight < float("inf"):
            raise ScheduleError(
                f"order {promise.order} weighs {promise.weight}; a weight is 0 or more"
            )


def _expect_no_circle(problem: Problem) -> None:
    before: dict[str, set[str]] = {name: set() for name in problem.task}
    for link in problem.links:
        before[link.after].add(link.before)
    try:
        tuple(TopologicalSorter(before).static_order())
    except CycleError as error:
        round_trip = " -> ".join(reversed(error.args[1]))
        raise ScheduleError(
            f"links run in a circle: {round_trip}; drop one, nothing can start first"
        ) from None


def _expect_room(problem: Problem, task: Task) -> None:
    """Some mode, with someone who may attend, that fits into an open time of both."""
    if not task.modes:
        raise ScheduleError(f"task {task.name} has no mode; say on which machine and how long")
    people: list[Resource | None] = [None]
    if task.skill:
        people = [p for p in problem.resources if p.kind == "person" and task.skill in p.skills]
        if not people:
            raise ScheduleError(
                f"task {task.name} needs the skill {task.skill}, which nobody has; train or add "
                "someone"
            )
    for mode in task.modes:
        machine = problem.resource[mode.machine] if mode.machine else None
        for person in people:
            if _fits(task, mode.minutes, machine, person):
                return
    shortest = min(mode.minutes for mode in task.modes)
    raise ScheduleError(
        f"task {task.name} takes {shortest} min and fits no time at which machine and person are "
        f"open from {task.earliest} min on; lengthen a shift, add days or split the task"
    )


def _fits(task: Task, minutes: int, machine: Resource | None, person: Resource | None) -> bool:
    every = ((task.earliest, 1 << 40),)
    return any(
        min(b, d) - max(a, c, task.earliest, 0) >= minutes
        for a, b in (machine.open if machine else every)
        for c, d in (person.open if person else every)
    )
