"""What a person chose in the UI (views, presets, columns), kept so that it follows them to another browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tiphys.app.services.cluster.tokens import GROUP
from tiphys.app.services.contention import despite_others
from tiphys.core.manifest.model.scalars import JsonValue
from tiphys.errors import UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal
from tiphys.ports.store import ObjectKey, Store, StoredObject

KIND: Final = "Preferences"
#: All that one person keeps, in bytes of JSON.
LIMIT: Final = 256 << 10
_NAME = re.compile(r"[a-z][a-z0-9.-]{0,62}", re.ASCII)


class _Kept(Struct, frozen=True):
    """A person's row; ``person`` is for whoever looks into the store."""

    person: str
    values: dict[str, JsonValue]


class Preferences:
    """The preferences of everybody who uses a store: any JSON under names; nobody sees another's."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def all(self, principal: Principal) -> Mapping[str, JsonValue]:
        """All that somebody keeps, by its name."""
        stored = self._store.get(_key(principal))
        return _read(stored).values if stored is not None else {}

    def keep(self, principal: Principal, name: str, value: JsonValue) -> None:
        """Keep a value in place of the one before; ``None`` forgets the name.

        Raises:
            UsageError: a name that cannot be one, or more than may be kept.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is not a name of a preference", "small letters, digits, dots and dashes")
        despite_others(lambda: self._keep(principal, name, value))  # the same person in another tab

    def _keep(self, principal: Principal, name: str, value: JsonValue) -> None:
        key = _key(principal)
        stored = self._store.get(key)
        before = _read(stored).values if stored is not None else {}
        values = {known: kept for known, kept in before.items() if known != name}
        if value is not None:
            values[name] = value
        data = msgspec.json.encode(_Kept(_person(principal), values))
        if len(data) > LIMIT:
            raise UsageError(f"more than {LIMIT >> 10} KiB of preferences", "forget some that are kept")
        if stored is not None:
            self._store.update(replace(stored, data=data))
            return
        self._store.create(
            StoredObject(
                key=key,
                uid=WorkflowUid(self._clock.uid()),
                resource_version=0,
                created_at=self._clock.now(),
                labels={},
                phase="",
                data=data,
            )
        )


def _person(principal: Principal) -> str:
    """Who somebody is: with single sign-on many people act as one ServiceAccount, and their claims tell them apart."""
    issuer, subject = principal.claims.get("iss"), principal.claims.get("sub")
    return f"{issuer} {subject}" if isinstance(issuer, str) and isinstance(subject, str) else principal.name


def _key(principal: Principal) -> ObjectKey:
    return ObjectKey(KIND, "", sha256(_person(principal).encode()).hexdigest()[:40], GROUP)


def _read(stored: StoredObject) -> _Kept:
    return msgspec.json.decode(stored.data, type=_Kept)
