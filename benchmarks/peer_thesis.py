"""The peer case B1 timed on one core: `python benchmarks/peer_thesis.py`.

CPU seconds, best of five after one run to warm up, beside how far the results are from the peer's.
"""

# ruff: noqa: E402
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

for library in ("OPENBLAS", "OMP", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from tests.peers.thesis.case import EXPECTED, HISTORY, read_axes, read_source, read_times

MELTING = 1723.0
ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """CPU seconds of all threads, best of `ROUNDS` after a first call."""
    work()
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def main() -> None:
    source, axes, times = read_source(), read_axes(), read_times()
    stored = np.loadtxt(EXPECTED / "B1_meltpool_history.csv", delimiter=",", skiprows=1)
    size = " x ".join(str(axis.size) for axis in axes)
    fields = best(lambda: [source.on_grid(*axes, t) for t in times])
    print(f"{len(times)} snapshots of {size} points: {fields:.3f} CPU s (wanted < 0.05)")
    nodes = [len(source.nodes(t)) for t in times]
    print(f"  nodes a snapshot: {min(nodes)} to {max(nodes)}")
    for number in (0, 4, 9):
        peer = np.loadtxt(
            EXPECTED / f"B1_surface_snapshot_{number:02d}.csv", delimiter=",", skiprows=1
        )
        found = source.at_points(peer[:, :3], times[number])
        print(
            f"  snapshot {number}: at most {np.abs(found - peer[:, 3]).max():.3f} K from the peer"
        )
    history = read_source(HISTORY)
    pools = best(lambda: history.pools(stored[:, 0], MELTING))
    print(f"pool at {len(stored)} times: {pools:.3f} CPU s (wanted < 0.5)")
    ours = np.array([[p.length, p.width, p.depth] for p in history.pools(stored[:, 0], MELTING)])
    off = np.abs(ours - stored[:, [6, 7, 11]]).max(axis=1)
    print(f"  within 0.125 mm of the peer's: {np.sum(off <= 0.125e-3 * (1 + 1e-9))} of {len(off)}")
    for number in (0, 4, 9):
        pool = source.pool(times[number], MELTING)
        print(
            f"  pass {number + 1}: W {pool.width * 1e3:.3f}  L {pool.length * 1e3:.3f}  "
            f"D {pool.depth * 1e3:.3f} mm  peak {pool.peak:.0f} K"
        )


if __name__ == "__main__":
    main()
