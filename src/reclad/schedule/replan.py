"""A new plan after a delay or a breakdown that leaves as much as it can where it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ScheduleError
from reclad.schedule.check import check_schedule
from reclad.schedule.cp import has_solver, value_of
from reclad.schedule.dispatch import order_as_planned, place_in_order
from reclad.schedule.encode import Coded, encode
from reclad.schedule.moves import NEAR, Move, list_moves
from reclad.schedule.search import Budget, search
from reclad.schedule.solve import Solved, make_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reclad.schedule._fit_kernels import Flags
    from reclad.schedule.problem import Problem, Schedule

TOLERANCE = 0.05  # share of the least lateness found that less disturbance may cost (assumed)
SLACK = 60.0  # weighted min late that less disturbance may cost at least (assumed)
BEST, STILL = 0.5, 0.25  # shares of the time: least late, and standing still (assumed)
MOVABLE = 150  # tasks free in the last step, where CP-SAT counts moves (assumed)


@dataclass(frozen=True)
class Replanned:
    """A plan that passes `check_schedule` for `problem` (what began is fixed in it), what moved,
    and the lateness that was allowed (weighted min): that of the least late plan found, `best`,
    and the tolerance."""

    problem: Problem
    schedule: Schedule
    tardiness: float
    moves: tuple[Move, ...]
    best: Solved
    allowed: float


def replan(
    problem: Problem,
    previous: Schedule,
    *,
    now: int = 0,
    tolerance: float = TOLERANCE,
    seconds: float = 20.0,
    seed: int = 0,
    steps: int | None = None,
) -> Replanned:
    """The plan that moves fewest tasks among those little later than the least late plan found.

    problem: as it is now (a machine's hours cut, a task longer, a fixed task that ends later), on
    the same clock as `previous`; now: min on that clock. Tasks of `previous` that began before now
    stay as they were, unless the problem itself fixes them; all others begin at `now` or later.
    tolerance: share of the least weighted lateness that may be given away for less disturbance
    (an hour at least). A move is told by `list_moves`. seconds, seed, steps: as `make_schedule`.
    Raises ScheduleError. Checked: tests/schedule/test_replan.py.
    """
    if not 0.0 <= tolerance < float("inf"):
        raise ScheduleError(f"tolerance {tolerance}: give a share of lateness, 0 or more")
    begun = freeze(problem, previous, now)
    best = make_schedule(begun, seconds=BEST * seconds, seed=seed, steps=steps, start=previous)
    allowed = best.tardiness + max(SLACK, tolerance * best.tardiness)
    budget = Budget(STILL * seconds, steps)
    plans = [best.schedule, *_still_plans(begun, previous, best.schedule, budget, seed)]
    plans = [one for one in plans if one.tardiness(begun) <= allowed]
    best_plan = min(plans, key=lambda one: _rank(begun, previous, one, now))
    if has_solver():
        limit = None if steps is not None else (1.0 - BEST - STILL) * seconds
        best_plan = _settle(begun, previous, best_plan, now, allowed, limit, seed)
    faults = check_schedule(begun, best_plan)
    if faults:
        raise ScheduleError(f"the new plan breaks a rule, report this: {faults[0]}")
    moves = list_moves(previous, best_plan, now=now)
    return Replanned(begun, best_plan, best_plan.tardiness(begun), moves, best, allowed)


def freeze(problem: Problem, previous: Schedule, now: int) -> Problem:
    """The problem at `now` (min): what began before is fixed, the rest begins at `now` or later."""
    tasks = []
    for task in problem.tasks:
        old = previous.at.get(task.name)
        if task.fixed is None and old and old.start < now:
            tasks.append(replace(task, fixed=old))
        elif task.fixed is None:
            tasks.append(replace(task, earliest=max(task.earliest, now)))
        else:
            tasks.append(task)
    return replace(problem, tasks=tuple(tasks))


def _rank(
    problem: Problem, previous: Schedule, schedule: Schedule, now: int
) -> tuple[int, float, int]:
    """Fewest moves first, then the value of the plan."""
    return (len(list_moves(previous, schedule, now=now)), *value_of(problem, schedule))


def _still_plans(
    problem: Problem, previous: Schedule, best: Schedule, budget: Budget, seed: int
) -> Iterator[Schedule]:
    """Plans whose tasks stay where they were wherever they can: first all, then all but those of
    orders that come out late."""
    coded = encode(problem)
    if coded.shop.waits.size == 0:
        return
    old = coded.places(previous)
    starts = [order_as_planned(coded, one) for one in (_with_all(previous, best), best)]
    late: set[str] = set()
    for part in (0.5, 0.3, 0.2):
        stays = _may_stay(coded, previous, late)
        unmoved = place_in_order(coded, starts[0], (old, stays))
        if unmoved:
            yield unmoved
        share = None if budget.steps is None else max(1, int(part * budget.steps))
        some = Budget(part * budget.seconds, share)
        plan, _ = search(coded, starts, some, seed=seed, keep=(old, stays))
        if plan is None:
            continue
        yield plan
        done = plan.finish(problem)
        late |= {one.order for one in problem.promises if done[one.order] > one.due}


def _with_all(previous: Schedule, best: Schedule) -> Schedule:
    """The previous plan, with tasks it does not know where the best plan has them."""
    return replace(best, placed=tuple(previous.at.get(one.task, one) for one in best.placed))


def _may_stay(coded: Coded, previous: Schedule, late: set[str]) -> Flags:
    """(T,) whether a task may stay where it was: a mode and a person it still has."""
    problem = coded.problem
    stays = np.zeros(len(problem.tasks), dtype=bool)
    for n, task in enumerate(problem.tasks):
        old = previous.at.get(task.name)
        if task.fixed or old is None or task.order in late:
            continue
        length = old.end - old.start
        mode = any((m.machine, m.minutes) == (old.machine, length) for m in task.modes)
        person = problem.resource.get(old.person or "")
        attended = task.skill in person.skills if person and task.skill else old.person is None
        stays[n] = mode and attended and bool(person) == bool(task.skill)
    return stays


def _settle(
    problem: Problem,
    previous: Schedule,
    schedule: Schedule,
    now: int,
    allowed: float,
    seconds: float | None,
    seed: int,
) -> Schedule:
    """Moved tasks and the rest of their orders set back where they were, as many as CP-SAT can."""
    from reclad.schedule.cp_model import solve_piece

    moves = list_moves(previous, schedule, now=now)
    orders = {problem.task[move.task].order for move in moves}
    free = [t.name for t in problem.tasks if t.fixed is None and t.order in orders]
    if not free:
        return schedule
    found = solve_piece(
        problem,
        schedule,
        set(free[:MOVABLE]),
        seconds=seconds,
        workers=1 if seconds is None else 2,
        seed=seed,
        moved=dict(previous.at),
        near=now + NEAR,
        most_late=allowed,
    ).schedule
    plans = [schedule]
    if found and not check_schedule(problem, found) and found.tardiness(problem) <= allowed:
        plans.append(found)
    return min(plans, key=lambda one: _rank(problem, previous, one, now))
