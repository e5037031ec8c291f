"""What a plan does not know: how long work takes, what is done again, what breaks down."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reclad.errors import ScheduleError
from reclad.schedule._carry_kernels import ROUNDS
from reclad.schedule._turn_kernels import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from reclad.schedule.problem import Problem

ASSUMED = "assumed"
_CIRCLE = 64  # breakdowns of one machine in one run before its draws are used again


@dataclass(frozen=True)
class Spread:
    """How far real durations lie from planned ones.

    cv    standard deviation over mean from task to task, lognormal, mean as planned
    bias  standard deviation of the logarithm of what this process takes on average in this shop,
          over plan: that the plan's own numbers are known only so far
    """

    cv: float
    bias: float
    source: str = ASSUMED


@dataclass(frozen=True)
class Rework:
    """Work done again.

    found_at  the process that finds it (it is done again too)
    chance    of being found wanting, each time
    again     processes done again, and with them all that lies between
    effort    share of the planned minutes that doing it again takes
    spread    standard deviation of the logarithm of the odds of this shop's own chance
    """

    found_at: str
    chance: float
    again: tuple[str, ...]
    effort: float = 1.0
    spread: float = 0.5
    source: str = ASSUMED


@dataclass(frozen=True)
class Breakdown:
    """How often a machine stops by itself: mean min of running between, mean min of repair (both
    exponential), and the standard deviation of the logarithm of this shop's own mean between."""

    between: float
    repair: float
    spread: float = 0.5
    source: str = ASSUMED


@dataclass(frozen=True)
class Uncertainty:
    """All a plan does not know.

    durations   by process; `otherwise` where a process is not named
    breakdowns  by machine; a machine not named never breaks down
    shop_bias   standard deviation of the logarithm of a factor on all durations of a shop alike
    patience    min a machine or person waits for the task whose turn it is before taking the next
                in the plan's order: mean over shops, each with its own habit (exponential);
                math.inf: the plan's sequence is kept whatever happens
    """

    durations: Mapping[str, Spread] = field(default_factory=dict)
    otherwise: Spread = Spread(0.25, 0.15)
    reworks: tuple[Rework, ...] = ()
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    shop_bias: float = 0.08
    patience: float = 120.0
    source: str = ASSUMED

    def __post_init__(self) -> None:
        for name, one in {**self.durations, "any other process": self.otherwise}.items():
            _expect(one.cv >= 0.0 and one.bias >= 0.0, f"spread of {name}: {one.cv}, {one.bias}")
        for rework in self.reworks:
            name = f"rework found at {rework.found_at}"
            _expect(0.0 <= rework.chance < 1.0, f"chance of {name}: {rework.chance}")
            _expect(rework.effort > 0.0 and rework.spread >= 0.0, f"effort or spread of {name}")
        for name, stop in self.breakdowns.items():
            means = f"minutes between breakdowns and of repair of {name}"
            _expect(stop.between > 0.0 and stop.repair > 0.0, f"{means}: {stop}")
        _expect(self.shop_bias >= 0.0 and self.patience >= 0.0, "the shop's bias or patience")


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise ScheduleError(
            f"{what}: a spread is 0 or more, a chance from 0 to below 1, a mean time above 0; "
            "correct it in the shop file"
        )


def assumed_uncertainty(problem: Problem) -> Uncertainty:
    """What is believed of a shop nobody has watched yet, every number of it assumed.

    Cladding runs by a program and spreads little; inspection finds 5 % wanting, which are clad,
    ground and inspected again; machines stop every 200 h of running, for 8 h; furnaces and what
    runs by the clock keep their times.
    """
    processes = {task.process for task in problem.tasks}
    clock = Spread(0.03, 0.03)
    known = {
        "clad": Spread(0.05, 0.08),
        "preheat": clock,
        "post_heat": clock,
        "slow_cool": clock,
        "cool": clock,
    }
    machines = [one.name for one in problem.resources if one.kind == "machine"]
    return Uncertainty(
        durations={name: spread for name, spread in known.items() if name in processes},
        reworks=(Rework("inspect", 0.05, ("clad", "grind", "turn")),)
        if "inspect" in processes
        else (),
        breakdowns={name: Breakdown(200.0 * 60.0, 8.0 * 60.0) for name in machines},
    )


class Shops(NamedTuple):
    """Drawn shops: patience (runs) min; factors, fails (runs, tasks, rounds); running, repairs
    (runs, resources, K) min."""

    patience: NDArray[np.float64]
    factors: NDArray[np.float64]
    fails: NDArray[np.bool_]
    running: NDArray[np.float64]
    repairs: NDArray[np.float64]


def draw_shops(problem: Problem, uncertainty: Uncertainty, *, runs: int, seed: int) -> Shops:
    """Shops that differ, each with its own durations, chance of rework and breakdowns.

    Tasks, processes and machines are drawn in their order: tasks put behind the others leave the
    draws of those as they were. Raises ScheduleError for fewer than 1 run.
    """
    import numpy as np

    if runs < 1:
        raise ScheduleError(f"{runs} runs: promises rest on at least 1; ask for 1000")
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(5)]
    factors = _draw_factors(problem, uncertainty, runs, streams[0], streams[1])
    fails = _draw_fails(problem, uncertainty, runs, streams[2], streams[3])
    machines = len(problem.resources)
    running = np.full((machines, _CIRCLE, runs), NEVER)
    repairs = np.zeros((machines, _CIRCLE, runs))
    for r, one in enumerate(problem.resources):
        own = np.random.default_rng([seed, *one.name.encode()])
        if (stop := uncertainty.breakdowns.get(one.name)) is not None:
            between = stop.between * np.exp(stop.spread * own.standard_normal(runs))
            running[r] = between * own.standard_exponential((_CIRCLE, runs))
            repairs[r] = stop.repair * own.standard_exponential((_CIRCLE, runs))
    habit = streams[4].standard_exponential(runs)
    return Shops(
        np.minimum(uncertainty.patience * habit, NEVER),
        np.ascontiguousarray(factors.transpose(2, 0, 1)),
        np.ascontiguousarray(fails.transpose(2, 0, 1)),
        np.ascontiguousarray(running.transpose(2, 0, 1)),
        np.ascontiguousarray(repairs.transpose(2, 0, 1)),
    )


def _draw_factors(
    problem: Problem,
    uncertainty: Uncertainty,
    runs: int,
    each: np.random.Generator,
    whole: np.random.Generator,
) -> NDArray[np.float64]:
    """Real over planned minutes, (tasks, rounds, runs)."""
    import numpy as np

    shop = uncertainty.shop_bias * whole.standard_normal(runs)
    factors = each.standard_normal((len(problem.tasks), ROUNDS, runs))
    own = {}
    for process in dict.fromkeys(task.process for task in problem.tasks):
        spread = uncertainty.durations.get(process, uncertainty.otherwise)
        own[process] = shop + spread.bias * whole.standard_normal(runs)
    for i, task in enumerate(problem.tasks):
        cv = uncertainty.durations.get(task.process, uncertainty.otherwise).cv
        square = math.log1p(cv * cv)
        factors[i] = np.exp(math.sqrt(square) * factors[i] - 0.5 * square + own[task.process])
    return factors


def _draw_fails(
    problem: Problem,
    uncertainty: Uncertainty,
    runs: int,
    each: np.random.Generator,
    whole: np.random.Generator,
) -> NDArray[np.bool_]:
    """Found wanting, (tasks, rounds, runs)."""
    import numpy as np

    drawn = each.random((len(problem.tasks), ROUNDS, runs), dtype=np.float32)
    chances: dict[str, NDArray[np.float64]] = {}
    for rework in uncertainty.reworks:
        odds = rework.chance / (1.0 - rework.chance)
        odds_here = odds * np.exp(rework.spread * whole.standard_normal(runs))
        chances[rework.found_at] = odds_here / (1.0 + odds_here)
    none = np.zeros(runs)
    limit = np.stack([chances.get(task.process, none) for task in problem.tasks])
    return np.asarray(drawn < limit[:, None, :])
