"""Days and hours of a shop: what a shop file writes, and the minutes that follow from it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, StrictStr
from pydantic_core import PydanticCustomError

from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from reclad.orders.shop_file import Closed, Shift

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTE = datetime.timedelta(minutes=1)
Windows = tuple[tuple[int, int], ...]


def _refuse(line: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{line}", {"line": line})


def _clock(value: Any) -> Any:
    if isinstance(value, datetime.time):
        value = value.isoformat("minutes")
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise _refuse(f'{show(value)} is no time of day; write for example "08:00"')
    return value


def _zone(value: str) -> str:
    zone_of(value)
    return value


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise _refuse(
            f'{show(name)} is no time zone known here; write for example "Asia/Shanghai", or '
            "install the package tzdata"
        ) from error


Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Clock = Annotated[str, BeforeValidator(_clock)]
Zone = Annotated[StrictStr, AfterValidator(_zone)]


def open_windows(
    shifts: Sequence[Shift],
    closed: Iterable[Closed],
    zone: str,
    now: datetime.datetime,
    days: int,
) -> Windows:
    """When something may work: (start, end) min from `now`, in order and apart.

    shifts   those it works; none: day and night
    closed   whole days on which it does not
    zone     in which the shifts and days are meant; where clocks change, real minutes are counted
    now      with its time zone
    days     how far ahead
    A shift belongs to the day on which it begins: one that begins before a closed day ends there
    at midnight. Checked in tests/orders/test_clock.py.
    """
    here = zone_of(zone)
    today = now.astimezone(here).date()
    one_day = datetime.timedelta(days=1)
    spans = (
        [_span(today + n * one_day, "00:00", "00:00", here, now) for n in range(days)]
        if not shifts
        else [
            _span(day, shift.start, shift.end, here, now)
            for n in range(-1, days)
            for day in [today + n * one_day]
            for shift in shifts
            if DAYS[day.weekday()] in shift.days
        ]
    )
    gaps = []
    for one in closed:
        first, last = (datetime.date.fromisoformat(text) for text in (one.first, one.last))
        start, _ = _span(first, "00:00", "00:00", here, now)
        _, end = _span(last, "00:00", "00:00", here, now)
        gaps.append((start, end))
    return _without(_joined(spans), _joined(gaps))


def _span(
    day: datetime.date, start: str, end: str, zone: ZoneInfo, now: datetime.datetime
) -> tuple[int, int]:
    until = day if end > start else day + datetime.timedelta(days=1)
    first, last = (
        datetime.datetime.combine(on, datetime.time.fromisoformat(at), zone)
        for on, at in ((day, start), (until, end))
    )
    return minutes_until(first, now), minutes_until(last, now)


def minutes_until(when: datetime.datetime, now: datetime.datetime) -> int:
    """Whole minutes from `now` to `when`, both with their time zone; rounded up."""
    utc = datetime.UTC
    return -((now.astimezone(utc) - when.astimezone(utc)) // MINUTE)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _without(spans: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> Windows:
    left: list[tuple[int, int]] = []
    for start, end in spans:
        at = max(start, 0)
        for gap_start, gap_end in gaps:
            if gap_end <= at or gap_start >= end:
                continue
            if gap_start > at:
                left.append((at, gap_start))
            at = max(at, gap_end)
        if at < end:
            left.append((at, end))
    return tuple(left)
