"""Figures of hardness, warping, cost and wash water that a person can reckon by hand.

`python benchmarks/hand_reckoned.py`; the tests hold the same figures against independent solutions.
"""

from __future__ import annotations

import numpy as np
from page import Row, conditions, table, write_section

from reclad.job import read_material
from reclad.risk.distortion import bow_of_lines, helix_kinks, plate_curvature, round_section
from reclad.risk.hardness import haz_hardness, maynier_hardness, yurioka_hardness
from reclad.risk.tempering import holding_parameter, tempered_hardness
from reclad.risk.tendon import ElasticMetal
from reclad.shop.damage import break_even_chance
from reclad.shop.fluids import balance_energy, balance_powder
from reclad.shop.money import amount
from reclad.shop.sorbent import Bed, Linear, bed_life

COOLING = np.array([0.3, 1.65])  # s from 800 to 500 degC
HOURLY = 23.0 + 0.5 + 38.0 + 47.0  # yuan/h: electricity, glass, labour, gas (key LITUO-35)
LAYERS = ((330.0, 1.2, 420.0), (402.0, 1.0, 510.5), (587.0, 0.7, 742.0))
STEEL = ElasticMetal.of(
    modulus=210e9, poisson=0.29, expansion=12e-6, yield_strength=650e6, heat_capacity=3.77e6
)


def hardness() -> list[Row]:
    """42CrMo4 as quenched, by either model, and after a furnace."""
    chemistry = dict(read_material("42CrMo4").composition.mass_share)
    both = maynier_hardness(chemistry, COOLING), yurioka_hardness(chemistry, COOLING)
    middle = haz_hardness(chemistry, COOLING).middle
    parameter = holding_parameter(640.0 + 273.15, 7200.0)
    soft = float(tempered_hardness(chemistry, middle[0], parameter))
    return [
        Row(
            "42CrMo4 as quenched, 800 to 500 °C in 0.3 and 1.65 s",
            f"{middle[0]:.0f} and {middle[1]:.0f} HV (Maynier {both[0][0]:.0f}, {both[0][1]:.0f}; "
            f"Yurioka {both[1][0]:.0f}, {both[1][1]:.0f})",
            "about 680-720 HV",
            bool((middle > 675.0).all() and (middle < 725.0).all()),
        ),
        Row("the same after 2 h at 640 °C", f"{soft:.0f} HV", "lower", soft < middle.min()),
    ]


def warping() -> list[Row]:
    """Bow of a bar, a plate, and closed turns, each over its hand formula."""
    _, inertia = round_section(0.03)
    found = bow_of_lines([14e3], [0.0], radius=0.03, length=1.0, modulus=[210e9], inertia=inertia)
    bar = float(np.hypot(*found[0]))
    by_hand = 14e3 * 0.03 / (210e9 * np.pi * 0.06**4 / 64.0) / 8.0
    curvature = float(plate_curvature([2.5e-4], 0.15, 0.15, STEEL, STEEL)[0])
    kinks = helix_kinks([14e3], 40.0, start=0.7, radius=0.03, modulus=[210e9], inertia=inertia)
    left = float(np.linalg.norm(kinks.sum(axis=1)) / np.linalg.norm(kinks[:, 0]))
    return [
        Row(
            "bow of a bar, 60 mm and 1 m, under a bead that pulls 14 kN",
            f"{1e3 * bar:.3f} mm, {100 * (bar / by_hand - 1):+.2g} % off",
            "≤ 1 %",
            abs(bar / by_hand - 1.0) <= 0.01,
        ),
        Row(
            "curvature of two like strips, 3/2 of the misfit over the thickness",
            f"{100 * (curvature / (1.5 * 2.5e-4 / 0.3) - 1):+.2g} % off",
            "≤ 1 %",
            abs(curvature / (1.5 * 2.5e-4 / 0.3) - 1.0) <= 0.01,
        ),
        Row("what 40 closed turns leave of a turn's kink", f"{left:.0e}", "0", left < 1e-9),
    ]


def cost() -> list[Row]:
    """A maker's table with its units, and the chance at which nothing is earned."""
    rows = []
    for powder, rate, right in LAYERS:
        total = amount(HOURLY, "yuan/h") / amount(rate, "m^2/h") + amount(powder, "yuan/m^2")
        found = float(total.to("yuan/m^2"))
        rows.append(
            Row(
                f"a maker's {HOURLY:g} yuan/h at {rate:g} m²/h and {powder:g} yuan/m² of powder",
                f"{found:.1f} yuan/m²",
                f"{right:g}",
                abs(found - right) <= 0.5,
            )
        )
    margin, liability = amount(1500.0, "CNY"), amount(50_000.0, "CNY")
    kept, lost = (
        100.0 * float(break_even_chance(margin, liability, way))
        for way in ("margin kept", "margin lost")
    )
    rows.append(
        Row(
            "break-even chance of 1,500 yuan margin against 50,000 yuan liability",
            f"{kept:.2f} % with the job paid all the same (margin / liability), {lost:.2f} % with "
            "the margin lost (margin / (liability + margin))",
            "3.0 or 2.91 %",
            abs(kept - 3.0) < 5e-3 and abs(lost - 2.91) < 5e-3,
        )
    )
    return rows


def fluids() -> list[Row]:
    """Balances, and a bed of sorbent in the linear limit."""
    powder = balance_powder(6.11, 4.78, 0.6)
    energy = balance_energy(3.4e7, 0.4, 0.33, 9e7, 1.1e8)
    spilt = (powder.kept + powder.collected + powder.escaped) / powder.fed - 1.0
    gaps = [abs(float(spilt)), abs(float(energy.residual))]
    bed, flow, held = Bed(0.05, 0.4, 300.0), 1e-6, 0.02
    life = bed_life(bed, Linear(held), 0.3, flow)
    closed = (0.4 + 300.0 * held) * 0.05 / flow
    return [
        Row("powder and energy balances", f"{max(gaps):.0e} open", "≤ 1e-9", max(gaps) <= 1e-9),
        Row(
            "life of a sorbent bed in the linear limit",
            f"{100 * (life / closed - 1):+.1g} % off the closed form",
            "equal",
            abs(life / closed - 1.0) < 1e-9,
        ),
    ]


if __name__ == "__main__":
    text = (
        "## Reckoned by hand\n\n"
        f"By `python benchmarks/hand_reckoned.py` on {conditions()}.\n\n"
        + table([*hardness(), *warping(), *cost(), *fluids()])
    )
    print(text)
    write_section("hand reckoned", text)
