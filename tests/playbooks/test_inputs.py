"""Tags in the values and defaults of inputs and arguments (``spec/engine.md`` 11.1, ``spec/expressions.md`` 3)."""

from __future__ import annotations

import json
import re
from typing import cast

from tests.playbooks.conftest import Tell
from tiphys.core.manifest.model.arguments import Outputs
from tiphys.testing.playbook import Playbook

ARGUMENTS = """
arguments:
  parameters:
  - {name: whole, value: "W-{{workflow.parameters.part}}"}
  - {name: part, value: "{{workflow.name}}-{{=workflow.parameters.plain + '!'}}"}
  - {name: plain, value: P}
  - {name: circle, value: "c{{workflow.parameters.round}}"}
  - {name: round, value: "r{{workflow.parameters.circle}}"}
"""


def inputs(book: Playbook, node: str) -> dict[str, str]:
    """The inputs that a node shows."""
    shown = book.node(node).inputs
    assert shown is not None
    return {item.name: item.value or "" for item in shown.parameters or ()}


def test_defaults_and_values_of_inputs_are_resolved_where_the_template_runs(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: a, default: "A-{{workflow.name}}"}]}
        steps: [[{name: s, template: leaf, arguments: {parameters: [{name: given, value: "{{inputs.parameters.a}}"}]}}]]
        """,
        spec=ARGUMENTS,
        more="""
        - name: leaf
          inputs:
            parameters:
            - {name: d, default: "{{workflow.parameters.plain}}{{=workflow.parameters.plain + 'x'}}"}
            - {name: v, value: "{{pod.name}} {{steps.name}} {{unknown}}"}
            - {name: given, default: "{{workflow.name}}"}
            - {name: twice, default: "<{{inputs.parameters.d}}>"}
          container: {image: i, command: [echo, "{{inputs.parameters.twice}}"]}
        """,
    )
    assert inputs(book, "wf")["a"] == "A-wf"
    book.succeed("s")
    assert inputs(book, "wf[0].s") == {
        "d": "PPx",
        "v": f"wf-leaf-{book.node('wf[0].s').id.removeprefix('wf-')} s {{{{unknown}}}}",
        "given": "A-wf",
        "twice": "<PPx>",
    }
    assert book.main("s")["command"] == ["echo", "<PPx>"]
    assert book.phase == "Succeeded"


def test_what_a_caller_passes_is_never_read_as_a_template(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: gen, template: script}
        - - name: s
            template: leaf
            arguments: {parameters: [{name: given, value: "{{steps.gen.outputs.result}}"}]}
        """,
        more="""
        - name: leaf
          inputs: {parameters: [{name: given, default: "{{workflow.uid}}"}, {name: d, default: "{{inputs.parameters.given}}"}]}
          container: {image: i, command: [echo, "{{inputs.parameters.d}}"]}
        """,
    )
    book.succeed("gen", result="{{workflow.name}}")
    book.succeed("s")
    assert inputs(book, "wf[1].s") == {"given": "{{workflow.name}}", "d": "{{workflow.name}}"}


def test_attempts_know_their_number_in_the_defaults_of_their_inputs(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: d, default: "{{retries}} {{pod.name}}"}]}
        retryStrategy: {limit: 1}
        container: {image: i, command: [echo, "{{inputs.parameters.d}}"]}
        """
    )
    book.fail("wf(0)")
    book.succeed("wf(1)")
    assert inputs(book, "wf") == {"d": "{{retries}} {{pod.name}}"}
    for number in range(2):
        node = book.node(f"wf({number})")
        assert inputs(book, node.name) == {"d": f"{number} wf-main-{node.id.removeprefix('wf-')}"}


def test_a_malformed_expression_in_a_default_is_an_error_of_the_node(tell: Tell) -> None:
    book = tell(
        "steps: [[{name: s, template: leaf}]]",
        more="""
        - name: leaf
          inputs: {parameters: [{name: d, default: "{{=1 +}}"}]}
          container: {image: i, command: [echo, "{{inputs.parameters.d}}"]}
        """,
    )
    assert book.node("wf[0].s").phase == "Error"
    assert (book.node("wf[0].s").message or "").startswith("failed to evaluate expression: unexpected token EOF")


def test_arguments_of_the_workflow_may_name_each_other(tell: Tell) -> None:
    book = tell(
        """
        container:
          image: i
          command: [echo, "{{workflow.parameters.whole}}", "{{=workflow.parameters.part}}", "{{workflow.parameters.plain}}"]
        """,
        spec=ARGUMENTS,
    )
    assert book.main("wf")["command"] == ["echo", "W-wf-P!", "wf-P!", "P"]


def test_tags_in_hooks_outputs_and_paths(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: nm, value: leaf}, {name: which, value: a}]}
        steps:
        - - name: a
            template: leaf
            hooks:
              exit: {template: echo, expression: "'{{inputs.parameters.nm}}' == 'leaf'"}
              never: {template: echo, expression: "'{{inputs.parameters.nm}}' == 'other'"}
          - {name: l, template: echo, withItems: [x, z], hooks: {exit: {template: echo, expression: "'{{item}}' == 'z'"}}}
        outputs:
          parameters:
          - {name: o, globalName: "g-{{inputs.parameters.nm}}", valueFrom: {expression: "steps.a.status + '{{workflow.name}}'"}}
          - {name: fallen, valueFrom: {expression: "nope.x", default: "D {{workflow.name}} {{inputs.parameters.nm}}"}}
          - {name: named, valueFrom: {parameter: "{{steps.{{inputs.parameters.which}}.outputs.parameters.x}}"}}
          - {name: plain, valueFrom: {parameter: "{{steps.a.outputs.parameters.x}}"}}
        """,
        more="""
        - name: leaf
          inputs: {parameters: [{name: file, default: /tmp/here}]}
          container: {image: i, command: [tee, "{{outputs.parameters.x.path}}"]}
          outputs: {parameters: [{name: x, globalName: "{{steps.name}}-x", valueFrom: {path: "{{inputs.parameters.file}}"}}]}
        """,
    )
    assert book.main("a")["command"] == ["tee", "/tmp/here"]
    book.succeed("a", parameters={"x": "{{workflow.uid}}"})
    book.succeed("a.onExit")
    book.succeed("l(0:x)", "l(1:z)")
    book.succeed("l(1:z).onExit")
    assert book.phase == "Succeeded"
    assert "wf[0].l(0:x).onExit" not in book.nodes()
    (shown,) = (book.node("wf[0].a").outputs or Outputs()).parameters or ()
    assert (shown.global_name, shown.value_from and shown.value_from.path) == ("a-x", "/tmp/here")
    outputs = book.node("wf").outputs
    assert outputs is not None
    assert {p.name: (p.value, p.global_name) for p in outputs.parameters or ()} == {
        "o": ("Succeededwf", "g-leaf"),
        "fallen": ("D wf leaf", None),
        "named": ("{{workflow.uid}}", None),
        "plain": ("{{workflow.uid}}", None),
    }


def test_expressions_know_the_moment_and_chance(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: id, default: "{{=sprig.uuidv4()}}"}]}
        container:
          image: i
          command: [echo, "{{=now().Year()}}", "{{=sprig.date('2006-01-02', now())}}", "{{inputs.parameters.id}}"]
          args: ["{{workflow.parameters.day}}", "{{workflow.parameters.again}}"]
        """,
        spec="""
        arguments:
          parameters:
          - {name: again, value: "{{workflow.parameters.day}}"}
          - {name: day, value: "{{=sprig.now().Month()}}-{{=sprig.randNumeric(4)}}"}
        """,
    )
    main = cast("dict[str, list[str]]", book.main("wf"))
    start = book.now
    assert main["command"][1:3] == [str(start.year), start.date().isoformat()]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", main["command"][3])
    assert re.fullmatch(r"\d+-\d{4}", main["args"][0])
    assert main["args"][0] == main["args"][1]


def test_all_inputs_as_one_list_in_steps_too(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: a, value: "1"}]}
        steps: [[{name: s, template: echo, arguments: {parameters: [{name: m, value: "{{inputs.parameters}}"}]}}]]
        """
    )
    assert json.loads(inputs(book, "wf[0].s")["m"]) == [{"name": "a", "value": "1"}]


def test_defaults_of_what_a_person_supplies(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: b, default: "B-{{workflow.name}}"}]}
        suspend: {duration: "1"}
        outputs:
          parameters:
          - {name: a, globalName: "g-{{workflow.name}}", valueFrom: {supplied: {}, default: "A-{{inputs.parameters.b}}"}}
          - {name: b, valueFrom: {supplied: {}}}
        """
    )
    shown = book.node("wf").inputs
    assert shown is not None
    assert [item.default for item in shown.parameters or ()] == ["B-wf"]
    book.advance(seconds=2)
    outputs = book.node("wf").outputs or Outputs()
    assert {item.name: item.value for item in outputs.parameters or ()} == {"a": "A-B-wf", "b": "B-wf"}
    assert book.workflow.parameters == (("g-wf", "A-B-wf"),)


def test_outputs_of_skipped_steps(tell: Tell) -> None:
    more = """
    - name: leaf
      container: {image: i, command: [x]}
      outputs: {parameters: [{name: o, valueFrom: {path: /o}}]}
    """
    absent = 'output parameter "x": "{{steps.a.outputs.parameters.o}}" is an absent optional '
    for source, message in (
        ("parameter: '{{steps.a.outputs.parameters.o}}'", absent + "(skipped/omitted node output with no default)"),
        ("expression: steps.a.outputs.parameters.o", 'failed to evaluate expression "steps.a.outputs.parameters.o"'),
    ):
        outputs = f"outputs: {{parameters: [{{name: x, valueFrom: {{{source}}}}}]}}"
        book = tell(f"steps: [[{{name: a, template: leaf, when: 'false'}}]]\n{outputs}", more=more)
        assert (book.node("wf").phase, book.node("wf").message) == ("Error", message)
