"""Passwords of registries: read from Secrets, and given to the registry that they are for and to no other."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from msgspec.structs import replace

from tiphys.adapters.pods import manifest
from tiphys.adapters.runtimes.container.credentials import credentials_of, login_of
from tiphys.ports.runtime import PodSources
from tiphys.secret import Secret
from tiphys.testing.contracts.runtime import request_of

KNOWN = (("docker.io", "hub", "1"), ("ghcr.io", "all", "2"), ("ghcr.io/team", "team", "3"), ("reg:5000", "own", "4"))


@pytest.mark.parametrize(
    ("image", "user"),
    [
        ("busybox", "hub"), ("library/busybox:1", "hub"), ("docker.io/library/busybox", "hub"), ("ghcr.io/x/y:1", "all"),
        ("ghcr.io/team/y", "team"), ("ghcr.io/teams/y", "all"), ("reg:5000/a/b@sha256:00", "own"),
    ],
)  # fmt: skip
def test_the_longest_match_logs_in(image: str, user: str) -> None:
    login = login_of(image, KNOWN)
    assert login is not None and login[0] == user


@pytest.mark.parametrize(
    "image", ["evil.example/ghcr.io/team/y", "ghcr.io.evil.example/x", "reg:50001/a", "localhost/x"]
)
def test_no_other_registry_gets_a_password(image: str) -> None:
    assert login_of(image, KNOWN) is None


def test_secrets_of_both_forms_are_read_and_others_passed_over() -> None:
    both: dict[str, dict[str, Any]] = {
        "new": {".dockerconfigjson": {"auths": {"https://index.docker.io/v1/": {"auth": _encoded("me:a:b")}}}},
        "old": {".dockercfg": {"http://reg:5000": {"username": "you", "password": "word"}}},
    }
    secrets = {
        name: {key: Secret(json.dumps(value).encode()) for key, value in fields.items()}
        for name, fields in both.items()
    }
    secrets["broken"] = {".dockerconfigjson": Secret(b"{")}
    names: Any = [{"name": name} for name in ("new", "none", "broken", "old")]
    request = replace(request_of("a", {"spec": {"imagePullSecrets": names}}), sources=PodSources(secrets=secrets))
    found = credentials_of(request, manifest.read(request.manifest))
    assert found == (("docker.io", "me", "a:b"), ("reg:5000", "you", "word"))


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
