"""The block ``sso`` of the configuration, with Argo's keys."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tiphys.app.services.cluster.secretkeys import KeyRef
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.regex import compile_pattern
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import UsageError

_HOURS = 3600
_UNITS = {"h": _HOURS, "m": 60, "s": 1}


class Rbac(Struct, frozen=True):
    """Whether ServiceAccounts stand for people; without it everybody who signs in may do what the server may."""

    enabled: bool = False


class SsoConfig(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """How people sign in."""

    issuer: str
    client_id: KeyRef
    client_secret: KeyRef
    issuer_alias: str = ""
    redirect_url: str = ""
    rbac: Rbac = Rbac()
    scopes: tuple[str, ...] = ()
    session_expiry: str = "10h"
    custom_group_claim_name: str = ""
    user_info_path: str = ""
    insecure_skip_verify: bool = False
    filter_groups_regex: tuple[str, ...] = ()
    root_ca: str = msgspec.field(default="", name="rootCA")

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        parts = re.findall(r"(\d{1,6})([hms])", self.session_expiry)
        if not parts or "".join(f"{number}{unit}" for number, unit in parts) != self.session_expiry:
            raise UsageError(f"sso.sessionExpiry must be a duration such as 10h, not {self.session_expiry!r}")
        return sum(int(number) * _UNITS[unit] for number, unit in parts)

    @property
    def scope(self) -> str:
        """The scopes that are asked for; ``openid`` always is."""
        return " ".join(dict.fromkeys(("openid", *self.scopes)))


def config_of(block: JsonObject | Mapping[str, object]) -> SsoConfig:
    """The block, checked.

    Raises:
        UsageError: a key is missing, unknown or has a wrong value.
    """
    try:
        found = msgspec.convert(block, SsoConfig)
    except msgspec.ValidationError as error:
        raise UsageError(f"sso: {error}") from None
    if found.seconds <= 0:
        raise UsageError("sso.sessionExpiry must be longer than nothing")
    if found.root_ca:
        import ssl

        try:
            ssl.create_default_context(cadata=found.root_ca)
        except ssl.SSLError:
            raise UsageError("sso.rootCA must be certificates in PEM form", "paste the whole file") from None
    for pattern in found.filter_groups_regex:
        try:
            compile_pattern(pattern)
        except Fault as error:
            raise UsageError(f"sso.filterGroupsRegex: {error}") from None
    return found
