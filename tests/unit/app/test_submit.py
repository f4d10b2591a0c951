"""From a manifest to a stored workflow that needs nothing else (``spec/engine.md`` 26, ``spec/data.md`` 19.3)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.controller.driver import LocalDriver
from tiphys.app.services.objects import KIND, TTL_LABEL
from tiphys.app.services.query import LocalApi
from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.plan.executed import executed_spec
from tiphys.core.validate.library import Library
from tiphys.entrypoints.controllerconfig import ControllerConfig
from tiphys.entrypoints.settings import Settings
from tiphys.entrypoints.wire.local import Local
from tiphys.errors import UsageError
from tiphys.ports.api import SubmitOptions
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import ListOptions
from tiphys.testing.clock import VirtualClock
from tiphys.testing.cluster import plain_objects
from tiphys.testing.fake_runtime import FakeRuntime, Outcome

TEXT = """
kind: Workflow
metadata: {name: w}
spec:
  workflowTemplateRef: {name: t}
---
kind: WorkflowTemplate
metadata: {name: t}
spec:
  entrypoint: main
  arguments: {parameters: [{name: m, value: a, enum: [a, b]}]}
  templates:
  - name: main
    steps: [[{name: one, template: work}], [{name: two, templateRef: {name: lib, template: work}}]]
  - {name: work, container: {image: none, command: [echo, "{{workflow.parameters.m}}"]}}
---
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  templates:
  - {name: work, container: {image: none, command: [echo, first]}}
"""


class Watcher:
    """Sees nothing; ``crash`` makes the process die at the next sight of a running pod."""

    def __init__(self, *, crash: bool = False) -> None:
        self.crash = crash

    def changed(self, workflow: Workflow, nodes: Sequence[NodeStatus]) -> None:
        if self.crash and any(node.type == "Pod" and node.phase == "Running" for node in nodes):
            raise KeyboardInterrupt

    def tick(self) -> None:
        return None

    def log(self, line: LogLine) -> None:
        return None


class Machine:
    """The system over a memory store, a fake runtime and virtual time."""

    def __init__(self, defaults: Mapping[str, JsonValue] | None = None) -> None:
        self.clock = VirtualClock()
        self.store = MemoryStore(self.clock)
        self.runtime = FakeRuntime(self.clock)
        self.settings = Settings(
            home=Path("unused"), controller=ControllerConfig(workflow_defaults=dict(defaults or {}))
        )
        self.restart()

    def restart(self) -> None:
        driver, api = LocalDriver(self.store, self.runtime, self.clock), LocalApi(self.store, self.runtime)
        self.local = Local(
            api,
            driver,
            (),
            self.store,
            self.runtime,
            self.clock,
            self.settings,
            lambda: plain_objects(self.store, self.clock),
        )

    def submit(self, text: str, options: SubmitOptions | None = None) -> Workflow:
        loaded = load(textwrap.dedent(text), "f.yaml")
        assert not loaded.diagnostics, [str(each) for each in loaded.diagnostics]
        document = next(each for each in loaded.documents if each.kind == "Workflow")
        library = Library((each.manifest for each in loaded.documents), loaded.config_maps)
        return self.local.submit(document, options or SubmitOptions(), library)

    def drive(self, workflow: Workflow, *, crash: bool = False) -> None:
        assert workflow.metadata is not None and workflow.metadata.uid is not None
        self.local.driver.drive([workflow.metadata.uid], Watcher(crash=crash))

    def commands(self) -> list[object]:
        """What the pods' main containers run, in the order of their start."""
        found: list[object] = []
        for request in self.runtime.started:
            spec = request.manifest["spec"]
            assert isinstance(spec, dict) and isinstance(spec["containers"], list)
            main = spec["containers"][0]
            assert isinstance(main, dict) and isinstance(main["command"], list | tuple)
            found.append(list(main["command"]))
        return found


def test_a_run_goes_on_with_what_it_was_submitted_with() -> None:
    machine = Machine()
    machine.runtime.on("*", Outcome(seconds=5))
    workflow = machine.submit(TEXT)
    with pytest.raises(KeyboardInterrupt):
        machine.drive(workflow, crash=True)
    machine.restart()
    edited = machine.submit(TEXT.replace("echo, first", "echo, second"))
    assert edited.metadata is not None and workflow.metadata is not None
    assert edited.metadata.uid == workflow.metadata.uid
    machine.drive(machine.local.resume("w", "default"))
    found = machine.local.api.get("default", "w")
    assert found.status is not None and found.status.phase == "Succeeded"
    assert machine.commands() == [["echo", "a"], ["echo", "first"]]
    assert set(found.status.stored_templates or ()) == {"namespaced/lib/work"}
    assert {node.template_scope for node in (found.status.nodes or {}).values()} == {"local/"}


def test_parameters_of_the_call_come_before_those_of_the_template_without_its_enum() -> None:
    machine = Machine()
    workflow = machine.submit(TEXT, SubmitOptions(parameters={"m": "c"}))
    arguments = executed_spec(workflow).arguments
    assert arguments is not None
    assert [(item.name, item.value, item.enum) for item in arguments.parameters or ()] == [("m", "c", None)]


def test_a_value_outside_the_enum_of_the_template_is_refused() -> None:
    with pytest.raises(ManifestError, match=r"spec\.arguments\.m"):
        Machine().submit(TEXT.replace("value: a,", "value: z,"))


def test_a_template_of_another_namespace_is_not_found() -> None:
    text = TEXT.replace("metadata: {name: t}", "metadata: {name: t, namespace: other}")
    with pytest.raises(ManifestError, match="t"):
        Machine().submit(text)
    assert Machine().submit(text, SubmitOptions(namespace="other")).status is not None


def test_defaults_come_below_everything() -> None:
    defaults: dict[str, JsonValue] = {
        "metadata": {"labels": {"from": "defaults"}},
        "spec": {"parallelism": 4, "entrypoint": "other", "ttlStrategy": {"secondsAfterCompletion": 9}},
    }
    plain = "kind: Workflow\nmetadata: {name: p}\nspec: {entrypoint: main, templates: [{name: main, suspend: {}}]}"
    for text, visible in ((TEXT, None), (plain, 4)):
        workflow = Machine(defaults).submit(text)
        assert workflow.spec is not None and workflow.metadata is not None
        spec = executed_spec(workflow)
        assert (spec.parallelism, spec.entrypoint, workflow.spec.parallelism) == (4, "main", visible)
        assert (workflow.metadata.labels or {})["from"] == "defaults"


def test_time_to_live_of_a_template_is_known_to_the_store() -> None:
    machine = Machine()
    machine.submit(TEXT.replace("  entrypoint: main", "  ttlStrategy: {secondsAfterCompletion: 9}\n  entrypoint: main"))
    stored = machine.store.list(options_for_ttl()).items
    assert [each.key.name for each in stored] == ["w"]


def options_for_ttl() -> ListOptions:
    return ListOptions(kind=KIND, labels={TTL_LABEL: "true"})


def test_defaults_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match=r"workflowDefaults do not fit a Workflow: spec\.parallelism"):
        Machine({"spec": {"parallelism": "many"}}).submit(TEXT)
