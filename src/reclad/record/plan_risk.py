"""The risk of a finished plan, weighed from the plan itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.errors import RiskError
from reclad.record.risk import tell_risk
from reclad.risk import Laid, assess

if TYPE_CHECKING:
    from reclad.plan import Plan
    from reclad.risk import Risk


@dataclass(frozen=True, eq=False)
class PlanRisk:
    """The risk of a plan; None where its damages cannot be judged, and then why not."""

    risk: Risk | None
    why_not: str = ""


def weigh_plan(plan: Plan) -> PlanRisk:
    """The risk of a plan as it stands: its own heat, draws and stops, no outcomes of the shop.

    Takes less than a CPU second; the same plan gives the same risk.
    Checked in tests/record/test_plan_risk.py.
    """
    laid = Laid(
        job=plan.job,
        case=plan.case,
        deposit=plan.deposit,
        procedure=plan.choice.procedure,
        draws=plan.draws,
        history=plan.history,
        kept=plan.kept,
        stops=plan.program.pauses,
        qualified=plan.trials > 0,
        seed=plan.seed,
    )
    try:
        return PlanRisk(assess(laid))
    except RiskError as error:
        return PlanRisk(None, str(error))


def tell_plan_risk(weighed: PlanRisk) -> dict[str, Any]:
    """The same as plain JSON values; `verdict` is null where it could not be weighed."""
    if weighed.risk is None:
        return {"verdict": None, "why_not": weighed.why_not}
    return tell_risk(weighed.risk)
