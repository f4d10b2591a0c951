"""The artifact repository of a workflow is chosen when it is made, and kept."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.library import StoredLibrary
from tiphys.app.services.repositories import Repositories
from tiphys.core.manifest.model.artifact import ArtifactRepositoryRef
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.validate.library import EMPTY
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject
from tiphys.testing.clock import VirtualClock


@pytest.fixture
def repositories() -> Repositories:
    store = MemoryStore(VirtualClock())
    manifest = {
        "metadata": {"annotations": {"workflows.argoproj.io/default-artifact-repository": "main"}},
        "data": {"main": "s3: {bucket: mapped, endpoint: e, keyFormat: 'k/{{pod.name}}'}"},
    }
    store.create(
        StoredObject(
            key=ObjectKey("ConfigMap", "ns", "artifact-repositories", ""), uid=WorkflowUid("1"), resource_version=0,
            created_at=datetime(2026, 1, 1, tzinfo=UTC), labels={}, phase="", data=msgspec.json.encode(manifest),
        )
    )  # fmt: skip
    return Repositories(StoredLibrary(lambda: store), {"s3": {"bucket": "configured", "endpoint": "e"}})


def workflow(namespace: str, reference: ArtifactRepositoryRef | None = None) -> Workflow:
    return Workflow(
        metadata=ObjectMeta(name="wf", namespace=namespace), spec=WorkflowSpec(artifact_repository_ref=reference)
    )


def bucket_of(pinned: Workflow) -> str | None:
    reference = pinned.status.artifact_repository_ref if pinned.status is not None else None
    assert reference is not None and reference.artifact_repository is not None
    return reference.artifact_repository.s3.bucket if reference.artifact_repository.s3 is not None else None


def test_a_config_map_of_the_namespace_comes_before_the_configuration(repositories: Repositories) -> None:
    assert bucket_of(repositories.pin(workflow("ns"))) == "mapped"
    assert bucket_of(repositories.pin(workflow("other"))) == "configured"


def test_it_is_chosen_once(repositories: Repositories) -> None:
    pinned = repositories.pin(workflow("ns"))
    assert Repositories(EMPTY).pin(pinned) is pinned


def test_a_missing_one_is_an_error(repositories: Repositories) -> None:
    with pytest.raises(UsageError, match=r'failed to resolve artifact repository: failed to find any .* ref "#other"'):
        repositories.pin(workflow("ns", ArtifactRepositoryRef(key="other")))
