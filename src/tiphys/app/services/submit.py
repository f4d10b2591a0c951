"""A valid manifest becomes a workflow object (``spec/data.md`` 19.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tiphys.app.services.objects import COMPLETED_LABEL, PHASE_LABEL
from tiphys.core.manifest.decode import check
from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.core.manifest.source import dotted
from tiphys.core.objects.kinds import WORKFLOW
from tiphys.core.objects.labels import check_maps, check_namespace
from tiphys.core.objects.meta import check_name, generated_name
from tiphys.core.objects.moments import rfc3339
from tiphys.core.plan.compile import PAUSE_ON_FAILURE, global_parameters, labelled
from tiphys.core.plan.executed import executed_spec, own_annotations, pinned_config_maps, stored_templates
from tiphys.core.plan.merge import merge_metadata, merge_specs
from tiphys.core.plan.model import Identity
from tiphys.core.plan.resolve import pin
from tiphys.core.validate.library import Library
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.api import SubmitOptions
from tiphys.ports.clock import Clock


def fresh(workflow: Workflow) -> Workflow:
    """The manifest without what only a run writes, however it came to have it (exported from another run, forged).

    A status in a manifest would decide what runs: it holds the pinned spec that restrictions are checked on.
    """
    meta = workflow.metadata
    if meta is not None:
        labels = {key: value for key, value in (meta.labels or {}).items() if key not in (PHASE_LABEL, COMPLETED_LABEL)}
        annotations = dict(own_annotations(workflow))
        meta = msgspec.structs.replace(meta, labels=labels or None, annotations=annotations or None)
    return msgspec.structs.replace(workflow, metadata=meta, status=None)


def apply_options(workflow: Workflow, options: SubmitOptions) -> Workflow:
    """The manifest as the call wants it, before it is checked."""
    meta = workflow.metadata or ObjectMeta()
    spec = workflow.spec or WorkflowSpec()
    if options.name is not None:
        meta = msgspec.structs.replace(meta, name=options.name, generate_name=None)
    elif options.generate_name is not None:
        meta = msgspec.structs.replace(meta, name=None, generate_name=options.generate_name)
    if options.annotations:
        meta = msgspec.structs.replace(meta, annotations={**(meta.annotations or {}), **options.annotations})
    if options.labels:
        meta = msgspec.structs.replace(meta, labels={**(meta.labels or {}), **options.labels})
    if options.pause_on_failure:
        meta = msgspec.structs.replace(meta, annotations={**(meta.annotations or {}), PAUSE_ON_FAILURE: "true"})
    if options.entrypoint is not None:
        spec = msgspec.structs.replace(spec, entrypoint=options.entrypoint)
    if options.service_account is not None:
        spec = msgspec.structs.replace(spec, service_account_name=options.service_account)
    if options.priority is not None:
        spec = msgspec.structs.replace(spec, priority=options.priority)
    if options.parameters or options.parameter_file:
        spec = msgspec.structs.replace(spec, arguments=_arguments(spec.arguments, options))
    return msgspec.structs.replace(workflow, metadata=meta, spec=spec)


def _arguments(arguments: Arguments | None, options: SubmitOptions) -> Arguments:
    """Parameters of the call come first, then those of its file, then the manifest's other ones."""
    given = {**options.parameter_file, **options.parameters}
    order = [*options.parameters, *(name for name in options.parameter_file if name not in options.parameters)]
    own = arguments or Arguments()
    first = tuple(Parameter(name=name, value=given[name]) for name in order)
    rest = tuple(parameter for parameter in own.parameters or () if parameter.name not in given)
    return msgspec.structs.replace(own, parameters=first + rest)


def defaults_of(data: Mapping[str, JsonValue]) -> Workflow | None:
    """The controller's ``workflowDefaults`` as a partial Workflow; None when there are none.

    Raises:
        UsageError: they do not fit.
    """
    known: JsonObject = {key: value for key, value in data.items() if key in {"metadata", "spec"}}
    if not known:
        return None
    found = check(Workflow, known, strict=False)
    if found.record is None:
        problems = "; ".join(f"{dotted(problem.path)}: {problem.message}" for problem in found.problems)
        raise UsageError(f"workflowDefaults do not fit a Workflow: {problems}")
    return found.record


def merge_defaults(workflow: Workflow, defaults: Workflow | None) -> Workflow:
    """The workflow with the controller's defaults below it (``spec/engine.md`` 26.1, 26.4).

    The spec of one that refers to a template stays as it is: the defaults come below the template, see ``resolve.pin``.
    """
    if defaults is None:
        return workflow
    spec = workflow.spec or WorkflowSpec()
    if spec.workflow_template_ref is None:
        spec = merge_specs(spec, defaults=defaults.spec)
    metadata = merge_metadata(workflow.metadata or ObjectMeta(), defaults.metadata)
    return msgspec.structs.replace(workflow, metadata=metadata, spec=spec)


def in_namespace(workflow: Workflow, namespace: str) -> Workflow:
    """The workflow with a namespace, since that decides which templates it may refer to."""
    meta = workflow.metadata or ObjectMeta()
    return msgspec.structs.replace(
        workflow, metadata=msgspec.structs.replace(meta, namespace=meta.namespace or namespace)
    )


def complete(workflow: Workflow, library: Library, defaults: Workflow | None) -> Workflow:
    """The workflow with all that it refers to inside.

    Raises:
        NotFoundError: the template that it refers to does not exist.
        UsageError: an argument has no value.
    """
    meta = workflow.metadata or ObjectMeta()
    pinned = pin(workflow, library, meta.namespace or "", defaults.spec if defaults is not None else None)
    global_parameters(executed_spec(pinned), pinned_config_maps(pinned), meta.name or meta.generate_name or "")
    return pinned


def as_executed(workflow: Workflow) -> Workflow:
    """A workflow that has all templates of its run in its spec, for those who look at templates only."""
    spec = executed_spec(workflow)
    templates = (*(spec.templates or ()), *stored_templates(workflow).values())
    return msgspec.structs.replace(workflow, spec=msgspec.structs.replace(spec, templates=templates))


def identify(workflow: Workflow, clock: Clock, namespace: str) -> Workflow:
    """The workflow with name, namespace, uid and creation time.

    Raises:
        UsageError: it has no name.
    """
    meta = workflow.metadata or ObjectMeta()
    name = meta.name or (generated_name(meta.generate_name, clock.suffix()) if meta.generate_name else None)
    if not name:
        raise UsageError(
            "resource name may not be empty: the workflow has neither metadata.name nor metadata.generateName",
            "add `metadata: {generateName: my-workflow-}` or pass --name",
        )
    return msgspec.structs.replace(
        workflow,
        metadata=msgspec.structs.replace(
            meta,
            name=name,
            namespace=meta.namespace or namespace,
            uid=clock.uid(),
            creation_timestamp=rfc3339(clock.now()),
        ),
    )


def admit(workflow: Workflow) -> Workflow:
    """The same workflow, once it is named and labelled as a cluster's API server takes it.

    Raises:
        InvalidObjectError: its name, its namespace or a label cannot be one.  Names become parts of paths.
    """
    meta = workflow.metadata or ObjectMeta()
    name = meta.name or ""
    check_name(WORKFLOW, name)
    check_namespace(WORKFLOW, name, meta.namespace or "")
    check_maps(WORKFLOW, name, {"labels": {**(meta.labels or {})}, "annotations": {**(meta.annotations or {})}})
    return workflow


def label(workflow: Workflow) -> Workflow:
    """A workflow that has its identity, with the labels and annotations of ``spec.workflowMetadata``.

    Raises:
        UsageError: a value cannot be worked out, or is none that a label can have.
    """
    meta = workflow.metadata or ObjectMeta()
    identity = Identity(
        uid=WorkflowUid(meta.uid or ""),
        name=meta.name or "",
        namespace=meta.namespace or "",
        created_at=datetime.fromisoformat(meta.creation_timestamp or "1970-01-01T00:00:00Z"),
    )
    return labelled(workflow, identity, pinned_config_maps(workflow), anew=True)
