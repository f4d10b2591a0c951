"""What a pod can be told about itself: ``fieldRef`` and ``resourceFieldRef``."""

from __future__ import annotations

import hashlib
import os
import re

from msgspec import Struct

from tiphys.adapters.pods.manifest import Container, Pod, ResourceFieldRef
from tiphys.adapters.pods.problems import PodError
from tiphys.adapters.pods.quantities import in_units
from tiphys.ports.runtime import PodRequest

_SUBSCRIPT = r"metadata\.(labels|annotations)\['([^']*)'\]"


class Addresses(Struct, frozen=True):
    """What a pod is told of addresses: its own, and the machine's, at which the pod reaches what listens there."""

    pod: str
    host: str = "127.0.0.1"


def pod_uid(request: PodRequest, pod: Pod) -> str:
    """The uid of a pod: the manifest's, or one that its key gives."""
    text = hashlib.sha256(f"{request.key.uid}/{request.key.node_id}".encode()).hexdigest()
    return pod.metadata.uid or f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def field(request: PodRequest, pod: Pod, path: str, addresses: Addresses) -> str:
    """The text of a field of the pod; labels and annotations as a whole have one line each.

    Raises:
        PodError: There is no such field.
    """
    node = os.uname().nodename
    plain = {
        "metadata.name": request.pod_name,
        "metadata.namespace": request.namespace,
        "spec.nodeName": node,
        "spec.serviceAccountName": request.service_account or pod.spec.service_account_name or "default",
        "status.hostIP": addresses.host,
        "status.hostIPs": addresses.host,
        "status.podIP": addresses.pod,
        "status.podIPs": addresses.pod,
    }
    if path in plain:
        return plain[path]
    if path == "metadata.uid":
        return pod_uid(request, pod)
    if path in {"metadata.labels", "metadata.annotations"}:
        table = pod.metadata.labels if path == "metadata.labels" else pod.metadata.annotations
        return "\n".join(f'{name}="{_quoted(table[name])}"' for name in sorted(table))
    match = re.fullmatch(_SUBSCRIPT, path)
    if match is None:
        raise PodError(f"fieldRef {path!r} is not a field of a pod")
    table = pod.metadata.labels if match.group(1) == "labels" else pod.metadata.annotations
    return table.get(match.group(2), "")


def resource(pod: Pod, container: Container, reference: ResourceFieldRef) -> str:
    """A request or limit in units of the divisor; a limit that is not set is what the machine has.

    Raises:
        PodError: There is no such resource or container.
    """
    where, _, name = reference.resource.partition(".")
    if reference.container_name:
        containers = (*pod.spec.containers, *pod.spec.init_containers)
        found = next((item for item in containers if item.name == reference.container_name), None)
        if found is None:
            raise PodError(f"container {reference.container_name} not found")
        container = found
    if where == "limits":
        value = container.resources.limits.get(name)
        return str(in_units(_capacity(name) if value is None else value, reference.divisor))
    if where == "requests":
        return str(in_units(container.resources.requests.get(name, "0"), reference.divisor))
    raise PodError(f"unsupported container resource: {reference.resource}")


def _capacity(name: str) -> str:
    if name == "cpu":
        return str(os.cpu_count() or 1)
    if name == "memory":
        return str(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return "0"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
