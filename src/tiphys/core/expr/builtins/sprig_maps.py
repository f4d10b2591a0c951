"""sprig: dictionaries.

``set`` and ``unset`` return a changed copy: what an expression is given belongs to others.
"""

# The values of the language are of any type: Any is what this module is about.
# ruff: noqa: ANN401
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tiphys.core.expr.builtins.sprig_coerce import ANY, MAP, TEXT, empty, fn, rest, text
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.operators import conversion, to_str

_DEEPEST = 200


def _dict(*pairs: Any) -> dict[str, Any]:
    values = [*pairs, ""] if len(pairs) % 2 else pairs
    return {text(values[index]): values[index + 1] for index in range(0, len(values), 2)}


def _keys(*maps: Mapping[str, Any]) -> list[Any]:
    return [key for found in maps for key in found or ()]


def _merge(target: Any, source: Any, overwrite: bool, level: int = 0) -> Any:
    """Fill what is empty in the target, or replace what the source has too; only nulls never fill anything."""
    if level > _DEEPEST:
        raise Fault("value is nested too deeply")
    merged = dict(target)
    for key, value in source.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merge(known, value, overwrite, level + 1)
        elif overwrite or (empty(known) and value is not None):
            merged[key] = value
    return merged


def _merged(overwrite: bool) -> Any:
    def merge(target: Any, *sources: Any) -> Any:
        for source in sources:
            target = _merge(target, source or {}, overwrite)
        return target

    return merge


def _dig(*arguments: Any) -> Any:
    if len(arguments) < 3:
        raise Fault("dig needs at least three arguments")
    *keys, fallback, current = arguments
    for key in keys:
        if not isinstance(current, Mapping):
            raise conversion(current, MAP)
        if to_str(key) not in current:
            return fallback
        current = current[key]
    return current


FUNCTIONS = (
    rest("dict", _dict, ANY, result=MAP),
    fn("get", lambda found, key: found.get(key, "") if found else "", MAP, TEXT),
    fn("set", lambda found, key, value: {**found, key: value}, MAP, TEXT, ANY, result=MAP),
    fn("unset", lambda found, key: {k: v for k, v in found.items() if k != key}, MAP, TEXT, result=MAP),
    fn("hasKey", lambda found, key: key in (found or ()), MAP, TEXT, result="bool"),
    rest("pluck", lambda key, *maps: [found[key] for found in maps if key in (found or ())], TEXT, MAP),
    rest("keys", _keys, MAP, result="[]string"),
    rest("pick", lambda found, *keys: {key: found[key] for key in keys if key in found}, MAP, TEXT, result=MAP),
    rest("omit", lambda found, *keys: {k: v for k, v in found.items() if k not in keys}, MAP, TEXT, result=MAP),
    rest("merge", _merged(False), MAP, MAP),
    rest("mustMerge", _merged(False), MAP, MAP),
    rest("mergeOverwrite", _merged(True), MAP, MAP),
    rest("mustMergeOverwrite", _merged(True), MAP, MAP),
    fn("values", lambda found: list((found or {}).values()), MAP),
    rest("dig", _dig, ANY),
)
