"""An exception that nobody expected ends the pod that met it, in Error, and no other one."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from tests.needs import needs
from tests.waiting import until

from tiphys.adapters.runtimes.process import launcher as processes_launcher
from tiphys.adapters.runtimes.process.bodies import PlainBody
from tiphys.adapters.runtimes.process.launcher import ProcessLauncher
from tiphys.adapters.runtimes.process.plan import Settings, compile_plan
from tiphys.adapters.runtimes.process.sandbox import describe, find_program
from tiphys.adapters.supervisor import layout, processes, server
from tiphys.adapters.supervisor.container import Container
from tiphys.adapters.supervisor.guard import GuardedHost
from tiphys.adapters.supervisor.journal import read_journal
from tiphys.adapters.supervisor.pod import Pod
from tiphys.adapters.supervisor.records import (
    Action,
    ContainerPlan,
    Kill,
    PodPlan,
    PodState,
    ProbeRecord,
    ProcessLaunch,
    Report,
    Request,
    Start,
)
from tiphys.testing.contracts.runtime import request_of

LAUNCHER = processes_launcher.__name__
FOR_EVER = "exec sleep 10000"
SAID = "unexpected error of the supervisor: KeyError: 'boom' (see supervisor.log)"


def plan(home: Path, name: str, script: str, container: dict[str, Any] | None = None) -> PodPlan:
    """A pod of one process; pod, container and program have the same name."""
    env = {processes.MARK: f"{home}/{name}", "PATH": "/usr/bin:/bin"}
    launch = ProcessLaunch(argv=("/bin/sh", "-c", script), env=env, cwd="/", program=name, sandboxed=False)
    main = ContainerPlan(name=name, role="main", launch=launch, **(container or {}))
    return PodPlan(uid="u", node_id=name, pod_name=name, launcher=LAUNCHER, containers=(main,))


def supervise(home: Path, *requests: Request) -> list[Report]:
    """Let a supervisor of its own do what it is asked; what it answered before it saw that nobody listens."""
    near, far = socket.socketpair()
    with near, far:
        near.sendall(b"".join(msgspec.json.encode(request) + b"\n" for request in requests))
        near.shutdown(socket.SHUT_WR)
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                server.Supervisor(str(home), lambda: 1.0).run(far)
            finally:
                os._exit(0)
        far.close()
        try:
            until(lambda: os.waitpid(pid, os.WNOHANG)[0])
        except AssertionError:
            os.kill(pid, signal.SIGKILL)
            raise
        said = b"".join(iter(lambda: near.recv(65536), b""))
    return [msgspec.json.decode(line, type=Report) for line in said.splitlines()]


def state(home: Path, node: str) -> PodState:
    known = read_journal(layout.pod_directory(str(home), "u", node))
    assert known is not None
    return known[1]


def boom(*_: object) -> NoReturn:
    raise KeyError("boom")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(server, "_IDLE_SECONDS", -1.0)
    os.makedirs(layout.run_directory(str(tmp_path), "u"))
    return tmp_path


PROBE = ProbeRecord(action=Action(sleep=0.0))
KILL, END = (Kill("u", "bad", 0.0),), (Kill("u", "bad", 100.0),)


@pytest.mark.parametrize(
    ("owner", "name", "script", "container", "requests"),
    [
        (PlainBody, "spawn", FOR_EVER, {}, ()),
        (PlainBody, "screen", f"echo >&2; {FOR_EVER}", {}, ()),
        (PlainBody, "settle", "true", {}, ()),
        (PlainBody, "terminate", FOR_EVER, {}, END),
        (PlainBody, "kill", FOR_EVER, {}, KILL),
        (PlainBody, "address", "true", {}, ()),
        (Container, "_keep", f"echo; {FOR_EVER}", {}, ()),
        (Container, "_begun", FOR_EVER, {}, ()),
        (Container, "_probed", FOR_EVER, {"readiness": PROBE}, ()),
        (Container, "_hooked", FOR_EVER, {"post_start": Action(command=("/bin/true",))}, ()),
        (Container, "_send_term", FOR_EVER, {"pre_stop": Action(sleep=0.0)}, END),
        (Container, "_again", "false", {"attempts": 2}, ()),
        (Pod, "begin", FOR_EVER, {}, ()),
        (Pod, "look", FOR_EVER, {}, ()),
        (Pod, "kill", FOR_EVER, {}, END),
        (Pod, "_container_ended", "true", {}, ()),
    ],
)
def test_a_callback_that_raises_ends_its_pod_in_error(
    home: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, script: str, container: dict[str, Any],
    requests: tuple[Request, ...],
) -> None:  # fmt: skip
    method = getattr(owner, name)
    monkeypatch.setattr(
        owner, name, lambda self, *args, **more: (boom if _name(self) == "bad" else method)(self, *args, **more)
    )
    supervise(home, Start(plan(home, "bad", script, container)), Start(plan(home, "good", "true")), *requests)
    bad = state(home, "bad")
    assert (bad.phase, bad.message) == ("Error", SAID) and "running" not in {item.state for item in bad.containers}
    assert state(home, "good").phase == "Succeeded"
    assert "in boom" in (home / "supervisor.log").read_text()
    assert until(lambda: processes.marked(f"{home}/bad"), lambda found: not found) == set()


def _name(owner: PlainBody | Container | Pod) -> str:
    if isinstance(owner, PlainBody):
        return owner.launch.program
    return owner.plan.node_id if isinstance(owner, Pod) else owner.plan.name


def test_a_pod_whose_launcher_cannot_be_loaded_is_told_to_whoever_asked(home: Path) -> None:
    nowhere = msgspec.structs.replace(plan(home, "bad", "true"), launcher="tiphys.no_such_module")
    told = supervise(home, Start(nowhere), Start(plan(home, "good", "true")))
    assert [(item.state.phase, item.state.message) for item in told if item.state.node_id == "bad"] == [
        ("Error", SAID.replace("KeyError: 'boom'", "ModuleNotFoundError: no module named 'tiphys.no_such_module'"))
    ]
    assert state(home, "good").phase == "Succeeded"


def test_a_pod_is_told_although_nothing_can_be_given_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ProcessLauncher, "tidy", boom)
    supervise(home, Start(plan(home, "good", "true")))
    assert state(home, "good").phase == "Succeeded"


def test_a_machine_without_descriptors_is_an_error_of_the_pod(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> NoReturn:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "openpty", refuse)
    supervise(home, Start(plan(home, "bad", "true", {"tty": True})))
    assert (state(home, "bad").phase, state(home, "bad").message) == ("Error", "bad: too many open files")


@needs(find_program({}) is not None, "bubblewrap")
@pytest.mark.parametrize(
    ("number", "script", "code"), [(errno.ENOSYS, "exit 3", 3), (errno.EMFILE, "sleep 10000 & exit 0", 0)]
)
def test_a_sandbox_ends_without_pidfd_open(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, script: str, code: int
) -> None:
    def refuse(_: int) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "pidfd_open", refuse)
    program = find_program({})
    assert program is not None
    environment = {"PATH": "/usr/bin:/bin"}
    sandbox = describe(program, str(home), "/nowhere", environment)
    settings = Settings(home=str(home), sandbox=sandbox, environment=environment)
    spec: Any = {"containers": [{"name": "main", "command": ["sh", "-c", script]}]}
    request = request_of("a", {"spec": spec})
    os.makedirs(layout.run_directory(str(home), request.key.uid), exist_ok=True)
    supervise(home, Start(compile_plan(request, settings)))
    known = read_journal(layout.pod_directory(str(home), request.key.uid, "a"))
    assert known is not None and known[1].containers[0].exit_code == code


def test_a_watcher_that_raises_is_not_called_again() -> None:
    host = Watched()
    guarded = GuardedHost(host, host.attempt)
    guarded.watch(7, boom)
    guarded.watch(8, lambda: None)
    for callback in list(host.callbacks.values()):
        callback()
    assert list(host.callbacks) == [8] and host.failures == 1


class Watched:
    """A loop that only keeps what is to be watched."""

    def __init__(self) -> None:
        self.callbacks: dict[int, Callable[[], object]] = {}
        self.failures = 0

    def attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except KeyError:
            self.failures += 1

    def watch(self, fd: int, callback: Callable[[], object]) -> None:
        self.callbacks[fd] = callback

    def unwatch(self, fd: int) -> None:
        del self.callbacks[fd]

    def now(self) -> float:
        return 0.0

    def after(self, seconds: float, callback: Callable[[], object]) -> None: ...

    def adopt(self, pid: int, callback: Callable[[int], None]) -> None: ...

    def adopted(self) -> set[int]:
        return set()

    def fork(self, work: Callable[[], int], callback: Callable[[int], None], timeout: float) -> None: ...
