"""Two claddings judged as one: chances join, and each figure is that of the likelier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.job import read_damages
from reclad.risk.joining import join
from reclad.risk.modes import Evidence, Figure, ModeChance
from reclad.risk.said import Said

HAZARDS = read_damages("general")
NOTHING = Evidence((), None, None, None, None, None, None, ())


def told(kind: str, chance: float, where: str) -> ModeChance:
    figure = Figure(where, np.array([chance]), None)
    return ModeChance(HAZARDS.mode(kind), chance, figure, Said(where))


share = st.floats(0.0, 1.0)


@given(a=share, b=share)
def test_a_damage_of_either_is_one_of_the_repair(a: float, b: float) -> None:
    under = replace(NOTHING, modes=(told("hot_cracking", a, "under"),))
    over = replace(NOTHING, modes=(told("hot_cracking", b, "over"),))
    (one,) = join(under, over, "C45").modes
    assert one.chance == pytest.approx(a + b - a * b, abs=1e-12)
    assert one.chance >= max(a, b) - 1e-12
    if a != b:
        assert one.figure.name == str(one.why) == ("under" if a > b else "over")


def test_a_damage_of_one_alone_keeps_its_chance() -> None:
    under = replace(NOTHING, modes=(told("cold_cracking", 0.1, "under"),))
    over = replace(NOTHING, modes=(told("hard_phase_cracking", 0.2, "over"),))
    joined = {one.mode.mode: one.chance for one in join(under, over, "C45").modes}
    assert joined == {
        "cold_cracking": pytest.approx(0.1),
        "hard_phase_cracking": pytest.approx(0.2),
    }


def test_a_note_of_both_stands_once_and_the_metal_between_is_named() -> None:
    under = replace(NOTHING, notes=(Said("of both"), Said("under")))
    over = replace(NOTHING, notes=(Said("of both"), Said("over")))
    *notes, last = (str(note) for note in join(under, over, "C45").notes)
    assert notes == ["of both", "under", "over"]
    assert last.startswith("zone and warping of C45 are those of the buffer layer")
