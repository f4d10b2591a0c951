"""``successCondition`` of HTTP templates (``spec/expressions.md`` 20.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from tiphys.core.expr.program import Functions
from tiphys.core.template.expression import evaluate_bool

if TYPE_CHECKING:
    from tiphys.core.expr.values import Value

_Headers = Sequence[tuple[str, str]]


class Request(Struct, frozen=True, kw_only=True):
    """What was sent; names of headers are in any case."""

    method: str
    url: str
    body: str = ""
    headers: Sequence[tuple[str, str]] = ()


class Response(Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    body: str
    headers: Sequence[tuple[str, str]] = ()


def http_failure(condition: str | None, request: Request, response: Response) -> str | None:
    """Why a request counts as failed; None when it succeeded.

    Without a condition a status of 200 to 299 is success.

    Raises:
        TemplateError: the condition is malformed, fails or is not boolean; the node is then Error.
    """
    if not condition:
        ok = 200 <= response.status < 300
        return None if ok else f"received non-2xx response code: {response.status}"
    holds = evaluate_bool(condition, _environment(request, response), Functions.BUILTIN)
    return None if holds else f"successCondition '{condition}' evaluated false"


def _environment(request: Request, response: Response) -> dict[str, Value]:
    body = request.body
    sent = {
        "method": request.method,
        "url": request.url,
        "body": body,
        "bodyBytes": list(body.encode()),
        "headers": _by_name(request.headers),
    }
    back = {"statusCode": response.status, "body": response.body, "headers": _by_name(response.headers)}
    return cast("dict[str, Value]", {"request": sent, "response": back})


def _by_name(headers: _Headers) -> Mapping[str, list[str]]:
    """All values of each header by its canonical name."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(canonical(name), []).append(value)
    return found


def canonical(name: str) -> str:
    """A header's name as Go writes it.

    >>> canonical("content-TYPE")
    'Content-Type'
    """
    if not name.isascii() or " " in name:
        return name
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))
