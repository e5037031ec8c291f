"""Tasks put in their places one after the other, each as early as it can end: kernels.

Serial schedule generation (kolisch1996): tasks in order of priority, each at the earliest time its
machine, its person and its links allow, gaps included. All times are whole minutes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FAR = 1 << 40
FULL = 100  # per cent of a person


class Shop(NamedTuple):
    """The problem as arrays; T tasks, R resources, G groups (tasks bound by a longest wait, placed
    together), O orders. What belongs to n stands from x_at[n] to x_at[n + 1].

    hours (., 2)   open times of a resource, min
    traits (R, 4)  furnace (0, 1), places, changeover min, present family (-1: any)
    modes (., 2)   of a task: machine (-1: none), min
    who (.,)       persons who may attend a task, those with fewest skills first
    before (., 3)  of a task: task before it, least and most min (FAR: any) between
    facts (T, 5)   family, share, attended (0, 1), earliest and latest start min
    member (.,)    tasks of a group in the order of their links; following (.,): groups after it
    waits (G,)     groups before it; urgent (G,) 1: must start by a certain minute
    fixed (., 5)   task, start, end, machine, person
    order_of (T,), owner (G,)   order of a task, of a group; due (O,) min, weight (O,)
    """

    hours_at: Ints
    hours: Ints
    traits: Ints
    mode_at: Ints
    modes: Ints
    who_at: Ints
    who: Ints
    before_at: Ints
    before: Ints
    facts: Ints
    group_at: Ints
    member: Ints
    next_at: Ints
    following: Ints
    waits: Ints
    urgent: Ints
    fixed: Ints
    order_of: Ints
    owner: Ints
    due: Ints
    weight: Floats


class Work(NamedTuple):
    """Room to work in, one for each thread.

    busy (R, K, 4), blocks (R,)   start, end, family, parts in it of each block on a machine
    steps (R, 2K, 2), turns (R,)  minute from which a share of a person is taken; sorted
    place (T, 4)                  start (-FAR: not placed), end, machine, person (-1: none)
    finish (O,)                   min at which each order is done
    low (T,)                      earliest start in the present try
    rank, slot, missing, heap, ranked (G,)   the order being made possible
    """

    busy: Ints
    blocks: Ints
    steps: Ints
    turns: Ints
    place: Ints
    finish: Ints
    low: Ints
    rank: Ints
    slot: Ints
    missing: Ints
    heap: Ints
    ranked: Ints


@njit(cache=True, nogil=True)
def fit_hours(hours: Ints, first: int, last: int, start: int, length: int) -> int:
    """Earliest start (min) from `start` on inside one open time; FAR: never."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if hours[middle, 1] <= start:
            low = middle + 1
        else:
            high = middle
    for n in range(low, last):
        begin = max(start, hours[n, 0])
        if begin + length <= hours[n, 1]:
            return int(begin)
    return FAR


@njit(cache=True, nogil=True)
def fit_gap(busy: Ints, count: int, start: int, length: int, family: int, pause: int) -> int:
    """Earliest start (min) between the blocks of a machine, changeovers kept."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if busy[middle, 1] <= start:
            low = middle + 1
        else:
            high = middle
    if low > 0:
        wait = 0 if busy[low - 1, 2] == family else pause
        start = max(start, busy[low - 1, 1] + wait)
    while low < count:
        wait = 0 if busy[low, 2] == family else pause
        if start + length + wait <= busy[low, 0]:
            break
        start = max(start, busy[low, 1] + wait)
        low += 1
    return start


@njit(cache=True, nogil=True)
def fit_batch(busy: Ints, count: int, start: int, length: int, family: int, places: int) -> int:
    """Earliest start (min) of a batch with room that the task may join; FAR: none."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if busy[middle, 0] < start:
            low = middle + 1
        else:
            high = middle
    for n in range(low, count):
        same = busy[n, 2] == family and busy[n, 1] - busy[n, 0] == length
        if same and busy[n, 3] < places:
            return int(busy[n, 0])
    return FAR


@njit(cache=True, nogil=True)
def fit_machine(shop: Shop, work: Work, machine: int, start: int, length: int, family: int) -> int:
    """Earliest start (min) on a machine or furnace from `start` on; FAR: never."""
    hours, busy, count = shop.hours, work.busy[machine], work.blocks[machine]
    traits = shop.traits[machine]
    places, pause, present = traits[1], traits[2], traits[3]
    if present >= 0 and present != family:
        start = max(start, pause)
    first, last = shop.hours_at[machine], shop.hours_at[machine + 1]
    joined = FAR
    if traits[0] == 1 and places > 1:
        at = start
        while at < FAR:
            at = fit_batch(busy, count, at, length, family, places)
            if at < FAR and fit_hours(hours, first, last, at, length) == at:
                joined = at
                break
            at += 1
    while start < joined:
        begin = fit_hours(hours, first, last, start, length)
        if begin >= FAR:
            return joined
        start = fit_gap(busy, count, begin, length, family, pause)
        if start == begin:
            break
    return min(start, joined)


@njit(cache=True, nogil=True)
def fit_person(shop: Shop, work: Work, person: int, start: int, length: int, share: int) -> int:
    """Earliest start (min) from which a person has the share to spare all the while."""
    hours, steps, known = shop.hours, work.steps[person], work.turns[person]
    first, last = shop.hours_at[person], shop.hours_at[person + 1]
    while True:
        start = fit_hours(hours, first, last, start, length)
        if start >= FAR:
            return FAR
        low, high = 0, known
        while low < high:
            middle = (low + high) // 2
            if steps[middle, 0] <= start:
                low = middle + 1
            else:
                high = middle
        n = max(0, low - 1)
        blocked = -1
        while n < known and steps[n, 0] < start + length:
            ends = steps[n + 1, 0] if n + 1 < known else FAR
            if ends > start and steps[n, 1] + share > FULL:
                blocked = n
            n += 1
        if blocked < 0:
            return start
        start = steps[blocked + 1, 0] if blocked + 1 < known else FAR


@njit(cache=True, nogil=True)
def take_person(work: Work, person: int, start: int, end: int, share: int) -> None:
    """Take (or with a negative share give back) a share from start to end."""
    steps, turns = work.steps[person], work.turns
    for minute in (start, end):
        n = turns[person]
        while n > 0 and steps[n - 1, 0] > minute:
            n -= 1
        if n == 0 or steps[n - 1, 0] != minute:
            level = steps[n - 1, 1] if n > 0 else 0
            for m in range(turns[person], n, -1):
                steps[m] = steps[m - 1]
            steps[n, 0], steps[n, 1] = minute, level
            turns[person] += 1
    kept, level = 0, 0
    for n in range(turns[person]):
        minute, taken = steps[n, 0], steps[n, 1]
        if start <= minute < end:
            taken += share
        if taken != level:
            steps[kept, 0], steps[kept, 1] = minute, taken
            kept += 1
            level = taken
    turns[person] = kept


@njit(cache=True, nogil=True)
def take_machine(work: Work, machine: int, start: int, end: int, family: int, joins: bool) -> None:
    """Put a block on a machine, or one part more into the batch that starts then."""
    busy, count = work.busy[machine], work.blocks
    n = count[machine]
    while n > 0 and busy[n - 1, 0] > start:
        n -= 1
    if joins and n > 0 and busy[n - 1, 0] == start and busy[n - 1, 1] == end:
        busy[n - 1, 3] += 1
        return
    for m in range(count[machine], n, -1):
        busy[m] = busy[m - 1]
    busy[n, 0], busy[n, 1] = start, end
    busy[n, 2], busy[n, 3] = family, 1
    count[machine] += 1


@njit(cache=True, nogil=True)
def leave_machine(work: Work, machine: int, start: int) -> None:
    """Take one part out of the block that starts then, and the block with the last."""
    busy, count = work.busy[machine], work.blocks
    n = 0
    while busy[n, 0] != start:
        n += 1
    busy[n, 3] -= 1
    if busy[n, 3] == 0:
        for m in range(n, count[machine] - 1):
            busy[m] = busy[m + 1]
        count[machine] -= 1


@njit(cache=True, nogil=True)
def fit_both(
    shop: Shop,
    work: Work,
    task: int,
    machine: int,
    person: int,
    start: int,
    length: int,
    limit: int,
) -> int:
    """Earliest start (min) at which machine and person (-1: none) are both free; FAR or any later
    time where that is after `limit`."""
    while True:
        begin = start
        if begin > limit:
            return FAR
        if machine >= 0:
            begin = fit_machine(shop, work, machine, begin, length, shop.facts[task, 0])
        if person >= 0 and begin <= limit:
            later = fit_person(shop, work, person, begin, length, shop.facts[task, 1])
            if later > begin and later < FAR and machine >= 0:
                start = later
                continue
            return later
        return begin
