"""Many draws of the same repair, over all cores; what is done stays done."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat.body import mean_by_turn, turn_numbers
from reclad.heat.repair import adapt_pools, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.heat.fin import PowerLaw
    from reclad.heat.part_scale import Heating
    from reclad.heat.repair import PoolModel
    from reclad.job import Job
    from reclad.part import Deposit
    from reclad.path import Toolpath
    from reclad.process import Procedure

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """One repair over draws, turn by turn, each (draws, turns): interpass K met, power W, width and
    depth m of the pool, means over the turn; bore K, the hottest. gap (draws,) of the ledgers."""

    interpass: Floats
    power: Floats
    width: Floats
    depth: Floats
    bore: Floats
    gap: Floats


@dataclass(frozen=True, eq=False)
class Repair:
    """All that the draws of one repair share."""

    job: Job
    deposit: Deposit
    toolpath: Toolpath
    procedure: Procedure
    middle: Heating
    pools: PoolModel
    power: PowerLaw | Floats | float


def simulate_draws(
    repair: Repair,
    heatings: list[Heating],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> Ensemble:
    """The repair for each of `heatings`, over `workers` processes (all cores), or wherever
    `executor` runs things: a Dask cluster gives one with `Client.get_executor()`.

    Every draw is kept in the cache as it ends: stopped and started again, only the rest is solved.
    say   share done, after each draw
    """
    if executor is not None:
        return _gather(executor, repair, heatings, say)
    # Fresh processes on every system: a fork would copy what numba and the caller hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as pool:
        return _gather(pool, repair, heatings, say)


def _gather(
    pool: Executor, repair: Repair, heatings: list[Heating], say: Callable[[float], None]
) -> Ensemble:
    rows: list[tuple[Floats, ...]] = [()] * len(heatings)
    tasks = {pool.submit(_one, repair, h): i for i, h in enumerate(heatings)}
    try:
        for number, task in enumerate(as_completed(tasks), start=1):
            rows[tasks[task]] = task.result()
            say(number / len(tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
    return Ensemble(*(np.array(column) for column in zip(*rows, strict=True)))


def _one(repair: Repair, heating: Heating) -> tuple[Floats, ...]:
    pools = adapt_pools(
        repair.job, repair.deposit, repair.procedure, repair.middle, heating, repair.pools
    )
    history, _ = simulate(repair.job, repair.deposit, repair.toolpath, heating, repair.power, pools)
    along = history.along
    turn = turn_numbers(along.layer, along.turn)
    means = [
        mean_by_turn(turn, getattr(along, name))
        for name in ("interpass", "power", "width", "depth")
    ]
    return (*means, history.bore, np.array(history.ledger.gap))
