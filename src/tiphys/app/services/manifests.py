"""Manifests that come as data and not from a file: in a request, from the store, from another workflow."""

from __future__ import annotations

import msgspec

from tiphys.core.manifest.diagnostics import ManifestError, Severity
from tiphys.core.manifest.document import Document
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import UsageError

API_VERSION = "argoproj.io/v1alpha1"


def document_of(kind: str, data: JsonObject, source: str) -> Document:
    """The document of an object of a kind; unknown fields are ignored as Argo's API ignores them.

    ``source`` stands where findings name a file.

    Raises:
        ManifestError: a value has the wrong type.
        UsageError: it is of another kind.
    """
    given = data.get("kind") or kind
    if given != kind:
        raise UsageError(f"expected a {kind}, found a {given}")
    whole: JsonObject = {**data, "apiVersion": data.get("apiVersion") or API_VERSION, "kind": kind}
    loaded = load(msgspec.json.encode(whole), source, strict=False)
    errors = [item for item in loaded.diagnostics if item.severity is Severity.ERROR]
    if errors or not loaded.documents:
        raise ManifestError(tuple(errors))
    return loaded.documents[0]
