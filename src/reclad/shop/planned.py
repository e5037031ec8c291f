"""A planned job read back from its folder, with its damages weighed at the plan's own settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ShopError
from reclad.foresight import foresee
from reclad.job import read_job
from reclad.job.job import Pins
from reclad.lab import read_posterior
from reclad.levers import show_coupon
from reclad.process import Procedure, evaluate
from reclad.record import load_plan
from reclad.record.folder import POSTERIOR, expect_as_written
from reclad.risk import assess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.lab import Origin, SavedPosterior
    from reclad.program import Program
    from reclad.record import SavedPlan
    from reclad.risk import Laid, Outcome, Risk

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlannedJob:
    """A job whose plan stands in its folder.

    program    as planned: times, light and powder of the job are its own
    laid       the plan's settings along the repair, in closed form, with the program's stops
    risk       of it
    kept_share, absorbed_share   of powder fed and of light (draws,), 0 to 1, at mid-repair
    planned    day of the plan, ISO date
    coupon     where the verdict is "coupon first": what a coupon may show
    restricted   where the plan stands on trials that may be used only as agreed: what those are
    """

    job: Job
    program: Program
    laid: Laid
    risk: Risk
    kept_share: Floats
    absorbed_share: Floats
    planned: str
    coupon: Coupon | None = None
    restricted: Restriction | None = None


@dataclass(frozen=True)
class Restriction:
    """Trials that may be used only as the agreement says, and so may what is made of them."""

    trials: str
    agreement: str


@dataclass(frozen=True, eq=False)
class Coupon:
    """What a coupon may show before a repair.

    good, draws   how many draws of the process model keep every limit, and of how many
    shown         the job once the coupon has shown beads as planned; None where too few draws
                  keep the limits for its risk to be told
    """

    good: int
    draws: int
    shown: PlannedJob | None

    @property
    def chance(self) -> float:
        """Chance that the coupon shows beads as planned, 0 to 1."""
        return self.good / self.draws


def read_planned(where: Path, outcomes: Sequence[Outcome] = ()) -> PlannedJob:
    """The planned job at `where` and its risk, in seconds.

    where      job folder or its job.toml
    outcomes   of the shop's own repairs so far; the chances learn from them
    The heat is that of the closed form, since a plan's draws are not on disk; trials that stood
    behind the plan stand behind this as well. Raises FileError where there is no plan of the job
    as it is now, ShopError where its program must not run.
    Checked in tests/shop/test_quote_numbers.py.
    """
    job = read_job(where)
    saved = load_plan(where, dict(job.sources))
    if any(name.startswith("refused.") for name in saved.manifest["files"]):
        raise ShopError(
            f"{saved.folder}: its program is refused and must not run, so it has no price; change "
            "the job and plan again"
        )
    procedure = Procedure(**saved.manifest["procedure"])
    learned = _learned(saved)
    fixed = {name: getattr(procedure, name) for name in Pins.model_fields}
    laid = foresee(
        job.model_copy(update={"procedure": Pins.model_construct(**fixed)}),
        learned=learned,
        seed=int(saved.manifest["seed"]),
    )
    laid = replace(laid, stops=saved.program.pauses)
    middle = np.median(laid.history.interpass, axis=1)
    bead, _, _ = evaluate(job, laid.case, procedure, laid.draws, interpass=middle)
    planned = PlannedJob(
        job=job,
        program=saved.program,
        laid=laid,
        risk=assess(laid, outcomes),
        kept_share=bead.catchment[:, 0],
        absorbed_share=bead.heat[:, 0] / procedure.power,
        planned=str(saved.manifest["written"])[:10],
        restricted=None if learned is None else _restriction(learned.origin),
    )
    if planned.risk.verdict != "coupon first":
        return planned
    return replace(planned, coupon=_coupon(planned, outcomes))


def _coupon(planned: PlannedJob, outcomes: Sequence[Outcome]) -> Coupon:
    seen = show_coupon(planned.laid)
    if seen.laid is None:
        return Coupon(seen.rows.size, seen.draws, None)
    shown = replace(
        planned,
        laid=seen.laid,
        risk=assess(seen.laid, outcomes),
        kept_share=planned.kept_share[seen.rows],
        absorbed_share=planned.absorbed_share[seen.rows],
    )
    return Coupon(seen.rows.size, seen.draws, shown)


def _restriction(origin: Origin) -> Restriction | None:
    return Restriction(origin.trials, origin.agreement) if origin.restricted else None


def _learned(saved: SavedPlan) -> SavedPosterior | None:
    if not saved.manifest.get("learned"):
        return None
    expect_as_written(saved.folder / POSTERIOR, saved.manifest)
    return read_posterior(saved.folder / POSTERIOR)
