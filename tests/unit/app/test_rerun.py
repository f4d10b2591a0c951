"""Retry and resubmit over a store and a runtime."""

from __future__ import annotations

import pytest
from tests.unit.app.test_lifecycle import Machine, Scripted

from tiphys.app.services.events import event_object
from tiphys.app.services.rerun import Rerun
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import ResubmitOptions, RetryOptions
from tiphys.testing.fake_runtime import Outcome

TWO = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two, labels: {mine: "1", workflows.argoproj.io/creator: zoe}, annotations: {a: b}}
spec:
  entrypoint: main
  activeDeadlineSeconds: 600
  arguments: {parameters: [{name: p, value: old}, {name: q, value: same}]}
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
    - - {name: b, template: work}
  - name: work
    script: {image: none, command: [sh], source: "echo {{workflow.parameters.p}}"}
"""
COMPLETED = "workflows.argoproj.io/completed"


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def rerun(machine: Machine) -> Rerun:
    return Rerun(machine.store, machine.runtime, machine.clock)


def run(machine: Machine, workflow: Workflow | None = None) -> WorkflowUid:
    meta = workflow.metadata if workflow is not None else None
    uid = WorkflowUid((meta and meta.uid) or "") if meta is not None else machine.submit(TWO)
    machine.driver.drive([uid], Scripted())
    return uid


def phase(machine: Machine, name: str = "two") -> str | None:
    status = machine.api.glance("default", name).status
    return status.phase if status is not None else None


def started(machine: Machine) -> list[str]:
    return [request.node_name for request in machine.runtime.started]


def test_what_failed_runs_again_and_the_rest_stays(machine: Machine, rerun: Rerun) -> None:
    machine.runtime.on("*.b", Outcome(exit_code=1), Outcome(exit_code=1), Outcome())
    uid = run(machine)
    assert phase(machine) == "Failed"
    for number in (1, 2):
        machine.clock.advance(60)
        new = rerun.retry("default", "two", RetryOptions())
        assert new.metadata is not None
        assert new.metadata.labels is not None
        assert COMPLETED not in new.metadata.labels
        assert (new.status and new.status.phase, new.spec and new.spec.shutdown) == (None, None)
        assert machine.store.commands(uid) == []
        run(machine, new)
        assert started(machine) == ["two[0].a", *["two[1].b"] * (number + 1)]
    assert phase(machine) == "Succeeded"
    reasons = [fact.reason for fact in machine.api.events("default", "two")]
    assert (reasons.count("WorkflowRetried"), reasons.count("WorkflowFailed"), reasons[-1]) == (
        2, 2, "WorkflowSucceeded",
    )  # fmt: skip


def test_the_plan_changes_nothing(machine: Machine, rerun: Rerun) -> None:
    machine.runtime.on("*.b", Outcome(exit_code=1))
    uid = run(machine)
    before = [row.status for row in machine.store.nodes(uid)]
    plan = rerun.plan_retry("default", "@latest", RetryOptions())
    assert [(node.action, node.name) for node in plan] == [
        ("reset", "two"), ("keep", "two[0]"), ("keep", "two[0].a"), ("reset", "two[1]"), ("rerun", "two[1].b"),
    ]  # fmt: skip
    assert [row.status for row in machine.store.nodes(uid)] == before
    assert not any(node.action == "new" for node in plan)
    only = rerun.plan_retry("default", "two", RetryOptions(nodes=["a"]))
    assert [node.name for node in only if node.action == "rerun"] == ["two[0].a", "two[1].b"]


def test_parameters_are_replaced(machine: Machine, rerun: Rerun) -> None:
    machine.runtime.on("*.b", Outcome(exit_code=1), Outcome())
    run(machine)
    new = rerun.retry("default", "two", RetryOptions(parameters={"p": "new"}))
    assert new.spec is not None
    assert new.spec.arguments is not None
    assert [(p.name, p.value) for p in new.spec.arguments.parameters or ()] == [("p", "new"), ("q", "same")]
    run(machine, new)
    assert "echo new" in str(machine.runtime.started[-1].template)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (RetryOptions(), "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector"),
        (RetryOptions(restart_successful=True), "To retry a succeeded workflow"),
        (RetryOptions(selector="displayName=a"), "To retry a succeeded workflow"),
        (RetryOptions(restart_successful=True, selector="a"), "unable to parse node field selector 'a'"),
        (RetryOptions(nodes=["nobody"]), "no node is called 'nobody'"),
    ],
)
def test_what_is_refused_of_a_succeeded_workflow(
    machine: Machine, rerun: Rerun, options: RetryOptions, text: str
) -> None:
    run(machine)
    with pytest.raises(UsageError, match=text):
        rerun.retry("default", "two", options)
    assert phase(machine) == "Succeeded"


def test_a_running_workflow_is_not_retried(machine: Machine, rerun: Rerun) -> None:
    uid = machine.submit()
    with pytest.raises(UsageError, match="Cannot retry a workflow in phase Pending"):
        rerun.retry("default", "gate", RetryOptions())
    machine.driver.drive([uid], Scripted(), until_resting=True)
    with pytest.raises(UsageError, match="Cannot retry a workflow in phase Running"):
        rerun.retry("default", "gate", RetryOptions())


def test_a_run_that_is_just_let_go_of_is_waited_for(
    machine: Machine, rerun: Rerun, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.runtime.on("*", Outcome(exit_code=1), Outcome())
    run(machine)
    answers = iter([False, False])
    claim = machine.store.claim
    monkeypatch.setattr(machine.store, "claim", lambda uid: next(answers, None) is None and claim(uid))
    rerun.retry("default", "two", RetryOptions())
    assert next(answers, "all asked") == "all asked"
    assert phase(machine) != "Failed"


def test_restarting_what_succeeded(machine: Machine, rerun: Rerun) -> None:
    run(machine)
    run(machine, rerun.retry("default", "two", RetryOptions(restart_successful=True, selector="displayName=b")))
    assert (started(machine), phase(machine)) == (["two[0].a", "two[1].b", "two[1].b"], "Succeeded")


def test_resubmitting_makes_another_workflow(machine: Machine, rerun: Rerun) -> None:
    run(machine)
    new = rerun.resubmit("default", "two", ResubmitOptions(parameters={"p": "new"}, priority=7))
    meta, spec = new.metadata, new.spec
    assert meta is not None
    assert spec is not None
    assert (meta.name or "").startswith("two-")
    assert meta.labels == {"mine": "1", "workflows.argoproj.io/resubmitted-from-workflow": "two"}
    assert (meta.annotations or {})["a"] == "b"
    assert (spec.priority, spec.active_deadline_seconds) == (7, 600)
    run(machine, new)
    assert phase(machine, meta.name or "") == "Succeeded"
    assert len(started(machine)) == 4


def test_a_memoized_resubmission_runs_only_what_failed(machine: Machine, rerun: Rerun) -> None:
    machine.runtime.on("*.b", Outcome(exit_code=1), Outcome())
    run(machine)
    new = rerun.resubmit("default", "two", ResubmitOptions(memoized=True))
    name = (new.metadata and new.metadata.name) or ""
    run(machine, new)
    assert started(machine)[2:] == [f"{name}[1].b"]
    nodes = (machine.api.get("default", name).status or Workflow()).nodes or {}  # type: ignore[union-attr]
    assert {node.display_name: node.phase for node in nodes.values()}["a"] == "Skipped"
    with pytest.raises(UsageError, match="workflow must be Failed/Error to resubmit in memoized mode"):
        rerun.resubmit("default", name, ResubmitOptions(memoized=True))


def test_events_as_objects(machine: Machine) -> None:
    run(machine)
    workflow = machine.api.glance("default", "two")
    fact: Fact = next(fact for fact in machine.api.events("default", "two") if fact.node_name == "two[0].a")
    found = event_object(workflow, fact)
    assert (found["kind"], found["reason"], found["type"]) == ("Event", "WorkflowNodeRunning", "Normal")
    metadata = found["metadata"]
    assert isinstance(metadata, dict)
    annotations = metadata["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["workflows.argoproj.io/node-name"] == "two[0].a"
    assert str(annotations["workflows.argoproj.io/node-start-time"]).endswith("000000000")


def test_the_plan_names_what_may_run_for_the_first_time(machine: Machine, rerun: Rerun) -> None:
    machine.runtime.on("*.a*", Outcome(exit_code=1))
    text = TWO.replace("{name: a, template: work}", "{name: a, template: work, withItems: [1, 2]}")
    machine.driver.drive([machine.submit(text)], Scripted())
    plan = rerun.plan_retry("default", "two", RetryOptions())
    assert [(node.action, node.name) for node in plan if node.action in {"rerun", "new"}] == [
        ("rerun", "two[0].a(0:1)"), ("rerun", "two[0].a(1:2)"), ("new", "two[1].b"),
    ]  # fmt: skip
