"""What to buy, hire or train first: every option planned over the same backlogs and compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reclad.errors import ScheduleError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reclad.schedule.options import Option
    from reclad.schedule.problem import Problem, Schedule

SURE = 0.95  # of every interval here


class Planner(Protocol):
    """Plans a problem, from a plan already found if there is one; never worse than that one."""

    def __call__(self, problem: Problem, start: Schedule | None) -> Schedule: ...


def planner(*, steps: int, seed: int = 0) -> Planner:
    """A planner for many plans: rules and so many steps of search, the same plan each time."""

    def plan(problem: Problem, start: Schedule | None) -> Schedule:
        from reclad.schedule.dispatch import RULES, order_as_planned, order_groups
        from reclad.schedule.encode import encode
        from reclad.schedule.search import Budget, search
        from reclad.schedule.solve import make_schedule

        coded = encode(problem)
        orders = [order_groups(coded, rule) for rule in RULES]
        if start is not None:
            orders.append(order_as_planned(coded, start))
        found, _ = search(coded, orders, Budget(steps=steps), seed=seed)
        if found is None:
            return make_schedule(problem, seed=seed, start=start, steps=steps).schedule
        late = found.tardiness(problem)
        return found if start is None or late <= start.tardiness(problem) else start

    return plan


@dataclass(frozen=True)
class Ranked:
    """An option and what it brings over the backlogs.

    saved     weighted minutes of lateness less per backlog, mean; low, high: 95 % interval of it
    behind    (mean, low, high) how much less it saves than the first, backlog by backlog
    leads     share of backlogs in which it comes first by itself
    pay_back  (mean, soonest, latest) min of calendar time until its price is saved; inf: never
    """

    option: Option
    saved: float
    low: float
    high: float
    behind: tuple[float, float, float]
    leads: float
    pay_back: tuple[float, float, float]


def advise(
    problem_of: Callable[[int], Problem],
    options: Sequence[Option],
    *,
    seeds: Sequence[int],
    plan: Planner,
    money: float = 1.0,
    every: float = 7 * 24 * 60.0,
) -> tuple[Ranked, ...]:
    """Options in the order in which to take them, the best first.

    problem_of  backlog of a seed; the same backlogs are planned with every option
    money       that a weighted minute of lateness costs; every: min of calendar time in which such
                a backlog comes in. Price and running cost of an option are in the same money.
    Where options have prices, what comes first saves most money per minute and price; without
    prices, what saves most lateness.
    Every larger shop is planned from the smaller shop's plan, and keeps that where search finds
    nothing better: adding never worsens a plan. The smaller shop gets the same effort once more,
    so that what search alone finds is not taken for the option's.

    Raises ScheduleError for no options, or fewer than 2 backlogs, which leave no interval.
    Source: paired comparison over common backlogs (Student's interval of the mean difference).
    Checked: tests/schedule/test_capacity.py and benchmarks/capacity.py, shops with a planted
    bottleneck.
    """
    import numpy as np

    if not options or len(seeds) < 2:
        raise ScheduleError(
            f"{len(options)} options over {len(seeds)} backlogs: nothing to compare; name at least "
            "1 option and 2 seeds"
        )
    saved = np.array([_save(problem_of(seed), options, plan) for seed in seeds])
    merit = np.column_stack(
        [_merit(one, saved[:, n], options, money, every) for n, one in enumerate(options)]
    )
    order = sorted(range(len(options)), key=lambda n: (-merit[:, n].mean(), -saved[:, n].mean()))
    top = merit.max(axis=1)
    ranked = []
    for n in order:
        mean, low, high = _interval(saved[:, n])
        leads = float(np.mean((merit[:, n] >= top) & (saved[:, n] > 0.0)))
        behind = _interval(saved[:, order[0]] - saved[:, n])
        back = [_pay_back(options[n], one, money, every) for one in (mean, high, low)]
        ranked.append(
            Ranked(options[n], mean, low, high, behind, leads, (back[0], back[1], back[2]))
        )
    return tuple(ranked)


def plan_larger(
    problem: Problem, larger: Problem, start: Schedule, plan: Planner
) -> tuple[Schedule, float]:
    """Plan of the larger shop and its weighted minutes of lateness, never above those of `start`,
    a plan of the smaller one (which holds in the larger)."""
    found = plan(larger, start)
    before, after = start.tardiness(problem), found.tardiness(larger)
    return (found, after) if after <= before else (start, before)


def _save(problem: Problem, options: Sequence[Option], plan: Planner) -> list[float]:
    """Weighted minutes of lateness that each option takes off one backlog."""
    begun = plan(problem, None)
    same = min(plan(problem, begun).tardiness(problem), begun.tardiness(problem))
    return [
        max(0.0, same - plan_larger(problem, one.enlarge(problem), begun, plan)[1])
        for one in options
    ]


def _gain(option: Option, saved: float, money: float, every: float) -> float:
    """Money per min of calendar time."""
    return saved * money / every - option.running


def _merit(
    option: Option,
    saved: NDArray[np.float64],
    options: Sequence[Option],
    money: float,
    every: float,
) -> NDArray[np.float64]:
    """Gain of money per price (per option where none has a price), of each backlog."""
    import numpy as np

    priced = any(one.price > 0.0 for one in options)
    gain = np.array([_gain(option, float(one), money, every) for one in saved])
    if not priced:
        return gain
    least = min(one.price for one in options if one.price > 0.0)
    # What costs nothing to begin with is weighed as if it cost a thousandth of the cheapest.
    return gain / max(option.price, 1e-3 * least)


def _pay_back(option: Option, saved: float, money: float, every: float) -> float:
    gain = _gain(option, saved, money, every)
    return option.price / gain if gain > 0.0 else math.inf


def _interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean of the backlogs and between what it lies."""
    from scipy.stats import t

    count = values.size
    mean = float(values.mean())
    half = float(t.ppf(0.5 + 0.5 * SURE, count - 1) * values.std(ddof=1) / math.sqrt(count))
    return mean, mean - half, mean + half
