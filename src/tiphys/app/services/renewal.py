"""The workflow object of a retry and of a resubmission, from the finished one (``spec/engine.md`` 24)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from tiphys.app.services.objects import COMPLETED_CONDITION, COMPLETED_LABEL, PHASE_LABEL
from tiphys.app.services.submit import identify
from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.strategy import Condition
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.objects.moments import rfc3339
from tiphys.ports.api import ResubmitOptions
from tiphys.ports.clock import Clock

ARCHIVING_LABEL = "workflows.argoproj.io/workflow-archiving-status"
RESUBMITTED_LABEL = "workflows.argoproj.io/resubmitted-from-workflow"
_CREATOR = "workflows.argoproj.io/creator"


def renewed(workflow: Workflow, now: datetime, parameters: Mapping[str, str]) -> Workflow:
    """The object of a workflow that is retried: as if it had not begun, but for its nodes and its phase label."""
    meta = workflow.metadata or ObjectMeta()
    labels = {key: value for key, value in (meta.labels or {}).items() if key not in {COMPLETED_LABEL, ARCHIVING_LABEL}}
    status = workflow.status or WorkflowStatus()
    stored = status.stored_workflow_template_spec
    status = replace(
        status,
        phase=None,
        message=None,
        started_at=rfc3339(now),
        finished_at=None,
        conditions=(Condition(type=COMPLETED_CONDITION, status="False"),),
        persistent_volume_claims=None,
        stored_workflow_template_spec=_again(stored, parameters) if stored is not None else None,
    )
    spec = _again(workflow.spec or WorkflowSpec(), parameters)
    return replace(workflow, metadata=replace(meta, labels=labels or None), spec=spec, status=status)


def _again(spec: WorkflowSpec, parameters: Mapping[str, str]) -> WorkflowSpec:
    """A spec without what ended its run, with some arguments replaced."""
    deadline = spec.active_deadline_seconds
    return replace(
        spec,
        shutdown=None,
        active_deadline_seconds=None if deadline == 0 else deadline,
        arguments=_replaced(spec.arguments, parameters),
    )


def _replaced(arguments: Arguments | None, given: Mapping[str, str]) -> Arguments | None:
    """The arguments with given values: those come first, in the order given (``spec/data.md`` 19.3)."""
    if not given:
        return arguments
    own = arguments or Arguments()
    first = tuple(Parameter(name=name, value=value) for name, value in given.items())
    return replace(own, parameters=first + tuple(p for p in own.parameters or () if p.name not in given))


def resubmitted(workflow: Workflow, clock: Clock, options: ResubmitOptions) -> Workflow:
    """The object of a workflow that is submitted again, with a name and a uid of its own.

    Templates and config maps that the old run had pinned stay pinned: the new run is what the old one was.
    """
    meta = workflow.metadata or ObjectMeta()
    left_out = {PHASE_LABEL, COMPLETED_LABEL, ARCHIVING_LABEL}
    labels = {k: v for k, v in (meta.labels or {}).items() if k not in left_out and not k.startswith(_CREATOR)}
    labels[RESUBMITTED_LABEL] = meta.name or ""
    status = workflow.status or WorkflowStatus()
    stored = status.stored_workflow_template_spec
    pinned = WorkflowStatus(
        stored_templates=status.stored_templates,
        stored_workflow_template_spec=_again(stored, options.parameters) if stored is not None else None,
        artifact_repository_ref=status.artifact_repository_ref,
        conditions=(Condition(type=COMPLETED_CONDITION, status="False"),) if options.memoized else None,
    )
    spec = _again(workflow.spec or WorkflowSpec(), options.parameters)
    if options.priority is not None:
        spec = replace(spec, priority=options.priority)
    new = Workflow(
        api_version=workflow.api_version,
        kind=workflow.kind,
        metadata=ObjectMeta(
            generate_name=meta.generate_name or f"{meta.name}-",
            namespace=meta.namespace,
            labels=labels,
            annotations=meta.annotations,
            owner_references=meta.owner_references,
        ),
        spec=spec,
        status=pinned if pinned != WorkflowStatus() else None,
    )
    return identify(new, clock, meta.namespace or "")
