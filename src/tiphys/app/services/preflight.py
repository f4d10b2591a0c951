"""What the runtime says about a workflow's pods before anything starts: refused, or ignored with a note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import msgspec

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.template import Template
from tiphys.core.manifest.model.workflow import Workflow, WorkflowSpec
from tiphys.errors import UnsupportedError
from tiphys.ports.runtime import PodRuntime


def preflight(workflow: Workflow, runtime: PodRuntime) -> list[str]:
    """The notes about ignored fields, each once; an image that selects nothing is no news and left out.

    Raises:
        UnsupportedError: the runtime cannot honour something; names every field.
    """
    spec = workflow.spec or WorkflowSpec()
    shared = cast("list[JsonValue]", msgspec.to_builtins(spec.volumes or ()))
    refused: list[str] = []
    notes: dict[str, str] = {}
    for template in _pods(spec.templates or ()):
        for item in runtime.check(_manifest(template, list(shared))):
            field = item.path.rpartition(".")[2]
            if not item.ignored:
                refused.append(f"templates.{template.name or 'inline'}: {item.message}")
            elif field != "image":
                notes.setdefault(field, f"{field} is ignored: {item.message}")
    if refused:
        name = workflow.metadata.name if workflow.metadata is not None else None
        raise UnsupportedError("; ".join(dict.fromkeys(refused)), "nothing was started", name)
    return list(notes.values())


def _pods(templates: tuple[Template, ...]) -> Iterator[Template]:
    """All templates that run as pods, inline ones too."""
    for template in templates:
        if template.container is not None or template.script is not None:
            yield template
        inline = [step.inline for group in template.steps or () for step in group]
        inline += [task.inline for task in (template.dag.tasks or () if template.dag is not None else ())]
        yield from _pods(tuple(item for item in inline if item is not None))


def _manifest(template: Template, volumes: list[JsonValue]) -> JsonObject:
    """The pod of a template with its tags unresolved."""
    data = cast(JsonObject, msgspec.to_builtins(template))
    main = dict(cast(JsonObject, data.get("container") or data.get("script") or {}))
    main["name"] = "main"
    sidecars = cast("list[JsonValue]", data.get("sidecars") or [])
    own = cast("list[JsonValue]", data.get("volumes") or [])
    spec: JsonObject = {"containers": [main, *sidecars], "volumes": [*volumes, *own]}
    if data.get("initContainers"):
        spec["initContainers"] = data["initContainers"]
    for field in ("securityContext", "nodeSelector", "affinity", "tolerations"):
        if data.get(field):
            spec[field] = data[field]
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec}
