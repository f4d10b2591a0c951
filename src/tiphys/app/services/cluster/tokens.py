"""Tokens of ServiceAccounts: opaque texts of which only the hash is kept (``spec/api.md`` 7.1).

A token is ``tiphys_<id>_<secret>``.  Its row is found by the id and holds the SHA-256 of the whole token: with 256
random bits there is nothing to guess, so that a slow hash would only make requests slow.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from tiphys.errors import NotFoundError, StoreError, UsageError
from tiphys.ids import WorkflowUid
from tiphys.ports.clock import Clock
from tiphys.ports.identity import Principal, service_account
from tiphys.ports.store import ListOptions, ObjectKey, Store, StoredObject

GROUP = "internal.tiphys.dev"
KIND = "AccountToken"
_TOKEN = re.compile(r"tiphys_([0-9a-f]{16})_[A-Za-z0-9_-]{43}", re.ASCII)
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", re.ASCII)


class TokenRecord(Struct, frozen=True, kw_only=True):
    """What is kept of a token: never the token.  ``secret`` names the Secret that it lives and dies with, by uid."""

    id: str
    namespace: str
    account: str
    account_uid: str
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    secret_name: str = ""
    secret_uid: str = ""


class AccountTokens:
    """Makes, lists, revokes and recognises the tokens of ServiceAccounts of one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(
        self, namespace: str, account: str, expiry: timedelta | None = None, secret: StoredObject | None = None
    ) -> tuple[str, TokenRecord]:
        """A new token and its record; the token cannot be seen again.

        Raises:
            NotFoundError: there is no such ServiceAccount.
            UsageError: the expiry is not in the future.
        """
        if expiry is not None and expiry <= timedelta(0):
            raise UsageError("a token must expire in the future", "give an expiry such as 24h")
        uid = self._account(namespace, account)
        if uid is None:
            raise NotFoundError(f'serviceaccounts "{account}" not found', "make it with: tiphys apply -f")
        now = self._clock.now()
        number = secrets.token_hex(8)
        token = f"tiphys_{number}_{secrets.token_urlsafe(32)}"
        record = TokenRecord(
            id=number,
            namespace=namespace,
            account=account,
            account_uid=uid,
            digest=_digest(token),
            created_at=now,
            expires_at=None if expiry is None else now + expiry,
            secret_name=secret.key.name if secret is not None else "",
            secret_uid=secret.uid if secret is not None else "",
        )
        self._keep(record, now)
        return token, record

    def list(self, namespace: str, account: str = "") -> Sequence[TokenRecord]:
        """The tokens of an account, or of all accounts of a namespace, newest first."""
        options = ListOptions(kind=KIND, group=GROUP, limit=10_000)
        found = [_record(stored) for stored in self._store.list(options).items]
        return [item for item in found if item.namespace == namespace and account in ("", item.account)]

    def revoke(self, namespace: str, account: str, number: str = "") -> int:
        """End a token of an account, or (no number) all of them; how many there were."""
        gone = [item for item in self.list(namespace, account) if number in ("", item.id)]
        for item in gone:
            self._store.delete(_key(item.id))
        return len(gone)

    def principal(self, credential: str) -> Principal | None:
        """Whose token this is; None for everything that is not a valid token now."""
        found = _TOKEN.fullmatch(credential)
        stored = self._store.get(_key(found[1])) if found is not None else None
        if stored is None:
            return None
        record = _record(stored)
        # The comparison does not tell how much of a guess was right.
        if not hmac.compare_digest(record.digest, _digest(credential)):
            return None
        if record.expires_at is not None and record.expires_at <= self._clock.now():
            return None
        if self._account(record.namespace, record.account) != record.account_uid or not self._has_secret(record):
            return None
        principal = service_account(record.namespace, record.account)
        return msgspec.structs.replace(principal, claims={"sub": principal.name, "iss": "tiphys"})

    def _account(self, namespace: str, name: str) -> str | None:
        """The uid of an account, None when there is none; ``default`` need not be made and then has an empty one."""
        if not _NAME.fullmatch(namespace) or not _NAME.fullmatch(name):
            return None
        stored = self._store.get(ObjectKey("ServiceAccount", namespace, name, ""))
        if stored is not None:
            return stored.uid
        return "" if name == "default" else None

    def _has_secret(self, record: TokenRecord) -> bool:
        if not record.secret_uid:
            return True
        stored = self._store.get(ObjectKey("Secret", record.namespace, record.secret_name, ""))
        return stored is not None and stored.uid == record.secret_uid

    def _keep(self, record: TokenRecord, now: datetime) -> None:
        self._store.create(
            StoredObject(
                key=_key(record.id),
                uid=WorkflowUid(self._clock.uid()),
                resource_version=0,
                created_at=now,
                labels={},
                phase="",
                data=msgspec.json.encode(record),
                owners=(WorkflowUid(record.account_uid),) if record.account_uid else (),
            )
        )


def _key(number: str) -> ObjectKey:
    return ObjectKey(KIND, "", number, GROUP)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _record(stored: StoredObject) -> TokenRecord:
    try:
        return msgspec.json.decode(stored.data, type=TokenRecord)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise StoreError("a stored token cannot be read", where=stored.key.name) from error
