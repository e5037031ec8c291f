"""Why a number is what it is: value, model, parameters, source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.lab import Belief, beliefs
from reclad.record.names import UNKNOWNS, name_limit
from reclad.record.summary import quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.plan import Plan

_POOL = "melt pool: heat of a moving spot in a plate (eagar1983)"
_STREAM = "powder stream: grains shade the beam, warm up in it, stay where they meet the pool \
(pinkerton2007)"
_COUPLED = "bead: pool and powder solved together, each shapes the other (picasso1994, huang2019)"
_MASS = "mass: bead area x density x travel speed = powder kept per second"
_OVERLAP = "clad: beads laid side by side, each resting on the one before (ocelik2014)"
_FIN = "heat: turn after turn along the pipe, with losses to air and by radiation (carslaw1959)"
_CHOICE = "choice: of all settings tried, the one most likely to keep every limit at once"
_MODELS = {
    "width": (_STREAM, _POOL, _COUPLED),
    "height": (_STREAM, _POOL, _COUPLED, _MASS),
    "depth": (_STREAM, _POOL, _COUPLED),
    "dilution": (_STREAM, _POOL, _COUPLED, _MASS),
    "catchment": (_STREAM, _POOL, _COUPLED),
    "thickness": (_COUPLED, _MASS, _OVERLAP),
    "interpass": (_COUPLED, _FIN),
}
_UNITS = {
    "width": "mm",
    "height": "mm",
    "depth": "mm",
    "dilution": "%",
    "catchment": "%",
    "thickness": "mm",
    "interpass": "degC",
}
_SETTING_UNITS = {"power": "W", "feed_rate": "g/min", "travel_speed": "mm/s", "pitch": "mm"}


def explain(plan: Plan) -> dict[str, Any]:
    """Explanations by name, as plain JSON values: settings (with what binds on either side) and
    predictions (with the parameters that move them most and where those come from)."""
    return {name: _explain_setting(plan, name) for name in _SETTING_UNITS} | {
        name: _explain_prediction(plan, name) for name in _MODELS
    }


def _explain_setting(plan: Plan, name: str) -> dict[str, Any]:
    value = getattr(plan.choice.procedure, name)
    pinned = getattr(plan.job.procedure, name) is not None
    told: dict[str, Any] = {
        "value": quantity(value, _SETTING_UNITS[name]),
        "origin": "pinned in job.toml" if pinned else "chosen",
        "model": [] if pinned else [_CHOICE],
    }
    sides = _sides(plan, name)
    if name == "power":
        along = plan.history.power
        told["along"] = {
            "turn": "turn" if plan.toolpath.form == "round" else "track",
            "first_turn": quantity(along[0], "W"),
            "last_turn": quantity(along[-1], "W"),
        }
    return told | ({"sides": sides} if sides else {})


def _sides(plan: Plan, name: str) -> list[dict[str, Any]]:
    """What the window says a tenth below and above the chosen power or feed rate."""
    window = plan.window
    if name not in ("power", "feed_rate"):
        return []
    p = plan.choice.procedure
    told = []
    for factor in (0.9, 1.0, 1.1):
        power = p.power * (factor if name == "power" else 1.0)
        feed = p.feed_rate * (factor if name == "feed_rate" else 1.0)
        i = int(np.abs(window.feed_rate - feed).argmin())
        j = int(np.abs(window.power - power).argmin())
        worst = min(window.limits, key=lambda limit: window.limits[limit][i, j])
        told.append(
            {
                "at": quantity(power if name == "power" else feed, _SETTING_UNITS[name]),
                "chance": round(float(window.chance[i, j]), 3),
                "binding": worst,
                "binding_name": name_limit(worst, plan.job.part.shape),
                "binding_chance": round(float(window.limits[worst][i, j]), 3),
            }
        )
    return told


def _explain_prediction(plan: Plan, name: str) -> dict[str, Any]:
    draws = _prediction(plan, name)
    believed = beliefs(plan.job.parent, plan.job.clad, plan.job.nozzle)
    influence = {b.name: _rank_correlation(getattr(plan.draws, b.name), draws) for b in believed}
    leading = sorted(believed, key=lambda b: -abs(influence[b.name]))[:5]
    return {
        "value": quantity(draws, _UNITS[name]),
        "origin": "predicted",
        "model": list(_MODELS[name]),
        "parameters": [_told(plan, b, influence[b.name]) for b in leading],
    }


def _prediction(plan: Plan, name: str) -> NDArray[np.float64]:
    if name == "thickness":
        return plan.choice.clad.mean[:, 0]
    if name == "interpass":
        return np.asarray(np.median(plan.history.interpass, axis=1))
    return np.asarray(getattr(plan.choice.bead, name)[:, 0])


def _told(plan: Plan, belief: Belief, influence: float) -> dict[str, Any]:
    meaning, unit = UNKNOWNS[belief.name]
    return {
        "name": belief.name,
        "meaning": meaning,
        "believed": quantity(getattr(plan.draws, belief.name), unit),
        "influence": round(influence, 2),
        "source": belief.source,
    }


def _rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Spearman's rank correlation (-1 to 1); 0 where either does not vary."""
    if np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return 0.0
    ranks = [np.argsort(np.argsort(v)).astype(np.float64) for v in (x, y)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
