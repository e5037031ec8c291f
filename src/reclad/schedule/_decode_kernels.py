"""Tasks put in their places one after the other, each as early as it can end: kernels.

Serial schedule generation (kolisch1996): tasks in order of priority, each at the earliest time its
machine, its person and its links allow, gaps included. All times are whole minutes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from reclad.schedule._fit_kernels import (
    FAR,
    Flags,
    Ints,
    Shop,
    Work,
    fit_both,
    leave_machine,
    take_machine,
    take_person,
)

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "60794e15b3bc0342"

PATIENCE = 400  # times a group is begun anew before it is given up


@njit(cache=True, nogil=True)
def choose(
    shop: Shop, work: Work, task: int, low: int, high: int, wish: Ints
) -> tuple[int, int, int, int]:
    """Start, min, machine and person of the earliest end that starts no later than `high`; without
    one, of the earliest start. Equal ends: the wished machine and person (-1: none wished), then
    the machine set up for the family, then the person with fewest skills."""
    modes, traits, busy, count = shop.modes, shop.traits, work.busy, work.blocks
    family = shop.facts[task, 0]
    best, at, length, machine, person = FAR, FAR, 0, -1, -1
    soonest, soon_length, soon_machine, soon_person = FAR, 0, -1, -1
    rank = 0
    for n in range(shop.mode_at[task], shop.mode_at[task + 1]):
        first, last = shop.who_at[task], shop.who_at[task + 1]
        if shop.facts[task, 2] == 0:
            first, last = -1, 0
        for p in range(first, last):
            one = shop.who[p] if p >= 0 else -1
            limit = best - modes[n, 1] if best < FAR else FAR - 1
            start = fit_both(shop, work, task, modes[n, 0], one, low, modes[n, 1], limit)
            if start < soonest:
                soonest, soon_length = start, modes[n, 1]
                soon_machine, soon_person = modes[n, 0], one
            if start > high or start >= FAR:
                continue
            score = 0
            if wish[0] >= 0 and wish[0] == modes[n, 0]:
                score += 4
            if wish[1] >= 0 and wish[1] == one:
                score += 2
            if modes[n, 0] >= 0 and traits[modes[n, 0], 2] > 0:
                m = count[modes[n, 0]]
                while m > 0 and busy[modes[n, 0], m - 1, 0] > start:
                    m -= 1
                score += m == 0 or busy[modes[n, 0], m - 1, 2] == family
            end = start + modes[n, 1]
            if end < best or (end == best and score > rank):
                best, rank, at, length = end, score, start, modes[n, 1]
                machine, person = modes[n, 0], one
    if best < FAR:
        return at, length, machine, person
    return soonest, soon_length, soon_machine, soon_person


@njit(cache=True, nogil=True)
def keeps(shop: Shop, work: Work, task: int, low: int, high: int, old: Ints) -> bool:
    """Whether a task may stay where it was."""
    start, length = old[0], old[1] - old[0]
    if start < low or start > high:
        return False
    return bool(start == fit_both(shop, work, task, old[2], old[3], start, length, start))


@njit(cache=True, nogil=True)
def put(shop: Shop, work: Work, task: int, start: int, end: int, machine: int, person: int) -> None:
    """Take the place."""
    place = work.place
    place[task, 0], place[task, 1] = start, end
    place[task, 2], place[task, 3] = machine, person
    if machine >= 0:
        joins = shop.traits[machine, 0] == 1
        take_machine(work, machine, start, end, shop.facts[task, 0], joins)
    if person >= 0 and shop.facts[task, 1] > 0:
        take_person(work, person, start, end, shop.facts[task, 1])


@njit(cache=True, nogil=True)
def lift(shop: Shop, work: Work, task: int) -> None:
    """Give the place back."""
    place = work.place
    if place[task, 2] >= 0:
        leave_machine(work, place[task, 2], place[task, 0])
    if place[task, 3] >= 0 and shop.facts[task, 1] > 0:
        take_person(work, place[task, 3], place[task, 0], place[task, 1], -shop.facts[task, 1])
    place[task, 0] = -FAR


@njit(cache=True, nogil=True)
def place_group(shop: Shop, work: Work, group: int, old: Ints, stays: Flags) -> bool:
    """Place the tasks of a group (in the order of their links); where a wait would be too long, the
    earlier task starts later. False: they fit nowhere."""
    first, last, member = shop.group_at[group], shop.group_at[group + 1], shop.member
    facts, before, place, low = shop.facts, shop.before, work.place, work.low
    for n in range(first, last):
        low[member[n]] = max(0, facts[member[n], 3])
    n, tries = first, 0
    while n < last:
        task = member[n]
        lowest, highest, binds = low[task], facts[task, 4], -1
        for b in range(shop.before_at[task], shop.before_at[task + 1]):
            done = place[before[b, 0], 1]
            lowest = max(lowest, done + before[b, 1])
            if before[b, 2] < FAR and done + before[b, 2] < highest:
                highest, binds = done + before[b, 2], b
        if stays[task] and keeps(shop, work, task, lowest, highest, old[task]):
            start, length = old[task, 0], old[task, 1] - old[task, 0]
            machine, person = old[task, 2], old[task, 3]
        else:
            start, length, machine, person = choose(
                shop, work, task, lowest, highest, old[task, 2:4]
            )
        if start <= highest and start < FAR:
            put(shop, work, task, start, start + length, machine, person)
            n += 1
            continue
        back = first
        while binds >= 0 and back < n and member[back] != before[binds, 0]:
            back += 1
        tries += 1
        if start >= FAR or binds < 0 or back == n or tries > PATIENCE:
            for m in range(first, n):
                lift(shop, work, member[m])
            return False
        cause = member[back]
        held = place[cause, 1] - place[cause, 0]
        low[cause] = max(place[cause, 0] + 1, start - before[binds, 2] - held)
        for m in range(back, n):
            lift(shop, work, member[m])
        n = back
    return True


@njit(cache=True, nogil=True)
def rank_groups(shop: Shop, work: Work, order: Ints) -> None:
    """Groups in the given order, those that must start by a certain minute first, each moved behind
    all that must come before it."""
    slot, rank, missing, heap = work.slot, work.rank, work.missing, work.heap
    size, made = 0, 0
    for urgent in (1, 0):
        for n in range(order.size):
            if shop.urgent[order[n]] == urgent:
                slot[made], rank[order[n]] = order[n], made
                made += 1
    made = 0
    for group in range(order.size):
        missing[group] = shop.waits[group]
        if missing[group] == 0:
            size = _push(heap, size, rank[group])
    while size > 0:
        group = slot[heap[0]]
        size = _pop(heap, size)
        work.ranked[made] = group
        made += 1
        for n in range(shop.next_at[group], shop.next_at[group + 1]):
            follower = shop.following[n]
            missing[follower] -= 1
            if missing[follower] == 0:
                size = _push(heap, size, rank[follower])


@njit(cache=True, nogil=True)
def decode(
    shop: Shop, work: Work, order: Ints, old: Ints, stays: Flags, limit: float
) -> tuple[float, float]:
    """Place every task (into work.place); weighted tardiness and the sum of all ends, min. Both are
    infinite where a task fits nowhere, or as soon as tardiness is above the limit. Fixed tasks
    (shop.fixed) stand before all others."""
    late, ends = place_fixed(shop, work)
    rank_groups(shop, work, order)
    for n in range(order.size):
        later, end = place_next(shop, work, work.ranked[n], old, stays)
        late += later
        ends += end
        if late > limit:
            return np.inf, np.inf
    if np.isinf(late):
        return np.inf, np.inf
    return late, ends


@njit(cache=True, nogil=True)
def place_fixed(shop: Shop, work: Work) -> tuple[float, float]:
    """Only the fixed tasks stand; their tardiness and sum of ends, min."""
    work.blocks[:] = 0
    work.turns[:] = 0
    work.place[:, 0] = -FAR
    work.finish[:] = -FAR
    late, ends = 0.0, 0.0
    for n in range(shop.fixed.shape[0]):
        one = shop.fixed[n]
        put(shop, work, one[0], one[1], one[2], one[3], one[4])
        late += _delay(shop, work, one[0])
        ends += one[2]
    return late, ends


@njit(cache=True, nogil=True)
def place_next(shop: Shop, work: Work, group: int, old: Ints, stays: Flags) -> tuple[float, float]:
    """One group more stands; the tardiness and ends it adds, min (infinite: it fits nowhere)."""
    if not place_group(shop, work, group, old, stays):
        return np.inf, np.inf
    late, ends = 0.0, 0.0
    for m in range(shop.group_at[group], shop.group_at[group + 1]):
        late += _delay(shop, work, shop.member[m])
        ends += work.place[shop.member[m], 1]
    return late, ends


@njit(cache=True, nogil=True)
def _delay(shop: Shop, work: Work, task: int) -> float:
    """Weighted min by which a placed task makes its order later than it was."""
    one, end = shop.order_of[task], work.place[task, 1]
    if end <= work.finish[one]:
        return 0.0
    later = max(0, end - shop.due[one]) - max(0, work.finish[one] - shop.due[one])
    work.finish[one] = end
    return float(shop.weight[one] * later)


@njit(cache=True, nogil=True)
def _push(heap: Ints, size: int, value: int) -> int:
    n = size
    while n > 0 and heap[(n - 1) // 2] > value:
        heap[n] = heap[(n - 1) // 2]
        n = (n - 1) // 2
    heap[n] = value
    return size + 1


@njit(cache=True, nogil=True)
def _pop(heap: Ints, size: int) -> int:
    size -= 1
    value, n = heap[size], 0
    while 2 * n + 1 < size:
        child = 2 * n + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[n] = heap[child]
        n = child
    heap[n] = value
    return size
