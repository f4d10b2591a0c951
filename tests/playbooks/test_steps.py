"""Steps: groups, names, messages (``spec/engine.md`` 12)."""

from __future__ import annotations

from tests.playbooks.conftest import Tell

EXAMPLE = """
steps:
- - {name: a, template: echo}
- - {name: b, template: echo, withItems: [x, 'y']}
  - {name: c, template: echo, when: "1 == 2"}
- - {name: d, template: echo}
"""


def test_two_groups_and_a_loop(tell: Tell) -> None:
    book = tell(EXAMPLE, name="hello")
    assert book.started == ["a"]
    book.succeed("a")
    assert book.started == ["b(0:x)", "b(1:y)"]
    book.succeed("b(1:y)")
    assert book.started == ["b(0:x)"]
    book.succeed("b(0:x)")
    book.succeed("d")
    nodes = book.nodes()
    assert {name: (node.id, node.type, node.phase, node.display_name) for name, node in nodes.items()} == {
        "hello": ("hello", "Steps", "Succeeded", "hello"),
        "hello[0]": ("hello-3705025351", "StepGroup", "Succeeded", "[0]"),
        "hello[0].a": ("hello-2217536542", "Pod", "Succeeded", "a"),
        "hello[1]": ("hello-3772282922", "StepGroup", "Succeeded", "[1]"),
        "hello[1].b(0:x)": ("hello-1857544059", "Pod", "Succeeded", "b(0:x)"),
        "hello[1].b(1:y)": ("hello-2786658399", "Pod", "Succeeded", "b(1:y)"),
        "hello[1].c": ("hello-3439522813", "Skipped", "Skipped", "c"),
        "hello[2]": ("hello-2698662401", "StepGroup", "Succeeded", "[2]"),
        "hello[2].d": ("hello-1058242011", "Pod", "Succeeded", "d"),
    }
    assert nodes["hello"].children == ("hello-3705025351",)
    assert nodes["hello"].outbound_nodes == ("hello-1058242011",)
    assert nodes["hello[0].a"].children == ("hello-3772282922",)
    assert nodes["hello[1]"].children == ("hello-1857544059", "hello-2786658399", "hello-3439522813")
    for name in ("hello[1].b(0:x)", "hello[1].b(1:y)", "hello[1].c"):
        assert nodes[name].children == ("hello-2698662401",)
    assert nodes["hello[1].c"].message == "when '1 == 2' evaluated false"
    assert nodes["hello[0].a"].boundary_id == "hello"
    assert nodes["hello"].progress == "4/4"
    assert (book.phase, book.message, book.workflow.progress) == ("Succeeded", "", "4/4")
    assert book.pod("a").pod_name == "hello-echo-2217536542"


def test_a_failed_step_fails_all_above_with_its_id(tell: Tell) -> None:
    book = tell(EXAMPLE, name="hello")
    book.fail("a")
    assert book.node("a").message == "main: Error (exit code 1)"
    assert book.node("hello[0]").message == "child 'hello-2217536542' failed"
    assert (book.phase, book.message) == ("Failed", "child 'hello-2217536542' failed")
    assert set(book.phases()) == {"hello", "hello[0]", "hello[0].a"}


def test_a_failing_step_does_not_cancel_its_siblings(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo}\n  - {name: b, template: echo}\n- - {name: c, template: echo}")
    assert book.started == ["a", "b"]
    book.fail("a")
    assert (book.phase, book.started) == ("Running", ["b"])
    book.succeed("b")
    assert book.phase == "Failed"
    assert "wf[1]" not in book.phases()


def test_continue_on_failed_goes_on_and_succeeds(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo, continueOn: {failed: true}}\n- - {name: b, template: echo}")
    book.fail("a")
    assert book.started == ["b"]
    book.succeed("b")
    assert (book.phase, book.phases()["wf[0].a"], book.phases()["wf[0]"]) == ("Succeeded", "Failed", "Succeeded")


def test_continue_on_failed_does_not_cover_an_error(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo, continueOn: {failed: true}}\n- - {name: b, template: echo}")
    book.lose("a")
    assert book.node("a").phase == "Error"
    assert book.node("a").message == "pod deleted"
    assert (book.phase, book.phases()["wf[0]"]) == ("Failed", "Failed")


def test_continue_on_error_covers_an_error(tell: Tell) -> None:
    book = tell("steps:\n- - {name: a, template: echo, continueOn: {error: true}}\n- - {name: b, template: echo}")
    book.lose("a")
    assert book.started == ["b"]


def test_results_reach_later_steps(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: flip, template: script}
        - - name: show
            template: echo
            arguments: {parameters: [{name: m, value: "got {{steps.flip.outputs.result}}"}]}
          - {name: heads, template: echo, when: "{{steps.flip.outputs.result}} == heads"}
          - {name: tails, template: echo, when: "{{steps.flip.outputs.result}} == tails"}
          - {name: status, template: echo, when: "{{steps.flip.status}} == Succeeded"}
        """
    )
    assert book.pod("flip").capture_result
    book.succeed("flip", result="tails")
    assert book.started == ["show", "tails", "status"]
    assert book.main("show")["command"] == ["echo", "got tails"]
    assert not book.pod("show").capture_result
    assert book.node("heads").message == "when 'tails == heads' evaluated false"


def test_a_value_is_data_whatever_it_contains(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: make, template: script}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.make.outputs.result}}"}]}}
        """
    )
    nasty = '{{workflow.name}} "quoted" \\ \n {{=1+1}} {{inputs.parameters.m}}'
    book.succeed("make", result=nasty)
    assert book.main("use")["command"] == ["echo", nasty]


def test_a_reference_that_cannot_come_is_an_error_that_names_it(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: a, template: echo, when: "1 == 2"}
        - - {name: b, template: echo, arguments: {parameters: [{name: m, value: "{{steps.a.outputs.result}}"}]}}
        """
    )
    assert book.phase == "Failed"
    assert "failed to resolve references: failed to resolve {{steps.a.outputs.result}}" in book.message


def test_an_unreadable_when_is_an_error_of_the_group(tell: Tell) -> None:
    book = tell('steps:\n- - {name: a, template: echo, when: "foo bar == x"}')
    assert book.phase == "Failed"
    assert book.message.startswith("failed to resolve references: Invalid 'when' expression 'foo bar == x': ")
    assert set(book.phases()) == {"wf", "wf[0]"}
    assert book.phases()["wf[0]"] == "Error"


def test_a_when_that_is_not_boolean(tell: Tell) -> None:
    book = tell('steps:\n- - {name: a, template: echo, when: "1 + 1"}')
    assert book.message == "failed to resolve references: Expected boolean evaluation for '1 + 1'. Got 2"


def test_only_skipped_steps_succeed(tell: Tell) -> None:
    book = tell('steps:\n- - {name: a, template: echo, when: "false"}')
    assert (book.phase, book.workflow.progress) == ("Succeeded", "0/0")
    assert book.node("wf").progress is None


def test_nested_steps_name_and_scope_their_nodes(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: outer
            inline:
              steps:
              - - {name: inner, template: echo}
        - - {name: after, template: echo}
        """
    )
    book.succeed("inner")
    assert book.node("inner").name == "wf[0].outer[0].inner"
    assert book.node("inner").boundary_id == book.node("outer").id
    assert book.node("outer").template_name is None
    assert book.node("inner").children == (book.node("wf[1]").id,)
    book.succeed("after")
    assert book.phase == "Succeeded"


def test_an_inline_template_sees_its_steps_values(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: who, value: you}]}
        steps:
        - - name: greet
            withItems: [hello, bye]
            inline:
              container: {image: alpine, command: [echo, "{{item}} {{inputs.parameters.who}} {{workflow.name}}"]}
        """
    )
    assert book.main("greet(0:hello)")["command"] == ["echo", "hello you wf"]
    assert book.main("greet(1:bye)")["command"] == ["echo", "bye you wf"]


def test_unsupplied_input_of_a_step_is_an_error(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: a
            inline:
              inputs: {parameters: [{name: x}]}
              container: {image: alpine, command: [echo, "{{inputs.parameters.x}}"]}
        """
    )
    assert book.node("a").message == "inputs.parameters.x was not supplied"
    assert book.message == "step group deemed errored due to child wf[0].a error: inputs.parameters.x was not supplied"
    assert book.phase == "Failed"


def test_outputs_of_steps_templates(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: call
            inline:
              outputs:
                parameters:
                - {name: p, valueFrom: {parameter: "{{steps.make.outputs.parameters.q}}"}}
                - {name: e, valueFrom: {expression: "steps.make.outputs.result + '!'"}}
              steps:
              - - name: make
                  inline:
                    outputs: {parameters: [{name: q, valueFrom: {path: /tmp/q}}]}
                    script: {image: alpine, command: [sh], source: "echo"}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.call.outputs.parameters.p}}{{steps.call.outputs.parameters.e}}"}]}}
        """
    )
    assert [(p.name, p.path) for p in book.pod("make").output_parameters] == [("q", "/tmp/q")]
    book.succeed("make", result="res", parameters={"q": "val"})
    assert book.main("use")["command"] == ["echo", "valres!"]
