"""A plan carried out in shops that differ: event by event, plain arrays, minutes from now.

The arrays are those of `reclad.schedule._turn_kernels`. What a run does to them is written here:
work with its breakdowns, batches, what is done again.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from reclad.schedule._turn_kernels import (
    AFTER,
    AFTER_END,
    BATCH,
    BEFORE,
    BEFORE_END,
    BEGUN,
    BROKEN,
    DOWN,
    DOWN_END,
    EFFORT,
    END,
    FAMILY,
    FAMILY_NOW,
    FLOOR,
    FOUND,
    FREE,
    FREE_TO_GO,
    HEAD,
    IN_HAND,
    LEFT,
    LISTED,
    MACHINE,
    MINUTES,
    MOST,
    NEVER,
    NOW,
    ORDER,
    OTHER,
    PERSON,
    PLACES,
    QUEUE,
    QUEUE_END,
    REDO,
    REDO_END,
    SET_UP,
    SHARE,
    SOON,
    STALE,
    STARTED,
    TOGETHER,
    TURN,
    WINDOW,
    WINDOW_END,
    foresee,
    next_task,
    there_from,
)

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "df04964c3a46d85d"

ROUNDS = 3  # a task is done at most this often
_ATTENDED = 24  # tasks one person can have in hand at once


@njit(cache=True, nogil=True)
def _work(
    tasks: np.ndarray,
    resources: np.ndarray,
    windows: np.ndarray,
    shop: np.ndarray,
    running: np.ndarray,
    repairs: np.ndarray,
    i: int,
    at: float,
    work: float,
) -> tuple[float, float]:
    """End of task i begun at `at`, and until when it is attended before anything breaks."""
    machine, person = int(tasks[i, MACHINE]), int(tasks[i, PERSON])
    if machine < 0:
        return at + work, at + work
    rest, t, attended = work, at, -NEVER
    while shop[machine, LEFT] < rest:
        rest -= shop[machine, LEFT]
        t += shop[machine, LEFT]
        if attended == -NEVER:
            attended = t
        shop[machine, BROKEN] += 1
        circle = int(shop[machine, BROKEN]) % running.shape[1]
        t += repairs[machine, circle]
        shop[machine, LEFT] = running[machine, circle]
        minutes = min(rest, tasks[i, MINUTES])
        t = there_from(resources, windows, shop, machine, person, t, minutes)
    shop[machine, LEFT] -= rest
    return t + rest, t + rest if attended == -NEVER else attended


@njit(cache=True, nogil=True)
def _attend(
    shop: np.ndarray, hands: np.ndarray, person: int, clock: float, until: float, share: float
) -> None:
    """The person has the task in hand."""
    kept = 0
    for k in range(int(shop[person, IN_HAND])):
        if hands[person, k, 0] > clock:
            hands[person, kept, 0], hands[person, kept, 1] = (
                hands[person, k, 0],
                hands[person, k, 1],
            )
            kept += 1
    if kept < _ATTENDED:
        hands[person, kept, 0], hands[person, kept, 1] = until, share
        kept += 1
    shop[person, IN_HAND] = kept


@njit(cache=True, nogil=True)
def _list(
    tasks: np.ndarray, before: np.ndarray, state: np.ndarray, ready: np.ndarray, i: int
) -> None:
    """Task i can begin if all before it has begun."""
    state[i, STALE] = 1.0
    if state[i, STARTED] or state[i, LISTED]:
        return
    for k in range(int(tasks[i, BEFORE]), int(tasks[i, BEFORE_END])):
        if not state[int(before[k, OTHER]), STARTED]:
            return
    ready[0] += 1
    ready[ready[0]] = i
    state[i, LISTED] = 1.0


@njit(cache=True, nogil=True)
def _unsettle(
    tasks: np.ndarray,
    after: np.ndarray,
    state: np.ndarray,
    ready: np.ndarray,
    machine: int,
    person: int,
) -> None:
    """Machine and person are taken: what waits for them is to be looked at anew."""
    for place in range(1, ready[0] + 1):
        i = ready[place]
        if machine >= 0 and tasks[i, MACHINE] == machine:
            state[i, STALE] = 1.0
        if person >= 0 and tasks[i, PERSON] == person:
            state[i, STALE] = 1.0
        for k in range(int(tasks[i, AFTER]), int(tasks[i, AFTER_END])):
            if after[k, MOST] >= 0 and tasks[int(after[k, OTHER]), MACHINE] == machine:
                state[i, STALE] = 1.0


@njit(cache=True, nogil=True)
def _again(
    tasks: np.ndarray,
    before: np.ndarray,
    redo: np.ndarray,
    down: np.ndarray,
    state: np.ndarray,
    ready: np.ndarray,
    i: int,
) -> None:
    """Task i was found wanting: what leads to it is done again, what follows waits."""
    for k in range(int(tasks[i, REDO]), int(tasks[i, REDO_END])):
        j = redo[k]
        state[j, STARTED], state[j, FREE_TO_GO] = 0.0, 1.0
        state[j, FLOOR] = state[i, END]
        state[j, TURN] = min(state[j, TURN] + 1.0, ROUNDS - 1.0)
    for k in range(int(tasks[i, REDO]), int(tasks[i, REDO_END])):
        _list(tasks, before, state, ready, redo[k])
    for k in range(int(tasks[i, DOWN]), int(tasks[i, DOWN_END])):
        state[down[k], FREE_TO_GO] = 1.0


@njit(cache=True, nogil=True)
def _move_on(
    resources: np.ndarray,
    windows: np.ndarray,
    queue: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    clock: float,
) -> None:
    """Windows that are over and tasks whose turn has come drop out."""
    for r in range(resources.shape[0]):
        last = resources[r, WINDOW_END] - 1
        while shop[r, NOW] < last and windows[int(shop[r, NOW]), 1] <= clock:
            shop[r, NOW] += 1.0
        while shop[r, HEAD] < resources[r, QUEUE_END]:
            first = int(queue[int(shop[r, HEAD])])
            if not state[first, STARTED] and not state[first, FREE_TO_GO]:
                break
            shop[r, HEAD] += 1.0


@njit(cache=True, nogil=True)
def _put_in(
    tasks: np.ndarray,
    resources: np.ndarray,
    state: np.ndarray,
    ready: np.ndarray,
    began: np.ndarray,
    best: int,
    at: float,
) -> int:
    """Task `best` begins at `at`, and in a furnace whatever goes with it; says how many do."""
    machine, number = int(tasks[best, MACHINE]), 1
    began[0] = best
    # whose batch it is goes in first, then whatever else is heated alike
    for own in (True, False):
        if machine < 0 or resources[machine, TOGETHER] == 0:
            break
        for place in range(1, ready[0] + 1):
            i = ready[place]
            alike = tasks[i, MACHINE] == machine and tasks[i, BEGUN] == tasks[best, BEGUN]
            for column in (FAMILY, MINUTES):
                alike = alike and tasks[i, column] == tasks[best, column]
            alike = alike and (tasks[i, BATCH] == tasks[best, BATCH]) == own
            room = number < resources[machine, PLACES]
            if i != best and alike and room and state[i, FOUND] <= at:
                began[number] = i
                number += 1
    for k in range(number):
        state[began[k], STARTED], state[began[k], LISTED] = 1.0, 0.0
    still = 0
    for place in range(1, ready[0] + 1):
        if not state[ready[place], STARTED]:
            still += 1
            ready[still] = ready[place]
    ready[0] = still
    return number


@njit(cache=True, nogil=True)
def _clear(
    tasks: np.ndarray,
    resources: np.ndarray,
    before: np.ndarray,
    running: np.ndarray,
    state: np.ndarray,
    shop: np.ndarray,
    ready: np.ndarray,
) -> None:
    """Nothing has begun yet."""
    state[:] = 0.0
    state[:, FLOOR] = -NEVER
    shop[:] = 0.0
    shop[:, FREE] = -NEVER
    shop[:, HEAD] = resources[:, QUEUE]
    shop[:, NOW] = resources[:, WINDOW]
    shop[:, FAMILY_NOW] = resources[:, SET_UP]
    shop[:, LEFT] = running[:, 0]
    ready[0] = 0
    for i in range(tasks.shape[0]):
        _list(tasks, before, state, ready, i)


@njit(cache=True, nogil=True)
def carry(
    tasks: np.ndarray,
    resources: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    windows: np.ndarray,
    queue: np.ndarray,
    redo: np.ndarray,
    down: np.ndarray,
    patience: np.ndarray,
    factors: np.ndarray,
    fails: np.ndarray,
    running: np.ndarray,
    repairs: np.ndarray,
    done: np.ndarray,
) -> None:
    """Carry the plan out in every run; fills done (S, O): when each order is done, min.

    patience (S) min waited for whose turn it is
    factors (S, N, ROUNDS) real over planned time; fails (S, N, ROUNDS) found wanting
    running, repairs (S, R, K) min of running between breakdowns, of repair; used in a circle
    """
    state, shop = np.zeros((tasks.shape[0], 10)), np.zeros((resources.shape[0], 7))
    hands = np.zeros((resources.shape[0], _ATTENDED, 2))
    ready = np.zeros(tasks.shape[0] + 1, dtype=np.int64)
    began = np.zeros(tasks.shape[0] + 1, dtype=np.int64)
    for run in range(factors.shape[0]):
        _clear(tasks, resources, before, running[run], state, shop, ready)
        for machine in range(resources.shape[0]):
            if resources[machine, SOON] > 0:
                foresee(tasks, resources, windows, queue, state, shop, machine)
        done[run, :] = -NEVER
        clock = -NEVER
        while ready[0] > 0:
            best, at = next_task(
                tasks,
                resources,
                before,
                after,
                windows,
                queue,
                state,
                shop,
                hands,
                ready,
                patience[run],
                clock,
            )
            if best < 0:
                break
            clock = max(clock, at)
            machine, turn = int(tasks[best, MACHINE]), int(state[best, TURN])
            work = tasks[best, MINUTES] * factors[run, best, turn]
            work *= tasks[best, EFFORT] if turn > 0 else 1.0
            number = _put_in(tasks, resources, state, ready, began, best, at)
            end, attended = _work(
                tasks, resources, windows, shop, running[run], repairs[run], best, at, work
            )
            if tasks[best, BEGUN] > -NEVER and turn == 0:
                end, attended = max(end, 0.0), max(attended, 0.0)
            if machine >= 0:
                shop[machine, FREE] = end
                shop[machine, FAMILY_NOW] = tasks[best, FAMILY]
            for k in range(number):
                i, person = began[k], int(tasks[began[k], PERSON])
                state[i, END] = end
                order = int(tasks[i, ORDER])
                done[run, order] = max(done[run, order], end)
                if person >= 0:
                    _attend(shop, hands, person, clock, attended, tasks[i, SHARE])
                _unsettle(tasks, after, state, ready, machine, person)
            for k in range(number):
                i = began[k]
                once = int(state[i, TURN])
                checked = tasks[i, REDO_END] > tasks[i, REDO] and once + 1 < ROUNDS
                if checked and fails[run, i, once]:
                    _again(tasks, before, redo, down, state, ready, i)
                else:
                    for m in range(int(tasks[i, AFTER]), int(tasks[i, AFTER_END])):
                        _list(tasks, before, state, ready, int(after[m, OTHER]))
            _move_on(resources, windows, queue, state, shop, clock)
            if machine >= 0 and resources[machine, SOON] > 0:
                foresee(tasks, resources, windows, queue, state, shop, machine)
