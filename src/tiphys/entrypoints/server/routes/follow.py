"""Streams about workflows: watches, events, logs (``spec/api.md`` 12, 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import islice

import anyio
import msgspec

from tiphys.app.services.events import event_object
from tiphys.app.services.fieldselector import name_filter, parse_field_selector, target_namespace
from tiphys.app.services.finding import LATEST, find
from tiphys.app.services.loglines import LogOptions, LogReader, pieces, since_of, stamp
from tiphys.app.services.logsources import ArchivedLogs, LiveLogs, LogSource
from tiphys.app.services.objects import KIND, workflow_of
from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.call import Call
from tiphys.entrypoints.server.fields import Fields
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import FailedError, InvalidArgumentError
from tiphys.entrypoints.server.query import Query
from tiphys.entrypoints.server.routing import Right, Route
from tiphys.entrypoints.server.watching import Watch, Watched
from tiphys.errors import NotFoundError, UsageError
from tiphys.ports.runtime import LogLine
from tiphys.ports.store import StoredObject

#: How often a follower looks for new lines, in seconds, and how many it reads at a time.
_FOLLOW_SECONDS = 0.3
_BATCH = 500


async def watch(parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
    """Workflows as they change."""
    fields = Fields.parse(call.query.text("fields"))
    nodes = fields.wants("result", "object", "status", "nodes")
    watched = await anyio.to_thread.run_sync(_watched, parts, call)

    def show(stored: StoredObject, kind: str) -> JsonObject:
        return parts.reading.shown(stored, nodes=nodes and kind != "DELETED")

    events = await Watch(parts.store, parts.hub, watched, show).open()
    return _kept(events, fields)


def _watched(parts: Parts, call: Call) -> Watched:
    query = call.query
    selected = parse_field_selector(query.text("listOptions.fieldSelector"))
    namespace = target_namespace(call.namespace, selected)
    names = name_filter(selected, "")
    if selected.name:
        stored = _known(parts, namespace, selected.name)
        names = msgspec.structs.replace(names, wanted=stored)
    return Watched(
        kind=KIND,
        namespace=namespace,
        labels=(*parse_selector(query.text("listOptions.labelSelector")), parts.scope.requirement),
        names=names.takes,
        since=version_of(query),
        bookmarks=query.flag("listOptions.allowWatchBookmarks"),
    )


def _known(parts: Parts, namespace: str, name: str) -> str:
    """The workflow's name, which must be known; the archive counts."""
    try:
        return find(parts.store, namespace, name).key.name
    except NotFoundError:
        if name != LATEST and parts.archive.lookup(namespace, name) is not None:
            return name
        if name == LATEST:
            raise NotFoundError("no workflows found") from None
        raise


def version_of(query: Query) -> int:
    """The resource version of a watch; 0 for the present state."""
    text = query.text("listOptions.resourceVersion")
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise InvalidArgumentError(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


async def _kept(events: AsyncIterator[JsonObject], fields: Fields) -> AsyncIterator[JsonValue]:
    """Events with the fields that are wanted; ``fields`` are those of the frame."""
    inner = fields.below("result")
    try:
        async for event in events:
            yield inner.clean(event)
    finally:
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


async def events(parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
    """Kubernetes events about workflows as they happen."""
    namespace = call.namespace
    sent: dict[str, int] = {}

    def new(stored: StoredObject) -> list[JsonObject]:
        decoder = msgspec.json.Decoder(Fact)
        facts = [decoder.decode(body) for body in parts.store.events(stored.uid)]
        begin = sent.get(stored.uid, 0)
        sent[stored.uid] = len(facts)
        workflow = workflow_of(stored)
        return [event_object(workflow, fact) for fact in facts[begin:]]

    def prime() -> None:
        from tiphys.app.services.listing import Wanted

        for row in parts.listing.page(Wanted(namespace=namespace, limit=500, archived=False)).rows:
            new(row.stored)

    async def stream() -> AsyncIterator[JsonValue]:
        watched = Watched(kind=KIND, namespace=namespace)
        async with parts.hub.watching(watched.concerns) as watcher:
            await anyio.to_thread.run_sync(prime)
            while True:
                for change in await watcher.next():
                    if change.type == "DELETED":
                        sent.pop(change.item.uid, None)
                        continue
                    for event in await anyio.to_thread.run_sync(new, change.item):
                        yield event

    return stream()


async def log(parts: Parts, call: Call) -> AsyncIterator[JsonValue]:
    """Lines of the pods of a workflow."""
    query = call.query
    options = LogOptions(
        pod=call.path.get("podName", "") or query.text("podName"),
        container=query.text("logOptions.container") or "main",
        tail=query.number("logOptions.tailLines"),
        since=since_of(
            parts.clock.now(), query.number("logOptions.sinceSeconds"), query.moment("logOptions.sinceTime")
        ),
        limit_bytes=query.number("logOptions.limitBytes"),
        grep=query.text("grep"),
        labels=parse_selector(query.text("selector")),
        previous=query.flag("logOptions.previous"),
    )
    source = await anyio.to_thread.run_sync(_source, parts, call)
    try:
        reader = LogReader(source, options)
    except UsageError as error:
        raise FailedError(error.message) from None
    follow, timestamps = query.flag("logOptions.follow"), query.flag("logOptions.timestamps")
    return _lines(reader, follow=follow, timestamps=timestamps)


def _source(parts: Parts, call: Call) -> LogSource:
    """The logs of the workflow; of one that only the archive has, those that were archived."""
    try:
        stored = find(parts.store, call.namespace, call.name)
    except NotFoundError:
        row = parts.archive.lookup(call.namespace, call.name)
        if row is None:
            raise
        parts.scope.check(row.key.name, row.labels)
        return ArchivedLogs(parts.artifacts, *parts.archive.whole(row))
    return LiveLogs(parts.store, parts.runtime, stored, parts.artifacts)


async def _lines(reader: LogReader, *, follow: bool, timestamps: bool) -> AsyncIterator[JsonValue]:
    while True:
        source = reader.read()
        while True:
            batch = await anyio.to_thread.run_sync(_some, source)
            for line in batch:
                for entry in _entries(line, timestamps=timestamps):
                    yield entry
            if not batch:
                break
        if reader.over or not follow:
            return
        await anyio.sleep(_FOLLOW_SECONDS)


def _some(source: Iterator[LogLine]) -> list[LogLine]:
    return list(islice(source, _BATCH))


def _entries(line: LogLine, *, timestamps: bool) -> Iterator[JsonObject]:
    """The entries of a line; an empty content is left out, as Go leaves it out."""
    for piece in pieces(line.text):
        content = f"{stamp(line.time)} {piece}" if timestamps else piece
        yield {**({"content": content} if content else {}), "podName": line.pod_name}


_LOG = Right("get", "pods/log", "")
ROUTES = (
    Route("GET", "/api/v1/workflow-events/{namespace}", Right("watch", "workflows"), stream=watch),
    Route("GET", "/api/v1/stream/events/{namespace}", Right("watch", "events", ""), stream=events),
    Route("GET", "/api/v1/workflows/{namespace}/{name}/log", _LOG, stream=log),
    Route("GET", "/api/v1/workflows/{namespace}/{name}/{podName}/log", _LOG, stream=log),
)
