"""Labels that name who made an object, or who acted on it (``spec/api.md`` 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import labels_of, metadata_of
from tiphys.ports.identity import Principal

_PREFIX = "workflows.argoproj.io"
ACTION = f"{_PREFIX}/action"
_ODD = re.compile(r"[^-_.a-zA-Z0-9]")
_LONGEST = 63


def signed(manifest: JsonObject, principal: Principal) -> JsonObject:
    """The manifest with the labels of its creator, and with no others that say so."""
    kept = {key: value for key, value in labels_of(manifest).items() if key not in _names("creator")}
    labels: JsonObject = {**kept, **identity_labels(principal, "creator")}
    metadata = {key: value for key, value in metadata_of(manifest).items() if key != "labels"}
    return {**manifest, "metadata": {**metadata, **({"labels": labels} if labels else {})}}


def acted(labels: Mapping[str, str], principal: Principal, action: str) -> dict[str, str]:
    """Labels that name the last actor, and what it did; ``action`` empty takes an earlier action away."""
    kept = {key: value for key, value in labels.items() if key not in (*_names("actor"), ACTION)}
    return {**kept, **identity_labels(principal, "actor"), **({ACTION: action} if action else {})}


def acted_manifest(manifest: JsonObject, principal: Principal, action: str) -> JsonObject:
    """A manifest as somebody replaces it; whoever signed in without claims leaves no note."""
    if not principal.claims:
        return manifest
    known = {key: value for key, value in labels_of(manifest).items() if isinstance(value, str)}
    labels: JsonObject = {**acted(known, principal, action)}
    return {**manifest, "metadata": {**metadata_of(manifest), "labels": labels}}


def identity_labels(principal: Principal, word: str) -> Mapping[str, str]:
    """The labels of a principal that signed in with claims; ``word`` is ``creator`` or ``actor``."""
    claims = principal.claims
    texts = (claims.get("sub"), claims.get("email"), claims.get("preferred_username"))
    found = {}
    for name, text in zip(_names(word), texts, strict=True):
        if isinstance(text, str) and text:
            value = label_value(text.replace("@", ".at.", 1) if name.endswith("-email") else text)
            found.update({name: value} if value else {})
    return found


def label_value(text: str) -> str:
    """A text as the value of a label.

    >>> label_value("system:serviceaccount:argo:ana")
    'system-serviceaccount-argo-ana'
    """
    return _ODD.sub("-", text)[-_LONGEST:].strip("-_.")


def _names(word: str) -> tuple[str, str, str]:
    return f"{_PREFIX}/{word}", f"{_PREFIX}/{word}-email", f"{_PREFIX}/{word}-preferred-username"
