"""A changed order placed anew only from where it differs: kernels.

States of the placing of one order are kept at a few positions; `decode_on` begins from the last
that the changed order shares, and gives what `decode` gives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from reclad.schedule._decode_kernels import place_fixed, place_next, rank_groups
from reclad.schedule._fit_kernels import Flags, Floats, Ints, Shop, Work

# Compiled code is kept by this file's time stamp alone: the sum of the kernels it calls, checked by
# tests/house, changes this file with them.
BUILT_ON = "36b89d8d25d0de22"


class Kept(NamedTuple):
    """States of S positions, each twice: of the order itself and of the change being tried.

    busy, blocks, steps, turns, place, finish   (2S, ...) as in Work
    sums (2S, 2)   weighted tardiness and sum of ends so far, min
    side (S,)      0 or 1: which of both is the order's own; ranked (G,): its groups as placed
    """

    busy: Ints
    blocks: Ints
    steps: Ints
    turns: Ints
    place: Ints
    finish: Ints
    sums: Floats
    side: Ints
    ranked: Ints


@njit(cache=True, nogil=True)
def keep_state(work: Work, kept: Kept, slot: int, late: float, ends: float) -> None:
    """Copy the state into a slot."""
    for n in range(work.blocks.size):
        kept.busy[slot, n, : work.blocks[n]] = work.busy[n, : work.blocks[n]]
        kept.steps[slot, n, : work.turns[n]] = work.steps[n, : work.turns[n]]
    kept.blocks[slot], kept.turns[slot] = work.blocks, work.turns
    kept.place[slot], kept.finish[slot] = work.place, work.finish
    kept.sums[slot, 0], kept.sums[slot, 1] = late, ends


@njit(cache=True, nogil=True)
def take_state(work: Work, kept: Kept, slot: int) -> None:
    """Copy a slot back."""
    work.blocks[:], work.turns[:] = kept.blocks[slot], kept.turns[slot]
    work.place[:], work.finish[:] = kept.place[slot], kept.finish[slot]
    for n in range(work.blocks.size):
        work.busy[n, : work.blocks[n]] = kept.busy[slot, n, : work.blocks[n]]
        work.steps[n, : work.turns[n]] = kept.steps[slot, n, : work.turns[n]]


@njit(cache=True, nogil=True)
def decode_on(
    shop: Shop, work: Work, kept: Kept, order: Ints, old: Ints, stays: Flags, limit: float
) -> tuple[float, float, int]:
    """Tardiness, sum of ends and the position begun from; see `decode`. `adopt` makes the changed
    order the one whose states are kept."""
    rank_groups(shop, work, order)
    states, size = kept.side.size, order.size
    same = 0
    while same < size and work.ranked[same] == kept.ranked[same]:
        same += 1
    first = 0
    while first + 1 < states and (first + 1) * size // states <= same and same > 0:
        first += 1
    if same > 0:
        slot = 2 * first + kept.side[first]
        take_state(work, kept, slot)
        late, ends = kept.sums[slot, 0], kept.sums[slot, 1]
    else:
        late, ends = place_fixed(shop, work)
        keep_state(work, kept, 1 - kept.side[0], late, ends)
    following = first + 1
    for n in range(first * size // states, size):
        if following < states and n == following * size // states:
            keep_state(work, kept, 2 * following + 1 - kept.side[following], late, ends)
            following += 1
        later, end = place_next(shop, work, work.ranked[n], old, stays)
        late += later
        ends += end
        if late > limit:
            return np.inf, np.inf, first
    if np.isinf(late):
        return np.inf, np.inf, first
    return late, ends, first if same > 0 else -1


@njit(cache=True, nogil=True)
def adopt(work: Work, kept: Kept, first: int) -> None:
    """Keep the states of the order just placed, from behind position `first` on."""
    for n in range(first + 1, kept.side.size):
        kept.side[n] = 1 - kept.side[n]
    kept.ranked[:] = work.ranked
