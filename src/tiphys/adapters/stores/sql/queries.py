"""The queries of lists: each walks an index newest first and stops at the end of the page.

A page costs the same out of a hundred objects and out of a million.  Some filters are the exception: with several
labels, or with labels and phases together, the first label's index is walked and the rest is tested row by row, as
are requirements that are no equalities.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.adapters.stores.cursor import Position, qualified
from tiphys.core.objects.selectors import (
    ABSENT,
    EQUALS,
    EXISTS,
    GREATER,
    IN,
    LESS,
    NOT_EQUALS,
    NOT_IN,
    SAME,
    Requirement,
)
from tiphys.ports.store import ListOptions

Parameters = list[object]
#: operator → whether a label must exist, and what must be true of it.
_TESTS = {
    EXISTS: (True, "TRUE"),
    ABSENT: (False, "TRUE"),
    EQUALS: (True, "m.value IN ({marks})"),
    SAME: (True, "m.value IN ({marks})"),
    IN: (True, "m.value IN ({marks})"),
    NOT_EQUALS: (False, "m.value IN ({marks})"),
    NOT_IN: (False, "m.value IN ({marks})"),
}


class _Test(Struct, frozen=True):
    """A label that must exist, or must not, with a value of which ``condition`` holds."""

    wanted: bool
    key: str
    condition: str
    values: Sequence[object]


def positions(options: ListOptions, start: Position | None, number: str) -> tuple[str, Parameters]:
    """A query for (created_at, id) of one page's objects and of one more, newest first.

    ``number`` is the dialect's.
    """
    equal = [(key, value) for key, value in options.labels.items()]
    rest: list[Requirement] = []
    for requirement in options.selector:
        if requirement.operator in (EQUALS, SAME, IN) and len(requirement.values) == 1:
            equal.append((requirement.key, requirement.values[0]))
        else:
            rest.append(requirement)
    tests = [_test(requirement, number) for requirement in rest]
    if equal:
        return _by_label(options, equal, tests, start)
    if len(options.phases) <= 1:
        return _by_kind(options, options.phases[0] if options.phases else None, tests, start)
    # Each phase is a walk of its own that the limit ends; the merge sorts no more than phases × limit positions.
    parts, parameters = [], []
    for part, phase in enumerate(dict.fromkeys(options.phases)):
        query, values = _by_kind(options, phase, tests, start)
        parts.append(f"SELECT * FROM ({query}) AS p{part}")
        parameters += values
    merged = " UNION ALL ".join(parts)
    return f"{merged} ORDER BY created_at DESC, id DESC LIMIT ?", [*parameters, options.limit + 1]


def _by_kind(
    options: ListOptions, phase: str | None, tests: Sequence[_Test], start: Position | None
) -> tuple[str, Parameters]:
    conditions: list[str] = ["kind = ?"]
    parameters: Parameters = [qualified(options.kind, options.group)]
    if options.namespace is not None:
        conditions.append("namespace = ?")
        parameters.append(options.namespace)
    if phase is not None:
        conditions.append("phase = ?")
        parameters.append(phase)
    if start is not None:
        conditions.append("(created_at, id) < (?, ?)")
        parameters += [start.created, start.id]
    _require(tests, "objects.id", conditions, parameters)
    query = (
        f"SELECT created_at, id FROM objects WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]


def _by_label(
    options: ListOptions, equal: Sequence[tuple[str, str]], tests: Sequence[_Test], start: Position | None
) -> tuple[str, Parameters]:
    (key, value), *others = equal
    conditions = ["l.kind = ?", "l.key = ?", "l.value = ?"]
    parameters: Parameters = [qualified(options.kind, options.group), key, value]
    if options.namespace is not None:
        conditions.append("l.namespace = ?")
        parameters.append(options.namespace)
    if start is not None:
        conditions.append("(l.created_at, l.object) < (?, ?)")
        parameters += [start.created, start.id]
    for other in others:
        conditions.append("EXISTS (SELECT 1 FROM labels m WHERE m.object = l.object AND m.key = ? AND m.value = ?)")
        parameters += other
    _require(tests, "l.object", conditions, parameters)
    if options.phases:
        marks = ", ".join("?" * len(options.phases))
        conditions.append(f"(SELECT o.phase FROM objects o WHERE o.id = l.object) IN ({marks})")
        parameters += options.phases
    query = (
        f"SELECT l.created_at, l.object AS id FROM labels l WHERE {' AND '.join(conditions)} "
        "ORDER BY l.created_at DESC, l.object DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]


def _test(requirement: Requirement, number: str) -> _Test:
    """What the label of a requirement must be like."""
    if requirement.operator in (GREATER, LESS):
        sign = ">" if requirement.operator == GREATER else "<"
        return _Test(True, requirement.key, number.format(sign), [int(value) for value in requirement.values])
    wanted, test = _TESTS[requirement.operator]
    marks = ", ".join("?" * len(requirement.values))
    return _Test(wanted, requirement.key, test.format(marks=marks), list(requirement.values))


def _require(tests: Sequence[_Test], column: str, conditions: list[str], parameters: Parameters) -> None:
    """Add the requirements that no index answers."""
    for test in tests:
        exists = f"EXISTS (SELECT 1 FROM labels m WHERE m.object = {column} AND m.key = ? AND {test.condition})"
        conditions.append(exists if test.wanted else f"NOT {exists}")
        parameters += [test.key, *test.values]
