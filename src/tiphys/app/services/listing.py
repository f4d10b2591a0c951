"""Pages of workflows over what is live and what is archived (``spec/api.md`` 10.3).

A page is an offset into one order: live workflows, newest first, then the archive's, newest first.  An offset stays
right while nothing comes or goes; what does shifts the pages behind it, as in Argo.  The store itself skips what lies
before the offset, so a page far behind costs hardly more than the first.
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
from tiphys.app.services.objects import COMPLETED, KIND
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.core.objects.selectors import Requirement
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

    @property
    def by_times(self) -> bool:
        """Whether it asks for times that only the workflows themselves know."""
        return any(item is not None for item in (self.started_after, self.started_before, self.finished_before))


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
        found = list(islice(rows, wanted.limit) if wanted.limit else rows)
        more = next(rows, None) is not None
        following = wanted.offset + len(found) if more else 0
        remaining = self._remaining(wanted, following, rows) if wanted.count else None
        return Page(sorted(found, key=self._order), version, following, remaining)

    def _remaining(self, wanted: Wanted, following: int, rows: Iterator[Row]) -> int:
        """How many rows follow the page; ``rows`` stands behind the first of them."""
        if not following:
            return 0
        if wanted.by_times or not wanted.live:
            return 1 + sum(1 for _ in rows)
        return self._store.count(_options(wanted)) + sum(1 for _ in self._copies(wanted)) - following

    def _rows(self, wanted: Wanted) -> Iterator[Row]:
        """The rows from the offset on."""
        skip = wanted.offset
        if wanted.live and not wanted.by_times:
            first = True
            for item in self._live(wanted, skip):
                first = False
                yield Row(item)
            if first and skip:  # the page begins in the archive, if anywhere
                skip -= min(skip, self._store.count(_options(wanted)))
            elif not first:
                skip = 0
        elif wanted.live:
            taken = [Row(item) for item in self._live(wanted) if self._takes(wanted, item)]
            yield from taken[skip:]
            skip = max(0, skip - len(taken))
        if wanted.archived and self._archive.on:
            yield from islice(self._archived(wanted), skip, None)

    def _archived(self, wanted: Wanted) -> Iterator[Row]:
        if not wanted.live:
            finished = (item for item in self._live(wanted) if self._archive.takes(item))
            yield from (Row(item) for item in finished if self._takes(wanted, item))
        yield from self._copies(wanted)

    def _copies(self, wanted: Wanted) -> Iterator[Row]:
        """The archive's copies of workflows that are gone; their names are inside of them."""
        if wanted.archived and self._archive.on:
            copies = self._archive.copies(wanted.namespace, wanted.labels)
            yield from (Row(item, True) for item in copies if self._takes(wanted, item))

    def _live(self, wanted: Wanted, skip: int = 0) -> Iterator[StoredObject]:
        options = replace(_options(wanted), skip=skip, limit=min(_PAGE, wanted.limit + 1) if wanted.limit else _PAGE)
        while True:
            page = self._store.list(options)
            yield from page.items
            if page.next is None:
                return
            options = replace(options, after=page.next, skip=0, limit=_PAGE)

    def _takes(self, wanted: Wanted, item: StoredObject) -> bool:
        if wanted.not_namespace and item.key.namespace == wanted.not_namespace:
            return False
        if not wanted.names.takes(item.key.name):
            return False
        if wanted.created_after is not None and item.created_at <= wanted.created_after:
            return False
        if not wanted.by_times:
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


def _options(wanted: Wanted) -> ListOptions:
    """What the store can tell of it: all but the times."""
    return ListOptions(
        kind=KIND,
        namespace=wanted.namespace or None,
        not_namespace=wanted.not_namespace,
        selector=wanted.labels,
        names=wanted.names.matches,
        created_after=wanted.created_after,
    )


def _between(text: str | None, after: datetime | None, before: datetime | None) -> bool:
    found = _moment(text)
    if found is None:
        return after is None and before is None
    return (after is None or found > after) and (before is None or found < before)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
