"""The search for the procedure most likely to keep every limit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.process.choice import Choice, Procedure, ProcessWindow, evaluate, lay_beads
from reclad.process.limits import all_kept, judge, stack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.process.choice import Case
    from reclad.process.parameters import ModelParameters

_ROUGH_DRAWS = 64
_TIE = 0.98  # of the best chance; among equals the quicker repair wins
_STARTS = 2
Rated = tuple[float, float, Procedure]  # chance, time per turn length (s/m), procedure


def choose(
    job: Job,
    case: Case,
    draws: ModelParameters,
    interpass: float,
    *,
    pinned: bool = True,
    known: Procedure | None = None,
) -> Choice:
    """The procedure with the best chance of keeping every limit at `interpass` (K).

    Settings pinned in the job stay (unless `pinned` is False); among procedures within 2 % of the
    best chance the quickest is taken. A rough search over a quarter of the draws gives the starts,
    each refined with all draws. Nothing is narrowed to reach the chance the job asks for.
    known   a procedure to start from as well, so that more freedom never does worse than it
    """
    ranges = _ranges(job, pinned=pinned)
    rough = _search(job, case, ranges, draws.some(_ROUGH_DRAWS), interpass)
    rated = sorted((_rated(job, case, p, draws) for _, _, p in rough), key=lambda r: (-r[0], r[1]))
    starts = [procedure for _, _, procedure in rated[:_STARTS]] + ([known] if known else [])
    refined = [_refine(job, case, ranges, start, draws, interpass) for start in starts]
    settable = (_settable(p, job, pinned=pinned) for p in (*refined, *([known] if known else [])))
    best = _best(_rated(job, case, procedure, draws) for procedure in settable)
    bead, clad, kept = evaluate(job, case, best, draws)
    return Choice(best, bead, clad, kept, float(all_kept(kept).mean()))


def _refine(
    job: Job,
    case: Case,
    ranges: dict[str, NDArray[np.float64]],
    start: Procedure,
    draws: ModelParameters,
    interpass: float,
) -> Procedure:
    """The best near `start`, in two rounds of an ever finer grid."""
    best = start
    for _ in range(2):
        ranges = {
            name: _around(values, getattr(best, name))
            for name, values in ranges.items()
            if name != "layers"
        } | {"layers": np.array([best.layers])}
        best = _best(_search(job, case, ranges, draws, interpass))
    return best


def _ranges(job: Job, *, pinned: bool) -> dict[str, NDArray[np.float64]]:
    """Values to search, per setting: the pinned one, or a range of the machine and the trade."""
    laser, feeder, spot = job.cell.laser, job.cell.feeder, job.cell.laser.spot
    free = {
        "power": np.linspace(max(laser.power_min, 0.15 * laser.power_max), laser.power_max, 14),
        "travel_speed": np.geomspace(4e-3, 25e-3, 7),
        "feed_rate": np.linspace(feeder.rate[0], feeder.rate[-1], 14),
        "pitch": spot * np.linspace(0.4, 0.9, 8),
    }
    free["layers"] = np.array([1, 2, 3])
    for name, value in (job.procedure.model_dump() if pinned else {}).items():
        if value is not None and name in free:
            free[name] = np.array([value])
    return free


def _search(
    job: Job,
    case: Case,
    ranges: dict[str, NDArray[np.float64]],
    draws: ModelParameters,
    interpass: float,
) -> list[Rated]:
    """Best of a full grid for each pitch and layer count. Beads depend on neither, so they are
    solved once."""
    power, speed, feed = (
        grid.reshape(-1)
        for grid in np.meshgrid(
            ranges["power"], ranges["travel_speed"], ranges["feed_rate"], indexing="ij"
        )
    )
    bead = lay_beads(job, case, power, speed, feed, interpass, draws)
    found: list[Rated] = []
    for pitch, layers in product(ranges["pitch"], ranges["layers"]):
        clad = stack(bead, float(pitch), int(layers), case.target.radius)
        kept = all_kept(judge(bead, clad, float(pitch), case.target, job.limits)).mean(axis=0)
        time = layers * case.advance / pitch / speed
        good = kept >= _TIE * kept.max()
        i = int(np.flatnonzero(good)[np.lexsort((-kept[good], time[good]))[0]])
        found.append(
            (
                float(kept[i]),
                float(time[i]),
                Procedure(
                    float(power[i]),
                    float(speed[i]),
                    float(feed[i]),
                    float(pitch),
                    int(layers),
                    case.stand_off,
                    interpass,
                ),
            )
        )
    return found


def _rated(job: Job, case: Case, procedure: Procedure, draws: ModelParameters) -> Rated:
    kept = all_kept(evaluate(job, case, procedure, draws)[2])
    time = procedure.layers * case.advance / procedure.pitch / procedure.travel_speed
    return float(kept.mean()), time, procedure


def _best(options: Iterable[Rated]) -> Procedure:
    """The quickest of those within 2 % of the best chance."""
    found = list(options)
    best = max(chance for chance, _, _ in found)
    return min((f for f in found if f[0] >= _TIE * best), key=lambda f: (f[1], -f[0]))[2]


def _settable(procedure: Procedure, job: Job, *, pinned: bool) -> Procedure:
    """The procedure in steps a shop can set: 10 W, 0.1 mm/s, 0.1 g/min, 0.05 mm; pins stay."""
    steps = {"power": 10.0, "travel_speed": 1e-4, "feed_rate": 0.1e-3 / 60.0, "pitch": 0.05e-3}
    fixed = job.procedure.model_dump() if pinned else {}
    laser, feeder = job.cell.laser, job.cell.feeder
    ends = {
        "power": (laser.power_min, laser.power_max),
        "feed_rate": (feeder.rate[0], feeder.rate[-1]),
    }
    rounded: dict[str, Any] = {}
    for name, step in steps.items():
        if fixed.get(name) is None:
            low, high = ends.get(name, (step, np.inf))
            rounded[name] = float(np.clip(round(getattr(procedure, name) / step) * step, low, high))
    return replace(procedure, **rounded)


def _around(values: NDArray[np.float64], centre: float) -> NDArray[np.float64]:
    """Five values and `centre` between its grid neighbours, never outside the range."""
    if values.size == 1:
        return values
    i = int(np.abs(values - centre).argmin())
    low, high = values[max(i - 1, 0)], values[min(i + 1, values.size - 1)]
    return np.unique(np.concatenate((np.linspace(low, high, 5), [centre])))


def map_window(job: Job, case: Case, procedure: Procedure, draws: ModelParameters) -> ProcessWindow:
    """Chances over power x feed rate around a procedure, wide enough to see their edges."""
    laser, feeder = job.cell.laser, job.cell.feeder
    power = _through(procedure.power, laser.power_min, laser.power_max, 24)
    feed = _through(procedure.feed_rate, feeder.rate[0], feeder.rate[-1], 20)
    grid_feed, grid_power = np.meshgrid(feed, power, indexing="ij")
    bead = lay_beads(
        job,
        case,
        grid_power.reshape(-1),
        procedure.travel_speed,
        grid_feed.reshape(-1),
        procedure.interpass,
        draws,
    )
    clad = stack(bead, procedure.pitch, procedure.layers, case.target.radius)
    kept = judge(bead, clad, procedure.pitch, case.target, job.limits)
    every = all_kept(kept)
    shape = grid_feed.shape
    return ProcessWindow(
        power,
        feed,
        every.mean(axis=0).reshape(shape),
        {name: k.mean(axis=0).reshape(shape) for name, k in kept.items()},
        every,
    )


def _through(chosen: float, lowest: float, highest: float, count: int) -> NDArray[np.float64]:
    """Values from 0.4 to 1.8 times the chosen one, inside the machine, the chosen among them."""
    return np.unique(
        np.append(np.linspace(max(lowest, 0.4 * chosen), min(highest, 1.8 * chosen), count), chosen)
    )
