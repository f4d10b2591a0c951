"""CronWorkflow."""

from __future__ import annotations

from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.pod import ObjectReference
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.scalars import Int32, Int64, Time
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import WorkflowSpec


class CronWorkflow(Record, frozen=True, kw_only=True):
    """``CronWorkflow`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: CronWorkflowSpec | None = None
    status: CronWorkflowStatus | None = None


class CronWorkflowSpec(Record, frozen=True, kw_only=True):
    """``CronWorkflowSpec`` of the Argo API."""

    concurrency_policy: str | None = None
    failed_jobs_history_limit: Int32 | None = None
    schedules: tuple[str, ...] | None = None
    starting_deadline_seconds: Int64 | None = None
    stop_strategy: StopStrategy | None = None
    successful_jobs_history_limit: Int32 | None = None
    suspend: bool | None = None
    timezone: str | None = None
    when: str | None = None
    workflow_metadata: ObjectMeta | None = None
    workflow_spec: WorkflowSpec | None = None


class CronWorkflowStatus(Record, frozen=True, kw_only=True):
    """``CronWorkflowStatus`` of the Argo API."""

    active: tuple[ObjectReference, ...] | None = None
    conditions: tuple[Condition, ...] | None = None
    failed: Int64 | None = None
    last_scheduled_time: Time | None = None
    phase: str | None = None
    succeeded: Int64 | None = None


class StopStrategy(Record, frozen=True, kw_only=True):
    """``StopStrategy`` of the Argo API."""

    expression: str = ""
