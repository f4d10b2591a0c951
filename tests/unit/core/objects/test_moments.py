"""Moments as Kubernetes writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from tiphys.core.objects.moments import rfc3339, rfc3339_of_zone

EARLY = datetime(999, 1, 2, 0, 0, 0, 999_999, tzinfo=timezone(-timedelta(hours=3, minutes=30, seconds=9)))


def test_in_utc_in_whole_seconds() -> None:
    assert rfc3339(EARLY) == "0999-01-02T03:30:09Z"
    assert rfc3339(datetime(2024, 3, 1, tzinfo=UTC)) == "2024-03-01T00:00:00Z"


def test_an_offset_stays_in_whole_minutes() -> None:
    assert rfc3339_of_zone(EARLY) == "0999-01-02T00:00:00-03:30"
    assert rfc3339_of_zone(datetime(2024, 3, 1, tzinfo=UTC)) == "2024-03-01T00:00:00Z"
    assert rfc3339_of_zone(datetime(2024, 3, 1)) == "2024-03-01T00:00:00Z"
