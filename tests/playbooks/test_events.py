"""What is told of a run (``spec/engine.md`` 29)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell
from tiphys.testing.playbook import Playbook


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


def test_the_deadline_is_told(tell: Tell) -> None:
    book = tell("container: {image: none, command: [x]}", spec="activeDeadlineSeconds: 5")
    book.advance(seconds=5)
    assert told(book)[0] == ("Warning", "WorkflowTimedOut", "Workflow timed out")
