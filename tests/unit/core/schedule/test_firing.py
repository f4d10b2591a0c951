"""When schedules fire, where clocks are changed above all."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.core.schedule.fields import parse
from tiphys.core.schedule.firing import Daylight, Firing, between, following, latest

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def firing(text: str, zone: str = "UTC", daylight: Daylight = Daylight.ARGO) -> Firing:
    return Firing(parse(text), ZoneInfo(zone), ZoneInfo, anchor=ANCHOR, daylight=daylight)


def moments(text: str, start: str, count: int, zone: str = "UTC", daylight: Daylight = Daylight.ARGO) -> list[str]:
    found = itertools.islice(firing(text, zone, daylight).after(datetime.fromisoformat(start)), count)
    return [f"{moment:%m-%dT%H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("*/5 * * * *", "2026-01-01T10:03:20Z", ["01-01T10:05", "01-01T10:10"]),
        ("0 0 * * *", "2026-01-01T00:00:00Z", ["01-02T00:00", "01-03T00:00"]),
        ("@hourly", "2026-01-01T23:59:59Z", ["01-02T00:00", "01-02T01:00"]),
        ("30 6 13 * fri", "2026-02-01T00:00:00Z", ["02-06T06:30", "02-13T06:30", "02-20T06:30"]),
        ("30 6 13 * *", "2026-02-01T00:00:00Z", ["02-13T06:30", "03-13T06:30"]),
        ("0 0 */10 * 1", "2026-03-01T00:00:00Z", ["03-02T00:00", "03-09T00:00", "03-11T00:00"]),
        ("5/20 8 ? jan ?", "2026-01-01T00:00:00Z", ["01-01T08:05", "01-01T08:25", "01-01T08:45"]),
        ("0 0 29 2 *", "2026-01-01T00:00:00Z", ["02-29T00:00"]),
        ("@every 90m", "2026-01-01T01:00:00Z", ["01-01T01:30", "01-01T03:00"]),
        ("CRON_TZ=Asia/Tokyo 0 9 * * *", "2026-01-01T00:00:00Z", ["01-02T00:00"]),
    ],
)
def test_moments(text: str, start: str, expected: list[str]) -> None:
    assert moments(text, start, len(expected)) == expected


def test_a_day_that_no_month_has_never_fires() -> None:
    assert following([firing("0 0 30 2 *")], ANCHOR) is None


@pytest.mark.parametrize(
    ("zone", "text", "start", "argo", "once"),
    [
        # New York: 02:30 does not exist on 8 March, 01:30 exists twice on 1 November.
        ("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", ["03-09T06:30"], ["03-08T07:00", "03-09T06:30"]),
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", ["11-01T05:30", "11-01T06:30"], ["11-01T05:30", "11-02T06:30"]),
        # Berlin: clocks jump at 02:00 on 29 March.
        ("Europe/Berlin", "0 2 * * *", "2026-03-28T12:00Z", ["03-30T00:00"], ["03-29T01:00", "03-30T00:00"]),
        # Santiago: midnight itself does not exist on 6 September.
        ("America/Santiago", "0 0 * * *", "2026-09-05T12:00Z", ["09-07T03:00"], ["09-06T04:00", "09-07T03:00"]),
        # Lord Howe: half an hour is skipped on 4 October and comes twice on 5 April.
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00Z", ["10-04T15:15"], ["10-03T15:30", "10-04T15:15"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00Z", ["04-04T14:45", "04-04T15:15"], ["04-04T14:45", "04-05T15:15"]),
        # Tehran has had one time all year since 2023.
        ("Asia/Tehran", "0 0 22 3 *", "2026-01-01T00:00Z", ["03-21T20:30"], ["03-21T20:30"]),
    ],
)  # fmt: skip
def test_when_clocks_are_changed(zone: str, text: str, start: str, argo: list[str], once: list[str]) -> None:
    assert moments(text, start, len(argo), zone) == argo
    assert moments(text, start, len(once), zone, Daylight.ONCE) == once


def test_schedules_that_coincide_fire_once() -> None:
    both = [firing("0 * * * *"), firing("*/30 * * * *")]
    found = between(both, ANCHOR, ANCHOR + timedelta(hours=1))
    assert [moment.minute for moment in found] == [30, 0]


def test_the_latest_missed_moment_is_found_from_far_away() -> None:
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 10, 12, tzinfo=UTC)
    assert latest([firing("*/5 * * * *")], start, end) == datetime(2026, 1, 1, 10, 10, tzinfo=UTC)
    assert latest([firing("0 0 1 7 *")], start, end) == datetime(2025, 7, 1, tzinfo=UTC)
    assert latest([firing("0 0 1 7 *")], datetime(2025, 8, 1, tzinfo=UTC), end) is None


FIELDS = st.tuples(
    st.sampled_from(["*", "*/7", "0", "3,59", "10-20/3", "?"]),
    st.sampled_from(["*", "2", "*/5", "1-3"]),
    st.sampled_from(["*", "1", "*/9", "28-31"]),
    st.sampled_from(["*", "mar", "*/4", "10,11"]),
    st.sampled_from(["*", "sun", "1-5", "0,6"]),
)
ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago"])


@given(FIELDS, ZONES, st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)))
def test_moments_rise_match_the_wall_clock_and_miss_none(fields: tuple[str, ...], zone: str, start: datetime) -> None:
    begin = start.replace(microsecond=0, tzinfo=UTC)
    one = Firing(parse(" ".join(fields)), ZoneInfo(zone), ZoneInfo, anchor=ANCHOR)
    found = list(between([one], begin, begin + timedelta(days=2)))
    expected = []
    minute = begin.replace(second=0) + timedelta(minutes=1)
    schedule = parse(" ".join(fields)).fields
    while minute <= begin + timedelta(days=2):
        if _matches(schedule, minute.astimezone(ZoneInfo(zone))):
            expected.append(minute)
        minute += timedelta(minutes=1)
    assert found == expected


def _matches(fields: tuple[str, ...], wall: datetime) -> bool:
    """The rule of cron, minute by minute: either day field may be free, else one of them must match."""
    given_values = (wall.minute, wall.hour, wall.day, wall.month, wall.isoweekday() % 7)
    minute, hour, day, month, weekday = (
        field == "*" or str(value) in field.split(",") for field, value in zip(fields, given_values, strict=True)
    )
    days = (day and weekday) if "*" in {fields[2], fields[4]} else (day or weekday)
    return minute and hour and month and days
