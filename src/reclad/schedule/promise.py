"""Dates that hold: the plan carried out in many shops that differ, and what can be promised."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError
from reclad.side_by_side import side_by_side

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reclad.schedule._layout import Plan
    from reclad.schedule.chances import Shops, Uncertainty
    from reclad.schedule.problem import Problem, Schedule

SURE = 0.95  # of the intervals that say how far the number of runs leaves a date open


@dataclass(frozen=True, eq=False)
class Finishes:
    """When each order is done in each shop: minutes (runs, orders) from now; `planned` (orders)."""

    orders: tuple[str, ...]
    minutes: NDArray[np.float64]
    planned: NDArray[np.float64]

    def of(self, order: str) -> NDArray[np.float64]:
        """Minutes (runs,) of one order; raises ScheduleError for an order that is not there."""
        if order not in self.orders:
            raise ScheduleError(
                f"order {order}: not in this plan, which holds {', '.join(self.orders)}"
            )
        return self.minutes[:, self.orders.index(order)]

    def chance_by(self, order: str, due: float) -> float:
        """Share of shops in which the order is done by `due` min."""
        return float((self.of(order) <= due).mean())


@dataclass(frozen=True)
class PromisedDate:
    """A date (min from now) that holds with the confidence asked for.

    low, high  between these it lies, 95 % sure, were there runs without end
    planned    when the plan has it done
    """

    order: str
    confidence: float
    minutes: float
    low: float
    high: float
    planned: float


def simulate(
    problem: Problem, schedule: Schedule, uncertainty: Uncertainty, *, runs: int, seed: int
) -> Finishes:
    """When orders would be done if this plan met shops as they may be: Finishes over `runs` shops.

    Each run draws a shop: its bias of durations, its chance of rework, how often its machines
    stop, and then every duration, find and breakdown. Tasks keep the plan's machine and person and
    its order; a task is begun when its planned minutes still fit the shift and whoever began
    stays until it is done; what waits longer than `patience` lets the next one go first; what was
    found wanting is done again as soon as its machine is free; after a repair the rest is done
    beside whatever the person then has in hand; a part that waited too long after its task before
    (preheating) has that done again where it stands. A calendar that ends goes on as its last week.

    Raises ScheduleError if a task has no place in the schedule.
    Source: Monte Carlo; the rules are this project's own. Checked: tests/schedule/test_promise.py
    against plans worked out by hand and closed forms; benchmarks/promises.py against another
    model of a shop.
    """
    import numpy as np

    from reclad.schedule._layout import lay_out, orders_of
    from reclad.schedule.chances import draw_shops

    missing = [task.name for task in problem.tasks if task.name not in schedule.at]
    if missing:
        raise ScheduleError(f"task {missing[0]}: has no place in this plan; plan the orders anew")
    orders = orders_of(problem)
    plan = lay_out(problem, schedule, uncertainty)
    shops = draw_shops(problem, uncertainty, runs=runs, seed=seed)
    finish = schedule.finish(problem)
    minutes = np.empty((runs, len(orders)))
    pieces = np.array_split(np.arange(runs), min(os.cpu_count() or 1, max(1, runs // 50)))
    side_by_side(lambda rows: _carry(plan, shops, rows, minutes), pieces)
    return Finishes(orders, minutes, np.array([float(finish[name]) for name in orders]))


def _carry(plan: Plan, shops: Shops, rows: NDArray[np.int64], minutes: NDArray[np.float64]) -> None:
    from reclad.schedule._carry_kernels import carry

    part = slice(int(rows[0]), int(rows[-1]) + 1)
    patience, factors, fails, running, repairs = (one[part] for one in shops)
    carry(*plan, patience, factors, fails, running, repairs, minutes[part])


def promise(finishes: Finishes, confidence: float = 0.9) -> tuple[PromisedDate, ...]:
    """The date of each order that holds with this confidence (0 to 1), in the orders' order.

    The date is an order statistic of the runs, the next above the quantile so that few runs
    promise later rather than sooner; between which others the quantile of the model lies is
    binomial. Raises ScheduleError where the runs are too few to tell.
    Source: distribution-free interval of a quantile from order statistics (binomial).
    Checked: tests/schedule/test_promise.py by its own coverage.
    """
    import numpy as np
    from scipy.stats import binom

    runs = finishes.minutes.shape[0]
    if not 0.0 < confidence < 1.0 or (runs + 1) * (1.0 - confidence) < 1.0:
        raise ScheduleError(
            f"confidence {confidence:g} from {runs} runs: it lies between 0 and 1 and needs more "
            "than 1 / (1 - confidence) runs; ask for less or run more"
        )
    rank = int(np.ceil((runs + 1) * confidence - 1e-9)) - 1
    below, above = binom.ppf([(1.0 - SURE) / 2.0, (1.0 + SURE) / 2.0], runs, confidence)
    ordered = np.sort(finishes.minutes, axis=0)
    low = ordered[max(0, int(below) - 1)]
    high = ordered[min(runs - 1, int(above))]
    return tuple(
        PromisedDate(
            name,
            confidence,
            float(ordered[rank, n]),
            float(low[n]),
            float(high[n]),
            float(finishes.planned[n]),
        )
        for n, name in enumerate(finishes.orders)
    )
