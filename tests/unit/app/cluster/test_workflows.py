"""Workflows that are made or changed as objects, by a step or a client of Kubernetes' API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.app.test_driver_objects import ONE, PHASES, Machine, at, resource

from tiphys.app.controller.rules import RunRules
from tiphys.app.services.eventconfig import EventConfig
from tiphys.app.services.submission import Rules, Submission
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan.restrictions import TemplateReferencing
from tiphys.errors import InvalidObjectError
from tiphys.ports.identity import OWNER
from tiphys.ports.objects import JSON, MERGE

Restricted = Callable[[TemplateReferencing], Machine]
TEMPLATE: JsonObject = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {"name": "hardened"},
    "spec": {"entrypoint": "a", "templates": [{"name": "a", "container": {"image": "none", "command": ["work"]}}]},
}
OWN_TEMPLATES: JsonObject = {"entrypoint": "b", "templates": [{"name": "b", "container": {"image": "none"}}]}
HELD = """
    kind: Workflow
    apiVersion: argoproj.io/v1alpha1
    metadata: {name: held}
    spec: {entrypoint: a, templates: [{name: a, suspend: {}}]}
    """
STOPPER = """
    kind: Workflow
    apiVersion: argoproj.io/v1alpha1
    metadata: {name: stopper}
    spec:
      entrypoint: a
      templates:
      - name: a
        resource:
          action: patch
          mergeStrategy: merge
          flags: [workflows.argoproj.io, held]
          manifest: |
            spec: {WHAT}
    """


@pytest.fixture
def restricted(tmp_path: Path) -> Restricted:
    def make(mode: TemplateReferencing) -> Machine:
        machine = Machine(tmp_path)
        machine.submission = Submission(
            machine.store, machine.pods, machine.clock, Rules(namespace="argo", referencing=mode)
        )
        machine.restart()
        machine.objects.create(OWNER, TEMPLATE, "argo")
        return machine

    return make


def workflow(name: str, spec: JsonObject, **more: JsonObject) -> JsonObject:
    return {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec, **more,
    }  # fmt: skip


@pytest.mark.parametrize("mode", [TemplateReferencing.STRICT, TemplateReferencing.SECURE])
def test_restrictions_hold_for_them(restricted: Restricted, mode: TemplateReferencing) -> None:
    machine = restricted(mode)
    machine.objects.create(OWNER, workflow("plain", OWN_TEMPLATES), "argo")
    found = machine.objects.get(OWNER, machine.ref("wf", "plain"))
    assert at(found, "status", "phase") == "Error"
    assert "workflows must use workflowTemplateRef to be executed" in str(at(found, "status", "message"))
    reference: JsonObject = {"workflowTemplateRef": {"name": "hardened"}}
    machine.objects.create(OWNER, workflow("patched", {**reference, "podSpecPatch": "{}"}), "argo")
    found = machine.objects.get(OWNER, machine.ref("wf", "patched"))
    assert "fields [PodSpecPatch] are not permitted" in str(at(found, "status", "message"))
    machine.objects.create(OWNER, workflow("good", reference), "argo")
    assert at(machine.objects.get(OWNER, machine.ref("wf", "good")), "status", "phase") is None


@pytest.mark.parametrize("mode", list(TemplateReferencing))
def test_a_status_in_the_manifest_decides_nothing(restricted: Restricted, mode: TemplateReferencing) -> None:
    machine = restricted(mode)
    forged: JsonObject = {"storedWorkflowTemplateSpec": OWN_TEMPLATES, "phase": "Succeeded"}
    reference: JsonObject = {"workflowTemplateRef": {"name": "hardened"}}
    made = machine.objects.create(OWNER, workflow("forged", reference, status=forged), "argo")
    assert at(made, "status", "phase") is None
    assert at(made, "status", "storedWorkflowTemplateSpec", "entrypoint") == "a"


def test_the_spec_of_a_workflow_cannot_be_changed(restricted: Restricted) -> None:
    machine = restricted(TemplateReferencing.OFF)
    machine.run(ONE)
    ref = machine.ref("wf", "one")
    with pytest.raises(InvalidObjectError, match="a workflow's spec cannot be changed"):
        machine.objects.patch(OWNER, ref, {"spec": {"entrypoint": "other"}}, MERGE)
    with pytest.raises(InvalidObjectError, match="a workflow's spec cannot be changed"):
        machine.objects.update(OWNER, workflow("one", OWN_TEMPLATES), "argo")
    machine.objects.patch(OWNER, ref, [{"op": "add", "path": "/status/phase", "value": "Failed"}], JSON)
    assert at(machine.objects.get(OWNER, ref), "status", "phase") == "Succeeded"


@pytest.mark.parametrize(
    ("what", "phase", "message"),
    [
        ("shutdown: Stop", "Failed", "Stopped with strategy 'Stop'"),
        ("shutdown: Terminate", "Failed", "Stopped with strategy 'Terminate'"),
        ("suspend: false", "Running", None),
    ],
)
def test_a_step_stops_another_workflow(restricted: Restricted, what: str, phase: str, message: str | None) -> None:
    machine = restricted(TemplateReferencing.OFF)
    machine.allow_everything()
    driver = machine.parts.driver
    for uid in (machine.submit(HELD), machine.submit(STOPPER.replace("WHAT", what))):
        driver.take_up(uid)  # type: ignore[arg-type]
    for _ in range(20):
        driver.turn(machine.watcher)
        machine.clock.advance(1)
    held = machine.objects.get(OWNER, machine.ref("wf", "held"))
    stopper = machine.objects.get(OWNER, machine.ref("wf", "stopper"))
    assert at(stopper, "status", "phase") == "Succeeded"
    assert (at(held, "status", "phase"), at(held, "status", "message")) == (phase, message)


def test_events_of_runs_are_objects(restricted: Restricted) -> None:
    machine = restricted(TemplateReferencing.OFF)
    machine.allow_everything()
    machine.run(resource("{apiVersion: v1, kind: Event, metadata: {name: own}, type: Normal}", *PHASES).replace(
        f"successCondition: {PHASES[0]}", "successCondition: type == Normal"))  # fmt: skip
    events = machine.all("events")
    assert {at(event, "metadata", "name") for event in events} >= {"own"}
    told = [event for event in events if at(event, "involvedObject", "kind") == "Workflow"]
    assert [at(event, "reason") for event in reversed(told)] == [
        "WorkflowRunning", "WorkflowNodeRunning", "WorkflowNodeSucceeded", "WorkflowSucceeded",
    ]  # fmt: skip
    for event in told:
        assert machine.objects.get(OWNER, machine.ref("events", str(at(event, "metadata", "name")))) == event
    assert len({at(event, "metadata", "uid") for event in events}) == len(events)
    machine.parts.api.delete("argo", "parent")
    assert [at(event, "metadata", "name") for event in machine.all("events")] == []


@pytest.mark.parametrize(
    ("config", "reasons", "about"),
    [
        (EventConfig(nodes=False), {"WorkflowRunning", "WorkflowSucceeded"}, {"Workflow"}),
        (EventConfig(workflows=False), {"WorkflowNodeRunning", "WorkflowNodeSucceeded"}, {"Workflow"}),
        (EventConfig(workflows=False, as_pods=True), {"WorkflowNodeRunning", "WorkflowNodeSucceeded"}, {"Pod"}),
    ],
)
def test_the_configuration_says_which_events_are_told(
    restricted: Restricted, config: EventConfig, reasons: set[str], about: set[str]
) -> None:
    machine = restricted(TemplateReferencing.OFF)
    machine.parts.driver.rules = RunRules(events=config)
    machine.run(ONE)
    events = machine.all("events")
    assert {at(event, "reason") for event in events} == reasons
    assert {at(event, "involvedObject", "kind") for event in events} == about
    if config.as_pods:
        (pod,) = machine.all("pods")
        assert at(events[0], "involvedObject", "uid") == at(pod, "metadata", "uid")
        assert at(events[0], "metadata", "annotations", "workflows.argoproj.io/workflow-name") == "one"
