"""Paths of artifacts as manifests write them (``spec/data.md`` 4.2)."""

from __future__ import annotations

import posixpath

from tiphys.errors import ArtifactError


def clean_path(name: str, path: str) -> str:
    """The normal form of an artifact's path.

    Raises:
        ArtifactError: there is none, or it climbs out of the directory before its first ``..``.
    """
    if not path:
        raise ArtifactError(f"Artifact '{name}' did not specify a path")
    clean = posixpath.normpath(path)
    if clean.startswith("//"):
        clean = clean[1:]
    head, found, _ = f"{path}/".partition("/../")
    if found:
        safe = posixpath.normpath(head or "/").rstrip("/")
        if not clean.startswith(f"{safe}/") or clean == f"{safe}/":
            raise ArtifactError(
                f"Artifact '{name}' attempted to use a path containing '..'. Directory traversal is not permitted"
            )
    return clean
