"""What of a Pod manifest this runtime cannot honour; asked before a workflow starts, tags unresolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.adapters.runtimes.process import images as image_table
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import Refusal

_VOLUMES = frozenset({"emptyDir", "hostPath"})
_FIELDS = ("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels[", "metadata.annotations[")
_IGNORED_OF_CONTAINER = {
    "resources": "limits and requests are not enforced by the process runtime",
    "securityContext": "securityContext is not applied by the process runtime",
    "ports": "ports are the machine's own in the process runtime",
    "livenessProbe": "probes are not run by the process runtime",
    "readinessProbe": "probes are not run by the process runtime",
    "startupProbe": "probes are not run by the process runtime",
    "lifecycle": "lifecycle handlers are not run by the process runtime",
}
_IGNORED_OF_POD = {
    "securityContext": "securityContext is not applied by the process runtime",
    "nodeSelector": "there is one machine: nodeSelector is not used",
    "affinity": "there is one machine: affinity is not used",
    "tolerations": "there is one machine: tolerations are not used",
    "serviceAccountName": "service accounts are not used by the process runtime",
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
        if entry is None and "image" not in ignored:
            ignored.add("image")
            found.append(Refusal(f"{path}.image", "images are not used by the process runtime", ignored=True))
        if entry is None and not container.get("command") and "{{" not in image:
            text = f"no command, and no entry point is known for image {image!r}; set command or configure the image"
            found.append(Refusal(f"{path}.command", text))
    for name, text in _IGNORED_OF_CONTAINER.items():
        if container.get(name) and name not in ignored:
            ignored.add(name)
            found.append(Refusal(f"{path}.{name}", text, ignored=True))
    for index, source in enumerate(_objects(container.get("envFrom"))):
        if not _optional(source):
            found.append(Refusal(f"{path}.envFrom[{index}]", "envFrom is not available in the process runtime"))
    for index, variable in enumerate(_objects(container.get("env"))):
        found += _variable(f"{path}.env[{index}].valueFrom", _object(variable.get("valueFrom")))
    return found


def _variable(path: str, source: JsonObject) -> list[Refusal]:
    found = []
    for kind, value in source.items():
        field = _object(value).get("fieldPath")
        if kind == "fieldRef" and isinstance(field, str) and field.startswith(_FIELDS):
            continue
        if kind in {"secretKeyRef", "configMapKeyRef"} and _object(value).get("optional") is True:
            continue
        what = f"fieldRef {field!r}" if kind == "fieldRef" else kind
        found.append(Refusal(f"{path}.{kind}", f"{what} is not available in the process runtime"))
    return found


def _optional(source: JsonObject) -> bool:
    return any(_object(value).get("optional") is True for value in source.values())


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
