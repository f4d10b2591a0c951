"""The pod that runs a node: a Kubernetes manifest, the same for every runtime (``spec/engine.md`` 10.1)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import msgspec
from msgspec import Struct

from tiphys.core.engine import artifacts, naming
from tiphys.core.engine.capture import captures_result
from tiphys.core.engine.commands import FileParameter, StagedFile, StartPod
from tiphys.core.engine.context import Context
from tiphys.core.engine.durations import add, parse_duration
from tiphys.core.engine.node import Node
from tiphys.core.manifest.model.arguments import Inputs
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.template.render import Mode

SCRIPT_PATH = "/argo/staging/script"
PREFIX = "workflows.argoproj.io"
#: Fields of a template that belong to the pod and not to its main container.
_POD_FIELDS = (
    "nodeSelector", "tolerations", "affinity", "securityContext", "hostAliases", "priorityClassName", "schedulerName",
    "automountServiceAccountToken", "serviceAccountName",
)  # fmt: skip
#: Those that the template which calls hands down.
_INHERITED = ("nodeSelector", "tolerations", "affinity")
_SCRIPT_ONLY = ("source",)


def start_pod(ctx: Context, node: Node) -> StartPod:
    """The command that starts the pod of a node.

    Raises:
        TemplateError: a tag of the template cannot be resolved.
        ValueError: a duration is malformed.
    """
    template = node.template
    if template is None or node.scope is None:
        raise ValueError(f"node {node.name} has no template")
    body = cast(JsonObject, template.body.render(node.scope, Mode.LENIENT))
    main, files = _main(body)
    name = naming.pod_name(ctx.plan.identity.name, node.name, template.name)
    manifest: JsonObject = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(ctx, node, name, body),
        "spec": _spec(ctx, node, body, main),
    }
    deadline, message = _deadline(ctx, node, body)
    staged = _artifacts(ctx, node, body)
    return StartPod(
        node_id=node.id,
        node_name=node.name,
        pod_name=name,
        manifest=manifest,
        files=files,
        output_parameters=_file_parameters(body),
        capture_result=captures_result(node),
        deadline=deadline,
        deadline_message=message,
        template=_resolved(node, body),
        input_artifacts=staged.inputs,
        output_artifacts=staged.outputs,
        log_artifact=staged.log,
        service_account=str(body.get("serviceAccountName") or ctx.plan.spec.service_account_name or ""),
    )


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


def _resolved(node: Node, body: JsonObject) -> JsonObject:
    """The template with its tags and inputs filled in."""
    inputs = Inputs(parameters=node.inputs or None, artifacts=node.input_artifacts or None)
    return {**body, "inputs": cast(JsonValue, msgspec.to_builtins(inputs))}


def _main(body: JsonObject) -> tuple[JsonObject, tuple[StagedFile, ...]]:
    container = body.get("container")
    if isinstance(container, dict):
        return {**container, "name": "main"}, ()
    script = body.get("script")
    if not isinstance(script, dict):
        raise ValueError("only container and script templates can run as pods in this version")
    main: JsonObject = {key: value for key, value in script.items() if key not in _SCRIPT_ONLY}
    main["name"] = "main"
    source = str(script.get("source") or "")
    if not source:
        return main, ()
    args = cast("list[JsonValue]", main.get("args") or [])
    main["args"] = [*args, SCRIPT_PATH]
    return main, (StagedFile(SCRIPT_PATH, source, 0o755),)


def _metadata(ctx: Context, node: Node, name: str, body: JsonObject) -> JsonObject:
    workflow = ctx.plan.identity
    own = cast(JsonObject, body.get("metadata") or {})
    labels = {
        **cast(JsonObject, own.get("labels") or {}),
        f"{PREFIX}/workflow": workflow.name,
        f"{PREFIX}/completed": "false",
    }
    if node.on_exit:
        labels[f"{PREFIX}/on-exit"] = "true"
    annotations = {
        **cast(JsonObject, own.get("annotations") or {}),
        f"{PREFIX}/node-name": node.name,
        f"{PREFIX}/node-id": node.id,
        "kubectl.kubernetes.io/default-container": "main",
    }
    return {"name": name, "namespace": workflow.namespace, "labels": labels, "annotations": annotations}


def _spec(ctx: Context, node: Node, body: JsonObject, main: JsonObject) -> JsonObject:
    shared = ctx.plan.pod_spec
    base = cast(JsonObject, shared.render(node.scope, Mode.LENIENT)) if node.scope is not None else {}
    outer = _of_boundary(node)
    spec: JsonObject = {"restartPolicy": "Never"}
    for field in _POD_FIELDS:
        value = body.get(field) or outer.get(field) or base.get(field)
        if value is not None:
            spec[field] = value
    volumes = [*cast("list[JsonValue]", base.get("volumes") or []), *cast("list[JsonValue]", body.get("volumes") or [])]
    if volumes:
        spec["volumes"] = cast(JsonValue, volumes)
    containers: list[JsonValue] = [main]
    for sidecar in cast("list[JsonObject]", body.get("sidecars") or []):
        containers.append(cast(JsonValue, sidecar))
    spec["containers"] = containers
    if body.get("initContainers"):
        spec["initContainers"] = body["initContainers"]
    return spec


def _of_boundary(node: Node) -> JsonObject:
    """Where the pods of a Steps or DAG template may run, unless their own templates say so."""
    boundary = node.boundary
    if boundary is None or boundary.template is None or boundary.scope is None:
        return {}
    template = boundary.template.template
    if not (template.node_selector or template.tolerations or template.affinity):
        return {}
    body = cast(JsonObject, boundary.template.body.render(boundary.scope, Mode.LENIENT))
    return {field: body[field] for field in _INHERITED if body.get(field)}


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
    limits: list[tuple[datetime, str]] = []
    active = body.get("activeDeadlineSeconds")
    if active is not None and active != "":
        limits.append((add(ctx.now, parse_duration(str(active))), pod_message))
    timeout = body.get("timeout")
    if timeout:
        limits.append((add(node.started_at, parse_duration(str(timeout))), pod_message))
    workflow = ctx.deadline
    if workflow is not None and not node.on_exit:
        limits.append((workflow, step_message))
    if node.deadline is not None:
        limits.append((node.deadline, step_message))
    return min(limits) if limits else (None, pod_message)
