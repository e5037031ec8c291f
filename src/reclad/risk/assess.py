"""Accept, coupon first, or refuse: the chance of damage, how well it is known, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.errors import RiskError
from reclad.risk.chance import Shift, learn_shift
from reclad.risk.joining import join
from reclad.risk.modes import weigh_modes
from reclad.risk.said import Said, over

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from reclad.risk.modes import Evidence, Laid, ModeChance
    from reclad.risk.service_limits import CladLimit

    Floats = NDArray[np.float64]

Verdict = Literal["accept", "coupon first", "refuse"]
# What a coupon of the same metals shows before the part is touched.
SEEN_ON_COUPON = ("lack_of_fusion", "over_dilution", "too_little_metal", "hot_cracking")
_SHARES = (0.05, 0.5, 0.95)
_SHOPS = 4000  # draws of what a shop may be like


@dataclass(frozen=True)
class Interval:
    """A chance, 0 to 1: 5 %, 50 % and 95 %."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """One finished repair: the chances that were foretold, kind by kind, and what came of it."""

    foretold: Mapping[str, float]
    damaged: frozenset[str]


@dataclass(frozen=True, eq=False)
class JudgedMode:
    """One kind of damage after the shop's outcomes: its chance per repair, the chance that it
    costs the part, and how much of either is still belief (1: all of it)."""

    told: ModeChance
    shift: Shift
    chance: Interval
    lost: Interval

    @property
    def name(self) -> str:
        """As in `Damages`."""
        return self.told.mode.mode


@dataclass(frozen=True, eq=False)
class Risk:
    """The chance of damage of a repair and what follows from it.

    damage, loss   chance of any damage, and that the part is lost
    unseen         chance (middle) of damage that no coupon shows beforehand
    binding        kind of damage that costs most parts
    reasons        why the verdict is no better; empty when accepted
    """

    evidence: Evidence
    modes: tuple[JudgedMode, ...]
    damage: Interval
    loss: Interval
    unseen: float
    verdict: Verdict
    binding: str
    reasons: tuple[Said, ...]

    @property
    def prior_share(self) -> float:
        """How much of the chances is belief, the kinds weighed by their chance: 1 for all of it."""
        weights = np.array([mode.chance.middle for mode in self.modes])
        shares = np.array([mode.shift.prior_share for mode in self.modes])
        return float(weights @ shares / weights.sum())


def assess(laid: Laid, outcomes: Sequence[Outcome] = (), *, under: Laid | None = None) -> Risk:
    """The risk of a procedure along a repair.

    under      a buffer layer that is laid before it: the risk is then that of the two together
    outcomes   of the shop's own repairs so far; without them the chances are those of the process
               model and of the job's list of damages
    Kinds of damage are taken as independent once the model has spoken, and shops as different in
    each. RiskError where none can be judged. Checked: tests/risk/test_assess.py.
    """
    evidence = weigh_modes(laid)
    if under is not None:
        evidence = join(weigh_modes(under), evidence, under.job.parent.name)
        laid = _as_one(under, laid)
    if not evidence.modes:
        raise RiskError(
            f"damages {laid.job.hazards.name} names no kind of damage that can be judged for this "
            "job; list more modes"
        )
    modes = tuple(_judge(told, outcomes) for told in evidence.modes)
    sampled = _sample_shops(modes, laid.seed)
    any_damage = 1.0 - np.prod(1.0 - sampled, axis=1)
    lost = np.array([mode.told.mode.lost for mode in modes])
    loss = _interval(1.0 - np.prod(1.0 - sampled * lost, axis=1))
    hidden = [m.chance.middle for m in modes if m.name not in SEEN_ON_COUPON]
    unseen = 1.0 - float(np.prod(1.0 - np.array(hidden)))
    reasons = _reasons(laid, evidence.clad_limit, modes, loss, unseen)
    verdict: Verdict = "accept"
    if reasons.refused:
        verdict = "refuse"
    elif reasons.open:
        verdict = "coupon first"
    return Risk(
        evidence=evidence,
        modes=modes,
        damage=_interval(any_damage),
        loss=loss,
        unseen=unseen,
        verdict=verdict,
        binding=max(modes, key=lambda mode: mode.lost.middle).name,
        reasons=(*reasons.refused, *reasons.open),
    )


def _as_one(under: Laid, over: Laid) -> Laid:
    """The overlay as if it lay on the part's own metal, shown by trials only if both layers are."""
    job = over.job.model_copy(update={"parent": under.job.parent})
    return replace(over, job=job, qualified=under.qualified and over.qualified)


def _judge(told: ModeChance, outcomes: Sequence[Outcome]) -> JudgedMode:
    name = told.mode.mode
    of_it = [one for one in outcomes if name in one.foretold]
    shift = learn_shift(
        float(np.log1p(told.mode.between_shops)),
        np.array([one.foretold[name] for one in of_it]),
        np.array([name in one.damaged for one in of_it], dtype=np.bool_),
    )
    values = shift.chances(np.array(told.chance))
    chance = Interval(*shift.quantiles(_SHARES, values))
    lost = told.mode.lost
    return JudgedMode(
        told, shift, chance, Interval(chance.low * lost, chance.middle * lost, chance.high * lost)
    )


def _sample_shops(modes: Sequence[JudgedMode], seed: int) -> Floats:
    """(shops, modes) chances, each kind at a shift of its own."""
    rng = np.random.default_rng([seed, 7])
    columns = []
    for mode in modes:
        at = np.searchsorted(np.cumsum(mode.shift.weights), rng.random(_SHOPS))
        shifts = np.minimum(at, mode.shift.values.size - 1)
        columns.append(mode.shift.chances(np.array(mode.told.chance))[shifts])
    return np.column_stack(columns)


def _interval(values: Floats) -> Interval:
    return Interval(*(float(q) for q in np.quantile(values, _SHARES)))


@dataclass(frozen=True)
class _Reasons:
    refused: tuple[Said, ...]
    open: tuple[Said, ...]


def _reasons(
    laid: Laid,
    clad_limit: CladLimit | None,
    modes: Sequence[JudgedMode],
    loss: Interval,
    unseen: float,
) -> _Reasons:
    """What speaks against accepting, the grounds to refuse first."""
    hazards, service = laid.job.hazards, laid.job.serving
    refused, open_ = [], []
    harder = None if clad_limit is None else clad_limit.chance
    if harder is not None and harder > hazards.gate:
        refused.append(
            Said(
                "the clad of {alloy}, not diluted, breaks the hardness limit of service {service} "
                "with a chance of {chance}, over {limit}",
                {
                    "alloy": laid.job.clad.name,
                    "service": service.name,
                    **over(harder, hazards.gate),
                },
            )
        )
    for mode in modes:
        if mode.name == "hard_zone" and mode.told.chance > hazards.gate:
            refused.append(
                Said(
                    "the heat-affected zone breaks the hardness limit of service {service} with a "
                    "chance of {chance}, over {limit}",
                    {"service": service.name, **over(mode.told.chance, hazards.gate)},
                )
            )
    if not refused and unseen > hazards.refused:
        refused.append(
            Said(
                "damage that no coupon shows beforehand has a chance of {chance}, over {limit}",
                over(unseen, hazards.refused),
            )
        )
    if not laid.qualified:
        open_.append(Said("no trials of these metals and settings stand behind the procedure"))
    unjudged = []
    if service.limits_of("parent") and all(mode.name != "hard_zone" for mode in modes):
        unjudged.append(laid.job.parent.name)
    if clad_limit is not None and harder is None:
        unjudged.append(laid.job.clad.name)
    open_ += [
        Said(
            "service {service} limits hardness, which is not reckoned for {parent}: measure it "
            "on a coupon",
            {"service": service.name, "parent": metal},
        )
        for metal in unjudged
    ]
    if loss.middle > hazards.bearable:
        open_.append(
            Said(
                "the part is lost with a chance of {chance}, over the {limit} that is borne",
                over(loss.middle, hazards.bearable),
            )
        )
    return _Reasons(tuple(refused), tuple(open_))
