"""Chemistry of clad layers: mass balance, iron classes, carbide kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import JobError, ProcessError
from reclad.job import read_material
from reclad.risk.clad_chemistry import (
    SUPERHEAT,
    carbide_fed,
    carbide_shares,
    drawn_carbide,
    iron_class,
    layer_chemistry,
    mass_dilution,
)

IN625 = {"Ni": 0.625, "Cr": 0.215, "Mo": 0.09, "Nb": 0.0365, "Fe": 0.025, "C": 0.0005}
STEEL = {"Fe": 0.97, "C": 0.004, "Cr": 0.01, "Mn": 0.008}


def test_the_first_layer_mixes_with_the_parent_and_the_next_with_it() -> None:
    layers = layer_chemistry(IN625, STEEL, [0.1, 0.2])
    first = 0.1 * 0.97 + 0.9 * 0.025
    assert layers["Fe"] == pytest.approx([first, 0.2 * first + 0.8 * 0.025])
    assert layers["Mn"] == pytest.approx([0.0008, 0.00016])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_nothing_is_lost_and_iron_falls_towards_the_powder(dilution: list[float]) -> None:
    layers = layer_chemistry(
        {**IN625, "Ti": 1 - sum(IN625.values())}, {**STEEL, "Si": 1 - sum(STEEL.values())}, dilution
    )
    assert sum(layers.values()) == pytest.approx(np.ones(len(dilution)))
    assert (np.diff(layers["Fe"]) <= 1e-12).all()


def test_draws_of_dilution_stay_draws() -> None:
    dilution = np.array([[0.0, 0.0], [0.05, 0.1], [1.0, 1.0]])
    iron = layer_chemistry(IN625, STEEL, dilution)["Fe"]
    assert iron.shape == (3, 2)
    assert iron[0] == pytest.approx([0.025, 0.025])
    assert iron[2] == pytest.approx([0.97, 0.97])


def test_iron_classes_end_at_five_and_ten_per_cent() -> None:
    named = iron_class([0.025, 0.05, 0.0501, 0.10, 0.1001])
    assert named.tolist() == ["FE5", "FE5", "FE10", "FE10", "none"]
    assert str(iron_class(0.08)) == "FE10"


def test_a_second_layer_brings_alloy_625_back_to_fe5() -> None:
    iron = layer_chemistry(IN625, STEEL, [0.08, 0.08])["Fe"]
    assert iron_class(iron).tolist() == ["none", "FE5"]


def test_dilution_by_mass_follows_the_densities() -> None:
    # 10 % by area of steel at 7850 under an alloy at 8440 kg/m3.
    by_hand = 785.0 / (785.0 + 0.9 * 8440.0)
    assert mass_dilution(0.1, 7850.0, 8440.0) == pytest.approx(by_hand)
    assert mass_dilution([0.0, 0.3, 1.0], 8000.0, 8000.0) == pytest.approx([0.0, 0.3, 1.0])


def test_carbide_is_diluted_and_dissolved() -> None:
    cold = carbide_shares(0.6, [0.1, 0.2], 0.0)
    assert cold.whole == pytest.approx([0.54, 0.2 * 0.54 + 0.8 * 0.6])
    assert cold.dissolved == pytest.approx([0.0, 0.0])
    hot = carbide_shares(0.6, [0.1, 0.2], 500.0)
    # 500 K lose 10 % (assumed); what the second layer remelts loses again.
    assert hot.whole == pytest.approx([0.486, 0.9 * (0.2 * 0.486 + 0.48)])
    assert hot.whole + hot.dissolved == pytest.approx(cold.whole)


def test_more_superheat_never_keeps_more_carbide() -> None:
    whole = carbide_shares(0.6, np.full((50, 2), 0.1), np.linspace(-100.0, 9000.0, 50)).whole
    assert (np.diff(whole, axis=0) <= 1e-12).all()
    assert whole[-1] == pytest.approx([0.0, 0.0])


def test_sixty_per_cent_carbide_is_read_back_from_the_tungsten_of_the_shipped_composite() -> None:
    composite, matrix = read_material("WC60-NiCrBSi40"), read_material("NiCrBSi")
    assert carbide_fed(composite.composition.share("W")) == pytest.approx(0.6, abs=2e-4)
    assert carbide_fed(183.84 / 195.851) == pytest.approx(1.0)
    for element in ("Cr", "B", "Si"):
        own = matrix.composition.share(element)
        assert composite.composition.share(element) == pytest.approx(0.4 * own)


def test_drawn_carbide_lies_around_the_middle_of_what_is_assumed() -> None:
    drawn = drawn_carbide(0.6, np.full((4000, 2), 0.1))
    middle = carbide_shares(0.6, [0.1, 0.1], SUPERHEAT)
    assert np.median(drawn.whole, axis=0) == pytest.approx(middle.whole, rel=0.01)
    low, high = np.quantile(drawn.whole[:, 0], [0.05, 0.95])
    assert 0.54 * 0.8 < low < high < 0.54 * 0.99
    again = drawn_carbide(0.6, np.full((4000, 2), 0.1))
    assert (drawn.whole == again.whole).all()
    assert drawn.whole + drawn.dissolved == pytest.approx(
        np.broadcast_to([0.54, 0.594], drawn.whole.shape)
    )


def test_nonsense_is_refused() -> None:
    with pytest.raises(ProcessError, match="dilution 15 must lie between 0 and 1"):
        layer_chemistry(IN625, STEEL, [15.0])
    with pytest.raises(ProcessError, match="one value per layer"):
        layer_chemistry(IN625, STEEL, 0.1)
    with pytest.raises(ProcessError, match="carbide share 60"):
        carbide_shares(60.0, [0.1], 0.0)
    with pytest.raises(ProcessError, match=r"carbide share 1\.06"):
        carbide_fed(1.0)
    with pytest.raises(JobError, match=r"Ni -0\.1"):
        layer_chemistry({"Ni": -0.1}, STEEL, [0.1])
