"""One whole repair marched on one core in a fresh process: `heat_whole.py JOB`, a folder of
heat_job.py."""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numba import njit

from reclad.heat import part_scale, simulate
from reclad.heat._cell_kernels import conduct
from reclad.heat.part_scale import mesh_part, metal_of, surroundings_of, walk_of
from reclad.heat.solution import solve
from reclad.job import read_job

ROUNDS = 3
BARE_UPDATES = 1.2e9
TURNS = 12  # from a cold part, compared with finer cells


@njit
def bare_steps(cells, skin, metal, h, theta, drain, dt, steps):  # type: ignore[no-untyped-def]
    """Conduction alone, nothing lost, laid, looked at or lit."""
    for _ in range(steps):
        conduct(cells, skin, metal, h, theta, drain, False, dt)


def march(kept: dict) -> tuple[float, object, object]:
    """CPU seconds of the whole repair from nothing kept, its history and solution."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["RECLAD_CACHE"] = scratch
        start = time.process_time()
        history, done = simulate(
            kept["job"], kept["deposit"], kept["toolpath"], kept["heating"], kept["law"],
            kept["pools"],
        )  # fmt: skip
        return time.process_time() - start, history, done


def rates(kept: dict, mesh) -> tuple[float, float, float]:  # type: ignore[no-untyped-def]
    """Cell updates a second of the march with all physics, and of bare conduction on the same
    mesh; share of the absorbed heat that the march leaves unexplained."""
    job, path, heating = kept["job"], kept["toolpath"], kept["heating"]
    metal, around = metal_of(job, heating), surroundings_of(job, heating)
    walk = walk_of(job, path, heating, kept["law"])
    h, drain = (np.zeros((mesh.cells.top.size, mesh.width)) for _ in range(2))
    theta = np.zeros((h.shape[0] + 4, mesh.width))
    skin = mesh.fresh_skin()
    steps = int(BARE_UPDATES / mesh.count)
    full, bare = 0.0, 0.0
    bare_steps(mesh.cells, skin, metal, h, theta, drain, 1e-3, 1)
    for _ in range(ROUNDS):
        start = time.process_time()
        done = solve(mesh, metal, around, walk, job.preheat)
        full = max(full, done.updates / (time.process_time() - start))
        start = time.process_time()
        bare_steps(mesh.cells, skin, metal, h, theta, drain, done.dt, steps)
        bare = max(bare, mesh.count * steps / (time.process_time() - start))
    return full, bare, done.ledger.gap


def finer_cells(kept: dict, mesh) -> dict:  # type: ignore[no-untyped-def]
    """How far the temperature met is off over the first turns, against the finest cells of a
    part: K, mean over and worst of the blocks after the first turn."""
    job, path, heating = kept["job"], kept["toolpath"], kept["heating"]
    walk = walk_of(job, path, heating, kept["law"])
    block = int(np.searchsorted(path.turn * path.lit, TURNS + 1))
    until = float(walk.time[block])
    metal, around = metal_of(job, heating), surroundings_of(job, heating)
    finest = part_scale._round(job, kept["deposit"], float(part_scale._CELLS[0]))
    met = [
        solve(cells, metal, around, walk, job.preheat, until=until).interpass[:block]
        for cells in (mesh, finest)
    ]
    later = path.lit[:block] & (path.turn[:block] > 1)
    off = (met[0] - met[1])[later]
    return {
        "finest": float(np.diff(finest.grid.axial).min()),
        "mean": float(off.mean()),
        "worst": float(np.abs(off).max()),
        "rise": float(met[1][later].max() - job.preheat),
    }


def main() -> None:
    folder = Path(sys.argv[1])
    kept = pickle.loads((folder / "kept.pickle").read_bytes()) | {"job": read_job(folder)}
    took, gaps = [], []
    for _ in range(ROUNDS):
        used, history, done = march(kept)
        took.append(used)
        gaps.append(history.ledger.gap)
    # Before the rates: what a user's process holds, and no more.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    path = kept["toolpath"]
    end = float(np.sum(path.block_time + path.wait))
    mesh = mesh_part(kept["job"], kept["deposit"], end, path.travel_speed)
    full, bare, gap = rates(kept, mesh)
    along = history.along
    middle = along.time.size // 2
    told = {
        "cpu": min(took),
        "cpu_all": took,
        "memory": peak,
        "cells": mesh.count,
        "cell": float(np.diff(mesh.grid.axial).min()),
        "steps": done.updates // mesh.count,
        "dt": done.dt,
        "repair": end,
        "turns": int(along.turn.max()),
        "stations": int(along.time.size),
        "full": full,
        "bare": bare,
        "gap": max(*gaps, gap),
        "finer": finer_cells(kept, mesh),
        "interpass": [float(along.interpass[i]) for i in (0, middle, -1)],
        "hottest": float(along.interpass.max()),
        "power": [float(along.power[i]) for i in (0, middle, -1)],
        "spent": {k: v / history.ledger.absorbed for k, v in vars(history.ledger).items()},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
