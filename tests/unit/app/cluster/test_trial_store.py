"""A trial of a change: it is judged as in the store, and leaves nothing there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cluster.trial import trial_store
from tiphys.errors import ConflictError, NotFoundError
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject
from tiphys.testing.clock import VirtualClock


def row(name: str) -> StoredObject:
    return StoredObject(
        key=ObjectKey("ConfigMap", "argo", name, ""),
        uid=WorkflowUid(f"uid-of-{name}"),
        resource_version=0,
        created_at=datetime(2024, 3, 1, tzinfo=UTC),
        labels={},
        phase="",
        data=b"{}",
    )


def test_changes_are_answered_and_forgotten() -> None:
    store = MemoryStore(VirtualClock())
    kept = store.create(row("kept"))
    trial = trial_store(store)
    assert trial.create(row("new")).key.name == "new"
    assert trial.update(replace(kept, data=b'{"a":1}')).data == b'{"a":1}'
    assert trial.delete(kept.key)
    assert store.get(row("new").key) is None
    assert store.get(kept.key) == kept == trial.get(kept.key)


def test_what_the_store_would_refuse_is_refused() -> None:
    store = MemoryStore(VirtualClock())
    kept = store.create(row("kept"))
    trial = trial_store(store)
    with pytest.raises(ConflictError):
        trial.create(row("kept"))
    with pytest.raises(ConflictError):
        trial.update(replace(kept, resource_version=kept.resource_version + 1))
    with pytest.raises(NotFoundError):
        trial.update(row("gone"))


def test_no_other_change_reaches_the_store() -> None:
    trial = trial_store(MemoryStore(VirtualClock()))
    with pytest.raises(AttributeError, match="a trial knows no claim"):
        trial.claim(WorkflowUid("uid"))
