"""The expression library's own tests: ``expr/cases.jsonl`` and ``expr/generated.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conformance.case import Case, Comparison, Difference, Outcome
from tests.conformance.expression_values import UnsupportedError, decode, same, with_clock
from tiphys.core.expr.builtins.catalogue import builtin_specs
from tiphys.core.expr.compile import Expression
from tiphys.core.expr.parser import parse
from tiphys.core.expr.program import ExprError, Functions

_GO_VALUE = "a Go value that JSON cannot carry"
#: Cases that differ on purpose, with the first cell of the row of ``docs/differences.md`` that says why.
DIFFERENT = {
    "cases-1212": "functions of the expression library that Argo does not switch off",
    "cases-2041": "a Go environment patched by the test",
}
#: The same for kinds of generated expressions; all of them together are not more than ``GENERATED_MOST``.
GENERATED = {
    "address": "how a function prints",
    "typed slice": "equality of typed Go lists",
    "filtered map": "filtering a map twice",
    "stack": "values left on the stack of the expression library",
    "typed nil": "equality of typed Go nils",
    "structs": "sorting Go structs",
}
GENERATED_MOST = 98


def cases(corpus: Path) -> Iterable[Case]:
    """The rows of both files; those of the second are called by their line."""
    for row in rows(corpus, "cases.jsonl"):
        yield Case(f"cases-{row['id']}", row, corpus)
    environment = with_clock(decode(json.loads((corpus / "expr/generated_env.json").read_text())))
    for number, row in enumerate(rows(corpus, "generated.jsonl"), 1):
        yield Case(f"generated-{number}", {"op": "generated", "environment": environment, **row}, corpus)


def rows(corpus: Path, name: str) -> Iterable[dict[str, Any]]:
    """The rows of one file."""
    with (corpus / "expr" / name).open() as lines:
        yield from map(json.loads, lines)


def run(case: Case) -> Outcome:
    """Parse, check or evaluate, as the row asks."""
    row = case.data
    if row["op"] not in ("generated", "parse") and not row["verified"]:
        return Outcome(not_behaviour=_GO_VALUE)
    compared = Comparison()
    try:
        _compare(compared, row)
    except UnsupportedError:
        return Outcome(not_behaviour=_GO_VALUE)
    return compared.outcome()


def _compare(compared: Comparison, row: dict[str, Any]) -> None:
    expected = decode(row["expected"]) if "expected" in row else None
    try:
        accepted, value = _evaluated(row)
    except ExprError as error:
        _compare_error(compared, row, error)
        return
    if "error" in row:
        compared.hold("an error", False, row["error"], value if accepted is None else accepted)
    elif accepted is None and "expected" in row:
        compared.hold("value", same(value, expected), expected, value)
    else:
        compared.hold("accepted", True, "accepted", "accepted")


def _evaluated(row: dict[str, Any]) -> tuple[str | None, Any]:
    """What was accepted without a value, or the value."""
    if row["op"] == "generated":
        return None, Expression(row["expr"], Functions.BUILTIN, lenient=True).run(row["environment"])
    if row["op"] == "parse":
        parse(row["expr"], frozenset(builtin_specs()))
        return "parsed", None
    plain = decode(row["env_plain"] if row.get("env_plain") is not None else row.get("env") or {})
    environment = with_clock(plain.fields if hasattr(plain, "fields") else plain)
    program = Expression(row["expr"], Functions.BUILTIN, lenient=not row.get("strict"))
    if row["op"] == "compile" and "error" not in row:
        return "compiled", None
    value = program.run(environment)
    return ("checked", None) if row["op"] in ("check", "compile") else (None, value)


def _compare_error(compared: Comparison, row: dict[str, Any], error: ExprError) -> None:
    if "error" not in row:
        # A row that asks only whether the types fit says nothing about running.
        static = row["op"] in ("check", "compile")
        compared.hold("no error", static and error.phase == "run", "no error", error.message)
        return
    wanted = row["error"]
    if wanted.get("message"):
        compared.equal("message", wanted["message"], error.message)
    for part in wanted.get("contains") or ():
        compared.hold("part of the message", part in error.message, part, error.message)
    if not wanted.get("message") and not wanted.get("contains"):
        compared.hold("an error", True, wanted, error.message)


def reason(case: Case, difference: Difference) -> str | None:
    """Which known difference a case shows: the first cell of its row in ``docs/differences.md``."""
    if case.id in DIFFERENT:
        return DIFFERENT[case.id]
    kind = _kind(case.data, str(difference.got)) if case.data["op"] == "generated" else None
    return GENERATED[kind] if kind else None


def _kind(row: dict[str, Any], got: str) -> str | None:
    """What an expression that differs has in common with others that do."""
    text, expected = row["expr"], json.dumps(row.get("expected")).lower()
    if "func(" in got.lower() or "0x5bd1" in expected or "0x4cc" in expected or "string(" in text:
        return "address"
    if "Index on map Value" in got and "filter(" in text:
        return "filtered map"
    if "findLast" in text:
        return "stack"
    if "==" in text or "!=" in text or " in " in text:
        return "typed nil" if "?." in text else "typed slice"
    if "main.Foo < main.Foo" in got or "groupBy(" in text:
        return "structs"
    return None
