"""What one repair uses and leaves, as plain values for a screen or another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.job.sources import source_key
from reclad.record.summary import quantity
from reclad.shop.footprint import count_repairs
from reclad.shop.money import Amount
from reclad.shop.quote_table import tell_fluids
from reclad.shop.wash_bed import last_bed

if TYPE_CHECKING:
    from reclad.shop.quote import Quote
    from reclad.shop.wash_bed import BedAsked, BedLife


def tell_leavings(quote: Quote, bed: BedAsked) -> dict[str, Any]:
    """Powder, gas, energy, CO2e and wash water of one repair, the life of the bed, and how many
    repairs of this size a new part is worth, as plain JSON values with their 90 % bands.

    The repair is done once, without rework; its price is the one on the customer's page.
    Checked in tests/shop/test_wash_bed.py.
    """
    use, screen = quote.use, quote.fluids
    price = (quote.shown or quote).price
    repairs = count_repairs(quote.new_price, Amount(0.0, price.dimension), price)
    told = {
        "kind": "reclad fluids",
        "job": quote.planned.job.name,
        "day": quote.day.isoformat(),
        "prices": quote.stated.name,
        "alloy": use.alloy,
        "gas_name": use.gas,
        **tell_fluids(screen),
        "powder_lost": quantity(screen.powder.lost, "kg"),
        "CO2e": quantity(quote.footprint.total.value, "kg"),
        "repairs_per_new_part_by_price": quantity(repairs, ""),
    }
    if screen.wash is not None:
        oil = np.asarray(quote.prices["work oil"].value)
        told |= {
            "wash_oil": quantity(oil, "g"),
            "wash_powder": quantity(screen.wash.mass - oil, "g"),
        }
    life = last_bed(quote, bed)
    return told | {"bed": None if life is None else _bed(quote, bed, life)}


def _bed(quote: Quote, asked: BedAsked, life: BedLife) -> dict[str, Any]:
    stated = quote.stated.bed
    size = quote.prices["bed volume"].value if asked.volume is None else asked.volume
    leaves = (stated.bulk_density, stated.uptake, stated.tested_at)
    return {
        "isotherm": life.isotherm,
        "volume": quantity(size, "L"),
        "oil": quantity(life.oil, "kg/m^3"),
        "capacity": quantity(life.capacity, "m^3"),
        "repairs": quantity(life.repairs, ""),
        "water_per_day": quantity(life.per_day, "L"),
        "flow_stated": life.stated,
        "treated": quantity(life.treated, "m^3"),
        "change_by": {
            "middle": life.middle.isoformat(),
            "earliest": life.early.isoformat(),
            "latest": life.late.isoformat(),
        },
        "assumed": any(source_key(leaf.source) == "assumed" for leaf in leaves),
    }
