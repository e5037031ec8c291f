"""Choose the procedure most likely to keep every limit, and say how likely that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.process.bead import Bead, Substrate, predict
from reclad.process.beam import Beam
from reclad.process.limits import Clad, Target, all_kept, judge, stack
from reclad.process.parameters import ProcessParameters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from reclad.job import Job
    from reclad.process.parameters import ModelParameters

SEARCH_DRAWS = 64
_TIE = 0.98  # of the best chance; among equals the quicker repair wins


@dataclass(frozen=True)
class Case:
    """All that a job fixes for the process model."""

    beam: Beam
    substrate: Substrate
    target: Target
    stand_off: float
    length: float


@dataclass(frozen=True)
class Procedure:
    """Chosen settings, SI: power at `interpass`, which later powers follow.

    power W, travel_speed m/s, feed_rate kg/s, pitch m, layers, stand_off m, interpass K
    """

    power: float
    travel_speed: float
    feed_rate: float
    pitch: float
    layers: int
    stand_off: float
    interpass: float


Rated = tuple[float, float, Procedure]  # chance, time per turn length (s/m), procedure


@dataclass(frozen=True, eq=False)
class ProcessWindow:
    """Chance of keeping every limit over power x feed rate at the chosen speed, pitch and layers.

    power (P,) W, feed_rate (F,) kg/s; chance (F, P) all limits; limits name -> (F, P) each;
    kept (draws, F x P) which draws keep all of them.
    """

    power: NDArray[np.float64]
    feed_rate: NDArray[np.float64]
    chance: NDArray[np.float64]
    limits: dict[str, NDArray[np.float64]]
    kept: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Choice:
    """A procedure, the bead and clad it gives (draws, 1), its chances, its window."""

    procedure: Procedure
    bead: Bead
    clad: Clad
    kept: dict[str, NDArray[np.bool_]]
    chance: float
    window: ProcessWindow

    @property
    def chances(self) -> dict[str, float]:
        """Chance of each limit by itself."""
        return {name: float(kept.mean()) for name, kept in self.kept.items()}

    @property
    def binding(self) -> str:
        """The limit that most draws break."""
        return min(self.chances, key=lambda name: self.chances[name])


def describe_case(job: Job, target: Target, length: float) -> Case:
    """The process model's view of a job: spot, wall, metal wanted, axial length to clad (m)."""
    laser = job.cell.laser
    return Case(
        beam=Beam(0.5 * laser.spot, laser.spot_shape),
        substrate=Substrate(job.parent, target.wall, job.ambient),
        target=target,
        stand_off=job.procedure.stand_off or job.nozzle.stand_off,
        length=length,
    )


def evaluate(
    job: Job,
    case: Case,
    procedure: Procedure,
    draws: ModelParameters,
    interpass: NDArray[np.float64] | None = None,
) -> tuple[Bead, Clad, dict[str, NDArray[np.bool_]]]:
    """Bead, clad and limits kept of one procedure, each (draws, 1).

    interpass   (draws,) K, where each draw has its own part temperature; else the procedure's
    """
    bead = _beads(
        job,
        case,
        procedure.power,
        procedure.travel_speed,
        procedure.feed_rate,
        procedure.interpass,
        draws,
        own_interpass=interpass,
    )
    clad = stack(bead, procedure.pitch, procedure.layers, case.target.radius)
    return bead, clad, judge(bead, clad, procedure.pitch, case.target, job.limits)


def choose(
    job: Job, case: Case, draws: ModelParameters, interpass: float, *, pinned: bool = True
) -> Choice:
    """The procedure with the best chance of keeping every limit at `interpass` (K).

    Settings pinned in the job stay (unless `pinned` is False); among procedures within 2 % of the
    best chance the quickest is taken. A coarse search over a quarter of the draws is refined with
    all of them. Nothing is narrowed to reach the chance the job asks for.
    """
    ranges = _ranges(job, pinned=pinned)
    rough = _search(job, case, ranges, draws.some(SEARCH_DRAWS), interpass)
    best = _best(_rated(job, case, option, draws) for _, _, option in rough)
    for _ in range(2):
        ranges = {
            name: _around(values, getattr(best, name))
            for name, values in ranges.items()
            if name != "layers"
        } | {"layers": np.array([best.layers])}
        best = _best(_search(job, case, ranges, draws, interpass))
    best = _settable(best, job, pinned=pinned)
    bead, clad, kept = evaluate(job, case, best, draws)
    window = _window(job, case, best, draws)
    return Choice(best, bead, clad, kept, float(all_kept(kept).mean()), window)


def power_for_constant_dilution(
    job: Job,
    case: Case,
    procedure: Procedure,
    draws: ModelParameters,
    interpass: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Power (W) at each inter-pass temperature (K) that keeps the median dilution of `procedure`;
    held at the machine's limits where those come first."""
    laser = job.cell.laser
    powers = procedure.power * np.linspace(0.4, 1.6, 25)
    dilution = np.empty((interpass.size, powers.size))
    few = draws.some(SEARCH_DRAWS)
    for i, temperature in enumerate(interpass):
        bead = _beads(
            job, case, powers, procedure.travel_speed, procedure.feed_rate, float(temperature), few
        )
        dilution[i] = np.median(bead.dilution, axis=0)
    wanted = np.median(
        _beads(
            job,
            case,
            procedure.power,
            procedure.travel_speed,
            procedure.feed_rate,
            procedure.interpass,
            few,
        ).dilution
    )
    power = [np.interp(wanted, row, powers) for row in np.maximum.accumulate(dilution, axis=1)]
    return np.clip(power, laser.power_min, laser.power_max)


def _beads(
    job: Job,
    case: Case,
    power: ArrayLike,
    travel_speed: ArrayLike,
    feed_rate: ArrayLike,
    interpass: float,
    draws: ModelParameters,
    own_interpass: NDArray[np.float64] | None = None,
) -> Bead:
    settings = ProcessParameters.of(
        power=power,
        travel_speed=travel_speed,
        feed_rate=feed_rate,
        stand_off=case.stand_off,
        interpass=interpass,
    )
    return predict(
        settings,
        case.beam,
        case.substrate,
        job.feedstock,
        job.clad,
        draws,
        own_interpass=own_interpass,
    )


def _ranges(job: Job, *, pinned: bool) -> dict[str, NDArray[np.float64]]:
    """Values to search, per setting: the pinned one, or a range of the machine and the trade."""
    laser, feeder, spot = job.cell.laser, job.cell.feeder, job.cell.laser.spot
    free = {
        "power": np.linspace(max(laser.power_min, 0.15 * laser.power_max), laser.power_max, 18),
        "travel_speed": np.geomspace(4e-3, 25e-3, 8),
        "feed_rate": np.linspace(feeder.rate[0], feeder.rate[-1], 18),
        "pitch": spot * np.linspace(0.4, 0.9, 8),
    }
    for name, value in (job.procedure.model_dump() if pinned else {}).items():
        if value is not None and name in free:
            free[name] = np.array([value])
    return free | {"layers": np.array([1, 2, 3])}


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
    bead = _beads(job, case, power, speed, feed, interpass, draws)
    found: list[Rated] = []
    for pitch, layers in product(ranges["pitch"], ranges["layers"]):
        clad = stack(bead, float(pitch), int(layers), case.target.radius)
        kept = all_kept(judge(bead, clad, float(pitch), case.target, job.limits)).mean(axis=0)
        time = layers * case.length / pitch / speed
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
    time = procedure.layers * case.length / procedure.pitch / procedure.travel_speed
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


def _window(job: Job, case: Case, procedure: Procedure, draws: ModelParameters) -> ProcessWindow:
    """Chances over power x feed rate around the choice, wide enough to see its edges."""
    laser, feeder = job.cell.laser, job.cell.feeder
    power = _through(procedure.power, laser.power_min, laser.power_max, 24)
    feed = _through(procedure.feed_rate, feeder.rate[0], feeder.rate[-1], 20)
    grid_feed, grid_power = np.meshgrid(feed, power, indexing="ij")
    bead = _beads(
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
