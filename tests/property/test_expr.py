"""Properties of the expression language."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tiphys.core.expr.compile import Expression
from tiphys.core.expr.format import go_string, render, to_json
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.values import Value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    [
        "a",
        "b.c",
        "1",
        "2.5",
        "'x'",
        '"y"',
        "`z`",
        "nil",
        "true",
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "..",
        "==",
        "!=",
        "<",
        "<=",
        "in",
        "not",
        "and",
        "or",
        "&&",
        "||",
        "!",
        "?.",
        "??",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        "#",
        "|",
        ".",
        "let",
        "if",
        "else",
        "matches",
        "contains",
        "map(",
        "filter(",
        "len(",
        "sum(",
        "reduce(",
        "#acc",
        "#index",
        "=",
        "=>",
        ":=",
        "0x",
        "1e",
        "b'q'",
        "asInt(",
        "sprig.upper(",
        "$env",
    ]
)


@given(JSON)
def test_json_form_is_json(value: Value) -> None:
    assert json.loads(to_json(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_json_form_of_a_float_reads_back(value: float) -> None:
    assert float(to_json(value)) == value


@given(st.floats())
def test_float_text_reads_back(value: float) -> None:
    text = go_string(value)
    assert float(text.replace("Inf", "inf")) == value or value != value


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_strings_render_as_themselves(value: str) -> None:
    assert render(value) == value


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=30))
def test_any_text_is_a_program_or_an_expression_error(text: str) -> None:
    try:
        program = Expression(text)
        program.run({"a": 1, "b": {"c": [1, 2]}})
    except ExprError as error:
        assert error.message
        assert error.line >= 1
        assert error.column >= 0


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.sampled_from(["+", "-", "*"]))
def test_integers_stay_in_64_bits(left: int, right: int, operator: str) -> None:
    value = Expression(f"a {operator} b").run({"a": left, "b": right})
    exact = {"+": left + right, "-": left - right, "*": left * right}[operator]
    assert isinstance(value, int)
    assert -(2**63) <= value < 2**63
    assert (value - exact) % 2**64 == 0
