"""Powder, energy, gas and wash water close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ShopError
from reclad.shop.fluids import balance_energy, balance_powder, gas_volume, load_wash

share = st.floats(0, 1)
positive = st.floats(1e-6, 1e6)


@given(positive, share, share)
def test_powder_fed_is_powder_kept_collected_and_escaped(
    fed: float, catchment: float, collected: float
) -> None:
    balance = balance_powder(fed, fed * catchment, collected)
    out = balance.kept + balance.collected + balance.escaped
    assert out == pytest.approx(fed, rel=1e-9)
    assert balance.lost == pytest.approx(fed - balance.kept, abs=1e-9 * fed)
    assert min(balance.collected, balance.escaped) >= 0


def test_more_powder_kept_than_fed_is_refused() -> None:
    with pytest.raises(ShopError, match=r"0\.5 kg more powder is kept"):
        balance_powder(np.array([1.0, 1.0]), np.array([0.7, 1.5]), 0.9)
    with pytest.raises(ShopError, match=r"collected share 1\.5"):
        balance_powder(1.0, 0.7, 1.5)
    with pytest.raises(ShopError, match="negative or no number"):
        balance_powder(float("nan"), 0.7, 0.5)


@given(positive, share, st.floats(0.05, 1), st.floats(0, 1e6), st.floats(0, 1e6))
def test_energy_from_the_wall_ends_in_part_chiller_and_room(
    light: float, absorbed: float, wall_plug: float, chiller: float, other: float
) -> None:
    balance = balance_energy(light, absorbed, wall_plug, chiller, other)
    assert abs(balance.residual) < 1e-9
    assert balance.absorbed + balance.reflected == pytest.approx(light, rel=1e-9)
    assert balance.laser == pytest.approx(balance.light + balance.laser_heat, rel=1e-9)
    assert balance.electricity >= light * (1 - 1e-12)


def test_a_laser_of_a_third_draws_three_times_its_light() -> None:
    balance = balance_energy(4.0, 0.4, 1 / 3, 5.0, 6.0)
    assert balance.laser == pytest.approx(12.0)
    assert balance.electricity == pytest.approx(23.0)
    assert balance.to_chiller == pytest.approx(8.0 + 5.0)
    assert balance.to_room == pytest.approx(6.0 + 2.4)


@pytest.mark.parametrize("wall_plug", [0.0, 1.2, -0.1])
def test_an_impossible_wall_plug_efficiency_is_refused(wall_plug: float) -> None:
    with pytest.raises(ShopError, match="wall-plug"):
        balance_energy(1.0, 0.4, wall_plug, 0.0, 0.0)


def test_gas_is_flow_times_time() -> None:
    """15 + 5 L/min for an hour is 1.2 m3."""
    assert gas_volume(15 / 60000, 5 / 60000, 3600.0) == pytest.approx(1.2)
    with pytest.raises(ShopError, match="carrier gas flow"):
        gas_volume(1.0, -1.0, 1.0)


def test_what_is_washed_off_is_in_the_water() -> None:
    load = load_wash(0.2, oil=0.05, powder=0.1, washed_share=0.5)
    assert load.concentration * load.volume == pytest.approx(0.05 + 0.05, rel=1e-12)
    with pytest.raises(ShopError, match="must have a volume"):
        load_wash(0.0, 0.05, 0.1, 0.5)
