"""WorkflowEventBinding."""

from __future__ import annotations

from tiphys.core.manifest.model.arguments import Arguments, Event
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.record import Record
from tiphys.core.manifest.model.strategy import WorkflowTemplateRef


class Submit(Record, frozen=True, kw_only=True):
    """``Submit`` of the Argo API."""

    arguments: Arguments | None = None
    metadata: ObjectMeta | None = None
    workflow_template_ref: WorkflowTemplateRef | None = None


class WorkflowEventBinding(Record, frozen=True, kw_only=True):
    """``WorkflowEventBinding`` of the Argo API."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta | None = None
    spec: WorkflowEventBindingSpec | None = None


class WorkflowEventBindingSpec(Record, frozen=True, kw_only=True):
    """``WorkflowEventBindingSpec`` of the Argo API."""

    event: Event | None = None
    submit: Submit | None = None
