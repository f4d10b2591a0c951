"""Pages of workflows over what is live and what is archived (``spec/api.md`` 10.3).

There is one order: the newest creation first, whether a workflow is live or a copy in the archive.  The token of a
page says where in this order the page before ended, so what comes or goes between two pages moves nothing, and a
workflow that is archived in between is not shown again.  Numbers are taken as well, for clients that count rows
themselves; they cost a walk over what lies before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final, TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tiphys.app.services.archive import Archive, row_of, statuses_of
from tiphys.app.services.fieldselector import NameFilter
from tiphys.app.services.objects import COMPLETED, KIND
from tiphys.app.services.scope import EVERYWHERE, Scope
from tiphys.core.objects.selectors import Requirement
from tiphys.ports.store import ListOptions, Store, StoredObject

T = TypeVar("T")
PHASES: Final = ("Pending", "Running", "Succeeded", "Failed", "Error")
_PAGE = 500
_LIVE, _COPY = "w", "a"
#: Where the last row came from, its time of creation, its place among those of one time, and its uid.
_TOKEN = re.compile(rf"([{_LIVE}{_COPY}])(-?[0-9]{{1,18}})\.([0-9]{{1,18}})\.(.*)", re.ASCII | re.DOTALL)
_LAST = "9" * 18


class Wanted(Struct, frozen=True, kw_only=True):
    """Which workflows; ``limit`` 0 is all.  ``live`` and ``archived`` say from where.

    A page begins behind the token ``after``, or at the row number ``offset``.
    """

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
    after: str = ""
    count: bool = False
    live: bool = True
    archived: bool = True


class Row(Struct, frozen=True):
    """A workflow's row, and whether only the archive has it."""

    stored: StoredObject
    archived: bool = False


class Page(Struct, frozen=True):
    """Rows in the order in which Argo shows a page; ``next`` is the token of the next page, empty at the end.

    ``version`` is the resource version from which to watch; ``remaining`` is None unless it was asked for.
    """

    rows: Sequence[Row]
    version: int
    next: str = ""
    remaining: int | None = None


class _Place(Struct, frozen=True):
    """A row and where it stands: where it is from, and the cursor behind it there."""

    source: str
    item: StoredObject
    cursor: str

    @property
    def rank(self) -> tuple[datetime, bool]:
        """What stands higher comes first; of one moment what is live."""
        return self.item.created_at, self.source == _LIVE

    @property
    def row(self) -> Row:
        """The workflow's row."""
        return Row(self.item) if self.source == _LIVE else Row(row_of(self.item), True)

    @property
    def token(self) -> str:
        """The token of the page that begins behind it."""
        return f"{self.source}{self.cursor}.{self.row.stored.uid}"


class Listing:
    """Lists the workflows of a store and of its archive."""

    def __init__(self, store: Store, archive: Archive, scope: Scope = EVERYWHERE) -> None:
        self._store = store
        self._archive = archive
        self._scope = scope

    def page(self, wanted: Wanted) -> Page:
        """One page."""
        version = self._store.version()
        sources = self._sources(wanted)
        places = islice(self._places(sources, wanted), wanted.offset, None)
        found = list(islice(places, wanted.limit) if wanted.limit else places)
        more = next(places, None) is not None
        token = found[-1].token if more else ""
        remaining = self._remaining(sources, token) if wanted.count else None
        return Page(sorted((place.row for place in found), key=_order), version, token, remaining)

    def rows(self, wanted: Wanted) -> Iterator[Row]:
        """All wanted rows, the newest first; a page of them is read at a time."""
        yield from (place.row for place in self._places(self._sources(wanted), wanted))

    def statuses(self, wanted: Wanted, kind: type[T]) -> Iterator[tuple[Row, list[T]]]:
        """All wanted rows, the newest first, with what ``kind`` knows of their nodes' statuses.

        Rows of copies are as the archive keeps them: their labels and times are the workflow's, their data is not.
        """
        read = msgspec.json.Decoder(kind)
        for place in self._places(self._sources(wanted), wanted):
            if place.source == _LIVE:
                nodes = self._store.nodes(place.item.uid)
                yield Row(place.item), [read.decode(node.status) for node in nodes]
            else:
                yield Row(place.item, True), [read.decode(status) for status in statuses_of(place.item)]

    def phases(self, wanted: Wanted) -> dict[str, int]:
        """How many of the wanted workflows are in each phase, on all pages together; one without a phase is pending."""
        sources = self._sources(wanted)
        return {
            phase: sum(
                self._store.count(replace(options, phases=(phase,) if phase != "Pending" else (phase, "")))
                for options in sources.values()
                if not options.phases or phase in options.phases
            )
            for phase in PHASES
        }

    def label_keys(self, wanted: Wanted) -> list[str]:
        """The keys of the labels that the wanted workflows have; those that only Tiphys knows are left out."""
        found = {key for options in self._sources(wanted).values() for key in self._store.label_keys(options)}
        return sorted(key for key in found if not key.startswith("tiphys.dev/"))

    def label_values(self, wanted: Wanted, key: str) -> list[str]:
        """The values that one label has on them."""
        sources = self._sources(wanted).values()
        return sorted({value for options in sources for value in self._store.label_values(options, key)})

    def _sources(self, wanted: Wanted) -> dict[str, ListOptions]:
        """What the store is asked for: live workflows, copies of the archive, or both."""
        options = ListOptions(
            kind=KIND,
            namespace=wanted.namespace or None,
            not_namespace=wanted.not_namespace,
            selector=(*wanted.labels, self._scope.requirement),
            names=wanted.names.matches,
            created_after=wanted.created_after,
            started_after=wanted.started_after,
            started_before=wanted.started_before,
            finished_before=wanted.finished_before,
            limit=min(_PAGE, wanted.limit + 1) if wanted.limit else _PAGE,
        )
        sources = {}
        if wanted.live:
            sources[_LIVE] = options
        elif self._archive.on:
            selector = (*options.selector, *self._archive.selector)
            sources[_LIVE] = replace(options, phases=sorted(COMPLETED), selector=selector)
        if wanted.archived and self._archive.on:
            sources[_COPY] = self._archive.copies(options)
        return sources

    def _places(self, sources: dict[str, ListOptions], wanted: Wanted) -> Iterator[_Place]:
        walks = [self._walk(source, _behind(source, options, wanted.after)) for source, options in sources.items()]
        last = _shown_last(wanted.after)
        for place in merge(*walks, key=lambda place: place.rank, reverse=True):
            # Copies of one moment with the last row are looked through again: it may have become one of them.
            if place.source == _LIVE or not last or place.row.stored.uid != last:
                yield place

    def _walk(self, source: str, options: ListOptions) -> Iterator[_Place]:
        while True:
            page = self._store.list(options)
            yield from (_Place(source, item, cursor) for item, cursor in zip(page.items, page.cursors, strict=True))
            if page.next is None:
                return
            options = replace(options, after=page.next, limit=_PAGE)

    def _remaining(self, sources: dict[str, ListOptions], token: str) -> int:
        """How many rows follow the page with this token of the next one."""
        if not token:
            return 0
        return sum(self._store.count(_behind(source, options, token)) for source, options in sources.items())


def is_token(text: str) -> bool:
    """Whether a text may be the token of a page.

    >>> is_token("w1764176400000000.17.6f0c"), is_token("20")
    (True, False)
    """
    return _TOKEN.fullmatch(text) is not None


def _behind(source: str, options: ListOptions, token: str) -> ListOptions:
    """The options for the rows of a source that stand behind the row of a token."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return options
    origin, created, place, _ = match.groups()
    if origin != source:  # of one moment live workflows come first, then all copies
        place = "0" if source == _LIVE else _LAST
    return replace(options, after=f"{created}.{place}")


def _shown_last(token: str) -> str:
    match = _TOKEN.fullmatch(token)
    return match[4] if match is not None else ""


def _order(row: Row) -> tuple[bool, float]:
    """Unfinished ones first, the newest of them first; then by the end, the latest first."""
    stored = row.stored
    if stored.phase not in COMPLETED:
        return False, -stored.created_at.timestamp()
    return True, -(stored.times.finished or stored.created_at).timestamp()
