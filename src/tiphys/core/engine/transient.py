"""Which failures are passing (``spec/engine.md`` 10.7), judged by their text."""

from __future__ import annotations

from tiphys.core.expr.regex import search

_TEXTS = (
    "exceeded quota", "Too Many Requests", "the server was unable to return a response in the time allotted",
    "Service Unavailable", "connection reset by peer", "connection refused", "TLS handshake timeout", "unexpected EOF",
    "i/o timeout", "no such host", "http2: client connection lost", "http2: server sent GOAWAY",
    "request did not complete within requested timeout", "etcdserver: leader changed", "etcdserver: request timed out",
    "etcdserver: too many requests", "client rate limiter Wait", "upper: no more rows in",
    "resource creation rate-limit reached",
)  # fmt: skip


def is_transient(message: str, pattern: str = "") -> bool:
    """True when the text is that of a passing failure, or holds a match of the pattern if there is one."""
    return any(text in message for text in _TEXTS) or bool(pattern and search(message, pattern))
