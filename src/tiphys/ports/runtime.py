"""Where pods run.

A runtime takes a Pod manifest, the same for every runtime, runs its containers and reports what became of them.
Containers outlive the controller: their exit codes, logs and outputs are on disk, and a new controller takes them
over with ``attach``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import NodeId, NodeName, WorkflowUid
from tiphys.secret import Secret


class PodKey(Struct, frozen=True):
    """What makes starting a pod idempotent: the same key is the same pod, for ever."""

    uid: WorkflowUid
    node_id: NodeId


class OutputParameter(Struct, frozen=True, kw_only=True):
    """An output parameter that is a file in the main container; ``default`` stands in for a missing file."""

    name: str
    path: str
    default: str | None = None


class PodSources(Struct, frozen=True, kw_only=True):
    """What a pod refers to by name, looked up when it is started and never stored with it.

    ``config_maps`` and ``secrets``: object name → key → value.  A name that is missing here does not exist: the
    runtime then starts the pod without it where the reference is ``optional``, else it reports
    ``CreateContainerConfigError``.  ``claims``: claim name → directory that holds the volume.  ``pull_secrets`` are
    the secrets of the pod's ServiceAccount, for a pod that names none for its images.
    """

    config_maps: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    claims: Mapping[str, str] = field(default_factory=dict)
    pull_secrets: Sequence[str] = ()


class PodRequest(Struct, frozen=True, kw_only=True):
    """A pod to run, or a template that runs without containers (``http``, ``plugin``, ``resource``, ``data``).

    ``template`` is the Argo template with all tags resolved; ``manifest`` is a Kubernetes Pod (``metadata`` and
    ``spec``) with all tags resolved: its first container named ``main`` is the user's.  ``files`` are staged before
    the start: absolute path in the main container → (text, mode); a script's source is one of them.
    ``capture_result`` asks for stdout of ``main``.  ``deadline`` is when the runtime itself must kill the pod, even
    if no controller is alive; None means never.

    ``input_artifacts`` and ``output_artifacts`` are Argo artifacts with their location complete (driver, bucket,
    key); inputs are staged at their ``path`` before the first container starts, outputs are saved after ``main``
    ended and come back in ``PodOutputs.artifacts``.  ``log_artifact`` is where the log of ``main`` is archived,
    under the name ``main-logs``; None = not at all.  References to secrets in artifacts are looked up in ``sources``.
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
    template: JsonObject = field(default_factory=dict)
    input_artifacts: tuple[JsonObject, ...] = ()
    output_artifacts: tuple[JsonObject, ...] = ()
    log_artifact: JsonObject | None = None
    service_account: str = ""
    sources: PodSources = PodSources()


class ContainerStatus(Struct, frozen=True, kw_only=True):
    """One container: ``state`` is waiting, running or terminated; ``role`` is init, main or sidecar.

    ``ready``: it runs and its readiness probe, if it has one, succeeded.
    """

    name: str
    role: str = "main"
    state: str = "terminated"
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    ready: bool = False


class PodOutputs(Struct, frozen=True, kw_only=True):
    """What the main container produced.  ``result`` is None unless it was asked for.

    ``artifacts`` are the saved output artifacts as the node shows them, ``main-logs`` among them.
    """

    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[JsonObject, ...] = ()
    error: str | None = None
    """Why collecting the outputs failed (a missing file without default); None when it did not."""


class PodReport(Struct, frozen=True, kw_only=True):
    """The present state of a pod; a later report of the same key replaces an earlier one.

    ``phase`` is Pending, Running, Succeeded, Failed, or Error where no container is to blame (a template that runs
    without containers, an artifact that cannot be staged).  ``message`` is the pod's own (deadline, start failure),
    empty otherwise.  ``outputs`` come with the terminal phase.  ``progress`` is ``N/M`` as the user's process wrote
    it to ``$ARGO_PROGRESS_FILE``.  ``lost`` marks a pod that was started but of which
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
    progress: str | None = None


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
    """Runs pods.  Called from one thread, except ``wake``.

    Several runtimes of one controller share the work: ``http``, ``plugin``, ``resource`` and ``data`` templates go to
    runtimes of their own, which know no containers but report, kill, attach and remove as all do.
    """

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

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """End a pod: SIGTERM to every process of it, SIGKILL after the grace.  Unknown and ended keys are ignored.

        Without ``grace_seconds`` the grace is the manifest's ``terminationGracePeriodSeconds``, 30 if it has none.
        """

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
