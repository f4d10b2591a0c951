"""The place in a list at which the next page begins."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from tiphys.errors import UsageError
from tiphys.ports.store import ListOptions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: The integers stay inside 64 bits, so that a made-up cursor cannot overflow a database.
_TEXT = r"(?a)(-?[0-9]{1,18})\.([0-9]{1,18})"


class Position(Struct, frozen=True, order=True):
    """The order of lists: time of creation in microseconds since 1970, then the order in which objects came."""

    created: int
    id: int

    def cursor(self) -> str:
        """The position as opaque text for a client."""
        return f"{self.created}.{self.id}"


def start_of(options: ListOptions) -> Position | None:
    """The position behind which a page starts; None for the first page.

    Raises:
        UsageError: the cursor was not made by a list, or the limit is not positive.
    """
    if options.limit < 1:
        raise UsageError(f"the limit of a list must be at least 1, not {options.limit}")
    if options.after is None:
        return None
    match = re.fullmatch(_TEXT, options.after)
    if match is None:
        raise UsageError(f"{options.after!r} is not the cursor of a list", "start again without a cursor")
    return Position(int(match[1]), int(match[2]))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of a moment with a time zone, exact.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 2, 5, tzinfo=UTC))
    2000005
    """
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(created: int) -> datetime:
    """The moment, in UTC, of microseconds since 1970."""
    return _EPOCH + created * _MICROSECOND


def microseconds_or_none(moment: datetime | None) -> int | None:
    """The same of a moment that may be missing."""
    return None if moment is None else microseconds(moment)


def moment_or_none(value: int | None) -> datetime | None:
    """The moment, in UTC, of microseconds since 1970 that may be missing."""
    return None if value is None else moment_of(value)


def qualified(kind: str, group: str) -> str:
    """Kind and group in kubectl's notation.

    >>> qualified("Workflow", "argoproj.io"), qualified("ConfigMap", "")
    ('Workflow.argoproj.io', 'ConfigMap')
    """
    return f"{kind}.{group}" if group else kind
