"""Tasks of removing artifacts as objects, one for each workflow, strategy and remover (``WorkflowArtifactGCTask``)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct, field

from tiphys.core.engine import artifactgc
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.moments import rfc3339
from tiphys.ids import WorkflowUid
from tiphys.ports.store import ObjectKey, StoredObject

TASK = "WorkflowArtifactGCTask"
#: On tasks that are tried no more.
GIVEN_UP = "tiphys.dev/given-up"
_SHORT = {artifactgc.COMPLETION: "wfcomp", artifactgc.DELETION: "wfdel"}
STRATEGIES = tuple(_SHORT)


class Item(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One artifact of a task; ``error`` is why it could not be removed the last time."""

    node_id: str
    name: str
    artifact: JsonObject
    error: str = ""


class Task(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is to be removed of one workflow; ``since`` is when it was first tried, ``next`` when it is tried again.

    ``remover`` is as whom.  ``yields`` lets the workflow go after one attempt, whatever came of it.
    """

    workflow: str
    namespace: str
    uid: str
    strategy: str
    items: tuple[Item, ...]
    remover: artifactgc.Remover = artifactgc.Remover()
    yields: bool = False
    attempts: int = 0
    since: str = ""
    next: str = ""


class _Row(Struct, frozen=True, kw_only=True, rename="camel"):
    """A task as an object."""

    api_version: str = "argoproj.io/v1alpha1"
    kind: str = TASK
    metadata: JsonObject = field(default_factory=dict)
    spec: Task


def task_of(stored: StoredObject) -> Task:
    """The task of a row."""
    return msgspec.json.decode(stored.data, type=_Row).spec


def group_name(workflow: str, strategy: str, remover: artifactgc.Remover) -> str:
    """The name of the pod that Argo would start for a group of artifacts."""
    return f"{workflow}-artgc-{_SHORT[strategy]}-{remover.digest}"


def stored_task(key: ObjectKey, task: Task, created_at: datetime) -> StoredObject:
    """The row of a task; it shows the metadata of Argo's pod."""
    uid = WorkflowUid(f"{task.uid}-{_SHORT[task.strategy]}-{task.remover.digest}")
    labels = {**dict(task.remover.labels), "workflows.argoproj.io/workflow": task.workflow}
    meta = ObjectMeta(
        name=key.name,
        namespace=key.namespace,
        uid=uid,
        labels=labels,
        annotations=dict(task.remover.annotations) or None,
        creation_timestamp=rfc3339(created_at),
    )
    metadata = cast(JsonObject, msgspec.to_builtins(meta))
    return StoredObject(
        key=key, uid=uid, resource_version=0, created_at=created_at, labels=labels, phase="",
        data=msgspec.json.encode(_Row(metadata=metadata, spec=task)),
    )  # fmt: skip
