"""Credentials of one driver: looked up, remembered, and kept out of every message."""

from __future__ import annotations

import re

from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.errors import ArtifactError
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

#: Signed addresses carry their signature as a query.
_QUERY = re.compile(r"(\w+://[^\s?'\"<>)]*)\?[^\s'\"<>)]*")
_USER = re.compile(r"//[^/\s'\"@]+@")
_LONGEST = 500
_SHORTEST_SECRET = 4


class Access:
    """The secrets that one driver was given."""

    def __init__(self, lookup: SecretLookup) -> None:
        self._lookup = lookup
        self._given: list[Secret] = []

    def secret(self, selector: JsonValue) -> Secret | None:
        """The secret that a selector (``name`` and ``key``) names; None when there is no selector.

        Raises:
            ArtifactError: there is no such secret, or it has no such key, and it is not optional.
        """
        if not isinstance(selector, dict):
            return None
        name, key = str(selector.get("name") or ""), str(selector.get("key") or "")
        found = self._lookup(name, key)
        if found is None:
            if selector.get("optional"):
                return None
            raise ArtifactError(f"secret {name!r} has no key {key!r}, or does not exist")
        self._given.append(found)
        return found

    def text(self, selector: JsonValue) -> str | None:
        """The secret as text, without the newline that files end with.

        Raises:
            ArtifactError: as ``secret``, or it is no text.
        """
        found = self.secret(selector)
        if found is None:
            return None
        try:
            return found.reveal().decode().strip("\r\n")
        except UnicodeDecodeError:
            raise ArtifactError("a secret that must be text is not UTF-8") from None

    def keep(self, secret: Secret) -> None:
        """Keep another value (a token that was fetched) out of messages too."""
        self._given.append(secret)

    def clean(self, text: str) -> str:
        """The first line of a library's message without secrets, queries and user names in addresses."""
        line = _USER.sub("//***@", _QUERY.sub(r"\1", text.strip().partition("\n")[0]))
        for secret in self._given:
            value = secret.reveal().decode(errors="replace").strip()
            if len(value) >= _SHORTEST_SECRET:
                line = line.replace(value, "***")
        return line[:_LONGEST]
