"""Between workflow records and stored objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from tiphys.core.engine.artifactgc import is_wanted
from tiphys.core.engine.step import Internal, NodeChange, WorkflowChange
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.arguments import Outputs, Parameter
from tiphys.core.manifest.model.artifact import ArtGCStatus, Artifact
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.pod import Volume
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowStatus
from tiphys.core.objects.meta import MADE_BY
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.claims import claim_volumes, claims_end
from tiphys.core.plan.compile import POD_NAMES
from tiphys.core.plan.executed import executed_spec
from tiphys.core.plan.model import Identity
from tiphys.errors import StoreError
from tiphys.ids import NodeName, WorkflowUid
from tiphys.ports.store import NodeRow, ObjectKey, StoredObject, Times

R = TypeVar("R", bound=Record)

KIND = "Workflow"
PHASE_LABEL = "workflows.argoproj.io/phase"
COMPLETED_LABEL = "workflows.argoproj.io/completed"
#: Only on stored rows, not on the object: the run has a time to live.
TTL_LABEL = "tiphys.dev/ttl"
#: Only on stored rows: artifacts of the run are to be removed, and nobody has planned it yet.
GC_LABEL = "tiphys.dev/artifact-gc"
#: Only on stored rows: deletion was asked for, and a finalizer keeps the workflow.
LEAVING_LABEL = "tiphys.dev/leaving"
#: So many nodes are decoded one by one before a decoder for all is worth its making.
FEW = 100
METRICS_ERROR, POD_RUNNING, COMPLETED_CONDITION = "MetricsError", "PodRunning", "Completed"
PENDING = "Pending"
COMPLETED = frozenset({"Succeeded", "Failed", "Error"})


def key_of(namespace: str, name: str) -> ObjectKey:
    """The key of a workflow."""
    return ObjectKey(KIND, namespace, name)


def new_object(workflow: Workflow, created_at: datetime) -> StoredObject:
    """A workflow that is to be kept for the first time."""
    meta = workflow.metadata or ObjectMeta()
    return StoredObject(
        key=key_of(meta.namespace or "", meta.name or ""),
        uid=WorkflowUid(meta.uid or ""),
        resource_version=0,
        created_at=created_at,
        labels=row_labels(workflow),
        phase=(workflow.status.phase if workflow.status is not None else None) or "",
        data=msgspec.json.encode(workflow),
        owners=tuple(WorkflowUid(owner.uid) for owner in meta.owner_references or ()),
        times=times_of(workflow),
    )


def times_of(workflow: Workflow) -> Times:
    """When a run began and ended, for its row."""
    status = workflow.status or WorkflowStatus()
    return Times(moment(status.started_at), moment(status.finished_at))


def row_labels(workflow: Workflow) -> Mapping[str, str]:
    """The labels by which a row is found."""
    labels = dict((workflow.metadata.labels if workflow.metadata else None) or {})
    spec = executed_spec(workflow)
    if spec.ttl_strategy is not None:
        labels[TTL_LABEL] = "true"
    made_by = ((workflow.metadata.annotations if workflow.metadata else None) or {}).get(MADE_BY)
    if made_by:
        labels[MADE_BY] = made_by
    if (workflow.status is None or workflow.status.artifact_gc_status is None) and is_wanted(spec, workflow):
        labels[GC_LABEL] = "true"
    if workflow.metadata is not None and workflow.metadata.deletion_timestamp:
        labels[LEAVING_LABEL] = "true"
    return labels


def identity_of(stored: StoredObject) -> Identity:
    """Who a stored workflow is."""
    key = stored.key
    return Identity(uid=stored.uid, name=key.name, namespace=key.namespace, created_at=stored.created_at)


def workflow_of(stored: StoredObject, *, many: bool = False) -> Workflow:
    """The workflow of a stored object, without nodes; ``many`` tells that it is one of a long list.

    Raises:
        StoreError: the row cannot be read.
    """
    try:
        workflow = msgspec.json.decode(stored.data, type=Workflow) if many else _read(stored.data, Workflow)
    except msgspec.DecodeError as error:
        raise StoreError(f"the stored workflow cannot be read: {error}", where=stored.key.name) from None
    meta = msgspec.structs.replace(workflow.metadata or ObjectMeta(), resource_version=str(stored.resource_version))
    return msgspec.structs.replace(workflow, metadata=meta)


def _read(data: bytes, cls: type[R]) -> R:
    """Decode a few records: building msgspec's decoder for all types of a Workflow takes longer than that."""
    found = check(cls, msgspec.json.decode(data), strict=False)
    if found.record is None:
        raise msgspec.DecodeError("; ".join(str(problem) for problem in found.problems))
    return found.record


def node_row(change: NodeChange) -> NodeRow:
    """The row of a node."""
    return NodeRow(
        name=NodeName(change.status.name or ""),
        sequence=change.internal.sequence,
        status=msgspec.json.encode(change.status),
        internal=msgspec.json.encode(change.internal),
    )


def node_changes(rows: Sequence[NodeRow]) -> list[NodeChange]:
    """The nodes of stored rows.

    Raises:
        StoreError: a row cannot be read.
    """
    internal_of = msgspec.json.Decoder(Internal)
    try:
        if len(rows) <= FEW:
            return [NodeChange(_read(row.status, NodeStatus), internal_of.decode(row.internal)) for row in rows]
        status_of = msgspec.json.Decoder(NodeStatus)
        return [NodeChange(status_of.decode(row.status), internal_of.decode(row.internal)) for row in rows]
    except msgspec.DecodeError as error:
        raise StoreError(f"a stored node cannot be read: {error}") from None


def with_change(workflow: Workflow, change: WorkflowChange) -> Workflow:
    """The workflow as it is after a step: status, labels, shutdown (``spec/engine.md`` 2.3)."""
    meta = workflow.metadata or ObjectMeta()
    labels, annotations = dict(meta.labels or {}), dict(meta.annotations or {})
    annotations.setdefault(POD_NAMES, "v2")
    done = change.phase in COMPLETED
    if change.phase:
        labels[PHASE_LABEL] = change.phase
        labels[COMPLETED_LABEL] = "true" if done else "false"
    conditions = _conditions((workflow.status and workflow.status.conditions) or (), change)
    parameters = tuple(Parameter(name=name, value=value) for name, value in change.parameters)
    artifacts = msgspec.convert(change.artifacts, tuple[Artifact, ...])
    known = workflow.status or WorkflowStatus()
    status = msgspec.structs.replace(
        known,
        artifact_gc_status=known.artifact_gc_status or _artifact_gc(workflow, change.phase),
        phase=change.phase or None,
        message=change.message or None,
        started_at=_time(change.started_at),
        finished_at=_time(change.finished_at),
        progress=change.progress,
        resources_duration=dict(change.resources_duration) or None,
        conditions=conditions or None,
        persistent_volume_claims=_claims(workflow, change.phase),
        outputs=Outputs(parameters=parameters or None, artifacts=artifacts or None)
        if parameters or artifacts
        else None,
    )
    spec = workflow.spec
    if spec is not None:
        spec = msgspec.structs.replace(
            spec, shutdown=change.shutdown or spec.shutdown, suspend=change.suspended or None
        )
    return msgspec.structs.replace(
        workflow,
        metadata=msgspec.structs.replace(meta, labels=labels, annotations=annotations),
        spec=spec,
        status=status,
    )


def _artifact_gc(workflow: Workflow, phase: str) -> ArtGCStatus | None:
    """What status says of the removal of artifacts once the run has begun, if none is ever to be removed."""
    if phase in {"", PENDING} or is_wanted(executed_spec(workflow), workflow):
        return None
    return ArtGCStatus(not_specified=True)


def _claims(workflow: Workflow, phase: str) -> tuple[Volume, ...] | None:
    """The claims that a run has made and not given back."""
    spec = executed_spec(workflow)
    if not spec.volume_claim_templates or phase in {"", PENDING} or (phase in COMPLETED and claims_end(spec, phase)):
        return None
    return claim_volumes((workflow.metadata.name if workflow.metadata else None) or "", spec)


def _conditions(known: Sequence[Condition], change: WorkflowChange) -> tuple[Condition, ...]:
    """What is true of a run besides its phase (``spec/engine.md`` 2.4)."""
    found = tuple(condition for condition in known if condition.type != METRICS_ERROR or change.metric_errors)
    if change.phase in COMPLETED:
        found = upserted(found, Condition(type=POD_RUNNING, status="False"))
        found = upserted(found, Condition(type=COMPLETED_CONDITION, status="True"))
    if change.metric_errors:
        found = upserted(found, Condition(type=METRICS_ERROR, status="True", message=", ".join(change.metric_errors)))
    return found


def upserted(known: Sequence[Condition], condition: Condition) -> tuple[Condition, ...]:
    """The conditions with one of them: in the place of the one of its type, else behind the others."""
    if any(item.type == condition.type for item in known):
        return tuple(condition if item.type == condition.type else item for item in known)
    return (*known, condition)


def in_error(message: str, now: datetime) -> WorkflowChange:
    """A run that ends before anything of it could be decided."""
    return WorkflowChange(
        phase="Error",
        message=message,
        started_at=now,
        finished_at=now,
        progress="0/0",
        shutdown="",
        suspended=False,
        parameters=(),
    )


def change_of(workflow: Workflow) -> WorkflowChange:
    """What a stored workflow says of its run."""
    status = workflow.status or WorkflowStatus()
    spec = workflow.spec
    outputs = status.outputs
    return WorkflowChange(
        phase=status.phase or "",
        message=status.message or "",
        started_at=moment(status.started_at),
        finished_at=moment(status.finished_at),
        progress=status.progress or "0/0",
        shutdown=(spec.shutdown if spec is not None else None) or "",
        suspended=bool(spec.suspend) if spec is not None else False,
        parameters=tuple(
            (parameter.name, parameter.value or "")
            for parameter in (outputs.parameters or () if outputs is not None else ())
        ),
        metric_errors=tuple(item.message or "" for item in status.conditions or () if item.type == METRICS_ERROR),
        artifacts=tuple(msgspec.to_builtins(artifact) for artifact in (outputs.artifacts or () if outputs else ())),
    )


def _time(value: datetime | None) -> str | None:
    return rfc3339(value) if value is not None else None


def moment(text: str | None) -> datetime | None:
    """A moment of a status field."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
