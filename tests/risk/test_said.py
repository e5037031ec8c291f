"""Chances in words: never certain, and never equal to the limit that they are over."""

from __future__ import annotations

import pytest

from reclad.risk.said import over, percent


@pytest.mark.parametrize(
    ("chance", "limit", "told"),
    [
        (0.12, 0.03, ("12 %", "3 %")),
        (0.0303, 0.03, ("3.03 %", "3 %")),
        (0.03004, 0.03, ("3.004 %", "3 %")),
        (0.999, 0.05, (">99 %", "5 %")),
    ],
)
def test_a_chance_over_its_limit_reads_as_more(
    chance: float, limit: float, told: tuple[str, str]
) -> None:
    assert over(chance, limit) == {"chance": told[0], "limit": told[1]}


def test_no_chance_is_certain() -> None:
    assert percent(1.0) == ">99 %"
