"""Which artifact repository a workflow uses (``spec/data.md`` 5.2)."""

from __future__ import annotations

import pytest

from tiphys.core.manifest.model.artifact import ArtifactRepositoryRef, S3ArtifactRepository
from tiphys.core.plan.repositories import DEFAULT_KEY, RepositoryError, RepositoryMap, choose_repository
from tiphys.errors import StoreError

TEXT = "s3: {bucket: b1, endpoint: e}\narchiveLogs: true\n"
MAPS = {
    ("ns", "artifact-repositories"): RepositoryMap({"one": TEXT, "bad": "s3: [1]", "worse": "{"}, {DEFAULT_KEY: "one"}),
    ("argo", "artifact-repositories"): RepositoryMap({"two": "gcs: {bucket: b2}"}),
    ("ns", "others"): RepositoryMap({"three": "s3: {bucket: b3}"}),
    ("empty", "artifact-repositories"): RepositoryMap({"one": TEXT}),
}


def choose(reference: ArtifactRepositoryRef | None, namespace: str = "ns") -> tuple[object, ...]:
    found = choose_repository(reference, (namespace, "argo"), lambda *key: MAPS.get(key), {"s3": {"bucket": "own"}})
    repository = found.artifact_repository
    assert repository is not None
    bucket = (repository.s3 or repository.gcs or S3ArtifactRepository()).bucket
    return found.namespace, found.config_map, found.key, found.default, bucket


@pytest.mark.parametrize(
    ("reference", "namespace", "expected"),
    [
        (None, "ns", ("ns", "artifact-repositories", "one", None, "b1")),
        (None, "other", (None, None, None, True, "own")),
        (None, "empty", (None, None, None, True, "own")),
        (ArtifactRepositoryRef(), "ns", ("ns", "artifact-repositories", "one", None, "b1")),
        (ArtifactRepositoryRef(key="one"), "ns", ("ns", "artifact-repositories", "one", None, "b1")),
        (ArtifactRepositoryRef(key="two"), "ns", ("argo", "artifact-repositories", "two", None, "b2")),
        (ArtifactRepositoryRef(config_map="others", key="three"), "ns", ("ns", "others", "three", None, "b3")),
    ],
)
def test_the_nearest_one_is_taken(
    reference: ArtifactRepositoryRef | None, namespace: str, expected: tuple[object, ...]
) -> None:
    assert choose(reference, namespace) == expected


def test_what_is_asked_for_must_exist() -> None:
    with pytest.raises(RepositoryError) as caught:
        choose(ArtifactRepositoryRef(config_map="none", key="k"))
    assert str(caught.value) == 'failed to find any artifact repository for artifact repository ref "none#k"'


@pytest.mark.parametrize("key", ["bad", "worse"])
def test_what_is_asked_for_must_be_a_repository(key: str) -> None:
    with pytest.raises(
        RepositoryError, match=f'failed to unmarshall config map key "{key}" for artifact repository ref'
    ):
        choose(ArtifactRepositoryRef(key=key))


def test_without_any_the_default_is_empty() -> None:
    found = choose_repository(None, ("ns", "argo"), lambda *key: None, None)
    assert found.default
    assert found.artifact_repository is not None
    assert found.artifact_repository.s3 is None


def test_a_map_that_cannot_be_read_is_said() -> None:
    def unreadable(namespace: str, name: str) -> RepositoryMap | None:
        raise StoreError("the server does not answer")

    with pytest.raises(RepositoryError) as caught:
        choose_repository(ArtifactRepositoryRef(key="k"), ("ns", "argo"), unreadable, None)
    said = 'error getting config map for artifact repository ref "ns/#k": the server does not answer'
    assert str(caught.value) == said
