"""The loop as one pod sees it: what goes wrong in a callback of the pod ends that pod, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tiphys.adapters.supervisor.launcher import Host


class GuardedHost:
    """Another host whose callbacks are carried out by ``attempt``; implements ``launcher.Host``.

    Args:
        host: The loop.
        attempt: Carries out what it is given and deals with every exception; raises none.
    """

    def __init__(self, host: Host, attempt: Callable[[Callable[[], object]], None]) -> None:
        self._host = host
        self._attempt = attempt
        self._watchers: dict[int, Callable[[], None]] = {}

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._host.now()

    def watch(self, fd: int, callback: Callable[[], object]) -> None:
        """Call back whenever ``fd`` can be read; a callback that raised is not called again."""

        def ready() -> None:
            failed = True

            def called() -> None:
                nonlocal failed
                callback()
                failed = False

            self._attempt(called)
            if failed and self._watchers.get(fd) is ready:  # it would be called for ever
                self.unwatch(fd)

        self._watchers[fd] = ready
        self._host.watch(fd, ready)

    def unwatch(self, fd: int) -> None:
        """Stop watching; before the descriptor is closed."""
        self._watchers.pop(fd, None)
        self._host.unwatch(fd)

    def after(self, seconds: float, callback: Callable[[], object]) -> None:
        """Call back once, later."""
        self._host.after(seconds, partial(self._attempt, callback))

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None:
        """Call back with the exit code (or minus the signal) when the child ``pid`` ended."""
        self._host.adopt(pid, self._with_code(callback))

    def adopted(self) -> set[int]:
        """The children that somebody waits for."""
        return self._host.adopted()

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None:
        """Do ``work`` in a child that is killed after ``timeout`` seconds; call back with its exit code."""
        self._host.fork(work, self._with_code(callback), timeout)

    def _with_code(self, callback: Callable[[int], None]) -> Callable[[int], None]:
        return lambda code: self._attempt(partial(callback, code))
