"""What our routes below ``/api/x/v1`` answer with, as records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from tiphys.core.engine.facts import Fact
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.errors import RemoteError
from tiphys.ports.api import PlannedNode

_T = TypeVar("_T")
_NODE = "workflows.argoproj.io/node-"


class _PlannedNode(Struct, frozen=True, rename="camel"):
    action: str
    name: str
    display_name: str
    type: str
    phase: str


class _Metadata(Struct, frozen=True):
    annotations: dict[str, str] = {}


class _Involved(Struct, frozen=True):
    kind: str
    name: str


class _Event(Struct, frozen=True, rename="camel"):
    metadata: _Metadata
    involved_object: _Involved
    reason: str
    message: str
    type: str
    first_timestamp: datetime
    event_time: datetime | None = None


def converted(data: JsonValue, kind: type[_T]) -> _T:
    """An answer as a record.

    Raises:
        RemoteError: it has another shape.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise RemoteError(f"the server's answer cannot be read: {error}", "is it of another version?") from None


def planned(data: JsonValue) -> list[PlannedNode]:
    """The nodes of a retry's plan.

    Raises:
        RemoteError: it is no plan.
    """
    return [PlannedNode(**msgspec.structs.asdict(node)) for node in converted(data, list[_PlannedNode])]


def fact_of(data: JsonValue) -> Fact:
    """The fact that a Kubernetes Event tells of.

    Raises:
        RemoteError: it is no Event.
    """
    event = converted(data, _Event)
    annotations, about = event.metadata.annotations, event.involved_object
    started = int(annotations.get(f"{_NODE}start-time") or 0)
    return Fact(
        reason=event.reason,
        message=event.message,
        time=event.event_time or event.first_timestamp,
        type=event.type,
        node_name=annotations.get(f"{_NODE}name", ""),
        node_id=annotations.get(f"{_NODE}id", ""),
        node_type=annotations.get(f"{_NODE}type", ""),
        node_started=datetime.fromtimestamp(started // 1_000_000_000, UTC) if started else None,
        pod=about.name if about.kind == "Pod" else "",
    )
