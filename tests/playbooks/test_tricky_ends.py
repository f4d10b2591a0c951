"""Cases 50 to 59 of ``spec/engine.md`` 32: exit handlers, hooks, shutdown, templates."""

from __future__ import annotations

from tests.playbooks.conftest import Tell
from tests.playbooks.story import refer

EXIT = "onExit: echo"


def test_case_50_a_failing_exit_handler_fails_a_good_workflow(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}]]", spec=EXIT)
    book.succeed("a")
    book.fail("wf.onExit")
    assert (book.phase, book.message) == ("Failed", "main: Error (exit code 1)")
    assert (book.node("wf").phase, book.node("a").phase) == ("Succeeded", "Succeeded")


def test_case_51_a_good_exit_handler_mends_nothing(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}]]", spec=EXIT)
    book.fail("a")
    book.succeed("wf.onExit")
    assert (book.phase, book.message) == ("Failed", f"child '{book.node('a').id}' failed")


def test_case_52_stop_runs_the_exit_handler_and_terminate_does_not(tell: Tell) -> None:
    more = '- {name: tells, container: {image: a, command: [echo, "{{workflow.status}}"]}}'
    book = tell("steps: [[{name: a, template: echo}]]", spec="onExit: tells", more=more)
    book.shut_down("Stop")
    assert book.main("wf.onExit")["command"] == ["echo", "Failed"]
    book = tell("steps: [[{name: a, template: echo}]]", spec="onExit: tells", more=more)
    book.shut_down("Terminate")
    assert (book.started, book.phase, "wf.onExit" in book.phases()) == ([], "Failed", False)


def test_case_53_a_skipped_step_has_no_exit_node(tell: Tell) -> None:
    book = tell('steps: [[{name: a, template: echo, when: "false", hooks: {exit: {template: echo}}}]]')
    assert set(book.phases()) == {"wf", "wf[0]", "wf[0].a"}
    assert book.phase == "Succeeded"


def test_case_54_the_workflow_waits_for_its_hook_and_forgives_it(tell: Tell) -> None:
    hooks = "hooks: {running: {expression: 'workflow.status == \"Running\"', template: echo}}"
    book = tell("steps: [[{name: a, template: echo}]]", spec=hooks)
    book.succeed("a")
    assert (book.phase, book.started) == ("Running", ["wf.hooks.running"])
    book.fail("wf.hooks.running")
    assert (book.phase, book.node("wf.hooks.running").phase) == ("Succeeded", "Failed")


def test_case_55_a_supplied_parameter_that_nobody_supplied(tell: Tell) -> None:
    book = tell(
        """
        steps: [[{name: ask, inline: {suspend: {duration: "10"}, outputs: {parameters: [{name: p, valueFrom: {supplied: {}}}]}}}]]
        """
    )
    book.advance(seconds=11)
    text = "raw output parameter 'p' has not been set and does not have a default value"
    assert (book.node("ask").phase, book.node("ask").message) == ("Error", text)
    group = book.node("wf[0]")
    assert (group.phase, group.message) == (
        "Error",
        f"step group deemed errored due to child wf[0].ask error: {text}",
    )


def test_case_59_a_value_of_the_workflow_replaces_the_templates_whole_parameter() -> None:
    book = refer(
        """
        kind: Workflow
        metadata: {name: wf}
        spec:
          arguments: {parameters: [{name: message, value: mine}]}
          workflowTemplateRef: {name: lib}
        ---
        kind: WorkflowTemplate
        metadata: {name: lib}
        spec:
          entrypoint: main
          arguments: {parameters: [{name: message, enum: [a, b], default: a}]}
          templates: [{name: main, container: {image: a, command: [echo, "{{workflow.parameters.message}}"]}}]
        """
    )
    merged = (book.plan.spec.arguments.parameters or ())[0] if book.plan.spec.arguments is not None else None
    assert merged is not None
    assert (merged.value, merged.enum, merged.default) == ("mine", None, None)
    assert book.main("wf")["command"] == ["echo", "mine"]
