"""One request as a handler sees it, and what it may answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.problems import InvalidArgumentError
from tiphys.entrypoints.server.query import Query
from tiphys.ports.identity import Principal

Record = TypeVar("Record", bound=Struct)


class Answer(Struct, frozen=True, kw_only=True):
    """An answer that is not simply JSON with status 200.

    ``chunks`` are sent as they come, ``following`` too: it has no end of its own, so a server that stops ends it.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    json: JsonValue = None
    body: bytes | None = None
    chunks: Iterator[bytes] | None = None
    following: AsyncIterator[bytes] | None = None
    cookies: tuple[str, ...] = ()


class Call(Struct, frozen=True, kw_only=True):
    """A request after sign-in: ``path`` holds the route's captures, ``headers`` have lower-case names.

    ``pieces`` is the body of a route that takes it as it comes; ``body`` is empty then.
    """

    principal: Principal
    path: Mapping[str, str]
    query: Query
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: Iterator[bytes] = iter(())
    host: str = ""

    @property
    def namespace(self) -> str:
        """The namespace of the path; empty means all."""
        return self.path.get("namespace", "")

    @property
    def name(self) -> str:
        """The object's name in the path."""
        return self.path.get("name", "")

    def value(self) -> JsonValue:
        """The body as any JSON value; None when it is empty.

        Raises:
            InvalidArgumentError: It is not JSON.
        """
        if not self.body.strip():
            return None
        try:
            found: JsonValue = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidArgumentError(str(error)) from None
        return found

    def json(self) -> JsonObject:
        """The body as a JSON object, whatever its content type says; an empty body is an empty object.

        Raises:
            InvalidArgumentError: It is not JSON, or not an object.
        """
        data = self.value()
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise InvalidArgumentError("the body is not a JSON object")
        return data

    def record(self, kind: type[Record]) -> Record:
        """The body as a record: unknown fields are ignored, names match in any case, ``null`` is unset.

        Raises:
            InvalidArgumentError: The body is not JSON, or a field has the wrong type; the message names it.
        """
        names = {item.encode_name.lower(): item.encode_name for item in msgspec.structs.fields(kind)}
        given = {names.get(key.lower(), key): value for key, value in self.json().items() if value is not None}
        try:
            return msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise InvalidArgumentError(str(error)) from None
