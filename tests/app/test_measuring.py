"""`reclad weigh` and `reclad meter`, as a shop types them."""

from __future__ import annotations

import datetime
import io
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from reclad.job import new_job, read_feeder, read_job, read_machine
from reclad.job.library import data_folder

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "weigh-the-feeder.md"
MACHINE = data_folder().joinpath("machines", "x-axial-4kw.toml").read_text("utf-8")
WEIGHED = "rpm,mass_g,time_s,delay_s\n2,16.4,120,4.1\n4,31.9,120,\n8,64.2,120,4.5\n,,,4.2\n"
METERED = "set_W,measured_W\n200,190\n2000,1900\n4300,4090\n"
LOT = ("--machine", "x-axial-4kw", "--powder", "Inconel 625", "--lot", "L-77")
ALL = (*LOT, "--gas", "argon 5 L/min", "--date", "2026-01-02", "--valid-days", "30")


def write(text: str, name: str = "w.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


@pytest.fixture
def own_cell() -> Path:
    """A machine file of the shop's own, machines/cell-7.toml."""
    path = Path("machines/cell-7.toml")
    path.parent.mkdir(exist_ok=True)
    path.write_text(MACHINE.replace('name = "x-axial-4kw"', 'name = "cell-7"'), "utf-8")
    return path


# --- weigh ---


def test_a_curve_is_made_from_a_table_and_read_back(reclad: Callable) -> None:
    ran = reclad("weigh", "l77", write(WEIGHED), *ALL, "--who", "evening shift")
    assert (ran.code, ran.err) == (0, "")
    made = read_feeder("l77", Path())
    assert (made.machine, made.powder, made.lot) == ("x-axial-4kw", "IN625", "L-77")
    assert (made.carrier.text, made.weighed, made.valid_days) == ("Ar 5 L/min", "2026-01-02", 30)
    assert (made.source, made.who) == ("shop", "evening shift")
    assert [w.mass for w in made.weighings] == pytest.approx([0.0164, 0.0319, 0.0642])
    assert made.delays == pytest.approx((4.1, 4.5, 4.2))
    assert 'feeder = "l77"' in ran.out
    assert "delay: 4.2 s, median of 3, spread 0.21 s" in ran.out
    assert "good until 2026-02-01" in ran.out


def test_the_line_and_every_residual_are_printed(reclad: Callable) -> None:
    out = reclad("weigh", "l77", write(WEIGHED), *ALL).out
    rates = [8.2, 15.95, 32.1]
    slope, offset = statistics.linear_regression([2, 4, 8], rates)
    assert f"line through the weighings: {offset:.4g} g/min + {slope:.4g} g/min per rpm" in out
    for rpm, rate in zip((2, 4, 8), rates, strict=True):
        off = rate / (offset + slope * rpm) - 1
        assert f"{rpm} rpm: weighed {rate:.4g} g/min" in out
        assert f"off by {off * 100:+.2f} %" in out
        assert f"off by {off * 100:+.2f} %" in Path("feeders/l77.toml").read_text("utf-8")
    told = reclad("weigh", "l78", "w.csv", *ALL, "--json").json
    assert told["slope_g_min_per_rpm"] == pytest.approx(slope)
    assert [w["rate_g_min"] for w in told["weighings"]] == pytest.approx(rates)


def test_a_job_runs_on_the_curve_that_was_made(reclad: Callable) -> None:
    folder = new_job("p-1")
    text = (folder / "job.toml").read_text("utf-8")
    assert '# feeder = "in625-l77"' in text
    (folder / "job.toml").write_text(text.replace('# feeder = "in625-l77"', 'feeder = "l77"'))
    assert "`reclad weigh` makes one" in reclad("check", "p-1").refusal
    assert reclad("weigh", "l77", write(WEIGHED), *ALL).code == 0
    Path("feeders").rename("p-1/feeders")
    assert reclad("check", "p-1").code == 0
    assert read_job(folder).cell.feeder.lot == "L-77"


def test_without_a_date_a_curve_is_of_today_and_good_for_90_days(reclad: Callable) -> None:
    assert reclad("weigh", "l77", write(WEIGHED), *LOT, "--gas", "Ar 5 L/min").code == 0
    made = read_feeder("l77", Path())
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    assert made.days_left(today) == made.valid_days == 90


def test_a_curve_is_given_up_only_when_told(reclad: Callable) -> None:
    assert reclad("weigh", "l77", write(WEIGHED), *ALL).code == 0
    before = Path("feeders/l77.toml").read_bytes()
    other = write(WEIGHED.replace("31.9", "32.9"))
    assert (
        "exists already; give --replace to give it up"
        in reclad("weigh", "l77", other, *ALL).refusal
    )
    bad = write(WEIGHED.replace("31.9", "62"), "bad.csv")
    assert "% off the line through all" in reclad("weigh", "l77", bad, *ALL, "--replace").refusal
    assert Path("feeders/l77.toml").read_bytes() == before
    assert reclad("weigh", "l77", other, *ALL, "--replace").code == 0
    assert read_feeder("l77", Path()).weighings[1].mass == pytest.approx(0.0329)
    assert [p.name for p in Path("feeders").iterdir()] == ["l77.toml"]


def test_without_a_table_everything_is_asked_and_slips_are_asked_again(
    reclad: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["L-78", "Xe 5 L/min", "Ar 5 L/min", "2026-01-02", "60", ""]
    answers += ["2, 16, 120", "4, 60, 120", "8, 64, 120", ""]  # no line
    answers += ["2, 16, 120", "4，32 g，120", "8, 64, 2 min", "", "soon", "", "4.1", "4.3", ""]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(answers) + "\n"))
    ran = reclad("weigh", "l78", "--machine", "x-axial-4kw", "--powder", "IN625")
    assert ran.code == 0, ran.err
    assert "  machine: " not in ran.err
    assert '  carrier: no - "Xe 5 L/min" is no carrier gas' in ran.err
    assert "  weighings: no - weighing 1, 8 g/min at 2 rpm, is" in ran.err
    assert '  delays: no - line 1: "soon"' in ran.err
    made = read_feeder("l78", Path())
    assert (made.lot, made.who) == ("L-78", "")
    assert made.fit.rate_at(6.0) == pytest.approx(24 / 60000)
    assert made.delays == pytest.approx((4.1, 4.3))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ((WEIGHED.replace("64.2", "64,2"), ALL), "w.csv row 4: has 5 cells for 4 columns"),
        ((WEIGHED.replace("31.9", ""), ALL), "w.csv row 3 mass_g: is empty; fill it in"),
        ((WEIGHED.replace("31.9", "much"), ALL), 'w.csv row 3 mass_g: "much"'),
        ((WEIGHED.replace("31.9", "1e9"), ALL), "w.csv row 3 mass_g: "),
        ((WEIGHED.replace("mass_g", "mass_kg"), ALL), 'w.csv column "mass_kg": unknown'),
        ((WEIGHED.replace("time_s", "rpm"), ALL), 'names column "rpm" twice'),
        (("rpm,mass_g\n2,16\n", ALL), "w.csv: has no column time_s; add it"),
        ((WEIGHED.replace("8,64.2,120,4.5\n", ""), ALL), "2 weighings at 2 disc speeds; weigh"),
        ((WEIGHED.replace("8,64.2", "14,112"), ALL), "rpm_max: 12 rpm lies below the fastest"),
        ((WEIGHED, (*ALL, "--powder", "IN62")), '--powder: no powder "IN62"; did you mean'),
        ((WEIGHED, (*ALL, "--machine", "cell-9")), '--machine: no machine "cell-9"'),
        ((WEIGHED, (*ALL, "--gas", "Ar 5 mm")), '--gas: "5 mm" is a length, but a gas flow'),
        ((WEIGHED, (*ALL, "--date", "2999-01-02")), '--date: "2999-01-02" lies in the future'),
        ((WEIGHED, (*ALL, "--valid-days", "-1")), '--valid-days: "-1" is no whole number'),
    ],
)
def test_what_makes_no_curve_is_refused_and_nothing_written(
    reclad: Callable, changes: tuple[str, tuple[str, ...]], says: str
) -> None:
    text, options = changes
    ran = reclad("weigh", "l77", write(text), *options)
    assert ran.code == 1
    assert says in ran.refusal
    assert not Path("feeders").exists()


def test_a_table_without_saying_what_was_weighed_is_wrong_usage(reclad: Callable) -> None:
    ran = reclad("weigh", "l77", write(WEIGHED), *LOT)
    assert ran.code == 2
    assert "give --gas as well" in ran.err


# --- meter ---


def test_readings_go_into_the_machine_file_and_nothing_else_changes(
    reclad: Callable, own_cell: Path
) -> None:
    before = own_cell.read_text("utf-8")
    ran = reclad("meter", "cell-7", write(METERED), "--date", "2026-01-02", "--who", "me")
    assert (ran.code, ran.err) == (0, "")
    assert own_cell.read_text("utf-8").startswith(before.rstrip("\n") + "\n\n[laser.meter]\n")
    made = read_machine("cell-7", Path()).laser
    assert (made.meter.date, made.meter.valid_days, made.meter.who) == ("2026-01-02", 180, "me")
    slope, offset = statistics.linear_regression([200, 2000, 4300], [190, 1900, 4090])
    assert made.output_for(1000.0) == pytest.approx((1000 - offset) / slope)
    assert f"{offset:.4g} W + {slope:.4g} per watt set" in ran.out
    assert "largest error before: -5.00 % at 200 W set" in ran.out


def test_readings_are_given_up_only_when_told(reclad: Callable, own_cell: Path) -> None:
    text = own_cell.read_text("utf-8")
    rows = "  ['100 W', '100 W'],\n['2000 W', '2000 W'],\n  ['4000 W', '4000 W'],\n"
    table = "[laser.meter]  # ours\nsource = 'shop'\ndate = 2025-01-02\nvalid_days = 9\n"
    table += f"readings = [\n{rows}]\n"
    head, tail = text.split("[feeder]")
    own_cell.write_text(f"{head}{table}[feeder]{tail}", "utf-8")
    assert read_machine("cell-7", Path()).laser.meter.date == "2025-01-02"
    said = reclad("meter", "cell-7", write(METERED)).refusal
    assert "machines/cell-7.toml [laser.meter]: holds readings already; give --replace" in said
    assert reclad("meter", "cell-7", "w.csv", "--replace").code == 0
    after = own_cell.read_text("utf-8")
    assert after.startswith(f"{head}[feeder]{tail}".rstrip("\n"))
    assert after.count("[laser.meter]") == 1
    told = reclad("meter", "cell-7", "w.csv", "--replace", "--json").json
    assert told["largest_error"] == pytest.approx(-0.05)
    assert own_cell.read_text("utf-8") == after


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("set_W,measured_W\n200,190\n4300,4090\n", "w.csv readings: 2 different powers set"),
        (METERED.replace("1900", "2300"), "% off the line through all, and 5 % is allowed"),
        (METERED.replace("4300,4090", "3000,2850"), "[laser] power_max: 4000 W at the workpiece"),
        (METERED.replace("1900", "1.9 kW"), "w.csv row 3 measured_W: "),
        (METERED.replace("set_W", "power_W"), 'w.csv column "power_W": unknown'),
    ],
)
def test_readings_that_do_not_hold_leave_the_machine_as_it_was(
    reclad: Callable, own_cell: Path, table: str, says: str
) -> None:
    before = own_cell.read_bytes()
    assert says in reclad("meter", "cell-7", write(table)).refusal
    assert own_cell.read_bytes() == before
    assert [p.name for p in own_cell.parent.iterdir()] == ["cell-7.toml"]


def test_a_machine_that_is_not_the_shops_own_is_not_metered(reclad: Callable) -> None:
    said = reclad("meter", "x-axial-4kw", write(METERED)).refusal
    assert "machines/x-axial-4kw.toml: no such file here; readings belong to a cell" in said
    assert "no folder name" in reclad("meter", "..", "w.csv").refusal


# --- the guide ---


def test_the_tables_and_commands_of_the_guide_work(reclad: Callable, own_cell: Path) -> None:
    text = GUIDE.read_text("utf-8")
    weighed, metered = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    write(weighed, "weighed.csv")
    write(metered, "meter.csv")
    low = own_cell.read_text("utf-8").replace('"200 W"', '"500 W"', 1)
    own_cell.write_text(low.replace('power_max = "4000 W"', 'power_max = "3800 W"'), "utf-8")
    commands = re.findall(r"^reclad (weigh|meter) (.*)$", text, re.MULTILINE)
    assert len(commands) == 2
    for name, words in commands:
        quoted = [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', words)]
        assert reclad(name, *quoted).code == 0
    assert read_feeder("in625-l77", Path()).delay == pytest.approx(4.1)
    assert f"{read_machine('cell-7', Path()).laser.output_for(1900.0):.0f}" in text
