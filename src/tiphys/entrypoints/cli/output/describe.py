"""What ``tiphys get`` says about a workflow: the block above the tree (``spec/cli.md`` 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.artifact import Artifact
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.plan.artifacturl import url_of
from tiphys.entrypoints.cli.output import times
from tiphys.entrypoints.cli.output.style import RED, YELLOW, Style
from tiphys.entrypoints.cli.output.table import workflow_status
from tiphys.entrypoints.cli.output.tree import TreeView, resources_text, tree_text

_CONDITION_GLYPHS = {"MetricsError": (RED, "✖"), "SpecWarning": (YELLOW, "⚠")}


def describe(workflow: Workflow, view: TreeView, memoized: Mapping[str, str] | None = None) -> str:
    """The whole answer of ``get``: block, empty line and tree; the short layout is the tree alone.

    ``memoized`` says of nodes, by id, whether they found their outputs in a cache and why.
    """
    tree = tree_text(workflow, view)
    lines = [*_lines(workflow, view), *_memoized(workflow, memoized or {})]
    block = "".join(f"{label:<20} {value}\n" for label, value in lines)
    if not tree:
        return block
    return tree if view.layout == "short" else f"{block}\n{tree}"


def _lines(workflow: Workflow, view: TreeView) -> Iterator[tuple[str, str]]:
    metadata, status = workflow.metadata, workflow.status or WorkflowStatus()
    yield "Name:", (metadata and metadata.name) or ""
    yield "Namespace:", (metadata and metadata.namespace) or ""
    yield "ServiceAccount:", service_account(workflow)
    yield "Status:", workflow_status(workflow)
    if status.message:
        yield "Message:", status.message
    yield from _conditions(status, view.style)
    created = times.parse(metadata.creation_timestamp if metadata else None)
    yield "Created:", times.timestamp(created, view.now)
    yield from period(status, view.now)
    yield "Progress:", status.progress or ""
    if status.resources_duration:
        yield "ResourcesDuration:", resources_text(status.resources_duration)
    yield from _arguments(workflow)
    if status.outputs:
        yield from _parameters("Output Parameters:", status.outputs.parameters or ())
        yield from _artifacts(status.outputs.artifacts or ())


def _memoized(workflow: Workflow, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    nodes = (workflow.status and workflow.status.nodes) or {}
    if texts:
        yield "Memoized Nodes:", ""
    for id_, text in texts.items():
        node = nodes.get(id_)
        yield f"  {(node and node.display_name) or id_}:", text


def _spec(workflow: Workflow) -> WorkflowSpec:
    """The spec as executed: the stored one when the workflow came from a template."""
    stored = workflow.status and workflow.status.stored_workflow_template_spec
    return stored or workflow.spec or WorkflowSpec()


def service_account(workflow: Workflow) -> str:
    """The ServiceAccount, or that none is named."""
    name = _spec(workflow).service_account_name
    if name:
        return name
    from_template = workflow.spec is not None and workflow.spec.workflow_template_ref is not None
    return "unset" if from_template else "unset (will run with the default ServiceAccount)"


def _conditions(status: WorkflowStatus, style: Style) -> Iterator[tuple[str, str]]:
    if not status.conditions:
        return
    yield "Conditions:", ""
    for condition in status.conditions:
        colour, glyph = _CONDITION_GLYPHS.get(condition.type or "", (0, ""))
        icon = style.paint(glyph, colour) if glyph else ""
        yield f"{icon} {condition.type or ''}", condition.message or condition.status or ""


def period(status: WorkflowStatus, now: datetime) -> Iterator[tuple[str, str]]:
    """When a workflow ran, and for how long."""
    started, finished = times.parse(status.started_at), times.parse(status.finished_at)
    if started:
        yield "Started:", times.timestamp(started, now)
    if finished:
        yield "Finished:", times.timestamp(finished, now)
    if started:
        yield "Duration:", times.long_duration(started, finished, now)
    if status.phase == "Running" and status.estimated_duration:
        yield "EstimatedDuration:", times.span_text(status.estimated_duration)


def _arguments(workflow: Workflow) -> Iterator[tuple[str, str]]:
    arguments = _spec(workflow).arguments
    yield from _parameters("Parameters:", (arguments and arguments.parameters) or ())


def _parameters(title: str, parameters: tuple[Parameter, ...]) -> Iterator[tuple[str, str]]:
    if not parameters:
        return
    yield title, ""
    for parameter in parameters:
        if parameter.value is not None:
            yield f"  {parameter.name}:", parameter.value


def _artifacts(artifacts: tuple[Artifact, ...]) -> Iterator[tuple[str, str]]:
    if not artifacts:
        return
    yield "Output Artifacts:", ""
    for artifact in artifacts:
        place = url_of(artifact)
        if place:
            yield f"  {artifact.name}:", place
