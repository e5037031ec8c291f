"""Small repair shops with a backlog, from a seed: all numbers invented, the shape a shop's."""

from __future__ import annotations

import numpy as np

from reclad.schedule.problem import Link, Mode, Problem, Promise, Resource, Task

DAY = 24 * 60
WEEKS = 8


def shift(start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Six days a week from `start` to `end` (min after six in the morning, Monday first)."""
    days = [d for d in range(7 * WEEKS) if d % 7 != 6]
    return tuple((d * DAY + start, d * DAY + end) for d in days)


EARLY, LATE, BOTH, ALWAYS = shift(0, 480), shift(480, 960), shift(0, 960), ((0, WEEKS * 7 * DAY),)


def resources(cladders: int = 1, grinders: int = 1, lathes: int = 1) -> tuple[Resource, ...]:
    """Cladders, grinders, lathes, a furnace of two places and five people."""
    return (
        *(Resource(f"cladder {n + 1}", "machine", BOTH, changeover=45) for n in range(cladders)),
        *(Resource(f"grinder {n + 1}", "machine", BOTH, changeover=0) for n in range(grinders)),
        *(Resource(f"lathe {n + 1}", "machine", BOTH) for n in range(lathes)),
        Resource("furnace", "furnace", ALWAYS, places=2),
        Resource("Ana", "person", EARLY, skills=frozenset({"clad", "grind"})),
        Resource("Bo", "person", LATE, skills=frozenset({"clad", "grind"})),
        Resource("Cem", "person", EARLY, skills=frozenset({"grind", "turn"})),
        Resource("Dao", "person", LATE, skills=frozenset({"grind", "turn"})),
        Resource("Eli", "person", EARLY, skills=frozenset({"inspect"})),
    )


def order_tasks(
    name: str,
    rng: np.random.Generator,
    shop: tuple[Resource, ...],
    scale: dict[str, float],
    earliest: int = 0,
    ground: float = 0.6,
) -> tuple[list[Task], list[Link]]:
    """The steps of one order; scale: of the minutes of a process."""

    def on(what: str, minutes: float) -> tuple[Mode, ...]:
        long = max(5, round(minutes))
        return tuple(Mode(r.name, long) for r in shop if r.name.startswith(what))

    def size(process: str, low: float, high: float) -> float:
        return min(460.0, rng.uniform(low, high) * scale.get(process, 1.0))

    powder = ("Fe", "Ni")[int(rng.integers(2))]
    hot = rng.random() < 0.5
    is_ground = rng.random() < ground
    steps = [("receive", (Mode(None, 20),), "inspect", 100, "", None)]
    if hot:
        steps.append(("preheat", on("furnace", 120.0), "", 100, "250 C", None))
    clad = on("cladder", size("clad", 100.0, 300.0))
    steps.append(("clad", clad, "clad", 50, powder, 90 if hot else None))
    steps.append(("cool", (Mode(None, int(rng.integers(60, 240))),), "", 100, "", None))
    if is_ground:
        steps.append(("grind", on("grinder", size("grind", 60.0, 180.0)), "grind", 100, "", None))
    else:
        steps.append(("turn", on("lathe", size("turn", 60.0, 180.0)), "turn", 100, "", None))
    minutes = int(min(120, size("inspect", 15, 40)))
    steps.append(("inspect", (Mode(None, minutes),), "inspect", 100, "", None))
    steps.append(("certificate", (Mode(None, 15),), "inspect", 100, "", None))
    tasks, links = [], []
    for process, modes, skill, share, family, most in steps:
        task = f"{name} {process}"
        tasks.append(
            Task(task, name, process, modes, skill, share, family, 0 if tasks else earliest)
        )
        if len(tasks) > 1:
            links.append(Link(tasks[-2].name, task, 0, most))
    return tasks, links


def small_shop(
    seed: int,
    orders: int = 14,
    *,
    tight: float = 0.55,
    scale: dict[str, float] | None = None,
    shop: tuple[Resource, ...] | None = None,
    span: float | None = None,
    ground: float = 0.6,
) -> Problem:
    """A backlog of `orders`, due from one day on over `span` days (none given: cladding on one
    cladder fills `tight` of them); ground: share of orders ground, the others are turned."""
    rng = np.random.default_rng(seed)
    shop = shop or resources()
    tasks: list[Task] = []
    links: list[Link] = []
    for n in range(orders):
        own, between = order_tasks(f"order {n + 1}", rng, shop, scale or {}, ground=ground)
        tasks += own
        links += between
    load = sum(t.modes[0].minutes for t in tasks if t.process == "clad") / 960.0
    due = DAY * rng.uniform(1.0, 1.0 + (load / tight if span is None else span), orders)
    promises = tuple(
        Promise(f"order {n + 1}", int(due[n]), float(rng.choice([1.0, 2.0, 4.0])))
        for n in range(orders)
    )
    return Problem(shop, tuple(tasks), tuple(links), promises)
