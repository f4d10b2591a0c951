"""Streams of JSON: server-sent events byte by byte as Argo's Go client reads them, else one object a line.

No ``event:``, ``id:`` or ``retry:`` line and no long comment is ever sent: that client takes every line of more than
six bytes for data (``spec/api.md`` 5).
"""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.entrypoints.server import problems
from tiphys.errors import InvariantError, TiphysError

KEEP_ALIVE_SECONDS = 15.0
#: So long a client that reads nothing may hold the end of its stream up, in seconds.
_END_SECONDS = 1.0
_LOG = logging.getLogger(__name__)


def wants_events(accept: str) -> bool:
    """Whether an ``Accept`` header asks for server-sent events."""
    return any(part.split(";")[0].strip() == "text/event-stream" for part in accept.split(","))


def result_frame(item: JsonValue, *, events: bool) -> bytes:
    """The bytes of one item."""
    return _frame({"result": item}, events=events)


def error_frame(error: TiphysError, *, events: bool) -> bytes:
    """The bytes of an error after the start of the stream; nothing follows it."""
    return _frame(problems.frame(error), events=events)


def _frame(item: JsonValue, *, events: bool) -> bytes:
    data = msgspec.json.encode(item)
    return b"data: " + data + b" \n\n\n" if events else data + b"\n"


class Streams:
    """The streams that a server has open.  Only its event loop touches them."""

    def __init__(self) -> None:
        self._open: set[anyio.CancelScope] = set()
        self._closed = False

    def close(self) -> None:
        """End all streams, and those that are opened later, as if their sources had ended."""
        self._closed = True
        for scope in self._open:
            scope.cancel()

    @contextmanager
    def opened(self, seconds: float = math.inf) -> Iterator[anyio.CancelScope]:
        """Leave the body when all streams are ended, or after some seconds."""
        with anyio.move_on_after(seconds) as scope:
            self._open.add(scope)
            if self._closed:
                scope.cancel()
            try:
                yield scope
            finally:
                self._open.discard(scope)


class FollowingAnswer(StreamingResponse):
    """Sends chunks that come as something happens, until their source ends or ``streams`` are closed."""

    def __init__(self, source: AsyncIterator[bytes], streams: Streams, headers: Mapping[str, str]) -> None:
        super().__init__(source, headers=headers)
        self._streams = streams

    async def stream_response(self, send: Send) -> None:
        """Send the body."""
        with self._streams.opened() as scope:
            await super().stream_response(send)
        if scope.cancelled_caught:
            await _end(send)


class StreamAnswer:
    """Sends a stream until its source ends, its ``seconds`` are over, ``streams`` are closed or the client goes away.

    The headers are sent at once.
    """

    def __init__(
        self, source: AsyncIterator[JsonValue], streams: Streams, *, events: bool, seconds: float = math.inf
    ) -> None:
        self._source = source
        self._streams = streams
        self._events = events
        self._seconds = seconds
        self._headers = {
            "content-type": "text/event-stream" if events else "application/json",
            "x-content-type-options": "nosniff",
            "cache-control": "no-cache",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        raw = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        into, out = anyio.create_memory_object_stream[bytes](0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._pump, into)
            tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
            with self._streams.opened(self._seconds):
                await self._forward(out, send)
            tasks.cancel_scope.cancel()
        await _end(send)

    async def _pump(self, into: MemoryObjectSendStream[bytes]) -> None:
        async with into:
            try:
                async for item in self._source:
                    await into.send(result_frame(item, events=self._events))
            except TiphysError as error:
                await into.send(error_frame(error, events=self._events))
            except Exception as error:  # the stream has begun: its last frame is the only way to say so
                _LOG.exception("a stream failed")
                hidden = InvariantError(f"internal error: {type(error).__name__}")
                await into.send(error_frame(hidden, events=self._events))
            finally:
                close = getattr(self._source, "aclose", None)
                if close is not None:
                    with anyio.CancelScope(shield=True):
                        await close()

    async def _forward(self, out: MemoryObjectReceiveStream[bytes], send: Send) -> None:
        async with out:
            while True:
                chunk = b":\n" if self._events else b""
                with anyio.move_on_after(KEEP_ALIVE_SECONDS):
                    try:
                        chunk = await out.receive()
                    except anyio.EndOfStream:
                        break
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _end(send: Send) -> None:
    with anyio.move_on_after(_END_SECONDS):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            scope.cancel()
            return
