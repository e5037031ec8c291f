"""A plan made better piece by piece with CP-SAT: some tasks are free, the rest stays."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from reclad.schedule.problem import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from reclad.schedule.problem import Placed, Problem, Task

WHOLE_PROBLEM = 70  # tasks up to which all are free at once (assumed)
PIECE = 45  # tasks free in one piece (assumed)
PIECE_SECONDS = 2.0  # s for one piece (assumed)


@dataclass(frozen=True)
class Improved:
    """A plan, no worse than the one it began with; the least weighted lateness any plan can have,
    min, where that was proved; and how many pieces were tried and kept."""

    schedule: Schedule
    bound: float | None = None
    tried: int = 0
    kept: int = 0


def has_solver() -> bool:
    """Whether OR-Tools is installed (the extra `schedule`)."""
    return find_spec("ortools") is not None


def value_of(problem: Problem, schedule: Schedule) -> tuple[float, int]:
    """What plans are compared by: weighted lateness, then the sum of all ends, min."""
    return schedule.tardiness(problem), sum(one.end for one in schedule.placed)


def improve(
    problem: Problem,
    start: Schedule,
    *,
    seconds: float = 10.0,
    steps: int | None = None,
    seed: int = 0,
    workers: int = 2,
    say: Callable[[float], None] = lambda _: None,
) -> Improved:
    """A plan no worse than `start`, which must pass `check_schedule`; without OR-Tools, `start`.

    Up to WHOLE_PROBLEM tasks all are free at once; above, the tasks of late orders and their
    neighbours on the same machines and persons are free and the rest is held, piece after piece.
    seconds, or `steps` pieces on one worker: the same plan every time. Source: large neighbourhood
    search (shaw1998) with CP-SAT of OR-Tools. Checked: tests/schedule/test_cp.py.
    """
    if not has_solver():
        return Improved(start)
    free_tasks = {task.name for task in problem.tasks if task.fixed is None}
    if not free_tasks:
        return Improved(start)
    if len(free_tasks) <= WHOLE_PROBLEM:
        return _improve_whole(problem, start, free_tasks, seconds, steps, seed, workers)
    from reclad.schedule.cp_model import solve_piece

    begun, draw, best, tried, kept = time.monotonic(), random.Random(seed), start, 0, 0
    while True:
        left = seconds - (time.monotonic() - begun)
        if (steps is None and left < 0.05) or (steps is not None and tried >= steps):
            return Improved(best, None, tried, kept)
        found = solve_piece(
            problem,
            best,
            pick_piece(problem, best, draw),
            seconds=min(left, PIECE_SECONDS) if steps is None else None,
            workers=workers if steps is None else 1,
            seed=draw.randrange(1 << 30),
        ).schedule
        tried += 1
        if found and value_of(problem, found) < value_of(problem, best):
            best, kept = found, kept + 1
        say(min(1.0, tried / steps if steps else (time.monotonic() - begun) / seconds))


def _improve_whole(
    problem: Problem,
    best: Schedule,
    free: set[str],
    seconds: float,
    steps: int | None,
    seed: int,
    workers: int,
) -> Improved:
    """All tasks free: lateness alone, with a bound; then the ends without more lateness."""
    from reclad.schedule.cp_model import solve_piece

    bound, kept = None, 0
    for alone in (True, False):
        found = solve_piece(
            problem,
            best,
            free,
            seconds=seconds / 2 if steps is None else None,
            workers=workers if steps is None else 1,
            seed=seed,
            lateness_alone=alone,
        )
        bound = found.bound if alone else bound
        if found.schedule and value_of(problem, found.schedule) < value_of(problem, best):
            best, kept = found.schedule, kept + 1
    return Improved(best, bound, 2, kept)


def pick_piece(problem: Problem, schedule: Schedule, draw: random.Random) -> set[str]:
    """Names of tasks to free: those of a late order and what stands in its way, or all within a
    span of time."""
    done, free = schedule.finish(problem), set[str]()
    late = [(p.order, p.weight * (done[p.order] - p.due)) for p in problem.promises]
    late = [(order, cost) for order, cost in late if cost > 0.0]
    orders: dict[str, list[Task]] = defaultdict(list)
    for task in problem.tasks:
        if task.fixed is None:
            orders[task.order].append(task)
    names = [order for order, _ in late if order in orders]
    if names and draw.random() < 0.8:
        weights = [cost for order, cost in late if order in orders]
        first = draw.choices(names, weights)[0]
    else:
        first = draw.choice(list(orders))
    free |= {task.name for task in orders[first]}
    reach = draw.choice((240, 720, 1440, 2880))
    near = _neighbours(problem, schedule, free, reach)
    draw.shuffle(near)
    for order in near:
        if len(free) >= PIECE:
            break
        free |= {task.name for task in orders.get(order, ())}
    return free


def _neighbours(problem: Problem, schedule: Schedule, free: set[str], reach: int) -> list[str]:
    """Orders with a task on the same machine or person within `reach` min of a free one."""
    by: dict[str, list[Placed]] = defaultdict(list)
    for one in schedule.placed:
        for name in {one.machine, one.person} - {None}:
            by[str(name)].append(one)
    found: dict[str, None] = {}
    for name in sorted(free):
        mine = schedule.at[name]
        wanted = {m.machine for m in problem.task[name].modes if m.machine} | {mine.person}
        for resource in sorted(str(one) for one in wanted if one):
            for other in by[resource]:
                if other.start < mine.end + reach // 4 and other.end > mine.start - reach:
                    found[problem.task[other.task].order] = None
    return list(found)
