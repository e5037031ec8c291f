"""The laser under a power meter: the line, what is refused, and the power at the workpiece."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ProcessError, RecladError
from reclad.job import Laser, PowerMeter
from reclad.job.reading import validate

LASER = {
    "power_min": "400 W",
    "power_max": "3600 W",
    "power_step_max": "200 W",
    "analog": 0,
    "gate": 0,
    "spot": "3 mm",
    "spot_shape": "gaussian",
    "wavelength": "1070 nm",
}
VOLTS = {"unit": "V", "watts_at_1_volt": "400 W", "watts_at_10_volts": "4000 W"}
LOSSY = [(400, 380), (2000, 1820), (4000, 3620)]  # on 20 W + 0.9 per watt set
DAY = datetime.date(2026, 11, 1)


def table(pairs: list[tuple[float, float]]) -> dict[str, object]:
    rows = [[f"{a!r} W", f"{b!r} W"] for a, b in pairs]
    return {"source": "shop", "date": DAY, "valid_days": 30, "readings": rows}


def meter(pairs: list[tuple[float, float]]) -> PowerMeter:
    return validate(PowerMeter, table(pairs), "meter.csv")


def laser(**changes: object) -> Laser:
    return validate(Laser, LASER | {"meter": table(LOSSY)} | changes, "laser")


def test_readings_on_a_line_give_that_line() -> None:
    read = meter(LOSSY)
    assert (read.offset, read.slope) == (pytest.approx(20), pytest.approx(0.9))
    assert read.power_range == (pytest.approx(380), pytest.approx(3620))
    assert [read.misfit(n) for n in range(3)] == pytest.approx([0, 0, 0], abs=1e-12)
    assert read.error(2) == pytest.approx(3620 / 4000 - 1)


def test_a_misfit_is_a_share_of_the_line() -> None:
    read = meter([(1000, 1010), (2000, 1980), (3000, 3010)])  # mean 2000, slope 1
    assert read.misfit(1) == pytest.approx(-20 / 2000)
    assert read.misfit(0) == pytest.approx(10 / 1000)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([(500, 480), (2000, 1900)], "readings: 2 different powers set; measure at 3 or more"),
        ([(500, 480), (500, 490), (2000, 1900)], "readings: 2 different powers set"),
        ([(500, 480), (1000, 480), (2000, 480)], "does not rise"),
        ([(500, 10), (1000, 500), (4000, 4000)], "does not rise from above zero"),
        ([(1000, 950), (2000, 2200), (3000, 2850)], "readings row 2: 2200 W measured at 2000 W"),
        (
            [(1000, 60000), (2000, 2200), (3000, 2850)],
            'row 1 measured: "60000 W" is outside 1 to 50000 W',
        ),
    ],
)
def test_readings_that_make_no_line_are_refused(
    pairs: list[tuple[float, float]], says: str
) -> None:
    with pytest.raises(RecladError) as caught:
        meter(pairs)
    assert says in str(caught.value)


@pytest.mark.parametrize(("share", "refused"), [(0.048, False), (0.052, True)])
def test_a_reading_may_be_a_twentieth_off_the_line_and_no_more(share: float, refused: bool) -> None:
    # Two readings at each end hold the line; the one in the middle moves it by a fifth of its own.
    ends = [(1000, 1000), (1000, 1000), (3000, 3000), (3000, 3000)]
    off = share * 2000 / (0.8 - 0.2 * share)
    pairs = [*ends, (2000, 2000 + off)]
    if refused:
        with pytest.raises(RecladError, match=r"readings row 5: .* is 5\.2 % off"):
            meter(pairs)
    else:
        assert meter(pairs).misfit(4) == pytest.approx(share, rel=1e-6)


def test_the_laser_is_set_so_that_the_workpiece_gets_the_power() -> None:
    assert laser().output_for(1820.0) == pytest.approx(2000.0)
    assert laser().power_for(2000.0) == pytest.approx(1820.0)
    volts = laser(**VOLTS)
    assert volts.output_for(1820.0) == pytest.approx(5.0)
    assert volts.power_for(5.0) == pytest.approx(1820.0)
    assert laser().output_for(0.0) == laser().power_for(0.0) == volts.output_for(0.0) == 0.0


@given(st.floats(400, 3600), st.sampled_from([{}, VOLTS]))
def test_power_survives_the_way_through_the_meter_and_back(
    power: float, scale: dict[str, object]
) -> None:
    told = laser(**scale)
    assert told.power_for(told.output_for(power)) == pytest.approx(power, rel=1e-12)


def test_a_power_the_meter_never_saw_is_refused() -> None:
    with pytest.raises(ProcessError, match="3700 W lies outside the measured range 380 W to 3620"):
        laser().output_for(3700.0)
    assert laser().power_for(5000.0) == pytest.approx(4520.0), "read as what it is, too much"
    assert laser().power_for(-5.0) == -5.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"power_max": "3700 W"}, "power_max: 3700 W at the workpiece lies outside the 380 W to"),
        ({"power_max": "3700 W"}, "lower it to 3620 W, or measure there too"),
        ({"power_min": "300 W"}, "raise it to 380 W, or measure there too"),
        (VOLTS | {"watts_at_10_volts": "3900 W"}, "power_max: 3600 W would need 10.2"),
    ],
)
def test_a_range_that_was_not_measured_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(RecladError) as caught:
        laser(**changes)
    assert says in str(caught.value)


def test_readings_expire() -> None:
    assert meter(LOSSY).days_left(DAY + datetime.timedelta(days=31)) == -1
