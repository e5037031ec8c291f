"""The raster: it fills the zone, evenly, there and back, each track with its flying start."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.job import PathSettings
from reclad.path import Toolpath, lay_raster
from reclad.process import Procedure

DEFAULTS = PathSettings()
ZONE = (0.1, 0.16, 0.2, 0.2078)


def raster(
    zone: tuple[float, float, float, float] = ZONE,
    *,
    pitch: float = 2e-3,
    layers: int = 1,
    block: float = 5e-3,
    lead: float = 10e-3,
    surface: float = 0.02,
) -> Toolpath:
    procedure = Procedure(
        power=2000.0,
        travel_speed=10e-3,
        feed_rate=3e-4,
        pitch=pitch,
        layers=layers,
        stand_off=15e-3,
        interpass=400.0,
    )
    cut = PathSettings.model_construct(**(DEFAULTS.model_dump() | {"block": block, "lead": lead}))
    return lay_raster(zone, procedure, cut, surface, 0.8e-3)


def test_tracks_lie_evenly_and_half_a_step_inside_the_edges() -> None:
    path = raster()
    places = [float(path.across[first]) for first, _ in path.tracks()]
    assert places == pytest.approx([0.200975, 0.202925, 0.204875, 0.206825], rel=1e-12)


def test_tracks_run_there_and_back() -> None:
    path = raster()
    ends = [(path.axial[first], path.axial[stop]) for first, stop in path.tracks()]
    assert ends[0] == pytest.approx((0.1, 0.16))
    assert ends[1] == pytest.approx((0.16, 0.1))
    assert ends[2] == pytest.approx((0.1, 0.16))


def test_the_second_layer_lies_higher_and_between_the_first() -> None:
    path = raster(layers=3)
    by_layer = {
        number: [f for f, _ in path.tracks() if path.layer[f] == number] for number in (1, 2, 3)
    }
    first, second, third = ([float(path.across[f]) for f in by_layer[n]] for n in (1, 2, 3))
    assert (np.array(first[1:]) + first[:-1]) / 2 == pytest.approx(second[1:-1])
    assert (second[0], second[-1]) == pytest.approx((0.2, 0.2078))
    assert third == first
    heights = [float(path.radius[by_layer[n][0]]) for n in (1, 2, 3)]
    assert heights == pytest.approx([0.02, 0.0208, 0.0216])


def test_each_track_is_entered_and_left_straight_on_at_cladding_speed() -> None:
    path = raster(lead=12e-3)
    for first, stop in path.tracks():
        line = np.arange(first, stop)
        run = [
            i for i in range(path.blocks) if path.joined[i] and path.across[i] in path.across[line]
        ]
        assert min(path.axial[run].min(), path.axial[run[-1] + 1]) == pytest.approx(0.088)
        assert max(path.axial[run].max(), path.axial[run[-1] + 1]) == pytest.approx(0.172)
        assert not path.lit[run[:3]].any()
        assert not path.lit[run[-3:]].any()
        assert path.block_length[run] / path.block_time[run] == pytest.approx(10e-3)


def test_the_path_jumps_between_tracks_and_nowhere_else() -> None:
    path = raster(layers=2)
    jumps = np.flatnonzero(~path.joined)
    assert jumps.size == len(path.tracks()) - 1
    moved = np.hypot(np.diff(path.across), np.diff(path.radius))
    assert np.all(moved[path.joined] == 0.0)
    assert np.all(moved[jumps] > 0.0)


def test_a_zone_narrower_than_the_pitch_gets_one_track_a_layer_down_its_middle() -> None:
    path = raster((0.0, 0.05, 0.1, 0.101), layers=2)
    assert len(path.tracks()) == 2
    assert np.all(path.across == pytest.approx(0.1005))


@settings(max_examples=60, deadline=None)
@given(
    length=st.floats(1e-3, 0.3),
    width=st.floats(1e-4, 0.05),
    pitch=st.floats(0.8e-3, 4e-3),
    layers=st.integers(1, 4),
    block=st.floats(1e-3, 20e-3),
)
def test_laws_of_every_raster(
    length: float, width: float, pitch: float, layers: int, block: float
) -> None:
    path = raster((0.1, 0.1 + length, 0.2, 0.2 + width), pitch=pitch, layers=layers, block=block)
    lit = path.lit
    assert path.block_length[lit].max() <= block * (1 + 1e-9)
    assert not path.angle.any()
    assert path.form == "flat"
    tracks = path.tracks()
    for number in range(1, layers + 1):
        mine = [(f, s) for f, s in tracks if path.layer[f] == number]
        places = np.array([path.across[f] for f, _ in mine])
        # no gap wider than the pitch, the edges no more than half a step away
        assert np.all(np.diff(places) <= pitch * (1 + 1e-9))
        assert np.all(np.diff(places) > 0.0)
        assert places[0] - 0.2 <= pitch / 2 + 1e-12
        assert 0.2 + width - places[-1] <= pitch / 2 + 1e-12
        assert [int(path.turn[f]) for f, _ in mine] == list(range(1, len(mine) + 1))
        for first, stop in mine:
            assert path.block_length[first:stop].sum() == pytest.approx(length, rel=1e-9)
            assert not lit[first - 1]
            assert path.joined[first - 1]
            assert not lit[stop]
            assert path.joined[stop]
    # the beam-on time is the length of all tracks at the travel speed
    assert path.block_time[lit].sum() == pytest.approx(len(tracks) * length / 10e-3, rel=1e-9)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ((0.2, 0.1, 0.0, 0.1), "zone from 200 mm to 100 mm in X holds no surface"),
        ((0.0, 0.1, 0.1, 0.1), "in Y holds no surface"),
        ((0.0, np.nan, 0.0, 0.1), "in X holds no surface"),
    ],
)
def test_a_zone_without_surface_is_refused(
    zone: tuple[float, float, float, float], words: str
) -> None:
    with pytest.raises(ProcessError, match=words):
        raster(zone)


def test_a_height_that_is_no_number_is_refused() -> None:
    with pytest.raises(ProcessError, match="not a number"):
        raster(surface=np.inf)


def test_a_path_no_controller_could_hold_is_refused() -> None:
    with pytest.raises(ProcessError, match="use longer blocks"):
        raster((0.0, 3.0, 0.0, 2.0), block=2e-4)
