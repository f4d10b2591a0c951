"""Watches: one JSON event a line (``ADDED``, ``MODIFIED``, ``DELETED``, ``BOOKMARK``, ``ERROR``)."""

from __future__ import annotations

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
from tiphys.entrypoints.server.watching import Watch, Watched
from tiphys.errors import TiphysError, UsageError
from tiphys.ports.store import StoredObject

#: A watch without ``timeoutSeconds`` ends after this time; clients take it up again.
_SECONDS = 3600.0

_Frame = Callable[[JsonObject], bytes]


def watch(parts: Parts, call: Call, kind: Kind) -> Answer:
    """Follow the objects of a kind; the right is asked for now, and what is wrong with the request said now."""
    check(parts, call, "watch", kind)
    query = call.query
    version = query.text("resourceVersion")
    if version and not (version.isascii() and version.isdigit()):
        raise UsageError(f'Invalid value: "{version}": invalid resource version')
    fields = parse_selector(query.text("fieldSelector"))
    watched = Watched(
        kind=kind.kind,
        group=kind.group,
        namespace=call.namespace,
        labels=parse_selector(query.text("labelSelector")),
        since=int(version or "0"),
        bookmarks=query.flag("allowWatchBookmarks"),
    )

    def show(stored: StoredObject, type_: str) -> JsonObject:
        if (kind.group, kind.kind) == (ARGO, "Workflow"):
            shown = parts.reading.shown(stored, nodes=type_ != "DELETED")
            version = str(stored.resource_version)
            return {**shown, "metadata": {**metadata_of(shown), "resourceVersion": version}}
        return manifest_of(stored)

    source = Watch(parts.store, parts.hub, watched, show)
    seen: set[str] = set()

    def frame(event: JsonObject) -> bytes:
        item, type_ = event["object"], event["type"]
        if not isinstance(item, dict):
            return b""
        if type_ != "BOOKMARK" and fields:
            uid = text(metadata_of(item), "uid")
            if selected(fields, item):
                type_ = "ADDED" if uid not in seen and type_ == "MODIFIED" else type_
                seen.add(uid)
            elif uid in seen:
                seen.discard(uid)
                type_ = "DELETED"
            else:
                return b""
        shown: JsonObject = {"apiVersion": kind.api_version, "kind": kind.kind, **item}
        if wants_table(call.headers.get("accept", "")) and type_ != "BOOKMARK":
            shown = table(kind, [shown], {}, parts.clock.now())
        return msgspec.json.encode({"type": type_, "object": shown}) + b"\n"

    seconds = query.number("timeoutSeconds")
    chunks = _chunks(source, frame, float(seconds) if seconds else _SECONDS)
    return Answer(headers={"content-type": "application/json", "cache-control": "no-cache"}, following=chunks)


async def _chunks(source: Watch, frame: _Frame, seconds: float) -> AsyncIterator[bytes]:
    until = anyio.current_time() + seconds
    try:
        events = await source.open()
        while True:
            event: JsonObject | None = None
            with anyio.move_on_after(until - anyio.current_time()):
                event = await anext(events)
            if event is None:
                return
            chunk = frame(event)
            if chunk:
                yield chunk
    except TiphysError as error:
        yield msgspec.json.encode({"type": "ERROR", "object": status_of(error)}) + b"\n"
