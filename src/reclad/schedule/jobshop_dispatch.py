"""A first plan of a job shop, at once."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from reclad.schedule.jobshop import Step

if TYPE_CHECKING:
    from random import Random

    from reclad.schedule.jobshop import JobShop

SPREAD = 0.5  # assumed: what a drawn plan makes more or less of the work that is left


def dispatch(shop: JobShop, random: Random | None = None) -> list[Step]:
    """A plan made forwards: of the operations that may come next, the one that can end first and
    has most work of its job behind it.

    random  the work behind is weighed by a factor drawn per operation, for plans that differ
    Source: the usual dispatching rules, earliest end and most work remaining, as one sum (assumed).
    Checked: tests/schedule/test_jobshop.py.
    """
    free = [0] * (shop.machines + 1)
    done = [0] * len(shop.jobs)
    following = [0] * len(shop.jobs)
    weight = [1.0] * len(shop.jobs)
    behind = [_work_behind(job) for job in shop.jobs]
    plan: list[Step] = []

    def soonest(j: int) -> tuple[float, int, int, int]:
        ways = shop.jobs[j][following[j]]
        end, machine = min((max(done[j], free[m]) + time, m) for m, time in ways.items())
        return end - weight[j] * behind[j][following[j]], j, end, machine

    def draw(j: int) -> None:
        weight[j] = random.uniform(1.0 - SPREAD, 1.0 + SPREAD) if random else 1.0

    for j in range(len(shop.jobs)):
        draw(j)
    heap = [soonest(j) for j in range(len(shop.jobs))]
    heapq.heapify(heap)
    while heap:
        old = heapq.heappop(heap)
        j = old[1]
        now = soonest(j)
        if now > old:  # its machine was taken meanwhile; ends only ever grow
            heapq.heappush(heap, now)
            continue
        _, _, end, machine = now
        start = end - shop.jobs[j][following[j]][machine]
        plan.append(Step(j + 1, following[j] + 1, machine, start, end))
        free[machine] = done[j] = end
        following[j] += 1
        if following[j] < len(shop.jobs[j]):
            draw(j)
            heapq.heappush(heap, soonest(j))
    return plan


def _work_behind(job: tuple[dict[int, int], ...]) -> list[int]:
    """Least work of a job after each of its operations."""
    behind = [0]
    for ways in job[:0:-1]:
        behind.append(behind[-1] + min(ways.values()))
    return behind[::-1]
