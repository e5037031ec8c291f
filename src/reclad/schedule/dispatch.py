"""Plans by a rule: orders one after the other, each task as early as it can end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ScheduleError
from reclad.schedule._decode_kernels import decode
from reclad.schedule.encode import Coded, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from reclad.schedule._fit_kernels import Flags, Ints
    from reclad.schedule.problem import Problem, Schedule


def first_come(coded: Coded) -> list[float]:
    """Rank of each order: as they stand in the problem."""
    return [float(n) for n in range(len(coded.orders))]


def by_due_date(coded: Coded) -> list[float]:
    """Rank of each order: when it is due; orders without a promise last."""
    due = {one.order: float(one.due) for one in coded.problem.promises}
    return [due.get(order, np.inf) for order in coded.orders]


def by_slack(coded: Coded) -> list[float]:
    """Rank of each order: how long it could wait, its due date less its work."""
    work = _work(coded)
    return [due - work[n] for n, due in enumerate(by_due_date(coded))]


def by_weight(coded: Coded) -> list[float]:
    """Rank of each order: its work for each unit of weight, which is best where all are late
    (smith1956)."""
    work, weight = _work(coded), coded.shop.weight
    return [work[n] / weight[n] if weight[n] > 0 else np.inf for n in range(len(work))]


RULES: dict[str, Callable[[Coded], list[float]]] = {
    "EDD": by_due_date,
    "FIFO": first_come,
    "slack": by_slack,
    "weight": by_weight,
}


def order_groups(coded: Coded, rule: str) -> Ints:
    """Groups of tasks in the order a rule gives them; those that must start by a certain minute
    first, by that minute."""
    ranks, shop = RULES[rule](coded), coded.shop
    latest = np.minimum.reduceat(shop.facts[shop.member, 4], shop.group_at[:-1])
    rank = np.array([ranks[n] for n in shop.owner])
    return np.lexsort((np.arange(rank.size), shop.owner, rank, latest)).astype(np.int64)


def order_as_planned(coded: Coded, schedule: Schedule) -> Ints:
    """Groups in the order in which a plan begins them."""
    starts = coded.places(schedule)[:, 0]
    first = np.minimum.reduceat(starts[coded.shop.member], coded.shop.group_at[:-1])
    return np.lexsort((np.arange(first.size), first)).astype(np.int64)


def place_in_order(
    coded: Coded, order: Ints, keep: tuple[Ints, Flags] | None = None
) -> Schedule | None:
    """The plan of groups placed in this order; None: something fits nowhere. keep: (T, 4) places
    and (T,) flags of tasks that stay there wherever they can."""
    work = coded.room()
    late, _ = decode(coded.shop, work, order, *(keep or nothing_kept(coded)), np.inf)
    return coded.schedule(work.place) if np.isfinite(late) else None


def nothing_kept(coded: Coded) -> tuple[Ints, Flags]:
    """Places (T, 4) and flags (T,) where no task has to stay."""
    count = len(coded.problem.tasks)
    return np.full((count, 4), -1, dtype=np.int64), np.zeros(count, dtype=bool)


def dispatch(problem: Problem, rule: str = "EDD") -> Schedule:
    """A plan by one rule: "EDD" (earliest due date), "FIFO", "slack" or "weight".

    Minutes from now. Each task goes to the machine and person where it ends soonest, into gaps as
    well; a furnace batch is joined where that is soonest; a task whose successor would wait too
    long starts later. Raises ScheduleError where something fits nowhere in the hours given.
    Source: serial schedule generation (kolisch1996). Checked: tests/schedule/test_dispatch.py.
    """
    coded = encode(problem)
    schedule = place_in_order(coded, order_groups(coded, rule))
    if schedule is None:
        raise ScheduleError(
            f"no plan by {rule}: something fits nowhere in the hours given; open more days, or "
            "free a fixed task that a successor must follow soon"
        )
    return schedule


def earliest_due_date(problem: Problem) -> Schedule:
    """The plan every shop could make by hand: orders by due date. See `dispatch`."""
    return dispatch(problem, "EDD")


def _work(coded: Coded) -> list[float]:
    """Min of work in each order, quickest modes."""
    shop = coded.shop
    quickest = np.minimum.reduceat(shop.modes[:, 1], shop.mode_at[:-1])
    total = np.bincount(shop.order_of, quickest, len(coded.orders))
    return [float(one) for one in total]
