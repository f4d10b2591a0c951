"""The queries of lists: each walks an index newest first and stops at the end of the page.

A page costs the same out of a hundred objects and out of a million.  What began, or ended, before a moment was made
before it, so the walk begins there.  What began after a moment was mostly made after it; what was made earlier and
began later is found by an index of its own, when the first walk has not filled the page.

Some filters are the exception: with several labels, or with labels and phases together, the first label's index is
walked and the rest is tested row by row, as are requirements that are no equalities, and names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

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
from tiphys.ports.store import EARLY, ListOptions, NameMatch

Parameters = list[object]
_MICROSECOND = timedelta(microseconds=1)
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


class _Walk(Struct, frozen=True):
    """The table whose index is walked: the prefix of its columns, the object's id, and the object's other columns."""

    table: str
    identity: str
    other: str

    def column(self, name: str) -> str:
        """A column of the object."""
        return self.other.format(name)


_BY_KIND = _Walk("", "objects.id", "{}")
_BY_LABEL = _Walk("l.", "l.object", "(SELECT o.{} FROM objects o WHERE o.id = l.object)")


def positions(options: ListOptions, start: Position | None, number: str) -> list[tuple[str, Parameters]]:
    """Queries for (created_at, id) of one page's objects and of one more, newest first.

    Where there are two, the second goes on where the first ends, and both leave it to the caller to skip.  ``number``
    is the dialect's.
    """
    began = options.started_after
    if began is None:
        return [_merged(_parts(options, start, number), options)]
    reach = replace(options, skip=0, limit=options.skip + options.limit)
    late = _late(options, began, start, number)
    if options.created_after is None or options.created_after < began:
        options = replace(options, created_after=began)
    return [_merged(_parts(options, start, number), reach), _merged([late], reach)]


def _merged(parts: Sequence[tuple[str, Parameters]], options: ListOptions) -> tuple[str, Parameters]:
    reach = options.skip + options.limit + 1
    if len(parts) == 1:
        query, parameters = parts[0]
        return f"{query} {_ORDER} LIMIT ? OFFSET ?", [*parameters, options.limit + 1, options.skip]
    # Each part is a walk of its own that the limit ends; the merge sorts no more than parts × limit positions.
    queries = [f"SELECT * FROM ({query} {_ORDER} LIMIT ?) AS p{at}" for at, (query, _) in enumerate(parts)]
    values = [value for _, parameters in parts for value in (*parameters, reach)]
    return f"{' UNION ALL '.join(queries)} {_ORDER} LIMIT ? OFFSET ?", [*values, options.limit + 1, options.skip]


def total(options: ListOptions, start: Position | None, number: str) -> tuple[str, Parameters]:
    """A query for the number of objects from a position on."""
    found, parameters = _all(options, start, number)
    return f"SELECT count(*) FROM ({found}) AS p", parameters


def labels(
    column: str, options: ListOptions, start: Position | None, number: str, key: str | None = None
) -> tuple[str, Parameters]:
    """A query for the ``key``s of labels that the objects from a position on have, or the ``value``s of one label."""
    found, parameters = _all(options, start, number)
    one = "" if key is None else " AND l.key = ?"
    query = f"SELECT DISTINCT l.{column} FROM labels l JOIN ({found}) AS p ON p.id = l.object WHERE TRUE{one}"
    return query, [*parameters, *([] if key is None else [key])]


def _all(options: ListOptions, start: Position | None, number: str) -> tuple[str, Parameters]:
    """A query for (created_at, id) of all objects from a position on, in no order."""
    parts = _parts(options, start, number)
    return " UNION ALL ".join(query for query, _ in parts), [value for _, values in parts for value in values]


def _late(options: ListOptions, began: datetime, start: Position | None, number: str) -> tuple[str, Parameters]:
    """What was made up to a moment and began after it: walks the index of beginnings, and sorts what it finds.

    ``+`` keeps databases from walking another index only because it has the wanted order.
    """
    equal, rest = _sorted_out(options)
    tests = [_test(requirement, number) for requirement in rest]
    tests += [_Test(True, key, "m.value = ?", [value]) for key, value in equal]
    conditions = ["kind = ?", "started_at > ?", "+created_at <= ?"]
    parameters: Parameters = [qualified(options.kind, options.group), microseconds(began), microseconds(began)]
    if options.namespace is not None:
        conditions.append("namespace || '' = ?")
        parameters.append(options.namespace)
    if options.phases:
        conditions.append(f"phase || '' IN ({', '.join('?' * len(options.phases))})")
        parameters += options.phases
    if start is not None:
        conditions.append("(+created_at, id) < (?, ?)")
        parameters += [start.created, start.id]
    _require(tests, "objects.id", conditions, parameters)
    _restrict(replace(options, started_after=None), _BY_KIND, conditions, parameters)
    return f"SELECT +created_at AS created_at, id FROM objects WHERE {' AND '.join(conditions)}", parameters


def _sorted_out(options: ListOptions) -> tuple[list[tuple[str, str]], list[Requirement]]:
    """The labels that must be equal, and the other requirements."""
    equal = [(key, value) for key, value in options.labels.items()]
    rest: list[Requirement] = []
    for requirement in options.selector:
        if requirement.operator in (EQUALS, SAME, IN) and len(requirement.values) == 1:
            equal.append((requirement.key, requirement.values[0]))
        else:
            rest.append(requirement)
    return equal, rest


def _parts(options: ListOptions, start: Position | None, number: str) -> list[tuple[str, Parameters]]:
    """Queries for (created_at, id) of all objects from a position on; each walks one index, none finds the same."""
    equal, rest = _sorted_out(options)
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
    _restrict(options, _BY_KIND, conditions, parameters)
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
    _restrict(options, _BY_LABEL, conditions, parameters)
    return f"SELECT l.created_at, l.object AS id FROM labels l WHERE {' AND '.join(conditions)}", parameters


def _restrict(options: ListOptions, walk: _Walk, conditions: list[str], parameters: Parameters) -> None:
    """Add what names, namespaces and times must be like."""
    created, started, finished = f"{walk.table}created_at", walk.column("started_at"), walk.column("finished_at")
    for column, sign, moment in (
        (created, ">", options.created_after),
        (started, ">", options.started_after),
        (started, "<", options.started_before),
        (finished, "<", options.finished_before),
    ):
        if moment is not None:
            conditions.append(f"{column} {sign} ?")
            parameters.append(microseconds(moment))
    bounds = [moment for moment in (options.started_before, options.finished_before) if moment is not None]
    if bounds:
        conditions.append(f"{created} < ?")
        parameters.append(microseconds(min(bounds)) + EARLY // _MICROSECOND)
    if options.not_namespace:
        conditions.append(f"{walk.table}namespace <> ?")
        parameters.append(options.not_namespace)
    for match in options.names:
        _compare(match, options.name_label, walk, conditions, parameters)


def _compare(match: NameMatch, label: str, walk: _Walk, conditions: list[str], parameters: Parameters) -> None:
    """Add what a name, or the label that holds one, must be like."""
    values: Parameters = [match.text]
    if match.how == "Exact":
        test = "{} = ?"
    elif match.how == "NotEquals":
        test = "{} <> ?"
    elif match.how == "Prefix":
        test, values = "substr({}, 1, ?) = ?", [len(match.text), match.text]
    elif match.text:
        # Both databases have it, and neither looks at patterns or at case.
        test = "replace({0}, ?, '') <> {0}"
    else:
        return
    if label:
        held = f"EXISTS (SELECT 1 FROM labels m WHERE m.object = {walk.identity} AND m.key = ? AND {test})"
        conditions.append(held.format("m.value"))
        parameters.append(label)
    else:
        conditions.append(test.format(walk.column("name")))
    parameters += values


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
