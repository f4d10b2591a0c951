"""The Kubernetes manifest of a node's pod, the same for every runtime (``spec/engine.md`` 6.2, 10.1).

What Argo adds for its own executor (init and wait containers, their volumes) is not here: a runtime does that work.
"""

from __future__ import annotations

import json
from typing import cast

from tiphys.core.engine import podgc
from tiphys.core.engine.antiaffinity import avoid_failed_hosts
from tiphys.core.engine.context import Context
from tiphys.core.engine.node import Node
from tiphys.core.engine.traceids import span_id, trace_id, traceparent
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.plan.claims import claim_name
from tiphys.core.plan.podpatch import parse_patch, patched
from tiphys.core.template.render import Mode

PREFIX = "workflows.argoproj.io"
SCRIPT_PATH = "/argo/staging/script"
#: Annotation: JSON object of main container → names of those that must end well first (container sets).
CONTAINER_SET = "tiphys.dev/container-set"
#: Field of a template, field of the workflow that stands in for it, field of the pod.
_CHOSEN = (
    ("nodeSelector", "nodeSelector", "nodeSelector"),
    ("tolerations", "tolerations", "tolerations"),
    ("affinity", "affinity", "affinity"),
    ("securityContext", "securityContext", "securityContext"),
    ("schedulerName", "schedulerName", "schedulerName"),
    ("priorityClassName", "podPriorityClassName", "priorityClassName"),
    ("serviceAccountName", "serviceAccountName", "serviceAccountName"),
    ("automountServiceAccountToken", "automountServiceAccountToken", "automountServiceAccountToken"),
    ("podResources", "podResources", "resources"),
    ("resourceClaims", "resourceClaims", "resourceClaims"),
)
#: Those that the template which calls hands down.
_INHERITED = ("nodeSelector", "tolerations", "affinity")
_OWN = frozenset(own for own, _, _ in _CHOSEN) | {"hostAliases"}
#: Fields of a container that name volumes.
_MOUNTS = ("volumeMounts", "volumeDevices")
#: Fields that only the workflow has.
_SHARED = ("hostNetwork", "dnsPolicy", "dnsConfig", "imagePullSecrets")


def pod_manifest(
    ctx: Context, node: Node, body: JsonObject, name: str, *, captures: bool, seconds: int | None = None
) -> JsonObject:
    """The pod of a node whose template is rendered as ``body``; it may be active for ``seconds``.

    Raises:
        TemplateError: a tag of the workflow's part cannot be resolved.
        ValueError: a volume is mounted that nobody declares, or a patch cannot be applied.
    """
    mains = [_with_defaults(ctx, main) for main in _mains(body)]
    shared = cast(JsonObject, ctx.plan.pod_spec.render(node.scope, Mode.LENIENT)) if node.scope is not None else {}
    spec: JsonObject = {"restartPolicy": "Never", **_placement(body, _of_boundary(node), shared)}
    containers = [_with_env(ctx, node, main, captures=captures) for main in mains]
    sidecars = [_mirrored(item, mains) for item in _objects(body.get("sidecars"))]
    first = [_mirrored(item, mains) for item in _objects(body.get("initContainers"))]
    spec["containers"] = cast(JsonValue, containers + sidecars)
    if first:
        spec["initContainers"] = cast(JsonValue, first)
    volumes = _volumes(ctx, body, shared, containers + sidecars + first)
    if volumes:
        spec["volumes"] = cast(JsonValue, volumes)
    if seconds is not None:
        spec["activeDeadlineSeconds"] = seconds
    for patch in (shared.get("podSpecPatch"), body.get("podSpecPatch")):
        if patch:
            spec = patched(spec, parse_patch(str(patch)))
    grace = ctx.plan.pods.grace_seconds
    if grace is not None:
        spec = {"terminationGracePeriodSeconds": grace, **spec}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(ctx, node, name, body, mains),
        "spec": avoid_failed_hosts(ctx, node, spec),
    }


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _mains(body: JsonObject) -> list[JsonObject]:
    """The containers that do the template's work; none for templates that run without containers."""
    container = body.get("container")
    if isinstance(container, dict):
        return [{**container, "name": "main"}]
    script = body.get("script")
    if isinstance(script, dict):
        main: JsonObject = {key: value for key, value in script.items() if key != "source"}
        if script.get("source"):
            main["args"] = [*cast("list[JsonValue]", main.get("args") or []), SCRIPT_PATH]
        return [{**main, "name": "main"}]
    container_set = body.get("containerSet")
    if not isinstance(container_set, dict):
        return []
    mounts = cast("list[JsonValue]", container_set.get("volumeMounts") or [])
    return [_member(item, mounts) for item in _objects(container_set.get("containers"))]


def _with_defaults(ctx: Context, main: JsonObject) -> JsonObject:
    """A main container over the one of the configuration, as Kubernetes merges them."""
    defaults = ctx.plan.pods.main_container
    if not defaults:
        return main
    merged = patched({"containers": [{**defaults, "name": main["name"]}]}, {"containers": [main]})
    return cast("list[JsonObject]", merged["containers"])[0]


def _member(container: JsonObject, mounts: list[JsonValue]) -> JsonObject:
    """A container of a set, with what the set mounts in all of them."""
    found: JsonObject = {key: value for key, value in container.items() if key != "dependencies"}
    if mounts:
        found["volumeMounts"] = [*cast("list[JsonValue]", found.get("volumeMounts") or []), *mounts]
    return found


def _mirrored(container: JsonObject, mains: list[JsonObject]) -> JsonObject:
    """A sidecar or init container, with the mounts of the main containers if it asks for them."""
    found: JsonObject = {key: value for key, value in container.items() if key != "mirrorVolumeMounts"}
    if container.get("mirrorVolumeMounts"):
        mounts = [mount for main in mains for mount in cast("list[JsonValue]", main.get("volumeMounts") or [])]
        if mounts:
            found["volumeMounts"] = [*cast("list[JsonValue]", found.get("volumeMounts") or []), *mounts]
    return found


def _with_env(ctx: Context, node: Node, container: JsonObject, *, captures: bool) -> JsonObject:
    """A main container with the variables that Argo sets; its own ones of the same name win."""
    own = _objects(container.get("env"))
    known = {item.get("name") for item in own}
    values = {
        "ARGO_CONTAINER_NAME": str(container.get("name") or ""),
        "ARGO_NODE_ID": str(node.id),
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "true" if captures else "false",
        "ARGO_WORKFLOW_NAME": ctx.plan.identity.name,
    }
    if ctx.plan.pods.traced:
        values["TRACEPARENT"] = traceparent(ctx.plan.identity.uid, node.id)
    added = [{"name": name, "value": value} for name, value in values.items() if name not in known]
    return {**container, "env": cast(JsonValue, own + added)}


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


def _placement(body: JsonObject, outer: JsonObject, shared: JsonObject) -> JsonObject:
    if not shared and not outer and _OWN.isdisjoint(body):  # as most are
        return {}
    found: JsonObject = {name: shared[name] for name in _SHARED if name in shared}
    for own, other, name in _CHOSEN:
        for source, field in ((body, own), (outer, own), (shared, other)):
            # False is a value, an empty map or list is none.
            if field in source and source[field] not in (None, "", [], {}):
                found[name] = source[field]
                break
    aliases = [*_objects(shared.get("hostAliases")), *_objects(body.get("hostAliases"))]
    if aliases:
        found["hostAliases"] = cast(JsonValue, aliases)
    return found


def _volumes(ctx: Context, body: JsonObject, shared: JsonObject, containers: list[JsonObject]) -> list[JsonObject]:
    """The volumes that are mounted: the template's own, the workflow's, its claims.

    Raises:
        ValueError: nobody declares a volume that is mounted.
    """
    if not any(field in container for container in containers for field in _MOUNTS):
        return []
    known: dict[str, JsonObject] = {}
    for item in _objects(shared.get("volumeClaimTemplates")):
        name = str(cast(JsonObject, item.get("metadata") or {}).get("name"))
        claim: JsonObject = {"claimName": claim_name(ctx.plan.identity.name, name)}
        known[name] = {"name": name, "persistentVolumeClaim": claim}
    for item in (*_objects(shared.get("volumes")), *_objects(body.get("volumes"))):
        known[str(item.get("name"))] = item
    found: dict[str, JsonObject] = {}
    for container in containers:
        for mount in (item for field in _MOUNTS for item in _objects(container.get(field))):
            name = str(mount.get("name"))
            if name not in known:
                raise ValueError(f"volume '{name}' not found in workflow spec")
            found[name] = known[name]
    return list(found.values())


def _metadata(ctx: Context, node: Node, name: str, body: JsonObject, mains: list[JsonObject]) -> JsonObject:
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
    }
    if ctx.plan.pods.traced:
        annotations[f"{PREFIX}/trace-id"] = f"{trace_id(workflow.uid):032x}"
        annotations[f"{PREFIX}/span-id"] = f"{span_id(workflow.uid, node.id):016x}"
    if mains:
        names = [str(main.get("name")) for main in mains]
        annotations["kubectl.kubernetes.io/default-container"] = "main" if "main" in names else names[-1]
    gc = ctx.plan.spec.pod_gc
    if gc is not None:
        annotations[podgc.ANNOTATION] = podgc.shown(gc, ctx.plan.pods.delete_delay)
    container_set = body.get("containerSet")
    if isinstance(container_set, dict):
        order = {str(c.get("name")): c.get("dependencies") or [] for c in _objects(container_set.get("containers"))}
        annotations[CONTAINER_SET] = json.dumps(order)
    return {"name": name, "namespace": workflow.namespace, "labels": labels, "annotations": annotations}
