"""Waiting for what other processes and threads do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

#: How long anything may take before a test gives up, in seconds.
PATIENCE = 300.0
#: Between two looks, so that those who are waited for get the processor.
_PAUSE = 0.02
Found = TypeVar("Found")


def until(look: Callable[[], Found], holds: Callable[[Found], object] = bool) -> Found:
    """Look again and again; what is found once it holds.  A wait that is in vain fails with what was found last."""
    end = time.monotonic() + PATIENCE
    while not holds(found := look()):
        assert time.monotonic() < end, f"waited in vain, the last look found {found!r}"
        time.sleep(_PAUSE)
    return found
