"""A problem as arrays for the kernels, and their places as a plan again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np

from reclad.schedule._fit_kernels import FAR, Floats, Ints, Shop, Work
from reclad.schedule._resume_kernels import Kept
from reclad.schedule.grouping import group_tasks
from reclad.schedule.problem import Placed, Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.schedule.problem import Problem, Task


@dataclass(frozen=True, eq=False)
class Coded:
    """A problem with its arrays; tasks, resources and orders are numbered as they stand."""

    problem: Problem
    shop: Shop
    orders: tuple[str, ...]

    @cached_property
    def number(self) -> dict[str, int]:
        return {task.name: n for n, task in enumerate(self.problem.tasks)}

    @cached_property
    def resource(self) -> dict[str, int]:
        return {one.name: n for n, one in enumerate(self.problem.resources)}

    def room(self) -> Work:
        """Fresh arrays to work in."""
        groups, count = self.shop.waits.size, len(self.problem.resources)
        slots = len(self.problem.tasks) + 1
        return Work(
            _empty(count, slots, 4),
            _empty(count),
            _empty(count, 2 * slots + 2, 2),
            _empty(count),
            _empty(slots - 1, 4),
            _empty(len(self.orders)),
            _empty(slots - 1),
            *(_empty(groups) for _ in range(5)),
        )

    def states(self, count: int) -> Kept:
        """Fresh arrays for the states of `count` positions, or of all where there are fewer."""
        count = max(1, min(count, self.shop.waits.size))
        work, twice = self.room(), 2 * count
        return Kept(
            _empty(twice, *work.busy.shape),
            _empty(twice, *work.blocks.shape),
            _empty(twice, *work.steps.shape),
            _empty(twice, *work.turns.shape),
            _empty(twice, *work.place.shape),
            _empty(twice, *work.finish.shape),
            np.zeros((twice, 2)),
            _empty(count),
            np.full(self.shop.waits.size, -1, dtype=np.int64),
        )

    def schedule(self, place: Ints) -> Schedule:
        """The plan that (T, 4) places stand for."""
        names = [one.name for one in self.problem.resources]
        rows = zip(self.problem.tasks, place.tolist(), strict=True)
        return Schedule(
            tuple(
                Placed(task.name, a, b, *(names[n] if n >= 0 else None for n in where))
                for task, (a, b, *where) in rows
            )
        )

    def places(self, schedule: Schedule) -> Ints:
        """(T, 4) places of a plan; start -FAR where a task is not in it."""
        place = np.full((len(self.problem.tasks), 4), -1, dtype=np.int64)
        place[:, 0] = -FAR
        for one in schedule.placed:
            if one.task in self.number:
                where = [self._index(one.machine), self._index(one.person)]
                place[self.number[one.task]] = [one.start, one.end, *where]
        return place

    def _index(self, name: str | None) -> int:
        return self.resource.get(name, -1) if name else -1


def encode(problem: Problem) -> Coded:
    """The arrays of a problem that passes `expect_possible`. Checked: tests/schedule/
    test_dispatch.py, through what is placed by them."""
    tasks, resources = problem.tasks, problem.resources
    orders = tuple(dict.fromkeys(task.order for task in tasks))
    number = {task.name: n for n, task in enumerate(tasks)}
    resource = {one.name: n for n, one in enumerate(resources)}
    families = {name: n for n, name in enumerate(_families(problem))}
    order_of = _whole([orders.index(task.order) for task in tasks])
    hours_at, hours = _rows([[list(w) for w in one.open] for one in resources], 2)
    mode_at, modes = _rows(
        [[[resource[m.machine] if m.machine else -1, m.minutes] for m in t.modes] for t in tasks], 2
    )
    who_at, who = _rows([[[n] for n in _attendants(problem, task)] for task in tasks], 1)
    before: dict[int, list[list[int]]] = defaultdict(list)
    for link in problem.links:
        most = FAR if link.most is None else link.most
        before[number[link.after]].append([number[link.before], link.least, most])
    before_at, before_rows = _rows([before[n] for n in range(len(tasks))], 3)
    bounds = start_bounds(problem)
    groups = group_tasks(problem)
    group_at, member = _rows([[[number[name]] for name in group.tasks] for group in groups], 1)
    next_at, following = _rows([[[n] for n in group.following] for group in groups], 1)
    fixed = [(n, t.fixed) for n, t in enumerate(tasks) if t.fixed]
    promised = {one.order: one for one in problem.promises}
    shop = Shop(
        hours_at=hours_at,
        hours=hours,
        traits=_whole(
            [
                [
                    r.kind == "furnace",
                    r.places,
                    r.changeover,
                    families[r.family] if r.family else -1,
                ]
                for r in resources
            ],
            4,
        ),
        mode_at=mode_at,
        modes=modes,
        who_at=who_at,
        who=who.ravel(),
        before_at=before_at,
        before=before_rows,
        facts=_whole(
            [[families[t.family], t.share, bool(t.skill), *bounds[t.name]] for t in tasks],
            5,
        ),
        group_at=group_at,
        member=member.ravel(),
        next_at=next_at,
        following=following.ravel(),
        waits=_whole([group.waits for group in groups]),
        urgent=_whole([min(bounds[t][1] for t in group.tasks) < FAR for group in groups]),
        fixed=_whole(
            [
                [n, p.start, p.end]
                + [resource[name] if name else -1 for name in (p.machine, p.person)]
                for n, p in fixed
            ],
            5,
        ),
        order_of=order_of,
        owner=_whole([order_of[number[group.tasks[0]]] for group in groups]),
        due=_whole([promised[o].due if o in promised else 0 for o in orders]),
        weight=_real([promised[o].weight if o in promised else 0.0 for o in orders]),
    )
    return Coded(problem, shop, orders)


def start_bounds(problem: Problem) -> dict[str, tuple[int, int]]:
    """Earliest and latest start (min; FAR: any) of every task that its own earliest start and the
    fixed tasks before and after it leave, whichever of its modes is taken."""
    longest = {t.name: max((m.minutes for m in t.modes), default=0) for t in problem.tasks}
    earliest = {t.name: max(0, t.earliest) for t in problem.tasks}
    latest = {t.name: FAR for t in problem.tasks}
    after = defaultdict(list)
    for link in problem.links:
        after[link.before].append(link)
        fixed = problem.task[link.before].fixed
        if fixed and link.most is not None:
            latest[link.after] = min(latest[link.after], fixed.end + link.most)
    links = {name: {link.after for link in after[name]} for name in problem.task}
    for name in TopologicalSorter(links).static_order():
        for link in after[name]:
            fixed = problem.task[link.after].fixed
            start = fixed.start if fixed else latest[link.after]
            if start < FAR:
                latest[name] = min(latest[name], start - link.least - longest[name])
            if fixed and link.most is not None:
                shortest = min((m.minutes for m in problem.task[name].modes), default=0)
                earliest[name] = max(earliest[name], fixed.start - link.most - shortest)
    return {name: (earliest[name], latest[name]) for name in problem.task}


def _families(problem: Problem) -> list[str]:
    found = [task.family for task in problem.tasks] + [one.family for one in problem.resources]
    return list(dict.fromkeys(found))


def _attendants(problem: Problem, task: Task) -> list[int]:
    """Who may attend, those with fewest skills first: the many-skilled stay free for the rest."""
    able = [
        (len(one.skills), n)
        for n, one in enumerate(problem.resources)
        if one.kind == "person" and task.skill and task.skill in one.skills
    ]
    return [n for _, n in sorted(able)]


def _rows(rows: Sequence[Sequence[Sequence[int]]], width: int) -> tuple[Ints, Ints]:
    """Where the rows of each begin (N + 1,), and all of them (., width)."""
    at = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return at, _whole([one for row in rows for one in row], width)


def _empty(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)


def _whole(values: Sequence[object], width: int = 0) -> Ints:
    shape = (len(values), width) if width else (len(values),)
    return np.array(values, dtype=np.int64).reshape(shape)


def _real(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)
