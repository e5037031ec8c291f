"""Law: building, writing and reading back gives the same program, within what is printed."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reclad.job import read_machine
from reclad.path.toolpath import Toolpath
from reclad.program import build_program, check_program, write_program

MACHINE = read_machine("x-axial-4kw")


@st.composite
def paths(draw: st.DrawFn) -> Toolpath:
    """Helices of 1 to 3 layers on a part of 20 to 300 mm radius, with smooth wear."""
    radius = draw(st.floats(0.02, 0.3))
    pitch = draw(st.floats(0.0008, 0.004))
    per_turn = draw(st.integers(12, 40))
    turns = draw(st.integers(1, 3))
    layers = draw(st.integers(1, 3))
    lead = draw(st.integers(1, 3))
    wear = draw(st.floats(0.0, 0.0004))
    start = draw(st.floats(0.05, 1.2))
    speed = draw(st.floats(0.003, 0.015))
    # LinuxCNC cannot time a helix that advances less than 0.1 mm/min; the writer refuses it.
    assume(pitch * speed / (2.0 * np.pi * (radius - 0.001)) > 0.12e-3 / 60.0)
    index = np.arange(-lead, turns * per_turn + lead + 1)
    pieces: list[tuple[np.ndarray, ...]] = []
    angle = 0.0
    for layer in range(1, layers + 1):
        a = angle + index * 2.0 * np.pi / per_turn
        block = index[:-1]
        lit = (block >= 0) & (block < turns * per_turn)
        turn = np.clip(block // per_turn, 0, turns - 1) + 1
        r = radius + 0.0008 * layer - wear * (1.0 + np.sin(a / 3.0))
        pieces.append((start + pitch * index / per_turn, a, r, lit, turn, np.full(lit.size, layer)))
        angle = float(a[-1]) + draw(st.floats(0.1, 5.0)) + lead
    blocks = [np.concatenate([[fill], p[k]]) for p in pieces for k, fill in ((3, 0),)]
    turn_blocks = [np.concatenate([[1], p[4]]) for p in pieces]
    layer_blocks = [np.concatenate([[p[5][0]], p[5]]) for p in pieces]
    joined = [np.concatenate([[False], np.ones(p[3].size, dtype=bool)]) for p in pieces]
    return Toolpath(
        axial=np.concatenate([p[0] for p in pieces]),
        angle=np.concatenate([p[1] for p in pieces]),
        radius=np.concatenate([p[2] for p in pieces]),
        lit=np.concatenate(blocks)[1:].astype(bool),
        layer=np.concatenate(layer_blocks)[1:].astype(np.int32),
        turn=np.concatenate(turn_blocks)[1:].astype(np.int32),
        joined=np.concatenate(joined)[1:],
        travel_speed=speed,
        stand_off=draw(st.floats(0.008, 0.02)),
        pitch=pitch,
    )


@given(
    paths(),
    st.floats(300.0, 3900.0),
    st.floats(-10.0, 10.0),
    st.floats(5.0, 39.0),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_written_programs_read_back_as_planned(
    path: Toolpath, watts: float, slope: float, grams: float, dry: bool
) -> None:
    power = np.clip(watts + slope * np.arange(path.blocks), 200.0, 4000.0)
    plan = build_program(path, power, grams / 6e4, MACHINE, name="law", dry_run=dry)
    verdict = check_program(write_program(plan, MACHINE), MACHINE, plan)
    assert verdict.accepted, [str(f) for f in verdict.findings]
    read = verdict.program
    assert np.max(np.abs(read.x - plan.x)) <= 0.51e-8
    assert np.max(np.abs(read.z - plan.z)) <= 0.51e-8
    assert np.max(np.abs(read.a - plan.a)) <= np.deg2rad(0.51e-4)
    assert np.max(np.abs(read.laser - plan.laser)) <= 0.051
    cut = plan.kind != 0
    assert np.allclose(read.duration[cut], plan.duration[cut], rtol=1e-5, atol=1e-4)
    for name in ("kind", "gate", "gas", "aiming", "layer", "turn"):
        assert np.array_equal(getattr(read, name), getattr(plan, name)), name
    assert np.isclose(read.energy, plan.energy, rtol=1e-3)


@given(paths(), st.data())
@settings(max_examples=25, deadline=None)
def test_resume_and_stop_split_the_beam_time_without_loss(
    path: Toolpath, data: st.DataObject
) -> None:
    power = np.full(path.blocks, 1500.0)
    total = int(path.turn.max() * path.layer.max())
    turn = data.draw(st.integers(1, total))
    whole = build_program(path, power, 3e-4, MACHINE, name="all")
    rest = build_program(path, power, 3e-4, MACHINE, name="rest", turns=(turn, None))
    lit = rest.lit_time
    if turn > 1:
        lit += build_program(path, power, 3e-4, MACHINE, name="to", turns=(1, turn - 1)).lit_time
    assert np.isclose(lit, whole.lit_time, rtol=1e-9)
