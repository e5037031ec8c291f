"""A problem, its plan and what is done again, as the plain arrays the kernels carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reclad.schedule import _turn_kernels as k

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from reclad.schedule.chances import Uncertainty
    from reclad.schedule.problem import Placed, Problem, Resource, Schedule, Task

WEEK = 7 * 24 * 60  # min
_MORE_WEEKS = 60  # a calendar that ends goes on as its last week


def orders_of(problem: Problem) -> tuple[str, ...]:
    """Orders as they first come up among the tasks."""
    return tuple(dict.fromkeys(task.order for task in problem.tasks))


class Plan(NamedTuple):
    """The first arguments of `carry`, in its order."""

    tasks: NDArray[np.float64]
    resources: NDArray[np.float64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    windows: NDArray[np.float64]
    queue: NDArray[np.int64]
    redo: NDArray[np.int64]
    down: NDArray[np.int64]


def lay_out(problem: Problem, schedule: Schedule, uncertainty: Uncertainty) -> Plan:
    """The plan as arrays; schedule must place every task of the problem."""
    index = {task.name: i for i, task in enumerate(problem.tasks)}
    befores: list[list[tuple[float, ...]]] = [[] for _ in index]
    afters: list[list[tuple[float, ...]]] = [[] for _ in index]
    for link in problem.links:
        waits = (float(link.least), -1.0 if link.most is None else float(link.most))
        befores[index[link.after]].append((index[link.before], *waits))
        afters[index[link.before]].append((index[link.after], *waits))
    follows = [[int(one[0]) for one in those] for those in afters]
    placed = [schedule.at[task.name] for task in problem.tasks]
    rank = _ranks(placed, follows)
    queues: dict[str | None, list[int]] = {}
    for i in sorted(index.values(), key=lambda i: rank[i]):
        for name in (placed[i].machine, placed[i].person):
            queues.setdefault(name, []).append(i)
    redone = _redone(problem.tasks, follows, uncertainty)
    down = [sorted(_reached([i], follows)) if again else [] for i, again in enumerate(redone)]
    tasks = _tasks(problem, placed, rank, uncertainty)
    for link in problem.links:
        if link.most is not None:
            # What must be followed soon keeps to the plan's hour: others may come between.
            row = tasks[index[link.before]]
            row[k.EARLIEST] = max(row[k.EARLIEST], schedule.at[link.before].start)
    for column, lists in ((k.BEFORE, befores), (k.AFTER, afters), (k.REDO, redone), (k.DOWN, down)):
        tasks[:, column : column + 2] = _spans(lists)
    resources = _resources(problem, _families(problem))
    for link in problem.links:
        if link.most is not None and (on := schedule.at[link.after].machine) is not None:
            resources[[one.name for one in problem.resources].index(on), k.SOON] = 1
    queue = [queues.get(one.name, []) for one in problem.resources]
    windows = [_windows(one) for one in problem.resources]
    resources[:, k.WINDOW : k.WINDOW_END + 1] = _spans(windows)
    resources[:, k.QUEUE : k.QUEUE_END + 1] = _spans(queue)
    return Plan(
        tasks,
        resources,
        _rows(befores, 3),
        _rows(afters, 3),
        _rows(windows, 2),
        _row(queue),
        _row(redone),
        _row(down),
    )


def _families(problem: Problem) -> dict[str, int]:
    names = [task.family for task in problem.tasks] + [one.family for one in problem.resources]
    return {name: n for n, name in enumerate(dict.fromkeys(names))}


def _tasks(
    problem: Problem, placed: Sequence[Placed], rank: Sequence[int], uncertainty: Uncertainty
) -> NDArray[np.float64]:
    resource = {one.name: r for r, one in enumerate(problem.resources)}
    furnaces = {one.name for one in problem.resources if one.kind == "furnace"}
    order = {name: n for n, name in enumerate(orders_of(problem))}
    effort = {process: one.effort for one in uncertainty.reworks for process in one.again}
    family = _families(problem)
    batches: dict[tuple[str, int], int] = {}
    rows = np.zeros((len(placed), 19))
    for i, (task, at) in enumerate(zip(problem.tasks, placed, strict=True)):
        begun = task.fixed is not None and task.fixed.start <= 0
        held = task.fixed.start if task.fixed is not None else task.earliest
        rows[i, k.MINUTES] = at.end - at.start
        rows[i, k.MACHINE] = k.NOBODY if at.machine is None else resource[at.machine]
        rows[i, k.PERSON] = k.NOBODY if at.person is None else resource[at.person]
        rows[i, k.SHARE] = task.share
        rows[i, k.FAMILY] = family[task.family]
        rows[i, k.EARLIEST] = max(task.earliest, held)
        rows[i, k.BEGUN] = at.start if begun else -k.NEVER
        rows[i, k.RANK] = rank[i]
        rows[i, k.ORDER] = order[task.order]
        rows[i, k.BATCH] = -1
        rows[i, k.EFFORT] = effort.get(task.process, 1.0)
        if at.machine in furnaces:
            rows[i, k.BATCH] = batches.setdefault((str(at.machine), at.start), len(batches))
    return rows


def _resources(problem: Problem, family: dict[str, int]) -> NDArray[np.float64]:
    rows = np.zeros((len(problem.resources), 9))
    for r, one in enumerate(problem.resources):
        rows[r, k.CHANGEOVER] = one.changeover
        rows[r, k.PLACES] = one.places
        rows[r, k.SET_UP] = family[one.family] if one.family else -1
        rows[r, k.TOGETHER] = one.kind == "furnace"
    return rows


def _windows(one: Resource) -> list[tuple[int, int]]:
    """Its windows, and after the last of them the last week over and over."""
    if not one.open:
        return []
    last = one.open[-1][1]
    week = [(start, end) for start, end in one.open if end > last - WEEK]
    period = max(WEEK, last - week[0][0])
    more = [(s + n * period, e + n * period) for n in range(1, _MORE_WEEKS + 1) for s, e in week]
    return [*one.open, *more]


def _ranks(placed: Sequence[Placed], follows: Sequence[Sequence[int]]) -> list[int]:
    """The plan's order: by start, then by what must come first."""
    steps = [0] * len(placed)
    by_start = sorted(range(len(placed)), key=lambda i: (placed[i].start, placed[i].end))
    for i in by_start:
        for j in follows[i]:
            steps[j] = max(steps[j], steps[i] + 1)
    rank = [0] * len(placed)
    key = sorted(range(len(placed)), key=lambda i: (placed[i].start, placed[i].end, steps[i]))
    for n, i in enumerate(key):
        rank[i] = n
    return rank


def _reached(start: Iterable[int], follows: Sequence[Sequence[int]]) -> set[int]:
    """All that comes after, `start` itself left out unless it is reached again."""
    seen: set[int] = set()
    todo = list(start)
    while todo:
        for j in follows[todo.pop()]:
            if j not in seen:
                seen.add(j)
                todo.append(j)
    return seen


def _redone(
    tasks: Sequence[Task], follows: Sequence[Sequence[int]], uncertainty: Uncertainty
) -> list[list[int]]:
    """Of each task, what is done again when it is found wanting: within its own order, the named
    processes before it, all between, and itself."""
    leads: list[list[int]] = [[] for _ in tasks]
    for i, after in enumerate(follows):
        for j in after:
            leads[j].append(i)
    again = {one.found_at: one for one in uncertainty.reworks}
    found: list[list[int]] = []
    for i, task in enumerate(tasks):
        rework = again.get(task.process)
        if rework is None:
            found.append([])
            continue
        earlier = {j for j in _reached([i], leads) if tasks[j].order == task.order}
        named = [j for j in earlier if tasks[j].process in rework.again]
        found.append(sorted({i, *named, *(earlier & _reached(named, follows))}))
    return found


def _spans(lists: Sequence[Sequence[object]]) -> NDArray[np.float64]:
    """Where each list begins and ends when they stand behind each other."""
    ends = np.cumsum([len(one) for one in lists], dtype=np.float64)
    return np.column_stack([np.concatenate([[0.0], ends[:-1]]), ends])


def _rows(lists: Sequence[Sequence[tuple[float, ...]]], columns: int) -> NDArray[np.float64]:
    items = [item for one in lists for item in one]
    return np.array(items, dtype=np.float64).reshape(len(items), columns)


def _row(lists: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    return np.array([item for one in lists for item in one], dtype=np.int64)
