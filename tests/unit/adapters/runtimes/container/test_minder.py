"""How a container ended, in the words of whoever minds it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.runtimes.container.minder import Minder, Status
from tiphys.adapters.supervisor.records import EngineLaunch


class Ended(Engine):
    """An engine whose only container has ended; ``copied`` is what happens when something is copied out of it."""

    def __init__(self, code: int, copied: OSError | None = None) -> None:
        self._code, self._copied = code, copied

    def inspect(self, name: str) -> Mapping[str, Any]:
        return {"State": {"ExitCode": self._code, "Error": ""}}

    def copy_out(self, name: str, path: str) -> Iterator[bytes] | None:
        if self._copied is not None:
            raise self._copied
        return None


def ended(engine: Engine) -> Status:
    config: dict[str, Any] = {"HostConfig": {}}
    launch = EngineLaunch(
        address="", name="c", pod=("u", "n"), image="i", program="p", config=config, collected=("/out",)
    )
    return Minder(launch, lambda _: None, -1)._ended(engine)


@pytest.mark.parametrize(("code", "shown", "reason"), [(0, 0, "Completed"), (3, 3, "Error"), (-1, 137, "Error")])
def test_it_has_the_exit_code_that_the_engine_knows(code: int, shown: int, reason: str) -> None:
    status = ended(Ended(code))
    assert (status.code, status.reason, status.message) == (shown, reason, "")


@pytest.mark.parametrize(("code", "shown"), [(0, 64), (3, 3)])
def test_outputs_for_which_there_is_no_room_are_said(code: int, shown: int) -> None:
    status = ended(Ended(code, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    assert (status.code, status.reason) == (shown, "Error")
    assert status.message == "its outputs cannot be copied out: no space left on device"
