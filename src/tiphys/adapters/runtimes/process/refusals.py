"""What of a Pod manifest this runtime cannot honour; asked before a workflow starts, tags unresolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.adapters.runtimes.process import images as image_table
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import Refusal

_VOLUMES = frozenset(
    {"emptyDir", "hostPath", "configMap", "secret", "projected", "downwardAPI", "persistentVolumeClaim"}
)
_IGNORED_OF_CONTAINER = {
    "volumeDevices": "block devices are not available in the process runtime",
}
_IGNORED_OF_SECURITY = {
    "capabilities": "capabilities are those of the sandbox in the process runtime",
    "privileged": "nothing is privileged in the process runtime",
    "seccompProfile": "seccompProfile is not applied by the process runtime",
    "seLinuxOptions": "seLinuxOptions is not applied by the process runtime",
    "appArmorProfile": "appArmorProfile is not applied by the process runtime",
    "sysctls": "sysctls are the machine's own in the process runtime",
}
_IGNORED_OF_POD = {
    "nodeSelector": "there is one machine: nodeSelector is not used",
    "affinity": "there is one machine: affinity is not used",
    "tolerations": "there is one machine: tolerations are not used",
    "topologySpreadConstraints": "there is one machine: topologySpreadConstraints are not used",
    "resourceClaims": "devices are not claimed on one machine: resourceClaims is not used",
    "schedulerName": "there is one machine: schedulerName is not used",
    "priorityClassName": "there is one machine and no preemption: priorityClassName is not used",
    "runtimeClassName": "there is one runtime: runtimeClassName is not used",
    "resources": "limits are kept for each container: those of the pod as a whole are not used",
    "dnsConfig": "names are resolved as on the machine: dnsConfig is not used",
    "imagePullSecrets": "images are not pulled by the process runtime",
}


def refusals(
    manifest: JsonObject, images: Mapping[str, ImageEntry], *, sandboxed: bool, host_paths: bool
) -> Sequence[Refusal]:
    """List what cannot be honoured, refusals and ignored fields alike, in the order of the manifest.

    ``host_paths`` says whether the configuration allows any; which one is asked when the pod starts, because tags
    may stand in the path.
    """
    spec = _object(manifest.get("spec"))
    found = [Refusal(f"spec.{name}", text, ignored=True) for name, text in _IGNORED_OF_POD.items() if spec.get(name)]
    found += _security("spec.securityContext", _object(spec.get("securityContext")))
    for index, volume in enumerate(_objects(spec.get("volumes"))):
        found += _volume(f"spec.volumes[{index}]", volume, host_paths)
    ignored: set[str] = set()
    for group in ("initContainers", "containers"):
        for index, container in enumerate(_objects(spec.get(group))):
            path = f"spec.{group}[{index}]"
            found += _container(path, container, images, ignored)
            if not sandboxed and container.get("volumeMounts"):
                found.append(Refusal(f"{path}.volumeMounts", "volumes need the sandbox, which is off"))
    return found


def _volume(path: str, volume: JsonObject, host_paths: bool) -> list[Refusal]:
    kinds = [name for name in volume if name != "name"]
    found = [
        Refusal(f"{path}.{kind}", f"volumes of kind {kind} are not available in the process runtime")
        for kind in kinds
        if kind not in _VOLUMES
    ]
    if "hostPath" in kinds and not host_paths:
        found.append(Refusal(f"{path}.hostPath", "the configuration allows no hostPath directory"))
    return found


def _container(path: str, container: JsonObject, images: Mapping[str, ImageEntry], ignored: set[str]) -> list[Refusal]:
    found: list[Refusal] = []
    image = container.get("image")
    if isinstance(image, str):
        entry = image_table.find(images, image)
        if not (entry is not None and entry.programs) and "image" not in ignored:
            ignored.add("image")
            found.append(Refusal(f"{path}.image", "images are not used by the process runtime", ignored=True))
        if entry is None and not container.get("command") and "{{" not in image:
            text = f"no command, and no entry point is known for image {image!r}; set command or configure the image"
            found.append(Refusal(f"{path}.command", text))
    for name, text in _IGNORED_OF_CONTAINER.items():
        if container.get(name) and name not in ignored:
            ignored.add(name)
            found.append(Refusal(f"{path}.{name}", text, ignored=True))
    found += _security(f"{path}.securityContext", _object(container.get("securityContext")))
    return found


def _security(path: str, context: JsonObject) -> list[Refusal]:
    return [
        Refusal(f"{path}.{name}", text, ignored=True)
        for name, text in _IGNORED_OF_SECURITY.items()
        if context.get(name)
    ]


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
