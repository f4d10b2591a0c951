"""Requests to runs as they are kept: ``core.engine.events.Request`` as JSON."""

from __future__ import annotations

import msgspec

from tiphys.core.engine.events import Request

_DECODERS: dict[str, msgspec.json.Decoder[Request]] = {}


def body_of(request: Request) -> bytes:
    """A request to be kept."""
    return msgspec.json.encode(request)


def request_of(body: bytes) -> Request:
    """A kept request.

    Raises:
        ValueError: it was written by another version and says nothing to this one.
    """
    if "request" not in _DECODERS:
        _DECODERS["request"] = msgspec.json.Decoder(Request)
    try:
        return _DECODERS["request"].decode(body)
    except msgspec.DecodeError as error:
        raise ValueError(f"the request cannot be read: {error}") from None
