"""What is refused before anybody looks at a request: strange hosts, foreign pages, floods, slow bodies, gRPC.

A server on loopback answers only to loopback's names: a web page whose name was pointed at 127.0.0.1 has another one
(DNS rebinding).  A page of another origin may only act with a token that it was given: what a browser sends by itself
(a cookie, or nothing where nothing is needed) does not count.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence

import anyio
from msgspec import Struct
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tiphys.entrypoints.server.answers import plain_json
from tiphys.entrypoints.server.problems import ExhaustedError
from tiphys.errors import ForbiddenError, TiphysError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: So many clients are remembered; the one that was silent for the longest is forgotten first.
_CLIENTS = 10_000
#: A body must come within this time, in seconds, and one more second for each of so many bytes that have come.
BODY_SECONDS = 60.0
SLOWEST = 64 << 10
_HSTS = {"strict-transport-security": "max-age=31536000"}
_ALLOWED = {
    "access-control-allow-methods": "POST, GET, OPTIONS, PUT, DELETE",
    "access-control-allow-headers": "Content-Type, Authorization",
    "access-control-allow-credentials": "true",
}


class GuardOptions(Struct, frozen=True, kw_only=True):
    """``rate`` is in requests a second for each client, 0 for no limit; ``origins`` are other pages that may ask.

    A body has ``body_seconds`` to come whole, and more as long as much of it comes.
    ``hsts`` tells browsers to come over TLS only.  ``address_headers`` are written by a proxy that is trusted: the
    first one that is there says who a client is.
    """

    loopback: bool = False
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    rate: float = 1000.0
    body_seconds: float = BODY_SECONDS
    hsts: bool = False
    address_headers: Sequence[str] = ()


class Guard:
    """Stands in front of the application.  ``clock`` gives seconds that only grow."""

    def __init__(self, app: ASGIApp, options: GuardOptions, clock: Callable[[], float]) -> None:
        self._app = app
        self._options = options
        self._buckets = Buckets(options.rate, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._options.hsts:
            send = _with(send, _HSTS)
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        cors = self._cors(origin)
        if headers.get("content-type", "").startswith("application/grpc"):
            await _grpc(send)
            return
        if cors and scope["method"] == "OPTIONS":
            await _empty(send, 204, {**cors, **_ALLOWED})
            return
        refusal, extra = self._refusal(scope, headers, origin)
        if refusal is not None:
            await plain_json(refusal, {**cors, **extra})(scope, receive, send)
            return
        await self._app(scope, _Timed(receive, self._options.body_seconds), _with(send, cors) if cors else send)

    def _cors(self, origin: str) -> dict[str, str]:
        known = origin and (origin in self._options.origins or "*" in self._options.origins)
        return {"access-control-allow-origin": origin, "vary": "origin"} if known else {}

    def _refusal(self, scope: Scope, headers: Headers, origin: str) -> tuple[TiphysError | None, dict[str, str]]:
        host = headers.get("host", "")
        if self._options.loopback and name_of(host) not in _LOOPBACK.union(self._options.hosts):
            return ForbiddenError(f"this server is not called {name_of(host)!r}"), {}
        foreign = origin and origin.partition("://")[2] != host and not self._cors(origin)
        if foreign and scope["method"] not in _SAFE and not headers.get("authorization"):
            return ForbiddenError("a page of another origin may not do this"), {}
        named = (headers.get(name, "").partition(",")[0].strip() for name in self._options.address_headers)
        client = next(filter(None, named), scope["client"][0] if scope.get("client") else "")
        left = self._buckets.take(client)
        if left >= 0:
            return None, {}
        wait = max(1, math.ceil(-left / self._options.rate))
        limit = str(int(self._options.rate))
        told = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(wait)}
        return ExhaustedError("too many requests"), {**told, "retry-after": str(wait)}


class Buckets:
    """A bucket of tokens for each client: full at first, filled at ``rate`` a second up to one second's worth."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Take a token; the answer is how many are left, negative when there was none."""
        if not self._rate:
            return 0.0
        now = self._clock()
        tokens, since = self._known.pop(client, (self._rate, now))
        tokens = min(self._rate, tokens + (now - since) * self._rate) - 1
        self._known[client] = (max(tokens, -1.0), now) if tokens >= 0 else (tokens + 1, now)
        if len(self._known) > _CLIENTS:
            self._known.popitem(last=False)
        return tokens


class _Timed:
    """Receives a body in time, or tells the application that the client is gone; after the body it just waits."""

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._until = anyio.current_time() + seconds
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        with anyio.move_on_after(self._until - anyio.current_time()):
            message = await self._receive()
            self._whole = message["type"] == "http.request" and not message.get("more_body", False)
            self._until += len(message.get("body", b"")) / SLOWEST
            return message
        return {"type": "http.disconnect"}


def name_of(host: str) -> str:
    """The name in a ``Host`` header.

    >>> [name_of(text) for text in ("localhost:2746", "[::1]:2746", "127.0.0.1")]
    ['localhost', '::1', '127.0.0.1']
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _with(send: Send, headers: dict[str, str]) -> Send:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *raw]}
        await send(message)

    return sending


async def _grpc(send: Send) -> None:
    """Tell a gRPC client what to do, in the way in which it reads errors."""
    headers = {"content-type": "application/grpc", "grpc-status": "12", "grpc-message": "use ARGO_HTTP1=true"}
    await _empty(send, 200, headers)


async def _empty(send: Send, status: int, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
