import pytest

from tiphys.core.template.compile import compile_text
from tiphys.core.template.errors import MissingVariableError, TemplateError
from tiphys.core.template.expression import compile_condition, compile_value
from tiphys.core.template.references import resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.segments import mentions

SCOPE = Scope(
    {
        "lastRetry.exitCode": "1",
        "steps.a.outputs.result": "[1,2]",
        "steps.a.outputs.artifacts.x": {"name": "x", "s3": {"key": "k"}},
        "absent": None,
    }
)


def test_conditions() -> None:
    assert compile_condition('lastRetry.exitCode == "1"').evaluate(SCOPE) is True
    assert compile_condition("asInt(lastRetry.exitCode) > 1").evaluate(SCOPE) is False


def test_condition_over_an_unknown_name() -> None:
    with pytest.raises(MissingVariableError) as caught:
        compile_condition("nosuch.x == 1").evaluate(SCOPE)
    assert caught.value.name == "nosuch"
    assert str(caught.value) == "unknown name nosuch (1:1)\n | nosuch.x == 1\n | ^"


def test_condition_over_a_missing_member() -> None:
    with pytest.raises(MissingVariableError) as caught:
        compile_condition('steps.b.outputs.result == "1"').evaluate(SCOPE)
    assert caught.value.name == "steps.b"
    first = str(caught.value).split("\n")[0]
    assert first.startswith(
        "unable to evaluate expression 'steps.b.outputs.result == \"1\"': cannot fetch outputs from "
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [("'yes'", "yes"), ("1 + 1", "%!s(int=2)"), ("1.5", "%!s(float64=1.5)"), ("nil", "%!s(<nil>)")],
)
def test_condition_that_is_no_boolean(text: str, shown: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile_condition(text).evaluate(SCOPE)
    assert str(caught.value) == f"unable to cast expression result '{shown}' to bool"


def test_malformed_condition_is_found_by_check() -> None:
    condition = compile_condition("a &&")
    with pytest.raises(TemplateError, match=r"^unexpected token EOF"):
        condition.check()
    assert condition.names == frozenset()
    with pytest.raises(TemplateError, match=r"^unexpected token EOF"):
        condition.evaluate(SCOPE)


def test_values_and_names() -> None:
    expression = compile_value("steps.a.outputs.artifacts.x.S3.Key")
    assert expression.evaluate(SCOPE) == "k"
    assert compile_value("steps.a.outputs.artifacts.x").evaluate(SCOPE) == {"name": "x", "s3": {"key": "k"}}
    assert isinstance(compile_value("steps.a.outputs.artifacts.x").evaluate(SCOPE), dict)
    assert "steps.a.outputs.artifacts.x" in expression.names
    assert compile_value("absent").evaluate(SCOPE) is None


def test_names_of_expression_tags() -> None:
    assert compile_text("{{=steps.a.outputs.result}}").names >= {"steps", "steps.a", "steps.a.outputs.result"}
    assert compile_text("{{=1 +}}").names == frozenset()


def test_late_names_keep_the_tag() -> None:
    source = '{{=retries ?? "x"}}'
    assert compile_text(source).render(Scope({}), Mode.LENIENT) == source
    assert compile_text(source).render(Scope({"retries": "2"}), Mode.LENIENT) == "2"
    assert compile_text("{{='item'}}").render(Scope({}), Mode.LENIENT) == "item"


def test_syntax_errors_are_errors_in_every_mode() -> None:
    for mode in Mode:
        with pytest.raises(TemplateError, match=r"^failed to evaluate expression: unexpected token EOF"):
            compile_text("{{=1 +}}").render(SCOPE, mode)


def test_results_are_data() -> None:
    assert compile_text("{{=v}}").render(Scope({"v": "{{item}}\x07", "item": "no"}), Mode.STRICT) == "{{item}}\x07"


def test_references() -> None:
    assert resolve_reference("{{ steps.a.outputs.result }}", SCOPE) == "[1,2]"
    assert resolve_reference("absent", SCOPE) is None
    assert resolve_reference('{{=$env["steps.a.outputs.result"] + "!"}}', SCOPE) == "[1,2]!"
    with pytest.raises(MissingVariableError, match=r'^Unable to resolve: "steps.b.outputs.result"$'):
        resolve_reference("{{steps.b.outputs.result}}", SCOPE)


@pytest.mark.parametrize(
    ("expression", "name", "found"),
    [
        ("item", "item", True),
        ("item.key + 1", "item", True),
        ("items", "item", False),
        ("inputs.parameters.item", "item", False),
        ("'item'", "item", False),
        ('"it\\"em" + item', "item", True),
        ("lastRetry.exitCode ?? 1", "lastRetry.exitCode", True),
        ("lastRetry.exitCodes", "lastRetry.exitCode", False),
    ],
)
def test_mentions(expression: str, name: str, found: bool) -> None:
    assert mentions(expression, name) is found
