"""Plans of a job shop that breed: a child takes jobs from two good plans, tabu search betters it.

The frame is that of memetic algorithms: a few good plans that differ, each new one bettered before
it may replace another. Sizes are assumed, from trials on Brandimarte's instances.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reclad.schedule._tabu_kernels import AFTER, BEFORE, BEST, IDLE, MACHINE, measure, walk
from reclad.schedule.jobshop import Step
from reclad.schedule.jobshop_dispatch import dispatch

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

    from reclad.schedule.jobshop import JobShop
    from reclad.schedule.jobshop_search import Race

    Ints = NDArray[np.int64]

SIZE = 12  # plans in the pool
PATIENCE = 3000  # steps of tabu search without a better plan
ALIKE = 0.1  # of all operations placed otherwise: plans closer than that are kept once
STALE = 10  # times SIZE children without a better plan: all but the best make room
SLICE = 50_000  # steps times operations between two looks at the clock: some milliseconds


class ShopArrays:
    """A job shop as the kernels want it: operations in one row, machines from 0."""

    def __init__(self, shop: JobShop) -> None:
        self.shop = shop
        ways = [ways for job in shop.jobs for ways in job]
        self.job = np.array([j for j, job in enumerate(shop.jobs) for _ in job])
        self.operation = np.array([o for job in shop.jobs for o in range(len(job))])
        count = len(ways)
        self.duration = np.full((count, shop.machines), -1, np.int64)
        for o, times in enumerate(ways):
            for machine, time in times.items():
                self.duration[o, machine - 1] = time
        at = np.arange(count)
        self.previous = np.where(self.operation > 0, at - 1, -1)
        self.following = np.full(count, -1, np.int64)
        self.following[self.previous[self.previous >= 0]] = at[self.previous >= 0]

    def link(self, machine: Ints, start: Ints) -> Ints:
        """The plan (3, operations) that keeps machines and the order of starts."""
        order = np.lexsort((self.operation, start, machine))
        plan = np.full((3, machine.size), -1, np.int64)
        plan[MACHINE] = machine
        beside = machine[order][1:] == machine[order][:-1]
        plan[BEFORE, order[1:][beside]] = order[:-1][beside]
        plan[AFTER, order[:-1][beside]] = order[1:][beside]
        return plan

    def starts(self, plan: Ints) -> tuple[int, Ints]:
        """Makespan and earliest starts (operations,) of a plan."""
        ways, order = np.empty((2, self.job.size), np.int64), np.empty(self.job.size, np.int64)
        makespan = measure(self.duration, self.previous, self.following, plan, ways, order)
        return int(makespan), ways[0]

    def from_steps(self, steps: list[Step]) -> Ints:
        """The plan of steps in any order."""
        steps = sorted(steps, key=lambda step: (step.job, step.operation))
        machine = np.array([step.machine - 1 for step in steps], np.int64)
        return self.link(machine, np.array([step.start for step in steps], np.int64))

    def steps(self, plan: Ints) -> list[Step]:
        """The steps of a plan, as early as they can be."""
        starts = self.starts(plan)[1].tolist()
        rows = zip(self.job.tolist(), self.operation.tolist(), plan[MACHINE].tolist(), starts,
                   strict=True)  # fmt: skip
        return [
            Step(j + 1, o + 1, machine + 1, start, start + self.shop.jobs[j][o][machine + 1])
            for j, o, machine, start in rows
        ]


@dataclass
class Pool:
    """Good plans that differ, with their makespans; threads may share it."""

    arrays: ShopArrays
    plans: list[tuple[int, Ints]] = field(default_factory=list)
    idle: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, random: Random) -> Ints:
        """Where the next search begins: a child of two plans, or while they are few a new plan."""
        with self.lock:
            parents = random.sample(self.plans, 2) if len(self.plans) >= SIZE else []
        if not parents:
            return self.arrays.from_steps(dispatch(self.arrays.shop, random))
        one, other = (plan for _, plan in parents)
        jobs = np.array([random.random() < 0.5 for _ in self.arrays.shop.jobs])
        first = jobs[self.arrays.job]
        # Starts of one job come from one plan, so that its operations stay in order.
        start = np.where(first, self.arrays.starts(one)[1], self.arrays.starts(other)[1])
        return self.arrays.link(np.where(first, one[MACHINE], other[MACHINE]), start)

    def add(self, makespan: int, plan: Ints) -> None:
        """Take a plan in: for one it resembles, else for the worst, if it is no worse."""
        with self.lock:
            self.idle += 1
            if makespan < min((m for m, _ in self.plans), default=makespan + 1):
                self.idle = 0
            gone = self._rival(plan)
            if gone is None:
                self.plans.append((makespan, plan))
            elif makespan <= self.plans[gone][0]:
                self.plans[gone] = (makespan, plan)
            if self.idle > STALE * SIZE:
                self.idle = 0
                self.plans = [min(self.plans, key=lambda one: one[0])]

    def _rival(self, plan: Ints) -> int | None:
        """Whose place a plan would take; None where there is room."""
        apart = [
            float(np.mean((plan[:AFTER] != other[:AFTER]).any(axis=0))) for _, other in self.plans
        ]
        if apart and min(apart) < ALIKE:
            return apart.index(min(apart))
        if len(self.plans) < SIZE:
            return None
        return max(range(SIZE), key=lambda at: self.plans[at][0])


def breed(pool: Pool, race: Race, random: Random) -> None:
    """Better plan after plan until the race stops, the best first; each better one is offered."""
    plan = pool.arrays.from_steps(race.plan)
    while not race.stop.is_set():
        pool.add(*_climb(pool.arrays, plan, race, random))
        plan = pool.begin(random)


def _climb(arrays: ShopArrays, plan: Ints, race: Race, random: Random) -> tuple[int, Ints]:
    """The best plan of one tabu search, with its makespan."""
    makespan, _ = arrays.starts(plan)
    best, offered = plan.copy(), makespan + 1
    banned = np.zeros(arrays.duration.shape, np.int64)
    state = np.array([0, makespan, 0])
    steps = max(1, SLICE // plan.shape[1])
    while state[IDLE] < PATIENCE and not race.stop.is_set():
        walk(
            arrays.duration,
            arrays.previous,
            arrays.following,
            plan,
            best,
            banned,
            state,
            steps,
            PATIENCE,
            race.bound,
            random.getrandbits(31),
        )
        if state[BEST] < offered:
            offered = int(state[BEST])
            race.offer(arrays.steps(best))
    return int(state[BEST]), best
