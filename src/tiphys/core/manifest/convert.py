"""Old forms of manifests → those of today: singular fields that became lists (``spec/cli.md`` 6, ``convert``)."""

from __future__ import annotations

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue

_SPEC_KINDS = {
    "Workflow": ("spec",),
    "WorkflowTemplate": ("spec",),
    "ClusterWorkflowTemplate": ("spec",),
    "CronWorkflow": ("spec", "workflowSpec"),
}


def convert(document: JsonValue) -> JsonValue:
    """The document in today's form; other kinds pass through.  Pure: the document given is not changed."""
    if not isinstance(document, dict) or document.get("kind") not in _SPEC_KINDS:
        return document
    converted = dict(document)
    if document["kind"] == "CronWorkflow":
        converted["spec"] = _schedules(converted.get("spec"))
    path = _SPEC_KINDS[str(document["kind"])]
    return _at(converted, path)


def _at(data: JsonObject, path: tuple[str, ...]) -> JsonObject:
    inner = data.get(path[0])
    if not isinstance(inner, dict):
        return data
    return {**data, path[0]: _at(inner, path[1:]) if len(path) > 1 else _spec(inner)}


def _schedules(spec: JsonValue) -> JsonValue:
    """``schedule`` becomes the list, whatever else stands there."""
    if not isinstance(spec, dict) or "schedule" not in spec:
        return spec
    rest = {key: value for key, value in spec.items() if key != "schedule"}
    return {**rest, "schedules": [spec["schedule"]]} if spec["schedule"] else rest


def _spec(spec: JsonObject) -> JsonObject:
    converted = _synchronized(spec)
    templates = converted.get("templates")
    if isinstance(templates, list):
        converted["templates"] = [_synchronized(each) if isinstance(each, dict) else each for each in templates]
    return converted


def _synchronized(holder: JsonObject) -> JsonObject:
    """``mutex`` and ``semaphore`` are appended to their lists."""
    found = holder.get("synchronization")
    if not isinstance(found, dict):
        return dict(holder)
    synchronization = dict(found)
    for one, many in (("mutex", "mutexes"), ("semaphore", "semaphores")):
        value = synchronization.pop(one, None)
        if value:
            present = synchronization.get(many)
            synchronization[many] = [*(present if isinstance(present, list) else []), value]
    return {**holder, "synchronization": synchronization}
