"""The body of a request: whole for most routes, piece by piece for those that take large files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from anyio import from_thread
from starlette.requests import Request

from tiphys.entrypoints.server.problems import ExhaustedError, TooLargeError


async def whole(request: Request, limit: int) -> bytes:
    """The whole body.

    Raises:
        ExhaustedError: it is larger than ``limit`` bytes; nothing beyond it is kept.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            raise ExhaustedError(f"the request is larger than {limit} bytes")
    return bytes(data)


def pieces(request: Request, limit: int) -> Iterator[bytes]:
    """The body as it comes, for a handler in a worker thread; nothing is read before it is asked for.

    Raises:
        TooLargeError: it says that it is larger than ``limit`` bytes, or turns out to be.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLargeError(limit)
    source = request.stream()
    size = 0
    while (chunk := from_thread.run(_next, source)) is not None:
        size += len(chunk)
        if size > limit:
            raise TooLargeError(limit)
        yield chunk


async def _next(source: AsyncIterator[bytes]) -> bytes | None:
    return await anext(source, None)
