"""The validation page: a template filled with computed figures, none of them typed."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from typing import Any

import numpy as np

from reclad.job import read_material
from reclad.process import read_spot
from reclad.process.limits import KEYHOLE_MAX
from validation.comparison import (
    EDGES,
    HERE,
    Floats,
    Tracks,
    dividing_index,
    melting_share,
    predict_tracks,
    score,
    select,
)

SHALLOW = 0.5  # a pool in conduction is no deeper than this share of its width
ASSUMPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("spot read as 1/e (1.4 times larger)", {"read_as": "1/e"}),
    ("absorptivity 1.3 times", {"absorptivity": 1.3}),
    ("heat of melting counted in the pool", {"melting": True}),
    ("the same, and absorptivity 1.3 times", {"melting": True, "absorptivity": 1.3}),
)
_REFERENCE = {"power_W": "2000", "speed_mm_s": "10", "spot_mm": "3", "preheat_C": "200"}


def assume(h: Tracks) -> dict[str, Tracks]:
    """The tracks in conduction with each assumption changed in turn."""
    source = select(h.source, h.between(*EDGES[:2]))
    return {label: predict_tracks(source, **change) for label, change in ASSUMPTIONS}


def write_page(
    h: Tracks,
    c: Tracks,
    assumed: dict[str, Tracks],
    m: dict[str, Any],
    effects: dict[str, Any],
) -> str:
    """docs/validation.md from the 316L and IN718 tracks, the former under changed assumptions, and
    the designed experiment."""
    facts = _facts(h, c) | {
        "tables": "\n\n".join(_table(t) for t in (h, c)),
        "threshold": "\n".join(_threshold(t) for t in (h, c)),
        "warmed": "\n".join(_warmed(c, name) for name in c.measured),
        "sensitivity": "\n".join(_sensitivity(h, assumed)),
        "sources": "\n\n".join(_source(s) for s in (h.source, c.source, m)),
        "m_title": m["title"],
        "m": [_pair(m, name, *found) for name, found in effects.items()],
        "reported": _reported(m)["width P"],
        "effects": "\n".join(_effects(m, effects)),
        "left_out": "\n".join(
            f"| {e['key']}: {e['source']} ({e['origin']}) | {e['licence']} | {e['why']} |"
            for e in tomllib.loads((HERE / "left_out.toml").read_text("utf-8"))["left_out"]
        ),
    }
    return (HERE / "page.md").read_text("utf-8").format_map(facts)


def _facts(h: Tracks, c: Tracks) -> dict[str, Any]:
    conduction, spot = h.between(*EDGES[:2]), h.settings["spot_mm"]
    widths = np.concatenate([t.measured["width"] for t in (h, c)]) * 1e3
    (h_cut, h_wrong), (c_cut, _) = (dividing_index(t, SHALLOW) for t in (h, c))
    king = 2.0**1.5 * (1.0 + melting_share(read_material(h.source["conditions"]["material"])))
    steel = {"material": "42CrMo4"}
    job = predict_tracks(c.source | {"data": [_REFERENCE], "compared": [], "conditions": steel})
    narrow, wide = (read_spot(1.0, definition).radius for definition in ("1/e2", "1/e"))
    return {
        "h": [{n: score(h, n, h.between(*e)) for n in h.measured} for e in pairwise(EDGES)],
        "c": {n: score(c, n, c.index > 0.0) for n in c.measured},
        "small": score(h, "width", conduction & (spot < 0.1)),
        "large": score(h, "width", conduction & (spot > 0.1)),
        "deep": score(h, "depth", h.index > KEYHOLE_MAX),
        "h_rows": h.index.size,
        "h_cut": h_cut,
        "h_wrong": h_wrong,
        "c_lowest": c.index.min(),
        "c_deep": (c.aspect > SHALLOW).sum(),
        "c_cut": c_cut,
        "c_spot": 0.1 * (c_cut / KEYHOLE_MAX) ** (2.0 / 3.0),
        "c_below": (c.index < KEYHOLE_MAX).sum(),
        "c_missed": ((c.index < KEYHOLE_MAX) & (c.aspect > SHALLOW)).sum(),
        "alarm": KEYHOLE_MAX,
        "narrow": widths.min(),
        "broad": widths.max(),
        "king": king,
        "king_cut": king * h_cut,
        "job": job.index[0],
        "fallen": (narrow / wide) ** 1.5,
    }


def _table(t: Tracks) -> str:
    lines = [
        f"### {t.source['title']}\n",
        "| index | tracks | measured depth / width, median (range) | quantity | inside | widened "
        "| ratio | band |\n|--:|--:|--:|---|--:|--:|--:|--:|",
    ]
    for low, high in pairwise(EDGES):
        rows = t.between(low, high)
        label = f"{low:g}–{high:g}" if np.isfinite(high) else f"> {low:g}"
        if not rows.any():
            lines.append(f"| {label} | 0 | – | – | – | – | – | – |")
            continue
        a = t.aspect[rows]
        lead = f"| {label} | {a.size} | {np.median(a):.2f} ({a.min():.2f}–{a.max():.2f}) "
        for name in t.measured:
            s = score(t, name, rows)
            lines.append(
                f"{lead}| {name} | {s.inside} ({s.inside / s.rows:.0%}) | {s.widened} "
                f"({s.widened / s.rows:.0%}) | {s.ratio:.2f} ({s.low:.2f}–{s.high:.2f}) "
                f"| ±{s.band:.0%} |"
            )
            lead = "| | | "
    return "\n".join(lines)


def _threshold(t: Tracks) -> str:
    deep, alarm = t.aspect > SHALLOW, t.index > KEYHOLE_MAX
    cut, wrong = dividing_index(t, SHALLOW)
    return (
        f"| {t.source['key']} | {t.index.size} | {deep.sum()} | {t.index[deep].min():.1f} "
        f"| {t.index[~deep].max():.1f} | {cut:.1f} ({wrong}) | {(deep & ~alarm).sum()} "
        f"| {(~deep & alarm).sum()} |"
    )


def _warmed(c: Tracks, name: str) -> str:
    base = c.settings["preheat_C"]
    order = np.lexsort((c.settings["speed_mm_s"], c.settings["power_W"], base))
    cool, hot = order.reshape(2, -1)
    middle, measured = np.median(c.predicted[name], axis=0), c.measured[name]
    low, half, high = np.quantile(measured[hot] / measured[cool] - 1.0, (0.1, 0.5, 0.9))
    predicted = np.median(middle[hot] / middle[cool]) - 1.0
    return f"| {name} | {hot.size} | {half:+.1%} ({low:+.1%} to {high:+.1%}) | {predicted:+.1%} |"


def _sensitivity(h: Tracks, assumed: dict[str, Tracks]) -> list[str]:
    lines = []
    for label, tracks in ({"as shipped": h} | assumed).items():
        rows = h.between(*EDGES[:2]) if tracks is h else tracks.index > 0.0
        w, d = (score(tracks, name, rows) for name in ("width", "depth"))
        lines.append(f"| {label} | {w.inside} | {w.ratio:.2f} | {d.inside} | {d.ratio:.2f} |")
    return lines


def _reported(m: dict[str, Any]) -> dict[str, float]:
    return {f"{r['response']} {r['term']}": float(r["coefficient_mm"]) for r in m["data"]}


def _pair(m: dict[str, Any], name: str, drawn: dict[str, Floats], index: Floats) -> dict[str, Any]:
    power = float(np.median(drawn["width P"])) * 1e3
    return {"pair": name, "rows": len(m["data"]), "inside": effects_inside(m, drawn)} | {
        "power": power,
        "lowest": index.min(),
        "highest": index.max(),
    }


def effects_inside(m: dict[str, Any], drawn: dict[str, Floats]) -> int:
    """How many reported effects lie in the 5-95 % band of the predicted ones."""
    band = {term: np.quantile(values * 1e3, (0.05, 0.95)) for term, values in drawn.items()}
    return sum(bool(band[t][0] <= v <= band[t][1]) for t, v in _reported(m).items())


def _effects(m: dict[str, Any], effects: dict[str, Any]) -> list[str]:
    lines = []
    for term, value in _reported(m).items():
        cells = []
        for drawn, _ in effects.values():
            low, half, high = np.quantile(drawn[term] * 1e3, (0.05, 0.5, 0.95))
            mark = "inside" if low <= value <= high else "**outside**"
            cells.append(f"{half:z.2f} ({low:z.2f} to {high:z.2f}) {mark}")
        label = term.replace("_missing_symbol", " (variable not printed)")
        lines.append(f"| {label} | {value:g} | {' | '.join(cells)} |")
    return lines


def _source(s: dict[str, Any]) -> str:
    spot, conditions = s["spot"], s["conditions"]
    unfair = "\n".join(f"  - {reason}" for reason in s["unfair"]["reasons"])
    return (
        f"**{s['key']}** ({s['origin']}, grade {s['grade']})\n\n- {s['citation']}\n"
        f"- read in: {s['source']}\n- licence: {s['licence']}; changes: {s['changes']}\n"
        f"- conditions: {conditions['process']}; base: {conditions['base']}\n"
        f"- spot: {spot['stated']}, read as {spot['read_as']}; {spot['ambiguity']}\n"
        f"- scatter of repeats: {s['scatter']['origin']}\n"
        f"- where the comparison is unfair:\n{unfair}"
    )
