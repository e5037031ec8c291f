"""The rules of a shop for CP-SAT: machines, batches, persons, hours and links of free tasks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from reclad.schedule.problem import WHOLE

if TYPE_CHECKING:
    from ortools.sat.python import cp_model as cp

    from reclad.schedule.problem import Mode, Placed, Problem, Resource, Task


@dataclass
class Choice:
    """A free task in the model: its start, length and end, its modes by number, its persons by
    name."""

    task: Task
    start: Any
    length: Any
    end: Any
    modes: dict[int, Any]
    persons: dict[str, Any]


@dataclass
class Piece:
    """The model of a piece."""

    problem: Problem
    held: dict[str, Placed]
    horizon: int
    model: cp.CpModel
    choices: dict[str, Choice] = field(default_factory=dict)


def add_task(piece: Piece, task: Task, bounds: tuple[int, int]) -> Choice:
    """Start, end, and one literal for each mode and each person, tied to the open hours."""
    model, name = piece.model, task.name
    low, high = bounds[0], min(bounds[1], piece.horizon)
    start = model.new_int_var(low, max(low, high), f"{name} start")
    lengths = [mode.minutes for mode in task.modes]
    modes = {n: model.new_bool_var(f"{name} mode {n}") for n in range(len(task.modes))}
    model.add_exactly_one(modes.values())
    end = model.new_int_var(low, piece.horizon + max(lengths), f"{name} end")
    length: Any = lengths[0]
    if len(set(lengths)) > 1:
        length = model.new_int_var(min(lengths), max(lengths), f"{name} length")
        model.add(length == sum(modes[n] * minutes for n, minutes in enumerate(lengths)))
    model.add(end == start + length)
    persons: dict[str, Any] = {}
    if task.skill:
        able = [r for r in piece.problem.resources if r.kind == "person" and task.skill in r.skills]
        persons = {one.name: model.new_bool_var(f"{name} by {one.name}") for one in able}
        model.add_exactly_one(persons.values())
    choice = Choice(task, start, length, end, modes, persons)
    for n, mode in enumerate(task.modes):
        if mode.machine:
            spans = _machine_starts(piece, task, mode)
            _restrict(piece, start, spans, [modes[n]])
        for who, present in persons.items():
            spans = _inside(piece.problem.resource[who].open, mode.minutes)
            _restrict(piece, start, spans, [modes[n], present])
    return choice


def _restrict(piece: Piece, start: Any, spans: list[tuple[int, int]], given: list[Any]) -> None:
    from ortools.sat.python import cp_model

    if not spans:
        piece.model.add_bool_or([literal.negated() for literal in given])
        return
    domain = cp_model.Domain.from_intervals([list(span) for span in spans])
    piece.model.add_linear_expression_in_domain(start, domain).only_enforce_if(given)


def _inside(windows: tuple[tuple[int, int], ...], minutes: int) -> list[tuple[int, int]]:
    """Starts (first, last) that leave a task inside one open time."""
    return [(a, b - minutes) for a, b in windows if b - minutes >= a]


def _machine_starts(piece: Piece, task: Task, mode: Mode) -> list[tuple[int, int]]:
    """Starts on a machine between what is held on it, changeovers kept, batches joined."""
    machine = piece.problem.resource[str(mode.machine)]
    spans = _inside(machine.open, mode.minutes)
    if machine.family and machine.family != task.family:
        spans = [(max(a, machine.changeover), b) for a, b in spans if b >= machine.changeover]
    joined = []
    for one in _held_on(piece, machine):
        same = piece.problem.task[one.task].family == task.family
        pause = 0 if same else machine.changeover
        first, last = one.start - mode.minutes - pause, one.end + pause
        fits = same and one.end - one.start == mode.minutes
        if machine.kind == "furnace" and machine.places > 1 and fits:
            joined += [(one.start, one.start) for a, b in spans if a <= one.start <= b]
        spans = [
            part
            for a, b in spans
            for part in ((a, min(b, first)), (max(a, last), b))
            if part[0] <= part[1]
        ]
    return sorted({*spans, *joined})


def _held_on(piece: Piece, machine: Resource) -> list[Placed]:
    return [one for one in piece.held.values() if one.machine == machine.name]


def add_machines(piece: Piece) -> None:
    """Free tasks on one machine one after the other with changeovers, or in one batch."""
    on: dict[str, list[tuple[Choice, Mode, Any]]] = defaultdict(list)
    for choice in piece.choices.values():
        for n, mode in enumerate(choice.task.modes):
            if mode.machine:
                on[mode.machine].append((choice, mode, choice.modes[n]))
    for name, those in on.items():
        machine = piece.problem.resource[name]
        spans = [_span(piece, *one) for one in those]
        batches = machine.kind == "furnace" and machine.places > 1
        if batches:
            held = [_still(piece, one) for one in _held_on(piece, machine)]
            piece.model.add_cumulative(
                [*spans, *held], [1] * (len(spans) + len(held)), machine.places
            )
        else:
            piece.model.add_no_overlap(spans)
        for first, second in combinations(those, 2):
            _add_pair(piece, machine, first, second, batches=batches)


def _add_pair(
    piece: Piece,
    machine: Resource,
    first: tuple[Choice, Mode, Any],
    second: tuple[Choice, Mode, Any],
    *,
    batches: bool,
) -> None:
    """Two free tasks that may meet on a machine: changeover between families, or one batch."""
    (a, a_mode, a_here), (b, b_mode, b_here) = first, second
    if a.task.name == b.task.name:
        return
    same = a.task.family == b.task.family
    pause = 0 if same else machine.changeover
    if not batches and pause == 0:
        return
    model, tag = piece.model, f"{a.task.name} {b.task.name} {machine.name}"
    before = model.new_bool_var(f"{tag} before")
    after = model.new_bool_var(f"{tag} after")
    ways = [before, after, a_here.negated(), b_here.negated()]
    model.add(b.start >= a.end + pause).only_enforce_if([before, a_here, b_here])
    model.add(a.start >= b.end + pause).only_enforce_if([after, a_here, b_here])
    if batches and same and a_mode.minutes == b_mode.minutes:
        together = model.new_bool_var(f"{tag} together")
        model.add(a.start == b.start).only_enforce_if([together, a_here, b_here])
        ways.append(together)
    model.add_bool_or(ways)


def _span(piece: Piece, choice: Choice, mode: Mode, here: Any) -> Any:
    name = f"{choice.task.name} on {mode.machine} {mode.minutes}"
    return piece.model.new_optional_fixed_size_interval_var(choice.start, mode.minutes, here, name)


def _still(piece: Piece, one: Placed) -> Any:
    return piece.model.new_fixed_size_interval_var(one.start, one.end - one.start, one.task)


def add_persons(piece: Piece) -> None:
    """Shares of each person, held tasks included."""
    by: dict[str, list[Choice]] = defaultdict(list)
    for choice in piece.choices.values():
        for name in choice.persons:
            by[name].append(choice)
    for name, those in by.items():
        spans, shares = [], []
        for choice in those:
            here, tag = choice.persons[name], f"{choice.task.name} {name}"
            spans.append(
                piece.model.new_optional_interval_var(
                    choice.start, choice.length, choice.end, here, tag
                )
            )
            shares.append(choice.task.share)
        for one in piece.held.values():
            if one.person == name:
                spans.append(_still(piece, one))
                shares.append(piece.problem.task[one.task].share)
        piece.model.add_cumulative(spans, shares, WHOLE)


def add_links(piece: Piece) -> None:
    """Waits between tasks of which at least one is free."""
    for link in piece.problem.links:
        before, after = piece.choices.get(link.before), piece.choices.get(link.after)
        if before is None and after is None:
            continue
        end = before.end if before else piece.held[link.before].end
        start = after.start if after else piece.held[link.after].start
        piece.model.add(start >= end + link.least)
        if link.most is not None:
            piece.model.add(start <= end + link.most)
