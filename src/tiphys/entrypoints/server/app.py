"""The ASGI application: limits, sign-in, the right, the route, the answer, in this order for every request."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Generator, Iterable, Iterator, Mapping

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.status import status_of
from tiphys.entrypoints.server import bodies, problems
from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.auth.impersonation import impersonated
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.instances import check_instance
from tiphys.entrypoints.server.parts import Parts
from tiphys.entrypoints.server.problems import InvalidArgumentError, UnauthenticatedError, UnimplementedError
from tiphys.entrypoints.server.query import Query
from tiphys.entrypoints.server.routing import Handler, Match, Open, Route, Table
from tiphys.entrypoints.server.streams import FollowingAnswer, StreamAnswer, Streams, wants_events
from tiphys.errors import ForbiddenError, InvariantError, TiphysError
from tiphys.ports.identity import Principal

_LOG = logging.getLogger(__name__)
_NOBODY = Principal(name="system:anonymous", groups=("system:unauthenticated",))
#: How many requests are answered at once; streams do not count.
WORKERS = 16
#: How many files are taken in at once; they come as slowly as their senders are.
UPLOADS = 8
#: The largest body of somebody who has not signed in, in bytes.
UNKNOWN_LIMIT = 2 << 20


class Application:
    """Answers requests; it holds no state but its parts and the streams that are open."""

    def __init__(self, parts: Parts, routes: Iterable[Route]) -> None:
        self._parts = parts
        self.streams = Streams()
        self._table = Table(routes)
        self._limiters: dict[bool, anyio.CapacityLimiter] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            try:
                answer = await self._answer(Request(scope, receive))
                await answer(scope, receive, send)
            except asyncio.CancelledError:  # nobody waits for this task any more: it ends with the server
                _LOG.warning("%s %s was cut off, since the server stops", scope["method"], scope["path"])

    async def _answer(self, request: Request) -> ASGIApp:
        match = self._find(request)
        try:
            if match is None:
                raise UnimplementedError
            if any("\0" in value for value in match.path.values()):  # no name holds it, and not every store takes it
                raise InvalidArgumentError("a path holds no NUL")
            return await self._handle(request, match)
        except RecursionError:  # the body is nested deeper than whoever reads it can follow
            return _refused(match, InvalidArgumentError("values are nested too deeply"))
        except TiphysError as error:
            return _refused(match, error)
        except ClientDisconnect:  # nobody is there any more to read an answer
            return Response(status_code=400)
        except Exception as error:  # the boundary of a request: the server goes on, the log has the details
            _LOG.exception("%s %r failed", request.method, request.scope["path"])
            hidden = InvariantError(f"internal error: {type(error).__name__}")
            return _json(problems.body(hidden), problems.http_status(hidden))

    async def _handle(self, request: Request, match: Match) -> ASGIApp:
        headers = {name.lower(): value for name, value in request.headers.items()}
        # Who asks comes before the body: nobody unknown makes this server read much.
        principal, limit = await anyio.to_thread.run_sync(self._who, match, headers)
        self._authorize(principal, match)
        call = Call(
            principal=principal,
            path=match.path,
            query=Query(request.scope["query_string"].decode("latin-1")),
            headers=headers,
            body=b"" if match.route.pieces else await bodies.whole(request, limit),
            pieces=bodies.pieces(request, self._parts.options.upload_limit),
            host=request.client.host if request.client else "",
        )
        if match.route.stream is not None:
            await anyio.to_thread.run_sync(check_instance, self._parts, match.route, call)
            seconds = call.query.number("listOptions.timeoutSeconds") or math.inf
            source = await match.route.stream(self._parts, call)
            return StreamAnswer(source, self.streams, events=wants_events(headers.get("accept", "")), seconds=seconds)
        return await self._run(match.route, call, head=request.method == "HEAD")

    def _find(self, request: Request) -> Match | None:
        """The route of a request; ``HEAD`` asks that of ``GET``, unless it is a stream or may be one."""
        path = self._path(request)
        if request.method != "HEAD":
            return self._table.find(request.method, path)
        match = self._table.find("GET", path)
        endless = match is not None and (match.route.stream is not None or match.route.kubernetes)
        return None if endless else match

    def _path(self, request: Request) -> str:
        """The path without the base href, which a proxy may or may not have cut."""
        # Not that of ``request.url``: it has been through a text, where a decoded ``?``, ``#`` or newline ends a path.
        path, base = str(request.scope["path"]), self._parts.options.base_href
        return path[len(base) - 1 :] if base != "/" and path.startswith(base) else path

    def _authorize(self, principal: Principal, match: Match) -> None:
        right = match.route.right
        if isinstance(right, Open):
            return
        access = right.access(match.path)
        if self._parts.authorizer.allowed(principal, access):
            return
        if access.verb == "list":
            where = (
                f'Permission denied, you are not allowed to list {access.resource} in namespace "{access.namespace}".'
            )
            raise ForbiddenError(
                f"{where} Maybe you want to specify a namespace with query parameter `.namespace={access.namespace}`?"
            )
        raise ForbiddenError("permission denied")

    def _who(self, match: Match, headers: Mapping[str, str]) -> tuple[Principal, int]:
        """Who asks, and how large the body may be."""
        limit = self._parts.options.body_limit
        if match.route.right is Open.PUBLIC:
            return _NOBODY, min(limit, UNKNOWN_LIMIT)
        if match.route.right is Open.WEBHOOK and not credentials(headers):
            return _NOBODY, min(limit, UNKNOWN_LIMIT)
        principal = self._parts.sign_in(headers, match.path.get("namespace", ""))
        return impersonated(self._parts.authorizer, principal, headers), limit

    async def _run(self, route: Route, call: Call, *, head: bool) -> ASGIApp:
        handler = route.handler
        if handler is None:
            raise InvariantError(f"the route {route.pattern} has no handler")
        if not self._limiters:  # they belong to the loop that runs
            self._limiters = {False: anyio.CapacityLimiter(WORKERS), True: anyio.CapacityLimiter(UPLOADS)}
        limiter = self._limiters[route.pieces]
        answer = await anyio.to_thread.run_sync(_handled, handler, self._parts, route, call, limiter=limiter)
        if isinstance(answer, Answer) and answer.following is not None:
            return FollowingAnswer(answer.following, self.streams, answer.headers)
        response = _response(answer, self._parts.options.version)
        if not head:
            return response
        if isinstance(answer, Answer) and answer.chunks is not None:
            await anyio.to_thread.run_sync(_closed, answer.chunks)
        return _headers_only(response)


def _refused(match: Match | None, error: TiphysError) -> Response:
    """An error in the form of the route."""
    if match is not None and match.route.text:
        return _text(error)
    if match is not None and match.route.kubernetes:
        return _json({**status_of(error), **unauthorized(error)}, problems.http_status(error))
    return _json(problems.body(error), problems.http_status(error))


def _handled(handler: Handler, parts: Parts, route: Route, call: Call) -> Answer | JsonValue:
    check_instance(parts, route, call)
    return handler(parts, call)


def _response(answer: Answer | JsonValue, version: str) -> Response:
    if not isinstance(answer, Answer):
        return _json(answer, 200, {"grpc-metadata-argo-version": version})
    response = _answered(answer)
    response.raw_headers.extend((b"set-cookie", cookie.encode()) for cookie in answer.cookies)
    return response


def _headers_only(answer: Response) -> Response:
    head = Response(status_code=answer.status_code)
    head.raw_headers = answer.raw_headers
    return head


def _closed(chunks: Iterator[bytes]) -> None:
    """What a generator opened is closed only when it has begun, and ends."""
    next(chunks, None)
    if isinstance(chunks, Generator):
        chunks.close()


def _answered(answer: Answer) -> Response:
    if answer.chunks is not None:
        return StreamingResponse(answer.chunks, answer.status, dict(answer.headers))
    if answer.body is not None:
        return Response(answer.body, answer.status, dict(answer.headers))
    return _json(answer.json, answer.status, dict(answer.headers))


def _json(data: JsonValue, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(data), status, headers, "application/json")


def unauthorized(error: TiphysError) -> JsonObject:
    """What a ``Status`` says of somebody who is not signed in."""
    signed_in = not isinstance(error, UnauthenticatedError)
    return {} if signed_in else {"message": "Unauthorized", "reason": "Unauthorized", "code": 401}


def _text(error: TiphysError) -> Response:
    """An error of the artifact endpoints, which are no JSON."""
    status = problems.http_status(error)
    text = "Unauthorized" if status == 401 else error.message
    return Response(text.encode(), status, {"x-content-type-options": "nosniff"}, "text/plain; charset=utf-8")


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
