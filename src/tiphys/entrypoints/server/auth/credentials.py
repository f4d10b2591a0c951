"""The credentials of a request: the ``Authorization`` header, else the cookies of that name (``spec/api.md`` 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COOKIE = "authorization"


def credentials(headers: Mapping[str, str]) -> Sequence[str]:
    """What a request offers, in the order in which it is tried, each with its scheme (``Bearer …``).

    A header, even a bad one, comes instead of cookies; an empty one counts as none.
    """
    header = headers.get("authorization", "").strip()
    if header:
        return (header,)
    pairs = (part.partition("=") for part in headers.get("cookie", "").split(";"))
    # Go reads values with blanks as they are, in quotes or not; Python's own reader stops at the first blank.
    values = (value.strip().removeprefix('"').removesuffix('"') for name, _, value in pairs if name.strip() == COOKIE)
    return tuple(value for value in values if value)
