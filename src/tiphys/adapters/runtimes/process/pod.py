"""One pod in the supervisor: its directory, the order of its containers, its state."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

import msgspec

from tiphys.adapters.runtimes.process import layout
from tiphys.adapters.runtimes.process.container import Container, Host
from tiphys.adapters.runtimes.process.records import ContainerState, PodPlan, PodState
from tiphys.adapters.runtimes.process.roots import Roots

#: Exit codes of a sidecar that was merely ended: they do not fail a pod.
_ENDED_BY_SIGNAL = frozenset({137, 143})
#: Exit code of a container whose predecessor failed.
_NOT_STARTED = 64


class Pod:
    """Runs init containers in order, then the others; ends sidecars when the main containers have ended.

    ``changed`` is called whenever the state is worth a report; the loop asks for ``state`` later, once.
    """

    def __init__(self, plan: PodPlan, directory: str, host: Host, changed: Callable[[Pod], None]) -> None:
        self.plan = plan
        self.directory = directory
        self.ended = False
        self._host = host
        self._changed = changed
        self._stopping = False
        self._message = ""
        self._reason = ""
        self.containers = [
            Container(item, layout.log_file(directory, item.name), host, self._container_ended)
            for item in plan.containers
        ]

    def begin(self) -> None:
        """Start the first containers.  The directories are there; nothing is raised."""
        if self.plan.refusal is not None:
            return self.fail("CreateContainerError", self.plan.refusal)
        if self.plan.capture:
            for container in self.containers:
                if container.plan.name == "main":
                    container.tail = bytearray()
        limits = [seconds for seconds in (self._until_deadline(), self.plan.lifetime) if seconds is not None]
        if limits:
            self._host.after(max(0.0, min(limits)), self._deadline_passed)
        self._changed(self)
        return self._advance()

    def fail(self, reason: str, message: str) -> None:
        """End a pod of which nothing was started."""
        self._reason, self._message = reason, message
        self._stopping = True
        self._advance()

    def kill(self, grace: float) -> None:
        """End the pod; idempotent.  A shorter grace than an earlier one counts."""
        if self.ended:
            return
        self._stopping = True
        for container in self.containers:
            container.terminate(grace)
        self._advance()

    def state(self) -> PodState:
        """The present state."""
        return PodState(
            uid=self.plan.uid,
            node_id=self.plan.node_id,
            phase=self._phase(),
            message=self._message,
            reason=self._reason,
            containers=tuple(container.state for container in self.containers),
        )

    def _until_deadline(self) -> float | None:
        return None if self.plan.deadline is None else self.plan.deadline - self._host.now()

    def _deadline_passed(self) -> None:
        if self.ended or self._stopping:
            return
        self._reason, self._message = "DeadlineExceeded", self.plan.deadline_message
        self.kill(self.plan.grace)

    def _container_ended(self, container: Container) -> None:
        if container.tail is not None:
            with contextlib.suppress(OSError):
                write_file(f"{self.directory}/{layout.RESULT}", bytes(container.tail[-layout.RESULT_BYTES :]))
            container.tail = None
        self._changed(self)
        self._advance()

    def _advance(self) -> None:
        """Do what the states of the containers ask for; called after each change."""
        if self.ended:
            return
        if not self._stopping:
            self._start_due()
        if not self.ended and not any(item.running for item in self.containers) and self._nothing_due():
            self.ended = True
            self._changed(self)

    def _nothing_due(self) -> bool:
        return self._stopping or all(item.state.state == "terminated" for item in self.containers)

    def _start_due(self) -> None:
        for item in self.containers:
            if item.plan.role != "init":
                continue
            if item.state.state == "waiting":
                item.spawn()
                return
            if item.running:
                return
            if item.state.exit_code != 0:
                self._stopping = True
                return
        for item in self.containers:
            if item.state.state == "waiting" and not self._stopping and not self.ended:
                self._start_if_ready(item)
        self._wind_down()

    def _start_if_ready(self, item: Container) -> None:
        states = {other.plan.name: other.state for other in self.containers}
        for name in item.plan.needs:
            state = states.get(name)
            if state is None or state.state != "terminated":
                return
            if state.exit_code != 0:
                text = f'dependency "{name}" exited with non-zero code: {state.exit_code}'
                item.end_without_start(_NOT_STARTED, text)
                return
        item.spawn()

    def _wind_down(self) -> None:
        """A main container that failed, or the end of all of them, ends the others."""
        mains = [item.state for item in self.containers if item.plan.role == "main"]
        failed = any(state.exit_code not in {None, 0} for state in mains)
        if failed or all(state.state == "terminated" for state in mains):
            waiting = any(item.state.state == "waiting" for item in self.containers)
            self._stopping = not waiting or self._stopping
            for item in self.containers:
                item.terminate(self.plan.grace)

    def _phase(self) -> str:
        states = [container.state for container in self.containers]
        if self.ended:
            bad = self._message or not states or any(_failed(state) for state in states)
            return "Failed" if bad else "Succeeded"
        started = any(state.state != "waiting" for state in states if state.role != "init")
        return "Running" if started else "Pending"


def _failed(state: ContainerState) -> bool:
    if state.state != "terminated":
        return True
    if state.role == "sidecar" and state.exit_code in _ENDED_BY_SIGNAL:
        return False
    return state.exit_code != 0


def prepare(plan: PodPlan, directory: str, roots: Roots) -> None:
    """Make the directories, links and files of a pod whose directory exists.

    Raises:
        OSError: The data directory cannot be written, or a path of the plan is in the way of another.
    """
    skeleton = roots.skeleton(plan.skeleton, plan.links)
    for root in plan.roots:
        roots.take(skeleton, root)
    for path in plan.directories:
        _make_directories(path)
        if path.startswith(f"{directory}/volumes/"):
            os.chmod(path, 0o777)
    for file in plan.files:
        write_file(file.path, file.text.encode(errors="surrogateescape"))
        os.chmod(file.path, file.mode)


def tidy(plan: PodPlan, roots: Roots) -> None:
    """Give back the private roots in which an ended pod left nothing."""
    skeleton = roots.skeleton(plan.skeleton, plan.links)
    for root in plan.roots:
        roots.give(skeleton, root)


def write_file(path: str, data: bytes) -> None:
    """Write a file of the pod anew."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(fd, "wb") as file:
        file.write(data)


def read_journal(directory: str) -> tuple[PodPlan, PodState] | None:
    """The plan of a pod and its last state that was written in full; None if it was never started.

    A journal without any state means that the supervisor died while it started the pod.
    """
    try:
        with open(f"{directory}/{layout.JOURNAL}", "rb") as file:
            first, *lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    if not lines:
        return None
    plan = msgspec.json.decode(first, type=PodPlan)
    for line in reversed(lines[:-1]):
        with contextlib.suppress(msgspec.DecodeError):
            return plan, msgspec.json.decode(line, type=PodState)
    names = tuple(ContainerState(name=item.name, role=item.role) for item in plan.containers)
    return plan, PodState(uid=plan.uid, node_id=plan.node_id, phase="Pending", containers=names)


def create_journal(directory: str, plan: bytes) -> None:
    """Begin the journal with the encoded plan; from here on the pod counts as started."""
    fd = os.open(f"{directory}/{layout.JOURNAL}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb", buffering=0) as file:
        file.write(plan + b"\n")


def append_journal(directory: str, state: bytes) -> None:
    """Add a state, encoded."""
    fd = os.open(f"{directory}/{layout.JOURNAL}", os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(fd, state + b"\n")
    finally:
        os.close(fd)


def _make_directories(path: str) -> None:
    try:
        os.mkdir(path, 0o755)
    except FileExistsError:
        return
    except FileNotFoundError:
        _make_directories(os.path.dirname(path))
        os.mkdir(path, 0o755)
