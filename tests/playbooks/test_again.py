"""The pod of a node that is over, once more: ``tiphys replay NAME NODE --set``."""

from __future__ import annotations

from typing import cast

import pytest
from msgspec.structs import replace

from tests.playbooks.conftest import Tell
from tiphys.core.engine.again import pod_again
from tiphys.core.engine.commands import StartPod
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.testing.playbook import Playbook

ONE = "arguments: {parameters: [{name: m, value: one}]}"
STORIES = {
    "steps": f"""
steps:
- - {{name: a, template: echo, {ONE}}}
  - {{name: b, template: script}}
- - name: c
    template: echo
    arguments: {{parameters: [{{name: m, value: "{{{{steps.b.outputs.result}}}}"}}]}}
""",
    "loop": """
steps:
- - name: a
    template: echo
    arguments: {parameters: [{name: m, value: "{{item}}"}]}
    withItems: [x, y]
- - {name: b, template: script}
""",
    "dag": f"""
dag:
  tasks:
  - {{name: a, template: echo, {ONE}}}
  - {{name: b, template: again, {ONE}, depends: a}}
  - {{name: c, template: inner, depends: b}}
""",
    "hooks": f"""
steps:
- - name: a
    template: echo
    {ONE}
    hooks:
      exit: {{template: echo}}
      running: {{template: echo, expression: 'steps["a"].status == "Running"'}}
""",
    "lock": """
inputs: {parameters: [{name: m, value: own}]}
synchronization: {mutexes: [{name: l}]}
memoize: {key: k, cache: {configMap: {name: c}}}
container: {image: alpine, command: ["{{inputs.parameters.m}}", "{{pod.name}}", "{{workflow.name}}"]}
""",
}
MORE = """
- name: again
  inputs: {parameters: [{name: m}]}
  retryStrategy: {limit: 2}
  container: {image: alpine, command: ["{{inputs.parameters.m}}", "{{retries}}"]}
- name: inner
  steps:
  - - {name: z, template: echo}
"""


def over(tell: Tell, body: str) -> tuple[Playbook, list[StartPod]]:
    """A run that is over, whose attempts of ``b`` failed once, and what started its pods."""
    book = tell(body, spec="onExit: echo", more=MORE)
    failed: set[str] = set()
    while book.running:
        command = next(iter(book.running.values()))
        book.begin(command.node_name)
        if command.node_name.endswith("b(0)"):
            failed.add(command.node_name)
            book.fail(command.node_name)
        else:
            book.succeed(command.node_name, result="said")
    assert book.workflow.phase == "Succeeded"
    return book, [command for command in book.commands if isinstance(command, StartPod)]


def again(book: Playbook, command: StartPod, **parameters: str) -> StartPod:
    rows = list(book.rows.values())
    return pod_again(book.plan, book.workflow, rows, command.node_name, parameters, book.now)


@pytest.mark.parametrize("name", STORIES)
def test_every_pod_is_made_as_it_was(tell: Tell, name: str) -> None:
    book, commands = over(tell, STORIES[name])
    assert commands
    for command in commands:
        assert replace(again(book, command), deadline=None) == replace(command, deadline=None)


@pytest.mark.parametrize("name", STORIES)
def test_inputs_may_have_other_values(tell: Tell, name: str) -> None:
    book, commands = over(tell, STORIES[name])
    rows, workflow = dict(book.rows), book.workflow
    changed = 0
    for command in commands:
        if book.rows[command.node_name].status.inputs is not None:
            made = again(book, command, m="quite-another")
            assert "quite-another" in str(made.manifest["spec"]) and made.node_id == command.node_id
            changed += 1
    assert changed and (book.rows, book.workflow) == (rows, workflow)


def test_an_input_that_there_is_not_is_refused(tell: Tell) -> None:
    book, commands = over(tell, STORIES["steps"])
    with pytest.raises(ValueError, match=r"wf\[0\].a has no input parameter 'n': it has m"):
        again(book, commands[0], n="1")


@pytest.mark.parametrize(
    ("workflow", "fields"),
    [("", "timeout: 30s"), ("", "activeDeadlineSeconds: 30"), ("activeDeadlineSeconds: 30", "")],
)
def test_time_limits_count_from_the_new_beginning(tell: Tell, workflow: str, fields: str) -> None:
    inputs = "inputs: {parameters: [{name: m, value: x}]}"
    book = tell(f"{fields}\n{inputs}\ncontainer: {{image: none, command: [x]}}", spec=workflow)
    command = next(iter(book.running.values()))
    book.advance(seconds=10)
    book.succeed(command.node_name)
    book.advance(seconds=3600)
    made = again(book, command, m="y")
    assert made.deadline is not None and (made.deadline - book.now).total_seconds() == 30
    assert cast(JsonObject, made.manifest["spec"])["activeDeadlineSeconds"] == 30
