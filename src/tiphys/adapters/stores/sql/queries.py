"""The queries of lists: each walks an index newest first and stops at the end of the page.

A page costs the same out of a hundred objects and out of a million.  Some filters are the exception: with several
labels, or with labels and phases together, the first label's index is walked and the rest is tested row by row, as
are requirements that are no equalities, and names.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tiphys.adapters.stores.cursor import Position, microseconds, qualified
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
_ORDER = "ORDER BY created_at DESC, id DESC"
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
    parts = _parts(options, start, number)
    reach = options.skip + options.limit + 1
    if len(parts) == 1:
        query, parameters = parts[0]
        return f"{query} {_ORDER} LIMIT ? OFFSET ?", [*parameters, options.limit + 1, options.skip]
    # Each part is a walk of its own that the limit ends; the merge sorts no more than parts × limit positions.
    queries = [f"SELECT * FROM ({query} {_ORDER} LIMIT ?) AS p{at}" for at, (query, _) in enumerate(parts)]
    values = [value for _, parameters in parts for value in (*parameters, reach)]
    return f"{' UNION ALL '.join(queries)} {_ORDER} LIMIT ? OFFSET ?", [*values, options.limit + 1, options.skip]


def total(options: ListOptions, number: str) -> tuple[str, Parameters]:
    """A query for the number of objects on all pages together."""
    parts = _parts(options, None, number)
    queries = " UNION ALL ".join(query for query, _ in parts)
    return f"SELECT count(*) FROM ({queries}) AS p", [value for _, parameters in parts for value in parameters]


def _parts(options: ListOptions, start: Position | None, number: str) -> list[tuple[str, Parameters]]:
    """Queries for (created_at, id) of all objects from a position on; each walks one index, none finds the same."""
    equal = [(key, value) for key, value in options.labels.items()]
    rest: list[Requirement] = []
    for requirement in options.selector:
        if requirement.operator in (EQUALS, SAME, IN) and len(requirement.values) == 1:
            equal.append((requirement.key, requirement.values[0]))
        else:
            rest.append(requirement)
    tests = [_test(requirement, number) for requirement in rest]
    if equal:
        return [_by_label(options, equal, tests, start)]
    phases: list[str | None] = [*dict.fromkeys(options.phases)] or [None]
    return [_by_kind(options, phase, tests, start) for phase in phases]


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
    _restrict(options, "", "name", conditions, parameters)
    return f"SELECT created_at, id FROM objects WHERE {' AND '.join(conditions)}", parameters


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
    _restrict(options, "l.", "(SELECT o.name FROM objects o WHERE o.id = l.object)", conditions, parameters)
    return f"SELECT l.created_at, l.object AS id FROM labels l WHERE {' AND '.join(conditions)}", parameters


def _restrict(options: ListOptions, table: str, name: str, conditions: list[str], parameters: Parameters) -> None:
    """Add what names, namespaces and times must be like."""
    if options.created_after is not None:
        conditions.append(f"{table}created_at > ?")
        parameters.append(microseconds(options.created_after))
    if options.not_namespace:
        conditions.append(f"{table}namespace <> ?")
        parameters.append(options.not_namespace)
    for match in options.names:
        if match.how == "Exact":
            conditions.append(f"{name} = ?")
        elif match.how == "NotEquals":
            conditions.append(f"{name} <> ?")
        elif match.how == "Prefix":
            conditions.append(f"substr({name}, 1, ?) = ?")
            parameters.append(len(match.text))
        elif match.text:
            # Both databases have it, and neither looks at patterns or at case.
            conditions.append(f"replace({name}, ?, '') <> {name}")
        else:
            continue
        parameters.append(match.text)


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
