"""A container as processes of this machine: in a sandbox, or without one."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Callable, Sequence

from tiphys.adapters.runtimes.process import limits
from tiphys.adapters.runtimes.process.enter import enter
from tiphys.adapters.runtimes.process.sandbox import DATA_FD, DEFAULT_PATH, STATUS_FD
from tiphys.adapters.supervisor import processes
from tiphys.adapters.supervisor.launcher import START_ERROR, End, Host, StartError
from tiphys.adapters.supervisor.records import ProcessLaunch

_HELD_BYTES = 1 << 16
_RETRY = 0.01
_PATIENCE = 5.0
_SANDBOX_SAYS = b"bwrap: "
#: Signals that Python ignores or that the supervisor handles; a container starts with their defaults.
_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _ProcessBody:
    """What both have in common."""

    def __init__(self, launch: ProcessLaunch, host: Host) -> None:
        self.launch = launch
        self.host = host
        self.pid = 0
        self.group = limits.Group(launch.limits)

    def address(self) -> str:
        """The pod's own, which the plan knows."""
        return ""

    def start(self, program: str, actions: list[tuple[int, ...]], begun: Callable[[], None]) -> int:
        """Spawn the program, within its limits.

        Raises:
            StartError: It cannot be started.
        """
        try:
            program, argv = self.group.wrap(program, self.launch.argv)
            self.pid = os.posix_spawn(
                program, argv, self.launch.env, file_actions=actions, setsid=True, setsigmask=(), setsigdef=_SIGNALS
            )
        except OSError as error:
            self.group.remove()
            raise StartError(start_error(self.launch.program, error.strerror or "")) from None
        begun()
        return self.pid

    def end(self, code: int) -> End:
        """How a container that had started ended."""
        reason = "Completed" if code == 0 else "OOMKilled" if self.group.out_of_memory() and code == 137 else "Error"
        self.group.remove()
        return End(code=code, reason=reason)


class SandboxBody(_ProcessBody):
    """bubblewrap with the user's program in it; implements ``supervisor.launcher.Body``."""

    def __init__(self, launch: ProcessLaunch, host: Host) -> None:
        super().__init__(launch, host)
        self._status = -1
        self._waited = 0.0
        self._held: bytes | None = b""

    def spawn(self, stdout: int, stderr: int, begun: Callable[[], None]) -> int:
        """Start bubblewrap; secrets reach it through memory."""
        for path in self.launch.genuine:
            if os.path.realpath(path) != path:
                raise StartError(f"subPath {path!r} is a link")
        actions: list[tuple[int, ...]] = [(os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)]
        self._status = os.memfd_create("tiphys-status")
        actions.append((os.POSIX_SPAWN_DUP2, self._status, STATUS_FD))
        opened = []
        try:
            for number, item in enumerate(self.launch.data, DATA_FD):
                fd = in_memory(item.data, above=DATA_FD + len(self.launch.data))
                opened.append(fd)
                actions.append((os.POSIX_SPAWN_DUP2, fd, number))
            return self.start(self.launch.argv[0], actions, begun)
        finally:
            for fd in opened:
                os.close(fd)

    def terminate(self) -> bool:
        """SIGTERM to every process; false while the sandbox is being built."""
        return processes.terminate(self._members)

    def kill(self) -> None:
        """The end of a namespace's first process ends them all, and bubblewrap reports it.

        bubblewrap itself must not be killed before it has made that process its own: it would live on.
        """
        first = self._first_process()
        if first or self._waited > _PATIENCE:
            processes.signal_all([first or self.pid], signal.SIGKILL)
        elif self._status >= 0:
            self._waited += _RETRY
            self.host.after(_RETRY, self.kill)

    def process(self) -> int:
        """The first process of the sandbox's namespace."""
        return self._first_process()

    def screen(self, data: bytes) -> bytes:
        """Hold back what may be the sandbox's own word on why nothing was started."""
        if self._held is None:
            return data
        data = self._held + data
        if _SANDBOX_SAYS.startswith(data[: len(_SANDBOX_SAYS)]):
            self._held = data[:_HELD_BYTES]
            return b""
        self._held = None
        return data

    def settle(self, code: int, done: Callable[[End], None]) -> None:
        """Wait for the namespace to be gone, usually it is."""
        status = self._read_status()
        started = b'"exit-code"' in status or code != 1
        first = _first_pid(status)

        def gone() -> None:
            done(self._end(code, started=started))

        if not first:
            return gone()
        try:
            namespace = os.pidfd_open(first)
        except ProcessLookupError:
            return gone()
        except OSError:  # no descriptor is left, or the kernel has no such call
            processes.signal_all([first], signal.SIGKILL)
            return self._await_end(first, gone, _PATIENCE)
        processes.signal_all([first], signal.SIGKILL)

        def ended() -> None:
            self.host.unwatch(namespace)
            os.close(namespace)
            gone()

        return self.host.watch(namespace, ended)

    def _await_end(self, pid: int, gone: Callable[[], None], patience: float) -> None:
        """Ask again and again whether a killed process is there; its number may soon be somebody else's."""
        try:
            os.kill(pid, 0)
        except OSError:
            return gone()
        if patience <= 0:
            return gone()
        return self.host.after(_RETRY, lambda: self._await_end(pid, gone, patience - _RETRY))

    def enter(self, argv: Sequence[str]) -> int:
        """Run a command in the namespaces of the container."""
        return enter(self._first_process, argv, self.launch.env, self.launch.cwd)

    def _end(self, code: int, *, started: bool) -> End:
        if self._status >= 0:
            os.close(self._status)
            self._status = -1
        if started:
            return self.end(code)
        self.group.remove()
        said = (self._held or b"").decode(errors="replace").strip().removeprefix(_SANDBOX_SAYS.decode())
        self._held = None
        return End(code=START_ERROR, reason="StartError", message=start_error(self.launch.program, said))

    def _members(self) -> list[int]:
        first = self._first_process()
        return processes.descendants(first) if first else []

    def _first_process(self) -> int:
        return _first_pid(self._read_status())

    def _read_status(self) -> bytes:
        return os.pread(self._status, 4096, 0) if self._status >= 0 else b""


class PlainBody(_ProcessBody):
    """The user's program on the bare machine; implements ``supervisor.launcher.Body``."""

    def __init__(self, launch: ProcessLaunch, host: Host) -> None:
        super().__init__(launch, host)
        self._killed = False

    def spawn(self, stdout: int, stderr: int, begun: Callable[[], None]) -> int:
        """Start the program in its working directory."""
        launch = self.launch
        try:
            program = locate(launch.argv[0], launch.env.get("PATH", DEFAULT_PATH), launch.cwd)
            os.chdir(launch.cwd)  # inherited by the child; the supervisor has one thread and uses absolute paths
        except OSError as error:
            raise StartError(start_error(launch.program, error.strerror or "")) from None
        return self.start(program, [(os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)], begun)

    def terminate(self) -> bool:
        """SIGTERM to every process."""
        return processes.terminate(self._members)

    def kill(self) -> None:
        """SIGKILL to every process, also to those that left the tree."""
        self._killed = True
        processes.signal_all((self.pid, *processes.descendants(self.pid)), signal.SIGKILL)
        processes.kill_marked(self._mark)

    def process(self) -> int:
        """The user's program."""
        return self.pid

    def screen(self, data: bytes) -> bytes:
        """All of it is the user's."""
        return data

    def settle(self, code: int, done: Callable[[End], None]) -> None:
        """End what the program left behind."""
        if self._killed or processes.own_children() - self.host.adopted():
            processes.kill_marked(self._mark)
        done(self.end(code))

    def enter(self, argv: Sequence[str]) -> int:
        """Run a command as the container's program runs."""
        os.chdir(self.launch.cwd)
        program = locate(argv[0], self.launch.env.get("PATH", DEFAULT_PATH), self.launch.cwd)
        os.execve(program, list(argv), self.launch.env)

    @property
    def _mark(self) -> str:
        return self.launch.env[processes.MARK]

    def _members(self) -> list[int]:
        return list(dict.fromkeys((self.pid, *processes.descendants(self.pid), *processes.marked(self._mark))))


def start_error(program: str, said: str) -> str:
    """Why a program could not be started, as container engines say it."""
    if said.endswith("No such file or directory") and (said.startswith("execvp") or said[0] == "N"):
        return f'exec: "{program}": ' + (
            "no such file or directory" if "/" in program else "executable file not found in $PATH"
        )
    if said.endswith("Permission denied") and (said.startswith("execvp") or said[0] == "P"):
        return f'exec: "{program}": permission denied'
    return f'exec: "{program}": {said or "the sandbox could not be built"}'


def in_memory(data: bytes, above: int) -> int:
    """A descriptor, numbered ``above`` or higher, from which ``data`` is read."""
    low = os.memfd_create("tiphys-data")
    try:
        os.write(low, data)
        os.lseek(low, 0, os.SEEK_SET)
        return fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, above)
    finally:
        os.close(low)


def _first_pid(status: bytes) -> int:
    digits = status.partition(b'"child-pid": ')[2].partition(b",")[0].strip(b" }\n")
    return int(digits) if digits.isdigit() else 0


def locate(program: str, path: str, cwd: str) -> str:
    """The file of a program as a shell in ``cwd`` finds it.

    Raises:
        FileNotFoundError: there is none.
    """
    if "/" in program:
        return os.path.join(cwd, program)
    for directory in path.split(":"):
        candidate = f"{directory or cwd}/{program}"
        if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    raise FileNotFoundError(2, "No such file or directory", program)
