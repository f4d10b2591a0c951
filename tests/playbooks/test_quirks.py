"""Choices about what Argo does by accident (``spec/engine.md`` 31.2) that no other playbook tells.

The others: Q1 case 44, Q3 ``test_lifecycle``, Q4 case 47, Q5 case 14, Q6 case 30, Q7 case 22, Q8 case 24, Q10
``test_references``, Q14 ``test_requests``, Q15-Q17 and Q20 ``test_locks``, Q18 ``tests/unit/core/template/test_cron.py``, Q25
``test_refusals``, Q27 ``test_lifecycle``.
"""

from __future__ import annotations

from typing import cast

import pytest

from tests.playbooks import story
from tests.playbooks.conftest import Tell
from tests.playbooks.test_locks import store
from tiphys.app.controller.capacities import WorkflowLimits
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus
from tiphys.testing.playbook import Playbook

ONE = "container: {image: a}"
BYE = "- name: bye\n  container: {image: a, command: [tell, '{{workflow.failures}}']}"


def flags(node: NodeStatus) -> tuple[bool, bool]:
    assert node.node_flag is not None
    return bool(node.node_flag.hooked), bool(node.node_flag.retried)


def message_of(book: Playbook, pod: str) -> str | None:
    inputs = book.node(pod).inputs
    assert inputs is not None
    return next(parameter.value for parameter in inputs.parameters or () if parameter.name == "m")


def test_q9_the_status_of_a_looping_step_is_that_of_its_group(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: each, template: echo, withItems: [u, v], continueOn: {failed: true}}
        - - {name: after, template: echo, arguments: {parameters: [{name: m, value: "{{steps.each.status}}"}]}}
        """
    )
    book.fail("each(0:u)")
    book.succeed("each(1:v)")
    assert message_of(book, "after") == "Succeeded"


def test_q11_attempts_of_an_exit_handler_are_attempts(tell: Tell) -> None:
    handler = "- name: bye\n  retryStrategy: {limit: 1}\n  container: {image: a}"
    book = tell("steps: [[{name: a, template: echo, hooks: {exit: {template: bye}}}]]", more=handler)
    book.succeed("a")
    book.fail("a.onExit(0)")
    book.succeed("a.onExit(1)")
    assert book.phase == "Succeeded"
    assert flags(book.node("a.onExit")) == (True, False)
    assert [flags(book.node(f"a.onExit({number})")) for number in (0, 1)] == [(False, True)] * 2


def test_q12_an_exit_handler_with_a_display_name_outlives_a_stop(tell: Tell) -> None:
    named = "metadata: {annotations: {workflows.argoproj.io/display-name: farewell}}"
    book = tell(
        "steps: [[{name: a, template: echo, hooks: {exit: {template: bye}}}, {name: b, template: echo}]]",
        more=f"- name: bye\n  {named}\n  container: {{image: a}}",
    )
    book.succeed("a")
    assert book.node("wf[0].a.onExit").display_name == "farewell"
    book.shut_down("Stop")
    assert book.node("b").phase == "Failed"
    book.succeed("farewell")
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Stop'")
    assert book.node("farewell").phase == "Succeeded"


@pytest.mark.parametrize(("status", "runs"), [("Succeeded", True), ("Failed", False)])
def test_q13_the_expression_of_the_workflows_exit_hook_counts(tell: Tell, status: str, runs: bool) -> None:
    hook = f"hooks: {{exit: {{template: echo, expression: \"workflow.status == '{status}'\"}}}}"
    book = tell(ONE, spec=hook)
    book.succeed("wf")
    assert ("wf.onExit" in book.nodes()) is runs
    assert book.phase == ("Running" if runs else "Succeeded")


def test_q23_no_failures_are_the_word_null_in_quotes(tell: Tell) -> None:
    book = tell(ONE, spec="onExit: bye", more=BYE)
    book.succeed("wf")
    assert book.main("wf.onExit")["command"] == ["tell", '"null"']


@pytest.mark.parametrize(
    "path", ["['a']['outputs']['res' + 'ult']", "['a'].outputs.result", ".a['outputs'].result", ".a.outputs?.result"]
)
def test_q26_a_result_that_is_named_by_an_expression_is_captured(tell: Tell, path: str) -> None:
    value = f"{{{{=steps{path}}}}}"
    book = tell(
        f"""
        steps:
        - - {{name: a, template: script}}
        - - {{name: b, template: echo, arguments: {{parameters: [{{name: m, value: "{value}"}}]}}}}
        """
    )
    book.succeed("a", result="seen")
    assert message_of(book, "b") == "seen"


def test_q28_hooks_know_their_step_by_its_name_whatever_is_displayed(tell: Tell) -> None:
    named = "metadata: {annotations: {workflows.argoproj.io/display-name: shown}}"
    book = tell(
        """
        steps:
        - - {name: a, template: named, hooks: {seen: {template: echo, expression: steps.a.status == "Succeeded"}}}
        """,
        more=f"- name: named\n  {named}\n  container: {{image: a}}",
    )
    assert book.node("wf[0].a").display_name == "shown"
    book.succeed("shown")
    assert book.node("wf[0].a.hooks.seen").phase == "Pending"


def test_q2_a_postponed_workflow_begins_as_any_other(restoring: bool) -> None:
    shared, limits = store(), WorkflowLimits(parallelism=1)
    fields = "entrypoint: main, activeDeadlineSeconds: 60, podMetadata: {labels: {a: b}}"
    text = f"spec: {{{fields}, templates: [{{name: main, {ONE}}}]}}"
    one, two = (
        Playbook(story.workflow(text), name=name, store=shared, limits=limits, restoring=restoring)
        for name in ("one", "two")
    )
    one.succeed("one")
    two.advance(seconds=100)
    assert (two.phase, two.started) == ("Running", ["two"])
    labels = [cast(JsonObject, book.pod(book.name).manifest["metadata"])["labels"] for book in (one, two)]
    assert [cast(JsonObject, each)["a"] for each in labels] == ["b", "b"]
    two.advance(seconds=59)
    assert two.phase == "Running"
    two.advance(seconds=2)
    assert two.phase == "Failed"


def test_q24_what_waits_for_a_lock_has_the_type_that_it_keeps(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: a, template: locked}, {name: b, template: locked}]]",
        spec="retryStrategy: {limit: 1}",
        more="- name: locked\n  synchronization: {mutexes: [{name: m}]}\n  container: {image: a}",
    )
    waiting = book.node("b")
    assert (waiting.phase, waiting.type) == ("Pending", "Retry")
    book.succeed("a(0)")
    book.fail("b(0)")
    book.succeed("b(1)")
    assert (book.phase, book.node("b").type) == ("Succeeded", "Retry")
