"""What both stores do alike about changes: errors, order and how many deletions are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tiphys.errors import ConflictError, ExpiredError, NotFoundError
from tiphys.ports.store import Change, Changes, ObjectKey

KEPT_DELETIONS: Final = 1000


def absent(key: ObjectKey) -> NotFoundError:
    """There is no such object."""
    return NotFoundError(f"{key.kind} {key.name!r} not found", where=key.namespace or None)


def conflict(key: ObjectKey) -> ConflictError:
    """Somebody else was first."""
    return ConflictError(
        f"{key.kind} {key.name!r} was changed by somebody else", "read it again", key.namespace or None
    )


def check_remembered(since: int, forgotten: int, where: str | None = None) -> None:
    """Refuse a question about a time whose deletions are forgotten.

    Raises:
        ExpiredError: list again.
    """
    if since < forgotten:
        raise ExpiredError(f"too old resource version: {since} ({forgotten})", "list again", where)


def merged(present: Sequence[Change], gone: Sequence[Change], version: int, limit: int) -> Changes:
    """The first ``limit`` changes by version; each sequence holds at least so many unless it is complete."""
    items = sorted([*present, *gone], key=lambda change: change.item.resource_version)
    if len(items) < limit:
        return Changes(items, version)
    return Changes(items[:limit], items[limit - 1].item.resource_version)
