"""What pods refer to by name, and what is looked up for them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.app.services.cluster.sources import Sources
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject
from tiphys.testing.clock import VirtualClock


class Asked(MemoryStore):
    """A store that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(VirtualClock())
        self.asked: list[str] = []

    def get(self, key: ObjectKey) -> StoredObject | None:
        self.asked.append(f"{key.kind}/{key.name}")
        return super().get(key)


def keep(store: MemoryStore, kind: str, name: str, rest: JsonObject) -> None:
    data = msgspec.json.encode({"kind": kind, "metadata": {"name": name, "namespace": "argo"}, **rest})
    store.create(
        StoredObject(
            key=ObjectKey(kind, "argo", name, ""), uid=WorkflowUid(f"{kind}-{name}"), resource_version=0,
            created_at=datetime(2026, 1, 1, tzinfo=UTC), labels={}, phase="", data=data,
        )
    )  # fmt: skip


@pytest.fixture
def store() -> Asked:
    made = Asked()
    keep(made, "Secret", "it", {"data": {"key": "dmFsdWU="}})
    keep(made, "ConfigMap", "it", {"data": {"key": "value"}})
    keep(made, "PersistentVolumeClaim", "it", {})
    keep(made, "ServiceAccount", "puller", {"imagePullSecrets": [{"name": "it"}]})
    return made


def sources(store: MemoryStore, *, pulls: bool) -> Sources:
    return Sources(store, lambda claim: f"/volumes/{claim.key.name}", pulls=pulls)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ({"secretKeyRef": {"name": "it"}}, "secrets"),
        ({"secretRef": {"name": "it"}}, "secrets"),
        ({"secret": {"secretName": "it"}}, "secrets"),
        ({"secret": {"name": "it"}}, "secrets"),
        ({"imagePullSecrets": [{"name": "it"}]}, "secrets"),
        ({"accessKeySecret": {"name": "it"}}, "secrets"),
        ({"someSecretRef": {"name": "it"}}, "secrets"),
        ({"configMapKeyRef": {"name": "it"}}, "config_maps"),
        ({"configMapRef": {"name": "it"}}, "config_maps"),
        ({"configMap": {"name": "it"}}, "config_maps"),
        ({"krbConfigConfigMap": {"name": "it"}}, "config_maps"),
        ({"persistentVolumeClaim": {"claimName": "it"}}, "claims"),
    ],
)
def test_each_kind_of_reference_is_found_however_deep(store: Asked, reference: JsonObject, found: str) -> None:
    made = sources(store, pulls=False).of("argo", {}, {"spec": {"deep": [{"in": reference}]}})
    assert list(getattr(made, found)) == ["it"]
    others = {"secrets", "config_maps", "claims"} - {found}
    assert not any(getattr(made, other) for other in others)


def test_nothing_is_looked_up_for_a_pod_that_refers_to_nothing(store: Asked) -> None:
    pod: JsonObject = {"spec": {"containers": [{"name": "main", "image": "none", "command": ["true"]}]}}
    made = sources(store, pulls=False).of("argo", pod, {}, [], account="puller")
    assert (store.asked, made.pull_secrets) == ([], ())


def test_secrets_for_registries_are_those_of_the_account_where_images_are_pulled(store: Asked) -> None:
    made = sources(store, pulls=True).of("argo", {}, account="puller")
    assert made.pull_secrets == ("it",)
    assert list(made.secrets) == ["it"]
