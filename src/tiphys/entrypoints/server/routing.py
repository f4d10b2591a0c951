"""Which function answers which method and path, and the right that it needs.

Segments may be empty, because Argo's clients send ``/api/v1/workflows/`` for all namespaces: nothing is redirected,
normalised or stripped (``spec/api.md`` 2).  A route without a right cannot be written down.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts
from tiphys.ports.identity import Access


class Open(enum.Enum):
    """Who may call a route that needs no right on a resource."""

    PUBLIC = "public"
    """Everybody, without signing in: health, sign-in itself, static files."""
    SIGNED_IN = "signed in"
    """Every caller with a valid token."""
    WEBHOOK = "webhook"
    """Callers with a valid token, and without any token those whose signature the handler accepts."""
    HANDLER = "handler"
    """The handler asks for the right itself, because the resource is only known from the request."""


class Right(Struct, frozen=True):
    """A verb on a resource of an API group, as Kubernetes' RBAC has it; the namespace and name are the path's."""

    verb: str
    resource: str
    group: str = "argoproj.io"

    def access(self, path: Mapping[str, str]) -> Access:
        """What a request with these captures wants to do."""
        namespace, name = path.get("namespace", ""), path.get("name", "")
        return Access(verb=self.verb, resource=self.resource, group=self.group, namespace=namespace, name=name)


#: Answers in a worker thread: an ``Answer``, or JSON data with status 200.
Handler = Callable[[Parts, Call], Answer | JsonValue]
#: Answers with a stream; what it raises before it returns is an ordinary error answer.
StreamHandler = Callable[[Parts, Call], Awaitable[AsyncIterator[JsonValue]]]


class Route(Struct, frozen=True):
    """One row of a route table.

    ``pattern`` is a path in which ``{name}`` stands for exactly one segment, perhaps empty, and a last ``{name...}``
    for all that is left.  ``text`` answers errors in plain text, as the artifact endpoints do, ``kubernetes`` as
    ``Status`` objects.  ``pieces`` gives the handler the body as it comes, so that it may be large.
    """

    method: str
    pattern: str
    right: Right | Open
    handler: Handler | None = None
    stream: StreamHandler | None = None
    text: bool = False
    kubernetes: bool = False
    pieces: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The pattern, split."""
        return tuple(self.pattern.split("/")[1:])


class Match(Struct, frozen=True):
    """A route and what its path says."""

    route: Route
    path: Mapping[str, str]


class Table:
    """All routes of a server, looked up by the number of segments; literal segments win over captured ones."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._exact: dict[tuple[str, int], list[Route]] = {}
        self._open: dict[str, list[Route]] = {}
        for route in routes:
            segments = route.segments
            if segments[-1].endswith("...}"):
                self._open.setdefault(route.method, []).append(route)
            else:
                self._exact.setdefault((route.method, len(segments)), []).append(route)
        for rows in self._exact.values():
            rows.sort(key=lambda route: [part.startswith("{") for part in route.segments])
        for rows in self._open.values():  # the one that says more comes first
            rows.sort(key=lambda route: (-len(route.segments), [part.startswith("{") for part in route.segments]))

    def find(self, method: str, path: str) -> Match | None:
        """The route of a decoded path, or None."""
        given = path.split("/")[1:]
        for route in self._exact.get((method, len(given)), ()):
            captured = _match(route.segments, given)
            if captured is not None:
                return Match(route, captured)
        for route in self._open.get(method, ()):
            fixed = route.segments[:-1]
            captured = _match(fixed, given[: len(fixed)]) if len(given) > len(fixed) else None
            if captured is not None:
                captured[route.segments[-1][1:-4]] = "/".join(given[len(fixed) :])
                return Match(route, captured)
        return None


def _match(pattern: tuple[str, ...], given: list[str]) -> dict[str, str] | None:
    captured = {}
    for part, value in zip(pattern, given, strict=True):
        if part.startswith("{"):
            captured[part[1:-1]] = value
        elif part != value:
            return None
    return captured
