"""Read the conformance corpus: rows, environments, tagged values; and compare results with expectations."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tiphys.core.expr.format import go_string, render, to_json
from tiphys.core.expr.goparse import parse_time
from tiphys.core.expr.gotime import RFC3339, parse_duration
from tiphys.core.expr.structs import AnyMap, Function, NullList, Struct
from tiphys.core.expr.values import Time

CORPUS = Path("/work/shared/corpus")
NOW = Time(1_750_000_000_000_000_000)


class UnsupportedError(Exception):
    """The row needs a Go value that JSON cannot carry."""


def zone(name: str) -> Callable[[int], tuple[int, str]] | None:
    try:
        info = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None

    def offset(seconds: int) -> tuple[int, str]:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone(info)
        delta = moment.utcoffset()
        return int(delta.total_seconds()) if delta else 0, moment.tzname() or ""

    return offset


def with_clock(env: Mapping[str, Any]) -> dict[str, Any]:
    return {**env, "$now": NOW, "$zone": zone, "$random": lambda: 4}


# --- expressions.yaml ---------------------------------------------------------------------------------------------


def yaml_rows() -> Iterator[dict[str, Any]]:
    for line in (CORPUS / "expressions.yaml").read_text().splitlines():
        if line.startswith('- {"id"'):
            row = json.loads(line[2:])
            row["group"] = re.sub(r"-\d+$", "", row["id"])
            yield row


def yaml_environments() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    inside = False
    for line in (CORPUS / "expressions.yaml").read_text().splitlines():
        if line == "envs:":
            inside = True
        elif line == "cases:":
            break
        elif inside:
            name, _, text = line.strip().partition(": ")
            found[name] = json.loads(text)
    return found


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


def yaml_difference(want: Mapping[str, Any], run: Callable[[], Any], boolean: bool) -> str | None:
    """What differs from the expectation; ``None`` when nothing does."""
    from tiphys.core.expr.program import ExprError

    try:
        value = run()
    except ExprError as error:
        if "error" not in want:
            return f"raised {error.message.splitlines()[0]!r} ({error.phase})"
        stage = "run" if error.phase == "run" else "compile"
        shown = error.message.splitlines()[0]
        expected = re.sub(r"^unable to evaluate expression '.*': (?=.*\(\d+:\d+\)$)", "", want["error"])
        same = shown == expected and stage == want.get("stage", stage)
        return None if same else f"error {stage} {shown!r}"
    if "error" in want:
        if boolean and not isinstance(value, bool) and want["error"].startswith("unable to cast"):
            return None
        return f"value {go_string(value)!r} instead of the error"
    if "render_error" in want and "json: unsupported" in want["render_error"]:
        return _marshal_difference(want["render_error"], value)
    if "json" not in want:
        return None
    if to_json(value) != want["json"] and not _same_number(value, want):
        return f"value {to_json(value)}"
    if "render" in want and render(value) != want["render"]:
        return f"rendered {render(value)!r}"
    return None


def _same_number(value: Any, want: Mapping[str, Any]) -> bool:
    if want["type"] != "time.Duration":
        return False
    return bool(value.nanoseconds == json.loads(want["json"]))


def _marshal_difference(want: str, value: Any) -> str | None:
    try:
        text = to_json(value)
    except ValueError as error:
        return None if str(error) in want else f"json error {error}"
    return f"json {text}"


# --- expr/*.jsonl -------------------------------------------------------------------------------------------------


def json_rows(name: str) -> Iterator[dict[str, Any]]:
    with (CORPUS / "expr" / name).open() as lines:
        for line in lines:
            yield json.loads(line)


def decode(value: Any, functions: Mapping[str, Function] | None = None) -> Any:
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


def _tagged(tag: str, value: dict[str, Any], functions: Mapping[str, Function] | None) -> Any:
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
    if tag == "$go" and functions is not None and payload in functions:
        return functions[payload]
    raise UnsupportedError(json.dumps(value))


def same(found: Any, expected: Any) -> bool:
    """Compare strictly: ints are not floats; functions are equal by type."""
    if isinstance(expected, Function) or isinstance(found, Function):
        return isinstance(found, Function) and found.go_type == getattr(expected, "go_type", None)
    if isinstance(expected, float) and isinstance(found, float) and expected != expected:
        return found != found
    if isinstance(expected, bool) or isinstance(found, bool):
        return found is expected
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping) or len(found) != len(expected):
            return False
        plain = {go_string(key): found[key] for key in found}
        wanted = {go_string(key): expected[key] for key in expected}
        return plain.keys() == wanted.keys() and all(same(plain[key], wanted[key]) for key in wanted)
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return found == expected and isinstance(found, float) == isinstance(expected, float)
    if expected is None:
        return found is None
    if isinstance(expected, Time) and isinstance(found, Time):
        return (found.unix_nanoseconds, found.offset_seconds) == (expected.unix_nanoseconds, expected.offset_seconds)
    if isinstance(found, str):
        return bool(found.encode("utf-8", "surrogateescape").decode("utf-8", "replace") == expected)
    return bool(found == expected)
