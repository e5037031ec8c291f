"""Orders of tasks made better by small changes, some of them for the worse at first: kernels.

Simulated annealing (kirkpatrick1983) over the order in which groups are placed by `decode`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from reclad.schedule._fit_kernels import FAR, Flags, Floats, Ints, Shop, Work
from reclad.schedule._resume_kernels import Kept, adopt, decode_on

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "2030bd6a7231cb5c"

IDLE = 1e-4  # min of lateness that a minute of all ends together weighs while searching (assumed)
TRIES = 4  # draws until an order that is late is found (assumed)


@njit(cache=True, nogil=True)
def draw(state: Ints) -> float:
    """A number in [0, 1), evenly: xorshift64* (vigna2014); state (1,) never 0."""
    value = np.uint64(state[0])
    value ^= value >> np.uint64(12)
    value ^= value << np.uint64(25)
    value ^= value >> np.uint64(27)
    state[0] = np.int64(value)
    return float((value * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def draw_order(shop: Shop, finish: Ints, state: Ints) -> int:
    """An order, one that is late if it is soon found."""
    one = 0
    for _ in range(TRIES):
        one = int(draw(state) * finish.size)
        if shop.weight[one] > 0.0 and finish[one] > shop.due[one]:
            break
    return one


@njit(cache=True, nogil=True)
def move_order(shop: Shop, order: Ints, one: int, state: Ints, changed: Ints) -> None:
    """All groups of an order, one behind the other, mostly further to the front."""
    first, size = -1, 0
    for n in range(order.size):
        if shop.owner[order[n]] == one:
            size += 1
            if first < 0:
                first = n
    reach = first if draw(state) < 0.7 else order.size - size
    at = int(draw(state) * (reach + 1))
    kept, made = 0, 0
    for n in range(order.size + 1):
        if kept == at:
            for m in range(order.size):
                if shop.owner[order[m]] == one:
                    changed[made] = order[m]
                    made += 1
            kept += 1
        if n < order.size and shop.owner[order[n]] != one:
            changed[made] = order[n]
            made += 1
            kept += 1


@njit(cache=True, nogil=True)
def move_group(order: Ints, start: int, goal: int, changed: Ints) -> None:
    """One group from start to goal, all between by one."""
    changed[:] = order
    step = 1 if goal > start else -1
    for n in range(start, goal, step):
        changed[n] = order[n + step]
    changed[goal] = order[start]


@njit(cache=True, nogil=True)
def change(shop: Shop, order: Ints, finish: Ints, state: Ints, changed: Ints) -> None:
    """A small change of the order: an order's groups, one group, or two groups swapped."""
    kind, size = draw(state), order.size
    if kind < 0.35:
        move_order(shop, order, draw_order(shop, finish, state), state, changed)
        return
    one = draw_order(shop, finish, state)
    start = int(draw(state) * size)
    if kind < 0.8:
        for _ in range(size):
            if shop.owner[order[start]] == one:
                break
            start = (start + 1) % size
    goal = int(draw(state) * size)
    if draw(state) < 0.5:
        span = 2 + size // 10
        goal = min(size - 1, max(0, start - span + int(draw(state) * (2 * span + 1))))
    if kind < 0.9:
        move_group(order, start, goal, changed)
        return
    changed[:] = order
    changed[start], changed[goal] = order[goal], order[start]


@njit(cache=True, nogil=True)
def anneal(
    shop: Shop,
    work: Work,
    kept: Kept,
    order: Ints,
    best: Ints,
    value: Floats,
    old: Ints,
    stays: Flags,
    heat: Floats,
    steps: int,
    state: Ints,
) -> None:
    """`steps` changes of an order (G,), taken where they are better or, by chance, little worse.

    order, best (G,) and value (4,) are carried on: lateness and sum of ends of order and of best,
    min. heat (2,) first and last min of lateness that is forgiven with a chance of 1/e; old, stays:
    see `decode`.
    """
    changed = np.empty_like(order)
    shortest = 0.5 * value[3] if np.isfinite(value[3]) else 0.0  # of all ends: never met
    finish = np.full(shop.due.size, FAR, dtype=np.int64)
    if np.isfinite(value[0]):
        _, _, first = decode_on(shop, work, kept, order, old, stays, np.inf)
        adopt(work, kept, first)
        finish[:] = work.finish
    for n in range(steps):
        forgiven = heat[0] * (heat[1] / heat[0]) ** (n / steps)
        change(shop, order, finish, state, changed)
        # Drawn before: what would be refused anyway is given up half way.
        worst = -forgiven * np.log(1.0 - draw(state))
        limit = value[0] + worst + IDLE * (value[1] - shortest)
        late, ends, first = decode_on(shop, work, kept, changed, old, stays, limit)
        if np.isinf(late) and np.isfinite(value[0]):
            continue
        if np.isinf(value[0]) or late - value[0] + IDLE * (ends - value[1]) <= worst:
            order[:] = changed
            if np.isfinite(late):
                adopt(work, kept, first)
            value[0], value[1] = late, ends
            finish[:] = work.finish
            if late < value[2] - 1e-9 or (late <= value[2] + 1e-9 and ends < value[3]):
                best[:] = changed
                value[2], value[3] = late, ends
