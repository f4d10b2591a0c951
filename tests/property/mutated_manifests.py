"""Strategies that spoil manifests: as bytes, as lines of text, and as trees.

The manifests are those of ``examples/`` and, where it is there, of the conformance corpus (``TIPHYS_CORPUS``).
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("TIPHYS_CORPUS", "/work/shared/corpus"))
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
#: Larger texts teach nothing that smaller ones do not, and slow the search down.
_MOST = 6_000

#: What YAML and JSON read in a special way, and what manifests say in many places.
SNIPPETS = (
    *("&a ", "*a", "<<: *a", "<<: [*a, *b]", "!!binary 'x'", "!!float x", "!!timestamp 1", "!!set {a}", "!<x> ", "!a "),
    *("? ", "? [a, b] : c", ": ", "- ", "- - ", "|-\n", ">+2\n", "|9", "# ", "---\n", "...\n", "--- |", "%YAML 1.3\n"),
    *("\t", "\r", "\x00", "\ufeff", "\u2028", "\x85", "é", "\U0001f600", "'", '"', "`", "@", "{", "}", "[", "]", ","),
    *("null", "~", "true", "yes", ".inf", "-.nan", "0x1F", "0o17", "1_000", "1e400", "-0", "9" * 400, "1:30", "''"),
    *("{{", "}}", "{{=", "{{item}}", "{{inputs.parameters.x}}", "{{=1/0}}", "{{=[[[[}}", "{{steps.a.outputs.result}}"),
    *("2024-01-01", "2024-99-99T00:00:00Z", "kind: Workflow\n", "spec:\n", "templates: *a", "\\u0000", "\\ud800", "1d"),
)
_KEYS = (
    *("name", "template", "templateRef", "inline", "steps", "dag", "tasks", "depends", "dependencies", "arguments"),
    *(
        "parameters",
        "artifacts",
        "inputs",
        "outputs",
        "when",
        "withItems",
        "withParam",
        "withSequence",
        "hooks",
        "exit",
    ),
    *("onExit", "retryStrategy", "limit", "backoff", "container", "script", "source", "suspend", "duration", "value"),
    *("valueFrom", "expression", "default", "enum", "globalName", "entrypoint", "workflowTemplateRef", "metadata"),
    *("spec", "kind", "apiVersion", "synchronization", "memoize", "metrics", "schedules", "timezone", "workflowSpec"),
)
_WORDS = st.sampled_from((*SNIPPETS, *_KEYS, "A && B.Failed", "a == b", "0 0 * * *", "echo", "Workflow", "-1", ""))
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS | st.text(max_size=8)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | _WORDS, inner, max_size=3),
    max_leaves=8,
)


@functools.cache
def manifests() -> tuple[str, ...]:
    """The texts to spoil."""
    files = sorted((ROOT / "examples").rglob("*.yaml"))
    for folder in ("examples", "controller/yaml/validate", "controller/yaml/controller"):
        files += sorted((CORPUS / folder).rglob("*.yaml"))
    texts = (file.read_text(encoding="utf-8") for file in files)
    return tuple(text for text in texts if len(text) <= _MOST)


@functools.cache
def trees() -> tuple[Any, ...]:
    """The documents to spoil: only those that are maps."""
    found = []
    for text in manifests():
        try:
            found += [json.loads(json.dumps(each)) for each in yaml.load_all(text, _LOADER) if isinstance(each, dict)]
        except (yaml.YAMLError, TypeError):
            continue  # some files of the corpus are meant to be unreadable
    return tuple(found)


@st.composite
def spoilt_text(draw: st.DrawFn) -> str:
    """A manifest with lines moved, indented, repeated and cut, and with snippets put in."""
    lines = draw(st.sampled_from(manifests())).splitlines(keepends=True) or [""]
    for _ in range(draw(st.integers(1, 4))):
        lines = _spoil_lines(draw, lines)
    return "".join(lines)


def _spoil_lines(draw: st.DrawFn, lines: list[str]) -> list[str]:
    place = draw(st.integers(0, len(lines) - 1)) if lines else 0
    line = lines[place] if lines else ""
    match draw(st.integers(0, 6)):
        case 0:
            column = draw(st.integers(0, len(line)))
            new = [line[:column] + draw(_WORDS) + line[column:]]
        case 1:
            new = [" " * draw(st.integers(0, 8)) + line.lstrip(" ")]
        case 2:
            first, last = sorted((draw(st.integers(0, len(line))), draw(st.integers(0, len(line)))))
            new = [line[:first] + line[last:]]
        case 3:
            new = [line, *lines[draw(st.integers(0, place)) : place + 1]]
        case 4:
            new = [line.partition(":")[0] + ": " + draw(_WORDS) + "\n"]
        case 5:
            new = []
        case _:
            other = draw(st.sampled_from(manifests())).splitlines(keepends=True)
            start = draw(st.integers(0, len(other)))
            new = [line, *other[start : start + draw(st.integers(1, 12))]]
    return [*lines[:place], *new, *lines[place + 1 :]]


@st.composite
def spoilt_tree(draw: st.DrawFn) -> str:
    """A manifest with parts replaced, removed, repeated and renamed, written as JSON or YAML."""
    tree = json.loads(json.dumps(draw(st.sampled_from(trees()))))
    for _ in range(draw(st.integers(1, 4))):
        tree = _spoil_tree(draw, tree)
    if draw(st.booleans()):
        return json.dumps(tree)
    text: str = yaml.dump(tree, Dumper=_DUMPER, default_flow_style=draw(st.sampled_from((None, True, False))))
    return text


def _spoil_tree(draw: st.DrawFn, tree: Any) -> Any:
    places = list(_places(tree))
    if not places:
        return draw(_TREES)
    parent, key = draw(st.sampled_from(places))
    match draw(st.integers(0, 5)):
        case 0:
            parent[key] = draw(_TREES)
        case 1:
            del parent[key]
        case 2:
            other, name = draw(st.sampled_from(places))
            parent[key] = json.loads(json.dumps(other.get(name) if isinstance(other, dict) else other[name]))
        case 3 if isinstance(parent, list):
            parent.insert(key, json.loads(json.dumps(parent[key])))
        case 3 | 4 if isinstance(parent, dict):
            parent[draw(st.sampled_from(_KEYS) | _WORDS)] = parent.pop(key)
        case _:
            parent[key] = draw(_WORDS) if draw(st.booleans()) else [parent[key]]
    return tree


def _places(tree: Any) -> Any:
    """Every container with each of its keys."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield tree, key
        yield from _places(value)


@st.composite
def spoilt_bytes(draw: st.DrawFn) -> bytes:
    """Any bytes, or a manifest with bytes of it replaced."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    data = bytearray(draw(st.sampled_from(manifests())).encode())
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)
