"""Pauses: the path stops after the turns named, waits, and goes on with nothing lost or stacked."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.errors import ProcessError
from reclad.job import PathSettings
from reclad.part import Deposit
from reclad.path import Pause, Toolpath, lay, lay_raster
from reclad.process import Procedure

TURN = 2.0 * np.pi
COLUMNS = ("axial", "angle", "radius", "across", "lit", "layer", "turn", "joined", "wait")


def cut(**changed: float) -> PathSettings:
    return PathSettings.model_construct(**(PathSettings().model_dump() | changed))


def procedure(pitch: float = 2e-3, layers: int = 1) -> Procedure:
    return Procedure(2000.0, 10e-3, 3e-4, pitch, layers, 15e-3, 400.0)


def shaft(length: float = 0.05, radius: float = 0.03, taper: float = 0.0) -> Deposit:
    """A worn band of constant slope."""
    worn = np.array([radius, radius + taper])
    return Deposit(
        axial=np.array([0.0, length]),
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


def laid_again(path: Toolpath) -> np.ndarray:
    """Lit blocks over clad of the same layer that is already there, shape (blocks,)."""
    again = np.zeros(path.blocks, dtype=bool)
    reached = -np.inf
    for i in np.flatnonzero(path.lit):
        again[i] = path.angle[i + 1] <= reached + 1e-9
        reached = max(reached, float(path.angle[i + 1]))
    return again


def stops(path: Toolpath, layer: int) -> np.ndarray:
    """Angle (rad from the layer's first lit node) where each of its lit runs but the last ends."""
    runs = [(first, past) for first, past in path.tracks() if path.layer[first] == layer]
    return path.angle[[past for _, past in runs[:-1]]] - path.angle[runs[0][0]]


@st.composite
def paused(draw: st.DrawFn) -> tuple[Deposit, Procedure, PathSettings, list[Pause]]:
    """A shaft or pipe of some turns and any of its turns to pause after, the very last left out."""
    turns, layers = draw(st.integers(1, 12)), draw(st.integers(1, 3))
    pitch = draw(st.floats(1e-3, 4e-3))
    radius = draw(st.floats(0.012, 0.2))
    settings = cut(
        block=draw(st.floats(2e-3, 8e-3)),
        lead=draw(st.floats(1e-3, 15e-3)),
        start_shift=draw(st.floats(0.0, TURN)),
        restart_overlap=draw(st.one_of(st.just(0.0), st.floats(1e-3, 12e-3))),
    )
    places = [(layer, turn) for layer in range(1, layers + 1) for turn in range(1, turns + 1)][:-1]
    # On these radii there is always room left in the last turn.
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=15)) if places else []
    pauses = [Pause(*place, draw(st.floats(0.5, 600.0))) for place in chosen]
    deposit = shaft(turns * pitch * 0.999, radius, draw(st.floats(-1e-3, 1e-3)))
    return deposit, procedure(pitch, layers), settings, pauses


@settings(max_examples=150, deadline=None)
@given(paused())
def test_laws_of_every_paused_helix(case) -> None:
    deposit, chosen, settings, pauses = case
    plain = lay(deposit, chosen, settings, 1e-3)
    path = lay(deposit, chosen, settings, 1e-3, pauses)
    again = laid_again(path)
    # what is laid, is laid block by block as without pauses, and turns keep their numbers
    fresh, whole = np.flatnonzero(path.lit & ~again), np.flatnonzero(plain.lit)
    for name in ("axial", "angle", "radius"):
        for end in (0, 1):
            assert np.array_equal(
                getattr(path, name)[fresh + end], getattr(plain, name)[whole + end]
            )
    for name in ("layer", "turn"):
        assert np.array_equal(getattr(path, name)[fresh], getattr(plain, name)[whole])
    assert np.all(np.diff(path.angle)[path.joined] > 0.0)
    assert path.block_length[path.lit].max() <= settings.block * (1 + 1e-6) + 1e-3
    # every second asked for is waited, unlit, after a jump
    assert path.wait.sum() == pytest.approx(sum(pause.seconds for pause in pauses), rel=1e-12)
    waits = np.flatnonzero(path.wait)
    assert not path.lit[waits].any()
    assert not path.joined[waits - 1].any()
    # all that is laid again is one overlap right before each stop
    tracks = path.tracks()
    for (first, past), (then, _) in pairwise(tracks):
        if path.layer[first] != path.layer[then]:
            continue
        overlap = (path.angle[past] - path.angle[then]) * path.radius[past]
        assert overlap == pytest.approx(settings.restart_overlap, rel=1e-9, abs=1e-12)
        over = then + np.flatnonzero(~again[then:])[0]
        assert path.angle[over] == path.angle[past]
        assert np.all(path.turn[then:over] == path.turn[past - 1])
        assert path.wait[past : then + 1].sum() > 0.0
        # left and entered along its own helix, unlit, one lead long
        jump = past + int(np.flatnonzero(~path.joined[past:])[0])
        assert np.all(path.turn[past:then] == path.turn[past - 1])
        for run, radius in (
            (slice(past, jump), path.radius[past]),
            (slice(jump + 1, then), path.radius[then]),
        ):
            assert not path.lit[run].any()
            turned = np.diff(path.angle[run.start : run.stop + 1]).sum()
            assert turned * radius == pytest.approx(settings.lead, rel=1e-9)


@settings(max_examples=150, deadline=None)
@given(paused())
def test_every_stop_follows_its_turn_and_moves_round(case) -> None:
    deposit, chosen, settings, pauses = case
    path = lay(deposit, chosen, settings, 1e-3, pauses)
    widest = float(deposit.worn_radius.max()) + (chosen.layers - 1) * 1e-3
    step = TURN / math.ceil(math.hypot(TURN * widest, chosen.pitch) / settings.block)
    left = 0.0
    for layer in range(1, chosen.layers + 1):
        first, end = _ends(path, layer)
        assert path.wait[first] == 0.0
        asked = sorted(pause for pause in pauses if pause.layer == layer)
        made = stops(path, layer)
        entry = int(np.flatnonzero(path.layer == layer)[0]) + (layer > 1)
        assert path.wait[entry] == pytest.approx(left)
        # pauses without room in their layer wait at its end
        left = sum(pause.seconds for pause in asked[len(made) :])
        last = path.angle[end] - path.angle[first]
        late = made - TURN * np.array([pause.turn for pause in asked[: len(made)]])
        assert np.all(late >= -1e-9)
        assert np.all(late <= TURN + (len(made) + 1) * step)
        assert np.all(last - made >= 0.25 * TURN - 1e-9)
        for pause in asked[len(made) :]:
            assert last - TURN * pause.turn < 0.25 * TURN + (len(made) + 4) * step
        # the next stop lies one shift and one overlap further round, to a block, unless held back
        radius = float(deposit.worn_radius[0]) + (layer - 1) * 1e-3
        round_by = settings.start_shift + settings.restart_overlap / radius
        free = made[last - made > 0.25 * TURN + 5.0 * step]
        off = (np.diff(free) - round_by + 0.5 * TURN) % TURN - 0.5 * TURN
        assert np.all(np.abs(off) <= step * (1 + 1e-6))
    assert left == 0.0


def _ends(path: Toolpath, layer: int) -> tuple[int, int]:
    """First lit block of a layer and the node where its beam goes off for good."""
    mine = np.flatnonzero(path.lit & (path.layer == layer))
    return int(mine[0]), int(mine[-1]) + 1


def test_a_path_without_pauses_waits_nowhere() -> None:
    path = lay(shaft(), procedure(), cut(), 1e-3)
    assert path.wait.shape == (path.blocks,)
    assert not path.wait.any()
    with pytest.raises(ValueError, match="read-only"):
        path.wait[0] = 1.0


def test_craters_of_ten_pauses_in_a_row_lie_over_an_overlap_apart_round_the_shaft() -> None:
    pauses = [Pause(1, turn, 60.0) for turn in range(1, 11)]
    path = lay(shaft(), procedure(), cut(), 1e-3, pauses)
    where = np.sort(np.append(stops(path, 1) % TURN, 0.0))
    apart = np.diff(np.append(where, where[0] + TURN)) * 0.03
    assert apart.size == 11
    assert apart.min() > cut().restart_overlap


def test_a_pause_in_the_layer_above_lies_a_start_shift_round_from_the_one_below() -> None:
    pauses = [Pause(layer, 5, 60.0) for layer in (1, 2)]
    path = lay(shaft(), procedure(layers=2), cut(), 1e-3, pauses)
    runs = path.tracks()
    below, above = (path.angle[runs[i][1]] % TURN for i in (0, 2))
    assert (above - below) % TURN == pytest.approx(cut().start_shift, abs=5e-3 / 0.03)


def test_what_is_laid_again_belongs_to_the_turn_that_was_stopped() -> None:
    # stopped 2 mm after the turn is whole, begun again 5 mm before that
    short = cut(block=1e-3, start_shift=TURN - 3e-3 / 0.03)
    path = lay(shaft(), procedure(), short, 1e-3, [Pause(1, 4, 60.0)])
    (_, past), (then, _) = path.tracks()
    assert path.angle[then] < 4.0 * TURN < path.angle[past]
    assert path.turn[past - 1] == 5
    assert np.all(path.turn[past : then + 5] == 5)
    assert np.all(np.diff(path.turn[path.lit]) >= 0)


def test_a_pause_after_the_last_turn_waits_before_the_next_layer() -> None:
    path = lay(shaft(), procedure(layers=2), cut(), 1e-3, [Pause(1, 25, 90.0)])
    plain = lay(shaft(), procedure(layers=2), cut(), 1e-3)
    for name in COLUMNS[:-1]:
        assert np.array_equal(getattr(path, name), getattr(plain, name)), name
    (block,) = np.flatnonzero(path.wait)
    assert path.wait[block] == 90.0
    assert not path.joined[block - 1]
    assert (path.layer[block - 2], path.layer[block]) == (1, 2)


def test_pauses_may_be_named_in_any_order() -> None:
    pauses = [Pause(1, 3, 60.0), Pause(2, 1, 30.0), Pause(1, 9, 90.0)]
    one, other = (
        lay(shaft(), procedure(layers=2), cut(), 1e-3, given) for given in (pauses, pauses[::-1])
    )
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize(
    ("pauses", "words"),
    [
        ([Pause(1, 26, 9.0)], r"layer 1 turn 26: the path has 2 layer\(s\), this one 25 turn"),
        ([Pause(3, 1, 9.0)], r"layer 3 turn 1: the path has 2 layer\(s\)"),
        ([Pause(2, 25, 9.0)], "layer 2 turn 25: nothing is laid after it - leave it out"),
        ([Pause(1, 2, 9.0), Pause(1, 2, 5.0)], "layer 1 turn 2 is named twice - add up"),
    ],
)
def test_a_pause_without_a_place_is_refused(pauses: list[Pause], words: str) -> None:
    with pytest.raises(ProcessError, match=words):
        lay(shaft(), procedure(layers=2), cut(), 1e-3, pauses)


def test_a_pause_with_less_than_a_quarter_turn_left_of_the_whole_path_is_refused() -> None:
    gap = cut(end_gap=0.8 * TURN * 0.03)
    with pytest.raises(ProcessError, match="layer 1 turn 24: less than a quarter turn is laid"):
        lay(shaft(), procedure(), gap, 1e-3, [Pause(1, 24, 9.0)])


def test_an_overlap_over_half_a_turn_is_refused_where_there_is_a_pause() -> None:
    long = cut(restart_overlap=0.05)
    lay(shaft(radius=0.012), procedure(), long, 1e-3)
    with pytest.raises(ProcessError, match="restart_overlap 50 mm is over half a turn on a radius"):
        lay(shaft(radius=0.012), procedure(), long, 1e-3, [Pause(1, 2, 9.0)])


@pytest.mark.parametrize(
    ("layer", "turn", "seconds", "words"),
    [
        (0, 1, 9.0, "layer 0 turn 1: both count from 1"),
        (1, 0, 9.0, "layer 1 turn 0: both count from 1"),
        (1, 1, 0.0, r"pause of 0\.0 s after layer 1 turn 1: it must last longer"),
        (1, 1, -5.0, "must last longer"),
        (1, 1, math.nan, "must last longer"),
        (1, 1, math.inf, "must last longer"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused(
    layer: int, turn: int, seconds: float, words: str
) -> None:
    with pytest.raises(ProcessError, match=words):
        Pause(layer, turn, seconds)


def waiting(**changes: object) -> Toolpath:
    """A lit block with its leads, a jump, and the same again."""
    columns: dict[str, object] = {
        "axial": np.linspace(0.0, 0.007, 8),
        "angle": np.arange(8) * 0.1,
        "radius": np.full(8, 0.1),
        "lit": np.array([False, True, False, False, False, True, False]),
        "layer": np.ones(7, dtype=np.int32),
        "turn": np.ones(7, dtype=np.int32),
        "joined": np.array([True, True, True, False, True, True, True]),
        "travel_speed": 0.01,
        "stand_off": 0.015,
        "pitch": 0.006,
    }
    return Toolpath(**{**columns, **changes})


def test_a_path_may_wait_where_it_begins_and_where_it_has_jumped() -> None:
    path = waiting(wait=np.array([5.0, 0, 0, 0, 60.0, 0, 0]))
    assert path.block_time == pytest.approx(waiting().block_time)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ([0, 5.0, 0, 0, 0, 0, 0], r"block 1 \(layer 1 turn 1\) waits 5\.0 s: the path may stand"),
        ([0, 0, 5.0, 0, 0, 0, 0], "block 2 .* only before an unlit lead-in, after a jump"),
        ([0, 0, 0, 5.0, 0, 0, 0], "block 3 .* only before an unlit lead-in, after a jump"),
        ([0, 0, 0, 0, 0, 5.0, 0], "block 5 .* only before an unlit lead-in, after a jump"),
        ([0, 0, 0, 0, -1.0, 0, 0], r"block 4 .* waits -1\.0 s: no wait is shorter than 0 s"),
        ([0, 0, 0, 0, np.nan, 0, 0], "column wait holds a value that is not a number"),
        ([0, 0, 0, 0, np.inf, 0, 0], "column wait holds a value that is not a number"),
        ([0, 0, 0, 0, 5.0, 0], "column wait has shape"),
    ],
)
def test_a_wait_elsewhere_is_refused(wait: list[float], words: str) -> None:
    with pytest.raises(ProcessError, match=words):
        waiting(wait=np.array(wait))


def test_a_lit_block_after_a_jump_may_not_wait() -> None:
    lit = np.array([False, True, False, False, True, True, False])
    with pytest.raises(ProcessError, match="only before an unlit lead-in"):
        waiting(lit=lit, wait=np.array([0, 0, 0, 0, 5.0, 0, 0]))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 4), st.data())
def test_a_paused_raster_is_the_same_raster_with_waits_between_its_tracks(
    tracks: int, layers: int, data: st.DataObject
) -> None:
    zone = (0.1, 0.16, 0.2, 0.2 + tracks * 2e-3 * 0.999)
    plain = lay_raster(zone, procedure(layers=layers), cut(), 0.02, 1e-3)
    lines = [(int(plain.layer[f]), int(plain.turn[f])) for f, _ in plain.tracks()]
    chosen = data.draw(st.sets(st.sampled_from(lines[:-1]))) if lines[:-1] else set()
    seconds = {place: 10.0 + 7.0 * n for n, place in enumerate(sorted(chosen))}
    pauses = [Pause(*place, s) for place, s in seconds.items()]
    path = lay_raster(zone, procedure(layers=layers), cut(), 0.02, 1e-3, pauses)
    for name in COLUMNS[:-1]:
        assert np.array_equal(getattr(path, name), getattr(plain, name)), name
    assert path.wait.sum() == sum(seconds.values())
    for block in np.flatnonzero(path.wait):
        assert not path.joined[block - 1]
        before = (int(path.layer[block - 2]), int(path.turn[block - 2]))
        assert path.wait[block] == seconds[before]


def test_a_pause_after_the_last_track_is_refused() -> None:
    zone = (0.1, 0.16, 0.2, 0.2078)
    for layer, track, words in (
        (2, 5, "layer 2 track 5: nothing is laid after it"),
        (1, 5, r"layer 1 track 5: the path has 2 layer\(s\), this one 4 track"),
    ):
        with pytest.raises(ProcessError, match=words):
            lay_raster(zone, procedure(layers=2), cut(), 0.02, 1e-3, [Pause(layer, track, 60.0)])
