"""Published hardness and critical-rate formulas of low-alloy steel on plain arrays.

Contents are mass per cent, `rate` is K/h at 700 degC, `cooling_time` is s from 800 to 500 degC,
hardness is HV. Arguments of any shapes that broadcast; the result has the common shape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAS_CONSTANT = 8.314462618  # J/mol/K, CODATA 2018, exact since 2019
AUSTENITE_ENERGY = 460.55e3  # J/mol, 110 kcal/mol (key maynier1978)
PHASES = ("martensite", "bainite", "ferrite_pearlite")


def austenite_parameter(
    temperature: NDArray[np.float64], time: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Maynier's Pa (K): the temperature (K) that does in one hour what `temperature` (K) did in
    `time` (s). Pa = 1 / (1/T - (R/dH) ln(t / 1 h))."""
    return np.asarray(
        1.0 / (1.0 / temperature - GAS_CONSTANT / AUSTENITE_ENERGY * np.log(time / 3600.0))
    )


def phase_hardness(
    rate: NDArray[np.float64],
    c: NDArray[np.float64],
    si: NDArray[np.float64],
    mn: NDArray[np.float64],
    ni: NDArray[np.float64],
    cr: NDArray[np.float64],
    mo: NDArray[np.float64],
    v: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Hardness of martensite, of bainite and of ferrite with pearlite (maynier1978)."""
    lg = np.log10(rate)
    martensite = 127 + 949 * c + 27 * si + 11 * mn + 8 * ni + 16 * cr + 21 * lg
    bainite = (
        -323 + 185 * c + 330 * si + 153 * mn + 65 * ni + 144 * cr + 191 * mo
        + (89 + 53 * c - 55 * si - 22 * mn - 10 * ni - 20 * cr - 33 * mo) * lg
    )  # fmt: skip
    ferrite = (
        42 + 223 * c + 53 * si + 30 * mn + 12.6 * ni + 7 * cr + 19 * mo
        + (10 - 19 * si + 4 * ni + 8 * cr + 130 * v) * lg
    )  # fmt: skip
    return martensite, bainite, ferrite


def critical_rates(
    pa: NDArray[np.float64],
    c: NDArray[np.float64],
    mn: NDArray[np.float64],
    ni: NDArray[np.float64],
    cr: NDArray[np.float64],
    mo: NDArray[np.float64],
) -> tuple[NDArray[np.float64], ...]:
    """log10 of the rates (K/h) for 100 and 90 % ferrite with pearlite; 50, 90 and 100 % bainite;
    50, 90 and 100 % martensite: slow to fast (maynier1978). `pa` K."""
    return (
        6.36 - 0.43*c - 0.49*mn - 0.78*ni - 0.26*cr - 0.38*mo - 2*np.sqrt(mo) - 0.0019*pa,
        7.51 - 1.38*c - 0.35*mn - 0.93*ni - 0.11*cr - 2.31*mo - 0.0033*pa,
        8.74 - 2.23*c - 0.86*mn - 0.56*ni - 0.59*cr - 1.60*mo - 0.0032*pa,
        10.55 - 3.65*c - 1.08*mn - 0.77*ni - 0.61*cr - 1.49*mo - 0.0040*pa,
        10.17 - 3.80*c - 1.07*mn - 0.70*ni - 0.57*cr - 1.58*mo - 0.0032*pa,
        8.50 - 4.13*c - 0.86*mn - 0.57*ni - 0.41*cr - 0.94*mo - 0.0012*pa,
        8.76 - 4.04*c - 0.96*mn - 0.49*ni - 0.58*cr - 0.97*mo - 0.0010*pa,
        9.81 - 4.62*c - 1.05*mn - 0.54*ni - 0.50*cr - 0.66*mo - 0.00183*pa,
    )  # fmt: skip


def phase_shares(
    lg: NDArray[np.float64], nodes: tuple[NDArray[np.float64], ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shares of martensite, bainite and ferrite with pearlite at log10 rate `lg`, straight in the
    logarithm between the critical rates `nodes` (as `critical_rates` gives them).

    The eight fits were made apart and may cross; a faster one never lies below a slower one here.
    """
    ordered = [nodes[0]]
    for node in nodes[1:]:
        ordered.append(np.maximum(ordered[-1], node))
    martensite = _rise(lg, ordered[4:], (0.0, 0.5, 0.9, 1.0))
    above_ferrite = _rise(lg, ordered[:5], (0.0, 0.1, 0.5, 0.9, 1.0))
    return martensite, above_ferrite - martensite, 1.0 - above_ferrite


def _rise(
    lg: NDArray[np.float64], nodes: list[NDArray[np.float64]], shares: tuple[float, ...]
) -> NDArray[np.float64]:
    """Straight pieces through (nodes, shares); a step where two nodes coincide."""
    total = np.zeros(())
    for i in range(len(shares) - 1):
        gap = np.maximum(nodes[i + 1] - nodes[i], 1e-9)
        step = shares[i + 1] - shares[i]
        total = total + step * np.clip((lg - nodes[i]) / gap, 0.0, 1.0)
    return np.asarray(total)


def zone_hardness(
    cooling_time: NDArray[np.float64],
    c: NDArray[np.float64],
    si: NDArray[np.float64],
    mn: NDArray[np.float64],
    ni: NDArray[np.float64],
    cr: NDArray[np.float64],
    mo: NDArray[np.float64],
    cu: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Highest hardness of the heat-affected zone, arctangent in log10 of the cooling time
    (yurioka1987, boron left out); nan where the curve would rise with the cooling time."""
    ce1 = c + si / 24 + mn / 6 + cu / 15 + ni / 12 + cr * (1 - 0.16 * np.sqrt(cr)) / 8 + mo / 4
    ce2 = c - si / 30 + mn / 5 + cu / 5 + ni / 4 + cr / 5 + mo / 2
    ce3 = c + mn / 3.6 + cu / 20 + ni / 9 + cr / 5 + mo / 4
    width = 1.15 * ce1 - 0.673 * ce3 - 0.601
    swing = 402 * c - 90 * ce2 + 80
    sound = (width < 0.0) & (swing > 0.0)
    x = (np.log10(cooling_time) - 2.30 * ce1 - 1.35 * ce3 + 0.882) / np.where(sound, width, -1.0)
    return np.where(sound, 442 * c + 99 * ce2 + 206 + swing * np.arctan(x), np.nan)
