"""Storages that accept a connection and then say nothing."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.errors import SilentStorageError

#: Seconds that a storage may say nothing, unless the option ``timeout`` says otherwise.
_SECONDS = 30.0


def longest_silence(options: Mapping[str, str]) -> float:
    """How many seconds a storage may say nothing before a request is given up."""
    return float(options.get("timeout", _SECONDS))


def silent(what: str, seconds: float, whom: str = "") -> SilentStorageError:
    """The error of a storage that has said nothing for so long; ``whom`` where ``what`` does not name it."""
    return SilentStorageError(f"{what}: no answer{f' from {whom}' if whom else ''} for {seconds:g} seconds")
