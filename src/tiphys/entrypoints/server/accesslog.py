"""One line for each request: method, path, status, size, duration (``spec/api.md`` 1); never its query or headers."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)


class AccessLog:
    """Stands before everything else.  ``clock`` gives seconds that only grow, ``fields`` makes them part of a line.

    A query may hold a token and parameters may be secrets: the path is all that is written.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float], fields: Callable[..., dict[str, object]]) -> None:
        self._app = app
        self._clock = clock
        self._fields = fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event."""
        if scope["type"] != "http" or not _LOG.isEnabledFor(logging.INFO):
            await self._app(scope, receive, send)
            return
        begin, status, size = self._clock(), 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            said = self._fields(
                method=scope["method"],
                path=scope["path"],
                status=status,
                size=size,
                duration=f"{(self._clock() - begin) * 1000:.1f}ms",
            )
            _LOG.info("request", extra=said)
