"""Artifacts whose content stands in the manifest."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from tiphys.adapters.artifacts.unsupported import LIST_UNSUPPORTED, NO_DELETE, no_directory
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import Entry, Location, SecretLookup


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> RawDriver:
    """The driver of one text."""
    return RawDriver(str(fields.get("data") or ""))


class RawDriver:
    """Implements ``ports.artifacts.ArtifactDriver`` for a text; it can only be read."""

    def __init__(self, data: str) -> None:
        self._data = data.encode("utf-8", "surrogateescape")

    def load(self, location: Location, path: str) -> None:
        """Write the text to ``path``."""
        with open(path, "xb") as file:
            file.write(self._data)

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Refuse: there is no place to write to."""
        raise ArtifactError("Raw output artifacts unsupported")

    def open(self, location: Location) -> BinaryIO:
        """The text."""
        return io.BytesIO(self._data)

    def delete(self, location: Location) -> None:
        """Refuse: the text is part of a manifest."""
        raise ArtifactError(NO_DELETE)

    def list(self, location: Location) -> Iterator[Entry]:
        """Refuse: a text has nothing below it."""
        raise ArtifactError(LIST_UNSUPPORTED)

    def is_directory(self, location: Location) -> bool:
        """Refuse, as Argo does."""
        raise ArtifactError(no_directory("raw artifacts"))
