"""Numbers as a person reads them: the shown unit, honest digits, both languages."""

from __future__ import annotations

import math

from reclad.record.views import Estimate
from reclad.record.words import Words, say
from reclad.units import to_unit

BARE = {"": "", "HV": "HV"}  # shown as they are: counts, hardness
_MARKS = {"degC": "°C", "deg": "°"}
NARROW = "\N{NARROW NO-BREAK SPACE}"
HARD = "\N{NO-BREAK SPACE}"


def shown(value: float, unit: str) -> float:
    """The SI value in the shown unit: a spelling of `reclad.units`, "" or "HV"."""
    return value if unit in BARE else to_unit(value, unit)


def symbol(unit: str) -> str:
    """How the unit is printed, e.g. "g/min", "°C", "m³"."""
    fancy = unit.replace("^2", "²").replace("^3", "³").replace("um", "µm")
    return BARE.get(unit, _MARKS.get(unit, fancy))


def decimals_of(width: float, value: float = 0.0) -> int:
    """Decimals that give an interval two significant digits (a bare value four)."""
    size = abs(width) or abs(value) / 100
    if size < 1e-12:
        return 0
    return min(4, max(0, 1 - math.floor(math.log10(size))))


def number(value: float, decimals: int) -> str:
    """A number with a real minus sign and thin spaces between thousands from 10 000."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    if abs(value) >= 1e4:
        text = f"{float(text):,.{decimals}f}".replace(",", NARROW)
    return text.replace("-", "−")


def plain(value: float, unit: str, digits: int = 4) -> str:
    """A set value without its unit: `digits` significant digits, no trailing zeros."""
    amount = shown(value, unit)
    text = number(amount, decimals_of(abs(amount) * 10.0 ** (2 - digits)))
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float, unit: str, digits: int = 4) -> str:
    """A set value with its unit, e.g. "1.85 kW"."""
    return join_unit(plain(value, unit, digits), unit)


def join_unit(text: str, unit: str) -> str:
    """Text and unit with a space that does not break; degrees close up."""
    mark = symbol(unit)
    return text if not mark else text + ("" if mark == "°" else HARD) + mark


def estimate_parts(estimate: Estimate, unit: str) -> tuple[str, str, str]:
    """Low, mid, high as text in the shown unit, all with the same decimals."""
    low, mid, high = (shown(v, unit) for v in (estimate.low, estimate.mid, estimate.high))
    decimals = decimals_of(high - low, mid)
    return number(low, decimals), number(mid, decimals), number(high, decimals)


def interval(estimate: Estimate, unit: str) -> str:
    """Like "1.24 mm (1.05–1.46)"."""
    low, mid, high = estimate_parts(estimate, unit)
    between = "…" if low.startswith("−") or high.startswith("−") else "–"
    return f"{join_unit(mid, unit)} ({low}{between}{high})"


def chance(probability: float) -> str:
    """A probability in whole percent; never 0 % or 100 %, which no model can promise."""
    if probability < 0.01:
        return f"<{HARD}1{HARD}%"
    if probability > 0.99:
        return f">{HARD}99{HARD}%"
    return f"{math.floor(100 * probability + 0.5)}{HARD}%"


def limit_text(at_least: float | None, at_most: float | None, unit: str) -> str:
    """Like "≤ 10 %", "≥ 1.0 mm" or "0.9–1.3 mm"."""
    if at_least is not None and at_most is not None:
        return join_unit(f"{plain(at_least, unit)}–{plain(at_most, unit)}", unit)
    if at_most is not None:
        return f"≤{HARD}{quantity(at_most, unit)}"
    if at_least is not None:
        return f"≥{HARD}{quantity(at_least, unit)}"
    return "–"


def span(ends: tuple[float, float], unit: str) -> str:
    """Lowest and highest value met, like "0.42–0.45 mm"; once where both read the same."""
    low, high = (shown(value, unit) for value in ends)
    # Never finer than a per cent of the value, however narrow the range.
    decimals = decimals_of(max(high - low, abs(high) / 100))
    texts = [number(low, decimals), number(high, decimals)]
    between = "…" if texts[0].startswith("−") or texts[1].startswith("−") else "–"
    return join_unit(texts[0] if texts[0] == texts[1] else between.join(texts), unit)


def duration(seconds: float) -> Words:
    """Seconds as hours and minutes, or minutes and seconds when short."""
    if seconds >= 3600:
        minutes = round(seconds / 60)
        return say("{h} h {min} min", h=f"{minutes // 60}", min=f"{minutes % 60:02d}")
    whole = round(seconds)
    if whole >= 60:
        return say("{min} min {s} s", min=f"{whole // 60}", s=f"{whole % 60:02d}")
    return say("{s} s", s=plain(seconds, "s"))
