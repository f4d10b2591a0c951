"""A valid manifest becomes a workflow object (``spec/data.md`` 19.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from tiphys.core.engine.siblings import rfc3339
from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.errors import UsageError
from tiphys.ports.api import SubmitOptions
from tiphys.ports.clock import Clock


def apply_options(workflow: Workflow, options: SubmitOptions) -> Workflow:
    """The manifest as the call wants it, before it is checked."""
    meta = workflow.metadata or ObjectMeta()
    spec = workflow.spec or WorkflowSpec()
    if options.name is not None:
        meta = msgspec.structs.replace(meta, name=options.name, generate_name=None)
    elif options.generate_name is not None:
        meta = msgspec.structs.replace(meta, name=None, generate_name=options.generate_name)
    if options.labels:
        meta = msgspec.structs.replace(meta, labels={**(meta.labels or {}), **options.labels})
    if options.entrypoint is not None:
        spec = msgspec.structs.replace(spec, entrypoint=options.entrypoint)
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


def merge_defaults(workflow: Workflow, defaults: Mapping[str, JsonValue]) -> Workflow:
    """The workflow with the controller's ``workflowDefaults`` below it, key by key (``spec/engine.md`` 26.4)."""
    if not defaults:
        return workflow
    data = cast(JsonObject, msgspec.to_builtins(workflow))
    known = {key: value for key, value in defaults.items() if key in {"metadata", "spec"}}
    merged = _below(data, known)
    try:
        return msgspec.convert(merged, Workflow)
    except msgspec.ValidationError as error:
        raise UsageError(f"workflowDefaults do not fit a Workflow: {error}") from None


def _below(value: JsonObject, default: Mapping[str, JsonValue]) -> JsonObject:
    merged = dict(value)
    for key, other in default.items():
        mine = merged.get(key)
        if mine is None:
            merged[key] = other
        elif isinstance(mine, dict) and isinstance(other, dict):
            merged[key] = _below(mine, other)
        elif isinstance(mine, list) and isinstance(other, list) and key in {"parameters", "templates", "volumes"}:
            names = {item.get("name") for item in mine if isinstance(item, dict)}
            merged[key] = mine + [item for item in other if isinstance(item, dict) and item.get("name") not in names]
    return merged


def identify(workflow: Workflow, clock: Clock, namespace: str) -> Workflow:
    """The workflow with name, namespace, uid and creation time."""
    meta = workflow.metadata or ObjectMeta()
    name = meta.name or (f"{meta.generate_name}{clock.suffix()}" if meta.generate_name else None)
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
