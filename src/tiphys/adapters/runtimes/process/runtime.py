"""The controller's side of the process runtime; implements ``ports.runtime.PodRuntime``."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tiphys.adapters.executor.outputs import as_text, read_parameters
from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.executor.view import View
from tiphys.adapters.runtimes.process import layout, sandbox
from tiphys.adapters.runtimes.process.connection import Connection
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.adapters.runtimes.process.logfile import moment, read_lines
from tiphys.adapters.runtimes.process.plan import Settings, compile_plan
from tiphys.adapters.runtimes.process.pod import read_journal
from tiphys.adapters.runtimes.process.records import (
    Attach,
    Forget,
    Forgotten,
    Kill,
    PodPlan,
    PodState,
    Reply,
    Request,
    Start,
)
from tiphys.adapters.runtimes.process.refusals import refusals
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import PodRuntimeError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import (
    ContainerStatus,
    LogLine,
    OutputParameter,
    PodKey,
    PodOutputs,
    PodReport,
    PodRequest,
    Refusal,
)

_UNSANDBOXED = (
    "steps run without a sandbox ({why}): they see and change this machine's files, "
    "and parallel steps that use the same path disturb each other"
)


class ProcessRuntime:
    """Runs pods as process trees of this machine, each container in a sandbox of its own.

    Args:
        home: Where pods, logs and the supervisor's socket live; made if missing.  Containers never see it.
        sandbox: None: if bubblewrap works, else without and with a warning.  True: or not at all.  False: without.
        host_paths: Directories below which ``hostPath`` volumes are allowed.
        images: What images stand for: entry points and programs; see ``images.ImageEntry``.
        environment: What every container starts with, over ``PATH`` and ``HOME`` of this machine.

    Raises:
        PodRuntimeError: ``sandbox=True`` and bubblewrap is missing or does not work.
    """

    def __init__(
        self,
        home: Path,
        *,
        sandbox: bool | None = None,
        host_paths: Sequence[Path] = (),
        images: Mapping[str, ImageEntry] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._home = os.path.realpath(home)
        os.makedirs(f"{self._home}/pods", 0o700, exist_ok=True)
        self._host_paths = tuple(map(str, host_paths))
        self._images = dict(images or {})
        self._environment = dict(environment or {})
        self._wanted = sandbox
        self._why = ""
        self._made: Settings | None = None
        self._line = Connection(self._home, self._greet)
        self._unheard: dict[PodKey, Request] = {}
        self._plans: dict[PodKey, PodPlan] = {}
        self._runs: set[WorkflowUid] = set()
        self._reports: dict[PodKey, PodReport] = {}
        self._forgotten: set[int] = set()
        self._tickets = itertools.count(1)
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._host = os.uname().nodename
        if sandbox:
            self._settings()

    @property
    def name(self) -> str:
        """``process``."""
        return "process"

    def warnings(self) -> Sequence[str]:
        """One warning when there is no sandbox."""
        return [_UNSANDBOXED.format(why=self._why)] if self._settings().sandbox is None else []

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What of a pod manifest cannot be honoured; tags may be unresolved."""
        sandboxed = self._settings().sandbox is not None
        return refusals(manifest, self._images, sandboxed=sandboxed, host_paths=bool(self._host_paths))

    def start(self, request: PodRequest) -> None:
        """Start a pod and return at once; idempotent by key.

        Durable once the first report of the key was polled: until then a controller that died repeats the start.
        """
        self._ensure()
        try:
            plan = compile_plan(request, self._settings())
        except PodRuntimeError as error:
            self._reports[request.key] = PodReport(key=request.key, phase="Failed", message=error.message)
            return
        self._plans[request.key] = plan
        message = Start(plan)
        self._unheard[request.key] = message
        self._line.send(message)

    def kill(self, key: PodKey, grace_seconds: float) -> None:
        """End a pod: SIGTERM to every process of it, SIGKILL after the grace.  Unknown and ended keys are ignored."""
        if self._line.find():
            self._line.send(Kill(key.uid, key.node_id, grace_seconds))

    def attach(self, uid: WorkflowUid) -> None:
        """Take over every pod of a run that an earlier controller started; each is reported again."""
        self._ensure()
        self._runs.add(uid)
        self._line.send(Attach(uid))

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """Wait until something is reported, ``timeout`` seconds pass or ``wake`` is called; may return nothing."""
        expecting = bool(self._unheard or self._runs or self._plans)
        if expecting:
            self._ensure()
        self._take(self._line.receive(0 if self._reports else timeout, self._wake))
        while expecting and not self._line.open:  # the supervisor was killed: its successor tells what is left
            self._ensure()
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
        plan = self._plan(PodKey(uid, node_id))
        pod_name = plan.pod_name if plan else str(node_id)
        for position, stream, when, text in read_lines(layout.log_file(directory, container), offset):
            yield position, LogLine(pod_name=pod_name, container=container, stream=stream, time=when, text=text)

    def view(self, key: PodKey) -> View | None:
        """The files of the main container as it named them, for saving artifacts; None for an unknown pod."""
        plan = self._plan(key)
        return None if plan is None else _view(plan)

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Remove what is left of one ended pod, or of all pods of a run (they are killed first)."""
        directory = layout.run_directory(self._home, uid)
        if node_id is not None:
            directory = layout.pod_directory(self._home, uid, node_id)
        for key in [key for key in self._plans if key.uid == uid and node_id in {None, key.node_id}]:
            self._plans.pop(key, None)
            self._unheard.pop(key, None)
        self._await_end(uid, node_id)
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

    def _ensure(self) -> None:
        self._settings()
        self._line.ensure()

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
            containers=tuple(
                ContainerStatus(
                    name=item.name, role=item.role, state=item.state, reason=item.reason, message=item.message,
                    exit_code=item.exit_code, started_at=moment(item.started_at), finished_at=moment(item.finished_at),
                )
                for item in state.containers
            ),
            outputs=self._outputs(key) if state.ended and not state.lost else None,
            pod_ip="127.0.0.1",
            host=self._host,
            lost=state.lost,
        )  # fmt: skip

    def _outputs(self, key: PodKey) -> PodOutputs:
        plan = self._plan(key)
        if plan is None or (not plan.capture and not plan.outputs):
            return PodOutputs()
        result = None
        if plan.capture:
            result = as_text(_read_file(f"{layout.pod_directory(self._home, *_pair(key))}/{layout.RESULT}"))
        wanted = [OutputParameter(name=item.name, path=item.path, default=item.default) for item in plan.outputs]
        parameters, error = read_parameters(_view(plan), wanted)
        return PodOutputs(result=result, parameters=parameters, error=error)

    def _plan(self, key: PodKey) -> PodPlan | None:
        plan = self._plans.get(key)
        if plan is None:
            known = read_journal(layout.pod_directory(self._home, *_pair(key)))
            plan = known[0] if known else None
        return plan

    def _settings(self) -> Settings:
        if self._made is None:
            home = pwd.getpwuid(os.getuid()).pw_dir
            environment = {"PATH": sandbox.DEFAULT_PATH, "HOME": home, **self._environment}
            self._made = Settings(
                home=self._home,
                sandbox=self._find_sandbox(environment),
                environment=environment,
                host_paths=self._host_paths,
                images=self._images,
            )
        return self._made

    def _find_sandbox(self, environment: Mapping[str, str]) -> sandbox.Sandbox | None:
        if self._wanted is False:
            self._why = "it is switched off"
            return None
        program = sandbox.find_program(environment)
        if program is None:
            self._why = "bubblewrap is not installed"
        else:
            found = sandbox.describe(program, self._home, environment["HOME"], environment)
            trial = f"{self._home}/probe-{os.getpid()}"
            os.makedirs(trial, 0o700, exist_ok=True)
            said = sandbox.probe(found, trial)
            remove_tree(trial)
            if said is None:
                return found
            self._why = f"bubblewrap does not work here: {said.splitlines()[0][:200]}"
        if self._wanted:
            raise PodRuntimeError(f"no sandbox: {self._why}", "install bubblewrap, or allow steps without a sandbox")
        return None


def _view(plan: PodPlan) -> View:
    return View(plan.root, [(mount.target, mount.source) for mount in plan.mounts])


def _pair(key: PodKey) -> tuple[str, str]:
    return key.uid, key.node_id


def _read_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""
