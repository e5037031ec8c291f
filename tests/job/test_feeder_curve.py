"""The feeder weighed for a powder lot: its file, the delay, and which job may run on it."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import RecladError
from reclad.job import (
    Carrier,
    FeederCurve,
    Job,
    assumed,
    read_cell,
    read_feeder,
    read_job,
    read_machine,
)
from reclad.job.library import data_folder
from reclad.job.reading import TextFile, parse_toml, validate

EXAMPLE = data_folder().joinpath("examples", "pipe", "job.toml").read_text("utf-8")
MACHINE = data_folder().joinpath("machines", "x-axial-4kw.toml").read_text("utf-8")
CURVE = """
name = "l77"
machine = "x-axial-4kw"
powder = "IN625"
lot = "L-77"
carrier = "Ar 5 L/min"
source = "shop"
weighed = 2026-10-20
valid_days = 60
weighings = [
  ["2 rpm", "20 g", "120 s"],
  ["4 rpm", "41 g", "120 s"],
  ["8 rpm", "80 g", "120 s"],
]
delays = ["3 s", "5 s", "3.4 s"]
"""


def curve(**changes: tuple[str, str]) -> FeederCurve:
    text = CURVE
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    file = TextFile("feeders/l77.toml", text, "")
    return validate(FeederCurve, parse_toml(file), file.name)


@pytest.fixture
def folder(write_job: Callable[[str], Path]) -> Path:
    """A job that names the curve l77, whose file lies beside it."""
    made = write_job(EXAMPLE.replace('machine = "x-axial-4kw"',
                                     'machine = "x-axial-4kw"\nfeeder = "l77"'))  # fmt: skip
    (made / "feeders").mkdir()
    (made / "feeders" / "l77.toml").write_text(CURVE, "utf-8")
    return made


def put(folder: Path, kind: str, name: str, text: str) -> None:
    (folder / kind).mkdir(exist_ok=True)
    (folder / kind / f"{name}.toml").write_text(text, "utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(RecladError) as caught:
        read_job(folder)
    assert str(caught.value).isprintable()
    return str(caught.value)


# --- the file ---


def test_a_curve_is_the_line_through_its_weighings() -> None:
    told = curve()
    rates = [20 / 120, 41 / 120, 80 / 120]  # g/s
    slope, offset = statistics.linear_regression([2, 4, 8], rates)
    assert told.fit.rate_at(5.0) == pytest.approx((offset + 5 * slope) / 1000)
    assert told.fit.misfit(1) == pytest.approx(rates[1] / (offset + 4 * slope) - 1)


def test_the_delay_is_the_median_of_its_repeats_and_tells_their_spread() -> None:
    told = curve()
    assert told.delay == pytest.approx(3.4)
    assert told.delay_spread == pytest.approx(statistics.stdev([3, 5, 3.4]))
    once = curve(delays=('["3 s", "5 s", "3.4 s"]', '["3 s"]'))
    assert (once.delay, once.delay_spread) == (3.0, None)
    assert curve(delays=('delays = ["3 s", "5 s", "3.4 s"]', "")).delay is None


def test_a_curve_expires() -> None:
    assert curve().days_left(datetime.date(2026, 12, 19)) == 0
    assert curve().days_left(datetime.date(2026, 12, 20)) == -1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('  ["8 rpm", "80 g", "120 s"],\n', "", "weighings: 2 weighings at 2 disc speeds"),
        ('"4 rpm"', '"2 rpm"', "weighings: weighing 2, 20.5 g/min at 2 rpm, is 34 % off"),
        ('"41 g"', '"61 g"', "weighings: weighing 1, 10 g/min at 2 rpm, is 31 % off"),
        ('"80 g"', '"8 g"', "does not rise from there; weigh again"),
        ('["2 rpm", "20 g", "120 s"]', '["2 rpm", "10 g/min"]', "row 1: a list of 2 where a row"),
        ('"41 g"', "41", "weighings row 2 mass: 41 has no unit"),
        ("Ar 5 L/min", "Xe 5 L/min", 'carrier: "Xe 5 L/min" is no carrier gas'),
        ("Ar 5 L/min", "Ar", 'carrier: "Ar" is no carrier gas'),
        ("Ar 5 L/min", "Ar 5 mm", '[carrier] flow: "5 mm" is a length'),
        ("2026-10-20", '"last week"', 'weighed: "last week" is no date'),
        ('"3.4 s"', '"3.4 g"', 'delays row 3: "3.4 g" is a mass, but a time is wanted'),
    ],
)
def test_each_rule_of_a_curve_names_file_key_and_way_out(old: str, new: str, says: str) -> None:
    with pytest.raises(RecladError) as caught:
        curve(change=(old, new))
    assert str(caught.value).startswith("feeders/l77.toml")
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["argon 5 l/min", "Ar, 5 L/min", "氩气 5 L/min", "AR 0.3 m^3/h"])
def test_a_carrier_gas_is_read_as_a_shop_writes_it(text: str) -> None:
    read = Carrier.model_validate(text)
    assert (read.gas, read.text) == ("Ar", "Ar 5 L/min")


@given(st.floats(0.5, 50), st.floats(0.8, 1.2))
def test_a_carrier_flow_may_be_a_tenth_off_and_no_more(flow: float, times: float) -> None:
    job = Carrier.model_validate(f"Ar {flow!r} L/min")
    weighed = Carrier.model_validate(f"Ar {flow * times!r} L/min")
    if abs(abs(times - 1) - 0.1) > 1e-6:
        assert job.carries_like(weighed) == (abs(times - 1) < 0.1)
    assert not job.carries_like(Carrier.model_validate(f"N2 {flow!r} L/min"))


# --- the job ---


def test_a_job_feeds_by_the_curve_it_names(folder: Path) -> None:
    job, told = read_job(folder), curve()
    feeder, own = job.cell.feeder, read_machine("x-axial-4kw").feeder
    assert (feeder.lot, feeder.weighed, feeder.valid_days) == ("L-77", "2026-10-20", 60)
    assert feeder.rate_for(4.0) == pytest.approx(told.fit.rate_at(4.0), rel=1e-12)
    assert feeder.rate_for(4.0) != pytest.approx(own.rate_for(4.0), rel=0.1)
    assert feeder.delay == 3.4
    assert (feeder.analog, feeder.rpm_max) == (own.analog, own.rpm_max)
    assert "feeders/l77.toml" in job.sources
    assert Job.model_validate_json(job.model_dump_json()).cell.feeder.lot == "L-77"


def test_without_a_delay_of_its_own_a_curve_keeps_the_machines(folder: Path) -> None:
    put(folder, "feeders", "l77", CURVE[: CURVE.index("delays")])
    assert read_job(folder).cell.feeder.delay == read_machine("x-axial-4kw").feeder.delay


def test_a_measured_curve_is_not_listed_as_assumed(folder: Path) -> None:
    what = {a.what for a in assumed(read_job(folder))}
    assert "machine x-axial-4kw laser spot" in what
    assert not any("feeder weighings" in w or "feeder curve" in w for w in what)


def test_a_pinned_feed_rate_is_held_against_the_curve_and_not_the_machine(folder: Path) -> None:
    text = (folder / "job.toml").read_text("utf-8")
    # The curve ends at 8 rpm, 40 g/min; the machine's own begins at 4 g/min.
    put(folder, ".", "job", text.replace("[procedure]", '[procedure]\nfeed_rate = "5 g/min"'))
    assert "feed_rate: 5 g/min lies outside 10." in refusal(folder)


def test_a_curve_that_is_not_there_is_answered_with_the_command_that_makes_it(folder: Path) -> None:
    (folder / "feeders" / "l77.toml").unlink()
    said = refusal(folder)
    assert said.startswith('job.toml feeder: no feeder "l77"; ')
    assert "`reclad weigh` makes one" in said


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"x-axial-4kw"', '"cell-2"', "machine: weighed on cell-2, but the job runs on x-axial"),
        ('powder = "IN625"', 'powder = "316L"', "job.toml powder: IN625, but the feeder curve of"),
        ('"8 rpm", "80 g"', '"14 rpm", "140 g"', "rpm_max: 12 rpm lies below the fastest weighing"),
    ],
)
def test_a_curve_of_another_machine_powder_or_disc_is_refused(
    folder: Path, old: str, new: str, says: str
) -> None:
    put(folder, "feeders", "l77", CURVE.replace(old, new))
    assert says in refusal(folder)


@pytest.mark.parametrize(
    ("stated", "accepted"),
    [("Ar 5.5 L/min", True), ("Ar 6 L/min", False), ("N2 5 L/min", False), ("", True)],
)
def test_a_curve_of_another_carrier_gas_is_refused_where_the_machine_states_its_own(
    folder: Path, stated: str, accepted: bool
) -> None:
    line = f'delay = "4 s"\ncarrier = "{stated}"' if stated else 'delay = "4 s"'
    put(folder, "machines", "x-axial-4kw", MACHINE.replace('delay = "4 s"', line))
    if accepted:
        assert read_job(folder).cell.feeder.carrier == curve().carrier
    else:
        says = f"carrier: weighed with Ar 5 L/min, but x-axial-4kw feeds with {stated}; weigh it"
        assert says in refusal(folder)


def test_a_machine_weighed_with_another_powder_is_refused(
    write_job: Callable[[str], Path],
) -> None:
    folder = write_job(EXAMPLE.replace('powder = "IN625"', 'powder = "316L"'))
    read_job(folder)  # the example's curve is only assumed, and listed as such
    put(folder, "machines", "x-axial-4kw", MACHINE.replace('"assumed"', '"shop"'))
    said = refusal(folder)
    assert said.startswith("job.toml powder: 316L, but the feeder curve of x-axial-4kw was weighed")
    assert "`reclad weigh NAME`" in said


def test_the_cell_of_a_plan_is_the_machine_with_its_curve(folder: Path) -> None:
    assert read_cell("x-axial-4kw", "l77", folder) == read_job(folder).cell
    assert read_cell("x-axial-4kw", None, folder) == read_machine("x-axial-4kw")


def test_only_a_curve_nobody_weighed_cannot_expire(folder: Path) -> None:
    assert read_machine("x-axial-4kw").curve_is_assumed
    assert not read_job(folder).cell.curve_is_assumed
    assert read_cell("x-axial-4kw", "example-IN625").curve_is_assumed
    assert read_feeder("example-IN625").delay == pytest.approx(4.0)
