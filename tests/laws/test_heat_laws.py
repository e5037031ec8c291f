"""Laws of the heat solver over any body: energy closes, symmetry, order, superposition; and a fault
put in on purpose is found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.heat.bodies import AMBIENT, SPOT, helix, plain_metal, row_of, volumes

from reclad.heat import _march_kernels, solution
from reclad.heat.enthalpy import enthalpy_at, enthalpy_of, temperatures
from reclad.heat.grid import Mesh, mesh_flat, mesh_round
from reclad.heat.solution import Walk, solve
from reclad.heat.surroundings import Clasp, Surroundings
from reclad.job import read_material

STEEL = enthalpy_of(read_material("42CrMo4"), AMBIENT)
PLAIN = plain_metal()


@dataclass(frozen=True, eq=False)
class Drawn:
    """A body, what surrounds it and what the head does to it."""

    mesh: Mesh
    around: Surroundings
    walk: Walk
    start: float

    def __repr__(self) -> str:
        rows = self.mesh.cells.around.tolist()
        return f"{rows} cells to {self.mesh.cells.top.tolist()}, {self.around}, {self.walk}"


@st.composite
def bodies(draw: st.DrawFn) -> Mesh:
    """A pipe, a solid shaft, one with a shoulder, or a plate."""
    slices = draw(st.integers(6, 14))
    width = draw(st.floats(2e-3, 5e-3))
    axial = np.arange(slices + 1) * width
    kind = draw(st.sampled_from(["pipe", "shaft", "shoulder", "plate"]))
    if kind == "plate":
        count, around = draw(st.integers(2, 4)), draw(st.integers(8, 24))
        return mesh_flat(axial, np.full(slices, 9e-3), np.linspace(0.0, 9e-3, count + 1), 3e-3,
                         around)  # fmt: skip
    outer = draw(st.floats(15e-3, 40e-3))
    bore = 0.0 if kind == "shaft" else outer - draw(st.floats(5e-3, 12e-3))
    count = draw(st.integers(3, 5))
    rows = np.linspace(bore, outer, count + 1)
    radius = np.full(slices, outer)
    if kind == "shoulder":
        pitch = rows[1] - rows[0]
        rows = np.append(rows, outer + pitch)
        radius[: draw(st.integers(1, 3))] += pitch
    return mesh_round(axial, radius, bore, rows, draw(st.sampled_from([16, 24, 40])))


@st.composite
def surroundings(draw: st.DrawFn, length: float) -> Surroundings:
    """Any of the losses."""
    clasps = []
    if draw(st.booleans()):
        clasps.append(Clasp(0.6 * length, length, draw(st.floats(50.0, 800.0)), 2e3, 5.0))
    if draw(st.booleans()):
        clasps.append(Clasp(0.0, 0.2 * length, 200.0, draw(st.floats(100.0, 1e4)), 0.0))
    return Surroundings(
        ambient=AMBIENT,
        film=draw(st.sampled_from([0.0, 15.0, 200.0])),
        emissivity=draw(st.sampled_from([0.0, 0.3, 0.9])),
        glow=draw(st.sampled_from([1e4, 1750.0])),
        jet=draw(st.sampled_from([0.0, 60.0, 500.0])),
        reach=draw(st.sampled_from([5e-3, 20e-3])),
        bore_film=draw(st.sampled_from([0.0, 5.0, 2000.0])),
        bore_inlet=draw(st.sampled_from([None, 290.0, 310.0])),
        bore_flow=draw(st.sampled_from([0.0, 2.0, 500.0])),
        clasps=tuple(clasps),
    )


@st.composite
def repairs(draw: st.DrawFn) -> Drawn:
    """A whole small repair: growth, dark blocks, pauses and a power law or none."""
    mesh = draw(bodies())
    length = float(mesh.grid.axial[-1])
    free = mesh.cells.top == mesh.cells.top[-1]
    lowest = float(mesh.grid.axial[:-1][free][0])
    seconds = draw(st.floats(2.0, 8.0))
    blocks = draw(st.integers(2, 10))
    n = int(mesh.cells.around.max())
    turned = (6e-3, (n - 2) * 3e-3) if mesh.flat else (0.0, draw(st.floats(2.0, 40.0)))
    spread = draw(st.floats(0.5e-3, 3e-3))
    walk = helix(
        seconds, (lowest + 0.2 * (length - lowest), lowest + 0.8 * (length - lowest)), turned,
        radius=1.0 if mesh.flat else float(mesh.rows[mesh.cells.top[-1] + 1]),
        power=draw(st.floats(200.0, 1200.0)), clad=draw(st.sampled_from([0.0, 1e-8, 5e-8])),
        blocks=blocks, lit=np.array([True, *(draw(st.booleans()) for _ in range(blocks - 1))]),
        spot=np.array([[0.8, 0.0, 0.0, spread], [0.2, 1e-3, 1e-3, spread]]),
    )  # fmt: skip
    if draw(st.booleans()):
        walk = replace(walk, law_interpass=np.array([300.0, 600.0]),
                       law_power=np.array([600.0, 200.0]))  # fmt: skip
    around = draw(surroundings(length))
    if draw(st.booleans()):
        gate = walk.lit & (np.arange(blocks) > 0)
        around = replace(around, film=300.0, bore_inlet=None)
        walk = replace(walk, gate=gate, above=AMBIENT + 60.0, below=AMBIENT + 50.0)
    return Drawn(mesh, around, walk, draw(st.sampled_from([AMBIENT, 523.15])) if
                 walk.above == np.inf else AMBIENT)  # fmt: skip


@pytest.mark.slow
@given(repairs())
@settings(deadline=None, max_examples=100)
def test_the_books_close_on_every_body(drawn: Drawn) -> None:
    done = solve(drawn.mesh, STEEL, drawn.around, drawn.walk, drawn.start)
    assert done.ledger.absorbed > 0.0
    assert done.ledger.gap <= 1e-9


AXIAL = np.linspace(0.0, 40e-3, 13)
PIPE = mesh_round(AXIAL, np.full(12, 30e-3), 20e-3, np.linspace(20e-3, 30e-3, 4), 48)
SHAFT = mesh_round(AXIAL, np.full(12, 30e-3), 0.0, np.linspace(0.0, 30e-3, 9), 64)
STEPPED = mesh_round(AXIAL, np.where(AXIAL[1:] < 11e-3, 33e-3, 30e-3), 0.0,
                     np.append(np.linspace(0.0, 30e-3, 10), 33.33e-3), 64)  # fmt: skip
PLATE = mesh_flat(AXIAL, np.full(12, 10e-3), np.linspace(0.0, 10e-3, 4), 3e-3, 20)
WALK = helix(8.0, (14e-3, 28e-3), (0.5, 15.0), radius=30e-3, power=900.0, clad=5e-8)
TRACK = replace(WALK, turned=np.linspace(10e-3, 50e-3, 9), radius=np.ones(9))
AIR = Surroundings(AMBIENT, film=20.0, emissivity=0.6, jet=60.0)
EVERY_LOSS = replace(
    AIR, film=150.0, bore_film=900.0, bore_flow=20.0,
    clasps=(Clasp(30e-3, 40e-3, 500.0, 2e3, 5.0), Clasp(3e-3, 8e-3, 200.0, 1e3, 5.0)),
)  # fmt: skip


@pytest.mark.parametrize("growing", [0.0, 5e-8])
@pytest.mark.parametrize("mesh", [PIPE, SHAFT, STEPPED, PLATE],
                         ids=["pipe", "shaft", "shoulder", "plate"])  # fmt: skip
def test_the_books_close_with_every_loss_growth_and_pauses(mesh: Mesh, growing: float) -> None:
    # Over the same place again and again, a block dark, waiting where it is too hot.
    there = np.linspace(10e-3, 50e-3, 5)
    turned = np.append(there, there[-2::-1]) if mesh.flat else np.linspace(0.0, 28.0, 9)
    lit = np.arange(8) != 3
    walk = replace(
        WALK, axial=np.linspace(20e-3, 21e-3, 9), turned=turned, clad=np.full(8, growing), lit=lit,
        radius=np.ones(9) if mesh.flat else WALK.radius, gate=lit & (np.arange(8) > 0),
        above=AMBIENT + 10.0, below=AMBIENT + 7.0,
    )  # fmt: skip
    done = solve(mesh, STEEL, EVERY_LOSS, walk, AMBIENT, until=12.0)
    assert done.waits.sum() > 0.5
    hollow = mesh in (PIPE, PLATE)
    assert all((heat > 0.0) == (hollow or name != "bore") for name, heat in
               vars(done.ledger).items())  # fmt: skip
    assert done.ledger.gap <= 1e-9


def test_metal_laid_molten_on_top_of_the_absorbed_heat_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Powder's heat is in the absorbed share already; bringing the metal molten counts it twice.
    honest = solve(PIPE, STEEL, AIR, WALK, AMBIENT)
    assert honest.ledger.gap < 1e-9
    march = _march_kernels.march
    molten = float(enthalpy_at(STEEL, 1800.0))

    def twice(cells, skin, metal, air, grid, drive, h, *rest) -> None:
        before = skin.thick.copy()
        march(cells, skin, metal, air, grid, drive, h, *rest)
        for z, top in enumerate(cells.top):
            a, n = cells.first[top], cells.around[top]
            new = skin.around[z] * skin.axial[z] * skin.inner[z]
            new = new * (skin.thick[z, 1 : n + 1] - before[z, 1 : n + 1])
            h[z, a : a + n] += molten * new * skin.inverse[z, 1 : n + 1]

    monkeypatch.setattr(_march_kernels, "march", twice)
    monkeypatch.setattr(solution, "_BREATH", 1)
    counted = solve(PIPE, STEEL, AIR, WALK, AMBIENT)
    wrongly = molten * 5e-8 * 8.0 / counted.ledger.absorbed
    assert wrongly > 0.5
    assert counted.ledger.gap == pytest.approx(wrongly, rel=0.3)


def test_a_loss_that_is_not_booked_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    march = _march_kernels.march

    def leaking(cells, skin, metal, air, grid, drive, h, *rest) -> None:
        march(cells, skin, metal, air, grid, drive, h, *rest)
        h[0] *= 1.0 - 1e-6

    monkeypatch.setattr(_march_kernels, "march", leaking)
    assert solve(PIPE, STEEL, AIR, WALK, 523.15).ledger.gap > 1e-8


@pytest.mark.parametrize("mesh", [PIPE, SHAFT, STEPPED], ids=["pipe", "shaft", "shoulder"])
@pytest.mark.parametrize(("growing", "within"), [(0.0, 1e-9), (5e-8, 5e-3)])
def test_a_repair_turned_the_other_way_round_is_the_mirror_image(
    mesh: Mesh, growing: float, within: float
) -> None:
    # Growing, the width of the spot as an angle is taken at one cell of the slice.
    walk = replace(WALK, clad=np.full(8, growing))
    one = solve(mesh, STEEL, AIR, walk, AMBIENT)
    two = solve(mesh, STEEL, AIR, replace(walk, turned=-walk.turned), AMBIENT)
    for row in range(int(mesh.cells.top.max()) + 1):
        found = row_of(mesh, temperatures(STEEL, two.enthalpy), row)[:, ::-1]
        assert found == pytest.approx(row_of(mesh, temperatures(STEEL, one.enthalpy), row),
                                      abs=within)  # fmt: skip


def test_a_plate_welded_from_the_other_end_is_the_mirror_image() -> None:
    air, walk = replace(AIR, reach=8e-3), replace(TRACK, clad=np.full(8, 5e-8))
    one = solve(PLATE, STEEL, air, walk, AMBIENT)
    two = solve(PLATE, STEEL, air, replace(walk, turned=60e-3 - walk.turned), AMBIENT)
    three = solve(PLATE, STEEL, air, replace(walk, axial=40e-3 - walk.axial), AMBIENT)
    for row in range(3):
        once, twice, thrice = (
            row_of(PLATE, temperatures(STEEL, s.enthalpy), row) for s in (one, two, three)
        )
        assert twice[:, ::-1] == pytest.approx(once, abs=1e-9)
        assert thrice[::-1] == pytest.approx(once, abs=1e-9)


@given(repairs(), st.floats(1.05, 2.0))
@settings(deadline=None, max_examples=25)
def test_more_power_leaves_no_place_colder(drawn: Drawn, factor: float) -> None:
    walk = replace(drawn.walk, gate=np.zeros(0, dtype=np.bool_), law_power=np.zeros(0))
    low = solve(drawn.mesh, STEEL, drawn.around, walk, drawn.start)
    high = solve(drawn.mesh, STEEL, drawn.around, replace(walk, power=factor * walk.power),
                 drawn.start)  # fmt: skip
    inside = volumes(drawn.mesh) > 0.0
    more = (high.enthalpy - low.enthalpy)[inside]
    # Where rows merge, cells see a straight line between their neighbours: a trace may undershoot.
    merged = np.ptp(drawn.mesh.cells.around) > 0
    assert more.min() >= (-1e-3 * more.max() if merged else -1.0)
    assert high.ledger.stored > low.ledger.stored


def test_constant_properties_and_a_film_superpose() -> None:
    air = Surroundings(AMBIENT, film=40.0, bore_film=100.0)
    first = replace(WALK, clad=0.0 * WALK.clad)
    power = np.array([1.0, 0.0] * 4) * 900.0
    parts = [power, 900.0 - power, first.power]
    one, two, both = (
        solve(PIPE, PLAIN, air, replace(first, power=p), AMBIENT).enthalpy for p in parts
    )
    assert one + two == pytest.approx(both, rel=1e-9, abs=1.0)


def test_a_body_at_shop_temperature_stays_there() -> None:
    still = replace(WALK, power=0.0 * WALK.power)
    done = solve(PIPE, STEEL, AIR, still, AMBIENT)
    held = temperatures(STEEL, done.enthalpy)[volumes(PIPE) > 0.0]
    assert held == pytest.approx(AMBIENT, abs=1e-2)


def test_an_insulated_body_levels_out_at_its_heat_over_its_capacity() -> None:
    walk = replace(WALK, clad=0.0 * WALK.clad, spot=SPOT)
    done = solve(PIPE, PLAIN, Surroundings(AMBIENT), walk, AMBIENT, until=2500.0)
    held = temperatures(PLAIN, done.enthalpy)[volumes(PIPE) > 0.0]
    rise = 0.4 * 900.0 * 8.0 / (7700.0 * 680.0 * volumes(PIPE).sum())
    assert held - AMBIENT == pytest.approx(rise, rel=1e-3)
