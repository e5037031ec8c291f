"""The best plan of a job shop within a time: two threads that share what they find."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.schedule.jobshop import check_plan, least_makespan, makespan_of
from reclad.schedule.jobshop_dispatch import dispatch
from reclad.schedule.jobshop_exact import has_solver, prove

if TYPE_CHECKING:
    from collections.abc import Callable

    from reclad.schedule.jobshop import JobShop, Step
    from reclad.schedule.jobshop_pool import Pool

PROVING = 0.25  # of the time, on one thread: assumed, from trials on Mk01 to Mk10
GATHER = 1.0  # s that the tabu search leads, so that proofs begin from a good plan: assumed
PROVABLE = (
    5000  # alternatives of all operations together: beyond, the solver's model takes too long
)
LEAVE = 0.3  # s that threads have to end in


@dataclass(frozen=True)
class Solved:
    """A plan in the order of its starts, its makespan, what no plan can beat; seconds it took."""

    plan: tuple[Step, ...]
    makespan: int
    lower_bound: int
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether no plan can be shorter."""
        return self.makespan == self.lower_bound


@dataclass
class Race:
    """What the threads share: best plan, highest bound, the sign to stop, a fault."""

    shop: JobShop
    plan: list[Step]
    bound: int
    stop: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def offer(self, plan: list[Step]) -> None:
        """Keep the plan if it is better."""
        with self._lock:
            if makespan_of(plan) < makespan_of(self.plan):
                self.plan = plan
            self._settle()

    def raise_bound(self, bound: int) -> None:
        """Keep the bound if it is higher."""
        with self._lock:
            self.bound = max(self.bound, bound)
            self._settle()

    def _settle(self) -> None:
        if makespan_of(self.plan) <= self.bound:
            self.stop.set()


def solve_job_shop(shop: JobShop, *, seconds: float, seed: int = 0) -> Solved:
    """The shortest plan found in a time, and a makespan that no plan can beat.

    seconds  wall time until the answer, code to be compiled included; less where the plan is
             proven best. The plan hangs on how fast the machine is, not on the seed alone.
    seed     another seed, another search
    Two threads breed plans from a pool they share and better each by tabu search; where OR-Tools
    is installed, one of them first seeks proofs with it. The plan is checked before it is given;
    ScheduleError says so if it fails. Checked: tests/schedule/test_jobshop_search.py,
    benchmarks/jobshop.py.
    """
    end = time.monotonic() + seconds
    race = Race(shop, dispatch(shop), least_makespan(shop))
    race.offer(race.plan)
    if not race.stop.is_set():
        _run(race, seed, end, seconds)
    plan = sorted(race.plan, key=lambda step: (step.start, step.job, step.operation))
    wrong = check_plan(shop, plan)
    if wrong:
        raise ScheduleError(f"the plan found cannot be worked: {wrong[0]}; please report it")
    # A thread that was late may have raised the bound since; the plan is the one checked.
    spent = time.monotonic() - end + seconds
    return Solved(tuple(plan), makespan_of(plan), race.bound, spent)


def _run(race: Race, seed: int, end: float, seconds: float) -> None:
    """Both threads until the time is up or the plan is proven; a fault of theirs is raised."""
    pools: list[Pool] = []
    ready = threading.Lock()

    def search(number: int) -> None:
        with ready:  # what has to be compiled is compiled once
            from reclad.schedule.jobshop_pool import Pool, ShopArrays, breed

            if not pools:
                pools.append(Pool(ShopArrays(race.shop)))
        breed(pools[0], race, Random(f"{seed} {number}"))

    def prove_then_search(number: int) -> None:
        # By then the first plans are good; without them the solver would seek them itself.
        if _provable(race.shop) and not race.stop.wait(min(GATHER, PROVING * seconds)):
            left = min(PROVING * seconds, end - time.monotonic())
            # No daemon: the solver must have ended before the interpreter does.
            solver = threading.Thread(target=guarded, args=(lambda _: _prove(race, left, seed), 0))
            solver.start()
            solver.join()
        if not race.stop.is_set():
            search(number)

    def guarded(work: Callable[[int], None], number: int) -> None:
        try:
            work(number)
        except Exception as fault:  # raised again by the thread that waits
            race.fault = fault
            race.stop.set()

    # Daemons: code that still compiles when the time is up must not hold back the answer.
    threads = [
        threading.Thread(target=guarded, args=(work, number), daemon=True)
        for number, work in enumerate((search, prove_then_search))
    ]
    try:
        for thread in threads:
            thread.start()
        # Slept through, not waited for: a signal that falls into a wait may leave its lock broken.
        while not race.stop.is_set() and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        race.stop.set()
        late = time.monotonic() + LEAVE
        for thread in threads:
            thread.join(max(0.0, late - time.monotonic()))
    if race.fault is not None:
        raise race.fault


def _provable(shop: JobShop) -> bool:
    alternatives = sum(len(ways) for job in shop.jobs for ways in job)
    return alternatives <= PROVABLE and has_solver()


def _prove(race: Race, seconds: float, seed: int) -> None:
    prove(
        race.shop,
        seconds=seconds,
        seed=seed,
        workers=1,
        hint=race.plan,
        least=race.bound,
        found=race.offer,
        bounded=race.raise_bound,
        stop=race.stop,
    )
