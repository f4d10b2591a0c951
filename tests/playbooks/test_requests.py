"""Stop, terminate, suspend, resume and set, with and without selectors (``spec/engine.md`` 16, 18)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.core.engine.events import (
    NodesResumed,
    NodesSet,
    NodesStopped,
    Request,
    ShutdownRequested,
    SuspendChanged,
)
from tiphys.testing.playbook import Playbook

GATES = """
steps:
- - name: one
    inline:
      suspend: {}
      outputs: {parameters: [{name: who, valueFrom: {supplied: {}}}, {name: why, valueFrom: {supplied: {}, default: d}}]}
  - {name: two, inline: {suspend: {}}}
- - {name: b, template: echo, arguments: {parameters: [{name: m, value: "{{steps.one.outputs.parameters.who}}"}]}}
"""
MISSING = "raw output parameter 'who' has not been set and does not have a default value"
NO_MATCH = "currently, set only targets suspend nodes: no suspend nodes matching nodeFieldSelector: "


def ask(book: Playbook, request: Request) -> str | None:
    """Give a request to the run unless it is refused; the refusal."""
    refused = book.run.refusal(request)
    if refused is None:
        book.advance(request)
    return refused


def test_set_then_resume(tell: Tell) -> None:
    book = tell(GATES)
    assert ask(book, SuspendChanged(False)) == MISSING
    assert book.node("two").phase == "Running"
    assert ask(book, NodesSet(selector="displayName=one", message="m", parameters=(("who", "zoe"),))) is None
    assert (book.node("one").phase, book.node("one").message) == ("Running", "m")
    assert ask(book, SuspendChanged(False, "Resumed by: map[User:zoe]")) is None
    one = book.node("one")
    assert (one.phase, one.message) == ("Succeeded", "m; Resumed by: map[User:zoe]")
    assert one.outputs is not None
    assert [(p.name, p.value, p.value_from) for p in one.outputs.parameters or ()] == [
        ("who", "zoe", None),
        ("why", "d", None),
    ]
    assert book.main("b")["command"] == ["echo", "zoe"]


def test_resume_with_a_selector_takes_defaults_and_leaves_the_rest(tell: Tell) -> None:
    book = tell(GATES)
    assert ask(book, NodesResumed("displayName=one")) == MISSING
    assert ask(book, NodesResumed("displayName=two", "go")) is None
    assert (book.node("two").phase, book.node("two").message, book.node("one").phase) == ("Succeeded", "go", "Running")


@pytest.mark.parametrize("phase", ["Succeeded", "Failed", "Error"])
def test_set_a_phase(tell: Tell, phase: str) -> None:
    book = tell("steps:\n- - {name: one, inline: {suspend: {}}}")
    assert ask(book, NodesSet(selector="phase=Running", phase=phase, message="so")) is None
    assert (book.node("one").phase, book.node("one").message) == (phase, "so")
    assert book.phase == ("Succeeded" if phase == "Succeeded" else "Failed")


def test_stop_with_a_selector_fails_the_nodes_only(tell: Tell) -> None:
    book = tell(GATES, spec="onExit: echo")
    assert ask(book, NodesStopped("displayName=two", "rejected")) is None
    assert (book.node("two").phase, book.node("two").message) == ("Failed", "rejected")
    assert book.workflow.shutdown == ""
    assert ask(book, NodesSet(selector="displayName=one", phase="Succeeded", parameters=(("who", "x"),))) is None
    assert book.started == ["wf.onExit"]
    book.succeed("wf.onExit")
    assert (book.phase, book.message) == ("Failed", f"child '{book.node('two').id}' failed")


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (NodesSet(selector=""), "'set' currently only targets suspend nodes, use a node field selector to target them"),
        (NodesSet(selector="displayName=b"), NO_MATCH + "displayName=b"),
        (NodesStopped("displayName=b"), NO_MATCH + "displayName=b"),
        (NodesResumed("displayName=b"), NO_MATCH + "displayName=b"),
        (NodesSet(selector="displayName=one", phase="Omitted"), "Omitted is an invalid phase to set to"),
        (
            NodesSet(selector="displayName=two", parameters=(("x", "1"),)),
            "cannot set output parameters because node is not expecting any raw parameters",
        ),
        (
            NodesSet(selector="displayName=one", parameters=(("x", "1"),)),
            "node is not expecting output parameter 'x'",
        ),
        (NodesResumed("nonsense"), None),
    ],
)
def test_refusals(tell: Tell, request_: Request, text: str | None) -> None:
    book = tell(GATES)
    before = dict(book.phases())
    refused = ask(book, request_)
    assert refused == text if text else (refused or "").startswith("unable to parse node field selector 'nonsense': ")
    assert book.phases() == before


def test_a_parameter_is_set_once(tell: Tell) -> None:
    book = tell(GATES)
    values = NodesSet(selector="displayName=one", parameters=(("who", "zoe"),))
    assert ask(book, values) is None
    again = "cannot set output parameter 'who' because it does not use valueFrom.raw or it was already set"
    assert ask(book, values) == again


def test_setting_exports_a_global_name_at_once(tell: Tell) -> None:
    book = tell(
        "suspend: {}\noutputs: {parameters: [{name: p, globalName: g, valueFrom: {supplied: {}}}]}",
    )
    ask(book, NodesSet(selector="id=wf", parameters=(("p", "1"),)))
    assert book.workflow.parameters == (("g", "1"),)


def test_suspending_starts_nothing_new(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}\n- - {name: b, template: echo}")
    assert ask(book, SuspendChanged(True)) is None
    book.succeed("a")
    assert (book.started, book.run.resting) == ([], True)
    assert ask(book, SuspendChanged(False)) is None
    assert (book.started, book.run.resting) == (["b"], False)


def test_stopping_a_suspended_workflow_ends_it(tell: Tell) -> None:
    book = tell(GATES, spec="onExit: echo")
    ask(book, SuspendChanged(True))
    assert ask(book, ShutdownRequested("Stop")) is None
    assert book.node("one").message == "Stopped with strategy 'Stop'"
    assert book.started == ["wf.onExit"]


def test_a_finished_workflow_refuses(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}")
    book.succeed("a")
    text = 'cannot shutdown a completed workflow: workflow: "wf", namespace: "default"'
    assert ask(book, ShutdownRequested("Stop")) == text
    assert ask(book, ShutdownRequested("Terminate")) == text
    assert ask(book, SuspendChanged(True)) == "cannot suspend completed workflows"
    assert ask(book, SuspendChanged(False)) is None
    assert ask(book, NodesSet(selector="displayName=a", phase="Failed")) == NO_MATCH + "displayName=a"
    assert book.phase == "Succeeded"


def test_only_waiting_for_people_is_rest(tell: Tell) -> None:
    assert tell(GATES).run.resting
    assert not tell(GATES, spec="activeDeadlineSeconds: 10").run.resting
    assert not tell('suspend: {duration: "5"}').run.resting
    assert not tell("steps:\n- - {name: a, template: echo}\n  - {name: g, inline: {suspend: {}}}").run.resting
