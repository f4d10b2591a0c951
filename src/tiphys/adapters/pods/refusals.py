"""What of a Pod manifest no runtime on one machine can honour; asked before a workflow starts, tags unresolved."""

from __future__ import annotations

from collections.abc import Iterator

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import Refusal

_VOLUMES = frozenset(
    {"emptyDir", "hostPath", "configMap", "secret", "projected", "downwardAPI", "persistentVolumeClaim"}
)
_IGNORED = {
    "nodeSelector": "there is one machine",
    "affinity": "there is one machine",
    "tolerations": "there is one machine",
    "topologySpreadConstraints": "there is one machine",
    "resourceClaims": "devices are not claimed on one machine",
    "schedulerName": "there is one machine",
    "priorityClassName": "there is one machine and no preemption",
    "runtimeClassName": "there is one runtime",
    "resources": "limits are kept for each container, not for the pod as a whole",
}
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_GROUPS = ("initContainers", "containers")


def refusals_of_pod(manifest: JsonObject, runtime: str, *, host_paths: bool) -> list[Refusal]:
    """List what cannot be honoured, refusals and ignored fields alike.

    ``runtime`` is its name; ``host_paths`` says whether the configuration allows any: which one is asked when the pod
    starts, because tags may stand in the path.
    """
    spec = _object(manifest.get("spec"))
    found = [Refusal(f"spec.{name}", text, ignored=True) for name, text in _IGNORED.items() if spec.get(name)]
    for index, volume in enumerate(_objects(spec.get("volumes"))):
        path = f"spec.volumes[{index}]"
        for kind in volume:
            if kind != "name" and kind not in _VOLUMES:
                text = f"volumes of kind {kind} are not available in the {runtime} runtime"
                found.append(Refusal(f"{path}.{kind}", text))
        if "hostPath" in volume and not host_paths:
            found.append(Refusal(f"{path}.hostPath", "the configuration allows no hostPath directory"))
    for path, container in containers_of(manifest):
        if container.get("volumeDevices"):
            text = "block devices are not available on one machine"
            found.append(Refusal(f"{path}.volumeDevices", text, ignored=True))
        for probe in _PROBES:
            if "grpc" in _object(container.get(probe)):
                text = "probes by gRPC are not asked on one machine: use tcpSocket, httpGet or exec"
                found.append(Refusal(f"{path}.{probe}.grpc", text))
    return found


def containers_of(manifest: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Each container of a manifest with its path."""
    spec = _object(manifest.get("spec"))
    for group in _GROUPS:
        for index, container in enumerate(_objects(spec.get(group))):
            yield f"spec.{group}[{index}]", container


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
