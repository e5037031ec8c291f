"""Backlogs of a repair shop, and how late they are planned: by rule, by search, by CP-SAT.

`python benchmarks/backlogs.py [SEEDS] [SECONDS] [LARGE]`: 20 backlogs of each kind, 20 s for each
plan and one backlog of 500 orders unless told otherwise (LARGE 0: none). All durations, shifts and
due dates are assumed, save the 5 h of cladding a pipe.
"""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from dataclasses import dataclass, replace

from page import Row, at_most, conditions, table, write_section

from reclad.schedule.check import check_schedule
from reclad.schedule.cp_model import solve_piece
from reclad.schedule.problem import Link, Mode, Problem, Promise, Resource, Task
from reclad.schedule.solve import make_schedule

DAY, WORKDAYS = 1440, 5
LARGE_SECONDS = 40.0  # s for the largest backlog, what comes before and after left out
EARLY, LATE, BOTH = (360, 840), (840, 1320), (360, 1320)  # min of the day
# Due dates are spread over this share of the time the most loaded machine needs.
KINDS = {"loose": (0.8, 2.4), "tight": (0.35, 1.5), "overloaded": (0.2, 0.9)}
SOONEST = 5 * DAY  # from arrival to the earliest promise
POWDERS, FURNACE = ("IN625", "431", "Stellite6"), ("250C", "350C")


@dataclass(frozen=True)
class Repair:
    """A kind of part: its share of the orders and min of each step."""

    share: float
    strip: tuple[int, int]
    clad: tuple[int, int]
    cool: tuple[int, int]
    finish: str
    finishing: tuple[int, int]
    skill: str
    after: float  # chance of a furnace after cladding


REPAIRS = {
    "pipe": Repair(0.25, (40, 90), (300, 300), (240, 600), "turn", (60, 150), "clad", 0.2),
    "bearing": Repair(0.45, (30, 60), (45, 120), (60, 240), "grind", (60, 180), "fine", 0.3),
    "shaft": Repair(0.30, (40, 120), (90, 240), (120, 480), "grind", (60, 200), "clad", 0.5),
}


def hours(shift: tuple[int, int], days: int) -> tuple[tuple[int, int], ...]:
    """A shift on every working day, five a week."""
    return tuple((d * DAY + shift[0], d * DAY + shift[1]) for d in range(days) if d % 7 < WORKDAYS)


def shop(days: int) -> tuple[Resource, ...]:
    """Two cladders, three operators (two senior), two lathes, a grinder, an inspector, a furnace
    of two places."""
    both, early, late = (hours(shift, days) for shift in (BOTH, EARLY, LATE))
    senior = frozenset({"clad", "fine", "turn", "grind"})
    machines = [
        Resource(f"cladder {n}", "machine", both, changeover=45, family="IN625") for n in (1, 2)
    ]
    machines += [Resource(name, "machine", both) for name in ("lathe 1", "lathe 2", "grinder")]
    return (
        *machines,
        Resource("furnace", "furnace", ((0, days * DAY),), places=2),
        Resource("senior 1", "person", early, skills=senior),
        Resource("senior 2", "person", late, skills=senior),
        Resource("junior", "person", early, skills=frozenset({"clad", "turn"})),
        Resource("inspector", "person", early, skills=frozenset({"inspect"})),
    )


def order(name: str, number: random.Random, arrival: int) -> tuple[list[Task], list[Link]]:
    """Strip, preheat, clad, cool, perhaps a furnace, turn or grind, inspect, certify."""
    kind = number.choices(list(REPAIRS), [one.share for one in REPAIRS.values()])[0]
    repair, heated = REPAIRS[kind], number.random() < 0.6
    cladding, family = number.randint(*repair.clad), number.choice(POWDERS)
    lathes = ("lathe 1", "lathe 2")
    tasks = [step(name, "strip", lathes, number.randint(*repair.strip), "turn", 50)]
    if heated:
        tasks.append(step(name, "preheat", ("furnace",), 90, family=number.choice(FURNACE)))
    tasks.append(step(name, "clad", ("cladder 1", "cladder 2"), cladding, repair.skill, 50, family))
    tasks.append(step(name, "cool", (None,), number.randint(*repair.cool)))
    if number.random() < repair.after:
        tasks.append(step(name, "post_heat", ("furnace",), 180, family="620C"))
    where = lathes if repair.finish == "turn" else ("grinder",)
    minutes = number.randint(*repair.finishing)
    tasks.append(step(name, repair.finish, where, minutes, repair.finish, 50))
    tasks.append(step(name, "inspect", (None,), number.randint(20, 60), "inspect"))
    tasks.append(step(name, "certificate", (None,), 15, "inspect"))
    tasks[0] = replace(tasks[0], earliest=arrival)
    links = [
        Link(a.name, b.name, 0, {"preheat": 20, "clad": 0}.get(a.process))
        for a, b in itertools.pairwise(tasks)
    ]
    return tasks, links


def step(
    order: str,
    process: str,
    machines: tuple[str | None, ...],
    minutes: int,
    skill: str = "",
    share: int = 100,
    family: str = "",
) -> Task:
    """One task of an order."""
    modes = tuple(Mode(machine, minutes) for machine in machines)
    return Task(f"{order} {process}", order, process, modes, skill, share, family)


def backlog(seed: int, kind: str, orders: int = 60) -> Problem:
    """One backlog; the same seed gives the same tasks whatever the due dates."""
    number = random.Random(seed)
    names = [f"{seed}-{n:03d}" for n in range(orders)]
    made = [
        order(name, number, number.choice((0, 0, number.randint(0, 5 * DAY)))) for name in names
    ]
    tasks = tuple(task for some, _ in made for task in some)
    load = {"clad": 0.0, "grind": 0.0, "turn": 0.0}
    for task in tasks:
        machines = {"clad": 2.0, "grind": 1.0, "turn": 2.0, "strip": 2.0}.get(task.process)
        if machines:
            key = "turn" if task.process == "strip" else task.process
            load[key] += task.modes[0].minutes / machines
    span = max(load.values()) / (BOTH[1] - BOTH[0]) * 7 / WORKDAYS * DAY
    low, high = KINDS[kind]
    promises = tuple(
        Promise(
            name,
            max(int(span * number.uniform(low, high)), some[0].earliest + SOONEST),
            number.choice((1.0, 1.0, 2.0, 4.0)),
        )
        for name, (some, _) in zip(names, made, strict=True)
    )
    days = 7 * (3 + int(4 * span / DAY / 7))
    links = tuple(link for _, some in made for link in some)
    return Problem(shop(days), tasks, links, promises)


@dataclass(frozen=True)
class Result:
    """Weighted lateness of one backlog (h): by two rules, after the search, after CP-SAT that
    began from it, and of CP-SAT from nothing (None: no plan found or not tried)."""

    fifo: float
    edd: float
    searched: float
    solved: float
    cold: float | None


def measure(problem: Problem, seed: int, seconds: float, *, cold: bool) -> Result:
    """All plans of one backlog, each checked."""
    solved = make_schedule(problem, seconds=seconds, seed=seed)
    alone = None
    if cold:
        free = {task.name for task in problem.tasks}
        found = solve_piece(problem, None, free, seconds=seconds, workers=2, seed=seed).schedule
        if found:
            assert check_schedule(problem, found) == ()
            alone = found.tardiness(problem) / 60.0
    assert check_schedule(problem, solved.schedule) == ()
    rules = solved.by_rule
    values = (rules["FIFO"], rules["EDD"], solved.searched or 0.0, solved.tardiness)
    return Result(*(value / 60.0 for value in values), alone)


def rows_of(kind: str, results: list[Result]) -> list[Row]:
    """What one kind of backlog shows."""
    middle = {
        name: statistics.median(getattr(one, name) for one in results)
        for name in ("fifo", "edd", "searched", "solved")
    }
    cold = [one.cold for one in results if one.cold is not None]
    told = f"{statistics.median(cold):,.0f} h, " if cold else ""
    told += f"no plan in {len(results) - len(cold)} of {len(results)}"
    share = [100.0 * one.solved / one.edd for one in results if one.edd > 0.0]
    above = sum(one.solved > one.edd + 1e-9 for one in results)
    rows = [
        Row(
            f"{kind}: weighted lateness by FIFO, EDD, search, CP-SAT after it; medians of "
            f"{len(results)}",
            ", ".join(f"{value:,.0f}" for value in middle.values()) + " h",
        ),
        Row(f"{kind}: plans later than EDD", f"{above} of {len(results)}", "none", above == 0),
    ]
    if kind == "tight":
        rows.insert(1, Row(f"{kind}: CP-SAT from nothing in the same time, median", told))
    if share:
        value = statistics.median(share)
        figure = f"{kind}: share of EDD's lateness that is left, median of {len(share)}"
        row = at_most(figure, value, 50.0, "{:.0f} %")
        rows.append(row if kind == "tight" else Row(figure, row.measured))
    return rows


def main(seeds: int, seconds: float, large: int) -> None:
    """Write the section."""
    rows: list[Row] = []
    counts = []
    for kind in KINDS:
        results = []
        for seed in range(seeds):
            problem = backlog(seed, kind)
            counts.append(len(problem.tasks))
            results.append(measure(problem, seed, seconds, cold=kind == "tight"))
            print(kind, seed, results[-1], flush=True)
        rows += rows_of(kind, results)
    if large:
        problem = backlog(0, "overloaded", large)
        begun = time.perf_counter()
        solved = make_schedule(problem, seconds=LARGE_SECONDS)
        taken = time.perf_counter() - begun
        left = 100.0 * solved.tardiness / max(solved.by_rule["EDD"], 1e-9)
        note = f", {left:.0f} % of EDD's lateness left"
        figure = f"{large} orders, {len(problem.tasks)} tasks planned"
        rows.append(at_most(figure, taken, 60.0, "{:.0f} s", note))
    write_section("schedule", TEXT.format(
        orders=60, tasks=f"{min(counts)} to {max(counts)}", seconds=seconds,
        conditions=conditions(), table=table(rows),
    ))  # fmt: skip


TEXT = """## Schedule of a backlog

`python benchmarks/backlogs.py`, {conditions}.
Drawn backlogs of {orders} orders, {tasks} tasks: strip, preheat, clad, cool, furnace, turn or
grind, inspect, certify, on two cladders, two lathes, a grinder and a furnace of two places, with
three operators and an inspector on two shifts. Each plan has {seconds:.0f} s and passes the
independent check. Durations and due dates are assumed.

{table}
"""

if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 20,
        float(given[1]) if len(given) > 1 else 20.0,
        int(given[2]) if len(given) > 2 else 500,
    )
