"""Where an artifact lies: its storage, its key, and what an incomplete location lacks (``spec/data.md`` 4.3).

Artifacts are plain JSON objects here, because that is what commands, variables and drivers hold.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

#: Argo's order when several storages are given; ``file`` (the data directory) is ours.
DRIVERS = ("artifactory", "azure", "git", "gcs", "hdfs", "http", "oss", "raw", "s3", "plugin", "file")
#: The field that holds the key; storages without one have no keys, those of ``_URLS`` have it in their address.
_KEYS: Mapping[str, str] = {
    "azure": "blob", "gcs": "key", "hdfs": "path", "oss": "key", "s3": "key", "plugin": "key", "file": "key",
}  # fmt: skip
_URLS = frozenset({"artifactory", "http"})
_URL = r"(?s)([^:/?#]+://[^/?#]*)([^?#]*)(.*)"
#: What a location needs to be complete.
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "s3": ("endpoint", "bucket", "key"),
    "gcs": ("bucket", "key"),
    "oss": ("endpoint", "bucket", "key"),
    "azure": ("endpoint", "container", "blob"),
    "artifactory": ("url", "usernameSecret"),
    "http": ("url",),
    "hdfs": ("addresses",),
    "plugin": ("name", "configuration", "key"),
    "git": ("repo",),
    "raw": (),
    "file": ("key",),
}
_NO_KEY: Mapping[str, tuple[str, str]] = {
    "git": (
        "key unsupported: git artifact does not have a key",
        "key unsupported: cannot set key on git artifact",
    ),
    "raw": ("key unsupported: raw artifat does not have key", "key unsupported: cannot set key for raw artifact"),
}
NOT_CONFIGURED = (
    "artifact storage is not configured; see the docs for setup instructions: "
    "https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/"
)


class LocationError(Exception):
    """A location cannot be used; the text is Argo's."""


def driver_of(artifact: JsonObject) -> str | None:
    """The storage of an artifact, None when it names none."""
    return next((name for name in DRIVERS if artifact.get(name) is not None), None)


def _fields(artifact: JsonObject, driver: str) -> JsonObject:
    return cast(JsonObject, artifact.get(driver) or {})


def has_location(artifact: JsonObject) -> bool:
    """True when nothing is missing to find the artifact."""
    driver = driver_of(artifact)
    if driver is None:
        return False
    fields = _fields(artifact, driver)
    return all(fields.get(name) for name in _NEEDED[driver])


def key_of(artifact: JsonObject) -> str:
    """The key of an artifact, empty when its location has none yet.

    Raises:
        LocationError: this storage knows no keys, or there is no storage.
    """
    driver = driver_of(artifact)
    if driver is None:
        raise LocationError(NOT_CONFIGURED)
    if driver in _NO_KEY:
        raise LocationError(_NO_KEY[driver][0])
    fields = _fields(artifact, driver)
    if driver in _URLS:
        return _split_url(str(fields.get("url") or ""))[1]
    return str(fields.get(_KEYS[driver]) or "")


def _split_url(url: str) -> tuple[str, str, str]:
    """Scheme with host, path, and what follows it."""
    match = re.match(_URL, url)
    return (match[1], match[2], match[3]) if match is not None else ("", url, "")


def has_key(artifact: JsonObject) -> bool:
    """True when the artifact has a key of its own."""
    try:
        return key_of(artifact) != ""
    except LocationError:
        return False


def has_location_or_key(artifact: JsonObject) -> bool:
    """True when the artifact can be found, if need be with the help of an archive location."""
    return has_location(artifact) or has_key(artifact)


def with_key(artifact: JsonObject, key: str) -> JsonObject:
    """The artifact at another key of its storage.

    Raises:
        LocationError: this storage knows no keys, or there is no storage.
    """
    driver = driver_of(artifact)
    if driver is None:
        raise LocationError(NOT_CONFIGURED)
    if driver in _NO_KEY:
        raise LocationError(_NO_KEY[driver][1])
    fields = _fields(artifact, driver)
    changed: JsonValue
    if driver in _URLS:
        origin, _, rest = _split_url(str(fields.get("url") or ""))
        changed = {**fields, "url": f"{origin}/{key.lstrip('/')}{rest}"}
    else:
        changed = {**fields, _KEYS[driver]: key}
    return {**artifact, driver: changed}


def below(artifact: JsonObject, sub_path: str) -> JsonObject:
    """The part of an artifact that ``subPath`` names.

    Raises:
        LocationError: this storage knows no keys.
    """
    return with_key(artifact, posixpath.normpath(posixpath.join(key_of(artifact), sub_path.lstrip("/"))))


def completed(artifact: JsonObject, archive: JsonObject | None) -> JsonObject:
    """The artifact with a complete location: its own, or the archive location's under its own key.

    Raises:
        LocationError: its location is incomplete and there is no archive location, or there is no key.
    """
    if has_location(artifact):
        return artifact
    if archive is None or driver_of(archive) is None:
        raise LocationError("template artifact location not set")
    return relocated(artifact, archive, key_of(artifact))


def relocated(artifact: JsonObject, archive: JsonObject, key: str) -> JsonObject:
    """The artifact in the storage of an archive location, under a key.

    Raises:
        LocationError: that storage knows no keys.
    """
    driver = driver_of(archive)
    rest = without_location(artifact)
    return with_key(rest if driver is None else {**rest, driver: archive[driver]}, key)


def without_location(artifact: JsonObject) -> JsonObject:
    """All that an artifact says besides where it lies."""
    return {name: value for name, value in artifact.items() if name not in DRIVERS and name != "archiveLogs"}


def key_only(artifact: JsonObject) -> JsonObject:
    """The artifact with nothing but the key of its location, as status shows what lies in the workflow's repository.

    Storages whose key is part of an address, or that have none, stay as they are.
    """
    driver = driver_of(artifact)
    if driver is None or driver not in _KEYS:
        return artifact
    field = _KEYS[driver]
    return {**artifact, driver: {field: _fields(artifact, driver).get(field)}}


def same_storage(one: JsonObject, other: JsonObject) -> bool:
    """True when two locations differ in nothing but their key."""
    driver = driver_of(one)
    if driver is None or driver in _NO_KEY or driver != driver_of(other):
        return False
    return with_key(one, "")[driver] == with_key(other, "")[driver]
