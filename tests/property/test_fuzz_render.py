"""Rendering never reads a value again: whatever it contains, it stands in the result as it is."""

from __future__ import annotations

import json
import os

from hypothesis import given, settings
from hypothesis import strategies as st

from tiphys.core.template.compile import compile_text, compile_tree
from tiphys.core.template.references import resolve_reference
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope

EXAMPLES = int(os.environ.get("TIPHYS_FUZZ_EXAMPLES", "200"))
NAMES = ("a", "inputs.parameters.x", "steps.s.outputs.result", "item", "workflow.name")
_HOSTILE = st.lists(
    st.sampled_from(
        (
            *(
                "{{",
                "}}",
                "{{=",
                "{{a}}",
                "{{item}}",
                "{{=item}}",
                "{{=1/0}}",
                "{{ a }}",
                "{",
                "}",
                '"',
                "\\",
                "\n",
                "'",
            ),
            *(
                "\\u007b\\u007b",
                "$env",
                "`",
                "\x00",
                "\x7f",
                "é",
                "\U0001f600",
                "{{inputs.parameters.x}}",
                "%s",
                "null",
            ),
        )
    )
    | st.text(max_size=4),
    max_size=6,
).map("".join)
SCOPES = st.fixed_dictionaries(dict.fromkeys(NAMES, _HOSTILE))
_LITERALS = st.text(max_size=6).filter(lambda text: "{" not in text and "}" not in text)
_PARTS = st.lists(st.tuples(_LITERALS, st.sampled_from(NAMES), st.sampled_from(("{{%s}}", "{{=%s}}", "{{ %s }}"))))
fuzzed = settings(max_examples=EXAMPLES, deadline=None)


def _text(parts: list[tuple[str, str, str]]) -> str:
    return "".join(literal + tag % name for literal, name, tag in parts)


def _expected(parts: list[tuple[str, str, str]], values: dict[str, str]) -> str:
    return "".join(literal + values[name] for literal, name, _ in parts)


@fuzzed
@given(_PARTS, SCOPES, st.sampled_from(Mode))
def test_text(parts: list[tuple[str, str, str]], values: dict[str, str], mode: Mode) -> None:
    assert compile_text(_text(parts)).render(Scope(values), mode) == _expected(parts, values)


@fuzzed
@given(_PARTS, SCOPES, st.sampled_from(Mode))
def test_trees_and_their_keys(parts: list[tuple[str, str, str]], values: dict[str, str], mode: Mode) -> None:
    text, expected = _text(parts), _expected(parts, values)
    rendered = compile_tree({"list": [text, 1, None], "map": {text: {"inner": text}}}).render(Scope(values), mode)
    assert rendered == {"list": [expected, 1, None], "map": {expected: {"inner": expected}}}


@fuzzed
@given(SCOPES, st.sampled_from(NAMES))
def test_references(values: dict[str, str], name: str) -> None:
    assert resolve_reference(f"{{{{{name}}}}}", Scope(values)) == values[name]


@fuzzed
@given(SCOPES)
def test_expressions_see_values_as_they_are(values: dict[str, str]) -> None:
    rendered = compile_text("{{=toJson([a, item])}}").render(Scope(values), Mode.STRICT)
    assert json.loads(rendered) == [values["a"], values["item"]]


def test_a_large_value_changes_nothing_but_itself() -> None:
    value = "{{a}}\"'\\\n" * 125_000
    assert len(value) >= 1_000_000
    assert compile_text("<{{item}}|{{=item}}>").render(Scope({"item": value}), Mode.STRICT) == f"<{value}|{value}>"
