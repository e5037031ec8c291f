"""When people and machines work: shifts in the shop's own time, less the days it stands still."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.orders.clock import DAYS, minutes_until, open_windows
from reclad.orders.shop_file import Closed, Shift

NOW = datetime.datetime(2026, 11, 27, 1, 0, tzinfo=datetime.UTC)  # Friday, 09:00 in Shanghai
HOUR = 60


def shift(start: str, end: str, *days: str) -> Shift:
    return Shift(name=f"{start} {end}", days=days or DAYS, start=start, end=end)


def windows(shifts: list[Shift], *closed: Closed, days: int = 4, zone: str = "Asia/Shanghai"):
    return open_windows(shifts, closed, zone, NOW, days)


def test_a_day_shift_is_cut_at_now_and_follows_its_days() -> None:
    found = windows([shift("08:00", "18:00", "Fri", "Mon")])
    assert found == ((0, 9 * HOUR), (3 * 24 * HOUR - HOUR, 3 * 24 * HOUR + 9 * HOUR))


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    assert windows([shift("20:00", "06:00", "Fri")]) == ((11 * HOUR, 21 * HOUR),)
    still = datetime.datetime(2026, 11, 27, 18, 0, tzinfo=datetime.UTC)  # Saturday 02:00 there
    found = open_windows([shift("20:00", "06:00", "Fri")], (), "Asia/Shanghai", still, 4)
    assert found == ((0, 4 * HOUR),)


def test_shifts_that_touch_or_overlap_are_one_window() -> None:
    both = [shift("08:00", "16:00", "Fri"), shift("15:30", "23:00", "Fri")]
    assert windows(both) == ((0, 14 * HOUR),)


def test_no_shift_means_day_and_night() -> None:
    assert windows([], days=3) == ((0, 3 * 24 * HOUR - 9 * HOUR),)


def test_a_closed_day_is_taken_out_whole() -> None:
    closed = Closed(first="2026-11-28", last="2026-11-29")
    found = windows([shift("08:00", "18:00")], closed)
    assert [start // (24 * HOUR) for start, _ in found] == [0, 2]
    night = windows([shift("20:00", "06:00", "Fri")], closed)
    assert night == ((11 * HOUR, 15 * HOUR),)


def test_where_clocks_go_back_a_night_shift_has_an_hour_more() -> None:
    now = datetime.datetime(2026, 10, 24, 12, 0, tzinfo=datetime.UTC)  # Saturday before the change
    one = open_windows([shift("22:00", "06:00", "Sat")], (), "Europe/Berlin", now, 2)
    assert [end - start for start, end in one] == [9 * HOUR]


def test_a_part_of_a_minute_counts_as_a_whole_one() -> None:
    assert minutes_until(NOW + datetime.timedelta(seconds=61), NOW) == 2
    assert minutes_until(NOW - datetime.timedelta(seconds=61), NOW) == -1


CLOCKS = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.slow
@given(
    st.lists(
        st.builds(shift, CLOCKS, CLOCKS, st.sampled_from(DAYS)),
        max_size=4,
    ),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=3),
    st.integers(0, 7 * 24 * 60),
)
def test_windows_are_in_order_apart_and_never_on_a_closed_day(shifts, closed, later) -> None:
    now = NOW + datetime.timedelta(minutes=later)
    day = datetime.date(2026, 11, 27)
    shut = [
        Closed(
            first=(day + datetime.timedelta(days=first)).isoformat(),
            last=(day + datetime.timedelta(days=first + more)).isoformat(),
        )
        for first, more in closed
    ]
    zone = datetime.timezone(datetime.timedelta(hours=8))  # Shanghai changes no clocks
    found = open_windows(shifts, shut, "Asia/Shanghai", now, 10)
    edges = [edge for window in found for edge in window]
    assert edges == sorted(set(edges))
    assert not edges or edges[0] >= 0
    for start, end in found:
        for minute in {start, (start + end) // 2, end - 1}:
            local = (now + datetime.timedelta(minutes=minute)).astimezone(zone)
            assert not any(one.first <= local.date().isoformat() <= one.last for one in shut)
            assert not shifts or any(_works(one, local) for one in shifts)


def _works(one: Shift, local: datetime.datetime) -> bool:
    for begun in (local.date(), local.date() - datetime.timedelta(days=1)):
        if DAYS[begun.weekday()] not in one.days:
            continue
        last = begun if one.end > one.start else begun + datetime.timedelta(days=1)
        span = SimpleNamespace(
            start=datetime.datetime.combine(begun, datetime.time.fromisoformat(one.start)),
            end=datetime.datetime.combine(last, datetime.time.fromisoformat(one.end)),
        )
        if span.start <= local.replace(tzinfo=None) < span.end:
            return True
    return False
