"""The variables of a container, with ConfigMaps, Secrets and fields of the pod looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tiphys.adapters.pods.downward import Addresses, field, resource
from tiphys.adapters.pods.expansion import expand
from tiphys.adapters.pods.manifest import Container, EnvFrom, EnvSource, KeyRef, Pod
from tiphys.adapters.pods.problems import ContainerError
from tiphys.ports.runtime import PodRequest

#: What Kubernetes accepts as the name of a variable from ``envFrom``; other keys are passed over.
_NAME = r"[-._a-zA-Z][-._a-zA-Z0-9]*"


def environment(
    request: PodRequest, pod: Pod, container: Container, base: Mapping[str, str], addresses: Addresses
) -> dict[str, str]:
    """All variables: those of ``base``, then ``envFrom``, then ``env`` in order, each expanded with those before it.

    Raises:
        ContainerError: A ConfigMap, a Secret or a key of one does not exist, or a variable cannot be set.
    """
    found = dict(base)
    for source in container.env_from:
        found |= _many(request, source)
    for variable in container.env:
        value: str | None = variable.value
        if variable.value_from is not None:
            value = _one(request, pod, container, variable.value_from, addresses)
            if value is None:
                continue
        else:
            value = expand(value or "", found)
        if "\0" in value or "\0" in variable.name or "=" in variable.name or not variable.name:
            raise ContainerError(f"variable {variable.name!r} cannot be set", "CreateContainerError")
        found[variable.name] = value
    return found


def _many(request: PodRequest, source: EnvFrom) -> dict[str, str]:
    values: dict[str, str] = {}
    for reference, secret in ((source.config_map_ref, False), (source.secret_ref, True)):
        if reference is None:
            continue
        for key, value in (_object(request, reference, secret=secret) or {}).items():
            name = source.prefix + key
            text = value.decode(errors="replace")
            if re.fullmatch(_NAME, name) and "\0" not in text:
                values[name] = text
    return values


def _one(request: PodRequest, pod: Pod, container: Container, source: EnvSource, addresses: Addresses) -> str | None:
    if source.field_ref is not None:
        return field(request, pod, source.field_ref.field_path, addresses)
    if source.resource_field_ref is not None:
        return resource(pod, container, source.resource_field_ref)
    reference = source.secret_key_ref or source.config_map_key_ref
    if reference is None:
        return ""
    secret = source.secret_key_ref is not None
    found = _object(request, reference, secret=secret)
    if found is not None and reference.key in found:
        return found[reference.key].decode(errors="replace")
    if reference.optional:
        return None
    kind = "Secret" if secret else "ConfigMap"
    raise ContainerError(f"couldn't find key {reference.key} in {kind} {request.namespace}/{reference.name}")


def _object(request: PodRequest, reference: KeyRef, *, secret: bool) -> Mapping[str, bytes] | None:
    """The values of a ConfigMap or Secret; None if it does not exist and need not.

    Raises:
        ContainerError: It does not exist.
    """
    if secret:
        secrets = request.sources.secrets.get(reference.name)
        if secrets is not None:
            return {key: value.reveal() for key, value in secrets.items()}
    else:
        found = request.sources.config_maps.get(reference.name)
        if found is not None:
            return found
    if reference.optional:
        return None
    raise ContainerError(f'{"secret" if secret else "configmap"} "{reference.name}" not found')
