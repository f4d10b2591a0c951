"""What the supervisor needs of a runtime: how a container comes to life, and what its loop offers in return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from tiphys.adapters.supervisor.records import ContainerPlan, PodPlan, PodRecord

#: Exit code of a container that could not be started, as Kubernetes has it.
START_ERROR = 128


class End(Struct, frozen=True, kw_only=True):
    """How a container ended.

    ``refused``: it never came to be, and is shown as waiting for ``reason``.  ``fault``: nobody knows what became of
    it, for a reason of this machine: the pod ends in Error.
    """

    code: int
    reason: str
    message: str = ""
    refused: bool = False
    fault: bool = False


class Host(Protocol):
    """What containers and pods need of the loop that they live in."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def watch(self, fd: int, callback: Callable[[], object]) -> None:
        """Call back whenever ``fd`` can be read or was closed at the other end."""

    def unwatch(self, fd: int) -> None:
        """Stop watching; before the descriptor is closed."""

    def after(self, seconds: float, callback: Callable[[], object]) -> None:
        """Call back once, later."""

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None:
        """Call back with the exit code (or minus the signal) when the child ``pid`` ended."""

    def adopted(self) -> set[int]:
        """The children that somebody waits for."""

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None:
        """Do ``work`` in a child that is killed after ``timeout`` seconds; call back with its exit code."""


class Body(Protocol):
    """One container while it runs.  The supervisor calls ``spawn`` once, and ``settle`` when its child was reaped."""

    def spawn(self, stdout: int, stderr: int, begun: Callable[[], None]) -> int:
        """Start it with these descriptors and return the pid of the child that ends when it ends.

        ``begun`` is called, at once or later, when the container runs.

        Raises:
            StartError: It cannot be started.
        """

    def terminate(self) -> bool:
        """SIGTERM to every process of it; false when there is none yet: ask again."""

    def kill(self) -> None:
        """SIGKILL to every process of it."""

    def screen(self, data: bytes) -> bytes:
        """What of its stderr belongs into the log; the rest is the launcher's own word."""

    def settle(self, code: int, done: Callable[[End], None]) -> None:
        """Call ``done`` when nothing of it is left; ``code`` is its child's exit code, or 128 + signal."""

    def enter(self, argv: Sequence[str]) -> int:
        """Run a command inside, in a forked child; its exit code."""

    def process(self) -> int:
        """The first process of it while it runs as processes of this machine; else 0."""

    def address(self) -> str:
        """The address under which its ports are reached; empty if not known (yet)."""


class StartError(Exception):
    """Why a container cannot be started; ``reason`` is Kubernetes' word for it, ``passing`` says: ask again."""

    def __init__(self, message: str, reason: str = "StartError", *, passing: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.passing = passing


class Launcher(Protocol):
    """How the containers of one runtime come to life; one for each supervisor."""

    def prepare(self, plan: PodPlan, directory: str) -> None:
        """Make what the pod needs on disk; its directory exists.

        Raises:
            OSError: The data directory cannot be written, or a path of the plan is in the way of another.
        """

    def body(self, plan: PodPlan, container: ContainerPlan, host: Host, directory: str) -> Body:
        """One container; nothing is started."""

    def tidy(self, plan: PodPlan, *, failed: bool) -> None:
        """Give back what an ended pod no longer needs; what a failed one left is kept for whoever looks into it."""

    def lose(self, record: PodRecord, directory: str) -> None:
        """End what an earlier supervisor, which was killed, left of a pod."""
