"""Pages of workflows over what is live and what is archived (``spec/api.md`` 10.3).

A page is an offset into one order: live workflows, newest first, then the archive's, newest first.  An offset stays
right while nothing comes or goes; what does shifts the pages behind it, as in Argo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.archive import Archive
from tiphys.app.services.fieldselector import NameFilter
from tiphys.app.services.objects import COMPLETED, KIND, key_of
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.core.objects.selectors import Requirement, matches
from tiphys.ports.store import ListOptions, Store, StoredObject

_PAGE = 500


class Wanted(Struct, frozen=True, kw_only=True):
    """Which workflows; ``limit`` 0 is all.  ``live`` and ``archived`` say from where."""

    namespace: str = ""
    not_namespace: str = ""
    labels: Sequence[Requirement] = ()
    names: NameFilter = field(default_factory=NameFilter)
    started_after: datetime | None = None
    started_before: datetime | None = None
    created_after: datetime | None = None
    finished_before: datetime | None = None
    limit: int = 0
    offset: int = 0
    count: bool = False
    live: bool = True
    archived: bool = True


class Row(Struct, frozen=True):
    """A workflow's row, and whether only the archive has it."""

    stored: StoredObject
    archived: bool = False


class Page(Struct, frozen=True):
    """Rows in the order in which Argo shows a page; ``next`` is the offset of the next page, 0 at the end.

    ``version`` is the resource version from which to watch; ``remaining`` is None unless it was asked for.
    """

    rows: Sequence[Row]
    version: int
    next: int = 0
    remaining: int | None = None


class _Status(Struct, frozen=True, rename="camel"):
    started_at: str | None = None
    finished_at: str | None = None


class _Times(Struct, frozen=True):
    status: _Status = _Status()


class Listing:
    """Lists the workflows of a store and of its archive."""

    def __init__(self, store: Store, archive: Archive, scope: Scope = EVERYWHERE) -> None:
        self._store = store
        self._archive = archive
        self._scope = scope
        self._times = msgspec.json.Decoder(_Times)

    def page(self, wanted: Wanted) -> Page:
        """One page."""
        version = self._store.version()
        wanted = replace(wanted, labels=(*wanted.labels, self._scope.requirement))
        rows = self._rows(wanted)
        skipped = sum(1 for _ in islice(rows, wanted.offset))
        if skipped < wanted.offset:
            return Page((), version, 0, 0 if wanted.count else None)
        found = list(islice(rows, wanted.limit) if wanted.limit else rows)
        more = next(rows, None) is not None
        remaining = None
        if wanted.count:
            remaining = 1 + sum(1 for _ in rows) if more else 0
        following = wanted.offset + len(found) if more else 0
        return Page(sorted(found, key=self._order), version, following, remaining)

    def _rows(self, wanted: Wanted) -> Iterator[Row]:
        if wanted.live:
            yield from (Row(item) for item in self._live(wanted) if self._takes(wanted, item))
        if wanted.archived and self._archive.on:
            if not wanted.live:
                finished = (item for item in self._live(wanted) if self._archive.takes(item))
                yield from (Row(item) for item in finished if self._takes(wanted, item))
            copies = self._archive.copies(wanted.namespace, wanted.labels)
            yield from (Row(item, True) for item in copies if self._takes(wanted, item))

    def _live(self, wanted: Wanted) -> Iterator[StoredObject]:
        exact = wanted.names.wanted if wanted.names.how == "Exact" else ""
        if exact and wanted.namespace:
            stored = self._store.get(key_of(wanted.namespace, exact))
            if stored is not None and matches(wanted.labels, stored.labels):
                yield stored
            return
        after: str | None = None
        size = min(_PAGE, wanted.offset + wanted.limit + 1) if wanted.limit else _PAGE
        while True:
            page = self._store.list(
                ListOptions(
                    kind=KIND, namespace=wanted.namespace or None, selector=wanted.labels, limit=size, after=after
                )
            )
            for item in page.items:
                if wanted.created_after is not None and item.created_at <= wanted.created_after:
                    return  # the newest come first
                yield item
            after, size = page.next, _PAGE
            if after is None:
                return

    def _takes(self, wanted: Wanted, item: StoredObject) -> bool:
        if wanted.not_namespace and item.key.namespace == wanted.not_namespace:
            return False
        if not wanted.names.takes(item.key.name):
            return False
        if wanted.created_after is not None and item.created_at <= wanted.created_after:
            return False
        if wanted.started_after is None and wanted.started_before is None and wanted.finished_before is None:
            return True
        status = self._times.decode(item.data).status
        return _between(status.started_at, wanted.started_after, wanted.started_before) and (
            wanted.finished_before is None or _between(status.finished_at, None, wanted.finished_before)
        )

    def _order(self, row: Row) -> tuple[bool, float]:
        """Unfinished ones first, the newest of them first; then by the end, the latest first."""
        stored = row.stored
        if stored.phase not in COMPLETED:
            return False, -stored.created_at.timestamp()
        finished = _moment(self._times.decode(stored.data).status.finished_at) or stored.created_at
        return True, -finished.timestamp()


def _between(text: str | None, after: datetime | None, before: datetime | None) -> bool:
    found = _moment(text)
    if found is None:
        return after is None and before is None
    return (after is None or found > after) and (before is None or found < before)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
