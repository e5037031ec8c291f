"""The report a customer can read: one self-contained HTML file in Chinese and English."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

import jinja2
import numpy as np
from markupsafe import Markup

from reclad.record import _display
from reclad.record._backplot import draw_unrolled
from reclad.record._heat_figures import draw_along, draw_inner, draw_ledger, draw_points
from reclad.record._heat_map import draw_surface
from reclad.record._heat_views import WholeHeatView
from reclad.record._raster import draw_raster
from reclad.record._risk_views import NoRiskView, RiskView
from reclad.record._sketch import sketch_part
from reclad.record._space import draw_in_space, pack_path
from reclad.record._window import draw_window
from reclad.record.figures import (
    draw_chance,
    draw_heat,
    draw_interval,
    draw_length,
    draw_section,
    draw_time,
)
from reclad.record.risk import percent, told
from reclad.record.views import Estimate, LimitRow, ReportView
from reclad.record.words import Words, say

HEADLINES = {
    "preliminary": "Preliminary: clad the coupon first.",
    "qualified": "Qualified: trials stand behind these parameters.",
    "refused": "Refused: this program must not run.",
}


def render_report(view: ReportView) -> str:
    """The whole report as HTML text; the same view gives the same bytes.

    One file, no request to anywhere, both languages inside; `#en` or `#zh` in the address picks
    the language shown first. Raises RecladError for a number no figure can show.
    """
    script = _shipped("report.js")
    part = view.head.part
    return _page().render(
        v=view,
        title=say("{job}: laser cladding report", job=view.head.job_name),
        headline=HEADLINES[view.verdict.status],
        sure=_is_sure(view),
        weighed=view.risk if isinstance(view.risk, RiskView) else None,
        unweighed=view.risk if isinstance(view.risk, NoRiskView) else None,
        drawings={name: Markup(drawing) for name, drawing in draw_figures(view).items()},
        power_moves=float(np.ptp(view.heat.power)) > 0.01 * float(view.heat.power.max()),
        all_limits_bar=Markup(draw_chance(_all_limits(view), view.verdict.asked)),
        path_data=None if part.flat else Markup(pack_path(view.backplot, part)),
        style=Markup(_shipped("report.css")),
        script=Markup(script),
        script_hash=Markup(_script_hash(script)),
    )


def draw_figures(view: ReportView) -> dict[str, str]:
    """Every full-width figure by name, as SVG text: of a round part the program "unrolled" and in
    "space", of a plate its "raster"."""
    part, plot = view.head.part, view.backplot
    if part.flat:
        program = {"raster": draw_raster(plot, part)}
    else:
        program = {"unrolled": draw_unrolled(plot), "space": draw_in_space(plot, part)}
    if view.whole_heat is not None:
        program |= draw_whole_heat(view.whole_heat)
    return program | {
        "sketch": sketch_part(part),
        "window": draw_window(view.window),
        "section": draw_section(view.section),
        "length": draw_length(view.length, part.flat),
        "heat": draw_heat(view.heat, part.flat),
        "time": draw_time(view.budget),
    }


def draw_whole_heat(view: WholeHeatView) -> dict[str, str]:
    """The figures of the whole repair's heat by name, as SVG text; "heat_points" only where points
    were named."""
    points = {} if view.points is None else {"heat_points": draw_points(view.points)}
    return points | {
        "heat_along": draw_along(view),
        "heat_surface": draw_surface(view.surface, view.shape == "plate"),
        "heat_inner": draw_inner(view.inner, view.shape),
        "heat_ledger": draw_ledger(view.ledger),
    }


def _is_sure(view: ReportView) -> bool:
    """Whether nothing has to come first: trials, the chance asked for, a risk that is borne."""
    verdict, risk = view.verdict, view.risk
    borne = risk is None or (isinstance(risk, RiskView) and risk.accepted)
    return verdict.status == "qualified" and verdict.probability >= verdict.asked and borne


def _all_limits(view: ReportView) -> LimitRow:
    verdict = view.verdict
    name = say("All limits together")
    return LimitRow(name, "", verdict.probability, free_probability=verdict.free_probability)


@cache
def _shipped(name: str) -> str:
    return (resources.files("reclad.record") / "templates" / name).read_text(encoding="utf-8")


def _script_hash(script: str) -> str:
    """The only script the page may run, for its content security policy."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )
    environment.globals.update(
        t=_translate,
        both=_both,
        gap=Markup('<span class="en"> </span>'),  # Chinese sentences follow without a space
        aligned=_aligned,
        aligned_interval=_aligned_interval,
        draw_interval=lambda row: Markup(draw_interval(row)),
        draw_chance=lambda row, asked: Markup(draw_chance(row, asked)),
        quantity=_display.quantity,
        interval=_display.interval,
        chance=_display.chance,
        told=lambda chance: told(chance).replace(" ", _display.HARD),
        percent=percent,
        duration=_display.duration,
        limit_text=_display.limit_text,
        count=_count,
        span=_display.span,
        heat_gap=lambda share: _display.join_unit(_display.number(100 * share, 2), "%"),
    )
    return environment.from_string(_shipped("report.html.j2"))


def _count(value: int) -> str:
    return _display.number(value, 0)


def _translate(text: str, **values: str | Words) -> Markup:
    return _both(say(text, **values))


def _both(words: Words) -> Markup:
    """Both languages, one of them hidden by the style sheet; equal texts stand once."""
    if words.en == words.zh:
        return Markup("{}").format(words.en)
    return Markup(
        '<span class="en" lang="en">{}</span><span class="zh" lang="zh-CN">{}</span>'
    ).format(words.en, words.zh)


def _split(text: str) -> Markup:
    """A number cut at its decimal point, so that a column lines up on it."""
    whole, point, rest = text.partition(".")
    return Markup('<span class="i">{}</span><span class="f">{}</span>').format(whole, point + rest)


def _unit(unit: str) -> Markup:
    return Markup('<span class="u">{}</span>').format(_display.symbol(unit))


def _aligned(value: float, unit: str) -> Markup:
    return _split(_display.plain(value, unit)) + _unit(unit)


def _aligned_interval(estimate: Estimate, unit: str) -> Markup:
    low, mid, high = _display.estimate_parts(estimate, unit)
    return _split(mid) + _unit(unit) + Markup(" ({}–{})").format(low, high)
