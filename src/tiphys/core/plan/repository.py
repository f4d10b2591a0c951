"""The artifact repository of a workflow and where it keeps what has no location of its own (``spec/data.md`` 5)."""

from __future__ import annotations

from typing import cast

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

#: Where an artifact lies whose repository says nothing about it.
DEFAULT_KEY = "{{workflow.name}}/{{pod.name}}"
#: Where it lies in the data directory: a new workflow never overwrites what a deleted one of its name left.
FILE_KEY = "{{workflow.namespace}}/{{workflow.name}}/{{workflow.uid}}/{{pod.name}}"
#: Storage → field of the repository that holds the pattern, field of the location that holds the key.
_PATTERNS = {
    "s3": ("keyFormat", "key"),
    "gcs": ("keyFormat", "key"),
    "oss": ("keyFormat", "key"),
    "plugin": ("keyFormat", "key"),
    "azure": ("blobNameFormat", "blob"),
    "hdfs": ("pathFormat", "path"),
}


def archive_location(repository: JsonObject | None) -> JsonObject:
    """The location that a repository gives to artifacts, its key a pattern with tags; without one, a file's."""
    for driver, (pattern, key) in _PATTERNS.items():
        if repository is not None and repository.get(driver) is not None:
            fields = dict(cast(JsonObject, repository[driver]))
            text = fields.pop(pattern, None) or _prefixed(fields.pop("keyPrefix", None))
            return {driver: {**fields, key: text}}
    if repository is not None and repository.get("artifactory") is not None:
        fields = dict(cast(JsonObject, repository["artifactory"]))
        base = str(fields.pop("repoURL", None) or "")
        text = str(fields.pop("keyFormat", None) or DEFAULT_KEY)
        return {"artifactory": {**fields, "url": f"{base}{'' if base.endswith('/') else '/'}{text}"}}
    return {"file": {"key": FILE_KEY}}


def _prefixed(prefix: JsonValue) -> str:
    return f"{str(prefix).rstrip('/')}/{DEFAULT_KEY}" if prefix else DEFAULT_KEY
