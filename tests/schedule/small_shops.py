"""Small shops with every rule in them, drawn at random."""

from __future__ import annotations

import random

from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource, Schedule, Task

DAYS = 40
EARLY, LATE, BOTH = (360, 840), (840, 1320), (360, 1320)


def shifts(shift: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((1440 * day + shift[0], 1440 * day + shift[1]) for day in range(DAYS))


def small_shop(seed: int, orders: int = 4) -> Problem:
    """Turn, preheat in a furnace of two, clad at most a little later, cool, inspect."""
    draw = random.Random(seed)
    resources = (
        Resource("C1", "machine", shifts(BOTH), changeover=45, family="625"),
        Resource("C2", "machine", shifts(BOTH), changeover=45),
        Resource("F", "furnace", ((0, 1440 * DAYS),), places=2),
        Resource("L", "machine", shifts(EARLY)),
        Resource("Ada", "person", shifts(EARLY), skills=frozenset({"clad", "turn"})),
        Resource("Ben", "person", shifts(LATE), skills=frozenset({"clad"})),
        Resource("Dan", "person", shifts(EARLY), skills=frozenset({"turn", "clad", "look"})),
    )
    tasks, links, promises = [], [], []
    for n in range(orders):
        one = f"{n}"
        clad = tuple(Mode(machine, draw.randint(60, 300)) for machine in ("C1", "C2"))
        tasks += [
            Task(f"{one} turn", one, "turn", (Mode("L", draw.randint(20, 120)),), "turn",
                 draw.choice((50, 100)), earliest=draw.randint(0, 2000)),
            Task(f"{one} preheat", one, "preheat", (Mode("F", 90),),
                 family=draw.choice(("250", "350"))),
            Task(f"{one} clad", one, "clad", clad, "clad", draw.choice((50, 100)),
                 draw.choice(("625", "Fe", "Co"))),
            Task(f"{one} cool", one, "cool", (Mode(None, draw.randint(60, 600)),)),
            Task(f"{one} look", one, "look", (Mode(None, 30),), draw.choice(("turn", "look"))),
        ]  # fmt: skip
        links += [
            Link(f"{one} turn", f"{one} preheat"),
            Link(f"{one} preheat", f"{one} clad", 0, draw.choice((15, 30))),
            Link(f"{one} clad", f"{one} cool", 0, 0),
            Link(f"{one} cool", f"{one} look", draw.choice((0, 60))),
        ]
        promises.append(Promise(one, draw.randint(500, 4000), draw.choice((1.0, 2.0, 0.5))))
    return Problem(resources, tuple(tasks), tuple(links), tuple(promises))


def bench(
    *tasks: Task,
    links: tuple[Link, ...] = (),
    promises: tuple[Promise, ...] = (),
    resources: tuple[Resource, ...] = (),
) -> Problem:
    """A machine M, a furnace F of two places and two people, open for 1000 min."""
    always = ((0, 1000),)
    known = (
        Resource("M", "machine", always, changeover=10),
        Resource("F", "furnace", always, places=2),
        Resource("Ada", "person", always, skills=frozenset({"clad"})),
        Resource("Ben", "person", always, skills=frozenset({"look"})),
    )
    return Problem(resources or known, tasks, links, promises)


def one_task(name: str, machine: str | None = "M", minutes: int = 100, **more: object) -> Task:
    """A task of an order of its own."""
    return Task(name, name, "clad", (Mode(machine, minutes),), **more)


def plan(*rows: tuple[object, ...]) -> Schedule:
    """Placed tasks from (task, start, end, machine, person)."""
    return Schedule(tuple(Placed(*row) for row in rows))
