"""One pod in the supervisor: its directory, the order of its containers, its state."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence

from tiphys.adapters.executor.job import Result
from tiphys.adapters.executor.view import View
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.container import Container
from tiphys.adapters.supervisor.launcher import Host, Launcher
from tiphys.adapters.supervisor.records import ContainerPlan, ContainerState, PodPlan, PodRecord, PodState
from tiphys.adapters.supervisor.usage import Usage
from tiphys.adapters.supervisor.work import Work
from tiphys.errors import reason_of

#: Exit codes of a sidecar that was merely ended: they do not fail a pod.
_ENDED_BY_SIGNAL = frozenset({137, 143})
#: Exit code of a container whose predecessor failed.
_NOT_STARTED = 64
_PROGRESS = re.compile(r"\d{1,18}/\d{1,18}")
_PROGRESS_BYTES = 65_536
#: Seconds that a kubelet gives a pod that has used up what it may.
_EVICTION_GRACE = 1.0


class Pod:
    """Places artifacts, runs init containers in order, then the others; ends sidecars after main; keeps artifacts.

    ``changed`` is called whenever the state is worth a report; the loop asks for ``state`` later, once.
    """

    def __init__(
        self,
        plan: PodPlan,
        directory: str,
        host: Host,
        launcher: Callable[[PodRecord], Launcher],
        changed: Callable[[Pod], None],
    ) -> None:
        self.plan = plan
        self.directory = directory
        self.ended = False
        self._host = host
        self._changed = changed
        self._stopping = False
        self._loading = False
        self._saved = plan.save is None
        self._work: Work | None = None
        self._message = ""
        self._reason = ""
        self._error = ""
        self._progress = ""
        self._usage = Usage(plan.caps)
        self.containers = [self._container(item, launcher(plan)) for item in plan.containers]

    def _container(self, item: ContainerPlan, launcher: Launcher) -> Container:
        container = Container(
            item,
            lambda: launcher.body(self.plan, item, self._host, self.directory),
            layout.log_file(self.directory, item.name),
            self._host,
            self._container_ended,
            self._container_changed,
        )
        container.grace = self.plan.grace
        container.pod_address = self.plan.address
        return container

    def begin(self) -> None:
        """Place the artifacts and start the first containers.  The directories are there; nothing is raised."""
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
        if self.plan.load is not None:
            self._loading = True
            self._work = Work(self._host, self.plan.load, f"{self.directory}/{layout.LOADED}", self._load_ended)
            return self._work.begin()
        return self._advance()

    def fail(self, reason: str, message: str) -> None:
        """End a pod of which nothing was started."""
        self._reason, self._message = reason, message
        self._end_early()

    def break_off(self, message: str) -> None:
        """End a pod of which nothing was started, for a reason of this machine and not of its containers."""
        self._error = message
        self._end_early()

    def kill(self, grace: float) -> None:
        """End the pod; idempotent.  A shorter grace than an earlier one counts."""
        if self.ended:
            return
        self._stopping = True
        if self._work is not None:
            if self._loading or grace <= 0:
                self._work.kill()
            else:
                self._host.after(grace, self._work.kill)
        for container in self.containers:
            container.terminate(grace)
        self._advance()

    def give_up(self, message: str) -> None:
        """End it at once in Error, because it met what nobody expected; idempotent, raises nothing.

        Its containers are killed and not waited for: what it thinks of them may be wrong.
        """
        if self.ended:
            return
        self._error = message
        self.ended = self._stopping = self._saved = True
        if self._work is not None:
            self._work.kill()
        for container in self.containers:
            container.abandon()
        self._changed(self)

    def process(self, container: str) -> int:
        """The first process of a container; 0 while it has none."""
        return next((item.process for item in self.containers if item.plan.name == container), 0)

    def look(self) -> None:
        """Read the progress that the user's process wrote, and see how full its volumes are."""
        self._look_at_volumes()
        self._read_progress()

    def _read_progress(self) -> None:
        if not self.plan.progress:
            return
        with contextlib.suppress(OSError, ValueError):
            view = View(self.plan.root, [(mount.target, mount.source) for mount in self.plan.mounts])
            lines = view.read(self.plan.progress, _PROGRESS_BYTES).decode().strip().splitlines()
            if lines and lines[-1] != self._progress and _PROGRESS.fullmatch(lines[-1]):
                self._progress = lines[-1]
                self._changed(self)

    def _look_at_volumes(self) -> None:
        """Evict the pod once more lies in a volume than may, as a kubelet does."""
        said = self._usage.look() if not (self.ended or self._stopping) else ""
        if said:
            self._reason, self._message = "Evicted", said
            self.kill(_EVICTION_GRACE)

    def state(self) -> PodState:
        """The present state."""
        return PodState(
            uid=self.plan.uid,
            node_id=self.plan.node_id,
            phase=self._phase(),
            message=self._error or self._message,
            reason=self._reason,
            containers=tuple(container.state for container in self.containers),
            progress=self._progress,
            address=self.plan.address or next((item.address for item in self.containers if item.address), ""),
        )

    def _end_early(self) -> None:
        self._stopping = self._saved = True
        self._advance()

    def _until_deadline(self) -> float | None:
        return None if self.plan.deadline is None else self.plan.deadline - self._host.now()

    def _deadline_passed(self) -> None:
        if self.ended or self._stopping:
            return
        self._reason, self._message = "DeadlineExceeded", self.plan.deadline_message
        self.kill(self.plan.grace)

    def _load_ended(self, result: Result) -> None:
        self._loading, self._work = False, None
        if result.error is not None and not self._stopping:
            self.break_off(f"init: Error (exit code 64): {result.error}")
        else:
            self._advance()

    def _save_ended(self, _: Result) -> None:
        self._saved, self._work = True, None
        self._advance()

    def _container_changed(self) -> None:
        self._changed(self)
        if any(item.plan.early for item in self.containers):  # somebody may have waited for its start
            self._advance()

    def _container_ended(self, container: Container) -> None:
        if container.tail is not None and not container.running:
            try:
                write_file(f"{self.directory}/{layout.RESULT}", bytes(container.tail[-layout.RESULT_BYTES :]))
            except OSError as error:
                self._error = f"the result cannot be kept: {reason_of(error)}"
            container.tail = None
        if container.fault:
            self._error = f"{container.plan.name}: {container.fault}"
        self._changed(self)
        self._advance()

    def _advance(self) -> None:
        """Do what the states of the containers ask for; called after each change."""
        if self.ended or self._loading:
            return
        if not self._stopping:
            self._start_due()
        if self.ended or self._work is not None or any(item.running for item in self.containers):
            return
        if not self._nothing_due():
            return
        if not self._saved and any(_ran(item.state) for item in self.containers):
            self._save()
            return
        self._read_progress()
        self.ended = True
        self._changed(self)

    def _save(self) -> None:
        assert self.plan.save is not None
        self._work = Work(self._host, self.plan.save, f"{self.directory}/{layout.SAVED}", self._save_ended)
        self._work.begin()

    def _nothing_due(self) -> bool:
        return self._stopping or all(item.state.state == "terminated" for item in self.containers)

    def _start_due(self) -> None:
        for item in self.containers:
            if item.plan.role != "init" and not item.plan.early:
                continue
            if item.due:
                item.spawn()
                return
            if item.plan.early and item.started:
                continue
            if item.running:
                return
            if item.refused or item.state.exit_code != 0:
                self._stopping = True
                return
        for item in self.containers:
            if item.due and not self._stopping and not self.ended:
                self._start_if_ready(item)
        self._wind_down()

    def _start_if_ready(self, item: Container) -> None:
        others = {other.plan.name: other for other in self.containers}
        for name in item.plan.needs:
            other = others.get(name)
            if other is None or other.state.state != "terminated":
                return
            if other.state.exit_code != 0:
                code = other.passed_code
                text = f'dependency "{name}" exited with non-zero code: {code}'
                item.end_without_start(_NOT_STARTED, text, code)
                return
        item.spawn()

    def _wind_down(self) -> None:
        """A main container that failed, or the end of all of them, ends the others."""
        mains = [item for item in self.containers if item.plan.role == "main"]
        failed = any(item.state.exit_code not in {None, 0} or item.refused for item in mains)
        if failed or all(item.state.state == "terminated" for item in mains):
            waiting = any(item.due for item in self.containers)
            self._stopping = not waiting or self._stopping
            for item in self.containers:
                item.terminate(self.plan.grace)

    def _phase(self) -> str:
        states = [container.state for container in self.containers]
        if self.ended:
            if self._error:
                return "Error"
            bad = self._message or not states or any(_failed(state) for state in states)
            return "Failed" if bad else "Succeeded"
        started = any(state.state != "waiting" for state in states if state.role != "init")
        return "Running" if started else "Pending"


def _ran(state: ContainerState) -> bool:
    return state.role == "main" and state.state == "terminated"


def _failed(state: ContainerState) -> bool:
    if state.state != "terminated":
        return True
    if state.role == "sidecar" and state.exit_code in _ENDED_BY_SIGNAL:
        return False
    return state.exit_code != 0


def write_file(path: str, data: bytes) -> None:
    """Write a file of the pod anew."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(fd, "wb") as file:
        file.write(data)


def share(directories: Sequence[str], group: int | None) -> None:
    """Let every user write to the directories; what is made there has the group, if one is given."""
    for path in directories:
        if group is not None:
            with contextlib.suppress(PermissionError):  # only root may give directories away
                os.chown(path, -1, group)
        os.chmod(path, 0o777 if group is None else 0o2777)
