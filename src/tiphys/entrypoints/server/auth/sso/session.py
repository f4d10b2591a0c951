"""Who has signed in: the claims stay in the store, the cookie holds an encrypted number.

So the cookie is short however many groups somebody has, and signing out or revoking is deleting a row.  The key lies
in the data directory; nothing that a client can know makes a session (``design/demand.md`` S21).
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tiphys.app.services.cluster.tokens import GROUP
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.store import ListOptions, ObjectKey, Store, StoredObject

KIND: Final = "Session"
ISSUER: Final = "argo-server"
_ALGORITHMS: Final = ["dir", "A256GCM"]


class Session(Struct, frozen=True):
    """Somebody's claims and until when they hold."""

    claims: JsonObject
    expires_at: datetime


class _Cookie(Struct, frozen=True):
    iss: str
    sid: str


class Sessions:
    """The sessions of one data directory."""

    def __init__(self, store: Store, clock: Clock, key: bytes) -> None:
        self._store = store
        self._clock = clock
        self._key = key

    def start(self, claims: JsonObject, lifetime: timedelta) -> str:
        """Keep claims and give the token of their session; sessions that are over are forgotten."""
        from joserfc import jwe
        from joserfc.jwk import OctKey

        now = self._clock.now()
        for stored in self._store.list(ListOptions(kind=KIND, group=GROUP, limit=10_000)).items:
            if _read(stored).expires_at <= now:
                self._store.delete(stored.key)
        number = secrets.token_hex(16)
        row = StoredObject(
            key=ObjectKey(KIND, "", number, GROUP),
            uid=WorkflowUid(self._clock.uid()),
            resource_version=0,
            created_at=now,
            labels={},
            phase="",
            data=msgspec.json.encode(Session(claims, now + lifetime)),
        )
        self._store.create(row)
        content = msgspec.json.encode(_Cookie(ISSUER, number))
        header = {"alg": "dir", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, content, OctKey.import_key(self._key), algorithms=_ALGORITHMS)

    def find(self, token: str) -> Session | None:
        """The session of a token; None for everything else."""
        from joserfc import jwe
        from joserfc.errors import JoseError
        from joserfc.jwk import OctKey

        try:
            content = jwe.decrypt_compact(token, OctKey.import_key(self._key), algorithms=_ALGORITHMS).plaintext
            cookie = msgspec.json.decode(content or b"", type=_Cookie)
        except (JoseError, ValueError, msgspec.MsgspecError):
            return None
        if cookie.iss != ISSUER or not cookie.sid.isalnum():
            return None
        stored = self._store.get(ObjectKey(KIND, "", cookie.sid, GROUP))
        session = _read(stored) if stored is not None else None
        return session if session is not None and session.expires_at > self._clock.now() else None


def session_key(home: Path) -> bytes:
    """The key of a data directory, made when it is first needed, in a file that only the owner can read."""
    file = home / "sso-key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError("the key of sessions cannot be kept", where=str(file)) from error
    key = file.read_bytes()
    if len(key) != 32:
        raise StoreError("the key of sessions is damaged", "delete the file: everybody signs in again", str(file))
    return key


def _read(stored: StoredObject) -> Session:
    return msgspec.json.decode(stored.data, type=Session)
