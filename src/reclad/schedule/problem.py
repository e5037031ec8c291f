"""What a shop has to do and what it has to do it with, in whole minutes from now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["machine", "person", "furnace"]
WHOLE = 100  # per cent of a person's attention


@dataclass(frozen=True)
class Resource:
    """A machine, a person or a furnace.

    open        (start, end) min, in order and apart: shifts less maintenance; work never crosses
                their ends
    places      of a furnace: parts in it at once, all of one family, put in and taken out together
    skills      of a person: what they are authorised for
    changeover  min between two tasks of different families on a machine (powder, nozzle)
    family      what a machine is set up for now
    """

    name: str
    kind: Kind
    open: tuple[tuple[int, int], ...]
    places: int = 1
    skills: frozenset[str] = frozenset()
    changeover: int = 0
    family: str = ""


@dataclass(frozen=True)
class Mode:
    """One way to do a task: the machine or furnace (None: none is taken, as in cooling) and min."""

    machine: str | None
    minutes: int


@dataclass(frozen=True)
class Placed:
    """A task in its place: start and end min, machine and person where it takes them."""

    task: str
    start: int
    end: int
    machine: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Task:
    """One step of an order; once begun it is not interrupted.

    skill     that whoever attends must have; empty: nobody attends, any hour will do
    share     per cent of that person's attention, all the while
    family    powder on a cladder, temperature and time in a furnace
    earliest  min: metal arrives, a customer's hold point is released
    fixed     already begun or frozen: stays exactly there
    """

    name: str
    order: str
    process: str
    modes: tuple[Mode, ...]
    skill: str = ""
    share: int = WHOLE
    family: str = ""
    earliest: int = 0
    fixed: Placed | None = None


@dataclass(frozen=True)
class Link:
    """`after` starts at least `least` and at most `most` min (None: any) after `before` ends."""

    before: str
    after: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Promise:
    """When an order is due (min) and what a minute of lateness weighs."""

    order: str
    due: int
    weight: float = 1.0


@dataclass(frozen=True)
class Problem:
    """Everything a schedule must respect; names are unique."""

    resources: tuple[Resource, ...]
    tasks: tuple[Task, ...]
    links: tuple[Link, ...]
    promises: tuple[Promise, ...]

    @cached_property
    def resource(self) -> dict[str, Resource]:
        return {one.name: one for one in self.resources}

    @cached_property
    def task(self) -> dict[str, Task]:
        return {one.name: one for one in self.tasks}


@dataclass(frozen=True)
class Schedule:
    """Every task in its place."""

    placed: tuple[Placed, ...]

    @cached_property
    def at(self) -> dict[str, Placed]:
        return {one.task: one for one in self.placed}

    def finish(self, problem: Problem) -> dict[str, int]:
        """When each order is done, min."""
        done: dict[str, int] = {}
        for task in problem.tasks:
            done[task.order] = max(done.get(task.order, 0), self.at[task.name].end)
        return done

    def tardiness(self, problem: Problem) -> float:
        """Weighted minutes of lateness over all orders."""
        done = self.finish(problem)
        return float(
            sum(one.weight * max(0, done[one.order] - one.due) for one in problem.promises)
        )

    @property
    def makespan(self) -> int:
        """End of the last task, min."""
        return max((one.end for one in self.placed), default=0)
