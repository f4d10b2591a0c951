"""The OpenID provider: where to send people, and what its answers are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode, urljoin

import httpx
import msgspec
from msgspec import Struct

from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.auth.sso.config import SsoConfig
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.errors import UsageError
from tiphys.secret import Secret

#: Only signatures that the provider alone can make: no ``none``, no shared secrets.
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_SECONDS: Final = 10.0
_LEEWAY: Final = 30


class Places(Struct, frozen=True):
    """What the provider says about itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Provider:
    """One provider and this server as its client."""

    def __init__(self, config: SsoConfig, client_id: str, client_secret: Secret) -> None:
        self._config = config
        self._client_id = client_id
        self._secret = client_secret
        self._places: Places | None = None

    def address(self, redirect: str, state: str, nonce: str) -> str:
        """Where somebody signs in, who then comes back to ``redirect``."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect,
            "scope": self._config.scope,
            "state": state,
            "nonce": nonce,
        }
        return f"{self._found().authorization_endpoint}?{urlencode(asked)}"

    def claims(self, code: str, redirect: str, nonce: str) -> JsonObject:
        """The claims of whoever came back with a code.

        Raises:
            UnauthenticatedError: the provider refuses the code, or its answer cannot be trusted.
        """
        try:
            return self._claims(code, redirect, nonce)
        except (httpx.HTTPError, msgspec.MsgspecError, ValueError):
            # The chain is cut: errors of requests hold addresses, and those hold codes.
            raise UnauthenticatedError from None

    def _claims(self, code: str, redirect: str, nonce: str) -> JsonObject:
        places = self._found()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        with self._client() as client:
            answer = client.post(
                places.token_endpoint, data=form, auth=(self._client_id, self._secret.reveal().decode())
            )
            tokens = msgspec.json.decode(answer.raise_for_status().content, type=_Tokens)
            keys = client.get(places.jwks_uri).raise_for_status().json()
            claims = self.verified(tokens.id_token, keys, nonce)
            if self._config.user_info_path:
                claims = {**claims, **self._user_info(client, tokens.access_token, claims)}
        return claims

    def verified(self, token: str, keys: JsonValue, nonce: str) -> JsonObject:
        """The claims of an ID token that this provider signed for this client and this sign-in.

        Raises:
            UnauthenticatedError: it is anything else.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        places = self._found()
        issuers = [name for name in (places.issuer, self._config.issuer_alias) if name]
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "values": issuers},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            found = jwt.decode(token, KeySet.import_key_set(cast(Any, keys)), algorithms=ALGORITHMS)
            registry.validate(found.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise UnauthenticatedError from None
        authorized = found.claims.get("azp", self._client_id)
        if authorized != self._client_id:
            raise UnauthenticatedError
        return dict(found.claims)

    def _user_info(self, client: httpx.Client, token: str, claims: Mapping[str, object]) -> JsonObject:
        """What the provider says of whoever has the access token; it must be the same person."""
        address = urljoin(self._found().issuer.rstrip("/") + "/", self._config.user_info_path.lstrip("/"))
        answer = client.get(address, headers={"authorization": f"Bearer {token}"}).raise_for_status()
        found = msgspec.json.decode(answer.content, type=dict)
        if found.get("sub") != claims.get("sub"):
            raise UnauthenticatedError
        return {key: value for key, value in found.items() if key not in ("iss", "aud", "exp", "sub")}

    def _found(self) -> Places:
        if self._places is None:
            address = self._config.issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                with self._client() as client:
                    found = msgspec.json.decode(client.get(address).raise_for_status().content, type=Places)
            except (httpx.HTTPError, msgspec.MsgspecError):
                raise UsageError("the OpenID provider does not answer as one", where="sso.issuer") from None
            if found.issuer not in (self._config.issuer, self._config.issuer_alias):
                raise UsageError(f"the provider calls itself {found.issuer!r}", "see sso.issuerAlias", "sso.issuer")
            self._places = found
        return self._places

    def _client(self) -> httpx.Client:
        import ssl

        verify: bool | ssl.SSLContext = not self._config.insecure_skip_verify
        if self._config.root_ca and verify:
            verify = ssl.create_default_context()
            verify.load_verify_locations(cadata=self._config.root_ca)
        return httpx.Client(timeout=_SECONDS, verify=verify, follow_redirects=False)
