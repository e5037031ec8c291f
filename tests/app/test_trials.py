"""`reclad trials check`, `share` and `receive` as a laboratory types them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "bring-your-trials.md"
HEAD = "id,power_W,speed_mm_s,feed_g_min,spot_mm,spot_definition,parent,origin,width (mm)"
ROWS = (
    "A1,2000,10,0,3,1/e2,42CrMo4,measured,3.1",
    "A2,2200,10,0,3,1/e2,42CrMo4,measured,3.2",
    "A3,2200,10,0,3,1/e2,42CrMo4,simulated,3.4",
    "A4,2200,10,0,3,1/e2,42CrMo4,fitted,3.3",
)


@pytest.fixture
def table() -> Callable[..., Path]:
    def write(*rows: str) -> Path:
        path = Path("lab.csv")
        path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def package(folder: Path, **head: object) -> Path:
    folder.mkdir()
    fields = [{"name": "power", "unit": "W"}, {"name": "width", "unit": "mm"}]
    told = {
        "name": "lab",
        "trial_defaults": {
            **{"travel_speed": "10 mm/s", "feed_rate": "0 g/min", "spot": "3 mm"},
            **{"parent": "42CrMo4", "origin": "measured"},
        },
        "resources": [{"name": "t", "path": "trials.csv", "schema": {"fields": fields}}],
    }
    (folder / "datapackage.json").write_text(json.dumps(told | head), encoding="utf-8")
    (folder / "trials.csv").write_text("power,width\n2000,3.1\n", encoding="utf-8")
    return folder


def test_a_sound_table_exits_0_and_tells_what_every_row_is_for(
    reclad: Callable, table: Callable
) -> None:
    ran = reclad("trials", "check", table(*ROWS))
    assert ran.code == 0
    assert ran.err == ""
    assert "lab.csv: 4 rows" in ran.out
    assert "width      2 usable: else is simulated (1); is fitted (1)" in ran.out
    assert "simulated  1 rows: shown, never enter a score" in ran.out
    assert "fitted     1 rows: shown, never enter a score" in ran.out
    assert "row 4, origin: simulated: shown, and never enters a score" in ran.out
    assert "refused    0 of 4 rows" in ran.out
    assert "none stated" in ran.out


def test_a_refused_row_exits_1_after_all_rows_were_told(reclad: Callable, table: Callable) -> None:
    wrong = ROWS[1].replace("3.2", "3,2")
    ran = reclad("trials", "check", table(ROWS[0], ROWS[1].replace("2200", "x"), wrong))
    assert ran.code == 1
    assert 'REFUSED    row 3 (A2), power_W: "x" is no number' in ran.out
    assert "REFUSED    row 4: 10 cells for 9 columns" in ran.out
    assert "width      1 usable" in ran.out
    assert "refused    2 of 3 rows" in ran.out
    assert "row 3, 4 refused" in ran.refusal


def test_rows_that_are_all_simulated_exit_1(reclad: Callable, table: Callable) -> None:
    ran = reclad("trials", "check", table(ROWS[2], ROWS[3]))
    assert ran.code == 1
    assert "no row can be held against a prediction" in ran.refusal


def test_json_tells_every_row_with_its_remarks(reclad: Callable, table: Callable) -> None:
    ran = reclad("trials", "check", table(*ROWS, "A5,1,2"), "--json")
    assert ran.code == 1
    told = ran.json
    assert [row["row"] for row in told["rows"]] == [2, 3, 4, 5, 6]
    assert [row["usable_for"] for row in told["rows"]] == [["width"], ["width"], [], [], []]
    assert told["rows"][0]["lacks"]["depth"] == "depth was not measured"
    assert told["rows"][0]["trial"]["power"] == "2000 W"
    assert told["rows"][4]["trial"] is None
    assert told["rows"][4]["remarks"][0]["refuses"]
    assert told["counts"]["refused"] == 1
    assert told["counts"]["usable"]["width"] == 2
    assert told["counts"]["origin"] == {"measured": 2, "simulated": 1, "fitted": 1}


def test_a_remark_of_many_rows_is_one_line_with_their_numbers(
    reclad: Callable, table: Callable
) -> None:
    rows = [ROWS[0].replace("A1", f"B{n}").replace("3.1", f"3.1{n:02}") for n in range(30)]
    odd = [row.replace("1/e2", "") if n % 3 else row for n, row in enumerate(rows)]
    lines = reclad("trials", "check", table(*odd)).out.splitlines()
    (spot,) = [line for line in lines if "spot_definition" in line]
    assert "20 rows (3-4, 6-7, " in spot
    assert "all of them: --json" in spot
    assert sum("base_temperature" in line for line in lines) == 1


def test_a_shipped_set_is_checked_by_its_name(reclad: Callable) -> None:
    ran = reclad("trials", "check", "dai")
    assert ran.code == 0
    assert "Coatings 14 (2024) 1319" in ran.out
    assert "licence    CC BY 4.0" in ran.out
    assert "dilution   20 usable" in ran.out


def test_a_restricted_package_says_so(reclad: Callable) -> None:
    ran = reclad("trials", "check", package(Path("lab"), restricted=True, agreement="Fit only."))
    assert "RESTRICTED: Fit only." in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trials", "check", "none"), "no such file or folder; check the name, or take one"),
        (("trials", "check", "."), "has no datapackage.json"),
        (("share", ".", "-o", "a.zip", "--from", "L", "--licence", "CC0 1.0"), "holds neither"),
        (("share", "lab", "-o", "a.zip", "--from", "L"), "no terms"),
        (("share", "lab", "-o", "a.zip", "--from", "L", "--agreement", "no.txt"), "no such file"),
        (("receive", "none.zip", "-o", "got"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    reclad: Callable, words: tuple[str, ...], said: str
) -> None:
    package(Path("lab"))
    ran = reclad(*words)
    assert ran.code == 1
    assert said in ran.refusal


def test_sharing_without_saying_who_is_wrong_usage(reclad: Callable) -> None:
    package(Path("lab"))
    assert reclad("share", "lab", "-o", "a.zip", "--licence", "CC0 1.0").code == 2


def test_trials_go_from_one_laboratory_to_another(reclad: Callable) -> None:
    package(Path("lab"))
    words = ("share", "lab", "-o", "a.zip", "--from", "Lab North", "--licence", "CC BY 4.0")
    ran = reclad(*words, "--date", "2026-11-24", "--what", "one track")
    assert ran.code == 0
    assert "a.zip: trials, one track, 2 files" in ran.out
    ran = reclad("receive", "a.zip", "-o", "got")
    assert ran.code == 0
    assert "every sha256 agrees" in ran.out
    assert "from       Lab North, 2026-11-24" in ran.out
    assert "licence    CC BY 4.0: allows any use, commercial too" in ran.out
    assert reclad("trials", "check", "got").code == 0
    assert "exists already" in reclad("receive", "a.zip", "-o", "got").refusal


def test_an_agreement_is_read_from_its_file_and_told_to_the_receiver(reclad: Callable) -> None:
    package(Path("lab"))
    Path("terms.txt").write_text("Fit only.\nNo \x1b[2J passing on.\n", encoding="utf-8")
    ran = reclad("share", "lab", "-o", "a.zip", "--from", "L", "--agreement", "terms.txt")
    assert "now says restricted" in ran.out
    ran = reclad("receive", "a.zip", "-o", "got")
    assert "RESTRICTED only what this agreement says:\n    Fit only.\n    No " in ran.out
    assert "\x1b" not in ran.out, "a text of others gives no orders to the terminal"
    told = reclad("receive", "a.zip", "-o", "again", "--json").json
    assert told["manifest"]["restricted"] is True
    assert "RESTRICTED" in reclad("trials", "check", "got").out


def test_the_table_and_the_package_of_the_guide_are_sound(reclad: Callable) -> None:
    text = GUIDE.read_text("utf-8")
    (table,) = re.findall(r"```\n(id,.*?)```", text, re.DOTALL)
    (package_text,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    Path("my-trials.csv").write_text(table, encoding="utf-8")
    ran = reclad("trials", "check", "my-trials.csv")
    assert ran.code == 0
    assert "remark" not in ran.out
    assert "height     2 usable" in ran.out
    Path("my-trials").mkdir()
    Path("my-trials/datapackage.json").write_text(package_text, encoding="utf-8")
    Path("my-trials/trials.csv").write_text("P,v,feed_rate,width,hardness\n2,600,18,3.1,210\n")
    ran = reclad("trials", "check", "my-trials")
    assert ran.code == 0
    assert "width      1 usable" in ran.out
    words = re.findall(r"^reclad (share.*licence|share.*agreement|receive)", text, re.MULTILINE)
    assert len(words) == 3


def test_the_guide_names_every_key_of_a_trial() -> None:
    from reclad.job import Trial

    named = set(re.findall(r"`(\w+)`", GUIDE.read_text("utf-8")))
    missing = {key for key in Trial.model_fields if not key.endswith("_scatter")} - named
    assert not missing
