"""Law: building, writing and reading back gives the same program, within what is printed."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reclad.job import Machine, PathSettings, read_machine
from reclad.path import lay_raster
from reclad.path.toolpath import Toolpath
from reclad.process import Procedure
from reclad.program import Program, build_program, check_program, post, write_program

MACHINE = read_machine("x-axial-4kw")
GANTRY = read_machine("x-y-z-3kw")
SIEMENS = read_machine("x-axial-6kw-840d")
# The same lathe with its laser set by volts, 350 W at 1 V and 4000 W at 10 V.
VOLTS = MACHINE.model_copy(
    update={
        "laser": MACHINE.laser.model_copy(
            update={"unit": "V", "watts_at_1_volt": 350.0, "watts_at_10_volts": 4000.0}
        )
    }
)


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


def expect_round_trip(plan: Program, cell: Machine) -> None:
    verdict = check_program(post(plan, cell), cell, plan)
    assert verdict.findings == (), [str(f) for f in verdict.findings]
    read = verdict.program
    for name in ("x", "y", "z"):
        assert np.max(np.abs(getattr(read, name) - getattr(plan, name))) <= 0.51e-8
    assert np.max(np.abs(read.a - plan.a)) <= np.deg2rad(0.51e-4)
    assert np.max(np.abs(read.laser - plan.laser)) <= 0.051
    cut = plan.kind != 0
    assert np.allclose(read.duration[cut], plan.duration[cut], rtol=1e-5, atol=1e-4)
    for name in ("kind", "gate", "gas", "aiming", "layer", "turn"):
        assert np.array_equal(getattr(read, name), getattr(plan, name)), name
    assert np.isclose(read.powder_mass, plan.powder_mass, rtol=1e-3)


@given(paths(), st.sampled_from([SIEMENS, VOLTS]), st.floats(400.0, 3900.0), st.booleans())
@settings(max_examples=30, deadline=None)
def test_other_controllers_and_lasers_keep_the_same_law(
    path: Toolpath, cell: Machine, watts: float, dry: bool
) -> None:
    power = np.clip(watts + 3.0 * np.arange(path.blocks), 300.0, 4000.0)
    expect_round_trip(build_program(path, power, 3e-4, cell, name="law", dry_run=dry), cell)


@given(
    st.tuples(st.floats(0.02, 0.9), st.floats(2e-3, 0.2)),
    st.tuples(st.floats(0.02, 0.6), st.floats(1e-4, 0.03)),
    st.floats(0.8e-3, 4e-3),
    st.integers(1, 3),
    st.floats(2e-3, 30e-3),
    st.floats(1e-3, 0.02),
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_rasters_written_for_a_gantry_read_back_as_planned(
    along: tuple[float, float],
    across: tuple[float, float],
    pitch: float,
    layers: int,
    speed: float,
    block: float,
    dry: bool,
) -> None:
    zone = (along[0], sum(along), across[0], sum(across))
    procedure = Procedure(2000.0, speed, 3e-4, pitch, layers, 15e-3, 400.0)
    cut = PathSettings.model_construct(**(PathSettings().model_dump() | {"block": block}))
    path = lay_raster(zone, procedure, cut, 0.05, 0.8e-3)
    power = np.clip(2200.0 - 0.3 * np.arange(path.blocks), 200.0, 3000.0)
    plan = build_program(path, power, 3e-4, GANTRY, name="law", dry_run=dry)
    expect_round_trip(plan, GANTRY)
    # the beam is on over every metre of track, once
    beam = 0.0 if dry else float(path.block_time[path.lit].sum())
    assert np.isclose(plan.lit_time, beam, rtol=1e-9)
