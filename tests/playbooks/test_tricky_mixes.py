"""Situations in which several features meet: stops with handlers, loops with conditions, retries that are forgiven."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell

LEAVES = """
- {name: wait, suspend: {}}
- {name: ask, http: {url: "http://x"}}
- {name: stubborn, retryStrategy: {limit: 1}, container: {image: a}}
- name: nested
  steps: [[{name: x, template: echo, hooks: {exit: {template: echo}}}]]
- name: made
  inputs: {parameters: [{name: i, default: none}]}
  outputs: {parameters: [{name: p, globalName: "p-{{inputs.parameters.i}}", valueFrom: {path: /p}}]}
  container: {image: a}
- name: set
  containerSet: {containers: [{name: a, image: x}, {name: b, image: x, dependencies: [a]}]}
- {name: server, daemon: true, container: {image: a}}
"""
STOPPED = "Stopped with strategy 'Stop'"
KILLED = "workflow shutdown with strategy:  Stop"


def test_a_stop_ends_every_kind_of_node_and_runs_every_exit_handler(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: pod, template: echo, hooks: {exit: {template: echo}}}
          - {name: ask, template: ask}
          - {name: wait, template: wait}
          - {name: again, template: stubborn}
          - {name: below, template: nested}
          - {name: set, template: set}
        """,
        spec="onExit: echo",
        more=LEAVES,
    )
    book.shut_down("Stop")
    messages = {name: book.node(name).message for name in ("pod", "ask", "wait", "again", "again(0)", "x", "set", "b")}
    assert messages == {
        "pod": KILLED, "ask": STOPPED, "wait": STOPPED, "again": STOPPED, "again(0)": KILLED, "x": KILLED,
        "set": KILLED, "b": KILLED,
    }  # fmt: skip
    assert sorted(book.started) == ["pod.onExit", "x.onExit"]
    book.succeed("pod.onExit", "x.onExit")
    assert book.started == ["wf.onExit"]
    book.succeed("wf.onExit")
    assert (book.phase, book.message, book.node("wf").phase) == ("Failed", STOPPED, "Failed")


@pytest.mark.parametrize(("strategy", "phase"), [("Stop", "Succeeded"), ("Terminate", "Failed")])
def test_a_stop_while_the_exit_handler_runs_leaves_it_but_terminate_does_not(
    tell: Tell, strategy: str, phase: str
) -> None:
    book = tell(
        "container: {image: a}",
        spec="onExit: clean",
        more="- {name: clean, steps: [[{name: x, template: echo}], [{name: z, template: echo}]]}",
    )
    book.succeed("wf")
    book.begin("x")
    book.shut_down(strategy)
    while book.started:
        book.succeed(*book.started)
    assert (book.phase, book.node("wf").phase) == (phase, "Succeeded")
    assert ("z" in {node.display_name for node in book.nodes().values()}) == (strategy == "Stop")


def test_a_hook_whose_condition_a_stop_makes_true_is_refused(tell: Tell) -> None:
    hook = "hooks: {failed: {expression: 'steps.a.status == \"Failed\"', template: echo}}"
    book = tell(f"steps: [[{{name: a, template: echo, {hook}}}]]")
    book.shut_down("Stop")
    assert book.node("a.hooks.failed").message == "workflow shutdown with strategy: Stop"
    assert (book.phase, book.started) == ("Failed", [])


def test_a_retried_failure_that_is_forgiven_lets_the_dag_succeed(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: a, template: stubborn, continueOn: {failed: true}}
          - {name: b, dependencies: [a], template: echo}
        """,
        more=LEAVES,
    )
    book.fail("a(0)")
    book.fail("a(1)")
    book.succeed("b")
    assert (book.node("a").message, book.phase, book.message) == ("No more retries left", "Succeeded", "")


def test_every_item_exports_its_own_global_output_and_skipped_items_none(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - name: a
            template: made
            withItems: [1, 2, 3]
            when: "{{item}} != 2"
            arguments: {parameters: [{name: i, value: "{{item}}"}]}
          - name: b
            depends: a
            template: echo
            arguments: {parameters: [{name: m, value: "{{tasks.a.outputs.parameters.p}} {{tasks.a.status}}"}]}
        """,
        more=LEAVES,
    )
    book.succeed("a(2:3)", parameters={"p": "z"})
    book.succeed("a(0:1)", parameters={"p": "x"})
    assert book.main("b")["command"] == ["echo", '["x","z"] Succeeded']
    assert book.workflow.parameters == (("p-3", "z"), ("p-1", "x"))


def test_a_loop_of_which_every_item_was_skipped_has_succeeded_but_is_not_skipped(tell: Tell) -> None:
    book = tell(
        """
        dag:
          tasks:
          - {name: a, template: echo, withItems: [1, 2], when: "{{item}} == 5"}
          - {name: b, depends: a, template: echo}
          - {name: c, depends: a.Skipped, template: echo}
          - {name: d, depends: a.AnySucceeded, template: echo}
          - {name: e, depends: a.AllFailed, template: echo}
        """
    )
    assert (book.node("a").phase, book.started) == ("Succeeded", ["b"])
    assert [book.phases()[f"wf.{name}"] for name in "cde"] == ["Omitted"] * 3


def test_names_with_dashes_in_a_condition_with_brackets(tell: Tell) -> None:
    depends = "(a-1.Failed && !b-2.Failed) || (a-1 && b-2.Failed)"
    book = tell(
        f"dag: {{tasks: [{{name: a-1, template: echo}}, {{name: b-2, template: echo}}, "
        f"{{name: c, depends: '{depends}', template: echo}}]}}"
    )
    book.fail("a-1")
    book.succeed("b-2")
    assert book.started == ["c"]


def test_a_task_may_follow_a_daemon_that_is_up_or_has_failed(tell: Tell) -> None:
    tasks = "[{name: a, template: server}, {name: b, depends: a.Failed || a.Daemoned, template: echo}]"
    up = tell(f"dag: {{tasks: {tasks}}}", more=LEAVES)
    up.ready("a")
    assert up.started == ["a", "b"]
    down = tell(f"dag: {{tasks: {tasks}}}", more=LEAVES)
    down.fail("a")
    assert down.started == ["b"]


def test_a_daemon_of_a_nested_template_is_over_before_the_next_step(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: first, template: two}], [{name: second, template: echo}]]",
        more=LEAVES + "- {name: two, steps: [[{name: d, template: server}], [{name: x, template: echo}]]}\n",
    )
    book.ready("d")
    book.succeed("x")
    assert (book.node("d").phase, book.node("d").daemoned, book.started) == ("Succeeded", None, ["second"])


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ('{"a": 1}', "json: cannot unmarshal object into Go value of type []v1alpha1.Item"),
        ('"a"', "json: cannot unmarshal string into Go value of type []v1alpha1.Item"),
        ("[1", "unexpected end of JSON input"),
    ],
)
def test_what_with_param_gets_must_be_a_list(tell: Tell, items: str, message: str) -> None:
    body = f"steps: [[{{name: a, template: echo, withParam: '{items}'}}]]"
    book = tell(body)
    assert book.message == f"withParam value could not be parsed as a JSON list: {items}: {message}"
