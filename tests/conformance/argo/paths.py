"""JSON paths of the corpus: ``status.nodes``, ``parameters[0]``, ``labels["a/b"]``, ``artifacts[name="x"]``, ``fulfilled()``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

MISSING: Final = object()
_TOKEN = re.compile(
    r"""\.?(?:
      (?P<call>[A-Za-z_]\w*)\((?P<argument>[^)]*)\)
    | (?P<name>[^.\[\]()]+)
    | \[(?P<index>-?\d+)\]
    | \["(?P<key>(?:[^"\\]|\\.)*)"\]
    | \[(?P<field>\w+)="(?P<wanted>[^"]*)"\]
    )""",
    re.VERBOSE,
)


def walk(value: Any, path: str | None) -> Any:
    """What is at a path below a value; ``MISSING`` where there is nothing.

    Raises:
        ValueError: the path is written in a form that is not known.
    """
    position, path = 0, path or ""
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None:
            raise ValueError(f"unknown path {path!r}")
        position = match.end()
        value = _step(value, match)
    return value


def _step(value: Any, match: re.Match[str]) -> Any:
    if match["call"] is not None:
        return _derived(value, match["call"], match["argument"].strip('"'))
    if match["index"] is not None:
        index = int(match["index"])
        return value[index] if isinstance(value, list) and -len(value) <= index < len(value) else MISSING
    if match["field"] is not None:
        items = value if isinstance(value, list) else []
        return next((i for i in items if isinstance(i, dict) and i.get(match["field"]) == match["wanted"]), MISSING)
    key = match["name"] if match["name"] is not None else match["key"].replace('\\"', '"')
    return value.get(key, MISSING) if isinstance(value, dict) else MISSING


def _phase(node: Any) -> str:
    return str(node.get("phase") or node.get("status", {}).get("phase", "")) if isinstance(node, dict) else ""


_DERIVED: Mapping[str, Callable[[Any, str], Any]] = {
    "fulfilled": lambda node, _: _phase(node) in {"Succeeded", "Failed", "Error", "Skipped", "Omitted"},
    "completed": lambda node, _: _phase(node) in {"Succeeded", "Failed", "Error"},
    "succeeded": lambda node, _: _phase(node) == "Succeeded",
    "failedOrError": lambda node, _: _phase(node) in {"Failed", "Error"},
    "isDaemoned": lambda node, _: bool(isinstance(node, dict) and node.get("daemoned")),
    "isExitNode": lambda node, _: isinstance(node, dict) and str(node.get("displayName", "")).endswith(".onExit"),
    "isZero": lambda value, _: not isinstance(value, dict) or not any(value.values()),
    "length": lambda value, _: len(value) if isinstance(value, (list, dict, str)) else 0,
    "lines": lambda value, _: str(value).split("\n"),
    "count": lambda value, text: str(value).count(text),
    "remove": lambda value, text: str(value).replace(text, ""),
    "key": lambda value, _: _artifact_key(value),
    "anyActiveSuspendNode": lambda value, _: any(
        map(_suspended, value.get("nodes", {}).values() if isinstance(value, dict) else ())
    ),
}


def _suspended(node: Any) -> bool:
    return bool(node["type"] == "Suspend" and node["phase"] == "Running")


def _artifact_key(value: Any) -> Any:
    for driver in ("s3", "gcs", "oss", "azure", "hdfs", "raw", "http"):
        if isinstance(value, dict) and isinstance(value.get(driver), dict):
            return value[driver].get("key", MISSING)
    return value.get("key", MISSING) if isinstance(value, dict) else MISSING


def _derived(value: Any, name: str, argument: str) -> Any:
    found = _DERIVED.get(name)
    if found is None:
        raise ValueError(f"unknown derived value {name}()")
    return found(value, argument)
