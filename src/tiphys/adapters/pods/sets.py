"""Roles, order and attempts of a pod's containers."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tiphys.adapters.pods.manifest import CONTAINER_SET, Pod
from tiphys.core.engine.durations import SECOND, parse_duration
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import PodRequest


class ContainerSet(Struct, frozen=True):
    """Main containers that depend on each other; each is run up to ``attempts`` times, ``pause`` seconds apart."""

    needs: Mapping[str, tuple[str, ...]]
    attempts: int = 1
    pause: float = 0.0


def container_set(request: PodRequest, pod: Pod) -> ContainerSet | None:
    """What the template (or the annotation) says of a container set; None for other pods.

    Raises:
        msgspec.ValidationError: The annotation is malformed.
        ValueError: A duration or count is malformed.
    """
    found = _object(request.template.get("containerSet"))
    needs = _needs(pod, found)
    if needs is None:
        return None
    retry = _object(found.get("retryStrategy"))
    retries, duration = retry.get("retries"), retry.get("duration")
    return ContainerSet(
        needs,
        attempts=max(1, int(str(retries))) if retries is not None else 1,
        pause=parse_duration(str(duration)) / SECOND if duration else 0.0,
    )


def _needs(pod: Pod, template: JsonObject) -> dict[str, tuple[str, ...]] | None:
    """Container → those that it waits for, as the annotation says, else as the template does."""
    text = pod.metadata.annotations.get(CONTAINER_SET)
    if text is not None:
        return msgspec.json.decode(text, type=dict[str, tuple[str, ...]])
    if not template:
        return None
    containers = template.get("containers")
    return {
        str(item.get("name")): tuple(str(name) for name in _list(item.get("dependencies")))
        for item in map(_object, containers if isinstance(containers, list) else [])
    }


def role_of(pod: Pod, name: str, group: ContainerSet | None) -> str:
    """``main`` or ``sidecar``."""
    if group is not None:
        return "main" if name in group.needs else "sidecar"
    has_main = any(item.name == "main" for item in pod.spec.containers)
    return "main" if name == "main" or not has_main else "sidecar"


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
