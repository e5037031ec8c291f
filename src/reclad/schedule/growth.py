"""Every way in which a shop might grow, for the capacity advisor to weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.schedule.options import AddMachine, AddPerson, AddPlaces, AddShift, Train

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reclad.schedule.options import Option
    from reclad.schedule.problem import Problem

LONGER = 240  # min that a shift is made longer


def ways_to_grow(problem: Problem) -> tuple[Option, ...]:
    """One more of each machine that has work, a place more in each furnace, four hours longer for a
    machine and those who may run it, one more of each person, and each skill that somebody lacks.

    Alike resources are named once. Checked: tests/schedule/test_ways_to_grow.py.
    """
    return tuple(_ways(problem))


def _ways(problem: Problem) -> Iterator[Option]:
    used: dict[str, set[str]] = {}
    for task in problem.tasks:
        for mode in task.modes:
            if mode.machine is not None:
                used.setdefault(mode.machine, set()).add(task.skill)
    seen: set[tuple[object, ...]] = set()
    for one in problem.resources:
        if one.name not in used or one.kind == "person":
            continue
        alike = (one.kind, one.open, frozenset(_work(problem, one.name)))
        if alike in seen:
            continue
        seen.add(alike)
        if one.kind == "furnace":
            yield AddPlaces(one.name)
            continue
        yield AddMachine(one.name)
        able = [
            person.name
            for person in problem.resources
            if person.kind == "person" and used[one.name] & person.skills
        ]
        yield AddShift((one.name, *able), LONGER)
    wanted = {task.skill for task in problem.tasks if task.skill}
    for person in problem.resources:
        if person.kind == "person":
            if person.skills & wanted:
                yield AddPerson(person.name)
            lacks = wanted - person.skills
            if lacks:
                yield Train(person.name, frozenset(lacks))


def _work(problem: Problem, machine: str) -> Iterator[tuple[str, int]]:
    """The tasks a machine may do, with their minutes there."""
    for task in problem.tasks:
        for mode in task.modes:
            if mode.machine == machine:
                yield task.name, mode.minutes
