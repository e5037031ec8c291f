"""Transformation temperatures and phase shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.risk import _hardness_kernels as kernels
from reclad.risk.transformation import (
    Austenitising,
    martensite_start,
    phase_shares,
    retained_austenite,
)

STEEL = {"C": 0.00405, "Si": 0.0025, "Mn": 0.00875, "Cr": 0.0095, "Mo": 0.002}


def test_martensite_starts_where_andrews_says() -> None:
    # By hand: 539 - 423 0.4 - 30.4 0.8 - 12.1 0.85 = 335.2 degC.
    steel = {"C": 0.004, "Mn": 0.008, "Cr": 0.0085}
    assert martensite_start(steel) == pytest.approx(335.195 + 273.15)


def test_austenite_is_retained_as_koistinen_and_marburger_say() -> None:
    # exp(-0.011 300) = 3.7 % left 300 K below the start, all of it above.
    assert retained_austenite(600.0, 300.0) == pytest.approx(np.exp(-3.3))
    assert retained_austenite(400.0, [300.0, 400.0, 500.0]) == pytest.approx([np.exp(-1.1), 1, 1])


def test_an_hour_of_austenitising_is_its_own_parameter() -> None:
    pa = kernels.austenite_parameter(np.array([1100.0, 1300.0]), np.array([3600.0, 3600.0]))
    assert pa == pytest.approx([1100.0, 1300.0])


def test_half_the_austenite_turns_into_martensite_at_its_critical_rate() -> None:
    # 50 % martensite: lg V = 8.50 - 4.13 C - 0.86 Mn - 0.41 Cr - 0.94 Mo - 0.0012 Pa, Pa 1123 K.
    lg = 8.50 - 4.13 * 0.405 - 0.86 * 0.875 - 0.41 * 0.95 - 0.94 * 0.2 - 0.0012 * 1123.0
    time = 300.0 * 3600.0 / 10.0**lg
    shares = phase_shares(STEEL, time, Austenitising(1123.0, 3600.0))
    assert shares.martensite == pytest.approx(0.5)
    assert shares.bainite == pytest.approx(0.5)


def test_hotter_austenite_hardens_deeper() -> None:
    state = Austenitising(np.array([1100.0, 1300.0, 1500.0]), 60.0)
    assert (np.diff(phase_shares(STEEL, 100.0, state).martensite) > 0.0).all()


@given(
    st.fixed_dictionaries(
        {
            "C": st.floats(0.001, 0.006), "Mn": st.floats(0, 0.02), "Ni": st.floats(0, 0.04),
            "Cr": st.floats(0, 0.03), "Mo": st.floats(0, 0.01),
        }
    )
)  # fmt: skip
def test_shares_add_up_and_slower_cooling_makes_less_martensite(steel: dict[str, float]) -> None:
    shares = phase_shares(steel, np.logspace(-2, 7, 40))
    parts = np.stack([shares.martensite, shares.bainite, shares.ferrite_pearlite])
    assert parts.sum(axis=0) == pytest.approx(1.0)
    assert parts.min() >= -1e-12
    assert (np.diff(shares.martensite) <= 1e-12).all()
    assert (np.diff(shares.ferrite_pearlite) >= -1e-12).all()


def test_no_share_falls_below_nothing_where_the_fits_cross() -> None:
    # The rate for 90 % bainite above those for martensite: eight fits made apart may say so.
    nodes = tuple(np.array(lg) for lg in (1.0, 1.5, 2.0, 4.5, 3.0, 3.5, 4.0, 4.2))
    shares = np.stack(kernels.phase_shares(np.linspace(0.0, 6.0, 200), nodes))
    assert shares.min() >= -1e-12
    assert shares.sum(axis=0) == pytest.approx(1.0)


def test_austenitising_at_no_time_is_refused() -> None:
    with pytest.raises(ProcessError, match="austenitising time 0 s"):
        Austenitising(1373.15, 0.0)
