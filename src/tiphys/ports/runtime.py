"""Where pods run.

A runtime takes a Pod manifest, the same for every runtime, runs its containers and reports what became of them.
Containers outlive the controller: their exit codes, logs and outputs are on disk, and a new controller takes them
over with ``attach``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, NodeName, WorkflowUid


class PodKey(Struct, frozen=True):
    """What makes starting a pod idempotent: the same key is the same pod, for ever."""

    uid: WorkflowUid
    node_id: NodeId


class OutputParameter(Struct, frozen=True, kw_only=True):
    """An output parameter that is a file in the main container; ``default`` stands in for a missing file."""

    name: str
    path: str
    default: str | None = None


class PodRequest(Struct, frozen=True, kw_only=True):
    """A pod to run.

    ``manifest`` is a Kubernetes Pod (``metadata`` and ``spec``) with all tags resolved; its first container named
    ``main`` is the user's.  ``files`` are staged before the start: absolute path in the main container → (text,
    mode); a script's source is one of them.  ``capture_result`` asks for stdout of ``main``.  ``deadline`` is when
    the runtime itself must kill the pod, even if no controller is alive; None means never.
    """

    key: PodKey
    workflow: str
    namespace: str
    node_name: NodeName
    pod_name: str
    manifest: JsonObject
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    output_parameters: tuple[OutputParameter, ...] = ()
    capture_result: bool = False
    deadline: datetime | None = None
    deadline_message: str = "Pod was active on the node longer than the specified deadline"


class ContainerStatus(Struct, frozen=True, kw_only=True):
    """One container: ``state`` is waiting, running or terminated; ``role`` is init, main or sidecar."""

    name: str
    role: str = "main"
    state: str = "terminated"
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class PodOutputs(Struct, frozen=True, kw_only=True):
    """What the main container produced.  ``result`` is None unless it was asked for."""

    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    error: str | None = None
    """Why collecting the outputs failed (a missing file without default); None when it did not."""


class PodReport(Struct, frozen=True, kw_only=True):
    """The present state of a pod; a later report of the same key replaces an earlier one.

    ``phase`` is Pending, Running, Succeeded or Failed.  ``message`` is the pod's own (deadline, start failure),
    empty otherwise.  ``outputs`` come with the terminal phase.  ``lost`` marks a pod that was started but of which
    nothing is left (its supervisor and processes vanished): the engine shows ``pod deleted``.
    """

    key: PodKey
    phase: str
    message: str = ""
    reason: str = ""
    containers: tuple[ContainerStatus, ...] = ()
    outputs: PodOutputs | None = None
    pod_ip: str | None = None
    host: str | None = None
    lost: bool = False


class LogLine(Struct, frozen=True, kw_only=True):
    """One line of a container's log, without its newline; ``stream`` is stdout or stderr."""

    pod_name: str
    container: str
    stream: str
    time: datetime
    text: str


class Refusal(Struct, frozen=True):
    """A feature of a pod that this runtime cannot honour; ``ignored`` ones are warnings, others refuse the run."""

    path: str
    message: str
    ignored: bool = False


class PodRuntime(Protocol):
    """Runs pods.  Called from one thread, except ``wake``."""

    @property
    def name(self) -> str:
        """``process``, ``container``, ``kubernetes`` or ``fake``."""

    def warnings(self) -> Sequence[str]:
        """What a person must know about this runtime on this machine (no sandbox); each is shown once."""

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What of a pod manifest cannot be honoured; called before the workflow starts.  Tags may be unresolved."""

    def start(self, request: PodRequest) -> None:
        """Start a pod and return at once.

        Idempotent by key: a key that was ever started is not started again, and its state is reported.  A pod
        that cannot be started is reported as Failed with the reason; it does not raise.
        """

    def kill(self, key: PodKey, grace_seconds: float) -> None:
        """End a pod: SIGTERM to every process of it, SIGKILL after the grace.  Unknown and ended keys are ignored."""

    def attach(self, uid: WorkflowUid) -> None:
        """Take over every pod of a run that an earlier controller started; each is reported again."""

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """Wait until something is reported, ``timeout`` seconds pass or ``wake`` is called; may return nothing."""

    def wake(self) -> None:
        """Make a waiting ``poll`` return; may be called from a signal handler or another thread."""

    def logs(
        self, uid: WorkflowUid, node_id: NodeId, container: str, *, offset: int = 0
    ) -> Iterator[tuple[int, LogLine]]:
        """Lines kept so far from byte ``offset``, each with the offset behind it.  Finished pods included."""

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Remove what is left of one ended pod, or of all pods of a run (they are killed first)."""

    def close(self) -> None:
        """Let go of everything; running pods live on."""
