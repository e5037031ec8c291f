"""Better orders of placing: two searches side by side, each from the better of both."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reclad.schedule._decode_kernels import decode
from reclad.schedule._search_kernels import anneal
from reclad.schedule.dispatch import nothing_kept
from reclad.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reclad.schedule._fit_kernels import Flags, Floats, Ints, Work
    from reclad.schedule._resume_kernels import Kept
    from reclad.schedule.encode import Coded
    from reclad.schedule.problem import Schedule

ISLANDS = 2  # searches side by side: fixed, so that a seed gives one plan on any machine
STATES = 12  # positions of an order from which a changed one may begin (assumed)
ROUNDS = 40  # times the searches compare what they found (assumed)
HEAT = (0.02, 0.0002)  # share of the lateness forgiven at first and at last (assumed)


@dataclass(frozen=True)
class Budget:
    """How long to search: so many seconds, or so many placings of all tasks (the same plan on any
    machine)."""

    seconds: float = 10.0
    steps: int | None = None


@dataclass(eq=False)
class Island:
    """One search: its order, its best, their values (see `anneal`)."""

    work: Work
    kept: Kept
    order: Ints
    best: Ints
    value: Floats
    state: Ints
    old: Ints
    stays: Flags
    heat: Floats = field(default_factory=lambda: np.ones(2))
    steps: int = 1


def search(
    coded: Coded,
    starts: Sequence[Ints],
    budget: Budget,
    *,
    seed: int = 0,
    keep: tuple[Ints, Flags] | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> tuple[Schedule | None, Ints]:
    """The best plan found from orders of groups, and its order; None: every one fits nowhere.

    Weighted lateness first, then the sum of all ends, so that nothing idles. keep: (T, 4) places
    and (T,) flags of tasks that stay where they are wherever the rest lets them. say: share of the
    budget used. Same seed and `budget.steps` give the same plan. Never worse than any start.
    Source: simulated annealing (kirkpatrick1983). Checked: tests/schedule/test_search.py.
    """
    old, stays = keep or nothing_kept(coded)
    work = coded.room()
    values = [decode(coded.shop, work, order, old, stays, np.inf) for order in starts]
    ranked = sorted(range(len(starts)), key=values.__getitem__)
    islands = [
        _island(coded, starts[ranked[n % len(starts)]], values[ranked[n % len(starts)]], seed, n)
        for n in range(ISLANDS)
    ]
    for one in islands:
        one.old, one.stays = old, stays
        one.best, one.value[2:] = starts[ranked[0]].copy(), values[ranked[0]]
    if starts[0].size > 1:
        _run(coded, islands, budget, say)
    best = min(islands, key=lambda one: (one.value[2], one.value[3])).best
    late, _ = decode(coded.shop, work, best, old, stays, np.inf)
    return (coded.schedule(work.place) if np.isfinite(late) else None), best


def _island(coded: Coded, order: Ints, value: tuple[float, float], seed: int, n: int) -> Island:
    state = np.random.default_rng([seed, n]).integers(1, 1 << 62, 1)
    value4 = np.array([*value, *value])
    none = np.zeros((0, 4), dtype=np.int64), np.zeros(0, dtype=bool)
    return Island(
        coded.room(), coded.states(STATES), order.copy(), order.copy(), value4, state, *none
    )


def _run(coded: Coded, islands: list[Island], budget: Budget, say: Callable[[float], None]) -> None:
    """Rounds of all islands side by side until the budget is used up."""

    def work(one: Island) -> None:
        anneal(coded.shop, one.work, one.kept, one.order, one.best, one.value, one.old, one.stays,
               one.heat, one.steps, one.state)  # fmt: skip

    begun, done, used, steps = time.monotonic(), 0, 0.0, 4
    while used < 1.0:
        if budget.steps is not None:
            steps = max(1, min(-(-budget.steps // ROUNDS), budget.steps - done))
        _set_heat(islands, used, steps)
        started = time.monotonic()
        side_by_side(work, islands)
        done += steps
        if budget.steps is not None:
            used = done / max(1, budget.steps)
        else:
            spent = max(time.monotonic() - started, 1e-6)
            used = (time.monotonic() - begun) / max(budget.seconds, 1e-6)
            wanted = min(budget.seconds / ROUNDS, (1.0 - used) * budget.seconds)
            steps = max(1, int(min(4.0, wanted / spent) * steps))
        _share_best(islands)
        say(min(1.0, used))


def _set_heat(islands: list[Island], used: float, steps: int) -> None:
    """What is forgiven in the round that begins, min of lateness."""
    scale = 1.0 + min(float(one.value[2]) for one in islands)
    if not np.isfinite(scale):
        scale = 1.0
    for one in islands:
        first = scale * HEAT[0] * (HEAT[1] / HEAT[0]) ** used
        last = scale * HEAT[0] * (HEAT[1] / HEAT[0]) ** min(1.0, used + 1.0 / ROUNDS)
        one.heat = np.array([first, last])
        one.steps = steps


def _share_best(islands: list[Island]) -> None:
    """The island that stands worst goes on from the best order of all."""
    best = min(islands, key=lambda one: (one.value[2], one.value[3]))
    worst = max(islands, key=lambda one: (one.value[0], one.value[1]))
    if worst.value[0] > best.value[2]:
        worst.order[:] = best.best
        worst.value[:2] = best.value[2:]
