"""How a container ended, in the words of whoever minds it."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tiphys.adapters.runtimes.container import minder
from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.runtimes.container.minder import Minder
from tiphys.adapters.runtimes.container.status import Status
from tiphys.adapters.supervisor.records import EngineLaunch
from tiphys.errors import PodRuntimeError


class Ended(Engine):
    """An engine whose only container has ended; ``copied`` is what happens when something is copied out of it."""

    gone: tuple[type[Exception], ...] = ()

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


class Restarting(Ended):
    """An engine that goes away while the container prints, and has kept what it printed."""

    gone = (ConnectionError,)

    def __init__(self, away: bool, kept: bytes = b"") -> None:
        super().__init__(0)
        self._away, self._kept = away, kept

    def create(self, name: str, config: Mapping[str, Any]) -> None:
        pass

    def ensure_image(self, image: str, policy: str, credentials: object) -> None:
        pass

    def start(self, name: str) -> None:
        pass

    def remove(self, name: str) -> None:
        pass

    def follow(self, name: str, *, terminal: bool) -> Iterator[tuple[bytes | None, bytes | None]]:
        yield b"one\n", None

    def runs(self, name: str) -> bool:
        return False

    def printed(self, name: str, *, terminal: bool) -> Iterator[tuple[bytes | None, bytes | None]]:
        yield self._kept, None

    def wait(self, name: str) -> int:
        if self._away:
            raise ConnectionError("gone")
        return 0


def minded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *engines: Engine) -> list[Status]:
    """What is said of a container whose engines follow upon each other; after the last one none answers."""
    waiting = iter(engines)

    def reach(address: str, patience: float, given_up: object) -> Engine:
        found = next(waiting, None)
        if found is None:
            raise PodRuntimeError("no container engine answers at x", None)
        return found

    monkeypatch.setattr(minder, "reach", reach)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    said: list[Status] = []
    config: dict[str, Any] = {"HostConfig": {}}
    launch = EngineLaunch(
        address="",
        name="c",
        pod=("u", "n"),
        image="i",
        program="p",
        config=config,
        slots=str(tmp_path / "slots"),
        collected=("/out",),
        root=str(tmp_path),
    )
    Minder(launch, said.append, os.open(os.devnull, os.O_RDONLY)).run()
    return said


def test_what_an_engine_printed_before_it_started_again_is_passed_on_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = minded(monkeypatch, tmp_path, Restarting(True), Restarting(False, b"one\ntwo\n"))
    assert (said[-1].code, said[-1].reason, said[-1].ended) == (0, "Completed", True)
    assert capfd.readouterr().out == "one\ntwo\n"


def test_an_engine_that_stays_away_is_the_fault_of_no_container(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    last = minded(monkeypatch, tmp_path, Restarting(True))[-1]
    assert (last.fault, last.ended, last.message) == (True, True, "no container engine answers at x")


class Leaving(Restarting):
    """An engine that goes at one of the questions, having done what was asked or not; ``started`` counts."""

    def __init__(self, at: str, started: list[str], *, done: bool = False) -> None:
        super().__init__(False, b"one\n")
        self._at, self._started, self._done = at, started, done

    def _asked(self, what: str) -> None:
        if what == self._at:
            raise ConnectionError("gone")

    def create(self, name: str, config: Mapping[str, Any]) -> None:
        self._asked("create")

    def start(self, name: str) -> None:
        if self._at != "start" or self._done:
            self._started.append(name)
        self._asked("start")

    def waits_for_start(self, name: str) -> bool:
        return not self._started

    def copy_out(self, name: str, path: str) -> Iterator[bytes] | None:
        self._asked("copy")
        return None


@pytest.mark.parametrize(("at", "done"), [("create", False), ("start", False), ("start", True), ("copy", True)])
def test_an_engine_that_goes_at_any_question_is_asked_again_and_starts_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str], at: str, done: bool
) -> None:
    started: list[str] = []
    said = minded(monkeypatch, tmp_path, Leaving(at, started, done=done), Leaving("", started))
    assert (said[-1].code, said[-1].reason, said[-1].ended) == (0, "Completed", True)
    assert started == ["c"]
    assert capfd.readouterr().out == "one\n"


def test_an_engine_that_goes_whenever_a_container_is_made_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []
    last = minded(monkeypatch, tmp_path, *(Leaving("create", started) for _ in range(20)))[-1]
    assert (last.fault, last.ended, last.message, started) == (True, True, "ConnectionError: gone", [])


def test_the_code_that_was_waited_for_counts_and_not_what_the_engine_has_not_noted_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Slow(Restarting):
        def wait(self, name: str) -> int:
            return 3

    last = minded(monkeypatch, tmp_path, Slow(False))[-1]
    assert (last.code, last.reason) == (3, "Error")
