"""A shop floor at work, minute by minute events, by other rules than the planner's own model.

Durations are gamma, breakdowns Weibull, repairs gamma; whoever is free takes the first task in the
plan's order that is ready (local swaps, no waiting for whose turn it is); a part that fails
inspection is clad for part of its time, cooled, finished and inspected again; work that runs over
goes on into overtime for a while and then rests until the next shift; a part heated too early goes
back into the furnace. Shares no code with reclad.schedule.promise.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from reclad.schedule.problem import Placed, Problem, Schedule, Task

OVERTIME = 120.0  # min that work may run over
SLACK = 10.0  # min by which a task may be begun although it does not quite fit the shift


@dataclass
class Truth:
    """What is true in one shop, drawn anew: factors on durations, chance of rework, breakdowns."""

    factor: dict[str, float]
    cv: dict[str, float]
    rework: float
    between: dict[str, float]
    repair: float


def draw_truth(problem: Problem, rng: np.random.Generator) -> Truth:
    """A shop whose numbers spread as far as the planner believes, in other shapes."""
    clock = {"preheat", "cool"}
    shop = rng.gamma(1.0 / 0.08**2, 0.08**2)
    factor, cv = {}, {}
    for process in dict.fromkeys(task.process for task in problem.tasks):
        wide = 0.03 if process in clock else 0.08 if process == "clad" else 0.15
        factor[process] = shop * rng.uniform(1.0 - wide * math.sqrt(3), 1.0 + wide * math.sqrt(3))
        cv[process] = 0.03 if process in clock else 0.05 if process == "clad" else 0.25
    between = {
        one.name: 12000.0 * rng.gamma(4.0, 0.25)
        for one in problem.resources
        if one.kind == "machine"
    }
    return Truth(factor, cv, float(rng.beta(2.0, 38.0)), between, 480.0)


@dataclass
class Job:
    """One pass of a task through the shop."""

    task: Task
    placed: Placed
    work: float
    planned: float
    rank: float
    wanted: list[Job] = field(default_factory=list)
    begun: float = math.nan
    end: float = math.nan


class Floor:
    """The shop, run once."""

    def __init__(self, problem: Problem, plan: Schedule, truth: Truth, rng: np.random.Generator):
        self.problem, self.truth, self.rng = problem, truth, rng
        self.links = {(one.before, one.after): one for one in problem.links}
        self.jobs: dict[str, Job] = {}
        for task in problem.tasks:
            at = plan.at[task.name]
            self.jobs[task.name] = self._job(task, at, at.start + 1e-6 * at.end)
        for link in problem.links:
            self.jobs[link.after].wanted.append(self.jobs[link.before])
        self.open_jobs = sorted(self.jobs.values(), key=lambda one: one.rank)
        self.busy: dict[str, float] = {one.name: -1.0 for one in problem.resources}
        self.family = {one.name: one.family for one in problem.resources}
        self.hands: dict[str, list[tuple[float, int]]] = {}
        self.left = {name: self._uptime(name) for name in truth.between}
        self.events: list[float] = [0.0]
        self.done: dict[str, float] = {}

    def _job(self, task: Task, at: Placed, rank: float, share: float = 1.0) -> Job:
        planned = (at.end - at.start) * share
        k = 1.0 / self.truth.cv[task.process] ** 2
        work = planned * self.truth.factor[task.process] * self.rng.gamma(k, 1.0 / k)
        return Job(task, at, work, planned, rank)

    def _uptime(self, name: str) -> float:
        scale = self.truth.between[name] / math.gamma(1.0 + 1.0 / 1.5)
        return float(scale * self.rng.weibull(1.5))

    def _window(self, name: str | None, t: float) -> tuple[float, float]:
        """Window that holds t, else the next one."""
        if name is None:
            return -math.inf, math.inf
        for start, end in self.problem.resource[name].open:
            if end > t:
                return start, end
        last = self.problem.resource[name].open[-1]
        return last[1], math.inf

    def _may_begin(self, job: Job, t: float) -> bool:
        if job.task.earliest > t:
            heapq.heappush(self.events, float(job.task.earliest))
            return False
        return self._is_there(job, t) and self._is_open(job, t) and self._soon_followed(job, t)

    def _is_there(self, job: Job, t: float) -> bool:
        """What comes before it is done."""
        for before in job.wanted:
            link = self.links.get((before.task.name, job.task.name))
            ready = before.end + (link.least if link else 0)
            if not ready <= t:
                if ready > t:
                    heapq.heappush(self.events, ready)
                return False
        return True

    def _is_open(self, job: Job, t: float) -> bool:
        """Machine and person are there, free and set up."""
        machine, person = job.placed.machine, job.placed.person
        for name in (machine, person):
            start, end = self._window(name, t)
            if start > t:
                heapq.heappush(self.events, start)
                return False
            if t + job.planned > end + SLACK:
                later = self._window(name, end)[0] if end < math.inf else t
                heapq.heappush(self.events, max(later, end))
                return False
        if machine is not None:
            ready = self.busy[machine]
            own = self.problem.resource[machine]
            if own.changeover and self.family[machine] not in ("", job.task.family):
                ready = max(ready, 0.0) + own.changeover
            if ready > t:
                heapq.heappush(self.events, ready)
                return False
        if person is not None:
            held = sum(share for until, share in self.hands.get(person, []) if until > t)
            return held + job.task.share <= 100
        return True

    def _soon_followed(self, job: Job, t: float) -> bool:
        """A part is heated when the machine that takes it next is about to be free."""
        for after in self.open_jobs:
            link = self.links.get((job.task.name, after.task.name))
            if link is None or link.most is None or job not in after.wanted:
                continue
            start, end = self._window(after.placed.person, t + job.planned)
            wait = max(self.busy[str(after.placed.machine)], start) - (t + job.planned)
            if t + job.planned + after.planned > end + SLACK:
                wait = self._window(after.placed.person, end)[0] - (t + job.planned)
            if wait > link.most:
                heapq.heappush(self.events, t + wait - link.most)
                return False
        return True

    def _run(self, job: Job, t: float) -> None:
        machine, person = job.placed.machine, job.placed.person
        now, rest, attended = t, job.work, 0.0
        while True:
            limit = min(self._window(machine, now)[1], self._window(person, now)[1]) + OVERTIME
            up = self.left.get(str(machine), math.inf)
            step = min(rest, up, max(1.0, limit - now))
            now, rest = now + step, rest - step
            attended = attended or now
            if machine in self.left:
                self.left[machine] -= step
            if rest <= 0.0:
                break
            if self.left.get(str(machine), math.inf) <= 0.0:
                self.left[str(machine)] = self._uptime(str(machine))
                now += self.rng.gamma(2.0, 0.5 * self.truth.repair)
            for _ in range(8):
                now = max(now, self._window(machine, now)[0], self._window(person, now)[0])
        job.begun, job.end = t, now
        if machine is not None:
            self.busy[machine], self.family[machine] = now, job.task.family
        if person is not None:
            kept = [one for one in self.hands.get(person, []) if one[0] > t]
            self.hands[person] = [*kept, (attended, job.task.share)]
            heapq.heappush(self.events, attended)
        heapq.heappush(self.events, now)

    def _again(self, job: Job) -> None:
        """Failed inspection: clad for part of the time, cooled, finished, inspected again."""
        order = job.task.order
        chain = [one for one in self.jobs.values() if one.task.order == order]
        chain = [one for one in chain if one.task.process in ("clad", "cool", "grind", "turn")]
        new: list[Job] = []
        for old in [*sorted(chain, key=lambda one: one.placed.start), job]:
            share = {"clad": self.rng.uniform(0.6, 1.0)}.get(old.task.process, 1.0)
            one = self._job(old.task, old.placed, -1.0, share)
            one.wanted = [new[-1] if new else job]
            new.append(one)
        for after in self.open_jobs:
            if job in after.wanted:
                after.wanted = [new[-1] if one is job else one for one in after.wanted]
        self.open_jobs = [*new, *self.open_jobs]

    def work(self) -> dict[str, float]:
        """When each order is done, min."""
        while self.open_jobs:
            t = heapq.heappop(self.events)
            while self.events and self.events[0] <= t + 1e-9:
                heapq.heappop(self.events)
            begun = True
            while begun:
                begun = self._begin_first(t)
        return self.done

    def _begin_first(self, t: float) -> bool:
        for job in self.open_jobs:
            if not self._may_begin(job, t):
                continue
            if self._too_cold(job, t):
                continue
            self._run(job, t)
            batch = [job, *self._mates(job, t)]
            for one in batch:
                one.begun, one.end = t, job.end
                self.open_jobs.remove(one)
                order = one.task.order
                self.done[order] = max(self.done.get(order, 0.0), one.end)
                if one.task.process == "inspect" and self.rng.random() < self.truth.rework:
                    self._again(one)
            return True
        return False

    def _too_cold(self, job: Job, t: float) -> bool:
        """Heated too early: back into the furnace, by its own booking."""
        for before in job.wanted:
            link = self.links.get((before.task.name, job.task.name))
            if link and link.most is not None and t > before.end + link.most + SLACK:
                again = self._job(before.task, before.placed, -1.0)
                again.wanted = []
                job.wanted = [again if one is before else one for one in job.wanted]
                self.open_jobs.insert(0, again)
                heapq.heappush(self.events, t)
                return True
        return False

    def _mates(self, job: Job, t: float) -> list[Job]:
        """What goes into the furnace with it."""
        own = self.problem.resource.get(str(job.placed.machine))
        if own is None or own.kind != "furnace":
            return []
        found: list[Job] = []
        self.busy[own.name] = -1.0
        for one in self.open_jobs:
            alike = one.placed.machine == own.name and one.task.family == job.task.family
            if one is not job and alike and len(found) + 1 < own.places and self._may_begin(one, t):
                found.append(one)
        self.busy[own.name] = job.end
        return found
