"""Shops small enough to work out by hand: one cladder, one grinder, a person or two."""

from __future__ import annotations

import math

from reclad.schedule.chances import Spread, Uncertainty
from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource, Schedule, Task

DAY = 1440
OPEN = ((0, 10_000),)
SURE = Uncertainty(otherwise=Spread(0.0, 0.0), shop_bias=0.0, patience=math.inf)


def two_orders(clad: int = 100, grind: int = 50) -> Problem:
    """Orders A and B: clad by whoever may, then ground; one machine of each kind."""
    tasks, links = [], []
    for order in ("A", "B"):
        tasks += [
            Task(f"{order} clad", order, "clad", (Mode("cladder", clad),), "clad"),
            Task(f"{order} grind", order, "grind", (Mode("grinder", grind),)),
        ]
        links.append(Link(f"{order} clad", f"{order} grind"))
    return Problem(
        (
            Resource("cladder", "machine", OPEN),
            Resource("grinder", "machine", OPEN),
            Resource("Ana", "person", OPEN, skills=frozenset({"clad"})),
        ),
        tuple(tasks),
        tuple(links),
        (Promise("A", 150), Promise("B", 250)),
    )


def first_a_then_b(clad: int = 100, grind: int = 50) -> Schedule:
    """The plan of `two_orders` in which nothing waits."""
    return Schedule(
        (
            Placed("A clad", 0, clad, "cladder", "Ana"),
            Placed("A grind", clad, clad + grind, "grinder"),
            Placed("B clad", clad, 2 * clad, "cladder", "Ana"),
            Placed("B grind", 2 * clad, 2 * clad + grind, "grinder"),
        )
    )


def shop(clads: list[int], grinds: list[int], *, share: int = 100, due: int = 400) -> Problem:
    """Orders heated, clad by Ana, ground by Bo or Ana, all due together; shifts of 8 h."""
    days = tuple((d * DAY, d * DAY + 480) for d in range(14))
    tasks: list[Task] = []
    links: list[Link] = []
    for n, (clad, grind) in enumerate(zip(clads, grinds, strict=True)):
        order = f"order {n}"
        own = [
            Task(f"{order} heat", order, "preheat", (Mode("furnace", 60),), family="250 C"),
            Task(f"{order} clad", order, "clad", (Mode("cladder", clad),), "clad", share),
            Task(f"{order} grind", order, "grind", (Mode("grinder", grind),), "grind"),
        ]
        tasks += own
        links += [Link(own[0].name, own[1].name, 0, 90), Link(own[1].name, own[2].name)]
    return Problem(
        (
            Resource("cladder", "machine", days),
            Resource("grinder", "machine", days),
            Resource("furnace", "furnace", ((0, 14 * DAY),), places=2),
            Resource("Ana", "person", days, skills=frozenset({"clad", "grind"})),
            Resource("Bo", "person", days, skills=frozenset({"grind"})),
        ),
        tuple(tasks),
        tuple(links),
        tuple(Promise(f"order {n}", due, 1.0 + n % 2) for n in range(len(clads))),
    )
