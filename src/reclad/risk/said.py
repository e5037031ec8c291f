"""Words that a person reads: a sentence and its values, so that any language can say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """A sentence with {named} places, and what stands there."""

    words: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words.format(**self.values)


def percent(share: float) -> str:
    """A chance as a person reads it, two digits; never a certainty, which no model can promise."""
    return f"{100.0 * share:.2g} %" if share < 0.995 else ">99 %"


def over(chance: float, limit: float) -> dict[str, str]:
    """A chance and the limit it is over, each for its place in a sentence, with the digits that
    tell them apart."""
    told = percent(chance), percent(limit)
    for digits in (3, 4):
        if told[0] == told[1]:
            told = f"{100.0 * chance:.{digits}g} %", f"{100.0 * limit:.{digits}g} %"
    return {"chance": told[0], "limit": told[1]}
