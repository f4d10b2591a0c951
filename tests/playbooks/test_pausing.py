"""Failed pods that wait until somebody has looked (``--pause-on-failure``)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import NodesResumed, NodesSet, NodesStopped, Request, ShutdownRequested, SuspendChanged
from tiphys.testing.playbook import Playbook

STEPS = """
steps:
- - {name: a, template: echo, arguments: {parameters: [{name: m, value: one}]}}
- - {name: b, template: echo, arguments: {parameters: [{name: m, value: two}]}}
"""
#: Goes into the braces of the metadata behind the name.
PAUSES = "wf, annotations: {tiphys.dev/pause-on-failure: 'true'}"
FAILURE = "main: Error (exit code 3)"


def paused(tell: Tell) -> Playbook:
    book = tell(STEPS, name=PAUSES)
    book.begin("a")
    book.fail("a", exit_code=3)
    return book


def ask(book: Playbook, request: Request) -> str | None:
    refused = book.run.refusal(request)
    if refused is None:
        book.advance(request)
    return refused


def test_a_failed_pod_waits_and_nothing_goes_on(tell: Tell) -> None:
    book = paused(tell)
    node = book.node("a")
    assert (node.phase, node.message) == ("Running", f"paused after failure: {FAILURE}")
    assert node.finished_at is None
    assert book.workflow.phase == "Running"
    assert book.run.resting


@pytest.mark.parametrize("request_", [SuspendChanged(False), NodesResumed("displayName=a")])
def test_resume_lets_it_fail_as_it_would_have(tell: Tell, request_: Request) -> None:
    book = paused(tell)
    assert ask(book, request_) is None
    node = book.node("a")
    assert (node.phase, node.message) == ("Failed", FAILURE)
    assert node.outputs is not None
    assert node.outputs.exit_code == "3"
    assert book.workflow.phase == "Failed"


def test_set_can_call_it_a_success(tell: Tell) -> None:
    book = paused(tell)
    assert ask(book, NodesSet(selector="displayName=a", message="looked at it")) is None
    assert book.node("a").phase == "Running"
    assert ask(book, NodesSet(selector="displayName=a", phase="Succeeded", message="mended by hand")) is None
    assert (book.node("a").phase, book.node("a").message) == ("Succeeded", "mended by hand")
    book.succeed("b")
    assert book.workflow.phase == "Succeeded"


def test_stop_with_a_selector_fails_it(tell: Tell) -> None:
    book = paused(tell)
    assert ask(book, NodesStopped("displayName=a", "enough")) is None
    assert (book.node("a").phase, book.node("a").message) == ("Failed", "enough")


@pytest.mark.parametrize("strategy", ["Stop", "Terminate"])
def test_a_shutdown_does_not_wait_for_it(tell: Tell, strategy: str) -> None:
    book = paused(tell)
    book.advance(ShutdownRequested(strategy))
    assert book.node("a").phase == "Failed"
    assert book.workflow.phase == "Failed"


def test_a_success_and_other_workflows_do_not_wait(tell: Tell) -> None:
    book = tell(STEPS, name=PAUSES)
    book.succeed("a")
    assert book.node("a").phase == "Succeeded"
    plain = tell(STEPS)
    plain.fail("a", exit_code=3)
    assert plain.workflow.phase == "Failed"
