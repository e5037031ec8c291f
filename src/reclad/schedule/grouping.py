"""Tasks that are placed together because none may wait long for the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reclad.schedule.problem import Problem


@dataclass(frozen=True)
class Group:
    """Tasks in the order of their links, the groups that follow, how many must come before."""

    tasks: tuple[str, ...]
    following: tuple[int, ...]
    waits: int


def group_tasks(problem: Problem) -> tuple[Group, ...]:
    """Tasks bound by a longest wait in one group each, all others alone; fixed tasks in none.

    Groups that would wait for each other become one. Source: definition. Checked:
    tests/schedule/test_dispatch.py.
    """
    leader = {task.name: task.name for task in problem.tasks if task.fixed is None}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = name = leader[leader[name]]
        return name

    free = [link for link in problem.links if link.before in leader and link.after in leader]
    for link in free:
        if link.most is not None:
            leader[lead(link.after)] = lead(link.before)
    while True:
        before: dict[str, set[str]] = {lead(name): set() for name in leader}
        for link in free:
            if lead(link.before) != lead(link.after):
                before[lead(link.after)].add(lead(link.before))
        try:
            tuple(TopologicalSorter(before).static_order())
            break
        except CycleError as error:
            for name in error.args[1][1:]:
                leader[lead(name)] = lead(error.args[1][0])
    return _collect(problem, {name: lead(name) for name in leader}, before)


def _collect(
    problem: Problem, leader: dict[str, str], before: dict[str, set[str]]
) -> tuple[Group, ...]:
    links: dict[str, set[str]] = {name: set() for name in problem.task}
    for link in problem.links:
        links[link.after].add(link.before)
    tasks = defaultdict(list)
    for name in TopologicalSorter(links).static_order():
        if name in leader:
            tasks[leader[name]].append(name)
    # Numbered as the problem names them: the same problem gives the same groups.
    number = {name: n for n, name in enumerate(dict.fromkeys(leader.values()))}
    following = defaultdict(list)
    for name, earlier in before.items():
        for one in earlier:
            following[one].append(number[name])
    return tuple(
        Group(tuple(tasks[name]), tuple(sorted(following[name])), len(before[name]))
        for name in number
    )
