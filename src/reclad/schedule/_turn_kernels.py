"""Which task begins next, and when: the plan's order against what is free and open.

Of all tasks that can begin, the one that can begin first does; starts therefore never go back in
time, and one pass follows every queue. Everything is held in few wide arrays of floats, passed one
by one: bundles of arrays cost more to hand on than what is done with them.

tasks (N, 19)      see the columns below; a pair such as BEFORE, BEFORE_END is where a task's own
                   rows stand in before, after, redo, down
resources (R, 9)   machines and persons alike
before, after (links, 3)   the other task, least and most min between them; most < 0: any wait
windows (W, 2)     open from, to, of each resource in order
queue              tasks of each resource as planned
redo               what is done again when a task is found wanting, itself among it; none: it never
                   is; down: all that follows it
state (N, 10)      where each task stands in a run; shop (R, 7) where each resource stands
hands (R, H, 2)    until when a person has what share in hand
ready (N + 1)      how many tasks can begin, and which
"""

from __future__ import annotations

import numpy as np
from numba import njit

NEVER = 1e15

# columns of `tasks`
MINUTES, MACHINE, PERSON, SHARE, FAMILY, EARLIEST, BEGUN, RANK, ORDER, BATCH, EFFORT = range(11)
BEFORE, BEFORE_END, AFTER, AFTER_END, REDO, REDO_END, DOWN, DOWN_END = range(11, 19)
# columns of `resources`: TOGETHER 1 where parts go in together, SOON 1 where something must begin
# soon after what comes before it
CHANGEOVER, PLACES, SET_UP, TOGETHER, WINDOW, WINDOW_END, QUEUE, QUEUE_END, SOON = range(9)
# columns of `before` and `after`
OTHER, LEAST, MOST = range(3)
# columns of `state`: FREE_TO_GO 1 where the plan's order is no longer kept, SINCE when it could
# have begun, FOUND when it can, STALE 1 where these two are to be looked at anew, FORESEEN when its
# machine will be free for it after all that is planned before it
END, TURN, STARTED, FREE_TO_GO, FLOOR, LISTED, STALE, SINCE, FOUND, FORESEEN = range(10)
# columns of `shop`: LEFT min of running to the next breakdown
HEAD, NOW, FREE, FAMILY_NOW, LEFT, BROKEN, IN_HAND = range(7)
NOBODY = -1
_TRIES = 50  # machine, person and their windows agree long before


@njit(cache=True, nogil=True)
def _open_from(
    resources: np.ndarray, windows: np.ndarray, shop: np.ndarray, r: int, t: float, minutes: float
) -> float:
    """First minute from t on at which one window holds `minutes`; t where none ever does."""
    if r < 0:
        return t
    for w in range(int(shop[r, NOW]), int(resources[r, WINDOW_END])):
        begin = max(t, windows[w, 0])
        if begin + minutes <= windows[w, 1]:
            return float(begin)
    return t


@njit(cache=True, nogil=True)
def _both_open_from(
    tasks: np.ndarray,
    resources: np.ndarray,
    windows: np.ndarray,
    shop: np.ndarray,
    i: int,
    t: float,
) -> float:
    """First minute from t on at which machine and person are there for all of task i."""
    machine, person = int(tasks[i, MACHINE]), int(tasks[i, PERSON])
    return there_from(resources, windows, shop, machine, person, t, tasks[i, MINUTES])


@njit(cache=True, nogil=True)
def there_from(
    resources: np.ndarray,
    windows: np.ndarray,
    shop: np.ndarray,
    machine: int,
    person: int,
    t: float,
    minutes: float,
) -> float:
    """First minute from t on at which machine and person are there for `minutes`."""
    for _ in range(_TRIES):
        begin = t
        t = _open_from(resources, windows, shop, machine, t, minutes)
        t = _open_from(resources, windows, shop, person, t, minutes)
        if t == begin:
            break
    return t


@njit(cache=True, nogil=True)
def _attention_from(
    shop: np.ndarray, hands: np.ndarray, person: int, t: float, share: float
) -> float:
    """First minute from t on at which a person has `share` per cent free; t is past all starts."""
    while person >= 0:
        used, first = 0.0, NEVER
        for k in range(int(shop[person, IN_HAND])):
            if hands[person, k, 0] > t:
                used += hands[person, k, 1]
                first = min(first, hands[person, k, 0])
        if used + share <= 100.0 or first == NEVER:
            return t
        t = first
    return t


@njit(cache=True, nogil=True)
def _machine_from(tasks: np.ndarray, resources: np.ndarray, shop: np.ndarray, i: int) -> float:
    """When the machine of task i is free and set up for it."""
    machine = int(tasks[i, MACHINE])
    if machine < 0:
        return -NEVER
    set_up = shop[machine, FAMILY_NOW]
    if set_up >= 0 and set_up != tasks[i, FAMILY]:
        return float(max(shop[machine, FREE], 0.0) + resources[machine, CHANGEOVER])
    return float(shop[machine, FREE])


@njit(cache=True, nogil=True)
def foresee(
    tasks: np.ndarray,
    resources: np.ndarray,
    windows: np.ndarray,
    queue: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    machine: int,
) -> None:
    """When a machine will be free for each task as foreseen: after what is planned before it."""
    t, family = shop[machine, FREE], shop[machine, FAMILY_NOW]
    for k in range(int(shop[machine, HEAD]), int(resources[machine, QUEUE_END])):
        j = int(queue[k])
        if state[j, STARTED] or state[j, FREE_TO_GO]:
            continue
        if family >= 0 and family != tasks[j, FAMILY]:
            t = max(t, 0.0) + resources[machine, CHANGEOVER]
        state[j, FORESEEN] = t
        t = _both_open_from(tasks, resources, windows, shop, j, t) + tasks[j, MINUTES]
        family = tasks[j, FAMILY]


@njit(cache=True, nogil=True)
def _begin(
    tasks: np.ndarray,
    resources: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    windows: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    hands: np.ndarray,
    i: int,
    clock: float,
) -> float:
    """When task i would begin if all else were left alone."""
    if tasks[i, BEGUN] > -NEVER and state[i, TURN] == 0:
        return float(tasks[i, BEGUN])
    minutes, person = tasks[i, MINUTES], int(tasks[i, PERSON])
    t = max(clock, state[i, FLOOR], tasks[i, EARLIEST], _machine_from(tasks, resources, shop, i))
    for k in range(int(tasks[i, BEFORE]), int(tasks[i, BEFORE_END])):
        t = max(t, state[int(before[k, OTHER]), END] + before[k, LEAST])
    for _ in range(_TRIES):
        begin = t
        t = _both_open_from(tasks, resources, windows, shop, i, t)
        t = _attention_from(shop, hands, person, t, tasks[i, SHARE])
        # a wait that ran out: the task before is done once more meanwhile
        for k in range(int(tasks[i, BEFORE]), int(tasks[i, BEFORE_END])):
            b = int(before[k, OTHER])
            until = state[b, END] + before[k, MOST]
            if before[k, MOST] >= 0 and t > until:
                t = max(t, until + tasks[b, MINUTES])
        # what must be followed soon begins no sooner than what follows can, as foreseen
        for k in range(int(tasks[i, AFTER]), int(tasks[i, AFTER_END])):
            if after[k, MOST] >= 0:
                a = int(after[k, OTHER])
                s = t + minutes + after[k, LEAST]
                s = max(s, _machine_from(tasks, resources, shop, a))
                s = s if state[a, FREE_TO_GO] else max(s, state[a, FORESEEN])
                s = _both_open_from(tasks, resources, windows, shop, a, s)
                t = max(t, s - after[k, MOST] - minutes)
        if t == begin:
            break
    return float(t)


@njit(cache=True, nogil=True)
def _in_its_turn(
    tasks: np.ndarray,
    resources: np.ndarray,
    windows: np.ndarray,
    queue: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    patience: float,
    i: int,
) -> float:
    """When task i would begin if machine and person wait `patience` for whose turn it is."""
    t = float(state[i, FOUND])
    machine, person, batch = int(tasks[i, MACHINE]), int(tasks[i, PERSON]), tasks[i, BATCH]
    if state[i, FREE_TO_GO] or tasks[i, BEGUN] > -NEVER:
        return t
    late = max(t, state[i, SINCE] + patience)
    for r in (machine, person):
        if r >= 0 and shop[r, HEAD] < resources[r, QUEUE_END]:
            first = int(queue[int(shop[r, HEAD])])
            if first != i and not (batch >= 0 and tasks[first, BATCH] == batch):
                return _both_open_from(tasks, resources, windows, shop, i, late)
    if batch >= 0:
        together = t
        for k in range(int(shop[machine, HEAD]), int(resources[machine, QUEUE_END])):
            j = int(queue[k])
            if tasks[j, BATCH] == batch and not state[j, STARTED] and not state[j, FREE_TO_GO]:
                together = max(together, state[j, FOUND] if state[j, LISTED] else NEVER)
        if together > t:
            return min(together, _both_open_from(tasks, resources, windows, shop, i, late))
    return t


@njit(cache=True, nogil=True)
def next_task(
    tasks: np.ndarray,
    resources: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    windows: np.ndarray,
    queue: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    hands: np.ndarray,
    ready: np.ndarray,
    patience: float,
    clock: float,
) -> tuple[int, float]:
    """The task that begins next and when, -1 if none can; what is done again goes before others."""
    for place in range(1, ready[0] + 1):
        i = ready[place]
        if state[i, STALE]:
            since = _begin(tasks, resources, before, after, windows, state, shop, hands, i, -NEVER)
            state[i, SINCE], state[i, FOUND], state[i, STALE] = since, since, 0.0
        if state[i, FOUND] < clock:
            state[i, FOUND] = _begin(
                tasks, resources, before, after, windows, state, shop, hands, i, clock
            )
    best, at = -1, NEVER
    for place in range(1, ready[0] + 1):
        i = ready[place]
        if state[i, FOUND] > at:
            continue
        t = _in_its_turn(tasks, resources, windows, queue, state, shop, patience, i)
        sooner = t < at
        if best >= 0 and t == at:
            sooner = tasks[i, RANK] < tasks[best, RANK]
            if state[i, FREE_TO_GO] != state[best, FREE_TO_GO]:
                sooner = state[i, FREE_TO_GO] > 0.0
        if sooner:
            best, at = i, t
    return best, at
