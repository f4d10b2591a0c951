"""What of a Pod manifest this runtime cannot honour; asked before a workflow starts, tags unresolved."""

from __future__ import annotations

from collections.abc import Sequence

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import Refusal

_VOLUMES = frozenset(
    {"emptyDir", "hostPath", "configMap", "secret", "projected", "downwardAPI", "persistentVolumeClaim"}
)
_IGNORED = {
    "nodeSelector": "there is one machine: nodeSelector is not used",
    "affinity": "there is one machine: affinity is not used",
    "tolerations": "there is one machine: tolerations are not used",
    "topologySpreadConstraints": "there is one machine: topologySpreadConstraints are not used",
    "resourceClaims": "devices are not claimed on one machine: resourceClaims is not used",
    "schedulerName": "there is one machine: schedulerName is not used",
    "priorityClassName": "there is one machine and no preemption: priorityClassName is not used",
    "resources": "limits are kept for each container: those of the pod as a whole are not used",
}


def refusals(manifest: JsonObject, *, host_paths: bool) -> Sequence[Refusal]:
    """List what cannot be honoured, refusals and ignored fields alike, in the order of the manifest."""
    spec = _object(manifest.get("spec"))
    found = [Refusal(f"spec.{name}", text, ignored=True) for name, text in _IGNORED.items() if spec.get(name)]
    for index, volume in enumerate(_objects(spec.get("volumes"))):
        path = f"spec.volumes[{index}]"
        for kind in volume:
            if kind != "name" and kind not in _VOLUMES:
                text = f"volumes of kind {kind} are not available in the container runtime"
                found.append(Refusal(f"{path}.{kind}", text))
        if "hostPath" in volume and not host_paths:
            found.append(Refusal(f"{path}.hostPath", "the configuration allows no hostPath directory"))
    return found


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
