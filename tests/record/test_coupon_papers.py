"""What the shop gets with a coupon: program, drawing and an empty sheet that reads back."""

from __future__ import annotations

import csv
import datetime
import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from reclad.coupon import CouponPlan, label_beads, plan_coupon
from reclad.errors import FileError, ProgramError
from reclad.job import Trial, read_machine, read_nozzle, read_trials
from reclad.path import Blank, Offcut, Plate
from reclad.process import ProcessParameters
from reclad.program import Finding, check_program
from reclad.record import write_coupon
from reclad.record._coupon_sheet import MEASURED, SET, column_name, trials_to_measure
from reclad.units import to_unit

PLATE = Plate(length=0.2, width=0.1, thickness=0.012)
FILES = ["coupon.ngc", "coupon.svg", "coupon.html", "sheet.csv", "sheet.xlsx"]
SETTINGS = ProcessParameters.of(
    power=[1200.0, 1800.0, 2400.0, 2050.0],
    travel_speed=[6e-3, 10e-3, 14e-3, 9e-3],
    feed_rate=[10 / 6e4, 17 / 6e4, 24.3 / 6e4, 12 / 6e4],
    stand_off=[15e-3, 13e-3, 15e-3, 15e-3],
    interpass=[293.15, 293.15, 293.15, 293.15],
)


def make_plan(blank: Blank = PLATE, machine: str = "x-y-z-3kw") -> CouponPlan:
    nozzle, cell = read_nozzle("coaxial-15"), read_machine(machine)
    beads = label_beads(SETTINGS)
    return plan_coupon(cell, nozzle, beads, blank, parent="42CrMo4", wait=90.0, name="north-7")


@pytest.fixture(scope="module")
def plan() -> CouponPlan:
    return make_plan()


@pytest.fixture
def folder(plan: CouponPlan, tmp_path: Path) -> Path:
    write_coupon(plan, tmp_path / "coupon")
    return tmp_path / "coupon"


def expect_as_set(trial: Trial, plan: CouponPlan, number: int) -> None:
    bead = plan.beads[number].setting
    for key, value in (
        ("power", bead.power),
        ("travel_speed", bead.travel_speed),
        ("feed_rate", bead.feed_rate),
        ("stand_off", bead.stand_off),
        ("base_temperature", bead.interpass),
        ("spot", plan.machine.laser.spot),
        ("track_length", 0.04),
        ("thickness", 0.012),
    ):
        assert getattr(trial, key) == pytest.approx(value, rel=1e-12), key
    assert (trial.id, trial.parent) == (f"north-7-{bead.label}", "42CrMo4")
    assert (trial.powder, trial.lot) == ("IN625", "example")
    assert (trial.machine, trial.nozzle) == ("x-y-z-3kw", "coaxial-15")
    assert trial.spot_definition == "1/e2"
    assert trial.single
    assert trial.counted


def test_every_file_is_written_once_and_the_program_is_the_planned_one(
    plan: CouponPlan, tmp_path: Path
) -> None:
    paths = write_coupon(plan, tmp_path / "new" / "coupon")
    assert [path.name for path in paths] == FILES
    assert sorted(path.name for path in paths[0].parent.iterdir()) == sorted(FILES)
    assert paths[0].read_text("ascii") == plan.text
    assert check_program(paths[0].read_bytes(), plan.machine, plan.program).findings == ()


def test_the_same_plan_gives_the_same_bytes(plan: CouponPlan, folder: Path, tmp_path: Path) -> None:
    for path in write_coupon(plan, tmp_path / "again"):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    with zipfile.ZipFile(folder / "sheet.xlsx") as book:
        core = book.read("docProps/core.xml")
    # no time stamp of the day it was written
    assert set(re.findall(rb">(\d{4})-\d\d-", core)) == {b"1980"}


@pytest.mark.parametrize("sheet", ["sheet.csv", "sheet.xlsx"])
def test_the_empty_sheet_reads_as_trials_with_the_settings_and_nothing_measured(
    sheet: str, plan: CouponPlan, folder: Path
) -> None:
    found = read_trials(folder / sheet)
    assert found.left == ()
    assert found.refused == ()
    assert len(found.rows) == 4
    for number, row in enumerate(found.rows):
        assert row.trial is not None
        assert row.good_for == ()
        expect_as_set(row.trial, plan, number)
        assert {getattr(row.trial, key) for key in MEASURED} == {None, ""}


def measured(number: int) -> dict[str, object]:
    return {
        "width": 3.1 + 0.1 * number,
        "height": 0.8,
        "depth": 0.4,
        "sections": 3,
        "date": "2026-11-02",
        "note": "测温 24 °C",
    }


def fill_csv(path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    for number, row in enumerate(rows):
        row |= {column_name(key): str(value) for key, value in measured(number).items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def fill_xlsx(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number in range(4):
        for key, value in measured(number).items():
            sheet.cell(number + 2, columns[column_name(key)], value)
    book.save(path)


@pytest.mark.parametrize(("sheet", "fill"), [("sheet.csv", fill_csv), ("sheet.xlsx", fill_xlsx)])
def test_a_filled_sheet_reads_as_sound_trials_at_the_settings(
    sheet: str, fill, plan: CouponPlan, folder: Path
) -> None:
    fill(folder / sheet)
    found = read_trials(folder / sheet)
    assert found.refused == ()
    assert len(found.trials) == 4
    for number, trial in enumerate(found.trials):
        expect_as_set(trial, plan, number)
        assert to_unit(trial.width or 0.0, "mm") == pytest.approx(3.1 + 0.1 * number)
        assert (trial.sections, trial.date, trial.note) == (3, "2026-11-02", "测温 24 °C")
    assert all({"width", "height", "depth"} <= set(row.good_for) for row in found.rows)


def test_settings_are_locked_and_cells_to_measure_open(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "sheet.xlsx").worksheets[0]
    assert sheet.protection.sheet
    heads = [cell.value for cell in sheet[1]]
    assert heads == [column_name(key) for key in (*SET, *MEASURED)]
    for row in sheet.iter_rows(min_row=2, max_row=5):
        locked = [cell.protection.locked for cell in row]
        assert locked == [True] * len(SET) + [False] * len(MEASURED)
        assert all(cell.value is not None for cell in row[: len(SET)])
        assert all(cell.value is None for cell in row[len(SET) :])
    power = sheet.cell(2, heads.index("power (W)") + 1)
    assert power.value == 1200
    assert power.fill.fgColor.rgb == "00E3E7EA"


def test_the_second_sheet_says_what_each_column_holds(folder: Path) -> None:
    legend = openpyxl.load_workbook(folder / "sheet.xlsx").worksheets[1]
    rows = list(legend.iter_rows(values_only=True))
    assert [row[0] for row in rows] == [column_name(key) for key in (*SET, *MEASURED)]
    assert rows[1][1:] == ("工件处激光功率", "laser power at the workpiece")


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")]


def test_the_drawing_names_every_bead_its_turn_its_place_and_the_zero(
    plan: CouponPlan, folder: Path
) -> None:
    named = texts((folder / "coupon.svg").read_text("utf-8"))
    for bead in plan.beads:
        assert named.count(bead.setting.label) == 1
        assert str(bead.turn) in named
    assert {"X0 Y0", "Y 15\xa0mm", "Y 51\xa0mm", "X 55\xa0mm", "200\xa0mm", "100\xa0mm"} <= {*named}


def test_the_drawing_is_to_scale(plan: CouponPlan, folder: Path) -> None:
    root = ET.fromstring((folder / "coupon.svg").read_text("utf-8"))
    nodes = list(root.iter())
    body = next(node for node in nodes if node.get("class") == "body")
    scale = float(body.attrib["width"]) / 0.2
    left, low = float(body.attrib["x"]), float(body.attrib["y"]) + float(body.attrib["height"])
    assert float(body.attrib["height"]) == pytest.approx(0.1 * scale, abs=0.1)
    marks = [node for node in nodes if node.get("class") == "turn"]
    places = [
        ((float(m.attrib["cx"]) - left) / scale, (low - float(m.attrib["cy"])) / scale)
        for m in marks
    ]
    for (x, y), bead in zip(places, plan.beads, strict=True):
        assert (x, y) == pytest.approx((bead.place.x, bead.place.y), abs=5e-5)


@pytest.mark.parametrize(("rings", "wanted"), [(False, {"A 5.73°"}), (True, {"A 5.73°", "360°"})])
def test_a_pipe_is_drawn_unrolled(rings: bool, wanted: set[str], tmp_path: Path) -> None:
    pipe = Offcut(length=0.15, diameter=0.2, wall=0.015, rings=rings)
    write_coupon(make_plan(pipe, "x-axial-6kw-840d"), tmp_path)
    named = {*texts((tmp_path / "coupon.svg").read_text("utf-8"))}
    assert wanted | {"A0 X0", "X 15\xa0mm", "Ø 200\xa0mm"} <= named
    assert (tmp_path / "coupon.mpf").is_file()
    trial = read_trials(tmp_path / "sheet.csv").rows[0].trial
    assert trial is not None
    assert trial.thickness == pytest.approx(0.015)


def test_the_page_lists_the_beads_as_they_are_laid_in_both_languages(
    plan: CouponPlan, folder: Path
) -> None:
    page = (folder / "coupon.html").read_text("utf-8")
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    assert [row.split('class="label">')[1].split("<")[0] for row in rows] == [
        bead.setting.label for bead in plan.as_laid
    ]
    first = plan.as_laid[0].setting
    assert f"{first.power:g}\xa0W" in rows[0]
    assert "单道试块" in page
    assert "Coupon with single beads" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_page_tells_the_rest_before_a_cooler_bead(plan: CouponPlan, tmp_path: Path) -> None:
    beads = [bead.setting for bead in plan.beads]
    warmer = [replace(beads[0], interpass=473.15), *beads[1:]]
    mixed = plan_coupon(
        plan.machine, plan.nozzle, warmer, PLATE, parent="42CrMo4", wait=90.0, cool_down=1500.0
    )
    write_coupon(mixed, tmp_path)
    page = (tmp_path / "coupon.html").read_text("utf-8")
    assert "before a cooler one" in page
    assert "25 min 00 s" in page


def test_the_page_says_when_the_feeder_must_be_weighed_again(
    plan: CouponPlan, folder: Path, tmp_path: Path
) -> None:
    weigh = "weigh it again first"
    assert weigh not in (folder / "coupon.html").read_text("utf-8")
    day = datetime.date.fromisoformat(plan.machine.feeder.weighed) + datetime.timedelta(4000)
    verdict = check_program(plan.text, plan.machine, plan.program, today=day)
    write_coupon(replace(plan, verdict=verdict), tmp_path / "old")
    assert weigh in (tmp_path / "old" / "coupon.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["sheet.csv", "coupon.html"])
def test_nothing_that_lies_there_is_overwritten(
    name: str, plan: CouponPlan, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("filled in", encoding="utf-8")
    with pytest.raises(FileError, match=rf"holds {name} already.*new folder"):
        write_coupon(plan, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text("utf-8") == "filled in"


def test_a_refused_program_is_not_written(plan: CouponPlan, tmp_path: Path) -> None:
    fault = Finding(7, "soft-limit", "X is outside")
    refused = replace(plan, verdict=replace(plan.verdict, findings=(fault,)))
    with pytest.raises(ProgramError, match=r"north-7: its program must not run: line 7: X is"):
        write_coupon(refused, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_is_refused(plan: CouponPlan, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="cannot be written"):
        write_coupon(plan, tmp_path / "file" / "coupon")


def test_without_openpyxl_the_csv_alone_is_written(
    plan: CouponPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    names = [path.name for path in write_coupon(plan, tmp_path)]
    assert names == FILES[:-1]
    assert "sheet.xlsx" not in (tmp_path / "coupon.html").read_text("utf-8")


def test_the_trials_of_a_plan_are_those_of_its_sheet(plan: CouponPlan, folder: Path) -> None:
    assert trials_to_measure(plan) == tuple(
        row.trial for row in read_trials(folder / "sheet.xlsx").rows
    )
