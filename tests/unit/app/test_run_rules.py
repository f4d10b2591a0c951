"""What the configuration says about runs that have begun: secure templates, failures that pass, names of pods."""

from __future__ import annotations

import pytest
from tests.unit.app.test_driver import Machine

from tiphys.app.controller.rules import RunRules
from tiphys.app.services.objects import new_object
from tiphys.app.services.submit import complete, identify, in_namespace
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.validate.library import Library
from tiphys.ids import WorkflowUid
from tiphys.testing.fake_runtime import Outcome

FROM_TEMPLATE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two}
spec: {workflowTemplateRef: {name: hardened}}
"""
TEMPLATE = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: hardened, namespace: default}
spec:
  entrypoint: main
  templates:
  - {name: main, dag: {tasks: [{name: a, template: work}, {name: wait, template: wait}]}}
  - {name: wait, suspend: {}}
  - {name: work, container: {image: none, command: [IMAGE]}}
"""
UNCHANGED = "WorkflowSpec may not change during execution when the controller is set `templateReferencing: Secure`"
RETRIED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two, annotations: {workflows.argoproj.io/pod-name-format: FORM}}
spec:
  entrypoint: main
  templates:
  - name: main
    retryStrategy: {limit: 1, retryPolicy: OnTransientError}
    container: {image: none, command: [x], args: ["{{pod.name}}"]}
"""
LOCKED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two}
spec:
  entrypoint: main
  activeDeadlineSeconds: 5
  synchronization: {semaphores: [{configMapKeyRef: {name: none, key: k}}]}
  templates: [{name: main, container: {image: none, command: [x]}}]
"""


def library(command: str) -> Library:
    return Library([load(TEMPLATE.replace("IMAGE", command), "t.yaml").documents[0].manifest])


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize(
    ("secure", "later", "message"),
    [(True, "changed", UNCHANGED), (True, "same", None), (False, "changed", None)],
)
def test_secure_ends_a_run_whose_template_was_changed(
    machine: Machine, secure: bool, later: str, message: str | None
) -> None:
    machine.runtime.on("*", Outcome(seconds=None))
    manifest = load(FROM_TEMPLATE, "w.yaml").documents[0].manifest
    assert isinstance(manifest, Workflow)
    made = complete(in_namespace(identify(manifest, machine.clock, "default"), "default"), library("same"), None)
    uid = machine.store.create(new_object(made, machine.clock.now())).uid
    for template in ("same", later):
        machine.restart()
        machine.driver.rules = RunRules(secure=secure, library=library(template))
        machine.driver.take_up(uid)
        machine.driver.turn(machine.watcher, for_ever=True)
        machine.driver.turn(machine.watcher, for_ever=True)
        machine.driver.let_go(uid)
    status = machine.api.get("default", "two").status
    assert status is not None
    assert (status.phase, status.message) == (("Error", message) if message else ("Running", None))
    assert {node.phase for node in (status.nodes or {}).values()} == ({"Error"} if message else {"Running"})


@pytest.mark.parametrize(("pattern", "attempts"), [("", 1), ("main: .*exit code 9", 2)])
def test_a_pattern_says_which_failures_pass(machine: Machine, pattern: str, attempts: int) -> None:
    machine.runtime.on("*", Outcome(exit_code=9))
    machine.driver.rules = RunRules(passing=pattern)
    nodes = (machine.run(RETRIED).status or pytest.fail()).nodes or {}
    assert sum(node.type == "Pod" for node in nodes.values()) == attempts


@pytest.mark.parametrize(("form", "name"), [("v1", "two-635065872"), ("v2", "two-main-635065872")])
def test_pods_are_called_as_their_workflow_says(machine: Machine, form: str, name: str) -> None:
    machine.runtime.on("*", Outcome(seconds=None))
    machine.driver.take_up(WorkflowUid(machine.submit(RETRIED.replace("FORM", form))))
    machine.driver.turn(machine.watcher, for_ever=True)
    (request,) = machine.runtime.running()
    assert request.pod_name == name
    assert request.template["container"]["args"] == [name]  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("", "Failed to acquire the synchronization lock. "),
        ("failed to initialize semaphore", "Waiting to acquire the synchronization lock. "),
    ],
)
def test_an_error_of_a_lock_that_passes_is_waited_out(machine: Machine, pattern: str, message: str) -> None:
    machine.driver.rules = RunRules(passing=pattern)
    machine.driver.take_up(WorkflowUid(machine.submit(LOCKED)))
    for _ in range(3):
        machine.driver.turn(machine.watcher, for_ever=True)
    status = machine.api.get("default", "two").status
    assert status is not None
    assert status.message == message + "failed to initialize semaphore default/ConfigMap/none/k with limit"
    assert status.phase == ("Pending" if pattern else "Failed")
