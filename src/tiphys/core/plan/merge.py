"""Specs, metadata and templates of several sources become one (``spec/engine.md`` 26.4, 26.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Arguments, Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.meta import Metadata, ObjectMeta
from tiphys.core.manifest.model.strategy import WorkflowMetadata
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.strategic import merge

V = TypeVar("V")

#: What makes a template one of its type; defaults of other types do not apply to it.
TYPES = (
    "steps", "dag", "container", "script", "resource", "suspend", "http", "plugin", "data", "container_set",
)  # fmt: skip
#: The places where an artifact can be kept; it has at most one.
BACKENDS = ("s3", "git", "http", "artifactory", "hdfs", "raw", "oss", "gcs", "azure", "plugin", "file")


def merge_specs(
    workflow: WorkflowSpec, template: WorkflowSpec | None = None, defaults: WorkflowSpec | None = None
) -> WorkflowSpec:
    """The spec that is executed: the workflow's, then that of its template, then the controller's defaults."""
    merged = workflow
    for lower in (template, defaults):
        if lower is not None:
            merged = _pair(lower, merged)
    return replace(merged, suspend=workflow.suspend)


def merge_metadata(metadata: ObjectMeta, defaults: ObjectMeta | None) -> ObjectMeta:
    """The metadata with labels and annotations of the defaults that it does not have itself."""
    if defaults is None:
        return metadata
    return replace(
        metadata,
        labels=_union(defaults.labels, metadata.labels),
        annotations=_union(defaults.annotations, metadata.annotations),
    )


def merge_template(template: Template, defaults: Template | None) -> Template:
    """The template with ``templateDefaults`` below it; blocks of other types than its own do not apply."""
    if defaults is None:
        return template
    others = {name: None for name in TYPES if getattr(template, name) is None}
    return merge(replace(defaults, **others), template)


def merge_pod_metadata(template: Template, metadata: Metadata | None) -> Template:
    """The template with labels and annotations for all pods; its own ones win."""
    if metadata is None:
        return template
    own = template.metadata or Metadata()
    merged = Metadata(
        labels=_union(metadata.labels, own.labels), annotations=_union(metadata.annotations, own.annotations)
    )
    return replace(template, metadata=merged)


def _pair(lower: WorkflowSpec, higher: WorkflowSpec) -> WorkflowSpec:
    """Two specs in one: strategic, but for what is not merged field by field."""
    merged = merge(lower, higher)
    return replace(
        merged,
        hooks=_union(lower.hooks, higher.hooks),
        workflow_metadata=_workflow_metadata(lower, higher, merged.workflow_metadata),
        arguments=_arguments(lower.arguments, higher.arguments, merged.arguments),
    )


def _workflow_metadata(
    lower: WorkflowSpec, higher: WorkflowSpec, merged: WorkflowMetadata | None
) -> WorkflowMetadata | None:
    if merged is None:
        return None
    sources = (spec.workflow_metadata.labels_from if spec.workflow_metadata else None for spec in (lower, higher))
    return replace(merged, labels_from=_union(*sources))


def _arguments(lower: Arguments | None, higher: Arguments | None, merged: Arguments | None) -> Arguments | None:
    if lower is None or higher is None or merged is None:
        return merged
    return replace(
        merged,
        parameters=_parameters(lower.parameters or (), higher.parameters or (), merged.parameters),
        artifacts=_artifacts(lower.artifacts or (), higher.artifacts or (), merged.artifacts),
    )


def _parameters(
    lower: tuple[Parameter, ...], higher: tuple[Parameter, ...], merged: tuple[Parameter, ...] | None
) -> tuple[Parameter, ...] | None:
    """Each parameter is the whole entry of the highest source that gives it any value."""
    entries: dict[str, Parameter] = {}
    for item in (*higher, *lower):
        if item.value is not None or item.default is not None or item.value_from is not None:
            entries.setdefault(item.name, item)
    return tuple(entries.get(item.name, item) for item in merged) if merged is not None else None


def _artifacts(
    lower: tuple[Artifact, ...], higher: tuple[Artifact, ...], merged: tuple[Artifact, ...] | None
) -> tuple[Artifact, ...] | None:
    """An artifact that is kept somewhere else takes nothing from the one below it."""
    if merged is None:
        return None
    below, above = ({item.name: item for item in items} for items in (lower, higher))
    return tuple(
        above[item.name]
        if item.name in below and item.name in above and _moved(below[item.name], above[item.name])
        else item
        for item in merged
    )


def _moved(lower: Artifact, higher: Artifact) -> bool:
    ours, theirs = _backend(higher), _backend(lower)
    return bool(ours and theirs and ours != theirs)


def _backend(artifact: Artifact) -> str:
    return next((name for name in BACKENDS if getattr(artifact, name) is not None), "")


def _union(lower: Mapping[str, V] | None, higher: Mapping[str, V] | None) -> dict[str, V] | None:
    """All keys; those of ``higher`` first and whole."""
    if lower is None and higher is None:
        return None
    return {**(higher or {}), **{key: value for key, value in (lower or {}).items() if key not in (higher or {})}}
