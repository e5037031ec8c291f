"""What the analog output of a laser says, and the feeder curve from weighings."""

from __future__ import annotations

import errno
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import FileError, JobError, ProcessError, RecladError
from reclad.job import (
    Laser,
    Machine,
    WeighedPowder,
    fit_weighings,
    place_file,
    read_machine,
)
from reclad.job.library import data_folder
from reclad.job.reading import validate

MACHINE = data_folder().joinpath("machines", "x-axial-4kw.toml").read_text("utf-8")
VOLTS = {
    "unit": "V",
    "watts_at_1_volt": "300 W",
    "watts_at_10_volts": "4200 W",
    "power_min": "200 W",
    "power_max": "4000 W",
    "power_step_max": "200 W",
    "analog": 0,
    "gate": 0,
    "spot": "3 mm",
    "spot_shape": "gaussian",
    "wavelength": "1070 nm",
}


def laser(**changes: object) -> Laser:
    told = {key: value for key, value in (VOLTS | changes).items() if value is not None}
    return validate(Laser, told, "laser")


def test_a_laser_in_watts_is_told_watts() -> None:
    shipped = read_machine("x-axial-4kw").laser
    assert shipped.unit == "W"
    for power in (0.0, 200.0, 1234.5, 4000.0):
        assert shipped.output_for(power) == shipped.power_for(power) == power


def test_a_laser_in_volts_is_told_volts_on_the_measured_line() -> None:
    volts = laser()
    assert volts.output_for(300.0) == pytest.approx(1.0)
    assert volts.output_for(4200.0) == pytest.approx(10.0)
    assert volts.output_for(2250.0) == pytest.approx(5.5)
    assert volts.output_for(0.0) == volts.power_for(0.0) == 0.0


@given(st.floats(200, 4000), st.floats(0, 190), st.floats(4000, 9000))
def test_power_survives_the_way_to_volts_and_back(power: float, one: float, ten: float) -> None:
    told = laser(watts_at_1_volt=f"{one} W", watts_at_10_volts=f"{ten} W")
    assert 0 < told.output_for(power) <= 10
    assert told.power_for(told.output_for(power)) == pytest.approx(power, rel=1e-12)


@given(st.floats(200, 4000), st.floats(200, 4000))
def test_more_power_is_never_fewer_volts(one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert laser().output_for(low) <= laser().output_for(high)


@pytest.mark.parametrize("power", [4201.0, 1e5, -1.0, -1e5])
def test_a_power_the_output_cannot_say_is_refused(power: float) -> None:
    with pytest.raises(ProcessError, match=r"would need .* V, outside 0 to 10 V"):
        laser(watts_at_1_volt="500 W", power_min="500 W").output_for(power)


@pytest.mark.parametrize("output", [-0.1, 10.1, math.nan])
def test_volts_no_output_has_are_refused(output: float) -> None:
    with pytest.raises(ProcessError, match="lies outside 0 to 10 V"):
        laser().power_for(output)


def test_below_its_threshold_a_laser_gives_nothing_and_not_less() -> None:
    threshold = laser(watts_at_1_volt="0 W")
    assert threshold.power_for(0.5) == 0.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"unit": "W"}, 'unit: watts at 1 V or 10 V are given, but unit is "W"'),
        ({"unit": "mA"}, 'unit: "mA" is not one of W, V'),
        ({"watts_at_1_volt": None}, 'watts_at_1_volt: missing, but unit is "V"'),
        ({"watts_at_10_volts": None}, 'watts_at_10_volts: missing, but unit is "V"'),
        ({"watts_at_10_volts": "300 W"}, "watts_at_10_volts: 300 W does not lie above"),
        ({"power_max": "4300 W"}, "power_max: 4300 W would need 10.23 V"),
        ({"watts_at_1_volt": "900 W", "power_min": "100 W"}, "power_min: 100 W would need"),
        ({"watts_at_10_volts": 4200}, "watts_at_10_volts: 4200 has no unit"),
    ],
)
def test_a_scaling_that_cannot_be_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(RecladError) as caught:
        laser(**changes)
    assert says in str(caught.value)


def weigh(rpm: float, grams: float, seconds: float = 60.0) -> WeighedPowder:
    return WeighedPowder(rpm, grams / 1000, seconds)


@given(st.floats(0.1, 5), st.floats(0.5, 20), st.lists(st.integers(1, 40), min_size=3, max_size=9))
def test_weighings_on_a_line_give_that_line(a: float, b: float, speeds: list[int]) -> None:
    if len(set(speeds)) < 2:
        speeds = [*speeds, 41]
    fit = fit_weighings([weigh(rpm, a + b * rpm) for rpm in speeds])
    assert fit.slope == pytest.approx(b / 60000, rel=1e-6)
    assert fit.rate_at(10.0) == pytest.approx((a + 10 * b) / 60000, rel=1e-6)
    assert max(abs(fit.misfit(n)) for n in range(len(speeds))) < 1e-6
    assert [rpm for rpm, _ in fit.curve] == sorted(set(speeds))


def test_residuals_of_a_fit_add_up_to_nothing() -> None:
    fit = fit_weighings([weigh(2, 8.1), weigh(4, 15.8, 60), weigh(4, 32.4, 120), weigh(8, 31.9)])
    assert sum(fit.residuals) == pytest.approx(0, abs=1e-12)
    assert fit.weighed[2].rate == pytest.approx(16.2 / 60000)
    assert len(fit.curve) == 3
    assert all(two[1] > one[1] for one, two in zip(fit.curve, fit.curve[1:], strict=False))


@pytest.mark.parametrize(
    ("weighed", "says"),
    [
        ([weigh(2, 8), weigh(4, 16)], "2 weighings at 2 disc speeds; weigh at least 3 times"),
        ([weigh(4, 16)] * 3, "3 weighings at 1 disc speeds"),
        ([weigh(2, 16), weigh(4, 16), weigh(6, 16)], "does not rise"),
        ([weigh(2, 30), weigh(4, 20), weigh(6, 10)], "does not rise"),
        ([weigh(1, 0.1), weigh(5, 10), weigh(9, 40)], "weigh again"),
        ([weigh(2, 8), weigh(4, 22), weigh(6, 24)], "weighing 2, 22 g/min at 4 rpm, is 22 % off"),
    ],
)
def test_weighings_that_make_no_curve_are_refused(weighed: list[WeighedPowder], says: str) -> None:
    with pytest.raises(JobError) as caught:
        fit_weighings(weighed)
    assert says in str(caught.value)


def put(folder: Path, name: str = "cell-a", text: str | None = None) -> Path:
    told = MACHINE.replace('name = "x-axial-4kw"', f'name = "{name}"') if text is None else text
    return place_file("machines", name, told, Machine, folder)


def test_a_placed_file_is_the_text_and_reads(tmp_path: Path) -> None:
    assert put(tmp_path) == tmp_path / "machines" / "cell-a.toml"
    assert read_machine("cell-a", tmp_path).name == "cell-a"
    assert [p.name for p in tmp_path.rglob("*")] == ["machines", "cell-a.toml"]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_a_file_is_never_placed_over_anything(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "machines" / "cell-a.toml"
    target.parent.mkdir()
    if kind == "file":
        target.write_text("mine")
    elif kind == "folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match=r'"machines/cell-a.toml": exists already'):
        put(tmp_path)
    assert kind != "file" or target.read_text() == "mine"
    assert [p.name for p in target.parent.iterdir()] == ["cell-a.toml"]


def test_a_file_that_appears_while_writing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "machines" / "cell-a.toml"
    link = Path.hardlink_to

    def late(self: Path, other: Path) -> None:
        target.write_text("theirs")
        link(self, other)

    monkeypatch.setattr(Path, "hardlink_to", late)
    with pytest.raises(FileError, match="exists already"):
        put(tmp_path)
    assert target.read_text() == "theirs"


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, other: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert put(tmp_path).is_file()
    assert [p.name for p in tmp_path.rglob("*")] == ["machines", "cell-a.toml"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cell-a", 'name = "cell-a"\n'),
        ("cell-a", MACHINE),
        ("../cell-a", None),
        ("cell/a", None),
        ("con", None),
        ("", None),
    ],
)
def test_what_does_not_read_back_is_not_placed(tmp_path: Path, name: str, text: str | None) -> None:
    with pytest.raises(RecladError):
        put(tmp_path, name, text)
    assert [*tmp_path.iterdir()] == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        put(tmp_path / "missing")


def test_a_full_disk_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FileError, match="No space left on device"):
        put(tmp_path)
    assert [*tmp_path.iterdir()] == []
