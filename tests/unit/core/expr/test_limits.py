"""No text and no evaluation hangs or exhausts the controller."""

from __future__ import annotations

from typing import Any

import pytest

from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.program import ExprError, Limits
from tiphys.core.expr.regex import compile_pattern


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000,
        "-" * 5000 + "1",
        "not " * 5000 + "true",
        "{a: " * 3000 + "1" + "}" * 3000,
        "a" + ".b" * 5000,
        "a" + "[0]" * 3000,
        "f(" * 5000,
        "true ? " * 3000 + "1" + " : 2" * 3000,
        "map([1], " * 1000 + "1" + ")" * 1000,
        "let x = 1; " * 5000,
        "if true { " * 2000,
        "1 ** " * 3000 + "1",
        "1 | abs()" + " | abs()" * 3000,
        "a?.b" + "?.b" * 3000,
    ],
)
def test_deep_texts_are_refused(text: str) -> None:
    with pytest.raises(ExprError) as caught:
        compile_expression(text)
    assert caught.value.phase in ("parse", "check")


def test_too_many_nodes_are_refused() -> None:
    with pytest.raises(ExprError, match="exceeds maximum allowed nodes"):
        compile_expression("1; " * 10_001 + "1")


def test_long_chains_are_not_deep() -> None:
    assert compile_expression("+".join(["n"] * 3000)).run({"n": 1}) == 3000
    assert compile_expression(" && ".join(["t"] * 3000)).run({"t": True}) is True
    assert compile_expression(" || ".join(["f"] * 3000) + " || t").run({"f": False, "t": True}) is True
    assert compile_expression(" ?? ".join(["n"] * 100) + " ?? 1").run({"n": None}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "1..1000000",
        "len(1..10000000)",
        "repeat('a', 1000001)",
        "map(1..999999, 1..999999)",
        "map(1..2000, map(1..2000, #))",
        "all(1..999999, all(1..999999, true))",
        "reduce(1..100, #acc + #acc, 'aaaaaaaaaa')",
        "map(1..100000, repeat('a', 10000))",
        "sprig.untilStep(0, 1000000000, 1)",
        "sprig.until(2000000)",
        "sprig.seq(1, 9223372036854775807)",
        "sprig.seq(100000000)",
        "sprig.repeat(1000000000, 'a')",
        "sprig.indent(1000000000, 'a')",
        "replace(repeat('a', 99999), '', repeat('b', 9999))",
        "sprig.replace('a', sprig.repeat(9999, 'b'), repeat('a', 99999))",
        "sprig.randAlpha(1000000000)",
        "sprig.join(sprig.repeat(99999, ','), split(sprig.repeat(99999, 'a'), ''))",
        "sprig.wrap(1, sprig.repeat(8000000, 'a '))",
        "sprig.wrapWith(1, sprig.repeat(99999, ','), sprig.repeat(99999, 'a'))",
    ],
)
def test_big_results_are_refused(text: str) -> None:
    with pytest.raises(ExprError) as caught:
        compile_expression(text).run({"$random": lambda: 1})
    assert caught.value.phase == "run"


def test_patterns_do_not_backtrack() -> None:
    text = "a" * 5000
    assert compile_expression("s matches '^(a+)+$b'").run({"s": text}) is False
    with pytest.raises(ExprError, match="error parsing regexp"):
        compile_expression("s matches '(?=a)'").run({"s": "a"})


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("regexReplaceAll('b', s, 'c')", "ac" * 500),
        ("regexFindAll('b', s, -1)", ["b"] * 500),
        ("regexSplit('b', s, -1)", ["a"] * 500 + [""]),
    ],
)
def test_every_match_is_found_in_one_walk(call: str, found: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiphys.core.expr.builtins import sprig_encoding

    class Walked:
        def __init__(self, pattern: str) -> None:
            self.finditer = compile_pattern(pattern).finditer  # a search from a position would begin at the beginning

    monkeypatch.setattr(sprig_encoding, "compile_pattern", Walked)
    assert compile_expression(f"sprig.{call}").run({"s": "ab" * 500}) == found


def test_steps_are_limited() -> None:
    program = compile_expression("count(1..100, # > 0)")
    assert program.run({}) == 100
    with pytest.raises(ExprError, match="step budget exceeded"):
        program.run({}, Limits(steps=50))


def test_result_size_is_limited() -> None:
    program = compile_expression("s + s")
    assert len(str(program.run({"s": "a" * 100}))) == 200
    with pytest.raises(ExprError, match="larger than 150 bytes"):
        program.run({"s": "a" * 100}, Limits(result_bytes=150))


def test_deep_values_are_refused() -> None:
    deep = "[" * 5000 + "]" * 5000
    for text in ("fromJSON(s)", "jsonpath(s, '$')", "sprig.mustFromJson(s)"):
        with pytest.raises(ExprError):
            compile_expression(text).run({"s": deep})


def test_deep_variables_are_refused_where_they_are_walked() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for text in ("flatten(x)", "string(x)", "toJSON(x)", "x == [x]", "max(x)", "sprig.deepCopy(x)", "x in [[x]]"):
        with pytest.raises(ExprError):
            compile_expression(text).run({"x": deep})
