"""The risk of a repair on one page: verdict, chances, hardness, and what would lower it."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
import numpy as np
from markupsafe import Markup

from reclad.record import _display
from reclad.record._risk_figure import draw_chances, draw_zone
from reclad.record.folder import job_folder_of
from reclad.record.names import DAMAGES, LIMITS, VERDICTS
from reclad.record.own_files import write_own
from reclad.record.summary import quantity
from reclad.record.words import Words, say, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reclad.levers import Lever
    from reclad.risk import Interval, Laid, Risk
    from reclad.risk.facts import CladFacts
    from reclad.risk.said import Said

_WARPED = {"bow": "Bow", "shortening": "Loss of length", "bore": "Loss of bore radius"}
FOLDER, PAGE, NUMBERS = "risk", "risk.html", "risk.json"


def write_risk(
    where: Path, laid: Laid, risk: Risk, levers: Sequence[Lever], *, replace: bool = False
) -> tuple[dict[str, Any], Path]:
    """Write JOB/risk: risk.html, alone and in both languages, and risk.json; gives what the latter
    holds and the folder.

    where     job folder or its job.toml
    replace   give up a page that somebody changed since it was written
    Errors as in `write_own`.
    """
    folder = job_folder_of(where) / FOLDER
    told = summarise_risk(laid, risk, levers)
    page = render_risk(laid, risk, levers)
    return write_own(folder, NUMBERS, told, {PAGE: page}, replace=replace), folder


def render_risk(laid: Laid, risk: Risk, levers: Sequence[Lever]) -> str:
    """The page as HTML."""
    limit = next((m.told.figure.limit for m in risk.modes if m.name == "hard_zone"
                  and m.told.figure), None)  # fmt: skip
    return _page().render(
        job=laid.job,
        risk=risk,
        levers=levers,
        verdict=VERDICTS[risk.verdict],
        damages=DAMAGES,
        verdicts=VERDICTS,
        modes=sorted(risk.modes, key=lambda mode: -mode.lost.middle),
        chances=Markup(draw_chances(risk)),
        zone=Markup(draw_zone(risk, limit)),
        warping=_warping(risk),
        facts=_facts(risk),
    )


def summarise_risk(laid: Laid, risk: Risk, levers: Sequence[Lever]) -> dict[str, Any]:
    """The same as plain JSON values; `foretold`, chances 0 to 1 before any outcome, is what an
    outcome is held against later."""
    return {
        "kind": "reclad risk",
        "job": laid.job.name,
        **tell_risk(risk),
        "foretold": {mode.name: mode.told.chance for mode in risk.modes},
        "levers": [_lever(lever) for lever in levers],
    }


def tell_risk(risk: Risk) -> dict[str, Any]:
    """A risk as plain JSON values, every chance and size with its interval."""
    zones = {"first": risk.evidence.first, "last": risk.evidence.last}
    return {
        "verdict": risk.verdict,
        "binding": risk.binding,
        "reasons": [str(reason) for reason in risk.reasons],
        "notes": [str(note) for note in risk.evidence.notes],
        "damage": _chance(risk.damage),
        "loss": _chance(risk.loss),
        "unseen": risk.unseen,
        "belief": risk.prior_share,
        "modes": {
            mode.name: {
                "chance": _chance(mode.chance),
                "loss": _chance(mode.lost),
                "lost": mode.told.mode.lost,
                "why": str(mode.told.why),
                "belief": mode.shift.prior_share,
                "outcomes": mode.shift.jobs,
                "damaged": mode.shift.damaged,
            }
            for mode in risk.modes
        },
        "hardness": {
            name: quantity(zone.hardest, "") | {"unit": "HV"}
            for name, zone in zones.items() if zone is not None
        },
        **_clad(risk.evidence.clad),
        "warping": {name: quantity(values, "mm") for name, values in _warped(risk).items()},
    }  # fmt: skip


def _clad(clad: CladFacts | None) -> dict[str, Any]:
    told: dict[str, Any] = {"clad_hardness": {}, "iron": {}, "carbide_kept": {}}
    if clad is None:
        return told
    if clad.hardness is not None:
        low, middle, high = (getattr(clad.hardness, name) for name in ("low", "middle", "high"))
        told["clad_hardness"] = {
            "undiluted": {"value": middle, "unit": "HV", "p05": low, "p50": middle, "p95": high},
            "source": clad.hardness.source,
        }
    if clad.iron is not None:
        told["iron"] = {"last_layer": quantity(clad.iron, "%"), "classes": clad.classes}
    if clad.carbide is not None:
        told["carbide_kept"] = {
            "layers": [quantity(layer, "%") for layer in clad.carbide.T],
            "superheat": "assumed",
        }
    return told


def _chance(chance: Interval) -> dict[str, float | str]:
    low, middle, high = (100.0 * share for share in (chance.low, chance.middle, chance.high))
    return {"value": middle, "unit": "%", "p05": low, "p50": middle, "p95": high}


def _lever(lever: Lever) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": lever.name,
        "change": str(lever.change),
        "takes": str(lever.takes),
        "possible": lever.risk is not None,
    }
    if lever.risk is not None:
        told |= {
            "verdict": lever.risk.verdict,
            "loss": _chance(lever.risk.loss),
            "damage": _chance(lever.risk.damage),
        }
    return told


def _warped(risk: Risk) -> dict[str, Any]:
    warping = risk.evidence.warping
    if warping is None:
        return {}
    values = {name: getattr(warping, name) for name in ("bow", "shortening", "bore")}
    return {name: v for name, v in values.items() if np.isfinite(v).all()}


def _warping(risk: Risk) -> list[tuple[str, str]]:
    return [
        (_WARPED[name], _display.interval(_estimate(values), "mm"))
        for name, values in _warped(risk).items()
    ]


def _facts(risk: Risk) -> list[tuple[str, str]]:
    steel, clad = risk.evidence.steel, risk.evidence.clad
    rows = []
    if steel is not None:
        equivalents = (steel.carbon_equivalent, steel.cracking_equivalent, steel.cracking_parameter)
        rows = [
            (
                "Carbon equivalents CE, CET, Pcm (mass %)",
                ", ".join(f"{e:.2f}" for e in equivalents),
            ),
            (
                "Cooling from 800 to 500 °C under the last bead",
                _display.interval(_estimate(steel.cooling_time), "s"),
            ),
            (
                "Martensite there as cooled, austenite left in it",
                f"{np.median(steel.martensite):.0%}, {np.median(steel.austenite):.0%}",
            ),
        ]
    return rows if clad is None else rows + _clad_rows(clad)


def _clad_rows(clad: CladFacts) -> list[tuple[str, str]]:
    rows = []
    if clad.hardness is not None:
        low, middle, high = (
            _display.number(value, 0)
            for value in (clad.hardness.low, clad.hardness.middle, clad.hardness.high)
        )
        value = f"{middle} HV ({low}–{high}), {clad.hardness.source}"
        rows.append(("Hardness of the clad as laid, not diluted; and its source", value))
    if clad.iron is not None:
        rows.append(("Iron in the last layer", _display.interval(_estimate(clad.iron), "%")))
    if clad.classes:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in clad.classes.items())
        rows.append(("Chance of each iron class of an alloy 625 overlay", shares))
    if clad.carbide is not None:
        layers = ", ".join(_display.interval(_estimate(one), "%") for one in clad.carbide.T)
        rows.append(("Carbide whole in each layer by mass, pool superheat assumed", layers))
    return rows


def _estimate(values: Any) -> Any:
    from reclad.record.views import Estimate

    return Estimate(*(float(q) for q in np.quantile(values, (0.05, 0.5, 0.95))))


def told(chance: Interval) -> str:
    """A chance with its 5 to 95 % where they read otherwise, in per cent."""
    low, middle, high = (
        _percent(100.0 * share) for share in (chance.low, chance.middle, chance.high)
    )
    return f"{middle} %" if low == middle == high else f"{middle} % ({low}–{high})"


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{share:.0%}"


def _percent(value: float) -> str:
    if value < 0.1:
        return "<0.1"
    if value > 99.0:
        return ">99"
    return _display.number(value, 0 if value >= 10.0 else 1)


def words_of(said: Said) -> Words:
    """A sentence of the risk in both languages, limits and sizes by their names."""
    values: dict[str, str | Words] = dict(said.values)
    limits = said.values.get("limits", "").split(", ")
    if set(limits) <= {*LIMITS}:
        each = [say(LIMITS[name]) for name in limits]
        values["limits"] = Words(", ".join(w.en for w in each), "、".join(w.zh for w in each))
    if said.values.get("figure") in _WARPED:
        values["figure"] = say(_WARPED[said.values["figure"]])
    return say(said.words, **values)


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda words, **values: side_by_side(say(words, **values)),
        spoken=lambda said: side_by_side(words_of(said)),
        told=told,
        percent=percent,
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "risk.html.j2").read_text(encoding="utf-8"))
