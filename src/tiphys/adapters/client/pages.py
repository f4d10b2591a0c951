"""Lists of a server, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tiphys.adapters.client.connection import Connection
from tiphys.core.manifest.model.scalars import JsonValue

#: How many are asked for at a time where the caller does not say.
PAGE: Final = 500


def pages(connection: Connection, path: str, query: Mapping[str, str], size: int = 0) -> Iterator[JsonValue]:
    """The items of a list until its end; empty values of the query are left out."""
    asked = {key: value for key, value in query.items() if value}
    asked["listOptions.limit"] = str(size or PAGE)
    while True:
        page = connection.call("GET", path, asked)
        items = page.get("items")
        yield from items if isinstance(items, list) else ()
        metadata = page.get("metadata")
        following = metadata.get("continue") if isinstance(metadata, dict) else None
        if not following:
            return
        asked["listOptions.continue"] = str(following)
