"""Parse, print, parse: the second tree is the first one, and printing is stable."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields
from tests.conformance.corpus import CORPUS, present
from tests.conformance.sets import expr, expressions

from tiphys.core.expr.builtins.catalogue import builtin_specs
from tiphys.core.expr.parser import parse
from tiphys.core.expr.printer import print_node
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.syntax import Node

EXAMPLES = int(os.environ.get("TIPHYS_FUZZ_EXAMPLES", "300"))
#: Every how many expressions of the corpus are printed here; a long run prints them all.
STRIDE = 12 if EXAMPLES < 1000 else 1
BUILTINS = frozenset(builtin_specs())
_ATOMS = st.sampled_from(
    (
        *(
            "a",
            "b.c",
            "$env",
            "nil",
            "true",
            "0",
            "7",
            "1.0",
            "0.5",
            "1e300",
            "'x'",
            '"\\n\\""',
            "`\\`",
            "b'\\xff'",
            "#",
        ),
        *(
            "#acc",
            "#index",
            ".k",
            "'é\u2028'",
            "'\\x00'",
            "x?.y",
            "x?.y.z",
            "x?.[0]",
            "f()",
            "x.not",
            "true",
            "-1",
            "{}",
        ),
    )
)
_OPERATORS = st.sampled_from(
    (
        *("+", "-", "*", "/", "%", "**", "^", "..", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "matches"),
        *("contains", "startsWith", "endsWith", "and", "&&", "or", "||", "??", "|"),
    )
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    triple = st.tuples(inner, inner, inner)
    return st.one_of(
        st.builds(lambda left, operator, right: f"{left} {operator} {right}", inner, _OPERATORS, inner),
        st.builds(lambda operator, operand: f"{operator} {operand}", st.sampled_from(("not", "!", "-", "+")), inner),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"{text}.k"),
        inner.map(lambda text: f"{text}?.['a b']"),
        inner.map(lambda text: f"{text}[1:]"),
        inner.map(lambda text: f"{text} | len()"),
        inner.map(lambda text: f"{text} ?: 1"),
        pair.map("{0[0]}[{0[1]}]".format),
        pair.map("{0[0]}?.m({0[1]})".format),
        pair.map("({0[0]}; {0[1]})".format),
        pair.map("let v = {0[0]}; {0[1]}".format),
        pair.map("map({0[0]}, {0[1]})".format),
        pair.map("filter({0[0]}, {{{0[1]}}})".format),
        pair.map("{{({0[0]}): {0[1]}, b: 1}}".format),
        pair.map("[{0[0]}, {0[1]}]".format),
        triple.map("{0[0]} ? {0[1]} : {0[2]}".format),
        triple.map("if {0[0]} {{{0[1]}}} else {{{0[2]}}}".format),
        triple.map("reduce({0[0]}, {0[1]}, {0[2]})".format),
        triple.map("g({0[0]}, {0[1]})[{0[2]}:]".format),
    )


EXPRESSIONS = st.recursive(_ATOMS, _grown, max_leaves=10)


def shape(node: object) -> Any:
    """A tree without its positions and depths."""
    if isinstance(node, Node):
        names = [field.name for field in fields(node) if field.name not in ("position", "depth")]
        return (type(node).__name__, *(shape(getattr(node, name)) for name in names))
    if isinstance(node, tuple):
        return [shape(item) for item in node]
    return type(node).__name__, node


def check(text: str) -> bool:
    """Whether the text is an expression; if it is, it must survive being printed."""
    try:
        tree = parse(text, BUILTINS)
    except ExprError:
        return False
    printed = print_node(tree)
    again = parse(printed, BUILTINS)
    assert shape(again) == shape(tree), printed
    assert print_node(again) == printed
    return True


@settings(max_examples=EXAMPLES, deadline=None)
@given(EXPRESSIONS)
def test_parse_print_parse(text: str) -> None:
    event("parsed" if check(text) else "refused")


@pytest.mark.skipif(not present(), reason=f"the conformance corpus is not at {CORPUS}")
def test_corpus_survives_printing() -> None:
    texts = {case.data["expr"] for case in expr.cases(CORPUS)}
    texts |= {case.data["expr"] for case in expressions.cases(CORPUS) if case.data["mode"] in ("expr", "evalbool")}
    assert sum(map(check, sorted(texts)[::STRIDE])) > 20_000 // STRIDE


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((a))+(b*c)", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a**b)**c ** d", "(a ** b) ** c ** d"),
        ("a < b < c", "a < b && b < c"),
        ("(a < b) < c", "(a < b) < c"),
        ("(a ?? b) + c", "(a ?? b) + c"),
        ("a not in b", "not (a in b)"),
        ("(-a) ** 2", "(-a) ** 2"),
        ("-(a ** 2)", "-a ** 2"),
        ("a | map({.b})", "map(a, #.b)"),
        ("map(a, {{b: #}})", 'map(a, ({"b": #}))'),
        ("if a { b } else if c { d } else { e }", "a ? b : c ? d : e"),
        ("(a ? b : c) ? d : e", "(a ? b : c) ? d : e"),
        ("let x = (let y = 1; y); x", "let x = (let y = 1; y); x"),
        ("a?.b.c[1:]", "a?.b.c[1:]"),
        ("(true).x", "(true).x"),
        ("1.0 + 1e30 + 'a\"b'", '1.0 + 1e+30 + "a\\"b"'),
    ],
)
def test_parentheses_are_few(text: str, printed: str) -> None:
    assert print_node(parse(text, BUILTINS)) == printed


def test_long_chains_need_no_deep_stack() -> None:
    text = " + ".join(["a"] * 4000)
    assert print_node(parse(text, BUILTINS)) == text
