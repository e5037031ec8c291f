"""The one sentence that joins the rooms: a job becomes a plan, nothing written, nothing shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import JobError
from reclad.foresight import draws_for, keep_along, lacks_of, settle
from reclad.heat import (
    Ensemble,
    InterpassHistory,
    PowerLaw,
    Repair,
    ThermalHistory,
    follow,
    heating_of,
    hold_power,
    middle_of,
    power_for_depth,
    resolve_pools,
    simulate_draws,
    spread_over_draws,
)
from reclad.lab import SEED, Gain, SavedPosterior, rank_measurements
from reclad.part import Deposit, Wear, measure, size_deposit
from reclad.path import Pause, Toolpath, lay, lay_raster
from reclad.process import (
    Case,
    Choice,
    ModelParameters,
    Procedure,
    ProcessWindow,
    choose,
    describe_case,
    map_window,
)
from reclad.process.limits import all_kept
from reclad.program import (
    Program,
    RefereeReport,
    Verdict,
    build_program,
    check_program,
    may_run,
    post,
    referee,
)
from reclad.side_by_side import side_by_side
from reclad.units import format_quantity

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.job import Job

_NOZZLE_AIR = 3e-3  # m between a shoulder and the nozzle tip above it


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything proposed for a job, from wear to refereed program; SI.

    choice       procedure, bead and clad at the inter-pass temperature of mid-repair
    window       chances over power and feed rate around it
    free         the same with nothing pinned; None when the job pins nothing
    law          power over inter-pass temperature that holds the pool's depth
    heat         the whole part's temperatures and the pools while the power follows it;
                 heat_constant at constant power; `pauses` where power alone could not hold the
                 inter-pass limit
    history      inter-pass temperature turn by turn over the draws, and the power; `constant` the
                 same at constant power
    kept         limit -> (draws,) which draws keep it along the whole repair
    gains        measurements by the chance expected after them
    block_power  (blocks,) W
    text         the machine program; `program` as planned, `verdict` on the text read back,
                 `refereed` what the independent interpreter said
    learned      posterior that the draws are of; None without trials
    lacks        what keeps its trials from standing behind the procedure
    """

    job: Job
    wear: Wear
    deposit: Deposit
    case: Case
    draws: ModelParameters
    seed: int
    choice: Choice
    window: ProcessWindow
    free: Choice | None
    law: PowerLaw
    heat: ThermalHistory
    heat_constant: ThermalHistory
    pauses: tuple[Pause, ...]
    history: InterpassHistory
    constant: InterpassHistory
    kept: dict[str, NDArray[np.bool_]]
    gains: list[Gain]
    toolpath: Toolpath
    block_power: NDArray[np.float64]
    program: Program
    text: str
    verdict: Verdict
    refereed: RefereeReport
    learned: SavedPosterior | None = None
    lacks: tuple[str, ...] = ()

    @property
    def chance(self) -> float:
        """Chance (0 to 1) that every limit is kept along the whole repair."""
        return float(all_kept(self.kept).mean())

    @property
    def chances(self) -> dict[str, float]:
        """Chance of each limit by itself."""
        return {name: float(kept.mean()) for name, kept in self.kept.items()}

    @property
    def binding(self) -> str:
        """The limit that most draws break."""
        return min(self.chances, key=lambda name: self.chances[name])

    @property
    def accepted(self) -> bool:
        """Whether the program may run: nothing found by us, nor by the referee where installed."""
        return may_run(self.verdict, self.refereed)

    @property
    def preliminary(self) -> bool:
        """Whether a coupon must come first: no trial stands behind the numbers, however likely
        they look, or the chance is short of what the job asks."""
        return self.trials == 0 or self.chance < self.job.limits.probability

    @property
    def trials(self) -> int:
        """Trials that stand behind the procedure: none if they were of other metals or settings, or
        did not measure what it rests on."""
        return 0 if self.learned is None or self.lacks else self.learned.posterior.rows


def plan_job(
    job: Job,
    *,
    learned: SavedPosterior | None = None,
    today: datetime.date | None = None,
    say: Callable[[str], None] = lambda _: None,
    seed: int = SEED,
) -> Plan:
    """The whole way from a worn part to a checked machine program.

    Parameters and part temperature depend on each other: they are chosen at the inter-pass
    temperature of mid-repair and the repair is marched with them, at most three rounds.
    learned   posterior of `reclad fit` to draw from; without it what is believed before any trial
    say       called with a line before each step, for whoever waits
    Raises a RecladError when no program can be made; a program that breaks a rule is returned with
    its verdict, for the caller to refuse.
    """
    say("measuring wear")
    wear = measure(job.part)
    deposit = size_deposit(
        job.part, job.allowance, job.path.over_travel, shoulder_gap=0.5 * job.cell.laser.spot
    )
    _check_clearance(job)
    draws = draws_for(job, learned, seed)
    case = describe_case(job, deposit)
    say("choosing parameters (the very first run takes about half a minute longer)")
    choice = settle(job, case, deposit, draws)
    window = map_window(job, case, choice.procedure, draws)
    say("solving the melt pools")
    heating = middle_of(heating_of(job, choice, draws))
    pools = resolve_pools(job, deposit, choice.procedure, heating)
    law = power_for_depth(job, choice.procedure, heating, pools)
    say("marching the heat of the whole repair")
    lay = partial(_lay, job, deposit, choice)
    followed, steady = side_by_side(
        lambda work: work(),
        (
            partial(follow, job, deposit, heating, law, pools, lay),
            partial(hold_power, job, deposit, heating, choice.procedure.power, pools, lay(())),
        ),
    )
    history, constant = side_by_side(
        partial(spread_over_draws, job, deposit, choice, draws), (followed, steady)
    )
    kept = keep_along(job, case, choice.procedure, draws, history)
    lacks = () if learned is None else tuple(lacks_of(job, choice.procedure, learned))
    say("writing and reading back the program")
    program = build_program(
        followed.toolpath,
        followed.block_power,
        choice.procedure.feed_rate,
        job.cell,
        name=job.name,
        header=header_lines(job),
        preliminary=learned is None or bool(lacks),
    )
    text = post(program, job.cell)
    with ThreadPoolExecutor(1) as beside:
        free = beside.submit(_choose_freely, job, case, draws, choice.procedure)
        verdict = check_program(text, job.cell, program, today=today)
        say("asking the independent interpreter")
        refereed = referee(text, job.cell, read=verdict.read)
    return Plan(
        job=job,
        wear=wear,
        deposit=deposit,
        case=case,
        draws=draws,
        seed=seed,
        choice=choice,
        window=window,
        free=free.result(),
        law=law,
        heat=followed.heat,
        heat_constant=steady.heat,
        pauses=followed.pauses,
        history=history,
        constant=constant,
        kept=kept,
        gains=rank_measurements(choice, window, draws),
        toolpath=followed.toolpath,
        block_power=followed.block_power,
        program=program,
        text=text,
        verdict=verdict,
        refereed=refereed,
        learned=learned,
        lacks=lacks,
    )


def _choose_freely(
    job: Job, case: Case, draws: ModelParameters, procedure: Procedure
) -> Choice | None:
    """The choice if the job pinned nothing; None where it pins nothing."""
    if all(value is None for value in job.procedure.model_dump().values()):
        return None
    return choose(job, case, draws, procedure.interpass, pinned=False, known=procedure)


def resolve_draws(
    plan: Plan,
    count: int,
    *,
    workers: int | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> Ensemble:
    """The whole repair solved for `count` draws with the power as programmed, over `workers`
    processes (all cores): what `plan.history` spreads from one solve, solved each by itself.
    Interrupted and asked again, it goes on where it was. say: share done."""
    heatings = heating_of(plan.job, plan.choice, plan.draws)
    middle = middle_of(heatings)
    procedure = plan.choice.procedure
    repair = Repair(
        job=plan.job,
        deposit=plan.deposit,
        toolpath=plan.toolpath,
        procedure=procedure,
        middle=middle,
        pools=resolve_pools(plan.job, plan.deposit, procedure, middle),
        power=plan.block_power,
    )
    return simulate_draws(repair, heatings[:count], workers=workers, say=say)


def header_lines(job: Job) -> tuple[str, ...]:
    """What the operator reads first in the program."""
    zero = (
        "X0 Y0 corner of the plate, Z0 nozzle tip at its underside"
        if job.part.flat
        else "X0 end face at the tailstock, Z0 axis of rotation at the nozzle tip, A0 scribed mark"
    )
    return (
        f"parent metal {job.parent.name}, powder {job.feedstock.name}, nozzle {job.nozzle.name}",
        zero,
    )


def _check_clearance(job: Job) -> None:
    """Refuse a shoulder that the nozzle would touch while it clads the seat beside it."""
    stand_off = job.procedure.stand_off or job.nozzle.stand_off
    for key in ("shoulder_from", "shoulder_to"):
        height = getattr(job.part, key)
        if height > stand_off - _NOZZLE_AIR:
            raise JobError(
                f"job.toml [part] {key}: {format_quantity(height, 'mm')} reaches the nozzle, whose "
                f"stand-off is {format_quantity(stand_off, 'mm')}; turn the shoulder down, clad "
                "short of it, or use a longer nozzle"
            )


def _lay(job: Job, deposit: Deposit, choice: Choice, pauses: tuple[Pause, ...] = ()) -> Toolpath:
    """A helix on a round part, a raster on a plate."""
    thickness = float(np.median(choice.clad.mean)) / choice.procedure.layers
    if deposit.side is None:
        return lay(deposit, choice.procedure, job.path, thickness, pauses)
    zone = (deposit.start, deposit.end, *deposit.side)
    surface = float(deposit.worn_radius.mean())
    return lay_raster(zone, choice.procedure, job.path, surface, thickness, pauses)
