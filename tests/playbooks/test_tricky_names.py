"""Cases 1 to 12 of ``spec/engine.md`` 32: names and status."""

from __future__ import annotations

import pytest

from tests.playbooks.conftest import Tell
from tiphys.core.engine import naming
from tiphys.testing.playbook import Playbook


def test_case_01_ids_of_nodes() -> None:
    assert naming.node_id("dag-diamond-82q7s", "dag-diamond-82q7s.A") == "dag-diamond-82q7s-1310542453"
    assert naming.node_id("dag-diamond-82q7s", "dag-diamond-82q7s") == "dag-diamond-82q7s"


def test_case_02_the_prefix_of_a_pods_name_is_cut() -> None:
    workflow, template = "w" * 63, "t" * 250
    prefix, _, digest = naming.pod_name(workflow, f"{workflow}[0].a", template).rpartition("-")
    assert prefix == f"{workflow}-{template}"[:242]
    assert digest == str(naming.fnv1a(f"{workflow}[0].a"))
    longest = naming.pod_name(workflow, f"{workflow}[0].a", "t" * 128)
    assert longest.startswith(f"{workflow}-{'t' * 128}-")


def test_case_03_a_single_container_is_named_like_the_workflow(tell: Tell) -> None:
    book = tell("container: {image: a}")
    root = book.node("wf")
    assert (root.name, root.id, root.display_name, root.type) == ("wf", "wf", "wf", "Pod")
    assert book.pod("wf").pod_name == "wf"


def looped(tell: Tell, items: str) -> Playbook:
    return tell(
        f"""
        steps:
        - - {{name: s, template: echo, {items}, arguments: {{parameters: [{{name: m, value: "{{{{item}}}}"}}]}}}}
        """
    )


@pytest.mark.parametrize(
    ("items", "names", "values"),
    [
        ("withItems: [{name: jesse, group: dev}]", ["s(0:group:dev,name:jesse)"], ['{"group":"dev","name":"jesse"}']),
        ('withItems: ["a(b)c"]', ["s(0:abc)"], ["a(b)c"]),
        ('withItems: [[1, "two", 3]]', ["s(0:[1 two 3])"], ['[1,"two",3]']),
        ("withSequence: {start: 3, end: 1}", ["s(0:3)", "s(1:2)", "s(2:1)"], ["3", "2", "1"]),
        (
            "withSequence: {start: 10, count: 2, format: 'testuser%02X'}",
            ["s(0:testuser0A)", "s(1:testuser0B)"],
            ["testuser0A", "testuser0B"],
        ),
    ],
    ids=["case_04", "case_05", "case_06", "case_07", "case_09"],
)
def test_cases_04_to_09_items_and_the_names_made_of_them(
    tell: Tell, items: str, names: list[str], values: list[str]
) -> None:
    book = looped(tell, items)
    assert book.started == names
    assert [book.main(name)["command"] for name in names] == [["echo", value] for value in values]


def test_case_08_a_count_of_nothing(tell: Tell) -> None:
    book = looped(tell, "withSequence: {count: 0}")
    node = book.node("wf[0].s")
    assert (node.type, node.phase, node.message) == ("Skipped", "Skipped", "Skipped, empty params")
    assert (book.node("wf[0]").phase, book.phase) == ("Succeeded", "Succeeded")


def test_case_11_failed_attempts_stay_in_the_total(tell: Tell) -> None:
    book = tell("retryStrategy: {limit: 2}\ncontainer: {image: a}")
    book.fail("wf(0)")
    book.succeed("wf(1)")
    assert (book.phase, book.workflow.progress) == ("Succeeded", "1/2")


def test_case_12_only_skipped_steps(tell: Tell) -> None:
    book = tell('steps: [[{name: a, template: echo, when: "1 == 2"}, {name: b, template: echo, when: "1 == 2"}]]')
    assert (book.phase, book.workflow.progress) == ("Succeeded", "0/0")
    assert [node.progress for node in book.nodes().values()] == [None] * 4
