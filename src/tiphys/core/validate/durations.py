"""Durations as Go writes them."""

from __future__ import annotations

import re

_GO = r"(?a)[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)"


def is_go_duration(text: str) -> bool:
    """True for what Go's ``time.ParseDuration`` accepts: ``1h30m``, ``1.5s``, ``0``; not ``1d``.

    >>> is_go_duration("1h30m"), is_go_duration("1d")
    (True, False)
    """
    return re.fullmatch(_GO, text) is not None
