"""Ways to make a shop larger, as data: a machine, places, longer shifts, a person, training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.schedule.problem import Mode, Problem, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class AddMachine:
    """One more machine or furnace like `like`: whatever `like` can do, it can do as fast.

    price    money, once; running money per min of calendar time (both assumed unless quoted)
    """

    like: str
    name: str = ""
    price: float = 0.0
    running: float = 0.0

    @property
    def label(self) -> str:
        return f"one more machine like {self.like}"

    def enlarge(self, problem: Problem) -> Problem:
        """The shop with it; raises ScheduleError if `like` is unknown or the name is taken."""
        name = self.name or f"{self.like} more"
        more = replace(_known(problem, self.like, ("machine", "furnace")), name=_new(problem, name))
        tasks = tuple(
            replace(
                task,
                modes=task.modes
                + tuple(
                    Mode(name, mode.minutes) for mode in task.modes if mode.machine == self.like
                ),
            )
            for task in problem.tasks
        )
        return replace(problem, resources=(*problem.resources, more), tasks=tasks)


@dataclass(frozen=True)
class AddPlaces:
    """`places` more parts at once in a furnace."""

    furnace: str
    places: int = 1
    price: float = 0.0
    running: float = 0.0

    @property
    def label(self) -> str:
        return f"{self.places} more in {self.furnace}"

    def enlarge(self, problem: Problem) -> Problem:
        """The shop with it; raises ScheduleError if there is no such furnace."""
        _known(problem, self.furnace, ("furnace",))
        return _change(
            problem, (self.furnace,), lambda one: replace(one, places=one.places + self.places)
        )


@dataclass(frozen=True)
class AddShift:
    """Named machines and people are there `minutes` longer after each of their windows; windows
    that meet become one."""

    names: tuple[str, ...]
    minutes: int
    price: float = 0.0
    running: float = 0.0

    @property
    def label(self) -> str:
        return f"{self.minutes / 60.0:g} h longer each shift: {', '.join(self.names)}"

    def enlarge(self, problem: Problem) -> Problem:
        """The shop with it; raises ScheduleError if a name is unknown."""
        return _change(
            problem,
            self.names,
            lambda one: replace(one, open=joined((s, e + self.minutes) for s, e in one.open)),
        )


@dataclass(frozen=True)
class AddPerson:
    """One more person with the hours and skills of `like`."""

    like: str
    name: str = ""
    price: float = 0.0
    running: float = 0.0

    @property
    def label(self) -> str:
        return f"one more person like {self.like}"

    def enlarge(self, problem: Problem) -> Problem:
        """The shop with them; raises ScheduleError if `like` is unknown or the name is taken."""
        more = replace(
            _known(problem, self.like, ("person",)),
            name=_new(problem, self.name or f"{self.like} more"),
        )
        return replace(problem, resources=(*problem.resources, more))


@dataclass(frozen=True)
class Train:
    """A person learns skills, and is authorised for them."""

    person: str
    skills: frozenset[str]
    price: float = 0.0
    running: float = 0.0

    @property
    def label(self) -> str:
        return f"{self.person} trained in {', '.join(sorted(self.skills))}"

    def enlarge(self, problem: Problem) -> Problem:
        """The shop after it; raises ScheduleError if there is no such person."""
        _known(problem, self.person, ("person",))
        return _change(
            problem, (self.person,), lambda one: replace(one, skills=one.skills | self.skills)
        )


Option = AddMachine | AddPlaces | AddShift | AddPerson | Train


def joined(windows: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Windows (start, end min) in order, those that meet or overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _change(
    problem: Problem, names: tuple[str, ...], change: Callable[[Resource], Resource]
) -> Problem:
    for name in names:
        _known(problem, name, ("machine", "person", "furnace"))
    return replace(
        problem,
        resources=tuple(change(one) if one.name in names else one for one in problem.resources),
    )


def _known(problem: Problem, name: str, kinds: tuple[str, ...]) -> Resource:
    found = problem.resource.get(name)
    if found is None or found.kind not in kinds:
        there = ", ".join(one.name for one in problem.resources if one.kind in kinds)
        raise ScheduleError(f"{name}: no {' or '.join(kinds)} of this shop; there are {there}")
    return found


def _new(problem: Problem, name: str) -> str:
    if name in problem.resource:
        raise ScheduleError(f"{name}: already the name of a resource; give the new one another")
    return name
