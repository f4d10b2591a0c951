"""Keys and locations of artifacts (``spec/data.md`` 4.3, 5.1)."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.plan import location
from tiphys.core.plan.location import LocationError
from tiphys.core.plan.repository import archive_location

COMPLETE: list[tuple[JsonObject, str]] = [
    ({"s3": {"endpoint": "e", "bucket": "b", "key": "k"}}, "k"),
    ({"gcs": {"bucket": "b", "key": "k"}}, "k"),
    ({"oss": {"endpoint": "e", "bucket": "b", "key": "k"}}, "k"),
    ({"azure": {"endpoint": "e", "container": "c", "blob": "k"}}, "k"),
    ({"artifactory": {"url": "http://h/a/b", "usernameSecret": {"key": "u"}}}, "/a/b"),
    ({"http": {"url": "http://h/a/b?q=1"}}, "/a/b"),
    ({"hdfs": {"addresses": ["h:1"], "path": "/p"}}, "/p"),
    ({"plugin": {"name": "n", "configuration": "c", "key": "k"}}, "k"),
    ({"file": {"key": "k"}}, "k"),
]


@pytest.mark.parametrize(("artifact", "key"), COMPLETE)
def test_a_complete_location_has_its_key_and_can_be_given_another(artifact: JsonObject, key: str) -> None:
    assert location.has_location(artifact)
    assert location.key_of(artifact) == key
    moved = location.with_key(artifact, "other/key")
    assert location.key_of(moved).lstrip("/") == "other/key"
    assert location.same_storage(artifact, moved) and location.key_of(artifact) == key


def test_a_url_keeps_its_query_when_the_key_changes() -> None:
    assert location.with_key({"http": {"url": "http://h/a?q=1#f"}}, "b")["http"] == {"url": "http://h/b?q=1#f"}


@pytest.mark.parametrize(
    "artifact",
    [
        {"s3": {"bucket": "b", "key": "k"}},
        {"gcs": {"key": "k"}},
        {"azure": {"container": "c", "blob": "k"}},
        {"hdfs": {"path": "/p"}},
        {"plugin": {"name": "n", "key": "k"}},
    ],
)
def test_a_key_alone_is_completed_from_the_archive_location(artifact: JsonObject) -> None:
    assert not location.has_location(artifact) and location.has_location_or_key(artifact)
    archive: JsonObject = {"s3": {"endpoint": "e", "bucket": "own", "key": "pattern"}}
    found = location.completed({"name": "a", **artifact}, archive)
    assert found == {"name": "a", "s3": {"endpoint": "e", "bucket": "own", "key": location.key_of(artifact)}}
    with pytest.raises(LocationError, match="template artifact location not set"):
        location.completed(artifact, None)


@pytest.mark.parametrize(
    ("artifact", "text"),
    [
        ({"git": {"repo": "r"}}, "key unsupported: git artifact does not have a key"),
        ({"raw": {"data": ""}}, "key unsupported: raw artifat does not have key"),
        ({}, "artifact storage is not configured"),
    ],
)
def test_storages_without_keys_say_so(artifact: JsonObject, text: str) -> None:
    with pytest.raises(LocationError, match=text):
        location.below(artifact, "part")
    assert location.key_only(artifact) == artifact


def test_a_sub_path_is_joined_and_cleaned() -> None:
    assert location.below({"file": {"key": "a/b"}}, "/c/./d/")["file"] == {"key": "a/b/c/d"}


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        (
            None,
            {"file": {"key": "{{workflow.namespace}}/{{workflow.name}}/{{workflow.uid}}/{{pod.name}}"}},
        ),
        ({"s3": {"bucket": "b", "keyFormat": "x/{{pod.name}}"}}, {"s3": {"bucket": "b", "key": "x/{{pod.name}}"}}),
        (
            {"s3": {"bucket": "b", "keyPrefix": "old"}},
            {"s3": {"bucket": "b", "key": "old/{{workflow.name}}/{{pod.name}}"}},
        ),
        (
            {"azure": {"container": "c", "blobNameFormat": "f"}},
            {"azure": {"container": "c", "blob": "f"}},
        ),
        ({"hdfs": {"addresses": ["a"], "pathFormat": "/f"}}, {"hdfs": {"addresses": ["a"], "path": "/f"}}),
        ({"artifactory": {"repoURL": "http://h/r", "keyFormat": "k"}}, {"artifactory": {"url": "http://h/r/k"}}),
    ],
)
def test_a_repository_says_where_artifacts_lie(repository: JsonObject | None, expected: JsonObject) -> None:
    assert archive_location(repository) == expected
