"""Storages that accept a connection and then say nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from tiphys.errors import SilentStorageError

#: Seconds that a storage may say nothing, unless the option ``timeout`` says otherwise.
_SECONDS = 30.0
Answer = TypeVar("Answer")


def longest_silence(options: Mapping[str, str]) -> float:
    """How many seconds a storage may say nothing before a request is given up."""
    return float(options.get("timeout", _SECONDS))


def silent(what: str, seconds: float, whom: str = "") -> SilentStorageError:
    """The error of a storage that has said nothing for so long; ``whom`` where ``what`` does not name it."""
    return SilentStorageError(f"{what}: no answer{f' from {whom}' if whom else ''} for {seconds:g} seconds")


def answered(what: str, seconds: float, call: Callable[[], Answer]) -> Answer:
    """The answer of a library that waits for a storage for ever: it is left waiting, in a thread of its own.

    Raises:
        SilentStorageError: There was none for so long.
        Exception: Whatever the call raised.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # whoever asked hears it
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise silent(what, seconds)
    return answers[0]
