"""A workflow tried without running anything: what its steps do is said by the test, and time is virtual.

The engine, the checks and the driver are the real ones; only the runtime is ``FakeRuntime``.  The fixture
``run_workflow`` of the pytest plugin is ``Trial``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.controller.requests import answer_undriven
from tiphys.app.services.lifecycle import Lifecycle
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submission import Rules, Submission
from tiphys.core.manifest.diagnostics import ManifestError, Severity
from tiphys.core.manifest.document import Loaded
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.core.validate.library import Library
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import NodeValues, SubmitOptions
from tiphys.ports.runtime import LogLine, PodReport, PodRequest
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

_NAMESPACE = "default"
_TEMPLATE = "template:"
#: Longer than any workflow takes, in seconds; how often nothing at all may happen in a row.
_FOREVER = 1e9
_IDLE = 100

Mocks = Mapping[str, Outcome | Sequence[Outcome]]


def ok(result: str = "", *, seconds: float = 0, **outputs: str) -> Outcome:
    """A step that succeeds: what it prints, how long it takes in virtual time, its output parameters by name.

    Outputs that are not given are their defaults or empty; artifacts are there.
    """
    return Outcome(stdout=result, seconds=seconds, parameters=outputs, lenient=True)


def fail(exit_code: int = 1, message: str = "", *, seconds: float = 0, **outputs: str) -> Outcome:
    """A step whose program ends with an exit code other than 0: phase Failed."""
    return Outcome(exit_code=exit_code, message=message, seconds=seconds, parameters=outputs, lenient=True)


def error(message: str, *, seconds: float = 0) -> Outcome:
    """A step that could not be run: phase Error."""
    return Outcome(error=message, seconds=seconds, lenient=True)


class Trial:
    """One workflow, run until it is over or until only a person can move it.

    Args:
        source: A file, or the text of a manifest; its first Workflow is run, other documents may be referred to.
        mocks: What becomes of steps, by their names or by ``template:NAME``; both may be shell patterns, and later
            ones win.  A list is for one attempt or item each, the last one for all that follow.  Steps without a mock
            succeed at once.
        parameters: Arguments of the workflow.
        library: Files, or texts, with templates and ConfigMaps that it refers to.

    Raises:
        ManifestError: ``tiphys lint`` would refuse it.
        UsageError: there is no Workflow, or a mock is for no step of it.

    Example:
        >>> trial = Trial('''
        ... kind: Workflow
        ... metadata: {name: wf}
        ... spec:
        ...   entrypoint: main
        ...   templates: [{name: main, retryStrategy: {limit: 1}, container: {image: none, command: [x]}}]
        ... ''', mocks={"wf": [fail(), ok(seconds=60)]})
        >>> trial.phase, trial.seconds, trial.started
        ('Succeeded', 60.0, ['wf(0)', 'wf(1)'])
    """

    def __init__(
        self,
        source: str | Path,
        *,
        mocks: Mocks | None = None,
        parameters: Mapping[str, str] | None = None,
        library: Sequence[str | Path] = (),
        entrypoint: str | None = None,
    ) -> None:
        loaded = [_load(text) for text in (source, *library)]
        document = next((d for d in loaded[0].documents if isinstance(d.manifest, Workflow)), None)
        if document is None:
            raise UsageError("the source has no Workflow", "the first argument is a file or the text of a manifest")
        self._library = Library(
            (d.manifest for part in loaded for d in part.documents),
            (config_map for part in loaded for config_map in part.config_maps),
        )
        self.clock = VirtualClock()
        self.runtime = _Patient(self.clock)
        self._store = MemoryStore(self.clock)
        self.runtime.on("*", ok())
        options = SubmitOptions(parameters=dict(parameters or {}), entrypoint=entrypoint)
        submission = Submission(self._store, self.runtime, self.clock, Rules(namespace=_NAMESPACE))
        submitted = submission.submit(document, options, self._library).workflow
        assert submitted.metadata is not None
        self.name = submitted.metadata.name or ""
        self._uid = WorkflowUid(submitted.metadata.uid or "")
        self._namespace = submitted.metadata.namespace or _NAMESPACE
        self._mock(mocks or {}, loaded)
        self._go()

    def _mock(self, mocks: Mocks, loaded: Sequence[Loaded]) -> None:
        templates = {name for part in loaded for d in part.documents for name in _templates(d.manifest)}
        steps = {name for part in loaded for d in part.documents for name in _steps(d.manifest)} | {self.name}
        for key, outcomes in mocks.items():
            pattern, known = (key.removeprefix(_TEMPLATE), templates) if key.startswith(_TEMPLATE) else (key, steps)
            if not any(fnmatchcase(name, pattern) for name in known):
                raise UsageError(
                    f"the mock {key!r} is for nothing in the workflow", f"there is: {', '.join(sorted(known))}"
                )
            chosen = [outcomes] if isinstance(outcomes, Outcome) else list(outcomes)
            self.runtime.on(_Chosen(pattern, _template_of if key.startswith(_TEMPLATE) else _step_of), *chosen)

    def _go(self) -> None:
        driver = LocalDriver(self._store, self.runtime, self.clock, library=self._library)
        driver.tick = _FOREVER
        driver.drive([self._uid], _Silent(), until_resting=True)

    def resume(self, step: str = "", **outputs: str) -> None:
        """Let Suspend nodes go on as a person would: all, or the one of a step after it got its outputs."""
        lifecycle = Lifecycle(self._store, lambda uid: answer_undriven(self._store, self.clock, uid, self._library))
        selector = f"displayName={step}" if step else ""
        if outputs:
            lifecycle.set_nodes(self._namespace, self.name, NodeValues(selector=selector, parameters=outputs))
        lifecycle.resume(self._namespace, self.name, selector=selector)
        self._go()

    # -- what can be seen ----------------------------------------------------------------------------------------

    @property
    def workflow(self) -> Workflow:
        """The workflow as Argo's API shows it now."""
        return LocalApi(self._store, self.runtime).get(self._namespace, self.name)

    @property
    def status(self) -> WorkflowStatus:
        """Its status."""
        return self.workflow.status or WorkflowStatus()

    @property
    def phase(self) -> str:
        """The phase of the workflow: Running when it waits for a person."""
        return self.status.phase or ""

    @property
    def message(self) -> str:
        """The message of the workflow."""
        return self.status.message or ""

    @property
    def seconds(self) -> float:
        """The virtual time from its start to its end, or to now."""
        status = self.status
        if status.started_at is None:
            return 0.0
        end = _moment(status.finished_at) if status.finished_at is not None else self.clock.now()
        return (end - _moment(status.started_at)).total_seconds()

    @property
    def nodes(self) -> dict[str, NodeStatus]:
        """All nodes by their full names."""
        return {node.name or "": node for node in (self.status.nodes or {}).values()}

    @property
    def phases(self) -> dict[str, str]:
        """The phases of all nodes by their full names."""
        return {name: node.phase or "" for name, node in self.nodes.items()}

    @property
    def started(self) -> list[str]:
        """The full names of the nodes whose pods were started, in order."""
        return [str(request.node_name) for request in self.runtime.started]

    @property
    def outputs(self) -> dict[str, str]:
        """The output parameters of the entry template."""
        return self.outputs_of(self.name)

    def node(self, name: str) -> NodeStatus:
        """A node by its full name or display name.

        Raises:
            UsageError: there is none.
        """
        nodes = self.nodes
        found = nodes.get(name) or next((node for node in nodes.values() if node.display_name == name), None)
        if found is None:
            raise UsageError(f"there is no node {name!r}", f"there is: {', '.join(nodes)}")
        return found

    def inputs_of(self, name: str) -> dict[str, str]:
        """The input parameters that a node ran with."""
        inputs = self.node(name).inputs
        return {p.name: p.value or "" for p in (inputs.parameters if inputs else None) or ()}

    def outputs_of(self, name: str) -> dict[str, str]:
        """The output parameters of a node."""
        outputs = self.node(name).outputs
        return {p.name: p.value or "" for p in (outputs.parameters if outputs else None) or ()}


class _Chosen:
    """Whether a pod is one that a mock is for."""

    def __init__(self, pattern: str, name: Callable[[PodRequest], str]) -> None:
        self._pattern = pattern
        self._name = name

    def __call__(self, request: PodRequest) -> bool:
        return fnmatchcase(self._name(request), self._pattern)


class _Patient(FakeRuntime):
    """Stands still where nothing but a person could move the workflow, and gives up when nobody can."""

    _idle = 0

    def poll(self, timeout: float | None) -> Sequence[PodReport]:
        """As in ``FakeRuntime``, but time does not pass for nothing."""
        if self._due or self._reports or (timeout is not None and timeout < _FOREVER):
            self._idle = 0
            return super().poll(timeout)
        self._idle += 1
        if self._idle > _IDLE:
            running = ", ".join(str(request.node_name) for request in self.running()) or "no pod runs"
            raise UsageError(f"nothing can happen any more: {running}", "a mock with seconds=None never ends by itself")
        return ()


class _Silent:
    """An observer that nobody asks."""

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        """Nothing to do."""

    def tick(self) -> None:
        """Nothing to do."""

    def log(self, line: LogLine) -> None:
        """Nothing to do."""


def _load(source: str | Path) -> Loaded:
    name, text = "manifest", str(source)
    if isinstance(source, Path) or "\n" not in source:
        name, text = str(source), Path(source).read_text(encoding="utf-8")
    loaded = load(text, name)
    if any(found.severity is Severity.ERROR for found in loaded.diagnostics):
        raise ManifestError(loaded.diagnostics)
    return loaded


def _moment(shown: str | datetime) -> datetime:
    return datetime.fromisoformat(shown) if isinstance(shown, str) else shown


def _step_of(request: PodRequest) -> str:
    """The name of the step that a pod carries out: without its item and its attempt; the workflow's for the entry."""
    name = str(request.node_name)
    while name.endswith(")"):
        name = name[: name.rfind("(")]
    return name.rpartition(".")[2]


def _template_of(request: PodRequest) -> str:
    return str(request.template.get("name") or "")


def _all_templates(manifest: object) -> Sequence[Template]:
    spec = getattr(manifest, "workflow_spec", None) or getattr(manifest, "spec", None)
    return getattr(spec, "templates", None) or ()


def _templates(manifest: object) -> list[str]:
    return [template.name or "" for template in _all_templates(manifest)]


def _steps(manifest: object) -> list[str]:
    """The names of all steps and tasks, those of inline templates and of hooks too."""
    found: list[str] = ["onExit"]
    pending = list(_all_templates(manifest))
    while pending:
        template = pending.pop()
        calls: list[WorkflowStep | DAGTask] = [step for group in template.steps or () for step in group]
        calls += (template.dag.tasks if template.dag else None) or ()
        for call in calls:
            found += [call.name or "", *(call.hooks or ())]
            if call.inline is not None:
                pending.append(call.inline)
    return found
