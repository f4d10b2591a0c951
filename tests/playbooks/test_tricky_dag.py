"""Cases 28 to 39 of ``spec/engine.md`` 32: DAGs."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.testing.playbook import Playbook


def tasks(tell: Tell, *lines: str, more: str = "", fields: str = "") -> Playbook:
    text = "\n".join(f"  - {line}" for line in lines)
    return tell(f"dag:\n{fields}  tasks:\n{text}", more=more)


def test_case_28_continuing_on_failure_is_part_of_the_dependency(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: A, template: echo, continueOn: {failed: true}}",
        "{name: B, template: echo, dependencies: [A]}",
    )
    book.fail("A")
    assert book.started == ["B"]
    book.succeed("B")
    assert book.phase == "Succeeded"


def test_case_29_a_dependency_on_a_failure_that_does_not_come(tell: Tell) -> None:
    book = tasks(tell, "{name: A, template: echo}", "{name: B, template: echo, depends: A.Failed}")
    book.succeed("A")
    node = book.node("B")
    assert (node.type, node.phase, node.message) == ("Skipped", "Omitted", "omitted: depends condition not met")
    assert (book.node("wf").phase, book.phase) == ("Succeeded", "Succeeded")


def test_case_30_what_follows_a_failure_is_omitted(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: A, template: echo}",
        "{name: B, template: echo, depends: A}",
        "{name: C, template: echo, depends: B}",
    )
    book.fail("A")
    assert (book.node("B").phase, book.node("C").phase) == ("Omitted", "Omitted")
    assert (book.node("wf").phase, book.node("wf").message, book.phase, book.message) == ("Failed", None, "Failed", "")


@pytest.mark.parametrize("fail_fast", ["true", "false"])
def test_case_31_an_independent_branch_goes_on(tell: Tell, fail_fast: str) -> None:
    book = tasks(
        tell,
        "{name: X, template: echo}",
        "{name: Y1, template: echo}",
        "{name: Y2, template: echo, depends: Y1}",
        fields=f"  failFast: {fail_fast}\n",
    )
    book.fail("X")
    book.succeed("Y1")
    assert (book.started, book.node("wf").phase) == (["Y2"], "Running")
    book.succeed("Y2")
    assert (book.node("wf").phase, book.phase) == ("Failed", "Failed")


def loop_of_two(tell: Tell, depends: str) -> Playbook:
    return tasks(
        tell, "{name: loop, template: echo, withItems: [1, 2]}", f"{{name: B, template: echo, depends: {depends}}}"
    )


def test_case_32_all_failed(tell: Tell) -> None:
    book = loop_of_two(tell, "loop.AllFailed")
    book.fail("loop(0:1)")
    book.fail("loop(1:2)")
    assert book.started == ["B"]
    book = loop_of_two(tell, "loop.AllFailed")
    book.fail("loop(0:1)")
    book.lose("loop(1:2)")
    assert (book.started, book.node("B").phase) == ([], "Omitted")


def test_case_33_any_succeeded(tell: Tell) -> None:
    book = loop_of_two(tell, "loop.AnySucceeded")
    book.fail("loop(0:1)")
    book.succeed("loop(1:2)")
    assert (book.node("loop").phase, book.started) == ("Failed", ["B"])


def test_case_34_a_dependent_waits_for_the_hooks(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: A, template: echo, hooks: {started: {expression: 'tasks.A.status == \"Running\"', template: echo}}}",
        "{name: B, template: echo, depends: A}",
    )
    book.begin("A")
    book.succeed("A")
    assert book.started == ["A.hooks.started"]
    book.succeed("A.hooks.started")
    assert book.started == ["B"]


def test_case_35_dashes_in_names(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: my-task, template: echo}",
        "{name: other-task, template: echo}",
        "{name: last, template: echo, depends: 'my-task.Succeeded && !other-task.Skipped'}",
    )
    book.succeed("my-task", "other-task")
    assert book.started == ["last"]


def test_case_37_targets(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: A, template: echo}",
        "{name: B, template: echo, depends: A}",
        "{name: C, template: echo, depends: A}",
        "{name: D, template: echo}",
        "{name: E, template: echo, depends: D}",
        fields='  target: "B D"\n',
    )
    book.succeed("A", "D")
    book.succeed("B")
    assert set(book.phases()) == {"wf", "wf.A", "wf.B", "wf.D"}
    assert book.phase == "Succeeded"


def test_case_38_an_ancestor_may_be_read(tell: Tell) -> None:
    book = tasks(
        tell,
        "{name: A, template: script}",
        "{name: B, template: echo, depends: A}",
        "{name: C, template: echo, depends: B, arguments: {parameters: [{name: m, value: '{{tasks.A.outputs.result}}'}]}}",
    )
    book.succeed("A", result="far")
    book.succeed("B")
    assert book.main("C")["command"] == ["echo", "far"]


#: What Argo hears from the API server is decided here when the pod is made.
BAD = "- {name: bad, container: {image: a, command: [x], volumeMounts: [{name: none, mountPath: /x}]}}"
REFUSAL = "volume 'none' not found in workflow spec"


def test_case_39_a_task_whose_pod_is_refused(tell: Tell) -> None:
    book = tasks(tell, "{name: X, template: bad}", more=BAD)
    assert (book.node("X").phase, book.node("X").message) == ("Error", f"task 'wf.X' errored: {REFUSAL}")
    assert (book.node("wf").phase, book.node("wf").message, book.phase, book.message) == ("Error", None, "Error", "")


def test_case_39_a_step_whose_pod_is_refused(tell: Tell) -> None:
    book = tell("steps: [[{name: X, template: bad}]]", more=BAD)
    text = f"step group deemed errored due to child wf[0].X error: {REFUSAL}"
    assert (book.node("wf[0]").phase, book.node("wf[0]").message) == ("Error", text)
    assert (book.node("wf").phase, book.phase, book.message) == ("Failed", "Failed", text)
