"""The command that starts what runs a node: its pod, or a template that runs without one (``spec/engine.md`` 10.1)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.engine import artifacts
from tiphys.core.engine.capture import captures_result
from tiphys.core.engine.commands import FileParameter, StagedFile, StartPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.durations import add, parse_duration
from tiphys.core.engine.manifest import SCRIPT_PATH, pod_manifest
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.arguments import Inputs
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan import location
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope


def start_pod(ctx: Context, node: Node) -> StartPod:
    """The command that starts the pod of a node.

    Raises:
        TemplateError: a tag of the template cannot be resolved.
        ValueError: a duration is malformed.
    """
    template = node.template
    if template is None or node.scope is None:
        raise ValueError(f"node {node.name} has no template")
    body = _with_source(ctx, node.scope, cast(JsonObject, template.body.render(node.scope, Mode.LENIENT)))
    name = ctx.pod_name(node.name, template.name)
    deadline, message = _deadline(ctx, node, body)
    staged = _artifacts(ctx, node, body)
    manifest = _manifest(ctx, node, body, name)
    return StartPod(
        node_id=node.id,
        node_name=node.name,
        pod_name=name,
        manifest=manifest,
        files=_files(body),
        output_parameters=_file_parameters(body),
        capture_result=captures_result(node),
        deadline=deadline,
        deadline_message=message,
        template=_resolved(node, body),
        input_artifacts=staged.inputs,
        output_artifacts=staged.outputs,
        log_artifact=staged.log,
        service_account=_service_account(ctx, body, manifest),
    )


def _service_account(ctx: Context, body: JsonObject, manifest: JsonObject) -> str:
    """As what a pod runs; templates without a pod as what they or the workflow say."""
    spec = cast(JsonObject, manifest.get("spec") or {})
    found = spec.get("serviceAccountName") or body.get("serviceAccountName") or ctx.plan.spec.service_account_name
    return str(found or "")


class _Staged(Struct, frozen=True):
    """The artifacts of a pod with complete locations."""

    inputs: tuple[JsonObject, ...] = ()
    outputs: tuple[JsonObject, ...] = ()
    log: JsonObject | None = None


def _artifacts(ctx: Context, node: Node, body: JsonObject) -> _Staged:
    repository = ctx.plan.repository
    outputs = cast("list[JsonObject]", cast(JsonObject, body.get("outputs") or {}).get("artifacts") or [])
    logs = artifacts.archives_logs(repository, body, ctx.plan.spec.archive_logs)
    if not (node.input_artifacts or outputs or logs) or node.scope is None:
        return _Staged()
    archive = artifacts.archive_of(repository, body, node.scope)
    given = node.call.artifacts if node.call is not None else ()
    return _Staged(
        inputs=artifacts.staged(artifacts.plain(node.input_artifacts), given, archive, repository),
        outputs=artifacts.saved(outputs, archive),
        log=artifacts.log_artifact(archive) if logs else None,
    )


def _with_source(ctx: Context, scope: Scope, body: JsonObject) -> JsonObject:
    """The template; what a ``data`` template lists lies in the archive location where it says only a key."""
    data = body.get("data")
    source = data.get("source") if isinstance(data, dict) else None
    artifact = source.get("artifactPaths") if isinstance(source, dict) else None
    if not isinstance(artifact, dict) or location.has_location(artifact):
        return body
    archive = artifacts.archive_of(ctx.plan.repository, body, scope)
    if not location.has_key(artifact) and location.driver_of(archive) != location.driver_of(artifact):
        return body  # without a key the whole repository would be listed, which is meant only where it is named
    whole = location.completed(artifact, archive)
    return {**body, "data": {**cast(JsonObject, data), "source": {**cast(JsonObject, source), "artifactPaths": whole}}}


def _resolved(node: Node, body: JsonObject) -> JsonObject:
    """The template with its tags and inputs filled in."""
    inputs = Inputs(parameters=node.inputs or None, artifacts=node.input_artifacts or None)
    return {**body, "inputs": cast(JsonValue, msgspec.to_builtins(inputs))}


def _manifest(ctx: Context, node: Node, body: JsonObject, name: str) -> JsonObject:
    """The pod; templates that no pod runs have none."""
    if node.kind != "Pod":
        return {}
    return pod_manifest(ctx, node, body, name, captures=captures_result(node), seconds=_active_seconds(ctx, node, body))


def _files(body: JsonObject) -> tuple[StagedFile, ...]:
    """What lies in the main container before it starts: the source of a script."""
    script = body.get("script")
    source = str(script.get("source") or "") if isinstance(script, dict) else ""
    return (StagedFile(SCRIPT_PATH, source, 0o755),) if source else ()


def _file_parameters(body: JsonObject) -> tuple[FileParameter, ...]:
    outputs = cast(JsonObject, body.get("outputs") or {})
    found = []
    for parameter in cast("list[JsonObject]", outputs.get("parameters") or []):
        source = cast(JsonObject, parameter.get("valueFrom") or {})
        if source.get("path"):
            default = source.get("default")
            found.append(
                FileParameter(
                    name=str(parameter.get("name")),
                    path=str(source["path"]),
                    default=str(default) if default is not None else None,
                )
            )
    return tuple(found)


def _deadline(ctx: Context, node: Node, body: JsonObject) -> tuple[datetime | None, str]:
    """When the runtime ends the pod by itself, and what the node then says; the earliest limit wins."""
    pod_message = "Pod was active on the node longer than the specified deadline"
    step_message = "Step exceeded its deadline"
    limits = [(moment, pod_message) for moment in _own_limits(ctx, node, body)]
    limits += [(moment, step_message) for moment in (_workflow_limit(ctx, node), node.deadline) if moment is not None]
    return min(limits) if limits else (None, pod_message)


def _own_limits(ctx: Context, node: Node, body: JsonObject) -> list[datetime]:
    """The moments at which the template's own limits end."""
    limits: list[datetime] = []
    active = body.get("activeDeadlineSeconds")
    if active is not None and active != "":
        limits.append(add(ctx.now, parse_duration(str(active))))
    timeout = body.get("timeout")
    if timeout:
        limits.append(add(node.started_at, parse_duration(str(timeout))))
    return limits


def _workflow_limit(ctx: Context, node: Node) -> datetime | None:
    """The moment at which the workflow's limit ends; pods of exit handlers are exempt."""
    return None if node.on_exit else ctx.deadline


def _active_seconds(ctx: Context, node: Node, body: JsonObject) -> int | None:
    """``spec.activeDeadlineSeconds`` of the pod (``spec/engine.md`` 16.2).

    Rounded up and at least 1, the least that Kubernetes takes: the exact moment is the command's ``deadline``.  What a
    node with retries has left is no limit of the pod's in Argo either.
    """
    workflow = _workflow_limit(ctx, node)
    limits = _own_limits(ctx, node, body) + ([workflow] if workflow is not None else [])
    return max(1, math.ceil((min(limits) - ctx.now).total_seconds())) if limits else None
