from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tiphys.adapters.stores.cursor import Position, microseconds, moment_of, start_of
from tiphys.ports.store import ListOptions

moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC))


@given(moments)
def test_microseconds_are_exact(moment: datetime) -> None:
    assert moment_of(microseconds(moment)) == moment


def test_zone_does_not_matter() -> None:
    east = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert microseconds(east) == microseconds(datetime(2026, 1, 1, 7, tzinfo=UTC))


@given(moments, st.integers(0, 10**18 - 1))
def test_cursor_brings_back_the_position(moment: datetime, identity: int) -> None:
    position = Position(microseconds(moment), identity)
    assert start_of(ListOptions(kind="Workflow", after=position.cursor())) == position


def test_first_page_has_no_start() -> None:
    assert start_of(ListOptions(kind="Workflow")) is None
