"""Cases 13 to 27 of ``spec/engine.md`` 32: steps."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.testing.playbook import Playbook

PRODUCER = """
- name: produce
  container: {image: a}
  outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}
- name: wants
  inputs: {parameters: [{name: p}]}
  container: {image: a, command: [echo, "{{inputs.parameters.p}}"]}
- name: defaults
  inputs: {parameters: [{name: p, default: d}]}
  container: {image: a, command: [echo, "{{inputs.parameters.p}}"]}
"""
REFERENCE = "{{steps.A.outputs.parameters.p}}"


def after_skipped(tell: Tell, template: str, value: str) -> Playbook:
    return tell(
        f"""
        steps:
        - - {{name: A, template: produce, when: "false"}}
        - - {{name: B, template: {template}, arguments: {{parameters: [{{name: p, value: "{value}"}}]}}}}
        """,
        more=PRODUCER,
    )


def test_case_13_a_failure_cancels_no_sibling(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}, {name: b, template: echo}]]")
    book.fail("a")
    assert (book.node("wf[0]").phase, book.started) == ("Running", ["b"])
    book.succeed("b", seconds=3600)
    message = f"child '{book.node('a').id}' failed"
    assert (book.node("wf[0]").phase, book.node("wf[0]").message, book.killed) == ("Failed", message, [])
    assert (book.phase, book.message) == ("Failed", message)


def test_case_14_an_error_becomes_a_failure_in_steps_and_stays_one_in_a_dag(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo}]]")
    book.lose("a")
    message = f"child '{book.node('a').id}' failed"
    assert (book.node("a").phase, book.node("a").message) == ("Error", "pod deleted")
    assert (book.node("wf[0]").phase, book.node("wf[0]").message) == ("Failed", message)
    assert (book.phase, book.message) == ("Failed", message)
    book = tell("dag: {tasks: [{name: a, template: echo}]}")
    book.lose("a")
    assert (book.node("wf").phase, book.phase) == ("Error", "Error")


def test_case_15_continuing_on_failure_is_not_continuing_on_error(tell: Tell) -> None:
    book = tell("steps: [[{name: a, template: echo, continueOn: {failed: true}}]]")
    book.lose("a")
    assert (book.node("wf[0]").phase, book.phase) == ("Failed", "Failed")
    book = tell("steps: [[{name: a, template: echo, continueOn: {error: true}}]]")
    book.lose("a")
    assert book.phase == "Succeeded"


def test_case_16_a_condition_over_a_result(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: flip, template: script}
        - - {name: b, template: echo, when: "{{steps.flip.outputs.result}} == heads"}
        """
    )
    book.succeed("flip", result="tails")
    node = book.node("b")
    assert (node.type, node.phase, node.message) == ("Skipped", "Skipped", "when 'tails == heads' evaluated false")
    assert (book.node("wf[1]").phase, book.phase) == ("Succeeded", "Succeeded")


@pytest.mark.parametrize(
    ("when", "start"),
    [
        ("foo bar == x", "Invalid 'when' expression 'foo bar == x': "),
        ("1 + 1", "Expected boolean evaluation for '1 + 1'. Got 2"),
    ],
    ids=["case_17", "case_18"],
)
def test_cases_17_and_18_a_condition_that_is_none(tell: Tell, when: str, start: str) -> None:
    book = tell(f"steps: [[{{name: a, template: echo, when: '{when}'}}]]")
    assert set(book.phases()) == {"wf", "wf[0]"}
    assert (book.node("wf[0]").phase, book.phase) == ("Error", "Failed")
    assert (book.node("wf[0]").message or "").startswith(f"failed to resolve references: {start}")
    assert book.message == book.node("wf[0]").message
    book = tell(f"dag: {{tasks: [{{name: a, template: echo, when: '{when}'}}]}}")
    node = book.node("a")
    assert (node.type, node.phase, book.phase) == ("Skipped", "Error", "Error")
    assert (node.message or "").startswith(start)


def test_case_19_an_absent_output_leaves_the_inputs_default(tell: Tell) -> None:
    assert after_skipped(tell, "defaults", REFERENCE).main("B")["command"] == ["echo", "d"]


def test_case_20_an_absent_output_without_any_default(tell: Tell) -> None:
    book = after_skipped(tell, "wants", REFERENCE)
    text = "inputs.parameters.p: argument references an absent optional (skipped/omitted node output with no default)"
    assert (book.node("B").phase, book.node("B").message) == ("Error", text)
    group = book.node("wf[1]")
    assert group.phase == "Error"
    assert group.message == f"step group deemed errored due to child wf[1].B error: {text}"
    assert (book.phase, book.message) == ("Failed", group.message)


def test_case_21_an_absent_output_inside_of_a_text(tell: Tell) -> None:
    book = after_skipped(tell, "wants", f"x-{REFERENCE}")
    assert (book.node("wf[1]").phase, book.phase) == ("Error", "Failed")
    assert book.message == (
        f"failed to resolve references: unable to substitute {REFERENCE}: "
        "output is an absent optional (skipped/omitted node with no default)"
    )


def after_skipped_script(tell: Tell, when: str) -> Playbook:
    return tell(
        f"""
        steps:
        - - {{name: A, template: script, when: "false"}}
        - - name: B
            template: echo
            {when}
            arguments: {{parameters: [{{name: m, value: "{{{{steps.A.outputs.result}}}}"}}]}}
        """
    )


def test_case_22_a_reference_that_never_resolves_is_an_error_that_names_it(tell: Tell) -> None:
    book = after_skipped_script(tell, "")
    assert book.phase == "Failed"
    assert "steps.A.outputs.result" in book.message
    book = after_skipped_script(tell, 'when: "{{steps.A.status}} == Succeeded"')
    assert (book.node("B").phase, book.phase) == ("Skipped", "Succeeded")


def test_case_23_a_disabled_loop_over_no_list(tell: Tell) -> None:
    book = tell('steps: [[{name: a, template: echo, withParam: "not json", when: "false"}]]')
    assert (book.node("wf[0].a").type, book.node("wf[0].a").message) == ("Skipped", "Skipped, empty params")
    assert book.phase == "Succeeded"


def test_case_24_results_that_are_not_json_cannot_be_joined(tell: Tell) -> None:
    body = """
    steps:
    - - {name: loop, template: script, withItems: [1, 2]}
    - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.loop.outputs.result}}"}]}}
    """
    book = tell(body)
    book.succeed("loop(0:1)", result="hello")
    book.succeed("loop(1:2)", result="hello")
    assert (book.node("wf").phase, book.phase) == ("Error", "Error")
    assert "invalid character 'h' looking for beginning of value" in (book.node("wf").message or "")
    book = tell(body)
    book.succeed("loop(0:1)", result='"hello"')
    book.succeed("loop(1:2)", result='"hello"')
    assert book.main("use")["command"] == ["echo", '["hello","hello"]']


def test_case_25_failed_items_leave_no_gap(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: loop, template: produce, withItems: [1, 2, 3], continueOn: {failed: true}}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.loop.outputs.parameters.p}}"}]}}
        """,
        more=PRODUCER,
    )
    book.succeed("loop(0:1)", parameters={"p": "a"})
    book.fail("loop(1:2)")
    book.succeed("loop(2:3)", parameters={"p": "c"})
    assert book.main("use")["command"] == ["echo", '["a","c"]']


def test_case_26_an_output_of_a_step_that_never_ran(tell: Tell) -> None:
    book = tell(
        """
        outputs: {parameters: [{name: o, valueFrom: {parameter: "{{steps.A.outputs.parameters.p}}", default: x}}]}
        steps: [[{name: A, template: produce, when: "false"}]]
        """,
        more=PRODUCER,
    )
    outputs = book.node("wf").outputs
    assert outputs is not None
    assert [(p.name, p.value) for p in outputs.parameters or ()] == [("o", "x")]
    assert book.phase == "Succeeded"
