"""The helix: it covers what must be clad, once, and can be found and resumed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.job import PathSettings
from reclad.part import Deposit, size_deposit
from reclad.path import lay
from reclad.process import Procedure

DEFAULTS = PathSettings()


def procedure(**changed) -> Procedure:
    values = {
        "power": 2000.0,
        "travel_speed": 10e-3,
        "feed_rate": 3e-4,
        "pitch": 2e-3,
        "layers": 1,
        "stand_off": 15e-3,
        "interpass": 400.0,
    }
    return Procedure(**(values | changed))


def deposit(length: float = 0.05, radius: float = 0.03, taper: float = 0.0) -> Deposit:
    """A worn band of constant slope."""
    axial = np.array([0.0, length])
    worn = np.array([radius, radius + taper])
    return Deposit(
        axial=axial,
        worn_radius=worn,
        target_radius=worn + 1e-3,
        thickness=np.full(2, 1e-3),
        start=0.0,
        end=length,
        zone_from=2e-3,
        zone_to=length - 2e-3,
        thickness_max=1e-3,
        thickness_min=1e-3,
        thickness_mean=1e-3,
        volume=1e-5,
        allowance=5e-4,
        over_travel=2e-3,
    )


def test_the_reference_pipe_takes_285_turns_and_a_power_step_every_5_mm(pipe_job) -> None:
    metal = size_deposit(pipe_job.part, pipe_job.allowance, pipe_job.path.over_travel)
    path = lay(metal, procedure(), pipe_job.path, 1.3e-3)
    around = 2 * np.pi * metal.worn_radius.max()
    assert path.turn.max() == 285
    assert path.lit.sum() >= 285 * 2 * np.pi * 0.1 / 5e-3
    assert path.block_length[path.lit].max() <= 5e-3
    assert path.block_time[path.lit].sum() == pytest.approx(285 * around / 10e-3, rel=0.01)


@settings(max_examples=60, deadline=None)
@given(
    length=st.floats(5e-3, 0.3),
    radius=st.floats(0.01, 0.3),
    taper=st.floats(-1e-3, 1e-3),
    pitch=st.floats(1e-3, 4e-3),
    layers=st.integers(1, 3),
    block=st.floats(2e-3, 10e-3),
)
def test_laws_of_every_helix(length, radius, taper, pitch, layers, block) -> None:
    set_path = PathSettings.model_construct(**(DEFAULTS.model_dump() | {"block": block}))
    path = lay(
        deposit(length, radius, taper), procedure(pitch=pitch, layers=layers), set_path, 1e-3
    )
    lit = path.lit
    # no block longer than asked; turns always forwards; whole turns from end to end
    assert path.block_length[lit].max() <= block * (1 + 1e-6) + abs(taper)
    assert np.all(np.diff(path.angle)[path.joined] > 0)
    tracks = path.tracks()
    assert len(tracks) == layers
    for number, (first, past) in enumerate(tracks, start=1):
        assert path.axial[first] == pytest.approx(0.0, abs=1e-9)
        assert path.axial[past] == pytest.approx(length, abs=pitch * 0.2)
        turned = path.angle[past] - path.angle[first]
        turns = path.turn[first:past].max()
        gap = (2 * np.pi * turns - turned) * path.radius[past]
        assert gap == pytest.approx(DEFAULTS.end_gap, rel=1e-3)
        assert length / turns <= pitch * (1 + 1e-9)
        # entered and left unlit along its own helix
        assert not lit[first - 1]
        assert not lit[past]
        # starts of the layers are shifted round
        start = (path.angle[first] - (number - 1) * DEFAULTS.start_shift) % (2 * np.pi)
        assert min(start, 2 * np.pi - start) < 1e-6
        # the next layer is laid one thickness higher
        assert path.radius[first] == pytest.approx(radius + (number - 1) * 1e-3, rel=1e-9)


def test_turns_never_lie_closer_than_the_pitch() -> None:
    path = lay(deposit(), procedure(), DEFAULTS, 1e-3)
    first, past = path.tracks()[0]
    angle, axial = path.angle[first : past + 1], path.axial[first : past + 1]
    one_turn_on = np.interp(angle[angle < angle[-1] - 2 * np.pi] + 2 * np.pi, angle, axial)
    assert one_turn_on - axial[: one_turn_on.size] == pytest.approx(2e-3, rel=1e-9)


def test_travel_speed_is_kept_on_a_taper() -> None:
    path = lay(deposit(taper=2e-3), procedure(), DEFAULTS, 1e-3)
    moved = path.block_length[path.lit] / path.block_time[path.lit]
    assert moved == pytest.approx(10e-3, rel=1e-12)


def test_a_path_no_controller_could_hold_is_refused() -> None:
    fine = PathSettings.model_construct(**(DEFAULTS.model_dump() | {"block": 1e-5}))
    with pytest.raises(ProcessError, match="use longer blocks"):
        lay(deposit(length=1.0, radius=0.3), procedure(pitch=1e-3), fine, 1e-3)
