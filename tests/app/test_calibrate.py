"""`reclad calibrate`: one command repeated takes a shop through a calibration day."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guessed_posterior import guess_posterior
from reclad.job import read_feeder, read_machine
from reclad.lab import Observations, Posterior

START = ("--machine", "x-y-z-3kw", "--powder", "IN625", "--lot", "L-77", "--parent", "42CrMo4")
WEIGHED = "rpm,mass_g,time_s,delay_s\n2,16.1,120,4.1\n4,31.9,120,\n8,64.2,120,\n10,80.1,120,\n"
METERED = "set_W,measured_W\n200,190\n1500,1425\n3300,3140\n"
MADE_UP = Path(__file__).parents[1] / "docs" / "example-sheet.csv"
DAY = Path("day")
SHEET = DAY / "coupon" / "sheet.csv"


def states(ran: Any) -> dict[str, str]:
    return {step["step"]: step["state"] for step in ran.json["steps"]}


@pytest.fixture
def cell(reclad: Callable) -> Callable:
    """`reclad` with a day whose feeder is weighed and whose laser is metered."""
    assert reclad("calibrate", DAY, *START).code == 0
    (DAY / "feeder.csv").write_text(WEIGHED, "utf-8")
    (DAY / "power.csv").write_text(METERED, "utf-8")
    return reclad


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many beads each fit had; none of them costs time."""
    made: list[int] = []

    def fit(observed: Observations, **_: Any) -> Posterior:
        made.append(len(observed))
        return guess_posterior(observed)

    monkeypatch.setattr("reclad.lab.fit", fit)
    return made


def fill(change: Callable[[int, dict[str, str]], None] | None = None, path: Path = SHEET) -> None:
    """Write made-up measured numbers into the sheet, each row changed as told."""
    with MADE_UP.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        if change is not None:
            change(number, row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def empty(row: dict[str, str]) -> None:
    last = [*row].index("origin")
    row.update(dict.fromkeys([*row][last + 1 :], ""))


def contents() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(DAY.rglob("*")) if p.is_file()}


# --- the first call ---


def test_without_options_an_example_to_edit_is_written_and_no_more(reclad: Callable) -> None:
    ran = reclad("calibrate", DAY)
    assert ran.code == 0
    assert "edit it, then run `reclad calibrate day` again" in ran.out
    assert [p.name for p in DAY.iterdir()] == ["calibration.toml"]
    assert reclad("calibrate", DAY).code == 0  # the example is a valid day


def test_options_go_into_the_file_and_the_day_begins(reclad: Callable) -> None:
    ran = reclad("calibrate", DAY, *START, "--gas", "Ar 6 L/min", "--json")
    assert ran.code == 0
    assert states(ran)["feeder"] == states(ran)["power meter"] == "open"
    assert "day/feeder.csv: rpm, mass_g, time_s" in ran.json["next"][0]
    assert "day/power.csv: set_W, measured_W" in ran.json["next"][1]
    text = (DAY / "calibration.toml").read_text("utf-8")
    assert 'carrier = "Ar 6 L/min"' in text
    assert 'lot = "L-77"' in text
    assert (DAY / "feeder.csv").read_text("utf-8") == "rpm,mass_g,time_s,delay_s\n"


def test_a_file_that_is_there_is_never_changed_by_options(reclad: Callable) -> None:
    assert reclad("calibrate", DAY, *START).code == 0
    before = contents()
    said = reclad("calibrate", DAY, "--lot", "L-78").refusal
    assert "is there already and is not changed; edit it, and call again without --lot" in said
    assert contents() == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--gas", "Xe 5 L/min"), "calibration.toml carrier: "),
        (("--plate", "150 x 100"), "calibration.toml plate"),
        (("--plate", "15 x 10 x 1 mm", "--pipe", "1 x 1 x 1 m"), "a coupon is one of them"),
    ],
)
def test_a_wrong_option_is_refused_and_nothing_written(
    reclad: Callable, options: tuple[str, ...], says: str
) -> None:
    assert says in reclad("calibrate", DAY, *START, *options).refusal
    assert not DAY.exists()


def test_an_unknown_machine_is_refused_by_its_first_step(reclad: Callable) -> None:
    ran = reclad("calibrate", DAY, "--machine", "x-y-z", *START[2:])
    assert ran.code == 1
    assert 'no machine "x-y-z"; did you mean "x-y-z-3kw"?' in ran.refusal
    assert "[!] 1. feeder" in ran.out


# --- feeder and power meter ---


def test_the_two_tables_become_data_files_of_the_folder(cell: Callable) -> None:
    ran = cell("calibrate", DAY)
    assert ran.code == 0
    assert "[x] 1. feeder" in ran.out
    assert "2 rpm: weighed 8.05 g/min" in ran.out
    assert "largest error before: -5.00 % at 200 W set" in ran.out
    curve = read_feeder("in625-l-77", DAY)
    assert (curve.lot, curve.machine) == ("L-77", "x-y-z-3kw")
    assert read_machine("x-y-z-3kw", DAY).laser.meter is not None
    assert read_machine("x-y-z-3kw").laser.meter is None


def test_a_shops_own_machine_beside_the_folder_is_taken(reclad: Callable) -> None:
    assert reclad("calibrate", "first", *START).code == 0
    text = Path("first/machines/x-y-z-3kw.toml").read_text("utf-8")
    Path("machines").mkdir()
    own = text.replace('name = "x-y-z-3kw"', 'name = "cell-7"')
    Path("machines/cell-7.toml").write_text(own, "utf-8")
    assert reclad("calibrate", DAY, "--machine", "cell-7", *START[2:]).code == 0
    assert (DAY / "machines" / "cell-7.toml").read_text("utf-8") == own


def test_a_laser_may_be_left_unmetered_on_purpose(cell: Callable) -> None:
    file = DAY / "calibration.toml"
    file.write_text(file.read_text("utf-8").replace('"power.csv"', '"none"'), "utf-8")
    ran = cell("calibrate", DAY, "--json")
    assert states(ran)["power meter"] == "skipped"
    assert states(ran)["beads"] == "done"
    assert read_machine("x-y-z-3kw", DAY).laser.meter is None


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("feeder.csv", WEIGHED.replace("31.9", ""), "feeder.csv row 3 mass_g: is empty"),
        ("feeder.csv", WEIGHED.replace("31.9", "much"), 'feeder.csv row 3 mass_g: "much"'),
        ("feeder.csv", WEIGHED.replace("mass_g", "mass_kg"), 'column "mass_kg": unknown'),
        ("feeder.csv", "", "feeder.csv: empty"),
        ("power.csv", METERED.replace("1425", "2300"), "% off the line through all"),
        ("power.csv", METERED.replace("set_W", "W"), 'power.csv column "W": unknown'),
    ],
)
def test_a_wrong_table_is_refused_in_one_line_and_the_list_still_shown(
    cell: Callable, name: str, text: str, says: str
) -> None:
    (DAY / name).write_text(text, "utf-8")
    ran = cell("calibrate", DAY)
    assert ran.code == 1
    assert says in ran.refusal
    assert "[!]" in ran.out
    assert "[ ] 6. plan" in ran.out
    assert (DAY / name).read_text("utf-8") == text
    assert not (DAY / "coupon").exists()


@pytest.mark.parametrize(
    ("name", "old", "new"), [("feeder.csv", "64.2", "64.4"), ("power.csv", "1425", "1430")]
)
def test_other_measurements_are_taken_only_when_told(
    cell: Callable, name: str, old: str, new: str
) -> None:
    assert cell("calibrate", DAY).code == 0
    table = DAY / name
    table.write_text(table.read_text("utf-8").replace(old, new), "utf-8")
    before = contents()
    assert f"{name}: holds other measurements than" in cell("calibrate", DAY).refusal
    assert contents() == before
    assert cell("calibrate", DAY, "--replace").code == 0
    if name == "feeder.csv":
        assert read_feeder("in625-l-77", DAY).weighings[2].mass == pytest.approx(0.0644)
    else:
        assert read_machine("x-y-z-3kw", DAY).laser.meter.readings[1].measured == 1430
    assert cell("calibrate", DAY).code == 0


def test_weighings_that_have_run_out_open_the_step_again(cell: Callable) -> None:
    file = DAY / "calibration.toml"
    old = (datetime.date.today() - datetime.timedelta(days=100)).isoformat()
    file.write_text(file.read_text("utf-8").replace("# weighed = 2026-11-20", f"weighed = {old}"))
    ran = cell("calibrate", DAY, "--json")
    assert states(ran)["feeder"] == "open"
    assert states(ran)["beads"] == "waits"
    assert "the weighings have run out" in ran.json["next"][0]
    file.write_text(file.read_text("utf-8").replace(f"weighed = {old}", ""))
    assert (
        states(cell("calibrate", DAY, "--replace", "--json"))["feeder"] == "open"
    )  # not weighed anew
    (DAY / "feeder.csv").write_text(WEIGHED.replace("64.2", "64.3"), "utf-8")
    assert states(cell("calibrate", DAY, "--replace", "--json"))["feeder"] == "done"


# --- beads ---


def test_the_coupon_is_written_once_and_then_left_alone(cell: Callable) -> None:
    ran = cell("calibrate", DAY, "--json")
    assert states(ran)["beads"] == "done"
    assert {"coupon.html", "coupon.svg", "sheet.csv"} <= {
        p.name for p in (DAY / "coupon").iterdir()
    }
    with SHEET.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert {row["lot"] for row in rows} == {"L-77"}
    before = contents()
    assert "fill in day/coupon/sheet.csv" in cell("calibrate", DAY, "--json").json["next"][0]
    assert contents() == before
    assert not [p for p in DAY.iterdir() if p.name.startswith(".")]


def test_a_call_that_is_cut_off_while_writing_leaves_no_half_coupon(
    cell: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("reclad.record.coupon.sheet_csv", cut_off)
        assert cell("calibrate", DAY).code != 0
    assert sorted(p.name for p in DAY.iterdir()) == [
        *("calibration.toml", "feeder.csv", "feeders", "machines", "power.csv"),
    ]
    assert states(cell("calibrate", DAY, "--json"))["beads"] == "done"


def test_a_plate_too_small_for_the_beads_is_refused(cell: Callable) -> None:
    file = DAY / "calibration.toml"
    file.write_text(file.read_text("utf-8").replace("150 x 100", "75 x 60"), "utf-8")
    ran = cell("calibrate", DAY)
    assert ran.code == 1
    assert "coupon" in ran.refusal
    assert not (DAY / "coupon").exists()


def test_a_lathe_lays_its_beads_on_a_piece_of_pipe(reclad: Callable) -> None:
    start = ("--machine", "x-axial-4kw", *START[2:], "--pipe", "300 x 200 x 15 mm")
    assert reclad("calibrate", DAY, *start).code == 0
    (DAY / "feeder.csv").write_text(WEIGHED, "utf-8")
    (DAY / "power.csv").write_text(METERED.replace("3300,3140", "4300,4090"), "utf-8")
    ran = reclad("calibrate", DAY, "--json")
    assert states(ran)["beads"] == "done", ran.err


# --- measuring ---


def test_rows_still_empty_are_named_until_measured_or_explained(
    cell: Callable, fits: list[int]
) -> None:
    assert cell("calibrate", DAY).code == 0
    fill(lambda number, row: empty(row) if number in (2, 6) else None)
    ran = cell("calibrate", DAY, "--json")
    assert states(ran)["measuring"] == "open"
    assert (
        "still empty in day/coupon/sheet.csv: in625-l-77-B3, in625-l-77-B7;" in ran.json["next"][0]
    )
    assert fits == []

    def explain(number: int, row: dict[str, str]) -> None:
        if number in (2, 6):
            empty(row)
            row["note"] = f"bead {number} was cut away"

    fill(explain)
    assert states(cell("calibrate", DAY, "--json"))["fit"] == "done"
    assert fits == [10]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("depth (mm)", "20", "row 3 refused"),
        ("width (mm)", "3,2", "row 3 refused"),
        ("lot", "L-78", "laid with lot L-78, but calibration.toml says L-77"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_told(
    cell: Callable, fits: list[int], column: str, value: str, says: str
) -> None:
    assert cell("calibrate", DAY).code == 0
    fill(lambda number, row: row.update({column: value}) if number == 1 else None)
    before = SHEET.read_bytes()
    ran = cell("calibrate", DAY)
    assert ran.code == 1
    assert says in ran.refusal
    assert SHEET.read_bytes() == before
    assert fits == []


def test_a_sheet_that_is_gone_or_filled_in_twice_is_refused(cell: Callable) -> None:
    pytest.importorskip("openpyxl")
    import openpyxl

    assert cell("calibrate", DAY).code == 0
    fill()
    sheet = DAY / "coupon" / "sheet.xlsx"
    book = openpyxl.load_workbook(sheet)
    heads = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, heads.index("width (mm)") + 1, 9.9)
    book.save(sheet)
    assert "are both filled in and differ" in cell("calibrate", DAY).refusal
    SHEET.unlink()
    ran = cell("calibrate", DAY, "--json")
    assert "still empty in day/coupon/sheet.xlsx" in ran.json["next"][0]
    sheet.unlink()
    assert "holds no sheet.csv or sheet.xlsx; put it back" in cell("calibrate", DAY).refusal


# --- fit and plan ---


def test_a_full_sheet_is_fitted_once_and_told_before_and_after(
    cell: Callable, fits: list[int]
) -> None:
    assert cell("calibrate", DAY).code == 0
    fill()
    ran = cell("calibrate", DAY, "--json")
    assert ran.code == 0
    assert states(ran)["fit"] == "done"
    assert ran.json["next"] == ["reclad plan JOB --posterior day/posterior.npz"]
    told = {one["quantity"]: one for one in ran.json["before_after"]}
    assert [*told] == ["width", "height", "depth", "dilution", "catchment"]
    for one in told.values():
        before, after = one["before"], one["after"]
        assert after["p95"] - after["p05"] < before["p95"] - before["p05"]
    assert "标定前" in (DAY / "before-after.html").read_text("utf-8")
    before = contents()
    assert cell("calibrate", DAY).code == 0
    assert contents() == before
    assert fits == [12]
    fill(lambda number, row: row.update({"width (mm)": "3.3"}) if number == 1 else None)
    assert cell("calibrate", DAY).code == 0
    assert fits == [12, 12]


def test_the_last_step_says_how_long_the_curve_is_good(cell: Callable, fits: list[int]) -> None:
    assert cell("calibrate", DAY).code == 0
    fill()
    ran = cell("calibrate", DAY)
    last = datetime.date.today() + datetime.timedelta(days=90)
    assert f"the feeder curve is good until {last.isoformat()}" in ran.out
    assert 'feeder = "in625-l-77"' in ran.out
    assert "not determined by these beads: nothing" in ran.out


def test_what_was_not_measured_is_named(cell: Callable, fits: list[int]) -> None:
    assert cell("calibrate", DAY).code == 0

    def no_areas(_: int, row: dict[str, str]) -> None:
        row["clad_area (mm^2)"] = row["melted_area (mm^2)"] = ""

    fill(no_areas)
    ran = cell("calibrate", DAY)
    assert "not determined by these beads: dilution, catchment" in ran.out


def test_a_fit_that_is_cut_off_is_made_the_next_time(
    cell: Callable, fits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cell("calibrate", DAY).code == 0
    fill()
    with monkeypatch.context() as broken:
        broken.setattr("reclad.lab.posterior_file.write_arrays", _cut_off)
        assert cell("calibrate", DAY).code != 0
    assert not (DAY / "posterior.npz").exists()
    assert states(cell("calibrate", DAY, "--json"))["fit"] == "done"


def _cut_off(path: Path, _: object) -> None:
    path.write_bytes(b"half")
    raise KeyboardInterrupt


def test_a_posterior_that_is_none_is_not_overwritten(cell: Callable, fits: list[int]) -> None:
    assert cell("calibrate", DAY).code == 0
    fill()
    (DAY / "posterior.npz").write_bytes(b"mine")
    assert "move it away, and call again" in cell("calibrate", DAY).refusal
    assert (DAY / "posterior.npz").read_bytes() == b"mine"
