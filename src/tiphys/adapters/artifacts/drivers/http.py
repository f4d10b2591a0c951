"""Artifacts at any address: headers, basic authentication, client certificates, OAuth 2."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from tiphys.adapters.artifacts.access import Access
from tiphys.adapters.artifacts.silence import longest_silence, silent
from tiphys.adapters.artifacts.web import WebDriver, is_address
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

if TYPE_CHECKING:
    import ssl


def make_driver(fields: JsonObject, secrets: SecretLookup, options: Mapping[str, str]) -> WebDriver:
    """The driver of an address.

    Raises:
        ArtifactError: a secret does not exist or is of no use.
    """
    access = Access(secrets)
    stated = cast("list[JsonObject]", fields.get("headers") or [])
    headers = {str(header.get("name")): str(header.get("value") or "") for header in stated}
    auth = cast(JsonObject, fields.get("auth") or {})
    context = _client_certificate(cast(JsonObject, auth.get("clientCert") or {}), access)
    sign_in = _basic(cast(JsonObject, auth.get("basicAuth") or {}), access)
    oauth2 = cast(JsonObject, auth.get("oauth2") or {})
    if oauth2:
        sign_in = _oauth2(oauth2, access, options)
    return WebDriver(str(fields.get("url") or ""), access, lambda: {**headers, **sign_in()}, context, options)


def _basic(fields: JsonObject, access: Access) -> Callable[[], Mapping[str, str]]:
    user, password = access.secret(fields.get("usernameSecret")), access.secret(fields.get("passwordSecret"))
    if user is None and password is None:
        return dict
    return lambda: {"Authorization": _basic_value(user, password, access)}


def _basic_value(user: Secret | None, password: Secret | None, access: Access) -> str:
    pair = b":".join(b"" if part is None else part.reveal().strip(b"\r\n") for part in (user, password))
    encoded = base64.b64encode(pair).decode()
    access.keep(Secret(encoded.encode()))
    return f"Basic {encoded}"


def _client_certificate(fields: JsonObject, access: Access) -> ssl.SSLContext | None:
    certificate, key = access.secret(fields.get("clientCertSecret")), access.secret(fields.get("clientKeySecret"))
    if certificate is None or key is None:
        return None
    import ssl

    context = ssl.create_default_context()
    # OpenSSL reads files only: one that has no name, and that is gone when it is closed.
    fd = os.memfd_create("tiphys-certificate", os.MFD_CLOEXEC)
    try:
        os.write(fd, certificate.reveal() + b"\n" + key.reveal())
        context.load_cert_chain(f"/proc/self/fd/{fd}")
    except ssl.SSLError as error:
        raise ArtifactError(f"the client certificate cannot be used: {error.reason}") from None
    finally:
        os.close(fd)
    return context


def _oauth2(fields: JsonObject, access: Access, options: Mapping[str, str]) -> Callable[[], Mapping[str, str]]:
    """Headers with a token of the client-credentials flow, fetched when it is first needed."""
    identity, secret = access.secret(fields.get("clientIDSecret")), access.secret(fields.get("clientSecretSecret"))
    address = access.text(fields.get("tokenURLSecret"))
    if identity is None or secret is None or address is None:
        raise ArtifactError("oauth2 needs clientIDSecret, clientSecretSecret and tokenURLSecret")
    token_url = address
    form: list[tuple[str, str]] = [("grant_type", "client_credentials")]
    scopes = cast("list[str]", fields.get("scopes") or [])
    if scopes:
        form.append(("scope", " ".join(scopes)))
    for parameter in cast("list[JsonObject]", fields.get("endpointParams") or []):
        form.append((str(parameter.get("key")), str(parameter.get("value") or "")))
    known: list[str] = []

    def headers() -> Mapping[str, str]:
        if not is_address(token_url):
            raise ArtifactError("no token: the token URL is not one of http or https")
        if not known:
            known.append(_token(token_url, identity, secret, form, access, options))
        return {"Authorization": f"Bearer {known[0]}"}

    return headers


def _token(
    address: str,
    identity: Secret,
    secret: Secret,
    form: list[tuple[str, str]],
    access: Access,
    options: Mapping[str, str],
) -> str:
    """Ask for a token: first with the credentials in a header, then, as some servers want it, in the form."""
    import urllib3

    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    pair = [("client_id", identity.reveal().decode().strip()), ("client_secret", secret.reveal().decode().strip())]
    tries = (
        ({**plain, "Authorization": _basic_value(identity, secret, access)}, form),
        (plain, [*form, *pair]),
    )
    wait = longest_silence(options)
    status = 0
    for headers, fields in tries:
        try:
            answer = urllib3.request(
                "POST", address, body=urlencode(fields), headers=headers, timeout=wait, retries=False, redirect=False
            )
        except urllib3.exceptions.ReadTimeoutError:
            raise silent("no token", wait, access.clean(address)) from None
        except urllib3.exceptions.HTTPError as error:
            raise ArtifactError(f"no token: {access.clean(str(error))}", transient=True) from None
        status = answer.status
        if status == 200:
            return _read_token(answer.data, access)
    raise ArtifactError(f"no token: the server answers {status}", transient=status >= 500)


def _read_token(data: bytes, access: Access) -> str:
    try:
        token = json.loads(data)["access_token"]
    except (ValueError, KeyError, TypeError):
        raise ArtifactError("no token: the server's answer has none") from None
    access.keep(Secret(str(token).encode()))
    return str(token)
