"""Fits to laboratories that never were: do intervals hold what they say, and what does a fit cost?

`python benchmarks/laboratories.py [COUNT]`, 200 laboratories if no count is given.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from page import Row, at_most, conditions, table, write_section

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.lab.synthetic_laboratory import measure, settings

from reclad.errors import LabError
from reclad.lab import fit, observe
from reclad.process import QUANTITIES

BEADS, NEW, ROWS = 9, 4, 200


def one(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float] | str:
    """One laboratory: (5, 4) whether true beads of four new settings lie in the 5-95 % band, the
    same for a section of each, width of the bands over those before, CPU seconds."""
    rng = np.random.default_rng([20261127, number])
    observed, truth = measure(settings(BEADS, rng), rng)
    before = time.process_time()
    try:
        posterior = fit(observed, seed=number)
    except LabError as error:
        return str(error)
    spent = time.process_time() - before
    new, _ = measure(settings(NEW, rng), rng, truth)
    true = truth.mean(new)
    low, high = np.quantile(posterior.expect(new), (0.05, 0.95), axis=0)
    inside = ((true >= low) & (true <= high)).T
    lowest, highest = np.quantile(posterior.expect_sections(new), (0.05, 0.95), axis=0)
    there = np.isfinite(new.measured)
    section = np.where(there, (new.measured >= lowest) & (new.measured <= highest), np.nan).T
    believed = np.random.default_rng(0).standard_normal((512, posterior.scores.shape[1]))
    was = np.quantile(new.predict(believed), (0.05, 0.95), axis=0)
    return inside, section, ((high - low) / (was[1] - was[0])).T, spent


def large() -> tuple[float, float, int, int]:
    """CPU and wall seconds of a fit to 200 beads with width, height and depth; unknowns, values."""
    rng = np.random.default_rng(4)
    observed, _ = measure(settings(ROWS, rng), rng)
    measured = observed.measured.copy()
    measured[:, 3:] = np.nan
    observed = replace(observed, measured=measured)
    cpu, wall = time.process_time(), time.monotonic()
    posterior = fit(observed, seed=1)
    spent = time.process_time() - cpu, time.monotonic() - wall
    return *spent, len(posterior.convergence.names), int(np.isfinite(measured).sum())


def main(count: int) -> None:
    observe(settings(1, np.random.default_rng(0)))
    with ProcessPoolExecutor(2) as pool:
        every = list(pool.map(one, range(count)))
    found = [result for result in every if not isinstance(result, str)]
    for number, result in enumerate(every):
        if isinstance(result, str):
            print(f"laboratory {number}: {result}")
    inside, section, width = (np.stack([f[i] for f in found]) for i in range(3))
    spent = np.array([f[3] for f in found])
    rows = [
        Row(
            f"{name}: true beads of new settings in their 5-95 % band",
            f"{inside[:, q].mean():.1%}; sections {np.nanmean(section[:, q]):.1%}; the band is "
            f"{np.median(width[:, q]):.0%} of the one before",
            "85-95 %",
            met=bool(0.85 <= inside[:, q].mean() <= 0.95),
        )
        for q, name in enumerate(QUANTITIES)
    ]
    pooled = float(inside.mean())
    rows += [
        Row(
            "all five, true beads",
            f"{pooled:.1%}; sections {np.nanmean(section):.1%}; {len(found)} of {count} "
            "laboratories fitted, the others refused aloud",
            "85-95 %",
            met=0.85 <= pooled <= 0.95,
        ),
        Row(f"a fit to {BEADS} beads", f"{np.median(spent):.1f} CPU s, worst {spent.max():.0f}"),
    ]
    print(table(rows), flush=True)  # the large fit may be refused; these figures took an hour
    cpu, wall, unknowns, values = large()
    rows.append(
        at_most(
            f"a fit to {ROWS} beads with width, height, depth: {values} values, {unknowns} "
            "unknowns, converged",
            wall,
            60.0,
            "{:.0f} s",
            f" ({cpu:.0f} CPU s, one process)",
        )
    )
    text = (
        "## Fits to laboratories that never were\n\n"
        f"By `python benchmarks/laboratories.py` on {conditions()}.\n"
        "**Verified, not validated**: beads of the process model itself, with a truth drawn from "
        "what is believed\nbefore any trial, with scatter and outliers; "
        f"{BEADS} beads per laboratory with width, height, depth, dilution\nand weighed mass, "
        f"judged at {NEW} new settings each.\n\n" + table(rows)
    )
    print(text)
    write_section("laboratories", text)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
