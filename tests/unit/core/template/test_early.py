"""What can be replaced before the start, and the reasons for what cannot."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.early import resolve
from tiphys.core.template.scope import Scope

KNOWN = Scope(
    {
        "workflow.parameters": "[]",
        "workflow.parameters.a": "x",
        "workflow.parameters.n": "3",
        "workflow.parameters.b": "a",
    }
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain }} {", "plain }} {"),
        ("<{{workflow.parameters.a}}>", "<x>"),
        ("{{ workflow.parameters.a }}", "x"),
        ("{{=asInt(workflow.parameters.n) * 2}}", "6"),
        ("{{=workflow.parameters['a']}}", "x"),
        ("{{=let y = workflow.parameters.a; y + y}}", "xx"),
        ("{{=len(workflow.parameters)}}", "3"),
        ("{{=map([1, 2], # + 1)}}", "[2,3]"),
        ("{{workflow.parameters.{{workflow.parameters.b}}}}", "x"),
    ],
)
def test_what_is_known_is_replaced(text: str, value: str) -> None:
    assert resolve(text, KNOWN) == (value, ())


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("{{inputs.parameters.z}}", "input parameter: known when the template runs"),
        ("{{=inputs.parameters.z ?? 'b'}}", "input parameter: known when the template runs"),
        ("{{=inputs?.parameters?.z}}", "input parameter: known when the template runs"),
        ("{{workflow.parameters.q}}", "no value is given for the argument: pass -p q=VALUE"),
        ("{{=workflow.status ?? 'x'}}", "phase; final only in exit handlers: known when the node starts"),
        ("{{=now()}}", "the time: known when the expression is evaluated"),
        ("{{=sprig.uuidv4()}}", "chance: drawn when the expression is evaluated"),
        ("{{=keys(workflow)}}", "not a variable of Argo's"),
        ("{{=1 +}}", "cannot be evaluated: unexpected token EOF (1:3)"),
        ("{{=nil}}", "cannot be evaluated: its value is nil"),
        ("{{nonsense}}", "not a variable of Argo's"),
        ("{{steps.{{item}}.id}}", "the item of a loop: known for each item of the loop"),
        ("{{workflow.parameters.{{workflow.parameters.a}}}}", "no value is given for the argument: pass -p x=VALUE"),
        ("{{open", "the braces are not closed"),
    ],
)
def test_what_is_not_known_stays_with_the_reason(tag: str, reason: str) -> None:
    text, late = resolve(tag, KNOWN)
    assert text == tag
    assert [(each.tag, each.reason) for each in late] == [(tag, reason)]


def test_a_tree_with_keys_and_paths() -> None:
    data: JsonValue = {
        "{{workflow.parameters.a}}": ["{{item}}", 1, None],
        "k": {"deep": "{{workflow.parameters.n}}{{item}}"},
    }
    found, late = resolve(data, KNOWN, ("spec",))
    assert found == {"x": ["{{item}}", 1, None], "k": {"deep": "3{{item}}"}}
    assert [each.path for each in late] == [("spec", "{{workflow.parameters.a}}", 0), ("spec", "k", "deep")]


def test_what_is_inserted_is_not_read_again() -> None:
    scope = Scope({"workflow.parameters.a": "{{workflow.parameters.b}}", "workflow.parameters.b": "no"})
    assert resolve("{{workflow.parameters.a}}", scope) == ("{{workflow.parameters.b}}", ())


def test_all_arguments_are_known_only_when_each_one_is() -> None:
    scope = Scope({"workflow.parameters.a": "x"})
    assert resolve("{{=len(workflow.parameters)}}", scope)[1][0].reason.startswith("arguments of the workflow")
    assert resolve("{{=workflow.parameters}}", scope)[0] == "{{=workflow.parameters}}"
    assert resolve("{{=workflow.parameters.a}}", scope) == ("x", ())
