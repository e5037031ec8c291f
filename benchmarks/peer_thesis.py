"""The peer case B1 timed on one core: `python benchmarks/peer_thesis.py`.

Writes its section of docs/benchmarks.md: CPU seconds, best of five after one run to warm up, beside
how far the results are from the peer's.
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
from page import Row, at_most, conditions, table, write_section
from tests.peers.thesis.case import EXPECTED, HISTORY, read_axes, read_source, read_times

from reclad.heat.sources import MovingSource

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


def field_rows(source: MovingSource) -> list[Row]:
    """Ten fields on the peer's grid, and how far they are from the peer's."""
    axes, times = read_axes(), read_times()
    size = " x ".join(str(axis.size) for axis in axes)
    fields = best(lambda: [source.on_grid(*axes, t) for t in times])
    nodes = [len(source.nodes(t)) for t in times]
    rows = [
        Row(f"{len(times)} fields of {size} points", f"{fields:.3f} CPU s", "< 0.05 s",
            fields < 0.05),
        Row("Gaussians a field", f"{min(nodes)} to {max(nodes)}"),
    ]  # fmt: skip
    for number in (0, 4, 9):
        peer = np.loadtxt(
            EXPECTED / f"B1_surface_snapshot_{number:02d}.csv", delimiter=",", skiprows=1
        )
        off = np.abs(source.at_points(peer[:, :3], times[number]) - peer[:, 3]).max()
        rows.append(at_most(f"surface in pass {number + 1}, most off the peer", off, 0.2,
                            "{:.3f} K", f" of {peer[:, 3].max():.0f} K"))  # fmt: skip
    return rows


def pool_rows(source: MovingSource) -> list[Row]:
    """The pool's history, and the pool in three passes."""
    stored = np.loadtxt(EXPECTED / "B1_meltpool_history.csv", delimiter=",", skiprows=1)
    history = read_source(HISTORY)
    took = best(lambda: history.pools(stored[:, 0], MELTING))
    ours = np.array([[p.length, p.width, p.depth] for p in history.pools(stored[:, 0], MELTING)])
    off = np.abs(ours - stored[:, [6, 7, 11]]).max(axis=1)
    near = int(np.sum(off <= 0.125e-3 * (1 + 1e-9)))
    rows = [
        Row(f"melt pool at {len(stored)} times", f"{took:.3f} CPU s", "< 0.5 s", took < 0.5),
        Row("pools within one step (0.125 mm) of the peer's grid", f"{near} of {len(off)}",
            f"{len(off) - 1}", near >= len(off) - 1),
    ]  # fmt: skip
    for number in (0, 4, 9):
        pool = source.pool(read_times()[number], MELTING)
        rows.append(Row(
            f"pool in pass {number + 1}: width, length, depth; peak",
            f"{pool.width * 1e3:.3f}, {pool.length * 1e3:.3f}, {pool.depth * 1e3:.3f} mm; "
            f"{pool.peak:.0f} K",
        ))  # fmt: skip
    return rows


def main() -> None:
    source = read_source()
    text = f"""## The peer case

By `python benchmarks/peer_thesis.py` on {conditions()}: the case of tests/peers/thesis, solved with
3DThesis of ORNL too; CPU seconds of one core, best of {ROUNDS}.

{table(field_rows(source) + pool_rows(source))}

Each pool outside one step is accounted for in
[how to simulate heat](how-to/simulate-heat.md#held-against-another-code)."""
    write_section("peer", text)


if __name__ == "__main__":
    main()
