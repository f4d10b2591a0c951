"""The queries of lists: each walks an index newest first and stops at the end of the page.

A page costs the same out of a hundred objects and out of a million.  Two filters are the exception: with several
labels, or with labels and phases together, the first label's index is walked and the rest is tested row by row.
"""

from __future__ import annotations

from tiphys.adapters.stores.cursor import Position
from tiphys.ports.store import ListOptions

Parameters = list[object]


def positions(options: ListOptions, start: Position | None) -> tuple[str, Parameters]:
    """A query for (created_at, id) of one page's objects and of one more, newest first."""
    if options.labels:
        return _by_label(options, start)
    if len(options.phases) <= 1:
        return _by_kind(options, options.phases[0] if options.phases else None, start)
    # Each phase is a walk of its own that the limit ends; the merge sorts no more than phases × limit positions.
    parts, parameters = [], []
    for phase in dict.fromkeys(options.phases):
        query, values = _by_kind(options, phase, start)
        parts.append(f"SELECT * FROM ({query})")
        parameters += values
    merged = " UNION ALL ".join(parts)
    return f"{merged} ORDER BY created_at DESC, id DESC LIMIT ?", [*parameters, options.limit + 1]


def _by_kind(options: ListOptions, phase: str | None, start: Position | None) -> tuple[str, Parameters]:
    conditions: list[str] = ["kind = ?"]
    parameters: Parameters = [options.kind]
    if options.namespace is not None:
        conditions.append("namespace = ?")
        parameters.append(options.namespace)
    if phase is not None:
        conditions.append("phase = ?")
        parameters.append(phase)
    if start is not None:
        conditions.append("(created_at, id) < (?, ?)")
        parameters += [start.created, start.id]
    query = (
        f"SELECT created_at, id FROM objects WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]


def _by_label(options: ListOptions, start: Position | None) -> tuple[str, Parameters]:
    (key, value), *others = options.labels.items()
    conditions = ["l.kind = ?", "l.key = ?", "l.value = ?"]
    parameters: Parameters = [options.kind, key, value]
    if options.namespace is not None:
        conditions.append("l.namespace = ?")
        parameters.append(options.namespace)
    if start is not None:
        conditions.append("(l.created_at, l.object) < (?, ?)")
        parameters += [start.created, start.id]
    for other in others:
        conditions.append("EXISTS (SELECT 1 FROM labels m WHERE m.object = l.object AND m.key = ? AND m.value = ?)")
        parameters += other
    if options.phases:
        marks = ", ".join("?" * len(options.phases))
        conditions.append(f"(SELECT o.phase FROM objects o WHERE o.id = l.object) IN ({marks})")
        parameters += options.phases
    query = (
        f"SELECT l.created_at, l.object AS id FROM labels l WHERE {' AND '.join(conditions)} "
        "ORDER BY l.created_at DESC, l.object DESC LIMIT ?"
    )
    return query, [*parameters, options.limit + 1]
