"""The passwords of registries, from the Secrets that a pod names in ``imagePullSecrets``."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from tiphys.adapters.pods.manifest import Pod
from tiphys.ports.runtime import PodRequest

_DOCKER_HUB = ("https://index.docker.io/v1/", "docker.io")


def credentials_of(request: PodRequest, pod: Pod) -> tuple[tuple[str, str, str], ...]:
    """(registry, user, password) of each; Secrets that are missing or malformed are passed over, as kubelets do."""
    found: list[tuple[str, str, str]] = []
    for reference in pod.spec.image_pull_secrets:
        values = request.sources.secrets.get(reference.name) or {}
        for key in (".dockerconfigjson", ".dockercfg"):
            if key in values:
                found += _read(values[key].reveal())
    return tuple(found)


def _read(text: bytes) -> list[tuple[str, str, str]]:
    try:
        data = msgspec.json.decode(text, type=dict[str, Any])
        tables = data.get("auths", data)
        return [(_host(name), *_pair(entry)) for name, entry in tables.items()]
    except (msgspec.DecodeError, binascii.Error, ValueError, AttributeError):
        return []


def _pair(entry: dict[str, str]) -> tuple[str, str]:
    if entry.get("auth"):
        user, _, password = base64.b64decode(entry["auth"]).decode().partition(":")
        return user, password
    return entry.get("username", ""), entry.get("password", "")


def _host(name: str) -> str:
    return _DOCKER_HUB[1] if name in _DOCKER_HUB else name.removeprefix("https://").removeprefix("http://").strip("/")
