"""Tabu search over flexible job-shop plans: plain integer arrays.

An operation is a node of a graph; it waits for the one before it in its job and the one before it
on its machine. head: longest way to its start, tail: longest way from its end, so that
head + duration + tail of a critical operation is the makespan. One operation of a longest way is
taken out and put back where the makespan is least.

After M. Mastrolilli, L. M. Gambardella, Effective neighbourhood functions for the flexible job
shop problem, Journal of Scheduling 3 (2000) 3-20, who move an operation the makespan hangs on and
look only where the best place can be. The rule for these places follows from heads and tails (see
`_places`); length of prohibition and patience are assumed.

plan (3, operations): rows machine, operation before and after it on that machine (-1 none).
duration (operations, machines): -1 where a machine cannot. previous, following (operations,):
neighbours in the job (-1 none).
"""

from __future__ import annotations

import numpy as np
from numba import njit

MACHINE, BEFORE, AFTER = range(3)
CLOCK, BEST, IDLE = range(3)  # state: steps so far, least makespan, steps since it was found
EXTRA = 8  # steps, assumed: prohibitions are drawn from a range this wide


@njit(cache=True, nogil=True)
def measure(
    duration: np.ndarray,
    previous: np.ndarray,
    following: np.ndarray,
    plan: np.ndarray,
    ways: np.ndarray,
    order: np.ndarray,
) -> int:
    """Makespan of a plan, -1 if operations wait for each other in a ring.

    Fills ways (2, operations) with heads and tails, order (operations,) with a sequence in which
    every operation comes after those it waits for.
    """
    n = duration.shape[0]
    head, tail = ways[0], ways[1]
    waiting = np.empty(n, np.int64)
    filled = 0
    for o in range(n):
        waiting[o] = (previous[o] >= 0) + (plan[BEFORE, o] >= 0)
        if waiting[o] == 0:
            order[filled] = o
            filled += 1
    makespan, taken = 0, 0
    while taken < filled:
        o = order[taken]
        taken += 1
        head[o] = 0
        for p in (previous[o], plan[BEFORE, o]):
            if p >= 0:
                head[o] = max(head[o], head[p] + duration[p, plan[MACHINE, p]])
        makespan = max(makespan, head[o] + duration[o, plan[MACHINE, o]])
        for s in (following[o], plan[AFTER, o]):
            if s >= 0:
                waiting[s] -= 1
                if waiting[s] == 0:
                    order[filled] = s
                    filled += 1
    if filled < n:
        return -1
    for i in range(n - 1, -1, -1):
        o = order[i]
        tail[o] = 0
        for s in (following[o], plan[AFTER, o]):
            if s >= 0:
                tail[o] = max(tail[o], tail[s] + duration[s, plan[MACHINE, s]])
    return makespan


@njit(cache=True, nogil=True)
def _trace(
    following: np.ndarray,
    after: np.ndarray,
    span: np.ndarray,
    ways: np.ndarray,
    makespan: int,
    way: np.ndarray,
) -> int:
    """One longest way, drawn at random: fills way, gives how many operations lie on it."""
    here, ties = -1, 0
    for o in range(span.size):
        if ways[0, o] == 0 and span[o] + ways[1, o] == makespan:
            ties += 1
            if np.random.randint(ties) == 0:
                here = o
    count = 0
    while here >= 0:
        way[count] = here
        count += 1
        end = ways[0, here] + span[here]
        there, ties = -1, 0
        for s in (following[here], after[here]):
            if s >= 0 and ways[0, s] == end and end + span[s] + ways[1, s] == makespan:
                ties += 1
                if np.random.randint(ties) == 0:
                    there = s
        here = there
    return count


@njit(cache=True, nogil=True)
def _take_out(v: int, plan: np.ndarray, first: np.ndarray) -> None:
    """Close the gap on v's machine; v itself remembers its neighbours."""
    a, b = plan[BEFORE, v], plan[AFTER, v]
    if a >= 0:
        plan[AFTER, a] = b
    else:
        first[plan[MACHINE, v]] = b
    if b >= 0:
        plan[BEFORE, b] = a


@njit(cache=True, nogil=True)
def _put(v: int, machine: int, left: int, plan: np.ndarray, first: np.ndarray) -> None:
    """Put v on a machine right after `left` (-1: first)."""
    b = plan[AFTER, left] if left >= 0 else first[machine]
    plan[MACHINE, v], plan[BEFORE, v], plan[AFTER, v] = machine, left, b
    if left >= 0:
        plan[AFTER, left] = v
    else:
        first[machine] = v
    if b >= 0:
        plan[BEFORE, b] = v


@njit(cache=True, nogil=True)
def _ways_without(
    v: int,
    previous: np.ndarray,
    following: np.ndarray,
    plan: np.ndarray,
    span: np.ndarray,
    ways: np.ndarray,
    order: np.ndarray,
    free: np.ndarray,
) -> None:
    """Heads and tails once v is taken out and lasts no time: fills free (2, operations)."""
    n = span.size
    free[:] = ways
    free[0, v] = ways[0, previous[v]] + span[previous[v]] if previous[v] >= 0 else 0
    free[1, v] = ways[1, following[v]] + span[following[v]] if following[v] >= 0 else 0
    at = 0
    while order[at] != v:
        at += 1
    kept, span[v] = span[v], 0
    for i in range(at + 1, n):
        o = order[i]
        p, a = previous[o], plan[BEFORE, o]
        way = free[0, p] + span[p] if p >= 0 else 0
        free[0, o] = max(way, free[0, a] + span[a]) if a >= 0 else way
    for i in range(at - 1, -1, -1):
        o = order[i]
        s, b = following[o], plan[AFTER, o]
        way = free[1, s] + span[s] if s >= 0 else 0
        free[1, o] = max(way, free[1, b] + span[b]) if b >= 0 else way
    span[v] = kept


@njit(cache=True, nogil=True)
def _places(
    v: int,
    machine: int,
    plan: np.ndarray,
    first: np.ndarray,
    span: np.ndarray,
    free: np.ndarray,
    row: np.ndarray,
) -> tuple[int, int, int]:
    """Fills row with the machine's operations; gives how many, and the first and last place for v.

    An operation that ends by the head of v cannot come after v in any way, one whose end lies
    within the tail of v cannot come before it: v fits without a ring between the last of the
    ones and the first of the others, and no place outside is better.
    """
    count, o = 0, first[machine]
    low, high = 0, 0
    while o >= 0:
        row[count] = o
        count += 1
        if free[0, o] + span[o] <= free[0, v]:
            low = count
        if free[1, o] + span[o] > free[1, v]:
            high = count
        o = plan[AFTER, o]
    return count, min(low, high), max(low, high)


@njit(cache=True, nogil=True)
def walk(
    duration: np.ndarray,
    previous: np.ndarray,
    following: np.ndarray,
    plan: np.ndarray,
    best: np.ndarray,
    banned: np.ndarray,
    state: np.ndarray,
    steps: int,
    patience: int,
    goal: int,
    seed: int,
) -> None:
    """Some steps of tabu search: plan (3, operations) goes on, best (3, operations) keeps the
    least makespan met.

    banned (operations, machines): up to which step an operation may not be put on a machine
    again, unless that beats the best. state (CLOCK, BEST, IDLE). Ends early at `goal` or after
    `patience` steps without a better plan, or where no operation of a longest way can move (then
    IDLE is patience). Called again with the same arrays it goes on where it was.
    """
    np.random.seed(seed)
    n, machines = duration.shape
    ways, free = np.empty((2, n), np.int64), np.empty((2, n), np.int64)
    order, way = np.empty(n, np.int64), np.empty(n, np.int64)
    row, span = np.empty(n, np.int64), np.empty(n, np.int64)
    first = np.full(machines, -1)
    for o in range(n):
        if plan[BEFORE, o] < 0:
            first[plan[MACHINE, o]] = o
        span[o] = duration[o, plan[MACHINE, o]]
    now = measure(duration, previous, following, plan, ways, order)
    for _ in range(steps):
        if state[BEST] <= goal or state[IDLE] >= patience:
            return
        state[CLOCK] += 1
        critical = _trace(following, plan[AFTER], span, ways, now, way)
        least, ties, others = -1, 0, 0
        found_v, found_k, found_left = -1, -1, -1
        other_v, other_k, other_left = -1, -1, -1
        for i in range(critical):
            v = way[i]
            a, k0 = plan[BEFORE, v], plan[MACHINE, v]
            _take_out(v, plan, first)
            _ways_without(v, previous, following, plan, span, ways, order, free)
            for k in range(machines):
                if duration[v, k] < 0:
                    continue
                count, low, high = _places(v, k, plan, first, span, free, row)
                for place in range(low, high + 1):
                    left = row[place - 1] if place > 0 else -1
                    if k == k0 and left == a:
                        continue
                    before, after = free[0, v], free[1, v]
                    if place > 0:
                        before = max(before, free[0, left] + span[left])
                    if place < count:
                        after = max(after, free[1, row[place]] + span[row[place]])
                    through = before + duration[v, k] + after
                    if banned[v, k] >= state[CLOCK] and through >= state[BEST]:
                        others += 1
                        if np.random.randint(others) == 0:
                            other_v, other_k, other_left = v, k, left
                    elif least < 0 or through <= least:
                        ties = ties + 1 if through == least else 1
                        least = through
                        if np.random.randint(ties) == 0:
                            found_v, found_k, found_left = v, k, left
            _put(v, k0, a, plan, first)
        if found_v < 0:
            found_v, found_k, found_left = other_v, other_k, other_left
        if found_v < 0:
            state[IDLE] = patience
            return
        ban = critical + np.random.randint(EXTRA)
        if found_k != plan[MACHINE, found_v]:
            for k in range(machines):
                ban += duration[found_v, k] >= 0
        banned[found_v, plan[MACHINE, found_v]] = state[CLOCK] + ban
        _take_out(found_v, plan, first)
        _put(found_v, found_k, found_left, plan, first)
        span[found_v] = duration[found_v, found_k]
        now = measure(duration, previous, following, plan, ways, order)
        if now < state[BEST]:
            state[BEST], state[IDLE] = now, 0
            best[:] = plan
        else:
            state[IDLE] += 1
