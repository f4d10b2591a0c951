"""Signing in: away to the provider, back with a code, a session."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from hashlib import sha256
from string import ascii_letters
from typing import Final

from msgspec.structs import replace

from tiphys.core.expr.regex import search
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.entrypoints.server.auth.modes import SESSION_PREFIX
from tiphys.entrypoints.server.auth.sso.config import SsoConfig
from tiphys.entrypoints.server.auth.sso.provider import Provider
from tiphys.entrypoints.server.auth.sso.rules import AccountRules
from tiphys.entrypoints.server.auth.sso.session import Sessions
from tiphys.ports.identity import OWNER, Principal

STATE: Final = re.compile(r"[A-Za-z]{10}", re.ASCII)
STATE_SECONDS: Final = 180
_TARGET = re.compile(r"/(?![/\\])[\x21-\x7e]*", re.ASCII)
_KEPT = ("iss", "sub", "aud", "exp", "email", "email_verified", "name", "preferred_username")


class SingleSignOn:
    """Signs people in for one server; ``nonce_key`` ties the provider's answer to the state that was sent."""

    def __init__(
        self, config: SsoConfig, provider: Provider, sessions: Sessions, rules: AccountRules, nonce_key: bytes
    ) -> None:
        self._config = config
        self._provider = provider
        self._sessions = sessions
        self._rules = rules
        self._nonce_key = nonce_key

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        return self._config.seconds

    def redirect_url(self, own: str) -> str:
        """Where the provider sends people back to; ``own`` is what the request says about this server."""
        return self._config.redirect_url or own

    def leave(self, redirect: str) -> tuple[str, str]:
        """A new state, and where to go with it."""
        state = "".join(secrets.choice(ascii_letters) for _ in range(10))
        return state, self._provider.address(redirect, state, self._nonce(state))

    def arrive(self, code: str, state: str, redirect: str) -> str:
        """The credential of whoever comes back.

        Raises:
            UnauthenticatedError: the provider does not know them.
        """
        claims = self._provider.claims(code, redirect, self._nonce(state))
        kept: JsonObject = {key: claims[key] for key in _KEPT if key in claims}
        kept["groups"] = [*self._groups(claims.get(self._config.custom_group_claim_name or "groups"))]
        return SESSION_PREFIX + self._sessions.start(kept, timedelta(seconds=self.seconds))

    def principal(self, token: str, namespace: str) -> Principal | None:
        """Who has a session, as the account that stands for them; None without one."""
        session = self._sessions.find(token)
        if session is None:
            return None
        account = self._rules.account(session.claims, namespace) if self._config.rbac.enabled else OWNER
        return replace(account, claims=session.claims)

    def _groups(self, value: JsonValue) -> list[str]:
        groups = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
        patterns = self._config.filter_groups_regex
        return [group for group in groups if not patterns or any(search(group, pattern) for pattern in patterns)]

    def _nonce(self, state: str) -> str:
        return hmac.new(self._nonce_key, b"nonce " + state.encode(), sha256).hexdigest()


def target_of(wanted: str, base: str) -> str:
    """Where to go after signing in: a path of this server, else the base."""
    parts = wanted.split("?", maxsplit=1)[0].split("/")
    return wanted if _TARGET.fullmatch(wanted) and "\\" not in wanted and not {".", ".."} & set(parts) else base
