"""What is told of a run (``spec/engine.md`` 29)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import Refused
from tiphys.core.engine.run import Run
from tiphys.testing.playbook import START, Playbook


def told(book: Playbook) -> list[tuple[str, str, str]]:
    return [(fact.type, fact.reason, fact.message) for fact in book.step.events]


def test_the_events_of_a_run(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}\n  - {name: s, template: echo, when: 'false'}")
    assert told(book) == [
        ("Normal", "WorkflowRunning", "Workflow Running"),
        ("Normal", "WorkflowNodeRunning", "Running node wf"),
        ("Normal", "WorkflowNodeRunning", "Running node wf[0]"),
    ]
    book.begin("a")
    assert told(book) == [("Normal", "WorkflowNodeRunning", "Running node wf[0].a")]
    book.begin("a")
    assert told(book) == []
    book.fail("a")
    assert told(book) == [
        ("Warning", "WorkflowNodeFailed", "Failed node wf[0].a: main: Error (exit code 1)"),
        ("Warning", "WorkflowNodeFailed", f"Failed node wf[0]: child '{book.node('a').id}' failed"),
        ("Warning", "WorkflowNodeFailed", f"Failed node wf: child '{book.node('a').id}' failed"),
        ("Warning", "WorkflowFailed", f"child '{book.node('a').id}' failed"),
    ]


def test_a_node_that_never_was_seen_running_is_told_to_run_first(tell: Tell) -> None:
    book = tell("container: {image: none, command: [x]}")
    book.succeed("wf")
    assert told(book) == [
        ("Normal", "WorkflowNodeRunning", "Running node wf"),
        ("Normal", "WorkflowNodeSucceeded", "Succeeded node wf"),
        ("Normal", "WorkflowSucceeded", "Workflow completed"),
    ]
    fact = book.step.events[0]
    assert (fact.node_name, fact.node_id, fact.node_type, fact.time) == ("wf", "wf", "Pod", book.now)


def test_a_workflow_that_is_over_in_its_first_step_is_told_to_run_first(tell: Tell) -> None:
    book = tell("steps:\n- - {name: s, template: echo, when: 'false'}")
    reasons = [reason for _, reason, _ in told(book)]
    assert (reasons[0], reasons[-1]) == ("WorkflowRunning", "WorkflowSucceeded")
    assert reasons.count("WorkflowRunning") == 1


@pytest.mark.parametrize("begun", [True, False])
def test_a_workflow_that_must_not_go_on_is_told_to_run_only_if_it_would(tell: Tell, *, begun: bool) -> None:
    run = Run.start(tell("container: {image: none, command: [x]}").plan, START)
    facts = run.advance([Refused(message="pvc create error: no", begun=begun)], START).events
    first = [("WorkflowRunning", "Workflow Running")] if begun else []
    assert [(fact.reason, fact.message) for fact in facts] == [*first, ("WorkflowFailed", "pvc create error: no")]


def test_the_deadline_is_told(tell: Tell) -> None:
    book = tell("container: {image: none, command: [x]}", spec="activeDeadlineSeconds: 5")
    book.advance(seconds=5)
    assert told(book)[0] == ("Warning", "WorkflowTimedOut", "Workflow timed out")
