"""sprig: misc, defaults, JSON and reflection."""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import ANY, BOOL, TEXT, empty, fn, rest
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.format import to_json, to_json_indented, to_raw_json
from tiphys.core.expr.gojson import decode
from tiphys.core.expr.gotypes import go_kind, go_type
from tiphys.core.expr.operators import strictly_equal


def _fail(message: str) -> Any:
    raise Fault(message)


def _default(fallback: Any, *given: Any) -> Any:
    return fallback if not given or empty(given[0]) else given[0]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not empty(value)), None)


def _from_json(text: str) -> Any:
    try:
        return decode(text)
    except Fault:
        return None


def _encoder(write: Callable[[Any], str], must: bool) -> Callable[[Any], str]:
    def encode(value: Any) -> str:
        try:
            return write(value)
        except ValueError as error:
            if must:
                raise Fault(str(error)) from None
            return ""

    return encode


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if value.__class__ is list:
        return [_copy(item) for item in value]
    return value


def _deep_copy(value: Any) -> Any:
    try:
        return _copy(value)
    except RecursionError:
        raise Fault("value is nested too deeply") from None


def _kind(value: Any) -> str:
    return "map" if isinstance(value, Mapping) else go_kind(value)


FUNCTIONS = (
    fn("hello", lambda: "Hello!", result=TEXT),
    fn("fail", _fail, TEXT, result=TEXT),
    rest("default", _default, ANY, ANY),
    fn("empty", empty, ANY, result=BOOL),
    rest("coalesce", _coalesce, ANY),
    rest("all", lambda *values: not any(map(empty, values)), ANY, result=BOOL),
    rest("any", lambda *values: not all(map(empty, values)), ANY, result=BOOL),
    fn("ternary", lambda yes, no, condition: yes if condition else no, ANY, ANY, BOOL),
    fn("fromJson", _from_json, TEXT),
    fn("mustFromJson", decode, TEXT),
    fn("toJson", _encoder(to_json, False), ANY, result=TEXT),
    fn("mustToJson", _encoder(to_json, True), ANY, result=TEXT),
    fn("toPrettyJson", _encoder(to_json_indented, False), ANY, result=TEXT),
    fn("mustToPrettyJson", _encoder(to_json_indented, True), ANY, result=TEXT),
    fn("toRawJson", _encoder(to_raw_json, True), ANY, result=TEXT),
    fn("mustToRawJson", _encoder(to_raw_json, True), ANY, result=TEXT),
    fn("deepCopy", _deep_copy, ANY),
    fn("mustDeepCopy", _deep_copy, ANY),
    fn("typeOf", go_type, ANY, result=TEXT),
    fn("typeIs", lambda wanted, value: go_type(value) == wanted, TEXT, ANY, result=BOOL),
    fn("typeIsLike", lambda wanted, value: go_type(value) in (wanted, "*" + wanted), TEXT, ANY, result=BOOL),
    fn("kindOf", _kind, ANY, result=TEXT),
    fn("kindIs", lambda wanted, value: _kind(value) == wanted, TEXT, ANY, result=BOOL),
    fn("deepEqual", strictly_equal, ANY, ANY, result=BOOL),
)
