"""The report's view of the risk of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.record._risk_views import DamageRow, HardnessRow, NoRiskView, RiskView
from reclad.record.names import DAMAGES, VERDICTS
from reclad.record.risk import words_of
from reclad.record.views import Estimate, estimate
from reclad.record.words import Words, say

if TYPE_CHECKING:
    from reclad.record.plan_risk import PlanRisk
    from reclad.risk import Risk


def fill_risk(weighed: PlanRisk) -> RiskView | NoRiskView:
    """The risk as the report shows it, or why it could not be weighed."""
    risk = weighed.risk
    if risk is None:
        return NoRiskView(Words(weighed.why_not, weighed.why_not))
    return RiskView(
        verdict=say(VERDICTS[risk.verdict]),
        accepted=risk.verdict == "accept",
        binding=say(DAMAGES[risk.binding]),
        loss=risk.loss,
        damage=risk.damage,
        reasons=tuple(words_of(reason) for reason in risk.reasons),
        rows=tuple(
            DamageRow(
                say(DAMAGES[mode.name]),
                mode.chance,
                mode.lost,
                words_of(mode.told.why),
                binding=mode.name == risk.binding,
            )
            for mode in sorted(risk.modes, key=lambda mode: -mode.lost.middle)
        ),
        hardness=(*_zones(risk), *_clad(risk)),
        belief=risk.prior_share,
        notes=tuple(words_of(note) for note in risk.evidence.notes),
    )


def _zones(risk: Risk) -> list[HardnessRow]:
    """The zone where a limit of the service is held against it."""
    told = next((mode.told for mode in risk.modes if mode.name == "hard_zone"), None)
    if told is None:
        return []
    limit = told.why.values["limits"]
    zones = (
        ("Zone under the last bead", risk.evidence.last),
        ("Zone beside beads laid later", risk.evidence.first),
    )
    return [
        HardnessRow(say(name), estimate(z.hardest), limit) for name, z in zones if z is not None
    ]


def _clad(risk: Risk) -> list[HardnessRow]:
    limit, clad = risk.evidence.clad_limit, risk.evidence.clad
    if limit is None or clad is None or clad.hardness is None:
        return []
    known = clad.hardness
    hardness = Estimate(known.low, known.middle, known.high)
    return [HardnessRow(say("Clad as laid, not diluted"), hardness, limit.held.shown)]
