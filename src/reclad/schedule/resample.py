"""Backlogs like the present one, to judge a shop by more than one week."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reclad.schedule.problem import Link, Promise

if TYPE_CHECKING:
    from reclad.schedule.problem import Problem


def resample(problem: Problem, seed: int, load: float = 1.0) -> Problem:
    """`load` times as many orders drawn from those of `problem` with replacement, none begun yet.
    Source: the bootstrap (efron1979). Checked:
    tests/schedule/test_ways_to_grow.py."""
    import numpy as np

    names = [one.order for one in problem.promises]
    rng = np.random.default_rng(seed)
    count = max(1, round(load * len(names)))
    drawn = rng.integers(len(names), size=count).tolist()
    tasks, links, promises = [], [], []
    due = {one.order: one for one in problem.promises}
    for number, index in enumerate(drawn):
        order = names[index]
        mine = [task for task in problem.tasks if task.order == order]
        new = {task.name: f"{number}.{task.name}" for task in mine}
        tasks += [
            replace(task, name=new[task.name], order=f"{number}.{order}", fixed=None)
            for task in mine
        ]
        links += [
            Link(new[one.before], new[one.after], one.least, one.most)
            for one in problem.links
            if one.before in new and one.after in new
        ]
        promises.append(Promise(f"{number}.{order}", due[order].due, due[order].weight))
    return replace(problem, tasks=tuple(tasks), links=tuple(links), promises=tuple(promises))
