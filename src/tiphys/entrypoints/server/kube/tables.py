"""``Table`` objects: what ``kubectl get`` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.objects.kinds import ARGO, Kind
from tiphys.core.objects.meta import metadata_of, text

Cell = Callable[[JsonObject], JsonValue]


def wants_table(accept: str) -> bool:
    """Whether the first form that an ``Accept`` header names is a table."""
    return "as=Table" in accept.split(",", maxsplit=1)[0].replace(" ", "")


def table(kind: Kind, items: Sequence[JsonObject], metadata: JsonObject, now: datetime) -> JsonObject:
    """Objects as rows; each row carries the object's metadata."""
    columns: list[tuple[str, Cell]] = [("Name", lambda item: text(metadata_of(item), "name"))]
    columns += _COLUMNS.get((kind.group, kind.kind), [])
    definitions: list[JsonValue] = [
        {"name": name, "type": "string", "format": "name" if name == "Name" else "", "description": name, "priority": 0}
        for name, _ in (*columns, ("Age", None))
    ]
    rows: list[JsonValue] = [
        {"cells": [*(cell(item) for _, cell in columns), _age(item, now)], "object": _partial(item)} for item in items
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": definitions,
        "rows": rows,
    }


def _partial(item: JsonObject) -> JsonObject:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata_of(item)}


def _age(item: JsonObject, now: datetime) -> str:
    created = text(metadata_of(item), "creationTimestamp")
    if not created:
        return "<unknown>"
    seconds = max(0, int((now - datetime.fromisoformat(created)).total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _at(*path: str) -> Cell:
    def cell(item: JsonObject) -> JsonValue:
        found: JsonValue = item
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return "" if found is None else str(found)

    return cell


def _about(item: JsonObject) -> JsonValue:
    """What an event is about, as kubectl names it."""
    kind, name = (_at("involvedObject", key)(item) for key in ("kind", "name"))
    return f"{str(kind).lower()}/{name}"


def _size(item: JsonObject) -> JsonValue:
    data = item.get("data")
    return str(len(data)) if isinstance(data, dict) else "0"


def _schedules(item: JsonObject) -> JsonValue:
    """All moments of a CronWorkflow, of the old field too."""
    spec = item.get("spec")
    several = spec.get("schedules") if isinstance(spec, dict) else None
    return ",".join(map(str, several)) if isinstance(several, list) else _at("spec", "schedule")(item)


def _states(item: JsonObject) -> list[JsonObject]:
    """The statuses of a pod's containers; none of a pod that is over."""
    status = item.get("status")
    found = status.get("containerStatuses") if isinstance(status, dict) else None
    return [state for state in found if isinstance(state, dict)] if isinstance(found, list) else []


def _ready(item: JsonObject) -> JsonValue:
    """How many containers of a pod are ready, of how many."""
    spec = item.get("spec")
    containers = spec.get("containers") if isinstance(spec, dict) else None
    ready = sum(1 for state in _states(item) if state.get("ready") is True)
    return f"{ready}/{len(containers) if isinstance(containers, list) else 0}"


def _restarts(item: JsonObject) -> JsonValue:
    counts = [state.get("restartCount") for state in _states(item)]
    return str(sum(count for count in counts if isinstance(count, int)))


def _pod_status(item: JsonObject) -> JsonValue:
    """One word for a pod, as kubectl has it: why a container waits or ended, before the phase of the whole."""
    if text(metadata_of(item), "deletionTimestamp"):
        return "Terminating"
    phase, states = _at("status", "phase")(item), _states(item)
    found = _at("status", "reason")(item) or _ENDED.get(str(phase), phase)
    for state in reversed(states):
        told = state.get("state")
        for name in ("waiting", "terminated"):
            found = _at(name, "reason")(told) if isinstance(told, dict) and _at(name, "reason")(told) else found
    runs = any(state.get("ready") is True for state in states)
    return "Running" if found == "Completed" and runs else found


def _suspended(item: JsonObject) -> JsonValue:
    return "true" if _at("spec", "suspend")(item) == "True" else "false"


#: What kubectl calls pods that are over, if none of their containers says more.
_ENDED = {"Succeeded": "Completed", "Failed": "Error"}

_COLUMNS: dict[tuple[str, str], list[tuple[str, Cell]]] = {
    (ARGO, "Workflow"): [("Status", _at("status", "phase")), ("Message", _at("status", "message"))],
    (ARGO, "CronWorkflow"): [("Schedules", _schedules), ("Suspended", _suspended)],
    ("", "Event"): [
        ("Type", _at("type")),
        ("Reason", _at("reason")),
        ("Object", _about),
        ("Message", _at("message")),
    ],
    ("", "Pod"): [("Ready", _ready), ("Status", _pod_status), ("Restarts", _restarts)],
    ("", "Secret"): [("Type", _at("type")), ("Data", _size)],
    ("", "ConfigMap"): [("Data", _size)],
    ("", "PersistentVolumeClaim"): [("Status", _at("status", "phase"))],
    ("", "Namespace"): [("Status", _at("status", "phase"))],
}
