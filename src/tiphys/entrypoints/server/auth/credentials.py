"""The credentials of a request: the ``Authorization`` header, else the cookies of that name (``spec/api.md`` 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie

COOKIE = "authorization"


def credentials(headers: Mapping[str, str]) -> Sequence[str]:
    """What a request offers, in the order in which it is tried, each with its scheme (``Bearer …``).

    A header, even a bad one, comes instead of cookies; an empty one counts as none.
    """
    header = headers.get("authorization", "").strip()
    if header:
        return (header,)
    cookies: SimpleCookie = SimpleCookie()
    found = []
    for part in headers.get("cookie", "").split(";"):
        try:
            cookies.load(part.strip())
        except CookieError:
            continue
        morsel = cookies.pop(COOKIE, None)
        if morsel is not None and morsel.value:
            found.append(morsel.value)
    return tuple(found)
