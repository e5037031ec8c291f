"""A case, a procedure for it, and what that procedure gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.process.bead import Bead, Substrate, predict
from reclad.process.beam import Beam
from reclad.process.limits import Clad, Target, judge, stack
from reclad.process.parameters import ProcessParameters

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from reclad.job import Job
    from reclad.part import Deposit
    from reclad.process.parameters import ModelParameters


@dataclass(frozen=True)
class Case:
    """All that a job fixes for the process model; `advance` m is what tracks or turns of length
    `track` m are laid side by side over."""

    beam: Beam
    substrate: Substrate
    target: Target
    stand_off: float
    advance: float
    track: float

    def beam_on_time(self, procedure: Procedure) -> float:
        """Time (s) with the beam on."""
        turns = np.ceil(self.advance / procedure.pitch - 1e-9)
        turn = np.hypot(self.track, procedure.pitch) / procedure.travel_speed
        return float(procedure.layers * turns * turn)


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
    """A procedure, the bead and clad it gives (draws, 1), and its chances."""

    procedure: Procedure
    bead: Bead
    clad: Clad
    kept: dict[str, NDArray[np.bool_]]
    chance: float

    @property
    def chances(self) -> dict[str, float]:
        """Chance of each limit by itself."""
        return {name: float(kept.mean()) for name, kept in self.kept.items()}

    @property
    def binding(self) -> str:
        """The limit that most draws break."""
        return min(self.chances, key=lambda name: self.chances[name])


def describe_case(job: Job, deposit: Deposit) -> Case:
    """The process model's view of a job: spot, metal behind the surface, metal wanted, tracks."""
    laser, part = job.cell.laser, job.part
    radius = float(np.inf) if part.flat else float(deposit.worn_radius.mean())
    first, last = deposit.side or (deposit.start, deposit.end)
    return Case(
        beam=Beam(0.5 * laser.spot, laser.spot_shape),
        # A shaft is thick to the pool: its far side is a diameter away.
        substrate=Substrate(
            job.parent, None if part.shape == "shaft" else part.across, job.ambient
        ),
        target=Target(
            thickness_max=deposit.thickness_max,
            thickness_min=deposit.thickness_min,
            radius=radius,
            wall=part.across,
        ),
        stand_off=job.procedure.stand_off or job.nozzle.stand_off,
        advance=last - first,
        track=deposit.length if part.flat else 2.0 * np.pi * radius,
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
    bead = lay_beads(
        job,
        case,
        procedure.power,
        procedure.travel_speed,
        procedure.feed_rate,
        procedure.interpass if interpass is None else interpass,
        draws,
        paired=interpass is not None,
    )
    clad = stack(bead, procedure.pitch, procedure.layers, case.target.radius)
    return bead, clad, judge(bead, clad, procedure.pitch, case.target, job.limits)


def lay_beads(
    job: Job,
    case: Case,
    power: ArrayLike,
    travel_speed: ArrayLike,
    feed_rate: ArrayLike,
    interpass: ArrayLike,
    draws: ModelParameters,
    *,
    paired: bool = False,
) -> Bead:
    """Beads (draws, candidates) of settings that broadcast to the candidates; `paired` as in
    `predict`. Nearly molten walls are only roughly followed: no limit lets them pass."""
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
        paired=paired,
        exact=False,
    )
