"""`reclad simulate`: a heat case in, temperatures and pools out; whatever is wrong is named."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reclad.errors import FileError, RecladError
from reclad.heat.conduction import describe_source
from reclad.job.heat_case import read_case
from reclad.job.library import data_folder

EXAMPLES = data_folder().joinpath("examples", "heat")
CASES = sorted(p.name for p in EXAMPLES.iterdir() if p.name.endswith(".toml"))
PATH = "t_s,x_mm,y_mm,z_mm,power_W\n0,0,0,0,2000\n2,20,0,0,0\n"
CASE = """path = "path.csv"
times = ["1 s", "2 s"]
melting = "1450 degC"
points = [["20 mm", "0 mm", "0 mm"], ["10 mm", "0 mm", "-1 mm"]]
[body]
shape = "semi-infinite"
[metal]
conductivity = "30 W/m/K"
specific_heat = "680 J/kg/K"
density = "7700 kg/m^3"
[beam]
spot = "3 mm"
depth = "1 mm"
absorbed = "40 %"
[air]
ambient = "298 K"
"""
PLATE = '"plate"\nthickness = "6 mm"\nlength = "60 mm"\nwidth = "40 mm"'


def write(text: str = CASE, path: str = PATH) -> Path:
    Path("path.csv").write_text(path, "utf-8")
    case = Path("case.toml")
    case.write_text(text, "utf-8")
    return case


def table(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="ascii") as file:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def test_a_case_is_told_in_json(reclad: Callable) -> None:
    told = reclad("simulate", write(), "--json").json
    assert (told["case"], told["solver"], told["files"]) == ("case", "closed form", [])
    assert told["t_s"] == [1.0, 2.0]
    assert told["melting"]["value"] == pytest.approx(1723.15)
    source = describe_source(read_case("case.toml"))
    point = np.array([[0.02, 0.0, 0.0], [0.01, 0.0, -1e-3]])
    for n, time in enumerate(told["t_s"]):
        found = [p["temperature_K"][n] for p in told["points"]]
        assert found == pytest.approx(source.at_points(point, time), rel=1e-12)
    pool = source.pool(2.0, 1723.15)
    assert told["pools"][1]["width_mm"] == pytest.approx(pool.width * 1e3, rel=1e-9)
    assert told["peak"]["value"] == pytest.approx(pool.peak)
    assert told["peak_time"]["value"] == 2.0
    assert told["grid"] is None


def test_files_and_a_picture_are_written(reclad: Callable) -> None:
    grid = '[grid]\nx = ["0 mm", "20 mm", "5 mm"]\ny = ["0 mm", "0 mm", "1 mm"]\n'
    case = write(CASE + grid + 'z = ["-2 mm", "0 mm", "1 mm"]\n')
    ran = reclad("simulate", case, "-o", "out")
    assert ran.code == 0
    names = ["grid.csv", "picture.svg", "points.csv", "pool.csv", "result.json"]
    assert sorted(p.name for p in Path("out").iterdir()) == names
    told = json.loads(Path("out/result.json").read_text("ascii"))
    points = table(Path("out/points.csv"))
    assert [row["t_s"] for row in points] == [1.0, 1.0, 2.0, 2.0]
    assert points[3]["z_mm"] == -1.0
    assert points[3]["temperature_K"] == pytest.approx(told["points"][1]["temperature_K"][1])
    cells = table(Path("out/grid.csv"))
    assert len(cells) == 2 * 5 * 1 * 3
    there = [c for c in cells if (c["t_s"], c["x_mm"], c["y_mm"], c["z_mm"]) == (2, 10, 0, -1)]
    assert there[0]["temperature_K"] == pytest.approx(points[3]["temperature_K"])
    assert max(c["temperature_K"] for c in cells) == pytest.approx(max(told["grid"]["highest_K"]))
    assert table(Path("out/pool.csv"))[1]["depth_mm"] == pytest.approx(told["pools"][1]["depth_mm"])
    picture = ElementTree.fromstring(Path("out/picture.svg").read_text("utf-8"))
    words = "".join(picture.itertext())
    assert "Temperature (°C) 温度（°C）" in words
    assert "pool depth 熔池深度" in words


def test_an_earlier_result_is_replaced_but_nothing_else(reclad: Callable) -> None:
    case = write()
    assert reclad("simulate", case, "-o", "out").code == 0
    write(CASE.replace('points = [["20 mm", "0 mm", "0 mm"], ["10 mm", "0 mm", "-1 mm"]]\n', ""))
    assert reclad("simulate", case, "-o", "out").code == 0
    assert not Path("out/points.csv").exists()
    Path("out/notes.txt").write_text("mine")
    assert "holds other files (notes.txt)" in reclad("simulate", case, "-o", "out").refusal
    Path("file").write_text("mine")
    assert "cannot be written" in reclad("simulate", case, "-o", "file").refusal
    assert [p.name for p in Path().iterdir() if p.name.startswith(".")] == []


def test_a_large_grid_is_written_as_arrays(
    reclad: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reclad.record.heat_case._MOST_ROWS", 10)
    axes = "".join(
        f'{a} = ["{b} mm", "0 mm", "1 mm"]\n' for a, b in (("x", 0), ("y", 0), ("z", -9))
    )
    assert reclad("simulate", write(CASE + "[grid]\n" + axes), "-o", "out").code == 0
    with np.load("out/grid.npz") as held:
        assert held["temperature"].shape == (2, 1, 1, 10)
        assert held["z"][0] == pytest.approx(-9e-3)


def test_the_lines_for_people_tell_pools_points_and_files(reclad: Callable) -> None:
    times = 'times = { from = "0.1 s", to = "2 s", step = "0.1 s" }'
    out = reclad("simulate", write(CASE.replace('times = ["1 s", "2 s"]', times)), "-o", "o").out
    assert "solved, closed form, 20 times, metal at 298.0 K" in out
    assert "... 8 more: --json, or -o FOLDER" in out
    assert "written          o/pool.csv" in out


def test_without_a_melting_point_no_pool_is_told(reclad: Callable) -> None:
    told = reclad("simulate", write(CASE.replace('melting = "1450 degC"\n', "")), "--json").json
    assert told["melting"] is None
    assert told["pools"] == []
    assert told["peak"]["value"] > 2000.0


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_shipped_case_solves(reclad: Callable, name: str) -> None:
    assert reclad("new", "cases", "--like", "heat").code == 0
    told = reclad("simulate", Path("cases") / name, "--json").json
    assert told["peak"]["value"] > told["start"]["value"]
    assert any(pool["depth_mm"] > 0.0 for pool in told["pools"])


def test_the_serpentine_example_is_the_peer_case(reclad: Callable) -> None:
    from tests.peers.thesis.case import read_source

    assert "`reclad simulate cases/pipe-turns.toml`" in reclad("new", "cases", "--like", "heat").out
    ours, peer = describe_source(read_case("cases/serpentine.toml")), read_source()
    assert ours.path.time == pytest.approx(peer.path.time)
    assert ours.path.place == pytest.approx(peer.path.place)
    assert ours.path.power == pytest.approx(peer.path.power)
    points = np.array([[0.02, 0.018, 0.0], [0.01, 0.01, -1e-3]])
    assert ours.at_points(points, 43.0) == pytest.approx(peer.at_points(points, 43.0), abs=1e-4)


def test_a_library_metal_at_one_temperature_is_a_constant_one(reclad: Callable) -> None:
    numbers = CASE[CASE.index("conductivity") : CASE.index("[beam]")]
    case = read_case(write(CASE.replace(numbers, 'material = "4140"\nconstants_at = "20 degC"\n')))
    source = describe_source(case)
    assert source.block.conductivity == pytest.approx(42.6)
    assert source.block.specific_heat == pytest.approx(439.802)
    assert source.block.density == 7850.0
    hot = read_case(write(CASE.replace(numbers, 'material = "4140"\nconstants_at = "700 degC"\n')))
    assert hot.metal.specific_heat.interpolate(300.0) == pytest.approx(1008.16)
    assert list(case.sources) == ["case.toml", "library/materials/42CrMo4.toml"]


def test_a_table_of_one_value_is_constant_and_the_cases_numbers_go_before_the_library(
    reclad: Callable,
) -> None:
    table_text = '{ at = [300, 900], value = [30, 30], at_unit = "K", unit = "W/m/K" }'
    case = read_case(write(CASE.replace('"30 W/m/K"', table_text)))
    assert case.numerical_because == ""
    assert describe_source(case).block.conductivity == 30.0
    named = read_case(write(CASE.replace("[metal]", '[metal]\nmaterial = "42CrMo4"')))
    assert named.metal.density == 7700.0
    assert named.metal.conductivity.value == (30.0,)
    assert named.metal.solidus == 1693.0


NUMERICAL = {
    "a library metal over temperature": (
        CASE[CASE.index("conductivity") : CASE.index("[beam]")],
        'material = "42CrMo4"\n',
        "properties change with temperature",
    ),
    "losses": ("[air]", '[air]\nfilm = "15 W/m^2/K"', "the surface loses heat"),
    "radiation": ("[air]", '[air]\nemissivity = "70 %"', "the surface loses heat"),
    "a pipe": (
        '"semi-infinite"',
        '"pipe"\ndiameter = "100 mm"\nwall = "10 mm"\nlength = "50 mm"',
        "the body is a pipe",
    ),
    "latent heat": (
        "[beam]",
        'solidus = "1400 degC"\nliquidus = "1450 degC"\nlatent_heat = "270 kJ/kg"\n[beam]',
        "takes heat to melt",
    ),
}


@pytest.mark.parametrize("what", NUMERICAL)
def test_what_the_closed_form_cannot_do_is_not_done_in_closed_form(
    reclad: Callable, what: str
) -> None:
    old, new, because = NUMERICAL[what]
    text = CASE.replace(old, new, 1)
    assert because in read_case(write(text)).numerical_because
    ran = reclad("simulate", write('solver = "closed-form"\n' + text))
    assert ran.code == 1
    assert f'case.toml solver: no "closed-form" where {because}'.split("where")[0] in ran.refusal


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('spot = "3 mm"', "spot = 3", 'case.toml [beam] spot: 3 has no unit; write for example "3'),
        ('spot = "3 mm"', 'spott = "3 mm"', '[beam] spott: unknown key; did you mean "spot"?'),
        ('spot = "3 mm"', 'spot = "3 kg"', "[beam] spot: "),
        ('spot = "3 mm"\n', "", "[beam] spot: missing; add this key"),
        ('absorbed = "40 %"', 'absorbed = "140 %"', "[beam] absorbed: "),
        ("[beam]", "[beem]", 'beem: unknown key; did you mean "beam"?'),
        ('"semi-infinite"', '"plait"', '[body] shape: "plait" is not one of semi-infinite, plate'),
        ('"semi-infinite"', '"plate"', "[body] thickness: missing; a plate needs it"),
        ('"semi-infinite"', '"semi-infinite"\nwall = "3 mm"', "[body] wall: a semi-infinite body"),
        ('conductivity = "30 W/m/K"\n', "", "[metal] conductivity: missing; add this key, or name"),
        ('"30 W/m/K"', '"30 W/m"', "[metal] conductivity: "),
        ('"30 W/m/K"', "30", "[metal] conductivity: 30 has no unit"),
        ('"30 W/m/K"', '{ at = [300, 900], value = [40], at_unit = "K", unit = "W/m/K" }',
         "conductivity] value: 1 values for 2 temperatures"),
        ("[metal]", '[metal]\nmaterial = "42CrMo5"', "[metal] material: no material"),
        ("[metal]", '[metal]\nconstants_at = "20 degC"', "constants_at: belongs to a metal of"),
        ("[metal]", '[metal]\nlatent_heat = "2e5 J/kg"', "[metal] solidus: missing, but latent"),
        ('["1 s", "2 s"]', '["2 s", "1 s"]', "times row 2: 1 s does not lie after 2 s"),
        ('["1 s", "2 s"]', "[1, 2]", "times row 1: 1 has no unit"),
        ('["1 s", "2 s"]', "[]", "times: "),
        ('["1 s", "2 s"]', '{ from = "0 s", to = "1 s" }', "times: write a list, or { from"),
        ('["1 s", "2 s"]', '{ from = "0 s", to = "1 s", step = "0 s" }', "times: from 0 s to 1 s"),
        ('["10 mm", "0 mm", "-1 mm"]', '["10 mm", "0 mm"]', "points row 2: a list of 2 where"),
        ('["10 mm", "0 mm", "-1 mm"]', '["10 mm", "0 mm", "1 mm"]', "points row 2 z: "),
        ('"semi-infinite"', PLATE.replace("6 mm", "0.5 mm"), "points row 2 z: -1 mm lies below"),
        ('"semi-infinite"', PLATE.replace("60 mm", "15 mm"), "points row 1 x: 20 mm lies outside"),
        ('path = "path.csv"', 'path = "../path.csv"', "path: "),
        ('path = "path.csv"', 'path = "gone.csv"', "gone.csv: cannot be read"),
        ('path = "path.csv"', 'solver = "numeric"\npath = "path.csv"', "solver: "),
    ],
)  # fmt: skip
def test_a_broken_case_is_refused_by_file_key_value_and_rule(
    reclad: Callable, old: str, new: str, says: str
) -> None:
    assert old in CASE
    ran = reclad("simulate", write(CASE.replace(old, new, 1)), "--json")
    assert ran.code == 1
    assert ran.out == ""
    assert says in ran.refusal


@pytest.mark.parametrize(
    ("grid", "says"),
    [
        ('x = ["0 mm", "9 mm", "1 mm"]', "[grid] y: missing"),
        ('x = ["9 mm", "0 mm", "1 mm"]', "[grid.x] stop: 0 mm lies below start 9 mm"),
        ('x = ["0 mm", "9 mm"]', "[grid] x: a list of 2 where a row of 3 is wanted"),
        ('x = ["0 m", "9 m", "1 um"]\ny = ["0 m", "1 m", "1 um"]\nz = ["0 m", "0 m", "1 m"]',
         "[grid] step: "),
    ],
)  # fmt: skip
def test_a_broken_grid_is_refused(reclad: Callable, grid: str, says: str) -> None:
    assert says in reclad("simulate", write(f"{CASE}[grid]\n{grid}\n")).refusal


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (PATH.replace("2000", "2 kW"), 'path.csv row 1 power_W: "2 kW" is not a number from 0'),
        (PATH.replace("2000", "-5"), "path.csv row 1 power_W: "),
        (PATH.replace("20,0,0,0", "20,0,1,0"), "path.csv row 2 z_mm: "),
        (PATH.replace("2,20", "-1,20"), "path.csv row 2 t_s: "),
        (PATH + "1,30,0,0,0\n", "path.csv row 3 t_s: 1 lies before the 2 of the row above"),
        (PATH.replace("2,20", "2,"), 'path.csv row 2 x_mm: "" is not a number'),
        (PATH.replace("2,20,0,0,0", "2,20"), 'path.csv row 2 y_mm: "" is not a number'),
        (PATH.replace("2,20,0,0,0", "2,20,0,0,0,7"), "row 2: has 6 cells for 5 columns"),
        (PATH.replace("x_mm", "x_m"), 'path.csv: column "x_m" is not known, did you mean x_mm?'),
        (PATH.replace(",power_W", ""), "path.csv: has no column power_W"),
        (PATH.replace("y_mm", "x_mm"), "path.csv: has column x_mm twice"),
        (PATH.split("2,20", maxsplit=1)[0], "path.csv: has 1 rows; a path needs two or more"),
        ("", "path.csv: has 0 rows"),
        ("\x00" * 20, "path.csv: has no column"),
        (PATH.replace("2000", "nan"), 'row 1 power_W: "nan" is not a number'),
    ],
)
def test_a_broken_path_is_refused_by_row_and_column(reclad: Callable, path: str, says: str) -> None:
    ran = reclad("simulate", write(path=path))
    assert ran.code == 1
    assert says in ran.refusal


def test_a_path_beside_the_plate_is_refused_by_row_and_column(reclad: Callable) -> None:
    text = CASE.replace('"semi-infinite"', PLATE)
    ran = reclad("simulate", write(text, PATH.replace("2,20,0", "2,20,41")))
    assert "path.csv row 2 y_mm: 41 mm lies outside the body, 0 to 40 mm" in ran.refusal


def test_a_path_is_read_as_office_programs_write_it(reclad: Callable) -> None:
    for form in (PATH.replace(",", ";"), "\ufeff" + PATH, PATH.replace("\n", "\r\n") + ",,,,\r\n"):
        write(path=form)
        rows = read_case("case.toml").rows
        assert [(r.time, r.x, r.power) for r in rows] == [(0.0, 0.0, 2000.0), (2.0, 0.02, 0.0)]


def test_a_missing_case_is_refused(reclad: Callable) -> None:
    assert "gone.toml: no such file" in reclad("simulate", "gone.toml").refusal
    with pytest.raises(FileError):
        read_case(".")


@given(st.integers(0, len(CASE) - 1), st.integers(0, 30), st.text(max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_edit_of_a_case_brings_down_the_door(
    tmp_path: Path, start: int, length: int, text: str
) -> None:
    (tmp_path / "path.csv").write_text(PATH, "utf-8")
    case = tmp_path / "case.toml"
    edited = CASE[:start] + text + CASE[start + length :]
    case.write_bytes(edited.encode("utf-8", "replace"))
    said = ""
    try:
        read_case(case)
    except RecladError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 500


@pytest.mark.slow
def test_a_job_is_solved_over_its_draws_and_goes_into_a_table(reclad: Callable) -> None:
    assert reclad("new", "seat", "--like", "bearing").code == 0
    told = reclad("simulate", "seat", "--draws", "3", "-o", "out", "--json").json
    assert told["draws"] == 3
    assert 15 < told["turns"] < 40  # 60 mm at a pitch that is chosen
    assert told["ledger_gap"] < 1e-9
    named = {row["what"]: row["value"] for row in told["rows"]}
    met = named["interpass, hottest turn"]
    assert 250 < met["p05"] <= met["p50"] <= met["p95"] < 450
    # one solve spread in closed form against these solves: a few kelvin of a rise of a hundred
    assert 0 < told["spread_off"]["value"] < 8
    rows = table(Path("out/heat-draws.csv"))
    assert [row["turn"] for row in rows] == list(range(1, told["turns"] + 1))
    assert rows[-1]["interpass_p50_degC"] > rows[0]["interpass_p50_degC"] + 50
    again = reclad("simulate", "seat/job.toml", "--draws", "3", "-o", "out")
    assert (again.code, "lies there already" in again.err) == (1, True)
    lines = reclad("simulate", "seat", "--draws", "3").out.splitlines()
    assert lines[0].startswith("seat: the whole repair solved for 3 draws")
    assert "differs by up to" in lines[-1]
