"""Whether promised dates hold: promises made by the planner's model, kept by shops of another."""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict

import numpy as np
from page import Row, conditions, table, write_section
from shop_floor import Floor, draw_truth
from small_shops import small_shop

from reclad.schedule.capacity import planner
from reclad.schedule.chances import assumed_uncertainty
from reclad.schedule.promise import promise, simulate

LEVELS = (0.5, 0.8, 0.9, 0.95)
SHOPS_OF_A_BACKLOG = 5
FIRST = 1000  # seed of the first backlog: the model was written while looking at others


def try_backlog(seed: int, runs: int) -> list[tuple[dict[float, float], float, float]]:
    """Of each of a backlog's shops: share of orders done by their dates at every level, mean min
    by which the 90 % date lies after the planned one, and the least confidence of a plan's own."""
    problem = small_shop(seed, int(np.random.default_rng(seed).integers(12, 21)))
    plan = planner(steps=200, seed=seed)(problem, None)
    finishes = simulate(problem, plan, assumed_uncertainty(problem), runs=runs, seed=seed)
    dates = {level: promise(finishes, level) for level in LEVELS}
    later = float(np.mean([one.minutes - one.planned for one in dates[0.9]]))
    told = []
    for number in range(SHOPS_OF_A_BACKLOG):
        rng = np.random.default_rng([seed, number])
        done = Floor(problem, plan, draw_truth(problem, rng), rng).work()
        kept = {
            level: float(np.mean([done[one.order] <= one.minutes for one in dates[level]]))
            for level in LEVELS
        }
        planned = float(np.mean([done[one.order] <= one.planned for one in dates[0.9]]))
        told.append((kept, later, planned))
    return told


def section(backlogs: int, runs: int) -> str:
    """The figures, in words and a table."""
    begun = time.process_time()
    each = [try_backlog(seed, runs) for seed in range(FIRST, FIRST + backlogs)]
    kept: dict[float, list[float]] = defaultdict(list)
    for shops in each:
        for level in LEVELS:
            kept[level].append(float(np.mean([one[0][level] for one in shops])))
    rows = []
    for level in LEVELS:
        mean = float(np.mean(kept[level]))
        wide = 1.96 * float(np.std(kept[level], ddof=1)) / math.sqrt(backlogs)
        bar = level == 0.9
        rows.append(
            Row(
                f"dates promised at {level:.0%} that held",
                f"{mean:.1%} ± {wide:.1%}",
                "85 to 95 %" if bar else "",
                0.85 <= mean <= 0.95 if bar else None,
            )
        )
    planned = float(np.mean([one[2] for shops in each for one in shops]))
    later = float(np.median([one[1] for shops in each for one in shops]))
    rows.append(Row("the plan's own dates that held", f"{planned:.1%}"))
    rows.append(
        Row("90 % date after the planned one, median backlog", f"{later / 1440.0:.1f} days")
    )
    seconds = (time.process_time() - begun) / backlogs
    rows.append(Row("planning and promising a backlog, with its shops", f"{seconds:.1f} CPU s"))
    return (
        "## Dates that hold\n\n"
        f"By `python benchmarks/promises.py` on {conditions()}. {backlogs} backlogs of 12 to 20\n"
        f"orders, {backlogs * SHOPS_OF_A_BACKLOG:,} shops run by another model than the\n"
        f"planner's (benchmarks/shop_floor.py), {runs} runs behind each promise. Shops and orders\n"
        "are invented; what spreads, spreads as far as the planner believes.\n\n" + table(rows)
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--backlogs", type=int, default=200)
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--dry", action="store_true", help="leave the page as it is")
    given = asked.parse_args()
    text = section(given.backlogs, given.runs)
    print(text)
    if not given.dry:
        write_section("promises", text)
