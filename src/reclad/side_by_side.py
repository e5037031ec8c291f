"""Independent solves of one process on all cores: the kernels let go of the interpreter."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(
    work: Callable[[T], R],
    items: Sequence[T],
    say: Callable[[float], None] = lambda _: None,
) -> list[R]:
    """work(item) of every item, in their order; say: share done, after each."""
    if len(items) == 1:
        # Threads cost more than most single pieces of work.
        results = [work(items[0])]
        say(1.0)
        return results
    results = []
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        for number, result in enumerate(pool.map(work, items), start=1):
            results.append(result)
            say(number / len(items))
    finally:
        # Interrupted, only what runs is waited for.
        pool.shutdown(wait=True, cancel_futures=True)
    return results
