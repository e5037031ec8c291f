"""Whether the advisor finds the bottleneck that was planted, and whether adding ever hurts."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from functools import partial

import numpy as np
from page import Row, conditions, table, write_section
from small_shops import BOTH, resources, small_shop

from reclad.schedule.capacity import advise, plan_larger, planner
from reclad.schedule.check import check_schedule
from reclad.schedule.options import AddMachine, AddPerson, AddPlaces, AddShift, Option, Train
from reclad.schedule.problem import Problem, Resource

OPTIONS: dict[str, Option] = {
    "cladder": AddMachine("cladder 1"),
    "grinder": AddMachine("grinder 1"),
    "lathe": AddMachine("lathe 1"),
    "furnace": AddPlaces("furnace", 2),
    "inspector": AddPerson("Eli"),
    "training": Train("Dao", frozenset({"clad"})),
    "shift": AddShift(("lathe 1",), 240),
}
ALL = frozenset({"clad", "grind", "turn"})
LATE_SKILLS = frozenset({"grind", "turn"})
PLANTED = ("cladder", "grinder", "lathe", "inspector", "training")


def planted(bottleneck: str, seed: int) -> Problem:
    """A backlog of a shop with room everywhere but at the bottleneck, which is asked for more than
    it can do by the due dates."""
    rng = np.random.default_rng([seed, PLANTED.index(bottleneck)])
    much, ground = rng.uniform(1.0, 1.3), {"grinder": 0.85, "lathe": 0.15}.get(bottleneck, 0.5)
    scale = {"clad": 0.6, "grind": 0.6, "turn": 0.6, "inspect": 0.6}
    shop = list(resources(cladders=2 if bottleneck == "training" else 1))
    if bottleneck == "training":
        # Two cladders, and nobody who may run them in the late shift.
        shop = [replace(one, skills=LATE_SKILLS) if one.name == "Bo" else one for one in shop]
        scale["clad"] = 1.2 * much
    else:
        shop = [_may(one, ALL) for one in shop]
        shop += [Resource(name, "person", BOTH, skills=ALL) for name in ("Fen", "Gul")]
        process = {"cladder": "clad", "grinder": "grind", "lathe": "turn", "inspector": "inspect"}
        scale[process[bottleneck]] = {"inspector": 5.0, "cladder": 1.3}.get(bottleneck, 2.4) * much
    return small_shop(
        int(rng.integers(1 << 30)), 12, scale=scale, shop=tuple(shop), span=1.6, ground=ground
    )


def _may(one: Resource, skills: frozenset[str]) -> Resource:
    more = one.kind == "person" and "inspect" not in one.skills
    return replace(one, skills=one.skills | skills) if more else one


def find(bottleneck: str, number: int, backlogs: int, steps: int) -> tuple[bool, float, float]:
    """Whether the planted bottleneck comes first, its share of backlogs in which it leads, and
    what the next best saves, of it."""
    seeds = range(number * backlogs, (number + 1) * backlogs)
    ranked = advise(
        partial(planted, bottleneck), list(OPTIONS.values()), seeds=seeds, plan=planner(steps=steps)
    )
    first = ranked[0]
    rest = ranked[1].saved / first.saved if first.saved > 0.0 else 1.0
    return first.option == OPTIONS[bottleneck] and first.saved > 0.0, first.leads, rest


def never_worse(shops: int, steps: int) -> tuple[int, int, int]:
    """Plans of larger shops, how many were later than the smaller shop's, or broke a rule."""
    plan = planner(steps=steps)
    count = worse = broken = 0
    for seed in range(shops):
        problem = small_shop(seed, 14)
        begun = plan(problem, None)
        for option in OPTIONS.values():
            larger = option.enlarge(problem)
            found, late = plan_larger(problem, larger, begun, plan)
            count += 1
            worse += late > begun.tardiness(problem)
            broken += bool(check_schedule(larger, found))
    return count, worse, broken


def section(shops: int, backlogs: int, steps: int) -> str:
    """The figures, in words and a table."""
    begun = time.process_time()
    rows, every = [], []
    for bottleneck in PLANTED:
        told = [find(bottleneck, number, backlogs, steps) for number in range(shops)]
        right = [one[0] for one in told]
        every += right
        rest = float(np.median([one[2] for one in told]))
        rows.append(
            Row(
                f"{bottleneck} planted and named first",
                f"{sum(right)} of {shops}; the next best saves {rest:.0%} of it",
            )
        )
    share = float(np.mean(every))
    rows.append(
        Row(
            "planted bottleneck named first",
            f"{share:.1%} of {len(every)}",
            "≥ 95 %",
            share >= 0.95,
        )
    )
    count, worse, broken = never_worse(2 * shops, steps)
    rows.append(
        Row(
            "larger shop planned later than the smaller",
            f"{worse} of {count}, {broken} break a rule",
            "none",
            worse + broken == 0,
        )
    )
    rows.append(Row("all of this", f"{time.process_time() - begun:.0f} CPU s"))
    return (
        "## What to add first\n\n"
        f"By `python benchmarks/capacity.py` on {conditions()}. {len(PLANTED)} kinds of shop\n"
        f"with one known bottleneck each, {shops} of a kind, {backlogs} backlogs of 12 orders\n"
        f"behind each answer, {len(OPTIONS)} options, {steps} steps of search a plan. Invented.\n\n"
        + table(rows)
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--shops", type=int, default=20, help="of each kind")
    asked.add_argument("--backlogs", type=int, default=4)
    asked.add_argument("--steps", type=int, default=120)
    asked.add_argument("--dry", action="store_true", help="leave the page as it is")
    given = asked.parse_args()
    text = section(given.shops, given.backlogs, given.steps)
    print(text)
    if not given.dry:
        write_section("capacity", text)
