"""Moments as Kubernetes writes them (RFC 3339, whole seconds)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_WHOLE_MINUTES = len("0000-00-00T00:00:00+00:00")  # zones of the 19th century have seconds: Go drops them


@lru_cache(maxsize=64)  # the nodes of one step share their moments
def rfc3339(moment: datetime) -> str:
    """A moment in UTC.

    >>> rfc3339(datetime(2024, 3, 1, 10, 11, 12, tzinfo=UTC))
    '2024-03-01T10:11:12Z'
    """
    return rfc3339_of_zone(moment.astimezone(UTC))


def rfc3339_of_zone(moment: datetime) -> str:
    """A moment with the offset that it has; without one it is UTC."""
    if moment.utcoffset():
        return moment.isoformat(timespec="seconds")[:_WHOLE_MINUTES]
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
