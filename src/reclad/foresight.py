"""A job foreseen in closed form, in seconds: parameters, the heat they meet, limits they keep."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat import PowerLaw, describe_heat, march_turns
from reclad.lab import SEED, prior
from reclad.part import size_deposit
from reclad.process import (
    Procedure,
    choose,
    describe_case,
    evaluate,
    power_for_constant_dilution,
)
from reclad.risk import Laid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat import InterpassHistory
    from reclad.job import Job
    from reclad.lab import SavedPosterior
    from reclad.part import Deposit
    from reclad.process import Case, Choice, ModelParameters

_ROUNDS = 3
_SETTLED = 15.0  # K: the bead hardly notices less
_LAW_NODES = 7
_FEW = 64  # draws that the part is marched with until the procedure stands: a median is wanted


def foresee(
    job: Job,
    *,
    learned: SavedPosterior | None = None,
    seed: int = SEED,
    draws: ModelParameters | None = None,
) -> Laid:
    """The procedure of a job along its repair in closed form, in seconds: what a risk is weighed
    by, and what another preheat or powder would give. No program is made.

    draws   of the process model where they are known already
    Raises a RecladError when no procedure can be found.
    """
    deposit = size_deposit(
        job.part, job.allowance, job.path.over_travel, shoulder_gap=0.5 * job.cell.laser.spot
    )
    known = draws_for(job, learned, seed) if draws is None else draws
    case = describe_case(job, deposit)
    choice = settle(job, case, deposit, known)
    law = _power_law(job, case, choice.procedure, known)
    body, turns = describe_heat(job, deposit, choice.procedure)
    history = march_turns(body, turns, _absorbed(choice), known, law)
    return Laid(
        job=job,
        case=case,
        deposit=deposit,
        procedure=choice.procedure,
        draws=known,
        history=history,
        kept=keep_along(job, case, choice.procedure, known, history),
        stops=0,
        qualified=learned is not None and not lacks_of(job, choice.procedure, learned),
        seed=seed,
    )


def draws_for(job: Job, learned: SavedPosterior | None, seed: int) -> ModelParameters:
    """Draws of the process model for a job: of the posterior, or of the prior where there is
    none."""
    if learned is None:
        return prior(job.parent, job.clad, job.nozzle, seed=seed)
    return learned.posterior.draws(job.parent, job.clad, job.nozzle, made_with=_made_with(job))


def lacks_of(job: Job, procedure: Procedure, learned: SavedPosterior) -> list[str]:
    """What keeps trials from standing behind a procedure for this job, in words."""
    names = ("power", "travel_speed", "feed_rate", "stand_off")
    settings = {name: float(getattr(procedure, name)) for name in names}
    settings["spot"] = job.cell.laser.spot
    return learned.posterior.lacks(settings, job.parent, job.clad, _made_with(job))


def settle(job: Job, case: Case, deposit: Deposit, draws: ModelParameters) -> Choice:
    """Choose, march, and choose again at the temperature found, until the two agree: in closed
    form, for the whole part is solved once the procedure stands."""
    few = draws.some(_FEW)
    interpass = _guess_interpass(job, case, deposit, few)
    for _ in range(_ROUNDS):
        choice = choose(job, case, draws, interpass)
        law = _power_law(job, case, choice.procedure, few)
        body, turns = describe_heat(job, deposit, choice.procedure)
        history = march_turns(body, turns, _absorbed(choice)[:_FEW], few, law)
        found = float(np.median(history.interpass))
        if abs(found - interpass) < _SETTLED:
            break
        interpass = found
    return choice


def keep_along(
    job: Job,
    case: Case,
    procedure: Procedure,
    draws: ModelParameters,
    history: InterpassHistory,
) -> dict[str, NDArray[np.bool_]]:
    """Limits kept by each draw at the cold start, mid-repair and the hottest turn, with the power
    programmed there, each draw at its own part temperature; and the inter-pass limit itself."""
    middle = np.median(history.interpass, axis=0)
    stations = {0, int(np.abs(middle - np.median(middle)).argmin()), int(middle.argmax())}
    kept: dict[str, NDArray[np.bool_]] = {}
    for turn in sorted(stations):
        here = replace(procedure, power=float(history.power[turn]))
        _, _, judged = evaluate(job, case, here, draws, interpass=history.interpass[:, turn])
        for name, column in judged.items():
            kept[name] = kept.get(name, np.ones(len(draws), dtype=np.bool_)) & column[:, 0]
    kept["interpass"] = history.interpass.max(axis=1) <= job.limits.interpass_max
    return kept


def _made_with(job: Job) -> dict[str, str]:
    return {"machine": job.cell.name, "powder": job.feedstock.name, "nozzle": job.nozzle.name}


def _guess_interpass(job: Job, case: Case, deposit: Deposit, draws: ModelParameters) -> float:
    """Where to begin: the temperature of mid-repair at an ordinary setting, pins respected."""
    pins, laser = job.procedure, job.cell.laser
    usual = Procedure(
        power=pins.power or 0.5 * laser.power_max,
        travel_speed=pins.travel_speed or 10e-3,
        feed_rate=0.0,
        pitch=pins.pitch or 0.65 * laser.spot,
        layers=1,
        stand_off=case.stand_off,
        interpass=job.preheat,
    )
    body, turns = describe_heat(job, deposit, usual)
    history = march_turns(body, turns, draws.absorptivity, draws, usual.power)
    return float(min(np.median(history.interpass), job.limits.interpass_max))


def _power_law(job: Job, case: Case, procedure: Procedure, draws: ModelParameters) -> PowerLaw:
    hottest = max(job.limits.interpass_max, procedure.interpass) + 100.0
    nodes = np.linspace(min(job.ambient, job.preheat), hottest, _LAW_NODES)
    return PowerLaw(nodes, power_for_constant_dilution(job, case, procedure, draws, nodes))


def _absorbed(choice: Choice) -> NDArray[np.float64]:
    """Share of the light that stays in the part, powder's heat included, (draws,)."""
    return np.asarray(choice.bead.heat[:, 0] / choice.procedure.power)
