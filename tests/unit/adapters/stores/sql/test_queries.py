"""Every list walks an index in its order: no scan of a table, no sort of more than a page per phase."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.cursor import Position
from tiphys.adapters.stores.sql import queries
from tiphys.adapters.stores.sql.sqlite import tables
from tiphys.adapters.stores.sql.sqlite.database import DIALECT
from tiphys.ports.store import ListOptions
from tiphys.testing.clock import START, VirtualClock


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    tables.migrate(connection, VirtualClock())
    yield connection
    connection.close()


def plan(connection: sqlite3.Connection, options: ListOptions, start: Position | None) -> list[str]:
    walks = queries.positions(options, start, DIALECT.number)
    return [row[3] for query, values in walks for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]


@pytest.mark.parametrize("start", [None, Position(5, 7)])
@pytest.mark.parametrize("namespace", [None, "argo"])
@pytest.mark.parametrize(
    ("phases", "labels", "index"),
    [
        ([], {}, {None: "objects_kind", "argo": "objects_namespace"}),
        (["Failed"], {}, {None: "objects_phase", "argo": "objects_namespace_phase"}),
        (["Failed", "Error"], {}, {None: "objects_phase", "argo": "objects_namespace_phase"}),
        ([], {"a": "1"}, {None: "labels_value", "argo": "labels_namespace_value"}),
        (["Failed"], {"a": "1", "b": "2"}, {None: "labels_value", "argo": "labels_namespace_value"}),
    ],
)
def test_list_walks_the_index_made_for_it(
    connection: sqlite3.Connection,
    start: Position | None,
    namespace: str | None,
    phases: list[str],
    labels: dict[str, str],
    index: dict[str | None, str],
) -> None:
    options = ListOptions(kind="Workflow", namespace=namespace, phases=phases, labels=labels)
    steps = plan(connection, options, start)
    walks = [step for step in steps if step.startswith("SEARCH") and "INDEX" in step and "PRIMARY KEY" not in step]
    assert walks
    assert all(f"INDEX {index[namespace]} (" in step for step in walks), steps
    if len(phases) < 2:
        assert not any("TEMP B-TREE" in step for step in steps), steps
    assert not any(step in ("SCAN objects", "SCAN l", "SCAN labels") for step in steps), steps


def test_walk_starts_at_the_cursor(connection: sqlite3.Connection) -> None:
    steps = plan(connection, ListOptions(kind="Workflow"), Position(5, 7))
    assert any("kind=? AND created_at<?" in step for step in steps), steps


@pytest.mark.parametrize("start", [None, Position(5, 7)])
@pytest.mark.parametrize("labels", [{}, {"a": "1"}])
@pytest.mark.parametrize("namespace", [None, "argo"])
def test_what_began_late_is_found_by_its_own_index(
    connection: sqlite3.Connection, start: Position | None, namespace: str | None, labels: dict[str, str]
) -> None:
    options = ListOptions(kind="Workflow", namespace=namespace, started_after=START, labels=labels, phases=["Failed"])
    steps = plan(connection, options, start)
    assert any("USING INDEX objects_started (kind=? AND started_at>?)" in step for step in steps), steps
    assert any("(kind=? AND" in step and "created_at>?" in step for step in steps), steps
    assert not any(step.startswith("SCAN objects") for step in steps), steps


@pytest.mark.parametrize("key", ["started_before", "finished_before"])
def test_what_was_over_by_a_moment_is_walked_from_there(connection: sqlite3.Connection, key: str) -> None:
    steps = plan(connection, replace(ListOptions(kind="Workflow"), **{key: START}), None)
    assert any("INDEX objects_kind (kind=? AND created_at<?)" in step for step in steps), steps
