"""Where artifacts are kept.

A driver knows one kind of storage (``file``, ``s3``, ``git`` …).  It moves whole files and directories between a
local path and a location; archives, modes, ``subPath`` and limits are the executor's (``adapters/executor``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Protocol

from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.secret import Secret

#: Looks up one key of a Secret of the workflow's namespace: (object name, key) → value, None when there is none.
SecretLookup = Callable[[str, str], Secret | None]


class Location(Struct, frozen=True, kw_only=True):
    """Where one artifact lies.

    ``driver`` names the field of Argo's artifact (``s3``, ``http``, …; ``file`` is ours), ``fields`` is the content
    of that field, ``key`` the object's key or path inside it.  A key that ends in ``/``, or below
    which objects lie, is a directory.
    """

    driver: str
    key: str
    fields: JsonObject


class Entry(Struct, frozen=True, kw_only=True):
    """One object below a directory: ``path`` is relative to it."""

    path: str
    size: int


class ArtifactDriver(Protocol):
    """One kind of storage.  Made anew for each artifact; safe to use from one thread.

    Errors: ``ArtifactNotFoundError`` for what is not there, ``ArtifactError`` (with ``transient`` set where trying
    again may help) for all else; neither holds a secret.  Memory use does not depend on the size of an artifact.
    """

    def load(self, location: Location, path: str) -> None:
        """Copy an artifact to ``path``, which does not exist: a file, or a directory with all below it."""

    def save(self, path: str, location: Location, *, owned: bool = False) -> None:
        """Keep the file or directory ``path`` at a location, replacing what is there.

        ``owned``: the caller gives the file away; the driver may move it instead of copying it.

        Raises:
            ArtifactError: this storage cannot be written (``http`` without PUT, ``raw``, ``git``).
        """

    def open(self, location: Location) -> BinaryIO:
        """A stream of a file artifact; the caller closes it.  A directory, or nothing, is not found."""

    def delete(self, location: Location) -> None:
        """Remove a file, or a directory with all below it; what is not there is no error."""

    def list(self, location: Location) -> Iterator[Entry]:
        """All objects below a directory, in the order of their paths."""

    def is_directory(self, location: Location) -> bool:
        """Whether the artifact is a directory."""


class ArtifactStorage(Protocol):
    """All storages together, for whoever is no pod."""

    def find(self, artifact: JsonObject, secrets: SecretLookup) -> tuple[ArtifactDriver, Location]:
        """The driver of an Argo artifact with a complete location, and where it lies.

        Raises:
            ArtifactError: there is no such storage, or a credential of it does not exist.
        """

    def fetch(self, artifact: JsonObject, secrets: SecretLookup, path: str) -> None:
        """Load an artifact to ``path``, which does not exist, as a pod would get it: unpacked.

        Raises:
            ArtifactNotFoundError: it is not there.
            ArtifactError: it cannot be loaded.
        """


class DriverFactory(Protocol):
    """Makes the driver of a location; ``secrets`` is asked only for what the location names."""

    def __call__(self, fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> ArtifactDriver:
        """A driver for the storage that ``fields`` describe; ``options`` are the controller's (data directory)."""
