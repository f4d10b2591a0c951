"""What the corpus's expectations mean (section 4 of its README)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from tests.conformance.argo.paths import MISSING, walk


class NotYetError(Exception):
    """The statement is about a feature that is not there yet; the text is its name."""


class CannotError(Exception):
    """The case needs what no single machine has; the text says what."""


class NotBehaviourError(Exception):
    """The statement is about Argo's internals; the text says which."""


class Subjects(Protocol):
    """Where the things are that statements are about."""

    def find(self, on: str, of: str | None, select: Mapping[str, Any] | None) -> Any:
        """The subject as JSON data; ``MISSING`` when there is none."""

    def fill(self, text: str) -> str:
        """A text with its ``${...}`` replaced."""


class Judge:
    """Decides whether statements hold, over one place of subjects."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects

    def holds(self, expect: Mapping[str, Any], outer: Sequence[tuple[Any, Any]] = ()) -> tuple[bool, Any]:
        """Whether a statement holds, and what there is instead; ``outer`` are the loops around it, outermost first."""
        loops = expect.get("forall")
        if loops:
            inner = {**expect, "forall": loops[1:]}
            for key, element in self._elements(loops[0], outer):
                good, got = self.holds(inner, [*outer, (key, element)])
                if not good:
                    return False, got
            return True, None
        if "exists" in expect or "count" in expect:
            source = expect.get("exists") or expect["count"]
            found = self._elements(source, outer)
            if expect["op"] == "count":
                return len(found) == expect["value"], len(found)
            return bool(found) == (expect["op"] == "exists"), len(found)
        if expect.get("op") == "cond":
            return self.condition(expect["cond"], outer), expect["cond"]
        return self._plain(expect, outer)

    def _elements(self, source: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        value = self._value(source["in"], outer)
        pairs = (
            list(value.items()) if isinstance(value, dict) else list(enumerate(value if value is not MISSING else ()))
        )
        where = source.get("where")
        return [pair for pair in pairs if where is None or self.condition(where, [*outer, pair])]

    def condition(self, tree: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> bool:
        """Whether a condition tree holds for the innermost element."""
        if "and" in tree:
            return all(self.condition(part, outer) for part in tree["and"])
        if "or" in tree:
            return any(self.condition(part, outer) for part in tree["or"])
        if "not" in tree:
            return not self.condition(tree["not"], outer)
        return self.holds(tree, outer)[0]

    def _value(self, part: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> Any:
        return walk(self._subject(part, outer), part.get("path"))

    def _subject(self, part: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> Any:
        on = part["on"]
        if on in {"each", "eachKey"}:
            key, element = outer[-1 - int(part.get("level", 0))]
            return element if on == "each" else key
        select = part.get("select")
        if on == "node" and select and "where" in select:
            nodes = self._subjects.find("workflow", part.get("of"), None)
            found = self._matching(walk(nodes, "status.nodes"), select["where"], outer)
            return found[0] if found else MISSING
        return self._subjects.find(on, part.get("of"), select)

    def _matching(self, nodes: Any, where: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> list[Any]:
        pairs = nodes.items() if isinstance(nodes, dict) else ()
        return [node for key, node in pairs if self.condition(where, [*outer, (key, node)])]

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return self._subjects.fill(value) if isinstance(value, str) else value

    def _plain(self, expect: Mapping[str, Any], outer: Sequence[tuple[Any, Any]]) -> tuple[bool, Any]:
        wanted: Any = expect.get("value")
        if "ref" in expect:
            wanted = self._value(expect["ref"], outer)
        elif expect.get("value_template") or isinstance(wanted, (dict, list)):
            wanted = self._filled(wanted)
        elif "value_node_id_of" in expect:
            wanted = walk(self._subjects.find("node", expect.get("of"), {"name": expect["value_node_id_of"]}), "id")
        select = expect.get("select")
        if expect["on"] == "node" and select and "where" in select and expect["op"] not in {"exists", "absent"}:
            # Go takes any of the matching nodes.
            nodes = walk(self._subjects.find("workflow", expect.get("of"), None), "status.nodes")
            got = [walk(node, expect.get("path")) for node in self._matching(nodes, select["where"], outer)]
            return any(judge(expect["op"], value, wanted, expect) for value in got), got
        got = self._value(expect, outer)
        return judge(expect["op"], got, wanted, expect), None if got is MISSING else got


def judge(op: str, got: Any, wanted: Any, expect: Mapping[str, Any]) -> bool:
    """Apply one operator.

    Raises:
        ValueError: there is no such operator.
    """
    found = _OPERATORS.get(op)
    if found is None:
        raise ValueError(f"unknown operator {op!r}")
    return found(got, wanted, expect)


def _equal(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and isinstance(got, dict) and "value" in got:
        # The extractor leaves out that Go asks a parameter for its value.
        got = got["value"]
    if wanted is MISSING or got is MISSING:
        return got is wanted or (got is MISSING and wanted in ("", None)) or (wanted is MISSING and got in ("", None))
    if (
        isinstance(wanted, str) != isinstance(got, str)
        and isinstance(wanted, (str, int))
        and isinstance(got, (str, int))
    ):
        return str(got) == str(wanted)
    return bool(got == wanted)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (list, dict, str)) else 0


def _contains(got: Any, wanted: Any) -> bool:
    if isinstance(got, dict):
        return wanted in got
    return (got is not MISSING and got is not None) and (
        wanted in got if isinstance(got, list) else str(wanted) in str(got)
    )


def _number(value: Any) -> float:
    return float(value) if value is not MISSING and value not in ("", None) else 0.0


def _increased(got: Mapping[str, float], wanted: Mapping[str, float]) -> bool:
    found = {_series(name): by for name, by in got.items()}
    return all(found.get(_series(name), 0.0) == by for name, by in wanted.items())


def _series(name: str) -> tuple[str, frozenset[str]]:
    """A series by its name and its labels, whatever their order."""
    start, _, labels = name.rstrip("}").partition("{")
    return start, frozenset(re.findall(r'\w+="[^"]*"', labels))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


_Operator = Callable[[Any, Any, Mapping[str, Any]], bool]
_OPERATORS: Mapping[str, _Operator] = {
    "eq": lambda got, wanted, _: _equal(got, wanted),
    "ne": lambda got, wanted, _: not _equal(got, wanted),
    "eq_ref": lambda got, wanted, _: _equal(got, wanted),
    "ne_ref": lambda got, wanted, _: not _equal(got, wanted),
    "lt": lambda got, wanted, _: _number(got) < _number(wanted),
    "le": lambda got, wanted, _: _number(got) <= _number(wanted),
    "gt": lambda got, wanted, _: _number(got) > _number(wanted),
    "ge": lambda got, wanted, _: _number(got) >= _number(wanted),
    "contains": lambda got, wanted, _: _contains(got, wanted),
    "not_contains": lambda got, wanted, _: not _contains(got, wanted),
    "prefix": lambda got, wanted, _: str(got).startswith(wanted),
    "suffix": lambda got, wanted, _: str(got).endswith(wanted),
    "regexp": lambda got, wanted, _: re.search(wanted, str(got)) is not None,
    "substring_of": lambda got, wanted, _: str(got) in str(wanted),
    "len": lambda got, wanted, _: _size(got) == wanted,
    "len_le": lambda got, wanted, _: _size(got) <= wanted,
    "len_ge": lambda got, wanted, _: _size(got) >= wanted,
    "len_lt": lambda got, wanted, _: _size(got) < wanted,
    "len_gt": lambda got, wanted, _: _size(got) > wanted,
    "empty": lambda got, _, __: got is MISSING or not got,
    "not_empty": lambda got, _, __: got is not MISSING and bool(got),
    "nil": lambda got, _, __: got is MISSING or got is None,
    "not_nil": lambda got, _, __: got is not MISSING and got is not None,
    "true": lambda got, _, __: got is True,
    "false": lambda got, _, __: got is MISSING or got is False or got is None,
    "exists": lambda got, _, __: got is not MISSING,
    "absent": lambda got, _, __: got is MISSING,
    "has_key": lambda got, wanted, _: isinstance(got, dict) and wanted in got,
    "not_has_key": lambda got, wanted, _: not isinstance(got, dict) or wanted not in got,
    "elements_match": lambda got, wanted, _: sorted(map(str, got)) == sorted(map(str, wanted)),
    "in": lambda got, wanted, _: got in wanted,
    "not_in": lambda got, wanted, _: got not in wanted,
    "deleted": lambda got, _, __: got is MISSING or not got,
    "increased_by": lambda got, wanted, _: _increased(got, wanted),
    "json_eq": lambda got, wanted, _: _json(got) == _json(wanted),
    "in_delta": lambda got, wanted, expect: abs(_number(got) - wanted) <= expect.get("delta", 0),
    "in_epsilon": lambda got, wanted, expect: abs(_number(got) - wanted) <= expect.get("delta", 0) * abs(wanted),
}
