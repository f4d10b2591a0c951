"""The conformance corpus: every row agrees, but for the differences listed here with their reasons."""

from __future__ import annotations

import json
import zlib
from functools import partial
from typing import Any

import pytest
from tests.unit.core.expr import expr_corpus as corpus

from tiphys.core.expr.builtins.catalogue import builtin_specs
from tiphys.core.expr.compile import Expression, compile_expression
from tiphys.core.expr.parser import parse
from tiphys.core.expr.program import ExprError, Functions
from tiphys.core.expr.structs import Function

pytestmark = pytest.mark.skipif(not corpus.CORPUS.exists(), reason="the conformance corpus is not on this machine")

GROUPS = [
    "literals",
    "arithmetic",
    "comparison",
    "logic",
    "string-operators",
    "collections",
    "predicates",
    "builtins",
    "runtime-types",
    "argo-functions",
    "sprig",
    "evalbool",
    "retry-expression",
    "http-conditions",
]

#: Rows of cases.jsonl that ask for something that Argo does not switch on, or cannot give.
CASES = {
    1212: "needs the option DisableAllBuiltins, which Argo does not use",
    2041: "a Go environment patched by the test",
}
#: What the expressions of generated.jsonl that differ have in common; the number is how many of all rows may.
GENERATED = {
    "address": "prints the memory address of a Go function",
    "typed slice": "the environment's list is []main.Foo there, and not equal to a []interface {} with the same elements",
    "filtered map": "filtering or counting a map by the optimizer's rewrite of filter",
    "stack": "the reference leaves a value of findLast on its stack",
    "typed nil": "compares a typed nil that JSON cannot carry",
    "structs": "sorts one struct, or groups by structs whose printed form is equal",
}
GENERATED_MOST = 98
#: Every how many rows of generated.jsonl are run here; all of them are run by hand with 1.
STRIDE = 8

FUNCTIONS = {
    "func(a, b int) int { return a + b }": Function("add", lambda a, b: a + b, ("int", "int"), "int"),
    'func(name string) string { return "Hello, " + name }': Function(
        "greet", lambda name: "Hello, " + name, ("string",), "string"
    ),
    "func(int, int) int": Function("add", print, ("int", "int"), "int"),
    "func(string) string": Function("greet", print, ("string",), "string"),
    "func() string": Function("String", print, (), "string"),
}


def run_text(text: str, functions: Functions, env: dict[str, Any]) -> Any:
    return compile_expression(text, functions).run(env)


def test_expressions_yaml() -> None:
    environments = corpus.yaml_environments()
    differences = []
    count = 0
    for row in corpus.yaml_rows():
        if row["group"] not in GROUPS:
            continue
        count += 1
        bare = row.get("functions") is False
        functions = Functions.BUILTIN if bare else Functions.ARGO
        plain = environments[row["env"]]
        env = corpus.with_clock(plain if bare else corpus.expand(plain))
        run = partial(run_text, row["expr"], functions, env)
        difference = corpus.yaml_difference(row["want"], run, row["mode"] == "evalbool")
        if difference is not None:
            differences.append((row["id"], row["expr"], difference))
    assert differences == []
    assert count > 650


def case_rows() -> list[dict[str, Any]]:
    if not corpus.CORPUS.exists():
        return []
    return [row for row in corpus.json_rows("cases.jsonl") if row["verified"] or row["op"] == "parse"]


def case_difference(row: dict[str, Any]) -> str | None:
    """What differs; ``None`` for agreement."""
    env = row.get("env_plain") if row.get("env_plain") is not None else row.get("env") or {}
    decoded = corpus.decode(env, FUNCTIONS)
    if hasattr(decoded, "fields"):
        decoded = dict(decoded.fields)
    try:
        if row["op"] == "parse":
            parse(row["expr"], frozenset(builtin_specs()))
            return None
        program = Expression(row["expr"], Functions.BUILTIN, lenient=not row.get("strict"))
        if row["op"] == "compile" and "error" not in row:
            return None
        value = program.run(corpus.with_clock(decoded))
    except ExprError as error:
        return error_difference(row, error)
    if row["op"] in ("check", "compile"):
        return "accepted" if "error" in row else None
    if "error" in row:
        return f"value {value!r} instead of an error"
    if "expected" in row and not corpus.same(value, corpus.decode(row["expected"], FUNCTIONS)):
        return f"value {value!r}"
    return None


def error_difference(row: dict[str, Any], error: ExprError) -> str | None:
    if "error" not in row:
        static = row["op"] in ("check", "compile")
        return None if static and error.phase == "run" else f"raised {error.message!r}"
    wanted = row["error"]
    if wanted.get("message") and wanted["message"] != error.message:
        return f"message {error.message!r}"
    missing = [part for part in wanted.get("contains") or [] if part not in error.message]
    return f"message {error.message!r} without {missing}" if missing else None


def test_cases() -> None:
    differences = {}
    unsupported = 0
    rows = case_rows()
    for row in rows:
        try:
            difference = case_difference(row)
        except corpus.UnsupportedError:
            unsupported += 1
            continue
        if difference is not None:
            differences[row["id"]] = f"{row['expr']}: {difference}"
    assert set(differences) <= set(CASES), differences
    assert len(rows) - unsupported > 1400


def generated_difference(row: dict[str, Any], env: dict[str, Any]) -> str | None:
    try:
        value = Expression(row["expr"], Functions.BUILTIN, lenient=True).run(env)
    except ExprError as error:
        return error.message.splitlines()[0]
    if "no_error" in row or corpus.same(value, corpus.decode(row["expected"], FUNCTIONS)):
        return None
    return f"value {value!r}"


def reason(row: dict[str, Any], difference: str) -> str | None:
    """Which known difference a row shows."""
    text = row["expr"]
    if "0x5bd1" in json.dumps(row.get("expected")) or "0x4cc" in json.dumps(row.get("expected")) or "string(" in text:
        return "address"
    if "Index on map Value" in difference and "filter(" in text:
        return "filtered map"
    if "findLast" in text:
        return "stack"
    if "==" in text or "!=" in text or " in " in text:
        return "typed nil" if "?." in text else "typed slice"
    if "main.Foo < main.Foo" in difference or "groupBy(" in text:
        return "structs"
    return None


def test_generated() -> None:
    env = corpus.with_clock(
        corpus.decode(json.loads((corpus.CORPUS / "expr/generated_env.json").read_text()), FUNCTIONS)
    )
    differences = []
    count = 0
    for row in corpus.json_rows("generated.jsonl"):
        if zlib.crc32(row["expr"].encode()) % STRIDE:
            continue
        count += 1
        difference = generated_difference(row, env)
        if difference is not None:
            differences.append((row["expr"], difference, reason(row, difference)))
    unknown = [found for found in differences if found[2] not in GENERATED]
    assert unknown == []
    assert len(differences) <= GENERATED_MOST // STRIDE * 2
    assert count > 20_000 // STRIDE
