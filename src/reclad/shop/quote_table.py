"""A quote in numbers for other programs, and the shop's own cost sheet."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.record.summary import quantity
from reclad.shop.prices import assumed_prices

if TYPE_CHECKING:
    from reclad.risk import Interval
    from reclad.shop.fluid_screen import FluidScreen
    from reclad.shop.money import Amount
    from reclad.shop.quote import Quote
    from reclad.shop.sheet import Sheet

_KEPT = "the customer pays the job all the same"
_LOST = "the customer does not pay the job either"


def tell_quote(quote: Quote) -> dict[str, Any]:
    """Everything of a quote as plain JSON values: money in `currency`, expected with the ends of
    the 90 % band; other quantities with their unit; chances 0 to 1. Clock-free."""
    head = {
        "kind": "reclad quote",
        "job": quote.planned.job.name,
        "day": quote.day.isoformat(),
        "until": quote.until.isoformat(),
        "prices": quote.stated.name,
        "currency": quote.stated.currency,
    }
    restricted = quote.planned.restricted
    return {
        **head,
        **_priced(quote),
        "restricted": None if restricted is None else asdict(restricted),
        "coupon": _coupon(quote),
        "new_part": {
            "price": _money(quote.new_price),
            "stated": quote.asked.new_part is not None,
            "repair_is_cheaper": quote.money.chance,
            "kgCO2e": _money(quote.new_footprint),
            "repair_takes_less_CO2e": quote.carbon.chance,
        },
        "kgCO2e": _lines(quote.footprint),
        "use": _use(quote),
        "fluids": tell_fluids(quote.fluids),
        "assumed_prices": assumed_prices(quote.stated),
    }


def _coupon(quote: Quote) -> dict[str, Any] | None:
    """What a coupon may show, and the price then; None where no coupon is asked for."""
    coupon = quote.planned.coupon
    if coupon is None:
        return None
    counts = {"chance": coupon.chance, "good_draws": coupon.good, "draws": coupon.draws}
    return counts | {"shown": None if quote.shown is None else _priced(quote.shown)}


def _priced(quote: Quote) -> dict[str, Any]:
    """The price, its costs and the damage in it."""
    risk, cost = quote.planned.risk, quote.cost
    damage = cost.damage
    return {
        "price": {"amount": quote.price.expected, "asked_by_shop": quote.asked.price is not None},
        "verdict": risk.verdict,
        "reasons": [str(reason) for reason in risk.reasons],
        "costs": _lines(cost.sheet),
        "left": _money(quote.price - cost.sheet.total),
        "margin_without_a_lost_part": quote.margin.expected,
        "lost_part": {
            "costs": _money(quote.lost_part),
            "shop_pays": quote.liability.expected,
            "limit": _money(quote.terms.limit),
            "deductible": _money(quote.terms.deductible),
            "shop": {} if damage is None else _lines(damage.shop),
            "customer": {} if damage is None else _lines(damage.customer),
        },
        "deductibles": [
            {"customer_bears": borne.expected, "price": price.expected}
            for borne, price in quote.deductibles
        ],
        "damage": {
            mode.name: {"chance": chance(mode.chance), "lost": chance(mode.lost)}
            for mode in risk.modes
        },
        "chance_of_damage": chance(risk.damage),
        "chance_of_loss": chance(risk.loss),
        "belief": risk.prior_share,
        "break_even": None
        if quote.break_even is None
        else {_KEPT: quote.break_even[0], _LOST: quote.break_even[1]},
    }


def chance(interval: Interval) -> dict[str, float | str]:
    """A chance (0 to 1) with its interval, as a quantity."""
    low, mid, high = interval.low, interval.middle, interval.high
    return {"value": mid, "unit": "", "p05": low, "p50": mid, "p95": high}


def _money(one: Amount) -> dict[str, float]:
    low, high = one.band()
    return {"expected": one.expected, "low": low, "high": high}


def _lines(sheet: Sheet) -> dict[str, dict[str, float]]:
    return {name: _money(one) for name, one in {**sheet.lines, "total": sheet.total}.items()}


def _use(quote: Quote) -> dict[str, Any]:
    use, units = quote.use, {"powder_fed": "kg", "light": "kWh", "absorbed_share": "%",
                             "gas_volume": "m^3", "water": "L"}  # fmt: skip
    times = ("laser", "beam", "setup", "machining", "furnace", "inspection")
    units = {f"{name}_time": "h" for name in times} | units
    told = {name: quantity(getattr(use, name), unit) for name, unit in units.items()}
    return {"alloy": use.alloy, "gas": use.gas} | told


def tell_fluids(screen: FluidScreen) -> dict[str, Any]:
    """What a job leaves, as plain JSON values."""
    powder, energy, wash = screen.powder, screen.energy, screen.wash
    told: dict[str, Any] = {
        "powder_fed": quantity(powder.fed, "kg"),
        "powder_kept": quantity(powder.kept, "kg"),
        "powder_collected": quantity(powder.collected, "kg"),
        "powder_escaped": quantity(powder.escaped, "kg"),
        "electricity": quantity(energy.electricity, "kWh"),
        "heat_in_the_part": quantity(energy.absorbed, "kWh"),
        "heat_to_the_chiller": quantity(energy.to_chiller, "kWh"),
        "heat_to_the_room": quantity(energy.to_room, "kWh"),
        "gas": quantity(screen.gas, "m^3"),
        "repairs_per_new_part_by_CO2e": quantity(screen.repairs, ""),
    }
    if wash is not None:
        told |= {
            "wash_water": quantity(wash.volume, "L"),
            "wash_load": quantity(wash.mass, "g"),
            "wash_concentration": quantity(wash.concentration, "kg/m^3"),
        }
    return told


def cost_table(told: dict[str, Any]) -> str:
    """The shop's own sheet as CSV text: what, expected, ends of the 90 % band, unit."""
    text, currency = io.StringIO(), told["currency"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("what", "expected", "low", "high", "unit"))
    writer.writerow(("price", _short(told["price"]["amount"]), "", "", currency))
    groups = (("cost", told["costs"], currency), ("CO2e", told["kgCO2e"], "kg"),
              ("lost part, shop", told["lost_part"]["shop"], currency),
              ("lost part, customer", told["lost_part"]["customer"], currency))  # fmt: skip
    for group, lines, unit in groups:
        _write_lines(writer, group, lines, unit)
    for group in ("use", "fluids"):
        for name, one in told[group].items():
            if isinstance(one, dict):
                values = (_short(one[key]) for key in ("value", "p05", "p95"))
                writer.writerow((f"{group}: {name.replace('_', ' ')}", *values, one["unit"]))
    for name in ("chance_of_damage", "chance_of_loss"):
        values = (_short(told[name][key]) for key in ("value", "p05", "p95"))
        writer.writerow((name.replace("_", " "), *values, "1"))
    for one in told["deductibles"]:
        bears = f"price with a deductible of {_short(one['customer_bears'])}"
        writer.writerow((bears, _short(one["price"]), "", "", currency))
    for convention, share in (told["break_even"] or {}).items():
        writer.writerow((f"chance of loss that earns nothing: {convention}", _short(share),
                         "", "", "1"))  # fmt: skip
    if told["coupon"] is not None:
        _write_coupon(writer, told["coupon"], currency)
    return text.getvalue()


def _write_lines(writer: Any, group: str, lines: dict[str, Any], unit: str) -> None:
    for name, one in lines.items():
        values = (_short(one[key]) for key in ("expected", "low", "high"))
        writer.writerow((f"{group}: {name}", *values, unit))


def _write_coupon(writer: Any, coupon: dict[str, Any], currency: str) -> None:
    chance_of_it, shown = _short(coupon["chance"]), coupon["shown"]
    writer.writerow(("chance that a coupon shows the beads as planned", chance_of_it, "", "", "1"))
    if shown is None:
        return
    price = _short(shown["price"]["amount"])
    writer.writerow(("price after the coupon", price, "", "", currency))
    _write_lines(writer, "cost after the coupon", shown["costs"], currency)
    loss = (_short(shown["chance_of_loss"][key]) for key in ("value", "p05", "p95"))
    writer.writerow(("chance of loss after the coupon", *loss, "1"))


def _short(value: float) -> str:
    return f"{float(np.round(value, 12)):.6g}"
