"""What an ID token must be, sessions, rules: attacks on single sign-on (S19, S21)."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from tiphys.adapters.stores.memory import MemoryStore
from tiphys.adapters.system import SystemClock
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.server.auth.modes import SESSION_PREFIX
from tiphys.entrypoints.server.auth.sso.config import config_of
from tiphys.entrypoints.server.auth.sso.flow import SingleSignOn
from tiphys.entrypoints.server.auth.sso.provider import Places, Provider
from tiphys.entrypoints.server.auth.sso.rules import AccountRules
from tiphys.entrypoints.server.auth.sso.session import Sessions, session_key
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.errors import UsageError
from tiphys.secret import Secret

ISSUER = "https://provider.example"
BLOCK: dict[str, Any] = {
    "issuer": ISSUER,
    "clientId": {"name": "sso", "key": "id"},
    "clientSecret": {"name": "sso", "key": "secret"},
}
KEY, OTHER = RSAKey.generate_key(2048, {"kid": "a"}), RSAKey.generate_key(2048, {"kid": "a"})
PUBLIC: Any = KeySet([KEY]).as_dict(private=False)
GOOD = {"iss": ISSUER, "aud": "me", "sub": "ana", "nonce": "n"}


def provider() -> Provider:
    made = Provider(config_of(BLOCK), "me", Secret(b"shared"))
    made._places = Places(ISSUER, f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k")
    return made


def token(key: Any = KEY, alg: str = "RS256", **claims: Any) -> str:
    content = {**GOOD, "exp": int(time.time()) + 600, **claims}
    return jwt.encode({"alg": alg, "kid": "a"}, {k: v for k, v in content.items() if v is not None}, key, [alg])


def signed_with_what_everybody_knows() -> str:
    """A token whose shared secret is the public key: what a library that trusts ``alg`` would take."""
    parts = [{"alg": "HS256", "kid": "a"}, {**GOOD, "exp": int(time.time()) + 600}]
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    digest = hmac.new(KEY.as_pem(private=False), text.encode(), "sha256").digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def test_a_good_token() -> None:
    assert provider().verified(token(), PUBLIC, "n")["sub"] == "ana"


@pytest.mark.parametrize(
    "bad",
    [
        token(OTHER),
        signed_with_what_everybody_knows(),
        token(OctKey.import_key(b"shared" * 8), "HS256"),
        "eyJhbGciOiJub25lIn0.e30.",
        token(iss="https://other.example"),
        token(aud="other"),
        token(exp=int(time.time()) - 3600),
        token(exp=None),
        token(sub=None),
        token(nonce="other"),
        token(nonce=None),
        token(azp="other"),
        token()[:-6],
        "a.b.c",
        "",
    ],
)
def test_every_other_token_is_refused(bad: str) -> None:
    with pytest.raises(UnauthenticatedError):
        provider().verified(bad, PUBLIC, "n")


def test_sessions_end_and_belong_to_one_data_directory(tmp_path: Path) -> None:
    clock = SystemClock()
    store, key = MemoryStore(clock), session_key(tmp_path)
    assert session_key(tmp_path) == key
    sessions = Sessions(store, clock, key)
    made = sessions.start({"sub": "ana"}, timedelta(hours=1))
    found = sessions.find(made)
    assert found is not None and found.claims == {"sub": "ana"}
    assert Sessions(store, clock, b"0" * 32).find(made) is None
    assert Sessions(MemoryStore(clock), clock, key).find(made) is None
    assert sessions.find(sessions.start({}, timedelta(seconds=-1))) is None
    for wrong in ("", "x", made[:-2], "a.b.c.d.e"):
        assert sessions.find(wrong) is None


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": None},
        {"sessionExpiry": "soon"},
        {"sessionExpiry": "0s"},
        {"unknown": 1},
        {"rbac": "on"},
        {"filterGroupsRegex": ["admins", "(team-"]},
        {"rootCA": "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"},
        {"rootCA": "text"},
    ],
)
def test_a_wrong_configuration_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        config_of({**BLOCK, **change})


class Knows(Provider):
    """A provider that says of everybody that they have these groups."""

    def claims(self, code: str, redirect: str, nonce: str) -> JsonObject:
        """The same claims for every code."""
        return {"sub": "ana", "groups": ["team-a", "TEAM-b", "other", 7]}


@pytest.mark.parametrize(
    ("patterns", "groups"),
    [
        ([], ["team-a", "TEAM-b", "other"]),
        (["^team-"], ["team-a"]),
        (["^team-", "th"], ["team-a", "other"]),
        (["(?i)team"], ["team-a", "TEAM-b"]),
    ],
)
def test_groups_are_filtered(patterns: list[str], groups: list[str]) -> None:
    clock = SystemClock()
    store, config, key = MemoryStore(clock), config_of({**BLOCK, "filterGroupsRegex": patterns}), b"0" * 32
    knows = Knows(config, "me", Secret(b"shared"))
    sso = SingleSignOn(config, knows, Sessions(store, clock, key), AccountRules(store, "default"), key)
    credential = sso.arrive("code", "state", "http://localhost/oauth2/callback")
    found = sso.principal(credential.removeprefix(SESSION_PREFIX), "default")
    assert found is not None and found.claims["groups"] == groups
