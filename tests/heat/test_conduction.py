"""Heat cases on cells: against the closed form where both hold, against lumps where losses act."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reclad.errors import ProcessError
from reclad.heat.conduction import CaseResult, simulate_case, solve_exactly, solve_numerically
from reclad.heat.fin import STEFAN_BOLTZMANN
from reclad.job.heat_case import HeatCase, read_case

PLATE = 'shape = "plate"\nthickness = "8 mm"\nlength = "60 mm"\nwidth = "30 mm"'
STEEL = 'conductivity = "30 W/m/K"\nspecific_heat = "680 J/kg/K"\ndensity = "7700 kg/m^3"'
CAPACITY = 680.0 * 7700.0
TRACK = "0,10,15,0,2000\n3,40,15,0,0"
TOP = """path = "path.csv"
melting = "1723 K"
times = ["1.5 s", "3 s", "6 s"]
points = [["25 mm", "18 mm", "-2 mm"], ["40 mm", "15 mm", "-1 mm"], ["25 mm", "12 mm", "-5 mm"]]
"""


@pytest.fixture
def case(tmp_path: Path) -> Callable[..., HeatCase]:
    """A heat case from its tables: a track over a plate unless told otherwise."""

    def make(body: str = PLATE, *, top: str = TOP, metal: str = STEEL, beam: str = "",
             air: str = "", rows: str = TRACK) -> HeatCase:  # fmt: skip
        (tmp_path / "path.csv").write_text(f"t_s,x_mm,y_mm,z_mm,power_W\n{rows}\n", "utf-8")
        text = (
            f"{top}\n[body]\n{body}\n[metal]\n{metal}\n[beam]\n"
            f'spot = "3 mm"\nabsorbed = "40 %"\n{beam}\n[air]\nambient = "298 K"\n{air}\n'
        )
        (tmp_path / "case.toml").write_text(text, "utf-8")
        return read_case(tmp_path / "case.toml")

    return make


def sizes(result: CaseResult, n: int = 0) -> np.ndarray:
    pool = result.pools[n]
    return np.array([pool.width, pool.length, pool.depth])


@pytest.mark.parametrize(
    "body", [PLATE, 'shape = "plate"\nthickness = "8 mm"', 'shape = "semi-infinite"']
)
def test_cells_and_closed_form_agree_on_a_track(case: Callable, body: str) -> None:
    told = case(body)
    exact, cells = solve_exactly(told), solve_numerically(told)
    assert cells.time == pytest.approx(exact.time, abs=4e-3)
    # The beam moves 0.03 mm in that time: up to 8 K where it comes near.
    assert cells.temperature == pytest.approx(exact.temperature, abs=8.0)
    assert cells.temperature[:, 2] == pytest.approx(exact.temperature[:, 2], abs=0.6)
    assert sizes(cells) == pytest.approx(sizes(exact), rel=0.03)
    assert cells.pools[2].width == 0.0


@pytest.mark.slow
def test_finer_cells_come_nearer_to_the_closed_form(case: Callable) -> None:
    exact = solve_exactly(case())
    errors = []
    for cell in ("0.5 mm", "0.25 mm"):
        cells = solve_numerically(case(top=f'cell = "{cell}"\n{TOP}'))
        errors.append([abs(cells.peak[0] - exact.peak[0]), *abs(sizes(cells) - sizes(exact))])
    coarse, fine = np.array(errors)
    assert fine[0] < 0.3 * coarse[0]
    assert fine[1] < 0.4 * coarse[1]
    assert fine[2] < 0.5 * coarse[2]
    assert fine[3] < 0.005 * sizes(exact)[2]


@pytest.mark.parametrize("across", ["1.5 mm", "5 mm"])
def test_an_elliptic_spot_is_the_closed_forms(case: Callable, across: str) -> None:
    told = case(beam=f'across = "{across}"', top=TOP.replace("1723 K", "1200 K"))
    assert sizes(solve_numerically(told)) == pytest.approx(sizes(solve_exactly(told)), rel=0.05)


def test_dwells_and_jumps_are_the_closed_forms(case: Callable) -> None:
    rows = "0,20,15,0,1000\n1,20,15,0,1500\n2,20,15,0,0\n2,40,10,0,1200\n3,40,10,0,0"
    told = case(rows=rows)
    exact, cells = solve_exactly(told), solve_numerically(told)
    assert sizes(cells, 1) == pytest.approx(sizes(exact, 1), rel=0.04)
    assert cells.temperature[:, 2] == pytest.approx(exact.temperature[:, 2], abs=1.5)


def test_the_grid_of_the_cells_is_the_points_of_the_cells(case: Callable) -> None:
    grid = 'x = ["25 mm", "25 mm", "1 mm"]\ny = ["12 mm", "18 mm", "6 mm"]\n'
    told = case(air=f'[grid]\n{grid}z = ["-5 mm", "-2 mm", "3 mm"]')
    cells = solve_numerically(told)
    assert cells.grid is not None
    assert cells.grid.shape == (3, 1, 2, 2)
    assert cells.grid[:, 0, 1, 1] == pytest.approx(cells.temperature[0], abs=1e-9)
    assert cells.grid[:, 0, 0, 0] == pytest.approx(cells.temperature[2], abs=1e-9)


ROUND = {
    'shape = "pipe"\ndiameter = "30 mm"\nwall = "4 mm"\nlength = "40 mm"':
        math.pi * (15e-3**2 - 11e-3**2) * 0.04,
    'shape = "cylinder"\ndiameter = "16 mm"\nlength = "40 mm"': math.pi * 8e-3**2 * 0.04,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("body", ROUND)
def test_a_round_body_keeps_the_heat_and_levels_out(case: Callable, body: str) -> None:
    # A helix: y runs round the surface, here more than once.
    top = 'path = "path.csv"\ncell = "1 mm"\ntimes = ["400 s"]\npoints = [["1 mm", "0 mm", "0 mm"],'
    top += ' ["20 mm", "40 mm", "-3 mm"], ["39 mm", "-5 mm", "-2 mm"]]\n'
    told = case(body, top=top, rows="0,5,0,0,500\n10,35,120,0,0")
    result = simulate_case(told)
    assert result.solver == "numerical"
    wanted = 298.0 + 0.4 * 500.0 * 10.0 / (CAPACITY * ROUND[body])
    assert result.temperature[:, 0] == pytest.approx(wanted, abs=0.5)


def test_on_a_pipe_the_beam_is_where_the_path_says(case: Callable) -> None:
    body = 'shape = "pipe"\ndiameter = "40 mm"\nwall = "4 mm"\nlength = "40 mm"'
    around = math.pi * 40.0
    points = [(30, 50), (30, 50 + around), (30, 50 - around), (30, 50 + around / 2), (10, 50)]
    top = 'path = "path.csv"\ncell = "0.75 mm"\ntimes = ["2 s"]\nmelting = "1723 K"\npoints = ['
    top += ", ".join(f'["{x} mm", "{y:.9f} mm", "0 mm"]' for x, y in points) + "]\n"
    result = simulate_case(case(body, top=top, rows="0,10,20,0,1200\n2,30,50,0,0"))
    under, ahead, behind, opposite, _ = result.temperature[:, 0]
    assert under > 1500.0
    assert ahead == pytest.approx(under, abs=1e-6)
    assert behind == pytest.approx(under, abs=1e-6)
    assert opposite == pytest.approx(298.0, abs=1.0)
    assert result.pools[0].length > result.pools[0].width > result.pools[0].depth > 0.0


@pytest.mark.parametrize(
    ("air", "film"),
    [
        ('film = "40 W/m^2/K"', lambda _: 40.0),
        ('emissivity = "80 %"', lambda t: 0.8 * STEFAN_BOLTZMANN * (t**4 - 298.0**4) / (t - 298.0)),
    ],
)
def test_a_warm_plate_cools_as_a_lump(case: Callable, air: str, film: Callable) -> None:
    # All faces but the two ends along x give heat to the air; the underside does not radiate.
    body = 'shape = "plate"\nthickness = "4 mm"\nlength = "40 mm"\nwidth = "40 mm"'
    top = 'path = "path.csv"\ncell = "1.5 mm"\ntimes = ["60 s"]\n'
    grid = 'x = ["20 mm", "20 mm", "1 mm"]\ny = ["1 mm", "39 mm", "2 mm"]\n'
    grid = f'[grid]\n{grid}z = ["-3.5 mm", "-0.5 mm", "1 mm"]'
    told = case(
        body, top=top, air=f'start = "700 K"\n{air}\n{grid}', rows="0,10,15,0,0\n3,40,15,0,0"
    )
    result = simulate_case(told)
    assert result.grid is not None
    faces = 2.0 if "film" in air else 1.0
    area, volume = faces * 0.04 * 0.04 + 2.0 * 0.04 * 4e-3, 0.04 * 0.04 * 4e-3
    lump, dt = 700.0, 0.05
    for _ in range(1200):
        lump -= dt * film(lump) * area * (lump - 298.0) / (CAPACITY * volume)
    assert lump < 690.0
    assert result.grid.mean() == pytest.approx(lump, abs=0.01 * (700.0 - lump))


def test_latent_heat_and_a_librarys_tables_make_the_pool_another(case: Callable) -> None:
    dry = sizes(solve_numerically(case()))
    melting = 'solidus = "1690 K"\nliquidus = "1756 K"\nlatent_heat = "270 kJ/kg"'
    wet = sizes(simulate_case(case(metal=f"{STEEL}\n{melting}")))
    assert 0.7 * dry[2] < wet[2] < 0.97 * dry[2]
    # What docs/how-to/simulate-heat.md says the closed form leaves out.
    width, length, depth = sizes(solve_exactly(case())) / wet
    assert width == pytest.approx(1.015, abs=0.01)
    assert length == pytest.approx(0.88, abs=0.02)
    assert depth == pytest.approx(1.06, abs=0.02)
    library = simulate_case(case(metal='material = "42CrMo4"'))
    assert library.solver == "numerical"
    assert sizes(library)[0] == pytest.approx(dry[0], rel=0.2)


def test_what_the_cells_make_of_a_case_is_said(case: Callable) -> None:
    loses = case('shape = "plate"\nthickness = "8 mm"', air='film = "20 W/m^2/K"')
    notes = " / ".join(simulate_case(loses).notes)
    assert "million cells of 0.5 mm near the path" in notes
    assert "the endless body is a block of" in notes
    assert "the underside does not radiate" in notes


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"beam": 'depth = "1 mm"'}, r"\[beam\] depth: 1 mm is deeper than a cell"),
        ({"rows": "0,10,15,0,2000\n3,40,15,-1,0"}, "path.csv row 2 z_mm: lies under the surface"),
        (
            {"top": 'cell = "2 mm"\n' + TOP},
            "cell: 2 mm for a spot of 3 mm; write a cell from",
        ),
        ({"top": 'cell = "0.05 mm"\n' + TOP}, "cell: 0.05 mm for a spot of 3 mm"),
        ({"top": TOP.replace('"1.5 s"', '"2.9999 s"')}, "times: 0.0001 s apart, but a step"),
        ({"top": TOP.replace('"6 s"', '"9e6 s"')}, "million cells and .* steps would take about"),
    ],
)
def test_what_cells_cannot_do_is_refused_with_the_way_out(
    case: Callable, changed: dict[str, str], says: str
) -> None:
    with pytest.raises(ProcessError, match=says):
        solve_numerically(case(**changed))
