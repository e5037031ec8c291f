"""A job shop by constraint programming: plans and proofs, where OR-Tools is installed."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from reclad.schedule.jobshop import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reclad.schedule.jobshop import JobShop


def has_solver() -> bool:
    """Whether OR-Tools can be used."""
    from importlib.util import find_spec

    return find_spec("ortools") is not None


def prove(
    shop: JobShop,
    *,
    seconds: float,
    seed: int,
    workers: int,
    hint: Sequence[Step] = (),
    least: int = 0,
    found: Callable[[list[Step]], None] = lambda _: None,
    bounded: Callable[[int], None] = lambda _: None,
    stop: Event | None = None,
) -> None:
    """Tell every better plan to `found` and every higher bound on the makespan to `bounded`.

    seconds, workers  of the solver (CP-SAT)
    hint              a plan to begin from; no worse one is sought
    least             a bound known before
    stop              set by others: the solver ends
    Needs OR-Tools (`has_solver`). Source: the usual model of a flexible job shop, an optional
    interval per alternative and no overlap per machine. Checked: tests/schedule/test_jobshop.py.
    """
    from ortools.sat.python import cp_model

    model, starts, chosen = _model(shop, hint, least)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.0)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    # Ctrl-C is the caller's: caught by the solver too, it aborts the process once that is done.
    solver.parameters.catch_sigint_signal = False
    # One worker alone never mends a plan part by part; taking turns, it does.
    solver.parameters.interleave_search = workers == 1

    class Told(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            found(_plan(shop, self, starts, chosen))

    solver.best_bound_callback = lambda bound: bounded(round(bound))
    done = Event()
    if stop is not None:
        Thread(target=_end_with, args=(solver, stop, done), daemon=True).start()
    try:
        status = solver.solve(model, Told())
    finally:
        done.set()
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bounded(round(solver.best_objective_bound))


def _end_with(solver: Any, stop: Event, done: Event) -> None:
    """End the solver when others say so; asked before it has begun, it would not hear."""
    while not done.wait(0.05):
        if stop.is_set():
            solver.stop_search()


def _model(shop: JobShop, hint: Sequence[Step], least: int) -> tuple[Any, Any, Any]:
    """The model, and its variables: start per operation, choice per operation and machine."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    latest = max((step.end for step in hint), default=0) or sum(
        max(ways.values()) for job in shop.jobs for ways in job
    )
    hinted = {(step.job, step.operation): step for step in hint}
    makespan = model.new_int_var(least, latest, "")
    starts: dict[tuple[int, int], Any] = {}
    chosen: dict[tuple[int, int], dict[int, Any]] = {}
    rows: dict[int, list[Any]] = {}
    for j, job in enumerate(shop.jobs, 1):
        end: Any = 0
        for o, ways in enumerate(job, 1):
            start = starts[j, o] = model.new_int_var(0, latest, "")
            chosen[j, o] = {machine: model.new_bool_var("") for machine in ways}
            model.add(start >= end)
            model.add_exactly_one(chosen[j, o].values())
            duration = sum(time * chosen[j, o][machine] for machine, time in ways.items())
            for machine, time in ways.items():
                rows.setdefault(machine, []).append(
                    model.new_optional_fixed_size_interval_var(
                        start, time, chosen[j, o][machine], ""
                    )
                )
                if hint:
                    model.add_hint(chosen[j, o][machine], hinted[j, o].machine == machine)
            if hint:
                model.add_hint(start, hinted[j, o].start)
            end = start + duration
        model.add(makespan >= end)
    for row in rows.values():
        model.add_no_overlap(row)
    model.minimize(makespan)
    return model, starts, chosen


def _plan(shop: JobShop, solution: Any, starts: Any, chosen: Any) -> list[Step]:
    plan = []
    for (j, o), start in starts.items():
        machine = next(m for m, choice in chosen[j, o].items() if solution.boolean_value(choice))
        begin = solution.value(start)
        plan.append(Step(j, o, machine, begin, begin + shop.jobs[j - 1][o - 1][machine]))
    return plan
