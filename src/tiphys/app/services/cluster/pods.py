"""Pods: those of nodes are seen through the nodes; those that somebody made are stored and run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from tiphys.app.services.cluster.kindrules import KindRules
from tiphys.app.services.cluster.rows import manifest_of
from tiphys.app.services.objects import KIND, key_of, node_changes, workflow_of
from tiphys.app.services.podlabels import asked_labels, is_deleted, pod_labels, pod_name_of, pod_uid
from tiphys.core.engine import podgc
from tiphys.core.engine.step import NodeChange
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow
from tiphys.core.objects.kinds import ARGO
from tiphys.core.objects.meta import metadata_of
from tiphys.core.plan.executed import executed_spec
from tiphys.errors import StoreError
from tiphys.ids import NodeId
from tiphys.ports.clock import Clock
from tiphys.ports.runtime import PodKey, PodRequest
from tiphys.ports.store import ListOptions, Store, StoredObject

_PREFIX = "workflows.argoproj.io"
_PHASES = {"Error": "Failed", "": "Pending", "Skipped": "Succeeded", "Omitted": "Succeeded"}


#: So many pods of a list show the containers that they were started with.
MOST_WHOLE = 500
#: With what a pod was started; None where nobody knows it any more.
Recorded = Callable[[PodKey], PodRequest | None]


def unknown(_key: PodKey) -> None:
    """Nothing is known of any pod."""


class PodRules(KindRules):
    """The pod of a node is no row until somebody patches it; then the row holds its metadata, the node the rest.

    Those that ``podGC`` has deleted are not seen; ``delete_delay`` is as in ``PodDefaults``.  ``recorded`` knows with
    what manifest a pod was started; beyond the first ``MOST_WHOLE`` of a list nobody asks for it.
    """

    def __init__(self, store: Store, clock: Clock, delete_delay: str, recorded: Recorded = unknown) -> None:
        self._recorded = recorded
        self._store = store
        self._clock = clock
        self._delete_delay = delete_delay

    def shown(self, stored: StoredObject) -> JsonObject:
        """The pod, with the status of its node if it has one."""
        manifest = manifest_of(stored)
        if not is_view(manifest):
            return manifest
        now = self.virtual(stored.key.namespace, stored.key.name)
        return manifest if now is None else {**manifest, "spec": now["spec"], "status": now["status"]}

    def virtual(self, namespace: str, name: str) -> JsonObject | None:
        """The pod of a node, found by the workflow that its name begins with."""
        parts = name.split("-")
        for length in range(len(parts), 0, -1):
            stored = self._store.get(key_of(namespace, "-".join(parts[:length])))
            if stored is not None:
                found = next(self._of(stored, 1, name), None)
                if found is not None:
                    return found
        return None

    def virtuals(self, namespace: str) -> Sequence[JsonObject]:
        """The pods of the newest workflows; one that cannot be read hides no other's."""
        found: list[JsonObject] = []
        for stored in self._store.list(ListOptions(kind=KIND, namespace=namespace or None)).items:
            with suppress(StoreError):
                found += self._of(stored, MOST_WHOLE - len(found))
        return found

    def _of(self, workflow: StoredObject, most: int, name: str = "") -> Iterator[JsonObject]:
        """The pods of a workflow, or the one of a name; the first ``most`` with the manifests that started them."""
        whole, now = workflow_of(workflow), self._clock.now()
        for change in node_changes(list(self._store.nodes(workflow.uid))):
            node = change.status
            if not _has_pod(change) or (name and pod_name_of(workflow.key.name, node) != name):
                continue
            most -= 1
            asked = self._recorded(PodKey(workflow.uid, NodeId(node.id))) if most >= 0 else None
            if not is_deleted(whole, node, now, self._delete_delay, asked_labels(asked)):
                yield self._pod(workflow, whole, change, asked)

    def _pod(
        self, stored: StoredObject, workflow: Workflow, change: NodeChange, asked: PodRequest | None
    ) -> JsonObject:
        node, gc = change.status, executed_spec(workflow).pod_gc
        labels = {
            **pod_labels(workflow, node, asked_labels(asked)),
            **({f"{_PREFIX}/on-exit": "true"} if change.internal.on_exit else {}),
        }
        annotations: JsonObject = {f"{_PREFIX}/node-name": node.name, f"{_PREFIX}/node-id": node.id}
        if gc is not None:
            annotations[podgc.ANNOTATION] = podgc.shown(gc, self._delete_delay)
        spec: object = None
        if asked is not None:
            own, spec = metadata_of(asked.manifest).get("annotations"), asked.manifest.get("spec")
            annotations = {**(own if isinstance(own, dict) else {}), **annotations}
        pod = _pod(stored, node, labels, annotations)
        return {**pod, "spec": {**spec, "nodeName": node.host_node_name}} if isinstance(spec, dict) else pod


def _has_pod(change: NodeChange) -> bool:
    """Whether a pod was wanted for a node: not for one whose outputs were cached, nor for one that waits for that."""
    memo = change.status.memoization_status
    return change.status.type == "Pod" and not change.internal.gate and not (memo is not None and memo.hit)


def is_view(pod: JsonObject) -> bool:
    """Whether a pod is that of a node."""
    annotations = metadata_of(pod).get("annotations")
    return isinstance(annotations, dict) and f"{_PREFIX}/node-id" in annotations


def _pod(workflow: StoredObject, node: NodeStatus, labels: Mapping[str, str], annotations: JsonObject) -> JsonObject:
    owner: JsonObject = {
        "apiVersion": f"{ARGO}/v1alpha1", "kind": KIND, "name": workflow.key.name, "uid": workflow.uid,
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod_name_of(workflow.key.name, node),
            "namespace": workflow.key.namespace,
            "uid": pod_uid(workflow.uid, node.id or ""),
            "creationTimestamp": node.started_at,
            "labels": {**labels},
            "annotations": annotations,
            "ownerReferences": [owner],
        },
        "spec": {"containers": [{"name": "main"}], "nodeName": node.host_node_name},
        "status": {
            "phase": _PHASES.get(node.phase or "", node.phase or "Pending"),
            "message": node.message,
            "startTime": node.started_at,
            "podIP": node.pod_ip,
        },
    }
