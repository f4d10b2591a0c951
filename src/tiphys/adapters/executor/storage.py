"""All storages of artifacts together, for whoever is no pod: the command line, the server, garbage collection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.artifacts import ArtifactDriver, Location, SecretLookup


class LocalStorage:
    """Implements ``ports.artifacts.ArtifactStorage`` in this process; ``options`` are the drivers'."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = options

    def find(self, artifact: JsonObject, secrets: SecretLookup) -> tuple[ArtifactDriver, Location]:
        """The driver of an artifact, and where it lies."""
        from tiphys.adapters.artifacts.registry import driver_for, locate

        location = locate(artifact)
        return driver_for(location, secrets, self._options), location

    def fetch(self, artifact: JsonObject, secrets: SecretLookup, path: str) -> None:
        """Load an artifact to ``path`` as a pod would get it: unpacked."""
        import shutil

        from tiphys.adapters.executor.staging import fetch

        scratch = f"{path}.tiphys-{os.urandom(6).hex()}"
        os.mkdir(scratch, 0o700)
        try:
            driver, location = self.find(artifact, secrets)
            fetch(driver, location, cast(JsonObject, artifact.get("archive") or {}), scratch)
            os.rename(f"{scratch}/artifact", path)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
