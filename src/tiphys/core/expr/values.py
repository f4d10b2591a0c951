"""Values of the expression language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct


class Duration(Struct, frozen=True, order=True):
    """A Go ``time.Duration``: signed nanoseconds in 64 bits."""

    nanoseconds: int


class Time(Struct, frozen=True):
    """An instant with the offset it was written in: Unix nanoseconds and seconds east of UTC."""

    unix_nanoseconds: int
    offset_seconds: int = 0
    zone: str = "UTC"


#: nil, bool, int (64 bit), float, string, bytes, list, map, duration, time or function.
Value = (
    None
    | bool
    | int
    | float
    | str
    | bytes
    | list["Value"]
    | dict[str, "Value"]
    | Mapping[str, "Value"]
    | Duration
    | Time
    | Callable[..., "Value"]
)
