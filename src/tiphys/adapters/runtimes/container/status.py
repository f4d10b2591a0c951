"""What the fork that minds a container tells the supervisor, through memory that both have open."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec
from msgspec import Struct


class Status(Struct, frozen=True, kw_only=True):
    """What the fork has to say; the last one counts.

    ``refused``: the container never came to be.  ``fault``: not the container is to blame, but what minds it.
    """

    code: int = 0
    reason: str = ""
    message: str = ""
    refused: bool = False
    fault: bool = False
    running: bool = False
    ended: bool = False
    address: str = ""


def say_to(fd: int) -> Callable[[Status], None]:
    """Writes each status over the one before, into memory that the supervisor reads."""

    def say(status: Status) -> None:
        data = msgspec.json.encode(status)
        os.ftruncate(fd, 0)
        os.pwrite(fd, data, 0)

    return say


def heard_from(fd: int) -> Status:
    """The last status."""
    data = os.pread(fd, 1 << 20, 0)
    try:
        return msgspec.json.decode(data, type=Status)
    except msgspec.DecodeError:
        return Status()
