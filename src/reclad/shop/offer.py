"""A quote as the customer reads it: nothing in it tells what the shop itself pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.job import assumed
from reclad.part import measure
from reclad.record import Estimate, Words, say
from reclad.record.names import DAMAGES
from reclad.record.offer import Against, Danger, Fact, OfferView
from reclad.record.risk import words_of
from reclad.units import format_quantity, show, to_unit

if TYPE_CHECKING:
    from reclad.risk import Interval
    from reclad.shop.money import Amount, Values
    from reclad.shop.quote import Quote

VERDICTS = {
    "accept": "We offer this repair as planned.",
    "coupon first": "A coupon is clad and examined first; the offer holds if it shows what is "
    "planned. The chances below are those before the coupon.",
    "refuse": "We do not offer this repair as planned.",
}
LOWERS = {
    "hard_zone": "more preheat, a last bead laid beside the part, post-heat",
    "cold_cracking": "more preheat, slow cooling, dry powder",
    "hot_cracking": "another clad alloy, less heat in one pass",
    "hard_phase_cracking": "more preheat, slow cooling, a tougher alloy",
    "lack_of_fusion": "a coupon with a section, trials of this pair",
    "over_dilution": "a coupon with a section, one more layer",
    "distortion": "less heat in one pass, a wider tolerance",
    "too_little_metal": "a weighed coupon, one more layer",
    "stop_crater": "no stop inside the zone",
}
SHAPES = {"pipe": "pipe", "shaft": "shaft", "plate": "plate"}


def view_of(quote: Quote) -> OfferView:
    """The customer's page of a quote. Checked in tests/shop/test_quote_page.py."""
    offered = quote.shown or quote
    now, risk = quote.planned.risk, offered.planned.risk
    refused = now.verdict == "refuse"
    return OfferView(
        job_name=quote.planned.job.name,
        day=quote.day.isoformat(),
        until=quote.until.isoformat(),
        good=now.verdict == "accept",
        verdict=_verdict(quote),
        wait=_wait(quote),
        still=_still(quote),
        restricted=_restricted(quote),
        price=None if refused else money(offered.price),
        part=_part(quote),
        damage=_estimate(risk.damage),
        loss=_estimate(risk.loss),
        before=None if quote.shown is None else (_estimate(now.damage), _estimate(now.loss)),
        dangers=tuple(
            Danger(
                say(DAMAGES[mode.name]),
                _estimate(mode.chance),
                _estimate(mode.lost),
                say(LOWERS[mode.name]),
            )
            for mode in risk.modes
        ),
        terms=_terms(quote),
        inspection=_inspection(quote),
        exclusions=tuple(say(text) for text in EXCLUDED),
        against=_against(offered, priced=not refused),
        against_note=_against_note(offered),
        resources=_resources(offered),
        assumed=_rests_on(quote),
    )


def _verdict(quote: Quote) -> Words:
    coupon = quote.planned.coupon
    if quote.shown is None or coupon is None:
        return say(VERDICTS[quote.planned.risk.verdict])
    return say(
        "A coupon comes first. The price holds only once it has shown the beads as planned; the "
        "chance that it does is {chance}.",
        chance=_percent(coupon.chance),
    )


def _wait(quote: Quote) -> Words | None:
    coupon, risk = quote.planned.coupon, quote.planned.risk
    if risk.verdict == "refuse":
        why = risk.reasons[0]
        return say("Why: {reason}.", reason=words_of(why))
    if coupon is None:
        return None
    if coupon.shown is None:
        return say(
            "Only {good} of {all} draws of the process model keep every limit, too few to price "
            "the repair after the coupon; the price is that with the risk of today.",
            good=str(coupon.good),
            all=str(coupon.draws),
        )
    if quote.shown is None:
        return None
    return say(
        "No offer before the coupon; if it shows anything else, the repair is quoted again. The "
        "chances below are those after it."
    )


def _still(quote: Quote) -> Words | None:
    """What keeps the repair from being accepted even once a coupon has shown its beads."""
    coupon = quote.planned.coupon
    if coupon is None or coupon.shown is None or coupon.shown.risk.verdict == "accept":
        return None
    reasons = [words_of(reason) for reason in coupon.shown.risk.reasons]
    return say("Still open after the coupon: {reasons}.", reasons=Words(
        "; ".join(one.en for one in reasons), "；".join(one.zh for one in reasons)))  # fmt: skip


def _restricted(quote: Quote) -> Words | None:
    marked = quote.planned.restricted
    if marked is None:
        return None
    return say("Restricted: the trials {trials} behind this quote, and so this quote, may be used "
               "only as agreed.", trials=show(marked.trials, 60))  # fmt: skip


def money(one: Amount) -> str:
    """An amount of money for people: whole units, thousands apart, e.g. "12,300 CNY"."""
    return f"{one.expected:,.0f} {one.dimension.text}"


def _estimate(chance: Interval) -> Estimate:
    return Estimate(chance.low, chance.middle, chance.high)


def _part(quote: Quote) -> tuple[Fact, ...]:
    job = quote.planned.job
    metal = say("{name}, as the order states; not analysed", name=job.parent.name)
    clad = say("{alloy}, powder {powder}", alloy=job.clad.name, powder=job.feedstock.name)
    asked = {"Customer": job.customer.name, "Order": job.customer.order,
             "Part number": job.customer.part_number, "Drawing": job.customer.drawing}  # fmt: skip
    facts = [Fact(say(label), text) for label, text in asked.items() if text]
    facts += [
        Fact(say("Part"), _shape(quote)),
        Fact(say("Damage found"), _damage(quote)),
        Fact(say("Parent metal"), metal),
        Fact(say("Service"), _service(quote)),
        Fact(say("Target size"), _target(quote)),
        Fact(say("Clad"), clad),
        Fact(say("Preheat"), _heat(quote)),
        Fact(say("Laser time"), _hours(quote.planned.program.total_time)),
    ]  # fmt: skip
    return tuple(facts)


def _percent(share: float) -> str:
    """A share in whole per cent; draws give no certainty."""
    return "> 99 %" if share > 0.995 else "< 1 %" if share < 0.005 else f"{100 * share:.0f} %"


def _hours(seconds: float) -> Words | str:
    hours, minutes = divmod(round(seconds / 60.0), 60)
    if not hours:
        return f"{minutes} min"
    return say("{h} h {min} min", h=str(hours), min=f"{minutes:02d}")


def _told(value: float, unit: str, digits: int = 3) -> str:
    """A quantity that a line does not break."""
    return (
        format_quantity(value, unit, digits)
        .replace("^3", "³")
        .replace("degC", "°C")
        .replace(" ", "\N{NO-BREAK SPACE}")
    )


def _mm(metres: float) -> str:
    return _told(metres, "mm", 5)


def _shape(quote: Quote) -> Words:
    part = quote.planned.job.part
    shape, length = say(SHAPES[part.shape]), _mm(part.length)
    if part.wall is not None:
        return say("{shape} {length} long, wall {wall}", shape=shape, length=length,
                   wall=_mm(part.wall))  # fmt: skip
    if part.width is not None:
        return say("{shape} {length} long, {width} wide", shape=shape, length=length,
                   width=_mm(part.width))  # fmt: skip
    return say("{shape} {length} long", shape=shape, length=length)


def _damage(quote: Quote) -> Words:
    part = quote.planned.job.part
    wear = measure(part)
    text = "worn by up to {worst}" if part.flat else "worn by up to {worst} on the radius"
    worst = _told(wear.worst_depth, "mm")
    volume = _told(wear.missing_volume, "cm^3")
    return say(text + "; {volume} of metal missing", worst=worst, volume=volume)


def _service(quote: Quote) -> Words:
    service = quote.planned.job.serving
    limits = [str(one.highest) for one in service.limits if not one.exception]
    if not limits:
        return say("no hardness limit named")
    return say("{service}: hardness at most {limits}", service=service.name,
               limits=", ".join(limits))  # fmt: skip


def _target(quote: Quote) -> Words:
    part = quote.planned.job.part
    sizes = sorted({row.finished for row in part.caliper})
    size = _mm(sizes[0]) if len(sizes) == 1 else f"{_mm(sizes[0])} – {_mm(sizes[-1])}"
    text = "thickness {size}" if part.flat else "diameter {size}"
    return say(text + ", from {start} to {end}, machined", size=size, start=_mm(part.clad_from),
               end=_mm(part.clad_to))  # fmt: skip


def _heat(quote: Quote) -> Words:
    job = quote.planned.job
    warm = say("none") if job.preheat <= job.ambient else None
    preheat = warm or _told(job.preheat, "degC")
    slow, post = (
        None if kelvin is None else _told(kelvin, "degC")
        for kelvin in (job.treatment.slow_cooling, job.treatment.post_heat)
    )
    if post is None:
        if slow is None:
            return say("{preheat}; no post-heat", preheat=preheat)
        return say("{preheat}; slow cooling from {slow}", preheat=preheat, slow=slow)
    if slow is None:
        return say("{preheat}; post-heat {post}", preheat=preheat, post=post)
    return say("{preheat}; slow cooling from {slow}, post-heat {post}", preheat=preheat, slow=slow,
               post=post)  # fmt: skip


def _terms(quote: Quote) -> tuple[Words, ...]:
    terms, new = quote.terms, quote.asked.new_part
    own, limit = money(terms.deductible), money(terms.limit)
    lines = [say("A damaged part that can be kept is repaired again at the shop’s cost.")]
    if terms.deductible.expected > 0:
        text = (
            "If the part is lost, the customer bears the first {own} and the shop what lies above, "
            "up to {limit}."
        )
        lines.append(say(text, own=own, limit=limit))
    else:
        text = (
            "If the part is lost, the shop pays up to {limit}; the customer bears what lies above."
        )
        lines.append(say(text, limit=limit))
    if new is not None:
        lines.append(say("A lost part is counted at {lost}.", lost=money(new)))
    return tuple(lines)


def _inspection(quote: Quote) -> tuple[Words, ...]:
    job, lines = quote.planned.job, []
    if quote.planned.risk.verdict == "coupon first":
        lines.append("coupon: section, fused depth, dilution, hardness")
    lines += [
        "before: size at every caliper row, dye penetrant of the worn zone",
        "after machining: size, dye penetrant of the whole clad",
    ]
    told = [say(line) for line in lines]
    limits = [str(one.highest) for one in job.serving.limits_of("parent")]
    if limits:
        told.append(say("hardness beside the clad, at most {limits}", limits=", ".join(limits)))
    above = quote.planned.risk.evidence.clad_limit
    if above is not None:
        told.append(say("hardness of the clad, at most {limits}", limits=above.held.shown))
    return tuple(told)


EXCLUDED = (
    "transport, packing, taking apart and fitting",
    "ultrasonic, magnetic or X-ray testing, chemical analysis",
    "cracks and wear found outside the named zone",
    "loss of production, tax",
)


def _against(quote: Quote, *, priced: bool) -> tuple[Against, ...]:
    price = Against(say("Price"), money(quote.price), money(quote.new_price))
    carbon = Against(say("CO₂e"), kilograms(quote.footprint.total), kilograms(quote.new_footprint))
    return (price, carbon) if priced else (carbon,)


def kilograms(one: Amount) -> str:
    """CO₂e for people, with its 90 % band: "186 kg (131–257)"."""
    low, high = one.band()
    return f"{one.expected:.3g} kg ({low:.3g}–{high:.3g})"


def _against_note(quote: Quote) -> Words:
    if quote.asked.new_part is None:
        return say("New part: reckoned from its mass, not quoted. The repair takes less CO₂e with "
                   "a chance of {chance}.", chance=_percent(quote.carbon.chance))  # fmt: skip
    return say("New part: as stated. The repair takes less CO₂e with a chance of {chance}.",
               chance=_percent(quote.carbon.chance))  # fmt: skip


def _resources(quote: Quote) -> tuple[Fact, ...]:
    use, fluids = quote.use, quote.fluids
    gas = float(np.mean(use.gas_volume))
    return (
        Fact(say("Powder fed"), format_quantity(float(np.mean(use.powder_fed)), "kg", 3)),
        Fact(say("of it not in the part"), _band(fluids.powder.lost, "kg")),
        Fact(say("Gas"), f"{use.gas} {_told(gas, 'm^3')}"),
        Fact(say("Electricity"), _band(fluids.energy.electricity, "kWh")),
        Fact(say("Wash water"), _band(use.water, "L")),
    )


def _band(values: Values, unit: str) -> str:
    shown = to_unit(np.asarray(values, dtype=np.float64), unit)
    low, high = np.quantile(shown, [0.05, 0.95])
    return f"{float(np.mean(shown)):.3g} {unit} ({low:.3g}–{high:.3g})"


def _rests_on(quote: Quote) -> tuple[Words, ...]:
    risk, job = quote.planned.risk, quote.planned.job
    counts = assumed(job)
    return (
        say("Chances of damage: process model and judgement of this project; {share} of them is "
            "belief, not yet outcomes of this shop.", share=f"{100 * risk.prior_share:.0f} %"),
        say("The plan of {day} stands on trials of these metals.", day=quote.planned.planned)
        if quote.planned.laid.qualified
        else say("No trials of these metals and settings stand behind the plan of {day}.",
                 day=quote.planned.planned),
        say("{count} numbers of metal, powder, machine and nozzle are assumed; the report lists "
            "each.", count=str(len(counts))),
        say("Intervals: 5 to 95 %. CO₂e: electricity, powder, gas and water; no transport."),
    )  # fmt: skip
