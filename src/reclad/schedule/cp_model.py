"""Some tasks free, the rest held: the problem of that piece for CP-SAT, and its answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.schedule.cp_rules import Piece, add_links, add_machines, add_persons, add_task
from reclad.schedule.encode import start_bounds
from reclad.schedule.problem import Placed, Schedule

if TYPE_CHECKING:
    from ortools.sat.python import cp_model as cp

    from reclad.schedule.problem import Problem, Task

SCALE = 100  # a weight of an order counts in hundredths
LATE = 20  # min of all ends together that a minute of lateness outweighs in a piece (assumed)
EFFORT = 0.3  # deterministic time of CP-SAT for a piece where no clock may tell (assumed)


@dataclass(frozen=True)
class Answer:
    """The best plan found (None: none), and the least weighted lateness (min) that was proved."""

    schedule: Schedule | None
    bound: float | None


def solve_piece(
    problem: Problem,
    start: Schedule | None,
    free: set[str],
    *,
    seconds: float | None,
    workers: int,
    seed: int,
    moved: dict[str, Placed] | None = None,
    near: int = 0,
    most_late: float | None = None,
    lateness_alone: bool = False,
) -> Answer:
    """The best plan with `free` tasks anywhere and all others as in `start`, begun from `start`.

    seconds None: a fixed effort instead, the same on any machine. moved: the places tasks had; then
    as few as possible leave machine, person or (before `near` min) start, while weighted lateness
    is at most `most_late` min.
    lateness_alone: ends do not count; the bound holds for the whole problem if all tasks are free
    that are not fixed.
    Checked: tests/schedule/test_cp.py.
    """
    from ortools.sat.python import cp_model

    held = {one.task: one for one in start.placed if one.task not in free} if start else {}
    held |= {task.name: task.fixed for task in problem.tasks if task.fixed}
    horizon = _horizon(problem, start)
    piece = Piece(problem, held, horizon, cp_model.CpModel())
    bounds = start_bounds(problem)
    for task in problem.tasks:
        if task.name in free:
            piece.choices[task.name] = add_task(piece, task, bounds[task.name])
    add_machines(piece)
    add_persons(piece)
    add_links(piece)
    lateness = _add_lateness(piece, start, most_late)
    ends = sum(one.end for one in piece.choices.values())
    if lateness_alone:
        piece.model.minimize(lateness)
    elif moved is None:
        piece.model.minimize(LATE * lateness + ends)
    else:
        piece.model.minimize(_add_moves(piece, moved, near) * len(free) * horizon + ends)
    if start:
        _hint(piece, start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    # Its own handler of Ctrl-C ends the process where a solve has run in a thread.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed
    if seconds is None:
        solver.parameters.max_deterministic_time = EFFORT
    else:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    status = solver.solve(piece.model)
    bound = None
    if lateness_alone:
        bound = max(0.0, solver.best_objective_bound / SCALE)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Answer(None, bound)
    return Answer(_read(piece, solver), bound)


def _horizon(problem: Problem, start: Schedule | None) -> int:
    last = max((end for one in problem.resources for _, end in one.open), default=0)
    placed = start.makespan if start else 0
    loose = sum(max(m.minutes for m in t.modes) for t in problem.tasks if _roams(t))
    return max(last, placed) + loose + sum(link.least for link in problem.links)


def _roams(task: Task) -> bool:
    return not task.skill and any(mode.machine is None for mode in task.modes)


def _add_lateness(piece: Piece, start: Schedule | None, most_late: float | None) -> Any:
    """Weighted lateness in hundredths of a minute, no more than it was or may be."""
    steps: dict[str, list[Any]] = defaultdict(list)
    still: dict[str, int] = defaultdict(int)
    for task in piece.problem.tasks:
        if task.name in piece.choices:
            steps[task.order].append(piece.choices[task.name].end)
        else:
            still[task.order] = max(still[task.order], piece.held[task.name].end)
    total: Any = 0
    for promise in piece.problem.promises:
        weight = _hundredths(promise.weight)
        kept = max(0, still[promise.order] - promise.due)
        if not steps[promise.order]:
            total += weight * kept
            continue
        top = max(kept, 2 * piece.horizon + abs(promise.due))
        late = piece.model.new_int_var(kept, top, f"{promise.order} late")
        for end in steps[promise.order]:
            piece.model.add(late >= end - promise.due)
        total += weight * late
    if most_late is not None:
        piece.model.add(total <= int(SCALE * most_late + 1e-6))
    elif start:
        done = start.finish(piece.problem)
        was = sum(
            _hundredths(one.weight) * max(0, done[one.order] - one.due)
            for one in piece.problem.promises
        )
        piece.model.add(total <= was)
    return total


def _hundredths(weight: float) -> int:
    # Rounded down: what is proved of these weights then holds for the true ones.
    return int(SCALE * weight + 1e-6)


def _add_moves(piece: Piece, moved: dict[str, Placed], near: int) -> Any:
    """How many free tasks leave the place they had."""
    count: Any = 0
    for name, choice in piece.choices.items():
        old = moved.get(name)
        if old is None:
            continue
        stays = piece.model.new_bool_var(f"{name} stays")
        if old.start < near:
            piece.model.add(choice.start == old.start).only_enforce_if(stays)
        else:
            piece.model.add(choice.start >= near).only_enforce_if(stays)
        here = [
            choice.modes[n] for n, m in enumerate(choice.task.modes) if m.machine == old.machine
        ]
        piece.model.add_bool_or([stays.negated(), *here])
        if choice.persons:
            present = choice.persons.get(old.person or "")
            piece.model.add_bool_or([stays.negated(), *([] if present is None else [present])])
        count += 1 - stays
    return count


def _hint(piece: Piece, start: Schedule) -> None:
    for name, choice in piece.choices.items():
        placed = start.at[name]
        piece.model.add_hint(choice.start, placed.start)
        piece.model.add_hint(choice.end, placed.end)
        for n, mode in enumerate(choice.task.modes):
            taken = (mode.machine, mode.minutes) == (placed.machine, placed.end - placed.start)
            piece.model.add_hint(choice.modes[n], taken)
        for who, present in choice.persons.items():
            piece.model.add_hint(present, who == placed.person)


def _read(piece: Piece, solver: cp.CpSolver) -> Schedule:
    """The plan as solved; held tasks as they were."""
    rows = []
    for task in piece.problem.tasks:
        choice = piece.choices.get(task.name)
        if choice is None:
            rows.append(piece.held[task.name])
            continue
        mode = next(m for n, m in enumerate(task.modes) if solver.boolean_value(choice.modes[n]))
        who = next((w for w, p in choice.persons.items() if solver.boolean_value(p)), None)
        start = solver.value(choice.start)
        rows.append(Placed(task.name, start, start + mode.minutes, mode.machine, who))
    return Schedule(tuple(rows))
