"""Loops: items, names, aggregation (``spec/engine.md`` 13)."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell


@pytest.mark.parametrize(
    ("source", "names", "values"),
    [
        ("withItems: [a, b]", ["s(0:a)", "s(1:b)"], ["a", "b"]),
        ("withItems: [1, 1.5, true]", ["s(0:1)", "s(1:1.5)", "s(2:true)"], ["1", "1.5", "true"]),
        ("withItems: [{name: jesse, group: dev}]", ["s(0:group:dev,name:jesse)"], ['{"group":"dev","name":"jesse"}']),
        ("withItems: [null, {a: null}, [null]]", ["s(0:[])", "s(1:a:null)", "s(2:[null])"], ["null", '{"a":null}', "[null]"]),
        ("withItems: ['a(b)c']", ["s(0:abc)"], ["a(b)c"]),
        ("withItems: [[1, two, 3]]", ["s(0:[1 two 3])"], ['[1,"two",3]']),
        ('withItems: ["alpha\\nbeta"]', ["s(0:alpha\\nbeta)"], ["alpha\nbeta"]),
        ("withParam: '[\"x\", 2]'", ["s(0:x)", "s(1:2)"], ["x", "2"]),
        ("withSequence: {start: 3, end: 1}", ["s(0:3)", "s(1:2)", "s(2:1)"], ["3", "2", "1"]),
        ("withSequence: {start: 10, count: 2, format: 'testuser%02X'}", ["s(0:testuser0A)", "s(1:testuser0B)"], ["testuser0A", "testuser0B"]),
    ],
)  # fmt: skip
def test_names_and_values_of_items(tell: Tell, source: str, names: list[str], values: list[str]) -> None:
    arguments = 'arguments: {parameters: [{name: m, value: "{{item}}"}]}'
    book = tell(f"steps:\n- - name: s\n    template: echo\n    {source}\n    {arguments}")
    assert book.started == names
    assert [book.main(name)["command"] for name in names] == [["echo", value] for value in values]


def test_keys_of_map_items(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - name: s
            template: echo
            withItems: [{os: debian, version: "9.1"}, {os: 'say "hi"', version: 7}]
            arguments: {parameters: [{name: m, value: "{{item.os}}:{{item.version}}"}]}
        """
    )
    assert [command.manifest["spec"]["containers"][0]["command"][1] for command in book.running.values()] == [  # type: ignore[index,call-overload]
        "debian:9.1",
        'say "hi":7',
    ]


@pytest.mark.parametrize("source", ["withSequence: {count: 0}", "withParam: '[]'"])
def test_an_empty_loop_is_one_skipped_node(tell: Tell, source: str) -> None:
    book = tell(f"steps:\n- - name: s\n    template: echo\n    {source}")
    assert (book.node("s").type, book.node("s").phase, book.node("s").message) == (
        "Skipped",
        "Skipped",
        "Skipped, empty params",
    )
    assert book.phase == "Succeeded"


def test_results_are_aggregated_in_item_order(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: gen, template: script, withItems: [1, 2, 3]}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.gen.outputs.result}}"}]}}
        """
    )
    book.succeed("gen(2:3)", result='{"n":3}')
    book.succeed("gen(0:1)", result='{"n":1}')
    book.succeed("gen(1:2)", result='{"n":2}')
    assert book.main("use")["command"] == ["echo", '[{"n":1},{"n":2},{"n":3}]']


def test_a_result_that_is_no_json_cannot_be_aggregated(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: gen, template: script, withItems: [1]}
        - - {name: use, template: echo, arguments: {parameters: [{name: m, value: "{{steps.gen.outputs.result}}"}]}}
        """
    )
    book.succeed("gen(0:1)", result="hello")
    assert book.phase == "Error"
    text = "invalid character 'h' looking for beginning of value"
    assert (book.node("wf").message, book.message) == (text, f"error in entry template execution: {text}")


def test_a_loop_over_an_earlier_result(tell: Tell) -> None:
    book = tell(
        """
        steps:
        - - {name: gen, template: script}
        - - {name: each, template: echo, withParam: "{{steps.gen.outputs.result}}", arguments: {parameters: [{name: m, value: "{{item}}"}]}}
        """,
        name="loop",
    )
    book.succeed("gen", result='["alpha", 7]')
    assert {name: node.id for name, node in book.nodes().items() if "each" in name} == {
        "loop[1].each(0:alpha)": "loop-2569214454",
        "loop[1].each(1:7)": "loop-1325762964",
    }


def test_a_param_that_is_no_list(tell: Tell) -> None:
    book = tell("steps:\n- - {name: s, template: echo, withParam: not json}")
    assert book.message.startswith(
        "failed to resolve references: withParam value could not be parsed as a JSON list: not json: invalid character"
    ) or book.message.startswith("withParam value could not be parsed as a JSON list: not json: invalid character")
    assert book.phase == "Failed"


def test_when_is_decided_per_item(tell: Tell) -> None:
    book = tell('steps:\n- - {name: s, template: echo, withItems: [1, 2], when: "{{item}} == 2"}')
    assert book.started == ["s(1:2)"]
    assert book.node("s(0:1)").message == "when '1 == 2' evaluated false"


def test_a_missing_item_key_is_an_error(tell: Tell) -> None:
    book = tell(
        'steps:\n- - {name: s, template: echo, withItems: [{a: 1}], arguments: {parameters: [{name: m, value: "{{item.b}}"}]}}'
    )
    assert book.phase == "Failed"
    assert "failed to resolve {{item.b}}" in book.message


def test_numbers_of_a_list_stay_as_they_were_written(tell: Tell) -> None:
    book = tell(
        'steps: [[{name: a, template: echo, withParam: \'[1.0, 1.50, 1e3, {"n": 1E2, "t": "<"}]\', '
        'arguments: {parameters: [{name: m, value: "{{item}}"}]}}]]'
    )
    assert book.started == ["a(0:1.0)", "a(1:1.50)", "a(2:1e3)", "a(3:n:1E2,t:\\u003c)"]
    assert [book.main(name)["command"] for name in book.started] == [
        ["echo", "1.0"], ["echo", "1.50"], ["echo", "1e3"], ["echo", '{"n":1E2,"t":"\\u003c"}'],
    ]  # fmt: skip


def test_steps_are_named_after_the_values_of_their_tags(tell: Tell) -> None:
    book = tell(
        """
        inputs: {parameters: [{name: day, value: "7"}]}
        steps:
        - - name: run-{{inputs.parameters.day}}
            template: echo
            arguments: {parameters: [{name: m, value: hello}]}
          - name: each-{{inputs.parameters.day}}
            template: echo
            withItems: [a]
            arguments: {parameters: [{name: m, value: "{{item}}"}]}
        - - name: check-{{inputs.parameters.day}}
            template: echo
            when: "{{steps.run-{{inputs.parameters.day}}.status}} == Succeeded"
            arguments: {parameters: [{name: m, value: "{{steps.run-{{inputs.parameters.day}}.status}}"}]}
        """
    )
    assert book.started == ["run-7", "each-7(0:a)"]
    for name in book.started:
        book.succeed(name)
    assert book.main("check-7")["command"] == ["echo", "Succeeded"]
