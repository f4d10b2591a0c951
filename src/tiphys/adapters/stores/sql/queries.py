"""The queries of lists: each walks an index newest first and stops at the end of the page.

A page costs the same out of a hundred objects and out of a million.  Some filters are the exception: with several
labels, or with labels and phases together, the first label's index is walked and the rest is tested row by row, as
are requirements that are no equalities.
"""

from __future__ import annotations

from collections.abc import Sequence

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
_NUMBER = "m.value != '' AND m.value NOT GLOB '*[^0-9]*' AND CAST(m.value AS INTEGER)"
#: operator → whether a label must exist, and what must be true of it.
_TESTS = {
    EXISTS: (True, "1"),
    ABSENT: (False, "1"),
    EQUALS: (True, "m.value IN ({marks})"),
    SAME: (True, "m.value IN ({marks})"),
    IN: (True, "m.value IN ({marks})"),
    NOT_EQUALS: (False, "m.value IN ({marks})"),
    NOT_IN: (False, "m.value IN ({marks})"),
    GREATER: (True, f"{_NUMBER} > ?"),
    LESS: (True, f"{_NUMBER} < ?"),
}


def positions(options: ListOptions, start: Position | None) -> tuple[str, Parameters]:
    """A query for (created_at, id) of one page's objects and of one more, newest first."""
    equal = [(key, value) for key, value in options.labels.items()]
    rest: list[Requirement] = []
    for requirement in options.selector:
        if requirement.operator in (EQUALS, SAME, IN) and len(requirement.values) == 1:
            equal.append((requirement.key, requirement.values[0]))
        else:
            rest.append(requirement)
    if equal:
        return _by_label(options, equal, rest, start)
    if len(options.phases) <= 1:
        return _by_kind(options, options.phases[0] if options.phases else None, rest, start)
    # Each phase is a walk of its own that the limit ends; the merge sorts no more than phases × limit positions.
    parts, parameters = [], []
    for phase in dict.fromkeys(options.phases):
        query, values = _by_kind(options, phase, rest, start)
        parts.append(f"SELECT * FROM ({query})")
        parameters += values
    merged = " UNION ALL ".join(parts)
    return f"{merged} ORDER BY created_at DESC, id DESC LIMIT ?", [*parameters, options.limit + 1]


def _by_kind(
    options: ListOptions, phase: str | None, rest: Sequence[Requirement], start: Position | None
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
    _require(rest, "objects.id", conditions, parameters)
    query = (
        f"SELECT created_at, id FROM objects WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]


def _by_label(
    options: ListOptions, equal: Sequence[tuple[str, str]], rest: Sequence[Requirement], start: Position | None
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
    _require(rest, "l.object", conditions, parameters)
    if options.phases:
        marks = ", ".join("?" * len(options.phases))
        conditions.append(f"(SELECT o.phase FROM objects o WHERE o.id = l.object) IN ({marks})")
        parameters += options.phases
    query = (
        f"SELECT l.created_at, l.object AS id FROM labels l WHERE {' AND '.join(conditions)} "
        "ORDER BY l.created_at DESC, l.object DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]


def _require(rest: Sequence[Requirement], column: str, conditions: list[str], parameters: Parameters) -> None:
    """Add the requirements that no index answers."""
    for requirement in rest:
        wanted, test = _TESTS[requirement.operator]
        test = test.format(marks=", ".join("?" * len(requirement.values)))
        exists = f"EXISTS (SELECT 1 FROM labels m WHERE m.object = {column} AND m.key = ? AND {test})"
        conditions.append(exists if wanted else f"NOT {exists}")
        numeric = requirement.operator in (GREATER, LESS)
        parameters.append(requirement.key)
        parameters += [int(value) for value in requirement.values] if numeric else list(requirement.values)
