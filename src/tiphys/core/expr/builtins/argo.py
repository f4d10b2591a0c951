"""What Argo adds besides ``sprig``: ``asInt``, ``asFloat``, ``toJson``, ``jsonpath`` (section 13)."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiphys.core.expr.builtins.conversion import floating, integer
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import to_json
from tiphys.core.expr.structs import Function
from tiphys.core.expr.values import Value

_ANY = ("interface {}",)


def functions() -> Mapping[str, Value]:
    """The names with their values."""
    return {
        "asInt": Function("asInt", integer, _ANY, "interface {}", wants_frame=True),
        "asFloat": Function("asFloat", floating, _ANY, "interface {}", wants_frame=True),
        "toJson": Function("toJson", _to_json, _ANY, "string"),
        "jsonpath": Function("jsonpath", _jsonpath, ("string", "string")),
    }


def _to_json(value: Any) -> str:
    try:
        return to_json(value)
    except ValueError as error:
        raise Fault(str(error)) from None


def _jsonpath(text: str, path: str) -> Any:
    from tiphys.core.expr.jsonpath import query

    return query(text, path)
