"""Deadlines, shutdown, suspension, parallelism, exit handlers and hooks (``spec/engine.md`` 16-18, 23)."""

from __future__ import annotations

import json
from typing import cast

import pytest

from tests.playbooks import story
from tests.playbooks.conftest import Tell
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.testing.playbook import START

TWO = "steps:\n- - {name: a, template: echo}\n- - {name: b, template: echo}"


def test_the_workflows_deadline_fails_what_runs(tell: Tell) -> None:
    book = tell(TWO, spec="activeDeadlineSeconds: 30")
    assert (book.step.wake_at - START).total_seconds() == 30  # type: ignore[operator]
    book.advance(seconds=30)
    assert book.node("a").message == "Step exceeded its deadline"
    assert book.phase == "Failed"
    assert book.killed == [book.node("a").id]
    assert "wf[1]" not in book.phases()


def test_exit_handlers_are_exempt_from_the_deadline(tell: Tell) -> None:
    book = tell(TWO, spec="activeDeadlineSeconds: 30\nonExit: echo")
    book.advance(seconds=31)
    assert book.started == ["wf.onExit"]
    assert book.pod("wf.onExit").deadline is None
    book.advance(seconds=100)
    book.succeed("wf.onExit")
    assert book.phase == "Failed"


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [("activeDeadlineSeconds: 5", 5), ("timeout: 7s", 7), ("timeout: 20s\nactiveDeadlineSeconds: 5", 5)],
)
def test_a_templates_deadline_goes_to_the_runtime(tell: Tell, fields: str, seconds: int) -> None:
    book = tell(f"{fields}\ncontainer: {{image: alpine, command: [sleep]}}")
    deadline = book.pod("wf").deadline
    assert deadline is not None
    assert (deadline - START).total_seconds() == seconds


@pytest.mark.parametrize(
    ("workflow", "fields", "seconds"),
    [
        ("", "", None),
        ("", "activeDeadlineSeconds: 5", 5),
        ("", 'activeDeadlineSeconds: "5"', 5),
        ("", "timeout: 1500ms", 2),
        ("", "activeDeadlineSeconds: 0", 1),
        ("activeDeadlineSeconds: 30", "", 30),
        ("activeDeadlineSeconds: 30", "activeDeadlineSeconds: 40", 30),
        ("activeDeadlineSeconds: 30", "timeout: 20s", 20),
        ("", "activeDeadlineSeconds: 5\npodSpecPatch: '{activeDeadlineSeconds: 3}'", 3),
    ],
)
def test_the_pods_manifest_says_how_long_it_may_be_active(
    tell: Tell, workflow: str, fields: str, seconds: int | None
) -> None:
    book = tell(f"{fields}\ncontainer: {{image: alpine, command: [sleep]}}", spec=workflow)
    spec = cast(JsonObject, book.pod("wf").manifest["spec"])
    assert spec.get("activeDeadlineSeconds") == seconds


def test_a_later_pods_manifest_says_what_is_left_of_the_workflows_time(tell: Tell) -> None:
    book = tell(TWO, spec="activeDeadlineSeconds: 30\nonExit: echo")
    book.advance(seconds=12)
    book.succeed("a")
    assert cast(JsonObject, book.pod("b").manifest["spec"])["activeDeadlineSeconds"] == 18
    book.succeed("b")
    assert "activeDeadlineSeconds" not in cast(JsonObject, book.pod("wf.onExit").manifest["spec"])


def test_stop_runs_the_exit_handler(tell: Tell) -> None:
    book = tell(TWO, spec="onExit: echo")
    book.shut_down("Stop")
    assert book.node("a").message == "workflow shutdown with strategy:  Stop"
    assert book.started == ["wf.onExit"]
    book.succeed("wf.onExit")
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_terminate_does_not(tell: Tell) -> None:
    book = tell(TWO, spec="onExit: echo")
    book.shut_down("Terminate")
    assert (book.phase, book.message) == ("Failed", "Stopped with strategy 'Terminate'")
    assert "wf.onExit" not in book.phases()


def test_terminate_ends_a_running_exit_handler(tell: Tell) -> None:
    book = tell(TWO, spec="onExit: echo")
    book.shut_down("Stop")
    book.shut_down("Terminate")
    assert (book.phase, book.node("wf.onExit").phase) == ("Failed", "Failed")


def test_suspend_for_a_while(tell: Tell) -> None:
    book = tell('steps:\n- - {name: wait, inline: {suspend: {duration: "20"}}}\n- - {name: b, template: echo}')
    assert (book.node("wait").type, book.node("wait").phase) == ("Suspend", "Running")
    book.advance(seconds=19)
    assert book.started == []
    book.advance(seconds=1)
    assert (book.node("wait").phase, book.started) == ("Succeeded", ["b"])


def test_resuming_by_hand(tell: Tell) -> None:
    book = tell("steps:\n- - {name: wait, inline: {suspend: {}}}\n- - {name: b, template: echo}")
    assert book.step.wake_at is None
    book.suspend(on=False)
    assert book.started == ["b"]


def test_supplied_outputs_without_default_fail_at_the_end(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: wait
            inline:
              suspend: {duration: "10"}
              outputs: {parameters: [{name: p, valueFrom: {supplied: {}}}]}
        """
    )
    book.advance(seconds=10)
    text = "raw output parameter 'p' has not been set and does not have a default value"
    assert (book.node("wait").phase, book.node("wait").message) == ("Error", text)
    assert book.message == f"step group deemed errored due to child wf[0].wait error: {text}"


def test_a_suspended_workflow_starts_nothing_new(tell: Tell) -> None:
    book = tell(TWO)
    book.suspend(on=True)
    book.succeed("a")
    assert (book.phase, book.started) == ("Running", [])
    book.suspend(on=False)
    assert book.started == ["b"]


def test_parallelism_of_the_workflow(tell: Tell) -> None:
    book = tell("steps:\n- - {name: s, template: echo, withItems: [a, b, c, d]}", spec="parallelism: 2")
    assert book.started == ["s(0:a)", "s(1:b)"]
    assert len(book.phases()) == 4
    book.succeed("s(1:b)")
    assert book.started == ["s(0:a)", "s(2:c)"]
    book.succeed("s(0:a)", "s(2:c)")
    book.succeed("s(3:d)")
    assert book.phase == "Succeeded"


def test_parallelism_of_a_template(tell: Tell) -> None:
    book = tell("parallelism: 1\nsteps:\n- - {name: s, template: echo, withItems: [a, b]}")
    assert book.started == ["s(0:a)"]
    book.fail("s(0:a)")
    assert book.started == ["s(1:b)"]
    book.succeed("s(1:b)")
    assert book.phase == "Failed"


def test_parallelism_counts_retried_attempts(tell: Tell) -> None:
    leaf = "inline: {retryStrategy: {limit: 1}, container: {image: a, command: [b]}}"
    book = tell(f"parallelism: 1\nsteps:\n- - {{name: a, {leaf}}}\n  - {{name: b, {leaf}}}")
    assert book.started == ["a(0)"]
    book.fail("a(0)")
    assert len(book.started) == 1
    while book.started:
        book.succeed(book.started[0])
    assert book.phase == "Succeeded"


def test_fail_fast_refuses_new_children(tell: Tell) -> None:
    book = tell("parallelism: 1\nfailFast: true\nsteps:\n- - {name: s, template: echo, withItems: [a, b, c]}")
    book.fail("s(0:a)")
    assert book.phase == "Failed"
    assert book.message == "template has failed or errored children and failFast enabled"
    assert "wf[0].s(1:b)" not in book.phases()


def test_stopping_starts_nothing_of_what_waits(tell: Tell) -> None:
    book = tell("steps:\n- - {name: s, template: echo, withItems: [a, b, c]}", spec="parallelism: 1")
    book.shut_down("Stop")
    assert book.phase == "Failed"
    assert book.running == {}


def test_the_exit_handler_knows_how_it_ended(tell: Tell) -> None:
    leaf = 'container: {image: a, command: ["{{workflow.status}}", "{{workflow.failures}}"]}'
    book = story.play(
        f"""
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {{name: hello}}
spec:
  entrypoint: main
  onExit: bye
  templates:
  - name: main
    steps: [[{{name: a, template: echo}}]]
  - name: bye
    {leaf}
"""
    )
    book.fail("a")
    command = book.main("hello.onExit")["command"]
    assert isinstance(command, list)
    assert command[0] == "Failed"
    failures = json.loads(json.loads(command[1]))
    assert {"a", "[0]", "hello"} == {failure["displayName"] for failure in failures}
    node = book.node("hello.onExit")
    assert (node.id, node.display_name, node.boundary_id) == ("hello-3061418610", "hello.onExit", None)
    assert node.node_flag is not None
    assert node.node_flag.hooked
    assert all("hello-3061418610" not in (other.children or ()) for other in book.nodes().values())


def test_a_failing_exit_handler_fails_a_good_workflow(tell: Tell) -> None:
    book = tell(TWO, spec="onExit: echo")
    book.succeed("a")
    book.succeed("b")
    assert book.phase == "Running"
    book.fail("wf.onExit")
    assert (book.phase, book.message) == ("Failed", "main: Error (exit code 1)")


def test_a_steps_exit_handler_runs_before_the_next_group(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: a
            template: script
            hooks: {exit: {template: echo, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.result}} {{steps.a.status}}"}]}}}
          - {name: skipped, template: echo, when: "false", hooks: {exit: {template: echo}}}
        - - {name: b, template: echo}
        """
    )
    book.succeed("a", result="r")
    assert book.started == ["a.onExit"]
    assert book.main("a.onExit")["command"] == ["echo", "r Succeeded"]
    book.fail("a.onExit")
    assert book.started == ["b"]
    book.succeed("b")
    assert book.phase == "Succeeded"
    assert "wf[0].skipped.onExit" not in book.phases()


def test_hooks_of_a_task(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - name: A
            template: echo
            hooks:
              started: {expression: 'tasks.A.status == "Running"', template: echo}
              exit: {template: echo}
          - {name: B, depends: A, template: echo}
        """,
        name="dx",
    )
    book.begin("A")
    assert book.started == ["A", "A.hooks.started"]
    assert book.node("dx.A.hooks.started").id == "dx-2710840189"
    book.succeed("A")
    assert book.started == ["A.hooks.started"]
    book.succeed("A.hooks.started")
    assert book.started == ["A.onExit"]
    assert book.node("dx.A.onExit").id == "dx-2042425431"
    book.succeed("A.onExit")
    assert book.started == ["B"]
    assert book.node("dx.B").id == "dx-236313981"
    book.succeed("B")
    assert book.phase == "Succeeded"


def test_a_workflow_hook(tell: Tell) -> None:
    book = tell(TWO, spec='hooks: {running: {expression: workflow.status == "Running", template: echo}}', name="hello")
    assert book.node("hello.hooks.running").id == "hello-2874907540"
    assert "hello-2874907540" in (book.node("hello").children or ())
    book.succeed("a")
    book.succeed("b")
    assert book.phase == "Running"
    book.fail("hello.hooks.running")
    assert book.phase == "Succeeded"


def test_recursion_ends(tell: Tell) -> None:
    book = tell("steps:\n- - {name: again, template: main}")
    assert book.phase == "Failed"
    deepest = max(book.nodes().values(), key=lambda node: len(node.name or ""))
    assert (deepest.message or "").startswith("Maximum recursion depth exceeded.")


def test_an_unknown_template_is_an_error_of_the_step(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: nope}")
    assert book.node("a").message == "template nope not found"
    assert book.message == "step group deemed errored due to child wf[0].a error: template nope not found"


def test_global_outputs_reach_other_templates(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: make
            inline:
              outputs: {parameters: [{name: p, globalName: g, valueFrom: {path: /tmp/p}}]}
              container: {image: a, command: [b]}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{workflow.outputs.parameters.g}}"}]}}
        """
    )
    book.succeed("make", parameters={"p": "v"})
    assert book.main("use")["command"] == ["echo", "v"]
    assert book.workflow.parameters == (("g", "v"),)


def test_a_hook_that_waits_for_running_fires_however_fast_the_pod_is(tell: Tell) -> None:
    hooks = "hooks: {running: {expression: 'workflow.status == \"Running\"', template: echo}}"
    book = tell("container: {image: a}", spec=hooks)
    book.succeed("wf")
    assert book.started == ["wf.hooks.running"]
    book.succeed("wf.hooks.running")
    assert book.phase == "Succeeded"


def test_a_hook_of_a_step_that_is_itself_steps_sees_it_running(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: inner
            inline: {steps: [[{name: x, template: echo}]]}
            hooks: {running: {expression: 'steps.inner.status == "Running"', template: echo}}
        """
    )
    assert sorted(book.started) == ["inner.hooks.running", "x"]


def test_literal_outputs_of_a_pod_are_its_outputs(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: says}
        - - {name: b, template: echo, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.parameters.who}}"}]}}
        """,
        more="- {name: says, container: {image: a}, outputs: {parameters: [{name: who, value: 'I am {{pod.name}}'}]}}",
    )
    book.succeed("a")
    assert book.main("b")["command"] == ["echo", f"I am {book.pod('a').pod_name}"]


def test_a_stopped_dag_is_failed_whatever_its_tasks_were(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: a, template: echo}, {name: b, template: echo}]}")
    book.lose("a")
    book.shut_down("Stop")
    assert (book.node("wf").phase, book.phase, book.message) == ("Failed", "Failed", "Stopped with strategy 'Stop'")
    goes_on = "continueOn: {failed: true}"
    book = tell(f"dag: {{tasks: [{{name: a, template: echo, {goes_on}}}]}}")
    book.shut_down("Terminate")
    assert (book.node("wf").phase, book.phase) == ("Failed", "Failed")


def test_choices_of_an_input_are_offered_by_a_suspend_node(tell: Tell) -> None:
    more = """
    - name: ask
      inputs: {parameters: [{name: p}, {name: q, default: b}]}
      suspend: {}
    """
    value = 'value: \'{"enum": ["a", 2, true]}\''
    given = f"arguments: {{parameters: [{{name: p, {value}}}, {{name: q, {value}}}]}}"
    book = tell(f"steps: [[{{name: s, template: ask, {given}}}]]", more=more)
    inputs = book.node("s").inputs
    assert inputs is not None
    assert [(p.enum, p.default) for p in inputs.parameters or ()] == [
        (("a", "2", "true"), "a"),
        (("a", "2", "true"), "b"),
    ]


def test_hooks_of_the_workflow_know_its_failures(tell: Tell) -> None:
    arguments = "arguments: {parameters: [{name: m, value: '{{workflow.status}} {{workflow.failures}}'}]}"
    on_failure = 'expression: workflow.status == "Failed" && workflow.failures contains "displayName"'
    book = tell(
        "container: {image: a}",
        spec=f"""
        hooks:
          failed:
            {on_failure}
            template: echo
            {arguments}
          running:
            expression: workflow.status == "Running"
            template: echo
            {arguments}
        """,
    )
    book.begin("wf")
    assert book.main("wf.hooks.running")["command"] == ["echo", 'Running "null"']
    book.fail("wf")
    command = cast("list[str]", book.main("wf.hooks.failed")["command"])
    status, _, text = command[1].partition(" ")
    assert status == "Failed"
    assert [each["displayName"] for each in json.loads(json.loads(text))] == ["wf"]


def test_failures_are_written_as_argo_s_encoder_writes_them(tell: Tell) -> None:
    arguments = "arguments: {parameters: [{name: m, value: '{{workflow.failures}}'}]}"
    book = tell("container: {image: a}", spec=f"hooks: {{exit: {{template: echo, {arguments}}}}}")
    book.report("wf", "Failed", message="1 < 2 & \t")
    command = cast("list[str]", book.main("wf.onExit")["command"])
    assert r"""\"message\":\"1 \\u003c 2 \\u0026 \\t\"""" in command[1]
