"""Who does what, where and when: the best plan that rules, search and CP-SAT find together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.schedule.check import check_schedule
from reclad.schedule.cp import has_solver, improve, value_of
from reclad.schedule.dispatch import RULES, order_as_planned, order_groups, place_in_order
from reclad.schedule.encode import encode
from reclad.schedule.possible import expect_possible
from reclad.schedule.search import Budget, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from reclad.schedule.encode import Coded
    from reclad.schedule.problem import Problem, Schedule

SEARCHED = 0.5  # share of the time for the search where CP-SAT follows (assumed)
STEPS_OF_A_PIECE = 200  # steps of the search that one piece of CP-SAT stands for (assumed)


@dataclass(frozen=True)
class Solved:
    """A plan that passes `check_schedule`, and how it was found; all in weighted minutes late.

    by_rule   of each rule's own plan; a rule that finds no room is left out
    searched  after the search; None: it found no room
    solved    after CP-SAT; None: OR-Tools is not installed
    bound     no plan is less late; None: not proved
    """

    schedule: Schedule
    tardiness: float
    by_rule: dict[str, float] = field(default_factory=dict)
    searched: float | None = None
    solved: float | None = None
    bound: float | None = None


def make_schedule(
    problem: Problem,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    start: Schedule | None = None,
    steps: int | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> Solved:
    """The least late plan that can be found in the time: rules, then search, then CP-SAT.

    Never later than orders by due date, nor than `start` where that can still be worked: a plan of
    a smaller shop is a start for a larger one. Times in whole minutes from now. With `steps`
    (placings of all tasks) the clock is not looked at, and the same seed gives the same plan. say:
    share done. Raises ScheduleError where nothing can be planned, with the way out. Without the
    extra `schedule` (OR-Tools) rules and search do it alone. Checked: tests/schedule/test_solve.py.
    """
    expect_possible(problem)
    coded = encode(problem)
    plans: list[Schedule] = []
    by_rule: dict[str, float] = {}
    orders = {rule: order_groups(coded, rule) for rule in RULES}
    for rule, order in orders.items():
        plan = place_in_order(coded, order)
        if plan:
            plans.append(plan)
            by_rule[rule] = plan.tardiness(problem)
    starts = list(orders.values())
    if start and not check_schedule(problem, start):
        plans.append(start)
        starts.append(order_as_planned(coded, start))
    share = SEARCHED if has_solver() else 1.0
    budget = Budget(share * seconds, steps)
    found, _ = search(coded, starts, budget, seed=seed, say=lambda done: say(share * done))
    if found:
        plans.append(found)
    best = min(plans, key=lambda one: value_of(problem, one), default=None)
    searched = found.tardiness(problem) if found else None
    if not has_solver():
        return _proven(problem, best, by_rule, searched, None, None)
    if best is None:
        best = _place_cold(problem, seconds, steps, seed)
    pieces = None if steps is None else max(1, steps // STEPS_OF_A_PIECE)
    better = improve(
        problem,
        best,
        seconds=(1.0 - share) * seconds,
        steps=pieces,
        seed=seed,
        say=lambda done: say(share + (1.0 - share) * done),
    )
    best = _tighten(coded, better.schedule)
    solved = best.tardiness(problem)
    return _proven(problem, best, by_rule, searched, solved, better.bound)


def _place_cold(problem: Problem, seconds: float, steps: int | None, seed: int) -> Schedule:
    """Where every rule and the search ran into a wall: CP-SAT from nothing."""
    from reclad.schedule.cp_model import solve_piece

    free = {task.name for task in problem.tasks if task.fixed is None}
    limit = seconds if steps is None else None
    found = solve_piece(problem, None, free, seconds=limit, workers=1, seed=seed).schedule
    if found is None:
        raise _no_room()
    return found


def _tighten(coded: Coded, schedule: Schedule) -> Schedule:
    """The tasks placed anew in the order of the plan, where that is better."""
    again = place_in_order(coded, order_as_planned(coded, schedule))
    plans = [schedule, again] if again else [schedule]
    return min(plans, key=lambda one: value_of(coded.problem, one))


def _proven(
    problem: Problem,
    schedule: Schedule | None,
    by_rule: dict[str, float],
    searched: float | None,
    solved: float | None,
    bound: float | None,
) -> Solved:
    """The answer, once the independent check has passed it."""
    if schedule is None:
        raise _no_room()
    faults = check_schedule(problem, schedule)
    if faults:
        raise ScheduleError(f"the plan found breaks a rule, report this: {faults[0]}")
    late = schedule.tardiness(problem)
    return Solved(schedule, late, by_rule, searched, solved, bound)


def _no_room() -> ScheduleError:
    return ScheduleError(
        "no plan found: something fits nowhere in the hours given; open more days or people, or "
        "free a fixed task that a successor must follow soon"
    )
