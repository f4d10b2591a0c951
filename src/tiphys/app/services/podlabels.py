"""What the pod of a node is called and labelled, as far as the workflow says it without running it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from tiphys.app.services.objects import moment
from tiphys.core.engine import naming, podgc
from tiphys.core.manifest.model.meta import ObjectMeta
from tiphys.core.manifest.model.workflow import NodeStatus, Workflow, WorkflowSpec, WorkflowStatus
from tiphys.core.objects.meta import labels_of
from tiphys.core.plan.executed import executed_spec
from tiphys.ports.runtime import PodRequest

#: A simple tag; expressions are left to the engine.
_TAG = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_PREFIX = "workflows.argoproj.io"


def pod_uid(workflow: str, node: str) -> str:
    """The uid under which the pod of a node is seen, by the workflow's uid and the node's id."""
    digest = sha256(f"{workflow}/{node}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def pod_name_of(workflow: str, status: NodeStatus) -> str:
    """The pod of a Pod node, from what its status shows."""
    ref = status.template_ref
    template = ref.template if ref is not None else status.template_name
    return naming.pod_name(workflow, status.name or "", template or "")


def pod_labels(workflow: Workflow, node: NodeStatus, asked: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Those of every pod, of ``podMetadata`` and of the node's template.

    ``asked`` are those with which the pod was started, where that is known; else what tags stand for is taken from
    the node's inputs and the workflow, and labels with other tags are left out.
    """
    spec = executed_spec(workflow)
    template = next((item for item in spec.templates or () if item.name == node.template_name), None)
    given = {
        **((spec.pod_metadata.labels if spec.pod_metadata else None) or {}),
        **((template.metadata.labels if template is not None and template.metadata else None) or {}),
    }
    labels = {
        **(asked or _filled_in(given, _values(workflow, spec, node))),
        f"{_PREFIX}/workflow": (workflow.metadata.name if workflow.metadata else None) or "",
    }
    phase = (workflow.status.phase if workflow.status is not None else None) or ""
    kept = podgc.fate(spec.pod_gc, labels, node, phase) is podgc.Fate.KEPT
    return {**labels, f"{_PREFIX}/completed": str(kept).lower()}


def _filled_in(labels: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """The labels with the values of their tags, without those that have a tag of which no value is known."""
    found = {key: _TAG.sub(lambda tag: values.get(tag[1], tag[0]), value) for key, value in labels.items()}
    return {key: value for key, value in found.items() if "{{" not in key + value}


def _values(workflow: Workflow, spec: WorkflowSpec, node: NodeStatus) -> dict[str, str]:
    """What simple tags in the labels of a template most often stand for."""
    meta = workflow.metadata or ObjectMeta()
    found = {"name": meta.name, "namespace": meta.namespace, "uid": meta.uid}
    values = {f"workflow.{key}": value for key, value in found.items() if value}
    for prefix, place in (("workflow", spec.arguments), ("inputs", node.inputs)):
        for each in (place.parameters if place is not None else None) or ():
            if each.value is not None:
                values[f"{prefix}.parameters.{each.name}"] = str(each.value)
    return values


def asked_labels(request: PodRequest | None) -> Mapping[str, str] | None:
    """The labels with which a pod was started."""
    return None if request is None else labels_of(request.manifest)


def is_deleted(
    workflow: Workflow, node: NodeStatus, now: datetime, default_delay: str, asked: Mapping[str, str] | None = None
) -> bool:
    """Whether ``podGC`` has deleted the pod of a node by now: it follows from the workflow and the node."""
    gc, status = executed_spec(workflow).pod_gc, workflow.status or WorkflowStatus()
    if gc is None:
        return False
    if podgc.fate(gc, pod_labels(workflow, node, asked), node, status.phase or "") is not podgc.Fate.DELETED:
        return False
    due = podgc.deleted_at(gc, moment(node.finished_at), moment(status.finished_at), default_delay)
    return due is not None and due <= now
