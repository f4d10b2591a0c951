"""Who sends a webhook: the ServiceAccount whose secret its signature was made with (``spec/api.md`` 16).

Signatures are compared in constant time, and a client without a secret never fits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tiphys.core.manifest.yaml import YamlError, parse
from tiphys.errors import ForbiddenError
from tiphys.ports.artifacts import SecretLookup
from tiphys.ports.identity import Principal, service_account
from tiphys.ports.store import ObjectKey, Store

CLIENTS: Final = "argo-workflows-webhook-clients"
#: The largest webhook, in bytes; nobody has signed in when it is read.
LARGEST: Final = 2 << 20

Headers = Mapping[str, str]
"""Headers with lower-case names."""


def sender(store: Store, secrets: SecretLookup, namespace: str, headers: Headers, body: bytes) -> Principal | None:
    """The ServiceAccount of the first client whose signature fits; None when the namespace has no clients.

    Raises:
        ForbiddenError: no client's signature fits.
    """
    stored = store.get(ObjectKey("Secret", namespace, CLIENTS, ""))
    if stored is None:
        return None
    names = msgspec.json.decode(stored.data).get("data") or {}
    for name in names:
        value = secrets(CLIENTS, name)
        client = _client(value.reveal() if value is not None else b"")
        check = _CHECKS.get(client.get("type", ""))
        secret = client.get("secret", "")
        if check is not None and secret and check(secret.encode(), headers, body):
            return service_account(namespace, name)
    raise ForbiddenError("failed to process webhook request")


def _client(text: bytes) -> dict[str, str]:
    try:
        documents = parse(text.decode())
    except (YamlError, UnicodeDecodeError):
        return {}
    data = documents[0].data if documents else None
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def _github(secret: bytes, headers: Headers, body: bytes) -> bool:
    new, old = headers.get("x-hub-signature-256", ""), headers.get("x-hub-signature", "")
    if new:
        return _same(new, f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}")
    return _same(old, f"sha1={hmac.new(secret, body, hashlib.sha1).hexdigest()}")


def _gitlab(secret: bytes, headers: Headers, _body: bytes) -> bool:
    return _same(headers.get("x-gitlab-token", ""), secret.decode())


def _bitbucket(secret: bytes, headers: Headers, _body: bytes) -> bool:
    return _same(headers.get("x-hook-uuid", ""), secret.decode())


def _bitbucket_server(secret: bytes, headers: Headers, body: bytes) -> bool:
    return _same(headers.get("x-hub-signature", ""), f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


_CHECKS: Final[Mapping[str, Callable[[bytes, Headers, bytes], bool]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "bitbucket": _bitbucket,
    "bitbucketserver": _bitbucket_server,
}
