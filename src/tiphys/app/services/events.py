"""What is told of a run as Kubernetes Event objects (``spec/engine.md`` 29)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid5

from tiphys.app.services.manifests import API_VERSION
from tiphys.app.services.podlabels import pod_uid
from tiphys.core.engine.facts import Fact
from tiphys.core.engine.naming import fnv1a
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.manifest.model.workflow import Workflow
from tiphys.core.objects.moments import rfc3339

_PREFIX = "workflows.argoproj.io"
_UIDS = UUID("0e3b7c0e-5a2c-4f5b-9d4a-1f3a7b6c9d21")


def event_object(workflow: Workflow, fact: Fact) -> JsonObject:
    """A ``v1`` Event about a workflow; those about nodes have the annotations that name the node."""
    meta = workflow.metadata or ObjectMeta()
    name, namespace = meta.name or "", meta.namespace or ""
    told = f"{fact.reason} {fact.message} {fact.time.isoformat()}"
    metadata: JsonObject = {
        "name": f"{name}.{fnv1a(told):08x}",
        "namespace": namespace,
        "uid": str(uuid5(_UIDS, f"{meta.uid} {told}")),
    }
    if fact.node_name:
        metadata["annotations"] = {
            f"{_PREFIX}/node-type": fact.node_type,
            f"{_PREFIX}/node-name": fact.node_name,
            f"{_PREFIX}/node-id": fact.node_id,
            f"{_PREFIX}/node-start-time": str(_nanoseconds(fact.node_started)),
            **({f"{_PREFIX}/workflow-name": name, f"{_PREFIX}/workflow-uid": meta.uid or ""} if fact.pod else {}),
        }
    involved: JsonObject = {
        "apiVersion": "v1" if fact.pod else API_VERSION,
        "kind": "Pod" if fact.pod else "Workflow",
        "name": fact.pod or name,
        "namespace": namespace,
        "uid": pod_uid(meta.uid or "", fact.node_id) if fact.pod else meta.uid or "",
    }
    event = event_about(involved, metadata, fact, "workflow-controller")
    return {**event, "eventTime": f"{fact.time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}


def event_about(involved: JsonObject, metadata: JsonObject, fact: Fact, component: str) -> JsonObject:
    """A ``v1`` Event with these metadata that a component tells for the first time."""
    moment = rfc3339(fact.time)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {**metadata, "creationTimestamp": moment},
        "involvedObject": involved,
        "reason": fact.reason,
        "message": fact.message,
        "type": fact.type,
        "source": {"component": component},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }


def _nanoseconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) * 1_000_000_000 if moment is not None else 0
