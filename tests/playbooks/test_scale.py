"""Large and deep workflows: many items, loops in loops, recursion, identifiers that collide."""

from __future__ import annotations

import json
import textwrap

import pytest

from tests.playbooks import story
from tests.playbooks.conftest import Tell
from tiphys.app.controller.rules import RunRules
from tiphys.core.engine.events import Container, NodesResumed, PodChanged
from tiphys.core.engine.naming import node_id
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.ids import NodeName
from tiphys.testing.playbook import Playbook

MANY = 10_000
GATHER = """
- name: gather
  inputs: {parameters: [{name: all}, {name: results}]}
  container: {image: a, command: [echo, "{{inputs.parameters.all}}", "{{inputs.parameters.results}}"]}
- name: produce
  inputs: {parameters: [{name: size}]}
  script: {image: a, command: [sh], source: "{{inputs.parameters.size}}"}
  outputs: {parameters: [{name: out, valueFrom: {path: /out}}]}
"""
ITEMS = "name: gen, template: produce, arguments: {parameters: [{name: size, value: '{{item}}'}]}"


def gathered(prefix: str) -> str:
    outputs = f"{prefix}.gen.outputs"
    return (
        "name: use, template: gather, arguments: {parameters: ["
        f"{{name: all, value: '{{{{{outputs}.parameters.out}}}}'}}, "
        f"{{name: results, value: '{{{{{outputs}.result}}}}'}}]}}"
    )


def end_all(book: Playbook) -> None:
    """All pods end well in one report, the last one first, each with its number as result and output."""
    main = Container(name="main", exit_code=0, reason="Completed")
    events = [
        PodChanged(node_id=node, phase="Succeeded", containers=(main,), result=str(n), parameters=(("out", f"o{n}"),))
        for n, node in enumerate(book.running)
    ]
    book.running.clear()
    book.advance(*reversed(events))


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_a_loop_over_very_many_items(kind: str) -> None:
    loop = f"{{{ITEMS}, withSequence: {{count: {MANY}}}}}"
    body = (
        f"steps: [[{loop}], [{{{gathered('steps')}}}]]"
        if kind == "steps"
        else f"dag: {{tasks: [{loop}, {{{gathered('tasks')}, depends: gen}}]}}"
    )
    book = story.main(body, more=GATHER)
    assert len(book.started) == MANY
    assert book.started[-1] == f"gen({MANY - 1}:{MANY - 1})"
    end_all(book)
    command = book.main("use")["command"]
    assert isinstance(command, list)
    assert json.loads(command[1]) == [f"o{n}" for n in range(MANY)]
    assert json.loads(command[2]) == list(range(MANY))
    assert book.workflow.progress == f"{MANY}/{MANY + 1}"
    book.crash()
    book.succeed("use")
    assert (book.phase, book.workflow.progress) == ("Succeeded", f"{MANY + 1}/{MANY + 1}")
    assert set(book.phases().values()) == {"Succeeded"}
    pods = [node for node in book.nodes().values() if node.type == "Pod"]
    assert len(pods) == len({node.id for node in pods}) == MANY + 1


def test_many_items_under_a_limit_start_in_their_order() -> None:
    book = story.main("steps: [[{name: s, template: echo, withSequence: {count: 1000}}]]", spec="parallelism: 2")
    for number in range(5):
        assert book.started == [f"s({number}:{number})", f"s({number + 1}:{number + 1})"]
        book.succeed(f"s({number}:{number})")
    book.shut_down("Terminate")
    assert (book.phase, len(book.killed)) == ("Failed", 2)


def test_two_nodes_whose_names_have_one_hash_get_identifiers_of_their_own(tell: Tell) -> None:
    one, two = "t35859", "t1344042"
    assert node_id("wf", NodeName(f"wf.{one}")) == node_id("wf", NodeName(f"wf.{two}"))
    book = tell(f"dag: {{tasks: [{{name: {one}, template: echo}}, {{name: {two}, template: script}}]}}")
    ids = [book.node(f"wf.{name}").id for name in (one, two)]
    assert ids[0] != ids[1]
    assert node_id("wf", NodeName(f"wf.{one}")) in ids
    book.fail(two)
    assert book.phases() == {"wf": "Running", f"wf.{one}": "Pending", f"wf.{two}": "Failed"}
    book.succeed(one)
    assert sorted(book.node("wf").children or ()) == sorted(id_ or "" for id_ in ids)
    assert (book.node(one).phase, book.node(two).phase, book.phase) == ("Succeeded", "Failed", "Failed")


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_recursion_that_ends_by_a_condition_goes_as_deep_as_it_must(tell: Tell, kind: str) -> None:
    depth = "{{=asInt(inputs.parameters.size) - 1}}"
    call = (
        f"{{name: a, template: down, when: '{{{{inputs.parameters.size}}}} > 0', "
        f"arguments: {{parameters: [{{name: size, value: '{depth}'}}]}}}}"
    )
    inner = f"steps: [[{call}]]" if kind == "steps" else f"dag: {{tasks: [{call}]}}"
    start = "{name: a, template: down, arguments: {parameters: [{name: size, value: '40'}]}}"
    book = tell(f"steps: [[{start}]]", more=f"- {{name: down, inputs: {{parameters: [{{name: size}}]}}, {inner}}}")
    assert (book.phase, list(book.phases().values()).count("Skipped")) == ("Succeeded", 1)
    deepest = max(book.phases(), key=len)
    # The first call, forty that go on and the one that does not.
    assert (deepest.count(".a"), book.phases()[deepest]) == (42, "Skipped")


def test_recursion_without_an_end_stops_at_a_depth(tell: Tell) -> None:
    book = tell("dag: {tasks: [{name: a, template: main}]}")
    deepest = max(book.nodes().values(), key=lambda node: len(node.name or ""))
    assert "Maximum recursion depth exceeded." in (deepest.message or "")
    assert (deepest.name or "").count(".a") == 100
    assert (book.phase, book.started) == ("Error", [])


def test_recursion_goes_to_any_depth_where_nothing_limits_it() -> None:
    text = """
    apiVersion: argoproj.io/v1alpha1
    kind: Workflow
    metadata: {name: wf}
    spec:
      entrypoint: main
      templates:
      - name: main
        inputs: {parameters: [{name: left, default: "400"}]}
        steps:
        - - name: a
            template: main
            when: "{{inputs.parameters.left}} > 0"
            arguments: {parameters: [{name: left, value: "{{=asInt(inputs.parameters.left) - 1}}"}]}
        - - {name: b, inline: {suspend: {}}, when: "{{inputs.parameters.left}} == 0"}
    """
    manifest = load(textwrap.dedent(text), "deep.yaml").documents[0].manifest
    assert isinstance(manifest, Workflow)
    book = Playbook(manifest, rules=RunRules(max_depth=0))
    book.suspend(on=True)
    book.crash()
    book.suspend(on=False)
    book.advance(NodesResumed("displayName=b"))
    assert (book.phase, max(name.count(".a") for name in book.nodes())) == ("Succeeded", 401)


def test_loops_in_loops(tell: Tell) -> None:
    inner = (
        "- {name: inner, inputs: {parameters: [{name: list}]}, steps: [[{name: i, template: echo, "
        "withParam: '{{inputs.parameters.list}}', arguments: {parameters: [{name: m, value: '{{item}}'}]}}]]}"
    )
    outer = (
        "{name: o, template: inner, withItems: [[1, 2], [], [3]], "
        "arguments: {parameters: [{name: list, value: '{{item}}'}]}}"
    )
    book = tell(f"steps: [[{outer}]]", more=inner)
    inside = [f"wf[0].o({n})[0].i({m})" for n, m in (("0:[1 2]", "0:1"), ("0:[1 2]", "1:2"), ("2:[3]", "0:3"))]
    assert [command.node_name for command in book.running.values()] == inside
    assert [book.main(name)["command"] for name in inside] == [["echo", "1"], ["echo", "2"], ["echo", "3"]]
    book.succeed(*inside)
    empty = next(node for name, node in book.nodes().items() if name.startswith("wf[0].o(1:[])[0].i"))
    assert (empty.type, empty.message) == ("Skipped", "Skipped, empty params")
    assert (book.phase, book.workflow.progress) == ("Succeeded", "3/3")


@pytest.mark.parametrize("kind", ["steps", "tasks"])
def test_what_follows_an_empty_loop_gets_its_defaults(tell: Tell, kind: str) -> None:
    loop = f"{{{ITEMS}, withParam: '[]'}}"
    value = f"{{{{{kind}.gen.outputs.parameters.out}}}}"
    use = f"name: use, template: echo, arguments: {{parameters: [{{name: m, value: '{value}'}}]}}"
    steps, dag = f"steps: [[{loop}], [{{{use}}}]]", f"dag: {{tasks: [{loop}, {{{use}, depends: gen}}]}}"
    book = tell(steps if kind == "steps" else dag, more=GATHER)
    assert (book.node("gen").type, book.node("gen").message) == ("Skipped", "Skipped, empty params")
    assert book.main("use")["command"] == ["echo", "hi"]
    book.succeed("use")
    assert (book.phase, book.workflow.progress) == ("Succeeded", "1/1")
