"""Independent work on all cores: in order, told about, and stopped when something fails."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reclad.errors import ProcessError
from reclad.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_items() -> None:
    assert side_by_side(lambda n: n * n, range(20)) == [n * n for n in range(20)]
    assert side_by_side(lambda n: n, []) == []


def test_progress_is_told_after_each() -> None:
    told: list[float] = []
    side_by_side(lambda n: n, range(4), told.append)
    assert told == pytest.approx([0.25, 0.5, 0.75, 1.0])


def test_work_runs_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    # Each waits for the other: one after the other they would never meet.
    both = threading.Barrier(2, timeout=20.0)
    assert sorted(side_by_side(lambda _: both.wait(), range(2))) == [0, 1]


def test_what_fails_is_raised_and_what_had_not_begun_is_not_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    begun: list[int] = []
    called_off = threading.Event()
    shutdown = ThreadPoolExecutor.shutdown

    def tell(pool: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        shutdown(pool, wait=False, cancel_futures=cancel_futures)
        called_off.set()
        shutdown(pool, wait=wait)

    def work(n: int) -> int:
        begun.append(n)
        if n == 1:
            raise ProcessError("too hot")
        if n > 1:
            called_off.wait(20.0)
        return n

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", tell)
    with pytest.raises(ProcessError, match="too hot"):
        side_by_side(work, range(50))
    assert begun in ([0, 1], [0, 1, 2])


def test_interrupted_while_telling_it_ends() -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(lambda n: n, range(50), stop)
