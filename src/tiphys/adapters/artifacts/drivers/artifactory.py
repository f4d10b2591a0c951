"""Artifacts in JFrog Artifactory: HTTP with a user and a password."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.web import WebDriver
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> WebDriver:
    """The driver of an address.

    Raises:
        ArtifactError: a secret does not exist.
    """
    access = Access(secrets)
    user, password = access.secret(fields.get("usernameSecret")), access.secret(fields.get("passwordSecret"))

    def headers() -> Mapping[str, str]:
        if user is None:
            return {}
        pair = user.reveal().strip(b"\r\n") + b":" + (password.reveal().strip(b"\r\n") if password else b"")
        encoded = base64.b64encode(pair).decode()
        access.keep(Secret(encoded.encode()))
        return {"Authorization": f"Basic {encoded}"}

    return WebDriver(str(fields.get("url") or ""), access, headers, None, options)
