"""A runtime without processes: a test says what becomes of each pod, and time is virtual."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import UsageError
from tiphys.ids import NodeId, WorkflowUid
from tiphys.ports.runtime import (
    ContainerStatus,
    LogLine,
    PodKey,
    PodOutputs,
    PodReport,
    PodRequest,
    Refusal,
)
from tiphys.testing.clock import VirtualClock

_POD_IP = "10.0.0.7"


class Outcome(Struct, frozen=True, kw_only=True):
    """What becomes of a pod.

    ``seconds`` is how long it runs in virtual time; None is until somebody kills it.  ``files`` are what main wrote,
    path → text; output parameters and artifacts are read from them.  ``stdout`` and ``stderr`` become its log,
    ``stdout`` its result.  ``refusal`` is why the pod does not start at all.  ``lost`` makes it vanish at its end.
    ``ignores_term`` lets it live until the grace of a kill is over.  ``codes`` are exit codes of single containers of
    a set.  ``parameters`` are output parameters by name, which come before files; ``lenient`` makes up the outputs
    that are missing: empty parameters, and artifacts as if they were there.  ``error`` ends it in the phase Error with
    this text; ``progress`` is reported while it runs.  Templates that run without containers report none and take
    ``message`` as the pod's.
    """

    exit_code: int = 0
    seconds: float | None = 0.0
    stdout: str = ""
    stderr: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    refusal: str = ""
    lost: bool = False
    ignores_term: bool = False
    codes: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False
    error: str = ""
    progress: str | None = None


class _Pod(Struct):
    request: PodRequest
    outcome: Outcome
    started_at: datetime
    report: PodReport
    log: tuple[LogLine, ...] = ()
    kill_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.report.phase in {"Succeeded", "Failed", "Error"}


class FakeRuntime:
    """Implements ``ports.runtime.PodRuntime`` for tests; deterministic, never waits.

    ``poll`` moves the clock to the next thing that happens, at most by its timeout.  Pods that no rule names succeed
    at once and print nothing.

    Example:
        >>> runtime = FakeRuntime(VirtualClock())
        >>> runtime.on("*.flaky*", Outcome(exit_code=1), Outcome())   # fails, then succeeds
        >>> runtime.poll(0)
        []
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        #: Every request that started a pod, in order.
        self.started: list[PodRequest] = []
        #: Every kill that met a living pod, in order.
        self.killed: list[tuple[PodKey, float]] = []
        #: What ``warnings`` and ``check`` answer.
        self.warned: tuple[str, ...] = ()
        self.refused: tuple[Refusal, ...] = ()
        self._rules: list[tuple[str | Callable[[PodRequest], bool], list[Outcome]]] = []
        self._pods: dict[PodKey, _Pod] = {}
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._reports: dict[PodKey, PodReport] = {}

    def on(self, pattern: str | Callable[[PodRequest], bool], *outcomes: Outcome) -> None:
        """Say what becomes of the pods that a function chooses, or whose node name matches a shell pattern.

        Later rules win.

        Several outcomes are for one pod each, in the order of their starts; the last one is for all that follow.

        Raises:
            UsageError: No outcome is given.
        """
        if not outcomes:
            raise UsageError("a rule needs an outcome")
        self._rules.append((pattern, list(outcomes)))

    def running(self) -> list[PodRequest]:
        """The requests of pods that have not ended, in the order of their starts."""
        return [pod.request for pod in self._pods.values() if not pod.ended]

    @property
    def name(self) -> str:
        """``fake``."""
        return "fake"

    def warnings(self) -> Sequence[str]:
        """What the test put into ``warned``."""
        return self.warned

    def check(self, manifest: JsonObject) -> Sequence[Refusal]:
        """What the test put into ``refused``."""
        return self.refused

    def start(self, request: PodRequest) -> None:
        """Start a pod; a key that was ever started is only reported again."""
        known = self._pods.get(request.key)
        if known is not None:
            self._reports[request.key] = known.report
            return
        now = self.clock.now()
        outcome = self._outcome(request)
        report = PodReport(
            key=request.key,
            phase="Running",
            containers=_containers(request, started_at=now),
            pod_ip=_POD_IP,
            progress=outcome.progress,
        )
        pod = self._pods[request.key] = _Pod(request, outcome, now, report)
        self.started.append(request)
        self._reports[request.key] = report
        if outcome.refusal:
            self._end(pod, PodReport(key=request.key, phase="Failed", message=outcome.refusal, outputs=PodOutputs()))
            return
        pod.log = _log(request, outcome, now)
        if outcome.seconds is not None:
            self._at(now + timedelta(seconds=outcome.seconds), lambda: self._finish(pod))
        if request.deadline is not None:
            self._at(max(now, request.deadline), lambda: self._pass_deadline(pod))

    def kill(self, key: PodKey, grace_seconds: float | None) -> None:
        """End a pod; unknown and ended keys are ignored."""
        pod = self._pods.get(key)
        if pod is None or pod.ended:
            return
        grace = _grace(pod.request) if grace_seconds is None else grace_seconds
        self.killed.append((key, grace))
        if grace <= 0:
            self._exit(pod, 137)
        elif not pod.outcome.ignores_term:
            self._exit(pod, 143)
        else:
            self._at(self.clock.now() + timedelta(seconds=grace), lambda: self._exit(pod, 137))

    def recorded(self, key: PodKey) -> PodRequest | None:
        """What was asked when the pod was started; None when it never was, or was removed."""
        pod = self._pods.get(key)
        return pod.request if pod is not None else None

    def containers(self, key: PodKey) -> Sequence[ContainerStatus]:
        """The containers of a pod as last reported; none when it never was, or was removed."""
        pod = self._pods.get(key)
        return pod.report.containers if pod is not None else ()

    def attach(self, uid: WorkflowUid) -> None:
        """Report every pod of a run again."""
        self._reports |= {key: pod.report for key, pod in self._pods.items() if key.uid == uid}

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """What is reported by now or within ``timeout`` virtual seconds; nothing if nothing can happen any more."""
        self._happen(self.clock.now())
        if not self._reports and (timeout is None or timeout > 0):
            now = self.clock.now()
            limit = None if timeout is None else now + timedelta(seconds=timeout)
            while self._due and not self._reports and (limit is None or self._due[0][0] <= limit):
                self._happen(self._due[0][0])
            if not self._reports and limit is not None:
                self.clock.set(max(limit, self.clock.now()))
        reports, self._reports = list(self._reports.values()), {}
        return reports

    def wake(self) -> None:
        """Nothing to do: ``poll`` never waits."""

    def logs(
        self, uid: WorkflowUid, node_id: NodeId, container: str, *, offset: int = 0
    ) -> Iterator[tuple[int, LogLine]]:
        """The lines of main; an offset is the number of lines before it."""
        pod = self._pods.get(PodKey(uid, node_id))
        if pod is not None and container == "main":
            yield from ((index + 1, line) for index, line in enumerate(pod.log) if index >= offset)

    def remove(self, uid: WorkflowUid, node_id: NodeId | None = None) -> None:
        """Forget pods; living ones are killed first."""
        for key in [key for key in self._pods if key.uid == uid and node_id in {None, key.node_id}]:
            self.kill(key, 0)
            del self._pods[key]
            self._reports.pop(key, None)

    def close(self) -> None:
        """Nothing to do: pods live on, and another controller may use this object."""

    def lose(self, key: PodKey) -> None:
        """Let a living pod vanish, as if its processes and whatever watched them were gone."""
        pod = self._pods[key]
        if not pod.ended:
            self._end(pod, replace(pod.report, phase="Failed", lost=True, outputs=None))

    def _outcome(self, request: PodRequest) -> Outcome:
        for pattern, outcomes in reversed(self._rules):
            if fnmatchcase(request.node_name, pattern) if isinstance(pattern, str) else pattern(request):
                return outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        return Outcome()

    def _at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (moment, next(self._numbers), action))

    def _happen(self, until: datetime) -> None:
        while self._due and self._due[0][0] <= until:
            moment, _, action = heapq.heappop(self._due)
            if moment > self.clock.now():
                self.clock.set(moment)
            action()

    def _finish(self, pod: _Pod) -> None:
        if pod.ended:
            return
        if pod.outcome.lost:
            self.lose(pod.request.key)
        else:
            self._exit(pod, pod.outcome.exit_code)

    def _pass_deadline(self, pod: _Pod) -> None:
        if not pod.ended:
            self._exit(pod, 143, message=pod.request.deadline_message, reason="DeadlineExceeded")

    def _exit(self, pod: _Pod, code: int, *, message: str = "", reason: str = "") -> None:
        if pod.ended:
            return
        now = self.clock.now()
        running = _containers(pod.request, started_at=pod.started_at)
        containers = tuple(_ended(container, code, pod.outcome, now) for container in running)
        failed = bool(message) or any(c.exit_code for c in containers if c.role == "main") or (not containers and code)
        report = PodReport(
            key=pod.request.key,
            phase="Error" if pod.outcome.error else "Failed" if failed else "Succeeded",
            message=pod.outcome.error or message or ("" if containers else pod.outcome.message),
            reason=reason,
            containers=containers,
            outputs=_outputs(pod.request, pod.outcome),
            pod_ip=_POD_IP,
            progress=pod.outcome.progress,
        )
        self._end(pod, report)

    def _end(self, pod: _Pod, report: PodReport) -> None:
        pod.report = report
        self._reports[pod.request.key] = report


def _grace(request: PodRequest) -> float:
    """The seconds that a pod allows itself to end."""
    spec = request.manifest.get("spec")
    own = spec.get("terminationGracePeriodSeconds") if isinstance(spec, dict) else None
    return float(own) if isinstance(own, int) else 30.0


def _containers(request: PodRequest, *, started_at: datetime) -> tuple[ContainerStatus, ...]:
    """The containers of a request, all running and ready; every one of a set is a main container."""
    spec = request.manifest.get("spec")
    found = spec.get("containers") if isinstance(spec, dict) else None
    names = [str(item.get("name")) for item in found if isinstance(item, dict)] if isinstance(found, list) else ["main"]
    if not request.manifest and request.template:
        names = []
    a_set = request.template.get("containerSet") is not None
    return tuple(
        ContainerStatus(
            name=name,
            role="main" if a_set or name == "main" else "sidecar",
            state="running",
            started_at=started_at,
            ready=True,
        )
        for name in names
    )


def _ended(container: ContainerStatus, code: int, outcome: Outcome, now: datetime) -> ContainerStatus:
    code = outcome.codes.get(container.name, code) if container.role == "main" else 143
    return replace(
        container,
        state="terminated",
        exit_code=code,
        reason="Completed" if code == 0 else "Error",
        message=outcome.message,
        finished_at=now,
        ready=False,
    )


def _outputs(request: PodRequest, outcome: Outcome) -> PodOutputs:
    result = outcome.stdout.removesuffix("\n") if request.capture_result else None
    found: list[tuple[str, str]] = []
    for parameter in request.output_parameters:
        text = outcome.parameters.get(parameter.name, outcome.files.get(parameter.path))
        if text is None and parameter.default is None and not outcome.lenient:
            failure = f"open {parameter.path}: no such file or directory"
            return PodOutputs(result=result, parameters=tuple(found), error=failure)
        found.append((parameter.name, parameter.default or "" if text is None else text.removesuffix("\n")))
    artifacts, error = _artifacts(request, outcome)
    return PodOutputs(result=result, parameters=tuple(found), artifacts=artifacts, error=error)


def _artifacts(request: PodRequest, outcome: Outcome) -> tuple[tuple[JsonObject, ...], str | None]:
    """The artifacts whose files, or files below, main wrote; nothing is kept of them."""
    saved = [request.log_artifact] if request.log_artifact is not None else []
    missing = ""
    for artifact in request.output_artifacts:
        path = str(artifact.get("path")).rstrip("/")
        if outcome.lenient or any(name == path or name.startswith(f"{path}/") for name in outcome.files):
            saved.append(artifact)
        elif not artifact.get("optional"):
            missing += f"{path} no such file or directory; "
    return tuple(saved), missing or None


def _log(request: PodRequest, outcome: Outcome, now: datetime) -> tuple[LogLine, ...]:
    return tuple(
        LogLine(pod_name=request.pod_name, container="main", stream=stream, time=now, text=text)
        for stream, whole in (("stdout", outcome.stdout), ("stderr", outcome.stderr))
        for text in whole.splitlines()
    )
