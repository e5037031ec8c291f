"""Predictions from a table or from options: whatever stands in a cell, the answer names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reclad.app.settings import predict_rows, read_csv, read_options

HEADER = (
    "power_W,travel_speed_mm_s,feed_rate_g_min,spot_mm,spot_definition,interpass_C,powder,material"
)
ROW = "2000,10,17,3,1/e2,20,IN625,42CrMo4"
OPTIONS = ("--power", "2 kW", "--travel-speed", "10 mm/s")
FED = (*OPTIONS, "--feed-rate", "17 g/min", "--powder", "IN625")


def table(*rows: str, header: str = HEADER) -> Path:
    path = Path("设置 1.csv")
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    return path


def test_every_row_gives_one_object_in_order(reclad: Callable) -> None:
    path = table(ROW, ROW.replace("2000", "3000"), "2000,10,,3,,,,42CrMo4")
    told = reclad("predict", path, "--json").json
    assert [one["row"] for one in told] == [1, 2, 3]
    assert [one["powder"] for one in told] == ["IN625", "IN625", None]
    assert told[1]["width"]["value"] > told[0]["width"]["value"]
    for one in told:
        assert one.keys() >= {"material", "mode", "width", "height", "depth", "dilution", "area"}
        assert sum(one["mode"].values()) == pytest.approx(1.0)
        assert one["set"]["power"]["unit"] == "W"
    bare = told[2]
    assert bare["height"]["value"] == bare["area"]["value"] == 0.0
    assert bare["set"]["interpass"]["value"] == pytest.approx(20.0)
    assert bare["set"]["spot_definition"] == "1/e2"


def test_options_and_a_table_agree(reclad: Callable) -> None:
    (by_options,) = reclad("predict", *FED, "--json").json
    (by_table,) = reclad("predict", table(ROW), "--json").json
    for name in ("width", "height", "depth", "dilution", "catchment"):
        assert by_options[name]["value"] == pytest.approx(by_table[name]["value"], rel=1e-9)


def test_an_empty_feed_rate_and_zero_are_the_same_bare_track(reclad: Callable) -> None:
    rows = [
        f"2000,10,{feed},3,1/e2,20,{powder},42CrMo4"
        for feed in ("", "0", "0.0")
        for powder in ("", "IN625")
    ]
    told = reclad("predict", table(*rows), "--json").json
    assert len({str({k: v for k, v in one.items() if k != "row"}) for one in told}) == 1
    assert told[0]["powder"] is None


@pytest.mark.parametrize(
    "form",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace(",", " , ").encode(),
        lambda text: text.replace("\n", "\n\n").encode(),
        lambda text: ("\n" + text + "\n,,,,,,,\n\n").encode(),
        lambda text: text.replace(ROW, ",".join(f'"{c}"' for c in ROW.split(","))).encode(),
        lambda text: text.replace(ROW, ROW + ",第一").replace(HEADER, HEADER + ",备注").encode(),
        lambda text: text.rstrip().encode(),
    ],
    ids=[
        "bom",
        "crlf",
        "cr",
        "semicolon",
        "tab",
        "spaces",
        "blank",
        "ends",
        "quotes",
        "more",
        "end",
    ],
)
def test_a_table_is_read_as_office_programs_write_it(reclad: Callable, form: Callable) -> None:
    expected = reclad("predict", table(ROW), "--json").json
    Path("settings.csv").write_bytes(form(f"{HEADER}\n{ROW}\n"))
    ran = reclad("predict", "settings.csv", "--json")
    assert ran.code == 0, ran.err
    assert ran.json == expected


def test_columns_may_stand_in_any_order_and_the_optional_ones_be_left_out(
    reclad: Callable,
) -> None:
    path = table("42CrMo4,3,10,2000", header="material,spot_mm,travel_speed_mm_s,power_W")
    assert reclad("predict", path, "--json").json[0]["powder"] is None


def cell(column: str, text: str) -> str:
    """The good row with one cell changed."""
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | {column: text}
    return ",".join(cells.values())


NO_NUMBERS = [
    "nan",
    "inf",
    "-inf",
    "-1",
    "1e400",
    "9" * 400,
    "abc",
    "2 kW",
    "0x10",
    "1_0",
    "１０",
    "--",
    "1e",
    "2.000.0",
    "=A1",
]


@pytest.mark.parametrize("column", [*HEADER.split(",")[:4], "interpass_C"])
@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_cell_that_is_no_number_is_named_by_row_and_column(
    reclad: Callable, column: str, text: str
) -> None:
    if column == "interpass_C" and text == "-1":
        text = "-300"
    ran = reclad("predict", table(ROW, "", cell(column, text)))
    assert ran.code == 1
    assert ran.out == ""
    assert f"设置 1.csv row 2 (line 4) {column}: " in ran.refusal


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("power_W", "0", "is not a number from 1 to 50000"),
        ("power_W", "", "is not a number"),
        ("travel_speed_mm_s", "0", "is not a number from 0.05"),
        ("spot_mm", "0", "is not a number from 0.01 to 50"),
        ("feed_rate_g_min", "1001", "is not a number from 0 to 1000"),
        ("interpass_C", "1300", "is not a number from -40"),
        ("material", "", "is empty; name the parent metal"),
        ("material", "43CrMo4", 'did you mean "42CrMo4"'),
        ("material", "../../etc/passwd", "no material"),
        ("powder", "", "is empty although powder is fed"),
        ("powder", "IN626", 'did you mean "IN625"'),
        ("spot_definition", "width", "write one of 1/e2"),
        ("spot_definition", "D4\u202esigma", "write one of 1/e2"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named_by_row_and_column(
    reclad: Callable, column: str, text: str, said: str
) -> None:
    ran = reclad("predict", table(ROW, cell(column, text)))
    assert ran.code == 1
    assert f"设置 1.csv row 2 (line 3) {column}: " in ran.refusal
    assert said in ran.refusal


def test_a_decimal_comma_is_told_from_a_wrong_number(reclad: Callable) -> None:
    path = table(cell("spot_mm", "2,5").replace(",", ";").replace("2;5", "2,5"))
    path.write_text(path.read_text("utf-8").replace(HEADER, HEADER.replace(",", ";")), "utf-8")
    assert 'spot_mm: "2,5" is not a number from 0.01 to 50; write the decimal with a point' in (
        reclad("predict", path).refusal
    )
    assert "has 9 cells for 8 columns; check the commas" in (
        reclad("predict", table(cell("spot_mm", "2,5"))).refusal
    )


TABLES = {
    "empty": (b"", "has no rows"),
    "blank": (b"\n\n \n", "has no rows"),
    "only a header": (HEADER.encode(), "has no rows"),
    "binary": (bytes(range(256)), "is not UTF-8"),
    "zeros": (bytes(300), "has no column"),
    "UTF-16": (HEADER.encode("utf-16"), "is not UTF-8"),
    "GBK": (f"{HEADER}\n{ROW},钢".encode("gbk"), "is not UTF-8"),
    "no header": (f"{ROW}\n{ROW}".encode(), "has no column power_W"),
    "a column missing": (HEADER.replace("spot_mm,", "").encode() + b"\n1", "has no column spot_mm"),
    "a column twice": (f"{HEADER},power_W\n{ROW},1".encode(), "has column power_W twice"),
    "a slip": (
        HEADER.replace("feed_rate_g_min", "feed_rate_g_s").encode(),
        "did you mean feed_rate",
    ),
    "another unit": (
        HEADER.replace("interpass_C", "interpass_K").encode(),
        "did you mean interpass_C",
    ),
    "a huge cell": (f'{HEADER}\n"{"x" * 200_000}'.encode(), "is not a CSV table"),
    "a short row": (f"{HEADER}\n2000,10".encode(), "material: is empty"),
    "JSON": (b'[{"power_W": 2000}]', "has no column"),
}


@pytest.mark.parametrize("broken", TABLES)
def test_a_table_that_is_none_is_refused_in_one_line(reclad: Callable, broken: str) -> None:
    content, said = TABLES[broken]
    Path("t.csv").write_bytes(content)
    ran = reclad("predict", "t.csv", "--json")
    assert ran.code == 1
    assert ran.out == ""
    assert ran.refusal.startswith("reclad: t.csv")
    assert said in ran.refusal


def test_a_file_that_cannot_be_read_is_refused(reclad: Callable) -> None:
    Path("folder").mkdir()
    for name, said in (("gone.csv", "No such file"), ("folder", "Is a directory")):
        assert said in reclad("predict", name).refusal
    if Path("/dev/zero").exists():
        assert "over 50 MB" in reclad("predict", "/dev/zero").refusal


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--power", "2000", '--power: "2000" has no unit'),
        ("--power", "2 kg", "--power: "),
        ("--power", "nan kW", "--power: "),
        ("--power", "0 W", '--power: "0 W" is not from 1 to 50000 W'),
        ("--travel-speed", "-1 mm/s", "--travel-speed: "),
        ("--feed-rate", "2 kg/min", "--feed-rate: "),
        ("--spot", "0 mm", '--spot: "0 mm" is not from 0.01 to 50 mm'),
        ("--spot-definition", "waist", "--spot-definition: "),
        ("--interpass", "20 K/s", "--interpass: "),
        ("--powder", "IN626", "--powder: no powder"),
        ("--material", "43CrMo4", "--material: no material"),
    ],
)
def test_an_option_that_breaks_a_rule_is_named(
    reclad: Callable, option: str, text: str, said: str
) -> None:
    words = dict(zip(FED[::2], FED[1::2], strict=True)) | {option: text}
    ran = reclad("predict", *(w for pair in words.items() for w in pair))
    assert ran.code == 1
    assert said in ran.refusal


def test_powder_fed_without_a_name_is_refused(reclad: Callable) -> None:
    assert "--powder: is empty although powder is fed" in (
        reclad("predict", *OPTIONS, "--feed-rate", "17 g/min").refusal
    )


def test_the_limits_of_a_table_are_reached_by_options_too() -> None:
    setting = read_options({"power": "50 kW", "travel_speed": "0.05 mm/s", "spot": "50 mm"})
    assert setting.power == 50_000.0
    assert setting.travel_speed == pytest.approx(5e-5)


def test_the_table_for_people_lines_up(reclad: Callable) -> None:
    path = table(ROW, "2000,10,,3,1/e2,20,,42CrMo4", "60,10,0,3,1/e2,20,,42CrMo4")
    header, *rows = reclad("predict", path).out.splitlines()
    assert header.split() == [
        "row",
        "width",
        "mm",
        "height",
        "mm",
        "depth",
        "mm",
        "dilution",
        "%",
        "melt",
        "pool",
    ]
    place = header.index("melt pool")
    assert [row[place:].split(" ")[0] for row in rows[:2]] == ["sound", "sound"]
    assert rows[2][place:] == "no melt > 99 %"
    assert rows[-1].startswith("no melt: ")


@pytest.mark.slow
def test_a_thousand_rows_are_read_and_predicted_in_seconds(reclad: Callable) -> None:
    import time

    rows = [cell("power_W", str(1000 + i)) for i in range(1000)]
    started = time.monotonic()
    told = reclad("predict", table(*rows), "--json").json
    assert len(told) == 1000
    assert time.monotonic() - started < 30.0


numbers = {
    "power_W": (1.0, 50_000.0),
    "travel_speed_mm_s": (0.05, 20_000.0),
    "feed_rate_g_min": (0.0, 1000.0),
    "spot_mm": (0.01, 50.0),
    "interpass_C": (-40.0, 1100.0),
}


@pytest.mark.slow
@given(
    values=st.fixed_dictionaries({k: st.floats(*v) for k, v in numbers.items()}),
    definition=st.sampled_from(["1/e2", "D4sigma", "FWHM", "1/e"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_setting_within_the_limits_gives_what_is_no_number(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, float], definition: str
) -> None:
    import json

    cells = {name: repr(value) for name, value in values.items()}
    cells |= {"spot_definition": definition, "powder": "IN625", "material": "42CrMo4"}
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text(",".join(cells) + "\n" + ",".join(cells.values()), "utf-8")
    (told,) = predict_rows(read_csv(path))
    json.dumps(told, allow_nan=False)
    assert 0.0 <= told["width"]["p05"] <= told["width"]["p50"] <= told["width"]["p95"]
    assert 0.0 <= told["dilution"]["p05"] <= told["dilution"]["p95"] <= 100.0
    assert 0.0 <= told["catchment"]["p95"] <= 100.0


@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))
)
@settings(max_examples=150, deadline=None)
def test_no_file_at_all_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    from reclad.errors import RecladError

    path = tmp_path_factory.mktemp("t") / "t.csv"
    for prefix in (b"", HEADER.encode() + b"\n"):
        path.write_bytes(prefix + content)
        with pytest.raises(RecladError):
            read_csv(path)
