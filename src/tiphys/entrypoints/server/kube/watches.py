"""Watches: one JSON event a line (``ADDED``, ``MODIFIED``, ``DELETED``, ``BOOKMARK``, ``ERROR``)."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable

import anyio
import msgspec

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.fields import selected
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import metadata_of, text
from tiphys.core.objects.selectors import parse_selector
from tiphys.core.objects.status import status_of
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.kube.answers import check
from tiphys.entrypoints.server.kube.tables import table, wants_table
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import ExhaustedError
from tiphys.entrypoints.server.watching import Watch, Watched
from tiphys.errors import TiphysError, UsageError
from tiphys.ports.clock import Clock
from tiphys.ports.store import StoredObject

#: A watch without ``timeoutSeconds`` ends after this time; clients take it up again.
_SECONDS = 3600.0


def watch(parts: Parts, call: Call, kind: Kind) -> Answer:
    """Follow the objects of a kind; the right is asked for now, and what is wrong with the request said now."""
    check(parts, call, "watch", kind)
    source = Watch(parts.store, parts.hub, _watched(call, kind), functools.partial(_shown, parts, kind))
    lines = _Lines(kind, call, parts.clock)
    seconds = call.query.number("timeoutSeconds")
    chunks = _chunks(source, lines.of, float(seconds) if seconds else _SECONDS)
    return Answer(headers={"content-type": "application/json", "cache-control": "no-cache"}, following=chunks)


def _watched(call: Call, kind: Kind) -> Watched:
    query = call.query
    version = query.text("resourceVersion")
    if version and not (version.isascii() and version.isdigit()):
        raise UsageError(f'Invalid value: "{version}": invalid resource version')
    return Watched(
        kind=kind.kind,
        group=kind.group,
        namespace=call.namespace,
        labels=parse_selector(query.text("labelSelector")),
        since=int(version or "0"),
        bookmarks=query.flag("allowWatchBookmarks"),
    )


def _shown(parts: Parts, kind: Kind, stored: StoredObject, type_: str) -> JsonObject:
    """The object of a row; a workflow has its nodes while it is there."""
    if (kind.group, kind.kind) != (ARGO, "Workflow"):
        return manifest_of(stored)
    shown = parts.reading.shown(stored, nodes=type_ != "DELETED")
    return {**shown, "metadata": {**metadata_of(shown), "resourceVersion": str(stored.resource_version)}}


class _Lines:
    """The lines of one watch: whole objects or rows of a table, of those that a field selector wants."""

    def __init__(self, kind: Kind, call: Call, clock: Clock) -> None:
        self._kind = kind
        self._clock = clock
        self._fields = parse_selector(call.query.text("fieldSelector"))
        self._as_table = wants_table(call.headers.get("accept", ""))
        self._selected: set[str] = set()

    def of(self, event: JsonObject) -> bytes:
        """The line of an event; empty for one that nobody wants to see."""
        item, type_ = event["object"], text(event, "type")
        if not isinstance(item, dict):
            return b""
        shown: JsonObject = {"apiVersion": self._kind.api_version, "kind": self._kind.kind, **item}
        if type_ != "BOOKMARK":
            type_ = self._type(type_, item)
            if not type_:
                return b""
            if self._as_table:
                shown = table(self._kind, [shown], {}, self._clock.now())
        return msgspec.json.encode({"type": type_, "object": shown}) + b"\n"

    def _type(self, type_: str, item: JsonObject) -> str:
        """The type of an event among the selected: an object that is not selected any more is gone for the watcher."""
        if not self._fields:
            return type_
        uid = text(metadata_of(item), "uid")
        known = uid in self._selected
        if selected(self._fields, item):
            self._selected.add(uid)
            return "ADDED" if type_ == "MODIFIED" and not known else type_
        self._selected.discard(uid)
        return "DELETED" if known else ""


async def _chunks(source: Watch, line: Callable[[JsonObject], bytes], seconds: float) -> AsyncIterator[bytes]:
    until = anyio.current_time() + seconds
    try:
        events = await source.open()
        while True:
            event: JsonObject | None = None
            with anyio.move_on_after(until - anyio.current_time()):
                event = await anext(events)
            if event is None:
                return
            chunk = line(event)
            if chunk:
                yield chunk
    except ExhaustedError:
        return  # as Kubernetes ends the watch of a slow client, which goes on from the last version that it has seen
    except TiphysError as error:
        yield msgspec.json.encode({"type": "ERROR", "object": status_of(error)}) + b"\n"
