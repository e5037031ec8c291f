"""Thirty-two draws of the whole pipe on two cores: `heat_draws.py JOB`, a folder of heat_job.py."""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from reclad.job import read_job
from reclad.plan import plan_job, resolve_draws

DRAWS, WORKERS = 32, 2
BAND = (5.0, 50.0, 95.0)


def curves(values: np.ndarray) -> np.ndarray:
    """5, 50 and 95 % over the draws, (3, turns)."""
    return np.percentile(values, BAND, axis=0)


def used() -> float:
    """CPU seconds of this process and of those it waited for."""
    return sum(
        r.ru_utime + r.ru_stime
        for r in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    plan = plan_job(read_job(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["RECLAD_CACHE"] = scratch
        start, before = time.monotonic(), used()
        found = resolve_draws(plan, DRAWS, workers=WORKERS)
        wall, taken = time.monotonic() - start, used() - before
    spread = plan.history.interpass
    solved, closed = curves(found.interpass), curves(spread[:DRAWS])
    off = closed - solved
    each = spread[:DRAWS] - found.interpass
    turns = solved.shape[1]
    told = {
        "wall": wall,
        "cpu": taken,
        "draws": DRAWS,
        "turns": turns,
        "all_draws": len(spread),
        "gap": float(found.gap.max()),
        "interpass": [solved[:, i].tolist() for i in (turns // 2, turns - 1)],
        "closed": [closed[:, i].tolist() for i in (turns // 2, turns - 1)],
        "closed_all": [curves(spread)[:, i].tolist() for i in (turns // 2, turns - 1)],
        "depth": [curves(found.depth)[:, i].tolist() for i in (turns // 2, turns - 1)],
        "width": [curves(found.width)[:, i].tolist() for i in (turns // 2, turns - 1)],
        "off_mean": off.mean(axis=1).tolist(),
        "off_worst": np.abs(off).max(axis=1).tolist(),
        "each_rms": float(np.sqrt(np.mean(each**2))),
        "each_worst": float(np.abs(each).max()),
        "band": float(np.mean(solved[2] - solved[0])),
        "hottest": curves(found.interpass.max(axis=1)).tolist(),
        "hottest_closed": curves(spread[:DRAWS].max(axis=1)).tolist(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
