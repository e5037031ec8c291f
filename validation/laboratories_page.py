"""The page of the fitted model: a template filled with stored figures, none of them typed."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from reclad.job import read_trials
from validation.comparison import HERE, read_sources

MINE = "fitted model"
ERROR_BAR = 12.0  # %, of width and of depth of bare tracks
DILUTION_BAR = 8.0  # points
LEVEL = 0.05  # of the test whether a 90 % interval holds 90 %
QUANTITIES = ("width", "depth")
_RIVALS = ("mean of its rows", "straight line")  # that dilution has to beat
Figures = dict[str, Any]


def write_page(figures: Figures) -> str:
    """docs/validation-fitted.md from the figures of `laboratories.compute`."""
    cuts = cases_by_cut(figures)
    first, *wider = cuts.values()
    dilution = figures["dilution"] | {"median": median_errors(figures)}
    facts = {
        "losses": "\n".join(_losses(figures)),
        "cut": first[0]["cut"],
        "n": [case["rows"] for case in first],
        "worst": max(max(case["error"][MINE]) for case in first),
        "bar": ERROR_BAR,
        "bare_bar": _met(meets_bar(first)),
        "pooled": coverage(first),
        "methods": _methods(first),
        "inside": "\n".join(_inside(case) for case in first),
        "wider": "\n".join(line for cases in cuts.values() for line in _wider(cases)),
        "furthest": wider[0][0]["furthest"],
        "without": error_without_furthest(wider[0][0]),
        "with_it": wider[0][0]["error"][MINE][1],
        "next_cut": wider[0][0]["cut"],
        # adding nothing keeps a rounded nought from being printed with a sign
        "deepened": [
            round(case["error"]["prior alone"][1] - case["error"][MINE][1], 1) + 0.0
            for case in first
        ],
        "widened": [case["error"]["prior alone"][0] - case["error"][MINE][0] for case in first],
        "least": fewest_inside(first),
        "d": dilution["median"],
        "d_bar": DILUTION_BAR,
        "d_met": _met(dilution_meets_bar(dilution["median"])),
        "d_held": _held(figures),
        "d_table": "\n".join(_dilution_lines(figures)),
        "d_lowest": min(dilution["index"]),
        "d_highest": max(dilution["index"]),
        "d_least": sum(value > first[0]["cut"] for value in dilution["index"]),
        "splits": len(dilution["splits"]),
        "asked": len(dilution["splits"][0]["each"]),
        "c": figures["laboratories"],
        "c_table": "\n".join(_laboratory_lines(figures["laboratories"])),
        "c_above": sum(value > first[0]["cut"] for value in figures["laboratories"]["index"]),
        "r": figures["repeats"],
        "sources": _sources(),
    }
    return (HERE / "laboratories.md").read_text("utf-8").format_map(facts)


def cases_by_cut(figures: Figures) -> dict[float, list[Figures]]:
    """Cut of the keyhole index -> both directions between the spots, the cut of a fit first."""
    cuts = sorted({case["cut"] for case in figures["spots"]})
    return {cut: [case for case in figures["spots"] if case["cut"] == cut] for cut in cuts}


def meets_bar(cases: list[Figures]) -> bool:
    """Whether width and depth are within the bar and under Eagar-Tsai in every direction."""
    return all(
        mine <= ERROR_BAR and mine < other
        for case in cases
        for mine, other in zip(case["error"][MINE], case["error"]["Eagar-Tsai"], strict=True)
    )


def dilution_meets_bar(median: dict[str, float]) -> bool:
    """Whether the median error of dilution is within the bar and under its baselines."""
    return median[MINE] <= DILUTION_BAR and all(median[MINE] < median[name] for name in _RIVALS)


def median_errors(figures: Figures) -> dict[str, float]:
    """Method -> median over the splits of its mean error, points of dilution."""
    splits = figures["dilution"]["splits"]
    return {
        name: float(np.median([s["error"][name] for s in splits])) for name in splits[0]["error"]
    }


def coverage(cases: list[Figures]) -> Figures:
    """Sections inside their 90 % interval, pooled over directions and quantities, and the exact
    two-sided binomial test against 0.9."""
    from scipy.stats import binomtest

    inside = sum(sum(case["inside"]) for case in cases)
    rows = sum(len(QUANTITIES) * case["rows"] for case in cases)
    chance = float(binomtest(inside, rows, 0.9).pvalue)
    verdict = "passes" if chance >= LEVEL else "**fails**"
    return {
        "inside": inside,
        "rows": rows,
        "share": inside / rows,
        "p": chance,
        "verdict": verdict,
    }


def fewest_inside(cases: list[Figures]) -> int:
    """The fewest sections inside with which the test still passes."""
    rows = sum(case["rows"] for case in cases)
    counts = range(len(QUANTITIES) * rows + 1)
    made = ({"inside": [count, 0], "rows": rows} for count in counts)
    return next(one["inside"] for one in map(coverage, ([m] for m in made)) if one["p"] >= LEVEL)


def error_without_furthest(case: Figures) -> float:
    """Mean error of depth, %, over all tracks but the one that is missed by most."""
    off = [100.0 * abs(middle / measured - 1.0) for *_, measured, _, middle, _ in case["each"]]
    return float((sum(off) - max(off)) / (len(off) - 1))


def beaten(case: Figures) -> list[str]:
    """Where baselines come nearer than the fitted model, in words, the nearest of each."""
    found = []
    for column, quantity in enumerate(QUANTITIES):
        errors = {name: both[column] for name, both in case["error"].items()}
        best = min(errors, key=lambda name: errors[name])
        if errors[best] < errors[MINE]:
            found.append(f"{quantity} {errors[MINE]:.1f} against {errors[best]:.1f} % by {best}")
    return found


def _met(met: bool) -> str:
    return "met" if met else "**missed**"


def _losses(figures: Figures) -> list[str]:
    lines = []
    for cut, cases in cases_by_cut(figures).items():
        found = [(case["asked"], beaten(case)) for case in cases]
        count, of = sum(len(words) for _, words in found), len(QUANTITIES) * len(cases)
        told = "; ".join(f"{asked} {', '.join(words)}" for asked, words in found if words)
        lines.append(
            f"  - bare tracks to index {cut:g}: in {count} of {of} figures"
            + (f" ({told})" if told else "")
            + f"; bar {_met(meets_bar(cases))}"
        )
    other = beaten(figures["laboratories"])
    lines.append(f"  - another laboratory's IN718: {'; '.join(other) or 'nowhere'}")
    median = median_errors(figures)
    nearer = [n for n, error in median.items() if error < median[MINE]]
    lines.append(f"  - dilution: {', '.join(nearer) or 'nowhere'}")
    return lines


def _methods(cases: list[Figures]) -> str:
    lines = []
    best = [min(both[i] for both in c["error"].values()) for c in cases for i in (0, 1)]
    for name in cases[0]["error"]:
        values = [case["error"][name][i] for case in cases for i in (0, 1)]
        biases = [case["bias"][name][i] for case in cases for i in (0, 1)]
        cells = [
            (f"**{value:.1f}**" if value == least else f"{value:.1f}") + f" ({bias:+.1f})"
            for value, bias, least in zip(values, biases, best, strict=True)
        ]
        known = [str(case["absorptivity"].get(name, "–")) for case in cases]
        lines.append(f"| {name} | {' | '.join(cells)} | {', '.join(known)} |")
    return "\n".join(lines)


def _inside(case: Figures) -> str:
    (wide, deep), rows = case["inside"], case["rows"]
    return (
        f"| {case['asked']} from {case['fitted']} | {case['rows_fitted']} | {rows} "
        f"| {wide} ({wide / rows:.0%}) | {deep} ({deep / rows:.0%}) |"
    )


def _wider(cases: list[Figures]) -> list[str]:
    lines, found = [], coverage(cases)
    for case in cases:
        cells = []
        for column in range(len(QUANTITIES)):
            rivals = {n: b[column] for n, b in case["error"].items() if n != MINE}
            best = min(rivals, key=lambda name: rivals[name])
            mine = case["error"][MINE][column]
            shown = f"**{mine:.1f}**" if mine < rivals[best] else f"{mine:.1f}"
            cells.append(f"{shown} | {rivals[best]:.1f} {best}")
        lines.append(
            f"| {case['cut']:g} | {case['asked']} from {case['fitted']} | {case['rows_fitted']} → "
            f"{case['rows']} | {case['balling']} | {' | '.join(cells)} "
            f"| {case['inside'][0]}, {case['inside'][1]} "
            f"| {found['inside']} of {found['rows']}, p = {found['p']:.2g} |"
        )
    return lines


def _held(figures: Figures) -> Figures:
    splits = figures["dilution"]["splits"]
    rows = sum(len(split["each"]) for split in splits)
    inside = sum(split["inside"] for split in splits)
    bands = [row[4] - row[2] for split in splits for row in split["each"]]
    return {"inside": inside, "rows": rows, "share": inside / rows, "band": float(np.median(bands))}


def _dilution_lines(figures: Figures) -> list[str]:
    splits, lines = figures["dilution"]["splits"], []
    for name in splits[0]["error"]:
        errors = np.array([split["error"][name] for split in splits])
        mine = np.array([split["error"][MINE] for split in splits])
        worse = "–" if name == MINE else f"{(mine < errors).sum()} of {errors.size}"
        span = f"{errors.min():.1f}–{errors.max():.1f}"
        lines.append(f"| {name} | {np.median(errors):.1f} | {span} | {worse} |")
    return lines


def _laboratory_lines(case: Figures) -> list[str]:
    return [
        f"| {name} | {error[0]:.1f} ({bias[0]:+.1f}) | {error[1]:.1f} ({bias[1]:+.1f}) |"
        for name, error in case["error"].items()
        for bias in (case["bias"][name],)
    ]


@cache
def _sources() -> str:
    lines = []
    for name in ("hofmann", "dai"):
        head = read_trials(name).head
        lines.append(f"- **{name}** (shipped with reclad): {head.citation}. {head.description}")
    sources = read_sources()
    for key in ("CHEN-2020", "MSAM-2025"):
        source = sources[key]
        lines.append(
            f"- **{key}**: {source['citation']}. Read in: {source['source']}. Licence: "
            f"{source['licence']}. {' '.join(source['unfair']['reasons'])}"
        )
    return "\n".join(lines)
