"""Whether a plan can be worked as it stands: every rule of the shop, looked at one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from reclad.schedule.problem import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reclad.schedule.problem import Placed, Problem, Resource, Schedule, Task

LISTED = 5  # times of a person told before the rest is left out


def check_schedule(problem: Problem, schedule: Schedule) -> tuple[str, ...]:
    """Every rule the plan breaks, one line each with the tasks, the rule and the minutes; empty:
    it can be worked as it stands.

    Minutes from now. A fixed task is held to its place alone: its length, open hours, skill and
    earliest start were settled when it began or was frozen; it still fills its machine and person.
    An empty family is a family of its own; a machine whose present family is empty is taken to be
    set up for whatever comes first. A changeover may run while the machine is closed.
    Source: the rules of reclad.schedule.problem; shares no code with any solver. Checked:
    tests/schedule/test_check.py plants a breach of every rule.
    """
    named = Counter(one.task for one in schedule.placed)
    faults = [f"{name}: not in the plan" for name in problem.task if name not in named]
    faults += [f"{name}: in the plan but not a task" for name in named if name not in problem.task]
    faults += [f"{name}: in the plan {n} times" for name, n in named.items() if n > 1]
    if faults:
        return tuple(faults)
    for task in problem.tasks:
        placed = schedule.at[task.name]
        faults += _check_fixed(task, placed) if task.fixed else _check_alone(problem, task, placed)
    faults += check_together(problem, schedule.placed)
    return tuple(faults)


def check_together(problem: Problem, placed: Iterable[Placed]) -> list[str]:
    """Every rule between placed tasks that is broken: machines, furnaces, persons, links; tasks
    that are not among them are left out."""
    at = {one.task: one for one in placed}
    on: dict[str, list[Placed]] = defaultdict(list)
    by: dict[str, list[Placed]] = defaultdict(list)
    for one in at.values():
        if one.machine in problem.resource:
            on[str(one.machine)].append(one)
        if one.person in problem.resource:
            by[str(one.person)].append(one)
    faults: list[str] = []
    for name, those in on.items():
        faults += _check_machine(problem, problem.resource[name], those)
    for name, those in by.items():
        faults += _check_person(problem, name, those)
    return faults + list(_check_links(problem, at))


def _check_fixed(task: Task, placed: Placed) -> list[str]:
    return [] if placed == task.fixed else [f"{task.name}: fixed at {task.fixed}, not at {placed}"]


def _check_alone(problem: Problem, task: Task, placed: Placed) -> list[str]:
    """Mode, length, hours, person and earliest start of one task."""
    name, faults = task.name, []
    length = placed.end - placed.start
    if placed.machine not in {mode.machine for mode in task.modes}:
        faults.append(f"{name}: {placed.machine or 'no machine'} is none of its modes")
    elif not any(m.machine == placed.machine and m.minutes == length for m in task.modes):
        faults.append(f"{name}: takes {length} min on {placed.machine}, not the min of its mode")
    earliest = max(0, task.earliest)
    if placed.start < earliest:
        faults.append(f"{name}: starts at {placed.start} min, earliest {earliest} min")
    machine = problem.resource.get(placed.machine or "")
    if machine:
        faults += _check_hours(machine, placed)
        late = placed.start < machine.changeover
        if machine.family and task.family != machine.family and late:
            faults.append(
                f"{name}: starts at {placed.start} min on {machine.name}, whose changeover from "
                f"{machine.family} lasts until {machine.changeover} min"
            )
    return faults + _check_attendance(problem, task, placed)


def _check_attendance(problem: Problem, task: Task, placed: Placed) -> list[str]:
    """Whether someone is there who may do it, and nobody where nobody is wanted."""
    if not task.skill:
        said = f"{task.name}: {placed.person} attends, but nobody has to"
        return [said] if placed.person else []
    person = problem.resource.get(placed.person or "")
    if person is None or person.kind != "person":
        return [f"{task.name}: nobody attends, skill {task.skill} is needed"]
    faults = _check_hours(person, placed)
    if task.skill not in person.skills:
        faults.append(f"{task.name}: {person.name} lacks the skill {task.skill}")
    return faults


def _check_hours(resource: Resource, placed: Placed) -> list[str]:
    if any(a <= placed.start and placed.end <= b for a, b in resource.open):
        return []
    span = f"{placed.start}-{placed.end} min"
    return [f"{placed.task}: {span} is not inside one open time of {resource.name}"]


def _check_machine(problem: Problem, machine: Resource, those: list[Placed]) -> Iterator[str]:
    """Never two at once, save a batch of a furnace; changeover between families."""
    ordered = sorted(those, key=lambda one: (one.start, one.end))
    for first, second in combinations(ordered, 2):
        same = problem.task[first.task].family == problem.task[second.task].family
        pause = 0 if same else machine.changeover
        if second.start >= first.end + pause:
            continue
        told = f"{first.task} {first.start}-{first.end} and {second.task} {second.start}-"
        told += f"{second.end} min on {machine.name}"
        if second.start >= first.end:
            yield f"{told}: {machine.changeover} min of changeover between families"
        elif machine.kind != "furnace":
            yield f"{told}: at once"
        elif not same or (first.start, first.end) != (second.start, second.end):
            yield f"{told}: a batch has one family, start and end"
    if machine.kind == "furnace":
        for start, count in Counter(one.start for one in ordered).items():
            if count > machine.places:
                names = ", ".join(one.task for one in ordered if one.start == start)
                yield f"{names}: {count} in {machine.name} at {start} min, places {machine.places}"


def _check_person(problem: Problem, name: str, those: list[Placed]) -> list[str]:
    """Shares of one person at every minute where something starts."""
    faults: list[str] = []
    for minute in sorted({one.start for one in those}):
        busy = [one.task for one in those if one.start <= minute < one.end]
        total = sum(problem.task[task].share for task in busy)
        if total > WHOLE:
            faults.append(f"{', '.join(busy)}: {total} % of {name} at {minute} min, {WHOLE} % is")
            faults[-1] += " all there is"
    more = [f"{name}: {len(faults) - LISTED} more such minutes"] if len(faults) > LISTED else []
    return faults[:LISTED] + more


def _check_links(problem: Problem, at: dict[str, Placed]) -> Iterator[str]:
    for link in problem.links:
        before, after = at.get(link.before), at.get(link.after)
        if before is None or after is None:
            continue
        wait = after.start - before.end
        told = f"{link.after} starts {wait} min after {link.before} ends at {before.end} min"
        if wait < link.least:
            yield f"{told}, least {link.least} min"
        if link.most is not None and wait > link.most:
            yield f"{told}, most {link.most} min"
