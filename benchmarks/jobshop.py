"""Brandimarte's ten job shops: makespan against the best known, and against cold CP-SAT.

python benchmarks/jobshop.py [--seconds 60] [--only Mk01 Mk10] [--without-cold]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from page import Row, at_most, conditions, table, write_section

from reclad.schedule.jobshop import check_plan, makespan_of, read_job_shop
from reclad.schedule.jobshop_exact import has_solver, prove
from reclad.schedule.jobshop_search import solve_job_shop

INSTANCES = Path(__file__).parent / "instances"
# As ScheduleOpt/benchmarks (flexible-jobshop) lists them: Mk01 to Mk09 proven, Mk10 189 to 193.
BEST_KNOWN = {
    "Mk01": 40,
    "Mk02": 26,
    "Mk03": 204,
    "Mk04": 60,
    "Mk05": 172,
    "Mk06": 57,
    "Mk07": 139,
    "Mk08": 523,
    "Mk09": 307,
    "Mk10": 193,
}
GAP = 5.0  # %, mean over the ten
FULL = 60.0  # s, each


def cold(name: str, seconds: float) -> int | None:
    """Makespan by CP-SAT alone on two workers; None where it finds no plan."""
    best: list[int] = []
    prove(
        read_job_shop(INSTANCES / f"{name}.fjs"),
        seconds=seconds,
        seed=0,
        workers=2,
        found=lambda plan: best.append(makespan_of(plan)),
    )
    return min(best, default=None)


def measure(name: str, seconds: float, *, beside: bool) -> tuple[Row, float, bool, bool]:
    """The row of an instance, its gap in %, whether the plan holds, whether CP-SAT is no better."""
    shop = read_job_shop(INSTANCES / f"{name}.fjs")
    solved = solve_job_shop(shop, seconds=seconds)
    holds = not check_plan(shop, solved.plan) and makespan_of(solved.plan) == solved.makespan
    alone = cold(name, seconds) if beside else None
    known = BEST_KNOWN[name]
    gap = 100.0 * (solved.makespan / known - 1.0)
    told = f", cold CP-SAT {alone}" if alone is not None else ""
    row = Row(
        f"{name}, {len(shop.jobs)} jobs on {shop.machines} machines",
        f"{solved.makespan} in {solved.seconds:.1f} s, bound {solved.lower_bound}{told}",
        f"best known {known}, gap {gap:.1f} %",
    )
    return row, gap, holds, alone is None or solved.makespan <= alone


def section(names: list[str], seconds: float, *, beside: bool) -> str:
    """The figures, in words and a table."""
    rows, gaps, held, ahead = [], [], True, True
    for name in names:
        row, gap, holds, no_worse = measure(name, seconds, beside=beside)
        print(row, flush=True)
        rows.append(row)
        gaps.append(gap)
        held, ahead = held and holds, ahead and no_worse
    rows.append(at_most("mean gap to the best known", sum(gaps) / len(gaps), GAP, "{:.2f} %"))
    rows.append(Row("plans that pass the check", "all" if held else "not all", "all", held))
    if beside:
        words = "never worse" if ahead else "worse at least once"
        rows.append(Row("against cold CP-SAT with the same time", words, "never worse", ahead))
    return (
        "## Job shops\n\n"
        f"By `python benchmarks/jobshop.py` on {conditions()}. Brandimarte's flexible job\n"
        f"shops, up to {seconds:g} s each; cold CP-SAT has two workers and no plan to begin from.\n"
        "Makespans hang on how fast the machine is.\n\n" + table(rows)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=FULL, help="for each instance")
    parser.add_argument("--only", nargs="+", choices=BEST_KNOWN, default=[*BEST_KNOWN])
    parser.add_argument("--without-cold", action="store_true", help="leave out CP-SAT alone")
    asked = parser.parse_args()
    beside = has_solver() and not asked.without_cold
    text = section(asked.only, asked.seconds, beside=beside)
    print(text)
    if asked.seconds == FULL and len(asked.only) == len(BEST_KNOWN):
        write_section("job shop", text)
    else:
        print("\na shorter run: the page of benchmarks stays as it is")
