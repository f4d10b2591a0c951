import pytest

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.core.template.compile import compile_text, compile_tree
from tiphys.core.template.errors import AbsentOptionalError, MissingVariableError, TemplateError
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope

SCOPE = Scope(
    {
        "workflow.name": "wf",
        "item": "one",
        "inputs.parameters.one": "1",
        "inputs.parameters.key": "one",
        "absent": None,
        "count": 3,
        "steps.a.outputs.artifacts.x": {"name": "x"},
    }
)


def text(source: str, mode: Mode = Mode.LENIENT) -> str:
    return compile_text(source).render(SCOPE, mode)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("plain", "plain"),
        ("{{workflow.name}}", "wf"),
        ("a-{{ workflow.name }}-{{item}}-z", "a-wf-one-z"),
        ("{{\tworkflow.name}}", "{{\tworkflow.name}}"),
        ("{{nope}} {{ nope }}", "{{nope}} {{ nope }}"),
        ("}} x", "}} x"),
        ("{{{workflow.name}}}", "{{{workflow.name}}}"),
        ("{{steps.a.outputs.artifacts.x}}", "{{steps.a.outputs.artifacts.x}}"),
    ],
)
def test_simple_tags(source: str, result: str) -> None:
    assert text(source) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{inputs.parameters.{{item}}}}", "1"),
        ("x{{inputs.parameters.{{inputs.parameters.{{x}}}}}}y", "x{{inputs.parameters.{{inputs.parameters.{{x}}}}}}y"),
        ("{{inputs.parameters.{{inputs.parameters.key}}}}", "1"),
        ("{{inputs.{{kind}}.one}}", "{{inputs.{{kind}}.one}}"),
        ("{{steps.{{item}}.status}}", "{{steps.one.status}}"),
        ("{{inputs.parameters.{{ item }}}}", "{{inputs.parameters.{{ item }}}}"),
        ("{{ not a tag {{item}}", "{{ not a tag one"),
        ("{{a.{{=1}}}}", "{{a.{{=1}}}}"),
    ],
)
def test_nested_tags(source: str, result: str) -> None:
    assert text(source) == result


def test_nested_tag_in_strict_mode() -> None:
    with pytest.raises(
        MissingVariableError, match=r"^failed to resolve \{\{inputs\.parameters\.\{\{nope\}\}$"
    ) as caught:
        text("{{inputs.parameters.{{nope}}}}", Mode.STRICT)
    assert caught.value.name == "nope"
    assert text("{{x.{{item}}}}", Mode.STRICT) == "{{x.one}}"
    with pytest.raises(AbsentOptionalError) as absent:
        text("{{x.{{absent}}}}")
    assert str(absent.value) == 'unable to substitute nested tag {{x.{{absent}}: "absent" is an absent optional'


def test_strict_mode_names_the_missing_variable() -> None:
    with pytest.raises(MissingVariableError) as caught:
        text("{{ steps.x.status }}", Mode.STRICT)
    assert str(caught.value) == "failed to resolve {{ steps.x.status }}"
    assert caught.value.name == "steps.x.status"


@pytest.mark.parametrize("source", ["{{steps}}", "{{steps.x.status}}", "{{tasks.x}}", "{{ tasks.x }}"])
def test_siblings_mode_requires_steps_and_tasks(source: str) -> None:
    with pytest.raises(MissingVariableError):
        text(source, Mode.SIBLINGS)


@pytest.mark.parametrize("source", ["{{nope}}", "{{tasksA.x}}", "{{steps.x.outputs.artifacts.a}}", "{{inputs.x}}"])
def test_siblings_mode_keeps_all_others(source: str) -> None:
    assert text(source, Mode.SIBLINGS) == source


@pytest.mark.parametrize("mode", list(Mode))
def test_absent_optional_is_final_in_every_mode(mode: Mode) -> None:
    with pytest.raises(AbsentOptionalError) as caught:
        text("x {{absent}}", mode)
    assert str(caught.value) == (
        "unable to substitute {{absent}}: output is an absent optional (skipped/omitted node with no default)"
    )


def test_numbers_are_no_text() -> None:
    with pytest.raises(TemplateError, match=r"^failed to resolve \{\{count\}\} to string$"):
        text("{{count}}")


def test_unclosed_tag_is_an_error_when_rendered() -> None:
    compiled = compile_text("a {{b")
    assert not compiled.constant
    with pytest.raises(TemplateError) as caught:
        compiled.render(SCOPE, Mode.LENIENT)
    assert str(caught.value) == r'Cannot find end tag="}}" in the template="\"a {{b\"" starting from "b\""'


@pytest.mark.parametrize("value", ["{{item}}", "{{=1}}", "\x07\x7f\U000e0001", 'q"\\\n', "{{", "}}"])
def test_inserted_values_are_data(value: str) -> None:
    scope = Scope({"v": value, "item": "no"})
    assert compile_text("<{{v}}>").render(scope, Mode.STRICT) == f"<{value}>"


def test_large_values_are_inserted_as_they_are() -> None:
    value = "x" * 1_000_000
    assert compile_text("{{v}}").render(Scope({"v": value}), Mode.STRICT) == value


def test_nearest_scope_decides() -> None:
    outer = Scope({"a": "outer", "b": "b"})
    assert compile_text("{{a}}{{b}}").render(outer.child({"a": "inner"}), Mode.STRICT) == "innerb"


def test_tree_replaces_strings_and_keys_only() -> None:
    source: JsonValue = {
        "n": 1,
        "{{item}}": "{{workflow.name}}",
        "list": ["a", "{{item}}", {"k": "{{item}}"}, None, True],
        "constant": {"x": [1, 2]},
    }
    tree = compile_tree(source)
    result = tree.render(SCOPE, Mode.LENIENT)
    assert result == {
        "n": 1,
        "one": "wf",
        "list": ["a", "one", {"k": "one"}, None, True],
        "constant": {"x": [1, 2]},
    }
    assert isinstance(source, dict)
    assert isinstance(result, dict)
    assert result["constant"] is source["constant"]
    assert source["list"] == ["a", "{{item}}", {"k": "{{item}}"}, None, True]


def test_constant_tree_is_returned_itself() -> None:
    source: JsonValue = {"a": ["b", 1, "}} {"]}
    tree = compile_tree(source)
    assert tree.constant
    assert tree.render(SCOPE, Mode.STRICT) is source


def test_a_tree_can_be_rendered_many_times() -> None:
    tree = compile_tree({"a": "{{v}}"})
    assert not tree.constant
    first = tree.render(Scope({"v": "1"}), Mode.STRICT)
    assert tree.render(Scope({"v": "2"}), Mode.STRICT) == {"a": "2"}
    assert first == {"a": "1"}


def test_names() -> None:
    tree = compile_tree({"{{k}}": "{{ a }} {{b.{{c}}}}", "x": ["{{d}}"]})
    assert tree.names == {"k", "a", "c", "d"}
    assert compile_text("none").names == frozenset()
