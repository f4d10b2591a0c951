"""Values of the corpus as values of the expression language, and the other way round."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tiphys.core.expr.format import go_string
from tiphys.core.expr.goparse import parse_time
from tiphys.core.expr.gotime import RFC3339, parse_duration
from tiphys.core.expr.structs import AnyMap, Function, NullList, Struct
from tiphys.core.expr.values import Time

NOW = Time(1_750_000_000_000_000_000)

#: The Go functions of the environments, by the text that stands for them.
FUNCTIONS = {
    "func(a, b int) int { return a + b }": Function("add", lambda a, b: a + b, ("int", "int"), "int"),
    'func(name string) string { return "Hello, " + name }': Function(
        "greet", lambda name: "Hello, " + name, ("string",), "string"
    ),
    "func(int, int) int": Function("add", print, ("int", "int"), "int"),
    "func(string) string": Function("greet", print, ("string",), "string"),
    "func() string": Function("String", print, (), "string"),
}


class UnsupportedError(Exception):
    """The row needs a Go value that JSON cannot carry."""


def with_clock(env: Mapping[str, Any]) -> dict[str, Any]:
    """An environment with what impure functions ask for."""
    return {**env, "$now": NOW, "$zone": _zone, "$random": lambda: 4}


def _zone(name: str) -> Callable[[int], tuple[int, str]] | None:
    try:
        info = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None

    def offset(seconds: int) -> tuple[int, str]:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(info)
        delta = moment.utcoffset()
        return int(delta.total_seconds()) if delta else 0, moment.tzname() or ""

    return offset


def expand(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names to nested maps; a name that is the beginning of another one is dropped."""
    nested: dict[str, Any] = {}
    names = sorted(flat)
    for name in names:
        if any(other.startswith(name + ".") for other in names):
            continue
        *path, last = name.split(".")
        place = nested
        for part in path:
            place = place.setdefault(part, {})
        place[last] = flat[name]
    return nested


def decode(value: Any, functions: Mapping[str, Function] = FUNCTIONS) -> Any:
    """A corpus value with its tags undone."""
    if isinstance(value, list):
        return [decode(item, functions) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 or "$struct" in value:
        tag = next(iter(value))
        if tag.startswith("$"):
            return _tagged(tag, value, functions)
    return {key: decode(item, functions) for key, item in value.items()}


def _tagged(tag: str, value: dict[str, Any], functions: Mapping[str, Function]) -> Any:
    payload = value[tag]
    if re.fullmatch(r"\$u?int\d*", tag):
        return int(payload)
    if tag.startswith("$float"):
        return float(payload)
    if tag == "$duration":
        return parse_duration(payload)
    if tag == "$time":
        return parse_time(RFC3339, payload)
    if tag == "$bytes_base64":
        return base64.b64decode(payload)
    if tag == "$map":
        made = AnyMap()
        for key, item in payload:
            made.put(decode(key), decode(item, functions))
        return made
    if tag == "$struct":
        fields = {name: decode(item, functions) for name, item in value.get("fields", {}).items()}
        return Struct(payload, fields, {"String": Function("String", lambda: "foo", (), "string")})
    if tag == "$nil":
        return NullList() if payload.startswith("[]") else None
    if tag == "$go" and payload in functions:
        return functions[payload]
    raise UnsupportedError(json.dumps(value))


def same(found: Any, expected: Any) -> bool:
    """Compare strictly: ints are not floats; functions are equal by type."""
    if isinstance(expected, Function) or isinstance(found, Function):
        return isinstance(found, Function) and found.go_type == getattr(expected, "go_type", None)
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and _same_maps(found, expected)
    if isinstance(expected, int | float) and isinstance(found, int | float):
        if isinstance(found, float) != isinstance(expected, float):
            return False
        return found == expected or (found != found and expected != expected)
    if expected is None:
        return found is None
    if isinstance(expected, Time) and isinstance(found, Time):
        return (found.unix_nanoseconds, found.offset_seconds) == (expected.unix_nanoseconds, expected.offset_seconds)
    if isinstance(found, str):
        return bool(found.encode("utf-8", "surrogateescape").decode("utf-8", "replace") == expected)
    return bool(found == expected)


def _same_maps(found: Mapping[Any, Any], expected: Mapping[Any, Any]) -> bool:
    """Keys are compared by how Go prints them."""
    plain = {go_string(key): found[key] for key in found}
    wanted = {go_string(key): expected[key] for key in expected}
    if len(found) != len(expected) or plain.keys() != wanted.keys():
        return False
    return all(same(plain[key], wanted[key]) for key in wanted)
