"""What of a Pod manifest this runtime cannot honour; asked before a workflow starts, tags unresolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiphys.adapters.pods.refusals import containers_of, refusals_of_pod
from tiphys.adapters.runtimes.process import images as image_table
from tiphys.adapters.runtimes.process.images import ImageEntry
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.ports.runtime import Refusal

_IGNORED_OF_SECURITY = {
    "capabilities": "capabilities are those of the sandbox in the process runtime",
    "privileged": "nothing is privileged in the process runtime",
    "seccompProfile": "seccompProfile is not applied by the process runtime",
    "seLinuxOptions": "seLinuxOptions is not applied by the process runtime",
    "appArmorProfile": "appArmorProfile is not applied by the process runtime",
    "sysctls": "sysctls are the machine's own in the process runtime",
}
_IGNORED_OF_POD = {
    "dnsConfig": "names are resolved as on the machine",
    "imagePullSecrets": "images are not pulled by the process runtime",
}


def refusals(
    manifest: JsonObject, images: Mapping[str, ImageEntry], *, sandboxed: bool, host_paths: bool
) -> Sequence[Refusal]:
    """List what cannot be honoured, refusals and ignored fields; ``host_paths``: the configuration allows some."""
    spec = _object(manifest.get("spec"))
    found = refusals_of_pod(manifest, "process", host_paths=host_paths)
    found += [Refusal(f"spec.{name}", text, ignored=True) for name, text in _IGNORED_OF_POD.items() if spec.get(name)]
    found += _security("spec.securityContext", _object(spec.get("securityContext")))
    ignored: set[str] = set()
    for path, container in containers_of(manifest):
        found += _container(path, container, images, ignored)
        if not sandboxed and container.get("volumeMounts"):
            found.append(Refusal(f"{path}.volumeMounts", "volumes need the sandbox, which is off"))
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
            text = (
                f"no command, and no entry point is known for image {image!r}; "
                "set command, or the image's entrypoint below images in config.yaml"
            )
            found.append(Refusal(f"{path}.command", text))
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
