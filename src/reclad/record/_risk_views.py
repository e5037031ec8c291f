"""What the report is told of the risk of damage; hardness in HV, chances 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reclad.record.views import Estimate
    from reclad.record.words import Words
    from reclad.risk import Interval


@dataclass(frozen=True)
class DamageRow:
    """One kind of damage: its chance, that it costs the part, and where that comes from."""

    name: Words
    chance: Interval
    lost: Interval
    why: Words
    binding: bool


@dataclass(frozen=True)
class HardnessRow:
    """A place, how hard it gets (HV), and the limit of the service as written; None: none binds
    it."""

    place: Words
    hardness: Estimate
    limit: str | None


@dataclass(frozen=True)
class RiskView:
    """The verdict on a plan, the kinds of damage, those that cost most parts first.

    loss, damage   that the part is lost, and any damage
    belief         share of the chances that no outcome of the shop stands behind
    notes          what could not be judged, and models used outside their range
    """

    verdict: Words
    accepted: bool
    binding: Words
    loss: Interval
    damage: Interval
    reasons: tuple[Words, ...]
    rows: tuple[DamageRow, ...]
    hardness: tuple[HardnessRow, ...]
    belief: float
    notes: tuple[Words, ...]


@dataclass(frozen=True)
class NoRiskView:
    """Why the damages of a plan could not be judged."""

    why: Words
