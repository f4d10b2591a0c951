"""Objects, nodes and commands to keep, for the contract of stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import CommandRow, ListOptions, NodeRow, ObjectKey, Store, StoredObject

NOON = datetime(2026, 1, 5, 12, 0, 0, 123456, tzinfo=UTC)
LARGE = 300 * 1024


def an_object(
    name: str,
    *,
    minutes: int = 0,
    namespace: str = "argo",
    kind: str = "Workflow",
    phase: str = "Running",
    labels: Mapping[str, str] | None = None,
    data: bytes = b"{}",
) -> StoredObject:
    """An object to keep; ``minutes`` after noon is when it was made."""
    return StoredObject(
        key=ObjectKey(kind, namespace, name),
        uid=WorkflowUid(f"uid-{kind}-{namespace}-{name}"),
        resource_version=0,
        created_at=NOON + timedelta(minutes=minutes),
        labels=labels or {},
        phase=phase,
        data=data,
    )


def a_node(name: str, sequence: int, status: bytes = b'{"phase":"Running"}', internal: bytes = b"{}") -> NodeRow:
    """A node row."""
    return NodeRow(name=NodeName(name), sequence=sequence, status=status, internal=internal)


def a_command(key: str, body: bytes = b"{}") -> CommandRow:
    """A command row."""
    return CommandRow(key=key, body=body)


def names(store: Store, options: ListOptions) -> list[str]:
    """The names on all pages of a list, page by page."""
    found: list[str] = []
    while True:
        page = store.list(options)
        assert len(page.items) <= options.limit
        found += [item.key.name for item in page.items]
        if page.next is None:
            return found
        assert page.items, "a page with a successor is not empty"
        options = replace(options, after=page.next, skip=0)
