"""Lists as a whole: page after page, as far as somebody reads."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tiphys.ports.identity import Principal
from tiphys.ports.objects import Editor, Listing, ObjectList
from tiphys.ports.store import ListOptions, Page, Store, StoredObject


def pages(store: Store, options: ListOptions) -> Iterator[Page]:
    """The page that the options choose and all behind it; each is read when it is asked for."""
    while True:
        page = store.list(options)
        yield page
        if page.next is None:
            return
        options = replace(options, after=page.next)


def rows(store: Store, options: ListOptions) -> Iterator[StoredObject]:
    """All that the options choose, newest first; what is removed meanwhile does not disturb it."""
    for page in pages(store, options):
        yield from page.items


def listed(objects: Editor, principal: Principal, wanted: Listing) -> Iterator[ObjectList]:
    """The page of objects that is wanted and all behind it; each is read when it is asked for."""
    while True:
        page = objects.list(principal, wanted)
        yield page
        if page.next is None:
            return
        wanted = replace(wanted, after=page.next)
