from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tiphys.testing.clock import START, VirtualClock


def test_time_stands_still_until_it_is_moved(virtual_clock: VirtualClock) -> None:
    assert virtual_clock.now() == virtual_clock.now() == START
    virtual_clock.advance(0.25)
    assert virtual_clock.now() == START + timedelta(milliseconds=250)
    virtual_clock.set(START + timedelta(days=1))
    assert virtual_clock.now() == START + timedelta(days=1)


def test_every_moment_is_in_utc() -> None:
    east = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    clock = VirtualClock(east)
    assert clock.now().isoformat() == "2026-01-01T07:00:00+00:00"
    clock.set(east + timedelta(hours=1))
    assert clock.now().tzinfo is UTC


def test_time_never_goes_back(virtual_clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="back"):
        virtual_clock.advance(-1)
    with pytest.raises(ValueError, match="back"):
        virtual_clock.set(START - timedelta(seconds=1))
    assert virtual_clock.now() == START


def test_moment_without_zone_is_refused(virtual_clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="time zone"):
        virtual_clock.set(datetime(2030, 1, 1))
    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(datetime(2030, 1, 1))


def test_identifiers_are_distinct_and_the_same_for_every_clock() -> None:
    first, second = VirtualClock(), VirtualClock()
    uids, suffixes = [first.uid() for _ in range(100)], [first.suffix() for _ in range(100)]
    assert uids == [second.uid() for _ in range(100)]
    assert suffixes == [second.suffix() for _ in range(100)]
    assert len({*uids}) == len({*suffixes}) == 100
    assert all(re.fullmatch("[a-z0-9]{5}", suffix) for suffix in suffixes)
