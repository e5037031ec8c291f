"""The quote a customer is handed: one A4 page in Chinese, one in English, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2

from reclad.record import _display
from reclad.record.words import Words, say

if TYPE_CHECKING:
    from reclad.record.views import Estimate

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it; a plain text is the same in both languages."""

    label: Words
    text: Words | str


@dataclass(frozen=True)
class Danger:
    """One kind of damage: its chance (0 to 1), how many parts it costs, and what lowers it."""

    name: Words
    chance: Estimate
    lost: Estimate
    lowers: Words


@dataclass(frozen=True)
class Against:
    """Repair against new part, in one unit, each as text."""

    label: Words
    repair: str
    new: str


@dataclass(frozen=True)
class OfferView:
    """What stands on a quote. Money as text with its currency; nothing of the shop's own cost.

    good       whether the repair is accepted without a coupon
    verdict    what is offered, in a sentence;  price  None where nothing is;  until  ISO date
    wait       what holds until a coupon has shown its beads, or why nothing is offered; else None
    still      what keeps the repair from being accepted after the coupon;  restricted  the mark of
               trials that may be used only as agreed; else None
    part       the part, its damage and its metals;  terms  money and who bears damage
    damage, loss   chance of any damage, and that the part is lost, 0 to 1
    before     the same two before the coupon; None where they are those of the page
    """

    job_name: str
    day: str
    until: str
    good: bool
    verdict: Words
    wait: Words | None
    still: Words | None
    restricted: Words | None
    price: str | None
    part: tuple[Fact, ...]
    damage: Estimate
    loss: Estimate
    before: tuple[Estimate, Estimate] | None
    dangers: tuple[Danger, ...]
    terms: tuple[Words, ...]
    inspection: tuple[Words, ...]
    exclusions: tuple[Words, ...]
    against: tuple[Against, ...]
    against_note: Words
    resources: tuple[Fact, ...]
    assumed: tuple[Words, ...]


def render_offer(view: OfferView) -> str:
    """The quote as HTML text; the same view gives the same bytes, and nothing is fetched.

    Checked in tests/shop/test_quote_page.py.
    """
    return _page().render(v=view, languages=LANGUAGES)


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda lang, text, **values: _pick(lang, say(text, **values)),
        pick=_pick,
        chance=_chance,
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "quote.html.j2").read_text(encoding="utf-8"))


def _pick(lang: str, words: Words | str) -> str:
    if isinstance(words, str):
        return words
    return words.zh if lang == "zh" else words.en


def _chance(estimate: Estimate) -> str:
    """A chance with its interval, two digits: "4.1 % (0.8–18)"; none is finer than 0.1 %."""
    low, mid, high = (_percent(p) for p in (estimate.low, estimate.mid, estimate.high))
    between = "" if low == high else f" ({low}–{high})"
    return _display.join_unit(mid, "%") + between


def _percent(share: float) -> str:
    return "<0.1" if share < 1e-3 else ">99" if share > 0.99 else f"{100.0 * share:.2g}"
