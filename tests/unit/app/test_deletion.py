"""Deleting a workflow that somebody else changes at the same moment."""

from __future__ import annotations

import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.objects import new_object
from tiphys.app.services.query import LocalApi
from tiphys.app.services.submit import identify
from tiphys.core.manifest.load import load
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.errors import ConflictError
from tiphys.ports.store import StoredObject
from tiphys.testing.clock import VirtualClock
from tiphys.testing.fake_runtime import FakeRuntime

KEPT = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: kept, finalizers: [workflows.argoproj.io/artifact-gc]}
spec: {entrypoint: main, templates: [{name: main, suspend: {}}]}
"""


class BusyStore(MemoryStore):
    """Somebody is quicker so many times."""

    quicker = 0

    def update(self, stored: StoredObject) -> StoredObject:
        if self.quicker:
            self.quicker -= 1
            raise ConflictError("changed meanwhile")
        return super().update(stored)


@pytest.mark.parametrize(("quicker", "left"), [(0, 0), (3, 0), (1000, 1)])
def test_a_forced_deletion_is_tried_again(quicker: int, left: int) -> None:
    clock = VirtualClock()
    store = BusyStore(clock)
    manifest = load(KEPT, "t.yaml").documents[0].manifest
    assert isinstance(manifest, Workflow)
    stored = store.create(new_object(identify(manifest, clock, "default"), clock.now()))
    store.quicker = quicker
    api = LocalApi(store, FakeRuntime(clock))
    if left:
        with pytest.raises(ConflictError):
            api.delete("default", "kept", force=True)
    else:
        api.delete("default", "kept", force=True)
    assert (store.find(stored.uid) is not None) == bool(left)
