"""Tables of trials: each fault is one line that names file, row, column; no row is dropped."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

from reclad.errors import FileError, RecladError
from reclad.job import TrialSet, read_trials
from reclad.job.trial_columns import split_header

HEAD = "id,power_W,speed_mm_s,feed_g_min,spot_mm,parent,powder,origin,width (mm),date"
ROW = "A1,2000,10,20,3,42CrMo4,IN625,measured,3.1,2026-10-15"


def write(folder: Path, text: str | bytes, name: str = "trials.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def read(folder: Path, *rows: str, head: str = HEAD) -> TrialSet:
    return read_trials(write(folder, "\n".join((head, *rows)) + "\n"))


def refusal(folder: Path, text: str | bytes) -> str:
    with pytest.raises(FileError) as caught:
        read_trials(write(folder, text))
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("trials.csv")
    return line


def faults(found: TrialSet) -> list[tuple[int, str, str]]:
    return [(row.number, r.column, r.text) for row in found.rows for r in row.remarks if r.refuses]


@pytest.mark.parametrize(
    ("cell", "key", "unit"),
    [
        ("power_W", "power", "W"),
        ("speed_mm_s", "travel_speed", "mm/s"),
        ("speed_mm_min", "travel_speed", "mm/min"),
        ("width (mm)", "width", "mm"),
        ("Bead width [um]", "width", "um"),
        ("送粉量（g/min）", "feed_rate", "g/min"),
        ("稀释率(%)", "dilution", "%"),
        ("interpass_C", "base_temperature", "degC"),
        ("dilution_pct", "dilution", "%"),
        ("clad_area_mm2", "clad_area", "mm^2"),
        ("width_scatter_mm", "width_scatter", "mm"),
        ("sections", "sections", ""),
        ("width", "width", ""),
        ("hardness_HV", "", ""),
        ("powder_colour", "", ""),
    ],
)
def test_headers_tell_quantity_and_unit(cell: str, key: str, unit: str) -> None:
    assert split_header(cell) == (key, unit)


def test_a_bare_table_is_read_in_its_units(tmp_path: Path) -> None:
    one = read(tmp_path, ROW).rows[0]
    assert one.number == 2
    assert one.trial is not None
    assert one.trial.travel_speed == pytest.approx(0.010)
    assert one.trial.feed_rate == pytest.approx(20 / 60e3)
    assert one.trial.width == pytest.approx(3.1e-3)
    assert one.good_for == ("width",)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(tmp_path: Path, mark: str) -> None:
    text = "\r\n".join((HEAD, ROW)).replace(",", mark)
    found = read_trials(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert faults(found) == []
    assert len(found.trials) == 1


def test_missing_columns_are_named_with_their_units(tmp_path: Path) -> None:
    line = refusal(tmp_path, "power_W,width (mm)\n2000,3\n")
    for wanted in ('"travel_speed (mm/s)"', '"feed_rate (g/min)"', '"spot (mm)"', '"parent"'):
        assert wanted in line
    assert '"power (W)"' not in line


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("power_W", "power", 'column "power": has no unit; write it in the header'),
        ("power_W", "power (V)", 'column "power (V)"'),
        ("power_W", "power (mm)", 'column "power (mm)"'),
        ("width (mm)", "widht (mm)", 'did you mean "width (mm)"?'),
        ("power_W", "pwoer_W", 'did you mean "power (W)"?'),
        ("spot_mm", "laser_power_kW", "both give power"),
        ("spot_mm", "power_W", 'names column "power_W" twice'),
        ("spot_mm", "", "column 5: the column has no name"),
        ("parent", "parent (mm)", "has no unit; leave"),
    ],
)
def test_a_wrong_header_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(tmp_path, f"{HEAD.replace(old, new, 1)}\n{ROW}\n")


CELLS = [
    ("2000", "2,5", "power_W", None),  # one cell too many
    ("2000", '"2,5"', "power_W", "comma in the number"),
    ("2000", '"1,800"', "power_W", "comma in the number"),
    ("2000", "2 kW", "power_W", "so write the number alone"),
    ("2000", "-5", "power_W", "outside 1 to 50000 W"),
    ("2000", "1e9", "power_W", "outside 1 to 50000 W"),
    ("2000", "nan", "power_W", "is no number"),
    ("2000", "#DIV/0!", "power_W", "error of the spreadsheet"),
    ("2000", "n/a", "power_W", "leave the cell empty"),
    ("2000", "9" * 500, "power_W", "is no number"),
    ("2000", "２０００", "power_W", "is no number"),
    ("2000", "", "power_W", "missing"),
    ("3.1", "3-Jan", "width (mm)", "a date where a number is wanted"),
    ("3.1", "2026-01-03", "width (mm)", "a date where a number is wanted"),
    ("3.1", "1月3日", "width (mm)", "a date where a number is wanted"),
    ("2026-10-15", "46310", "date", "a day as a spreadsheet counts them"),
    ("2026-10-15", "15.10.2026", "date", "is no date"),
    ("measured", "guessed", "origin", "is not one of measured, fitted, simulated"),
    ("measured", "", "origin", "missing"),
    ("42CrMo4", "", "parent", "missing"),
]


@pytest.mark.parametrize(("old", "new", "column", "said"), CELLS)
def test_a_wrong_cell_is_told_with_row_and_column(
    tmp_path: Path, old: str, new: str, column: str, said: str | None
) -> None:
    found = read(tmp_path, ROW, ROW.replace("A1", "A2").replace(old, new))
    (number, named, text), *more = faults(found)
    assert number == 3
    assert not more
    if said is None:
        assert "11 cells for 10 columns" in text
    else:
        assert named == column
        assert said in text
    assert "\n" not in text
    assert len(found.rows) == 2
    assert len(found.trials) == 1


def test_all_faults_of_a_row_are_told_not_only_the_first(tmp_path: Path) -> None:
    row = ROW.replace("2000", "-1").replace("3.1", "x").replace("measured", "guessed")
    assert [column for _, column, _ in faults(read(tmp_path, row))] == [
        "width (mm)",
        "origin",
        "power_W",
    ]


def test_no_section_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, f"{ROW},0", head=f"{HEAD},sections")
    assert faults(found) == [(2, "sections", "0 is below 1; write a larger number")]


def test_rows_copied_twice_are_refused_and_repeats_are_not(tmp_path: Path) -> None:
    twice = read(tmp_path, ROW, ROW.replace("A1", "A2"))
    assert [(n, t[:17]) for n, _, t in faults(twice)] == [(3, "the same as row 2")]
    assert faults(read(tmp_path, ROW, ROW.replace("A1", "A2").replace("3.1", "3.2"))) == []
    same_name = read(tmp_path, ROW, ROW.replace("3.1", "3.2"))
    assert faults(same_name) == [(3, "id", "A1 is in row 2 already; name it otherwise")]


def test_empty_rows_are_counted_and_the_numbers_stay_those_of_the_spreadsheet(
    tmp_path: Path,
) -> None:
    found = read(tmp_path, ROW, "", ",,,,,,,,,", ROW.replace("A1", "A2").replace("3.1", "3.2"))
    assert [row.number for row in found.rows] == [2, 5]
    assert found.empty == 2


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("id,power_W\n甲,母材".encode("gbk"), "row 2 column 1: is not utf-8 text; it reads as GBK"),
        ((HEAD + "\n" + ROW).encode("utf-16"), "UTF-16"),
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD.encode(), "no trial below them"),
        (b"1,2,3\n4,5,6\n", "holds numbers where column names are wanted"),
        (b"PK\x03\x04rest", "a spreadsheet, not CSV text"),
        (b"a," * 600 + b"\n1\n", "over 500 columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(
    tmp_path: Path, raw: bytes, said: str
) -> None:
    assert said in refusal(tmp_path, raw)


@pytest.mark.parametrize("name", ["none.csv", "folder", "trials.pdf", "a\0b.csv"])
def test_what_is_not_there_or_no_table_is_refused(tmp_path: Path, name: str) -> None:
    if name == "folder":
        (tmp_path / name).mkdir()
    if name == "trials.pdf":
        write(tmp_path, HEAD, name)
    with pytest.raises(FileError):
        read_trials(tmp_path / name)


def test_a_spreadsheet_reads_like_the_csv_it_would_be(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(HEAD.split(","))
    book.active.append(["A1", 2000, 10.0, 20, 3, "42CrMo4", "IN625", "measured", 3.1,
                        datetime.datetime(2026, 10, 15)])  # fmt: skip
    book.active.append([])
    book.active.append(["A2", datetime.date(2026, 3, 5), 10, 20, 3, "42CrMo4", "IN625", "measured",
                        "3,2", None])  # fmt: skip
    book.save(tmp_path / "trials.xlsx")
    found = read_trials(tmp_path / "trials.xlsx")
    assert found.rows[0].trial == read(tmp_path, ROW).rows[0].trial
    assert [(n, c) for n, c, _ in faults(found)] == [(4, "power_W"), (4, "width (mm)")]
    assert "a date where a number is wanted" in faults(found)[0][2]
    raw = (tmp_path / "trials.xlsx").read_bytes()
    with pytest.raises(FileError, match=r"is not a whole \.xlsx sheet"):
        read_trials(write(tmp_path, raw[:-300], "cut.xlsx"))


def test_without_openpyxl_a_spreadsheet_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(FileError, match=r"pip install reclad\[xlsx\]"):
        read_trials(write(tmp_path, b"PK", "trials.xlsx"))


PIECES = [b'"', b",", b";", b"\n", b"\r", b"\x00", b"\xff\xfe", b"nan", b"1e999", "“毫米”".encode(),
          b"9" * 400, b"3-Jan", b"2,5", b"(", b"[", b"\xef\xbb\xbf", b"#REF!"]  # fmt: skip


def damage(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at, size = rng.randrange(len(data) or 1), rng.randint(1, 20)
        piece = rng.choice((rng.choice(PIECES), data[at : at + size] * 2, b""))
        data = data[:at] + piece + data[at + rng.choice((0, size)) :]
    return data


@pytest.mark.slow
def test_five_hundred_damaged_tables_are_read_or_refused_and_keep_every_row(
    tmp_path: Path,
) -> None:
    rng = random.Random(20261124)
    rows = [ROW.replace("A1", f"A{n}").replace("3.1", f"3.{n}") for n in range(4)]
    whole = "\n".join((HEAD, *rows)).encode()
    said: list[str] = []
    read_whole = 0
    for _ in range(500):
        try:
            found = read_trials(write(tmp_path, damage(whole, rng)))
        except RecladError as error:
            said.append(str(error))
        else:
            read_whole += 1
            for row in found.rows:
                assert row.refused or row.trial is not None, "a row is a trial, or says why not"
                assert all("\n" not in r.text and len(r.text) < 400 for r in row.remarks)
    assert min(read_whole, len(said)) > 50
    assert all(line.startswith("trials.csv") and "\n" not in line for line in said)
    assert max(map(len, said)) < 1000
