"""The controller's side of a supervised runtime: everything but what its containers are made of."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from tiphys.adapters.executor.job import read_result
from tiphys.adapters.executor.outputs import as_text, read_parameters
from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.executor.view import View
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.connection import Connection
from tiphys.adapters.supervisor.journal import read_journal
from tiphys.adapters.supervisor.logfile import moment, read_lines
from tiphys.adapters.supervisor.records import (
    Attach,
    EngineLaunch,
    Forget,
    Forgotten,
    Kill,
    Locate,
    Located,
    PodPlan,
    PodRecord,
    PodState,
    ProcessLaunch,
    Reply,
    Request,
    Start,
)
from tiphys.errors import NotFoundError, PodRuntimeError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import (
    ContainerStatus,
    LogLine,
    OutputParameter,
    PodKey,
    PodOutputs,
    PodReport,
    PodRequest,
    PodSources,
)

_encode = msgspec.json.Encoder().encode
LaunchType = TypeVar("LaunchType", ProcessLaunch, EngineLaunch)


class SupervisedRuntime:
    """Has a supervisor run the pods that ``compile_plan`` plans; the base of runtimes that run containers.

    Args:
        home: Where pods, logs and the supervisor's socket live; made if missing.  Containers never see it.
        compile_plan: The plan of a request; it names the launcher of its containers.
    """

    def __init__(self, home: Path, compile_plan: Callable[[PodRequest], PodPlan]) -> None:
        self._home = os.path.realpath(home)
        os.makedirs(f"{self._home}/pods", 0o700, exist_ok=True)
        self._compile = compile_plan
        self._line = Connection(self._home, self._greet)
        self._unheard: dict[PodKey, Request] = {}
        self._plans: dict[PodKey, PodPlan] = {}
        self._runs: set[WorkflowUid] = set()
        self._reports: dict[PodKey, PodReport] = {}
        self._forgotten: set[int] = set()
        self._located: dict[int, int] = {}
        self._tickets = itertools.count(1)
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._host = os.uname().nodename

    def start(self, request: PodRequest) -> None:
        """Start a pod and return at once; idempotent by key.

        Durable once the first report of the key was polled: until then a controller that died repeats the start.
        """
        self._line.ensure()
        try:
            plan = self._compile(request)
        except PodRuntimeError as error:
            self._reports[request.key] = PodReport(key=request.key, phase="Failed", message=error.message)
            return
        plan = msgspec.structs.replace(plan, request=msgspec.Raw(_encode(replace(request, sources=PodSources()))))
        self._plans[request.key] = plan
        message = Start(plan)
        self._unheard[request.key] = message
        self._line.send(message)

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """End a pod: SIGTERM to every process of it, SIGKILL after the grace.  Unknown and ended keys are ignored."""
        if self._line.find():
            self._line.send(Kill(key.uid, key.node_id, grace_seconds))

    def attach(self, uid: WorkflowUid) -> None:
        """Take over every pod of a run that an earlier controller started; each is reported again."""
        self._line.ensure()
        self._runs.add(uid)
        self._line.send(Attach(uid))

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """Wait until something is reported, ``timeout`` seconds pass or ``wake`` is called; may return nothing."""
        expecting = bool(self._unheard or self._runs or self._plans)
        if expecting:
            self._line.ensure()
        self._take(self._line.receive(0 if self._reports else timeout, self._wake))
        while expecting and not self._line.open:  # the supervisor was killed: its successor tells what is left
            self._line.ensure()
            self._take(self._line.receive(timeout, self._wake))
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)
        reports, self._reports = self._reports, {}
        return list(reports.values())

    def wake(self) -> None:
        """Make a waiting ``poll`` return; may be called from a signal handler or another thread."""
        os.eventfd_write(self._wake, 1)

    def logs(
        self, uid: WorkflowUid, node_id: NodeId, container: str, *, offset: int = 0
    ) -> Iterator[tuple[int, LogLine]]:
        """Lines kept so far from byte ``offset``, each with the offset behind it.  Finished pods included."""
        directory = layout.pod_directory(self._home, uid, node_id)
        known = self._record(PodKey(uid, node_id))
        pod_name = known.pod_name if known else str(node_id)
        for position, stream, when, text in read_lines(layout.log_file(directory, container), offset):
            yield position, LogLine(pod_name=pod_name, container=container, stream=stream, time=when, text=text)

    def view(self, key: PodKey) -> View | None:
        """The files of the main container as it named them, for saving artifacts; None for an unknown pod."""
        known = self._record(key)
        return None if known is None else _view(known)

    def recorded(self, key: PodKey) -> PodRequest | None:
        """What was asked when the pod was started, without ``sources``; None when it never was, or was removed."""
        known = self._record(key)
        return None if known is None else msgspec.json.decode(known.request, type=PodRequest | None)

    def containers(self, key: PodKey) -> Sequence[ContainerStatus]:
        """The containers of a pod as last reported, ended pods included; none when it never was, or was removed."""
        known = read_journal(layout.pod_directory(self._home, *_pair(key)))
        return () if known is None else _containers(known[1])

    def expire(self, before: datetime) -> None:
        """Remove the sandboxes of pods that failed before a moment; their logs and results stay."""
        with contextlib.suppress(FileNotFoundError):
            for key in self.kept():
                mark = layout.kept_mark(self._home, key.uid, key.node_id)
                if os.lstat(mark).st_mtime <= before.timestamp():
                    self.release(key)

    def kept(self) -> Sequence[PodKey]:
        """The pods that failed and whose sandboxes were kept."""
        marks = _entries(layout.kept_directory(self._home))
        return [PodKey(WorkflowUid(uid), NodeId(node)) for uid, node in map(layout.marked_pod, marks)]

    def release(self, key: PodKey) -> None:
        """Remove the kept sandbox of one pod; its logs and results stay.  Unknown keys are ignored."""
        mark = layout.kept_mark(self._home, key.uid, key.node_id)
        if os.path.lexists(mark):
            self._discard(key.uid, key.node_id)
            _forget_memory(self._home, key.uid, key.node_id)
            with contextlib.suppress(FileNotFoundError):  # another process did the same
                os.unlink(mark)

    def _discard(self, uid: str, node_id: str) -> None:
        directory = layout.pod_directory(self._home, uid, node_id)
        known = read_journal(directory)
        if known is not None and known[0].launcher:
            importlib.import_module(known[0].launcher).discard(known[0], directory)

    def _locate(self, key: PodKey, container: str) -> int:
        """The first process of a container that runs; 0 if it does not, or no supervisor lives."""
        ticket = next(self._tickets)
        if self._line.find():
            self._line.send(Locate(key.uid, key.node_id, container, ticket))
            while self._line.open and ticket not in self._located:
                self._take(self._line.receive(1.0, self._wake))
        return self._located.pop(ticket, 0)

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Remove what is left of one ended pod, or of all pods of a run (they are killed first)."""
        directory = layout.run_directory(self._home, uid)
        if node_id is not None:
            directory = layout.pod_directory(self._home, uid, node_id)
        for key in [key for key in self._plans if key.uid == uid and node_id in {None, key.node_id}]:
            self._plans.pop(key, None)
            self._unheard.pop(key, None)
        self._await_end(uid, node_id)
        for name in [node_id] if node_id is not None else _entries(directory):
            self.release(PodKey(uid, NodeId(name)))
        _forget_memory(self._home, uid, node_id or "")
        trash = f"{self._home}/trash"
        os.makedirs(trash, 0o700, exist_ok=True)
        target = f"{trash}/{os.getpid()}-{next(self._tickets)}-{os.path.basename(directory)[:200]}"
        try:
            os.rename(directory, target)
        except FileNotFoundError:
            return
        remove_tree(target)

    def close(self) -> None:
        """Let go of everything; running pods live on."""
        self._line.close()
        if self._wake >= 0:
            os.close(self._wake)
            self._wake = -1

    def _greet(self) -> None:
        for uid in self._runs:
            self._line.send(Attach(uid))
        for key in self._plans.keys() - self._unheard.keys():
            self._line.send(Start(self._plans[key]))  # started before: it is only reported again
        for message in self._unheard.values():
            self._line.send(message)

    def _await_end(self, uid: WorkflowUid, node_id: NodeId | None) -> None:
        """Wait until the supervisor, if one lives, says that nothing of these pods runs."""
        while self._line.find():
            ticket = next(self._tickets)
            self._line.send(Forget(uid, node_id, ticket))
            while self._line.open and ticket not in self._forgotten:
                self._take(self._line.receive(1.0, self._wake))
            if ticket in self._forgotten:
                self._forgotten.discard(ticket)
                break
        for key in [key for key in self._reports if key.uid == uid and node_id in {None, key.node_id}]:
            del self._reports[key]

    def _take(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            if isinstance(reply, Forgotten):
                self._forgotten.add(reply.ticket)
                continue
            if isinstance(reply, Located):
                self._located[reply.ticket] = reply.pid
                continue
            state = reply.state
            key = PodKey(WorkflowUid(state.uid), NodeId(state.node_id))
            self._unheard.pop(key, None)
            if reply.known:  # how it was started then counts, not what was asked for now
                self._plans.pop(key, None)
            self._reports[key] = self._report(key, state)
            if state.ended:
                self._plans.pop(key, None)

    def _report(self, key: PodKey, state: PodState) -> PodReport:
        return PodReport(
            key=key,
            phase=state.phase,
            message=state.message,
            reason=state.reason,
            containers=_containers(state),
            outputs=self._outputs(key) if state.ended and not state.lost else None,
            pod_ip=state.address or None,
            host=self._host,
            lost=state.lost,
            progress=state.progress or None,
        )

    def _outputs(self, key: PodKey) -> PodOutputs:
        known = self._record(key)
        if known is None or (not known.capture and not known.outputs and not known.saves):
            return PodOutputs()
        directory = layout.pod_directory(self._home, *_pair(key))
        result = as_text(_read_file(f"{directory}/{layout.RESULT}")) if known.capture else None
        wanted = [OutputParameter(name=item.name, path=item.path, default=item.default) for item in known.outputs]
        parameters, error = read_parameters(_view(known), wanted)
        if not known.saves or not os.path.exists(f"{directory}/{layout.SAVED}"):
            return PodOutputs(result=result, parameters=parameters, error=error)
        saved = read_result(f"{directory}/{layout.SAVED}", 0)
        return PodOutputs(
            result=result, parameters=parameters, artifacts=saved.artifacts, error=error if error else saved.error
        )

    def _record(self, key: PodKey) -> PodRecord | None:
        plan: PodRecord | None = self._plans.get(key)
        if plan is None:
            known = read_journal(layout.pod_directory(self._home, *_pair(key)))
            plan = known[0] if known else None
        return plan


def _forget_memory(home: str, uid: str, node_id: str) -> None:
    """Remove the volumes in memory of a pod, or of all pods of a run; secrets of one who looked and was killed too."""
    memory = layout.memory_directory(home, uid, node_id)
    if memory:
        remove_tree(memory)


def launch_of(plan: PodPlan, container: str, kind: type[LaunchType]) -> LaunchType:
    """How a container of a plan comes to life.

    Raises:
        NotFoundError: The pod has no such container.
    """
    found = next((item.launch for item in plan.containers if item.name == container), None)
    if not isinstance(found, kind):
        names = ", ".join(item.name for item in plan.containers)
        raise NotFoundError(f"the pod has no container {container!r}", f"it has {names}", plan.pod_name)
    return found


def nothing_kept(plan: PodPlan, container: str) -> NotFoundError:
    """The error for somebody who looks for what is not there any more."""
    hint = "what a failed pod leaves is kept for a while, what a successful one leaves is not"
    return NotFoundError(f"nothing is kept of container {container!r}", hint, plan.pod_name)


def _containers(state: PodState) -> tuple[ContainerStatus, ...]:
    return tuple(
        ContainerStatus(
            name=item.name, role=item.role, state=item.state, reason=item.reason, message=item.message,
            exit_code=item.exit_code, started_at=moment(item.started_at), finished_at=moment(item.finished_at),
            ready=item.ready,
        )
        for item in state.containers
    )  # fmt: skip


def _view(known: PodRecord) -> View:
    return View(known.root, [(mount.target, mount.source) for mount in known.mounts])


def _pair(key: PodKey) -> tuple[str, str]:
    return key.uid, key.node_id


def _entries(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError:
        return []


def _read_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
