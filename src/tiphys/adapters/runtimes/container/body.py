"""A container of an engine, minded by a fork of the supervisor; implements ``supervisor.launcher.Body``."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

from tiphys.adapters.runtimes.container.engine import Engine
from tiphys.adapters.runtimes.container.minder import Minder
from tiphys.adapters.runtimes.container.status import heard_from, say_to
from tiphys.adapters.supervisor import processes
from tiphys.adapters.supervisor.child import run_as_child
from tiphys.adapters.supervisor.launcher import End, Host, StartError
from tiphys.adapters.supervisor.records import EngineLaunch

_REMOVE_SECONDS = 60.0


class EngineBody:
    """One container."""

    def __init__(self, launch: EngineLaunch, host: Host) -> None:
        self._launch = launch
        self._host = host
        self._pid = 0
        self._status = -1
        self._begun = -1
        self._address = ""

    def spawn(self, stdout: int, stderr: int, begun: Callable[[], None]) -> int:
        """Fork its minder, which closes a pipe when the container runs."""
        self._status = os.memfd_create("tiphys-status")
        self._begun, writer = os.pipe2(os.O_CLOEXEC)

        def heard() -> None:
            self._hang_up()
            if heard_from(self._status).running:
                begun()

        self._host.watch(self._begun, heard)
        try:
            self._pid = os.fork()
        except OSError as error:
            raise StartError(f"no process for the container: {error.strerror or error}") from None
        if self._pid == 0:
            os.dup2(stdout, 1)
            os.dup2(stderr, 2)
            minder = Minder(self._launch, say_to(self._status), writer)
            run_as_child(minder.run, keep=(self._status, writer))
        os.close(writer)
        return self._pid

    def terminate(self) -> bool:
        """The minder passes it on."""
        self._tell(signal.SIGTERM)
        return True

    def kill(self) -> None:
        """The minder passes it on as SIGKILL."""
        self._tell(signal.SIGUSR1)

    def process(self) -> int:
        """The engine's processes are its own affair."""
        return 0

    def screen(self, data: bytes) -> bytes:
        """All of it is the user's."""
        return data

    def settle(self, code: int, done: Callable[[End], None]) -> None:
        """The minder's last word; if it was killed, the container is removed first."""
        status = heard_from(self._status)
        self._hang_up()
        self._address = status.address
        os.close(self._status)
        self._status = -1
        if status.ended:
            done(
                End(
                    code=status.code, reason=status.reason, message=status.message, refused=status.refused,
                    fault=status.fault,
                )
            )  # fmt: skip
            return

        def removed(_: int) -> None:
            done(End(code=code or 137, reason="Error", message="the process that minds the container was killed"))

        self._host.fork(self._remove, removed, _REMOVE_SECONDS)

    def enter(self, argv: Sequence[str]) -> int:
        """Run a command through the engine."""
        return Engine(self._launch.address).run_inside(self._launch.name, argv)

    def address(self) -> str:
        """As the engine gave it."""
        if not self._address and self._status >= 0:
            self._address = heard_from(self._status).address
        return self._address

    def _hang_up(self) -> None:
        if self._begun >= 0:
            self._host.unwatch(self._begun)
            os.close(self._begun)
            self._begun = -1

    def _tell(self, number: int) -> None:
        processes.signal_all([self._pid], number)

    def _remove(self) -> int:
        Engine(self._launch.address).remove(self._launch.name)
        return 0
