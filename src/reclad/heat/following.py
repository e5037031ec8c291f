"""The power that follows the part along its path, and the pauses where power alone cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat.body import describe_heat, mean_by_turn, turn_numbers, turns_along
from reclad.heat.fin import InterpassHistory, PowerLaw, march_turns
from reclad.heat.repair import simulate
from reclad.path import Pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.heat.history import ThermalHistory
    from reclad.heat.part_scale import Heating
    from reclad.heat.repair import PoolModel
    from reclad.job import Job
    from reclad.part import Deposit
    from reclad.path import Toolpath
    from reclad.process import Choice, ModelParameters

_SHORTEST = 1.0  # s worth stopping for
_MARGIN = 10.0  # K under the limit at which a pause begins, at first
_ROUNDS = 4


@dataclass(frozen=True, eq=False)
class Followed:
    """A path with its power (blocks,) W, the heat of the repair along it, and its pauses."""

    toolpath: Toolpath
    block_power: NDArray[np.float64]
    heat: ThermalHistory
    pauses: tuple[Pause, ...] = ()


def follow(
    job: Job,
    deposit: Deposit,
    heating: Heating,
    law: PowerLaw,
    pools: PoolModel,
    lay: Callable[[tuple[Pause, ...]], Toolpath],
) -> Followed:
    """March the repair with the power following the part; where the inter-pass limit would be
    broken all the same, lay the path again with the pauses that keep it.

    lay   the path, given its pauses
    """
    limit, margin = job.limits.interpass_max, _MARGIN
    for _ in range(_ROUNDS):
        toolpath = lay(())
        heat, done = simulate(job, deposit, toolpath, heating, law, pools, hold=margin)
        pauses = _pauses(toolpath, done.waits)
        if not pauses:
            break
        toolpath = lay(pauses)
        heat, done = simulate(job, deposit, toolpath, heating, law, pools)
        # A stop comes up to a turn late, so that craters do not stack, and turns warm the part.
        over = float(heat.along.interpass.max()) - limit
        if over <= 0.0:
            break
        margin += over + 1.0
    return Followed(toolpath, np.round(done.power, 1), heat, pauses)


def hold_power(
    job: Job,
    deposit: Deposit,
    heating: Heating,
    power: float,
    pools: PoolModel,
    toolpath: Toolpath,
) -> Followed:
    """The same repair at constant power (W), never pausing: what following spares the part."""
    heat, done = simulate(job, deposit, toolpath, heating, power, pools)
    return Followed(toolpath, done.power, heat)


def spread_over_draws(
    job: Job,
    deposit: Deposit,
    choice: Choice,
    draws: ModelParameters,
    followed: Followed,
) -> InterpassHistory:
    """What each draw's part would be like, turn by turn: the closed form gives each draw's share of
    the median's rise, the whole-part solve that median. How near this comes to solving every draw:
    docs/benchmarks.md."""
    along = followed.heat.along
    number = turn_numbers(along.layer, along.turn)
    power, met = (mean_by_turn(number, v) for v in (along.power, along.interpass))
    body, _ = describe_heat(job, deposit, choice.procedure)
    turns = turns_along(followed.toolpath)
    absorbed = np.asarray(choice.bead.heat[:, 0] / choice.procedure.power)
    closed = march_turns(body, turns, absorbed, draws, power)
    rise = np.maximum(closed.interpass - job.ambient, 1e-6)
    spread = rise / np.median(rise, axis=0)
    return InterpassHistory(turns, job.ambient + (met - job.ambient) * spread, power)


def _pauses(toolpath: Toolpath, waits: NDArray[np.float64]) -> tuple[Pause, ...]:
    """Waits before blocks as pauses after the turns (tracks) before them, in whole seconds."""
    pauses: dict[tuple[int, int], float] = {}
    for block in np.flatnonzero(waits):
        before = np.flatnonzero(toolpath.lit[:block])
        if before.size and waits[block] >= _SHORTEST:
            key = int(toolpath.layer[before[-1]]), int(toolpath.turn[before[-1]])
            pauses[key] = pauses.get(key, 0.0) + float(np.ceil(waits[block]))
    return tuple(Pause(layer, turn, seconds) for (layer, turn), seconds in pauses.items())
