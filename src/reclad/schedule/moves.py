"""What two plans of the same tasks do differently, as the people at the machines notice it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reclad.schedule.problem import Placed, Schedule

Change = Literal["machine", "person", "order", "start"]
NEAR = 1440  # min: a start moved within the next day is noticed, later ones are only plans


@dataclass(frozen=True)
class Move:
    """A task that is done elsewhere, by someone else, in another order or soon at another time."""

    task: str
    change: Change
    before: Placed
    after: Placed


def list_moves(previous: Schedule, schedule: Schedule, *, now: int = 0) -> tuple[Move, ...]:
    """One move for each task of both plans that changes its machine, its person, its turn on the
    machine, or a start within a day from `now` (min); the first of these that holds.

    Of tasks in another order on a machine as few as possible count: those that must be taken out
    to leave the rest in the old order. Source: definition. Checked: tests/schedule/test_replan.py.
    """
    turned = _out_of_order(previous, schedule)
    moves = []
    for after in schedule.placed:
        before = previous.at.get(after.task)
        change = _change(before, after, after.task in turned, now) if before else None
        if before and change:
            moves.append(Move(after.task, change, before, after))
    return tuple(moves)


def _change(before: Placed, after: Placed, turned: bool, now: int) -> Change | None:
    if before.machine != after.machine:
        return "machine"
    if before.person != after.person:
        return "person"
    if turned:
        return "order"
    if before.start != after.start and min(before.start, after.start) < now + NEAR:
        return "start"
    return None


def _out_of_order(previous: Schedule, schedule: Schedule) -> set[str]:
    """Tasks to take out until each machine does the rest in the old order."""
    on: dict[str, list[Placed]] = defaultdict(list)
    for one in schedule.placed:
        before = previous.at.get(one.task)
        if one.machine and before and before.machine == one.machine:
            on[one.machine].append(one)
    turned = set()
    for those in on.values():
        ordered = sorted(those, key=lambda one: (one.start, previous.at[one.task].start, one.task))
        starts = [previous.at[one.task].start for one in ordered]
        kept = _longest_rise(starts)
        turned |= {one.task for n, one in enumerate(ordered) if n not in kept}
    return turned


def _longest_rise(values: list[int]) -> set[int]:
    """Indices of a longest part of the values that never falls (patience sorting)."""
    ends: list[int] = []
    piles: list[int] = []
    below = [-1] * len(values)
    for n, value in enumerate(values):
        # One more than the value: equal values, as in a batch, follow each other.
        at = bisect_left(ends, value + 1)
        below[n] = piles[at - 1] if at else -1
        if at == len(ends):
            ends.append(value)
            piles.append(n)
        else:
            ends[at], piles[at] = value, n
    kept, n = set(), piles[-1] if piles else -1
    while n >= 0:
        kept.add(n)
        n = below[n]
    return kept
