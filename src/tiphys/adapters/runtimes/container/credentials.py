"""The passwords of registries, from the Secrets that a pod names in ``imagePullSecrets``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from tiphys.adapters.pods.manifest import Pod
from tiphys.ports.runtime import PodRequest

_DOCKER_HUB = "docker.io"
#: Names under which people write that registry.
_HUB_NAMES = frozenset({_DOCKER_HUB, "index.docker.io", "index.docker.io/v1", "registry-1.docker.io"})


def credentials_of(request: PodRequest, pod: Pod) -> tuple[tuple[str, str, str], ...]:
    """(registry, user, password) of each; Secrets that are missing or malformed are passed over, as kubelets do.

    A pod that names none takes those of its ServiceAccount.
    """
    found: list[tuple[str, str, str]] = []
    names = [reference.name for reference in pod.spec.image_pull_secrets] or request.sources.pull_secrets
    for name in names:
        values = request.sources.secrets.get(name) or {}
        for key in (".dockerconfigjson", ".dockercfg"):
            if key in values:
                found += _read(values[key].reveal())
    return tuple(found)


def login_of(image: str, credentials: Sequence[tuple[str, str, str]]) -> tuple[str, str] | None:
    """User and password for the registry of an image, the longest match first; None if there are none.

    A registry is matched as a whole, with the folders of the image that stand behind it: a password must not reach a
    registry whose name merely contains that of another.
    """
    full = _full_name(image)
    found = [item for item in credentials if full == item[0] or full.startswith(f"{item[0]}/")]
    best = max(found, key=lambda item: len(item[0]), default=None)
    return best[1:] if best is not None else None


def _full_name(image: str) -> str:
    """An image's name with its registry in front: the first part is one if it looks like a host."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"{_DOCKER_HUB}/{image}"


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
    host = name.removeprefix("https://").removeprefix("http://").strip("/")
    return _DOCKER_HUB if host in _HUB_NAMES else host
